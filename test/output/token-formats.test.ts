import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidResponseError, UsageError, ValidationError } from '../../src/errors.ts';
import {
  httpsHost,
  readExecInfo,
  readGitCredentialRequest,
  renderCurlConfig,
  renderEnv,
  renderExecCredential,
  renderGitCredential,
  renderGithubMasks,
  renderGithubOutput,
} from '../../src/output/token-formats.ts';
import { renderBareToken, renderHeader, type ShownToken } from '../../src/output/token-header.ts';

const shown = (accessToken: string, differing: Partial<ShownToken> = {}): ShownToken => ({
  accessToken,
  tokenType: 'Bearer',
  expiresAt: new Date('2026-11-20T12:00:00.789Z'),
  ...differing,
});
const visible = fc.string({
  unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
  minLength: 1,
});

describe('a token that could end a line or a header', () => {
  const renderers = [
    renderBareToken,
    renderHeader,
    renderEnv,
    renderCurlConfig,
    (token: ShownToken) => renderExecCredential(token, readExecInfo(undefined)),
    renderGithubMasks,
    (token: ShownToken) => renderGithubOutput(token, 'x'),
    (token: ShownToken) =>
      renderGitCredential(token, readGitCredentialRequest(''), { username: 'u', bearer: false }),
  ];
  it.each(['a\nb', 'a\r', 'a b', '', 'a\u0000', 'é', '\u202e'])('is refused everywhere: %j', (token) => {
    for (const render of renderers) expect(() => render(shown(token))).toThrow(InvalidResponseError);
  });
});

describe('a dotenv line', () => {
  it('is read back by Node', () => {
    fc.assert(
      fc.property(
        visible.filter((token) => !token.includes("'")),
        (token) => {
          expect(parseEnv(renderEnv(shown(token)))).toEqual({ OAUTH_CODE_ACCESS_TOKEN: token });
        },
      ),
    );
  });
  it('is refused for a token with a single quote', () => {
    expect(() => renderEnv(shown("a'b"))).toThrow(UsageError);
  });
});

describe('a curl configuration', () => {
  it('brings the token to the server as it is', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const tokens = ['plain', 'a"b\\c\\"d', "q'$(id)`x`", '\\n\\t\\\\'];
      for (const token of tokens) {
        await new Promise<void>((resolve, reject) => {
          const child = execFile('curl', ['-s', '-K', '-', url], (error) =>
            error ? reject(error) : resolve(),
          );
          child.stdin?.end(renderCurlConfig(shown(token)));
        });
      }
      expect(seen).toEqual(tokens.map((token) => `Bearer ${token}`));
    } finally {
      server.close();
    }
  });
});

describe('an ExecCredential', () => {
  it.each(['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'])(
    'in version %s',
    (apiVersion) => {
      const info = readExecInfo(JSON.stringify({ apiVersion, spec: {} }));
      expect(JSON.parse(renderExecCredential(shown('at'), info))).toEqual({
        apiVersion,
        kind: 'ExecCredential',
        status: { token: 'at', expirationTimestamp: '2026-11-20T12:00:00Z' },
      });
    },
  );
  it('is v1 when nobody asks, and has no expiry when there is none', () => {
    expect(JSON.parse(renderExecCredential(shown('at', { expiresAt: null }), readExecInfo('')))).toEqual({
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'at' },
    });
  });
  it.each(['no json', '{"apiVersion":"client.authentication.k8s.io/v1alpha1"}', '{}', '[]', '"x"', 'null'])(
    'is refused for %s',
    (info) => {
      expect(() => readExecInfo(info)).toThrow(UsageError);
    },
  );
});

describe('masks for GitHub', () => {
  it('come for the token, its parts and its encodings', () => {
    const token = `${'h'.repeat(20)}.${'p'.repeat(20)}.${'s'.repeat(20)}`;
    expect(renderGithubMasks(shown(token)).trimEnd().split('\n')).toEqual(
      [
        `::add-mask::${token}`,
        `::add-mask::${'h'.repeat(20)}`,
        `::add-mask::${'p'.repeat(20)}`,
        `::add-mask::${'s'.repeat(20)}`,
        `::add-mask::${Buffer.from(token).toString('base64')}`,
        `::add-mask::${Buffer.from(token).toString('base64url')}`,
      ].filter((line, index, all) => all.indexOf(line) === index),
    );
  });
  it('escape what a workflow command would decode', () => {
    expect(renderGithubMasks(shown('100%25token')).split('\n')[0]).toBe('::add-mask::100%2525token');
  });
});

describe('an Authorization header', () => {
  it.each(['Bearer', 'bearer', null])('is Bearer for the type %s', (tokenType) => {
    expect(renderHeader(shown('at', { tokenType }))).toBe('Authorization: Bearer at\n');
  });
  it.each([
    ['DPoP', UsageError],
    ['MAC', ValidationError],
    ['evil\nX: y', ValidationError],
  ] as const)('is refused for the type %j', (tokenType, refusal) => {
    expect(() => renderHeader(shown('at', { tokenType }))).toThrow(refusal);
  });
});

describe('what git asks', () => {
  it('is read up to the empty line', () => {
    expect(
      readGitCredentialRequest(
        'capability[]=authtype\ncapability[]=state\nprotocol=https\nhost=h\nusername=u\n\nhost=x',
      ),
    ).toEqual({
      protocol: 'https',
      host: 'h',
      username: 'u',
      password: undefined,
      capabilities: ['authtype', 'state'],
    });
  });
  it('is read whatever it is', () => {
    fc.assert(fc.property(fc.string(), (text) => void readGitCredentialRequest(text)));
  });
  it.each([
    ['git.example', 'git.example'],
    ['GIT.example:443', 'git.example'],
    ['git.example:8443', 'git.example:8443'],
    ['[::1]:3000', '[::1]:3000'],
    ['bücher.example', 'xn--bcher-kva.example'],
  ])('the host %j is compared as %j', (text, host) => {
    expect(httpsHost(text)).toBe(host);
  });
  it.each([
    ...[
      '',
      '*',
      '*.example',
      'https://git.example',
      'git.example/',
      'me@git.example',
      'git.example#',
      'a b',
      'a\\b',
    ],
    ...['a:99999', 'a:b', '%61', 'a\n', 'a?b', '[::1', 'a\0', ':443'],
  ])('is not a host with %j', (text) => {
    expect(httpsHost(text)).toBeUndefined();
  });
});
