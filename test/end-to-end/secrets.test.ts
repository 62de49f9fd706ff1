import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { testKey } from '../checks/token-maker.ts';
import { json, text } from '../fakes/reply.ts';
import type { ScriptedClient } from '../fakes/scripted-authorizations.ts';
import type { Script, SeenRequest } from '../fakes/scripted-server.ts';
import { loginAgainst, type ScriptedLogin } from './scripted-login.ts';
import { findSecrets } from './secret-search.ts';

const clientSecret = 'S3cr&t/with+odd?characters="<of>"=40%20\'~.';
const privateKey = () => testKey('RS256', 'client-key').privateKey;
const pem = () => String(privateKey().export({ type: 'pkcs8', format: 'pem' }));

/** Clients with what they prove themselves with, and how the command line says so. */
const clients: readonly [ScriptedClient['method'], () => Partial<ScriptedClient>, readonly string[]][] = [
  ['none', () => ({}), []],
  ['client_secret_basic', () => ({ clientSecret }), ['--client-secret-env', 'THE_SECRET']],
  ['client_secret_post', () => ({ clientSecret }), ['--client-secret-file', '/secret']],
  ['client_secret_jwt', () => ({ clientSecret }), ['--client-secret-file', '-']],
  ['private_key_jwt', () => ({ publicKey: createPublicKey(privateKey()) }), ['--signing-key', '/key.pem']],
];

/** All that the server was sent, as a server would quote it that is being debugged. */
const echoed = ({ body, headers }: SeenRequest) =>
  [
    body,
    headers.authorization,
    ...[...new URLSearchParams(body)].flat(),
    decodedBasic(headers.authorization),
  ].join(' | ');
const decodedBasic = (field = '') => Buffer.from(field.replace(/^Basic /, ''), 'base64').toString();

/** Ways a login can go, and where it ends. */
const courses: readonly [string, Script, number][] = [
  ['that succeeds', {}, 0],
  ['that is refused by the person', { answer: ({ state = '' }) => ({ error: 'access_denied', state }) }, 3],
  ['whose answer has another iss', { answer: (sound) => ({ ...sound, iss: 'https://evil.example' }) }, 6],
  [
    'whose answer has two codes',
    { answer: (sound) => `${new URLSearchParams(sound)}&code=${sound.code}` },
    6,
  ],
  [
    'refused with everything quoted',
    {
      token: (_, request) =>
        json(400, { error: 'invalid_grant', error_description: echoed(request), you_sent: echoed(request) }),
    },
    3,
  ],
  [
    'answered with a page that quotes everything',
    { token: (_, request) => text(500, 'text/html', `<html><body>${echoed(request)}`) },
    6,
  ],
  [
    'answered with a redirect that quotes everything',
    {
      token: (members, { body }) =>
        text(302, 'text/html', '', {
          location: `https://as.example/?${body}#access_token=${members.access_token}`,
        }),
    },
    6,
  ],
  [
    'answered with tokens in a form',
    {
      token: (members) =>
        text(200, 'text/plain', `${new URLSearchParams(members as Record<string, string>)}`),
    },
    0,
  ],
  [
    'answered with tokens under other names',
    { token: ({ access_token: token = '', ...rest }) => json(200, { ...rest, token }) },
    0,
  ],
  [
    'answered with tokens cut short',
    { token: (members) => text(200, 'application/json', JSON.stringify(members).slice(0, -1)) },
    6,
  ],
  [
    'answered with tokens and an error',
    { token: (members) => json(200, { ...members, error: 'server_error' }) },
    3,
  ],
  [
    'whose ID token is for another client',
    { idToken: ({ header, claims }) => forged(header, { ...claims, aud: 'x' }) },
    6,
  ],
  [
    'whose ID token is refused',
    { idToken: ({ header, claims }) => forged({ ...header, alg: 'none' }, claims) },
    6,
  ],
  [
    'whose access token is refused and quoted',
    {
      userinfo: (_, { headers }) =>
        text(401, 'text/plain', `No: ${headers.authorization}`, {
          'www-authenticate': `Bearer error_description="${headers.authorization}"`,
        }),
    },
    0,
  ],
  [
    'whose UserInfo quotes the access token',
    { userinfo: (claims, { headers }) => json(200, { ...claims, sub: `${headers.authorization}` }) },
    6,
  ],
  ['whose token endpoint says nothing', { token: () => 'silence' }, 5],
  ['whose token endpoint hangs up', { token: () => 'hang-up' }, 5],
];

