import { jwsAlgorithm } from '../../jose/jws.ts';
import type { HashAlgorithm } from '../../jose/token-hash.ts';
import type { JsonObject } from '../../json/json.ts';
import { own, say } from '../../say.ts';
import { type CheckResult, pass, skip, underId, type Verdict } from '../check-result.ts';
import {
  judgeAlgorithm,
  judgeCritical,
  judgeHeaderKeys,
  judgeHeaderMembers,
  type SignatureEvidence,
} from './judge-header.ts';
import { judgeSignature, type SignedJwt } from './judge-signature.ts';

/** All that can be said of a signed JWT without looking at its claims. */
export interface SignedJwtVerdicts {
  readonly algorithm: Verdict;
  readonly critical: Verdict;
  readonly members: Verdict;
  readonly headerKeys: Verdict;
  readonly key: Verdict;
  readonly signature: Verdict;
  /** Decides the hash function of the token; undefined when its algorithm is refused. */
  readonly hash?: HashAlgorithm;
  /** The key that verified or, failing that, fitted first. */
  readonly jwk?: JsonObject | undefined;
}

/** The one verdict on a signature as a whole: the first failure, else the first remark, else that on the signature. */
export function decisiveVerdict({
  algorithm,
  critical,
  members,
  headerKeys,
  key,
  signature,
}: SignedJwtVerdicts): Verdict {
  const verdicts = [algorithm, critical, key, signature, members, headerKeys];
  return (
    verdicts.find(({ outcome }) => outcome === 'fail') ??
    verdicts.find(({ outcome }) => outcome === 'warn') ??
    signature
  );
}

/** Judges algorithm, critical parameters, keys in the header, key and signature of a JWS (RFC 7515 §5.2, RFC 8725 §3). */
export async function judgeSignedJwt(
  jwt: SignedJwt,
  evidence: SignatureEvidence,
): Promise<SignedJwtVerdicts> {
  const { verdict, algorithm } = judgeAlgorithm(jwt.header, evidence);
  const rest = judgeRestOfHeader(jwt);
  if (algorithm === undefined) {
    const skipped = skip('The algorithm is refused.');
    return { algorithm: verdict, ...rest, key: skipped, signature: skipped };
  }
  const { key, signature, jwk } = await judgeSignature(jwt, algorithm, evidence);
  const curve = typeof jwk?.crv === 'string' ? jwk.crv : undefined;
  return { algorithm: verdict, ...rest, key, signature, hash: { algorithm, curve }, jwk };
}

/** Judges the header of a JWS whose signature is not to be verified (RFC 7515 §5.2, RFC 8725 §3). */
export function judgeUnverifiedJwt(
  jwt: Omit<SignedJwt, 'signature'>,
  skipped: Verdict,
  registeredAlgorithm?: string,
): SignedJwtVerdicts {
  const { alg } = jwt.header;
  const algorithm = jwsAlgorithm(alg);
  return {
    algorithm:
      algorithm === undefined || (registeredAlgorithm ?? alg) !== alg
        ? judgeAlgorithm(jwt.header, { keys: undefined, registeredAlgorithm }).verdict
        : pass(say`${own(algorithm.name)}, which can be verified here.`),
    ...judgeRestOfHeader(jwt),
    key: skipped,
    signature: skipped,
  };
}

function judgeRestOfHeader({ header, signingInput }: Omit<SignedJwt, 'signature'>) {
  return {
    critical: judgeCritical(header),
    members: judgeHeaderMembers(signingInput),
    headerKeys: judgeHeaderKeys(header),
  };
}

const ids = {
  jwt: ['jwt-alg', 'jwt-crit', 'jwt-header', 'jwt-header-keys', 'jwt-key', 'jwt-signature'],
  'id-token': [
    'id-token-alg',
    'id-token-crit',
    'id-token-header',
    'id-token-header-key',
    'id-token-key',
    'id-token-signature',
  ],
} as const;

/** The verdicts on header, key and signature under the ids of a kind of token. */
export function signatureChecks(kind: keyof typeof ids, verdicts: SignedJwtVerdicts): CheckResult[] {
  const { algorithm, critical, members, headerKeys, key, signature } = verdicts;
  const [alg, crit, unique, header, chosen, verified] = ids[kind];
  return [
    underId(alg, algorithm),
    underId(crit, critical),
    underId(unique, members),
    underId(header, headerKeys),
    underId(chosen, key),
    underId(verified, signature),
  ];
}
