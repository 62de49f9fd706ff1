import { describe, expect, it } from 'vitest';
import { checkSignedMetadata } from '../../src/checks/signed-metadata.ts';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import type { JsonObject } from '../../src/json/json.ts';

const iss = 'https://as.example';
const plain = { resource: 'https://a.example/mcp', scopes_supported: ['read', 'write'] };
const key = testKey('RS256');
const trusted = { issuer: iss, keys: [key.jwk] };
const signed = (claims: JsonObject, by = key) => signedToken({ alg: 'RS256', kid: 'key-1' }, claims, by);
const judge = async (value: unknown, keys?: typeof trusted) =>
  (await checkSignedMetadata({ ...plain, signed_metadata: value } as JsonObject, keys))[0];

describe('signed metadata', () => {
  it('is not judged where there is none', async () => {
    expect(await checkSignedMetadata(plain, trusted)).toEqual([]);
  });

  it('is verified with the keys of an issuer that is trusted', async () => {
    expect(await judge(signed({ iss, ...plain }), trusted)).toMatchObject({
      outcome: 'pass',
      detail: `The signed metadata agrees with the plain one. A key of ${iss} verifies its signature.`,
    });
  });

  it.each([
    [undefined, ''],
    [{ ...trusted, issuer: 'https://other.example' }, ', and nothing else says that it may be trusted'],
  ])('is said not to be verified without the keys of its issuer, and why', async (keys, why) => {
    expect(await judge(signed({ iss, ...plain }), keys)).toMatchObject({
      outcome: 'skipped',
      detail: `The signed metadata agrees with the plain one. It was not verified: the keys of ${iss} are not at hand here${why}.`,
    });
  });

  it.each([undefined, trusted])('is compared with the plain metadata', async (keys) => {
    const check = await judge(signed({ iss, ...plain, scopes_supported: ['write'] }), keys);
    expect(check).toMatchObject({
      outcome: 'warn',
      detail: expect.stringContaining(
        'The signed metadata differs from the plain one in scopes_supported: clients that support it use the signed values.',
      ),
    });
  });

  it.each(['HS256', 'X1'])('is said not to be verified where no published key is for %s', async (alg) => {
    const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
    expect(await judge(signed({ iss, ...plain }).replace(/^[^.]*/, header), trusted)).toMatchObject({
      outcome: 'skipped',
      detail: expect.stringContaining(`It was not verified: no key of ${iss} is for ${alg}.`),
    });
  });

  it('does not differ by the order of its elements', async () => {
    const check = await judge(signed({ iss, scopes_supported: ['write', 'read'] }), trusted);
    expect(check?.outcome).toBe('pass');
  });

  it.each<[string, unknown]>([
    ['no text', 7],
    ['not a JWT', 'a.b'],
    ['without iss', signed({ ...plain })],
    ['with itself as a claim', signed({ iss, signed_metadata: 'x' })],
    ['signed by another key', signed({ iss, ...plain }, testKey('RS256', 'key-2'))],
    [
      'not signed',
      `${signed({ iss }).replace(/^[^.]*/, Buffer.from('{"alg":"none"}').toString('base64url'))}`,
    ],
  ])('fails where it is %s', async (_, value) => {
    expect((await judge(value, trusted))?.outcome).toBe('fail');
  });
});
