import type { JsonObject } from '../json/json.ts';
import { recall, remember } from '../say.ts';
import { checkAccessToken } from './access-token.ts';
import { type CheckResult, fail, pass, skip, underId } from './check-result.ts';
import { checkDpopProof } from './dpop-proof.ts';
import { judgeAud } from './id-token/token-claims.ts';
import { validateIdToken } from './id-token/validate-id-token.ts';
import {
  checkJwt,
  checkJwtForm,
  checkJwtIss,
  checkJwtTimes,
  type JwtEvidence,
  type TokenProfile,
} from './jwt.ts';
import { checkLogoutToken } from './logout-token.ts';
import type { SignatureEvidence } from './signed-jwt/judge-header.ts';
import {
  judgeSignedJwt,
  judgeUnverifiedJwt,
  type SignedJwtVerdicts,
  signatureChecks,
} from './signed-jwt/judge-signed-jwt.ts';
import { type KeyTrial, tryKeys } from './signed-jwt/try-keys.ts';
import { checkUserinfoJwt } from './userinfo.ts';

/** The checks of a signed token and how each key fared. */
export interface TokenJudgement {
  readonly checks: readonly CheckResult[];
  /** null when no key was given, or none could be had. */
  readonly verified: boolean | null;
  /** How each key fared; empty without keys, and for a MAC unless a person gave them. */
  readonly trials: readonly KeyTrial[];
}

const notAsked = remember('No key was given.');

/** Judges a signed token: header, key, signature, times, and by the rules of a profile when one is given. Never throws. */
export async function judgeToken(
  evidence: JwtEvidence,
  profile: TokenProfile | undefined,
): Promise<TokenJudgement> {
  const { jws } = evidence;
  // A logout token is signed as an ID token is (OIDC Back-Channel Logout §2.6 2).
  const isRegistered = profile === 'id-token' || profile === 'logout-token';
  const registered = isRegistered ? evidence.registeredAlgorithm : undefined;
  const verification = evidence.verification && { ...evidence.verification, registeredAlgorithm: registered };
  const signed = { ...jws, signature: jws.signature ?? new Uint8Array() };
  const verdicts =
    verification === null
      ? judgeUnverifiedJwt(jws, skip(recall(evidence.unverified ?? notAsked)), registered)
      : await judgeSignedJwt(signed, verification);
  return {
    checks: await makeChecks(evidence, profile, verdicts),
    verified: isVerified(verdicts, verification),
    trials:
      verification?.keys === undefined
        ? []
        : await tryKeys(signed, verification.keys.keys, verification.given),
  };
}

function isVerified(
  { algorithm, critical, signature }: SignedJwtVerdicts,
  verification: SignatureEvidence | null,
): boolean | null {
  if (verification === null) return null;
  if (verification.keys === undefined && verification.clientSecret === undefined) return null;
  return [algorithm, critical, signature].every(({ outcome }) => outcome === 'pass');
}

async function makeChecks(
  evidence: JwtEvidence,
  profile: TokenProfile | undefined,
  verdicts: SignedJwtVerdicts,
): Promise<CheckResult[]> {
  const { jws, issuer, audience, clientId } = evidence;
  const claims = jws.payload?.type === 'claims' ? jws.payload.claims : undefined;
  const form = checkJwtForm(jws);
  if (profile === 'id-token') return judgeIdToken(evidence, verdicts);
  const signature = signatureChecks('jwt', verdicts);
  if (profile === undefined) return checkJwt(evidence, verdicts);
  if (claims === undefined) return [{ ...form, outcome: 'fail' }, ...signature];
  switch (profile) {
    case 'dpop-proof':
      return [
        form,
        ...checkDpopProof({ compact: jws.compact }).filter(({ outcome }) => outcome !== 'skipped'),
      ];
    case 'userinfo':
      return [form, ...signature, ...checkPastedUserinfo(claims, evidence)];
    case 'access-token':
      return [
        form,
        ...signature,
        ...checkAccessToken(jws.header, claims, evidence),
        checkJwtIss(claims, issuer),
        ...checkJwtTimes(claims, evidence),
      ];
    case 'logout-token':
      return [
        form,
        ...signature,
        ...checkLogoutToken(jws.header, claims),
        checkJwtIss(claims, issuer),
        // As in an ID token (OIDC Back-Channel Logout §2.6 3).
        underId('jwt-aud', judgeAud(claims, { ...evidence, clientId: clientId ?? audience })),
        ...checkJwtTimes(claims, evidence),
      ];
  }
}

/** As in a login; a check that needs more than the user of a pasted token knows is skipped. */
async function judgeIdToken(evidence: JwtEvidence, verdicts: SignedJwtVerdicts): Promise<CheckResult[]> {
  const { jws, verification, audience, clientId, nonce } = evidence;
  const results = await validateIdToken({
    ...evidence,
    ...(verification ?? { keys: undefined }),
    idToken: jws.compact,
    clientId: clientId ?? audience,
    fromTokenEndpoint: true,
  });
  const replaced = new Map<string, CheckResult>();
  if (verification === null && jws.defect === undefined) {
    for (const result of signatureChecks('id-token', verdicts)) replaced.set(result.id, result);
  }
  if (nonce === undefined) {
    replaced.set(
      'id-token-nonce',
      underId('id-token-nonce', skip('No nonce is known to compare with (--nonce).')),
    );
  }
  return results.map((result) => replaced.get(result.id) ?? result);
}

/** As in a login, but for its signature, which is judged part by part already, and the ID token to compare with. */
function checkPastedUserinfo(
  claims: JsonObject,
  { jws, issuer, clientId, audience }: JwtEvidence,
): CheckResult[] {
  if (jws.signature === null) return [];
  return [
    ...checkUserinfoJwt(claims, issuer, clientId ?? audience),
    underId(
      'userinfo-sub',
      typeof claims.sub === 'string' && claims.sub !== ''
        ? pass('sub is there; compare it with that of the ID token.')
        : fail('sub is missing or not a string, so it is unknown whose claims these are.'),
    ),
  ];
}
