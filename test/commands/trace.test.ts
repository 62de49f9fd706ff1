import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type Script, startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { checksOf, type Recording } from '../../src/recording/recording.ts';
import { readTrace } from '../../src/recording/trace-format.ts';
import { loginAgainst, type ScriptedLoginOptions } from '../end-to-end/scripted-login.ts';
import { createTestContext } from '../fakes/context.ts';
import { type RotatingServer, startRotatingServer } from '../fakes/rotating-server.ts';
import { runHere } from '../fakes/run-here.ts';
import { createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oauth-code-trace-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const path = (name: string) => join(folder, name);

async function traceIn(name: string): Promise<Recording> {
  const reading = readTrace(await readFile(path(name), 'utf8'));
  if (reading.type !== 'trace') throw new Error(`${name} is not a trace`);
  return reading.recording;
}

async function recorded(
  script: Script = {},
  args: readonly string[] = [],
  options: ScriptedLoginOptions = {},
) {
  const login = await loginAgainst(script, { ...options, args: ['--trace', path('run.json'), ...args] });
  return { login, trace: await traceIn('run.json') };
}

const exchanges = ({ events }: Recording) =>
  events.flatMap((event) => (event.type === 'exchange' ? [event] : []));

describe('a recording with a pushed request', () => {
  const par: Script['par'] = (sound) => (typeof sound === 'string' ? sound : { ...sound, status: 200 });

  it('is judged by debug as the run was', async () => {
    await recorded({ par }, ['--par']);
    const { stdout } = await runHere(['debug', path('run.json'), '--json', '--fail-on', 'none']);
    const { messages } = JSON.parse(stdout);
    const [pushed, browser] = messages.filter(
      ({ kind }: { kind: string }) => kind === 'authorization_request',
    );
    expect(pushed.values).toMatchObject({
      endpoint: expect.stringMatching(/\/par$/),
      request_uri: expect.stringMatching(/^urn:/),
      expires_in: 60,
      parameters: { response_type: 'code' },
    });
    expect(pushed.findings.map(({ id }: { id: string }) => id)).toContain('par-response');
    expect(browser.findings).toEqual([]);
    const [callback] = messages.filter(({ kind }: { kind: string }) => kind === 'callback');
    expect(callback.findings).toEqual([]);
  });

  it('is drawn with what the browser carries', async () => {
    await recorded({ par }, ['--par', '--trace', path('run.mmd')]);
    const drawn = await readFile(path('run.mmd'), 'utf8');
    expect(drawn).toContain('POST /par (response_type, client_id');
    expect(drawn).toContain('200 Pushed authorization request');
    expect(drawn).toContain('GET /authorize (request_uri)');
  });

  it('tells who refused the client', async () => {
    const refusing: Script['par'] = () => json(401, { error: 'invalid_client' });
    const client = {
      clientId: 'client-1',
      method: 'client_secret_post',
      clientSecret: 'a-secret-of-ours',
    } as const;
    const surroundings = { env: { THE_SECRET: 'a-secret-of-ours' } };
    const args = ['--par', '--client-secret-env', 'THE_SECRET', '--auth-method', 'client_secret_basic'];
    const { login } = await recorded({ par: refusing, client }, args, { surroundings, afterKeys: false });
    expect(login.status).toBe(3);
    expect(login.stderr).toContain('client_secret_post');
    const { stdout } = await runHere(['debug', path('run.json'), '--json', '--fail-on', 'none']);
    const [refused] = JSON.parse(stdout).messages.filter(
      ({ outcome }: { outcome: string }) => outcome === 'error',
    );
    expect(refused).toMatchObject({ kind: 'authorization_request', values: { error: 'invalid_client' } });
    expect(refused.diagnosis[0].cause).toMatch(/authenti|secret/);
  });
});

describe('--trace', () => {
  it('records the whole conversation in the order it took place', async () => {
    const { login, trace } = await recorded();
    expect(login.status).toBe(0);
    expect(trace).toMatchObject({
      version: 1,
      kind: 'trace',
      recorded_by: expect.stringMatching(/^oauth-code \d/),
      command: 'login',
      secrets: 'redacted',
      outcome: { status: 'done' },
    });
    const told = trace.events.map((event) => (event.type === 'exchange' ? event.step : event.type));
    const order = [
      'listening',
      'discovery',
      'authorization_request',
      'callback',
      'token',
      'userinfo',
      'page',
    ];
    expect(told.filter((name) => order.includes(name))).toEqual(order);
    expect(checksOf(trace).length).toBeGreaterThan(10);
  });

  it('records each request with the header fields that went over the wire, and each response whole', async () => {
    const { login, trace } = await recorded();
    const [discovery] = exchanges(trace);
    const seen = login.server.requests.find(({ endpoint }) => endpoint === 'discovery');
    expect(Object.fromEntries(discovery?.request?.headers ?? [])).toEqual(seen?.headers);
    expect(discovery?.response).toMatchObject({ status: 200, body: expect.stringContaining('"issuer"') });
    expect(discovery?.wire).toMatchObject({ reused: false, remote_address: expect.stringMatching(/:\d+$/) });
  });

  it('holds none of the secrets that were handed out, in any format', async () => {
    const names = ['run.json', 'run.har', 'run.html', 'run.mmd', 'run.md'];
    const login = await loginAgainst({}, { args: names.flatMap((name) => ['--trace', path(name)]) });
    expect(login.status).toBe(0);
    expect((await readdir(folder)).sort()).toEqual(names.toSorted());
    expect(login.server.secrets.size).toBeGreaterThan(3);
    for (const name of names) {
      const text = await readFile(path(name), 'utf8');
      expect(text.length).toBeGreaterThan(500);
      for (const [kind, secret] of login.server.secrets)
        expect(text, `${kind} in ${name}`).not.toContain(secret);
    }
  });

  it.skipIf(process.platform === 'win32')('is readable by its owner alone', async () => {
    await recorded();
    expect((await stat(path('run.json'))).mode & 0o777).toBe(0o600);
  });

  it('keeps secrets only when that is asked for, says so, and notes what they are', async () => {
    const { login, trace } = await recorded({}, ['--show-secrets']);
    expect(login.stderr).toMatch(/^! .*--show-secrets: tokens and other secrets will stand in /m);
    expect(trace.secrets).toBe('shown');
    const accessToken = login.server.secrets.get('access_token') ?? 'none was issued';
    expect(JSON.stringify(trace.events)).toContain(accessToken);
    expect(trace.known_secrets).toContainEqual({ kind: 'access_token', value: accessToken });
  });

  it('is left by a run that an error of the server ends, with that error', async () => {
    const refusal = () =>
      json(400, { error: 'invalid_grant', error_description: 'The code was used before.' });
    const { login, trace } = await recorded({ token: refusal });
    expect(login.status).toBe(3);
    expect(trace.outcome).toMatchObject({
      status: 'failed',
      error: {
        code: 'token_error',
        step: 'token',
        exit_code: 3,
        oauth: { error: 'invalid_grant', status: 400 },
      },
    });
    const said = (JSON.parse(login.stderr.trimEnd().split('\n').at(-1) ?? '') as { diagnosis?: object[] })
      .diagnosis;
    expect(said?.length).toBeGreaterThan(0);
    expect(trace.outcome.diagnosis).toEqual(said);
    expect(exchanges(trace).at(-1)).toMatchObject({ step: 'token', response: { status: 400 } });
    expect(trace.events.at(-1)).toMatchObject({ type: 'page', outcome: 'failure' });
  });

  it('tells with --json of the file before the error, which stays the last line', async () => {
    const { login } = await recorded({ token: () => json(400, { error: 'invalid_grant' }) });
    expect(JSON.parse(login.stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
      error: { exit_code: 3 },
    });
    expect(login.stderr).toContain('written to');
  });

  it('holds a request that was never answered, with the reason', async () => {
    const { login, trace } = await recorded({ token: () => 'hang-up' });
    expect(login.status).toBe(5);
    expect(exchanges(trace).at(-1)).toMatchObject({
      step: 'token',
      request: { method: 'POST', body: expect.stringContaining('code=‹code›') },
      response: null,
      error: { code: 'network' },
    });
  });

  it('is left by a run that is cancelled while it waits for the person', async () => {
    const server = await startScriptedServer();
    const test = createTestContext({ visit: async () => test.cancel() });
    try {
      const argv = ['login', '--issuer', server.issuer, '--client-id', 'client-1', '--port', '0'];
      expect(await run([...argv, '--trace', path('run.json')], test.context)).toBe(130);
    } finally {
      await server.close();
    }
    const trace = await traceIn('run.json');
    expect(trace.outcome).toMatchObject({
      status: 'cancelled',
      error: { code: 'cancelled', exit_code: 130 },
    });
    expect(exchanges(trace).map(({ step }) => step)).toContain('discovery');
  });

  it.each([
    ['run.txt', 'does not end in a known format'],
    ['run', 'does not end in a known format'],
    ['-', 'does not end in a known format'],
  ])('refuses %s before any server is asked', async (name, message) => {
    const login = await loginAgainst({}, { args: ['--trace', name], json: false, afterKeys: false });
    expect(login.status).toBe(2);
    expect(login.stderr).toContain(message);
    expect(login.seen).toEqual([]);
  });

  it('refuses a file that cannot be written before any server is asked', async () => {
    const login = await loginAgainst(
      {},
      { args: ['--trace', `${__filename}/run.json`], json: false, afterKeys: false },
    );
    expect(login.status).toBe(2);
    expect(login.stderr).toContain('run.json');
    expect(login.stderr).toContain('next: Give --trace a file that can be written');
    expect(login.seen).toEqual([]);
  });

  it.each([
    ['run.json', '{"name": "somebody", "kind": "trace"}'],
    ['run.har', '{"log": {"version": "1.2", "creator": {"name": "Firefox", "version": "150"}}}'],
    ['run.html', '<!doctype html><title>My page</title>'],
    ['run.mmd', 'sequenceDiagram\n  a->>b: hello\n'],
    ['README.md', '# My project\n\n- a list\n'],
  ])('replaces no file of somebody else: %s', async (name, text) => {
    await writeFile(path(name), text);
    const login = await loginAgainst({}, { args: ['--trace', path(name)], json: false, afterKeys: false });
    expect(login.status).toBe(2);
    expect(login.stderr.replace(/\s+/g, ' ')).toContain(`${name} exists already and is not a trace.`);
    expect(login.stderr).toContain('--trace');
    expect(login.seen).toEqual([]);
    expect(await readFile(path(name), 'utf8')).toBe(text);
  });

  it('makes no folders', async () => {
    const name = path('mistyped/run.json');
    const login = await loginAgainst({}, { args: ['--trace', name], json: false, afterKeys: false });
    expect(login.status).toBe(2);
    expect(login.stderr.replace(/\s+/g, ' ')).toContain('there is no folder');
    expect(login.seen).toEqual([]);
    await expect(readFile(name)).rejects.toThrow();
  });

  it('replaces its own files of an earlier run, and those that are empty', async () => {
    const names = ['run.json', 'run.har', 'run.html', 'run.mmd', 'run.md'];
    const args = names.flatMap((name) => ['--trace', path(name)]);
    for (const name of names) await writeFile(path(name), '');
    for (const run of [1, 2]) expect((await loginAgainst({}, { args })).status, `run ${run}`).toBe(0);
  });

  it('replaces its own file of an earlier run, however large that is', async () => {
    await loginAgainst({}, { args: ['--trace', path('run.json')] });
    await writeFile(path('run.json'), (await readFile(path('run.json'), 'utf8')) + ' '.repeat(17e6));
    const login = await loginAgainst({}, { args: ['--trace', path('run.json')] });
    expect(login.status).toBe(0);
    expect((await stat(path('run.json'))).size).toBeLessThan(1e6);
  });

  it('writes a file once that is named twice', async () => {
    const login = await loginAgainst({}, { args: ['--trace', path('a.json'), '--trace', path('./a.json')] });
    expect(login.stderr.match(/a\.json/g)).toHaveLength(1);
  });

  it('records discover too', async () => {
    await loginAgainst(
      {},
      { command: ['discover'], args: ['--trace', path('d.json'), '--fail-on', 'none'], afterKeys: false },
    );
    const trace = await traceIn('d.json');
    expect(trace.command).toBe('discover');
    expect(exchanges(trace).map(({ step }) => step)).toContain('keys');
  });
});

describe('--trace of a run that sends nothing', () => {
  let home: TestHome;
  let server: RotatingServer;

  beforeEach(async () => {
    home = createTestHome();
    server = await startRotatingServer();
    home.save(sessionWith(server));
  });

  afterEach(async () => {
    await server.close();
    home.remove();
  });

  const jwt = `${['{"alg":"none"}', '{"sub":"a"}'].map((part) => Buffer.from(part).toString('base64url')).join('.')}.`;

  it.each<[string, () => readonly string[], string]>([
    ['token', () => ['token', '--issuer', server.origin, '--client-id', 'client-1'], 'done'],
    ['token', () => ['token', '--issuer', server.origin, '--client-id', 'other'], 'failed'],
    ['logout', () => ['logout', '--issuer', server.origin, '--client-id', 'client-1'], 'done'],
    ['decode', () => ['decode', jwt], 'done'],
    ['doctor', () => ['doctor', '--port', '0'], 'done'],
  ])('of %s says so (%#)', async (command, words, status) => {
    const { stderr } = await runHere([...words(), '--trace', path('run.json')], { env: home.env });
    const trace = await traceIn('run.json');
    expect(trace).toMatchObject({ command, events: [], outcome: { status } });
    expect(server.requests).toEqual([]);
    expect(stderr).toContain('run.json: no request was made');
    const report = await runHere(['report', path('run.json')]);
    expect(report.stdout).toContain('No request was made');
  });
});

describe('what only matters to a conversation', () => {
  it.each(
    [['idp'], ['profile', 'list'], ['profile', 'show', 'x'], ['session', 'list']].flatMap((words) =>
      [['--trace', 'x.json'], ['-v']].map((flags) => [[...words, ...flags]] as const),
    ),
  )('is refused by %j', async (argv) => {
    const { status, stderr } = await runHere(argv);
    expect(status).toBe(2);
    expect(stderr).toContain('Unknown option');
  });
});
