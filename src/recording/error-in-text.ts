import { callbackErrorCodes, tokenErrorCodes } from '../protocol/error-members.ts';
import { providers } from '../providers/find-provider.ts';
import { type RecordedEvent, recordedCallback, savedExchange } from './recording.ts';

/** An OAuth error that a log line, a stack trace or a page quotes, under the names of RFC 6749 §5.2. */
interface QuotedError {
  readonly error: string | null;
  readonly error_description?: string;
  readonly error_uri?: string;
  readonly error_detail?: string;
  /** Where it begins and ends in the text. */
  readonly start: number;
  readonly end: number;
}

const longestText = 200_000;
const mostErrors = 20;
/** Of each notation: each costs the reading of its line. */
const mostMatches = 1000;

const bearerErrors = ['invalid_token', 'insufficient_scope'];
const furtherCodes = ['redirect_uri_mismatch', 'invalid_redirect_uri', 'invalid_client_metadata'];
let codes: ReadonlySet<string> | undefined;

/** Whether this is an error code of a specification or of a provider that is known. */
function isKnownCode(code: string): boolean {
  codes ??= new Set([
    ...tokenErrorCodes,
    ...callbackErrorCodes,
    ...bearerErrors,
    ...furtherCodes,
    ...providers
      .flatMap(({ errors = {} }) => Object.values(errors).flatMap((meanings) => Object.keys(meanings)))
      .filter((written) => /^[a-z]+_[a-z_]+$/.test(written)),
  ]);
  return codes.has(code);
}

/**
 * Finds the OAuth errors that text quotes: logs and traces of programs, JSON inside strings, pages for people. Each
 * becomes the message that it was, with the text around it for the diagnosis: the text is not the server's body, so
 * its form is not judged (RFC 6749 §5.2).
 */
export function errorsInText(text: string, source: string): readonly RecordedEvent[] {
  const searched = text.slice(0, longestText);
  const found = [...namedErrors(searched), ...phrasedErrors(searched)]
    .sort((a, b) => a.start - b.start)
    .slice(0, mostMatches);
  const distinct = found.filter(
    (one, at) => !found.some((other, before) => before !== at && tellsMore(other, before, one, at)),
  );
  return distinct
    .slice(0, mostErrors)
    .map((one) => eventOf(one, searched, `${source}, line ${lineOf(searched, one.start)}`));
}

