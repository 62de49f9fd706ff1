import type { JwkSet } from '../../jose/jwk-set.ts';
import { type JwsAlgorithm, jwsAlgorithm } from '../../jose/jws.ts';
import { repeatedHeaderMembers } from '../../jose/jwt.ts';
import type { JsonObject, JsonValue } from '../../json/json.ts';
import { own, type Said, say } from '../../say.ts';
import { comparedWith, fail, pass, type Verdict, warn } from '../check-result.ts';
import { listed, quoted, shownValue } from '../shown-value.ts';

/** All that is known for verifying the signature of a JWT. */
export interface SignatureEvidence {
  /** The server's keys. */
  readonly keys: JwkSet | undefined;
  /**
   * Why there are no keys although the server publishes some: the signature then counts as not verifiable, a
   * failure. Without keys and without a problem no address of keys is known, which is a warning.
   */
  readonly keysProblem?: string | undefined;
  /** Key of the HMAC algorithms; absent for a public client. */
  readonly clientSecret?: string | Uint8Array | undefined;
  /** Set when a person gave the keys by hand, so that no server has to have agreed to them. */
  readonly given?: GivenKeys | undefined;
  /** The algorithms of the metadata, such as `id_token_signing_alg_values_supported`. */
  readonly allowedAlgorithms?: readonly string[] | undefined;
  /** The algorithm that the client is registered with, such as `id_token_signed_response_alg`. */
  readonly registeredAlgorithm?: string | undefined;
}

/** Where keys come from that no server published. */
export interface GivenKeys {
  /** Its name in a sentence, such as that of a file. */
  readonly name: string;
  /** A single key that has no name of its own, such as one in PEM: it is tried whatever the token calls its key. */
  readonly isNameless: boolean;
}

/** The verdict on `alg`, and the algorithm when a signature may be verified with it. */
export interface AlgorithmVerdict {
  readonly verdict: Verdict;
  readonly algorithm?: JwsAlgorithm;
}

/**
 * Judges the header parameter `alg`: `none` and unknown algorithms are refused, others must be the registered one
 * or among the advertised, an HMAC needs a secret and an explicit agreement (OIDC Core §3.1.3.7 7, 8; RFC 8725 §3.1).
 */
export function judgeAlgorithm({ alg }: JsonObject, evidence: SignatureEvidence): AlgorithmVerdict {
  const compared = comparedWith(expectation(evidence), alg);
  const algorithm = jwsAlgorithm(alg);
  if (typeof alg !== 'string' || algorithm === undefined)
    return { verdict: fail(describeRefusal(alg), compared) };
  const refusal = algorithm.scheme === 'hmac' ? hmacObjection(algorithm, evidence) : undefined;
  if (refusal !== undefined) return { verdict: fail(refusal, compared) };
  const objection = disagreement(alg, evidence);
  if (objection !== undefined) return { verdict: fail(objection, compared), algorithm };
  return { verdict: pass(say`${alg}, ${own(agreement(evidence))}.`, compared), algorithm };
}

/** Says why no signature can be verified with the value of `alg`. */
function describeRefusal(alg: JsonValue | undefined): Said {
  if (typeof alg !== 'string') return own('The header has no alg.');
  return alg.toLowerCase() === 'none'
    ? own('The token is not signed (alg none); anyone could have made it.')
    : say`The algorithm ${quoted(alg)} cannot be verified.`;
}

function hmacObjection({ name }: JwsAlgorithm, evidence: SignatureEvidence): Said | undefined {
  if (evidence.given !== undefined) {
    return evidence.clientSecret === undefined
      ? say`${own(name)} needs a secret as its key, and ${evidence.given.name} holds none.`
      : undefined;
  }
  if (evidence.clientSecret === undefined)
    return say`${own(name)} needs the client secret as its key, and there is none.`;
  const agreed = evidence.registeredAlgorithm === name || evidence.allowedAlgorithms?.includes(name) === true;
  return agreed ? undefined : say`${own(name)} was not agreed on: it is neither advertised nor registered.`;
}

function disagreement(
  alg: string,
  { registeredAlgorithm, allowedAlgorithms }: SignatureEvidence,
): Said | undefined {
  if (registeredAlgorithm !== undefined) {
    return alg === registeredAlgorithm
      ? undefined
      : say`The client is registered for ${registeredAlgorithm}; this is ${alg}.`;
  }
  if (allowedAlgorithms === undefined || allowedAlgorithms.includes(alg)) return undefined;
  return say`${alg} is not among the algorithms that the server advertises.`;
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

/**
 * Judges `crit`, of which nothing but a `b64` of true is understood, and refuses the unencoded payload that no JWT
 * may have (RFC 7515 §4.1.11, RFC 7797 §6, §7).
 */
export function judgeCritical({ crit, b64 }: JsonObject): Verdict {
  if (b64 === false) {
    const detail = 'The header says b64 false; a JWT may not have an unencoded payload.';
    return fail(detail, { received: own('b64: false') });
  }
  if (crit === undefined) return pass('The header has no crit.');
  const received = shownValue(crit);
  if (!Array.isArray(crit) || crit.length === 0 || crit.some((name) => typeof name !== 'string'))
    return fail('crit is not a list of names.', { received });
  const unknown = crit.filter((name) => name !== 'b64' || b64 !== true);
  return unknown.length === 0
    ? pass('crit names only b64, which is true.', { received })
    : fail(say`crit names what is not understood here: ${quoted(unknown)}.`, { received });
}

/** Remarks on names that a header has more than once; the last value is read (RFC 7515 §4). */
export function judgeHeaderMembers(compact: string): Verdict {
  const repeated = repeatedHeaderMembers(compact).map(shownValue);
  return repeated.length === 0
    ? pass('Every header member is there once.')
    : warn('Header members are given twice; of each the last value is read.', {
        received: String(listed(repeated)),
      });
}

/** Header parameters that bring a key or say where one is (RFC 7515 §4.1.2 to §4.1.6). */
export const keyParameters = ['jwk', 'jku', 'x5u', 'x5c'] as const;

/** Remarks on keys and addresses of keys in the header, which are never used (RFC 8725 §3.10, RFC 7515 §4.1.2 to §4.1.6). */
export function judgeHeaderKeys(header: JsonObject): Verdict {
  const names = keyParameters.filter((name) => header[name] !== undefined).join(', ');
  if (names === '') return pass('The header brings no key of its own.');
  return warn(
    say`The header brings ${own(names)}: ignored, since a forged token would bring a key that fits.`,
    { received: names },
  );
}

/** The `typ` of a header as types are compared: in lower case and without `application/` (RFC 7515 §4.1.9). */
export function headerType({ typ }: JsonObject): string | undefined {
  return typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined;
}
