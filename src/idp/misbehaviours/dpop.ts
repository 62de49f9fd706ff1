import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../json/json.ts';
import { signedToken, testKey } from './forged-token.ts';
import { failing, faultsOf } from './misbehaviour.ts';
import { json, type SeenRequest, text } from './reply.ts';

const demand = ({ endpoint }: SeenRequest, nonce?: string) =>
  endpoint === 'token'
    ? json(400, { error: 'use_dpop_nonce' }, nonce === undefined ? {} : { 'dpop-nonce': nonce })
    : undefined;
const boundToAnother = (members: JsonObject) => {
  const header = { alg: 'RS256', kid: 'key-1', typ: 'at+jwt' };
  const claims = { sub: 'user-1', cnf: { jkt: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs' } };
  return json(200, { ...members, access_token: signedToken(header, claims, testKey('RS256')) });
};
const options = ['--dpop'];

/** Answers to a client that proves a key, which it must not use (RFC 9449 §5, §6). */
export const refusedBindings = faultsOf(
  { prefix: 'dpop', noun: 'for a proof', reaction: 'refuse', options },
  [
    ...failing('dpop-binding', [
      [
        'downgrade',
        'a Bearer token, which is bound to no key',
        { token: (members) => json(200, { ...members, token_type: 'Bearer' }) },
      ],
      ['other-key', 'a token that is bound to another key', { token: boundToAnother }],
    ]),
  ],
);

/** Demands for a nonce that no client can meet (RFC 9449 §8). */
export const unmeetableNonces = faultsOf(
  { prefix: 'dpop-nonce', noun: 'a demand for a nonce', reaction: 'error', section: 'RFC 9449 §8', options },
  [
    [
      'refused',
      'that refuses each one it gives',
      { before: (request) => demand(request, `nonce-${randomUUID()}`) },
      [],
    ],
    ['missing', 'that gives none', { before: (request) => demand(request) }, []],
  ],
);

/** A UserInfo endpoint that never takes a proof (RFC 9449 §9). */
export const unmeetableResources = faultsOf(
  { prefix: 'dpop-userinfo', noun: 'a UserInfo endpoint', reaction: 'report', options },
  [
    [
      'nonce-refused',
      'that refuses each nonce it gives',
      {
        userinfo: () =>
          text(401, 'text/plain', '', {
            'www-authenticate': 'DPoP error="use_dpop_nonce", algs="ES256"',
            'dpop-nonce': 'nonce-of-api',
          }),
      },
      ['userinfo-response'],
    ],
  ],
);
