import { describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { unfitKeys, unreadableKeySets } from '../../src/idp/misbehaviours/metadata-and-keys.ts';
import { json, text } from '../../src/idp/misbehaviours/reply.ts';
import type { Script, UnsignedIdToken } from '../../src/idp/misbehaviours/scripted-server.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { loginAgainst, outcomesOf, refusalOf, resultOf } from './scripted-login.ts';

const toTheToken = ['discovery', 'keys', 'authorize', 'token'];
const key1 = () => testKey('RS256', 'key-1');
const key2 = () => testKey('RS256', 'key-2');
const privateJwk = () => key1().privateKey.export({ format: 'jwk' }) as JsonObject;
const keySet = (...keys: readonly JsonObject[]) => json(200, { keys });
const signedBy2 = ({ header, claims }: UnsignedIdToken) =>
  signedToken({ ...header, kid: 'key-2' }, claims, key2());
const advertising =
  (...algorithms: readonly string[]) =>
  (sound: JsonObject) => ({
    ...sound,
    id_token_signing_alg_values_supported: [...algorithms],
  });

describe('a kid that is not among the keys', () => {
  it('is looked for once more, after a key rollover with success', async () => {
    const login = await loginAgainst({
      idToken: signedBy2,
      keys: (sound, asked) => (asked === 1 ? sound : keySet(key1().jwk, key2().jwk)),
    });
    expect(outcomesOf(resultOf(login).checks, 'id-token-signature')).toEqual(['pass']);
    expect(login.seen).toEqual([...toTheToken, 'keys', 'userinfo']);
  });

  it('is looked for exactly once more, and then refused', async () => {
    const login = await loginAgainst({ idToken: signedBy2 });
    expect(refusalOf(login)).toEqual({
      status: 6,
      code: 'validation_failed',
      step: 'id_token',
      check: 'id-token-key',
      failed: ['id-token-key'],
      seen: [...toTheToken, 'keys'],
    });
  });

  it('is found with the fresh keys in a signed UserInfo response too', async () => {
    const login = await loginAgainst({
      idToken: signedBy2,
      keys: (sound, asked) => (asked === 1 ? sound : keySet(key2().jwk)),
      metadata: advertising('RS256'),
      userinfo: (claims) =>
        text(
          200,
          'application/jwt',
          signedToken({ alg: 'RS256', kid: 'key-2' }, { ...claims, aud: 'client-1' }, key2()),
        ),
    });
    expect(outcomesOf(resultOf(login).checks, 'userinfo-signature')).toEqual(['pass']);
  });
});

describe('a token without kid where there are several keys', () => {
  const withoutKid = ({ header: { kid: _, ...header }, claims }: UnsignedIdToken) =>
    signedToken(header, claims, key2());

  it('is verified with the one that fits, with a warning', async () => {
    const login = await loginAgainst({ idToken: withoutKid, keys: () => keySet(key1().jwk, key2().jwk) });
    expect(outcomesOf(resultOf(login).checks, 'id-token-key')).toEqual(['warn']);
    expect(outcomesOf(resultOf(login).checks, 'id-token-signature')).toEqual(['pass']);
  });

  it('is refused when none of them made it', async () => {
    const login = await loginAgainst({
      idToken: withoutKid,
      keys: () => keySet(key1().jwk, testKey('RS256', 'attacker').jwk),
    });
    expect(refusalOf(login)).toMatchObject({ status: 6, failed: ['id-token-signature'], seen: toTheToken });
  });
});

describe('keys that cannot be used', () => {
  it.each(unreadableKeySets)('are missing after $wrong', async ({ script }) => {
    const login = await loginAgainst(script);
    expect(refusalOf(login)).toEqual({
      status: 6,
      code: 'validation_failed',
      step: 'id_token',
      check: 'id-token-key',
      failed: ['id-token-key'],
      seen: toTheToken,
    });
  });

  it.each(unfitKeys)('($wrong) verify nothing', async ({ script }) => {
    const login = await loginAgainst(script);
    expect(refusalOf(login)).toMatchObject({ status: 6, check: 'id-token-key', failed: ['id-token-key'] });
  });

  it('are asked for once more after a closed connection that was kept alive, and not again', async () => {
    const login = await loginAgainst({ keys: () => 'hang-up' });
    expect(refusalOf(login)).toMatchObject({ status: 6, check: 'id-token-key', failed: ['id-token-key'] });
    expect(login.seen.toSorted()).toEqual(['authorize', 'discovery', 'keys', 'keys', 'token']);
  });

  it.each<[string, JsonObject]>([
    ['with its private part', { ...privateJwk(), kid: 'key-1', alg: 'RS256' }],
    ['that is symmetric', { kty: 'oct', kid: 'key-1', k: 'c2VjcmV0LWtleS1vZi10aGUtc2VydmVy' }],
  ])('end the login when one is published %s, which is not shown', async (_, jwk) => {
    const login = await loginAgainst({ keys: () => keySet(jwk) }, { args: ['-v'] });
    expect(refusalOf(login)).toMatchObject({
      status: 6,
      check: 'jwks-private',
      failed: ['jwks-private'],
      seen: toTheToken,
    });
    for (const member of ['d', 'k', 'p', 'q'])
      expect(login.stderr).not.toContain(jwk[member] ?? 'no such member');
    const waived = await loginAgainst(
      { keys: () => keySet(jwk, key2().jwk), idToken: signedBy2 },
      { args: ['--no-verify', 'jwks-private'] },
    );
    expect(outcomesOf(resultOf(waived).checks, 'jwks-private')).toEqual(['warn']);
  });

  it.each([undefined, 42])('leave the ID token unverified at a jwks_uri of %j', async (jwks_uri) => {
    const metadata: Script['metadata'] = ({ jwks_uri: _, ...sound }) =>
      jwks_uri === undefined ? sound : { ...sound, jwks_uri };
    const login = await loginAgainst({ metadata }, { afterKeys: false });
    const { checks } = resultOf(login);
    expect(outcomesOf(checks, 'id-token-key')).toEqual(['warn']);
    expect(outcomesOf(checks, 'id-token-signature')).toEqual(['skipped']);
    expect(outcomesOf(checks, jwks_uri === undefined ? 'metadata-required' : 'metadata-types')).toEqual([
      'warn',
    ]);
    expect(login.seen).toEqual(['discovery', 'authorize', 'token', 'userinfo']);
  });

  it('are missed only when a signature is to be verified', async () => {
    const login = await loginAgainst(
      { keys: () => text(500, 'text/plain', '') },
      { args: ['--scope', 'openid'] },
    );
    expect(refusalOf(login).status).toBe(6);
    const plain = await loginAgainst({}, { args: ['--scope', 'read'], afterKeys: false });
    expect(plain.seen).toEqual(['discovery', 'authorize', 'token']);
    expect(resultOf(plain).tokens.id_token).toBeUndefined();
  });

  it.each(['no URL', 'ftp://127.0.0.1/jwks', 'https://user:password@127.0.0.1/jwks'])(
    'are not to be had at a jwks_uri of %j',
    async (jwks_uri) => {
      const login = await loginAgainst(
        { metadata: (sound) => ({ ...sound, jwks_uri }) },
        { afterKeys: false },
      );
      expect(refusalOf(login)).toMatchObject({
        status: 6,
        code: 'validation_failed',
        check: 'id-token-key',
        failed: ['id-token-key'],
        seen: ['discovery', 'authorize', 'token'],
      });
    },
  );
});
