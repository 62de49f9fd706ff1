import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json, text } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { runCommand } from './run-command.ts';

/** Each recipe of docs/ci.md is run as it stands there, with `oauth-code` on the PATH. */
const bin = join(__dirname, '..', '..', 'bin', 'oauth-code.js');
const key = testKey('RS256', 'key-1');
const jobJwt = signedToken({ alg: 'RS256', kid: 'key-1' }, { sub: 'repo:acme/app:ref:refs/heads/main' }, key);
const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const onWindows = process.platform === 'win32';

let server: ApiServer;
let folder: string;
let env: Readonly<Record<string, string>>;
let issued: string[];

beforeAll(async () => {
  issued = [];
  server = await startApiServer(({ path, headers, body }) => {
    const { origin } = server;
    if (path.startsWith('/.well-known/')) {
      return json(200, {
        issuer: origin,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        jwks_uri: `${origin}/jwks`,
        response_types_supported: ['code'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
      });
    }
    if (path === '/jwks') return json(200, { keys: [key.jwk] });
    if (path.startsWith('/runner')) return json(200, { value: jobJwt });
    if (path === '/token') {
      const form = new URLSearchParams(body.toString());
      const isClient = headers.authorization !== undefined || form.get('client_assertion') === jobJwt;
      if (!isClient) return json(401, { error: 'invalid_client' });
      const now = Math.floor(Date.now() / 1000);
      const claims = { iss: origin, aud: 'api', sub: 'job', scope: 'deploy', iat: now, exp: now + 900 };
      const token = signedToken({ alg: 'RS256', kid: 'key-1', typ: 'at+jwt' }, claims, key);
      issued.push(token);
      return json(200, { access_token: token, token_type: 'Bearer', expires_in: 900, scope: 'deploy' });
    }
    const isKnown = issued.some((token) => headers.authorization === `Bearer ${token}`);
    return isKnown ? text(200, 'text/plain', 'deployed\n') : text(401, 'text/plain', 'who are you?\n');
  });
  folder = mkdtempSync(join(tmpdir(), 'oauth-code-recipes-'));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin', 'oauth-code'), `#!/bin/sh\nexec "${process.execPath}" "${bin}" "$@"\n`, {
    mode: 0o755,
  });
  const profile = {
    issuer: server.origin,
    client_id: 'job',
    grant_type: 'client_credentials',
    scope: ['deploy'],
  };
  const config = {
    version: 1,
    profiles: {
      job: { ...profile, client_secret: { env: 'JOB_SECRET' } },
      github: { ...profile, assertion_from: 'github' },
    },
  };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  env = {
    PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH ?? ''}`,
    HOME: folder,
    OAUTH_CODE_HOME: folder,
    OAUTH_CODE_STORE: 'file',
    JOB_SECRET: 'secret-of-the-job',
    API: server.origin,
  };
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const shell = (script: string, further: Readonly<Record<string, string>> = {}) =>
  runCommand('sh', ['-ec', script], { ...env, ...further });

describe.skipIf(onWindows)('the recipes of docs/ci.md', () => {
  it.skipIf(!has('curl'))(
    'plain shell: a token for curl, on neither the command line nor the screen',
    async () => {
      const run = await shell('oauth-code token -p job -o curl-config | curl -sS --fail -K - "$API/deploy"');
      expect(run).toMatchObject({ status: 0, stdout: 'deployed\n', stderr: '' });
    },
  );

  it('plain shell: no other program at all', async () => {
    expect(await shell('oauth-code request POST "$API/deploy" -p job -q')).toMatchObject({
      status: 0,
      stdout: 'deployed\n',
    });
    const program = `fetch(process.env.API, { headers: { authorization: "Bearer " + process.env.T } })
      .then((r) => r.text()).then((t) => process.stdout.write(t))`;
    writeFileSync(join(folder, 'deploy.cjs'), program);
    const run = await shell(`oauth-code exec -p job --env T -- "${process.execPath}" "$HOME/deploy.cjs"`);
    expect(run).toMatchObject({ status: 0, stdout: 'deployed\n' });
  });

  it('plain shell: stops before it does harm when the token is not the right one', async () => {
    const script = (claim: string) =>
      `oauth-code token -p job --expect aud=${claim} --expect 'scope~=deploy' --expect 'exp>10m' >token.txt || exit $?; echo went on`;
    expect(await runCommand('sh', ['-c', `cd "$HOME"; ${script('api')}`], env)).toMatchObject({
      status: 0,
      stdout: 'went on\n',
    });
    const refused = await runCommand('sh', ['-c', `cd "$HOME"; ${script('other')}`], env);
    expect(refused).toMatchObject({ status: 7, stdout: '' });
    expect(refused.stderr).toContain('Expected aud=other, but access_token.aud is api.');
    expect(readFileSync(join(folder, 'token.txt'), 'utf8')).toBe('');
  });

  it('GitHub Actions: a job without any secret, its token masked before a later step can have it', async () => {
    const output = join(folder, 'github-output');
    writeFileSync(output, '');
    const runner = {
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      GITHUB_OUTPUT: output,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.origin}/runner?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runner-token',
      JOB_SECRET: '',
    };
    const run = await shell("oauth-code token -p github -o github-output --expect 'scope~=deploy'", runner);
    const token = issued.at(-1) ?? '';
    expect(run.status).toBe(0);
    expect(run.stdout.split('\n')).toContain(`::add-mask::${token}`);
    expect(run.stdout.replaceAll(`::add-mask::${token}`, '')).not.toContain(token);
    expect(run.stderr).not.toContain(token);
    expect(readFileSync(output, 'utf8')).toContain(token);
    expect(server.requests.filter(({ path }) => path.startsWith('/runner')).length).toBeGreaterThan(0);
  });

  it('kubectl: an ExecCredential of the version it asks for, with the end of the token', async () => {
    for (const version of ['v1', 'v1beta1']) {
      const info = {
        apiVersion: `client.authentication.k8s.io/${version}`,
        kind: 'ExecCredential',
        spec: { interactive: false },
      };
      const run = await shell('oauth-code token -p job -o exec-credential', {
        KUBERNETES_EXEC_INFO: JSON.stringify(info),
      });
      const credential = JSON.parse(run.stdout);
      expect(credential).toMatchObject({ apiVersion: info.apiVersion, kind: 'ExecCredential' });
      expect(issued).toContain(credential.status.token);
      expect(Date.parse(credential.status.expirationTimestamp)).toBeGreaterThan(Date.now());
    }
  });

  it.skipIf(!has('git'))('git: a credential helper that git itself asks', async () => {
    const configured = {
      GIT_CONFIG_GLOBAL: join(folder, 'gitconfig'),
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
    };
    execFileSync(
      'git',
      [
        'config',
        '--global',
        'credential.https://git.example.com.helper',
        '!oauth-code token -p job -o git-credential --git-host git.example.com',
      ],
      { env: { ...env, ...configured } },
    );
    const run = await shell(
      "printf 'protocol=https\\nhost=git.example.com\\n\\n' | git credential fill",
      configured,
    );
    expect(run.status).toBe(0);
    const lines = Object.fromEntries(
      run.stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s).slice(0, 2)),
    );
    expect(lines.username).toBe('oauth2');
    expect(issued).toContain(lines.password);
  });

  it('cron: without a terminal and with hardly any environment, and quiet when all is well', async () => {
    const bare = {
      PATH: env.PATH ?? '',
      HOME: folder,
      OAUTH_CODE_HOME: folder,
      JOB_SECRET: 'secret-of-the-job',
      API: server.origin,
    };
    const run = await runCommand(
      'sh',
      ['-c', 'oauth-code request "$API/deploy" -p job -q --fail >"$HOME/cron.out"'],
      bare,
    );
    expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(existsSync(join(folder, 'cron.out')) && readFileSync(join(folder, 'cron.out'), 'utf8')).toBe(
      'deployed\n',
    );
  });
});
