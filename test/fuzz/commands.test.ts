import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { CallbackListener, HttpClient, ListenOptions } from '../../src/context.ts';
import { run } from '../../src/entry/program.ts';
import { NetworkError } from '../../src/errors.ts';
import type { HttpExchange, HttpRequest } from '../../src/http-message.ts';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { serializeSession } from '../../src/storage/session-file.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';
import { createTestHome, sessionWith } from '../fakes/saved-sessions.ts';
import * as vectors from '../jose/token-vectors.ts';
import { exampleTrace } from '../output/trace/example-trace.ts';
import { fuzzParsers } from './fuzz-parsers.ts';
import { asCurl, asHar, asVerboseCurl, bodiesFrom, callbackUrls, savedCases } from './provider-messages.ts';

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'oauth-code-fuzz-'));
const home = createTestHome();
afterAll(() => {
  rmSync(folder, { recursive: true });
  home.remove();
});

const now = new Date('2026-11-20T12:00:00Z');
const asExample = 'https://as.example';

/** Whatever is asked, nothing answers; or each request is answered in the same way. */
type Answer = (request: HttpRequest) => HttpExchange['response'] | undefined;

/** Nothing is bound and nobody comes. */
const listen = async ({ redirectUri }: ListenOptions): Promise<CallbackListener> => ({
  redirectUri,
  addresses: ['127.0.0.1:8378'],
  accepted: () => new Promise(() => {}),
  close: async () => {},
});

/** Runs a command line. @throws when it ends as only a defect may */
async function runSoundly(
  argv: readonly string[],
  options: TestContextOptions = {},
  answer: Answer = () => undefined,
): Promise<void> {
  const test = createTestContext({ now, ...options });
  const client: HttpClient = {
    async send(request) {
      const response = answer(request);
      if (response === undefined) throw new NetworkError('network', 'There is nobody.');
      return { request, response, startedAt: now, durationMs: 1 };
    },
    close: async () => {},
  };
  const status = await run(argv, { ...test.context, connect: async () => client, listen });
  const all = test.stdout() + test.stderr();
  if (status === 1 || /Unexpected failure:/.test(test.stderr())) {
    throw new Error(`ended as a bug:\n${test.stderr()}`);
  }
  const active = /[^\n\t\P{Cc}]|[\u202a-\u202e\u2066-\u2069]/u.exec(argv.includes('--json') ? '' : all);
  if (active !== null) throw new Error(`an active character is shown: ${JSON.stringify(active[0])}`);
}

const recordings = [
  ...savedCases.slice(0, 12).map((saved) => JSON.stringify(saved)),
  ...savedCases.slice(12, 24).map(asCurl),
  ...savedCases.slice(24, 30).map(asVerboseCurl),
  asHar(savedCases.slice(0, 3)),
  JSON.stringify(exampleTrace()),
  ...callbackUrls,
];
const tokens = [
  vectors.rs256.token,
  vectors.rsaOaep.token,
  vectors.sdJwtPresentation,
  ...bodiesFrom('token').slice(0, 6),
];
const formats = ['ascii', 'html', 'har', 'mermaid', 'markdown', 'curl', 'json'];
const sources = [
  'oauth2c https://as.example --client-id app --scopes openid,email --claims \'{"a":1}\'',
  'users:\n- name: me\n  user:\n    exec:\n      command: kubectl\n      args: [oidc-login]\n',
  'users:\n- name: me\n  user:\n    exec:\n      command: kubelogin\n      args:\n      - get-token\n      - --oidc-issuer-url=https://as.example\n      - --oidc-client-id=app\n',
  JSON.stringify({
    users: [
      { name: 'me', user: { exec: { command: 'k', args: ['get-token', '--oidc-issuer-url', asExample] } } },
    ],
  }),
];
const keys = [
  JSON.stringify({ keys: [testKey('RS256').jwk, testKey('ES256').jwk] }),
  String(testKey('ES256').privateKey.export({ type: 'pkcs8', format: 'pem' })),
];
const signed = signedToken({ alg: 'RS256', kid: 'key-1' }, { sub: 'alice' }, testKey('RS256'));
const config = JSON.stringify({
  version: 1,
  default_profile: 'work',
  profiles: {
    work: { issuer: asExample, client_id: 'app', scope: 'openid', params: { a: 'b' }, max_age: 5 },
  },
});
const session = sessionWith({
  origin: asExample,
  tokenEndpoint: `${asExample}/token`,
  last: { accessToken: 'at', refreshToken: 'rt' },
});

/** Options that are understood before anything is sent. */
const options = [
  ...[
    '--claims={"id_token":{"email":null}}',
    '--param=k=v',
    '--param=k',
    '--token-param=a=',
    '--scope=openid email',
  ],
  ...['--redirect-uri=http://127.0.0.1:0/cb', '--port=8378,8379', '--listen=0.0.0.0:80', '--max-age=0'],
  ...[
    '--authorization-details=[{"type":"payment"}]',
    '--resource=https://api.example/',
    '--expect=sub=alice',
  ],
  ...[
    '--expect=id_token.exp>1h',
    '--no-verify=iss',
    `--issuer=${asExample}`,
    '--client-id=app',
    '--timeout=30',
  ],
  ...[
    '--proxy=http://u:p@proxy:1',
    '--clock-tolerance=0.5',
    '--state=off',
    '--prompt=login consent',
    '-pwork',
  ],
  ...[
    `--token-endpoint=${asExample}/t`,
    `--metadata-url=${asExample}/m`,
    '--response-mode=form_post',
    '--audience=a',
  ],
  ...['--acr-values=1 2', '--browser-timeout=5', '--auth-method=none', '--login-hint=a'],
];

