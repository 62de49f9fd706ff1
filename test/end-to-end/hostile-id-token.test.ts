import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signedToken } from '../../src/idp/misbehaviours/forged-token.ts';
import { refusedIdTokens } from '../../src/idp/misbehaviours/id-token.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import type { Script, UnsignedIdToken } from '../../src/idp/misbehaviours/scripted-server.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { failureOf, loginAgainst, outcomesOf, refusalOf, resultOf } from './scripted-login.ts';

const toTheToken = ['discovery', 'keys', 'authorize', 'token'];
const wholeLogin = [...toTheToken, 'userinfo'];

const sign = ({ header, claims, key }: UnsignedIdToken) => signedToken(header, claims, key);
const withClaims = (change: (claims: JsonObject) => JsonObject) => (sound: UnsignedIdToken) =>
  sign({ ...sound, claims: { ...sound.claims, ...change(sound.claims) } });
const withHeader = (change: JsonObject) => (sound: UnsignedIdToken) =>
  sign({ ...sound, header: { ...sound.header, ...change } });
const seconds = (value: unknown) => Number(value);
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('an ID token', () => {
  it.each(refusedIdTokens)('$wrong is refused', async ({ script, checks: [check = ''], options: args }) => {
    const login = await loginAgainst(script, { args });
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

  const unsigned = refusedIdTokens.filter(({ id }) => /not-signed|without-alg|empty-signature/.test(id));

  it.each(unsigned)('$wrong is refused whatever is waived', async ({ script, options }) => {
    const waived = ['id-token-alg', 'id-token-signature', 'id-token-key', 'id-token'];
    const args = [...options, ...waived.flatMap((check) => ['--no-verify', check])];
    const login = await loginAgainst(script, { args });
    const check = expect.stringMatching(/^id-token-(?:alg|signature)$/);
    expect(refusalOf(login)).toMatchObject({ status: 6, check, seen: toTheToken });
    expect(failureOf(login).error.hint).not.toContain('--no-verify');
  });

  it.each(refusedIdTokens.filter((row) => !unsigned.includes(row)))(
    '$wrong is accepted with a warning when exactly that check is waived',
    async ({ script, checks: [check = ''], options }) => {
      const login = await loginAgainst(script, { args: [...options, '--no-verify', check] });
      const { checks } = resultOf(login);
      expect(outcomesOf(checks, check)).toEqual(['warn']);
      expect(checks.filter(({ detail }) => detail.includes('was waived')).map(({ id }) => id)).toEqual([
        check,
      ]);
      expect(outcomesOf(checks, 'userinfo-sub')).not.toEqual(['pass']);
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
      'that brings a key and does not use it',
      withHeader({ jwk: { kty: 'oct', k: 'AAAA' } }),
      'id-token-header-key',
      'warn',
    ],
    [
      'with a header member given twice',
      ({ header, claims, key }) => signedToken(header, claims, key, '"kid":"other",'),
      'id-token-header',
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

  it('with further audiences is refused with the flags that trust them, and accepted with these', async () => {
    const idToken = withClaims(({ aud }) => ({ aud: [String(aud), 'api', "it's", 'api'] }));
    const refused = failureOf(await loginAgainst({ idToken }, { args: ['--trust-audience', 'api'] }));
    expect(refused.error.message).toContain(`--trust-audience api --trust-audience 'it'\\''s'`);
    const trusting = ['--trust-audience', 'api', '--trust-audience', "it's"];
    const { checks } = resultOf(await loginAgainst({ idToken }, { args: trusting }));
    expect(outcomesOf(checks, 'id-token-aud')).toEqual(['pass']);
    expect(outcomesOf(checks, 'id-token-azp')).toEqual(['skipped']);
  });

  it('is not missed where the granted scope takes openid back', async () => {
    const token: Script['token'] = ({ id_token: _, ...members }) => json(200, { ...members, scope: 'read' });
    const { checks } = resultOf(await loginAgainst({ token }));
    expect(checks.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(outcomesOf(checks, 'id-token')).toEqual([]);
  });

  it('that is encrypted is said to be so, and nothing of it is taken for verified', async () => {
    const jwe = `${encoded({ alg: 'RSA-OAEP', enc: 'A128GCM' })}.AAAA.AAAA.AAAA.AAAA`;
    const login = await loginAgainst({ idToken: () => jwe }, { args: ['--no-verify', 'id-token'] });
    const { checks, decoded } = resultOf(login);
    expect(checks.find(({ id }) => id === 'userinfo-sub')).toMatchObject({
      outcome: 'skipped',
      detail: expect.stringContaining('encrypted'),
    });
    expect(outcomesOf(checks, 'id-token-encrypted')).toEqual(['warn']);
    expect(outcomesOf(checks, 'id-token-signature')).toEqual(['skipped']);
    expect(decoded.id_token).toEqual({ header: { alg: 'RSA-OAEP', enc: 'A128GCM' }, claims: null });
  });
});

function halfHash(value: string): string {
  return createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url');
}
