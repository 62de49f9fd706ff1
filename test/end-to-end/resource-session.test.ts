import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { startApiServer } from '../fakes/api-server.ts';
import { type RunHere, runHere } from '../fakes/run-here.ts';
import { runCli } from './cli.ts';
import { visitUrl } from './person-login.ts';

let home = '';
let idp: RunningIdp;
beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});
afterAll(() => idp.close());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'oauth-code-resource-session-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const env = () => ({ OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file' });
const mcp = () => `${idp.issuer}/mcp`;

/** Runs a command in this process; a browser that is opened belongs to alice. */
function here(args: readonly string[]): Promise<RunHere> {
  return runHere(args, {
    env: env(),
    async visit(url) {
      await visitUrl(idp, url);
    },
  });
}

async function login(...args: readonly string[]): Promise<void> {
  const scope = ['--scope', 'api:read offline_access', '--param', 'prompt=consent'];
  const run = await here(['login', '--resource-url', mcp(), '--port', '0', '--json', ...scope, ...args]);
  expect(run.status, run.stderr).toBe(0);
}

describe('the session of a client that a document describes', () => {
  it('is refreshed as that client', async () => {
    const documents = await startApiServer(() => json(200, JSON.parse(made)));
    const url = `${documents.origin}/client.json`;
    const { stdout: made } = await here(['client-document', 'create', '--url', url]);
    try {
      await login('--client-metadata-url', url, '--save', 'api', '-y');
      const fresh = await here(['token', '-p', 'api', '--fresh', '-v']);
      expect(fresh.status, fresh.stderr).toBe(0);
      expect(fresh.stderr).toContain(`client_id=${encodeURIComponent(url)}`);
      const called = await here(['request', mcp(), '-p', 'api']);
      expect(called.stdout, called.stderr).toContain('"tools"');
    } finally {
      await documents.close();
    }
  });
});

describe.each([
  ['a public client', []],
  ['a client with a secret', ['--auth-method', 'client_secret_basic']],
])('the session of %s that a login for a resource registered', (_, method) => {
  it.each([
    ['a profile', ['--save', 'api', '-y'], ['-p', 'api']],
    ['the only session', [], []],
  ])('is used by its commands as %s', async (_of, saved, named) => {
    await login(...saved, ...method);
    const saying = (run: { status: number | null; stderr: string }) => expect(run.status, run.stderr).toBe(0);
    const token = await here(['token', ...named]);
    saying(token);
    const fresh = await here(['token', ...named, '--fresh', '-v']);
    saying(fresh);
    expect(fresh.stdout).not.toBe(token.stdout);
    expect(fresh.stderr).toContain(`resource=${encodeURIComponent(mcp())}`);
    const built = await runCli(['token', ...named], { env: env() });
    saying(built);
    expect(built.stdout).toBe(fresh.stdout);
    const refreshed = await runCli(['token', ...named, '--fresh'], { env: env() });
    saying(refreshed);
    const called = await here(['request', mcp(), ...named]);
    saying(called);
    expect(called.stdout).toContain('"tools"');
    const program = 'console.log(process.env.OAUTH_CODE_ACCESS_TOKEN)';
    const run = await runCli(['exec', ...named, '--', process.execPath, '-e', program], { env: env() });
    saying(run);
    expect(run.stdout).toBe(refreshed.stdout);
    const gone = await here(['logout', ...named, '-y']);
    saying(gone);
    expect(gone.stderr).toContain('was deleted at the server');
  });
});
