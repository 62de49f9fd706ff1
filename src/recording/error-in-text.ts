import { parsePlainJson } from '../json/json.ts';
import { callbackErrorCodes, tokenErrorCodes } from '../protocol/error-members.ts';
import { patternSource, writtenErrors } from '../providers/find-provider.ts';
import { plainLines } from './plain-text.ts';
import { type RecordedEvent, recordedCallback, savedExchange } from './recording.ts';
import { refusalEvent, refusalsInText } from './refusal-in-text.ts';

/** An OAuth error that a log line, a stack trace or a page quotes, under the names of RFC 6749 §5.2. */
interface QuotedError {
  readonly error: string | null;
  readonly error_description?: string;
  readonly error_uri?: string;
  readonly error_detail?: string;
  /** Whether its members have names; a phrase may say something else behind the code. */
  readonly isNamed?: true;
  /** Where it begins and ends in the text. */
  readonly start: number;
  readonly end: number;
}

/** An error that can be read, of a body that cannot. */
export interface VisibleError {
  readonly error: string | null;
  readonly error_description: string | null;
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
    ...writtenErrors()
      .map(({ written }) => written)
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
  const lines = plainLines(text.slice(0, longestText));
  const searched = lines.join('\n');
  const quoted = quotedErrors(searched);
  const refusals = refusalsInText(searched, quoted);
  // Some libraries word their own refusals like the errors of servers.
  const errors = quoted.filter(({ start }) => !refusals.some((one) => one.start <= start && start < one.end));
  const distinct =
    errors.length + refusals.length > 0
      ? errors
      : distinctErrors(phrasedErrors(searched, [wordsOfProviders()]));
  const place = (start: number) => `${source}, line ${lineOf(lines, start)}`;
  const found = distinct.slice(0, mostErrors).map(({ start, end, isNamed: _, ...members }, at) => {
    const from = distinct[at - 1]?.end ?? 0;
    const to = distinct[at + 1]?.start ?? searched.length;
    return { start, event: eventOf(members, { text: searched, from, start, end, to }, place(start)) };
  });
  const refused = refusals.map((one) => ({
    start: one.start,
    event: refusalEvent(searched, one, place(one.start)),
  }));
  return [...found, ...refused].sort((a, b) => a.start - b.start).map(({ event }) => event);
}

/** The errors themselves, each once. */
export function quotedErrors(searched: string): readonly QuotedError[] {
  return distinctErrors([...namedErrors(searched), ...phrasedErrors(searched, phrases)]);
}

