import { jwsAlgorithm } from '../../jose/jws-algorithm.ts';
import type { HashAlgorithm } from '../../jose/token-hash.ts';
import type { JsonObject } from '../../json/json.ts';
import { shownValue } from '../shown-value.ts';
import {
  describeRefusal,
  judgeAlgorithm,
  judgeCritical,
  judgeHeaderKeys,
  type SignatureEvidence,
  type Verdict,
} from './judge-header.ts';
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

/** Judges the header of a JWS when nobody asked for its signature to be verified (RFC 7515 §5.2, RFC 8725 §3). */
export function judgeUnverifiedJwt(header: JsonObject, reason: string): SignedJwtVerdicts {
  const { alg } = header;
  const algorithm = jwsAlgorithm(alg);
  const skipped: Verdict = { outcome: 'skipped', detail: reason };
  return {
    algorithm:
      algorithm === undefined
        ? { outcome: 'fail', detail: describeRefusal(alg), received: shownValue(alg) }
        : { outcome: 'pass', detail: `${algorithm.name}, which can be verified here.` },
    critical: judgeCritical(header),
    headerKeys: judgeHeaderKeys(header),
    key: skipped,
    signature: skipped,
  };
}
