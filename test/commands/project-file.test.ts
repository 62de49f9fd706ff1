import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { profileKeys } from '../../src/settings/profile-keys.ts';
import { mayStandInProject } from '../../src/storage/project-rules.ts';
import { serializeSession, sessionFileName } from '../../src/storage/session-file.ts';
import { clientAt, sessionWith } from '../fakes/saved-sessions.ts';
import { createSettingsPlace, type SettingsPlace } from './settings-place.ts';

const last = { accessToken: 'at-0123456789abcdef', refreshToken: 'rt-0123456789abcdef' };
const secret = 'a-client-secret-of-more-than-32-octets';

let place: SettingsPlace;
/** The server the user means, and one of whoever wrote the project file. */
let meant: ScriptedServer;
let foreign: ScriptedServer;
beforeEach(async () => {
  place = createSettingsPlace();
  meant = await startScriptedServer({
    client: { clientId: 'client-1', method: 'client_secret_basic', clientSecret: secret },
  });
  foreign = await startScriptedServer();
});
afterEach(async () => {
  place.remove();
  await meant.close();
  await foreign.close();
});

const own = (more: object = {}) => ({
  issuer: meant.issuer,
  client_id: 'client-1',
  client_secret: { env: 'S' },
  port: '0',
  ...more,
});
const login = (args: readonly string[] = [], env: Record<string, string> = {}) =>
  place.run(['login', ...args], { env: { S: secret, ...env } });
const nothingWasLost = () => {
  const sent = foreign.requests.map(({ headers, body, url }) => JSON.stringify([headers, body, url.href]));
  expect(sent.filter((text) => text.includes(secret) || text.includes(btoa(`client-1:${secret}`)))).toEqual(
    [],
  );
};

describe('what a project file can do', () => {
  it('describe a public client of its own', async () => {
    place.saveProject({
      default_profile: 'theirs',
      profiles: { theirs: { issuer: foreign.issuer, client_id: 'client-1', port: '0' } },
    });
    expect((await login()).status).toBe(0);
    expect(foreign.complaints).toEqual([]);
  });

  describe('is told to a person at the terminal, with the settings that count,', () => {
    const told = (name: string, settings: string) =>
      `✓ Project ${name} from ${place.projectFile}: ${settings}`;
    const tty = { stderr: { isTTY: true } };
    const show = (args: readonly string[], options: object = tty) =>
      place.run(['token', '--client-id', 'c', ...args], options);
    const theirs = { issuer: 'https://as.example', audience: 'theirs', prompt: 'login' };

    it.each([
      ['of its own profile', ['-p', 'a'], {}, 'a', 'issuer, audience'],
      ['but what a flag gives', ['-p', 'a', '--audience', 'x'], {}, 'a', 'issuer'],
      ['with its default profile', [], {}, 'a', 'default_profile, issuer, audience'],
      ['beside the profile of the user', ['-p', 'b'], {}, 'b', 'audience'],
      ['when none counts', ['-p', 'b'], { OAUTH_CODE_AUDIENCE: 'x' }, 'b', 'its settings are ignored'],
    ])('%s', async (_, args, env, name, settings) => {
      place.saveConfig({ profiles: { b: { issuer: 'https://b.example' } } });
      place.saveProject({ default_profile: 'a', profiles: { a: theirs, b: { audience: 'theirs' } } });
      const { said } = await show(args, { ...tty, env });
      expect(said).toContain(told(name, settings));
      expect(said.match(/Project/g)).toHaveLength(1);
    });

    it.each([
      ['with -q', ['-p', 'a', '-q'], tty],
      ['where no person sees it', ['-p', 'a'], {}],
      ['to kubectl', ['-p', 'a', '-o', 'exec-credential'], tty],
      ['to git', ['-p', 'a', '-o', 'git-credential'], tty],
      ['when another profile is used', ['-p', 'mine'], tty],
      ['when a server is named', ['--issuer', 'https://mine.example'], tty],
    ])('but not %s', async (_, args, options) => {
      place.saveConfig({ profiles: { mine: {} } });
      place.saveProject({ default_profile: 'a', profiles: { a: theirs } });
      expect((await show(args, options)).said).not.toContain('Project');
    });
  });

  it.each(['params', 'token_params'])(
    'ask by "%s" for what its own keys may ask for, and by what no specification defines',
    async (key) => {
      const params = {
        scope: 'a',
        resource: 'b',
        audience: 'c',
        prompt: 'login',
        claims: '{}',
        acr_values: 'd',
        max_age: '1',
      };
      const more = {
        ui_locales: 'e',
        login_hint: 'f',
        access_type: 'offline',
        kc_idp_hint: 'g',
        organization: null,
      };
      place.saveProject({ profiles: { theirs: { pkce: 'S256', [key]: { ...params, ...more } } } });
      expect((await place.run(['profile', 'list'])).status).toBe(0);
    },
  );

  it('choose a profile of the user and say what is asked for', async () => {
    place.saveConfig({ default_profile: 'other', profiles: { other: {}, work: own() } });
    place.saveProject({ default_profile: 'work', profiles: { work: { scope: 'openid project' } } });
    expect((await login()).status).toBe(0);
    expect(
      meant.requests.find(({ endpoint }) => endpoint === 'authorize')?.url.searchParams.get('scope'),
    ).toBe('openid project');
  });

  it('repeat what the user saved', async () => {
    place.saveConfig({ profiles: { work: own() } });
    place.saveProject({ profiles: { work: { issuer: meant.issuer, client_id: 'client-1' } } });
    expect((await login(['-p', 'work'])).status).toBe(0);
  });

  it('have its server used with a secret that was given on the command line', async () => {
    place.saveProject({ profiles: { theirs: { issuer: meant.issuer, client_id: 'client-1', port: '0' } } });
    expect((await login(['-p', 'theirs', '--client-secret-env', 'S'])).status).toBe(0);
  });

  it('have its settings used at a server that a variable names', async () => {
    place.saveProject({ profiles: { theirs: { issuer: foreign.issuer, client_id: 'client-1', port: '0' } } });
    const env = { OAUTH_CODE_ISSUER: meant.issuer, OAUTH_CODE_CLIENT_SECRET: secret };
    expect((await login(['-p', 'theirs'], env)).status).toBe(0);
    expect(foreign.requests).toEqual([]);
  });
});

