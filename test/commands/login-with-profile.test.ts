import { chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { startApiServer } from '../fakes/api-server.ts';
import { createSettingsPlace, type SettingsPlace } from './settings-place.ts';

const secret = 'a-client-secret-of-more-than-32-octets';

let place: SettingsPlace;
let server: ScriptedServer;
beforeEach(async () => {
  place = createSettingsPlace();
  server = await startScriptedServer({
    client: { clientId: 'client-1', method: 'client_secret_basic', clientSecret: secret },
  });
});
afterEach(async () => {
  place.remove();
  await server.close();
});

const profile = (more: object = {}) => ({ issuer: server.issuer, client_id: 'client-1', port: '0', ...more });
const login = (args: readonly string[], options?: Parameters<SettingsPlace['run']>[1]) =>
  place.run(['login', ...args], options);
const sentScope = () =>
  server.requests.find(({ endpoint }) => endpoint === 'authorize')?.url.searchParams.get('scope');

describe('login with a profile', () => {
  it.each([
    ['a variable', { env: 'WORK_SECRET' }],
    ['a file beside the settings', { file: 'secret.txt' }],
    ['a file below the home folder', { file: '~/secret.txt' }],
    ['the settings themselves', secret],
  ])('takes the client secret from %s', async (_, clientSecret) => {
    place.saveConfig({ profiles: { work: profile({ client_secret: clientSecret }) } });
    writeFileSync(join(place.home, 'secret.txt'), `${secret}\n`);
    const done = await login(['-p', 'work'], { env: { WORK_SECRET: secret } });
    expect(done.said).not.toContain(secret);
    expect(done).toMatchObject({ status: 0 });
    expect(server.complaints).toEqual([]);
  });

  it.each(['client_credentials', 'password'])(
    'starts none for a grant without a login: %s',
    async (grant) => {
      const kept = { client_secret: { env: 'WORK_SECRET' }, grant_type: grant };
      place.saveConfig({ profiles: { job: profile(kept) } });
      const env = { WORK_SECRET: secret };
      const refused = await login(['-p', 'job'], { env });
      expect(refused.status).toBe(2);
      expect(refused.said).toContain(`is ${grant}: its tokens need no login.`);
      expect(refused.said).toContain('Fetch one with "oauth-code token". To log in all the same, add --flow');
      expect(server.requests).toEqual([]);
      expect((await login(['-p', 'job', '--flow', 'code'], { env })).status).toBe(0);
    },
  );

  it('is named with the flow where a session of the client itself has no user', async () => {
    const api = await startApiServer(() => json(200, { access_token: 'at-1', token_type: 'Bearer' }));
    const kept = {
      client_id: 'job',
      token_endpoint: `${api.origin}/token`,
      grant_type: 'client_credentials',
    };
    place.saveConfig({ profiles: { job: { ...kept, userinfo_endpoint: `${api.origin}/me` } } });
    const got = await place.run(['token', '-p', 'job']);
    const run = await place.run(['userinfo', '-p', 'job']);
    await api.close();
    expect(got.status, got.said).toBe(0);
    expect(run.status).toBe(4);
    expect(run.said).toContain('Log in as a user: oauth-code login -p job --flow code');
  });

  it('takes the client secret from the keychain', async () => {
    place.saveConfig({ profiles: { work: profile({ client_secret: { keychain: true } }) } });
    expect((await login(['-p', 'work'])).said).toContain(
      'should be in the keychain, but the keychain does not have it',
    );
    place.keychain.set(`client secret of work in ${place.configFile}`, secret);
    expect((await login(['-p', 'work'])).status).toBe(0);
  });

  it('uses the default profile, unless a server is named', async () => {
    place.saveConfig({
      default_profile: 'work',
      profiles: { work: profile({ client_secret: { env: 'WORK_SECRET' }, scope: 'openid saved' }) },
    });
    expect((await login([], { env: { WORK_SECRET: secret } })).status).toBe(0);
    expect(sentScope()).toBe('openid saved');
    const other = await login(['--issuer', 'http://127.0.0.1:9'], { env: { WORK_SECRET: secret } });
    expect(other).toMatchObject({
      status: 2,
      said: expect.stringContaining('No client identifier was given'),
    });
  });

  it.each([
    ['the profile', {}, {}, [], 'openid own'],
    ['the project before it', {}, { scope: ['openid', 'project'] }, [], 'openid project'],
    [
      'a variable before both',
      { OAUTH_CODE_SCOPE: 'openid variable' },
      { scope: 'openid project' },
      [],
      'openid variable',
    ],
    [
      'a flag before all',
      { OAUTH_CODE_SCOPE: 'openid variable' },
      { scope: 'openid project' },
      ['--scope', 'openid flag'],
      'openid flag',
    ],
  ])('lets %s decide', async (_, env, added, args, scope) => {
    place.saveConfig({ profiles: { work: profile({ client_secret: { env: 'S' }, scope: 'openid own' }) } });
    place.saveProject({ profiles: { work: added } });
    const done = await login(['-p', 'work', ...args], { env: { S: secret, ...env } });
    expect(done.status).toBe(0);
    expect(sentScope()).toBe(scope);
  });

  it('lets a flag that opens a browser go before a profile that does not', async () => {
    place.saveConfig({ profiles: { work: profile({ client_secret: { env: 'S' }, no_browser: true }) } });
    expect((await login(['-p', 'work', '--browser', 'mine'], { env: { S: secret } })).status).toBe(0);
  });

  it.runIf(process.getuid?.() === 0)('runs no browser that another user chose, as root', async () => {
    place.saveConfig({ profiles: { work: profile({ client_secret: { env: 'S' }, browser: 'theirs' }) } });
    const opened = async () => (await login(['-p', 'work'], { env: { S: secret } })).opened;
    expect(await opened()).toEqual([expect.objectContaining({ command: 'theirs' })]);
    chownSync(place.configFile, 12_345, 12_345);
    expect(await opened()).toEqual([expect.objectContaining({ command: undefined })]);
  });

  it('sends parameters, and leaves out what is null', async () => {
    place.saveConfig({
      profiles: {
        work: profile({ client_secret: { env: 'S' }, params: { access_type: 'offline', nonce: null } }),
      },
    });
    await login(['-p', 'work', '--nonce', 'off'], { env: { S: secret } });
    const sent = server.requests.find(({ endpoint }) => endpoint === 'authorize')?.url.searchParams;
    expect([sent?.get('access_type'), sent?.has('nonce')]).toEqual(['offline', false]);
  });

  it('reads the file that --config names and no other', async () => {
    const file = join(place.repository, 'other.json');
    writeFileSync(
      file,
      JSON.stringify({ version: 1, profiles: { mine: profile({ client_secret: { env: 'S' } }) } }),
    );
    place.saveConfig('{"broken');
    place.saveProject('{"broken');
    const env = { S: secret };
    expect((await login(['-p', 'mine', '--config', file], { env })).status).toBe(0);
    expect((await login(['-p', 'mine'], { env: { ...env, OAUTH_CODE_CONFIG: file } })).status).toBe(0);
  });

  it('names the variable of the secret when it is not set', async () => {
    place.saveConfig({ profiles: { work: profile({ client_secret: { env: 'WORK_SECRET' } }) } });
    const done = await login(['-p', 'work']);
    expect(done.status).toBe(2);
    expect(done.said).toContain(
      `The "client_secret" of profile "work" in ${place.configFile} names WORK_SECRET, which is not set.`,
    );
  });

  it.each([
    [{ timeout: 0 }, /"timeout" of profile "work" in \S+config\.json is "0"/],
    [{ redirect_uri: 'nonsense' }, /"redirect_uri" of profile "work" in \S+ is not an absolute URI/],
    [{ no_verify: 'sate' }, /"no_verify" of profile "work"/],
    [{ ca_file: 'none.pem' }, /Cannot read \S+home\/none\.pem: there is no such file/],
  ])('names file and profile for %j', async (more, message) => {
    place.saveConfig({ profiles: { work: profile({ client_secret: { env: 'S' }, ...more }) } });
    const done = await login(['-p', 'work'], { env: { S: secret } });
    expect(done).toMatchObject({ status: 2, stdout: '', said: expect.stringMatching(message) });
  });

  it.each([
    [['-p', 'wrok'], {}, /There is no profile "wrok"\..*Did you mean "work"\? There are: other, work\./],
    [[], { OAUTH_CODE_PROFILE: 'wrok' }, /There is no profile "wrok", which OAUTH_CODE_PROFILE names\./],
    [['-p', 'zzzzzzzz'], {}, /There is no profile "zzzzzzzz"\. next: There are: other, work\./],
    [['-p', 'constructor'], {}, /There is no profile "constructor"/],
  ])('refuses the unknown profile of %j %j', async (args, env, message) => {
    place.saveConfig({ profiles: { work: profile(), other: {} } });
    expect(await login(args, { env })).toMatchObject({
      status: 2,
      stdout: '',
      said: expect.stringMatching(message),
    });
  });

  it('says which file names a default profile that is not there', async () => {
    place.saveConfig({ default_profile: 'gone' });
    expect((await login([])).said).toContain(`"gone", which "default_profile" in ${place.configFile} names`);
  });

  it.runIf(process.platform !== 'win32').each([
    [0o600, /the client secret of work stands in \S+; .* is safer/],
    [0o644, /the client secret of work can be read by others: chmod 600 \S+config\.json/],
  ])('warns of a secret in a file of mode %o, but not with --quiet', async (mode, message) => {
    place.saveConfig({ profiles: { work: profile({ client_secret: secret }) } }, mode);
    const done = await login(['-p', 'work']);
    expect(done).toMatchObject({ status: 0, said: expect.stringMatching(message) });
    expect((await login(['-p', 'work', '--quiet'])).stderr).not.toContain('secret');
  });

  it('sends no saved secret to a server that a variable names', async () => {
    const other = await startScriptedServer();
    try {
      place.saveConfig({ profiles: { work: profile({ client_secret: { env: 'S' } }) } });
      const env = { S: secret, OAUTH_CODE_ISSUER: other.issuer };
      const done = await login(['-p', 'work'], { env });
      expect(done.status).toBe(2);
      expect(done.said).toContain('OAUTH_CODE_ISSUER names another server than the one "client_secret"');
      expect(other.requests).toEqual([]);
      const meant = await login(['-p', 'work'], { env: { S: secret, OAUTH_CODE_ISSUER: server.issuer } });
      expect(meant.status).toBe(0);
    } finally {
      await other.close();
    }
  });

  it('sends no saved secret to the server of a resource that a variable names', async () => {
    place.saveConfig({ profiles: { work: profile({ client_secret: { env: 'S' } }) } });
    const env = { S: secret, OAUTH_CODE_RESOURCE_URL: `${server.issuer}/api` };
    const done = await login(['-p', 'work'], { env });
    expect(done.status).toBe(2);
    expect(done.said).toContain('OAUTH_CODE_RESOURCE_URL names another server than the one "client_secret"');
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['login', ['--resource-url']],
    ['mcp', []],
    ['discover', ['--resource-url']],
  ])('leaves the default profile out where %s is given the URL of a resource', async (command, option) => {
    place.saveConfig({ default_profile: 'work', profiles: { work: profile({}) } });
    const seen: string[] = [];
    const api = await startApiServer(({ path }) => {
      seen.push(path);
      return json(path === '/api' ? 401 : 404, {});
    });
    try {
      const done = await place.run([command, ...option, `${api.origin}/api`, '--json']);
      expect(done.said).not.toContain(server.issuer);
      expect(server.requests).toEqual([]);
      expect(seen.length).toBeGreaterThan(0);
    } finally {
      await api.close();
    }
  });

  it('does not complete a server named on the command line with endpoints of another', async () => {
    const other = await startScriptedServer();
    try {
      place.saveConfig({
        profiles: { work: profile({ token_endpoint: `${other.issuer}/token`, client_secret: { env: 'S' } }) },
      });
      const done = await login(['-p', 'work', '--issuer', `${server.issuer}/`], { env: { S: secret } });
      expect(done.status).not.toBe(0);
      expect(other.requests).toEqual([]);
    } finally {
      await other.close();
    }
  });
});

describe('login --save', () => {
  const save = (...args: string[]) => [
    ...['--issuer', server.issuer, '--client-id', 'client-1', '--port', '0', '--scope', 'openid a'],
    ...args,
  ];
  const saved = () => JSON.parse(place.config()).profiles;

  it('saves what was given, by whatever, and with where the secret is', async () => {
    const done = await login(save('--save', 'work', '--client-secret-env', 'S'), {
      env: { S: secret, OAUTH_CODE_AUDIENCE: 'api' },
    });
    expect(done.status).toBe(0);
    expect(done.said).toContain(`saved as work in ${place.configFile}`);
    expect(saved().work).toEqual({
      issuer: server.issuer,
      client_id: 'client-1',
      client_secret: { env: 'S' },
      scope: 'openid a',
      audience: 'api',
      port: '0',
    });
    expect((await login(['-p', 'work'], { env: { S: secret } })).status).toBe(0);
  });

  it('saves the variable that held the secret, never the secret', async () => {
    await login(save('--save', 'work'), { env: { OAUTH_CODE_CLIENT_SECRET: secret } });
    expect(saved().work.client_secret).toEqual({ env: 'OAUTH_CODE_CLIENT_SECRET' });
    await login(save('--save', 'piped', '--client-secret-file', '-'), { stdin: secret });
    expect(saved().piped).not.toHaveProperty('client_secret');
    expect(place.config()).not.toContain(secret);
  });

  it('says what it left out', async () => {
    const done = await login(save('--save', 'piped', '--client-secret-file', '-'), { stdin: secret });
    expect(done.said).toContain('the client secret from stdin holds the secret itself and was not saved');
  });

  it('saves nothing when the login fails', async () => {
    const done = await login(save('--save', 'work', '--client-secret-env', 'S'), { env: { S: 'wrong' } });
    expect(done.status).toBe(3);
    expect(() => place.config()).toThrow(/ENOENT/);
  });

  it('refuses before the login what could not be saved after it', async () => {
    place.saveConfig({ profiles: { work: { client_id: 'x' } } });
    const env = { S: secret };
    const done = await login(save('--save', 'work', '--client-secret-env', 'S'), { env });
    expect(done).toMatchObject({ status: 2, said: expect.stringContaining('this would replace it') });
    expect((await login(save('--save', '../x', '--client-secret-env', 'S'), { env })).status).toBe(2);
    expect(server.requests).toEqual([]);
    expect((await login(save('--save', 'work', '--yes', '--client-secret-env', 'S'), { env })).status).toBe(
      0,
    );
    expect(saved().work.client_id).toBe('client-1');
  });
});

describe('discover with a profile', () => {
  it('asks the server of the profile, or the one that is named', async () => {
    place.saveConfig({ default_profile: 'work', profiles: { work: { issuer: server.issuer } } });
    expect(JSON.parse((await place.run(['discover', '--json', '--fail-on', 'none'])).stdout).issuer).toBe(
      server.issuer,
    );
    const other = await place.run(['discover', 'http://127.0.0.1:9', '--json']);
    expect(other.status).toBe(5);
  });
});
