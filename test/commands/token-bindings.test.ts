import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { createSettingsPlace, type SettingsPlace } from './settings-place.ts';

const token = 'at-0123456789abcdef';
let place: SettingsPlace;
let server: ApiServer;

beforeEach(async () => {
  place = createSettingsPlace();
  server = await startApiServer(() =>
    json(200, { access_token: token, token_type: 'Bearer', expires_in: 60 }),
  );
});
afterEach(async () => {
  place.remove();
  await server.close();
});

const own = () => ({
  token_endpoint: `${server.origin}/token`,
  client_id: 'client-1',
  grant_type: 'client_credentials',
  auth_method: 'none',
});
const save = (more: object) => place.saveConfig({ profiles: { work: { ...own(), ...more } } });

const git = (asked: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  place.run(['token', '-p', 'work', '-o', 'git-credential', ...args, 'get'], { stdin: asked, env });
const https = (host: string) => `protocol=https\nhost=${host}\n\n`;

const cluster = (server?: unknown) =>
  JSON.stringify({
    apiVersion: 'client.authentication.k8s.io/v1',
    spec: { interactive: false, ...(server === undefined ? {} : { cluster: { server } }) },
  });
const kubectl = (info: string | undefined, args: readonly string[] = []) =>
  place.run(['token', '-p', 'work', '-o', 'exec-credential', ...args], {
    env: { KUBERNETES_EXEC_INFO: info },
  });

/** Nothing was printed, nothing was fetched, and the line that helps is the last word. */
const refusedWith = (run: { status: number; stdout: string; said: string }, line: string) => {
  expect(run).toMatchObject({ status: 2, stdout: '', said: expect.stringContaining(line) });
  expect(server.requests).toEqual([]);
};

describe('git is given a token', () => {
  it.each([
    ['a profile', { git_hosts: 'git.example' }, [], {}, 'git.example'],
    ['a list of a profile', { git_hosts: ['a.example', 'git.example:8443'] }, [], {}, 'git.example:8443'],
    ['a flag', {}, ['--git-host', 'a.example', '--git-host', 'git.example'], {}, 'GIT.example'],
    ['a variable', {}, [], { OAUTH_CODE_GIT_HOST: 'a.example\ngit.example:443' }, 'git.example'],
  ])('for a host that is bound by %s', async (_, more, args, env, host) => {
    save(more);
    const { status, stdout } = await git(https(host), args, env as Record<string, string>);
    expect({ status, stdout }).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`password=${token}\n`),
    });
  });

  it.each([
    ['a host that is not bound', https('evil.example'), '--set \'git_hosts=["git.example","evil.example"]\''],
    ['a name below it', https('a.git.example'), 'a.git.example'],
    ['a name it ends', https('evilgit.example'), 'evilgit.example'],
    ['another port', https('git.example:8443'), 'git.example:8443'],
    ['a name with a dot behind it', https('git.example.'), 'git.example.'],
    ['a user in the host', https('git.example@evil.example'), 'Use an https URL'],
    ['a path in the host', https('evil.example/git.example'), 'Use an https URL'],
    ['plain http', 'protocol=http\nhost=git.example\n\n', 'Use an https URL'],
    ['plain http to this machine', 'protocol=http\nhost=localhost:3000\n\n', 'Use an https URL'],
    ['no protocol', 'host=git.example\n\n', 'Use an https URL'],
    ['no host', 'protocol=https\n\n', 'Use an https URL'],
    ['nothing', '', 'Use an https URL'],
    ['a host said twice', 'protocol=https\nhost=git.example\nhost=evil.example\n\n', 'evil.example'],
    ['what a shell would run', https("evil.example;$(id)'`x`"), `evil.example;$(id)'\\''\`x\``],
  ])('but not for %s', async (_, asked, line) => {
    save({ git_hosts: 'git.example' });
    refusedWith(await git(asked), line);
  });

  it.each([
    ['of a profile', [], 'oauth-code profile edit work --set git_hosts=git.example'],
    [
      'of the command',
      ['--git-host', 'a.example'],
      'add --git-host a.example --git-host git.example to this',
    ],
  ])('never without a binding, and the line %s is named', async (_, args, line) => {
    save({});
    for (let time = 0; time < 2; time += 1) refusedWith(await git(https('git.example'), args), line);
  });

  it.each(['get', 'store', 'erase'])('never for "%s" without a binding', async (action) => {
    save({});
    const args = ['token', '-p', 'work', '-o', 'git-credential', action];
    refusedWith(await place.run(args, { stdin: https('git.example') }), 'git_hosts=git.example');
  });

  it.each(['*', '*.example', 'https://git.example', 'git.example/', ''])(
    'never by the binding %j',
    async (host) => {
      save({ git_hosts: ['git.example', host] });
      expect(await git(https('git.example'))).toMatchObject({ status: 2, stdout: '' });
      save({});
      refusedWith(await git(https('git.example'), ['--git-host', host]), '--git-host');
    },
  );
});

describe('kubectl is given a token', () => {
  const server_ = 'https://10.0.0.1:6443';
  it.each([
    ['any cluster, as long as none is bound', {}, [], cluster()],
    ['a cluster that a profile binds', { kubernetes_servers: [server_] }, [], cluster(`${server_}/`)],
    ['a cluster that a flag binds', {}, ['--kubernetes-server', server_], cluster(server_)],
  ])('for %s', async (_, more, args, info) => {
    save(more);
    const { status, stdout } = await kubectl(info, args);
    expect({ status, token: JSON.parse(stdout).status.token }).toEqual({ status: 0, token });
  });

  it.each([
    [
      'another cluster',
      cluster('https://evil.example:6443'),
      '--set \'kubernetes_servers=["https://10.0.0.1:6443","https://evil.example:6443"]\'',
    ],
    ['another path', cluster(`${server_}/k8s/clusters/other`), 'is not bound to the cluster'],
    ['another port', cluster('https://10.0.0.1'), 'is not bound to the cluster'],
    ['plain http', cluster('http://10.0.0.1:6443'), 'provideClusterInfo: true'],
    ['no cluster', cluster(), 'provideClusterInfo: true'],
    ['a cluster that is not text', cluster([server_]), 'provideClusterInfo: true'],
    ['nothing', undefined, 'provideClusterInfo: true'],
  ])('but where one is bound not for %s', async (_, info, line) => {
    save({ kubernetes_servers: server_ });
    refusedWith(await kubectl(info), line);
  });
});

it.each(['git_hosts', 'kubernetes_servers'])('a project file binds nothing by "%s"', async (key) => {
  const value = key === 'git_hosts' ? 'git.example' : 'https://10.0.0.1:6443';
  save({});
  for (const profiles of [{ work: { [key]: value } }, { theirs: { [key]: value } }]) {
    place.saveProject({ profiles });
    refusedWith(await git(https('git.example')), `"${key}" may not stand in a project file`);
  }
});
