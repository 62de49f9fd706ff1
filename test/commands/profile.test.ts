import { existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSettingsPlace, type SettingsPlace } from './settings-place.ts';

let place: SettingsPlace;
beforeEach(() => {
  place = createSettingsPlace();
});
afterEach(() => place.remove());

const atTerminal = { stdinIsTTY: true, stderr: { isTTY: true } } as const;
const issuer = 'https://login.example.com';
const save = (name: string, ...more: string[]) =>
  place.run(['profile', 'save', name, '--issuer', issuer, '--client-id', 'app', ...more]);
const saved = () => JSON.parse(place.config());

describe('profile save', () => {
  it('writes the options that were given, with the schema, for nobody else to read', async () => {
    const done = await save(
      'work',
      '--scope',
      'a b',
      '--resource',
      'https://x/',
      '--resource',
      'https://y/',
      '--timeout',
      '2.5',
      '--no-userinfo',
      '--param',
      'k=v',
      '--param',
      'gone',
      '--claims',
      '{"userinfo":null}',
      '--ca-file',
      'ca.pem',
      '--grant-type',
      'client_credentials',
    );
    expect(done).toMatchObject({
      status: 0,
      stdout: '',
      stderr: `Saved profile work in ${place.configFile}.\n`,
    });
    expect(saved()).toEqual({
      $schema: expect.stringMatching(/^https:\/\/unpkg\.com\/oauth-code@.*\/dist\/config\.schema\.json$/),
      version: 1,
      profiles: {
        work: {
          issuer,
          client_id: 'app',
          scope: 'a b',
          resource: ['https://x/', 'https://y/'],
          claims: { userinfo: null },
          params: { k: 'v', gone: null },
          no_userinfo: true,
          ca_file: join(place.repository, 'packages', 'api', 'ca.pem'),
          timeout: 2.5,
          grant_type: 'client_credentials',
        },
      },
    });
    if (process.platform !== 'win32') expect(statSync(place.configFile).mode & 0o777).toBe(0o600);
    expect(readdirSync(place.home)).toEqual(['config.json']);
  });

  it('saves where the secret is, and prints the profile as JSON when asked', async () => {
    const done = await save('work', '--client-secret-env', 'WORK', '--json', '--default');
    expect(JSON.parse(done.stdout)).toEqual({
      version: 1,
      name: 'work',
      files: [place.configFile],
      settings: { issuer, client_id: 'app', client_secret: { env: 'WORK' } },
    });
    expect(saved().default_profile).toBe('work');
  });

  it('takes nothing from variables, which are there for every run anyway', async () => {
    await place.run(['profile', 'save', 'work', '--client-id', 'app'], {
      env: { OAUTH_CODE_ISSUER: issuer, OAUTH_CODE_CLIENT_SECRET: 'hunter2' },
    });
    expect(saved().profiles.work).toEqual({ client_id: 'app' });
  });

  it('puts a secret from stdin into the keychain, and nowhere else', async () => {
    const done = await place.run(
      [
        'profile',
        'save',
        'work',
        '--issuer',
        issuer,
        '--client-secret-file',
        '-',
        '--store',
        'keychain',
        '--json',
      ],
      { stdin: 'hunter2-hunter2\n' },
    );
    expect(done.status).toBe(0);
    expect(saved().profiles.work.client_secret).toEqual({ keychain: true });
    expect([...place.keychain.values()]).toEqual(['hunter2-hunter2']);
    expect(done.stdout + done.stderr + place.config()).not.toContain('hunter2');
  });

  it('keeps comments and the other profiles', async () => {
    const text = '{\n  // mine\n  "version": 1,\n  "profiles": {\n    "a": {} // first\n  }\n}\n';
    place.saveConfig(text);
    await save('work');
    expect(place.config()).toBe(
      text.replace(
        '{} // first\n',
        `{}, // first\n    "work": {\n      "issuer": "${issuer}",\n      "client_id": "app"\n    }\n`,
      ),
    );
  });

  it('keeps the link of a settings file that lives elsewhere', async () => {
    const dotfiles = join(place.repository, 'dotfiles.json');
    writeFileSync(dotfiles, '{"version": 1}');
    symlinkSync(dotfiles, place.configFile);
    expect((await save('work')).status).toBe(0);
    expect(place.config()).toContain('"work"');
    expect(readdirSync(place.home)).toEqual(['config.json']);
  });

  it('writes into the file that --config names', async () => {
    const file = join(place.repository, 'other.json');
    expect((await save('work', '--config', file)).status).toBe(0);
    expect(existsSync(file)).toBe(true);
    expect(existsSync(place.configFile)).toBe(false);
  });

  it.each([
    ['nothing', ['work'], /No settings were given to save/],
    [
      'a secret literal',
      ['work', '--client-secret', 'hunter2'],
      /on the command line can be read by every user/,
    ],
    [
      'a secret from stdin without a keychain',
      ['work', '--client-secret-file', '-'],
      /a settings file should not/,
    ],
    [
      'a secret parameter',
      ['work', '--token-param', 'client_secret=hunter2'],
      /--token-param holds a secret itself/,
    ],
    [
      'a proxy with a password',
      ['work', '--proxy', 'http://u:hunter2@proxy'],
      /--proxy holds a secret itself/,
    ],
    [
      'a bad URL',
      ['work', '--issuer', 'example'],
      /--issuer cannot be saved: "issuer" has to be an absolute http or https URL/,
    ],
    [
      'a bad number',
      ['work', '--timeout', 'hunter2'],
      /--timeout cannot be saved: "timeout" has to be a number/,
    ],
    ['a bad choice', ['work', '--pkce', 'S384'], /--pkce is "S384", an unknown value. next: Use one of/],
    ['bad JSON', ['work', '--claims', '{hunter2'], /"claims" has to be a JSON object or list/],
    ['a bad name', ['-', '--client-id', 'x'], /A profile cannot be called "-"/],
    ['a name that could be a path', ['../x', '--client-id', 'x'], /A profile cannot be called/],
  ])('refuses %s', async (_, argv, message) => {
    const done = await place.run(['profile', 'save', ...argv], { stdin: 'hunter2' });
    expect(done.said).toMatch(message);
    expect(done).toMatchObject({ status: 2, stdout: '' });
    expect(done.stderr).not.toContain('hunter2');
    expect(existsSync(place.configFile)).toBe(false);
  });

  it.each([
    ['broken', '{"version": 1', /config\.json:1:14 is not JSON/],
    ['from a newer version', '{"version": 2}', /has version 2, which is newer/],
    ['not sound', '{"version": 1, "profiles": {"a": {"scop": 1}}}', /"scop" is not a setting/],
  ])('leaves a file alone that is %s', async (_, text, message) => {
    place.saveConfig(text);
    const done = await save('work');
    expect(done).toMatchObject({ status: 2, said: expect.stringMatching(message) });
    expect(place.config()).toBe(text);
  });

  describe('over a profile that is there', () => {
    beforeEach(() => save('work', '--client-secret-env', 'WORK'));
    const replace = (...more: string[]) => ['profile', 'save', 'work', '--client-id', 'other', ...more];

    it('refuses without a terminal and without --yes', async () => {
      expect(await place.run(replace())).toMatchObject({
        status: 2,
        said: expect.stringMatching(/and this would replace it.*--yes/),
      });
      expect(saved().profiles.work.client_id).toBe('app');
    });

    it('replaces all of it with --yes', async () => {
      expect((await place.run(replace('--yes'))).status).toBe(0);
      expect(saved().profiles.work).toEqual({ client_id: 'other' });
    });

    it.each([
      [true, 'other'],
      [false, 'app'],
    ])('asks at a terminal and obeys when the answer is %s', async (answer, clientId) => {
      const asked: string[] = [];
      const done = await place.run(replace(), {
        ...atTerminal,
        confirm: (message) => {
          asked.push(message);
          return answer;
        },
      });
      expect(asked).toEqual(['Replace profile work?']);
      expect(done.status).toBe(0);
      expect(saved().profiles.work.client_id).toBe(clientId);
      if (!answer) expect(done.stderr).toBe('Nothing was changed.\n');
    });

    it('does not ask with --no-input', async () => {
      expect((await place.run(replace('--no-input'), atTerminal)).status).toBe(2);
    });

    it('asks nothing when nothing would change', async () => {
      expect((await save('work', '--client-secret-env', 'WORK')).status).toBe(0);
    });
  });
});

