import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json, type Reply, text } from '../../src/idp/misbehaviours/reply.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import type { ErrorDocument, McpDocument } from '../../src/output/documents.ts';
import { phaseNames } from '../../src/output/render-mcp.ts';
import { pageOf } from '../documentation.ts';
import { type ApiRequest, startApiServer } from '../fakes/api-server.ts';
import { runCli, startCli } from './cli.ts';
import { lastLineAsJson, playPerson } from './person-login.ts';

let idp: RunningIdp;
const home = mkdtempSync(join(tmpdir(), 'oauth-code-mcp-'));
const env = { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'none' };
beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});
afterAll(async () => {
  await idp.close();
  rmSync(home, { recursive: true });
});

/** Runs `mcp` of the public demo client, with a person who signs in so often. */
function follow(url: string, args: readonly string[] = [], logins = 1) {
  return start(url, ['--client-id', 'demo-public', ...args], logins);
}

async function start(url: string, args: readonly string[], logins = 1, issuer = idp.issuer) {
  const cli = startCli(['mcp', url, '--port', '0', '--json', ...args], { env });
  for (let login = 0; login < logins; login += 1) await playPerson({ issuer }, cli, { login });
  const ended = await cli.finished;
  return { ...ended, document: ended.stdout === '' ? undefined : (JSON.parse(ended.stdout) as McpDocument) };
}

const outcomes = ({ phases }: McpDocument) => phases.map(({ outcome }) => outcome).join(' ');

