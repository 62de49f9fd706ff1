import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { oddDeviceResponses, refusedDeviceResponses } from '../../src/idp/misbehaviours/device-response.ts';
import { json, type Reply, withMembers } from '../../src/idp/misbehaviours/reply.ts';
import { type Script, startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { freePort } from '../fakes/free-port.ts';
import { runHere } from '../fakes/run-here.ts';
import { runCli } from './cli.ts';
import { lastLineAsJson } from './person-login.ts';
import {
  failureOf,
  loginAgainst,
  objectionsIn,
  refusalOf,
  resultOf,
  type ScriptedLoginOptions,
} from './scripted-login.ts';

const device = ['demo', '--headless', '--flow', 'device', '--json'];

// A login waits for seconds between two requests for the tokens.
describe.concurrent('a login by the device flow', () => {
  it('shows a program the code first, and ends with verified tokens', async () => {
    const { status, stdout, stderr } = await runCli(device);
    expect(status, stderr).toBe(0);
    const [first = '', ...rest] = stdout.split('\n');
    const event = JSON.parse(first);
    expect(event).toEqual({
      version: 1,
      event: 'user_code',
      user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      verification_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/device$/),
      verification_uri_complete: `${event.verification_uri}?user_code=${event.user_code}`,
      expires_at: expect.any(String),
    });
    const result = JSON.parse(rest.join('\n'));
    expect(result.decoded.id_token.claims.sub).toBe('alice');
    expect(result.userinfo.sub).toBe('alice');
    const outcomes = new Map(
      result.checks.map((check: { id: string; outcome: string }) => [check.id, check.outcome]),
    );
    for (const id of ['device-response', 'verification-uri', 'device-expires-in', 'id-token-signature'])
      expect(outcomes.get(id), id).toBe('pass');
    expect(outcomes.has('state')).toBe(false);
    expect(stderr).not.toContain('✗');
  });

  it('has a counterpart without any page, by the confidential client of the built-in server', async () => {
    const { status, stdout, stderr } = await runCli(['demo', '--headless', '--flow', 'ciba', '--json']);
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout).decoded.id_token.claims).toMatchObject({
      sub: 'alice',
      aud: 'demo-confidential',
    });
  });

  it('ends with the error of the server when the user refuses', async () => {
    const run = await runCli([...device, '--deny']);
    expect(run.status).toBe(3);
    expect(lastLineAsJson(run)).toMatchObject({
      error: { code: 'token_error', oauth: { error: 'access_denied' } },
    });
  });

  it.each([
    ['--redirect-uri', 'http://127.0.0.1:1/callback'],
    ['--response-mode', 'form_post'],
    ['--state', 'x'],
    ['--par'],
    ['--fapi', '2'],
  ])('refuses %s, which it has no use for', async (...option) => {
    const run = await runCli([...device, ...option]);
    expect(run.status).toBe(2);
    const message = expect.stringContaining(`${option[0]} and --flow device exclude each other`);
    expect(lastLineAsJson(run)).toMatchObject({ error: { message } });
  });
});

/** A login whose user signs in elsewhere; the first line of its output is the code, where there is one. */
async function elsewhere(script: Script, args: readonly string[], further: ScriptedLoginOptions = {}) {
  const login = await loginAgainst({ elsewhere: {}, ...script }, { ...further, args, afterKeys: false });
  const [first = '', ...rest] = login.stdout.split('\n');
  const hasEvent = first.includes('"event":"user_code"');
  return { ...login, event: hasEvent ? first : undefined, stdout: hasEvent ? rest.join('\n') : login.stdout };
}

const byCode = ['--flow', 'device'];