describe('profile list', () => {
  it('says where it looked when there are none', async () => {
    expect(await place.run(['profile', 'list'])).toMatchObject({
      status: 0,
      stdout: '',
      stderr: `There are no profiles in ${place.configFile}. oauth-code profile save NAME makes one.\n`,
    });
  });

  it('shows both files as text and JSON', async () => {
    place.saveConfig({ default_profile: 'work', profiles: { work: { issuer, client_id: 'app' }, bare: {} } });
    place.saveProject({
      profiles: { work: { scope: 'a' }, theirs: { issuer: 'https://t.example', client_id: 't' } },
    });
    const text = await place.run(['profile', 'list']);
    // The path of a temporary folder may be too long for the line.
    expect(text.stdout.replace('file:\n/', 'file: /').replace(`  ${place.configFile}`, '')).toBe(
      'Profiles\n' +
        '    profile  issuer                     client\n' +
        '    bare     none                       none\n' +
        "    theirs   https://t.example          t       the project's\n" +
        "    work     https://login.example.com  app     default, and the project's\n" +
        `\nProject file: ${place.projectFile}\n`,
    );
    const json = await place.run(['profile', 'list', '--json']);
    expect(JSON.parse(json.stdout)).toEqual({
      version: 1,
      file: place.configFile,
      project_file: place.projectFile,
      default_profile: 'work',
      profiles: [
        { name: 'bare', issuer: null, client_id: null, from: ['user'] },
        { name: 'theirs', issuer: 'https://t.example', client_id: 't', from: ['project'] },
        { name: 'work', issuer, client_id: 'app', from: ['user', 'project'] },
      ],
    });
  });

  it('writes no control character of a file to the terminal', async () => {
    place.saveConfig({ profiles: { a: { client_id: 'x\u001b[31m\u202e' } } });
    const { stdout } = await place.run(['profile', 'list']);
    for (const active of ['\u001b', '\u202e']) expect(stdout).not.toContain(active);
  });
});

