import { describe, expect, it } from 'vitest';
import { ConfigError, UsageError } from '../../src/errors.ts';
import { settleRedirect } from '../../src/settings/settle-login.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';
import { readOptions } from './read-options.ts';

const settle = (argv: readonly string[], options: TestContextOptions = {}) =>
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
    expect(await settle(argv, { files: pem })).toEqual(expected);
  });

  it.each(['https://client.example.com/cb', 'com.example.app:/oauth2redirect', 'urn:ietf:wg:oauth:2.0:oob'])(
    'is nowhere here for %s, where only pasting is left',
    async (uri) => {
      expect(await settle(['--redirect-uri', uri], { stdinIsTTY: true })).toEqual({ uri, ports: [] });
      for (const [argv, options] of [
        [[], {}],
        [['--no-input'], { stdinIsTTY: true }],
        [[], { stdinIsTTY: true, env: { OAUTH_CODE_NO_INPUT: '1' } }],
      ] as const) {
        const refused = settle(['--redirect-uri', uri, ...argv], options);
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
      /^--redirect-uri is no absolute URI without a fragment: 127/,
    ],
    [
      ['--redirect-uri', 'http://127.0.0.1/cb#x'],
      {},
      /^--redirect-uri is no absolute URI without a fragment/,
    ],
    [[], { OAUTH_CODE_REDIRECT_URI: '/callback' }, /^OAUTH_CODE_REDIRECT_URI is no absolute URI/],
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
    const refused = settle(argv, { env, files: pem });
    await expect(refused).rejects.toThrow(message);
    await expect(refused).rejects.toBeInstanceOf(UsageError);
  });

  it('is a certificate that cannot be read', async () => {
    const argv = ['--tls-cert', 'no-such-file.pem', '--tls-key', 'key.pem'];
    await expect(settle(argv, { files: pem })).rejects.toBeInstanceOf(ConfigError);
  });
});
