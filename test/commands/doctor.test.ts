import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Machine } from '../../src/context.ts';
import { run } from '../../src/entry/program.ts';
import { ConfigError } from '../../src/errors.ts';
import { text } from '../../src/idp/misbehaviours/reply.ts';
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../src/idp/misbehaviours/scripted-server.ts';
import type { DoctorCheck, DoctorDocument } from '../../src/output/render-doctor.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';

let home = '';
const running: ScriptedServer[] = [];
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'oauth-code-doctor-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
  await rm(home, { recursive: true, force: true });
});

async function start(script: Script = {}): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  running.push(server);
  return server;
}

/** A machine on which nothing is wrong. */
const sound: Partial<Machine> = {
  nodeVersion: '22.21.0',
  browser: () => ({ type: 'default' }),
  trust: async () => ({ bundled: 140, system: 130 }),
};

async function doctor(argv: readonly string[], options: TestContextOptions = {}, port = '0') {
  const test = createTestContext({
    home,
    machine: sound,
    ...options,
    env: { OAUTH_CODE_HOME: join(home, 'ours'), ...options.env },
  });
  const status = await run(['doctor', '--port', port, ...argv], test.context);
  return { status, stdout: test.stdout(), stderr: test.stderr() };
}

async function check(id: string, argv: readonly string[], options: TestContextOptions = {}, port = '0') {
  const { status, stdout } = await doctor([...argv, '--json', '-q'], options, port);
  const { checks } = JSON.parse(stdout) as DoctorDocument;
  return { status, ...checks.find((candidate) => candidate.id === id) } as DoctorCheck & { status: number };
}

