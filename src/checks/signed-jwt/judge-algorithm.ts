import { type JwsAlgorithm, jwsAlgorithm } from '../../jose/jws-algorithm.ts';
import type { JsonObject, JsonValue } from '../../json/json.ts';
import { quoted, shownValue } from '../shown-value.ts';
import type { SignatureEvidence, Verdict } from './evidence.ts';

/** The verdict on `alg`, and the algorithm when a signature may be verified with it. */
export interface AlgorithmVerdict {
  readonly verdict: Verdict;
  readonly algorithm?: JwsAlgorithm;
}

/**
 * Judges the header parameter `alg`: `none` and unknown algorithms are refused, others must be the registered one
 * or among the advertised, an HMAC needs a secret and an explicit agreement (OIDC Core §3.1.3.7 7, 8; RFC 8725 §3.1).
 */
export function judgeAlgorithm(header: JsonObject, evidence: SignatureEvidence): AlgorithmVerdict {
  const { alg } = header;
  const expected = expectation(evidence);
  const refuse = (detail: string) => ({
    outcome: 'fail' as const,
    detail,
    ...(expected === undefined ? {} : { expected }),
    received: shownValue(alg),
  });
  const algorithm = jwsAlgorithm(alg);
  if (typeof alg !== 'string' || algorithm === undefined) return { verdict: refuse(describeRefusal(alg)) };
  if (algorithm.scheme === 'hmac') {
    const objection = hmacObjection(algorithm, evidence);
    if (objection !== undefined) return { verdict: refuse(objection) };
  }
  const objection = disagreement(alg, evidence);
  if (objection !== undefined) return { verdict: refuse(objection), algorithm };
  const detail = `${alg}, ${agreement(evidence)}.`;
  return {
    verdict: { outcome: 'pass', detail, ...(expected === undefined ? {} : { expected }), received: alg },
    algorithm,
  };
}

/** Says why no signature can be verified with what stands in `alg`. */
export function describeRefusal(alg: JsonValue | undefined): string {
  if (typeof alg !== 'string') return 'The header has no alg.';
  return alg.toLowerCase() === 'none'
    ? 'The token is not signed (alg none); anybody could have made it.'
    : `The algorithm ${quoted(alg)} cannot be verified.`;
}

function hmacObjection({ name }: JwsAlgorithm, evidence: SignatureEvidence): string | undefined {
  if (evidence.given !== undefined) {
    return evidence.clientSecret === undefined
      ? `${name} needs a secret as its key, and ${evidence.given.name} holds none.`
      : undefined;
  }
  if (evidence.clientSecret === undefined)
    return `${name} needs the client secret as its key, and there is none.`;
  const agreed = evidence.registeredAlgorithm === name || evidence.allowedAlgorithms?.includes(name) === true;
  return agreed
    ? undefined
    : `Nothing says that ${name} was agreed on: it is neither advertised nor registered.`;
}

function disagreement(
  alg: string,
  { registeredAlgorithm, allowedAlgorithms }: SignatureEvidence,
): string | undefined {
  if (registeredAlgorithm !== undefined) {
    return alg === registeredAlgorithm
      ? undefined
      : `The client is registered for ${registeredAlgorithm}; this is ${alg}.`;
  }
  if (allowedAlgorithms === undefined || allowedAlgorithms.includes(alg)) return undefined;
  return `${alg} is not among the algorithms that the server advertises.`;
}

function agreement({ registeredAlgorithm, allowedAlgorithms, given }: SignatureEvidence): string {
  if (given !== undefined && allowedAlgorithms === undefined) return 'which nothing forbids';
  if (registeredAlgorithm !== undefined) return 'as registered';
  return allowedAlgorithms === undefined ? 'the server advertises no list' : 'as advertised';
}

function expectation({ registeredAlgorithm, allowedAlgorithms }: SignatureEvidence): string | undefined {
  if (registeredAlgorithm !== undefined) return registeredAlgorithm;
  return allowedAlgorithms === undefined ? undefined : shownValue(allowedAlgorithms.join(', '));
}