/** Of two that tell of the same error the one with more words stays, else the first. */
function tellsMore(other: QuotedError, otherAt: number, one: QuotedError, at: number): boolean {
  if (other.error !== one.error && one.error !== null) return false;
  const words = (quoted: QuotedError) => quoted.error_description ?? '';
  if (other.error !== null && one.error === null) return words(other).includes(words(one));
  return words(other) === words(one)
    ? otherAt < at
    : words(one) === '' || words(other).startsWith(words(one));
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

function eventOf({ start, end, ...members }: QuotedError, text: string, source: string): RecordedEvent {
  const status = statusNear(text, start, end);
  const { error, error_description: description = '' } = members;
  const around = { source, quoted: text };
  if (error !== null && bearerErrors.includes(error)) {
    const challenge = `Bearer error="${error}", error_description="${description.replaceAll('"', "'")}"`;
    return {
      ...savedExchange({
        response: { status, headers: [['WWW-Authenticate', challenge]], body: null },
      }),
      ...around,
    };
  }
  const line = text.slice(text.lastIndexOf('\n', start) + 1, end);
  const isCallback =
    (error !== null && callbackErrorCodes.has(error) && !tokenErrorCodes.has(error)) ||
    /\bError \d{3}: |\bLOGIN_ERROR\b|[?&]error=/.test(line);
  if (isCallback) {
    const query = new URLSearchParams(JSON.parse(JSON.stringify({ ...members, error: error ?? '' })));
    return { ...recordedCallback({ method: 'PASTE', url: `?${query}` }), ...around };
  }
  const body = JSON.stringify(members);
  return { ...savedExchange({ step: 'token', response: { status, headers: null, body } }), ...around };
}

const reasons = 'Bad Request|Unauthorized|Forbidden|Not Found|Too Many Requests|Internal Server Error';
const statusPattern = new RegExp(
  `\\b(?:status(?:[ _-]?code)?|statusCode|http(?:/[\\d.]+)?|Error)[\\\\"' :=]{1,6}([45]\\d\\d)\\b|\\b([45]\\d\\d),? (?:${reasons})`,
  'i',
);

/** The status that stands beside an error: from the line before it to the end of its last line. */
function statusNear(text: string, start: number, end: number): number | null {
  const line = text.lastIndexOf('\n', start);
  const from = Math.max(text.lastIndexOf('\n', line - 1) + 1, start - 2000);
  const lineEnd = text.indexOf('\n', end);
  const near = text.slice(from, Math.min(lineEnd === -1 ? text.length : lineEnd, end + 2000));
  const [, named, phrased] = statusPattern.exec(near) ?? [];
  const status = named ?? phrased;
  return status === undefined ? null : Number(status);
}

const memberPattern =
  /(?<![\w.-])(\\{0,3}["'`:[]?)(error_description|error_detail|error_uri|errorDescription|errorCode|error)(\\{0,3}["'`\]]?)[ \t]*(?:=>|[=:])[ \t]*/gi;

/**
 * Errors as members with a name, in whatever notation: JSON, logfmt, a dict, print_r, a list of PowerShell, a query.
 * An unknown code counts beside a description, or where an event log of Keycloak says what failed.
 */
function namedErrors(text: string): readonly QuotedError[] {
  const found: QuotedError[] = [];
  let group: { -readonly [Name in keyof QuotedError]: QuotedError[Name] } | undefined;
  // JSON may have the description before the error.
  let early: { -readonly [Name in keyof QuotedError]?: QuotedError[Name] } = {};
  const close = () => {
    if (group === undefined) return;
    const { error, error_description, start, end } = group;
    const isEvent = () => /\btype="?\w+_ERROR\b/.test(text.slice(text.lastIndexOf('\n', start) + 1, end));
    if (error !== null && (isKnownCode(error) || error_description !== undefined || isEvent()))
      found.push(group);
    group = undefined;
  };
  let matches = 0;
  for (const match of text.matchAll(memberPattern)) {
    matches += 1;
    if (matches > mostMatches) break;
    const [whole, , written = ''] = match;
    const at = match.index + whole.length;
    const read = readValue(text, at);
    if (read === undefined) continue;
    const { value, end } = read;
    const name = written.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
    if (name === 'error' || name === 'error_code') {
      const code = value.replace(/\s*\n\s*/g, '');
      if (/^[A-Za-z][\w.-]{2,79}$/.test(code) && !/^(?:null|none|nil|undefined|true|false)$/i.test(code)) {
        if (name === 'error_code' && group !== undefined) continue;
        close();
        const isNear = match.index - (early.end ?? 0) < 500;
        group = { ...(isNear && early), error: code, start: (isNear && early.start) || match.index, end };
        early = {};
      } else if (/[{"[(\s]/.test(value) && value.length < end - match.index + 1) {
        close();
        const inner = [...namedErrors(value), ...phrasedErrors(value)];
        found.push(...inner.map((one) => ({ ...one, start: match.index, end })));
      }
    } else if (!/^(?:|null|\w+ is null)$/.test(value)) {
      const member = name as 'error_description' | 'error_detail' | 'error_uri';
      const isOwn = group !== undefined && group[member] === undefined && end - group.start < 10_000;
      if (group !== undefined && isOwn) {
        group[member] = value;
        group.end = end;
      } else if (group?.[member] !== value)
        early = { start: early.start ?? match.index, ...early, [member]: value, end };
    }
  }
  close();
  return found;
}

const quotedValue = /(\\{0,3})(["'`])((?:[^"'`\\\n]|(?!\2)["'`\n]|\\(?!\1\2)[\s\S]|\\{2}){0,8000}?)\1\2/y;
const bareValue = /[^\n]{0,2000}/y;

/** The value at a place: in quotes, which may be escaped, else up to what ends it in its notation. */
function readValue(text: string, at: number): { readonly value: string; readonly end: number } | undefined {
  quotedValue.lastIndex = at;
  const inQuotes = /^\\{0,3}["'`]/.test(text.slice(at, at + 4)) ? quotedValue.exec(text) : null;
  if (inQuotes !== null) return { value: unescaped(inQuotes[3] ?? ''), end: quotedValue.lastIndex };
  bareValue.lastIndex = at;
  const line = bareValue.exec(text)?.[0] ?? '';
  if (isInQuery(text, at)) {
    const value = /^[^&\s"'<>#]*/.exec(line)?.[0] ?? '';
    return { value: decodeForm(value), end: at + value.length };
  }
  const value = /^.*?(?=,? [\w.]+=|,? \w+: ['"]|[,;)\]}]*\s*$)/.exec(line)?.[0] ?? '';
  // PowerShell aligns the further lines of a value under its first one.
  const further = /^(?:\r?\n {8,}[^\s:][^\n]{0,500}){1,20}/.exec(
    text.slice(at + line.length, at + line.length + 5000),
  );
  const whole = further === null ? value : `${line}${further[0]}`;
  return value === '' ? undefined : { value: joined(whole), end: at + whole.length };
}

function isInQuery(text: string, at: number): boolean {
  return /[?&][\w.-]{1,40}=$/.test(text.slice(Math.max(0, at - 42), at));
}

function decodeForm(value: string): string {
  return new URLSearchParams(`v=${value}`).get('v') ?? value;
}

/** Takes escapes and the line breaks of a terminal out of a value. */
function unescaped(value: string): string {
  const plain = value
    .replace(/\\+u([\da-fA-F]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/\\+[rn]/g, '\n')
    .replace(/\\+(["'`/])/g, '$1');
  return joined(plain);
}

function joined(value: string): string {
  return value.replace(/[ \t]*\r?\n\s*/g, ' ').trim();
}

/** Phrases in which programs name an error without saying that it is one; `code` and `text` are what they name. */
const phrases: readonly RegExp[] = [
  // golang.org/x/oauth2
  /\boauth2: \\?"(?<code>[\w.-]{3,80})\\?"(?: \\?"(?<text>[^"\n]{0,2000})\\?")?/g,
  // Spring Security and oauthlib
  /[[(](?<code>[a-z]+_[a-z_]{2,60})[\])][ \t]*(?<text>[^\n{}]{0,2000})/g,
  // openid-client, MSAL and many others
  /(?<![\w.])(?<code>[a-z]+_[a-z_]{2,60})(?:: | - | \()(?<text>[^\n'"{}]{1,2000})/g,
  // Pages of Google, and of others that follow it
  /\bError \d{3}: (?<code>[a-z]+_[a-z_]{2,60})(?<text>)/g,
  // Microsoft Entra ID
  /(?<code>)(?<text>AADSTS\d{4,9}: [^\n]{1,2000})/g,
];

function phrasedErrors(text: string): readonly QuotedError[] {
  return phrases.flatMap((phrase) =>
    [...text.matchAll(phrase)]
      .slice(0, mostMatches)
      .flatMap(({ index, 0: whole, groups = {} }): QuotedError[] => {
        const { code = '', text: said = '' } = groups;
        if (code !== '' && !isKnownCode(code)) return [];
        const description = said.trim().replace(/[)\]'",\\]+$/, '');
        return [
          {
            error: code === '' ? null : code,
            ...(description === '' ? {} : { error_description: description }),
            start: index,
            end: index + whole.length,
          },
        ];
      }),
  );
}
