import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { startApiServer } from '../fakes/api-server.ts';
import type { AskedQuestion, TestContextOptions } from '../fakes/context.ts';
import { createSettingsPlace, type SettingsPlace } from './settings-place.ts';

const secret = 'a-client-secret-of-more-than-32-octets';
const atTerminal = { stdinIsTTY: true, stderr: { isTTY: true } } as const;

let place: SettingsPlace;
let server: ScriptedServer;
const start = async (script: Parameters<typeof startScriptedServer>[0] = {}) => {
  server = await startScriptedServer(script);
};
beforeEach(() => {
  place = createSettingsPlace();
});
afterEach(async () => {
  place.remove();
  await server?.close();
});

/** Answers by the start of the question; a list is given in turn, `enter` is the return key alone. */
type Answers = Readonly<Record<string, string | readonly string[] | undefined>>;

const enter = '⏎';

function play(answers: Answers) {
  const asked: AskedQuestion[] = [];
  const turns = new Map<string, number>();
  const person = (question: AskedQuestion): string | readonly string[] | undefined => {
    asked.push(question);
    const key = Object.keys(answers).find((start) => question.message.startsWith(start));
    if (key === undefined) throw new Error(`No answer to: ${question.message}`);
    const given = answers[key];
    const turn = turns.get(key) ?? 0;
    turns.set(key, turn + 1);
    const answer = Array.isArray(given) ? given[turn] : given;
    if (answer !== enter) return answer;
    if (question.type === 'choose') return question.choices[0]?.value;
    if (question.type === 'choose-many') {
      return question.choices.filter(({ checked }) => checked).map(({ value }) => value);
    }
    return question.preset ?? '';
  };
  const named = (start: string) => asked.filter(({ message }) => message.startsWith(start));
  return { person, asked, named };
}

const init = (answers: Answers, args: readonly string[] = [], options: TestContextOptions = {}) => {
  const played = play(answers);
  const done = place.run(['init', '--port', '0', ...args], {
    ...atTerminal,
    person: played.person,
    ...options,
  });
  return done.then((outcome) => ({ ...outcome, ...played }));
};

const saved = () => JSON.parse(place.config()).profiles;

const publicAnswers = {
  'Redirect URI': enter,
  'Client ID': 'client-1',
  Scopes: enter,
  'Renew the token': enter,
  'Name of the profile': 'work',
};
const forPublic = (more: Answers = {}): Answers => ({ ...publicAnswers, Issuer: server.issuer, ...more });

