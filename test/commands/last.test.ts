import { chmodSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { loginAgainst } from '../end-to-end/scripted-login.ts';
import { type RotatingServer, startRotatingServer } from '../fakes/rotating-server.ts';
import { runHere } from '../fakes/run-here.ts';
import { createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';

let home: TestHome;
beforeEach(() => {
  home = createTestHome();
});
afterEach(() => home.remove());

const lastFile = () => join(home.folder, 'last.json');
const login = (script: Script = {}, args: readonly string[] = [], env = {}) =>
  loginAgainst(script, { args, json: false, surroundings: { env: { ...home.env, ...env } } });
const run = (...argv: readonly string[]) => runHere(argv, { env: home.env });
const refused = () => json(400, { error: 'invalid_grant', error_description: 'The code was used before.' });

describe('the recording of the last run', () => {
  it('is kept without the secrets, for its owner alone, and read by report, debug and diff', async () => {
    const { server, status } = await login();
    expect(status).toBe(0);
    const text = readFileSync(lastFile(), 'utf8');
    expect(JSON.parse(text)).toMatchObject({
      command: 'login',
      secrets: 'redacted',
      outcome: { status: 'done' },
    });
    expect(server.secrets.size).toBeGreaterThan(3);
    for (const [kind, secret] of server.secrets) expect(text, kind).not.toContain(secret);
    if (process.platform !== 'win32') expect(statSync(lastFile()).mode & 0o777).toBe(0o600);
    writeFileSync(join(home.folder, 'before.json'), text);
    await login({ token: refused });
    expect((await run('report', 'last')).stdout).toMatch(/^✗ "login" at .* failed/);
    expect((await run('debug', 'last')).stdout).toContain('Token response: invalid_grant');
    expect((await run('diff', 'last', join(home.folder, 'before.json'))).stdout).toContain('invalid_grant');
  });

  it.skipIf(process.platform === 'win32').each([0o777, 0o1777])(
    'is not written through a link in a folder that others can change (%o)',
    async (mode) => {
      const victim = join(home.folder, '..', `${basename(home.folder)}-victim`);
      writeFileSync(victim, 'precious');
      symlinkSync(victim, lastFile());
      chmodSync(home.folder, mode);
      const { status, stderr } = await run('discover', 'http://127.0.0.1:1');
      const kept = readFileSync(victim, 'utf8');
      rmSync(victim);
      expect(kept).toBe('precious');
      expect(status).toBe(5);
      expect(stderr).toContain('! Recording');
    },
  );

  it('is redacted although --show-secrets was given', async () => {
    const { server } = await login({}, ['--show-secrets']);
    const text = readFileSync(lastFile(), 'utf8');
    for (const [kind, secret] of server.secrets) expect(text, kind).not.toContain(secret);
  });

  it.each([
    ['--no-last', ['--no-last'], {}],
    ['--store none', ['--store', 'none'], {}],
    ['a variable', [], { OAUTH_CODE_KEEP_LAST: '0' }],
  ])('is not kept with %s', async (_, args, env) => {
    expect((await login({}, args, env)).status).toBe(0);
    expect(existsSync(lastFile())).toBe(false);
  });

  it('is not kept when the profile says keep_last: false', async () => {
    const settings = { version: 1, profiles: { work: { keep_last: false } } };
    writeFileSync(join(home.folder, 'config.json'), JSON.stringify(settings));
    expect((await login({}, ['-p', 'work'])).status).toBe(0);
    expect(existsSync(lastFile())).toBe(false);
  });

  it('warns once, and fails nothing, where it cannot be written', async () => {
    const file = join(home.folder, 'file');
    writeFileSync(file, '');
    const { status, stderr } = await login({}, [], {
      OAUTH_CODE_HOME: undefined,
      OAUTH_CODE_STORE: undefined,
      XDG_CONFIG_HOME: home.folder,
      XDG_STATE_HOME: join(file, 'state'),
    });
    expect(status).toBe(0);
    expect(stderr.match(/^! Recording .*not kept: /gm)).toHaveLength(1);
  });

  it('is told as missing before the first run, and a file of that name is ./last', async () => {
    const missing = await run('report', 'last');
    expect(missing).toMatchObject({ status: 2, stdout: '' });
    expect(missing.stderr).toContain('No run has been recorded yet');
    const file = { files: { './last': '{"error":"invalid_grant"}' }, env: home.env };
    expect((await runHere(['report', './last'], file)).stdout).toContain('invalid_grant');
  });
});

describe('the recording of a token', () => {
  let server: RotatingServer;
  beforeEach(async () => {
    server = await startRotatingServer();
    home.save(sessionWith(server, { owner: { type: 'profile', name: 'work' } }));
    writeFileSync(join(home.folder, 'config.json'), JSON.stringify({ version: 1, profiles: { work: {} } }));
  });
  afterEach(() => server.close());

  it.each([
    ['comes from the cache', ['--min-validity', '0'], false],
    ['is refreshed', ['--fresh'], true],
    ['is refreshed for kubectl', ['--fresh', '-o', 'exec-credential'], false],
  ])('that %s is kept: %j %s', async (_, args, kept) => {
    expect((await run('token', '-p', 'work', ...args)).status).toBe(0);
    expect(existsSync(lastFile())).toBe(kept);
  });
});

describe('a run that failed', () => {
  const told = (stderr: string) =>
    stderr
      .slice(stderr.search(/^error:/m))
      .trimEnd()
      .split('\n');
  const long = 'The server explains at length what it does not like about the request. '.repeat(20);

  it.each([
    ['a refusal', { token: refused }],
    [
      'a refusal in many words',
      { token: () => json(400, { error: 'invalid_grant', error_description: long }) },
    ],
    ['a wrong issuer', { metadata: (sound) => ({ ...sound, issuer: 'https://other.example' }) }],
  ] as [string, Script][])('takes at most twelve lines: %s', async (_, script) => {
    const { status, stderr } = await login(script);
    expect(status).toBeGreaterThan(2);
    const lines = told(stderr);
    expect(lines.length).toBeLessThanOrEqual(12);
    expect(lines.join('\n')).toMatch(new RegExp(`^exit status ${status}\\. .*: oauth-code debug last$`, 'm'));
  });

  it('is told whole with -v, and where no recording is kept', async () => {
    for (const args of [['-v'], ['--no-last']]) {
      const { stderr } = await login({ token: refused }, args);
      expect(stderr).toMatch(/^ {2}2\. /m);
      expect(stderr).toMatch(/^exit status 3$/m);
    }
  });
});
