import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from './cli.ts';

const root = join(__dirname, '..', '..');

let home: string;
let env: Record<string, string>;
beforeEach(() => {
  home = mkdtempSync(join(realpathSync(tmpdir()), 'oauth-code-profile-'));
  env = { OAUTH_CODE_HOME: home };
});
afterEach(() => {
  chmodSync(home, 0o700);
  rmSync(home, { recursive: true, force: true });
});

const save = (name: string, ...more: string[]) =>
  runCli(['profile', 'save', name, '--issuer', 'https://login.example.com', '--client-id', 'app', ...more], {
    env,
  });
const config = () => JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'));

describe('profile, as it is installed', () => {
  it('saves, shows and removes', async () => {
    expect((await save('work', '--scope', 'openid')).status).toBe(0);
    const shown = await runCli(['profile', 'show', 'work', '--json'], { env });
    expect(JSON.parse(shown.stdout).settings).toEqual({
      issuer: 'https://login.example.com',
      client_id: 'app',
      scope: 'openid',
    });
    expect((await runCli(['profile', 'remove', 'work', '--yes'], { env })).status).toBe(0);
    expect(config().profiles).toEqual({});
  });

  it('shows the help of a subcommand by both names', async () => {
    const asked = await runCli(['help', 'profile', 'save'], { env });
    expect(asked.stdout).toMatch(/^Usage: oauth-code profile save /);
    expect(await runCli(['profile', 'save', '--help'], { env })).toEqual(asked);
  });

  it('publishes the schemas that it checks its files with', async () => {
    await save('work', '--client-secret-env', 'S', '--param', 'a=b', '--default');
    const ajv = new Ajv2020();
    const read = (name: string) => JSON.parse(readFileSync(join(root, 'dist', name), 'utf8'));
    expect(ajv.compile(read('config.schema.json'))(config())).toBe(true);
    expect(ajv.compile(read('project.schema.json'))(config())).toBe(false);
    expect(config().$schema).toBe(
      `https://unpkg.com/oauth-code@${JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version}/dist/config.schema.json`,
    );
  });

  it('loses nothing when processes save at once', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `p${n}`);
    const done = await Promise.all(names.map((name) => save(name)));
    expect(done.map(({ status, stderr }) => [status, stderr.startsWith('Saved')])).toEqual(
      names.map(() => [0, true]),
    );
    expect(Object.keys(config().profiles).sort()).toEqual(names);
    expect(readdirSync(home)).toEqual(['config.json']);
  });

  it.runIf(process.platform === 'linux')('says so when there is no keychain', async () => {
    const done = await runCli(
      ['profile', 'save', 'work', '--client-secret-file', '-', '--store', 'keychain', '--json'],
      { env: { ...env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }, input: 'hunter2' },
    );
    expect(done).toMatchObject({ status: 2, stdout: '' });
    expect(JSON.parse(done.stderr).error).toMatchObject({
      code: 'config',
      message: expect.stringMatching(/^Cannot write the keychain of this system: /),
    });
    expect(done.stderr).not.toContain('hunter2');
    expect(readdirSync(home)).toEqual([]);
  });

  it('says so when the keychain module was not installed', async () => {
    const bare = join(home, 'package');
    for (const part of ['bin', 'dist', 'package.json']) {
      cpSync(join(root, part), join(bare, part), { recursive: true });
    }
    const done = await runCli(
      ['profile', 'save', 'work', '--client-secret-file', '-', '--store', 'keychain'],
      {
        env,
        bin: join(bare, 'bin', 'oauth-code.js'),
        input: 'hunter2',
      },
    );
    expect(done.status).toBe(2);
    expect(done.stderr.replace(/\s+/g, ' ')).toContain('the optional package @napi-rs/keyring is missing');
  });

  it.runIf(process.platform !== 'win32')(
    'names a home that may not be written, and leaves it as it was',
    () => {
      writeFileSync(join(home, 'config.json'), '{"version": 1}');
      chmodSync(join(home, 'config.json'), 0o644);
      chmodSync(home, 0o555);
      const isRoot = process.getuid?.() === 0;
      const argv = [join(root, 'bin', 'oauth-code.js'), 'profile', 'save', 'work', '--client-id', 'app'];
      const { status, stdout, stderr } = spawnSync(process.execPath, argv, {
        env: { PATH: process.env.PATH ?? '', ...env },
        encoding: 'utf8',
        // Root may write everywhere.
        ...(isRoot ? { uid: 65_534, gid: 65_534 } : {}),
      });
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr.replace(/\s+/g, ' ')).toMatch(
        /Cannot write \S+config\.json\S*: permission denied\. next: OAUTH_CODE_HOME names another folder/,
      );
      expect(readFileSync(join(home, 'config.json'), 'utf8')).toBe('{"version": 1}');
    },
  );
});
