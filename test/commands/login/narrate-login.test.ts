import { describe, expect, it } from 'vitest';
import { checkResult } from '../../../src/checks/check-result.ts';
import { checksOfRun, createJournal } from '../../../src/commands/journal.ts';
import { describeLaunch, narrateLogin } from '../../../src/commands/login/narrate-login.ts';
import type { FlowEvent } from '../../../src/flows/conversation.ts';
import type { LoginSettings } from '../../../src/flows/login-settings.ts';
import type { HttpExchange } from '../../../src/http-message.ts';
import { createRedactor } from '../../../src/output/redact.ts';
import { settleOutput } from '../../../src/settings/output-settings.ts';
import { createTestContext } from '../../fakes/context.ts';
import { now } from '../../output/example-login.ts';
import { readOptions } from '../../settings/read-options.ts';

const settings: LoginSettings = {
  server: { issuer: 'https://a.example', given: {} },
  client: { credentials: { clientId: 'app', hasCertificate: false } },
  redirect: { uri: 'http://127.0.0.1:0/callback', ports: [0] },
  request: { scope: ['openid', 'email'], resources: [], overrides: [], prompt: 'login' },
  delivery: {},
  tokenOverrides: [],
  state: undefined,
  nonce: undefined,
  pkce: 'plain',
  browser: undefined,
  browserTimeoutSeconds: 300,
  acceptsPaste: false,
  unattended: undefined,
  userinfo: true,
  clockToleranceSeconds: 5,
  idToken: {},
  waived: new Set(),
};

const exchange = (status: number, url = 'https://a.example/token'): HttpExchange => ({
  request: {
    method: 'POST',
    url,
    headers: [['authorization', 'Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW']],
    body: 'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA',
  },
  response: {
    status,
    headers: [['Content-Type', 'application/json']],
    body: '{"access_token":"at-7f-secret"}',
  },
  startedAt: now,
  durationMs: 42,
});

/** What is told of events, with the options of a command line. */
function tell(
  events: readonly FlowEvent[],
  argv: readonly string[] = [],
  changes: Partial<LoginSettings> = {},
  env: Record<string, string> = {},
) {
  const test = createTestContext({ env });
  const journal = createJournal();
  const redactor = createRedactor(journal.secrets);
  const emit = narrateLogin(
    { ...settings, ...changes },
    { context: test.context, journal, output: settleOutput(readOptions(argv)) },
    redactor,
  );
  for (const event of events) emit(event);
  expect(test.stdout()).toBe('');
  return { stderr: test.stderr(), journal };
}

const listening: FlowEvent = {
  type: 'listening',
  redirect_uri: 'http://127.0.0.1:40123/callback',
  addresses: ['127.0.0.1:40123'],
};
const url = 'https://a.example/authorize?response_type=code&code_challenge=abc&state=xyz';
const authorization: FlowEvent = {
  type: 'authorization-url',
  url,
  redirectUri: 'http://127.0.0.1:40123/callback',
  listening: true,
};

