import type { JsonObject } from '../../json/json.ts';
import { encoded, signedToken, testKey } from './forged-token.ts';
import { misbehavioursOf } from './misbehaviour.ts';
import { json, text } from './reply.ts';

const key = () => testKey('RS256', 'key-1');
const attacker = () => testKey('RS256', 'attacker');
const jwt = (body: string) => text(200, 'application/jwt', body);

/** Signs claims; only the issuer is missing, which the server adds where it matters. */
const signed =
  (change: JsonObject = {}, header: JsonObject = { alg: 'RS256', kid: 'key-1' }, by = key) =>
  (claims: JsonObject) =>
    jwt(signedToken(header, { ...claims, aud: 'client-1', ...change }, by()));

/** UserInfo responses that a client must not use (OIDC Core §5.3.2, §5.3.4). */
export const refusedUserinfo = misbehavioursOf(
  { prefix: 'userinfo', noun: 'a UserInfo response', reaction: 'refuse', section: 'OIDC Core §5.3.2' },
  [
    [
      'about-another-person',
      'about another person',
      { userinfo: (claims) => json(200, { ...claims, sub: 'root' }) },
      ['userinfo-sub'],
    ],
    [
      'without-sub',
      'without sub',
      { userinfo: ({ sub: _, ...claims }) => json(200, claims) },
      ['userinfo-sub'],
    ],
    [
      'sub-null',
      'whose sub is null',
      { userinfo: (claims) => json(200, { ...claims, sub: null }) },
      ['userinfo-sub'],
    ],
    [
      'sub-differs-letters',
      'whose sub differs in its letters',
      { userinfo: (claims) => json(200, { ...claims, sub: String(claims.sub).toUpperCase() }) },
      ['userinfo-sub'],
    ],
    ['empty', 'that is empty', { userinfo: () => json(200, {}) }, ['userinfo-sub']],
    [
      'signed-by-another-key',
      'signed with another key',
      { userinfo: signed({}, { alg: 'RS256', kid: 'key-1' }, attacker) },
      ['userinfo-signature'],
    ],
    [
      'signed-by-its-jwk',
      'signed with the key it brings',
      { userinfo: signed({}, { alg: 'RS256', kid: 'attacker', jwk: attacker().jwk }, attacker) },
      ['userinfo-signature'],
    ],
    [
      'jwt-without-signature',
      'that is a JWT without signature',
      { userinfo: (claims) => jwt(`${encoded({ alg: 'none' })}.${encoded(claims)}.`) },
      ['userinfo-signature'],
    ],
    [
      'unknown-crit',
      'with an unknown crit',
      { userinfo: signed({}, { alg: 'RS256', kid: 'key-1', crit: ['x'], x: 1 }) },
      ['userinfo-signature'],
    ],
    [
      'signed-by-another-issuer',
      'signed by another issuer',
      { userinfo: signed({ iss: 'https://evil.example' }) },
      ['userinfo-iss'],
    ],
    [
      'signed-for-another-client',
      'signed for another client',
      { userinfo: signed({ aud: 'client-2' }) },
      ['userinfo-aud'],
    ],
    [
      'signed-about-another-person',
      'signed, about another person',
      { userinfo: signed({ sub: 'root' }) },
      ['userinfo-sub'],
    ],
  ],
);
