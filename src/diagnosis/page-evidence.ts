import { visibleText } from '../protocol/visible-text.ts';
import type { Diagnosis } from './diagnosis.ts';
import { unknownClientId, unregisteredRedirectUri } from './error-row.ts';
import type { Situation } from './situation.ts';

/**
 * What a page says that the server shows instead of sending the person back: it does that when it cannot trust the
 * redirect URI or does not know the client (RFC 6749 §4.1.2.1).
 */
export function pageEvidence(situation: Situation): readonly (Diagnosis | false)[] {
  const { endpoint, status, response, text } = situation;
  const isRefused = endpoint === 'authorization' && response !== null && (status ?? 0) >= 400;
  if (!isRefused) return [];
  const words = visibleText(text);
  const source = 'RFC 6749 §4.1.2.1';
  const speaksOfRedirect = /\bredirect[\s_-]?ur[il]s?\b|callback\s?url/i.test(words);
  const speaksOfClient =
    /\binvalid_client\b|\bclient (?:is invalid|not found|is unknown|does not exist)|(?:unknown|invalid|unregistered) client|client_id/i.test(
      words,
    );
  const page = tellingWords(words);
  const specific = [
    speaksOfClient && unknownClientId(situation, speaksOfRedirect ? 'medium' : 'high', source, page),
    speaksOfRedirect && unregisteredRedirectUri(situation, 'high', source, page),
  ];
  if (specific.some((one) => one !== false)) return specific;
  return [
    unregisteredRedirectUri(situation, 'medium', source, page),
    unknownClientId(situation, 'medium', source, page),
  ];
}

const longestQuote = 120;

/** The part of a page that speaks of an error, else its beginning; undefined when it shows nothing. */
function tellingWords(words: string): string | undefined {
  if (words === '') return undefined;
  const from = Math.max(
    0,
    words.search(/\b(?:invalid_\w+|unauthorized_\w+|redirect[\s_-]?ur[il]|client_id|client is)\b/i),
  );
  const quote = words.slice(from, from + longestQuote).trim();
  return from + longestQuote < words.length ? `${quote}…` : quote.replace(/\.$/, '');
}
