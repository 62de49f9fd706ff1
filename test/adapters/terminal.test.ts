import { spawn, spawnSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { colorChoice, showsColor, showsUnicode } from '../../src/adapters/terminal.ts';
import { bundleAdapters } from './bundle-sources.ts';

describe('whether a stream shows colour', () => {
  it.each([
    ['always', {}, false, true],
    ['always', { NO_COLOR: '1', TERM: 'dumb' }, false, true],
    ['never', { FORCE_COLOR: '1' }, true, false],
    ['auto', {}, true, true],
    ['auto', {}, false, false],
    ['auto', { NO_COLOR: '1' }, true, false],
    ['auto', { NO_COLOR: '' }, true, true],
    ['auto', { NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    ['auto', { FORCE_COLOR: '1' }, false, true],
    ['auto', { FORCE_COLOR: '' }, false, true],
    ['auto', { FORCE_COLOR: '0' }, true, false],
    ['auto', { FORCE_COLOR: 'false' }, true, false],
    ['auto', { FORCE_COLOR: '1', TERM: 'dumb' }, false, true],
    ['auto', { TERM: 'dumb' }, true, false],
    ['auto', { CI: '1' }, true, true],
  ] as const)('with --color %s, %o, terminal %s: %s', (choice, env, isTTY, expected) => {
    expect(showsColor(choice, env, isTTY)).toBe(expected);
  });
});

describe('what --color says before the command line is parsed', () => {
  it.each<[string[], Record<string, string>, string]>([
    [[], {}, 'auto'],
    [['login', '--color', 'always'], {}, 'always'],
    [['login', '--color=never'], {}, 'never'],
    [['--color', 'always', 'login', '--color', 'never'], {}, 'never'],
    [['login', '--color', 'sometimes'], {}, 'auto'],
    [['login', '--color'], {}, 'auto'],
    [['exec', '--', 'ls', '--color=always'], {}, 'auto'],
    [['login'], { OAUTH_CODE_COLOR: 'always' }, 'always'],
    [['login', '--color', 'auto'], { OAUTH_CODE_COLOR: 'always' }, 'auto'],
    [['login'], { OAUTH_CODE_COLOR: '' }, 'auto'],
  ])('%j with %o: %s', (argv, env, expected) => {
    expect(colorChoice(argv, env)).toBe(expected);
  });
});

describe('whether marks beyond ASCII are shown', () => {
  it.each<[Record<string, string>, NodeJS.Platform, boolean]>([
    [{}, 'linux', true],
    [{ LANG: 'en_US.UTF-8' }, 'linux', true],
    [{ LANG: 'C.utf8' }, 'linux', true],
    [{ LANG: 'C' }, 'linux', false],
    [{ LANG: 'en_US.ISO-8859-1' }, 'darwin', false],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'POSIX' }, 'linux', false],
    [{ LANG: 'C', LC_CTYPE: 'UTF-8' }, 'darwin', true],
    [{ LANG: 'en_US.UTF-8', LC_ALL: '' }, 'linux', true],
    [{}, 'win32', false],
    [{ WT_SESSION: 'x' }, 'win32', true],
    [{ TERM_PROGRAM: 'vscode' }, 'win32', true],
  ])('%o on %s: %s', (env, platform, expected) => {
    expect(showsUnicode(env, platform)).toBe(expected);
  });
});

let folder = '';
beforeAll(async () => {
  folder = await bundleAdapters(['terminal']);
});
afterAll(() => rm(folder, { recursive: true }));

/** The start of a program that has a `terminal` and a `cancel` to abort with. */
const prelude = () => `
  const { createTerminal } = require(${JSON.stringify(join(folder, 'terminal.cjs'))});
  const cancel = new AbortController();
  const terminal = createTerminal({}, 'auto', cancel.signal);`;

describe('the terminal of a process in a pipe', () => {
  const run = (program: string, input: string) =>
    spawnSync(process.execPath, ['-e', `${prelude()} (async () => { ${program} })();`], {
      input,
      encoding: 'utf8',
      timeout: 50_000,
    });

  it.each([
    ['all of stdin', 'await terminal.readStdin();'],
    ['stdin piece by piece', 'for await (const chunk of terminal.stdinChunks()) continue;'],
  ])('ends to read %s when the run is cancelled', async (_, read) => {
    const program = `
      setTimeout(() => cancel.abort(new Error('cancelled')), 50);
      try { ${read} } catch (error) { terminal.stdout.write(error.message); }`;
    const child = spawn(process.execPath, ['-e', `${prelude()} (async () => { ${program} })();`]);
    const ended = new Promise((resolve) => child.once('close', resolve));
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    // Its stdin stays open.
    expect(await ended).toBe(0);
    expect(said).toBe('cancelled');
  });

  it('is none, 80 columns wide and without colour', () => {
    const program = `
      const { stdout, stderr, stdinIsTTY } = terminal;
      stdout.write(JSON.stringify([stdinIsTTY, stdout.isTTY, stderr.isTTY, stdout.columns, stdout.color]));`;
    expect(run(program, '').stdout).toBe('[false,false,false,80,false]');
  });

  it('has all of stdin as it is, and no lines typed by a person', () => {
    const program = `
      for await (const line of terminal.lines(cancel.signal)) terminal.stdout.write('line: ' + line);
      terminal.stdout.write(JSON.stringify(await terminal.readStdin()));`;
    expect(JSON.parse(run(program, 'sécret €\r\n\n').stdout)).toBe('sécret €\r\n\n');
  });

  it('takes long texts whole', () => {
    const program = `terminal.stdout.write('x'.repeat(3e6)); terminal.stderr.write('y'.repeat(3e6));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', `${prelude()} ${program}`], {
      encoding: 'utf8',
      maxBuffer: 1e7,
    });
    expect([stdout.length, stderr.length]).toEqual([3e6, 3e6]);
  });

  it.each([
    ['does not care for a reader that goes away later', `terminal.stdout.write('taken');`, [0, 'still here']],
    ['says of a reader that took nothing that it has gone', '', [1, expect.stringContaining('has gone')]],
  ])('%s', async (_, first, expected) => {
    const program = `
      ${first}
      process.stdin.once('close', () => {
        for (let count = 0; count < 100; count += 1) terminal.stdout.write('x'.repeat(10_000));
        terminal.stderr.write('still here');
      }).resume();`;
    const child = spawn(process.execPath, ['-e', `${prelude()} ${program}`]);
    const leave = () => {
      child.stdout.destroy();
      child.stdin.end();
    };
    if (first === '') leave();
    else child.stdout.once('data', leave);
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const status = await new Promise((resolve) => child.once('close', resolve));
    expect([status, stderr]).toEqual(expected);
  });
});

// util-linux's script lends a process a terminal; the options of the BSD one are others.
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0;

describe.skipIf(!hasScript)('the terminal of a process on a terminal', () => {
  /** Runs a program on a terminal; `typed` is sent once it says that it is ready. Resolves when it has ended. */
  async function run(program: string, typed: string) {
    const script = `${prelude()} (async () => { ${program} })();`;
    const command = `stty -echo cols 100; exec "${process.execPath}" -e '${script.replaceAll("'", "'\\''")}'`;
    const child = spawn('script', ['-qefc', command, '/dev/null'], { timeout: 50_000 });
    let said = '';
    let waiting = true;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (!waiting || !said.includes('ready')) return;
      waiting = false;
      child.stdin.write(typed);
    });
    const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
    return { status, lines: said.replaceAll('\r', '').trim().split('\n') };
  }

  const reading = (each: string) => `
    const lines = terminal.lines(cancel.signal);
    console.log('ready');
    for await (const line of lines) { console.log('line: ' + line); ${each} }
    console.log('over');`;

  it('is one, with its width and colour', async () => {
    const program = `
      const { stdout, stderr, stdinIsTTY } = terminal;
      console.log(JSON.stringify([stdinIsTTY, stdout.isTTY, stderr.isTTY, stdout.columns, stdout.color]));`;
    expect(await run(program, '')).toEqual({ status: 0, lines: ['[true,true,true,100,true]'] });
  });

  it('has the lines that are typed, until the signal says that it is enough, and lets the process end', async () => {
    const { status, lines } = await run(
      reading(`if (line === 'two') setTimeout(() => cancel.abort(), 50);`),
      'one\n\ntwo\n',
    );
    expect({ status, lines }).toEqual({
      status: 0,
      lines: ['ready', 'line: one', 'line: ', 'line: two', 'over'],
    });
  });

  it('lets the process end when nobody types and the wait is over', async () => {
    const { status, lines } = await run(`setTimeout(() => cancel.abort(), 100); ${reading('')}`, '');
    expect({ status, lines }).toEqual({ status: 0, lines: ['ready', 'over'] });
  });

  it('lets the process end when the reader has had enough', async () => {
    const { status, lines } = await run(reading('break;'), 'one\ntwo\n');
    expect({ status, lines }).toEqual({ status: 0, lines: ['ready', 'line: one', 'over'] });
  });

  it('has no lines once the signal has aborted', async () => {
    const { status, lines } = await run(`cancel.abort(); ${reading('')}`, 'one\n');
    expect({ status, lines }).toEqual({ status: 0, lines: ['ready', 'over'] });
  });

  it('has no further lines after Ctrl-D', async () => {
    const { status, lines } = await run(reading(''), 'one\n\u0004');
    expect({ status, lines }).toEqual({ status: 0, lines: ['ready', 'line: one', 'over'] });
  });
});
