import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { misbehaviours } from '../../src/idp/misbehaviours.ts';
import { failureOf, loginAgainst, resultOf } from './scripted-login.ts';

/** Words of our own prose, each of which is a secret here: a parameter whose value is hidden wherever it is foreign. */
const secrets = {
  password: 'wrong',
  token: 'secret',
  device_secret: 'client',
  oauth_token: 'invalid',
  actor_token: 'signature',
  assertion: 'certificate',
  device_code: 'credentials',
  id_token_hint: 'registered',
  initial_access_token: 'response',
  login_hint_token: 'Discovery',
  logout_token: 'algorithm',
  registration_access_token: 'identifier',
  subject_token: 'character',
  auth_req_id: 'server published',
};

const args = ['--timeout', '1', '--browser-timeout', '1'];
const parameters = Object.entries(secrets).map(([name, value]) => `${name}=${value}`);
const surroundings = { env: { OAUTH_CODE_TOKEN_PARAM: parameters.join('\n') } };

const placeholders = new RegExp(`‹(?:${Object.keys(secrets).join('|')})(?: \\d+)?›`);

describe('with secrets that are words of ours', () => {
  it.each(misbehaviours.filter(({ expects }) => expects === undefined))(
    'nothing that is said of $id is hidden',
    async ({ script }) => {
      const login = await loginAgainst(script, { args, surroundings, afterKeys: false });
      const { checks, ...rest } = login.status === 0 ? resultOf(login) : failureOf(login);
      const judged = {
        checks,
        ...('error' in rest ? { ...rest, error: { ...rest.error, oauth: undefined } } : {}),
      };
      const said = [JSON.stringify(judged)];
      expect(said.join('\n')).not.toMatch(placeholders);
    },
  );

  it.each([
    ['that succeeds', {}],
    ['that fails', { token: () => json(200, { access_token: 'a', token_type: 'Bearer', id_token: 'x' }) }],
  ])('nothing is hidden of what is told and recorded of a login %s', async (_, script) => {
    const folder = mkdtempSync(join(tmpdir(), 'oauth-code-own-words-'));
    try {
      const trace = join(folder, 'run.json');
      const login = await loginAgainst(script, {
        json: false,
        surroundings,
        args: [...args, '--trace', trace],
      });
      expect(login.stdout + login.stderr).not.toMatch(placeholders);
      const { outcome, events } = JSON.parse(readFileSync(trace, 'utf8'));
      const judged = events.filter(({ type }: { type: string }) => type === 'checks');
      expect(judged.length).toBeGreaterThan(1);
      expect(JSON.stringify([outcome, judged])).not.toMatch(placeholders);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(Object.entries(secrets))('%s is hidden where the server says %s', async (name, value) => {
    const login = await loginAgainst(
      { token: () => json(400, { error: value, error_description: value, error_uri: value }) },
      { args, surroundings },
    );
    const { error } = failureOf(login);
    const hidden = `‹${name}›`;
    expect(error.oauth).toMatchObject({ error: hidden, error_description: hidden, error_uri: hidden });
    expect(error.message).toBe(`The token endpoint refused the request: ${hidden}.`);
  });
});