describe.concurrent('the wait for the user', () => {
  it('goes on while the server says so, at the pace it asks for, and through a lost answer', async () => {
    const polls = ['authorization_pending', 'hang-up', 'authorization_pending'];
    const login = await elsewhere({ elsewhere: { polls } }, byCode);
    const { checks } = resultOf(login);
    expect(login.complaints).toEqual([]);
    expect(login.seen.filter((endpoint) => endpoint === 'token')).toHaveLength(4);
    expect(objectionsIn(checks)).toEqual([]);
    expect(checks.filter(({ id }) => id === 'token-response')).toHaveLength(1);
    expect(login.stderr).toContain('no answer; trying again');
  });

  it.each([
    [
      'a gateway that fails',
      { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' },
      '502',
    ],
    ['a limit', json(429, { error: 'too_many_requests' }), '429 (too_many_requests)'],
    [
      'an error of the server',
      json(503, { error: 'temporarily_unavailable' }),
      '503 (temporarily_unavailable)',
    ],
  ])('goes on through %s', async (_, answer, status) => {
    const login = await elsewhere({ elsewhere: { polls: [answer] } }, byCode);
    expect(objectionsIn(resultOf(login).checks)).toEqual([]);
    expect(login.stderr).toContain(`the server answered with status ${status}; trying again in`);
  });

  it('shortens what a server says at each poll', async () => {
    const busy = json(429, { error: 'slow', error_description: 'Please wait. '.repeat(100) });
    const { stderr } = await elsewhere({ elsewhere: { polls: [busy] } }, byCode);
    expect(stderr).toMatch(/status 429 \(Please wait\. .{1,300}…\); trying again in/);
  });

  it('ends with the answer of a server that goes on failing', async () => {
    const polls = Array(9).fill(json(500, { error: 'server_error', error_description: 'no such user' }));
    const login = await elsewhere({ elsewhere: { polls } }, byCode);
    expect(login.stderr).toContain('the server answered with status 500 (no such user); trying again in');
    expect(failureOf(login).error).toMatchObject({
      exit_code: 3,
      oauth: { error: 'server_error', status: 500 },
    });
    expect(login.seen.filter((endpoint) => endpoint === 'token')).toHaveLength(6);
  });

  it('slows down by five seconds when the server says so', async () => {
    const startedMs = Date.now();
    const login = await elsewhere({ elsewhere: { polls: ['slow_down'] } }, byCode);
    resultOf(login);
    expect(login.stderr).toContain('the server asks for a slower pace: every 5 s');
    expect(Date.now() - startedMs).toBeGreaterThan(5000);
  });

  it('hears an error of the flow in a status of a busy server', async () => {
    const polls = [json(429, { error: 'slow_down' }), json(503, { error: 'access_denied' })];
    const login = await elsewhere({ elsewhere: { polls } }, byCode);
    expect(login.stderr).toContain('the server asks for a slower pace: every 5 s');
    expect(failureOf(login).error).toMatchObject({ exit_code: 3, oauth: { error: 'access_denied' } });
    expect(login.seen.filter((endpoint) => endpoint === 'token')).toHaveLength(2);
  });

  it.each([
    ['expired_token', 'The device code has expired before the person finished.'],
    ['access_denied', 'The person declined, or a rule of the server did.'],
    ['invalid_grant', undefined],
  ])('ends with %s of the server', async (error, cause) => {
    const failure = failureOf(
      await elsewhere({ elsewhere: { polls: ['authorization_pending', error] } }, byCode),
    );
    expect(failure.error).toMatchObject({ code: 'token_error', exit_code: 3, oauth: { error } });
    if (cause !== undefined) expect(failure.diagnosis?.[0]?.cause).toBe(cause);
  });

  it('ends when the code has expired, whatever the server says', async () => {
    const polls = Array(100).fill('authorization_pending');
    const begin = (sound: Reply) =>
      typeof sound === 'string' ? sound : json(200, { ...JSON.parse(String(sound.body)), expires_in: 1 });
    const login = await elsewhere({ elsewhere: { polls, begin } }, byCode);
    expect(failureOf(login).error).toMatchObject({
      code: 'timeout',
      exit_code: 5,
      message: 'The user did not finish the sign-in within 1 s.',
    });
  });

  it('is never shown with a secret in it', async () => {
    const login = await elsewhere({}, [...byCode, '-v']);
    expect(login.stderr).not.toContain(login.server.secrets.get('device_code'));
    expect(login.stderr).toContain('WDJB-MJHT');
  });
});

describe.concurrent('a device authorization request', () => {
  it.each([
    [100, true],
    [4000, false],
  ])('has a QR code where one can hold the address: %i characters', async (length, hasCode) => {
    const complete = `https://idp.example/device?c=${'y'.repeat(length)}`;
    const begin = withMembers({ verification_uri_complete: complete });
    const stderr = { isTTY: true, color: true, unicode: true, columns: 200 };
    const login = await loginAgainst(
      { elsewhere: { begin } },
      { args: byCode, afterKeys: false, surroundings: { stderr } },
    );
    expect(login.status, login.stderr).toBe(0);
    expect(login.stderr).toContain('WDJB-MJHT');
    expect(login.stderr.includes('▀')).toBe(hasCode);
    // Without a terminal to type at, Enter opens nothing.
    expect(login.stderr).not.toMatch(/Enter\s+brings/);
    expect(/QR code\s+brings/.test(login.stderr)).toBe(hasCode);
  });

  it.each([
    ['https://idp.example/device', true],
    ['tel:123', false],
  ])('offers to open %s: %s', async (uri, isOffered) => {
    const begin = withMembers({ verification_uri: uri, verification_uri_complete: undefined });
    const surroundings = {
      stdinIsTTY: true,
      stderr: { isTTY: true, color: true, unicode: true, columns: 200 },
    };
    const { status, stderr } = await loginAgainst(
      { elsewhere: { begin } },
      { args: [...byCode, '--no-verify', 'verification-uri'], afterKeys: false, surroundings },
    );
    expect(status, stderr).toBe(0);
    expect(stderr).toContain('WDJB-MJHT');
    expect([stderr.includes('Press Enter'), stderr.includes('▀')]).toEqual([isOffered, isOffered]);
  });

  it('is diagnosed with what the client sent', async () => {
    const begin = () => json(401, { error: 'invalid_client' });
    const bare = failureOf(await elsewhere({ elsewhere: { begin } }, [...byCode, '--auth-method', 'none']));
    expect(bare.diagnosis?.[0]?.cause).toBe('The client has to authenticate, and did not.');
  });

  it('is diagnosed with the scope that was refused', async () => {
    const begin = () =>
      json(400, { error: 'invalid_scope', error_description: 'OAuth 2.0 Parameter: scope' });
    const [cause] = failureOf(await elsewhere({ elsewhere: { begin } }, byCode)).diagnosis ?? [];
    expect(cause).toMatchObject({
      why: expect.stringContaining('(asked for: openid)'),
      try: expect.stringContaining('no openid in the device flow'),
    });
  });

  it('is refused where the server has no endpoint for it', async () => {
    const login = await loginAgainst({}, { args: byCode, afterKeys: false });
    expect(failureOf(login).error).toMatchObject({
      exit_code: 2,
      message: expect.stringContaining('no device_authorization_endpoint'),
    });
  });

  it.each(refusedDeviceResponses)('is not gone on from $wrong', async ({ script, checks }) => {
    const login = await elsewhere(script, byCode);
    expect(refusalOf(login)).toMatchObject({ status: 6, failed: checks, seen: ['discovery', 'device'] });
  });

  it.each(oddDeviceResponses)('is gone on from $wrong', async ({ script, checks }) => {
    expect(objectionsIn(resultOf(await elsewhere(script, byCode)).checks)).toEqual(checks);
  });
});

describe.concurrent('a login by CIBA', () => {
  const ciba = ['--flow', 'ciba', '--login-hint', 'alice'];

  it('asks the server for the user, and polls with what it was given', async () => {
    const polls = ['authorization_pending'];
    const login = await elsewhere({ elsewhere: { polls } }, [...ciba, '--binding-message', 'code 42']);
    expect(login.complaints).toEqual([]);
    expect(objectionsIn(resultOf(login).checks)).toEqual([]);
    const [asked] = login.server.requests.filter(({ endpoint }) => endpoint === 'backchannel');
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toMatchObject({
      scope: 'openid',
      login_hint: 'alice',
      binding_message: 'code 42',
    });
    expect(login.stderr).not.toContain(login.server.secrets.get('device_code'));
  });

  it('asks for the tokens when the server pings, and ignores what is not about the login', async () => {
    let token = '';
    let place = '';
    const statuses: number[] = [];
    const ping = async (authReqId: string, authorization: string) => {
      const answer = await fetch(place, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ auth_req_id: authReqId }),
      });
      statuses.push(answer.status);
    };
    const script: Script = {
      before({ endpoint, body }) {
        if (endpoint === 'backchannel')
          token = new URLSearchParams(body).get('client_notification_token') ?? '';
        return undefined;
      },
      elsewhere: {
        // So long a pace that only a ping brings the tokens in time.
        begin(sound) {
          if (typeof sound === 'string') return sound;
          const members = JSON.parse(String(sound.body));
          setTimeout(async () => {
            await ping(members.auth_req_id, 'Bearer forged');
            await ping('another', `Bearer ${token}`);
            // No letter case of a scheme counts (RFC 9110 §11.1).
            await ping(members.auth_req_id, `bearer  ${token}`);
          }, 100);
          return json(200, { ...members, interval: 3600 });
        },
      },
    };
    const port = await freePort();
    place = `http://127.0.0.1:${port}/ciba`;
    const login = await elsewhere(script, [...ciba, '--notification-uri', place]);
    expect(objectionsIn(resultOf(login).checks)).toEqual([]);
    expect(login.seen).toEqual(['discovery', 'backchannel', 'keys', 'token', 'userinfo']);
    expect(statuses).toEqual([401, 400, 204]);
    expect(token).toMatch(/^[\w-]{32}$/);
    expect(login.stderr).not.toContain(token);
  });

  it('keeps the code of the user off the command line and out of what it shows', async () => {
    const refused = await elsewhere({}, [...ciba, '--param', 'user_code=4711-pin']);
    expect(failureOf(refused).error).toMatchObject({
      exit_code: 2,
      hint: expect.stringContaining('OAUTH_CODE_PARAM'),
    });
    const login = await elsewhere({}, [...ciba, '-v'], {
      surroundings: { env: { OAUTH_CODE_PARAM: 'user_code=4711-pin' } },
    });
    resultOf(login);
    expect(login.stderr).toContain('user_code=');
    expect(login.stderr).not.toContain('4711-pin');
  });

  it('names what an answer lacks', async () => {
    const begin = () => json(200, { expires_in: 60 });
    expect(refusalOf(await elsewhere({ elsewhere: { begin } }, ciba))).toMatchObject({
      status: 6,
      failed: ['backchannel-response'],
    });
  });

  it('says what has expired', async () => {
    const failure = failureOf(await elsewhere({ elsewhere: { polls: ['expired_token'] } }, ciba));
    expect(failure.diagnosis?.[0]?.cause).toBe(
      'The authentication request has expired before the person decided.',
    );
  });

  it('needs a user to ask for', async () => {
    expect(failureOf(await elsewhere({}, ['--flow', 'ciba'])).error).toMatchObject({
      exit_code: 2,
      hint: expect.stringContaining('--login-hint NAME'),
    });
  });

  it.each([
    ['an empty auth_req_id', { auth_req_id: '' }, 6],
    ['an error', { error: 'unknown_user_id', auth_req_id: undefined }, 3],
  ])('ends with %s', async (_, members, status) => {
    const begin = (sound: Reply) =>
      typeof sound === 'string'
        ? sound
        : json(status === 3 ? 400 : 200, { ...JSON.parse(String(sound.body)), ...members });
    const login = await elsewhere({ elsewhere: { begin } }, ciba);
    expect(login.status, login.stderr).toBe(status);
    expect(login.seen).toEqual(['discovery', 'backchannel']);
  });
});

