import { type ErrorMembers, tokenErrorCodes } from './error-members.ts';

const ended =
  '(?:expired|revoked|inactive|invalid|incorrect|malformed|unknown|claimed|consumed|re-?used?|used|already|no longer|not (?:active|found|valid|known)|does(?: not|n.t) exist)';

/** Words of a server that say that a refresh token is no longer valid; codes are words between underscores. */
export const refreshTokenEnded = new RegExp(
  `refresh[ _-]?token[^.\\n]{0,60}(?<![a-z])${ended}(?![a-z])|(?<![a-z])(?:bad|unknown|invalid|expired|revoked|inactive|used)[^.\\n]{0,20}refresh[ _-]?token`,
  'i',
);
/** In the answer to a refresh these words can be about nothing but the refresh token, unless they name another. */
const tokenEnded =
  /(?<![a-z])(?:token|session)(?![a-z])[^.\n]{0,30}(?<![a-z])(?:expired|revoked|inactive|invalid|not (?:active|found|valid))(?![a-z])|(?<![a-z])(?:expired|revoked|invalid|inactive)[ _-]token(?![a-z])/i;
const otherToken = /assertion|client|dpop|proof|jwt/i;

/** Codes that are about another part of the request, whatever words come with them. */
const otherCodes =
  /^(?:invalid_(?:client|scope|target|dpop_proof)|use_dpop_nonce|unsupported_grant_type|slow_down)$/;

/**
 * Tells whether the answer to a refresh says in words that the refresh token is dead: not every server has the code
 * `invalid_grant` for that (RFC 6749 §5.2). Beside a code that is not registered the whole body counts.
 */
export function saysRefreshTokenIsDead({ error, errorDescription }: ErrorMembers, body: string): boolean {
  if (error !== null && otherCodes.test(error)) return false;
  const isRegistered = error !== null && tokenErrorCodes.has(error);
  const text = isRegistered ? `${error} ${errorDescription ?? ''}` : body.slice(0, 2000);
  if (/grant[ _-]?type/i.test(text)) return false;
  return refreshTokenEnded.test(text) || (tokenEnded.test(text) && !otherToken.test(text));
}
