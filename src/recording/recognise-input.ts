import { whatKeySetsAreFor } from '../jose/jwk-set.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { parseKeepingNumbers } from '../json/parse-keeping-numbers.ts';
import { isStructured, readResponseBody } from '../protocol/response-body.ts';
import { findTokenHolder } from '../protocol/token-parameters.ts';
import { type Captured, type Endpoint, exchangeOf, type InputKind, type Recognition } from './captured.ts';
import { capturedOfTrace, isTrace } from './captured-trace-events.ts';
import { isExchangeDocument, readExchangeDocument } from './exchange-document.ts';
import { harEntries, isHar, readHarEntry } from './har.ts';
import { looksLikeHttpText, readHttpText } from './http-text.ts';
import { recogniseLine } from './recognise-line.ts';

const bodyEndpoints: Readonly<Partial<Record<InputKind, Endpoint>>> = {
  token_response: 'token',
  userinfo: 'userinfo',
  metadata: 'discovery',
};

/**
 * Finds out what a text is and takes it apart: a JSON document, HTTP text, a body, or lines that are each a URL, a
 * token or a header field. `kind` says it where it cannot be told. Linear time for any text; nothing is verified.
 */
export function recogniseInput(received: string, source: string, kind?: InputKind): Recognition {
  const text = received
    .trim()
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '') return { type: 'unrecognised', seen: 'empty' };
  const json = /^[[{]/.test(text) ? parseJson(text) : undefined;
  const captured =
    (json === undefined ? undefined : readDocument(json, source, kind)) ??
    (looksLikeHttpText(text) ? readHttpText(text, source) : undefined);
  if (captured !== undefined && captured.length > 0) {
    return { type: 'recognised', captured: withEndpoint(captured, kind) };
  }
  if (captured !== undefined && json !== undefined) {
    return isHar(json) && harEntries(json).length === 0
      ? {
          type: 'unrecognised',
          seen: 'a HAR without entries',
          hint: 'Open the network tools of the browser before the login begins, and save it again.',
        }
      : { type: 'unrecognised', seen: 'a JSON document without a single exchange in it' };
  }
  const endpoint = kind === undefined ? undefined : bodyEndpoints[kind];
  if (endpoint !== undefined)
    return { type: 'recognised', captured: [bodyAlone(received, source, endpoint)] };
  if (kind === 'exchange' || kind === 'har' || kind === 'curl') {
    return { type: 'unrecognised', seen: `no ${kind === 'curl' ? 'output of curl -i or curl -v' : kind}` };
  }
  return recogniseBody(received, text, json, source, kind) ?? recogniseLines(text, source, kind);
}

function parseJson(text: string): JsonValue | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    // In recordings bodies are texts; elsewhere a body may be JSON itself.
    return isHar(value) || isTrace(value) ? value : (parseKeepingNumbers(text) as JsonValue);
  } catch {
    return undefined;
  }
}

/** A kind of JSON document that holds exchanges; a further one is a further row. */
interface DocumentReader {
  readonly fits: (value: JsonValue) => boolean;
  readonly read: (value: JsonValue, source: string) => readonly Captured[];
}

const documentReaders: readonly DocumentReader[] = [
  {
    fits: isTrace,
    read: (value, source) => (isJsonObject(value) ? capturedOfTrace(value, source) : []),
  },
  {
    fits: isHar,
    read: (value, source) =>
      (isJsonObject(value) ? harEntries(value) : []).flatMap((entry, index) => {
        const exchange = readHarEntry(entry, `${source}, entry ${index + 1}`);
        return exchange === undefined ? [] : [exchange];
      }),
  },
  {
    fits: isExchangeDocument,
    read: (value, source) => (isJsonObject(value) ? [readExchangeDocument(value, source)] : []),
  },
];

/** Everything in a document that holds exchanges, or in a list of such documents; undefined when it is neither. */
function readDocument(value: JsonValue, source: string, kind?: InputKind): readonly Captured[] | undefined {
  if (Array.isArray(value)) {
    if (kind !== 'exchange' && !value.some(isExchangeDocument)) return undefined;
    return value.flatMap((item, index) => readElement(item, `${source}, item ${index + 1}`));
  }
  const reader = documentReaders.find(({ fits }) => fits(value));
  return reader?.read(value, source) ?? (kind === 'exchange' && isJsonObject(value) ? [] : undefined);
}

/** One element of a list of exchange documents; those that are none are left out. */
export function readElement(value: JsonValue, source: string): readonly Captured[] {
  return isJsonObject(value) && isExchangeDocument(value)
    ? [readExchangeDocument(value, nameOf(value, source))]
    : [];
}