describe('the MCP server of the embedded server', () => {
  it('is followed from its URL to the names of its tools', async () => {
    const run = await follow(`${idp.issuer}/mcp`);
    expect(run.status, run.stderr).toBe(0);
    expect(run.document).toMatchObject({
      version: 1,
      url: `${idp.issuer}/mcp`,
      verdict: { outcome: 'works', first_broken: null },
      issuer: idp.issuer,
      client: { source: 'given', client_id: 'demo-public' },
      authorizations: 1,
      answer: { status: 200, method: 'tools/list', tools: ['time', 'note'] },
    });
    expect(run.document && outcomes(run.document)).toBe('pass pass pass pass pass pass pass pass');
  });

  it('leaves a recording in which nothing is wrong', async () => {
    const trace = join(home, 'mcp.json');
    await follow(`${idp.issuer}/mcp`, ['--trace', trace]);
    const { status, stdout } = await runCli(['debug', trace, '--json', '--fail-on', 'note'], { env });
    expect(status).toBe(0);
    const { messages } = JSON.parse(stdout) as { messages: { kind: string; diagnosis: unknown[] }[] };
    expect(messages.map(({ kind }) => kind)).toContain('token_response');
    expect(messages.flatMap(({ diagnosis }) => diagnosis)).toEqual([]);
  });

  it('is called with a client that is registered for it, and that goes with the session', async () => {
    const { status, stderr, document } = await start(`${idp.issuer}/mcp`, []);
    expect(status, stderr).toBe(0);
    expect(document?.verdict.outcome).toBe('works');
    expect(document?.client?.source).toBe('registered');
    expect(document?.phases[4]).toMatchObject({ phase: 'client', outcome: 'pass' });
    expect(stderr).toMatch(/Request +http\S+\/mcp +200[\s\S]*was deleted at the server/);
  });

  it('is asked for more where a tool wants it, once', async () => {
    const run = await follow(`${idp.issuer}/mcp`, ['--scope', 'api:read', '--call', 'note'], 2);
    expect(run.status, run.stderr).toBe(0);
    expect(run.document).toMatchObject({
      verdict: { outcome: 'works' },
      authorizations: 2,
      answer: { method: 'tools/call', result: { content: [{ type: 'text' }] } },
    });
  });

  it('tells of a tool that it does not have, which is the fault of the command line', async () => {
    const { status, document } = await follow(`${idp.issuer}/mcp`, ['--call', 'nope']);
    expect(status).toBe(7);
    expect(document?.verdict.first_broken).toMatchObject({ phase: 'call', fault: 'client' });
  });

  it('takes no bound token, which is the fault of the command line too', async () => {
    const { document } = await follow(`${idp.issuer}/mcp`, ['--dpop']);
    expect(document?.verdict.first_broken).toMatchObject({
      ...{ phase: 'call', fault: 'client' },
      try: 'The server asks for a Bearer token: leave --dpop out.',
    });
  });

  it('keeps what a query gives under the name of a key from the result, the steps and the recording', async () => {
    for (const name of ['key', 'auth', 'sig', 'signature', 'sas', 'access-token-key']) {
      const trace = join(home, `${name}.json`);
      const url = `${idp.issuer}/mcp?a=b&${name}=abcSECRETxyz`;
      for (const args of [['--json', '--trace', trace], ['-v']]) {
        const { status, stdout, stderr } = await runCli(['mcp', url, '--no-login', ...args], { env });
        expect(status, stderr).toBe(0);
        expect(stdout + stderr).toContain(`/mcp?a=b&${name}=‹${name}›`);
        expect(stdout + stderr).not.toContain('SECRET');
      }
      expect(readFileSync(trace, 'utf8')).not.toContain('SECRET');
      const discovered = await runCli(['discover', url, '-v'], { env });
      expect(discovered.stdout).toContain(`/mcp?a=b&${name}=‹${name}›`);
      expect(discovered.stdout + discovered.stderr).not.toContain('SECRET');
    }
  });

  it('is found by the profile, or by --resource-url', async () => {
    const url = `${idp.issuer}/mcp`;
    const config = join(home, 'settings.json');
    writeFileSync(config, JSON.stringify({ version: 1, profiles: { tools: { resource_url: url } } }));
    for (const args of [
      ['-p', 'tools', '--config', config],
      ['--resource-url', url],
    ]) {
      const { stdout, stderr } = await runCli(['mcp', ...args, '--no-login', '--json'], { env });
      expect(stdout, stderr).not.toBe('');
      expect(JSON.parse(stdout)).toMatchObject({ url });
    }
  });

  it.each([
    [[], 'No URL was given.', 'oauth-code mcp https://'],
    [['https://a.example', 'https://a.example'], 'Too many arguments', 'takes one URL'],
    [['https://a.example', '--resource-url', 'https://a.example'], 'The URL was given twice', ''],
  ])('is not looked for where the command line is %s', async (args, message, hint) => {
    const { status, stderr } = await runCli(['mcp', ...args], { env });
    expect(status).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain('--issuer');
  });

  it('is refused with a reason where the request has no scope that is known', async () => {
    const { document } = await follow(`${idp.issuer}/mcp`, ['--scope', 'nope']);
    expect(JSON.stringify(document)).toMatch(/invalid_scope.*asks for no scope that this server knows/);
    expect(document?.verdict.outcome).toBe('broken');
  });

  it('is looked at without a login as far as that goes', async () => {
    const { status, stdout } = await runCli(['mcp', `${idp.issuer}/mcp`, '--no-login', '--json'], { env });
    const document: McpDocument = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(document.verdict.outcome).toBe('incomplete');
    expect(outcomes(document)).toBe('pass pass pass pass skipped skipped skipped skipped');
  });

  it.each<[string, readonly string[], Record<string, string>, number]>([
    ['does not sign in in time', ['--no-browser', '--browser-timeout', '1'], {}, 5],
    ['does not sign in elsewhere in time', ['--flow', 'device', '--browser-timeout', '1'], {}, 5],
    ['is not there', [], { CI: 'true' }, 4],
    ['cancels the run', ['--no-browser'], {}, 130],
    ['cancels the run elsewhere', ['--flow', 'device'], {}, 130],
  ])('has no verdict where the user %s, and the phases that were seen', async (_, args, more, status) => {
    const ways = args.includes('device') ? args : ['--port', '0', ...args];
    const cli = startCli(['mcp', `${idp.issuer}/mcp`, '--client-id', 'demo-public', '--json', ...ways], {
      env: { ...env, ...more },
    });
    if (status === 130) {
      await cli.stderrMatches(/Device|response_type=/);
      cli.child.kill('SIGINT');
    }
    const ended = await cli.finished;
    expect(ended.status, ended.stderr).toBe(status);
    expect(ended.stdout).not.toContain('verdict');
    const document = lastLineAsJson(ended) as ErrorDocument & McpDocument;
    expect(document.error.exit_code).toBe(status);
    expect(outcomes(document)).toBe('pass pass pass pass pass skipped skipped skipped');
    expect(document.phases[5]).toMatchObject({ phase: 'authorization', text: 'not finished' });
    expect(document.phases[6]?.text).toBe('not reached');
  });
});

