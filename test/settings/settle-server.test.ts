import { describe, expect, it } from 'vitest';
import { ConfigError, UsageError } from '../../src/errors.ts';
import { guessUrl, settleConnection, settleScope, settleServer } from '../../src/settings/settle-server.ts';
import { createTestContext } from '../fakes/context.ts';
import { pkcs12File } from '../fakes/pkcs12-files.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';
import { readOptions } from './read-options.ts';

const settle = (argv: readonly string[], env: Record<string, string> = {}) =>
  settleServer(readOptions(argv, env));

describe('which authorization server is meant', () => {
  it.each<[string, string[], object]>([
    ['none', [], { given: {} }],
    [
      'an issuer, octet by octet',
      ['--issuer', 'https://A.example/x/'],
      { issuer: 'https://A.example/x/', given: {} },
    ],
    [
      'white space around it is nobody’s issuer',
      ['--issuer', ' https://a.example\n'],
      { issuer: 'https://a.example', given: {} },
    ],
    ['loopback', ['--issuer', 'http://[::1]:9400'], { issuer: 'http://[::1]:9400', given: {} }],
    [
      'the address of its metadata',
      ['--issuer', 'https://a.example/t/.well-known/openid-configuration'],
      { metadataUrl: 'https://a.example/t/.well-known/openid-configuration', given: {} },
    ],
    [
      'the address of its metadata, as in RFC 8414',
      ['--issuer', 'https://a.example/.well-known/oauth-authorization-server/t'],
      { metadataUrl: 'https://a.example/.well-known/oauth-authorization-server/t', given: {} },
    ],
    [
      'a document elsewhere',
      ['--metadata-url', 'https://a.example/meta?p=1', '--issuer', 'https://a.example'],
      { issuer: 'https://a.example', metadataUrl: 'https://a.example/meta?p=1', given: {} },
    ],
    [
      'single endpoints',
      [
        ...['--authorization-endpoint', 'https://a.example/authorize?x=1'],
        ...['--token-endpoint', 'https://a.example/token'],
        ...['--jwks-uri', 'https://a.example/jwks'],
        ...['--userinfo-endpoint', 'https://a.example/me'],
      ],
      {
        given: {
          authorization_endpoint: 'https://a.example/authorize?x=1',
          token_endpoint: 'https://a.example/token',
          jwks_uri: 'https://a.example/jwks',
          userinfo_endpoint: 'https://a.example/me',
        },
      },
    ],
  ])('%s', (_, argv, expected) => {
    expect(settle(argv)).toEqual(expected);
  });

  it('can be said by a variable', () => {
    expect(settle([], { OAUTH_CODE_ISSUER: 'https://a.example' }).issuer).toBe('https://a.example');
  });

  it.each<[string[], Record<string, string>, string, string]>([
    [
      ['--issuer', 'login.example.com'],
      {},
      '--issuer is not an http or https URL: login.example.com',
      'Did you mean https://login.example.com?',
    ],
    [
      ['--issuer', 'https:/login.example.com'],
      {},
      '--issuer is not an http or https URL',
      'Did you mean https://login.example.com?',
    ],
    [
      ['--issuer', 'ftp://login.example.com'],
      {},
      '--issuer is not an http',
      'Did you mean https://login.example.com?',
    ],
    [
      ['--issuer', 'localhost:9400'],
      {},
      '--issuer is not an http or https URL: localhost:9400',
      'Did you mean http://localhost:9400?',
    ],
    [['--token-endpoint', '/token'], {}, '--token-endpoint is not an http', 'Did you mean https://token?'],
    [
      ['--issuer', 'https://a b'],
      {},
      '--issuer is not an http',
      'Give an absolute URL, such as https://login.example.com.',
    ],
    [['--issuer', 'https:\\\\a.example'], {}, '--issuer is not an http', ''],
    [[], { OAUTH_CODE_JWKS_URI: 'keys' }, 'OAUTH_CODE_JWKS_URI is not an http', 'Did you mean https://keys?'],
  ])('is refused with a way on: %j with %o', (argv, env, message, hint) => {
    let error: unknown;
    try {
      settle(argv, env);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    });
  });
});

describe('the scopes', () => {
  it.each<[string[], string[]]>([
    [[], []],
    [
      ['--scope', 'openid profile', '--scope', 'email openid'],
      ['openid', 'profile', 'email'],
    ],
    [['--scope', '  '], []],
  ])('of %j are %j', (argv, scopes) => {
    expect(settleScope(readOptions(argv))).toEqual(scopes);
  });

  it('can be separated by spaces or lines in a variable', () => {
    const options = readOptions([], { OAUTH_CODE_SCOPE: 'openid profile\nemail' });
    expect(settleScope(options)).toEqual(['openid', 'profile', 'email']);
  });
});

describe('the URL that was probably meant', () => {
  it.each([
    ['login.example.com', 'https://login.example.com'],
    ['localhost:9400/me', 'http://localhost:9400/me'],
    ['127.0.0.1:8080/x', 'http://127.0.0.1:8080/x'],
    ['[::1]:8080/x', 'http://[::1]:8080/x'],
    ['localhost.example.com/x', 'https://localhost.example.com/x'],
    ['127.0.0.1.example.com', 'https://127.0.0.1.example.com'],
    ['ftp://a.example/x', 'https://a.example/x'],
    ['//a.example', 'https://a.example'],
  ])('by %s is %s', (text, expected) => {
    expect(guessUrl(text)).toBe(expected);
  });

  it.each(['', 'two words', '/'])('by %j is nothing', (text) => {
    expect(guessUrl(text)).toBeUndefined();
  });
});

