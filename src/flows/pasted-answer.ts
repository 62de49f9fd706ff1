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

/** Reads a pasted redirect URL, query string, fragment or bare code. */
export function readPastedAnswer(line: string, sentState: string | undefined): PastedAnswer {
  const text = line.trim().replace(/^(['"<])(.*)['">]$/s, '$2');
  if (text === '') return { type: 'nothing' };

  if (isAddress(text) || /^[?#&]/.test(text) || holdsAnswer(text)) {
    const sent = sentState === undefined ? {} : { state: sentState };
    const url = pastedUrl(text);
    const reading = readAuthorizationResponse({ method: 'PASTE', url }, sent);
    if (reading.type !== 'neither') return { type: 'answer', url, reading };
    return {
      type: 'unreadable',
      reason: 'What you pasted holds neither a code nor an error. Paste the whole address of the final page.',
    };
  }
  if (/^[\x21-\x7e]{4,}$/.test(text)) {
    const url = `?code=${encodeURIComponent(text)}`;
    return { type: 'bare-code', reading: readAuthorizationResponse({ method: 'PASTE', url }, {}) };
  }
  return { type: 'unreadable', reason: 'That is no redirect URL, query string or code.' };
}

/** A code may hold a colon too (RFC 6749 Appendix A.11): only with more behind it is that an address. */
function isAddress(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:(?:\/\/|[^?#]*[?#])/i.test(text);
}

function holdsAnswer(parameters: string): boolean {
  return /(?:^|&)(?:code|error)=/.test(parameters);
}

/** Answers in the fragment are read like a query; a bare query string gets its question mark. */
function pastedUrl(text: string): string {
  const [, beforeFragment = '', fragment = ''] = /^([^#]*)#?(.*)$/s.exec(text) ?? [];
  const query = /[?](.*)$/s.exec(beforeFragment)?.[1] ?? (isAddress(text) ? '' : beforeFragment);
  if (!holdsAnswer(query) && holdsAnswer(fragment)) return `?${fragment}`;
  return isAddress(text) || text.startsWith('?') ? text : `?${text.replace(/^[&#]/, '')}`;
}
