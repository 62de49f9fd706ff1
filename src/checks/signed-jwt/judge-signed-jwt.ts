import type { HashAlgorithm } from '../../jose/token-hash.ts';
import type { SignatureEvidence, Verdict } from './evidence.ts';
import { judgeAlgorithm } from './judge-algorithm.ts';
import { judgeCritical } from './judge-critical.ts';
import { judgeHeaderKeys } from './judge-header-keys.ts';
import { judgeSignature, type SignedJwt } from './judge-signature.ts';

/** All that can be said of a signed JWT without looking at its claims. */
export interface SignedJwtVerdicts {
  readonly algorithm: Verdict;
  readonly critical: Verdict;
  readonly headerKeys: Verdict;
  readonly key: Verdict;
  readonly signature: Verdict;
  /** What decides the hash function of the token; undefined when its algorithm is refused. */
  readonly hash?: HashAlgorithm;
}

/** What decides for all that concerns the signature: the first failure, else the first remark, else the signature. */
export function decisiveVerdict({
  algorithm,
  critical,
  headerKeys,
  key,
  signature,
}: SignedJwtVerdicts): Verdict {
  const verdicts = [algorithm, critical, key, signature, headerKeys];
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
  const critical = judgeCritical(jwt.header);
  const headerKeys = judgeHeaderKeys(jwt.header);
  if (algorithm === undefined) {
    const skipped: Verdict = { outcome: 'skipped', detail: 'The algorithm is refused.' };
    return { algorithm: verdict, critical, headerKeys, key: skipped, signature: skipped };
  }
  const { key, signature, jwk } = await judgeSignature(jwt, algorithm, evidence);
  const curve = typeof jwk?.crv === 'string' ? jwk.crv : undefined;
  return { algorithm: verdict, critical, headerKeys, key, signature, hash: { algorithm, curve } };
}
