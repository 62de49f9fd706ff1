import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ScriptedServer, startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { createSettingsPlace, type SettingsPlace } from './settings-place.ts';

let place: SettingsPlace;
beforeEach(() => {
  place = createSettingsPlace();
});
afterEach(() => place.remove());

const secret = 'sesame-of-more-than-a-few-letters';
const run = (...args: string[]) => place.run(['profile', 'import', ...args]);
const saved = () => JSON.parse(place.config()).profiles;
const oauth2c = (...words: string[]) => ['--', 'oauth2c', 'https://login.example.com', ...words];

describe('profile import of an oauth2c command', () => {
  it('takes over its flags, in words or quoted, and lists what it cannot', async () => {
    const command =
      'oauth2c https://login.example.com \\\n --client-id app --scopes openid,email --scopes a ' +
      '--auth-method none --redirect-url http://localhost:1/cb --http-timeout 1m30s --max-age=60 --pkce ' +
      '--idp-hint corp --claims \'{"userinfo":null}\' --insecure --wat x --response-types code --grant-type authorization_code';
    const done = await run(command);
    expect(done.status).toBe(0);
    expect(saved()).toEqual({
      'login.example.com': {
        issuer: 'https://login.example.com',
        client_id: 'app',
        scope: 'openid email a',
        auth_method: 'none',
        redirect_uri: 'http://localhost:1/cb',
        timeout: 90,
        max_age: 60,
        params: { idp_hint: 'corp' },
        claims: { userinfo: null },
      },
    });
    expect(done.stderr).toContain(
      'Not imported:\n  --insecure: certificates are always checked; use --ca-file FILE\n  --wat: not known here\n',
    );
    expect(done.stderr).toContain('Try it: oauth-code login -p login.example.com\n');
  });

  it('registers no other redirect URI than the one that tool uses by itself', async () => {
    await run('--name', 'work', ...oauth2c('--client-id', 'app'));
    expect(saved().work.redirect_uri).toBe('http://localhost:9876/callback');
  });

  it('takes over how the request is sent and how the answer comes', async () => {
    const words = ['--client-id', 'app', '--par', '--request-object', '--response-mode', 'query.jwt'];
    await run('--name', 'work', ...oauth2c(...words));
    expect(saved().work).toMatchObject({ par: true, request_object: true, response_mode: 'query.jwt' });
  });

  it('says everything in JSON', async () => {
    const done = await run('--json', '--name', 'work', ...oauth2c('--client-id', 'app', '--dpop', '--wat'));
    expect(JSON.parse(done.stdout)).toEqual({
      version: 1,
      name: 'work',
      files: [place.configFile],
      settings: {
        issuer: 'https://login.example.com',
        client_id: 'app',
        redirect_uri: 'http://localhost:9876/callback',
        dpop: true,
      },
      imported_from: 'an oauth2c command',
      left_out: ['--wat: not known here'],
    });
    expect(done.stderr).toBe('');
  });

  it('refuses a secret that stands in it unless it is said where else it is', async () => {
    const words = oauth2c('--client-id', 'app', '--client-secret', secret);
    const refused = await run(...words);
    expect(refused).toMatchObject({ status: 2, stdout: '' });
    expect(refused.said).toContain(
      'A client secret is in an oauth2c command; a settings file should not hold it.',
    );
    expect(refused.said).not.toContain(secret);

    expect((await run('--client-secret-env', 'WORK', ...words)).status).toBe(0);
    expect(saved()['login.example.com'].client_secret).toEqual({ env: 'WORK' });
    expect(place.config()).not.toContain(secret);
  });

  it('puts that secret into the keychain when told to', async () => {
    await run(
      '--name',
      'work',
      '--store',
      'keychain',
      ...oauth2c('--client-id', 'app', '--client-secret', secret),
    );
    expect(saved().work.client_secret).toEqual({ keychain: true });
    expect([...place.keychain.values()]).toEqual([secret]);
  });

  it('lets an option go before what is imported', async () => {
    await run('--name', 'work', '--client-id', 'mine', ...oauth2c('--client-id', 'app'));
    expect(saved().work.client_id).toBe('mine');
  });

  it('replaces a profile only when that is meant', async () => {
    await run('--name', 'work', ...oauth2c('--client-id', 'app'));
    const refused = await run('--name', 'work', ...oauth2c('--client-id', 'other'));
    expect(refused).toMatchObject({
      status: 2,
      said: expect.stringContaining('Add --yes to confirm.'),
    });
    expect(saved().work.client_id).toBe('app');
    expect((await run('--name', 'work', '--yes', ...oauth2c('--client-id', 'other'))).status).toBe(0);
    expect(saved().work.client_id).toBe('other');
  });

  it('names token as the next command for a grant without a person', async () => {
    const done = await run(
      '--name',
      'job',
      ...oauth2c('--client-id', 'app', '--grant-type', 'client_credentials'),
    );
    expect(done.stderr).toContain('Try it: oauth-code token -p job');
    expect(saved().job).toEqual({
      issuer: 'https://login.example.com',
      client_id: 'app',
      grant_type: 'client_credentials',
    });
  });
});

