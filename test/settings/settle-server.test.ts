import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { settleScope, settleServer } from '../../src/settings/settle-server.ts';
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
