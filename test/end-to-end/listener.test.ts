import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { get, openSocket, post, sendRaw } from '../adapters/raw-client.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';
import { authorizationUrl, runCli, startCli } from './cli.ts';
import { lastLineAsJson, loginAsPerson, playPerson } from './person-login.ts';
import { startRecordingFront } from './recording-front.ts';

const servers = new LoopbackServers();
const form = 'application/x-www-form-urlencoded';

let idp: RunningIdp;

beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});

afterAll(() => idp.close());
afterEach(() => servers.closeAll());

/** A login that waits for its answer, and where it does. */
async function startWaiting(...args: readonly string[]) {
  const cli = startCli([
    'login',
    '--issuer',
    idp.issuer,
    '--client-id',
    'demo-public',
    '--port',
    '0',
    ...args,
  ]);
  const url = new URL(await authorizationUrl(cli));
  const { host, port } = new URL(url.searchParams.get('redirect_uri') ?? '');
  return { cli, url, host, port: Number(port), state: url.searchParams.get('state') ?? '' };
}

describe('a port that is taken', () => {
  it('ends the run with status 2 before any server or browser is bothered', async () => {
    const holder = await servers.http((_, response) => response.end());
    const front = await startRecordingFront(idp.issuer);
    const folder = mkdtempSync(join(tmpdir(), 'oauth-code-port-'));
    const run = await runCli([
      ...[
        'login',
        '--issuer',
        front.origin,
        '--client-id',
        'demo-public',
        '--port',
        `${holder.port}`,
        '--json',
      ],
      ...['--browser', `touch ${join(folder, 'opened')}`],
    ]);
    await front.close();
    expect(run).toMatchObject({ status: 2, stdout: '' });
    expect(front.passed).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
    expect(lastLineAsJson(run)).toMatchObject({
      error: {
        code: 'usage',
        message: expect.stringContaining(`127.0.0.1:${holder.port} (address in use)`),
        hint: expect.stringMatching(/--port 0/),
      },
    });
  });

  it('is passed over for the next of the list', async () => {
    const holder = await servers.http((_, response) => response.end());
    const { status, url } = await loginAsPerson(idp, ['--port', `${holder.port},0`]);
    expect(status).toBe(0);
    expect(new URL(url.searchParams.get('redirect_uri') ?? '').port).not.toBe(`${holder.port}`);
  });

  it('is named with every other one when all of the list are taken', async () => {
    const [one, two] = [
      await servers.http((_, response) => response.end()),
      await servers.http((_, response) => response.end()),
    ];
    const { status, stderr } = await runCli([
      ...['login', '--issuer', idp.issuer, '--client-id', 'demo-public', '--port', `${one.port},${two.port}`],
    ]);
    expect(status).toBe(2);
    for (const { port } of [one, two]) expect(stderr).toContain(`127.0.0.1:${port}`);
  });
});