describe('init', () => {
  it('turns on what the metadata demands, and says so', async () => {
    await start({
      par: (sound) => sound,
      metadata: (sound) => ({ ...sound, require_pushed_authorization_requests: true }),
    });
    const { status, said } = await init(forPublic());
    expect(status).toBe(0);
    expect(said).toContain('The server says: pushed requests demanded. --par is turned on.');
    expect(saved()).toMatchObject({ work: { par: true } });
    expect(server.seen()).toContain('par');
  });

  it.each<[string, readonly string[], Answers]>([
    ['asked for', [], { 'Where does': 'device' }],
    ['given', ['--flow', 'device'], {}],
  ])(
    'asks for no redirect URI where the user signs in on another device, when that is %s',
    async (_, args, more) => {
      await start({ elsewhere: {} });
      const { person, named } = play(forPublic(more));
      const done = await place.run(['init', ...args], { ...atTerminal, person });
      expect(done.status, done.said).toBe(0);
      expect(named('Redirect URI')).toEqual([]);
      expect(saved().work).toMatchObject({ flow: 'device' });
      expect(saved().work).not.toHaveProperty('redirect_uri');
      expect(server.seen()).toContain('device');
    },
  );

  it('turns on for another device nothing that is demanded of the browser alone', async () => {
    await start({
      elsewhere: {},
      metadata: (sound) => ({ ...sound, require_pushed_authorization_requests: true }),
    });
    const { status, said } = await init(forPublic({ 'Where does': 'device' }));
    expect(status, said).toBe(0);
    expect(saved().work).toMatchObject({ flow: 'device' });
    expect(saved().work).not.toHaveProperty('par');
  });

  it('says what a demanded request object needs', async () => {
    await start({ metadata: (sound) => ({ ...sound, require_signed_request_object: true }) });
    const { said } = await init(forPublic());
    expect(said).toContain('signed request objects demanded. That needs a key of the client: --signing-key');
    expect(saved().work).not.toHaveProperty('request_object');
  });

  it('offers the scopes and methods of the server, and no others', async () => {
    await start({
      metadata: (sound) => ({
        ...sound,
        scopes_supported: ['openid', 'email', 'api', 'offline_access'],
        token_endpoint_auth_methods_supported: ['none', 'client_secret_post', 'of-another-world'],
      }),
    });
    const done = await init(forPublic({ 'How does': 'none' }));
    expect(done).toMatchObject({ status: 0 });
    expect(done.named('Scopes')[0]?.choices).toEqual([
      { value: 'openid', name: 'openid', checked: true },
      { value: 'email', name: 'email', checked: true },
      { value: 'api', name: 'api', checked: false },
    ]);
    expect(done.named('How does')[0]?.choices.map(({ value }) => value)).toEqual([
      'none',
      'client_secret_post',
    ]);
    expect(saved()).toEqual({
      work: {
        issuer: server.issuer,
        client_id: 'client-1',
        auth_method: 'none',
        scope: 'openid email offline_access',
        redirect_uri: 'http://127.0.0.1:8378/callback',
        port: '0',
      },
    });
    expect(done.stderr).toContain('\nhttp://127.0.0.1:8378/callback\n');
    // No session was kept here.
    expect(done.stdout).toMatch(/next: oauth-code login -p work\n$/);
    expect(done.stderr).not.toContain('Next:');
    expect(server.complaints).toEqual([]);
  });

  it('asks for nothing that was given', async () => {
    await start();
    const done = await init({}, [
      ...[server.issuer, '--client-id', 'client-1', '--auth-method', 'none', '--scope', 'openid'],
      ...['--redirect-uri', 'http://127.0.0.1:0/cb', '--save', 'work'],
    ]);
    expect(done).toMatchObject({ status: 0, asked: [] });
    expect(saved().work).toMatchObject({ issuer: server.issuer, redirect_uri: 'http://127.0.0.1:0/cb' });
  });

  it('names every redirect URI that the login may use, with its port', async () => {
    await start();
    const done = await init(forPublic({ 'How does': 'none' }), ['--port', '8379,0']);
    expect(done.stderr).toContain('\nhttp://127.0.0.1:8379/callback\nhttp://127.0.0.1:8378/callback\n\n');
  });

  it('asks again for a server that is none, saying what is wrong with it', async () => {
    await start();
    const done = await init(
      forPublic({ Issuer: ['', 'goggle', '127.0.0.1:9', 'http://127.0.0.1:9', server.issuer] }),
    );
    expect(done.status).toBe(0);
    expect(done.named('Issuer').map(({ complaint }) => complaint)).toEqual([
      undefined,
      'For example: https://login.example.com, or google',
      'Unknown provider. Did you mean Google?',
      'This is not a URL. Did you mean http://127.0.0.1:9?',
      undefined,
    ]);
  });

  it('fills in the tenant of a provider that is named, and says what is known of it', async () => {
    const done = await init({ Issuer: 'entra', 'Microsoft Entra ID: tenant': undefined });
    expect(done).toMatchObject({ status: 130, stdout: '' });

    const github = await init({ 'Redirect URI': undefined }, ['github']);
    expect(github.status).toBe(130);
    expect(github.said).toContain('Known about GitHub • Refresh tokens: only GitHub Apps');
    expect(github.said).toContain('GitHub ignores the port of a loopback address');
    expect(existsSync(place.configFile)).toBe(false);
  });

  const forConfidential = (more: Answers) => forPublic({ 'Where is': 'env', ...more });
  const confidential = {
    client: { clientId: 'client-1', method: 'client_secret_basic', clientSecret: secret },
  } as const;

  it('takes a host with its port or scheme, and asks again only for what was wrong', async () => {
    const api = await startApiServer(({ path }) => {
      const issuer = `${api.origin}/realms/main`;
      return path.startsWith('/realms/main/.well-known/')
        ? json(200, { issuer, authorization_endpoint: `${issuer}/auth`, token_endpoint: `${issuer}/token` })
        : json(404, {});
    });
    try {
      const done = await init(
        {
          'Keycloak: host': ['127.0.0.1:9', `${api.origin}/`],
          'Keycloak: realm': ['wrong', 'main'],
          'Redirect URI': undefined,
        },
        ['keycloak'],
      );
      const fills = done.asked
        .map(({ message }) => message)
        .filter((message) => message.startsWith('Keycloak'));
      expect(fills).toEqual(['Keycloak: host', 'Keycloak: realm', 'Keycloak: host', 'Keycloak: realm']);
      expect(api.requests.map(({ path }) => path)).toContain('/realms/main/.well-known/openid-configuration');
      expect(done.said).toContain('Nothing accepts connections at 127.0.0.1:9');
    } finally {
      await api.close();
    }
  });

  it('saves the variable of a secret, which is typed when it is not set here', async () => {
    await start(confidential);
    const done = await init(
      forConfidential({ 'Name of the variable': ['1x', 'WORK'], 'WORK is not set': secret }),
    );
    expect(done).toMatchObject({ status: 0 });
    expect(done.named('Name of the variable')[1]?.complaint).toContain('the name, not the secret');
    expect(saved().work.client_secret).toEqual({ env: 'WORK' });
    expect(done.said).toContain('Before the next command, set WORK to the client secret.');
    expect(done.stdout + done.stderr + place.config()).not.toContain(secret);
    expect(server.complaints).toEqual([]);
  });

  it('takes the secret from a variable that is set without asking for it', async () => {
    await start(confidential);
    const done = await init(forConfidential({ 'Name of the variable': 'WORK' }), [], {
      env: { WORK: secret },
    });
    expect(done.status).toBe(0);
    expect(done.said).not.toContain('Before that');
  });

  it('saves the path of a secret in a file that can be read', async () => {
    await start(confidential);
    const file = join(place.home, 'secret');
    writeFileSync(file, secret);
    const done = await init(forConfidential({ 'Where is': 'file', 'Path of': ['/nonexistent', file] }));
    expect(done.named('Path of')[1]?.complaint).toContain('Cannot read /nonexistent');
    expect(saved().work.client_secret).toEqual({ file });
  });

  it('puts a secret that is typed into the keychain', async () => {
    await start(confidential);
    const done = await init(forConfidential({ 'Where is': 'keychain', 'Client secret': secret }));
    expect(done.status).toBe(0);
    expect(saved().work.client_secret).toEqual({ keychain: true });
    expect([...place.keychain.values()]).toContain(secret);
    expect(place.config()).not.toContain(secret);
  });

  it('uses a secret for this login only when it is to be nowhere', async () => {
    await start(confidential);
    const done = await init(forConfidential({ 'Where is': 'none', 'Client secret': secret }));
    expect(done.status).toBe(0);
    expect(saved().work).not.toHaveProperty('client_secret');
    expect([...place.keychain.keys()]).toEqual([]);
    expect(done.said).toContain('holds the secret itself and was not saved');
  });

  it.each([
    ['stop', 3, false],
    ['save', 0, true],
    ['again', 3, false],
  ])('lets the person decide after a failed login: %s', async (answer, status, isSaved) => {
    await start({ answer: ({ state = '' }) => ({ error: 'access_denied', state }) });
    const done = await init(
      forPublic({ 'The login failed': answer === 'again' ? ['again', 'stop'] : answer }),
    );
    expect(done).toMatchObject({ status, stdout: '' });
    expect(existsSync(place.configFile)).toBe(isSaved);
    expect(done.said).toContain('The authorization server refused: access_denied.');
    expect(done.stderr.includes('token -p work')).toBe(false);
  });

  it('asks in the way a known provider wants to be asked', async () => {
    const refuse = async (url: string) => {
      const sent = new URL(url).searchParams;
      expect(sent.get('scope')).toBe('crm.read,crm.write');
      expect(sent.get('access_type')).toBe('offline');
      await fetch(`${sent.get('redirect_uri')}?error=access_denied&state=${sent.get('state')}`);
    };
    const done = await init(
      {
        ...publicAnswers,
        Issuer: 'zoho',
        'Zoho: tld': 'eu',
        Scopes: 'crm.read crm.write',
        'Where is': 'none',
        'Client secret': secret,
        'The login failed': 'save',
      },
      [],
      { visit: refuse },
    );
    expect(done.named('Zoho: tld')).toHaveLength(1);
    expect(done.named('Redirect URI')[0]?.preset).toBe('http://localhost:8378/callback');
    expect(done.said).toContain('Zoho may compare the whole URI, port included, with localhost as the host.');
    expect(done.said).toContain('Client authentication: the server takes client_secret_post only.');
    expect(done.status).toBe(0);
    expect(saved().work).toEqual({
      authorization_endpoint: 'https://accounts.zoho.eu/oauth/v2/auth',
      token_endpoint: 'https://accounts.zoho.eu/oauth/v2/token',
      client_id: 'client-1',
      auth_method: 'client_secret_post',
      scope: 'crm.read crm.write',
      redirect_uri: 'http://localhost:8378/callback',
      port: '0',
      params: { access_type: 'offline', prompt: 'consent', scope: 'crm.read,crm.write' },
    });
  });

  it('replaces no profile without being told to, and asks for another name', async () => {
    await start();
    place.saveConfig({ profiles: { work: { client_id: 'old' } } });
    const done = await init(forPublic({ 'Name of the profile': ['no name', 'work', 'second'] }), [], {
      confirm: () => false,
    });
    expect(done.status).toBe(0);
    expect(done.named('Name of the profile')[1]?.complaint).toContain('A profile cannot be called');
    expect(saved().work).toEqual({ client_id: 'old' });
    expect(saved().second).toMatchObject({ client_id: 'client-1' });
  });

  it.each(['Issuer', 'Redirect URI', 'Client ID', 'Scopes', 'Name of the profile'])(
    'leaves nothing behind when Ctrl-C answers: %s',
    async (question) => {
      await start();
      const done = await init(forPublic({ [question]: undefined }));
      expect(done).toMatchObject({ status: 130, stdout: '' });
      expect(existsSync(place.configFile)).toBe(false);
    },
  );

  it.each([
    ['stdin is no terminal', { stdinIsTTY: false }, []],
    ['stderr is no terminal', { stderr: { isTTY: false } }, []],
    ['nothing may be asked', {}, ['--no-input']],
  ])('names the command to use instead when %s', async (_, options, args) => {
    await start();
    const done = await init({}, [server.issuer, ...args], { ...atTerminal, ...options });
    expect(done).toMatchObject({ status: 2, stdout: '' });
    expect(done.said).toContain('init asks questions, and there is no terminal to ask them on.');
    expect(done.said).toContain('oauth-code profile save NAME --issuer URL --client-id ID');
    expect(server.seen()).toEqual([]);
  });

  it('ends with what discovery says when the issuer was given', async () => {
    await start();
    expect(await init({}, ['http://127.0.0.1:9'])).toMatchObject({ status: 5 });
    expect(await init({}, [server.issuer, '--issuer', server.issuer])).toMatchObject({
      status: 2,
      said: expect.stringContaining('The issuer was given twice'),
    });
  });
});
