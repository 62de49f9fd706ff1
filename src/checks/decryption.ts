import type { Decryption } from '../jose/decrypt-jwe.ts';
import type { JsonObject } from '../json/json.ts';
import { own, type Said, say } from '../say.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { shownValue } from './shown-value.ts';

/** Judges what decryption with the keys of a file or a secret, here called `name`, came to (RFC 7516 §5.2). */
export function judgeDecryption(
  { plaintext, trials, change }: Decryption,
  header: JsonObject,
  name: string,
): CheckResult {
  const how = say`alg ${shownValue(header.alg)}, enc ${shownValue(header.enc)}`;
  const changed = change === undefined ? '' : say`, ${change}`;
  return plaintext === undefined
    ? checkResult('jwe-decryption', 'fail', say`${reasonOf(trials, name)} (${how}).`)
    : checkResult('jwe-decryption', 'pass', say`Decrypted with ${name}${changed} (${how}).`);
}

/** A key that fits and fails says more than those that do not fit. */
function reasonOf(trials: Decryption['trials'], name: string): Said {
  const telling = trials.find(({ outcome }) => outcome === 'failed') ?? trials[0];
  const others = trials.length > 1 ? say` (${trials.length} keys were looked at)` : '';
  return say`${name} did not decrypt it: ${own(telling?.reason ?? 'there is no key in it')}${others}`;
}
