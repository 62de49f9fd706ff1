import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, type Reply } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiRequest, type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { clientAt, createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';
import { createSettingsPlace, type SettingsPlace } from './settings-place.ts';

const issuer = 'http://as.test:8080';
const client = ['--issuer', issuer, '--client-id', 'client-1'];
const last = { accessToken: 'at-0123456789abcdef', refreshToken: 'rt-0123456789abcdef' };
const secrets = {
  OAUTH_CODE_CLIENT_SECRET: 'cs-0123456789abcdef',
  ACCESS: last.accessToken,
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'runner-0123456789abcdef',
};
const secretText = new RegExp(
  [...Object.values(secrets), last.refreshToken, btoa(`client-1:${secrets.OAUTH_CODE_CLIENT_SECRET}`)].join(
    '|',
  ),
);

let proxy: ApiServer;
let home: TestHome;

beforeEach(async () => {
  proxy = await startApiServer(answer);
  home = createTestHome();
});

afterEach(async () => {
  await proxy.close();
  home.remove();
});

/** Every plain http host is behind the proxy. */
function answer({ path }: ApiRequest): Reply | undefined {
  if (path.includes('/.well-known/')) return json(200, metadata);
  if (path.endsWith('/jwks')) return json(200, { keys: [] });
  if (path.endsWith('/introspect')) return json(200, { active: true });
  if (path.endsWith('/userinfo')) return json(200, { sub: 'user-1' });
  if (path.includes('/runner')) return json(200, { value: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln' });
  return json(200, { access_token: 'at-new', token_type: 'Bearer', expires_in: 300 });
}

const metadata = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  response_types_supported: ['code'],
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  introspection_endpoint: `${issuer}/introspect`,
  revocation_endpoint: `${issuer}/revoke`,
  jwks_uri: `${issuer}/jwks`,
};

function saveSession(validForSeconds: number): void {
  const session = sessionWith(
    { origin: issuer, tokenEndpoint: `${issuer}/token`, last },
    { validForSeconds },
  );
  home.save({ ...session, owner: clientAt(issuer), account: { sub: 'user-1', name: 'alice' } });
}

/** The text of all requests that came. */
const sent = () =>
  proxy.requests.map(({ path, headers, body }) => JSON.stringify([path, headers, `${body}`]));

const given = ['--access-token-env', 'ACCESS'];
const grant = ['token', ...client, '--grant-type', 'client_credentials'];
const loopback = 'https://127.0.0.1:9';

/** Every command that sends something secret, and where that goes. `browser`: it goes by the browser. */
const senders: readonly {
  readonly argv: readonly string[];
  readonly session?: 'good' | 'expired';
  readonly to: string;
  readonly browser?: boolean;
}[] = [
  { argv: ['login', ...client, '--port', '0'], to: 'authorize', browser: true },
  {
    argv: ['login', ...client, '--port', '0', '--authorization-endpoint', `${loopback}/authorize`],
    to: 'token',
    browser: true,
  },
  {
    argv: [
      ...['login', ...client, '--port', '0', '--scope', 'openid'],
      ...['--authorization-endpoint', `${loopback}/authorize`, '--token-endpoint', `${loopback}/token`],
    ],
    to: 'userinfo',
    browser: true,
  },
  {
    argv: [
      ...['login', ...client, '--redirect-uri', 'http://app.test/cb', '--listen', '127.0.0.1:0'],
      ...['--authorization-endpoint', `${loopback}/authorize`, '--token-endpoint', `${loopback}/token`],
    ],
    to: 'http://app.test/cb',
    browser: true,
  },
  { argv: grant, to: 'token' },
  { argv: ['token', ...client], session: 'expired', to: 'token' },
  { argv: ['refresh', ...client], session: 'good', to: 'token' },
  { argv: ['exec', ...client, '--', 'true'], session: 'expired', to: 'token' },
  { argv: ['introspect', ...client, ...given], to: 'introspect' },
  { argv: ['introspect', ...client], session: 'good', to: 'introspect' },
  { argv: ['revoke', ...client, ...given], to: 'revoke' },
  { argv: ['revoke', ...client], session: 'good', to: 'revoke' },
  { argv: ['userinfo', ...client, ...given], to: 'userinfo' },
  { argv: ['userinfo', ...client], session: 'good', to: 'userinfo' },
  { argv: ['logout', ...client, '--revoke'], session: 'good', to: 'revoke' },
  { argv: ['logout', ...client, '--end-session'], session: 'good', to: 'end', browser: true },
  { argv: ['request', 'http://api.test/me', ...given], to: 'http://api.test/me' },
  { argv: ['request', 'http://api.test/me', ...client], session: 'good', to: 'http://api.test/me' },
  { argv: ['request', 'POST', 'http://[2001:db8::1]/me', ...given], to: 'http://[2001:db8::1]/me' },
  { argv: ['request', 'http://127.0.0.1.nip.io/', ...given], to: 'http://127.0.0.1.nip.io/' },
  { argv: [...grant, '--assertion-from', 'github'], to: 'http://runner.test/runner' },
];

async function send({ argv, session }: (typeof senders)[number], ...more: readonly string[]) {
  if (session !== undefined) saveSession(session === 'good' ? 3600 : -10);
  const at = argv.indexOf('--');
  const words = at < 0 ? [...argv, ...more] : [...argv.slice(0, at), ...more, ...argv.slice(at)];
  const assertion = argv.includes('github');
  const { OAUTH_CODE_CLIENT_SECRET, ...others } = secrets;
  const run = await runHere(words, {
    env: {
      ...home.env,
      ...others,
      ...(assertion ? {} : { OAUTH_CODE_CLIENT_SECRET }),
      OAUTH_CODE_PROXY: proxy.origin,
      ACTIONS_ID_TOKEN_REQUEST_URL: 'http://runner.test/runner?a=b',
    },
    runProgram: async () => ({ status: 0 }) as never,
    visit: () => Promise.reject(new Error('nobody is there')),
  });
  return run;
}

describe('a secret over plain http to another machine', () => {
  it.each(senders)('is not sent: $argv.0 $argv.1 to $to ($session)', async (sender) => {
    const refused = await send(sender, '--json');
    const url = sender.to.startsWith('http') ? sender.to : `${issuer}/${sender.to}`;
    expect(errorOf(refused)).toMatchObject({
      code: 'validation_failed',
      exit_code: 6,
      check: 'insecure-endpoint',
      message: expect.stringContaining(`${url} is plain http`),
      hint: expect.stringMatching(/"no_verify": \["insecure-endpoint"\].*--no-verify insecure-endpoint/s),
    });
    expect(refused.stderr).not.toContain('did not pass');
    expect(refused.opened).toEqual([]);
    expect(sent().filter((text) => secretText.test(text))).toEqual([]);
    expect(proxy.requests.filter(({ path }) => !/\.well-known|jwks/.test(path))).toEqual([]);
    if (sender.session !== undefined) expect(home.files()).toHaveLength(1);
  });

  it.each(senders.filter(({ browser }) => browser !== true))(
    'is sent where the user waives that: $argv.0 $argv.1 to $to ($session)',
    async (sender) => {
      const { stderr } = await send(sender, '--no-verify', 'insecure-endpoint');
      expect(sent().some((text) => secretText.test(text))).toBe(true);
      expect(stderr).not.toContain('cs-0123456789abcdef');
    },
  );

  it('opens the browser where the user waives that, and says so', async () => {
    const logout = senders.find(({ to }) => to === 'end') as (typeof senders)[number];
    const { status, opened } = await send(logout, '--no-verify', 'insecure-endpoint');
    expect(status).toBe(0);
    expect(opened).toEqual([expect.stringContaining(`${issuer}/end`)]);
  });
});

describe('the address of an endpoint without TLS', () => {
  let place: SettingsPlace;
  beforeEach(() => {
    place = createSettingsPlace();
  });
  afterEach(() => place.remove());

  const endpoint = 'http://keycloak:8080/token';
  const run = (argv: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    place.run(
      ['token', '--grant-type', 'client_credentials', '--client-secret-env', 'S', '--json', ...argv],
      {
        env: { S: secrets.OAUTH_CODE_CLIENT_SECRET, OAUTH_CODE_PROXY: proxy.origin, ...env },
      },
    );
  const own = { profiles: { work: { client_id: 'client-1', token_endpoint: endpoint } } };
  const flags = ['--token-endpoint', endpoint, '--client-id', 'client-1'];

  it.each([
    ['metadata', client, {}, undefined],
    ['a flag', flags, {}, undefined],
    ['a variable', ['--client-id', 'client-1'], { OAUTH_CODE_TOKEN_ENDPOINT: endpoint }, undefined],
    ['a profile', ['-p', 'work'], {}, 'config'],
    ['a project file', ['-p', 'work'], {}, 'project'],
  ] as const)('is refused from %s', async (_, argv, env, file) => {
    if (file === 'config') place.saveConfig(own);
    if (file === 'project') place.saveProject(own);
    const { status, said } = await run(argv, env);
    expect({ status, said }).toMatchObject({ status: 6, said: expect.stringContaining('insecure-endpoint') });
    expect(proxy.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it.each([
    ['a flag', ['--no-verify', 'insecure-endpoint'], {}, {}, 0],
    ['a variable', [], { OAUTH_CODE_NO_VERIFY: 'insecure-endpoint' }, {}, 0],
    ['the profile of the user', [], {}, { no_verify: ['insecure-endpoint'] }, 0],
    ['another check', ['--no-verify', 'state'], {}, {}, 6],
  ] as const)('is waived by %s', async (_, argv, env, more, status) => {
    place.saveConfig({ profiles: { work: { ...own.profiles.work, ...more } } });
    expect(await run(['-p', 'work', ...argv], env)).toMatchObject({ status });
    expect(proxy.requests.length).toBe(status === 0 ? 1 : 0);
  });

  it('is not waived by a project file', async () => {
    place.saveProject({ profiles: { work: { ...own.profiles.work, no_verify: ['insecure-endpoint'] } } });
    const { status, said } = await run(['-p', 'work']);
    expect({ status, said }).toMatchObject({
      status: 2,
      said: expect.stringContaining('no_verify\\" may not stand in a project file'),
    });
    expect(proxy.requests).toEqual([]);
  });
});
