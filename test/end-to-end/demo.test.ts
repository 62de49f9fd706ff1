import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import type { LoginDocument } from '../../src/output/documents.ts';
import { holdPort } from '../fakes/free-port.ts';
import { runHere } from '../fakes/run-here.ts';
import { runCli, startCli } from './cli.ts';
import { lastLineAsJson, loginAsPerson } from './person-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-demo-'));
let idp: RunningIdp;

beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});

afterAll(async () => {
  await idp.close();
  rmSync(folder, { recursive: true });
});

describe('demo', () => {
  it('--headless plays the person, says so, and ends with verified tokens', async () => {
    const { status, stdout, stderr } = await runCli(['demo', '--headless', '--port', '0']);
    expect(status).toBe(0);
    expect(stderr).toMatch(/^oauth-code plays the user, over HTTP:\n {2}alice opens http/m);
    expect(stderr).toMatch(/^ {2}alice allows access$/m);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(60);
    const last = lines.slice(-12).join('\n');
    expect(last).toMatch(/^✓ Signed in as alice at http:\/\/127\.0\.0\.1:\d+$/m);
    expect(last.match(/^ {4}expires .*\(in .*\)$/gm)).toHaveLength(2);
    expect(last).toMatch(/^ {2}Checks .* \d+ checks: \d+ passed, \d+ not applicable/m);
    expect(last).toMatch(/^ {2}next: oauth-code /m);
    expect(stdout).toMatch(/^ID token {2}✓ verified$/m);
  });

  it('prints one JSON document when asked to', async () => {
    const { status, stdout } = await runCli(['demo', '--headless', '--port', '0', '--json']);
    const { client_id, tokens }: LoginDocument = JSON.parse(stdout);
    expect({ status, client_id }).toEqual({ status: 0, client_id: 'demo-public' });
    expect(tokens.scope).toEqual(['openid', 'profile', 'email', 'offline_access']);
    expect(tokens.refresh_token).toEqual(expect.any(String));
  });

  it.each(['query', 'fragment', 'form_post', 'query.jwt', 'fragment.jwt', 'form_post.jwt'])(
    '--headless hands over the answer of the response mode %s',
    async (mode) => {
      const args = ['demo', '--headless', '--port', '0', '--response-mode', mode, '--json'];
      const { status, stdout } = await runHere(args);
      expect(status).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ client_id: 'demo-public' });
    },
  );

  it.each([
    ['demo-key', ['--auth-method', 'private_key_jwt'], []],
    ['demo-key', ['--fapi', '2'], ['fapi-server', 'dpop-binding']],
    ['demo-key', ['--fapi', '2-message-signing'], ['fapi-server', 'dpop-binding', 'jarm-signature']],
    ['demo-certificate', ['--auth-method', 'self_signed_tls_client_auth'], ['certificate-binding']],
    [
      'demo-certificate',
      ['--auth-method', 'self_signed_tls_client_auth', '--fapi', '2'],
      ['fapi-server', 'certificate-binding'],
    ],
  ])('makes what %s authenticates with: %j', async (clientId, args, passed) => {
    const { status, stdout, stderr } = await runHere([
      'demo',
      '--headless',
      '--port',
      '0',
      '--json',
      ...args,
    ]);
    expect({ status, stderr }).toEqual({
      status: 0,
      stderr: expect.stringMatching(new RegExp(`^The client ${clientId} has a \\w+ that was made for`, 'm')),
    });
    const { client_id, checks }: LoginDocument = JSON.parse(stdout);
    expect(client_id).toBe(clientId);
    for (const id of passed) expect(checks).toContainEqual(expect.objectContaining({ id, outcome: 'pass' }));
  });

  it('says nothing but the address with --quiet', async () => {
    const { status, stderr } = await runCli(['demo', '--headless', '--port', '0', '--quiet']);
    expect(status).toBe(0);
    expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/auth\?/)]);
  });

  it('--deny ends with status 3', async () => {
    const run = await runCli(['demo', '--deny', '--port', '0', '--json']);
    expect(run).toMatchObject({ status: 3, stdout: '' });
    expect(run.stderr).toMatch(/^ {2}alice denies access$/m);
    expect(lastLineAsJson(run)).toMatchObject({ error: { oauth: { error: 'access_denied' } } });
  });

  it('takes another port when the usual one is taken', async () => {
    const holder = await holdPort(8378);
    const { status, stderr } = await runCli(['demo', '--headless']);
    await holder?.release();
    expect(status).toBe(0);
    expect(stderr).toMatch(/^✓ Listening +http:\/\/127\.0\.0\.1:(?!8378\/)\d+\/callback$/m);
  });

  it.each([
    { OAUTH_CODE_CLIENT_SECRET: 's' },
    { OAUTH_CODE_SCOPE: 'nonsense' },
    { OAUTH_CODE_CLIENT_ID: 'mine', OAUTH_CODE_TOKEN_ENDPOINT: 'https://a.example/t' },
  ])('is not led astray by the variables of another server: %o', async (env) => {
    const { status, stdout } = await runHere(['demo', '--headless', '--port', '0', '--json'], { env });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ client_id: 'demo-public' });
  });

  it('is not refused for the scope of another server', async () => {
    const args = ['demo', '--headless', '--port', '0', '--flow', 'implicit', '--json'];
    const { status, stderr } = await runHere(args, { env: { OAUTH_CODE_SCOPE: 'email' } });
    expect(status, stderr).toBe(0);
  });

  it('plays the person where no browser can be opened', async () => {
    const { status, stderr } = await runCli(['demo', '--port', '0'], {
      env: { SSH_CONNECTION: '192.0.2.7 1 192.0.2.1 22' },
    });
    expect(status).toBe(0);
    expect(stderr).toContain('No browser is at hand here');
  });

  it.each([
    ['1', /^oauth-code plays the user/m],
    ['false', /^No browser is at hand here/m],
    ['0', /^No browser is at hand here/m],
  ])('looks for a browser unless it runs in CI: CI=%s', async (CI, says) => {
    const { status, stderr } = await runCli(['demo', '--port', '0'], {
      env: { CI, SSH_CONNECTION: '192.0.2.7 1 192.0.2.1 22' },
    });
    expect(status).toBe(0);
    expect(stderr).toMatch(says);
  });

  it.each([[], ['--par']])('gives a refresh token for a request object too: %j', async (...more) => {
    const key = join(folder, 'secret');
    writeFileSync(key, 'demo-secret', { mode: 0o600 });
    const client = ['--client-id', 'demo-confidential', '--client-secret-file', key];
    const args = ['demo', '--headless', '--port', '0', ...client, '--request-object', ...more, '--json'];
    const { status, stdout } = await runHere(args);
    expect(status).toBe(0);
    expect(JSON.parse(stdout).tokens).toMatchObject({
      scope: expect.arrayContaining(['offline_access']),
      refresh_token: expect.any(String),
    });
  });

  it('ends at once when the person gets stuck at a page of the server', async () => {
    const run = await runHere(['demo', '--headless', '--port', '0', '--client-id', 'nobody', '--json']);
    expect(run).toMatchObject({ status: 6, stdout: '' });
    expect(lastLineAsJson(run)).toMatchObject({ error: { code: 'invalid_response', step: 'authorization' } });
  });

  it.skipIf(process.platform === 'win32')('ends with Ctrl-C', async () => {
    const cli = startCli(['demo', '--port', '0', '--browser', 'sleep 30']);
    await cli.stderrMatches(/^http\S+response_type=code/m);
    cli.child.kill('SIGINT');
    expect(await cli.finished).toMatchObject({ status: 130, stdout: '' });
  });
});

describe('the embedded server', () => {
  /** The files a run has loaded, by a hook that writes their names when it ends. */
  async function loadedBy(
    run: (env: Readonly<Record<string, string>>) => Promise<{ status: number | null }>,
  ) {
    const [hook, list] = [join(folder, 'hook.cjs'), join(folder, 'loaded.json')];
    writeFileSync(
      hook,
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(list)},
        JSON.stringify(Object.keys(require.cache))));`,
    );
    expect((await run({ NODE_OPTIONS: `--require=${hook}` })).status).toBe(0);
    const files = JSON.parse(readFileSync(list, 'utf8')) as string[];
    return files.filter((file) => readFileSync(file, 'utf8').includes('oidc-provider NOTICE')).length;
  }

  it('is loaded by demo, and not by login', async () => {
    expect(await loadedBy((env) => runCli(['demo', '--headless', '--port', '0'], { env }))).toBeGreaterThan(
      0,
    );
    expect(await loadedBy((env) => loginAsPerson(idp, [], { env }))).toBe(0);
  });
});
