import type { JsonObject } from '../../json/json.ts';
import { signedToken, testKey } from './forged-token.ts';
import { failing, faultsOf } from './misbehaviour.ts';
import type { Script } from './scripted-server.ts';

const options = ['--response-mode', 'jwt'];

/** A claim that is undefined is left out. */
const claims = (change: object | ((sound: JsonObject) => object)): Script => ({
  responseJwt: ({ header, claims, key }) => {
    const changed = typeof change === 'function' ? change(claims) : change;
    return signedToken(header, { ...claims, ...changed }, key);
  },
});
const made = (responseJwt: NonNullable<Script['responseJwt']>): Script => ({ responseJwt });

/** Authorization responses in a JWT that a client must refuse (JARM §2.4). */
export const refusedResponseJwts = faultsOf(
  { prefix: 'response-jwt', noun: 'an authorization response', reaction: 'refuse', options },
  [
    ...failing('jarm-iss', [
      ['foreign-issuer', 'in a JWT of another issuer', claims({ iss: 'https://evil.example' })],
      ['without-issuer', 'in a JWT without iss', claims({ iss: undefined })],
    ]),
    ...failing('jarm-aud', [
      ['foreign-audience', 'in a JWT for another client', claims({ aud: 'another-client' })],
      ['without-audience', 'in a JWT without aud', claims({ aud: undefined })],
    ]),
    ...failing('jarm-exp', [
      ['expired', 'in a JWT that has expired', claims(({ exp }) => ({ exp: Number(exp) - 1000 }))],
      ['without-expiry', 'in a JWT without exp', claims({ exp: undefined })],
    ]),
    ...failing('jarm-signature', [
      [
        'foreign-key',
        'in a JWT signed with another key',
        made(({ header, claims }) => signedToken(header, claims, testKey(String(header.alg), 'attacker'))),
      ],
      [
        'unsigned',
        'in a JWT without a signature',
        made(({ header, claims }) =>
          signedToken({ ...header, alg: 'none' }, claims, '').replace(/[^.]*$/, ''),
        ),
      ],
      [
        'public-client-hmac',
        'in a JWT signed with an HMAC',
        made(({ claims }) => signedToken({ alg: 'HS256' }, claims, 'secret')),
      ],
    ]),
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
