import {
  type AuthorizationResponseReading,
  readAuthorizationResponse,
} from '../protocol/authorization-response.ts';

/** What a line typed on the terminal turned out to be. */
export type PastedAnswer =
  | { readonly type: 'nothing' }
  | { readonly type: 'answer'; readonly url: string; readonly reading: AuthorizationResponseReading }
  /** A code by itself: it brings no state that could be compared. */
  | { readonly type: 'bare-code'; readonly reading: AuthorizationResponseReading }
  | { readonly type: 'unreadable'; readonly reason: string };

/** What to paste instead. */
export const pasteAdvice = 'Paste the whole address of the page where the login ends.';

/** Shorter than any code that could not be guessed (RFC 6749 §10.10): a word, and redeeming it ends the login. */
const shortestCode = 6;

/** Reads a pasted redirect URL, query string, fragment or bare code. */
export function readPastedAnswer(line: string, sentState: string | undefined): PastedAnswer {
  const text = withoutWrapping(line);
  if (text === '') return { type: 'nothing' };

  if (isAddress(text) || isBareAddress(text) || /^[?#&]/.test(text) || holdsAnswer(text)) {
    const sent = sentState === undefined ? {} : { state: sentState };
    const url = pastedUrl(text);
    const reading = readAuthorizationResponse({ method: 'PASTE', url }, sent);
    return reading.type === 'neither'
      ? { type: 'unreadable', reason: whyNoAnswer(reading) }
      : { type: 'answer', url, reading };
  }
  const problem = codeProblem(text, sentState);
  if (problem !== undefined) return { type: 'unreadable', reason: `${problem} ${pasteAdvice}` };
  const url = `?code=${encodeURIComponent(text)}`;
  return { type: 'bare-code', reading: readAuthorizationResponse({ method: 'PASTE', url }, {}) };
}

/** Without the quotation marks, brackets and label that come along when a code or address is copied. */
function withoutWrapping(line: string): string {
  return line
    .trim()
    .replace(/^code\s*:\s*/i, '')
    .replace(/^(['"`<“‘«„])(.*)['"`>”’»“]$/s, '$2')
    .trim();
}

function whyNoAnswer({ parameters }: AuthorizationResponseReading): string {
  const isRequest = parameters.some(([name]) => /^(?:response_type|code_challenge|request_uri)$/.test(name));
  return isRequest
    ? `That is an address where a login begins. Open it in a browser and sign in. ${pasteAdvice}`
    : `What you pasted holds neither a code nor an error. ${pasteAdvice}`;
}

function codeProblem(text: string, sentState: string | undefined): string | undefined {
  if (text === sentState) return 'That is the state of this login, not its code.';
  if (/\s/.test(text) || !/^[\x21-\x7e]+$/.test(text))
    return 'That is no redirect URL, query string or code.';
  return text.length < shortestCode ? 'That is too short for a code.' : undefined;
}

/** A code may hold a colon too (RFC 6749 Appendix A.11): only with more behind it is that an address. */
function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:(?:\/\/|[^?#]*[?#])/i.test(text);
}

/** Copied without its scheme: a host, a path, and an answer behind it. */
function isBareAddress(text: string): boolean {
  return /^[\w.-]+(?::\d+)?\/[^?#]*[?#]/.test(text) && holdsAnswer(text);
}

function holdsAnswer(text: string): boolean {
  return /(?:^|[?#&])(?:code|error)=/.test(text);
}

/** Answers in the fragment are read like a query; a bare query string gets its question mark. */
function pastedUrl(text: string): string {
  const [, beforeFragment = '', fragment = ''] = /^([^#]*)#?(.*)$/s.exec(text) ?? [];
  const query = /[?](.*)$/s.exec(beforeFragment)?.[1] ?? (isAddress(text) ? '' : beforeFragment);
  if (!holdsAnswer(query) && holdsAnswer(fragment)) return `?${fragment}`;
  if (isAddress(text) || text.startsWith('?')) return text;
  return isBareAddress(text) ? `http://${text}` : `?${text.replace(/^[&#]/, '')}`;
}