const files = { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY' };
const connection = (argv: readonly string[], env: Record<string, string> = {}) =>
  settleConnection(readOptions(argv, env), createTestContext({ files, env }).context);

describe('how servers are reached', () => {
  it.each<[string[], Record<string, string>, object]>([
    [[], {}, { timeoutSeconds: 30 }],
    [['--timeout', '0.5'], {}, { timeoutSeconds: 0.5 }],
    [[], { OAUTH_CODE_TIMEOUT: '5' }, { timeoutSeconds: 5 }],
    [['--ca-file', 'ca.pem'], {}, { timeoutSeconds: 30, ca: 'CA' }],
    [
      ['--cert', 'cert.pem', '--key', 'key.pem'],
      {},
      { timeoutSeconds: 30, clientCertificate: { cert: 'CERT', key: 'KEY' } },
    ],
    [['--proxy', 'http://proxy:3128'], {}, { timeoutSeconds: 30, proxy: 'http://proxy:3128' }],
  ])('%j with %o', async (argv, env, expected) => {
    expect(await connection(argv, env)).toEqual(expected);
  });

  it.each<[string[], Record<string, string>, RegExp]>([
    [['--cert', 'cert.pem'], {}, /^--cert needs --key too\.$/],
    [['--key', 'key.pem'], {}, /^--key needs --cert too\.$/],
    [['--timeout', '0'], {}, /^--timeout is "0"\.$/],
    [['--timeout', 'soon'], {}, /^--timeout is "soon"\.$/],
    [[], { OAUTH_CODE_TIMEOUT: '1e9' }, /^OAUTH_CODE_TIMEOUT is "1e9"\.$/],
  ])('is refused: %j with %o', async (argv, env, message) => {
    const refused = connection(argv, env);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
  });

  it.each<[string[], Record<string, string>, RegExp]>([
    [
      ['--ca-file', 'none.pem'],
      {},
      /^--ca-file names this file; it has to hold the certificates to trust, in PEM\. A relative/,
    ],
    [
      [],
      { OAUTH_CODE_CA_FILE: '/none.pem' },
      /^OAUTH_CODE_CA_FILE names this file; it has to hold .* PEM\.$/,
    ],
    [
      ['--cert', 'none.pem', '--key', 'key.pem'],
      {},
      /^--cert names this file; it has to hold a TLS client certificate/,
    ],
    [
      ['--cert', 'cert.pem', '--key', 'none.pem'],
      {},
      /^--key names this file; it has to hold the private key/,
    ],
  ])('says who named a file that cannot be read: %j with %o', async (argv, env, hint) => {
    const refused = connection(argv, env);
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/^Cannot read \/?none\.pem: there is no such file\.$/),
      hint: expect.stringMatching(hint),
    });
  });
});

describe('the TLS client certificate', () => {
  const { cert, key, privateKey } = issueCertificate({ name: 'client' });
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'sesame' };
  const given = {
    'c.pem': cert,
    'both.pem': `${cert}${key}`,
    'k.pem': privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString(),
    'aes.p12': pkcs12File('aes'),
    'open.pfx': pkcs12File('open'),
    'rc2.p12': pkcs12File('rc2'),
    'torn.p12': pkcs12File('aes').subarray(0, 200),
  };
  const env = { RIGHT: 'sesame', WRONG: 'barley' };
  const identity = async (argv: readonly string[]) =>
    (await settleConnection(readOptions(argv, env), createTestContext({ files: given, env }).context))
      .clientCertificate;
  const right = ['--key-passphrase-env', 'RIGHT'];

  it.each<[string, string[], object]>([
    ['two files, the key with a passphrase', ['--cert', 'c.pem', '--key', 'k.pem', ...right], { cert, key }],
    ['one file', ['--cert', 'both.pem'], { cert: `${cert}${key}`, key: `${cert}${key}` }],
    ['PKCS #12', ['--cert', 'aes.p12', ...right], { pfx: pkcs12File('aes'), passphrase: 'sesame' }],
    ['PKCS #12 without a passphrase', ['--cert', 'open.pfx'], { pfx: pkcs12File('open'), passphrase: '' }],
  ])('is read from %s', async (_, argv, expected) => {
    expect(await identity(argv)).toEqual(expected);
  });

  it.each<[string, string[], string, RegExp, RegExp]>([
    [
      'a key without its passphrase',
      ['--cert', 'c.pem', '--key', 'k.pem'],
      'usage',
      /k\.pem is encrypted/,
      /--key-passphrase-env/,
    ],
    [
      'PKCS #12 without its passphrase',
      ['--cert', 'aes.p12'],
      'usage',
      /aes\.p12 is encrypted/,
      /--key-passphrase-env/,
    ],
    [
      'a wrong passphrase',
      ['--cert', 'aes.p12', '--key-passphrase-env', 'WRONG'],
      'config',
      /--key-passphrase-env does not open aes\.p12/,
      /--cert names/,
    ],
    [
      'old encryption',
      ['--cert', 'rc2.p12', ...right],
      'config',
      /old way \(RC2\)/,
      /openssl pkcs12 -legacy -in rc2\.p12/,
    ],
    [
      'a torn file',
      ['--cert', 'torn.p12', ...right],
      'config',
      /does not hold a usable certificate/,
      /--cert names/,
    ],
  ])('is refused for %s', async (_, argv, code, message, hint) => {
    await expect(identity(argv)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });
});
