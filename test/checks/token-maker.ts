import type { IdTokenEvidence } from '../../src/checks/id-token/token-claims.ts';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import type { JwkSet } from '../../src/jose/jwk-set.ts';
import type { JsonObject } from '../../src/json/json.ts';

/** The moment at which every test token is judged. */
export const now = new Date('2026-11-20T12:00:00Z');

/** `now` as a NumericDate. */
export const nowSeconds = now.getTime() / 1000;

/** Claims with which an ID token for `client-1` is in order. */
export const soundClaims: JsonObject = {
  iss: 'https://as.example',
  sub: 'user-1',
  aud: 'client-1',
  exp: nowSeconds + 300,
  iat: nowSeconds - 2,
  nonce: 'n-0S6_WzA2Mj',
};

/** A key set of some test keys. */
export function keySet(...keys: readonly JsonObject[]): JwkSet {
  return { type: 'jwk-set', keys, problems: [] };
}

/** Evidence that lets a token signed by `testKey('RS256')` with the sound claims pass every check. */
export function soundEvidence(changes: Partial<IdTokenEvidence> = {}): IdTokenEvidence {
  const key = testKey('RS256');
  return {
    idToken: signedToken({ alg: 'RS256', kid: 'key-1' }, soundClaims, key),
    issuer: 'https://as.example',
    clientId: 'client-1',
    nonce: 'n-0S6_WzA2Mj',
    keys: keySet(key.jwk),
    allowedAlgorithms: ['RS256'],
    now,
    clockToleranceSeconds: 5,
    fromTokenEndpoint: true,
    ...changes,
  };
}

/** Evidence for the sound claims with some changed; undefined removes a claim. */
export function evidenceWithClaims(
  claims: Readonly<Record<string, JsonObject[string] | undefined>>,
  changes: Partial<IdTokenEvidence> = {},
): IdTokenEvidence {
  const merged = Object.entries({ ...soundClaims, ...claims }).filter(([, value]) => value !== undefined);
  const idToken = signedToken(
    { alg: 'RS256', kid: 'key-1' },
    Object.fromEntries(merged) as JsonObject,
    testKey('RS256'),
  );
  return soundEvidence({ idToken, ...changes });
}
