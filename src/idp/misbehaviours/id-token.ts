import { createHash, createPublicKey } from 'node:crypto';
import type { JsonObject } from '../../json/json.ts';
import { encoded, signedToken, testKey } from './forged-token.ts';
import { misbehavioursOf } from './misbehaviour.ts';
import { json, without } from './reply.ts';
import type { UnsignedIdToken } from './scripted-server.ts';

const sign = ({ header, claims, key }: UnsignedIdToken) => signedToken(header, claims, key);
const withClaims = (change: (claims: JsonObject) => JsonObject) => (sound: UnsignedIdToken) =>
  sign({ ...sound, claims: { ...sound.claims, ...change(sound.claims) } });
/** The ID token without a claim. */
export const withoutClaim = (name: string) => (sound: UnsignedIdToken) =>
  sign({ ...sound, claims: without(name)(sound.claims) });
const withHeader = (change: JsonObject) => (sound: UnsignedIdToken) =>
  sign({ ...sound, header: { ...sound.header, ...change } });
const seconds = (value: unknown) => Number(value);

/** The public key as text: an attack on clients that take it for an HMAC key (RFC 8725 §2.1). */
const publicPem = () =>
  String(createPublicKey(testKey('RS256', 'key-1').privateKey).export({ type: 'spki', format: 'pem' }));

const jwe = `${encoded({ alg: 'RSA-OAEP', enc: 'A128GCM' })}.AAAA.AAAA.AAAA.AAAA`;
const withIdToken =
  (value: string | number | null | undefined) =>
  ({ id_token: _, ...members }: JsonObject) =>
    json(200, { ...members, ...(value === undefined ? {} : { id_token: value }) });

const attacker = () => testKey('RS256', 'attacker');
const rs256 = ({ header, claims }: UnsignedIdToken) =>
  signedToken({ ...header, alg: 'RS256' }, claims, testKey('RS256', 'key-1'));

