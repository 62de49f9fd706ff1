import {
  decodeBase64url,
  describeKeyBriefly,
  type FittingKey,
  hasOtherCertificate,
  type KeySelection,
  keySize,
  selectSigningKeys,
  verificationMisfit,
} from '../../jose/jwk.ts';
import {
  type JwsAlgorithm,
  jwsAlgorithm,
  type SignedInput,
  verifyWithPublicKey,
  verifyWithSecret,
} from '../../jose/jws.ts';
import { decodeJwt } from '../../jose/jwt.ts';
import type { JsonObject } from '../../json/json.ts';
import { joined, own, type Said, say, type Text } from '../../say.ts';
import { emptySignature, fail, pass, skip, type Verdict, warn } from '../check-result.ts';
import { listed, quoted, shownValue } from '../shown-value.ts';
import type { SignatureEvidence } from './judge-header.ts';

/** A JWS taken apart. */
export interface SignedJwt extends SignedInput {
  readonly header: JsonObject;
}

/** The verdicts on the key and the signature, and the key that verified or, failing that, fitted first. */
export interface SignatureVerdict {
  readonly key: Verdict;
  readonly signature: Verdict;
  readonly jwk?: JsonObject;
}

/**
 * Chooses the key and verifies the signature with it; with several fitting keys each is tried
 * (OIDC Core §3.1.3.7 6, §10.1; RFC 7515 §5.2).
 */
export async function judgeSignature(
  jwt: SignedJwt,
  algorithm: JwsAlgorithm,
  evidence: SignatureEvidence,
): Promise<SignatureVerdict> {
  if (algorithm.scheme === 'hmac') return judgeMac(jwt, algorithm, evidence);
  const kid = evidence.given?.isNameless === true ? undefined : jwt.header.kid;
  if (kid !== undefined && typeof kid !== 'string') {
    return withoutKey(fail('The kid of the header is not a string.', { received: shownValue(kid) }));
  }
  if (evidence.keys === undefined) return judgeMissingKeys(evidence.keysProblem);
  const selection = selectSigningKeys(evidence.keys.keys, kid, algorithm);
  if (selection.fitting.length === 0) {
    const received = kid === undefined ? {} : { received: shownValue(kid) };
    return withoutKey(fail(describeMisfits(selection, kid, algorithm, evidence), received));
  }
  const verified = await firstVerifying(jwt, algorithm, selection.fitting);
  const jwk = verified?.jwk ?? selection.fitting[0]?.jwk ?? {};
  return {
    key: judgeKey(evidence, selection, kid, verified?.jwk),
    signature:
      verified === undefined
        ? fail(describeFailure(jwt, algorithm, selection.fitting))
        : pass(say`Verified with ${describeKeyBriefly(verified.jwk)}.`),
    jwk,
  };
}

function judgeMac(
  jwt: SignedJwt,
  algorithm: JwsAlgorithm,
  { clientSecret: secret, given, keys }: SignatureEvidence,
): SignatureVerdict {
  const name = given === undefined ? own('client secret') : say`secret in ${given.name}`;
  if (secret === undefined)
    return withoutKey(fail(say`${algorithm.name} needs the client secret as its key, and there is none.`));
  const jwk = given && keys?.keys.find(({ k }) => decodeBase64url(k)?.equals(Buffer.from(secret)));
  const misfit = jwk && verificationMisfit(jwk, algorithm);
  if (misfit !== undefined) return withoutKey(fail(say`The ${name} was set aside: ${misfit}.`));
  const least = Number(algorithm.name.slice(2)) / 8;
  const short = Buffer.byteLength(secret) < least;
  return {
    key: short
      ? warn(
          say`The ${name} is shorter than the ${least} octets that ${own(algorithm.name)} needs (RFC 7518 §3.2).`,
        )
      : pass(say`The ${name} is the key of ${own(algorithm.name)}.`),
    signature: verifyWithSecret(jwt, algorithm, secret)
      ? pass(say`Verified with the ${name}.`)
      : fail(say`The signature does not verify with the ${name}.`),
  };
}

function judgeMissingKeys(problem: string | undefined): SignatureVerdict {
  return withoutKey(
    problem === undefined
      ? warn(
          'The address of the keys of the server (jwks_uri) is not known, so the signature cannot be verified.',
        )
      : fail(say`The keys of the server could not be fetched: ${problem}`),
  );
}

function withoutKey(key: Verdict): SignatureVerdict {
  return { key, signature: skip('There is no key to verify it with.') };
}

async function firstVerifying(
  jwt: SignedJwt,
  algorithm: JwsAlgorithm,
  keys: readonly FittingKey[],
): Promise<FittingKey | undefined> {
  for (const candidate of keys) {
    if (await verifyWithPublicKey(jwt, algorithm, candidate.key)) return candidate;
  }
  return undefined;
}