describe('profile show', () => {
  it('shows the default profile without secrets', async () => {
    place.saveConfig({
      default_profile: 'work',
      profiles: {
        work: {
          issuer,
          client_secret: 'hunter2',
          proxy: 'http://u:hunter2@proxy:1/',
          token_params: { client_secret: 'hunter2', a: 'b', c: null },
        },
      },
    });
    const { stdout } = await place.run(['profile', 'show']);
    expect(stdout).toContain('‹client_secret›');
    expect(stdout).toContain('without c');
    expect(stdout).not.toContain('hunter2');
    expect((await place.run(['profile', 'show', '--json'])).stdout).not.toContain('hunter2');
    const all = await place.run(['profile', 'show', 'work', '--json', '--show-secrets']);
    expect(JSON.parse(all.stdout).settings.client_secret).toBe('hunter2');
  });

  it('says where each setting comes from', async () => {
    place.saveConfig({
      profiles: { work: { issuer, client_id: 'app', scope: 'own', client_secret: { env: 'WORK' } } },
    });
    place.saveProject({ profiles: { work: { scope: 'project', audience: 'api' } } });
    const { stdout } = await place.run(['profile', 'show', 'work', '--sources', '--json'], {
      env: { OAUTH_CODE_CLIENT_ID: 'from-env', OAUTH_CODE_RESOURCE: 'https://a/\nhttps://b/' },
    });
    const own = { type: 'profile', name: place.configFile };
    const projects = { type: 'project', name: place.projectFile };
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      name: 'work',
      files: [place.projectFile, place.configFile],
      settings: {
        issuer,
        client_id: 'from-env',
        client_secret: { env: 'WORK' },
        scope: 'project',
        resource: ['https://a/', 'https://b/'],
        audience: 'api',
      },
      sources: {
        issuer: own,
        client_id: { type: 'variable', name: 'OAUTH_CODE_CLIENT_ID' },
        client_secret: own,
        scope: projects,
        resource: { type: 'variable', name: 'OAUTH_CODE_RESOURCE' },
        audience: projects,
      },
    });
  });

  it('says which run would be refused', async () => {
    place.saveConfig({ profiles: { work: { issuer, client_secret: { env: 'WORK' } } } });
    const { stdout, status } = await place.run(['profile', 'show', 'work', '--sources'], {
      env: { OAUTH_CODE_ISSUER: 'https://other.example' },
    });
    expect(status).toBe(0);
    expect(stdout.replace(/\s+/g, ' ')).toContain('OAUTH_CODE_ISSUER names another server than the one');
  });

  it.each([
    [['show'], /No profile was named, and no default profile is set/],
    [['show', 'wrok'], /There is no profile "wrok"\..*Did you mean "work"\? There are: other, work/],
    [['remove', 'wrok', '--yes'], /There is no profile "wrok"/],
    [['edit', 'wrok', '--set', 'scope=a'], /There is no profile "wrok"/],
    [['show', 'work', '--config', '/nowhere/c.json'], /There is no settings file \/nowhere\/c\.json/],
  ])('refuses %j', async (argv, message) => {
    place.saveConfig({ profiles: { work: {}, other: {} } });
    const done = await place.run(['profile', ...argv]);
    expect(done).toMatchObject({ status: 2, stdout: '', said: expect.stringMatching(message) });
  });
});

