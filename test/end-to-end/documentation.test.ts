import { generateKeyPairSync } from 'node:crypto';
import {
  type FSWatcher,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visitAsPerson } from '../../src/idp/headless-person.ts';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { pages } from '../documentation.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { freePort } from '../fakes/free-port.ts';
import { runCommand } from './run-command.ts';

/**
 * Each `console` block of README, and the one that each page opens with, is run as it stands there, and so is each
 * command of the table of specifications. Servers, ports and
 * the browser are those of the test. `…` stands for anything within a line, a line of its own for any lines.
 */
const bin = join(__dirname, '..', '..', 'bin', 'oauth-code.js');
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-documentation-'));

const serviceKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
let idp: RunningIdp;
/** An API, and an authorization server that knows nothing but OAuth 2.0. */
let api: ApiServer;
/** Holds a file with each address that a browser is to open, which the test then plays. */
const addresses = join(folder, 'addresses');
let watching: FSWatcher;

beforeAll(async () => {
  const client = (client_id: string, more: object) => ({
    client_id,
    redirect_uris: ['http://127.0.0.1/callback', 'http://localhost/callback'],
    application_type: 'native',
    response_types: ['code'],
    grant_types: ['authorization_code', 'refresh_token'],
    token_endpoint_auth_method: 'none',
    ...more,
  });
  const secret = {
    client_secret: 'a secret of the example',
    token_endpoint_auth_method: 'client_secret_basic',
  };
  const options = {
    scopes: ['openid', 'offline_access', 'deploy', 'refresh_token', 'name'],
    clients: [
      client('my-app', {}),
      client('my-web', secret),
      client('my-job', {
        ...secret,
        grant_types: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
        redirect_uris: [],
        response_types: [],
      }),
      client('my-service', {
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'ES256',
        grant_types: ['urn:ietf:params:oauth:grant-type:jwt-bearer'],
        jwks: { keys: [{ ...serviceKey.publicKey.export({ format: 'jwk' }), use: 'sig' }] },
        redirect_uris: [],
        response_types: [],
      }),
    ],
  };
  idp = await startIdp({
    port: 0,
    config: readIdpConfig(JSON.stringify(options), 'the options of the test'),
  });
  api = await startApiServer(({ path, headers }) => {
    const { pathname, searchParams } = new URL(path, 'http://api');
    const answers: Readonly<Record<string, object>> = {
      '/items': { items: ['first'] },
      '/deploy': { deployed: true },
      '/user': { login: 'alice' },
      '/api/auth.test': { ok: true, user: 'bot' },
    };
    const answer = answers[pathname];
    if (answer !== undefined) {
      return /^Bearer \S+$/.test(headers.authorization ?? '') ? json(200, answer) : json(401, {});
    }
    switch (pathname) {
      case '/login/oauth/access_token':
        return json(200, { access_token: 'gho_16C7e42F292c69', token_type: 'bearer', scope: 'read:user' });
      case '/api/oauth.v2.access':
        return json(200, {
          ok: true,
          access_token: 'xoxb-17653672481-19874698323',
          token_type: 'bot',
          scope: 'channels:read,chat:write',
          team: { id: 'T9TK3CUKW' },
          authed_user: { id: 'U1234' },
        });
      default:
        return {
          status: 302,
          headers: {
            location: `${searchParams.get('redirect_uri')}?code=3b6a07270450&state=${searchParams.get('state')}`,
          },
          body: '',
        };
    }
  });
  mkdirSync(addresses);
  watching = watch(addresses, () => {
    for (const name of readdirSync(addresses)) {
      const url = readFileSync(join(addresses, name), 'utf8');
      rmSync(join(addresses, name));
      const { origin, searchParams } = new URL(url);
      visitAsPerson({
        url,
        issuer: origin,
        redirectUri: searchParams.get('redirect_uri') ?? undefined,
        user: 'alice',
        decision: 'allow',
        signal: new AbortController().signal,
        onStep: () => {},
      }).catch(() => {});
    }
  });
  const program = (name: string, text: string) =>
    writeFileSync(join(folder, 'bin', name), text, { mode: 0o755 });
  mkdirSync(join(folder, 'bin'));
  program('oauth-code', `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`);
  program('browser', `#!/bin/sh\ncd '${folder}' && printf %s "$1" >address.$$ && mv address.$$ addresses/\n`);
});