function nameOf({ id }: JsonObject, source: string): string {
  return typeof id === 'string' && /^[\w.-]{1,60}$/.test(id) ? `${source} (${id})` : source;
}

function withEndpoint(captured: readonly Captured[], kind: InputKind | undefined): readonly Captured[] {
  const endpoint = kind === undefined ? undefined : bodyEndpoints[kind];
  return endpoint === undefined
    ? captured
    : captured.map((item) =>
        item.type === 'exchange' && item.response !== null ? { ...item, endpoint } : item,
      );
}

/** A body by itself, with the byte order mark it may have. */
function bodyAlone(body: string, source: string, endpoint: Endpoint): Captured {
  return exchangeOf({ source, endpoint, response: { status: null, headers: null, body } });
}

function recogniseBody(
  received: string,
  text: string,
  json: JsonValue | undefined,
  source: string,
  kind: InputKind | undefined,
): Recognition | undefined {
  if (kind !== undefined) return undefined;
  if (/^grant_type=|&grant_type=/.test(text) && !/\s/.test(text)) {
    const request = { method: 'POST', url: '', headers: [], body: text };
    return { type: 'recognised', captured: [exchangeOf({ source, endpoint: 'token', request })] };
  }
  const body = readResponseBody(received);
  const endpoint = isStructured(body)
    ? endpointOfDocument(body.document.value, () => findTokenHolder(body.document) !== undefined)
    : body.type === 'malformed_json'
      ? endpointOfFragment(body.text)
      : undefined;
  // A redirect URI's query is form data too, and then more than a body.
  if (endpoint !== undefined && !(isStructured(body) && body.type === 'form' && /(?:^|&)state=/.test(text))) {
    return { type: 'recognised', captured: [bodyAlone(received, source, endpoint)] };
  }
  if (json !== undefined) return { type: 'unrecognised', ...describeJson(json) };
  return body.type === 'malformed_json'
    ? { type: 'unrecognised', seen: `no JSON, although it begins like it: it ${body.reason}` }
    : undefined;
}

function endpointOfDocument(value: JsonValue, hasTokens: () => boolean): Endpoint | undefined {
  const top = isJsonObject(value) ? value : {};
  const has = (name: string) => Object.hasOwn(top, name);
  if (
    has('issuer') &&
    /_endpoint"|"jwks_uri"/.test(
      Object.keys(top)
        .map((name) => `"${name}"`)
        .join(),
    )
  ) {
    return 'discovery';
  }
  if (hasTokens()) return 'token';
  const errorNames = [
    'error',
    'errorCode',
    'error_code',
    'errorSummary',
    'errcode',
    'ECODE',
    'error_description',
  ];
  if (errorNames.some(has)) return 'token';
  // An introspection response also has a sub (RFC 7662 §2.2).
  return has('sub') && typeof top.active !== 'boolean' ? 'userinfo' : undefined;
}

/** What a truncated or otherwise broken document was going to be. */
function endpointOfFragment(text: string): Endpoint | undefined {
  const start = text.slice(0, 5000);
  if (/["'](?:access_token|token_type|refresh_token|id_token|error)["']\s*:/.test(start)) return 'token';
  return /["']issuer["']\s*:/.test(start) ? 'discovery' : undefined;
}

function describeJson(value: JsonValue): { readonly seen: string; readonly hint?: string } {
  if (!isJsonObject(value)) return { seen: 'a JSON array of other things than exchanges' };
  const names = Object.keys(value)
    .filter((name) => /^[\w.-]{1,40}$/.test(name))
    .slice(0, 6);
  if (Array.isArray(value.keys)) {
    return { seen: 'a key set (JWKS), which holds no message', hint: whatKeySetsAreFor };
  }
  if (typeof value.active === 'boolean') {
    return {
      seen: 'an introspection response, which is not among the messages that are read here',
      hint: 'The command introspect asks for one and judges it.',
    };
  }
  const members = names.length === 0 ? '' : ` with ${names.map((name) => `"${name}"`).join(', ')}`;
  return { seen: `a JSON object${members}, and none of the messages that are known` };
}

const mostLines = 2000;

function recogniseLines(text: string, source: string, kind: InputKind | undefined): Recognition {
  const whole = recogniseLine(text, source, kind);
  if (whole.type === 'recognised') return whole;
  const lines = text.split('\n', mostLines).filter((line) => line.trim() !== '');
  if (lines.length < 2) return whole;
  const found = lines.flatMap((line, index) => {
    const recognition = recogniseLine(line, `${source}, line ${index + 1}`, kind);
    return recognition.type === 'recognised' ? recognition.captured : [];
  });
  return found.length > 0 ? { type: 'recognised', captured: found } : whole;
}