describe('while the answer is awaited', () => {
  it('nothing that is not the answer ends the wait', async () => {
    const { cli, port, host } = await startWaiting();
    const ask = async (text: string) => (await sendRaw(port, text)).status;
    const answers = {
      wrongPath: await ask(get('/callback/', host)),
      favicon: await ask(get('/favicon.ico', host)),
      head: await ask(`HEAD /callback?code=x HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
      options: await ask(`OPTIONS /callback HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
      deleted: await ask(`DELETE /callback HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
      prefetch: await ask(get('/callback?code=x&state=y', host, 'Sec-Purpose: prefetch')),
      reboundName: await ask(get('/callback?code=x&state=y', `attacker.example:${port}`)),
      nothing: await ask(get('/callback', host)),
      neither: await ask(get('/callback?hello=world', host)),
      foreignState: await ask(get('/callback?code=x&state=foreign', host)),
      noState: await ask(get('/callback?code=x', host)),
      foreignError: await ask(get('/callback?error=access_denied&state=foreign', host)),
      foreignPost: await ask(post('/callback', host, form, 'code=x&state=foreign')),
      garbage: await ask('\x16\x03\x01 this is not HTTP\r\n\r\n'),
      huge: await ask(get(`/callback?code=x&state=foreign&pad=${'a'.repeat(100_000)}`, host)),
    };
    const halfOpen = await openSocket(port);
    halfOpen.write('GET /callback?code=');
    expect(answers).toEqual({
      wrongPath: 404,
      favicon: 204,
      head: 200,
      options: 204,
      deleted: 405,
      prefetch: 503,
      reboundName: 421,
      nothing: 200,
      neither: 400,
      foreignState: 400,
      noState: 400,
      foreignError: 400,
      foreignPost: 400,
      garbage: 400,
      huge: 400,
    });
    const [{ page }, { status, stderr }] = await Promise.all([playPerson(idp, cli), cli.finished]);
    halfOpen.destroy();
    expect(status).toBe(0);
    expect(page).toContain('Signed in');
    expect(stderr.match(/^! Ignored/gm)).toHaveLength(6);
  });

  it('an ignored answer is told at once and explained in the browser', async () => {
    const { cli, port, host } = await startWaiting();
    const { body } = await sendRaw(port, get('/callback?code=the-foreign-code&state=foreign', host));
    await cli.stderrMatches(/^! Ignored +Its state is not the one that was sent/m);
    expect(body).toContain('This is not the answer to the current login');
    expect(body).not.toMatch(/the-foreign-code|>foreign</);
    cli.child.kill('SIGINT');
    const { stderr } = await cli.finished;
    expect(stderr).not.toContain('the-foreign-code');
  });

  const refusal = (iss: string) =>
    `/callback?error=invalid_scope&error_description=no+such+scope${iss === '' ? '' : `&iss=${iss}`}`;

  it.concurrent.each([
    ['at the end of the time', ['--browser-timeout', '3'], () => idp.issuer],
    ['after 10 s with --no-input', ['--no-input'], () => idp.issuer],
    ['also without the iss that the server advertises', ['--browser-timeout', '3'], () => ''],
  ])('an error without a state ends the wait %s, unconfirmed', async (_, args, iss) => {
    const { cli, port, host } = await startWaiting('--json', '--no-browser', ...args);
    const answer = await sendRaw(port, get(refusal(iss()), host));
    await cli.stderrMatches(/nothing shows that it belongs to this login.*no such scope/s);
    expect(answer).toMatchObject({ status: 400, body: expect.stringContaining('without the state') });
    const run = await cli.finished;
    expect(run).toMatchObject({ status: 3, stdout: '' });
    expect(lastLineAsJson(run)).toMatchObject({
      error: { code: 'authorization_error', check: 'state', oauth: { error: 'invalid_scope' } },
      checks: expect.arrayContaining([expect.objectContaining({ id: 'state', outcome: 'fail' })]),
    });
  });

  it('an error without a state ends the wait at once where none was sent', async () => {
    const { cli, port, host } = await startWaiting('--json', '--state', 'off');
    const answer = sendRaw(port, get(refusal(idp.issuer), host));
    const run = await cli.finished;
    expect((await answer).body).toContain('no such scope');
    expect(run).toMatchObject({ status: 3, stdout: '' });
    expect(lastLineAsJson(run)).toMatchObject({
      error: { check: 'state', oauth: { error: 'invalid_scope' } },
    });
  });

  it('an error without a state does not keep the answer away', async () => {
    const { cli, port, host } = await startWaiting('--json');
    await sendRaw(port, get(refusal(idp.issuer), host));
    const [, { status }] = await Promise.all([playPerson(idp, cli), cli.finished]);
    expect(status).toBe(0);
  });

  it.each([
    ['is not quoted', [], false],
    ['is quoted by -v', ['-v'], true],
  ])('an error of another issuer ends with 6 and %s', async (_, args, quoted) => {
    const { cli, port, host, state } = await startWaiting('--json', ...args);
    const answer = sendRaw(port, get(`${refusal('https://evil.example')}&state=${state}`, host));
    const run = await cli.finished;
    expect(run).toMatchObject({ status: 6, stdout: '' });
    expect(lastLineAsJson(run)).toMatchObject({ error: { code: 'validation_failed', check: 'iss' } });
    expect(/invalid_scope|no.such.scope/.test(run.stderr)).toBe(quoted);
    expect((await answer).body).not.toContain('no such scope');
  });

  it('nor is one without a state of another issuer', async () => {
    const { cli, port, host } = await startWaiting('--json', '--browser-timeout', '3');
    await sendRaw(port, get(refusal('https://evil.example'), host));
    const run = await cli.finished;
    expect(run.status).toBe(6);
    expect(lastLineAsJson(run)).toMatchObject({ error: { check: 'iss' } });
    expect(run.stderr).not.toMatch(/invalid_scope|no.such.scope/);
  });
});

describe.skipIf(process.platform === 'win32')('200 idle connections, with 64 descriptors', () => {
  it.each([
    ['http', []],
    ['https', ['--redirect-uri', 'https://localhost:0/callback', '--no-browser']],
  ])('do not keep the answer over %s away', async (scheme, args) => {
    const folder = mkdtempSync(join(tmpdir(), 'oauth-code-few-'));
    const node = join(folder, 'node');
    writeFileSync(node, `#!/bin/sh\nulimit -n 64\nexec '${process.execPath}' "$@"\n`, { mode: 0o755 });
    const login = ['login', '--issuer', idp.issuer, '--client-id', 'demo-public', '--port', '0', '--json'];
    const cli = startCli([...login, ...args], { node });
    const url = new URL(await authorizationUrl(cli));
    const redirectUri = url.searchParams.get('redirect_uri') ?? '';
    const { port, host } = new URL(redirectUri);
    const idle = await Promise.all(Array.from({ length: 200 }, () => openSocket(Number(port))));
    for (const socket of idle) socket.on('error', () => {});
    const target = `/callback?error=access_denied&iss=${idp.issuer}&state=${url.searchParams.get('state')}`;
    if (scheme === 'http') await sendRaw(Number(port), get(target, host));
    else await sendSecurely(Number(port), get(target, host));
    expect((await cli.finished).status).toBe(3);
    for (const socket of idle) socket.destroy();
    rmSync(folder, { recursive: true });
  });

  /** Sends a request to a listener with a throw-away certificate, and waits for the first octets of the answer. */
  async function sendSecurely(port: number, text: string): Promise<void> {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    socket.write(text);
    await once(socket, 'data');
    socket.destroy();
  }
});

describe('the accepted answer', () => {
  it('is taken once: a replay gets a page that says so, and changes nothing', async () => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let arrived = () => {};
    const tokenRequested = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const front = await startRecordingFront(idp.issuer, () => {
      arrived();
      return held;
    });
    const { cli, port, host, state } = await startWaiting('--token-endpoint', `${front.origin}/token`);
    const visit = playPerson(idp, cli);
    await tokenRequested;
    for (const target of [`/callback?code=another&state=${state}`, '/callback']) {
      const replay = await sendRaw(port, get(target, host));
      expect({ target, status: replay.status }).toEqual({ target, status: 200 });
      expect(replay.body).toContain('This login has already been answered');
    }
    letGo();
    const { status } = await cli.finished;
    expect((await visit).page).toContain('Signed in');
    expect(status).toBe(0);
    expect(front.passed).toHaveLength(1);
    await front.close();
  });

  it('frees the port as soon as the run has ended', async () => {
    const { url } = await loginAsPerson(idp);
    const { port } = new URL(url.searchParams.get('redirect_uri') ?? '');
    await expect(openSocket(Number(port))).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a wait that is over', () => {
  it('ends with status 5 and the usual cause', async () => {
    const run = await runCli([
      ...['login', '--issuer', idp.issuer, '--client-id', 'demo-public', '--port', '0'],
      ...['--browser-timeout', '1', '--json'],
    ]);
    expect(run).toMatchObject({ status: 5, stdout: '' });
    expect(lastLineAsJson(run)).toMatchObject({
      error: {
        code: 'timeout',
        step: 'authorization',
        message: expect.stringContaining('within 1 s'),
        hint: expect.stringMatching(
          /client_id.*redirect|client_id, or http.*not registered.*--browser-timeout/,
        ),
        exit_code: 5,
      },
    });
  });

  it('ends with status 6 and the reason when only foreign answers came', async () => {
    const { cli, port, host } = await startWaiting('--browser-timeout', '2', '--json');
    await sendRaw(port, get('/callback?code=x&state=foreign', host));
    const run = await cli.finished;
    expect(run).toMatchObject({ status: 6, stdout: '' });
    expect(lastLineAsJson(run)).toMatchObject({
      error: {
        code: 'validation_failed',
        check: 'state-mismatch',
        message: expect.stringContaining('state is not the one that was sent'),
        hint: expect.stringContaining('older tab'),
      },
    });
  });
});
