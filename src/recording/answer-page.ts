import { type HttpResponse, headerValue } from '../http-message.ts';
import { decodeEntities } from '../json/xml.ts';
import { callbackErrorCodeMembers, readErrorMembers } from '../protocol/error-members.ts';
import { visibleText } from '../protocol/markup.ts';
import { parameterValue } from '../protocol/parameters.ts';
import { isStructured, readResponseBody, topLevelObject } from '../protocol/response-body.ts';
import { quotedErrors } from './error-in-text.ts';
import type { RecordedResponse } from './recording.ts';
import { urlParameters } from './url-input.ts';

/** What an answer of the authorization endpoint tells the user in the browser. */
export interface AnswerPage {
  /** `page`: it speaks of no error; `empty`: it has no text, because a script makes it or it is not a page. */
  readonly type: 'error' | 'page' | 'empty';
  readonly error: string | null;
  /** The server's own words about the error; of another page its title. */
  readonly words: string | null;
}

const longestPage = 300_000;
const longestWords = 300;

/** What may be wrong with a request, and how that is said. */
const tellingWords = [
  /redirect[\s_-]?ur[il]|callback\s?url|client|application|\bapp\b|PKCE|code_challenge|pushed|request object|scope|response_type|parameter/i,
  /\berror\b|invalid|mismatch|denied|refused|disabled|not (?:found|allowed|registered|supported|valid|in)\b|required|missing|expired|wrong/i,
] as const;

/** Reads the page, document or redirect that answers an authorization request (RFC 6749 §4.1.2.1). */
export function readAnswerPage({ status, headers, body }: RecordedResponse): AnswerPage {
  const inRedirect = errorInUrl(headerValue(headers ?? [], 'location') ?? '');
  if (inRedirect !== undefined) return inRedirect;
  const isRefused = (status ?? 0) >= 400;
  const nothing: AnswerPage = { type: isRefused ? 'error' : 'empty', error: null, words: null };
  const text = (body ?? '').slice(0, longestPage);
  const isBinary = text.includes('\0') || text.split('\ufffd').length > 1 + text.length / 10;
  if (isBinary) return nothing;
  const read = readResponseBody(text);
  if (isStructured(read)) {
    const { error, errorDescription: words } = readErrorMembers(read);
    const isError = isRefused || topLevelObject(read)?.error !== undefined;
    if (isError && (error ?? words) !== null) return { type: 'error', error, words: shortened(words) };
  }
  const isHtml = text.trimStart().startsWith('<');
  const lines = (isHtml ? visibleText(text) : text).split(/ · |\n/).filter((line) => line.trim() !== '');
  const [title = ''] = isHtml ? (/<title[^>]{0,200}>([^<]{1,300})/i.exec(text)?.slice(1) ?? []) : [];
  const shown = lines.filter((line) => line !== decodeEntities(title).trim());
  const [quoted] = quotedErrors([...shown, ...inScript(text)].join('\n'));
  const ofKeycloak = /id="kc-error-message"[^>]{0,200}>([\s\S]{1,2000})/.exec(text)?.[1];
  const own = ofKeycloak && visibleText(ofKeycloak).split(' · ')[0];
  const telling = own ? [own] : tellingLines(shown);
  const asks = /<(?:input(?![^>]{0,300}hidden)|textarea)\b/i.test(text);
  const speaksOfError = !asks && [title, ...lines.slice(0, 3)].some((line) => tellingWords[1].test(line));
  if (quoted !== undefined || own || isRefused || (isHtml && speaksOfError)) {
    const { error = null, error_description: said } = quoted ?? {};
    const words = said ?? (telling.length > 0 ? telling : lines).slice(0, 3).join(' · ');
    return { type: 'error', error, words: shortened(words) };
  }
  if (shown.length === 0 && !asks) return nothing;
  return { type: 'page', error: null, words: shortened(decodeEntities(title)) };
}

/** Whether a page of an error is about the client that asked for it, or its redirect URI. */
export function tellsOfClient({ error, words }: AnswerPage): boolean {
  return /client|redirect/i.test(`${error} ${words}`);
}

/** Whether a page of an error may be of something in front of the server: it is named, and not of the request. */
export function mayBeOfFront(page: AnswerPage & { readonly response: HttpResponse }): boolean {
  return (
    page.error === null && !tellsOfClient(page) && headerValue(page.response.headers, 'server') !== undefined
  );
}

function tellingLines(lines: readonly string[]): readonly string[] {
  const [subjects, problems] = tellingWords;
  const ofSubjects = lines.filter((line) => subjects.test(line));
  const ofBoth = ofSubjects.filter((line) => problems.test(line));
  const ofProblems = lines.filter((line) => problems.test(line));
  const found = [ofBoth, ofSubjects, ofProblems].find((telling) => telling.length > 0) ?? [];
  // Of a page in one line the part that tells.
  return found.map((line) => {
    const from =
      line.length <= longestWords ? 0 : Math.max(line.search(subjects), line.search(problems)) - 60;
    return from <= 0 ? line : `…${line.slice(from)}`;
  });
}

/** An error in the parameters of a redirect, such as the one to a page for errors that shows nothing else. */
export function errorInUrl(url: string): AnswerPage | undefined {
  const { query, fragment } = urlParameters(url);
  const value = (name: string) => parameterValue([...query, ...fragment], name) || undefined;
  // Google sends a message in Protocol Buffers whose first member is the code.
  const ofGoogle = Buffer.from(value('authError') ?? '', 'base64url').toString('latin1');
  const codes = callbackErrorCodeMembers.map(value);
  const error = codes.find((code) => code !== undefined) ?? /^\n.([a-z_]{3,60})/s.exec(ofGoogle)?.[1];
  if (error === undefined) return undefined;
  const words = ['error_description', 'error_message', 'error_hint'].flatMap((name) => value(name) ?? []);
  return { type: 'error', error, words: shortened(words.join(' ')) };
}

/** Microsoft Entra ID shows by a script what stands in a member of an object. */
function inScript(text: string): readonly string[] {
  const found = /AADSTS\d{4,9}: (?:[^"\\<\n]|\\u[\da-f]{4}){1,400}/.exec(text) ?? [];
  return found.map((said) =>
    said.replace(/\\u([\da-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
}

function shortened(words: string | null): string | null {
  const line = (words ?? '').replace(/\s+/g, ' ').trim();
  if (line.length <= longestWords) return line === '' ? null : line;
  return `${line.slice(0, longestWords).replace(/\s\S*$/, '')}…`;
}
