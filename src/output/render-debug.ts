import type { Finding } from '../checks/check-result.ts';
import type { Diagnosed } from '../diagnosis/diagnosis.ts';
import { isJsonObject, type JsonValue, textOf } from '../json/json.ts';
import { parameterMeaning } from '../protocol/parameter-meanings.ts';
import { isPlaceholder } from '../protocol/placeholder.ts';
import { claimRows, formatJsonValue, headerRows, shortenToken } from './claim-rows.ts';
import type { DebugDocument, DebugMessage, DebugRun } from './documents.ts';
import { createLayout, joinLines, type Layout, type Row, type RowEntry, rowsOf } from './layout.ts';
import { isSecretMember, isSecretParameter } from './redact.ts';
import { renderDiagnosis, renderRuledOut } from './render-diagnosis.ts';
import { formatMomentAndDistance } from './time.ts';
import type { MarkName, View } from './view.ts';

type Page = Layout<View>;

const kindNames: Readonly<Record<DebugMessage['kind'], string>> = {
  authorization_request: 'Authorization request',
  callback: 'Callback',
  token_request: 'Token request',
  token_response: 'Token response',
  userinfo: 'UserInfo response',
  device_response: 'Device authorization response',
  backchannel_response: 'Backchannel authentication response',
  registration: 'Client registration',
  metadata: 'Metadata',
  challenge: 'API response',
  client_refusal: 'Refused by the client',
  failure: 'No answer',
  jwt: 'JWT',
};

/** The reading of saved messages as text ending in a line feed: each with its values, likely causes and findings. */
export function renderDebug({ runs = [], messages }: DebugDocument, view: View): string {
  const page = createLayout(view);
  const told = runs.map((run) => renderRun(run, page));
  const shown = new Set(runs.flatMap(({ diagnosis }) => diagnosis.slice(0, 1).map(({ cause }) => cause)));
  const read = messages.map((message, index) => [
    ...renderHead(message, messages.length > 1 ? `${index + 1}. ` : '', page),
    ...page.rows(valueRows(message, page)),
    ...(shown.has(message.diagnosis[0]?.cause ?? '') ? [] : renderDiagnoses(message, page)),
    ...renderFindings(message.findings, page),
  ]);
  return joinLines([[...told, ...read].map((lines) => lines.join('\n')).join('\n\n')]);
}

const endings = {
  done: ['pass', 'succeeded'],
  failed: ['fail', 'failed'],
  cancelled: ['warn', 'was cancelled'],
} as const;

/** How a recorded run ended, before the messages it consists of. */
function renderRun(run: DebugRun, page: Page): string[] {
  const { command, source, started_at, status, error, diagnosis } = run;
  const [mark, ending] = endings[status];
  const when = started_at === null ? '' : `, ${formatMomentAndDistance(new Date(started_at), page.view.now)}`;
  return [
    ...page.headline(
      mark,
      `The recorded "${command}" ${ending}${error === null ? '' : `: ${error.message}`}`,
    ),
    ...page.paragraph(`${source}${when}`, { paint: page.dim }),
    ...renderCauses('Likely causes', run, page),
    ...(diagnosis.length > 0 || error?.hint == null ? [] : page.paragraph(error.hint)),
  ];
}

function renderHead(message: DebugMessage, number: string, page: Page): string[] {
  const [mark, text] = verdict(message);
  return [
    ...page.headline(mark, `${number}${kindNames[message.kind]}: ${text}`),
    ...placeOf(message).flatMap((place) => page.paragraph(place, { paint: page.dim })),
  ];
}

/** Where the message was found, and the request it belongs to. */
function placeOf({ source, exchange: { method, url, status } = {} }: DebugMessage): readonly string[] {
  const answer = status === undefined ? '' : ` answered with ${status}`;
  const line = `${method ?? ''} ${url ?? ''}${answer}`.trim();
  return [source ?? '', line].filter((text) => text !== '');
}