describe('doctor', () => {
  it('passes a sound machine with status 0, and talks to nobody without an issuer', async () => {
    const { status, stdout, stderr } = await doctor(['--json']);
    const { version, checks } = JSON.parse(stdout) as DoctorDocument;
    expect([status, version, stderr]).toEqual([0, 1, '']);
    expect(checks.filter(({ id, outcome }) => outcome !== 'pass' && id !== 'loopback-ipv6')).toEqual([]);
    expect(checks.map(({ id }) => id)).toEqual([
      'node',
      'port',
      'loopback-ipv4',
      'loopback-ipv6',
      'browser',
      'keychain',
      'proxy',
      'system-ca',
      'settings',
      'state',
    ]);
  });

  it('checks the way to an issuer', async () => {
    const { issuer } = await start();
    const { status, stdout } = await doctor(['--issuer', issuer, '--json', '-q']);
    const { checks } = JSON.parse(stdout) as DoctorDocument;
    expect(status).toBe(0);
    expect(checks.slice(-5)).toMatchObject([
      { id: 'server', outcome: 'pass' },
      { id: 'tls', outcome: 'pass' },
      { id: 'clock', outcome: 'pass' },
      { id: 'metadata', outcome: 'pass', detail: `${issuer}/.well-known/openid-configuration` },
      { id: 'registration', outcome: 'pass', detail: expect.stringMatching(/^No registration_endpoint/) },
    ]);
  });

  it.each<[string, readonly string[], object, string, string]>([
    ['device', ['--flow', 'device'], {}, 'fail', 'The server has no device_authorization_endpoint'],
    [
      'device',
      ['--flow', 'device'],
      { device_authorization_endpoint: 'https://as.example/device', grant_types_supported: ['implicit'] },
      'warn',
      'The server does not list urn:ietf:params:oauth:grant-type:device_code',
    ],
    [
      'client_credentials',
      ['--grant-type', 'client_credentials'],
      { grant_types_supported: ['client_credentials'] },
      'pass',
      'The server has client_credentials.',
    ],
  ])('checks what %s needs, and no browser: %j %j', async (_, args, members, outcome, detail) => {
    const { issuer } = await start({ metadata: (sound) => ({ ...sound, ...members }) });
    const { stdout } = await doctor(['--issuer', issuer, ...args, '--json', '-q'], {
      machine: { ...sound, browser: () => ({ type: 'none', obstacle: 'no-display' }) },
    });
    const { checks } = JSON.parse(stdout) as DoctorDocument;
    const ids = checks.map(({ id }) => id);
    expect(ids).not.toContain('port');
    expect(ids).not.toContain('browser');
    expect(checks.find(({ id }) => id === 'grant')).toMatchObject({
      outcome,
      detail: expect.stringContaining(detail),
    });
  });

  it('keeps to the browser for a flow that ends in one', async () => {
    const { issuer } = await start();
    const { stdout } = await doctor(['--issuer', issuer, '--flow', 'implicit', '--json', '-q']);
    const ids = (JSON.parse(stdout) as DoctorDocument).checks.map(({ id }) => id);
    expect(ids).toEqual(expect.arrayContaining(['port', 'browser', 'grant']));
  });

  it.each([
    ['--flow', 'device'],
    ['--grant-type', 'client_credentials'],
  ])('tries no authorization request where %s %s makes none', async (option, value) => {
    const { issuer, seen } = await start();
    const { status, stderr } = await doctor(['--issuer', issuer, '--probe', option, value]);
    expect(status).toBe(2);
    expect(stderr).toContain(`--probe and ${option} ${value} exclude each other.`);
    expect(seen()).toEqual([]);
  });

  it('names the place where clients can be registered', async () => {
    const url = 'https://as.example/register';
    const { issuer } = await start({ metadata: (sound) => ({ ...sound, registration_endpoint: url }) });
    expect(await check('registration', ['--issuer', issuer])).toMatchObject({
      outcome: 'pass',
      detail: `${url} registers clients (oauth-code register, login --register); not tried.`,
    });
  });

  it('names the extensions that the metadata demands or offers', async () => {
    const { issuer } = await start({
      metadata: (sound) => ({
        ...sound,
        require_pushed_authorization_requests: true,
        require_signed_request_object: true,
        dpop_signing_alg_values_supported: ['ES256'],
        tls_client_certificate_bound_access_tokens: true,
        mtls_endpoint_aliases: { token_endpoint: 'https://mtls.example/token' },
      }),
    });
    expect((await check('extensions', ['--issuer', issuer])).detail).toBe(
      'pushed requests demanded (login: --par); signed request objects demanded (login: --request-object); ' +
        'DPoP offered (ES256); tokens can be bound to a certificate; ' +
        'own endpoints for clients with a certificate (token_endpoint).',
    );
  });

  it('takes the issuer from a profile', async () => {
    const { issuer } = await start();
    await mkdir(join(home, 'ours'), { mode: 0o700 });
    const profiles = JSON.stringify({ version: 1, profiles: { work: { issuer } } });
    await writeFile(join(home, 'ours', 'config.json'), profiles, { mode: 0o600 });
    expect(await check('server', ['-p', 'work'])).toMatchObject({ status: 0, outcome: 'pass' });
    expect(await check('settings', ['-p', 'work'])).toMatchObject({ outcome: 'pass' });
  });

  it.each([
    ['the default profile "work"', []],
    ['the profile "work"', ['-p', 'work']],
  ])('names the profile it checks: %s', async (words, argv) => {
    const { issuer } = await start();
    await mkdir(join(home, 'ours'), { mode: 0o700 });
    const file = join(home, 'ours', 'config.json');
    const settings = { version: 1, default_profile: 'work', profiles: { work: { issuer, client_id: 'c' } } };
    await writeFile(file, JSON.stringify(settings), { mode: 0o600 });
    expect(await check('settings', argv)).toMatchObject({
      outcome: 'pass',
      detail: `${file}, from which ${words} is used.`,
    });
    expect(await check('settings', ['--issuer', issuer])).toMatchObject({ outcome: 'pass', detail: file });
  });

  it('goes on without a default profile that is not there, and says so', async () => {
    await mkdir(join(home, 'ours'), { mode: 0o700 });
    const file = join(home, 'ours', 'config.json');
    await writeFile(file, '{"version": 1, "default_profile": "gone", "profiles": {}}', { mode: 0o600 });
    expect(await check('settings', [])).toMatchObject({
      status: 7,
      outcome: 'fail',
      detail: expect.stringContaining('There is no profile "gone"'),
      cure: expect.stringContaining('profile save NAME'),
    });
    expect(await check('node', [])).toMatchObject({ outcome: 'pass' });
    expect((await doctor(['-p', 'gone'])).status).toBe(2);
  });

  it('refuses an issuer that is not a URL with status 2', async () => {
    const { status, stderr } = await doctor(['--issuer', 'login.example.com']);
    expect(status).toBe(2);
    expect(stderr).toContain('Did you mean https://login.example.com?');
  });

  it('takes the program of a BROWSER that is a list, as a login does', async () => {
    const env = { BROWSER: `no-such-browser:${process.execPath} --new`, PATH: '/nonexistent' };
    expect(await check('browser', [], { machine: {}, env })).toMatchObject({
      outcome: process.platform === 'win32' ? 'fail' : 'pass',
    });
  });

  it('names the port of this login where it has to be forwarded', async () => {
    const machine: Partial<Machine> = { ...sound, browser: () => ({ type: 'none', obstacle: 'ssh' }) };
    const { cure } = await check('browser', [], { machine }, '0,9123');
    expect(cure).toContain('ssh -L 9123:127.0.0.1:9123 HOST');
  });

  it.each<[string, string, TestContextOptions, 'warn' | 'fail', RegExp, RegExp]>([
    ['an old Node', 'node', { machine: { ...sound, nodeVersion: '20.18.3' } }, 'fail', /20\.18\.3/, /20\.19/],
    [
      'no display',
      'browser',
      { machine: { ...sound, browser: () => ({ type: 'none', obstacle: 'no-display' }) } },
      'warn',
      /no display/,
      /BROWSER/,
    ],
    [
      'a session over SSH',
      'browser',
      { machine: { ...sound, browser: () => ({ type: 'none', obstacle: 'ssh' }) } },
      'warn',
      /SSH/,
      /ssh -L 8378:127\.0\.0\.1:8378/,
    ],
    [
      'a BROWSER that is not there',
      'browser',
      { machine: {}, env: { BROWSER: 'no-such-browser --new', PATH: '/nonexistent' } },
      'fail',
      /no-such-browser --new/,
      /BROWSER/,
    ],
    [
      'a proxy of an unknown kind',
      'proxy',
      { env: { HTTPS_PROXY: 'socks5://p:1' } },
      'fail',
      /socks5/,
      /http:/,
    ],
    [
      'ALL_PROXY of such a kind',
      'proxy',
      { env: { ALL_PROXY: 'socks5h://p:1' } },
      'fail',
      /ALL_PROXY/,
      /http:/,
    ],
    [
      'a CA file that is not there',
      'extra-ca',
      { machine: {}, env: { NODE_EXTRA_CA_CERTS: '/nonexistent/ca.pem' } },
      'fail',
      /\/nonexistent\/ca\.pem/,
      /PEM/,
    ],
    [
      'a Node that cannot read the CAs of the system',
      'system-ca',
      { machine: { ...sound, trust: async () => ({ bundled: 140 }) } },
      'warn',
      /cannot read/,
      /--ca-file/,
    ],
    [
      'a command in BROWSER without its end',
      'browser',
      { machine: {}, env: { BROWSER: '"', PATH: '/nonexistent' } },
      'fail',
      /not there/,
      /unset/,
    ],
    [
      'a folder that cannot be made',
      'state',
      { env: { OAUTH_CODE_HOME: '/dev/null/ours' } },
      'fail',
      /file is in the way/,
      /OAUTH_CODE_HOME/,
    ],
  ])('names %s and its cure', async (_, id, options, outcome, detail, cure) => {
    const found = await check(id, [], options);
    expect(found).toMatchObject({ outcome, status: outcome === 'fail' ? 7 : 0 });
    expect(found.detail).toMatch(detail);
    expect(found.cure).toMatch(cure);
  });

  it('names a port that is taken', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    const address = holder.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    try {
      const found = await check('port', [], {}, port);
      expect(found).toMatchObject({ status: 7, outcome: 'fail' });
      expect(found.detail).toContain(`127.0.0.1:${port} (address in use)`);
      expect(found.cure).toContain('--port 0');
    } finally {
      await new Promise((resolve) => holder.close(resolve));
    }
  });

  it('warns of a keychain that cannot be used', async () => {
    const test = createTestContext({ home, machine: sound });
    const get = async () => {
      throw new ConfigError('Cannot read the keychain of this system: locked', { hint: 'Unlock it.' });
    };
    const context = { ...test.context, keychain: { ...test.context.keychain, get } };
    expect(await run(['doctor', '--port', '0', '--json'], context)).toBe(0);
    const { checks } = JSON.parse(test.stdout()) as DoctorDocument;
    expect(checks.find(({ id }) => id === 'keychain')).toMatchObject({ outcome: 'warn', cure: 'Unlock it.' });
  });

  it('misses no CA of the system where NODE_EXTRA_CA_CERTS holds some', async () => {
    const extra = { path: '/ca.pem', certificates: 2 };
    const machine = { ...sound, trust: async () => ({ bundled: 140, extra }) };
    expect(await check('system-ca', [], { machine })).toMatchObject({ outcome: 'pass' });
    expect(await check('extra-ca', [], { machine })).toMatchObject({ detail: '/ca.pem holds 2.' });
  });

  it('names a CA file for the server that cannot be read', async () => {
    const { issuer } = await start();
    const found = await check('connection', ['--issuer', issuer, '--ca-file', '/nonexistent/ca.pem']);
    expect(found).toMatchObject({ status: 7, outcome: 'fail' });
    expect(found.detail).toContain('/nonexistent/ca.pem');
  });

  const own = issueCertificate({ name: 'client' });
  const other = issueCertificate({ name: 'other' });
  const files = {
    '/ca.pem': own.cert,
    '/own.pem': own.cert + own.key,
    '/other.key': other.key,
    '/text': 'x',
  };

  it.each([
    ['a CA file that is not there', ['--ca-file', '/none.pem'], /\/none\.pem/],
    ['a CA file without a certificate', ['--ca-file', '/text'], /not hold a PEM certificate/],
    ['a certificate that is not there', ['--cert', '/none.pem', '--key', '/none.pem'], /\/none\.pem/],
    ['a key of another certificate', ['--cert', '/own.pem', '--key', '/other.key'], /does not belong/],
  ])('names %s also without an issuer', async (_, argv, detail) => {
    const found = await check('connection', argv, { files });
    expect(found).toMatchObject({ status: 7, outcome: 'fail', detail: expect.stringMatching(detail) });
    expect(found.cure).toMatch(/./);
  });

  it.each([
    [['--port', 'x'], '--port is "x".'],
    [['--redirect-uri', 'nowhere'], 'nowhere'],
    [['--timeout', 'soon'], '--timeout is "soon".'],
    [['--clock-tolerance', '-1'], '--clock-tolerance'],
    [['--cert', '/ca.pem'], '--cert needs --key too.'],
    [['--issuer', 'nowhere'], '--issuer is not'],
  ])('refuses what is written wrong on the command line: %j', async (argv, message) => {
    const test = createTestContext({ home, machine: sound, files });
    expect(await run(['doctor', ...argv, '--json'], test.context)).toBe(2);
    expect(test.stdout()).toBe('');
    expect(JSON.parse(test.stderr()).error.message).toContain(message);
  });

  it('takes tenths of a second as clock tolerance, as every command does', async () => {
    expect((await doctor(['--clock-tolerance', '0.5'])).stderr).not.toContain('--clock-tolerance');
  });

  it('passes the files of a connection without an issuer', async () => {
    const argv = ['--ca-file', '/ca.pem', '--cert', '/own.pem', '--key', '/own.pem'];
    const found = await check('connection', argv, { files });
    expect(found).toMatchObject({ status: 0, outcome: 'pass', detail: '/ca.pem, /own.pem can be used.' });
  });

  it.each([
    ['warns of a certificate that ends soon', 3, 'warn', /renew/],
    ['passes a certificate that lasts', 90, 'pass', undefined],
  ] as const)('%s', async (_, days, outcome, cure) => {
    const notAfter = new Date(Date.now() + days * 86_400_000);
    const certificate = issueCertificate({ name: 'doctor.test', altNames: ['127.0.0.1'], notAfter });
    const https = createHttpsServer({ cert: certificate.cert, key: certificate.key }, (_request, response) =>
      response.end('{}'),
    );
    await new Promise<void>((resolve) => https.listen(0, '127.0.0.1', resolve));
    const address = https.address();
    const issuer = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    try {
      const files = { '/ca.pem': certificate.cert };
      const found = await check('tls', ['--issuer', issuer, '--ca-file', '/ca.pem'], { files });
      expect(found.outcome).toBe(outcome);
      expect(found.detail).toMatch(/^TLSv1\.3, .+; certificate from .*doctor\.test.* ends in \d+ d/);
      if (cure !== undefined) expect(found.cure).toMatch(cure);
      const distrusted = await check('tls', ['--issuer', issuer]);
      expect(distrusted).toMatchObject({ status: 7, outcome: 'fail' });
      expect(distrusted.cure).toContain('--ca-file');
    } finally {
      https.closeAllConnections();
      await new Promise((resolve) => https.close(resolve));
    }
  });

  it('keeps the password of a proxy to itself', async () => {
    const env = { HTTPS_PROXY: 'http://me:hunter2@proxy.example:3128', NO_PROXY: '.corp.example' };
    const found = await check('proxy', [], { env });
    expect(found.detail).toBe('proxy.example:3128 for https, except for .corp.example.');
  });

  it.runIf(process.platform !== 'win32')('warns of settings and sessions that others can read', async () => {
    await mkdir(join(home, 'ours'));
    await chmod(join(home, 'ours'), 0o755);
    const file = join(home, 'ours', 'config.json');
    await writeFile(file, '{"version":1,"profiles":{}}');
    await chmod(file, 0o644);
    expect(await check('settings', [])).toMatchObject({ outcome: 'warn', cure: `chmod 600 ${file}` });
    const state = { outcome: 'warn', cure: `chmod 700 ${join(home, 'ours')}` };
    expect(await check('state', [])).toMatchObject(state);
  });

  it('goes on when the settings cannot be read, and says so', async () => {
    await mkdir(join(home, 'ours'));
    await writeFile(join(home, 'ours', 'config.json'), '{"version":');
    const found = await check('settings', []);
    expect(found).toMatchObject({ status: 7, outcome: 'fail' });
    expect(found.detail).toContain('config.json');
    expect(await check('node', [])).toMatchObject({ outcome: 'pass' });
  });

  it('names a server that cannot be reached', async () => {
    const server = await startScriptedServer({});
    await server.close();
    const found = await check('server', ['--issuer', server.issuer]);
    expect(found).toMatchObject({ status: 7, outcome: 'fail' });
    expect(found.cure).not.toBe('');
  });

  it('names a server without metadata', async () => {
    const { issuer } = await start({ discovery: () => text(404, 'text/plain', 'Nothing here') });
    const found = await check('metadata', ['--issuer', issuer]);
    expect(found).toMatchObject({ status: 7, outcome: 'fail' });
    expect(found.detail).toContain('status 404');
    expect(await check('server', ['--issuer', issuer])).toMatchObject({ outcome: 'pass' });
  });

  it('names metadata of another issuer', async () => {
    const { issuer } = await start({
      metadata: (members) => ({ ...members, issuer: 'https://other.example' }),
    });
    const found = await check('metadata', ['--issuer', issuer]);
    expect(found).toMatchObject({ status: 7, outcome: 'fail', cure: `See: oauth-code discover ${issuer}` });
  });

  it('measures a clock that is off', async () => {
    const date = new Date(Date.now() + 600_000).toUTCString();
    const { issuer } = await start({
      discovery: (sound) =>
        typeof sound === 'string' ? sound : { ...sound, headers: { ...sound.headers, date } },
    });
    const found = await check('clock', ['--issuer', issuer]);
    expect(found).toMatchObject({ status: 0, outcome: 'warn' });
    expect(found.detail).toMatch(/ahead of this one\. Times in tokens may be misjudged\.$/);
    expect(found.cure).toMatch(/--clock-tolerance 60\d/);
  });

  it.each([80, 40])(
    'stays within %i columns, the failures and the verdict last, each with its cure',
    async (columns) => {
      const { status, stdout, stderr } = await doctor([], {
        stdout: { columns },
        machine: { ...sound, nodeVersion: '18.0.0', browser: () => ({ type: 'none', obstacle: 'ssh' }) },
      });
      expect(status).toBe(7);
      const lines = stdout.trimEnd().split('\n');
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect(lines.findLastIndex((line) => /^ {2}[✓!] /.test(line))).toBeLessThan(lines.indexOf('  ✗ Node'));
      expect(lines.at(-1)).toMatch(/^✗ \d+ of \d+ checks failed/);
      expect(stdout).toContain('Fix: Install Node 20.19 or later.');
      expect(stderr).toContain('Failed: Node (node).');
    },
  );

  describe('--probe', () => {
    const client = ['--client-id', 'client-1', '--probe'];
    const page = (status: number, body: string) => () => text(status, 'text/html', `<!doctype html>${body}`);

    it('tells that the server refuses the request, what it says and what to do', async () => {
      const server = await start({ authorize: page(400, '<p>Invalid parameter: redirect_uri</p>') });
      const found = await check('authorization-page', ['--issuer', server.issuer, ...client], {}, '8379');
      expect(found).toMatchObject({
        status: 7,
        outcome: 'fail',
        detail: 'The server refuses the request (status 400) and says: "Invalid parameter: redirect_uri".',
        cure: expect.stringMatching(/^The redirect URI is not registered for this client\. .*Register/),
      });
      const [asked, ...others] = server.requests.filter(({ endpoint }) => endpoint === 'authorize');
      expect(asked?.url.searchParams.get('redirect_uri')).toBe('http://127.0.0.1:8379/callback');
      expect(others).toEqual([]);
    });

    it.each([
      [
        'a login page',
        page(200, '<title>Log in</title><input name="user">'),
        'pass',
        'shows a page ("Log in")',
      ],
      ['no answer', () => 'hang-up' as const, 'warn', 'could not be fetched'],
    ])('tells of %s', async (_, authorize, outcome, detail) => {
      const server = await start({ authorize });
      const found = await check('authorization-page', ['--issuer', server.issuer, ...client]);
      expect(found).toMatchObject({ outcome, detail: expect.stringContaining(detail) });
    });

    it.each([
      ['no client', ['--probe'], 'fail', 'No client identifier'],
      ['a hint whom to expect', [...client, '--param', 'login_hint=alice'], 'warn', 'Not fetched'],
    ])('fetches nothing with %s', async (_, args, outcome, detail) => {
      const server = await start();
      const found = await check('authorization-page', ['--issuer', server.issuer, ...args]);
      expect(found).toMatchObject({ outcome, detail: expect.stringContaining(detail) });
      expect(server.seen()).toEqual(['discovery']);
    });
  });
});
