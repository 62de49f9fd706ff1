import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, type Reply, text } from '../../src/idp/misbehaviours/reply.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import type { McpDocument } from '../../src/output/documents.ts';
import { type ApiRequest, type ApiServer, startApiServer } from '../fakes/api-server.ts';
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

async function start(url: string, args: readonly string[], logins = 1) {
  const cli = startCli(['mcp', url, '--port', '0', '--json', ...args], { env });
  for (let login = 0; login < logins; login += 1) await playPerson(idp, cli, { login });
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

  it('is looked at without a login as far as that goes', async () => {
    const { status, stdout } = await runCli(['mcp', `${idp.issuer}/mcp`, '--no-login', '--json'], { env });
    const document: McpDocument = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(document.verdict.outcome).toBe('incomplete');
    expect(outcomes(document)).toBe('pass pass pass pass skipped skipped skipped skipped');
  });
});

describe('a server that is wrong', () => {
  /** A server whose answers are the test's; `at` is its origin. */
  async function look(
    answer: (request: ApiRequest, at: string) => Reply | undefined,
    run: (url: string) => Promise<{ status: number | null; stdout: string; stderr: string }> = (url) =>
      runCli(['mcp', url, '--no-login', '--json'], { env }),
  ) {
    let origin = '';
    const server: ApiServer = await startApiServer((request) => answer(request, origin) ?? json(404, {}));
    origin = server.origin;
    try {
      const { status, stdout, stderr } = await run(`${origin}/mcp`);
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

  it('cannot be reached is told', async () => {
    const { status, stdout } = await runCli(['mcp', 'http://127.0.0.1:1/mcp', '--no-login', '--json'], {
      env,
    });
    expect(status).toBe(7);
    const document: McpDocument = JSON.parse(stdout);
    expect(document.verdict.first_broken).toMatchObject({ phase: 'reach', fault: 'server' });
    expect(document.phases[0]?.error).toMatchObject({ code: 'network', exit_code: 5 });
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
  const login =
    (logins = 1, args: readonly string[] = []) =>
    (url: string) =>
      follow(url, args, logins);
  const refuse = (status: number, parameters: string) =>
    json(status, {}, { 'www-authenticate': `Bearer ${parameters}` });

  it.each<[string, () => Reply | undefined, string, number, readonly string[]]>([
    ['refuses a good token', () => refuse(401, 'error="invalid_token"'), 'server', 1, []],
    ['forbids the call', () => json(403, {}), 'server', 1, []],
    ['lets a firewall forbid it', () => page(403, { server: 'cloudflare' }), 'in_front', 1, []],
    ['answers with a page', () => page(200), 'in_front', 1, []],
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
