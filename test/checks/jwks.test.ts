import { describe, expect, it } from 'vitest';
import type { CheckOutcome } from '../../src/checks/check-result.ts';
import { checkJwks } from '../../src/checks/jwks.ts';
import { testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { readJwkSet } from '../../src/jose/jwk-set.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { own } from '../../src/say.ts';
import { keySet, now } from './token-maker.ts';

const rsa = testKey('RS256').jwk;
const ec = testKey('ES256', 'key-2').jwk;
const privateKey = { ...rsa, kid: 'key-3', d: 'c2VjcmV0LWQ' };

describe('the checks of a key set', () => {
  it.each<[string, readonly JsonObject[], CheckOutcome, CheckOutcome, CheckOutcome]>([
    ['sound keys', [rsa, ec], 'pass', 'pass', 'pass'],
    [
      'a key for encryption beside one for signatures',
      [ec, { ...rsa, use: 'enc', alg: 'RSA-OAEP' }],
      'pass',
      'pass',
      'pass',
    ],
    ['no key for signatures', [{ ...rsa, use: 'enc', alg: 'RSA-OAEP' }], 'pass', 'warn', 'pass'],
    ['a short key', [testKey('RS256', 'short', 1024).jwk], 'pass', 'warn', 'pass'],
    ['a private key', [rsa, privateKey], 'pass', 'warn', 'fail'],
    ['a symmetric key', [rsa, { kty: 'oct', kid: 'mac', k: 'c2VjcmV0' }], 'pass', 'warn', 'fail'],
    [
      'a private key of an unknown type',
      [rsa, { kty: 'AKP', kid: 'pq', priv: 'c2VjcmV0' }],
      'pass',
      'warn',
      'fail',
    ],
    ['no key', [], 'pass', 'warn', 'pass'],
  ])('judge %s', (_, keys, set, sound, secret) => {
    expect(checkJwks(keySet(...keys), now).map(({ id, outcome }) => [id, outcome])).toEqual([
      ['jwks', set],
      ['jwks-keys', sound],
      ['jwks-private', secret],
    ]);
  });

  it('name the keys and members, and show no secret', () => {
    const results = checkJwks(keySet(ec, privateKey, { kty: 'oct', kid: 'mac', k: 'c2VjcmV0LWs' }), now);
    expect(results[2]?.detail).toContain('key "key-3" (RSA, RS256, 2048 bits) with d');
    expect(results[2]?.detail).toContain('key "mac" (oct, 64 bits) with k');
    expect(JSON.stringify(results)).not.toMatch(/c2VjcmV0/);
  });

  it('name a key without kid by its place', () => {
    const { kid: _kid, ...nameless } = rsa;
    expect(checkJwks(keySet(ec, nameless), now)[1]?.detail).toBe(
      'key 2: It has no kid although the set has several keys.',
    );
  });

  it.each([
    ['{"keys":[]}', 'The set is empty.'],
    ['<html>', 'The document is HTML or XML, not JSON.'],
    [`{"keys":[null,${JSON.stringify(rsa)}]}`, '1 of the 2 members of keys is not an object.'],
  ])('warn of %.20s', (text, detail) => {
    expect(checkJwks(readJwkSet(text), now)[0]).toMatchObject({ id: 'jwks', outcome: 'warn', detail });
  });

  it('skip the keys when there is no set', () => {
    for (const reading of [own('The request failed.'), readJwkSet('nothing')]) {
      expect(checkJwks(reading, now).map(({ id, outcome }) => [id, outcome])).toEqual([
        ['jwks', 'warn'],
        ['jwks-keys', 'skipped'],
        ['jwks-private', 'skipped'],
      ]);
    }
    expect(checkJwks(own('The request failed.'), now)[0]?.detail).toBe('The request failed.');
  });
});
