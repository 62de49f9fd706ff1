import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';

/** Checks that `sub` is a string of 1 to 255 ASCII characters (OIDC Core §2). */
export function checkIdTokenSub({ sub }: JsonObject): CheckResult {
  const fail = (detail: string) =>
    checkResult('id-token-sub', 'fail', detail, {
      expected: '1 to 255 ASCII characters',
      received: shownValue(sub),
    });
  if (sub === undefined) return fail('sub is missing.');
  if (typeof sub !== 'string') return fail('sub is no string.');
  if (sub === '') return fail('sub is empty.');
  if ([...sub].some((character) => (character.codePointAt(0) ?? 0) > 0x7f)) return fail('sub is not ASCII.');
  if (sub.length > 255) return fail(`sub has ${sub.length} characters; 255 are the most.`);
  return checkResult('id-token-sub', 'pass', 'sub names the user.', { received: sub });
}
