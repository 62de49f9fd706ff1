import type { JsonObject, JsonValue } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { listed, shownValue } from '../shown-value.ts';
import type { IdTokenEvidence } from './evidence.ts';

/**
 * Checks that `aud` names the client; further audiences are remarked unless `azp` says that the token is the
 * client's (OIDC Core §3.1.3.7 3, 4).
 */
export function checkIdTokenAud(
  { aud, azp }: JsonObject,
  { clientId }: Pick<IdTokenEvidence, 'clientId'>,
): CheckResult {
  const compared = { ...(clientId === null ? {} : { expected: clientId }), received: shownValue(aud) };
  const fail = (detail: string) => checkResult('id-token-aud', 'fail', detail, compared);
  if (aud === undefined) return fail('aud is missing.');
  const audiences = readAudiences(aud);
  if (audiences === undefined) return fail('aud is neither a string nor an array of strings.');
  if (audiences.length === 0) return fail('aud is empty.');
  if (clientId === null)
    return checkResult('id-token-aud', 'skipped', 'No client is known to compare aud with.', compared);
  if (!audiences.includes(clientId))
    return fail('aud does not name this client: the token was issued for another one.');
  const others = audiences.filter((audience) => audience !== clientId).map(shownValue);
  if (others.length === 0) return checkResult('id-token-aud', 'pass', 'aud is this client.', compared);
  return azp === clientId
    ? checkResult(
        'id-token-aud',
        'pass',
        `aud also names ${listed(others)}, and azp is this client.`,
        compared,
      )
    : checkResult(
        'id-token-aud',
        'warn',
        `aud also names ${listed(others)}; only trust the token if you trust those.`,
        compared,
      );
}

/** The audiences of an `aud` claim; undefined when it is neither a string nor an array of strings (RFC 7519 §4.1.3). */
export function readAudiences(aud: JsonValue | undefined): string[] | undefined {
  if (typeof aud === 'string') return [aud];
  if (!Array.isArray(aud)) return undefined;
  const audiences = aud.filter((audience) => typeof audience === 'string');
  return audiences.length === aud.length ? audiences : undefined;
}
