import { createHash, createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/json/json.ts';
import { signedToken, testKey } from '../checks/token-maker.ts';
import type { UnsignedIdToken } from '../fakes/scripted-server.ts';
import { loginAgainst, outcomesOf, refusalOf, resultOf } from './scripted-login.ts';

const toTheToken = ['discovery', 'keys', 'authorize', 'token'];
const wholeLogin = [...toTheToken, 'userinfo'];

const sign = ({ header, claims, key }: UnsignedIdToken) => signedToken(header, claims, key);
const withClaims = (change: (claims: JsonObject) => JsonObject) => (sound: UnsignedIdToken) =>
  sign({ ...sound, claims: { ...sound.claims, ...change(sound.claims) } });
const without = (name: string) => (sound: UnsignedIdToken) => {
  const { [name]: _, ...claims } = sound.claims;
  return sign({ ...sound, claims });
};
const withHeader = (change: JsonObject) => (sound: UnsignedIdToken) =>
  sign({ ...sound, header: { ...sound.header, ...change } });
const seconds = (value: unknown) => Number(value);
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The public key as attackers use it who hope that it is taken for an HMAC key. */
const publicPem = () =>
  String(createPublicKey(testKey('RS256', 'key-1').privateKey).export({ type: 'spki', format: 'pem' }));

const attacker = () => testKey('RS256', 'attacker');

/** Title, token, the one check that fails, and options of the command line. */
const refused: readonly [string, (sound: UnsignedIdToken) => string, string, (readonly string[])?][] = [
  ['signed with another key', (sound) => sign({ ...sound, key: attacker() }), 'id-token-signature'],
  [
    'with an altered claim',
    (sound) => sign(sound).replace(/\.[^.]+\./, `.${encoded({ ...sound.claims, name: 'root' })}.`),
    'id-token-signature',
  ],
  ['with an empty signature', (sound) => sign(sound).replace(/[^.]*$/, ''), 'id-token-signature'],
  ['that is not signed', ({ claims }) => `${encoded({ alg: 'none' })}.${encoded(claims)}.`, 'id-token-alg'],
  [
    'that is not signed, in other letters',
    ({ claims }) => `${encoded({ alg: 'nOnE' })}.${encoded(claims)}.`,
    'id-token-alg',
  ],
  [
    'without alg',
    ({ header: { alg: _, ...header }, claims, key }) => signedToken(header, claims, key),
    'id-token-alg',
  ],
  ['with an alg nobody knows', withHeader({ alg: 'XS256' }), 'id-token-alg'],
  [
    'whose MAC was made with the public key',
    ({ header, claims }) => signedToken({ ...header, alg: 'HS256' }, claims, publicPem()),
    'id-token-alg',
  ],
  ['with a crit nobody understands', withHeader({ crit: ['exp'], exp: 1 }), 'id-token-crit'],
  ['with an unencoded payload', withHeader({ crit: ['b64'], b64: false }), 'id-token-crit'],
  [
    'signed with the key it brings (jwk)',
    (sound) => sign({ ...sound, header: { ...sound.header, jwk: attacker().jwk }, key: attacker() }),
    'id-token-signature',
  ],
  [
    'signed with a key it points to (jku)',
    (sound) =>
      sign({
        ...sound,
        header: {
          ...sound.header,
          jku: `${sound.claims.iss}/evil-keys`,
          x5u: `${sound.claims.iss}/evil-x5u`,
        },
        key: attacker(),
      }),
    'id-token-signature',
  ],
  ['whose kid is no string', withHeader({ kid: 1 }), 'id-token-key'],
  ['of another issuer', withClaims(() => ({ iss: 'https://evil.example' })), 'id-token-iss'],
  ['whose issuer has a slash more', withClaims(({ iss }) => ({ iss: `${iss}/` })), 'id-token-iss'],
  ['without iss', without('iss'), 'id-token-iss'],
  ['for another client', withClaims(() => ({ aud: 'client-2' })), 'id-token-aud'],
  ['for other clients', withClaims(() => ({ aud: ['client-2', 'client-3'] })), 'id-token-aud'],
  ['without aud', without('aud'), 'id-token-aud'],
  ['whose aud is an object', withClaims(() => ({ aud: { id: 'client-1' } })), 'id-token-aud'],
  ['with another azp', withClaims(() => ({ azp: 'client-2' })), 'id-token-azp'],
  ['without sub', without('sub'), 'id-token-sub'],
  ['whose sub is a number', withClaims(() => ({ sub: 7 })), 'id-token-sub'],
  [
    'that has expired',
    withClaims(({ iat }) => ({ iat: seconds(iat) - 600, exp: seconds(iat) - 300 })),
    'id-token-exp',
  ],
  ['whose exp is a string', withClaims(({ exp }) => ({ exp: String(exp) })), 'id-token-exp'],
  ['whose exp is in milliseconds', withClaims(({ exp }) => ({ exp: seconds(exp) * 1000 })), 'id-token-exp'],
  ['without exp', without('exp'), 'id-token-exp'],
  ['issued in the future', withClaims(({ iat }) => ({ iat: seconds(iat) + 60 })), 'id-token-iat'],
  ['without iat', without('iat'), 'id-token-iat'],
  ['that is not valid yet', withClaims(({ iat }) => ({ nbf: seconds(iat) + 60 })), 'id-token-nbf'],
  ['with another nonce', withClaims(() => ({ nonce: 'of-another-request' })), 'id-token-nonce'],
  ['without the nonce that was sent', without('nonce'), 'id-token-nonce'],
  [
    'with a nonce though none was sent',
    withClaims(() => ({ nonce: 'injected' })),
    'id-token-nonce',
    ['--nonce', 'off'],
  ],
  ['without auth_time though max_age was sent', sign, 'id-token-auth-time', ['--max-age', '60']],
  [
    'whose auth_time is too long ago',
    withClaims(({ iat }) => ({ auth_time: seconds(iat) - 3600 })),
    'id-token-auth-time',
    ['--max-age', '60'],
  ],
  [
    'with another at_hash',
    withClaims(() => ({
      at_hash: createHash('sha256').update('x').digest().subarray(0, 16).toString('base64url'),
    })),
    'id-token-at-hash',
  ],
  ['whose at_hash is no string', withClaims(() => ({ at_hash: 1 })), 'id-token-at-hash'],
  ['with another c_hash', withClaims(() => ({ c_hash: 'AAAAAAAAAAAAAAAAAAAAAA' })), 'id-token-c-hash'],
  ['that is no JWT', () => 'id-token-that-is-none', 'id-token'],
  ['with two parts', (sound) => sign(sound).split('.').slice(0, 2).join('.'), 'id-token'],
  ['whose claims are no object', ({ header }) => `${encoded(header)}.${encoded([])}.c2ln`, 'id-token'],
];

describe('an ID token', () => {
  it.each(refused)('%s is refused', async (_, idToken, check, args = []) => {
    const login = await loginAgainst({ idToken }, { args });
    expect(refusalOf(login)).toEqual({
      status: 6,
      code: 'validation_failed',
      step: 'id_token',
      check,
      failed: [check],
      seen: toTheToken,
    });
    expect(login.complaints).toEqual([]);
  });

  it.each(refused)(
    '%s is accepted with a warning when exactly that check is waived',
    async (_, idToken, check, args = []) => {
      const login = await loginAgainst({ idToken }, { args: [...args, '--no-verify', check] });
      const { checks } = resultOf(login);
      expect(outcomesOf(checks, check)).toEqual(['warn']);
      expect(checks.filter(({ detail }) => detail.includes('was waived')).map(({ id }) => id)).toEqual([
        check,
      ]);
      expect(login.seen).toEqual(wholeLogin);
    },
  );

  it('is refused for every reason at once, past the first, and a waiver takes away one', async () => {
    const idToken = withClaims(() => ({ iss: 'https://evil.example', aud: 'client-2', nonce: 'x' }));
    const all = ['id-token-iss', 'id-token-aud', 'id-token-nonce'];
    expect(refusalOf(await loginAgainst({ idToken }))).toMatchObject({ check: all[0], failed: all });
    const waived = await loginAgainst({ idToken }, { args: ['--no-verify', 'id-token-iss'] });
    expect(refusalOf(waived)).toMatchObject({
      status: 6,
      check: all[1],
      failed: all.slice(1),
      seen: toTheToken,
    });
  });

  it.each<[string, (sound: UnsignedIdToken) => string, string, 'pass' | 'warn']>([
    [
      'with further audiences and no azp',
      withClaims(({ aud }) => ({ aud: [String(aud), 'client-2'] })),
      'id-token-azp',
      'warn',
    ],
    [
      'with further audiences and azp',
      withClaims(({ aud }) => ({ aud: [String(aud), 'client-2'], azp: String(aud) })),
      'id-token-aud',
      'pass',
    ],
    [
      'that brings a key and does not use it',
      withHeader({ jwk: { kty: 'oct', k: 'AAAA' } }),
      'id-token-header-key',
      'warn',
    ],
    ['of another kind by its typ', withHeader({ typ: 'at+jwt' }), 'id-token', 'warn'],
    ['that is old', withClaims(({ iat }) => ({ iat: seconds(iat) - 200_000 })), 'id-token-iat', 'warn'],
    [
      'without kid where there is one key',
      ({ header: { kid: _, ...header }, claims, key }) => signedToken(header, claims, key),
      'id-token-key',
      'pass',
    ],
    [
      'with the right at_hash',
      (sound) => withClaims(() => ({ at_hash: halfHash(sound.accessToken) }))(sound),
      'id-token-at-hash',
      'pass',
    ],
    [
      'with the right c_hash',
      (sound) => withClaims(() => ({ c_hash: halfHash(sound.code) }))(sound),
      'id-token-c-hash',
      'pass',
    ],
  ])('%s is accepted', async (_, idToken, check, outcome) => {
    const login = await loginAgainst({ idToken });
    expect(outcomesOf(resultOf(login).checks, check)).toEqual([outcome]);
    expect(login.seen).toEqual(wholeLogin);
  });

  it('that is encrypted is said to be so, and nothing of it is taken for verified', async () => {
    const jwe = `${encoded({ alg: 'RSA-OAEP', enc: 'A128GCM' })}.AAAA.AAAA.AAAA.AAAA`;
    const login = await loginAgainst({ idToken: () => jwe });
    const { checks, decoded } = resultOf(login);
    expect(outcomesOf(checks, 'id-token-encrypted')).toEqual(['warn']);
    expect(outcomesOf(checks, 'id-token-signature')).toEqual(['skipped']);
    expect(decoded.id_token).toEqual({ header: { alg: 'RSA-OAEP', enc: 'A128GCM' }, claims: null });
  });
});

function halfHash(value: string): string {
  return createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url');
}
