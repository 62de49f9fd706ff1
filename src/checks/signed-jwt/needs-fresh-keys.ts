import { jwsAlgorithm } from '../../jose/jws-algorithm.ts';
import { selectSigningKeys } from '../../jose/jws-key.ts';
import { decodeJwt } from '../../jose/jwt.ts';
import type { SignatureEvidence } from './evidence.ts';

/**
 * Tells whether fetching the keys once more may help: the token names a `kid` that none of them has, or names none
 * and no key fits (OIDC Core §10.1.1). False without keys, for a MAC, and for what is no signed JWT.
 */
export function needsFreshKeys(token: string, { keys }: Pick<SignatureEvidence, 'keys'>): boolean {
  const jwt = decodeJwt(token);
  if (jwt.type !== 'jws' || keys === undefined) return false;
  const { alg, kid } = jwt.header;
  const algorithm = jwsAlgorithm(alg);
  if (algorithm === undefined || algorithm.scheme === 'hmac') return false;
  if (kid !== undefined && typeof kid !== 'string') return false;
  const selection = selectSigningKeys(keys.keys, kid, algorithm);
  return !selection.kidKnown || (kid === undefined && selection.fitting.length === 0);
}
