import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChildEnding, ChildProgram } from '../../src/context.ts';
import { type RotatingServer, startRotatingServer } from '../fakes/rotating-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';

let server: RotatingServer;
let home: TestHome;
let programs: ChildProgram[];
let ending: ChildEnding;

const exec = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runHere(['exec', '--issuer', server.origin, '--client-id', 'client-1', ...args], {
    env: { ...home.env, ...env },
    runProgram: async (program) => {
      programs.push(program);
      return ending;
    },
  });

beforeEach(async () => {
  server = await startRotatingServer();
  home = createTestHome();
  home.save(sessionWith(server));
  programs = [];
  ending = { type: 'ended', status: 0 };
});

afterEach(async () => {
  await server.close();
  home.remove();
});

describe('exec', () => {
  it('runs a program with the token in its environment and its words untouched', async () => {
    const run = await exec(['--', 'tool', '--json', '-p', 'a b'], { PATH: '/bin' });
    expect(run).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(programs[0]?.words).toEqual(['tool', '--json', '-p', 'a b']);
    expect(programs[0]?.env).toMatchObject({
      PATH: '/bin',
      OAUTH_CODE_ACCESS_TOKEN: server.last.accessToken,
    });
  });

  it('puts the token, or the whole header, into the variable that is named', async () => {
    await exec(['--env', 'API_TOKEN', '--', 'tool']);
    await exec(['--env', 'H', '--header', '--', 'tool']);
    const { accessToken } = server.last;
    expect(programs[0]?.env).toMatchObject({ API_TOKEN: accessToken });
    expect(programs[0]?.env).not.toHaveProperty('OAUTH_CODE_ACCESS_TOKEN');
    expect(programs[1]?.env).toMatchObject({ H: `Authorization: Bearer ${accessToken}` });
  });

  it('hands on none of our own secrets', async () => {
    home.save(sessionWith(server, { secret_from: { env: 'REMEMBERED' } }));
    await exec(['--client-secret-env', 'SECRET', '--assertion-from', 'env:JWT', '--', 'tool'], {
      SECRET: 's',
      REMEMBERED: 'r',
      JWT: 'j',
      OAUTH_CODE_CLIENT_SECRET: 'x',
      OAUTH_CODE_TIMEOUT: '9',
      OTHER: 'kept',
    });
    expect(Object.keys(programs[0]?.env ?? {}).sort()).toEqual([
      'OAUTH_CODE_ACCESS_TOKEN',
      'OAUTH_CODE_HOME',
      'OTHER',
    ]);
  });

  it('refreshes a token that is not good for long enough before it starts anything', async () => {
    home.save(sessionWith(server, { validForSeconds: 5 }));
    await exec(['--', 'tool']);
    expect(server.requests).toHaveLength(1);
    expect(programs[0]?.env.OAUTH_CODE_ACCESS_TOKEN).toBe(server.last.accessToken);
  });

  it.each([0, 5, 137, 255])('ends with the status of the program: %i', async (status) => {
    ending = { type: 'ended', status };
    expect(await exec(['--', 'tool'])).toMatchObject({ status, stderr: '' });
  });

  it.each([
    [{ type: 'not-found' }, 127, 'not_found', 'The program tool was not found.'],
    [
      { type: 'not-executable', reason: 'permission denied' },
      126,
      'not_executable',
      'tool cannot be run: permission denied.',
    ],
  ] as const)('says why nothing ran: %j', async (outcome, status, code, message) => {
    ending = outcome;
    // What stands behind "--" is the program's.
    const { stderr } = await exec(['--', 'tool', '--json']);
    expect(stderr.startsWith(`error: ${message}`)).toBe(true);
    const run = await runHere(
      ['exec', '--json', '--issuer', server.origin, '--client-id', 'client-1', '--', 'tool'],
      { env: home.env, runProgram: async () => outcome },
    );
    expect(errorOf(run)).toMatchObject({ code, exit_code: status, message });
    expect(run.status).toBe(status);
  });

  it.each([
    [[], 2, '<command> is missing.'],
    [['--env', '1X', '--', 'tool'], 2, '--env is not a variable name: 1X'],
    [
      ['--expect', '=', '--', 'tool'],
      2,
      '--expect "=" cannot be understood. The name of a claim is missing.',
    ],
    [
      ['--expect', 'scope~=admin', '--', 'tool'],
      7,
      'Expected scope~=admin, but token_response.scope is read write, which does not hold admin.',
    ],
    [['--account', 'nobody', '--', 'tool'], 4, undefined],
  ])('starts nothing: %j', async (args, status, message) => {
    const run = await exec(['--json', ...args]);
    expect(run.status).toBe(status);
    if (message !== undefined) expect(errorOf(run).message).toBe(message);
    expect(programs).toEqual([]);
  });
});
