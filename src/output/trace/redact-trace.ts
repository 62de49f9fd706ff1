import type { HeaderList } from '../../http-message.ts';
import { decodeJwt } from '../../jose/jwt.ts';
import type { RecordedEvent, RecordedToken, Recording } from '../../recording/recording.ts';
import { findJwts } from '../jwt-text.ts';
import { createRedactor, type Redactor, type Secret } from '../redact.ts';

/**
 * Takes every secret out of a trace. The same secret has the same placeholder everywhere, also where it stood before
 * anything called it a secret; what the JWTs say stays, decoded. Applying it twice changes nothing more.
 * @param redactor shared by traces that are to have the same placeholders for the same secrets
 */
export function redactTrace(
  trace: Recording,
  secrets: readonly Secret[] = [],
  redactor: Redactor = createRedactor(),
): Recording {
  const { known_secrets = [], ...kept } = trace;
  for (const { kind, value } of [...secrets, ...known_secrets]) redactor.register(value, kind);
  // The first walk makes all known that is a secret by its name or its form, the second one finds it everywhere.
  mapTrace(kept, mappingOf(redactor));
  const tokens = [...kept.tokens, ...newTokens(kept)];
  for (const { token } of tokens) if (findJwts(token).length > 0) redactor.register(token, 'jwt');
  return { ...mapTrace({ ...kept, tokens }, mappingOf(redactor)), secrets: 'redacted' };
}

/** Leaves a trace as it is, marks it as holding secrets, and notes them so that it can be redacted later. */
export function revealTrace(trace: Recording, secrets: readonly Secret[] = []): Recording {
  const known = [...(trace.known_secrets ?? []), ...secrets].map(({ kind, value }) => ({ kind, value }));
  return {
    ...trace,
    secrets: 'shown',
    tokens: [...trace.tokens, ...newTokens(trace)],
    ...(known.length === 0 ? {} : { known_secrets: known }),
  };
}

function mappingOf({ redactUrl, redactHeaders, redactBody, redactValue, redactJudged }: Redactor) {
  return {
    url: redactUrl,
    headers: redactHeaders,
    body: redactBody,
    value: redactValue,
    judged: redactJudged,
  };
}

/** The JWTs that occur and are not among the tokens yet, in order of appearance. */
function newTokens(trace: Recording): readonly RecordedToken[] {
  const known = new Set(trace.tokens.map(({ token }) => token));
  const found = new Set<string>();
  const look = (text: string) => {
    for (const jwt of findJwts(text)) if (!known.has(jwt)) found.add(jwt);
    return text;
  };
  mapTrace(trace, {
    url: look,
    body: look,
    headers: (headers) => {
      for (const [, value] of headers) look(value);
      return headers;
    },
    value: (value) => value,
  });
  return [...found].flatMap((token) => {
    const decoded = decodeJwt(token);
    if (decoded.type === 'invalid') return [];
    return [{ token, header: decoded.header, claims: decoded.type === 'jws' ? decoded.claims : null }];
  });
}

/** The change to make to each kind of text in a trace. */
export interface TraceMapping {
  url(url: string): string;
  headers(headers: HeaderList): HeaderList;
  body(body: string): string;
  /** All that is neither of these: strings inside any value. */
  value<T>(value: T): T;
  /** What we say of it, where that is mapped otherwise: checks, and the outcome with its causes. */
  judged?<T extends object>(judged: T): T;
}

/** Applies a mapping to every text of a trace that came from outside, and to those the tool made of them. */
export function mapTrace(trace: Recording, mapping: TraceMapping): Recording {
  return {
    ...trace,
    outcome: (mapping.judged ?? mapping.value)(trace.outcome),
    events: trace.events.map((event) => mapEvent(event, mapping)),
    tokens: trace.tokens.map((token) => ({ ...mapping.value(token) })),
  };
}

function mapEvent(event: RecordedEvent, mapping: TraceMapping): RecordedEvent {
  const body = (text: string | null | undefined) => (text == null ? {} : { body: mapping.body(text) });
  switch (event.type) {
    case 'exchange':
    case 'probe': {
      const { request, response, ...rest } = event;
      return {
        ...mapping.value(rest),
        request: request && {
          ...request,
          method: mapping.value(request.method),
          url: mapping.url(request.url),
          headers: mapping.headers(request.headers),
          ...body(request.body),
        },
        response: response && {
          status: response.status,
          headers: response.headers && mapping.headers(response.headers),
          body: response.body === null ? null : mapping.body(response.body),
        },
      };
    }
    case 'authorization_request':
      return { ...event, url: mapping.url(event.url), redirect_uri: mapping.url(event.redirect_uri) };
    case 'callback':
      return {
        ...event,
        url: mapping.url(event.url),
        ...body(event.body),
        ...(event.opened === undefined ? {} : { opened: mapping.body(event.opened) }),
      };
    case 'checks':
      return { ...event, checks: (mapping.judged ?? mapping.value)(event.checks) };
    default:
      return mapping.value(event);
  }
}