it.each([
  ['device', 'device-authorization', '/device'],
  ['ciba', 'backchannel-authentication', '/backchannel', '--login-hint', 'alice'],
])('--flow %s needs no metadata where --%s-endpoint is given', async (flow, name, path, ...more) => {
  const server = await startScriptedServer({ elsewhere: {} });
  const endpoints = [
    ...[`--${name}-endpoint`, `${server.issuer}${path}`, '--token-endpoint', `${server.issuer}/token`],
  ];
  try {
    const argv = [
      'login',
      '--flow',
      flow,
      ...endpoints,
      '--client-id',
      'client-1',
      '--scope',
      'api',
      ...more,
    ];
    const { status, stderr } = await runHere([...argv, '--json']);
    expect(status, stderr).toBe(0);
    expect(server.complaints).toEqual([]);
    expect(server.seen()).toEqual([path.slice(1), 'token']);
  } finally {
    await server.close();
  }
});

describe('the command that logs in again', () => {
  it.each([
    ['--flow', 'device'],
    ['--flow', 'ciba', '--login-hint', 'alice@example.org'],
    ['--flow', 'implicit', '--response-type', 'id_token'],
  ])('names what the login was given: %s %s', async (...options) => {
    const home = mkdtempSync(join(tmpdir(), 'oauth-code-again-'));
    const env = { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file' };
    try {
      const script: Script = {
        elsewhere: {},
        token: ({ refresh_token: _, ...members }) => json(200, members),
      };
      const port = options.includes('implicit') ? ['--port', '0'] : [];
      const login = await loginAgainst(script, {
        ...{ args: ['--scope', 'openid', ...options, ...port], surroundings: { env }, afterKeys: false },
      });
      expect(login.status, login.stderr).toBe(0);
      const client = ['--issuer', login.server.issuer, '--client-id', 'client-1'];
      const token = await runHere(['token', ...client, '--fresh', '--json'], { env });
      expect(JSON.parse(token.stderr.trimEnd().split('\n').at(-1) ?? '').error.hint).toBe(
        `Log in again: oauth-code login ${[...client, ...options].join(' ')}`,
      );
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});