const kubeconfig = (...args: string[]) => `apiVersion: v1
kind: Config
users:
- name: admin
  user:
    client-certificate-data: LS0t
- name: oidc@prod
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: kubectl
      args:
      - oidc-login
      - get-token
${args.map((word) => `      - ${word}\n`).join('')}      env: null
      provideClusterInfo: false
`;

const login = ['--oidc-issuer-url=https://issuer.example.com', '--oidc-client-id=kube'];

describe('profile import of a kubeconfig', () => {
  const file = () => join(place.home, 'kube');

  it('takes over the kubelogin entry, with the redirect URIs of that tool', async () => {
    writeFileSync(
      file(),
      kubeconfig(
        ...login,
        '--oidc-extra-scope=email',
        '--oidc-extra-scope=groups',
        '--insecure-skip-tls-verify',
      ),
    );
    const done = await run(file());
    expect(done.status).toBe(0);
    expect(saved()).toEqual({
      'oidc@prod': {
        issuer: 'https://issuer.example.com',
        client_id: 'kube',
        scope: 'openid email groups',
        redirect_uri: 'http://localhost:8000',
        port: '8000,18000',
        token: 'id_token',
      },
    });
    expect(done.said).toContain('--insecure-skip-tls-verify: certificates are always checked');
  });

  it('reads the JSON of kubectl from stdin, and where it listens', async () => {
    const exec = {
      command: '/bin/kubelogin',
      args: ['get-token', ...login, '--listen-address=127.0.0.1:12345', '--oidc-pkce-method', 'no'],
      env: [{ name: 'A', value: 'b' }],
    };
    const stdin = JSON.stringify({ users: [{ name: 'u', user: { exec } }] });
    const done = await place.run(['profile', 'import', '-'], { stdin });
    expect(done.said).toContain('the environment variables of the entry');
    expect(saved().u).toEqual({
      issuer: 'https://issuer.example.com',
      client_id: 'kube',
      scope: 'openid',
      token: 'id_token',
      redirect_uri: 'http://localhost:12345',
      pkce: 'off',
    });
  });

  it('refuses a secret in it, and keeps it out of what is said', async () => {
    writeFileSync(file(), kubeconfig(...login, `--oidc-client-secret=${secret}`));
    const refused = await run(file());
    expect(refused).toMatchObject({ status: 2, said: expect.stringContaining('Add --store keychain') });
    expect(refused.said).not.toContain(secret);
  });

  it.each([
    ['no such entry', 'users: []\n', 'is not a kubeconfig with a kubelogin entry.'],
    ['what is not YAML', 'a: b\n\tc: d\n', ':2:1 is not readable YAML: a tab indents the line.'],
    ['broken JSON', '{"users": [', ':1:12 is not readable YAML: a comma or a closing bracket is missing.'],
  ])('refuses a file with %s', async (_, text, message) => {
    writeFileSync(file(), text);
    expect(await run(file())).toMatchObject({ status: 2, said: expect.stringContaining(message) });
  });

  it('reads every kind of YAML in the entries of other users, and anchors in its own', async () => {
    const others = [
      '- name: flow',
      '  user: {exec: {command: aws, args: [eks, get-token, --cluster, prod], env: null}}',
      '- name: block',
      '  user:',
      '    client-certificate-data: |2',
      '        indented',
      '    token: !!str 123',
      '- name: shared',
      '  user:',
      '    exec: &base',
      '      command: kubectl',
      '      args: &words [oidc-login, get-token, --oidc-issuer-url=https://issuer.example.com]',
      '- name: own',
      '  user:',
      '    exec:',
      '      <<: *base',
      '      args: [oidc-login, get-token, --oidc-issuer-url=https://own.example.com]',
    ];
    writeFileSync(file(), `users:\n${others.join('\n')}\n`);
    expect((await run(file())).said).toContain('Add --user NAME: shared, own.');
    expect((await run(file(), '--user', 'own')).status).toBe(0);
    expect(saved().own).toMatchObject({ issuer: 'https://own.example.com' });
  });

  it('asks which of several users is meant', async () => {
    const entry = (name: string) => ({
      name,
      user: { exec: { command: 'kubelogin', args: ['get-token', ...login] } },
    });
    writeFileSync(file(), JSON.stringify({ users: [entry('a'), entry('b')] }));
    expect((await run(file())).said).toContain('Add --user NAME: a, b.');
    expect((await run(file(), '--user', 'c')).said).toContain('There is: a, b.');
    expect((await run(file(), '--user', 'b')).status).toBe(0);
    expect(Object.keys(saved())).toEqual(['b']);
  });
});