describe('a server that is wrong', () => {
  /** A server whose answers are the test's; `at` is its origin. */
  async function look(
    answer: (request: ApiRequest, at: string) => Reply | undefined,
    run: (url: string) => Promise<{ status: number | null; stdout: string; stderr: string }> = (url) =>
      runCli(['mcp', url, '--no-login', '--json'], { env }),
  ) {
    const server = await startApiServer((request, origin) => answer(request, origin) ?? json(404, {}));
    try {
      const { status, stdout, stderr } = await run(`${server.origin}/mcp`);
      return { status, stderr, document: stdout === '' ? undefined : (JSON.parse(stdout) as McpDocument) };
    } finally {
      await server.close();
    }
  }
  const page = (status: number, headers = {}) => text(status, 'text/html', '<!doctype html><p>no', headers);
  const unauthorized = json(401, {}, { 'www-authenticate': 'Bearer' });
  const isMetadata = ({ path }: ApiRequest) => path.startsWith('/.well-known/oauth-protected-resource');

  it.each<[string, (request: ApiRequest, at: string) => Reply | undefined, string, string]>([
    ['is at another path', () => undefined, 'challenge', 'client'],
    ['is a web site', () => page(200), 'challenge', 'client'],
    ['is behind a firewall', () => page(403, { server: 'cloudflare' }), 'reach', 'in_front'],
    ['is behind a gateway that cannot reach it', () => page(502), 'reach', 'in_front'],
    ['fails', () => json(500, {}), 'reach', 'server'],
    ['forbids without a challenge', () => json(403, {}), 'challenge', 'server'],
    [
      'redirects to a page to sign in',
      () => ({ status: 302, headers: { location: 'https://login.other.example/' }, body: '' }),
      'reach',
      'in_front',
    ],
    [
      'has no metadata',
      ({ path }) => (path === '/mcp' ? unauthorized : undefined),
      'resource_metadata',
      'server',
    ],
    [
      'is another one by its metadata',
      (request) =>
        isMetadata(request)
          ? json(200, { resource: 'https://other.example/mcp', authorization_servers: [idp.issuer] })
          : unauthorized,
      'resource_metadata',
      'server',
    ],
    [
      'names an authorization server that has no metadata',
      (request, at) =>
        request.path === '/mcp'
          ? unauthorized
          : request.path.includes('oauth-protected-resource')
            ? json(200, { resource: `${at}/mcp`, authorization_servers: [`${at}/as`] })
            : undefined,
      'authorization_server',
      'authorization_server',
    ],
  ])('because it %s is told', async (_, answer, phase, fault) => {
    const { status, stderr, document } = await look(answer);
    expect(status, stderr).toBe(7);
    expect(document?.verdict).toMatchObject({ outcome: 'broken', first_broken: { phase, fault } });
    expect(lastLineAsJson({ stderr })).toMatchObject({ error: { code: 'findings', step: phase } });
  });

  /** A server that leads to the embedded one, and answers a call with a token as the test says. */
  const called =
    (answer: (request: ApiRequest) => Reply | undefined) =>
    (request: ApiRequest, at: string): Reply | undefined => {
      if (isMetadata(request))
        return json(200, {
          resource: `${at}/mcp`,
          authorization_servers: [idp.issuer],
          scopes_supported: ['api:read'],
        });
      return request.headers.authorization === undefined ? unauthorized : answer(request);
    };
  const refuse = (status: number, parameters: string) =>
    json(status, {}, { 'www-authenticate': `Bearer ${parameters}` });

  /** The failures of docs/mcp.md: what is printed of each, and whose fault it is. */
  const documented = [
    ...pageOf('docs/mcp.md').matchAll(
      /^\| ((?:Reach|Challenge|Resource metadata|Authorization server|Client|Token|Call): .*?) +\| (?:the |something )?(.*?) +\|/gm,
    ),
  ].map(([, printed = '', fault = '']) => ({
    printed,
    fault: fault.replaceAll(' ', '_').replace('MCP_', ''),
  }));

  /** Servers that fail as the page says, by the beginning of what is printed. */
  const failing: Readonly<Record<string, (request: ApiRequest, at: string) => Reply | undefined>> = {
    'Challenge: No MCP server': () => undefined,
    'Challenge: https://mcp.example.com/mcp is the address': () => page(200),
    'Reach: Something in front': () => page(403, { server: 'cloudflare' }),
    'Reach: It redirects': () => ({
      status: 302,
      headers: { location: 'https://login.other.example/' },
      body: '',
    }),
    'Resource metadata: Metadata': ({ path }) => (path === '/mcp' ? unauthorized : undefined),
    'Resource metadata: Identifier': leadsTo(() => idp.issuer, { resource: 'https://other.example/mcp' }),
    'Authorization server: No metadata': leadsTo((at) => `${at}/as`),
    'Authorization server: PKCE': leadsTo(
      (at) => `${at}/plain`,
      {},
      { code_challenge_methods_supported: undefined },
    ),
    'Client: https': leadsTo((at) => `${at}/plain`),
    'Token: Audience': leadsTo((at) => `${at}/plain`),
    'Call: The server refused': called(() => refuse(401, 'error="invalid_token"')),
    'Call: The server wants more': called(() => refuse(403, 'error="insufficient_scope", scope="admin"')),
  };
  const logins: Readonly<Record<string, number>> = { Token: 1, Call: 1 };

  it.each(documented)('prints as the page says: $printed', async ({ printed, fault }) => {
    const [name = '', answer] = Object.entries(failing).find(([begin]) => printed.startsWith(begin)) ?? [];
    if (answer === undefined) throw new Error(`The page tells of a failure that is not tried: ${printed}`);
    const [phase = ''] = printed.split(':');
    const wanted = name.includes('wants more') ? 3 : (logins[phase] ?? 0);
    const client = name.startsWith('Client') ? [] : ['--client-id', 'demo-public'];
    let origin = '';
    const { document, stderr } = await look(answer, (url) => {
      origin = new URL(url).origin;
      return start(url, client, wanted, phase === 'Token' ? `${origin}/plain` : idp.issuer);
    });
    const broken = document?.verdict.first_broken;
    const said = `${phaseNames[broken?.phase ?? 'reach']}: ${broken?.statement}`;
    expect(said.replaceAll(origin, 'https://mcp.example.com').slice(0, printed.length), stderr).toBe(printed);
    expect(broken?.fault).toBe(fault);
  });

  it('has twelve failures on the page', () => {
    expect(documented).toHaveLength(12);
  });

  it.each([
    ['key', 7],
    ['api_key', 7],
    ['token', 2],
    ['sig', 7],
    ['access_token', 2],
    ['client_secret', 2],
    ['code', 2],
  ])('with ?%s= in its URL ends with %i, and shows no value', async (name, status) => {
    const url = `http://127.0.0.1:1/mcp?${name}=literal-7f`;
    const run = await runCli(['mcp', url, '--no-login', '--json']);
    expect(run.status, run.stderr).toBe(status);
    expect(run.stdout + run.stderr).not.toContain('literal-7f');
  });

  it('cannot be reached is told', async () => {
    const { status, stdout } = await runCli(['mcp', 'http://127.0.0.1:1/mcp', '--no-login', '--json'], {
      env,
    });
    expect(status).toBe(7);
    const document: McpDocument = JSON.parse(stdout);
    expect(document.verdict.first_broken).toMatchObject({ phase: 'reach', fault: 'server' });
    expect(document.phases[0]?.error).toMatchObject({ code: 'network', exit_code: 5 });
  });

  const rpc = (members: object) => json(200, { jsonrpc: '2.0', id: 1, ...members });

  it('needs no token has its tool called without one', async () => {
    const { status, document } = await look(
      ({ body }) =>
        rpc({
          result:
            JSON.parse(body.toString() || '{}').method === 'tools/call' ? { content: [] } : { tools: [] },
        }),
      (url) => runCli(['mcp', url, '--call', 'a', '--client-id', 'x', '--json'], { env }),
    );
    expect(status).toBe(0);
    expect(document?.verdict.outcome).toBe('open');
    expect(document?.answer).toMatchObject({ method: 'tools/call', result: { content: [] } });
  });

  it('answers without a token and speaks no MCP is not passed for an MCP server', async () => {
    const { status, document } = await look(({ method }) =>
      method === 'GET' ? text(200, 'text/plain', '') : undefined,
    );
    expect(status).toBe(0);
    expect(document?.verdict.outcome).toBe('open');
    expect(document?.phases[0]).toMatchObject({ phase: 'reach', outcome: 'warn' });
  });

  it('limits requests is told with how long to wait', async () => {
    const { document } = await look(() => json(429, {}, { 'retry-after': '30' }));
    expect(document?.verdict.first_broken).toMatchObject({
      ...{ phase: 'reach', fault: 'server' },
      try: 'Wait, and try it again: Retry-After is 30.',
    });
  });

  it('is typed by another name of this machine is not proven wrong', async () => {
    const { document } = await look(({ path }, at) =>
      path === '/mcp'
        ? unauthorized
        : json(200, {
            resource: `${at.replace('127.0.0.1', 'localhost')}/mcp`,
            authorization_servers: [idp.issuer],
          }),
    );
    expect(document?.verdict.first_broken).toMatchObject({
      phase: 'resource_metadata',
      confidence: 'medium',
    });
  });

  it('needs no token is said, and that is no fault', async () => {
    const { status, document } = await look(({ method }) =>
      method === 'POST'
        ? json(200, { jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'a' }] } })
        : undefined,
    );
    expect(status).toBe(0);
    expect(document?.verdict).toEqual({ outcome: 'open', first_broken: null });
  });

  /** A server that leads to an authorization server; that at `/plain` is its own, and issues tokens for somebody else. */
  function leadsTo(issuer: (at: string) => string, members: object = {}, server: object = {}) {
    return ({ path }: ApiRequest, at: string): Reply | undefined => {
      const { pathname, searchParams } = new URL(path, at);
      if (pathname === '/mcp') return unauthorized;
      if (pathname.includes('oauth-protected-resource'))
        return json(200, { resource: `${at}/mcp`, authorization_servers: [issuer(at)], ...members });
      const token = [{ alg: 'RS256' }, { aud: 'https://other.example/' }].map((part) =>
        Buffer.from(JSON.stringify(part)).toString('base64url'),
      );
      const answers: Readonly<Record<string, Reply>> = {
        '/.well-known/oauth-authorization-server/plain': json(200, {
          issuer: `${at}/plain`,
          authorization_endpoint: `${at}/plain/authorize`,
          token_endpoint: `${at}/plain/token`,
          response_types_supported: ['code'],
          code_challenge_methods_supported: ['S256'],
          ...server,
        }),
        '/plain/authorize': {
          status: 302,
          headers: {
            location: `${searchParams.get('redirect_uri')}?code=a&state=${searchParams.get('state')}`,
          },
          body: '',
        },
        '/plain/token': json(200, {
          access_token: `${token.join('.')}.c2ln`,
          token_type: 'Bearer',
          expires_in: 60,
        }),
      };
      return answers[pathname];
    };
  }

  it('names an authorization server that does not answer has not passed it where the run is cancelled', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const issuer = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const { status, stderr } = await look(
      leadsTo(() => issuer),
      async (url) => {
        const cli = startCli(['mcp', url, '--no-login', '--json'], { env });
        const [connection] = await once(silent, 'connection');
        cli.child.kill('SIGINT');
        const ended = await cli.finished;
        connection.destroy();
        return ended;
      },
    );
    silent.close();
    expect(status, stderr).toBe(130);
    const { phases } = lastLineAsJson({ stderr }) as McpDocument;
    expect(phases.slice(2, 4)).toMatchObject([
      { outcome: 'pass' },
      { phase: 'authorization_server', outcome: 'skipped', text: 'not finished' },
    ]);
  });

  it('signs other metadata than it shows is warned of', async () => {
    const claims = { iss: 'https://as.example', authorization_servers: ['https://as.example'] };
    const signed_metadata = signedToken({ alg: 'RS256' }, claims, testKey('RS256'));
    const { document } = await look(leadsTo(() => idp.issuer, { signed_metadata }));
    expect(document?.verdict.outcome).toBe('incomplete');
    expect(document?.phases[2]).toMatchObject({
      ...{ phase: 'resource_metadata', outcome: 'warn' },
      text: expect.stringContaining('differs from the plain one in authorization_servers'),
    });
  });

  const login =
    (logins = 1, args: readonly string[] = []) =>
    (url: string) =>
      follow(url, args, logins);

  it.each<[string, () => Reply | undefined, string, number, readonly string[]]>([
    ['refuses a good token', () => refuse(401, 'error="invalid_token"'), 'server', 1, []],
    ['forbids the call', () => json(403, {}), 'server', 1, []],
    ['lets a firewall forbid it', () => page(403, { server: 'cloudflare' }), 'in_front', 1, []],
    ['answers with a page', () => page(200), 'in_front', 1, []],
    [
      'has a tool that fails',
      () =>
        json(200, {
          jsonrpc: '2.0',
          id: 1,
          result: { isError: true, content: [{ type: 'text', text: 'kaboom' }] },
        }),
      'server',
      1,
      ['--call', 'boom'],
    ],
    [
      'wants a scope that it is not given',
      () => refuse(403, 'error="insufficient_scope", scope="admin"'),
      'client',
      1,
      ['--max-step-up', '0'],
    ],
    [
      'wants what it has again and again',
      () => refuse(403, 'error="insufficient_scope", scope="api:read api:write"'),
      'server',
      2,
      [],
    ],
  ])('because it %s is told after the call', async (_, answer, fault, logins, args) => {
    const { status, stderr, document } = await look(called(answer), login(logins, args));
    expect(status, stderr).toBe(7);
    expect(document?.verdict.first_broken).toMatchObject({ phase: 'call', fault });
    expect(document?.authorizations).toBe(logins);
  });

  it('speaks the older protocol in a stream that does not end is called all the same', async () => {
    const stream = (event: object, headers = {}) =>
      text(200, 'text/event-stream', `data:\n\nevent: message\ndata: ${JSON.stringify(event)}\n\n`, headers);
    const { status, stderr, document } = await look(
      called(({ body, headers }) => {
        const { method } = JSON.parse(body.toString() || '{}');
        if (method === 'initialize')
          return stream(
            { jsonrpc: '2.0', id: 1, result: { protocolVersion: '2025-06-18' } },
            { 'mcp-session-id': 's1' },
          );
        if (headers['mcp-session-id'] !== 's1')
          return json(400, { jsonrpc: '2.0', error: { code: -32000, message: 'no session' } });
        return method === 'tools/list'
          ? stream({ jsonrpc: '2.0', id: 1, result: { tools: [{ name: 'old' }] } })
          : json(202, {});
      }),
      login(),
    );
    expect(status, stderr).toBe(0);
    expect(document?.answer).toMatchObject({ tools: ['old'], protocol_version: '2025-06-18' });
  });
});