describe('what a project file cannot do', () => {
  it.each([
    'issuer',
    'metadata_url',
    'authorization_endpoint',
    'token_endpoint',
    'userinfo_endpoint',
    'jwks_uri',
  ])('lead a saved secret elsewhere by "%s"', async (key) => {
    place.saveConfig({ default_profile: 'work', profiles: { work: own() } });
    const theirs = key === 'issuer' ? foreign.issuer : `${foreign.issuer}/token`;
    place.saveProject({ profiles: { work: { [key]: theirs } } });
    for (const args of [[], ['-p', 'work']]) {
      const done = await login(args);
      expect(done).toMatchObject({ status: 2, stdout: '' });
      expect(done.said).toMatch(
        new RegExp(`gives another "${key}" for profile "work" than the one you saved|"${key}" may not stand`),
      );
    }
    expect(foreign.requests).toEqual([]);
    nothingWasLost();
  });

  it.each([
    ['client_id', 'client-2'],
    ['auth_method', 'client_secret_post'],
    ['redirect_uri', 'https://elsewhere.example/callback'],
    ['pkce', 'S256'],
    ['params', { access_type: 'offline' }],
    ['token_params', { a: 'b' }],
    ['response_mode', 'fragment'],
    ['grant_type', 'client_credentials'],
  ])('change "%s" of a profile of the user', async (key, value) => {
    place.saveConfig({ profiles: { work: own() } });
    place.saveProject({ profiles: { work: { [key]: value } } });
    expect(await login(['-p', 'work'])).toMatchObject({
      status: 2,
      said: expect.stringContaining(`gives another "${key}" for profile "work"`),
    });
    expect(meant.requests).toEqual([]);
  });

  const reserved = (
    'client_id redirect_uri response_type response_mode state nonce code_challenge code_challenge_method request ' +
    'request_uri registration id_token_hint dpop_jkt client_secret client_assertion client_assertion_type ' +
    'code_verifier code grant_type refresh_token assertion username password device_code requested_token_type ' +
    'subject_token actor_token authorization_details Redirect_URI redirect.uri redirect_uri[] client-id ' +
    'redirect_uri[0] grant_type[x] response_mode[a][b] grant_type.0 client_id(1) \uff47rant_type'
  ).split(' ');
  it.each(['params', 'token_params'])('set or remove by "%s" a parameter of the protocol', async (key) => {
    for (const [at, name] of reserved.entries()) {
      place.saveProject({
        profiles: { theirs: { [key]: { prompt: 'login', [name]: at % 2 === 0 ? 'x' : null } } },
      });
      const said = `"${name}" of "${key}" may not stand in a project file`;
      expect(await place.run(['profile', 'list'])).toMatchObject({
        status: 2,
        said: expect.stringContaining(said),
      });
    }
  });

  it.each(['off', 'plain'])('weaken PKCE to %s', async (pkce) => {
    place.saveProject({ profiles: { theirs: { issuer: foreign.issuer, client_id: 'client-1', pkce } } });
    const said = `"pkce": "${pkce}" may not stand in a project file`;
    expect(await login(['-p', 'theirs'])).toMatchObject({ status: 2, said: expect.stringContaining(said) });
    expect(foreign.requests).toEqual([]);
  });

  it.each([
    ['token', []],
    ['token', ['-p', 'theirs']],
    ['token', ['-p', 'theirs', '--client-id', 'client-1']],
    ['exec', ['--', 'env']],
    ['request', ['https://127.0.0.1:9/']],
    ['logout', []],
  ])('borrow the only session: %s %j', async (command, args) => {
    const server = { origin: meant.issuer, tokenEndpoint: `${meant.issuer}/token`, last };
    const owner = clientAt(meant.issuer);
    const file = join(place.home, 'sessions', sessionFileName(owner));
    mkdirSync(join(file, '..'), { mode: 0o700 });
    writeFileSync(file, serializeSession(sessionWith(server)), { mode: 0o600 });
    const run = (argv: readonly string[]) => place.run(argv, { env: { OAUTH_CODE_STORE: 'file' } });
    const list = async () => JSON.parse((await run(['session', 'list', '--json'])).stdout).sessions[0].in_use;
    expect(await list()).toBe('only_session');
    expect((await run(['token'])).stdout).toBe(`${last.accessToken}\n`);

    place.saveProject({ default_profile: 'theirs', profiles: { theirs: { scope: 'read' } } });
    const { status, stdout, said } = await run([command, ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(said).toContain('The profile "theirs" of the project does not name an issuer');
    expect(await list()).toBeNull();
    expect(existsSync(file)).toBe(true);
  });

  it('complete a profile of the user that names no server', async () => {
    place.saveConfig({ profiles: { work: { client_id: 'client-1', client_secret: { env: 'S' } } } });
    place.saveProject({ profiles: { work: { issuer: foreign.issuer } } });
    expect((await login(['-p', 'work'])).status).toBe(2);
    expect(foreign.requests).toEqual([]);
  });

  it.each([
    ['OAUTH_CODE_CLIENT_SECRET', secret],
    ['OAUTH_CODE_CLIENT_SECRET_ENV', 'S'],
    ['OAUTH_CODE_CLIENT_SECRET_FILE', '/etc/hostname'],
    ['OAUTH_CODE_SIGNING_KEY', '/etc/hostname'],
    ['OAUTH_CODE_CERT', '/etc/hostname'],
  ])('have what %s holds sent to its own server', async (variable, value) => {
    place.saveProject({
      default_profile: 'theirs',
      profiles: { theirs: { issuer: foreign.issuer, client_id: 'client-1', port: '0' } },
    });
    const done = await login([], { [variable]: value });
    expect(done).toMatchObject({ status: 2, stdout: '' });
    expect(done.said).toContain(`${variable} is yours, but only a project file names the server`);
    expect(done.said).not.toContain(secret);
    expect(foreign.requests).toEqual([]);
  });

  it('complete a server of the user with an endpoint of its own', async () => {
    place.saveProject({
      profiles: {
        theirs: { token_endpoint: `${foreign.issuer}/token`, client_id: 'client-1', port: '0' },
      },
    });
    const env = { OAUTH_CODE_ISSUER: meant.issuer, OAUTH_CODE_CLIENT_SECRET: secret };
    expect((await login(['-p', 'theirs'], env)).status).toBe(0);
    expect(foreign.requests).toEqual([]);
  });

  it('borrow the name of an issuer for endpoints of its own', async () => {
    place.saveProject({
      profiles: {
        theirs: { issuer: meant.issuer, token_endpoint: `${foreign.issuer}/token`, client_id: 'c' },
      },
    });
    expect(await login(['-p', 'theirs'])).toMatchObject({
      status: 2,
      said: expect.stringContaining(
        'may not give an "issuer" and another "token_endpoint" than it publishes',
      ),
    });
  });

  const refused: Record<string, unknown> = {
    metadata_url: 'https://a.example/m',
    userinfo_endpoint: 'https://a.example/u',
    introspection_endpoint: 'https://a.example/i',
    revocation_endpoint: 'https://a.example/r',
    client_secret: { env: 'AWS_SECRET_ACCESS_KEY' },
    signing_key: '/home/alice/.ssh/id_rsa',
    cert: 'c.pem',
    key: 'k.pem',
    browser: 'rm -rf /',
    no_browser: true,
    proxy: 'http://proxy.example:8080',
    ca_file: 'ca.pem',
    listen: '0.0.0.0:8378',
    tls_cert: 'c.pem',
    tls_key: 'k.pem',
    no_verify: ['id-token-signature'],
    trust_audience: ['https://evil.example'],
    id_token_alg: 'HS256',
    clock_tolerance: 86_400,
    state: 'fixed',
    nonce: 'off',
  };
  it.each(Object.entries(refused))('hold "%s"', async (key, value) => {
    place.saveProject({ profiles: { theirs: { [key]: value } } });
    const done = await place.run(['profile', 'list']);
    expect(done).toMatchObject({ status: 2, stdout: '' });
    expect(done.said).toContain(`"${key}" may not stand in a project file: `);
    expect(done.said).toContain(place.projectFile);
  });

  it('hold a setting that was not thought about', () => {
    const allowed = [
      'issuer authorization_endpoint token_endpoint jwks_uri client_id auth_method scope resource audience redirect_uri',
      'port pkce prompt login_hint max_age acr_values ui_locales claims authorization_details response_mode params',
      'token_params browser_timeout no_userinfo no_probe timeout grant_type',
    ]
      .join(' ')
      .split(' ');
    const names = profileKeys.map(({ name }) => name);
    expect(names.filter(mayStandInProject).sort()).toEqual([...allowed].sort());
  });

  it.each([
    ['broken JSON', '{"version": 1', /oauth-code\.config\.json:1:14 is not JSON/],
    ['a newer version', '{"version": 9}', /has version 9, which is newer/],
    ['an unknown setting', '{"version": 1, "profiles": {"a": {"scop": 1}}}', /Did you mean "scope"\?/],
    [
      'a prototype',
      '{"version": 1, "profiles": {"a": {"__proto__": {"issuer": "https://a"}}}}',
      /"__proto__" is no/,
    ],
  ])('be read with %s', async (_, text, message) => {
    place.saveProject(text);
    expect(await login()).toMatchObject({ status: 2, stdout: '', said: expect.stringMatching(message) });
  });

  it('have another file shown in a message', async () => {
    const private_ = join(place.home, 'private.txt');
    writeFileSync(private_, 'hunter2: hunter2');
    symlinkSync(private_, place.projectFile);
    const done = await login();
    expect(done.status).toBe(2);
    expect(done.said).not.toContain('hunter2');
  });

  it('write to the terminal what it would obey', async () => {
    place.saveProject({ profiles: { theirs: { 'sc\u001b[2Jop': 'x' } } });
    const { stderr } = await login();
    expect(stderr).not.toContain('\u001b');
  });
});

describe('where a project file is looked for', () => {
  it('is not above the root of the repository', async () => {
    writeFileSync(join(place.repository, '..', 'oauth-code.config.json'), '{"broken');
    expect((await place.run(['profile', 'list'])).status).toBe(0);
  });

  it('is the nearest one in the repository', async () => {
    place.saveProject('{"broken');
    const nearest = join(place.repository, 'packages', 'oauth-code.config.json');
    writeFileSync(nearest, '{"version": 1}');
    expect(JSON.parse((await place.run(['profile', 'list', '--json'])).stdout).project_file).toBe(nearest);
  });

  it('is only the working directory outside a repository', async () => {
    const folder = mkdtempSync(join(realpathSync(tmpdir()), 'no-repository-'));
    try {
      const inner = join(folder, 'inner');
      mkdirSync(inner);
      writeFileSync(join(folder, 'oauth-code.config.json'), '{"version": 1}');
      const found = async (workingDirectory: string) =>
        JSON.parse((await place.run(['profile', 'list', '--json'], { workingDirectory })).stdout)
          .project_file;
      expect(await found(inner)).toBeNull();
      expect(await found(folder)).toBe(join(folder, 'oauth-code.config.json'));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is no place for the demo and the embedded server', async () => {
    place.saveProject('{"broken');
    place.saveConfig('{"broken');
    expect((await place.run(['demo', '--headless', '--port', '0', '--quiet'])).status).toBe(0);
  });
});
