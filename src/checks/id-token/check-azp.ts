import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';
import { readAudiences } from './check-aud.ts';
import type { IdTokenEvidence } from './evidence.ts';

/** Checks that `azp` is the client when it is there, and that it is there beside several audiences (OIDC Core §3.1.3.7 4, 5). */
export function checkIdTokenAzp(
  { aud, azp }: JsonObject,
  { clientId }: Pick<IdTokenEvidence, 'clientId'>,
): CheckResult {
  if (azp === undefined) {
    const several = (readAudiences(aud)?.length ?? 0) > 1;
    return several
      ? checkResult(
          'id-token-azp',
          'warn',
          'There are several audiences and no azp says for whom the token is.',
          { ...(clientId === null ? {} : { expected: clientId }), received: shownValue(azp) },
        )
      : checkResult('id-token-azp', 'skipped', 'There is no azp, and with one audience none is needed.');
  }
  const compared = { ...(clientId === null ? {} : { expected: clientId }), received: shownValue(azp) };
  if (typeof azp !== 'string') return checkResult('id-token-azp', 'fail', 'azp is no string.', compared);
  if (clientId === null)
    return checkResult('id-token-azp', 'skipped', 'No client is known to compare azp with.', compared);
  return azp === clientId
    ? checkResult('id-token-azp', 'pass', 'azp is this client.', compared)
    : checkResult(
        'id-token-azp',
        'fail',
        'azp is another client: the token was issued to that one.',
        compared,
      );
}