describe('profile edit', () => {
  beforeEach(() =>
    place.saveConfig(
      '{\n  "version": 1,\n  "profiles": {\n    "work": {\n      "issuer": "https://a.example", // A\n      "scope": "a" // S\n    }\n  }\n}\n',
    ),
  );
  const edit = (...argv: string[]) => place.run(['profile', 'edit', 'work', ...argv]);

  it('changes what it is told to and keeps comments', async () => {
    expect((await edit('--set', 'scope=b c', '--set', 'timeout=3', '--default')).status).toBe(0);
    expect(place.config()).toBe(
      '{\n  "version": 1,\n  "profiles": {\n    "work": {\n      "issuer": "https://a.example", // A\n      "scope": "b c", // S\n      "timeout": 3\n    }\n  },\n  "default_profile": "work"\n}\n',
    );
    await edit('--unset', 'scope', '--unset', 'timeout');
    expect(saved0()).toEqual({ issuer: 'https://a.example' });
    expect(place.config()).toContain('// A');
  });

  const saved0 = () => JSON.parse(place.config().replace(/ \/\/.*$/gm, '')).profiles.work;

  it.each([
    [['--set', 'resource=["https://a/","https://b/"]'], { resource: ['https://a/', 'https://b/'] }],
    [['--set', 'params={"a":"b","c":null}'], { params: { a: 'b', c: null } }],
    [['--set', 'params.a=b=c', '--set', 'params.d='], { params: { a: 'b=c', d: '' } }],
    [['--set', 'params={"a":{"toString":null},"b":[1]}'], { params: { a: '{"toString":null}', b: '[1]' } }],
    [['--set', 'resource=[{"toString":null}]'], { resource: '{"toString":null}' }],
    [['--set', 'no-browser=true'], { no_browser: true }],
    [['--set', 'claims={"userinfo":{}}'], { claims: { userinfo: {} } }],
    [['--client-secret-env', 'S'], { client_secret: { env: 'S' } }],
  ])('reads %j', async (argv, expected) => {
    expect((await edit(...argv)).stderr).toContain('Saved profile work');
    expect(saved0()).toMatchObject(expected);
  });

  it('moves the secret into the keychain, and out of it again', async () => {
    const done = await place.run(
      ['profile', 'edit', 'work', '--client-secret-file', '-', '--store', 'keychain'],
      { stdin: 'hunter2-hunter2' },
    );
    expect(done.status).toBe(0);
    expect([...place.keychain.values()]).toEqual(['hunter2-hunter2']);
    await edit('--unset', 'client_secret');
    expect([...place.keychain]).toEqual([]);
  });

  it.each([
    [['--set', 'scop=a'], /Unknown setting in --set: scop.*Did you mean scope\?/],
    [['--unset', 'scop'], /Unknown setting in --unset/],
    [['--set', 'scope'], /--set gives no value/],
    [['--set', 'timeout=hunter2'], /--set timeout cannot be saved/],
    [['--set', 'client_secret=hunter2'], /A secret on the command line can be read by every user/],
    [['--set', 'token_params.client_secret=hunter2'], /A secret on the command line can be read by/],
    [['--set', 'params={"password":"hunter2"}'], /A secret on the command line can be read by/],
    [['--set', 'proxy=http://u:hunter2@proxy'], /A secret on the command line can be read by every user/],
    [['--set', 'issuer=hunter2'], /has to be an absolute http or https URL/],
    [[], /No change was given, and there is no terminal to open an editor on/],
  ])('refuses %j', async (argv, message) => {
    const before = place.config();
    const done = await edit(...argv);
    expect(done).toMatchObject({ status: 2, stdout: '', said: expect.stringMatching(message) });
    expect(done.stderr).not.toContain('hunter2');
    expect(place.config()).toBe(before);
  });

  it('opens the editor on a copy, and writes what is sound', async () => {
    const texts = [
      '{"version": 1, "profiles": {"work": {"scop": 1}}}',
      '{"version": 1, /* mine */ "profiles": {"work": {"scope": "z"}}}',
    ];
    const questions: string[] = [];
    const done = await place.run(['profile', 'edit', 'work'], {
      ...atTerminal,
      editFile: async (path) => {
        expect(path).not.toBe(place.configFile);
        writeFileSync(path, texts.shift() ?? '');
      },
      confirm: (message) => questions.push(message) > 0,
    });
    expect(done.status).toBe(0);
    expect(done.stderr).toContain('"scop" is not a setting');
    expect(questions).toEqual(['Open the editor again?']);
    expect(place.config()).toContain('/* mine */');
    expect(readdirSync(place.home)).toEqual(['config.json']);
  });

  it('keeps what was written when it is given up', async () => {
    const before = place.config();
    const done = await place.run(['profile', 'edit', 'work'], {
      ...atTerminal,
      editFile: async (path) => writeFileSync(path, 'broken'),
      confirm: () => false,
    });
    expect(done).toMatchObject({
      status: 2,
      said: expect.stringMatching(/Nothing was changed\. Your text is in/),
    });
    expect(place.config()).toBe(before);
  });

  it('does not overwrite what somebody else wrote meanwhile', async () => {
    const done = await place.run(['profile', 'edit', 'work'], {
      ...atTerminal,
      editFile: async (path) => {
        writeFileSync(path, '{"version": 1, "profiles": {"work": {}}}');
        place.saveConfig({ profiles: { work: { scope: 'meanwhile' } } });
      },
    });
    expect(done).toMatchObject({ status: 2, said: expect.stringMatching(/was changed meanwhile/) });
    expect(place.config()).toContain('meanwhile');
  });
});

