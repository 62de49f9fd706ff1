import type { KeyObject } from 'node:crypto';
import type { JsonObject } from '../json/json.ts';
import { importPublicKey, keySize, malformedMaterial } from './jwk-members.ts';
import { algorithmMisfit, type JwsAlgorithm } from './jws-algorithm.ts';

/** A key that may have made a signature, ready for use. */
export interface FittingKey {
  readonly jwk: JsonObject;
  readonly key: KeyObject;
}

/** Which keys of a set may have made a signature, and why the others may not. */
export interface KeySelection {
  readonly fitting: readonly FittingKey[];
  readonly setAside: readonly { readonly jwk: JsonObject; readonly reason: string }[];
  /** Whether some key carries the `kid` asked for, fitting or not; true when none was asked for. */
  readonly kidKnown: boolean;
}

/**
 * Selects the keys that may have signed a JWS: the `kid` equal when the header has one, `kty`, `crv` and `alg`
 * fitting the algorithm, meant for signatures, and valid (RFC 7515 §4.1.4, RFC 7517 §4, OIDC Core §10.1).
 */
export function selectSigningKeys(
  keys: readonly JsonObject[],
  kid: string | undefined,
  algorithm: JwsAlgorithm,
): KeySelection {
  const fitting: FittingKey[] = [];
  const setAside: { jwk: JsonObject; reason: string }[] = [];
  for (const jwk of keys) {
    const misfit =
      kidMisfit(jwk, kid) ?? algorithmMisfit(jwk, algorithm) ?? usageMisfit(jwk) ?? malformedMaterial(jwk);
    const key = misfit === undefined ? importPublicKey(jwk) : undefined;
    if (key === undefined) setAside.push({ jwk, reason: misfit ?? 'its members make no valid key' });
    else fitting.push({ jwk, key });
  }
  return { fitting, setAside, kidKnown: kid === undefined || keys.some((jwk) => jwk.kid === kid) };
}

/** Names a key for people: its kid, type, algorithm or curve, and size. */
export function describeKeyBriefly(jwk: JsonObject): string {
  const size = keySize(jwk);
  const traits = [jwk.kty, jwk.crv, jwk.alg].filter((trait) => typeof trait === 'string').map(shorten);
  if (size !== null) traits.push(`${size} bits`);
  const name = typeof jwk.kid === 'string' ? `key ${JSON.stringify(shorten(jwk.kid))}` : 'key without kid';
  return traits.length === 0 ? name : `${name} (${traits.join(', ')})`;
}

function kidMisfit(jwk: JsonObject, kid: string | undefined): string | undefined {
  return kid === undefined || jwk.kid === kid ? undefined : 'it has another kid';
}

function usageMisfit(jwk: JsonObject): string | undefined {
  if (jwk.use !== undefined && jwk.use !== 'sig') {
    return `its use is ${typeof jwk.use === 'string' ? shorten(jwk.use) : 'no string'}, not sig`;
  }
  if (jwk.key_ops !== undefined && !(Array.isArray(jwk.key_ops) && jwk.key_ops.includes('verify'))) {
    return 'its key_ops do not have verify';
  }
  return undefined;
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
