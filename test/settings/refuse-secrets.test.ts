import { describe, expect, it } from 'vitest';
import { createJournal } from '../../src/commands/journal.ts';
import { UsageError } from '../../src/errors.ts';
import { settleLogin } from '../../src/settings/settle-login.ts';
import { settleConnection } from '../../src/settings/settle-server.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';
import { readOptions } from './read-options.ts';

const secret = 'hunter22-secret';
const endpoints = ['--authorization-endpoint', 'https://a.example/auth', '--token-endpoint'];

async function refusal(argv: readonly string[], options: TestContextOptions = {}) {
  const { context } = createTestContext(options);
  const reader = readOptions(['--issuer', 'https://a.example', '--client-id', 'app', ...argv], options.env);
  const settle = async () => {
    await settleConnection(reader, context);
    return settleLogin(reader, { context, journal: createJournal() });
  };
  return settle().then(
    () => undefined,
    (error: unknown) => error as UsageError,
  );
}

describe('a secret that would stand in a URL', () => {
  it.each<[string[], Record<string, string>, RegExp, RegExp]>([
    [['--param', `client_secret=${secret}`], {}, /^--param gives the client_secret/, /--client-secret-file/],
    [['--param', `Client-Secret=${secret}`], {}, /^--param gives the Client-Secret/, /^Leave it out\.$/],
    [['--param', 'a=b', '--param', `password=${secret}`], {}, /the password,/, /^Leave it out\.$/],
    [['--param', `client_assertion=${secret}`], {}, /the client_assertion,/, /--assertion-from/],
    [['--param', `code_verifier=${secret}`], {}, /the code_verifier,/, /the token request/],
    [['--param', `refresh_token=${secret}`], {}, /the refresh_token,/, /Leave it out/],
    [['--param', `access_token=${secret}`], {}, /the access_token,/, /--access-token-file/],
    [['--param', `app_secret=${secret}`], {}, /the app_secret,/, /Leave it out/],
    [
      [],
      { OAUTH_CODE_PARAM: `a=b\nclient_secret=${secret}` },
      /^OAUTH_CODE_PARAM gives/,
      /client-secret-env/,
    ],
    [
      [...endpoints, `https://a.example/token?client_secret=${secret}`],
      {},
      /^--token-endpoint gives the client_secret/,
      /--client-secret-file/,
    ],
    [['--redirect-uri', `http://127.0.0.1/cb?password=${secret}`], {}, /^--redirect-uri gives the pass/, /./],
    [['--resource', `https://a.example/?api_key=${secret}`], {}, /^--resource gives the api_key/, /./],
    [['--userinfo-endpoint', `https://a.example/me?access%5Ftoken=${secret}`], {}, /the access_token/, /./],
  ])('is refused: %j %j', async (argv, env, message, hint) => {
    const error = await refusal(argv, { env });
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(String(error) + JSON.stringify(error)).not.toContain(secret);
  });

  it.each([
    ['--param', 'id_token_hint=e30.e30.AA'],
    ['--param', 'request=e30.e30.AA'],
    ['--param', 'client_secret='],
    ['--param', 'client_secret'],
    ['--token-endpoint', 'https://a.example/token?api-version=1&p=B2C_1_login'],
  ])('is not %s %s', async (...argv) => {
    expect(await refusal(argv)).toBeUndefined();
  });
});

describe('a secret that is written on the command line', () => {
  it.each<[string[], RegExp, RegExp]>([
    [
      ['--token-param', `client_secret=${secret}`],
      /^The client_secret on/,
      /--client-secret-file.*or the var/,
    ],
    [['--token-param', `client_assertion=${secret}`], /^The client_assertion/, /--assertion-from/],
    [['--token-param', `password=${secret}`], /^The password/, /^Use the variable OAUTH_CODE_TOKEN_PARAM/],
    [['--token-param', `code=${secret}`], /^The code/, /OAUTH_CODE_TOKEN_PARAM/],
    [['--token-param', 'a=b', '--token-param', `subject_token=${secret}`], /subject_token/, /-token-file/],
    [['--issuer', `https://bob:${secret}@a.example`], /^--issuer holds a user name/, /before @/],
    [
      ['--token-endpoint', `ftp://bob:${secret}@a.example`],
      /^--token-endpoint is not an http/,
      /https:..a.example/,
    ],
    [['--proxy', `http://user:${secret}@proxy:3128`], /^The password of a proxy/, /OAUTH_CODE_PROXY/],
    [['--proxy', `user:${secret}@proxy:3128`], /^The password of a proxy/, /HTTPS_PROXY/],
    [['--client-secret-env', 'xK9d8f7A6s5D4f3G2h1JqW'], /does not name a variable/, /holds the secret/],
    [['--client-secret-file', 'xK9d8f7A6s5D4f3G2h1JqW'], /does not name a file/, /not shown/],
    [['--client-secret-file', 'xK9~8f7A6.D4f3G2h1JqWLkjh3gf'], /does not name a file/, /not shown/],
    [['--signing-key', '-----BEGIN PRIVATE KEY-----\nMIGHAgEA'], /does not name a file/, /private key/],
    [['--signing-key', '{"kty":"RSA","d":"MIGHAgEA"}'], /does not name a file/, /private key/],
    [['--ca-file', 'x', '--key', 'k', '--cert', '-----BEGIN X'], /Cannot read x/, /ca-file/],
  ])('is refused: %j', async (argv, message, hint) => {
    const error = await refusal(argv);
    expect(error).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    const said = String(error) + error?.hint;
    for (const one of [secret, 'xK9', 'MIGHAgEA']) expect(said).not.toContain(one);
  });

  it.each<[string[], Record<string, string>]>([
    [[], { OAUTH_CODE_TOKEN_PARAM: `client_secret=${secret}` }],
    [[], { OAUTH_CODE_PROXY: `http://user:${secret}@proxy:3128` }],
    [['--proxy', 'http://user@proxy:3128'], {}],
    [['--token-param', 'code_verifier', '--token-param', 'assertion='], {}],
  ])('is not %j %j', async (argv, env) => {
    expect(await refusal(argv, { env })).toBeUndefined();
  });
});
