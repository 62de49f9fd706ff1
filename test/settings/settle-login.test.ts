import { describe, expect, it } from 'vitest';
import { createJournal } from '../../src/commands/journal.ts';
import { UsageError } from '../../src/errors.ts';
import { settleLogin } from '../../src/settings/settle-login.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';
import { readOptions } from './read-options.ts';

const least = ['--issuer', 'https://a.example', '--client-id', 'app'];

function settle(argv: readonly string[], options: TestContextOptions = {}) {
  const journal = createJournal();
  const { context } = createTestContext(options);
  return { settled: settleLogin(readOptions(argv, options.env), { context, journal }), journal };
}

const settings = (argv: readonly string[], options?: TestContextOptions) =>
  settle([...least, ...argv], options).settled;

describe('the settings of a login', () => {
  it('have a default for everything but server and client', async () => {
    expect(await settings([])).toEqual({
      server: { issuer: 'https://a.example', given: {} },
      client: { credentials: { clientId: 'app', hasCertificate: false } },
      redirect: { uri: 'http://127.0.0.1:8378/callback', ports: [8378] },
      request: { scope: [], resources: [], overrides: [] },
      tokenOverrides: [],
      state: undefined,
      nonce: undefined,
      pkce: 'S256',
      browser: undefined,
      browserTimeoutSeconds: 300,
      acceptsPaste: false,
      unattended: undefined,
      userinfo: true,
      clockToleranceSeconds: 5,
      waived: new Set(),
    });
  });

  it('take every option', async () => {
    const argv = [
      ...[
        '--scope',
        'openid',
        '--scope',
        'profile email',
        '--resource',
        'https://a.example/',
        '--resource',
        'urn:x:y',
      ],
      ...['--audience', 'api', '--prompt', 'login consent', '--login-hint', 'alice', '--max-age', '0'],
      ...['--acr-values', '1 2', '--ui-locales', 'fr en', '--claims', '{"id_token":{}}'],
      ...['--authorization-details', '[]', '--response-mode', 'form_post'],
      ...['--param', 'a=1', '--param', 'b=', '--param', 'c', '--token-param', 'd=2'],
      ...['--state', 'off', '--nonce', 'n', '--pkce', 'plain', '--browser', 'firefox %s'],
      ...['--browser-timeout', '60', '--no-userinfo', '--clock-tolerance', '0.5', '--no-verify', 'iss'],
    ];
    expect(await settings(argv, { stdinIsTTY: true })).toMatchObject({
      request: {
        scope: ['openid', 'profile', 'email'],
        resources: ['https://a.example/', 'urn:x:y'],
        audience: 'api',
        prompt: 'login consent',
        loginHint: 'alice',
        maxAgeSeconds: 0,
        acrValues: '1 2',
        uiLocales: 'fr en',
        claims: '{"id_token":{}}',
        authorizationDetails: '[]',
        responseMode: 'form_post',
        overrides: [
          { type: 'set', name: 'a', value: '1' },
          { type: 'set', name: 'b', value: '' },
          { type: 'remove', name: 'c' },
        ],
      },
      tokenOverrides: [{ type: 'set', name: 'd', value: '2' }],
      state: 'off',
      nonce: 'n',
      pkce: 'plain',
      browser: 'firefox %s',
      browserTimeoutSeconds: 60,
      acceptsPaste: true,
      userinfo: false,
      clockToleranceSeconds: 0.5,
      waived: new Set(['iss']),
    });
  });

  it.each<[string[], Record<string, string>, string | undefined]>([
    [['--no-browser'], {}, 'off'],
    [['--browser', 'firefox'], {}, 'firefox'],
    [['--browser', 'firefox', '--no-browser'], {}, 'off'],
    [['--no-browser', '--browser', 'firefox'], {}, 'firefox'],
    [['--browser', 'firefox'], { OAUTH_CODE_NO_BROWSER: '1' }, 'firefox'],
    [['--no-browser'], { OAUTH_CODE_BROWSER: 'firefox' }, 'off'],
    [[], { OAUTH_CODE_BROWSER: 'firefox' }, 'firefox'],
    [[], { OAUTH_CODE_NO_BROWSER: '1' }, 'off'],
    [[], { OAUTH_CODE_NO_BROWSER: '0' }, undefined],
  ])('open the browser that %j and %o say: %s', async (argv, env, browser) => {
    expect((await settings(argv, { env })).browser).toBe(browser);
  });

  it('read no terminal that is none, or that is not to be read', async () => {
    expect((await settings([], { stdinIsTTY: true })).acceptsPaste).toBe(true);
    expect((await settings(['--no-input'], { stdinIsTTY: true })).acceptsPaste).toBe(false);
    expect((await settings([], { stdinIsTTY: true, env: { OAUTH_CODE_NO_INPUT: '1' } })).acceptsPaste).toBe(
      false,
    );
  });

  it.each<[string, string[], TestContextOptions, string | undefined]>([
    ['nothing may be asked', ['--no-input'], { stdinIsTTY: true }, 'nothing may be asked (--no-input)'],
    ['there is a terminal', [], { stdinIsTTY: true }, undefined],
    // A log, a parent process or a person behind a pipe may open the URL.
    ['there is none', [], {}, undefined],
  ])('know whether somebody may open the URL when %s', async (_, argv, options, expected) => {
    expect((await settings(argv, options)).unattended).toBe(expected);
  });

  it.each<[string[], Record<string, string>, string[]]>([
    [['--no-verify', 'iss', '--no-verify', 'id-token-nonce'], {}, ['iss', 'id-token-nonce']],
    [['--no-verify', 'id_token_nonce'], {}, ['id-token-nonce']],
    [['--no-verify', 'iss,state'], {}, ['iss', 'state']],
    [[], { OAUTH_CODE_NO_VERIFY: 'iss, state\nid-token-exp' }, ['iss', 'state', 'id-token-exp']],
  ])('waive the checks of %j and %o', async (argv, env, waived) => {
    expect((await settings(argv, { env })).waived).toEqual(new Set(waived));
  });

  it('keep quiet about a secret that is given as a parameter', async () => {
    const { settled, journal } = settle([
      ...least,
      ...[
        '--token-param',
        'client_secret=hidden-1',
        '--token-param',
        'audience=shown',
        '--token-param',
        'code=',
      ],
      ...['--param', 'id_token_hint=hidden-2', '--param', 'request'],
    ]);
    await settled;
    expect(journal.secrets).toEqual([
      { kind: 'id_token_hint', value: 'hidden-2' },
      { kind: 'client_secret', value: 'hidden-1' },
    ]);
  });

  it('need no issuer with both endpoints', async () => {
    const argv = [
      ...[
        '--authorization-endpoint',
        'https://a.example/authorize',
        '--token-endpoint',
        'https://a.example/token',
      ],
      ...['--client-id', 'app'],
    ];
    expect((await settle(argv).settled).server).not.toHaveProperty('issuer');
  });
});

