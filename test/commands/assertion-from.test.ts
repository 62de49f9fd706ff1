import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, type Reply } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiRequest, type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { createTestHome, type TestHome } from '../fakes/saved-sessions.ts';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOm8vciJ9.c2ln';
let server: ApiServer;
let home: TestHome;
let runner: (request: ApiRequest) => Reply;

beforeEach(async () => {
  runner = () => json(200, { count: 1, value: jwt });
  server = await startApiServer((request) =>
    request.path.startsWith('/runner')
      ? runner(request)
      : json(200, { access_token: 'at-for-the-job', token_type: 'Bearer', expires_in: 300 }),
  );
  home = createTestHome();
});

afterEach(async () => {
  await server.close();
  home.remove();
});

const runnerEnv = () => ({
  ACTIONS_ID_TOKEN_REQUEST_URL: `${server.origin}/runner/token?api-version=2.0`,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-of-the-runner',
});
const token = (source: string, env: Readonly<Record<string, string>> = {}, ...args: readonly string[]) =>
  runHere(
    [
      ...['token', '--token-endpoint', `${server.origin}/token`, '--client-id', 'job'],
      ...['--grant-type', 'client_credentials', '--assertion-from', source, '--json', ...args],
    ],
    {
      env: { ...home.env, ...env },
      files: { '/run/token.jwt': `${jwt}\n` },
      outputOf: async () => `${jwt}\n`,
    },
  );
const tokenRequest = () =>
  Object.fromEntries(
    new URLSearchParams(server.requests.find(({ path }) => path === '/token')?.body.toString()),
  );

const unknown = '--assertion-from does not name where the assertion comes from.';

describe('a client that proves itself with the assertion of its platform', () => {
  it.each([
    ['github', runnerEnv, () => `${server.origin}/token`],
    ['github:api://AzureADTokenExchange', runnerEnv, () => 'api://AzureADTokenExchange'],
  ])('asks the runner of a GitHub Actions job for one: %s', async (source, env, audience) => {
    const { status, stdout, stderr } = await token(source, env(), '-v');
    expect(status).toBe(0);
    expect(JSON.parse(stdout).tokens.access_token).toBe('at-for-the-job');
    const [asked] = server.requests;
    const url = new URL(asked?.path ?? '', server.origin);
    expect(asked?.headers.authorization).toBe('Bearer request-token-of-the-runner');
    expect(Object.fromEntries(url.searchParams)).toEqual({ 'api-version': '2.0', audience: audience() });
    expect(tokenRequest()).toEqual({
      grant_type: 'client_credentials',
      client_id: 'job',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt,
    });
    expect(stderr).not.toContain('request-token-of-the-runner');
    expect(stderr).not.toContain(jwt);
  });

  it.each([
    ['env:MY_JWT', { MY_JWT: jwt }],
    ['file:/run/token.jwt', {}],
    ['gitlab', { GITLAB_OIDC_TOKEN: jwt }],
    ['gitlab:JOB_JWT', { JOB_JWT: jwt }],
    ['kubernetes:/run/token.jwt', {}],
    ['command:print-jwt --now', {}],
  ])('reads it: %s', async (source, env) => {
    expect((await token(source, env as Record<string, string>)).status).toBe(0);
    expect(tokenRequest().client_assertion).toBe(jwt);
  });

  it.each([
    ['jenkins', {}, 'usage', unknown],
    ['s3cr3t-opaque', {}, 'usage', unknown],
    ['s3cr3t:opaque', {}, 'usage', unknown],
    ['env:s3cr3t-opaque', {}, 'usage', '--assertion-from does not name a variable.'],
    ['env:00s3cr3t00112233445566778899aabb', {}, 'usage', '--assertion-from does not name a variable.'],
    [
      'file:00s3cr3t00112233445566778899aabb',
      {},
      'usage',
      '--assertion-from does not name a file that can be read.',
    ],
    ['session:work', {}, 'usage', unknown],
    ['gitlab', {}, 'usage', '--assertion-from names GITLAB_OIDC_TOKEN, which is not set.'],
    [
      'kubernetes',
      {},
      'config',
      'Cannot read /var/run/secrets/kubernetes.io/serviceaccount/token: there is no such file.',
    ],
    ['env:', {}, 'usage', unknown],
    ['env:NONE', {}, 'usage', '--assertion-from names NONE, which is not set.'],
    [
      'env:BAD',
      { BAD: 'a secret that is not a JWT' },
      'config',
      '--assertion-from env:BAD does not hold a JWT.',
    ],
    ['file:/nowhere/x', {}, 'config', 'Cannot read /nowhere/x: there is no such file.'],
    [
      'github',
      {},
      'usage',
      '--assertion-from github works in a GitHub Actions job that may ask for a token.',
    ],
  ])('is refused before anything is sent: %s', async (source, env, code, message) => {
    const run = await token(source, env as Record<string, string>);
    expect(errorOf(run)).toMatchObject({ code, exit_code: 2, message });
    expect(run.stderr).not.toMatch(/a secret that|s3cr3t/);
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['a refusal', json(403, { message: 'no' }), 'status 403, application/json', 'Give the job'],
    ['no token', json(200, { count: 0 }), 'status 200, application/json', 'ACTIONS_ID'],
    ['nothing', json(404, {}), 'status 404, application/json', 'ACTIONS_ID'],
    [
      'no JSON',
      { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' },
      'status 200, text/html',
      'ACTIONS_ID',
    ],
  ])('is refused when the runner answers with %s: exit 6', async (_, reply, came, hint) => {
    runner = () => reply;
    expect(errorOf(await token('github', runnerEnv()))).toMatchObject({
      code: 'invalid_response',
      exit_code: 6,
      step: 'assertion',
      message: `GitHub gave no token for the job: ${came}.`,
      hint: expect.stringContaining(hint),
    });
    expect(server.requests).toHaveLength(1);
  });
});