afterAll(async () => {
  watching.close();
  await Promise.all([idp.close(), api.close()]);
  rmSync(folder, { recursive: true });
});

interface Step {
  readonly command: string;
  /** Lines that it prints. */
  readonly output: readonly string[];
}

/** The commands of a block: a line that ends in `\` goes on, and so does one before a line with `> `. */
function stepsOf(block: string): Step[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [, command = '', rest = ''] = /^((?:.*\\\n)*.*(?:\n> .*)*)\n?([\s\S]*)$/.exec(text) ?? [];
      return {
        command: command.replace(/\n> /g, '\n'),
        output: rest === '' ? [] : rest.trimEnd().split('\n'),
      };
    });
}

/** Each command of a table as a block, which may print anything. */
function commandsIn(text: string): string[] {
  return [...text.matchAll(/\| `((?:\w+=\S+ )?oauth-code [^`]+)` +\|$/gm)].map(
    ([, command = '']) => `$ ${command.replaceAll('\\|', '|')}\n…\n`,
  );
}

const blocks = pages.flatMap(({ path, text }) => {
  const found = [...text.matchAll(/^```console\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block);
  const shown = path === 'docs/specifications.md' ? commandsIn(text) : [];
  const run = path === 'README.md' ? found : [...found.slice(0, 1), ...shown];
  return run.map((block, index) => ({ name: run.length > 1 ? `${path} ${index + 1}` : path, block }));
});

describe.skipIf(process.platform === 'win32').concurrent('the example', () => {
  it.each(blocks)('of $name', async ({ name, block }) => {
    const home = mkdtempSync(join(folder, 'home-'));
    writeFileSync(join(home, 'apple-secret.txt'), 'a secret of the example\n', { mode: 0o600 });
    const key = serviceKey.privateKey.export({ type: 'pkcs8', format: 'pem' });
    writeFileSync(join(home, 'key.pem'), key, { mode: 0o600 });
    const listenAt = `127.0.0.1:${await freePort()}`;
    const env = {
      PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH ?? ''}`,
      HOME: home,
      OAUTH_CODE_HOME: home,
      OAUTH_CODE_STORE: 'file',
      OAUTH_CODE_PORT: block.includes('--redirect-uri') ? '' : '0',
      BROWSER: 'browser',
      ID: block.includes('client-secret') ? 'my-web' : 'my-app',
      KEY: 'my-web',
      ...{ SECRET: 'a secret of the example', JOB_SECRET: 'a secret of the example' },
      ...{ TENANT: 'tenant', ORG: 'org', POOL: 'pool' },
    };
    const here = (text: string) =>
      text
        .replace(/(--issuer |OAUTH_CODE_ISSUER=)\S+/g, `$1${idp.issuer}`)
        .replace(/https:\/\/(?:api\.(?:example|github)\.com|(?:github|slack)\.com)/g, api.origin)
        .replaceAll('https://login.example.com/mcp', `${idp.issuer}/mcp`)
        .replaceAll('https://test.example.com', `http://${listenAt}`)
        .replaceAll('127.0.0.1:8378', listenAt)
        .replaceAll('localhost:8378', 'localhost:0');
    const steps = stepsOf(block);
    const script = steps.map(
      ({ command }, index) => `${here(command)}\nstatus=$?\necho "@@${index} $status"\n(exit $status)`,
    );
    const { stdout } = await runCommand('sh', ['-c', ['exec 2>&1', 'cd "$HOME"', ...script].join('\n')], env);
    const printed = stdout.replaceAll(idp.issuer, 'https://login.example.com').split(/@@\d+ (\d+)\n/);
    steps.forEach(({ command, output }, index) => {
      const [said = '', status] = printed.slice(2 * index);
      expect({ name, command, status, said: said.replace(/\n*$/, '\n') }).toEqual({
        ...{ name, command, status: '0' },
        said: expect.stringMatching(patternOf(output)),
      });
    });
  });
});

function patternOf(lines: readonly string[]): RegExp {
  const escaped = lines.map((line) => line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*'));
  const pattern = escaped.map((line) => (line === '.*' ? '(?:.*\\n)*' : `${line}\\n`)).join('');
  return new RegExp(`^${pattern || '\\n'}$`);
}
