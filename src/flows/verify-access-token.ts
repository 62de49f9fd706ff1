import type { SignatureEvidence } from '../checks/signed-jwt/judge-header.ts';
import { decisiveVerdict, judgeSignedJwt } from '../checks/signed-jwt/judge-signed-jwt.ts';
import { decodeJwt } from '../jose/jwt.ts';
import type { JsonObject } from '../json/json.ts';
import { remember } from '../say.ts';
import { type FetchedKeys, keysEvidence } from './fetch-keys.ts';

/** The key that verified an access token, or in one sentence why its claims prove nothing. */
export type AccessTokenVerdict =
  | { readonly jwk: JsonObject; readonly doubt?: undefined }
  | { readonly doubt: string };

/**
 * Verifies the signature of an access token that is a JWT with the key that is known; the keys of the server are
 * fetched when that one does not do.
 */
export async function verifyAccessToken(
  accessToken: string,
  known: JsonObject | undefined,
  fetch: () => Promise<FetchedKeys>,
): Promise<AccessTokenVerdict> {
  const jwt = decodeJwt(accessToken);
  if (jwt.type !== 'jws') return { doubt: remember('It is not a signed JWT.') };
  const judge = async (evidence: SignatureEvidence): Promise<AccessTokenVerdict> => {
    const verdicts = await judgeSignedJwt(jwt, evidence);
    const { outcome, detail } = decisiveVerdict(verdicts);
    const isVerified = verdicts.signature.outcome === 'pass' && outcome !== 'fail';
    return isVerified && verdicts.jwk !== undefined ? { jwk: verdicts.jwk } : { doubt: detail };
  };
  if (known !== undefined) {
    const verdict = await judge({ keys: { type: 'jwk-set', keys: [known], problems: [] } });
    if (verdict.doubt === undefined) return verdict;
  }
  return judge(keysEvidence(await fetch()));
}
