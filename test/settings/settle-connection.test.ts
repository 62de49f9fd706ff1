import { describe, expect, it } from 'vitest';
import { ConfigError, UsageError } from '../../src/errors.ts';
import { settleConnection } from '../../src/settings/settle-server.ts';
import { createTestContext } from '../fakes/context.ts';
import { readOptions } from './read-options.ts';

const files = { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY' };
const settle = (argv: readonly string[], env: Record<string, string> = {}) =>
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
    expect(await settle(argv, env)).toEqual(expected);
  });

  it.each<[string[], Record<string, string>, RegExp]>([
    [['--cert', 'cert.pem'], {}, /^--cert needs --key too\.$/],
    [['--key', 'key.pem'], {}, /^--key needs --cert too\.$/],
    [['--timeout', '0'], {}, /^--timeout is "0"\.$/],
    [['--timeout', 'soon'], {}, /^--timeout is "soon"\.$/],
    [[], { OAUTH_CODE_TIMEOUT: '1e9' }, /^OAUTH_CODE_TIMEOUT is "1e9"\.$/],
  ])('is refused: %j with %o', async (argv, env, message) => {
    const refused = settle(argv, env);
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
  });

  it.each<[string[], Record<string, string>, RegExp]>([
    [
      ['--ca-file', 'none.pem'],
      {},
      /^--ca-file names it, and wants the certificates to trust, in PEM\. A relative/,
    ],
    [[], { OAUTH_CODE_CA_FILE: '/none.pem' }, /^OAUTH_CODE_CA_FILE names it, and wants .* PEM\.$/],
    [['--cert', 'none.pem', '--key', 'key.pem'], {}, /^--cert names it, and wants a TLS client certificate/],
    [['--cert', 'cert.pem', '--key', 'none.pem'], {}, /^--key names it, and wants the private key/],
  ])('says who named a file that cannot be read: %j with %o', async (argv, env, hint) => {
    const refused = settle(argv, env);
    await expect(refused).rejects.toBeInstanceOf(ConfigError);
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/^Cannot read \/?none\.pem: there is no such file\.$/),
      hint: expect.stringMatching(hint),
    });
  });
});
