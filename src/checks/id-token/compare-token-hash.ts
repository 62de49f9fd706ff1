import { type HashAlgorithm, tokenHash, tokenHashSlip } from '../../jose/token-hash.ts';
import type { JsonValue } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';

interface HashedSubject {
  readonly name: 'at_hash' | 'c_hash';
  readonly claim: JsonValue | undefined;
  /** In words, for the detail. */
  readonly of: string;
  readonly value: string;
}

/** Compares a hash claim with the hash of what it stands for; a required claim that is missing fails (OIDC Core §3.1.3.6). */
export function compareTokenHash(
  id: 'id-token-at-hash' | 'id-token-c-hash',
  { name, claim, of, value }: HashedSubject,
  hash: HashAlgorithm | undefined,
): CheckResult {
  if (hash === undefined) {
    return checkResult(
      id,
      'skipped',
      `The algorithm of the token is refused, so the hash of ${of} is not defined.`,
    );
  }
  const expected = tokenHash(value, hash);
  const compared = { expected, received: shownValue(claim) };
  if (claim === undefined) return checkResult(id, 'fail', `${name} is missing.`, compared);
  if (typeof claim !== 'string') return checkResult(id, 'fail', `${name} is no string.`, compared);
  if (claim === expected) return checkResult(id, 'pass', `${name} is the hash of ${of}.`, compared);
  const slip = tokenHashSlip(value, claim, hash);
  const detail = `${name} is not the hash of ${of}.`;
  return checkResult(id, 'fail', slip === undefined ? detail : `${detail} ${slip}`, compared);
}
