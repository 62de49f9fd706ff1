import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { type RotatingServer, startRotatingServer } from '../fakes/rotating-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';

let home: TestHome;
let server: RotatingServer;

beforeEach(async () => {
  server = await startRotatingServer();
  home = createTestHome();
  home.save(sessionWith(server));
});

afterEach(async () => {
  await server.close();
  home.remove();
});

describe('token --expect', () => {
  const token = (...args: readonly string[]) =>
    runHere(['token', '--issuer', server.origin, '--client-id', 'client-1', ...args], { env: home.env });

  it('prints the token when all is as expected, and lists the expectations with --json', async () => {
    const run = await token('--expect', 'scope~=read', '--expect', 'exp>10m', '--expect', '!groups');
    expect(run).toMatchObject({ status: 0, stdout: `${server.last.accessToken}\n`, stderr: '' });
    const { checks } = JSON.parse((await token('--expect', 'scope~=read', '--json')).stdout);
    expect(checks).toEqual([
      expect.objectContaining({ id: 'expectation', outcome: 'pass', expected: 'scope~=read' }),
    ]);
  });

  it('prints nothing of the token when something is not, and names that: exit 7', async () => {
    const run = await token('--expect', 'scope~=read', '--expect', 'scope~=admin', '--expect', 'x', '--json');
    expect(run.stdout).toBe('');
    expect(errorOf(run)).toMatchObject({
      code: 'expectation_failed',
      exit_code: 7,
      step: 'expectation',
      message:
        'Expected scope~=admin, but token_response.scope is read write, which does not hold admin. 1 more is not met.',
    });
    expect(run.stderr).not.toContain(server.last.accessToken);
  });

  it('is taken from a variable, line by line', async () => {
    const argv = ['token', '--issuer', server.origin, '--client-id', 'client-1'];
    const env = { ...home.env, OAUTH_CODE_EXPECT: 'scope~=read\nexp<1m' };
    expect((await runHere(argv, { env })).status).toBe(7);
  });

  it('is understood before anything is sent: exit 2', async () => {
    home.save(sessionWith(server, { validForSeconds: -5 }));
    const run = await token('--expect', 'auth_time<1h', '--json');
    expect(errorOf(run)).toMatchObject({ code: 'usage', exit_code: 2 });
    expect(errorOf(run).message).toContain('auth_time lies in the past');
    expect(server.requests).toEqual([]);
  });
});

describe('login --expect', () => {
  let idp: ScriptedServer;

  beforeEach(async () => {
    idp = await startScriptedServer();
  });

  afterEach(() => idp.close());

  const login = (...args: readonly string[]) =>
    runHere(
      [
        'login',
        '--issuer',
        idp.issuer,
        '--client-id',
        'client-1',
        '--port',
        '0',
        ...(args.includes('text') ? [] : ['--json']),
        ...args,
      ],
      {
        env: home.env,
        visit: async (url) => void (await (await fetch(url)).text()),
      },
    );

  it('looks at the ID token first, then at UserInfo, then at what the access token allows', async () => {
    const run = await login(
      '--expect',
      'aud=client-1',
      '--expect',
      'name~=Alice',
      '--expect',
      'scope~=openid',
    );
    expect(run.status).toBe(0);
    const details = JSON.parse(run.stdout)
      .checks.filter(({ id }: { id: string }) => id === 'expectation')
      .map(({ detail }: { detail: string }) => detail);
    expect(details).toEqual([
      'id_token.aud is client-1.',
      'userinfo.name is Alice Example.',
      'token_response.scope is openid.',
    ]);
  });

  it('saves nothing and prints no token when it is not met: exit 7', async () => {
    const before = home.files();
    const run = await login('--expect', 'userinfo.name=Bob', '--save', 'work');
    expect(run.status).toBe(7);
    expect(errorOf(run).message).toBe('Expected userinfo.name=Bob, but userinfo.name is Alice Example.');
    expect(home.files()).toEqual(before);
  });

  it('tells a person once what was expected and what came, and names the check in JSON', async () => {
    const words = ['--expect', 'userinfo.name=Bob', '--expect', 'sub=nobody'];
    const { stderr } = await login(...words, '--output', 'text');
    expect(stderr.match(/Alice Example/g)).toHaveLength(1);
    expect(stderr).toContain('error: Expected userinfo.name=Bob, but userinfo.name is Alice Example.');
    expect(stderr).toContain('exit status 7. 1 more check: oauth-code debug last');
    const whole = await login(...words, '--output', 'text', '--verbose');
    expect(whole.stderr).toContain('Checks that did not pass');
    expect(whole.stderr).toMatch(/received +\S+/);
    expect(errorOf(await login(...words))).toMatchObject({
      check: 'expectation',
      code: 'expectation_failed',
    });
  });
});
