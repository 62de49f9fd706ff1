import type { JsonObject } from '../../json/json.ts';
import { signedToken, testKey } from './forged-token.ts';
import { faultsOf, type MisbehaviourRow } from './misbehaviour.ts';
import type { Script } from './scripted-server.ts';

const options = ['--response-mode', 'jwt'];

const withClaims =
  (changes: (claims: JsonObject) => JsonObject): NonNullable<Script['responseJwt']> =>
  ({ header, claims, key }) =>
    signedToken(header, { ...claims, ...changes(claims) }, key);

const claimRows: readonly (readonly [
  id: string,
  wrong: string,
  changes: (claims: JsonObject) => object,
  check: 'iss' | 'aud' | 'exp',
])[] = [
  ['foreign-issuer', 'of another issuer', () => ({ iss: 'https://evil.example' }), 'iss'],
  ['without-issuer', 'without iss', () => ({ iss: undefined }), 'iss'],
  ['foreign-audience', 'for another client', () => ({ aud: 'another-client' }), 'aud'],
  ['without-audience', 'without aud', () => ({ aud: undefined }), 'aud'],
  ['expired', 'that has expired', ({ exp }) => ({ exp: Number(exp) - 1000 }), 'exp'],
  ['without-expiry', 'without exp', () => ({ exp: undefined }), 'exp'],
];

const signatureRows: readonly (readonly [
  id: string,
  wrong: string,
  make: NonNullable<Script['responseJwt']>,
])[] = [
  [
    'foreign-key',
    'signed with another key',
    ({ header, claims }) => signedToken(header, claims, testKey(String(header.alg), 'attacker')),
  ],
  [
    'unsigned',
    'without a signature',
    ({ header, claims }) => signedToken({ ...header, alg: 'none' }, claims, '').replace(/[^.]*$/, ''),
  ],
  [
    'public-client-hmac',
    'signed with an HMAC',
    ({ claims }) => signedToken({ alg: 'HS256' }, claims, 'secret'),
  ],
];

/** Authorization responses in a JWT that a client must refuse (JARM §2.4). */
export const refusedResponseJwts = faultsOf(
  { prefix: 'response-jwt', noun: 'an authorization response', reaction: 'refuse', options },
  [
    ...claimRows.map(([id, wrong, changes, check]): MisbehaviourRow => {
      const responseJwt = withClaims((claims) => changes(claims) as JsonObject);
      return [id, `in a JWT ${wrong}`, { responseJwt }, [`jarm-${check}`]];
    }),
    ...signatureRows.map(([id, wrong, responseJwt]): MisbehaviourRow => {
      return [id, `in a JWT ${wrong}`, { responseJwt }, ['jarm-signature']];
    }),
    [
      'twice',
      'in two JWTs',
      {
        answer: ({ state = '', iss = '', code = '' }) => {
          const jwt = signedToken({ alg: 'RS256' }, { state, iss, code }, testKey('RS256', 'attacker'));
          return `response=${jwt}&response=${jwt}`;
        },
      },
      ['callback-parameter-repeated', 'jarm-signature', 'jarm-aud', 'jarm-exp'],
    ],
    [
      'missing',
      'in plain parameters where a JWT was asked for',
      { answer: (sound) => sound },
      ['jarm-response'],
    ],
  ],
);
