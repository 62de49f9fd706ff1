import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { runCli, startCli } from './cli.ts';
import { lastLineAsJson, playPerson } from './person-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-browser-'));

let idp: RunningIdp;

beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});

afterAll(async () => {
  await idp.close();
  rmSync(folder, { recursive: true });
});

/** A program that keeps its arguments, one on each line, and its environment, and ends with a status. */
function makeBrowser(name: string, status = 0) {
  const file = join(folder, name);
  const [args, env] = [join(folder, `${name}.args`), join(folder, `${name}.env`)];
  const lines = ['#!/bin/sh', `env > '${env}'`, `printf '%s\\n' "$@" > '${args}.new'`];
  writeFileSync(file, [...lines, `mv '${args}.new' '${args}'`, `exit ${status}`, ''].join('\n'));
  chmodSync(file, 0o755);
  const argumentsOnce = () =>
    vi.waitUntil(
      () => {
        try {
          return readFileSync(args, 'utf8').trimEnd().split('\n');
        } catch {
          return undefined;
        }
      },
      { timeout: 50_000 },
    );
  return { file, argumentsOnce, environment: () => readFileSync(env, 'utf8') };
}

const login = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  startCli(['login', '--issuer', idp.issuer, '--client-id', 'demo-public', '--port', '0', ...args], { env });

