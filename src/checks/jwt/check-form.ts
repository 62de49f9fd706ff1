import type { ReadJwe, ReadJws } from '../../jose/token-text/read-token.ts';
import { ownMember } from '../../json/own-member.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { listed, shownValue } from '../shown-value.ts';

/**
 * Says whether a token is a well-formed JWT. A JWS whose payload is no JSON is one for other purposes, which is worth
 * a remark; whatever else a strict reader refuses fails (RFC 7519 §7.2).
 */
export function checkJwtForm(token: ReadJws | ReadJwe): CheckResult {
  const { defect } = token;
  if (defect !== undefined) {
    const otherContent = defect.part === 'payload' && ['json', 'utf-8', 'no object'].includes(defect.problem);
    return otherContent
      ? checkResult('jwt', 'warn', `It is a JWS, but no JWT. ${defect.reason}`)
      : checkResult('jwt', 'fail', `A strict reader refuses it. ${defect.reason}`);
  }
  const size = token.type === 'jws' ? oddSignatureSize(token) : undefined;
  if (size !== undefined) return checkResult('jwt', 'warn', size);
  const payload = token.type === 'jws' && token.payload?.type === 'claims' ? token.payload : undefined;
  const duplicates = (payload?.json.duplicates ?? []).map(shownValue);
  if (duplicates.length > 0) {
    const detail = `Claims are given twice, of which the last value is read: ${listed(duplicates)}.`;
    return checkResult('jwt', 'warn', detail);
  }
  const unsafe = (payload?.json.unsafeIntegers ?? []).map(
    ({ path, text }) => `${shownValue(path)} is ${shownValue(text)}`,
  );
  return unsafe.length === 0
    ? checkResult('jwt', 'pass', token.type === 'jws' ? 'It is a signed JWT.' : 'It is an encrypted JWT.')
    : checkResult('jwt', 'warn', `Numbers are so large that many programs round them: ${listed(unsafe)}.`);
}

/** Octets of a signature that are the same for every key (RFC 7518 §3.2, §3.4; RFC 8037 §3.1; RFC 8812 §3.2). */
const signatureSizes: Readonly<Record<string, number>> = {
  HS256: 32,
  HS384: 48,
  HS512: 64,
  ES256: 64,
  ES256K: 64,
  ES384: 96,
  ES512: 132,
  Ed25519: 64,
};

/** One of RSA is as long as its modulus, which is made in steps of 64 octets. */
const rsaStep = 64;

/** A signature that was cut off while it was copied still looks like one. */
function oddSignatureSize({ header: { alg }, signature }: ReadJws): string | undefined {
  if (typeof alg !== 'string' || signature === null || signature.length === 0) return undefined;
  const size = ownMember(signatureSizes, alg);
  const isOdd =
    size === undefined ? /^[RP]S\d/.test(alg) && signature.length % rsaStep !== 0 : size !== signature.length;
  if (!isOdd) return undefined;
  const usual = size === undefined ? 'a multiple of 64, mostly 256' : String(size);
  return `The signature has ${signature.length} octets, one of ${alg} has ${usual}: was the whole token copied?`;
}
