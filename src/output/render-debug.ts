import type { Finding } from '../checks/check-result.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { isJsonObject, type JsonValue } from '../json/json.ts';
import { isPlaceholder } from '../protocol/placeholder.ts';
import { authorizationParameterMeaning } from './authorization-parameter-names.ts';
import { claimRows, formatJsonValue, headerRows, shortenToken } from './claim-rows.ts';
import type { DebugDocument, DebugMessage, DebugRun } from './documents.ts';
import { type Row, renderHeading, renderRows } from './layout.ts';
import { isSecretMember, isSecretParameter } from './redact.ts';
import { renderDiagnosis } from './render-diagnosis.ts';
import { inertText } from './terminal-text.ts';
import { createStyle, layoutColumns, type MarkName, type Style, type View } from './view.ts';
import { displayWidth, wrapText } from './width.ts';

const kindNames: Readonly<Record<DebugMessage['kind'], string>> = {
  authorization_request: 'Authorization request',
  callback: 'Callback',
  token_request: 'Token request',
  token_response: 'Token response',
  userinfo: 'UserInfo response',
  metadata: 'Metadata',
  challenge: 'API response',
  jwt: 'JWT',
};

/** The reading of saved messages as text ending in a line feed: each with its values, likely causes and findings. */
export function renderDebug({ runs = [], messages }: DebugDocument, view: View): string {
  const style = createStyle(view);
  const several = messages.length > 1;
  const told = runs.filter(({ status }) => status !== 'done').map((run) => renderRun(run, view, style));
  const shown = new Set(runs.flatMap(({ diagnosis }) => diagnosis.slice(0, 1).map(({ cause }) => cause)));
  const read = messages.map((message, index) => [
    ...renderHead(message, several ? index + 1 : undefined, view, style),
    ...renderRows(debugValueRows(message, view, style), view, style),
    ...(shown.has(message.diagnosis[0]?.cause ?? '') ? [] : renderDiagnoses(message, view, style)),
    ...renderFindings(message.findings, view, style),
  ]);
  return `${[...told, ...read].map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** How a recorded run ended, before the messages it consists of. */
function renderRun(
  { command, source, status, error, diagnosis }: DebugRun,
  view: View,
  style: Style,
): string[] {
  const columns = layoutColumns(view);
  const ending =
    status === 'cancelled' ? 'was cancelled' : error === null ? 'failed' : `failed: ${error.message}`;
  const title = wrapText(inertText(`The recorded "${command}" ${ending}`), columns - 2);
  return [
    ...title.map(
      (line, index) =>
        `${index === 0 ? style.mark(status === 'cancelled' ? 'warn' : 'fail') : ' '} ${style.strong(line)}`,
    ),
    ...wrapText(inertText(source), columns - 2).map((line) => `  ${style.dim(line)}`),
    ...renderCauses('Likely causes', diagnosis, view, style),
    ...(diagnosis.length > 0 || error?.hint == null
      ? []
      : wrapText(inertText(error.hint), columns - 2).map((line) => `  ${line}`)),
  ];
}

function renderHead(message: DebugMessage, number: number | undefined, view: View, style: Style): string[] {
  const { mark, text } = verdict(message);
  const columns = layoutColumns(view);
  const title = `${number === undefined ? '' : `${number}. `}${kindNames[message.kind]}: ${text}`;
  const lines = wrapText(inertText(title), columns - 2);
  return [
    ...lines.map((line, index) => `${index === 0 ? style.mark(mark) : ' '} ${style.strong(line)}`),
    ...placeOf(message).flatMap((text) =>
      wrapText(inertText(text), columns - 2).map((line) => `  ${style.dim(line)}`),
    ),
  ];
}

/** Where the message was found, and the request it belongs to. */
function placeOf({ source, exchange: { method, url, status } = {} }: DebugMessage): readonly string[] {
  const answer = status === undefined ? '' : ` answered with ${status}`;
  const line = `${method ?? ''} ${url ?? ''}${answer}`.trim();
  return [source ?? '', line].filter((text) => text !== '');
}

function verdict({ outcome, values, findings, kind, challenge }: DebugMessage): {
  mark: MarkName;
  text: string;
} {
  const violations = findings.filter(({ severity }) => severity === 'violation').length;
  const mark: MarkName = violations > 0 ? 'warn' : 'pass';
  switch (outcome) {
    case 'error':
      return {
        mark: 'fail',
        text:
          errorText(values.error) ??
          errorText(challenge?.error) ??
          (kind === 'authorization_request' ? 'refused with an error page' : 'no readable error'),
      };
    case 'tokens':
      return { mark, text: values.access_token === null ? 'no access token' : 'tokens' };
    case 'code':
      return { mark, text: 'an authorization code' };
    case 'claims':
      return { mark, text: 'claims' };
    case 'metadata':
      return {
        mark,
        text: typeof values.issuer === 'string' ? values.issuer.slice(0, 200) : 'without an issuer',
      };
    case 'jwt':
      return values.header === null
        ? { mark: 'fail', text: 'not readable' }
        : { mark: 'unverified', text: 'decoded, NOT verified' };
    case 'request':
      return {
        mark,
        text: kind === 'token_request' ? 'without its response' : problems(violations, findings),
      };
  }
}

function problems(violations: number, { length }: readonly Finding[]): string {
  const [count, name] = violations > 0 ? [violations, 'violation'] : [length, 'note'];
  return length === 0 ? 'nothing wrong was found' : `${count} ${name}${count === 1 ? '' : 's'}`;
}

function errorText(error: JsonValue | undefined): string | undefined {
  return typeof error === 'string' ? error.slice(0, 200) : undefined;
}

function renderDiagnoses({ diagnosis, outcome }: DebugMessage, view: View, style: Style): string[] {
  const isSuccess =
    outcome === 'tokens' &&
    diagnosis.every(({ confidence, missing }) => confidence !== 'high' || missing !== undefined);
  return renderCauses(isSuccess ? 'Worth knowing' : 'Likely causes', diagnosis, view, style);
}

function renderCauses(heading: string, causes: readonly Diagnosis[], view: View, style: Style): string[] {
  if (causes.length === 0) return [];
  return [
    ...renderHeading(heading, undefined, view, style),
    ...causes.flatMap((cause, index) => renderDiagnosis(cause, `${index + 1}.`, view, style)),
  ];
}

function renderFindings(findings: readonly Finding[], view: View, style: Style): string[] {
  if (findings.length === 0) return [];
  const violations = findings.filter(({ severity }) => severity === 'violation');
  const notes = findings.filter(({ severity }) => severity === 'note');
  const count = (list: readonly Finding[], name: string) =>
    list.length === 0 ? [] : [`${list.length} ${name}${list.length === 1 ? '' : 's'}`];
  const summary = [...count(violations, 'violation'), ...count(notes, 'note')].join(', ');
  return [
    ...renderHeading('Findings', { text: summary }, view, style),
    ...[...violations, ...notes].flatMap((finding) => renderFinding(finding, view, style)),
  ];
}

function renderFinding({ title, detail, spec, severity }: Finding, view: View, style: Style): string[] {
  const columns = layoutColumns(view);
  const mark = severity === 'violation' ? style.mark('warn') : style.mark('skipped');
  const paint = severity === 'violation' ? style.warn : style.strong;
  const fill = columns - 4 - displayWidth(title) - displayWidth(spec);
  const sameLine = fill >= 2;
  return [
    `  ${mark} ${paint(title)}${sameLine ? ' '.repeat(fill) + style.dim(spec) : ''}`,
    ...wrapText(inertText(detail), columns - 4).map((line) => `    ${line}`),
    ...(sameLine ? [] : wrapText(spec, columns - 4).map((line) => `    ${style.dim(line)}`)),
  ];
}

/** The values of a saved message as rows; secrets are shortened unless they are to be shown. */
function debugValueRows(message: DebugMessage, view: View, style: Style): Row[] {
  const { values, kind } = message;
  if (kind === 'jwt') {
    const { header, claims } = values;
    return [
      ...(isJsonObject(header) ? headerRows(header, view) : []),
      ...(isJsonObject(claims) ? claimRows(claims, view) : []),
    ];
  }
  if (kind === 'authorization_request' || kind === 'token_request') {
    const { endpoint, parameters } = values;
    return [
      ...(endpoint === '' ? [] : [{ name: 'sent to', value: text(endpoint ?? null) }]),
      ...Object.entries(isJsonObject(parameters) ? parameters : {}).map(([name, value]) => {
        const meaning = authorizationParameterMeaning(name, text(value));
        return {
          name,
          value: shownParameter(name, value, view, style),
          ...(meaning === undefined ? {} : { note: meaning }),
        };
      }),
    ];
  }
  return [...Object.entries(values), ...challengeValues(message)].flatMap(([name, value]): Row[] => {
    if (value === null && ['error_description', 'state', 'scope'].includes(name)) return [];
    if (name === 'id_token_present')
      return [{ name: 'id_token', value: value === true ? 'present' : 'none' }];
    if (name === 'scope' && Array.isArray(value)) return [{ name, value: value.join(' ') }];
    const row: Row = { name, value: value === null ? 'none' : shownValue(name, value, view, style) };
    return [value === null ? { ...row, tone: 'dim' } : row];
  });
}

/** What the challenge says, under a name of its own: the body has a say of its own. */
function challengeValues({ challenge }: DebugMessage): [string, JsonValue][] {
  if (challenge === undefined) return [];
  const { scheme, error, error_description: description } = challenge;
  const said = [scheme, error, description].filter((part) => part !== null);
  return [['challenge', said.join(', ')]];
}

function shownValue(name: string, value: JsonValue, view: View, style: Style): string {
  const isSecret = isSecretMember(name) || name === 'code';
  return isSecret && typeof value === 'string' && !view.showSecrets && !isPlaceholder(value)
    ? shortenToken(value, style.ellipsis)
    : formatJsonValue(value, view);
}

function shownParameter(name: string, value: JsonValue, view: View, style: Style): string {
  const values = (Array.isArray(value) ? value : [value]).map((one) => text(one));
  const isSecret = isSecretParameter(name) && !view.showSecrets;
  return values
    .map((one) => (isSecret && one !== '' && !isPlaceholder(one) ? shortenToken(one, style.ellipsis) : one))
    .map((one) => (one === '' ? '(empty)' : one))
    .join('\n');
}

function text(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