describe('profile remove', () => {
  beforeEach(async () => {
    await place.run(
      ['profile', 'save', 'work', '--client-secret-file', '-', '--store', 'keychain', '--default'],
      { stdin: 'hunter2' },
    );
    await save('other');
  });

  it('removes the profile, its secret and its place as the default', async () => {
    const done = await place.run(['profile', 'remove', 'work', '--yes', '--json']);
    expect(JSON.parse(done.stdout)).toEqual({ version: 1, removed: 'work' });
    expect(saved().default_profile).toBeUndefined();
    expect(Object.keys(saved().profiles)).toEqual(['other']);
    expect([...place.keychain]).toEqual([]);
  });

  it('asks first', async () => {
    expect((await place.run(['profile', 'remove', 'work'])).status).toBe(2);
    const kept = await place.run(['profile', 'remove', 'work'], { ...atTerminal, confirm: () => false });
    expect(kept).toMatchObject({ status: 0, stderr: 'Nothing was changed.\n' });
    expect(Object.keys(saved().profiles)).toEqual(['work', 'other']);
  });

  it("leaves what is the project's to the project", async () => {
    place.saveProject({ profiles: { theirs: { issuer } } });
    expect(await place.run(['profile', 'remove', 'theirs', '--yes'])).toMatchObject({
      status: 2,
      said: expect.stringContaining("Profile theirs is the project's"),
    });
  });
});

describe('a home that cannot be used', () => {
  it('is named when a file stands where the folder should be', async () => {
    rmSync(place.home, { recursive: true });
    writeFileSync(place.home, '');
    const done = await save('work');
    expect(done).toMatchObject({ status: 2, stdout: '' });
    expect(done.said).toMatch(/Cannot (read|write) .*config\.json/);
  });

  it('is named when the settings file is a folder', async () => {
    mkdirSync(place.configFile);
    expect(await save('work')).toMatchObject({
      status: 2,
      said: expect.stringMatching(/Cannot read .*config\.json: it is a folder/),
    });
  });
});
