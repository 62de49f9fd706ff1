import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';
import { type FinishedRun, runCli } from './cli.ts';
import { loginAsPerson } from './person-login.ts';

const bin = join(__dirname, '..', '..', 'bin', 'oauth-code.js');
const home = mkdtempSync(join(tmpdir(), 'oauth-code-token-'));
const env = { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file' };

let idp: RunningIdp;

beforeAll(async () => {
  const config = readIdpConfig('{"ttl":{"AccessToken":20}}', 'the options of this test');
  idp = await startIdp({ port: 0, config });
  const { status, stderr } = await loginAsPerson(
    idp,
    ['--save', 'work', '--scope', 'openid profile offline_access', '--prompt', 'consent'],
    { env },
  );
  expect(`${status} ${stderr}`).toMatch(/^0 /);
});
afterAll(async () => {
  await idp.close();
  rmSync(home, { recursive: true, force: true });
});

/** In a clean shell: no terminal, nothing in the environment, another folder. */
const token = (...args: readonly string[]): Promise<FinishedRun> =>
  runCli(['token', '-p', 'work', ...args], { env, cwd: tmpdir() });

async function userOf(accessToken: string): Promise<unknown> {
  const response = await fetch(`${idp.issuer}/me`, { headers: { authorization: `Bearer ${accessToken}` } });
  return { status: response.status, body: await response.json() };
}
const alice = { status: 200, body: expect.objectContaining({ sub: 'alice' }) };
const has = (program: string) => {
  try {
    execFileSync(program, ['version', '--client'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

describe('a saved profile at the embedded server, with access tokens of 20 seconds,', () => {
  it('yields tokens that the server takes, again and again, though every refresh token is used once', async () => {
    const tokens = new Set<string>();
    for (let count = 0; count < 4; count += 1) {
      const { status, stdout, stderr } = await token('--max-age', '0');
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      tokens.add(stdout.trim());
      expect(await userOf(stdout.trim())).toEqual(alice);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(tokens.size).toBe(4);
  });

  it('gives what it has while that is good for half of its life', async () => {
    const { stdout: first } = await token();
    expect((await token()).stdout).toBe(first);
    expect(await userOf(first.trim())).toEqual(alice);
  });

  it('is refreshed once for all who come at the same time', async () => {
    const file = join(home, 'sessions', 'profile-work.json');
    const session = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...session, expires_at: session.obtained_at }), { mode: 0o600 });
    const runs = await Promise.all(Array.from({ length: 8 }, () => token()));
    const said = new Set(runs.map(({ status, stdout, stderr }) => `${status} ${stderr}${stdout}`));
    expect(said.size).toBe(1);
    expect(await userOf(runs[0]?.stdout.trim() ?? '')).toEqual(alice);
  });

  it('can be refreshed by hand, with every check made', async () => {
    const { status, stdout } = await runCli(['refresh', '-p', 'work', '--json'], { env });
    expect(status).toBe(0);
    const { checks, decoded } = JSON.parse(stdout);
    const failed = checks.filter(
      ({ outcome }: { outcome: string }) => outcome === 'fail' || outcome === 'warn',
    );
    expect(failed).toEqual([]);
    expect(checks.map(({ id }: { id: string }) => id)).toEqual(
      expect.arrayContaining(['refreshed-id-token', 'id-token-signature', 'id-token-nonce', 'granted-scope']),
    );
    expect(decoded.id_token.claims.sub).toBe('alice');
  });

  it('needs no session when the client may act for itself', async () => {
    const args = [
      'token',
      '--issuer',
      idp.issuer,
      '--client-id',
      'demo-confidential',
      '--grant-type',
      'client_credentials',
    ];
    const { status, stdout } = await runCli([...args, '--client-secret-env', 'JOB'], {
      env: { ...env, JOB: 'demo-secret' },
    });
    expect(status).toBe(0);
    const again = await runCli(['token', '--issuer', idp.issuer, '--client-id', 'demo-confidential'], {
      env,
    });
    expect(again).toMatchObject({ status: 0, stdout });
  });

  it('is a credential helper for git', async () => {
    const helper = `!${process.execPath} ${bin} token -p work -o git-credential --git-host git.example`;
    const filled = await new Promise<string>((resolve, reject) => {
      const child = execFile(
        'git',
        [
          '-c',
          'credential.helper=',
          '-c',
          `credential.https://git.example.helper=${helper}`,
          'credential',
          'fill',
        ],
        { env: { PATH: process.env.PATH ?? '', HOME: home, GIT_TERMINAL_PROMPT: '0', ...env } },
        (error, stdout) => (error ? reject(error) : resolve(stdout)),
      );
      child.stdin?.end('protocol=https\nhost=git.example\n\n');
    });
    const password = /^password=(.+)$/m.exec(filled)?.[1] ?? '';
    expect(filled).toContain('username=oauth2\n');
    expect(await userOf(password)).toEqual(alice);
  });

  it.runIf(has('kubectl'))('authenticates kubectl', async () => {
    const seen: (string | undefined)[] = [];
    const certificate = issueCertificate({ name: 'localhost', altNames: ['127.0.0.1'] });
    const api = createServer(certificate, (request, response) => {
      seen.push(request.headers.authorization);
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"kind":"Status","status":"Success"}');
    });
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
    const kubeconfig = join(home, 'kubeconfig.json');
    const exec = {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: process.execPath,
      args: [bin, 'token', '-p', 'work', '-o', 'exec-credential'],
      interactiveMode: 'Never',
      env: Object.entries(env).map(([name, value]) => ({ name, value })),
    };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [
          {
            name: 'c',
            cluster: {
              server: `https://127.0.0.1:${(api.address() as AddressInfo).port}`,
              'insecure-skip-tls-verify': true,
            },
          },
        ],
        users: [{ name: 'u', user: { exec } }],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      }),
    );
    chmodSync(kubeconfig, 0o600);
    try {
      await new Promise<void>((resolve, reject) => {
        execFile(
          'kubectl',
          ['--kubeconfig', kubeconfig, 'get', '--raw', '/api'],
          { env: { PATH: process.env.PATH ?? '', HOME: home } },
          (error, _stdout, stderr) => (error ? reject(new Error(stderr)) : resolve()),
        );
      });
    } finally {
      api.closeAllConnections();
      api.close();
    }
    const [, bearer = ''] = /^Bearer (.+)$/.exec(seen[0] ?? '') ?? [];
    // The API server of Kubernetes wants the ID token.
    expect(decodeJwt(bearer)).toMatchObject({ iss: idp.issuer, sub: 'alice' });
  });

  it('ends with its tokens revoked', async () => {
    const { stdout } = await token('-o', 'token');
    const { status } = await runCli(['logout', '-p', 'work', '--revoke'], { env });
    expect(status).toBe(0);
    expect(await userOf(stdout.trim())).toMatchObject({ status: 401 });
    expect((await token()).status).toBe(4);
  });
});
