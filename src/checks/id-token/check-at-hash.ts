import type { HashAlgorithm } from '../../jose/token-hash.ts';
import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { compareTokenHash } from './compare-token-hash.ts';
import type { IdTokenEvidence } from './evidence.ts';

/** Checks that `at_hash` is the hash of the access token; required unless it came from the token endpoint (OIDC Core §3.1.3.8, §3.2.2.9). */
export function checkIdTokenAtHash(
  claims: JsonObject,
  { accessToken, fromTokenEndpoint }: Pick<IdTokenEvidence, 'accessToken' | 'fromTokenEndpoint'>,
  hash: HashAlgorithm | undefined,
): CheckResult {
  const id = 'id-token-at-hash';
  if (accessToken === undefined)
    return checkResult(id, 'skipped', 'There is no access token to compare at_hash with.');
  if (claims.at_hash === undefined && fromTokenEndpoint) {
    return checkResult(id, 'skipped', 'There is no at_hash; from the token endpoint it is optional.');
  }
  return compareTokenHash(
    id,
    { name: 'at_hash', claim: claims.at_hash, of: 'the access token', value: accessToken },
    hash,
  );
}
