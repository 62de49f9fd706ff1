import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { json, type Reply, type SeenRequest, text } from '../../src/idp/misbehaviours/reply.ts';
import { startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import type { JsonObject } from '../../src/json/json.ts';
import type { RegistrationDocument } from '../../src/output/documents.ts';
import { startApiServer } from '../fakes/api-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';

const home = mkdtempSync(join(tmpdir(), 'oauth-code-register-'));
const env = { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file' };
const kept = () => readdirSync(join(home, 'registrations'));
let idp: RunningIdp;
let guarded: RunningIdp;

beforeAll(async () => {
  const config = '{"features":{"registration":{"enabled":true,"initialAccessToken":"let-me-in-12345"}}}';
  [idp, guarded] = await Promise.all([
    startIdp({ port: 0 }),
    startIdp({ port: 0, config: readIdpConfig(config, 'test') }),
  ]);
});
afterAll(async () => {
  await Promise.all([idp.close(), guarded.close()]);
  rmSync(home, { recursive: true });
});

const register = (...args: readonly string[]) => runHere(['register', ...args], { env });

async function registered(...args: readonly string[]): Promise<RegistrationDocument> {
  const { status, stdout, stderr } = await register(...args, '--json');
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
}

describe('a client at a server', () => {
  it('is registered, read, changed and deleted, and its secrets are kept for the user alone', async () => {
    const made = await registered('--issuer', idp.issuer, '--client-name', 'Test', '--save', 'work');
    expect(made.client).toMatchObject({
      client_name: 'Test',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1:8378/callback'],
    });
    expect(made.checks.filter(({ id }) => /^(?:registration|client-secret)/.test(id))).toMatchObject(
      ['response', 'redirect-uri', 'auth-method']
        .map((id) => ({ id: `registration-${id}`, outcome: 'pass' }))
        .concat({
          id: 'client-secret-expiry',
          outcome: 'pass',
        }),
    );
    expect(kept()).toHaveLength(3);
    for (const name of kept()) expect(statSync(join(home, 'registrations', name)).mode & 0o777).toBe(0o600);
    const { client_secret: secret, registration_access_token: token } = made.client;
    const { file = '' } = made.kept ?? {};
    expect(readFileSync(file, 'utf8')).not.toContain(secret);
    expect(readFileSync(file, 'utf8')).not.toContain(token);
    const profile = JSON.parse(readFileSync(join(home, 'config.json'), 'utf8')).profiles.work;
    expect(profile).toEqual({
      issuer: idp.issuer,
      client_id: made.client_id,
      auth_method: 'client_secret_basic',
      redirect_uri: 'http://127.0.0.1:8378/callback',
      client_secret: { file: `${file}.client_secret` },
    });

    const shown = await register('--read', '-p', 'work');
    expect(shown.status, shown.stderr).toBe(0);
    expect(shown.stdout + shown.stderr).not.toContain(secret);
    const changed = await registered('--update', '-p', 'work', '--client-name', 'Other');
    expect(changed.client.client_name).toBe('Other');
    expect((await registered('--read', '-p', 'work')).client.client_name).toBe('Other');

    const other = { issuer: 'https://as.example', client_id: made.client_id };
    const settings = JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'));
    const profiles = { ...settings.profiles, other, none: { issuer: idp.issuer } };
    writeFileSync(join(home, 'config.json'), JSON.stringify({ ...settings, profiles }), { mode: 0o600 });
    const gone = await register('--delete', '-p', 'work');
    const left = { issuer: idp.issuer };
    expect(JSON.parse(readFileSync(join(home, 'config.json'), 'utf8')).profiles).toEqual({
      ...profiles,
      work: left,
    });
    expect(gone.stderr).toContain('Profile work no longer has a client: its client was deleted.');
    expect(gone.stderr).not.toMatch(/Profile (?:other|none)/);
    expect(gone.stdout).toContain(`Deleted the client ${made.client_id}`);
    expect(kept()).toEqual([]);
    expect(errorOf(await register('--read', '-p', 'work', '--json')).code).toBe('usage');
  });

  it('keeps what an update does not name, whatever its profile says', async () => {
    const uris = ['http://127.0.0.1:8378/callback', 'http://127.0.0.1:8378/other'];
    const asked = uris.flatMap((uri) => ['--redirect-uri', uri]);
    const scope = ['--scope', 'openid offline_access'];
    const { client_id, client } = await registered(
      '--issuer',
      idp.issuer,
      '--save',
      'two',
      ...asked,
      ...scope,
    );
    expect(client.grant_types).toEqual(['authorization_code', 'refresh_token']);
    const named = await registered('--update', '-p', 'two', '--client-name', 'Other');
    expect(named.client).toMatchObject({ client_name: 'Other', redirect_uris: uris });
    const same = await register('--update', '-p', 'two', '--client-name', 'Other');
    expect(same.stderr).toContain('nothing differs from what is registered; it is sent all the same');
    expect(same.status).toBe(0);
    const empty = await register('--update', '-p', 'two', '--json');
    expect(errorOf(empty)).toMatchObject({ exit_code: 2, message: '--update was given nothing to change.' });
    expect((await register('--delete', '--client-id', client_id)).status).toBe(0);
  });

  it('is public with a key of its own, or of another grant', async () => {
    const { privateKey } = (await import('node:crypto')).generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = join(home, 'key.pem');
    writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const signing = await registered('--issuer', idp.issuer, '--signing-key', key);
    expect(signing.client.token_endpoint_auth_method).toBe('private_key_jwt');
    expect(signing.client.jwks).toMatchObject({ keys: [{ kty: 'EC', use: 'sig' }] });
    expect(JSON.stringify(signing.client.jwks)).not.toContain('"d"');
    const device = await registered(
      ...['--issuer', idp.issuer, '--auth-method', 'none', '--metadata'],
      '{"grant_types":["urn:ietf:params:oauth:grant-type:device_code"],"response_types":[],"redirect_uris":[]}',
    );
    expect(device.client.redirect_uris).toEqual([]);
    const job = await registered(
      ...['--issuer', idp.issuer, '--save', 'job', '--metadata'],
      '{"grant_types":["client_credentials"],"response_types":[],"redirect_uris":[]}',
    );
    const { profiles } = JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'));
    expect(profiles.job).toMatchObject({ grant_type: 'client_credentials' });
    const token = await runHere(['token', '-p', 'job', '--store', 'none'], {
      env: { OAUTH_CODE_HOME: home },
    });
    expect(token.status, token.stderr).toBe(0);
    for (const { client_id } of [signing, device, job])
      expect((await register('--delete', '--client-id', client_id)).status).toBe(0);
  });

  it('is found beside a file that others can change, which is told where it may be the one that is meant', async () => {
    const [first, second] = [
      await registered('--issuer', idp.issuer),
      await registered('--issuer', idp.issuer),
    ];
    chmodSync(first.kept?.file ?? '', 0o666);
    const read = await registered('--read', '--client-id', second.client_id);
    expect(read.client_id).toBe(second.client_id);
    const lost = errorOf(await register('--read', '--client-id', first.client_id, '--json'));
    expect(lost).toMatchObject({ code: 'config', message: expect.stringContaining('can be changed by') });
    chmodSync(first.kept?.file ?? '', 0o600);
    for (const { client_id } of [first, second])
      expect((await register('--delete', '--client-id', client_id)).status).toBe(0);
  });

  it('is named by its address and token where nothing is kept here', async () => {
    const made = await registered('--issuer', idp.issuer, '--store', 'none');
    expect(made.kept).toBeNull();
    const { registration_client_uri: uri, registration_access_token: token } = made.client;
    const of = ['--registration-client-uri', String(uri), '--registration-access-token-env', 'T'];
    const run = await runHere(['register', '--delete', ...of], { env: { ...env, T: String(token) } });
    expect(run.status, run.stderr).toBe(0);
    const again = await runHere(['register', '--read', ...of, '--json'], {
      env: { ...env, T: String(token) },
    });
    expect(errorOf(again)).toMatchObject({ code: 'endpoint_error', oauth: { status: 401 } });
  });

  it('is not ticked where its address redirects', async () => {
    const server = await startApiServer(() => text(302, 'text/plain', '', { location: '/elsewhere' }));
    try {
      const of = [
        '--registration-client-uri',
        `${server.origin}/client`,
        '--registration-access-token-env',
        'T',
      ];
      const run = await runHere(['register', '--read', ...of], { env: { ...env, T: 'token-12345' } });
      expect(run.status).toBe(6);
      expect(run.stderr).toMatch(/^✗ Register +http\S+\/client +302 /m);
    } finally {
      await server.close();
    }
  });

  it('needs the initial access token of a server that demands one', async () => {
    const without = await register('--issuer', guarded.issuer);
    expect(without.status).toBe(3);
    expect(without.stderr).toMatch(/The token for registration is missing, or is not\s+accepted/);
    const args = [
      'register',
      '--issuer',
      guarded.issuer,
      '--initial-access-token-env',
      'T',
      '--save',
      'guarded',
    ];
    expect((await runHere(args, { env: { ...env, T: 'let-me-in-12345' } })).status).toBe(0);
    const { profiles } = JSON.parse(readFileSync(join(home, 'config.json'), 'utf8'));
    expect(Object.keys(profiles.guarded)).not.toContain('initial_access_token_env');
    const later = ['--delete', '-p', 'guarded', '--initial-access-token-env', 'NOT_SET'];
    expect((await register(...later)).status).toBe(0);
  });
});

describe('refused', () => {
  it.each<[string, readonly string[], string]>([
    ['a redirect URI with a fragment', ['--redirect-uri', 'https://a.example/#x'], 'without a fragment'],
    ['metadata that is not an object', ['--metadata', '{"a":'], '--metadata is not a JSON object'],
    ['two actions', ['--read', '--delete'], '--read and --delete exclude each other'],
    ['secrets that nothing keeps or shows', ['--store', 'none'], 'are kept nowhere'],
    ['an unknown algorithm', ['--signing-alg', 'none'], 'which is not a signature algorithm known here'],
    ['no server', [], 'No authorization server was given'],
  ])('before anything is sent: %s', async (_, args, message) => {
    const run = await register(...(message.startsWith('No ') ? [] : ['--issuer', idp.issuer]), ...args);
    expect(run.status).toBe(2);
    expect(run.stderr.replaceAll(/\s+/g, ' ')).toContain(message);
  });

  it.each([
    ['invalid_redirect_uri', '{"redirect_uris":["not a uri"]}'],
    ['invalid_client_metadata', '{"subject_type":"bogus"}'],
  ])('%s has a cause', async (code, metadata) => {
    const run = await register('--issuer', idp.issuer, '--metadata', metadata);
    expect(run.status).toBe(3);
    expect(run.stderr).toContain(code);
    expect(run.stderr).toContain('RFC 7591 §3.2.2');
  });
});

/** A server whose registration endpoint answers as it is told; what it was asked for at the address of the client. */
async function registerAt(
  answer: (sound: JsonObject, request: SeenRequest) => Reply,
  args: readonly string[] = [],
  atClient: Reply = text(204, 'text/plain', ''),
) {
  const managed: string[] = [];
  const server = await startScriptedServer({
    metadata: (sound) => ({ ...sound, registration_endpoint: `${sound.issuer}/register` }),
    before(request) {
      const { pathname, origin } = request.url;
      if (pathname === '/client') managed.push(request.method);
      if (pathname === '/client') return atClient;
      if (pathname !== '/register') return undefined;
      const asked = JSON.parse(request.body);
      const sound = {
        ...asked,
        client_id: 'new-client',
        registration_client_uri: `${origin}/client`,
        registration_access_token: 'registration-token-1234567890',
      };
      return answer(sound, request);
    },
  });
  try {
    const run = await register('--issuer', server.issuer, '--auth-method', 'none', '--json', ...args);
    return { ...run, managed };
  } finally {
    await server.close();
  }
}

describe('a client that cannot be used', () => {
  it.each<[string, (sound: JsonObject) => JsonObject, string]>([
    [
      'another redirect URI',
      (sound) => ({ ...sound, redirect_uris: ['https://evil.example/'] }),
      'registration-redirect-uri',
    ],
    [
      'a method without its secret',
      (sound) => ({ ...sound, token_endpoint_auth_method: 'client_secret_post' }),
      'registration-auth-method',
    ],
    [
      'a secret that has expired',
      (sound) => ({ ...sound, client_secret: 'secret-123456789', client_secret_expires_at: 1 }),
      'client-secret-expiry',
    ],
  ])('%s: it is deleted at once', async (_, change, check) => {
    const run = await registerAt((sound) => json(201, change(sound)));
    expect(errorOf(run)).toMatchObject({ code: 'validation_failed', check });
    expect(run.managed).toEqual(['DELETE']);
    expect(run.stderr).toContain('The client new-client was deleted at the server.');
    expect(kept()).toEqual([]);
  });

  it('is told where it cannot be deleted, even when quiet', async () => {
    const change = (sound: JsonObject) => ({ ...sound, redirect_uris: [] });
    const refused = await registerAt(
      (sound) => json(201, change(sound)),
      ['-q'],
      json(403, { error: 'access_denied' }),
    );
    expect(refused.stderr).toContain('The client new-client stays at the server, which did not delete it.');
    const { registration_client_uri: _, ...rest } = {} as JsonObject;
    const alone = await registerAt((sound) =>
      json(201, { ...change(sound), registration_client_uri: undefined, ...rest }),
    );
    expect(alone.stderr).toContain('stays at the server, which gave no address');
  });

  it('is told where the answer does not name it', async () => {
    const run = await registerAt(() => json(201, {}));
    expect(errorOf(run)).toMatchObject({ code: 'validation_failed', check: 'registration-response' });
    expect(run.stderr).toContain('The server may have registered a client');
  });

  it.each<[string, (sound: JsonObject) => Reply, string]>([
    ['status 200', (sound) => json(200, sound), 'registration-response'],
    [
      'a further redirect URI',
      (sound) =>
        json(201, { ...sound, redirect_uris: [...(sound.redirect_uris as string[]), 'https://b.example/'] }),
      'registration-redirect-uri',
    ],
    ['no redirect URIs', ({ redirect_uris: _, ...sound }) => json(201, sound), 'registration-redirect-uri'],
    [
      'another method',
      (sound) => json(201, { ...sound, token_endpoint_auth_method: 'private_key_jwt' }),
      'registration-auth-method',
    ],
    [
      'a secret without its expiry',
      (sound) => json(201, { ...sound, client_secret: 'secret-123456789' }),
      'client-secret-expiry',
    ],
    [
      'an address that is not a URL',
      (sound) => json(201, { ...sound, registration_client_uri: '/client' }),
      'registration-response',
    ],
    [
      'an address at another origin',
      (sound) => json(201, { ...sound, registration_client_uri: 'https://other.example/client' }),
      'registration-response',
    ],
  ])('%s only warns', async (_, answer, check) => {
    const run = await registerAt(answer, ['--store', 'none']);
    expect(run.status, run.stderr).toBe(0);
    const { checks }: RegistrationDocument = JSON.parse(run.stdout);
    expect(checks.filter(({ outcome }) => outcome === 'warn').map(({ id }) => id)).toContain(check);
  });

  it('is not used at a link-local address that the server gives for it', async () => {
    const run = await registerAt(
      (sound) => json(201, { ...sound, registration_client_uri: 'http://169.254.1.1/client' }),
      ['--store', 'none'],
    );
    expect(run.status, run.stderr).toBe(0);
    expect(run.stderr).toMatch(/registration_client_uri is not used: [\s\S]*link-local/);
    const { client }: RegistrationDocument = JSON.parse(run.stdout);
    expect(client.registration_client_uri).toBeUndefined();
  });

  it('is named as what refuses, not the registration endpoint', async () => {
    const server = await startScriptedServer({
      before: ({ url }) => (url.pathname === '/client' ? json(401, { error: 'invalid_token' }) : undefined),
    });
    const of = ['--registration-client-uri', `${new URL(server.issuer).origin}/client`];
    const runs = [await register('--read', ...of), await register('--delete', ...of)];
    await server.close();
    for (const { stderr } of runs) expect(stderr).toContain('The address of the client refused the request');
  });

  it('is not mistaken for another that the server describes, nor for one that is gone', async () => {
    const answers = [json(200, { client_id: 'other-client' }), json(404, {})];
    const server = await startScriptedServer({
      before: ({ url }) => (url.pathname === '/client' ? answers.shift() : undefined),
    });
    const of = [
      '--registration-client-uri',
      `${new URL(server.issuer).origin}/client`,
      '--client-id',
      'mine',
    ];
    const read = await register('--read', ...of, '--json');
    const gone = await register('--delete', ...of);
    await server.close();
    expect(errorOf(read)).toMatchObject({ code: 'validation_failed', check: 'registration-response' });
    expect(gone.status).toBe(0);
    expect(gone.stderr).toContain('does not know the client any more');
  });

  it('is told to be the same where an update changes nothing, and the server writes null for what is not there', async () => {
    const client = { client_id: 'mine', client_name: 'A', logo_uri: null };
    const server = await startScriptedServer({
      before: ({ url }) => (url.pathname === '/client' ? json(200, client) : undefined),
    });
    const place = ['--registration-client-uri', `${new URL(server.issuer).origin}/client`];
    const run = await register('--update', ...place, '--client-id', 'mine', '--client-name', 'A', '--json');
    await server.close();
    expect(run.status, run.stderr).toBe(0);
    expect(run.stderr).toContain('nothing differs from what is registered');
  });

  it('has a cause where a policy refuses it', async () => {
    const run = await registerAt(() => json(403, { error: 'access_denied' }));
    expect(errorOf(run)).toMatchObject({ code: 'endpoint_error', step: 'registration' });
  });
});
