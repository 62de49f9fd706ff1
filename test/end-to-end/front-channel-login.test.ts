import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { signedToken } from '../../src/idp/misbehaviours/forged-token.ts';
import type { Script, UnsignedIdToken } from '../../src/idp/misbehaviours/scripted-server.ts';
import { runCli } from './cli.ts';
import { lastLineAsJson } from './person-login.ts';
import { failureOf, loginAgainst, objectionsIn, outcomesOf, refusalOf, resultOf } from './scripted-login.ts';

const start = (args: readonly string[], script: Script = {}, afterKeys = true) =>
  loginAgainst(script, { args, afterKeys });
const sign = ({ header, claims, key }: UnsignedIdToken) => signedToken(header, claims, key);

describe('a login by the implicit or a hybrid flow', () => {
  it.each<[flow: string, type: string, requests: string[], passed: string[], warned: string[]]>([
    ['implicit', 'id_token token', ['userinfo'], ['id-token-at-hash'], ['response-type-token']],
    ['implicit', 'id_token', [], [], []],
    ['hybrid', 'code id_token', ['token', 'userinfo'], ['id-token-c-hash', 'hybrid-id-tokens'], []],
    ['hybrid', 'id_token  code', ['token', 'userinfo'], ['id-token-c-hash', 'hybrid-id-tokens'], []],
    ['hybrid', 'code token', ['token', 'userinfo'], ['hybrid-access-tokens'], ['response-type-token']],
    [
      'hybrid',
      'code id_token token',
      ['token', 'userinfo'],
      ['id-token-at-hash', 'id-token-c-hash', 'hybrid-id-tokens', 'hybrid-access-tokens'],
      ['response-type-token'],
    ],
  ])('%s: %s', async (flow, type, requests, passed, warned) => {
    const login = await start(['--flow', flow, '--response-type', type, '--scope', 'openid']);
    const { checks, tokens, decoded } = resultOf(login);
    expect(login.complaints).toEqual([]);
    expect(login.seen).toEqual(['discovery', 'authorize', 'keys', ...requests].sort(bySeen(login.seen)));
    expect(objectionsIn(checks)).toEqual(warned);
    for (const id of ['state', 'iss', 'id-token-nonce', 'id-token-signature', ...passed])
      expect(outcomesOf(checks, id), id).toContain('pass');
    expect(outcomesOf(checks, 'pkce')).toEqual(flow === 'implicit' ? [] : ['pass']);
    expect(decoded.id_token?.claims?.sub).toBe('user-1');
    expect(tokens.access_token === null).toBe(type === 'id_token');
    expect(tokens.refresh_token === undefined).toBe(flow === 'implicit');
  });

  it('needs neither an ID token nor openid for an access token', async () => {
    const login = await start(
      ['--flow', 'implicit', '--response-type', 'token', '--scope', 'api'],
      {},
      false,
    );
    const { checks, tokens } = resultOf(login);
    expect(objectionsIn(checks)).toEqual(['response-type-token']);
    expect(outcomesOf(checks, 'token-type')).toEqual(['pass']);
    expect(tokens).toMatchObject({ token_type: 'Bearer', scope: ['api'] });
    expect(login.seen).toEqual(['discovery', 'authorize']);
  });

  it.each<[title: string, type: string, script: Script, check: string]>([
    ['no at_hash', 'id_token token', without('at_hash'), 'id-token-at-hash'],
    ['no c_hash', 'code id_token', without('c_hash'), 'id-token-c-hash'],
    [
      'no ID token',
      'id_token token',
      { answer: ({ id_token: _, ...rest }) => rest },
      'authorization-response',
    ],
    ['no code', 'code id_token', { answer: ({ code: _, ...rest }) => rest }, 'authorization-response'],
    [
      'no access token',
      'id_token token',
      { answer: ({ access_token: _, ...rest }) => rest },
      'authorization-response',
    ],
    [
      'two access tokens',
      'id_token token',
      { answer: (sound) => `${new URLSearchParams(sound)}&access_token=x` },
      'callback-parameter-repeated',
    ],
  ])('stops before any further request: %s', async (_title, type, script, check) => {
    const flow = type.startsWith('code') ? 'hybrid' : 'implicit';
    const login = await start(['--flow', flow, '--response-type', type], script);
    expect(refusalOf(login)).toMatchObject({ status: 6, check });
    expect(login.seen).not.toContain('token');
    expect(login.seen).not.toContain('userinfo');
  });

  it.each<[title: string, claims: object, outcome: string]>([
    ['sub', { sub: 'user-2' }, 'fail'],
    ['iss', { iss: 'https://evil.example' }, 'fail'],
    ['auth_time', { auth_time: 1_700_000_000 }, 'warn'],
    ['nothing but its times', { exp: Math.floor(Date.now() / 1000) + 77 }, 'pass'],
  ])('compares the two ID tokens: %s', async (_title, claims, outcome) => {
    const idToken = (sound: UnsignedIdToken) =>
      sign(sound.comesBy === 'browser' ? sound : { ...sound, claims: { ...sound.claims, ...claims } });
    const login = await start(['--flow', 'hybrid'], { idToken });
    const { checks } = outcome === 'fail' ? failureOf(login) : resultOf(login);
    expect(outcomesOf(checks, 'hybrid-id-tokens')).toEqual([outcome]);
    expect(login.seen.includes('userinfo')).toBe(outcome !== 'fail');
  });

  it('reports a refresh token, a code and a wrong type that an implicit answer brings', async () => {
    const answer = (sound: Readonly<Record<string, string>>) => {
      const { token_type: _, ...rest } = sound;
      return { ...rest, code: 'c0de', refresh_token: 'r3fresh' };
    };
    const { checks } = resultOf(await start(['--flow', 'implicit'], { answer }));
    expect(checks.find(({ id }) => id === 'callback-tokens-unasked')?.detail).toContain(
      'code and refresh_token',
    );
    expect(outcomesOf(checks, 'token-type-missing')).toEqual(['warn']);
  });

  it('ignores an answer of another login, and tokens in the code flow', async () => {
    const foreign = { answer: (sound: object) => ({ ...sound, state: 'foreign' }) };
    const waits = ['--browser-timeout', '2'];
    expect(refusalOf(await start(['--flow', 'implicit', ...waits], foreign))).toMatchObject({
      check: 'state-mismatch',
    });
    const tokens = { answer: ({ state = '' }) => ({ state, access_token: 'x' }) };
    expect(refusalOf(await start(waits, tokens))).toMatchObject({ check: 'authorization-response' });
  });

  it('ends with an error that comes in the fragment', async () => {
    const answer = ({ state = '', iss = '' }) => ({ state, iss, error: 'access_denied' });
    const { error } = failureOf(await start(['--flow', 'hybrid'], { answer }));
    expect(error).toMatchObject({ code: 'authorization_error', oauth: { error: 'access_denied' } });
  });

  it('says what the server does not list, in whatever order it lists it', async () => {
    const metadata = (types: string[]): Script => ({
      metadata: (sound) => ({ ...sound, response_types_supported: types }),
    });
    const listed = await start(['--flow', 'implicit'], metadata(['token id_token']));
    expect(outcomesOf(resultOf(listed).checks, 'metadata-demands')).toEqual([]);
    const unlisted = await start(['--flow', 'implicit'], metadata(['code']));
    expect(outcomesOf(resultOf(unlisted).checks, 'metadata-demands')).toEqual(['warn']);
  });

  it('accepts a pasted address with the tokens behind #', async () => {
    const login = await loginAgainst(
      {},
      {
        args: ['--flow', 'implicit'],
        surroundings: { stdinIsTTY: true },
        async visit(url, _server, type) {
          const { headers } = await fetch(url, { redirect: 'manual' });
          type(headers.get('location') ?? '');
        },
      },
    );
    expect(resultOf(login).decoded.id_token?.claims?.sub).toBe('user-1');
  });

  it.each([
    ['implicit', '--pkce', 'S256', '--pkce and --flow implicit exclude each other'],
    ['implicit', '--token-param', 'a=b', '--token-param and --flow implicit exclude each other'],
    ['hybrid', '--fapi', '2', '--fapi and --flow hybrid exclude each other'],
    ['code', '--response-type', 'code id_token', '--response-type and --flow code exclude each other'],
    ['implicit', '--response-type', 'code', '--response-type code is not for --flow implicit'],
    ['hybrid', '--response-mode', 'query', '--response-mode query would put tokens into a URL'],
    ['hybrid', '--response-mode', 'query.jwt', '--response-mode query.jwt would put tokens into a URL'],
    ['hybrid', '--nonce', 'off', '--nonce off: an ID token that comes through the browser needs a nonce'],
    ['hybrid', '--scope', 'api', 'needs the scope openid'],
  ])('--flow %s refuses %s %s', async (flow, option, value, says) => {
    const run = await start(['--flow', flow, option, value], {}, false);
    const { error } = failureOf(run);
    expect(error).toMatchObject({ exit_code: 2, message: expect.stringContaining(says) });
    expect(run.seen).toEqual([]);
  });

  it.each([
    ['implicit', ['id_token'], ['--response-mode', 'form_post']],
    ['hybrid', ['code id_token token'], ['--response-mode', 'fragment.jwt']],
    ['hybrid', ['code token'], ['--no-userinfo']],
  ])('works against oidc-provider: %s %s', async (flow, [type = ''], args) => {
    const { status, stdout, stderr } = await runCli(
      ['demo', '--headless', '--port', '0', '--flow', flow, '--response-type', type, '--json', ...args],
      {},
    );
    expect(status, stderr).toBe(0);
    expect(decodeJwt(JSON.parse(stdout).tokens.id_token).sub).toBe('alice');
  });

  it('is refused before anything starts where the built-in server does not have the type', async () => {
    const asked = ['demo', '--headless', '--port', '0', '--flow', 'implicit'];
    for (const args of [
      ['--response-type', 'token'],
      ['--scope', 'api:read'],
    ]) {
      const run = await runCli([...asked, ...args]);
      expect(run.status).toBe(2);
      expect(run.stderr).toMatch(/^error: The built-in server does not have the response type token\./);
    }
  });

  it('is read by debug, which finds an ID token that is not signed', async () => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const answer = `access_token=at-1&id_token=${encode({ alg: 'none' })}.${encode({ sub: 'a' })}.&state=s`;
    const run = await runCli(['debug', `http://127.0.0.1:8378/callback#${answer}`, '--json']);
    const [message] = JSON.parse(run.stdout).messages;
    expect(message).toMatchObject({
      kind: 'callback',
      outcome: 'tokens',
      values: { id_token_present: true },
    });
    expect(message.findings.map(({ id }: { id: string }) => id)).toEqual(['jwt-unsigned']);
  });

  it('needs a user, whom no CI job has', async () => {
    const server = ['--issuer', 'http://127.0.0.1:1', '--client-id', 'a'];
    const run = await runCli(['login', '--flow', 'hybrid', ...server], { env: { CI: '1' } });
    expect(run.status).toBe(4);
  });

  it('is refused by the user as any login is', async () => {
    const run = await runCli(['demo', '--headless', '--port', '0', '--flow', 'implicit', '--deny', '--json']);
    expect(run.status).toBe(3);
    expect(lastLineAsJson(run)).toMatchObject({ error: { oauth: { error: 'access_denied' } } });
  });
});

function without(name: string): Script {
  return {
    idToken({ claims: { [name]: _, ...claims }, ...sound }) {
      return sign({ ...sound, claims });
    },
  };
}

/** Requests that may overlap are compared in the order that was seen. */
function bySeen(seen: readonly string[]) {
  return (a: string, b: string) => seen.indexOf(a) - seen.indexOf(b);
}
