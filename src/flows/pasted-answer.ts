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
  const sent = sentState === undefined ? {} : { state: sentState };

  if (/^[a-z][a-z0-9+.-]*:/i.test(text) || /^[?#&]/.test(text) || /(?:^|&)(?:code|error)=/.test(text)) {
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

/** Answers in the fragment are read like a query; a bare query string gets its question mark. */
function pastedUrl(text: string): string {
  const fragment = /^[^#?]*#(.*(?:code|error)=.*)$/s.exec(text)?.[1];
  if (fragment !== undefined) return `?${fragment}`;
  return /^[a-z][a-z0-9+.-]*:/i.test(text) || text.startsWith('?') ? text : `?${text.replace(/^&/, '')}`;
}
