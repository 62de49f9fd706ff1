import { describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json, type Reply, text } from '../../src/idp/misbehaviours/reply.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { refusedUserinfo } from '../../src/idp/misbehaviours/userinfo-response.ts';
import type { JsonObject } from '../../src/json/json.ts';
import {
  activeCharacters,
  loginAgainst,
  objectionsIn,
  outcomesOf,
  refusalOf,
  resultOf,
} from './scripted-login.ts';

const wholeLogin = ['discovery', 'keys', 'authorize', 'token', 'userinfo'];
const key = () => testKey('RS256', 'key-1');
const jwt = (body: string) => text(200, 'application/jwt', body);
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Claims of a signed response that is in order, but for the issuer, which the server knows. */
const signed =
  (change: JsonObject = {}, header: JsonObject = { alg: 'RS256', kid: 'key-1' }, by = key) =>
  (claims: JsonObject) =>
    jwt(signedToken(header, { ...claims, aud: 'client-1', ...change }, by()));

describe('a UserInfo response', () => {
  it.each(refusedUserinfo)(
    '$wrong is refused, unless exactly that is waived',
    async ({ script, checks: [check = ''] }) => {
      const login = await loginAgainst(script);
      expect(refusalOf(login)).toEqual({
        status: 6,
        code: 'validation_failed',
        step: 'userinfo',
        check,
        failed: [check],
        seen: wholeLogin,
      });
      const waived = resultOf(await loginAgainst(script, { args: ['--no-verify', check] }));
      expect(outcomesOf(waived.checks, check)).toEqual(['warn']);
    },
  );

  it('is accepted when it is signed as it should be', async () => {
    let issuer = '';
    const login = await loginAgainst({
      metadata: (sound) => {
        issuer = String(sound.issuer);
        return sound;
      },
      userinfo: (claims) => signed({ iss: issuer })(claims),
    });
    const result = resultOf(login);
    expect(objectionsIn(result.checks)).toEqual([]);
    for (const id of ['userinfo-signature', 'userinfo-iss', 'userinfo-aud', 'userinfo-sub']) {
      expect(outcomesOf(result.checks, id)).toEqual(['pass']);
    }
    expect(result.userinfo).toMatchObject({ sub: 'user-1', name: 'Alice Example' });
  });

  it.each<[string, Script['userinfo'], readonly string[]]>([
    [
      'with a claim of another type',
      (claims) => json(200, { ...claims, email_verified: 'true' }),
      ['claim-wrong-type'],
    ],
    ['that is nested', (claims) => json(200, { data: claims }), ['claims-nested']],
    [
      'that is JSON as text',
      (claims) => text(200, 'text/plain', JSON.stringify(claims)),
      ['content-type-wrong'],
    ],
    [
      'signed, as JSON',
      (claims) =>
        text(
          200,
          'application/json',
          signedToken({ alg: 'RS256', kid: 'key-1' }, { ...claims, aud: 'client-1' }, key()),
        ),
      ['content-type-wrong', 'userinfo-iss'],
    ],
    [
      'signed without iss and aud',
      (claims) => jwt(signedToken({ alg: 'RS256', kid: 'key-1' }, claims, key())),
      ['userinfo-iss', 'userinfo-aud'],
    ],
  ])('%s yields its claims, and says what is odd', async (_, userinfo, listed) => {
    const result = resultOf(await loginAgainst(userinfo === undefined ? {} : { userinfo }));
    expect(objectionsIn(result.checks)).toEqual(listed);
    expect(result.userinfo).toMatchObject({ sub: 'user-1' });
  });

  it.each<[string, Reply, string]>([
    [
      '401',
      text(401, 'application/json', '{}', { 'www-authenticate': 'Bearer error="invalid_token"' }),
      'error="invalid_token"',
    ],
    ['403 as an OAuth error', json(403, { error: 'insufficient_scope' }), 'status 403'],
    ['404', text(404, 'text/html', '<!doctype html><html></html>'), 'status 404'],
    ['500', text(500, 'text/plain', ''), 'status 500'],
    ['an HTML page', text(200, 'text/html', '<!doctype html><html></html>'), 'status 200'],
    ['nothing', text(200, 'application/json', ''), 'status 200'],
    ['malformed JSON', text(200, 'application/json', '{"sub":'), 'status 200'],
    ['a redirect', text(302, 'text/html', '', { location: 'http://127.0.0.1:1/evil' }), 'status 302'],
    ['too much', text(200, 'application/json', Buffer.alloc(11 * 1024 * 1024, 0x20)), 'larger than 10 MiB'],
    [
      'an encrypted JWT',
      jwt(`${encoded({ alg: 'RSA-OAEP', enc: 'A128GCM' })}.AAAA.AAAA.AAAA.AAAA`),
      'is encrypted',
    ],
  ])('that is none (%s) leaves the tokens, and the token goes nowhere else', async (_, reply, says) => {
    const login = await loginAgainst({ userinfo: () => reply });
    const result = resultOf(login);
    expect(result.userinfo).toBeNull();
    expect(outcomesOf(result.checks, 'userinfo-response')).toEqual(['warn']);
    expect(result.checks.find(({ id }) => id === 'userinfo-response')?.detail).toContain(says);
    expect(login.seen).toEqual(wholeLogin);
  });

  it.each(['silence', 'hang-up'] as const)('that never comes (%s) leaves the tokens', async (reply) => {
    const login = await loginAgainst(
      { userinfo: () => reply },
      { args: ['--timeout', reply === 'silence' ? '1.5' : '30'] },
    );
    const result = resultOf(login);
    expect(outcomesOf(result.checks, 'userinfo-response')).toEqual(['warn']);
    expect(new Set(login.seen)).toEqual(new Set(wholeLogin));
  });

  it.each(['no URL', 'ftp://127.0.0.1/u', 'https://user:password@127.0.0.1/u'])(
    'is not asked for at %j',
    async (userinfo_endpoint) => {
      const login = await loginAgainst({ metadata: (sound) => ({ ...sound, userinfo_endpoint }) });
      const result = resultOf(login);
      expect(outcomesOf(result.checks, 'userinfo-response')).toEqual(['warn']);
      expect(login.seen).toEqual(wholeLogin.slice(0, -1));
    },
  );

  it('is not asked for with --no-userinfo', async () => {
    const login = await loginAgainst({}, { args: ['--no-userinfo'] });
    expect(resultOf(login).userinfo).toBeNull();
    expect(login.seen).toEqual(wholeLogin.slice(0, -1));
  });

  it('is inert in a terminal whatever it holds', async () => {
    const name = 'Al\u001b[2Jice \u202eevil\u0007\r\n✓ Signed in as root';
    const userinfo: Script['userinfo'] = (claims) => json(200, { ...claims, name, 'a\u001b[31m\n': 1 });
    const { status, stdout, stderr } = await loginAgainst({ userinfo }, { json: false });
    expect(status).toBe(0);
    expect(stdout + stderr).not.toMatch(activeCharacters);
    expect(stdout).not.toMatch(/^\s*✓ Signed in as root/m);
    expect(resultOf(await loginAgainst({ userinfo })).userinfo).toMatchObject({ name });
  });
});
