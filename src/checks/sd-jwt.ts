import { confirmationOf } from '../jose/jwt.ts';
import type { ReadSdJwt } from '../jose/sd-jwt.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { joined, own, recall, say } from '../say.ts';
import { type CheckResult, comparedWith, fail, pass, skip, underId, type Verdict } from './check-result.ts';
import { checkJwtTimes, type JwtEvidence } from './jwt.ts';
import { shownValue } from './shown-value.ts';
import { decisiveVerdict, judgeSignedJwt } from './signed-jwt/judge-signed-jwt.ts';

type PresentationEvidence = Pick<JwtEvidence, 'audience' | 'nonce' | 'now' | 'clockToleranceSeconds'>;

/** Makes the checks of an SD-JWT besides those of the JWT in it: its disclosures and its key binding (RFC 9901 §7). */
export async function checkSdJwt(token: ReadSdJwt, evidence: PresentationEvidence): Promise<CheckResult[]> {
  return [
    underId('sd-jwt-alg', judgeHash(token)),
    underId('sd-jwt-disclosures', judgeDisclosures(token)),
    underId('sd-jwt-key-binding', await judgeKeyBinding(token, evidence)),
  ];
}

function claimsOf({ issued }: ReadSdJwt): JsonObject {
  return issued.payload?.type === 'claims' ? issued.payload.claims : {};
}

function judgeHash(token: ReadSdJwt): Verdict {
  const { _sd_alg: named } = claimsOf(token);
  const received = { received: shownValue(named) };
  if (token.hash === null) return fail('The hash in _sd_alg is unknown here.', received);
  return pass(named === undefined ? 'sha-256, since there is no _sd_alg.' : say`${token.hash}.`, received);
}

function judgeDisclosures({ disclosures, disclosed, hash, leftOut }: ReadSdJwt): Verdict {
  const count = disclosures.length;
  if (hash === null) return skip('The hash is unknown.');
  if (leftOut > 0)
    return fail(say`There are ${count + leftOut} disclosures, of which only ${count} were read.`);
  if (disclosed.problems.length > 0) return fail(joined(disclosed.problems.slice(0, 5).map(own), ' '));
  const placed = `${count} ${count === 1 ? 'disclosure has its' : 'disclosures have their'} place.`;
  const hidden =
    disclosed.hidden === 0 ? '' : ` ${disclosed.hidden} more digests stay hidden, or are decoys.`;
  return pass(own(`${count === 0 ? 'Nothing is disclosed.' : placed}${hidden}`));
}

/** The holder signs which presentation this is, its audience and its time, with the key in `cnf` (RFC 9901 §4.3, §7.3). */
async function judgeKeyBinding(token: ReadSdJwt, evidence: PresentationEvidence): Promise<Verdict> {
  const { keyBinding: jws, presentedHash } = token;
  const { jwk: named } = confirmationOf(claimsOf(token));
  const jwk = isJsonObject(named) ? named : undefined;
  if (jws === null)
    return skip(
      jwk === undefined
        ? 'There is no key binding JWT, and no key in cnf asks for one.'
        : 'There is no key binding JWT.',
    );
  if (jws.defect !== undefined || jws.payload?.type !== 'claims')
    return fail('The key binding JWT is malformed.');
  const { claims } = jws.payload;
  if (jws.header.typ !== 'kb+jwt')
    return fail('Its typ is wrong.', comparedWith(own('kb+jwt'), jws.header.typ));
  if (claims.sd_hash !== presentedHash) {
    const compared = comparedWith(shownValue(presentedHash), claims.sd_hash);
    return fail('sd_hash is that of another presentation.', compared);
  }
  for (const [name, expected] of [
    ['aud', evidence.audience],
    ['nonce', evidence.nonce ?? null],
  ] as const) {
    if (expected === null && claims[name] !== undefined) continue;
    if (expected !== null && claims[name] === expected) continue;
    return fail(`${name} is not the expected one.`, comparedWith(expected ?? own('a string'), claims[name]));
  }
  if (claims.iat === undefined) return fail('iat is missing.');
  const late = checkJwtTimes(claims, evidence).find(({ outcome }) => outcome === 'fail');
  if (late !== undefined) return fail(recall(late.detail));
  if (jwk === undefined) return fail('There is no key in cnf to verify it with.');
  const verdicts = await judgeSignedJwt(
    { ...jws, signature: jws.signature ?? new Uint8Array() },
    { keys: { type: 'jwk-set', keys: [jwk], problems: [] }, given: { name: 'cnf', isNameless: true } },
  );
  const decisive = decisiveVerdict(verdicts);
  return decisive.outcome === 'pass'
    ? pass('The holder of the key in cnf signed this presentation.')
    : decisive;
}
