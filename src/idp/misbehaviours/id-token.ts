import { createHash, createPublicKey } from 'node:crypto';
import type { JsonObject } from '../../json/json.ts';
import { encoded, signedToken, testKey } from './forged-token.ts';
import { failing, faultsOf } from './misbehaviour.ts';
import { json, without } from './reply.ts';
import type { Script, UnsignedIdToken } from './scripted-server.ts';

const sign = ({ header, claims, key }: UnsignedIdToken) => signedToken(header, claims, key);
const claims = (change: JsonObject | ((sound: JsonObject) => JsonObject)): Script => ({
  idToken: (sound) => {
    const changed = typeof change === 'function' ? change(sound.claims) : change;
    return sign({ ...sound, claims: { ...sound.claims, ...changed } });
  },
});
/** The ID token without a claim. */
export const withoutClaim = (name: string): Script => ({
  idToken: (sound) => sign({ ...sound, claims: without(name)(sound.claims) }),
});
const header = (change: JsonObject): Script => ({
  idToken: (sound) => sign({ ...sound, header: { ...sound.header, ...change } }),
});
const seconds = (value: unknown) => Number(value);

/** The public key as text: an attack on clients that take it for an HMAC key (RFC 8725 §2.1). */
const publicPem = () =>
  String(createPublicKey(testKey('RS256', 'key-1').privateKey).export({ type: 'spki', format: 'pem' }));

const jwe = `${encoded({ alg: 'RSA-OAEP', enc: 'A128GCM' })}.AAAA.AAAA.AAAA.AAAA`;
/** A token response with something else in the place of the ID token; JSON leaves out what is undefined. */
const inPlace = (value: string | number | null | undefined): Script => ({
  token: (members) => json(200, { ...members, id_token: value }),
});

const attacker = () => testKey('RS256', 'attacker');
/** Signed by another than the server, with some more in the header. */
const forged = (more: (claims: JsonObject) => JsonObject): Script => ({
  idToken: (sound) => sign({ ...sound, header: { ...sound.header, ...more(sound.claims) }, key: attacker() }),
});
const unsigned = (alg: string): Script => ({
  idToken: ({ claims }) => `${encoded({ alg })}.${encoded(claims)}.`,
});
const rs256 = ({ header, claims }: UnsignedIdToken) =>
  signedToken({ ...header, alg: 'RS256' }, claims, testKey('RS256', 'key-1'));

const otherHash = createHash('sha256').update('x').digest().subarray(0, 16).toString('base64url');

