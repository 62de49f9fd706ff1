import { describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json, text } from '../../src/idp/misbehaviours/reply.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { findSecrets } from './secret-search.ts';
import { spawnLogin } from './spawned-login.ts';

const toTheToken = ['discovery', 'keys', 'authorize', 'token'];
const clientSecret = 'S3cr&t/with+odd?characters="<of>"=40%20';
const confidential: Script = {
  client: { clientId: 'client-1', method: 'client_secret_basic', clientSecret },
};
const asConfidential = ['--client-secret-env', 'THE_SECRET'];
const secretEnv = { THE_SECRET: clientSecret };

/** One case of each exit status of a login that a server can cause, through the bin as it is published. */
const courses: readonly [string, Script, number, string | undefined, readonly string[]][] = [
  ['succeeds', {}, 0, undefined, [...toTheToken, 'userinfo']],
  [
    'is denied',
    { answer: ({ state = '', iss = '' }) => ({ error: 'access_denied', state, iss }) },
    3,
    'authorization_error',
    toTheToken.slice(0, -1),
  ],
  [
    'is refused at the token endpoint',
    { token: () => json(400, { error: 'invalid_grant' }) },
    3,
    'token_error',
    toTheToken,
  ],
  ['is cut off', { token: () => 'hang-up' }, 5, 'network', toTheToken],
  ['is kept waiting', { token: () => 'silence' }, 5, 'timeout', toTheToken],
  [
    'gets a page',
    { token: () => text(502, 'text/html', '<!doctype html><html></html>') },
    6,
    'invalid_response',
    toTheToken,
  ],
  [
    'gets a forged ID token',
    { idToken: ({ header, claims }) => signedToken(header, claims, testKey('RS256', 'attacker')) },
    6,
    'validation_failed',
    toTheToken,
  ],
];

describe('the built program', () => {
  it.each(courses)(
    'that %s ends as documented, keeps its secrets and leaves no file',
    async (_, script, status, code, seen) => {
      const args = [...asConfidential, '--json', '-v', '--timeout', code === 'timeout' ? '2' : '30'];
      const login = await spawnLogin({ ...confidential, ...script }, args, secretEnv);
      expect({
        status: login.status,
        seen: login.server.seen(),
        complaints: login.server.complaints,
      }).toEqual({
        status,
        seen,
        complaints: [],
      });
      if (code === undefined)
        expect(JSON.parse(login.stdout)).toMatchObject({ version: 1, client_id: 'client-1' });
      else {
        expect(login.stdout).toBe('');
        const last = JSON.parse(login.stderr.trimEnd().split('\n').at(-1) ?? '');
        expect(last).toMatchObject({ version: 1, error: { code, exit_code: status } });
      }
      const secrets = new Map([...login.server.secrets, ['client_secret', clientSecret] as const]);
      expect(secrets.size).toBeGreaterThan(1);
      expect(findSecrets(login.stderr, secrets)).toEqual([]);
      expect(login.files).toBe('');
    },
  );

  it('shows its secrets when asked to', async () => {
    const args = [...asConfidential, '-v', '--show-secrets'];
    const login = await spawnLogin(confidential, args, secretEnv);
    const shown = new Set(findSecrets(login.stderr, login.server.secrets).map(({ secret }) => secret));
    expect(shown).toEqual(
      new Set(['code', 'code_verifier', 'basic_credentials', 'access_token', 'refresh_token', 'id_token']),
    );
  });

  it('reports a foreign answer when the wait is over', async () => {
    const script: Script = { answer: (sound) => ({ ...sound, state: 'a-state-of-another-login' }) };
    const login = await spawnLogin(script, ['--json', '--browser-timeout', '2']);
    expect(login).toMatchObject({ status: 6, stdout: '' });
    expect(JSON.parse(login.stderr.trimEnd().split('\n').at(-1) ?? '').error.check).toBe('state-mismatch');
    expect(login.server.seen()).toEqual(toTheToken.slice(0, -1));
  });
});