describe('what is told while a login happens', () => {
  it.each<[string, FlowEvent, string]>([
    ['the listener', listening, '✓ Listening     http://127.0.0.1:40123/callback\n'],
    [
      'an exchange',
      { type: 'exchange', step: 'token', exchange: exchange(200) },
      '✓ Token         https://a.example/token  200  42 ms\n',
    ],
    [
      'an exchange that failed',
      { type: 'exchange', step: 'token', exchange: exchange(400) },
      '✗ Token         https://a.example/token  400  42 ms\n',
    ],
    [
      'metadata that is elsewhere',
      { type: 'exchange', step: 'discovery', exchange: exchange(404, 'https://a.example/x') },
      '– Discovery     https://a.example/x  404  42 ms\n',
    ],
    ['a remark', { type: 'remark', step: 'keys', text: 'Asking again.' }, '! Keys          Asking again.\n'],
    [
      'an answer that was ignored',
      { type: 'callback_ignored', reason: 'It is foreign.' },
      '! Ignored       It is foreign.\n',
    ],
    [
      'a browser that runs',
      { type: 'browser-started', command: 'firefox' },
      '✓ Browser       started firefox\n',
    ],
    [
      'the answer of the browser',
      { type: 'callback', by: 'browser', waitedMs: 1500 },
      '✓ Answer        from the browser  1.5 s\n',
    ],
    ['a pasted answer', { type: 'callback', by: 'paste', waitedMs: 1 }, '✓ Answer        pasted  1 ms\n'],
    [
      'a pasted code',
      { type: 'callback', by: 'bare-code', waitedMs: 1 },
      '✓ Answer        a pasted code, without state  1 ms\n',
    ],
    [
      'the first check that failed',
      {
        type: 'checks',
        step: 'authorization',
        checks: [checkResult('state', 'pass', 'ok'), checkResult('iss', 'fail', 'iss is foreign.')],
      },
      '✗ Answer        did not pass: Issuer of the authorization response\n',
    ],
    [
      'the checks of the ID token',
      { type: 'checks', step: 'id_token', checks: [checkResult('id-token-exp', 'pass', 'ok')] },
      '✓ ID token      1 check passed\n',
    ],
    [
      'no other checks that passed',
      { type: 'checks', step: 'token', checks: [checkResult('token-type', 'pass', 'ok')] },
      '',
    ],
    ['no checks where there are none', { type: 'checks', step: 'id_token', checks: [] }, ''],
  ])('is %s', (_, event, line) => {
    expect(tell([event]).stderr).toBe(line);
    // An answer that was ignored is no progress: without it the wait looks as if nothing had come.
    expect(tell([event], ['--quiet']).stderr).toBe(event.type === 'callback_ignored' ? line : '');
  });

  it('is the address in any case, whole and alone on its line', () => {
    const lines = tell([authorization]).stderr.split('\n');
    expect(lines).toContain(url);
    expect(tell([authorization], ['--quiet']).stderr).toBe(`${url}\n`);
  });

  it('is how to go on by hand', () => {
    expect(tell([authorization]).stderr).toContain('If no browser opens');
    expect(tell([authorization], [], { browser: 'off' }).stderr).toContain('Open this address to sign in:');
    expect(tell([authorization]).stderr).not.toContain('paste');
    const pasting = { acceptsPaste: true };
    expect(tell([authorization], [], pasting).stderr.replaceAll('\n', ' ')).toMatch(
      /Waiting for the answer\..* paste/,
    );
    expect(tell([{ ...authorization, listening: false }], [], pasting).stderr.replaceAll('\n', ' ')).toMatch(
      /When the browser has arrived at http:\/\/127\.0\.0\.1:40123\/callback, paste/,
    );
  });

  it('is how to reach the port that was really bound over SSH', () => {
    const events: FlowEvent[] = [
      listening,
      { type: 'browser', launch: { type: 'not-launched', obstacle: 'ssh' } },
    ];
    const { stderr } = tell(events, [], {}, { SSH_CONNECTION: '192.0.2.7 1 198.51.100.9 22', USER: 'ada' });
    expect(stderr).toContain('ssh -L 40123:127.0.0.1:40123 ada@198.51.100.9');
  });

  it('says how long it waits where no browser opens, unless no person can answer', () => {
    const launch: FlowEvent = { type: 'browser', launch: { type: 'not-launched', obstacle: 'no-display' } };
    expect(tell([launch]).stderr).toContain('Waiting 300 s for the address above to be opened.');
    expect(tell([launch], [], { unattended: 'x' }).stderr).not.toContain('Waiting');
    const opened: FlowEvent = { type: 'browser', launch: { type: 'opened', command: 'firefox' } };
    expect(tell([opened]).stderr).toBe('');
  });

  it('warns of the browser’s warning of a throw-away certificate', () => {
    const secure = { ...authorization, redirectUri: 'https://localhost:40123/callback' };
    const warned = (changes: Partial<LoginSettings>) =>
      tell([secure], [], changes).stderr.includes('certificate');
    expect(warned({})).toBe(true);
    expect(warned({ redirect: { ...settings.redirect, tls: { cert: '', key: '' } } })).toBe(false);
  });

  it('holds no control characters of a server', () => {
    const odd: FlowEvent[] = [
      { type: 'exchange', step: 'token', exchange: exchange(200, 'https://a.example/\u001b[2Jx') },
      { type: 'remark', step: 'keys', text: 'a\u001b]0;title\u0007b\u202ec' },
      { ...authorization, url: `${url}\u001b[2J` },
    ];
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(tell(odd, ['--verbose']).stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
  });
});

describe('what a verbose login shows of an exchange', () => {
  const secrets: FlowEvent[] = [
    { type: 'secret', kind: 'code', value: 'SplxlOBeZQQYbYS6WxSbIA' },
    { type: 'secret', kind: 'access_token', value: 'at-7f-secret' },
  ];
  const events: FlowEvent[] = [...secrets, { type: 'exchange', step: 'token', exchange: exchange(200) }];

  it('is all of it, without secrets', () => {
    const { stderr } = tell(events, ['-v']);
    expect(stderr).toContain('> POST https://a.example/token');
    expect(stderr).toContain('> authorization: Basic ‹credentials›');
    expect(stderr).toContain('code=‹code›');
    expect(stderr).toContain('"access_token": "‹access_token›"');
    expect(stderr).not.toMatch(/SplxlO|at-7f-secret|czZC/);
  });

  it('is all of it, with secrets when they are asked for', () => {
    expect(tell(events, ['-v', '--show-secrets']).stderr).toMatch(/czZC[\s\S]*SplxlO[\s\S]*at-7f-secret/);
  });

  it('lets no secret into any step', () => {
    const leaky: FlowEvent[] = [
      ...secrets,
      { type: 'exchange', step: 'userinfo', exchange: exchange(200, 'https://a.example/me?t=at-7f-secret') },
      { type: 'remark', step: 'token', text: 'The server said at-7f-secret.' },
      { type: 'checks', step: 'token', checks: [checkResult('token-type', 'fail', 'It is at-7f-secret.')] },
    ];
    expect(tell(leaky).stderr).not.toContain('at-7f-secret');
  });
});

describe('what is kept for the report of a failure', () => {
  it('is every check, every secret, and what the server was asked', () => {
    const checks = [checkResult('state', 'pass', 'ok'), checkResult('iss', 'skipped', 'none')];
    const { journal } = tell([
      listening,
      { type: 'secret', kind: 'code', value: 'SplxlOBeZQQYbYS6WxSbIA' },
      { type: 'checks', step: 'authorization', checks },
      { type: 'client_authentication', method: 'client_secret_basic', advertised: ['client_secret_post'] },
    ]);
    expect(checksOfRun(journal)).toEqual(checks);
    expect(journal.secrets).toMatchObject([{ kind: 'code', value: 'SplxlOBeZQQYbYS6WxSbIA' }]);
    expect(journal.events.at(-1)).toMatchObject({ advertised: ['client_secret_post'] });
  });
});

const at = (uri: string, anyPort = false) => ({ uri, anyPort });
const callback = at('http://127.0.0.1:8378/callback');

describe('what is said of the browser', () => {
  it.each([
    {
      launch: { type: 'failed', command: 'nosuch', reason: 'the program was not found' } as const,
      mark: 'warn',
      text: 'not opened: nosuch: the program was not found',
    },
    {
      launch: { type: 'not-launched', obstacle: 'no-display' } as const,
      mark: 'warn',
      text: 'not opened: there is no display here',
    },
  ])('$text', ({ launch, mark, text }) => {
    const { step, cure } = describeLaunch(launch, callback, {});
    expect({ ...step, text: String(step?.text), cure }).toEqual({ mark, name: 'Browser', text, cure: [] });
  });

  it.each([
    ['no browser was needed', { type: 'played' }],
    ['one runs, which was said when it started', { type: 'opened', command: 'firefox' }],
  ] as const)('is nothing when %s', (_, launch) => {
    expect(describeLaunch(launch, callback, {})).toEqual({ cure: [] });
  });
});

describe('the way in over SSH', () => {
  const launch = { type: 'not-launched', obstacle: 'ssh' } as const;
  const env = { SSH_CONNECTION: '192.0.2.7 52144 198.51.100.9 22', USER: 'ada' };

  it.each([
    { listening: callback, line: 'ssh -L 8378:127.0.0.1:8378 ada@198.51.100.9' },
    {
      listening: at('http://127.0.0.1:40123/callback', true),
      line: 'ssh -L 40123:127.0.0.1:40123 ada@198.51.100.9',
    },
    { listening: at('http://[::1]:9/cb'), line: 'ssh -L 9:[::1]:9 ada@198.51.100.9' },
    { listening: at('https://localhost/cb'), line: 'ssh -L 443:127.0.0.1:443 ada@198.51.100.9' },
  ])('is $line', ({ listening, line }) => {
    expect(describeLaunch(launch, listening, env).cure.at(-1)).toBe(line);
  });

  it('names what it does not know by a placeholder', () => {
    expect(describeLaunch(launch, callback, {}).cure.at(-1)).toBe('ssh -L 8378:127.0.0.1:8378 THIS-HOST');
  });
});

describe('the way into a container', () => {
  const launch = { type: 'not-launched', obstacle: 'container' } as const;

  it.each([
    {
      listening: at('http://localhost:9000/cb'),
      line: '--listen 0.0.0.0:9000',
    },
    {
      listening: at('http://127.0.0.1:40123/callback', true),
      line: '--listen 0.0.0.0:8378 --port 8378',
    },
  ])('is $line', ({ listening, line }) => {
    expect(describeLaunch(launch, listening, {}).cure.at(-1)).toBe(line);
  });
});

describe('the way in', () => {
  it.each(['ssh', 'container'] as const)('is not told in %s when nothing listens', (obstacle) => {
    expect(describeLaunch({ type: 'not-launched', obstacle }, undefined, {}).cure).toEqual([]);
  });
});