describe('profile import of a .well-known URL', () => {
  let server: ScriptedServer;
  beforeEach(async () => {
    server = await startScriptedServer();
  });
  afterEach(() => server.close());

  it('saves the issuer that the document names when it leads back to it', async () => {
    const url = `${server.issuer}/.well-known/openid-configuration`;
    const done = await run('--client-id', 'app', '--name', 'work', url);
    expect(done.status).toBe(0);
    expect(saved().work).toEqual({ issuer: server.issuer, client_id: 'app' });
    expect(server.seen()).toEqual(['discovery']);
  });

  it('saves the address of a document whose issuer does not lead back to it', async () => {
    await server.close();
    server = await startScriptedServer({
      metadata: (sound) => ({ ...sound, issuer: 'https://other.example' }),
    });
    const url = `${server.issuer}/.well-known/openid-configuration`;
    const done = await run('--name', 'work', url);
    expect(saved().work).toEqual({ metadata_url: url });
    expect(done.stderr).toContain('Try it: oauth-code login -p work --client-id ID\n');
  });
});

describe('profile import of other sources', () => {
  const write = (config: unknown) => {
    const file = join(place.repository, 'kubeconfig');
    writeFileSync(file, JSON.stringify(config));
    return file;
  };

  it('takes over the auth-provider that kubectl had, without its tokens', async () => {
    const config = {
      'idp-issuer-url': 'https://sso.example/realms/k8s',
      'client-id': 'kubernetes',
      'refresh-token': 'r3fr3sh',
      'id-token': 'aaa.bbb.ccc',
      'extra-scopes': 'groups,email',
    };
    const users = [{ name: 'ann', user: { 'auth-provider': { name: 'oidc', config } } }];
    const done = await run(write({ users }));
    expect(done.status).toBe(0);
    expect(saved()).toEqual({
      ann: {
        issuer: 'https://sso.example/realms/k8s',
        client_id: 'kubernetes',
        scope: 'openid groups email',
        token: 'id_token',
      },
    });
    expect(done.said).toContain('refresh-token: a secret itself');
    expect(done.said).toContain('id-token: log in to get one');
    expect(done.said).not.toContain('r3fr3sh');
  });

  it('tells the kubelogin of Azure apart', async () => {
    const exec = { command: 'kubelogin', args: ['get-token', '--server-id', 'x', '--login', 'devicecode'] };
    const done = await run(write({ users: [{ name: 'aks', user: { exec } }] }));
    expect(done).toMatchObject({
      status: 2,
      said: expect.stringContaining('an entry of Azure kubelogin alone'),
    });
  });

  it.each([
    'docker run --rm -it cloudentity/oauth2c:latest https://as.example --client-id app --grant-type client_credentials',
    'sudo podman run -e X=1 oauth2c https://as.example --client-id app --grant-type client_credentials',
    '$ X=1 oauth2c https://as.example --client-id app --grant-type client_credentials',
  ])('takes over %s', async (command) => {
    const done = await run('--name', 'work', command);
    expect(done.status).toBe(0);
    expect(saved().work).toMatchObject({ issuer: 'https://as.example', client_id: 'app' });
  });
});

describe('profile import', () => {
  it('takes what is not text in a kubeconfig for nothing', async () => {
    const odd = { toString: null };
    const args = ['get-token', '--oidc-issuer-url=https://a.example', odd, null];
    const users = [{ name: odd, user: { exec: { command: odd, args } } }];
    writeFileSync(join(place.repository, 'kubeconfig'), JSON.stringify({ users }));
    expect((await run(join(place.repository, 'kubeconfig'))).status).toBe(0);
    expect(Object.values(saved())).toMatchObject([{ issuer: 'https://a.example' }]);
  });

  it.each([
    [[], 2, 'No source was given to import.'],
    [['https://login.example.com'], 2, 'This is not a .well-known document: https://login.example.com'],
    [["curl -H 'Authorization: Bearer x'"], 2, 'This is not a command that can be imported: curl …'],
    [['oauth2c --client-id "app'], 2, 'This is not a command that can be imported: oauth2c …'],
    [['curl', 'x'], 2, 'This is not a command that can be imported: curl …'],
    [['/nonexistent'], 2, 'Cannot read /nonexistent'],
    [['--name', '-x-', 'oauth2c https://a.example'], 2, 'A profile cannot be called "-x-"'],
    [['http://127.0.0.1:9/.well-known/openid-configuration'], 5, '127.0.0.1:9'],
  ])('refuses %j', async (args, status, message) => {
    expect(await run(...args)).toMatchObject({ status, stdout: '', said: expect.stringContaining(message) });
  });
});