/** A different one for texts of a different length. */
function oneOf(choices: readonly string[], text: string): string {
  return choices[text.length % choices.length] ?? '';
}

function saved(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const onJson = (text: string) => (text.length % 3 === 0 ? ['--json'] : []);
const share = 0.1;

fuzzParsers([
  {
    name: 'debug',
    seeds: recordings,
    share,
    parse: (text) => runSoundly(['debug', '-', ...onJson(text)], { stdin: text }),
  },
  {
    name: 'debug of an argument',
    seeds: recordings,
    share,
    longest: 0,
    parse: (text) => runSoundly(['debug', ...onJson(text), '--', text]),
  },
  {
    name: 'decode',
    seeds: tokens,
    share,
    parse: (text) => runSoundly(['decode', '-', ...onJson(text)], { stdin: text }),
  },
  {
    name: 'decode with keys from a file',
    seeds: keys,
    share,
    parse: (text) =>
      runSoundly(['decode', signed, oneOf(['--key', '--jwks'], text), '/keys'], { files: { '/keys': text } }),
  },
  {
    name: 'report',
    seeds: recordings.filter((text) => text.startsWith('{')),
    share,
    longest: 20_000,
    parse: (text) =>
      runSoundly(
        [
          'report',
          '-',
          '--format',
          oneOf(formats, text),
          ...(text.length % 2 === 0 ? ['--show-secrets'] : []),
        ],
        {
          stdin: text,
        },
      ),
  },
  {
    name: 'diff',
    seeds: recordings,
    share,
    parse: (text) =>
      runSoundly(['diff', '/a', '/b', ...onJson(text)], {
        files: { '/a': text, '/b': oneOf(recordings, text) },
      }),
  },
  {
    name: 'profile import',
    seeds: sources,
    share: share / 2,
    longest: 20_000,
    parse: (text) =>
      runSoundly(['profile', 'import', '-', '--name', 'p', '--yes', ...onJson(text)], {
        stdin: text,
        env: { OAUTH_CODE_HOME: join(folder, 'import') },
      }),
  },
  {
    name: 'profile import of an argument',
    seeds: sources,
    share: share / 2,
    longest: 0,
    parse: (text) =>
      runSoundly(['profile', 'import', '--name', 'p', '--yes', '--', ...text.split(/\s+/)], {
        env: { OAUTH_CODE_HOME: join(folder, 'import') },
      }),
  },
  {
    name: 'commands with a settings file of any content',
    seeds: [config],
    fragments: ['"issuer":', '"params":', '"scope":', '"claims":', '"client_secret":'],
    share: share / 2,
    parse(text) {
      const command = [
        ['profile', 'list'],
        ['profile', 'show', 'work', '--sources'],
        ['login', '-p', 'work', '--no-browser'],
        ['token', '-p', 'work'],
        ['__complete', '--', 'login', '-p', ''],
      ][text.length % 5];
      return runSoundly(command ?? [], {
        env: { OAUTH_CODE_CONFIG: saved('any.json', text), OAUTH_CODE_HOME: folder },
      });
    },
  },
  {
    name: 'commands with a session file of any content',
    seeds: [serializeSession(session)],
    share: share / 2,
    parse(text) {
      home.write(session.owner, text);
      const own = ['--issuer', asExample, '--client-id', 'client-1'];
      const command = [
        ['session', 'list'],
        ['token', ...own],
        ['logout', ...own],
        ['refresh', ...own],
      ][text.length % 4];
      return runSoundly(command ?? [], { env: home.env });
    },
  },
  {
    name: 'login with any value of an option',
    seeds: options,
    fragments: ['--', '=', ',', ':', '{}', '127.0.0.1', 'id_token.', '--color=', '--expect=', '--claims='],
    share,
    longest: 20_000,
    parse(text) {
      const server = ['--issuer', asExample, '--client-id', 'app', '--no-browser', '--no-input'];
      return runSoundly(['login', ...server, text], {
        env: { OAUTH_CODE_HOME: folder },
      });
    },
  },
  {
    name: 'token, userinfo and introspect with any answer of the server',
    seeds: [...bodiesFrom('token'), ...bodiesFrom('userinfo'), ...bodiesFrom('discovery')],
    share,
    parse(text) {
      const status = [200, 200, 400, 401, 503][text.length % 5] ?? 200;
      const endpoints = ['--token-endpoint', `${asExample}/t`, '--userinfo-endpoint', `${asExample}/u`];
      const command = [
        [
          'token',
          '--grant-type',
          'client_credentials',
          '--client-secret-env',
          'S',
          ...endpoints,
          '--client-id',
          'app',
        ],
        ['userinfo', ...endpoints, '--access-token-env', 'S'],
        ['discover', asExample],
        [
          'token',
          '--grant-type',
          'client_credentials',
          '--client-secret-env',
          'S',
          '--issuer',
          asExample,
          '--client-id',
          'app',
        ],
      ][text.length % 4];
      return runSoundly(
        [...(command ?? []), ...onJson(text), '-v'],
        { env: { S: 'secret-of-some-length' } },
        () => ({
          status,
          headers: [
            ['content-type', 'application/json'],
            ['www-authenticate', text.slice(0, 200)],
            ['date', text.slice(-29)],
          ],
          body: text,
        }),
      );
    },
  },
]);