const modes: readonly [string, readonly string[]][] = [
  ['text', []],
  ['--json', ['--json']],
  ['-v', ['-v']],
  ['-v --json', ['-v', '--json']],
  ['-q', ['-q']],
  ['--debug -v', ['--debug', '-v']],
];

describe.each(modes)('with %s', (_, flags) => {
  it.each(courses)('a confidential client shows no secret in a login %s', async (__, script, status) => {
    await expectNoSecret(script, 'client_secret_basic', flags, status);
  });
});

describe.each(clients)('a client with %s', (method) => {
  it.each(courses)('shows no secret with -v in a login %s', async (_, script, status) => {
    await expectNoSecret(script, method, ['-v'], status);
    await expectNoSecret(script, method, ['-v', '--json'], status);
  });
});

describe('--show-secrets', () => {
  it.each(clients)('shows with -v all that a client with %s sends and gets', async (method) => {
    const { login, secrets } = await loginWith({}, method, ['-v', '--show-secrets']);
    expect(login.status).toBe(0);
    const shown = new Set(findSecrets(login.stderr, secrets).map(({ secret }) => secret));
    const { private_key: _, pem: __, client_secret: ___, ...exchanged } = Object.fromEntries(secrets);
    expect([...shown]).toEqual(expect.arrayContaining(Object.keys(exchanged)));
    if (method === 'client_secret_post') expect(shown).toContain('client_secret');
    expect(shown).not.toContain('private_key');
    expect(shown).not.toContain('pem');
    expect(findSecrets(login.stdout, secrets).map(({ secret }) => secret)).toContain('access_token');
  });

  it('leaves a quoted secret in the error too', async () => {
    const [, script = {}] = courses.find(([course]) => course === 'refused with everything quoted') ?? [];
    const { login, secrets } = await loginWith(script, 'client_secret_post', ['--json', '--show-secrets']);
    const last = login.stderr.trimEnd().split('\n').at(-1) ?? '';
    const shown = new Set(findSecrets(last, secrets).map(({ secret }) => secret));
    expect(shown).toEqual(new Set(['client_secret', 'code', 'code_verifier']));
  });
});

async function expectNoSecret(
  script: Script,
  method: ScriptedClient['method'],
  flags: readonly string[],
  status: number,
): Promise<void> {
  const { login, secrets } = await loginWith(script, method, flags);
  expect(login.status).toBe(status);
  expect(findSecrets(login.stderr, secrets)).toEqual([]);
  expect(findSecrets(login.pages, secrets)).toEqual([]);
  const asked = flags.includes('--json') ? ['access_token', 'refresh_token', 'id_token'] : [];
  const hidden = [...secrets].filter(([name]) => !asked.includes(name));
  expect(findSecrets(login.stdout, new Map(hidden))).toEqual([]);
}

async function loginWith(script: Script, method: ScriptedClient['method'], flags: readonly string[]) {
  const [, credentials = () => ({}), args = []] = clients.find(([name]) => name === method) ?? [];
  const pages: string[] = [];
  const login: ScriptedLogin = await loginAgainst(
    { ...script, client: { clientId: 'client-1', method, ...credentials() } },
    {
      json: false,
      args: ['--timeout', '0.2', ...args, ...flags],
      surroundings: {
        env: { THE_SECRET: clientSecret },
        files: { '/secret': `${clientSecret}\n`, '/key.pem': pem() },
        stdin: clientSecret,
      },
      visit: async (url) => void pages.push(await (await fetch(url)).text()),
    },
  );
  const secrets = new Map(login.server.secrets);
  secrets.set('client_secret', clientSecret);
  secrets.set('private_key', String(privateKey().export({ format: 'jwk' }).d));
  secrets.set('pem', pem().split('\n')[1] ?? '');
  return { login: { ...login, pages: pages.join('\n') }, secrets };
}

function forged(header: object, claims: object): string {
  return [header, claims, 'signature']
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}
