import type { ReadSdJwt } from '../jose/token-text/read-sd-jwt.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { checkJwtTimes, type JwtEvidence } from './jwt.ts';
import { listed, shownValue } from './shown-value.ts';
import { judgeSignedJwt } from './signed-jwt/judge-signed-jwt.ts';

/** Makes the checks of an SD-JWT besides those of the JWT in it: its disclosures and its key binding (RFC 9901 §7). */
export async function checkSdJwt(
  token: ReadSdJwt,
  evidence: Pick<JwtEvidence, 'audience' | 'nonce' | 'now' | 'clockToleranceSeconds'>,
): Promise<CheckResult[]> {
  return [checkHash(token), checkDisclosures(token), await checkKeyBinding(token, evidence)];
}

function claimsOf({ issued }: ReadSdJwt): JsonObject {
  return issued.payload?.type === 'claims' ? issued.payload.claims : {};
}

function checkHash(token: ReadSdJwt): CheckResult {
  const { _sd_alg: named } = claimsOf(token);
  const received = { received: shownValue(named) };
  if (token.hash === null)
    return checkResult('sd-jwt-alg', 'fail', 'The hash in _sd_alg is unknown here.', received);
  return checkResult(
    'sd-jwt-alg',
    'pass',
    named === undefined ? 'sha-256, since there is no _sd_alg.' : `${token.hash}.`,
    received,
  );
}

function checkDisclosures({ disclosures, disclosed, hash, leftOut }: ReadSdJwt): CheckResult {
  const id = 'sd-jwt-disclosures';
  if (hash === null) return checkResult(id, 'skipped', 'The hash is unknown.');
  if (leftOut > 0)
    return checkResult(
      id,
      'fail',
      `There are ${disclosures.length + leftOut} disclosures, of which only ${disclosures.length} were read.`,
    );
  if (disclosed.problems.length > 0)
    return checkResult(id, 'fail', listed(disclosed.problems).replaceAll('., ', '. '));
  const count = disclosures.length;
  const hidden =
    disclosed.hidden === 0 ? '' : ` ${disclosed.hidden} more digests stay hidden, or are decoys.`;
  return checkResult(
    id,
    'pass',
    `${count === 0 ? 'Nothing is disclosed.' : `${count} ${count === 1 ? 'disclosure has its' : 'disclosures have their'} place.`}${hidden}`,
  );
}

/** The holder signs which presentation this is, for whom and when, with the key in `cnf` (RFC 9901 §4.3, §7.3). */
async function checkKeyBinding(
  token: ReadSdJwt,
  evidence: Pick<JwtEvidence, 'audience' | 'nonce' | 'now' | 'clockToleranceSeconds'>,
): Promise<CheckResult> {
  const id = 'sd-jwt-key-binding';
  const { keyBinding: jws, presentedHash } = token;
  const { cnf } = claimsOf(token);
  const jwk = isJsonObject(cnf) && isJsonObject(cnf.jwk) ? cnf.jwk : undefined;
  if (jws === null) {
    const detail = jwk === undefined ? 'There is none, and no key in cnf asks for one.' : 'There is none.';
    return checkResult(id, 'skipped', detail);
  }
  const fail = (detail: string, compared = {}) => checkResult(id, 'fail', detail, compared);
  if (jws.defect !== undefined || jws.payload?.type !== 'claims')
    return fail('The key binding JWT is malformed.');
  const { claims } = jws.payload;
  if (jws.header.typ !== 'kb+jwt')
    return fail('Its typ is wrong.', { expected: 'kb+jwt', received: shownValue(jws.header.typ) });
  if (claims.sd_hash !== presentedHash) {
    return fail('sd_hash is that of another presentation.', {
      expected: shownValue(presentedHash),
      received: shownValue(claims.sd_hash),
    });
  }
  for (const [name, expected] of [
    ['aud', evidence.audience],
    ['nonce', evidence.nonce ?? null],
  ] as const) {
    if (expected === null && claims[name] !== undefined) continue;
    if (expected !== null && claims[name] === expected) continue;
    return fail(`${name} is not the expected one.`, {
      expected: expected ?? 'a string',
      received: shownValue(claims[name]),
    });
  }
  if (claims.iat === undefined) return fail('iat is missing.');
  const late = checkJwtTimes(claims, evidence).find(({ outcome }) => outcome === 'fail');
  if (late !== undefined) return fail(late.detail);
  if (jwk === undefined) return fail('There is no key in cnf to verify it with.');
  const { algorithm, key, signature } = await judgeSignedJwt(
    { ...jws, signature: jws.signature ?? new Uint8Array() },
    {
      keys: { type: 'jwk-set', keys: [jwk], problems: [] },
      given: { name: 'cnf', isNameless: true },
    },
  );
  const problem = [algorithm, key, signature].find(({ outcome }) => outcome === 'fail');
  return problem === undefined
    ? checkResult(id, 'pass', 'The holder of the key in cnf signed this presentation.')
    : fail(problem.detail);
}