describe('what keeps a login from being settled', () => {
  it.each<[string, string[], Record<string, string>, RegExp, RegExp]>([
    [
      'nothing at all',
      [],
      {},
      /^No authorization server was given\.$/,
      /--issuer URL.*--client-id ID.*oauth-code demo/s,
    ],
    ['no client', ['--issuer', 'https://a.example'], {}, /^No client identifier/, /--client-id/],
    ['no server', ['--client-id', 'app'], {}, /^No authorization server/, /--issuer URL/],
    [
      'half a server',
      ['--client-id', 'app', '--token-endpoint', 'https://a.example/t'],
      {},
      /^No authorization server/,
      /--authorization-endpoint URL is missing/,
    ],
    [
      'the other half',
      ['--client-id', 'app', '--authorization-endpoint', 'https://a.example/a'],
      {},
      /^No authorization server/,
      /--token-endpoint URL is missing/,
    ],
    [
      'a resource with a fragment',
      [...least, '--resource', 'https://a.example/#x'],
      {},
      /^--resource is no absolute URI/,
      /RFC 8707/,
    ],
    [
      'a relative resource',
      [...least, '--resource', 'api'],
      {},
      /^--resource is no absolute URI.*: api$/,
      /RFC 8707/,
    ],
    [
      'a resource in a variable',
      least,
      { OAUTH_CODE_RESOURCE: 'api' },
      /^OAUTH_CODE_RESOURCE is no absolute/,
      /RFC 8707/,
    ],
    [
      'claims that are no JSON',
      [...least, '--claims', '{email}'],
      {},
      /^--claims is not JSON\.$/,
      /--claims '\{"id_token"/,
    ],
    [
      'details that are no JSON',
      [...least, '--authorization-details', 'x'],
      {},
      /^--authorization-details is not/,
      /payment/,
    ],
    [
      'a parameter without name',
      [...least, '--param', '=secret-7f'],
      {},
      /^--param names no parameter\.$/,
      /name=value/,
    ],
    [
      'a token parameter without name',
      [...least, '--token-param', '=secret-7f'],
      {},
      /^--token-param names no/,
      /name=value/,
    ],
    [
      'a mistyped check',
      [...least, '--no-verify', 'id-token-nonse'],
      {},
      /^--no-verify names no check: id-token-nonse$/,
      /^Did you mean id-token-nonce\?$/,
    ],
    [
      'an unknown check',
      [...least, '--no-verify', 'everything-there-is'],
      {},
      /names no check/,
      /ids in --json/,
    ],
    [
      'an unknown check in a variable',
      least,
      { OAUTH_CODE_NO_VERIFY: 'iss,nothing-like-it' },
      /^OAUTH_CODE_NO_VERIFY names no check: nothing-like-it$/,
      /ids/,
    ],
    [
      'no time for the browser',
      [...least, '--browser-timeout', '0'],
      {},
      /^--browser-timeout is "0"/,
      /from 1 to/,
    ],
    ['an odd age', [...least, '--max-age', 'soon'], {}, /^--max-age is "soon"/, /whole number/],
  ])('%s', async (_, argv, env, message, hint) => {
    const error = await settle(argv, { env }).settled.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(JSON.stringify(error) + String(error)).not.toContain('secret-7f');
  });
});