/** ID tokens that a client must not accept (OIDC Core §3.1.3.7). */
export const refusedIdTokens = faultsOf({ prefix: 'id-token', noun: 'an ID token', reaction: 'refuse' }, [
  ...failing('id-token-signature', [
    ['signed-by-another-key', 'signed with another key', forged(() => ({}))],
    [
      'altered-claim',
      'with an altered claim',
      {
        idToken: (sound) =>
          sign(sound).replace(/\.[^.]+\./, `.${encoded({ ...sound.claims, name: 'root' })}.`),
      },
    ],
    ['empty-signature', 'with an empty signature', { idToken: (sound) => sign(sound).replace(/[^.]*$/, '') }],
  ]),
  ...failing('id-token-alg', [
    ['not-signed', 'that is not signed', unsigned('none')],
    ['not-signed-other-letters', 'that is not signed, in other letters', unsigned('nOnE')],
    [
      'without-alg',
      'without alg',
      { idToken: ({ header: { alg: _, ...header }, claims, key }) => signedToken(header, claims, key) },
    ],
    [
      'unregistered-alg',
      'with an advertised alg that the client is not registered for',
      { idToken: rs256 },
      ['--id-token-alg', 'ES256'],
    ],
    ['unknown-alg', 'with an unknown alg', header({ alg: 'XS256' })],
    [
      'mac-by-public-key',
      'whose MAC was made with the public key',
      { idToken: ({ header, claims }) => signedToken({ ...header, alg: 'HS256' }, claims, publicPem()) },
    ],
  ]),
  ...failing('id-token-crit', [
    ['unknown-crit', 'with an unknown crit', header({ crit: ['exp'], exp: 1 })],
    ['unencoded-payload', 'with an unencoded payload', header({ crit: ['b64'], b64: false })],
  ]),
  ...failing('id-token-signature', [
    ['signed-by-its-jwk', 'signed with the key it brings (jwk)', forged(() => ({ jwk: attacker().jwk }))],
    [
      'signed-by-its-jku',
      'signed with a key it points to (jku)',
      forged(({ iss }) => ({ jku: `${iss}/evil-keys`, x5u: `${iss}/evil-x5u` })),
    ],
  ]),
  ['kid-no-string', 'whose kid is not a string', header({ kid: 1 }), ['id-token-key']],
  ...failing('id-token-iss', [
    ['another-issuer', 'of another issuer', claims({ iss: 'https://evil.example' })],
    ['issuer-slash-more', 'whose issuer has a slash more', claims(({ iss }) => ({ iss: `${iss}/` }))],
    ['without-iss', 'without iss', withoutClaim('iss')],
  ]),
  ...failing('id-token-aud', [
    ['for-another-client', 'for another client', claims({ aud: 'client-2' })],
    ['for-other-clients', 'for other clients', claims({ aud: ['client-2', 'client-3'] })],
    [
      'further-audience',
      'with a further audience',
      claims(({ aud }) => ({ aud: [String(aud), 'client-2'] })),
    ],
    [
      'further-audience-azp',
      'with a further audience though azp is the client',
      claims(({ aud }) => ({ aud: [String(aud), 'client-2'], azp: String(aud) })),
    ],
    [
      'further-audience-other-trusted',
      'with a further audience though another is trusted',
      claims(({ aud }) => ({ aud: [String(aud), 'client-2', 'api'] })),
      ['--trust-audience', 'api'],
    ],
    ['without-aud', 'without aud', withoutClaim('aud')],
    ['aud-object', 'whose aud is an object', claims({ aud: { id: 'client-1' } })],
  ]),
  ['another-azp', 'with another azp', claims({ azp: 'client-2' }), ['id-token-azp']],
  ...failing('id-token-sub', [
    ['without-sub', 'without sub', withoutClaim('sub')],
    ['sub-number', 'whose sub is a number', claims({ sub: 7 })],
  ]),
  ...failing('id-token-exp', [
    [
      'expired',
      'that has expired',
      claims(({ iat }) => ({ iat: seconds(iat) - 600, exp: seconds(iat) - 300 })),
    ],
    ['exp-string', 'whose exp is a string', claims(({ exp }) => ({ exp: String(exp) }))],
    ['exp-milliseconds', 'whose exp is in milliseconds', claims(({ exp }) => ({ exp: seconds(exp) * 1000 }))],
    ['without-exp', 'without exp', withoutClaim('exp')],
  ]),
  ...failing('id-token-iat', [
    ['issued-future', 'issued in the future', claims(({ iat }) => ({ iat: seconds(iat) + 60 }))],
    ['without-iat', 'without iat', withoutClaim('iat')],
  ]),
  [
    'not-valid-yet',
    'that is not valid yet',
    claims(({ iat }) => ({ nbf: seconds(iat) + 60 })),
    ['id-token-nbf'],
  ],
  ...failing('id-token-nonce', [
    ['another-nonce', 'with another nonce', claims({ nonce: 'of-another-request' })],
    ['without-nonce', 'without the nonce that was sent', withoutClaim('nonce')],
    ['unasked-nonce', 'with a nonce though none was sent', claims({ nonce: 'injected' }), ['--nonce', 'off']],
  ]),
  ...failing('id-token-auth-time', [
    [
      'without-auth-time',
      'without auth_time though max_age was sent',
      { idToken: sign },
      ['--max-age', '60'],
    ],
    [
      'old-auth-time',
      'whose auth_time is too long ago',
      claims(({ iat }) => ({ auth_time: seconds(iat) - 3600 })),
      ['--max-age', '60'],
    ],
  ]),
  ...failing('id-token-at-hash', [
    ['another-at-hash', 'with another at_hash', claims({ at_hash: otherHash })],
    ['at-hash-no-string', 'whose at_hash is not a string', claims({ at_hash: 1 })],
  ]),
  [
    'another-c-hash',
    'with another c_hash',
    claims({ c_hash: 'AAAAAAAAAAAAAAAAAAAAAA' }),
    ['id-token-c-hash'],
  ],
  ...failing('id-token', [
    ['missing', 'that is missing', inPlace(undefined)],
    ['null', 'that is null', inPlace(null)],
    ['empty', 'that is empty', inPlace('')],
    ['number', 'that is a number', inPlace(7)],
    ['encrypted', 'that is encrypted', { idToken: () => jwe }],
    ['no-jwt', 'that is not a JWT', { idToken: () => 'id-token-that-is-none' }],
    ['two-parts', 'with two parts', { idToken: (sound) => sign(sound).split('.').slice(0, 2).join('.') }],
    [
      'claims-no-object',
      'whose claims are not an object',
      { idToken: ({ header }) => `${encoded(header)}.${encoded([])}.c2ln` },
    ],
  ]),
]);