function judgeKey(
  evidence: SignatureEvidence,
  { fitting, setAside }: KeySelection,
  kid: string | undefined,
  used: JsonObject | undefined,
): Verdict {
  const remarks = [
    ...(kid === undefined && (evidence.keys?.keys.length ?? 0) > 1
      ? [say`The token has no kid although ${ownerOf(evidence)} has several keys.`]
      : []),
    ...(kid !== undefined && fitting.length > 1 ? [say`${fitting.length} keys have this kid.`] : []),
    ...weakness(used ?? fitting[0]?.jwk),
  ];
  const chosen =
    used !== undefined
      ? say`Used ${describeKeyBriefly(used)}.`
      : say`Tried ${listed(
          fitting.map(({ jwk }) => describeKeyBriefly(jwk)),
          3,
        )}.`;
  const others =
    kid === undefined && setAside.length > 0
      ? [say`Set aside: ${listed(setAside.map(describeSetAside), 3)}.`]
      : [];
  return (remarks.length === 0 ? pass : warn)(joined([chosen, ...remarks, ...others], ' '), {
    ...(kid === undefined ? {} : { expected: shownValue(kid) }),
    ...(typeof used?.kid === 'string' ? { received: shownValue(used.kid) } : {}),
  });
}

function weakness(jwk: JsonObject = {}): Said[] {
  const size = jwk.kty === 'RSA' ? keySize(jwk) : null;
  return [
    ...(size !== null && size < 2048
      ? [say`Its ${size} bits are fewer than the 2048 of RFC 7518 §3.3.`]
      : []),
    ...(hasOtherCertificate(jwk) ? [own('Its certificate (x5c) is not for signatures.')] : []),
  ];
}

function describeMisfits(
  { setAside, kidKnown }: KeySelection,
  kid: string | undefined,
  { name }: JwsAlgorithm,
  evidence: SignatureEvidence,
): Said {
  const owner = ownerOf(evidence);
  if (setAside.length === 0)
    return evidence.given === undefined
      ? own('The server publishes no key.')
      : say`There is no key in ${owner}.`;
  if (!kidKnown) {
    const present = listed(setAside.map(({ jwk }) => describeKeyBriefly(jwk)));
    return say`No key of ${evidence.given?.name ?? own('the key set')} has the kid ${quoted(kid)}. There are: ${present}.`;
  }
  const named = kid === undefined ? setAside : setAside.filter(({ jwk }) => jwk.kid === kid);
  return say`No key of ${owner} fits ${own(name)}. Set aside: ${listed(named.map(describeSetAside))}.`;
}

function ownerOf({ given }: SignatureEvidence): Text {
  return given?.name ?? own('the server');
}

function describeSetAside({ jwk, reason }: KeySelection['setAside'][number]): Said {
  return say`${describeKeyBriefly(jwk)}, for ${own(reason)}`;
}

function describeFailure(jwt: SignedJwt, algorithm: JwsAlgorithm, fitting: readonly FittingKey[]): Said {
  if (jwt.signature.length === 0) return own(emptySignature);
  const [first] = fitting;
  const size = first === undefined ? null : keySize(first.jwk);
  if (algorithm.scheme === 'ecdsa' && size !== null && jwt.signature.length !== Math.ceil(size / 8) * 2) {
    const der = jwt.signature[0] === 0x30 ? '; it looks like DER' : '';
    return say`The signature has ${jwt.signature.length} octets where ${own(algorithm.name)} has ${Math.ceil(size / 8) * 2}${own(der)}.`;
  }
  return fitting.length === 1
    ? own('The signature does not verify: the token was altered, or signed with another key.')
    : say`The signature verifies with none of the ${fitting.length} keys that fit.`;
}

/**
 * Tells whether fetching the keys once more may help: the token names a `kid` that none of them has, or names none
 * and no key fits (OIDC Core §10.1.1). False without keys, for a MAC, and for a token that is not a signed JWT.
 */
export function needsFreshKeys(token: string, { keys }: Pick<SignatureEvidence, 'keys'>): boolean {
  const jwt = decodeJwt(token);
  if (jwt.type !== 'jws' || keys === undefined) return false;
  const { alg, kid } = jwt.header;
  const algorithm = jwsAlgorithm(alg);
  if (algorithm === undefined || algorithm.scheme === 'hmac') return false;
  if (kid !== undefined && typeof kid !== 'string') return false;
  const selection = selectSigningKeys(keys.keys, kid, algorithm);
  return !selection.kidKnown || (kid === undefined && selection.fitting.length === 0);
}
