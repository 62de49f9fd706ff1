import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, type Reply, text } from '../../src/idp/misbehaviours/reply.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { startApiServer } from '../fakes/api-server.ts';
import { runCli } from './cli.ts';
import { lastLineAsJson, loginAsPerson } from './person-login.ts';

let idp: RunningIdp;
const home = mkdtempSync(join(tmpdir(), 'oauth-code-resource-'));
const env = { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file' };
beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});
afterAll(async () => {
  await idp.close();
  rmSync(home, { recursive: true });
});

interface Found {
  readonly resource?: Record<string, unknown>;
  readonly issuer: string;
  readonly checks: readonly { readonly id: string; readonly outcome: string }[];
}
const objections = ({ checks }: Found) =>
  checks.filter(({ outcome }) => /fail|warn/.test(outcome)).map(({ id }) => id);

describe('a protected resource of the embedded server', () => {
  it('is discovered from its URL, and leads to its authorization server', async () => {
    const url = `${idp.issuer}/mcp`;
    const { status, stdout, stderr } = await runCli(['discover', url, '--json', '-q']);
    expect(status, stderr).toBe(0);
    const found: Found = JSON.parse(stdout);
    expect(found.issuer).toBe(idp.issuer);
    expect(objections(found)).toEqual([]);
    expect(found.resource).toMatchObject({
      url,
      status: 401,
      metadata_url: `${idp.issuer}/.well-known/oauth-protected-resource/mcp`,
      metadata: { resource: url },
      authorization_servers: [idp.issuer],
      scope: ['api:read'],
      challenge: [{ scheme: 'Bearer', params: { scope: 'api:read' } }],
    });
  });

  it('is logged in for, with the scope and resource that it names, and called with the token', async () => {
    const resource = `${idp.issuer}/mcp`;
    const args = ['--resource-url', resource, '--json'];
    const login = await loginAsPerson(idp, args, { issuer: false, env });
    expect(login.status, login.stderr).toBe(0);
    expect(login.url.searchParams.get('scope')).toBe('api:read');
    expect(login.url.searchParams.get('resource')).toBe(resource);
    const sessions = await runCli(['session', 'list', '--json'], { env });
    expect(JSON.parse(sessions.stdout).sessions).toMatchObject([{ resource: [resource] }]);
    const called = await runCli(['request', resource, '--issuer', idp.issuer, '--client-id', 'demo-public'], {
      env,
    });
    expect(called.status, called.stderr).toBe(0);
    expect(called.stdout).toContain('"tools"');
  });

  it('is saved in a profile, which logs in for it again', async () => {
    const resource = `${idp.issuer}/mcp`;
    const args = ['--resource-url', resource, '--save', 'api', '-y', '--json'];
    const first = await loginAsPerson(idp, args, { issuer: false, env });
    expect(first.status, first.stderr).toBe(0);
    const again = await loginAsPerson(idp, ['-p', 'api', '--json'], { issuer: false, env });
    expect(again.status, again.stderr).toBe(0);
    expect(again.url.searchParams.get('resource')).toBe(resource);
  });

  it.each([
    ['a token in its query', '?token=s3cr3t', 'gives the token'],
    ['a fragment', '#x', 'has a fragment'],
  ])('is not looked at with %s', async (_, behind, message) => {
    const run = await runCli(['discover', '--resource-url', `${idp.issuer}/mcp${behind}`]);
    expect([run.status, run.stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(run.stderr).not.toContain('s3cr3t');
  });

  it('is refused plainly where the port of the redirect URI is taken', async () => {
    const taken = await startApiServer();
    try {
      const args = ['login', '--resource-url', `${idp.issuer}/mcp`, '--client-id', 'demo-public'];
      const { port } = new URL(taken.origin);
      const run = await runCli([...args, '--port', port]);
      expect([run.status, run.stderr]).toEqual([2, expect.stringContaining(port)]);
    } finally {
      await taken.close();
    }
  });

  it('is not logged in for at a server that it does not name', async () => {
    const run = await runCli([
      ...['login', '--resource-url', `${idp.issuer}/mcp`, '--issuer', 'http://127.0.0.1:1'],
      ...['--client-id', 'demo-public', '--port', '0', '--json'],
    ]);
    expect(run.status).toBe(6);
    expect(lastLineAsJson(run)).toMatchObject({ error: { check: 'resource-authorization-servers' } });
  });
});

describe('a resource that is wrong', () => {
  /** A resource whose answers are the test's; `at` is its origin. */
  async function discover(answer: (path: string, at: string) => Reply | undefined, path = '/api') {
    const api = await startApiServer((request, origin) => answer(request.path, origin) ?? json(404, {}));
    try {
      const url = `${api.origin}${path}`;
      const { status, stdout, stderr } = await runCli(['discover', '--resource-url', url, '--json']);
      return { status, stderr, found: stdout === '' ? undefined : (JSON.parse(stdout) as Found) };
    } finally {
      await api.close();
    }
  }
  const challenge = (parameters = '') => json(401, {}, { 'www-authenticate': `Bearer${parameters}` });
  const metadata = (resource: unknown, servers: unknown = [idp.issuer]) =>
    json(200, { resource, authorization_servers: servers });
  const wellKnown = '/.well-known/oauth-protected-resource';

  it.each<[string, (path: string, at: string) => Reply | undefined, string[], number]>([
    [
      'a challenge without resource_metadata',
      (path, at) =>
        path === '/api' ? challenge() : path === `${wellKnown}/api` ? metadata(`${at}/api`) : undefined,
      ['resource-challenge'],
      0,
    ],
    [
      'metadata at the root alone',
      (path, at) => (path === '/api' ? challenge() : path === wellKnown ? metadata(at) : undefined),
      ['resource-challenge', 'resource-identifier'],
      7,
    ],
    [
      'an identifier on another origin',
      (path) =>
        path === '/api'
          ? challenge()
          : path.startsWith(wellKnown)
            ? metadata('https://other.example/api')
            : undefined,
      ['resource-challenge', 'resource-identifier'],
      7,
    ],
    [
      'a slash at the end of its identifier',
      (path, at) =>
        path === '/api' ? challenge() : path.startsWith(wellKnown) ? metadata(`${at}/api/`) : undefined,
      ['resource-challenge', 'resource-identifier'],
      7,
    ],
    [
      'no authorization server',
      (path, at) =>
        path === '/api' ? challenge() : path.startsWith(wellKnown) ? metadata(`${at}/api`, []) : undefined,
      ['resource-challenge', 'resource-authorization-servers'],
      7,
    ],
    [
      'a page in place of its metadata',
      (path) => (path === '/api' ? challenge() : text(200, 'text/html', '<!doctype html>')),
      ['resource-challenge', 'resource-metadata'],
      7,
    ],
    [
      'a challenge of another scheme',
      (path, at) =>
        path === '/api'
          ? json(401, {}, { 'www-authenticate': 'Basic realm="x"' })
          : path.startsWith(wellKnown)
            ? metadata(`${at}/api`)
            : undefined,
      ['resource-challenge'],
      0,
    ],
  ])('%s is told', async (_, answer, ids, status) => {
    const run = await discover(answer);
    expect(run.status, run.stderr).toBe(status);
    expect(run.found === undefined ? [] : objections(run.found)).toEqual(ids);
  });

  it('and needs no token is said of a URL that may be an issuer too', async () => {
    const api = await startApiServer((request) => (request.path === '/api' ? json(200, {}) : json(404, {})));
    try {
      const { status, stderr } = await runCli(['discover', `${api.origin}/api`, '--json']);
      expect(status).toBe(6);
      expect(stderr).toMatch(/No metadata was found for .*As an API it does not ask for a token either\./);
    } finally {
      await api.close();
    }
  });

  it('and needs no token is said plainly', async () => {
    const run = await discover((path) => (path === '/api' ? json(200, {}) : undefined));
    expect(run.status).toBe(6);
    expect(run.stderr).toContain('does not ask for a token and has no metadata');
  });
});