describe.skipIf(process.platform === 'win32')('a browser command', () => {
  it('is given the authorization URL as its last word', async () => {
    const browser = makeBrowser('last word');
    const cli = login(['--browser', `'${browser.file}' --new-window`]);
    const [{ url }, { status, stderr }] = await Promise.all([playPerson(idp, cli), cli.finished]);
    expect(status).toBe(0);
    expect(await browser.argumentsOnce()).toEqual(['--new-window', url.href]);
    expect(stderr).toMatch(/^✓ Browser +started .*last word/m);
  });

  it('is given the URL in the place of %s, whatever is in it', async () => {
    const browser = makeBrowser('placeholder');
    const hostile = `$(touch x) ; 'a' "b" $& %s`;
    const cli = login(['--browser', `'${browser.file}' --app=%s --private`, '--login-hint', hostile]);
    const [{ url }] = await Promise.all([playPerson(idp, cli), cli.finished]);
    expect(url.searchParams.get('login_hint')).toBe(hostile);
    const [app = '', ...rest] = await browser.argumentsOnce();
    expect(rest).toEqual(['--private']);
    expect(new URL(app.replace('--app=', '')).searchParams.get('login_hint')).toBe(hostile);
  });

  it('comes from BROWSER when no option names one', async () => {
    const [ours, theirs] = [makeBrowser('ours'), makeBrowser('theirs')];
    const byVariable = login([], { BROWSER: theirs.file });
    const [{ url }] = await Promise.all([playPerson(idp, byVariable), byVariable.finished]);
    expect(await theirs.argumentsOnce()).toEqual([url.href]);
    const byOption = login(['--browser', ours.file], { BROWSER: `${theirs.file}-not` });
    const [second] = await Promise.all([playPerson(idp, byOption), byOption.finished]);
    expect(await ours.argumentsOnce()).toEqual([second.url.href]);
  });

  it('is not started with --no-browser', async () => {
    const cli = login(['--no-browser'], { BROWSER: join(folder, 'nobody') });
    const [, { status, stderr }] = await Promise.all([playPerson(idp, cli), cli.finished]);
    expect(status).toBe(0);
    expect(stderr).not.toMatch(/^. Browser/m);
    expect(stderr).toContain('Open this address to sign in:');
  });

  const secret = 'demo-secret';
  const configFile = (name: string, profile: object) => {
    const file = join(folder, name);
    const settings = { version: 1, profiles: { work: { issuer: idp.issuer, ...profile } } };
    writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
    return file;
  };

  it.each<{ by: string; args?: () => string[]; env: Record<string, string> }>([
    { by: 'the variable of ours', env: { OAUTH_CODE_CLIENT_SECRET: secret } },
    { by: '--client-secret-env', args: () => ['--client-secret-env', 'MINE'], env: { MINE: secret } },
    { by: 'a variable that names one', env: { OAUTH_CODE_CLIENT_SECRET_ENV: 'MINE', MINE: secret } },
    {
      by: 'a profile',
      args: () => ['-p', 'work', '--config', configFile('env.json', { client_secret: { env: 'MINE' } })],
      env: { MINE: secret },
    },
    {
      by: 'a profile that an option goes before',
      args: () => [
        ...['-p', 'work', '--config', configFile('two.json', { client_secret: { env: 'OTHER' } })],
        ...['--client-secret-env', 'MINE'],
      ],
      env: { MINE: secret, OTHER: secret },
    },
  ])('sees none of our settings, nor the client secret that is given by $by', async ({ args, env }) => {
    const browser = makeBrowser('environment');
    const cli = login(['--browser', browser.file, '--client-id', 'demo-confidential', ...(args?.() ?? [])], {
      ...env,
      KEPT: 'this one',
    });
    const [, { status }] = await Promise.all([playPerson(idp, cli), cli.finished]);
    expect(status).toBe(0);
    await browser.argumentsOnce();
    expect(browser.environment()).toContain('KEPT=this one');
    expect(browser.environment()).not.toMatch(/OAUTH_CODE_|demo-secret/);
  });

  it('is spoken of as soon as it runs, without a placeholder for the URL', async () => {
    const cli = login(['--browser', 'sleep 30 --for=%s']);
    await cli.stderrMatches(/^✓ Browser +started sleep 30 --for=URL$/m);
    cli.child.kill('SIGINT');
    expect((await cli.finished).status).toBe(130);
  });

  it.each([
    {
      what: 'fails',
      browser: () => makeBrowser('failing', 3).file,
      says: /^! Browser +not opened: .*status 3/m,
    },
    {
      what: 'does not exist',
      browser: () => join(folder, 'nosuch'),
      says: /^! Browser +not opened: .*nosuch: the program was not found/m,
    },
    {
      what: 'may not be run',
      browser: () => {
        const file = join(folder, 'plain-file');
        writeFileSync(file, '');
        return file;
      },
      says: /^! Browser +not opened: .*EACCES/m,
    },
    { what: 'is an open quote', browser: () => `'firefox`, says: /^! Browser +not opened: /m },
  ])('that $what is remarked and the wait goes on, unless nobody may be asked', async ({ browser, says }) => {
    const cli = login(['--browser', browser()]);
    await cli.stderrMatches(says);
    const [, { status }] = await Promise.all([playPerson(idp, cli), cli.finished]);
    expect(status).toBe(0);
    const alone = await login(['--browser', browser(), '--no-input']).finished;
    expect([alone.status, alone.stdout]).toEqual([4, '']);
    expect(alone.stderr).toMatch(says);
    expect(alone.stderr).toMatch(/^next: .*--no-browser/ms);
  });

  it('is opened by a logout that waits for nothing else', async () => {
    const store = { OAUTH_CODE_STORE: 'file' };
    const browser = makeBrowser('logout');
    const cli = login(['--no-browser'], store);
    const [, { status }] = await Promise.all([playPerson(idp, cli), cli.finished]);
    expect(status).toBe(0);
    const client = ['--issuer', idp.issuer, '--client-id', 'demo-public'];
    const run = await runCli(['logout', ...client, '--end-session', '--browser', browser.file], {
      env: store,
    });
    expect(run, run.stderr).toMatchObject({ status: 0, stdout: '' });
    expect(run.stderr).toContain('the session at the server ends there');
    expect(new URL((await browser.argumentsOnce())[0] ?? '').searchParams.get('client_id')).toBe(
      'demo-public',
    );
  });

  it('that plays the person itself may be a whole program', async () => {
    const script = join(folder, 'fetch.cjs');
    writeFileSync(
      script,
      `const visit = (url) => require('node:http').get(url, (answer) =>
         answer.headers.location ? visit(new URL(answer.headers.location, url)) : answer.resume());
       visit(process.argv[2]);`,
    );
    const cli = startCli([
      ...['login', '--client-id', 'x', '--issuer', idp.issuer, '--port', '0', '--json'],
      ...['--browser', `'${process.execPath}' '${script}'`, '--prompt', 'none', '--client-id', 'demo-public'],
    ]);
    const run = await cli.finished;
    // Nobody is signed in at the server, and it was told not to ask.
    expect(run.status).toBe(3);
    expect(lastLineAsJson(run)).toMatchObject({ error: { oauth: { error: 'login_required' } } });
  });
});

describe('in CI', () => {
  const args = ['login', '--issuer', 'http://127.0.0.1:1', '--client-id', 'x', '--port', '0'];

  it('a login ends at once with status 4 and says what to do instead', async () => {
    const run = await runCli([...args, '--json'], { env: { CI: '1' } });
    expect(run).toMatchObject({ status: 4, stdout: '' });
    expect(run.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(lastLineAsJson(run)).toMatchObject({
      error: {
        code: 'login_required',
        exit_code: 4,
        message: expect.stringContaining('CI'),
        hint: expect.stringMatching(/--no-browser.*--browser COMMAND/),
      },
    });
  });

  it.each([
    { name: '--browser', args: ['--browser', 'true'], env: {} },
    { name: '--no-browser', args: ['--no-browser'], env: {} },
    { name: 'BROWSER', args: [], env: { BROWSER: 'true' } },
    { name: 'CI=false', args: [], env: { CI: 'false' } },
  ])('a login goes on with $name', async ({ args: more, env }) => {
    const { status, stderr } = await runCli([...args, ...more], {
      env: { CI: '1', ...env, PATH: [join(folder), process.env.PATH].join(delimiter) },
    });
    expect(status).toBe(5);
    expect(stderr).toContain('127.0.0.1:1');
  });
});
