import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { json, type Reply } from '../../src/idp/misbehaviours/reply.ts';
import { startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { misbehaviours } from '../../src/idp/misbehaviours.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import type { LoginDocument } from '../../src/output/documents.ts';
import { type ApiRequest, type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { freePort } from '../fakes/free-port.ts';
import { errorOf, type RunHere, runHere } from '../fakes/run-here.ts';
import { visitUrl } from './person-login.ts';
import { follow } from './scripted-login.ts';

let home = '';
let port: string;
let idp: RunningIdp;
/** What was asked at the endpoint for clients, such as `POST` and `DELETE`. */
const asked: string[] = [];
const servers: ApiServer[] = [];

beforeAll(async () => {
  port = String(await freePort());
  idp = await startIdp({
    port: 0,
    onRequest: ({ method, path }) => void (path.startsWith('/reg') && asked.push(method)),
  });
});
afterAll(() => idp.close());
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'oauth-code-client-ladder-'));
  asked.length = 0;
});
afterEach(async () => {
  rmSync(home, { recursive: true });
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function serve(answer: (request: ApiRequest, origin: string) => Reply | undefined): Promise<string> {
  const server = await startApiServer((request, origin) => answer(request, origin) ?? json(404, {}));
  servers.push(server);
  return server.origin;
}

/** Runs a command in this process; a browser that is opened belongs to alice. */
function here(args: readonly string[]): Promise<RunHere> {
  return runHere(args, {
    env: { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file' },
    async visit(url) {
      await visitUrl(idp, url);
    },
  });
}

const login = (resource: string, ...args: readonly string[]) =>
  here(['login', '--resource-url', resource, '--port', port, '--json', ...args]);

function documentOf({ status, stdout, stderr }: RunHere): LoginDocument {
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

const mcp = () => `${idp.issuer}/mcp`;

/** A client-id metadata document on loopback. */
async function hosted(change: Record<string, unknown> = {}): Promise<string> {
  const origin = await serve(({ path }, at) =>
    path === '/client.json'
      ? json(200, {
          client_id: `${at}/client.json`,
          client_name: 'A client with a document',
          application_type: 'native',
          redirect_uris: ['http://127.0.0.1/callback'],
          token_endpoint_auth_method: 'none',
          grant_types: ['authorization_code', 'refresh_token'],
          ...change,
        })
      : undefined,
  );
  return `${origin}/client.json`;
}

describe('login --resource-url finds its client', () => {
  it('given by the user', async () => {
    const run = await login(mcp(), '--client-id', 'demo-public');
    expect(documentOf(run).client).toEqual({ source: 'given', client_id: 'demo-public' });
    expect(run.stderr).toContain('demo-public, as it was given\n');
    expect(asked).toEqual([]);
  });

  it('described by a document that the user hosts, before one is registered', async () => {
    const url = await hosted();
    const run = await login(mcp(), '--client-metadata-url', url);
    expect(documentOf(run).client).toEqual({ source: 'document', client_id: url });
    expect(run.stderr).toContain(`${url}, described by its metadata document (no --client-id)`);
    expect(asked).toEqual([]);
  });

  it('described by a document, at a server that is named by its issuer', async () => {
    const url = await hosted();
    const run = await here([
      'login',
      '--issuer',
      idp.issuer,
      '--client-metadata-url',
      url,
      '--port',
      port,
      '--json',
    ]);
    expect(documentOf(run)).toMatchObject({ client_id: url, client: { source: 'document' } });
  });

  it('registered, and used again by the next login', async () => {
    const first = await login(mcp());
    const { client } = documentOf(first);
    expect(client).toMatchObject({ source: 'registered' });
    expect(first.stderr).toContain('registered for this session (no --client-id; no --client-metadata-url)');
    expect(documentOf(await login(mcp())).client).toEqual({ ...client, source: 'cached' });
    expect(asked).toEqual(['POST', 'GET']);
    const logout = await here(['logout', '--issuer', idp.issuer, '--client-id', client?.client_id ?? '']);
    expect(logout.stderr).toContain('was deleted at the server');
  });

  it('registered with the scope of the login, which its server lists', async () => {
    const trace = join(home, 'trace.json');
    const run = await login(mcp(), '--scope', 'api:write', '--trace', trace, '--show-secrets');
    expect(documentOf(run).tokens.scope).toEqual(['api:write']);
    const { events } = JSON.parse(readFileSync(trace, 'utf8'));
    const registration = events.find(
      ({ step, type }: never) => step === 'registration' && type === 'exchange',
    );
    expect(Object.keys(JSON.parse(registration.request.body)).sort()).toEqual([
      'application_type',
      'client_name',
      'grant_types',
      'redirect_uris',
      'response_types',
      'scope',
      'token_endpoint_auth_method',
    ]);
    expect(events.filter(({ type }: never) => type === 'client')).toEqual([
      {
        type: 'client',
        at_ms: expect.any(Number),
        rung: 'registered',
        client_id: documentOf(run).client_id,
        passed: [
          { rung: 'given', why: 'no --client-id' },
          { rung: 'document', why: 'no --client-metadata-url' },
        ],
      },
    ]);
  });

  it.each([false, true])(
    'registered once for a login and the step-up after it (any port: %s)',
    async (isAny) => {
      const args = ['--scope', 'api:read', '--call', 'note', '--port', isAny ? '0' : port, '--json'];
      const { status, stdout, stderr } = await here(['mcp', mcp(), ...args]);
      expect(status, stderr).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ authorizations: 2, client: { source: 'registered' } });
      expect(asked).toEqual(['POST', 'GET']);
    },
  );

  it.each([0, 5])(
    'registered once for both where nothing is kept, and deleted then: exit %i',
    async (ends) => {
      let visits = 0;
      const isLeft = ends === 5;
      const args = ['--scope', 'api:read', '--call', 'note', '--port', '0', '--json', '--store', 'none'];
      const { stdout, stderr, status } = await runHere(
        ['mcp', mcp(), ...args, ...(isLeft ? ['--browser-timeout', '2'] : [])],
        {
          env: { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file' },
          async visit(url) {
            visits += 1;
            if (visits === 1 || !isLeft) await visitUrl(idp, url);
          },
        },
      );
      expect(status, stderr).toBe(ends);
      if (!isLeft)
        expect(JSON.parse(stdout)).toMatchObject({ authorizations: 2, client: { source: 'registered' } });
      expect(asked).toEqual(['POST', 'DELETE']);
    },
  );

  it('in what a flag says before what the profile says', async () => {
    const url = await hosted();
    documentOf(await login(mcp(), '--client-id', 'demo-public', '--save', 'api', '-y'));
    const again = await here(['login', '-p', 'api', '--client-metadata-url', url, '--port', port, '--json']);
    expect(documentOf(again).client).toEqual({ source: 'document', client_id: url });
  });

  it('on another device too', async () => {
    const args = ['--resource-url', mcp(), '--flow', 'device', '--browser-timeout', '1'];
    const run = await here(['login', ...args]);
    expect(run.stderr).toContain('registered for this session');
    expect(asked).toEqual(['POST', 'DELETE']);
  });
});

/** A resource and its authorization server in one, whose metadata and registration are the test's. */
async function serverWith(
  metadata: (at: string) => Record<string, unknown>,
  register?: (asked: Record<string, unknown>) => Reply,
): Promise<{ readonly resource: string; readonly requests: readonly ApiRequest[] }> {
  const origin = await serve(({ path, method, body }, at) => {
    if (path === '/api') return json(401, {}, { 'www-authenticate': 'Bearer' });
    if (path === '/.well-known/oauth-protected-resource/api')
      return json(200, { resource: `${at}/api`, authorization_servers: [at] });
    if (path === '/.well-known/oauth-authorization-server')
      return json(200, {
        issuer: at,
        authorization_endpoint: `${at}/authorize`,
        token_endpoint: `${at}/token`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        ...metadata(at),
      });
    if (path === '/register' && method === 'POST') return register?.(JSON.parse(body.toString()));
    return undefined;
  });
  return { resource: `${origin}/api`, requests: servers.at(-1)?.requests ?? [] };
}

const withRegistration = (at: string) => ({ registration_endpoint: `${at}/register` });

describe('login --resource-url without a way to a client', () => {
  it('says what to give where the server offers none', async () => {
    const { resource } = await serverWith(() => ({}));
    const run = await login(resource);
    expect(errorOf(run)).toMatchObject({
      code: 'usage',
      exit_code: 2,
      step: 'registration',
      message: expect.stringContaining('no --client-id; no --client-metadata-url'),
      hint: expect.stringMatching(/--client-id ID\.$/),
    });
    expect(run.opened).toEqual([]);
  });

  it('names the document as a way where the server takes one', async () => {
    const { resource } = await serverWith(() => ({ client_id_metadata_document_supported: true }));
    expect(errorOf(await login(resource))).toMatchObject({
      exit_code: 2,
      hint: expect.stringContaining('--client-metadata-url URL'),
    });
  });

  it('warns that a document is not advertised, and registers', async () => {
    const { resource, requests } = await serverWith(withRegistration, () => json(400, { error: 'no' }));
    const run = await login(resource, '--client-metadata-url', 'https://client.example/mcp.json');
    expect(run.status).toBe(3);
    const { checks } = JSON.parse(run.stderr.trimEnd().split('\n').at(-1) ?? '');
    expect(checks).toContainEqual(expect.objectContaining({ id: 'client-id-document', outcome: 'warn' }));
    expect(requests.some(({ path }) => path === '/register')).toBe(true);
  });

  it.each([
    ['http://client.example/mcp.json', 'is not an https URL'],
    ['https://client.example', 'has no path'],
    ['https://client.example/a/../b', 'has a dot segment'],
    ['https://client.example/a/%2E%2e/b', 'has a dot segment'],
    ['https://client.example/mcp.json#me', 'has a fragment'],
    ['https://me@client.example/mcp.json', 'holds a user name or password'],
    ['mcp.json', 'is not an https URL'],
  ])('refuses the document %s', async (url, problem) => {
    const { resource, requests } = await serverWith(withRegistration);
    const run = await login(resource, '--client-metadata-url', url);
    expect(errorOf(run)).toMatchObject({ exit_code: 2, message: expect.stringContaining(problem) });
    expect(requests).toEqual([]);
  });

  it.each([
    [
      json(400, { error: 'invalid_redirect_uri', error_description: 'No loopback here.' }),
      'invalid_redirect_uri',
    ],
    [json(429, { error: 'too_many_requests', error_description: 'No loopback here.' }), 'too_many_requests'],
  ])('ends with the words of a server that refuses', async (answer, error) => {
    const { resource } = await serverWith(withRegistration, () => answer);
    const run = await login(resource);
    expect(errorOf(run)).toMatchObject({
      exit_code: 3,
      step: 'registration',
      oauth: { error, error_description: 'No loopback here.' },
    });
    expect(run.opened).toEqual([]);
  });

  it('stops before the browser where other redirect URIs are registered', async () => {
    const { resource } = await serverWith(withRegistration, (asking) =>
      json(201, { ...asking, client_id: 'c1', redirect_uris: ['https://elsewhere.example/cb'] }),
    );
    const run = await login(resource);
    expect(errorOf(run)).toMatchObject({ exit_code: 6, check: 'registration-redirect-uri' });
    expect(run.opened).toEqual([]);
  });

  it.each([
    [undefined, 'none'],
    [['client_secret_post', 'none'], 'none'],
    [['client_secret_post'], 'client_secret_post'],
    [['client_secret_post', 'client_secret_basic'], 'client_secret_post'],
    [['client_secret_basic', 'client_secret_post'], 'client_secret_basic'],
  ])('asks for a method that the server takes, of %j for %s', async (supported, method) => {
    const seen: unknown[] = [];
    const { resource } = await serverWith(
      (at) => ({
        ...withRegistration(at),
        ...(supported && { token_endpoint_auth_methods_supported: supported }),
      }),
      (asking) => {
        seen.push(asking);
        return json(400, { error: 'invalid_client_metadata' });
      },
    );
    await login(resource);
    expect(seen).toMatchObject([{ token_endpoint_auth_method: method, application_type: 'native' }]);
  });

  it('registers anew where the resource names another server', async () => {
    const first = documentOf(await login(mcp()));
    const { resource, requests } = await serverWith(withRegistration, () => json(400, { error: 'no' }));
    await login(resource);
    expect(requests.filter(({ path }) => path === '/register')).toHaveLength(1);
    expect(documentOf(await login(mcp())).client_id).toBe(first.client_id);
  });
});

describe('a step-up to a scope that neither document lists', () => {
  const rowOf = (id: string) => misbehaviours.find((one) => one.id === id)?.script ?? {};

  it.each([
    ['mcp-step-up-unlisted', [['mcp', '--scope', 'api:read']]],
    ['mcp-step-up-refused', [['mcp', '--scope', 'api:read']]],
    [
      'mcp-step-up-unlisted',
      [
        ['login', '--scope', 'api:read', '--resource-url'],
        ['request', '--step-up'],
      ],
    ],
    [
      'mcp-step-up-unlisted',
      ['api:read', 'api:admin'].map((scope) => ['login', '--scope', scope, '--resource-url']),
    ],
  ])('goes on with its client: %s, %j', async (id, commands) => {
    const server = await startScriptedServer(rowOf(id));
    try {
      for (const command of commands) {
        const more = command[0] === 'request' ? ['-p', 'api'] : ['--port', port, '--save', 'api', '-y'];
        const { stderr } = await runHere([...command, `${server.issuer}/mcp`, ...more], {
          ...{ env: { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file' }, visit: follow },
          ...{ stdinIsTTY: true, stderr: { isTTY: true } },
        });
        expect(stderr).toContain('client-1');
      }
      const asked = server.seen().filter((endpoint) => /^(?:register|authorize)$/.test(endpoint));
      expect(asked).toEqual(['register', 'authorize', 'authorize']);
      expect(server.complaints).toEqual([]);
    } finally {
      await server.close();
    }
  });
});

describe('login --resource-url as a client that its platform vouches for', () => {
  it('sends the assertion that it asked for', async () => {
    const assertion = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOm8vciJ9.c2ln';
    const runner = await serve(() => json(200, { value: assertion }));
    const { resource, requests } = await serverWith(() => ({}));
    const args = ['--client-id', 'c1', '--assertion-from', 'github:api', '--port', '0', '--json'];
    const run = await runHere(['login', '--resource-url', resource, ...args], {
      env: {
        OAUTH_CODE_HOME: home,
        OAUTH_CODE_STORE: 'file',
        ACTIONS_ID_TOKEN_REQUEST_URL: `${runner}/token?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-of-the-runner',
      },
      async visit(url) {
        const { searchParams } = new URL(url);
        const answer = { code: 'c', state: searchParams.get('state') ?? '' };
        await fetch(`${searchParams.get('redirect_uri')}?${new URLSearchParams(answer)}`);
      },
    });
    const sent = requests.find(({ path }) => path === '/token')?.body.toString();
    expect(sent, run.stderr).toBeDefined();
    expect(new URLSearchParams(sent).get('client_assertion')).toBe(assertion);
  });
});

describe('login --resource-url without PKCE at the server', () => {
  it.each([[undefined], [['plain']], ['S256']])('stops where %j is advertised', async (methods) => {
    const { resource } = await serverWith(() => ({ code_challenge_methods_supported: methods }));
    const run = await login(resource, '--client-id', 'c1');
    expect(errorOf(run)).toMatchObject({ exit_code: 6, check: 'pkce-advertised' });
    expect(run.opened).toEqual([]);
  });

  it('goes on with --no-verify', async () => {
    const { resource } = await serverWith(() => ({ code_challenge_methods_supported: undefined }));
    const args = ['--client-id', 'c1', '--no-verify', 'pkce-advertised', '--browser-timeout', '1'];
    expect((await login(resource, ...args)).opened).toHaveLength(1);
  });
});