/** The error that shows in a body which is not the JSON that it begins like; undefined in any other body. */
export function errorInDamagedJson(
  body: string | null | undefined,
  isDamaged = body != null && parsePlainJson(body) === undefined,
): VisibleError | undefined {
  if (body == null || !isDamaged || !/^\s*\{/.test(body)) return undefined;
  const [first] = quotedErrors(body.slice(0, 5000)).filter(({ error }) => error !== null);
  return first && { error: first.error, error_description: first.error_description ?? null };
}

function distinctErrors(quotes: readonly QuotedError[]): readonly QuotedError[] {
  const found = joinHalves([...quotes].sort((a, b) => a.start - b.start).slice(0, mostMatches));
  return found.filter(
    (one, at) => !found.some((other, before) => before !== at && tellsMore(other, before, one, at)),
  );
}

const aboutTokens =
  /\/token\b|\bredeeming code\b|\btoken (?:response|exchange|endpoint|request)\b|\b(?:fetch|retriev|get)\w* (?:access )?token\b/i;

/** The status that a token request was answered with, where a text quotes no error. */
export function statusInText(received: string, source: string): readonly RecordedEvent[] {
  const text = received.slice(0, longestText);
  if (!aboutTokens.test(text)) return [];
  const status = statusIn(text);
  // Go ends the status line before it quotes the body: a page, or a line of text.
  const [, page, line] =
    /(?:\b(?:response|body): ?|\bno access token found )(?:(<[\s\S]*)|\\*["']?([^\n[]{3,2000}))/i.exec(
      text.replace(/\\n/g, '\n'),
    ) ?? [];
  const body = page ?? line?.replace(/[\\"'\s]+$/, '') ?? null;
  if (status === null && page === undefined) return [];
  return [
    { ...savedExchange({ source, step: 'token', response: { status, headers: null, body } }), quoted: text },
  ];
}

/** The first status of a refusal that a text tells; null where there is none. */
export function statusIn(text: string): number | null {
  const found = anyStatus.exec(text);
  return found === null ? null : Number(found[1] ?? found[2]);
}

function lineOf(lines: readonly string[], index: number): number {
  let end = 0;
  for (const [at, line] of lines.entries()) {
    end += line.length + 1;
    if (end > index) return at + 1;
  }
  return lines.length;
}

/** An error code and a description that stand apart belong together, as MSAL prints them. */
function joinHalves(found: readonly QuotedError[]): readonly QuotedError[] {
  const halves = found.filter(({ error }) => error === null);
  return found.map((one) => {
    const { error, error_description: words } = one;
    // MSAL has the number and the time between the code and the words.
    if (error === null || (words !== undefined && !/^Error\(s\): \d+ -$/.test(words))) return one;
    const other = halves.find(({ start }) => Math.abs(start - one.start) < 2000);
    return other === undefined
      ? one
      : { ...one, error_description: other.error_description ?? '', end: Math.max(one.end, other.end) };
  });
}

/** Of two that tell of the same error the one with more words stays, else the first. */
function tellsMore(other: QuotedError, otherAt: number, one: QuotedError, at: number): boolean {
  // Google names the error that it means in the words of another one.
  if (other.error !== one.error && one.error !== null)
    return (
      other.isNamed === true &&
      Math.abs(other.start - one.start) < 300 &&
      (other.error_description ?? '').includes(`(${one.error})`)
    );
  const words = (quoted: QuotedError) => quoted.error_description ?? '';
  if (other.error !== null && one.error === null) {
    const isInside = other.start <= one.start && one.start < other.end;
    return isInside || words(other).includes(words(one));
  }
  if (words(one) === '' && words(other) !== '') return true;
  // Libraries put a name of their own between the code and what the server said with it.
  const isInside = one.start < other.start && other.start < one.end && one.isNamed !== true;
  if (isInside && words(other) !== '' && words(one).endsWith(` ${words(other)}`)) return true;
  const isBeside = Math.abs(other.start - one.start) < 300 && words(other) !== '';
  if (isBeside && other.isNamed !== one.isNamed) return other.isNamed === true;
  return words(other) === words(one) ? otherAt < at : words(other).startsWith(words(one));
}

/** Where an error stands in a text, and how far its surroundings reach: up to its neighbours. */
interface Surroundings extends Pick<QuotedError, 'start' | 'end'> {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

type Members = Omit<QuotedError, 'start' | 'end' | 'isNamed'>;

function eventOf(members: Members, around: Surroundings, source: string): RecordedEvent {
  const { text, start, end } = around;
  const { error, error_description: description = '' } = members;
  const near = statusNear(around);
  // Programs that answer with 500 themselves print that beside an error that never comes with it.
  const status =
    near !== null && near >= 500 && error !== null && /^(?:invalid|unauthorized|unsupported)_/.test(error)
      ? null
      : near;
  // Text far from it is about something else.
  const { before, after } = linesAround(ownLines(around), 12, 4000);
  const quoted = { source, quoted: `${before}${text.slice(start, end)}${after}` };
  const line = text.slice(text.lastIndexOf('\n', start) + 1, end);
  if (
    error !== null &&
    bearerErrors.includes(error) &&
    !/\bgrant_type=|_ERROR\b/.test(text.slice(Math.max(0, start - 200), end + 100))
  ) {
    const challenge = `Bearer error="${error}", error_description="${description.replaceAll('"', "'")}"`;
    return {
      ...savedExchange({ response: { status, headers: [['WWW-Authenticate', challenge]], body: null } }),
      ...quoted,
    };
  }
  const isCallback =
    (error !== null &&
      callbackErrorCodes.has(error) &&
      !tokenErrorCodes.has(error) &&
      !/\boauth2: |token/.test(line)) ||
    /\bError \d{3}: |[?&]error=/.test(line) ||
    isOfAuthorization(around, error === null ? description : '') ||
    isEventOf('LOGIN', text, start, end);
  if (isCallback) {
    const query = new URLSearchParams(JSON.parse(JSON.stringify({ ...members, error: error ?? '' })));
    return { ...recordedCallback({ method: 'PASTE', url: `?${query}` }), ...quoted };
  }
  const response = { status, headers: null, body: JSON.stringify(members) };
  const [lead = ''] = text.slice(start, end).split(error ?? description);
  const grant = grantIn(before + lead, after);
  return { ...savedExchange({ step: 'token', asked: grant ? { grant } : {}, response }), ...quoted };
}

/** The surroundings without the lines of its neighbours, unless they are on a line with it. */
function ownLines({ text, from, start, end, to }: Surroundings): Surroundings {
  const behind = from === 0 ? 0 : text.indexOf('\n', from);
  const next = to === text.length ? to : text.lastIndexOf('\n', to);
  const isBeside = behind === -1 || behind >= start;
  return { text, from: isBeside ? from : behind, start, end, to: next < end ? to : next };
}

/** Whether the text nearby speaks of the authorization endpoint alone, or a page names the redirect URI without any code. */
function isOfAuthorization(around: Surroundings, words: string): boolean {
  const { before, after } = linesAround(around, 4, 400);
  const near = `${before}\n${after}`;
  const isNamed = /\/(?:authorize|auth)(?![\w/-])|\bauthoriz(?:e|ation)[ _](?:request|endpoint)/i.test(near);
  const isPage = /redirect[ _]ur[il]|callback url/i.test(words);
  return (
    (isNamed || isPage) && !/\/token\b|\btoken[ _](?:request|endpoint|response|exchange)|\bcode\b/i.test(near)
  );
}

/** What a program tried when it met an error: the grant by its name, else in the words of the lines before. */
function grantIn(before: string, after: string): string | undefined {
  const named = /\bgrant_type\W{1,4}([\w:-]{4,80})/;
  const [grant] = [after.slice(0, 500), before.slice(-500)].flatMap((text) => named.exec(text)?.[1] ?? []);
  const lines = before.split('\n').slice(-3).join('\n');
  const refreshes = /\brefresh|refresh(?:ing)?\b/i.test(lines);
  return grant ?? (refreshes && !/\bcode\b|exchang|redeem/i.test(lines) ? 'refresh_token' : undefined);
}

/** Whether an event log of Keycloak says what failed. */
function isEventOf(type: string, text: string, start: number, end: number): boolean {
  return new RegExp(`\\btype\\W{1,5}${type}_ERROR\\b`).test(text.slice(Math.max(0, start - 500), end));
}

const reasons =
  'Bad Request|Unauthorized|Forbidden|Not Found|Method Not Allowed|Unsupported Media Type|Too Many Requests|Internal Server Error|Bad Gateway|Service Unavailable|(?:Client|Server) Error';
const statusPattern =
  `(?:\\b(?:status(?:[ _-]?code)?|http(?:/[\\d.]+)?|from server|Error|returned|(?:responded|answered|failed)(?: with)?|with code|got)|->|→)[\\\\"' :=\\]]{1,6}([45]\\d\\d)\\b|` +
  `(?<![\\w.])\\(?([45]\\d\\d)\\)?[,:]? (?:${reasons}|b?['"{])`;

const anyStatus = new RegExp(statusPattern, 'i');

/** The lines of a text before and behind a part of it, each side of so many characters at most. */
function linesAround({ text, from, start, end, to }: Surroundings, lines: number, most: number) {
  return {
    before: text
      .slice(Math.max(from, start - most), start)
      .split('\n')
      .slice(-lines)
      .join('\n'),
    after: text
      .slice(end, Math.min(to, end + most))
      .split('\n')
      .slice(0, lines)
      .join('\n'),
  };
}

/** The status that stands nearest to an error, within six lines of it. */
function statusNear(around: Surroundings): number | null {
  const { text, start, end, to } = around;
  const { before, after } = linesAround(around, 7, 2000);
  const near = before + text.slice(start, Math.min(to, end)) + after;
  const distance = (index: number) =>
    index < before.length ? before.length - index : index - before.length - (end - start);
  const [nearest] = [...near.matchAll(new RegExp(statusPattern, 'gi'))].sort(
    (a, b) => distance(a.index) - distance(b.index),
  );
  const status = nearest?.[1] ?? nearest?.[2];
  return status === undefined ? null : Number(status);
}

/** Names of members, in whatever notation; the second ones count only where they hold a known code, or belong to an error. */
const memberPattern = new RegExp(
  '(?<![\\w.-])(?:\\\\{0,3}["\'`:[])?(error[_ ]?(?:description|summary|detail|uri|code)|error|code|message|description|reason|hint|debug)' +
    '(?:\\\\{0,3}["\'`\\]]){0,2}(?:[ \\t]*(?:=>\\s*(?:string\\((\\d{1,4})\\) )?|[=:][ \\t]*(?:u(?=["\'])|))|(?<=\\]) )',
  'gi',
);

type Group = { -readonly [Name in keyof QuotedError]: QuotedError[Name] } & { error: string };

/**
 * Errors as members with a name, in whatever notation: JSON, logfmt, a dict, print_r, a list of PowerShell, a query.
 * An unknown code counts beside a description, or where an event log of Keycloak says what failed.
 */
function namedErrors(text: string): readonly QuotedError[] {
  const found: QuotedError[] = [];
  let group: Group | undefined;
  // A value that was read by itself is not read again: the time would double with each level.
  let readUpTo = 0;
  // JSON may have the description before the error.
  let early: { -readonly [Name in keyof QuotedError]?: QuotedError[Name] } = {};
  const close = () => {
    if (group === undefined) return;
    const { error, error_description, start, end } = group;
    if (isKnownCode(error) || error_description !== undefined || isEventOf('\\w+', text, start, end))
      found.push(group);
    group = undefined;
  };
  for (const match of firstMatches(text, memberPattern, 5 * mostMatches)) {
    const [whole, written = '', length] = match;
    if (match.index < readUpTo) continue;
    const at = match.index + whole.length;
    const name = written
      .replace(/([a-z])([A-Z])/g, '$1_$2')
      .replaceAll(' ', '_')
      .toLowerCase();
    const isCodeName = /^(?:error|error_code|code|message)$/.test(name);
    const read = readValue(text, at, !isCodeName, length === undefined ? undefined : Number(length));
    if (read === undefined) continue;
    const { value, end } = read;
    const isNear = group !== undefined && end - group.start < 10_000;
    if (isCodeName) {
      const code = value.replace(/\s*\n\s*/g, '');
      const isCode =
        /^[A-Za-z][\w.-]{2,79}$/.test(code) && !/^(?:null|none|nil|undefined|true|false)$/i.test(code);
      if (isCode && (name.startsWith('error') || isKnownCode(code))) {
        if (name !== 'error' && isNear && (name === 'error_code' || group?.error === code)) continue;
        close();
        const isEarly = match.index - (early.end ?? 0) < 500;
        group = {
          ...(isEarly && early),
          isNamed: true,
          error: code,
          start: (isEarly && early.start) || match.index,
          end,
        };
        early = {};
      } else if (name === 'error' && /[{"[(\s]/.test(value) && value.length < end - match.index + 1) {
        close();
        const inner = [...namedErrors(value), ...phrasedErrors(value, phrases)];
        found.push(...inner.map((one) => ({ ...one, start: match.index, end })));
        readUpTo = end;
      }
    } else if (!/^(?:|null|\w+ is null)$/.test(value)) {
      const isOwn = name.startsWith('error_');
      // Loggers and other servers have words of their own for the description.
      const member = (/_(?:detail|uri)$/.test(name) ? name : 'error_description') as
        | 'error_description'
        | 'error_detail'
        | 'error_uri';
      if (!isOwn && (group === undefined || end - group.end > 500)) continue;
      if (group !== undefined && isNear && group[member] === undefined) {
        group[member] = value;
        group.end = end;
      } else if (isOwn && group?.[member] !== value)
        early = { start: early.start ?? match.index, ...early, [member]: value, end };
    }
  }
  close();
  return found;
}

const quotedValue = /(\\{0,3})(["'`])((?:[^"'`\\\n]|(?!\2)["'`\n]|\\(?!\1\2)[\s\S]|\\{2}){0,8000}?)\1\2/y;
/** Words may have the single quotes that stand around them: only before the end of a member they end. */
const quotedWords = /'((?:[^'\n]|'(?!\s*(?:[,;)\]}]|\.(?!')|$))){0,2000})'/my;
const bareValue = /[^\n]{0,2000}/y;
const bareEnd =
  /,? [\w.]+=|,? \w+: ['"]| \(truncated\.|(?:^|,? )(?:Error\w*|error_\w+|reason|status(?:_code)?|hint|debug|message|uri):| \[\w+\] |[,;)\]}]*\s*$/i;

/** The value at a place: in quotes, which may be escaped, else up to what ends it in its notation. `length` in octets. */
function readValue(
  text: string,
  at: number,
  isWords: boolean,
  length?: number,
): { readonly value: string; readonly end: number } | undefined {
  if (length !== undefined) {
    const value = Buffer.from(text.slice(at + 1, at + 1 + length))
      .subarray(0, length)
      .toString();
    return { value: joined(value), end: at + 1 + value.length };
  }
  quotedWords.lastIndex = at;
  const words = isWords ? quotedWords.exec(text) : null;
  if (words !== null) return { value: unescaped(words[1] ?? ''), end: quotedWords.lastIndex };
  quotedValue.lastIndex = at;
  const inQuotes = /^\\{0,3}["'`]/.test(text.slice(at, at + 4)) ? quotedValue.exec(text) : null;
  if (inQuotes !== null) return { value: unescaped(inQuotes[3] ?? ''), end: quotedValue.lastIndex };
  bareValue.lastIndex = at;
  const line = bareValue.exec(text)?.[0] ?? '';
  if (isInQuery(text, at)) {
    const value = /^[^&\s"'<>#]*/.exec(line)?.[0] ?? '';
    return { value: decodeForm(value), end: at + value.length };
  }
  const value = line.slice(0, line.search(bareEnd));
  // PowerShell aligns the further lines of a value under its first one.
  const further = /^(?:\r?\n {8,}[^\s:][^\n]{0,500}){1,20}/.exec(
    text.slice(at + line.length, at + line.length + 5000),
  );
  const whole = further === null ? value : `${line}${further[0]}`;
  return value === '' ? undefined : { value: joined(whole.replace(/^["']/, '')), end: at + whole.length };
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
  /(?<![\w.])(?<code>[a-z]+_[a-z_]{2,60})(?:: | ::? | - | \/ | \()(?=(?<text>[^\n'"{}]{1,2000}))/g,
  // Exceptions, pages of Google and of others that follow it, and a code that is all there is
  /(?:(?:Error|Exception)['"]?[:,]|\bError \d{3}:|^) {0,9}(?<code>[a-z]+_[a-z_]{2,60})(?<text>)(?=[\s.,]|$)(?! *=)/gm,
  // A line of a log that ends with the code
  /(?<=(?:[:=>]|[-–—]) ?[("'[]?)(?<code>[a-z]+_[a-z_]{2,60})(?<text>)(?=[)"'\].]{0,3}[ \t]*$)/gm,
  // Microsoft Entra ID
  /(?<code>)(?<text>AADSTS\d{4,9}: [\s\S]{1,2000})/g,
];

/** What ends the words of an error: the identifiers of Entra, the end of a text in JSON, a line that begins anew. */
const wordsEnd =
  /\s*(?:Trace ID|Correlation ID|Timestamp):|\\[rn]|["'],\s*(?:["']|\w+:)|["'](?:\}|\s*\n)|, \w+=| \(truncated\.|<\/|\r?\n[ \t]*(?:\r?\n|at |\+ |[A-Z][\w -]{1,30}:\s|$)/;

let ofProviders: RegExp | undefined;

/** Sentences that one provider alone writes, as its pages show them without a code. */
function wordsOfProviders(): RegExp {
  ofProviders ??= new RegExp(
    `(?<code>)(?<text>${writtenErrors()
      .filter(({ meanings }) => !meanings.some(({ shared }) => shared))
      .flatMap(({ written }) => written.split('|').filter((one) => /.{9} ./.test(one)))
      .map(patternSource)
      .join('|')})`,
    'g',
  );
  return ofProviders;
}

/** The first matches alone: to find one costs the reading of its line. */
function* firstMatches(text: string, pattern: RegExp, most: number): Generator<RegExpExecArray> {
  let left = most;
  for (const match of text.matchAll(pattern)) {
    if (left === 0) return;
    left -= 1;
    yield match;
  }
}

function phrasedErrors(text: string, phrases: readonly RegExp[]): readonly QuotedError[] {
  return phrases.flatMap((phrase) =>
    [...firstMatches(text, phrase, mostMatches)].flatMap(
      ({ index, 0: whole, groups = {} }): QuotedError[] => {
        const { code = '', text: said = '' } = groups;
        if (code !== '' && !isKnownCode(code)) return [];
        const [words = ''] = said.split(wordsEnd);
        const description = joined(words)
          .replace(/[)\]'",\\:]+$/, '')
          .replace(/^["']/, '');
        return [
          {
            error: code === '' ? null : code,
            ...(/[\p{L}\d]/u.test(description) ? { error_description: description } : {}),
            start: index,
            // Some look ahead to it, as another code may follow one that is not known.
            end: index + whole.length - (whole.endsWith(said) ? said.length : 0) + words.length,
          },
        ];
      },
    ),
  );
}
