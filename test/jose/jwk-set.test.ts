import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { readJwkSet } from '../../src/jose/jwk-set.ts';

describe('the reader of a key set', () => {
  it('keeps every key as received', () => {
    const key = { ...testKey('ES256').jwk, 'x-vendor': { a: [1] } };
    expect(readJwkSet(JSON.stringify({ keys: [key, {}] }))).toEqual({
      type: 'jwk-set',
      keys: [key, {}],
      problems: [],
    });
  });

  it.each([
    ['', 'The document is empty.'],
    ['  \n', 'The document is empty.'],
    ['<!doctype html>', 'The document is HTML or XML, not JSON.'],
    ['-----BEGIN PUBLIC KEY-----', 'The document is PEM, not a JWK Set.'],
    ['{"keys":[', 'The document is not JSON.'],
    ['[]', 'The document is JSON but not an object.'],
    ['null', 'The document is JSON but not an object.'],
    ['{}', 'The document has no array called keys.'],
    ['{"keys":{}}', 'The member keys is not an array.'],
    ['{"keys":null}', 'The member keys is not an array.'],
    ['{"kty":"RSA"}', 'The document is a single key; a set has it in an array called keys.'],
    [
      '{"jwks_uri":"https://as.example/jwks"}',
      'The document is server metadata; its jwks_uri says where the keys are.',
    ],
    ['{"a1":"-----BEGIN CERTIFICATE-----\\n"}', 'The document is a map of PEM certificates, not a JWK Set.'],
  ])('refuses %j', (text, reason) => {
    expect(readJwkSet(text)).toEqual({ type: 'invalid', reason });
  });

  it.each([
    ['\uFEFF{"keys":[{}]}', 1, 'The JSON text is preceded by a byte order mark.'],
    ['{"keys":[]}', 0, 'The set is empty.'],
    ['{"keys":[{},1]}', 1, '1 of the 2 members of keys is not an object.'],
    ['{"keys":[null,[],{}]}', 1, '2 of the 3 members of keys are not objects.'],
    [`{"keys":[${'{},'.repeat(1000)}{}]}`, 1000, 'The set has 1001 keys; only the first 1000 are read.'],
  ])('keeps what it can of %.40j', (text, count, problem) => {
    const reading = readJwkSet(text);
    expect(reading).toMatchObject({ type: 'jwk-set', problems: [problem] });
    expect(reading.type === 'jwk-set' && reading.keys).toHaveLength(count);
  });

  it('does not read a document of many megabytes', () => {
    expect(readJwkSet(' '.repeat(5 * 1024 * 1024))).toMatchObject({ type: 'invalid' });
  });

  it('reads any text without throwing', () => {
    const member = fc.oneof(
      fc.jsonValue(),
      fc.dictionary(fc.constantFrom('kty', 'kid', 'n', 'e'), fc.jsonValue()),
    );
    const text = fc.oneof(
      fc.string(),
      fc.json(),
      fc.array(member).map((keys) => JSON.stringify({ keys })),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        const reading = readJwkSet(candidate);
        if (reading.type === 'jwk-set')
          expect(reading.keys.every((key) => typeof key === 'object')).toBe(true);
        else expect(reading.reason).toMatch(/^The .+\.$/);
      }),
    );
  });
});
