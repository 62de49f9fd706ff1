import { describe, expect, it } from 'vitest';
import { createJournal } from '../../src/commands/journal.ts';
import { ConfigError, UsageError } from '../../src/errors.ts';
import { settleLogin, settleRedirect } from '../../src/settings/settle-login.ts';
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
      redirect: { uri: 'http://127.0.0.1:8378/callback', ports: [8378], further: expect.any(Function) },
      request: { scope: [], resources: [], overrides: [] },
      delivery: {},
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
      idToken: { trustedAudiences: [] },
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
      ...['--trust-audience', 'api', '--trust-audience', 'a b', '--id-token-alg', 'ES256'],
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
      idToken: { trustedAudiences: ['api', 'a b'], registeredAlgorithm: 'ES256' },
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

  it.each<[string[], Record<string, string>, object]>([
    [['--par'], {}, { pushed: true }],
    [['--no-par'], { OAUTH_CODE_PAR: '1' }, { pushed: false }],
    [[], { OAUTH_CODE_PAR: '1' }, { pushed: true }],
    [[], { OAUTH_CODE_PAR: '0' }, { pushed: false }],
    [[], { OAUTH_CODE_NO_PAR: '1' }, { pushed: false }],
    [['--request-object-encryption', 'auto'], {}, { object: { signed: false, encryption: {} } }],
    [
      ['--par', '--request-object-encryption', 'ECDH-ES/A128GCM'],
      {},
      { pushed: true, object: { signed: false, encryption: { alg: 'ECDH-ES', enc: 'A128GCM' } } },
    ],
    [['--request-object', '--client-secret-env', 'S'], { S: 'a secret' }, { object: { signed: true } }],
  ])('deliver the request as %j and %o say', async (argv, env, delivery) => {
    expect((await settings(argv, { env })).delivery).toEqual(delivery);
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
    const { settled, journal } = settle(
      [...least, '--param', 'id_token_hint=hidden-2', '--param', 'request'],
      { env: { OAUTH_CODE_TOKEN_PARAM: 'client_secret=hidden-1\naudience=shown\ncode=' } },
    );
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

  it.each([
    ['device', 'device-authorization'],
    ['ciba', 'backchannel-authentication'],
  ])('need no issuer and no authorization endpoint with those of --flow %s', async (flow, name) => {
    const endpoints = [
      `--${name}-endpoint`,
      'https://a.example/b',
      '--token-endpoint',
      'https://a.example/t',
    ];
    const { server } = await settle(['--flow', flow, ...endpoints, '--client-id', 'app']).settled;
    expect(server).not.toHaveProperty('issuer');
  });

  it.each([
    ['http://127.0.0.1/ping', 80],
    ['https://127.0.0.1/ping', 443],
    ['https://127.0.0.1:8391/ping', 8391],
  ])('listen for the ping at %s on port %d', async (uri, port) => {
    const { notification } = await settings(['--flow', 'ciba', '--notification-uri', uri]);
    expect(notification).toEqual({ uri, ports: [port] });
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
    ...['none', 'rs256'].map((alg): [string, string[], Record<string, string>, RegExp, RegExp] => [
      `an ID token that is signed with ${alg}`,
      ['--issuer', 'https://a.example', '--client-id', 'app', '--id-token-alg', alg],
      {},
      /^--id-token-alg is "(none|rs256)"/,
      /RS256/,
    ]),
    ['no client', ['--issuer', 'https://a.example'], {}, /^No client identifier/, /--client-id/],
    ['no server', ['--client-id', 'app'], {}, /^No authorization server/, /--issuer URL/],
    [
      'half a server',
      ['--client-id', 'app', '--token-endpoint', 'https://a.example/t'],
      {},
      /^No authorization server/,
      /--authorization-endpoint URL is missing/,
    ],
    ...(['device-authorization', 'backchannel-authentication'] as const).flatMap(
      (name): [string, string[], Record<string, string>, RegExp, RegExp][] => [
        [
          `a server of --flow ${name} without that endpoint`,
          ['--flow', name === 'device-authorization' ? 'device' : 'ciba', '--client-id', 'app'],
          {},
          /^No authorization server/,
          new RegExp(`needs --${name}-endpoint URL and --token-endpoint URL\\.`),
        ],
        [
          `half a server of --flow ${name}`,
          [
            ...['--flow', name === 'device-authorization' ? 'device' : 'ciba', '--client-id', 'app'],
            ...['--token-endpoint', 'https://a.example/t'],
          ],
          {},
          /^No authorization server/,
          new RegExp(`--${name}-endpoint URL is missing`),
        ],
      ],
    ),
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
      /^--resource is not an absolute URI/,
      /RFC 8707/,
    ],
    [
      'a relative resource',
      [...least, '--resource', 'api'],
      {},
      /^--resource is not an absolute URI.*: api$/,
      /RFC 8707/,
    ],
    [
      'a resource in a variable',
      least,
      { OAUTH_CODE_RESOURCE: 'api' },
      /^OAUTH_CODE_RESOURCE is not an absolute/,
      /RFC 8707/,
    ],
    [
      'claims that are not JSON',
      [...least, '--claims', '{email}'],
      {},
      /^--claims is not JSON\.$/,
      /--claims '\{"id_token"/,
    ],
    [
      'details that are not JSON',
      [...least, '--authorization-details', 'x'],
      {},
      /^--authorization-details is not/,
      /payment/,
    ],
    [
      'claims that are not an object',
      [...least, '--claims', '["email"]'],
      {},
      /^--claims is not a JSON object \(OIDC Core §5\.5\)\.$/,
      /--claims '\{"id_token"/,
    ],
    ...['{"a":1}', '"payment"', 'null', '[1]', '[{"a":1}]', '[{"type":1}]'].map(
      (details): [string, string[], Record<string, string>, RegExp, RegExp] => [
        `details that are ${details}`,
        [...least, '--authorization-details', details],
        {},
        /^--authorization-details is not a JSON array of objects that each have a type \(RFC 9396 §2\)\.$/,
        /--authorization-details '\[\{"type":"payment"\}\]'/,
      ],
    ),
    [
      'a parameter without name',
      [...least, '--param', '=secret-7f'],
      {},
      /^--param has no parameter name\.$/,
      /name=value/,
    ],
    [
      'a token parameter without name',
      [...least, '--token-param', '=secret-7f'],
      {},
      /^--token-param has no/,
      /name=value/,
    ],
    [
      'a mistyped check',
      [...least, '--no-verify', 'id-token-nonse'],
      {},
      /^Unknown check in --no-verify: id-token-nonse$/,
      /^Did you mean id-token-nonce\?$/,
    ],
    [
      'an unknown check',
      [...least, '--no-verify', 'everything-there-is'],
      {},
      /Unknown check/,
      /help checks/,
    ],
    [
      'an unknown check in a variable',
      least,
      { OAUTH_CODE_NO_VERIFY: 'iss,nothing-like-it' },
      /^Unknown check in OAUTH_CODE_NO_VERIFY: nothing-like-it$/,
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

const redirect = (argv: readonly string[], options: TestContextOptions = {}) =>
  settleRedirect(readOptions(argv, options.env), createTestContext(options).context);

const pem = { 'cert.pem': 'CERT', 'key.pem': 'KEY' };

describe('where the answer is to arrive', () => {
  it.each<[string, string[], object]>([
    ['the default', [], { uri: 'http://127.0.0.1:8378/callback', ports: [8378] }],
    ['another port', ['--port', '9000'], { uri: 'http://127.0.0.1:9000/callback', ports: [9000] }],
    [
      'several ports in order',
      ['--port', '9000, 9001,0'],
      { uri: 'http://127.0.0.1:9000/callback', ports: [9000, 9001, 0] },
    ],
    ['any port', ['--port', '0'], { uri: 'http://127.0.0.1:0/callback', ports: [0] }],
    [
      'any port by the URI',
      ['--redirect-uri', 'http://localhost:0/cb'],
      { uri: 'http://localhost:0/cb', ports: [0] },
    ],
    ['any port on IPv6', ['--redirect-uri', 'http://[::1]:0'], { uri: 'http://[::1]:0', ports: [0] }],
    [
      'a path that looks like a port',
      ['--redirect-uri', 'http://127.0.0.1:8378/a:0/b'],
      { uri: 'http://127.0.0.1:8378/a:0/b', ports: [8378] },
    ],
    [
      'a query that looks like a port',
      ['--redirect-uri', 'http://127.0.0.1:8378/cb?x=:0/'],
      { uri: 'http://127.0.0.1:8378/cb?x=:0/', ports: [8378] },
    ],
    [
      'the port of http',
      ['--redirect-uri', 'http://localhost/cb'],
      { uri: 'http://localhost/cb', ports: [80] },
    ],
    [
      'the port of https',
      ['--redirect-uri', 'https://localhost/cb'],
      { uri: 'https://localhost/cb', ports: [443] },
    ],
    [
      'https with another port',
      ['--redirect-uri', 'https://localhost/cb', '--port', '8443'],
      { uri: 'https://localhost:8443/cb', ports: [8443] },
    ],
    [
      'IPv6 with another port',
      ['--redirect-uri', 'https://[::1]:1/cb', '--port', '8443'],
      { uri: 'https://[::1]:8443/cb', ports: [8443] },
    ],
    [
      'bound elsewhere',
      ['--listen', '0.0.0.0:80'],
      { uri: 'http://127.0.0.1:8378/callback', ports: [8378], bind: { address: '0.0.0.0', port: 80 } },
    ],
    [
      'bound elsewhere, advertised with another port',
      ['--listen', '0.0.0.0:80', '--port', '9000'],
      { uri: 'http://127.0.0.1:9000/callback', ports: [9000], bind: { address: '0.0.0.0', port: 80 } },
    ],
    [
      'bound on IPv6',
      ['--listen', '[::]:8378'],
      { uri: 'http://127.0.0.1:8378/callback', ports: [8378], bind: { address: '::', port: 8378 } },
    ],
    [
      'behind a proxy',
      ['--redirect-uri', 'https://debug.example.com/cb', '--listen', 'localhost:8080'],
      { uri: 'https://debug.example.com/cb', ports: [443], bind: { address: 'localhost', port: 8080 } },
    ],
    [
      'with a certificate',
      ['--tls-cert', 'cert.pem', '--tls-key', 'key.pem'],
      { uri: 'http://127.0.0.1:8378/callback', ports: [8378], tls: { cert: 'CERT', key: 'KEY' } },
    ],
  ])('%s', async (_, argv, expected) => {
    const { further: _further, ...settled } = await redirect(argv, { files: pem });
    expect(settled).toEqual(expected);
  });

  it.each([
    ['https://accounts.google.com', [8379, 8380]],
    ['https://sso.example.com/realms/main', [8379, 8380]],
    ['http://localhost:9400', [8379, 8380]],
    ['http://127.0.0.1:9400', [8379, 8380]],
    ['http://127.0.0.1:9401', []],
    ['https://as.example:9400', []],
    // The port floats for localhost alone, and the default is 127.0.0.1.
    ['https://login.microsoftonline.com/common/v2.0', []],
    ['https://dev-1.okta.com/oauth2/default', []],
    ['https://as.example', []],
  ])('of %s may use further ports where loopback ports float: %j', async (issuer, ports) => {
    const { further } = await redirect(['--issuer', issuer]);
    expect(await further?.()).toEqual(ports);
  });

  it('may use none where a resource is still to name its server', async () => {
    const { further } = await redirect([]);
    expect(await further?.()).toEqual([]);
  });

  it.each([
    ['--port', '8378'],
    ['--redirect-uri', 'http://127.0.0.1:8378/callback'],
    ['--listen', '127.0.0.1:8378'],
  ])('uses no port beside those that are named: %s %s', async (...argv) => {
    expect(await redirect(['--issuer', 'https://accounts.google.com', ...argv])).not.toHaveProperty(
      'further',
    );
  });

  it.each(['https://client.example.com/cb', 'com.example.app:/oauth2redirect', 'urn:ietf:wg:oauth:2.0:oob'])(
    'is nowhere here for %s, where only pasting is left',
    async (uri) => {
      expect(await redirect(['--redirect-uri', uri], { stdinIsTTY: true })).toEqual({ uri, ports: [] });
      for (const [argv, options] of [
        [[], {}],
        [['--no-input'], { stdinIsTTY: true }],
        [[], { stdinIsTTY: true, env: { OAUTH_CODE_NO_INPUT: '1' } }],
      ] as const) {
        const refused = redirect(['--redirect-uri', uri, ...argv], options);
        await expect(refused).rejects.toBeInstanceOf(UsageError);
        await expect(refused).rejects.toMatchObject({
          message: `${uri} does not lead to this machine, and there is no terminal to paste the answer into.`,
          hint: expect.stringContaining('--listen ADDRESS:PORT'),
        });
      }
    },
  );
});

describe('what cannot be where the answer arrives', () => {
  it.each<[string[], Record<string, string>, RegExp]>([
    [
      ['--redirect-uri', '127.0.0.1:8378/callback'],
      {},
      /^--redirect-uri is not an absolute URI without a fragment: 127/,
    ],
    [
      ['--redirect-uri', 'http://127.0.0.1/cb#x'],
      {},
      /^--redirect-uri is not an absolute URI without a fragment/,
    ],
    [[], { OAUTH_CODE_REDIRECT_URI: '/callback' }, /^OAUTH_CODE_REDIRECT_URI is not an absolute URI/],
    [['--redirect-uri', 'app:/cb', '--listen', '127.0.0.1:1'], {}, /^--listen cannot serve app:\/cb/],
    [['--port', '65536'], {}, /^--port is "65536"\.$/],
    [['--port', '8378,'], {}, /^--port is "8378,"\.$/],
    [['--port', '-1'], {}, /^--port is "-1"\.$/],
    [['--port', 'http'], {}, /^--port is "http"\.$/],
    [[], { OAUTH_CODE_PORT: 'x' }, /^OAUTH_CODE_PORT is "x"\.$/],
    [['--listen', '8378'], {}, /^--listen is "8378"\.$/],
    [['--listen', ':8378'], {}, /^--listen is ":8378"\.$/],
    [['--listen', '::1:8378'], {}, /^--listen is "::1:8378"\.$/],
    [['--listen', '127.0.0.1:99999'], {}, /^--listen is "127\.0\.0\.1:99999"\.$/],
    [['--tls-cert', 'cert.pem'], {}, /^--tls-cert needs --tls-key too\.$/],
    [['--tls-key', 'key.pem'], {}, /^--tls-key needs --tls-cert too\.$/],
  ])('%j with %o', async (argv, env, message) => {
    const refused = redirect(argv, { env, files: pem });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
  });

  it('is a certificate that cannot be read', async () => {
    const argv = ['--tls-cert', 'no-such-file.pem', '--tls-key', 'key.pem'];
    await expect(redirect(argv, { files: pem })).rejects.toBeInstanceOf(ConfigError);
  });
});

describe('a response mode that login does not read', () => {
  it.each(['nonsense', 'Query', 'jwt.query'])('%s is refused with those it reads', (mode) => {
    const refused = () => readOptions([...least, '--response-mode', mode]);
    expect(refused).toThrow(`--response-mode is "${mode}", an unknown value.`);
    expect(refused).toThrow(
      expect.objectContaining({ hint: expect.stringMatching(/query\.jwt, .*--param response_mode=MODE/) }),
    );
  });

  it.each(['query', 'fragment.jwt'])('%s is taken', (mode) => {
    expect(readOptions([...least, '--response-mode', mode]).text('response-mode')).toBe(mode);
  });
});
