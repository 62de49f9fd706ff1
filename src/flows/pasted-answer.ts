import {
  type AuthorizationResponseReading,
  readAuthorizationResponse,
} from '../protocol/authorization-response.ts';

/** A terminal breaks no shorter line. */
const wrappedHead = /^\s*["'<]?(?:[a-z][\w+.-]*:\/\/|[?#/])\S{58,}$/i;
const restOfLine = /^(?![a-z][\w+.-]*:\/\/)\S+$/i;
/** The lines of one paste arrive within this time. */
const pasteGapMs = 50;

/**
 * Lines as a person pasted them: what follows a long address at once, without a blank, is the rest of it. Half an
 * address may hold half a code, which would be spent.
 */
export async function* joinPastedLines(lines: AsyncIterable<string>): AsyncIterable<string> {
  const reader = lines[Symbol.asyncIterator]();
  let coming = reader.next();
  for (;;) {
    const read = await coming;
    if (read.done === true) return;
    coming = reader.next();
    let line = read.value;
    while (wrappedHead.test(line)) {
      const more = await Promise.race([coming, gap()]);
      if (more === undefined || more.done === true || !restOfLine.test(more.value.trim())) break;
      line = `${line.trimEnd()}${more.value.trim()}`;
      coming = reader.next();
    }
    yield line;
  }
}

function gap(): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), pasteGapMs));
}

/** The meaning of a line typed on the terminal. */
export type PastedAnswer =
  | { readonly type: 'nothing' }
  | { readonly type: 'answer'; readonly url: string; readonly reading: AuthorizationResponseReading }
  /** A code by itself: it brings no state that could be compared. */
  | { readonly type: 'bare-code'; readonly reading: AuthorizationResponseReading }
  | { readonly type: 'unreadable'; readonly reason: string };

/** Advice for a line that cannot be used. */
export const pasteAdvice = 'Paste the whole address of the page where the login ends.';

/** Shorter than any code that could not be guessed (RFC 6749 §10.10): a word, and redeeming it ends the login. */
const shortestCode = 6;

/** Reads a pasted redirect URL, query string, fragment or bare code. */
export function readPastedAnswer(line: string, sentState: string | undefined): PastedAnswer {
  const text = withoutWrapping(line);
  if (text === '') return { type: 'nothing' };

  if (isAddress(text) || isBareAddress(text) || /^[?#&]/.test(text) || holdsAnswer(text)) {
    const url = pastedUrl(text);
    const received = fragmentOf(text) ?? ({ method: 'PASTE', url } as const);
    const reading = readAuthorizationResponse(received, { state: sentState });
    return reading.type === 'neither' && reading.jwt === undefined
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
    return 'That is not a redirect URL, query string or code.';
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
  return /(?:^|[?#&])(?:code|error|response|(?:id|access)_token)=/.test(text);
}

/** An answer that stands in the fragment of what was pasted. */
function fragmentOf(text: string) {
  const [, url = '', fragment = ''] = /^([^#]*)#?(.*)$/s.exec(text) ?? [];
  const query = /[?](.*)$/s.exec(url)?.[1] ?? (isAddress(text) ? '' : url);
  const isThere = !holdsAnswer(query) && holdsAnswer(fragment);
  return isThere ? ({ method: 'FRAGMENT', url, fragment } as const) : undefined;
}

/** Answers in the fragment become a query; a bare query string gets its question mark. */
function pastedUrl(text: string): string {
  const inFragment = fragmentOf(text);
  if (inFragment !== undefined) return `?${inFragment.fragment}`;
  if (isAddress(text) || text.startsWith('?')) return text;
  return isBareAddress(text) ? `http://${text}` : `?${text.replace(/^[&#]/, '')}`;
}
