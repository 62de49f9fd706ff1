import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { findingIds, furtherCases, type ProviderResponseCase } from '../commands/provider-response-case.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';
import { type RunHere, runHere } from '../fakes/run-here.ts';
import { objectionsIn } from './scripted-login.ts';

const servers = new LoopbackServers();
afterAll(() => servers.closeAll());

const cases = new Map(furtherCases.flatMap(([, listed]) => listed).map((given) => [given.id, given]));
const code = 'the-code-of-this-server';

function caseOf(id: string): ProviderResponseCase {
  const found = cases.get(id);
  if (found === undefined) throw new Error(`There is no case ${id}.`);
  return found;
}

/** A server whose token endpoint answers as a case does; `callback` changes the query that goes back. */
async function serve(
  { response }: ProviderResponseCase,
  callback: (state: string) => string = (state) => `code=${code}&state=${state}`,
): Promise<string> {
  const listener = (request: IncomingMessage, answer: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://as.example');
    if (pathname === '/authorize') {
      const query = callback(searchParams.get('state') ?? '');
      answer.writeHead(302, { location: `${searchParams.get('redirect_uri')}?${query}` }).end();
    } else {
      request.resume().on('end', () => {
        answer.writeHead(response.status ?? 200, response.headers).end(response.body);
      });
    }
  };
  return `http://127.0.0.1:${(await servers.http(listener)).port}`;
}

const visit = async (url: string) => {
  await (await fetch(url)).text();
};

async function login(origin: string, ...args: readonly string[]): Promise<RunHere> {
  const endpoints = [
    '--authorization-endpoint',
    `${origin}/authorize`,
    '--token-endpoint',
    `${origin}/token`,
  ];
  const rest = ['--client-id', 'client-1', '--scope', 'read', '--port', '0', ...args];
  return runHere(['login', ...endpoints, ...rest], { visit });
}

async function token(origin: string): Promise<RunHere> {
  const client = ['--client-id', 'client-1', '--client-secret-env', 'SECRET'];
  const grant = ['--grant-type', 'client_credentials', '--scope', 'read'];
  return runHere(['token', '--token-endpoint', `${origin}/token`, ...client, ...grant, '--json'], {
    env: { SECRET: 'the-secret-of-this-client' },
  });
}

/** The document of a run, wherever it stands. */
function documentOf({ status, stdout, stderr }: RunHere) {
  return JSON.parse(status === 0 ? stdout : (stderr.trimEnd().split('\n').at(-1) ?? ''));
}

function expectNoSecret(text: string, { expect: { access_token, refresh_token } }: ProviderResponseCase) {
  for (const secret of [access_token, refresh_token, code, 'the-secret-of-this-client']) {
    if (typeof secret === 'string') expect(text).not.toContain(secret);
  }
}

const withTokens = [
  'qq-token',
  'alipay-token',
  'douyin-token',
  'withings-token',
  'dingtalk-token',
  'apigee-token',
  'ebay-token',
  'soundcloud-token',
  'stackexchange-token',
  'untappd-token',
  'slack-user-only',
  'azure-app-service-identity',
  'xml-namespaces-and-depth',
  'prefix-while',
  'alias-behind-null',
  'scope-array-of-other-things',
];