/** ID tokens that a client must not accept (OIDC Core §3.1.3.7). */
export const refusedIdTokens = misbehavioursOf(
  { prefix: 'id-token', noun: 'an ID token', reaction: 'refuse', section: 'OIDC Core §3.1.3.7' },
  [
    [
      'signed-by-another-key',
      'signed with another key',
      { idToken: (sound) => sign({ ...sound, key: attacker() }) },
      ['id-token-signature'],
    ],
    [
      'altered-claim',
      'with an altered claim',
      {
        idToken: (sound) =>
          sign(sound).replace(/\.[^.]+\./, `.${encoded({ ...sound.claims, name: 'root' })}.`),
      },
      ['id-token-signature'],
    ],
    [
      'empty-signature',
      'with an empty signature',
      { idToken: (sound) => sign(sound).replace(/[^.]*$/, '') },
      ['id-token-signature'],
    ],
    [
      'not-signed',
      'that is not signed',
      { idToken: ({ claims }) => `${encoded({ alg: 'none' })}.${encoded(claims)}.` },
      ['id-token-alg'],
    ],
    [
      'not-signed-other-letters',
      'that is not signed, in other letters',
      { idToken: ({ claims }) => `${encoded({ alg: 'nOnE' })}.${encoded(claims)}.` },
      ['id-token-alg'],
    ],
    [
      'without-alg',
      'without alg',
      { idToken: ({ header: { alg: _, ...header }, claims, key }) => signedToken(header, claims, key) },
      ['id-token-alg'],
    ],
    [
      'unregistered-alg',
      'with an advertised alg that the client is not registered for',
      { idToken: rs256 },
      ['id-token-alg'],
      ['--id-token-alg', 'ES256'],
    ],
    ['unknown-alg', 'with an unknown alg', { idToken: withHeader({ alg: 'XS256' }) }, ['id-token-alg']],
    [
      'mac-by-public-key',
      'whose MAC was made with the public key',
      { idToken: ({ header, claims }) => signedToken({ ...header, alg: 'HS256' }, claims, publicPem()) },
      ['id-token-alg'],
    ],
    [
      'unknown-crit',
      'with an unknown crit',
      { idToken: withHeader({ crit: ['exp'], exp: 1 }) },
      ['id-token-crit'],
    ],
    [
      'unencoded-payload',
      'with an unencoded payload',
      { idToken: withHeader({ crit: ['b64'], b64: false }) },
      ['id-token-crit'],
    ],
    [
      'signed-by-its-jwk',
      'signed with the key it brings (jwk)',
      {
        idToken: (sound) =>
          sign({ ...sound, header: { ...sound.header, jwk: attacker().jwk }, key: attacker() }),
      },
      ['id-token-signature'],
    ],
    [
      'signed-by-its-jku',
      'signed with a key it points to (jku)',
      {
        idToken: (sound) =>
          sign({
            ...sound,
            header: {
              ...sound.header,
              jku: `${sound.claims.iss}/evil-keys`,
              x5u: `${sound.claims.iss}/evil-x5u`,
            },
            key: attacker(),
          }),
      },
      ['id-token-signature'],
    ],
    ['kid-no-string', 'whose kid is not a string', { idToken: withHeader({ kid: 1 }) }, ['id-token-key']],
    [
      'another-issuer',
      'of another issuer',
      { idToken: withClaims(() => ({ iss: 'https://evil.example' })) },
      ['id-token-iss'],
    ],
    [
      'issuer-slash-more',
      'whose issuer has a slash more',
      { idToken: withClaims(({ iss }) => ({ iss: `${iss}/` })) },
      ['id-token-iss'],
    ],
    ['without-iss', 'without iss', { idToken: withoutClaim('iss') }, ['id-token-iss']],
    [
      'for-another-client',
      'for another client',
      { idToken: withClaims(() => ({ aud: 'client-2' })) },
      ['id-token-aud'],
    ],
    [
      'for-other-clients',
      'for other clients',
      { idToken: withClaims(() => ({ aud: ['client-2', 'client-3'] })) },
      ['id-token-aud'],
    ],
    [
      'further-audience',
      'with a further audience',
      { idToken: withClaims(({ aud }) => ({ aud: [String(aud), 'client-2'] })) },
      ['id-token-aud'],
    ],
    [
      'further-audience-azp',
      'with a further audience though azp is the client',
      { idToken: withClaims(({ aud }) => ({ aud: [String(aud), 'client-2'], azp: String(aud) })) },
      ['id-token-aud'],
    ],
    [
      'further-audience-other-trusted',
      'with a further audience though another is trusted',
      { idToken: withClaims(({ aud }) => ({ aud: [String(aud), 'client-2', 'api'] })) },
      ['id-token-aud'],
      ['--trust-audience', 'api'],
    ],
    ['without-aud', 'without aud', { idToken: withoutClaim('aud') }, ['id-token-aud']],
    [
      'aud-object',
      'whose aud is an object',
      { idToken: withClaims(() => ({ aud: { id: 'client-1' } })) },
      ['id-token-aud'],
    ],
    [
      'another-azp',
      'with another azp',
      { idToken: withClaims(() => ({ azp: 'client-2' })) },
      ['id-token-azp'],
    ],
    ['without-sub', 'without sub', { idToken: withoutClaim('sub') }, ['id-token-sub']],
    ['sub-number', 'whose sub is a number', { idToken: withClaims(() => ({ sub: 7 })) }, ['id-token-sub']],
    [
      'expired',
      'that has expired',
      { idToken: withClaims(({ iat }) => ({ iat: seconds(iat) - 600, exp: seconds(iat) - 300 })) },
      ['id-token-exp'],
    ],
    [
      'exp-string',
      'whose exp is a string',
      { idToken: withClaims(({ exp }) => ({ exp: String(exp) })) },
      ['id-token-exp'],
    ],
    [
      'exp-milliseconds',
      'whose exp is in milliseconds',
      { idToken: withClaims(({ exp }) => ({ exp: seconds(exp) * 1000 })) },
      ['id-token-exp'],
    ],
    ['without-exp', 'without exp', { idToken: withoutClaim('exp') }, ['id-token-exp']],
    [
      'issued-future',
      'issued in the future',
      { idToken: withClaims(({ iat }) => ({ iat: seconds(iat) + 60 })) },
      ['id-token-iat'],
    ],
    ['without-iat', 'without iat', { idToken: withoutClaim('iat') }, ['id-token-iat']],
    [
      'not-valid-yet',
      'that is not valid yet',
      { idToken: withClaims(({ iat }) => ({ nbf: seconds(iat) + 60 })) },
      ['id-token-nbf'],
    ],
    [
      'another-nonce',
      'with another nonce',
      { idToken: withClaims(() => ({ nonce: 'of-another-request' })) },
      ['id-token-nonce'],
    ],
    [
      'without-nonce',
      'without the nonce that was sent',
      { idToken: withoutClaim('nonce') },
      ['id-token-nonce'],
    ],
    [
      'unasked-nonce',
      'with a nonce though none was sent',
      { idToken: withClaims(() => ({ nonce: 'injected' })) },
      ['id-token-nonce'],
      ['--nonce', 'off'],
    ],
    [
      'without-auth-time',
      'without auth_time though max_age was sent',
      { idToken: sign },
      ['id-token-auth-time'],
      ['--max-age', '60'],
    ],
    [
      'old-auth-time',
      'whose auth_time is too long ago',
      { idToken: withClaims(({ iat }) => ({ auth_time: seconds(iat) - 3600 })) },
      ['id-token-auth-time'],
      ['--max-age', '60'],
    ],
    [
      'another-at-hash',
      'with another at_hash',
      {
        idToken: withClaims(() => ({
          at_hash: createHash('sha256').update('x').digest().subarray(0, 16).toString('base64url'),
        })),
      },
      ['id-token-at-hash'],
    ],
    [
      'at-hash-no-string',
      'whose at_hash is not a string',
      { idToken: withClaims(() => ({ at_hash: 1 })) },
      ['id-token-at-hash'],
    ],
    [
      'another-c-hash',
      'with another c_hash',
      { idToken: withClaims(() => ({ c_hash: 'AAAAAAAAAAAAAAAAAAAAAA' })) },
      ['id-token-c-hash'],
    ],
    ['missing', 'that is missing', { token: withIdToken(undefined) }, ['id-token']],
    ['null', 'that is null', { token: withIdToken(null) }, ['id-token']],
    ['empty', 'that is empty', { token: withIdToken('') }, ['id-token']],
    ['number', 'that is a number', { token: withIdToken(7) }, ['id-token']],
    ['encrypted', 'that is encrypted', { idToken: () => jwe }, ['id-token']],
    ['no-jwt', 'that is not a JWT', { idToken: () => 'id-token-that-is-none' }, ['id-token']],
    [
      'two-parts',
      'with two parts',
      { idToken: (sound) => sign(sound).split('.').slice(0, 2).join('.') },
      ['id-token'],
    ],
    [
      'claims-no-object',
      'whose claims are not an object',
      { idToken: ({ header }) => `${encoded(header)}.${encoded([])}.c2ln` },
      ['id-token'],
    ],
  ],
);
