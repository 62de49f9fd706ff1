import type { HashAlgorithm } from '../../jose/token-hash.ts';
import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { compareTokenHash } from './compare-token-hash.ts';
import type { IdTokenEvidence } from './evidence.ts';

/** Checks that `c_hash` is the hash of the code; required unless it came from the token endpoint (OIDC Core §3.3.2.10, §3.3.2.11). */
export function checkIdTokenCHash(
  claims: JsonObject,
  { code, fromTokenEndpoint }: Pick<IdTokenEvidence, 'code' | 'fromTokenEndpoint'>,
  hash: HashAlgorithm | undefined,
): CheckResult {
  const id = 'id-token-c-hash';
  if (code === undefined) return checkResult(id, 'skipped', 'There is no code to compare c_hash with.');
  if (claims.c_hash === undefined && fromTokenEndpoint) {
    return checkResult(id, 'skipped', 'There is no c_hash; from the token endpoint it is optional.');
  }
  return compareTokenHash(
    id,
    { name: 'c_hash', claim: claims.c_hash, of: 'the authorization code', value: code },
    hash,
  );
}
