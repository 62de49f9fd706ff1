import type { JsonObject } from '../../json/json.ts';
import { encoded, signedToken, testKey } from './forged-token.ts';
import { failing, faultsOf } from './misbehaviour.ts';
import { json, text } from './reply.ts';
import type { Script } from './scripted-server.ts';

const key = () => testKey('RS256', 'key-1');
const attacker = () => testKey('RS256', 'attacker');
const jwt = (body: string) => text(200, 'application/jwt', body);

/** Signs claims; only the issuer is missing, which the server adds where it matters. */
const signed = (change: JsonObject, header: JsonObject = {}, by = key): Script => ({
  userinfo: (claims) => {
    const all = { alg: 'RS256', kid: 'key-1', ...header };
    return jwt(signedToken(all, { ...claims, aud: 'client-1', ...change }, by()));
  },
});
const about = (change: JsonObject): Script => ({ userinfo: (claims) => json(200, { ...claims, ...change }) });

/** UserInfo responses that a client must not use (OIDC Core §5.3.2, §5.3.4). */
export const refusedUserinfo = faultsOf(
  { prefix: 'userinfo', noun: 'a UserInfo response', reaction: 'refuse' },
  [
    ...failing('userinfo-sub', [
      ['about-another-person', 'about another person', about({ sub: 'root' })],
      ['without-sub', 'without sub', { userinfo: ({ sub: _, ...claims }) => json(200, claims) }],
      ['sub-null', 'whose sub is null', about({ sub: null })],
      [
        'sub-differs-letters',
        'whose sub differs in its letters',
        { userinfo: (claims) => json(200, { ...claims, sub: String(claims.sub).toUpperCase() }) },
      ],
      ['empty', 'that is empty', { userinfo: () => json(200, {}) }],
    ]),
    ...failing('userinfo-signature', [
      ['signed-by-another-key', 'signed with another key', signed({}, {}, attacker)],
      [
        'signed-by-its-jwk',
        'signed with the key it brings',
        signed({}, { kid: 'attacker', jwk: attacker().jwk }, attacker),
      ],
      [
        'jwt-without-signature',
        'that is a JWT without signature',
        { userinfo: (claims) => jwt(`${encoded({ alg: 'none' })}.${encoded(claims)}.`) },
      ],
      ['unknown-crit', 'with an unknown crit', signed({}, { crit: ['x'], x: 1 })],
    ]),
    [
      'signed-by-another-issuer',
      'signed by another issuer',
      signed({ iss: 'https://evil.example' }),
      ['userinfo-iss'],
    ],
    ['signed-for-another-client', 'signed for another client', signed({ aud: 'client-2' }), ['userinfo-aud']],
    [
      'signed-about-another-person',
      'signed, about another person',
      signed({ sub: 'root' }),
      ['userinfo-sub'],
    ],
  ],
);