describe('an odd answer with tokens', () => {
  it.each(withTokens)('%s: login takes the tokens and warns', async (id) => {
    const given = caseOf(id);
    const run = await login(await serve(given), '--json');
    expect({ status: run.status, stderr: run.stderr.match(/^\{/m) }).toEqual({ status: 0, stderr: null });
    const { tokens, checks } = documentOf(run);
    const { access_token, token_type } = given.expect;
    expect(tokens).toMatchObject({ access_token, token_type });
    expect(
      objectionsIn(checks)
        .filter((one) => one !== 'granted-scope')
        .toSorted(),
    ).toEqual(findingIds(given));
    expectNoSecret(run.stderr, given);
  });

  it.each(withTokens)('%s: token takes the tokens', async (id) => {
    const given = caseOf(id);
    const run = await token(await serve(given));
    expect(run.status).toBe(0);
    expect(documentOf(run).tokens.access_token).toBe(given.expect.access_token);
    expectNoSecret(run.stderr, given);
  });
});

const withErrorCode = [
  'qq-error',
  'alipay-error',
  'okta-api-error',
  'apigee-error',
  'strava-error',
  'google-api-error',
  'spring-xml-error',
  'salesforce-api-error',
  'withings-error',
  'error-string-beside-tokens',
  'description-newline',
];
const unreadable = [
  'deezer-error',
  'apigee-fault',
  'square-error',
  'json-encoded-twice',
  'html-login-page-200',
  'challenge-does-not-count',
  'tokens-status-302',
  'nested-four',
];

describe('an odd error', () => {
  it.each(withErrorCode)('%s: login and token show it unaltered', async (id) => {
    const given = caseOf(id);
    const { error, error_description } = given.expect;
    for (const run of [await login(await serve(given), '--json'), await token(await serve(given))]) {
      expect({ status: run.status, stdout: run.stdout }).toEqual({ status: 3, stdout: '' });
      const document = documentOf(run);
      expect(document.error).toMatchObject({ code: 'token_error', oauth: { error, error_description } });
      expect(objectionsIn(document.checks).toSorted()).toEqual(findingIds(given));
      expectNoSecret(run.stderr, given);
    }
  });

  it.each(unreadable)('%s: login and token stop, as nothing in it can be used', async (id) => {
    const given = caseOf(id);
    for (const run of [await login(await serve(given), '--json'), await token(await serve(given))]) {
      expect({ status: run.status, stdout: run.stdout }).toEqual({ status: 6, stdout: '' });
      const document = documentOf(run);
      expect(document.error).toMatchObject({ code: 'invalid_response', step: 'token' });
      expect(objectionsIn(document.checks)).toEqual(expect.arrayContaining([...findingIds(given)]));
      expectNoSecret(run.stderr, given);
      expect(run.stderr).not.toContain('EXAMPLEat');
    }
  });

  it.each([...withErrorCode, ...unreadable])('%s: what is said of it stays inert', async (id) => {
    const run = await login(await serve(caseOf(id)));
    expect(run.stdout).toBe('');
    expect(run.stderr).not.toMatch(/(?!\n)\p{Cc}/u);
    expect(run.stderr).toMatch(/^error: .+/m);
  });
});

describe('an odd callback', () => {
  const sound = caseOf('dropbox-token');

  it.each<[string, (state: string) => string, string]>([
    ['with a renamed code', (state) => `authCode=${code}&state=${state}`, 'parameter-renamed'],
    ['with a second "?"', (state) => `a=b?code=${code}&state=${state}`, 'callback-query-malformed'],
    ['with an empty error', (state) => `error=&code=${code}&state=${state}`, 'parameter-empty-string'],
  ])('%s leads to the tokens with a warning', async (_, callback, id) => {
    const run = await login(await serve(sound, callback), '--json');
    expect(run.status).toBe(0);
    expect(objectionsIn(documentOf(run).checks)).toContain(id);
    expectNoSecret(run.stderr, sound);
  });

  it.each<[string, (state: string) => string, string]>([
    ['by another name', (state) => `error_code=1009&error_message=denied&state=${state}`, '1009'],
    ['that nobody registered', (state) => `error=user_denied&state=${state}`, 'user_denied'],
    ['beside a code', (state) => `error=access_denied&code=${code}&state=${state}`, 'access_denied'],
  ])('with an error %s ends the login with that error', async (_, callback, error) => {
    const run = await login(await serve(sound, callback), '--json');
    expect(run.status).toBe(3);
    expect(documentOf(run).error).toMatchObject({ code: 'authorization_error', oauth: { error } });
    expectNoSecret(run.stderr, sound);
  });

  it('with neither code nor error is waited past, and then told', async () => {
    const origin = await serve(sound, (state) => `state=${state}`);
    const run = await login(origin, '--json', '--browser-timeout', '1');
    expect(run.status).toBe(6);
    expect(documentOf(run).error).toMatchObject({
      code: 'validation_failed',
      check: 'authorization-response',
      message: expect.stringContaining('neither a code nor an error'),
    });
  });
});
