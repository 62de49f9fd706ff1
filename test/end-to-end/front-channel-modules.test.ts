import { describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import type { Script, UnsignedIdToken } from '../../src/idp/misbehaviours/scripted-server.ts';
import { misbehaviours } from '../../src/idp/misbehaviours.ts';
import { failureOf, loginAgainst, objectionsIn, refusalOf, resultOf } from './scripted-login.ts';

/**
 * The modules of the client test plans of the OpenID Foundation `oidcc-client-implicit-certification-test-plan`,
 * `oidcc-client-hybrid-certification-test-plan` and their `formpost` twins, in their order and without the
 * `OIDCCClientTest` before each name: the row of the scripted server, or what the server does, and the check that stops
 * the login, or null where it has to go on. The last four are of the plan of all modules, `oidcc-client-test-plan`, or of
 * the basic and the form post plans.
 */
type Where = (type: string) => boolean;
const always: Where = () => true;
const withIdToken: Where = (type) => type.includes('id_token');
const withAtHash: Where = (type) => /id_token token/.test(type);
const withCHash: Where = (type) => /code id_token/.test(type);
const withUserinfo: Where = (type) => type !== 'id_token';
const withCode: Where = (type) => type.startsWith('code');

const unnamed = ({ header: { kid: _, ...header }, claims, key }: UnsignedIdToken) =>
  signedToken(header, claims, key);
const keysWithoutKid =
  (...further: readonly string[]): NonNullable<Script['keys']> =>
  () =>
    json(200, {
      keys: [...further.map((kid) => testKey('RS256', kid)), testKey('RS256', 'key-1')].map(
        ({ jwk: { kid: _, ...jwk } }) => jwk,
      ),
    });
const signedBy =
  (alg: string, key: Parameters<typeof signedToken>[2]) =>
  ({ header, claims }: UnsignedIdToken) =>
    signedToken({ ...header, alg }, claims, key);
const advertises =
  (alg: string): NonNullable<Script['metadata']> =>
  (sound) => ({
    ...sound,
    id_token_signing_alg_values_supported: ['RS256', alg],
  });

const scripts: Readonly<Record<string, Script>> = {
  sound: {},
  'one key without kid': { idToken: unnamed, keys: keysWithoutKid() },
  'keys without kid': { idToken: unnamed, keys: keysWithoutKid('another', 'a third') },
  'bad ES256': {
    idToken: signedBy('ES256', testKey('ES256', 'another')),
    metadata: advertises('ES256'),
    keys: () => json(200, { keys: [testKey('ES256').jwk] }),
  },
  'bad HS256': { idToken: signedBy('HS256', 'another secret'), metadata: advertises('HS256') },
};

type Module = readonly [name: string, row: string, stops: string | null, where: Where];
const modules: readonly Module[] = [
  ['', 'sound', null, always],
  ['InvalidIssuerInIdToken', 'id-token-another-issuer', 'id-token-iss', always],
  ['MissingSubInIdToken', 'id-token-without-sub', 'id-token-sub', always],
  ['InvalidAudInIdToken', 'id-token-for-another-client', 'id-token-aud', always],
  ['MissingIatInIdToken', 'id-token-without-iat', 'id-token-iat', always],
  ['KidAbsentSingleJwks', 'one key without kid', null, always],
  ['KidAbsentMultipleMatchingKeysInJwks', 'keys without kid', null, always],
  ['InvalidCHashInIdToken', 'id-token-another-c-hash', 'id-token-c-hash', withCHash],
  ['MissingCHashInIdToken', 'browser-without-c-hash', 'id-token-c-hash', withCHash],
  ['InvalidAtHashInIdToken', 'id-token-another-at-hash', 'id-token-at-hash', withAtHash],
  ['MissingAtHashInIdToken', 'browser-without-at-hash', 'id-token-at-hash', withAtHash],
  ['IdTokenSignedUsingRS256', 'sound', null, always],
  ['InvalidIdTokenSignatureWithRS256', 'id-token-signed-by-another-key', 'id-token-signature', always],
  ['InvalidSubInUserinfoResponse', 'userinfo-about-another-person', 'userinfo-sub', withUserinfo],
  ['Nonce', 'sound', null, always],
  ['NonceInvalid', 'id-token-another-nonce', 'id-token-nonce', always],
  ['ScopeUserInfoClaims', 'sound', null, always],
  ['ClientSecretBasic', 'sound', null, withCode],
  ['IdTokenSigAlgNone', 'id-token-not-signed', 'id-token-alg', always],
  ['InvalidIdTokenSignatureWithES256', 'bad ES256', 'id-token-signature', always],
  ['InvalidIdTokenSignatureWithHS256', 'bad HS256', 'id-token-signature', always],
];

const variants = [
  ...['id_token', 'id_token token'].map((type) => ({ flow: 'implicit', type })),
  ...['code id_token', 'code token', 'code id_token token'].map((type) => ({ flow: 'hybrid', type })),
].flatMap((variant) => ['', 'form_post'].map((mode) => ({ ...variant, mode })));

describe.concurrent.each(variants)('a client with response_type $type $mode', ({ flow, type, mode }) => {
  const start = (script: Script, scope = 'openid') =>
    loginAgainst(
      {
        client: {
          clientId: 'client-1',
          method: 'client_secret_basic',
          clientSecret: 'a-secret-of-32-characters-or-more',
        },
        ...script,
      },
      {
        args: [
          ...['--flow', flow, '--response-type', type, '--scope', scope, '--client-secret-env', 'SECRET'],
          ...(mode === '' ? [] : ['--response-mode', mode]),
        ],
        surroundings: { env: { SECRET: 'a-secret-of-32-characters-or-more' } },
      },
    );

  it.each(modules.filter(([, , , where]) => where(type)))('%s: %s stops at %s', async (name, row, stops) => {
    const script = scripts[row] ?? misbehaviours.find(({ id }) => id === row)?.script;
    if (script === undefined) throw new Error(`There is no row ${row}.`);
    const login = await start(script, name === 'ScopeUserInfoClaims' ? 'openid profile email' : 'openid');
    expect(login.complaints).toEqual([]);
    if (stops === null) {
      const warned = [
        ...(row === 'keys without kid' ? ['id-token-key', 'jwks-keys'] : []),
        ...(/\btoken\b/.test(type) ? ['response-type-token'] : []),
      ];
      expect([...new Set(objectionsIn(resultOf(login).checks))].sort()).toEqual(warned.sort());
      return;
    }
    expect(refusalOf(login)).toMatchObject({ status: 6, check: stops });
    // What the browser brought is judged before anything is sent for it.
    const isSeenAtOnce = withIdToken(type) && stops !== 'userinfo-sub';
    expect(login.seen.includes('token')).toBe(withCode(type) && !isSeenAtOnce);
    expect(login.seen.includes('userinfo')).toBe(stops === 'userinfo-sub');
  });

  it('FormPostError: ends with the error', async () => {
    const login = await start({
      answer: ({ state = '', iss = '' }) => ({ state, iss, error: 'access_denied' }),
    });
    expect(failureOf(login).error).toMatchObject({ exit_code: 3, oauth: { error: 'access_denied' } });
  });
});
