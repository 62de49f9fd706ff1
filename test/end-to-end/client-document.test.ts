import { afterEach, describe, expect, it } from 'vitest';
import { json, type Reply, text } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';

const servers: ApiServer[] = [];
afterEach(async () => void (await Promise.all(servers.splice(0).map((server) => server.close()))));

const url = 'https://me.example.com/client.json';

async function created(...args: readonly string[]): Promise<Record<string, unknown>> {
  const run = await runHere(['client-document', 'create', '--url', url, ...args]);
  expect(run.status, run.stderr).toBe(0);
  return JSON.parse(run.stdout);
}

/** What the check of a file finds, and its exit status. */
async function checked(document: unknown, ...args: readonly string[]) {
  const files = { '/client.json': typeof document === 'string' ? document : JSON.stringify(document) };
  const run = await runHere(['client-document', 'check', '/client.json', '--json', ...args], { files });
  return { status: run.status, found: findings(run.stdout) };
}

function findings(stdout: string): readonly string[] {
  const { checks } = JSON.parse(stdout);
  return checks.flatMap(({ id, outcome }: { id: string; outcome: string }) =>
    outcome === 'pass' ? [] : [`${id} ${outcome}`],
  );
}

describe('client-document create', () => {
  it('prints a document of a public client on this machine', async () => {
    expect(await created()).toEqual({
      client_id: url,
      client_name: 'oauth-code',
      application_type: 'native',
      redirect_uris: [
        'http://127.0.0.1/callback',
        'http://127.0.0.1:8378/callback',
        'http://[::1]/callback',
        'http://[::1]:8378/callback',
        'http://localhost/callback',
        'http://localhost:8378/callback',
      ],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    });
  });

  it('takes the URL as an argument, as the check does', async () => {
    const run = await runHere(['client-document', 'create', url]);
    expect(JSON.parse(run.stdout)).toEqual(await created());
  });

  it('names the keys of a client that signs', async () => {
    const keys = 'https://me.example.com/jwks.json';
    expect(
      await created('--client-name', 'Mine', '--jwks-uri', keys, '--redirect-uri', 'my.app:/cb'),
    ).toMatchObject({
      client_name: 'Mine',
      redirect_uris: ['my.app:/cb'],
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: keys,
    });
  });

  it.each([
    [[], 'Nothing says where the document will be.'],
    [['--url', 'https://me.example.com'], '--url has no path'],
    [['https://me.example.com'], 'URL has no path'],
    [[url, '--url', url], 'The URL was given twice'],
    [['--url', url, '--redirect-uri', '/callback'], '--redirect-uri is not an absolute URI'],
    [['--url', url, '--jwks-uri', 'keys'], '--jwks-uri is not an http or https URL'],
  ])('refuses %j', async (args, message) => {
    const run = await runHere(['client-document', 'create', ...args]);
    expect([run.status, run.stderr]).toEqual([2, expect.stringContaining(message)]);
  });
});

describe('client-document check', () => {
  it('finds nothing in what create prints', async () => {
    expect(await checked(await created())).toEqual({ status: 0, found: [] });
  });

  it.each<[string, (made: Record<string, unknown>) => unknown, string]>([
    ['no JSON', () => '<!doctype html>', 'client-document-response fail'],
    ['more than 5 kB', (made) => ({ ...made, x: 'x'.repeat(5000) }), 'client-document-response fail'],
    ['no client_id', ({ client_id: _, ...made }) => made, 'client-document-client-id fail'],
    [
      'a client_id without a path',
      (made) => ({ ...made, client_id: 'https://me.example.com' }),
      'client-document-client-id fail',
    ],
    ['no client_name', (made) => ({ ...made, client_name: '' }), 'client-document-members fail'],
    ['no redirect_uris', (made) => ({ ...made, redirect_uris: [] }), 'client-document-members fail'],
    [
      'a relative redirect URI',
      (made) => ({ ...made, redirect_uris: ['/callback'] }),
      'client-document-members fail',
    ],
    ['a secret', (made) => ({ ...made, client_secret: 's' }), 'client-document-secret fail'],
    [
      'the end of a secret',
      (made) => ({ ...made, client_secret_expires_at: 0 }),
      'client-document-secret fail',
    ],
    [
      'a method with a secret',
      (made) => ({ ...made, token_endpoint_auth_method: 'client_secret_post' }),
      'client-document-secret fail',
    ],
    [
      'no method, which is one with a secret',
      ({ token_endpoint_auth_method: _, ...made }) => made,
      'client-document-secret fail',
    ],
    [
      'no keys of a client that signs',
      (made) => ({ ...made, token_endpoint_auth_method: 'private_key_jwt' }),
      'client-document-secret fail',
    ],
  ])('finds %s', async (_, change, finding) => {
    expect(await checked(change(await created()))).toEqual({ status: 7, found: [finding] });
  });

  it.each([
    [['http://127.0.0.1:8378/callback']],
    [['http://[::1]/callback', 'http://localhost/callback', 'http://localhost:1/callback']],
  ])('notes that ports may stand in the way of %j', async (uris) => {
    const document = { ...(await created()), redirect_uris: uris };
    const found = ['client-document-ports warn'];
    expect(await checked(document)).toEqual({ status: 0, found });
    expect(await checked(document, '--fail-on', 'note')).toEqual({ status: 7, found });
  });

  it('compares client_id with where the file will be', async () => {
    const document = await created();
    expect(await checked(document, '--url', url)).toEqual({ status: 0, found: [] });
    expect(await checked(document, '--url', `${url}?v=1`)).toEqual({
      status: 7,
      found: ['client-document-client-id fail'],
    });
  });

  it.each<[string, (made: (at: string) => object, at: string) => Reply, string[]]>([
    ['as it should be', (made, at) => json(200, made(at)), []],
    [
      'as a special kind of JSON',
      (made, at) => text(200, 'application/client+json', JSON.stringify(made(at))),
      [],
    ],
    [
      'as text',
      (made, at) => text(200, 'text/plain', JSON.stringify(made(at))),
      ['client-document-response fail'],
    ],
    ['with another status', (made, at) => json(203, made(at)), ['client-document-response fail']],
    [
      'at another address',
      (made, at) => json(302, made(at), { location: '/elsewhere' }),
      ['client-document-response fail'],
    ],
    ['under another name', (made) => json(200, made(url)), ['client-document-client-id fail']],
  ])('fetches it from its URL, where it is served %s', async (_, answer, found) => {
    const made = await created();
    const server = await startApiServer(({ path }, origin) =>
      answer((client_id) => ({ ...made, client_id }), `${origin}${path}`),
    );
    servers.push(server);
    const run = await runHere(['client-document', 'check', `${server.origin}/client.json`, '--json']);
    expect([run.status, findings(run.stdout)]).toEqual([found.length === 0 ? 0 : 7, found]);
    expect(server.requests).toHaveLength(1);
  });

  it('ends with the failure of the connection', async () => {
    const run = await runHere(['client-document', 'check', 'http://127.0.0.1:1/client.json', '--json']);
    expect(errorOf(run)).toMatchObject({ exit_code: 5 });
  });
});