function verdict(message: DebugMessage): readonly [MarkName, string] {
  const { outcome, values, findings, kind, challenge = message.visible_error, exchange } = message;
  const violations = findings.filter(({ severity }) => severity === 'violation');
  const isRefused = kind === 'callback' && exchange?.status !== undefined;
  const mark = isRefused ? 'fail' : violations.length > 0 ? 'warn' : 'pass';
  switch (outcome) {
    case 'error': {
      const silent = kind === 'authorization_request' ? 'refused with an error page' : 'no readable error';
      return [
        'fail',
        shortText(values.error) ??
          shortText(values.reason)?.replace(/\s*\{?\s*(?:\n[\s\S]*)?$/, '') ??
          shortText(challenge?.error) ??
          // Entra puts a code in front of the words, which stand below.
          /^[A-Z]{2,}\d{3,}(?=: )/.exec(textOf(values.error_description ?? ''))?.[0] ??
          shortText(values.error_description) ??
          silent,
      ];
    }
    case 'tokens':
      return [mark, values.access_token === null ? 'no access token' : 'tokens'];
    case 'code':
      if (kind === 'device_response') return [mark, 'codes for the device and its user'];
      if (kind === 'backchannel_response') return [mark, 'the server asks the user'];
      return [mark, `an authorization code${isRefused ? ', refused by the client' : ''}`];
    case 'client':
      return [mark, `client ${shortText(values.client_id) ?? ''}`];
    case 'claims':
      return [mark, 'claims'];
    case 'metadata':
      return [mark, shortText(values.issuer) ?? 'without an issuer'];
    case 'jwt':
      return values.header === null ? ['fail', 'not readable'] : ['unverified', 'decoded, NOT verified'];
    case 'request': {
      const found = counted(violations, 'violation') || counted(findings, 'note');
      return [mark, kind === 'token_request' ? 'without its response' : found || 'nothing wrong was found'];
    }
  }
}

function shortText(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value.slice(0, 200) : undefined;
}

function renderDiagnoses(message: DebugMessage, page: Page): string[] {
  const { diagnosis, outcome } = message;
  const isSuccess =
    outcome === 'tokens' &&
    diagnosis.every(({ confidence, missing }) => confidence !== 'high' || missing !== undefined);
  return renderCauses(isSuccess ? 'Worth knowing' : 'Likely causes', message, page);
}

function renderCauses(heading: string, { diagnosis, ruled_out }: Diagnosed, page: Page): string[] {
  return [
    ...(diagnosis.length === 0 ? [] : page.heading(heading)),
    ...diagnosis.flatMap((cause, index) => renderDiagnosis(cause, `${index + 1}.`, page)),
    ...renderRuledOut(ruled_out, page),
  ];
}

function renderFindings(findings: readonly Finding[], page: Page): string[] {
  if (findings.length === 0) return [];
  const violations = findings.filter(({ severity }) => severity === 'violation');
  const notes = findings.filter(({ severity }) => severity === 'note');
  const counts = [counted(violations, 'violation'), counted(notes, 'note')].filter((text) => text !== '');
  return [
    ...page.heading('Findings', { text: counts.join(', ') }),
    ...[...violations, ...notes].flatMap((finding) => {
      const isViolation = finding.severity === 'violation';
      const mark = page.mark(isViolation ? 'warn' : 'skipped');
      const paint = isViolation ? page.warn : page.strong;
      return page.judgement({ ...finding, mark, paint }, (title) => [title]);
    }),
  ];
}

function counted({ length }: readonly Finding[], name: string): string {
  return length === 0 ? '' : `${length} ${name}${length === 1 ? '' : 's'}`;
}

/** The values of a saved message as rows; secrets are shortened unless they are to be shown. */
function valueRows(message: DebugMessage, { view, ellipsis }: Page): Row[] {
  const { values, kind } = message;
  const hidden = (value: JsonValue) =>
    typeof value !== 'string' || view.showSecrets || isPlaceholder(value)
      ? undefined
      : shortenToken(value, ellipsis);
  if (kind === 'jwt' || message.outcome === 'jwt') {
    const { header, claims, payload } = values;
    return [
      ...(isJsonObject(header) ? headerRows(header, view) : []),
      ...(isJsonObject(claims) ? claimRows(claims, view) : []),
      ...rowsOf(['payload', typeof payload === 'string' ? payload : undefined]),
    ];
  }
  if (kind === 'authorization_request' || kind === 'token_request') {
    const { endpoint = null, parameters } = values;
    const shown = Object.entries(isJsonObject(parameters) ? parameters : {}).map(
      ([name, value]): RowEntry => {
        const texts = (Array.isArray(value) ? value : [value]).map(textOf).map((one) => {
          if (one === '') return '(empty)';
          return (isSecretParameter(name) ? hidden(one) : undefined) ?? one;
        });
        return [name, texts.join('\n'), { note: parameterMeaning(name, textOf(value)) ?? '' }];
      },
    );
    const given = ['request_uri', 'expires_in'].map(
      (name): RowEntry => [`answer: ${name}`, values[name] === undefined ? null : textOf(values[name])],
    );
    return rowsOf(['sent to', endpoint === '' ? null : textOf(endpoint)], ...shown, ...given);
  }
  const entries = [...Object.entries(values), ...challengeValues(message)].map(([name, value]): RowEntry => {
    // The heading has its first line.
    if (name === 'reason' && typeof value === 'string') {
      const [first = '', ...lines] = value.split('\n');
      const further = first.length > 200 ? value : lines.join('\n');
      return [name, further === '' ? null : further];
    }
    if (value === null) return [name, optionalValues.has(name) ? null : 'none', { tone: 'dim' }];
    if (name === 'id_token_present') return ['id_token', value === true ? 'present' : 'none'];
    if (name === 'scope' && Array.isArray(value)) return [name, value.join(' ')];
    const isSecret = isSecretMember(name) || name === 'code';
    return [name, (isSecret ? hidden(value) : undefined) ?? formatJsonValue(value, view)];
  });
  return rowsOf(...entries);
}

/** They need no row when they are missing. */
const optionalValues = new Set(['error_description', 'state', 'scope']);

/** The challenge under a name of its own, as the body may say something else. */
function challengeValues({ challenge }: DebugMessage): [string, JsonValue][] {
  if (challenge === undefined) return [];
  const { scheme, error, error_description: description } = challenge;
  const said = [scheme, error, description].filter((part) => part !== null);
  return [['challenge', said.join(', ')]];
}
