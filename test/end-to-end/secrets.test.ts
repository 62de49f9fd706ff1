import { describe, expect, it } from 'vitest';
import type { ScriptedClient } from '../../src/idp/misbehaviours/scripted-authorizations.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { everyCase } from '../every-case.ts';
import { clientSecret, clients, courses, pem, privateKey, timeoutOf } from './quoting-courses.ts';
import { loginAgainst, type ScriptedLogin } from './scripted-login.ts';
import { findSecrets } from './secret-search.ts';

const modes: readonly [string, readonly string[]][] = [
  ['text', []],
  ['--json', ['--json']],
  ['-v', ['-v']],
  ['-v --json', ['-v', '--json']],
  ['-q', ['-q']],
  ['--debug -v', ['--debug', '-v']],
];

const quoting = courses.filter(([course]) => everyCase || /succeeds|quote/.test(course));

describe.each(modes)('with %s', (mode, flags) => {
  // The text and the JSON of every course; the other outputs where the server quotes what it was sent.
  it.each(['text', '--json'].includes(mode) ? courses : quoting)(
    'a confidential client shows no secret in a login %s',
    async (_, script, status) => {
      await expectNoSecret(script, 'client_secret_basic', flags, status);
    },
  );
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
      args: ['--timeout', timeoutOf(script), ...args, ...flags],
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
