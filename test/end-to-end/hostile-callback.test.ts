import { describe, expect, it } from 'vitest';
import { ignoredAnswers, refusedAnswers } from '../../src/idp/misbehaviours/authorization-response.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import {
  failureOf,
  follow,
  loginAgainst,
  objectionsIn,
  outcomesOf,
  refusalOf,
  resultOf,
} from './scripted-login.ts';

const beforeTheCode = ['discovery', 'keys', 'authorize'];
const wholeLogin = [...beforeTheCode, 'token', 'userinfo'];
const impatient = { args: ['--browser-timeout', '2'] };
const foreign = 'a-state-of-another-login';

/** The callback that the server would send the browser to, without going there. */
async function callbackOf(url: string): Promise<URL> {
  const { headers } = await fetch(url, { redirect: 'manual' });
  return new URL(headers.get('location') ?? '');
}

describe('an authorization response that ends the login', () => {
  it.each(refusedAnswers)('$wrong is refused', async ({ script, checks: [check], options: args }) => {
    const login = await loginAgainst(script, { args });
    expect(refusalOf(login)).toEqual({
      status: 6,
      code: 'validation_failed',
      step: 'authorization',
      check,
      failed: [check],
      seen: beforeTheCode,
    });
  });

  it('names the foreign state when it stands before the own one', async () => {
    const login = await loginAgainst({
      answer: ({ state, ...rest }) => `${new URLSearchParams({ state: foreign, ...rest })}&state=${state}`,
    });
    expect(refusalOf(login)).toMatchObject({
      status: 6,
      check: 'state-mismatch',
      failed: ['state-mismatch', 'callback-parameter-repeated'],
      seen: beforeTheCode,
    });
  });
});

describe('an authorization response that is not ours', () => {
  it.each(ignoredAnswers)(
    '$wrong is ignored, and reported when nothing better comes',
    async ({ script, checks: [check] }) => {
      const login = await loginAgainst(script, impatient);
      expect(refusalOf(login)).toEqual({
        status: 6,
        code: 'validation_failed',
        step: 'authorization',
        check,
        failed: [check],
        seen: beforeTheCode,
      });
      expect(login.stderr).toContain('Ignored');
    },
  );

  it.each<[string, (callback: URL) => void]>([
    ['a foreign state', (callback) => callback.searchParams.set('state', foreign)],
    ['no state', (callback) => callback.searchParams.delete('state')],
    ['neither code nor error', (callback) => callback.searchParams.delete('code')],
  ])('with %s does not disturb the one that follows', async (_, spoil) => {
    let refused = 0;
    const login = await loginAgainst(
      {},
      {
        async visit(url) {
          const callback = await callbackOf(url);
          const forged = new URL(callback);
          spoil(forged);
          refused = (await fetch(forged)).status;
          await follow(callback.href);
        },
      },
    );
    expect(objectionsIn(resultOf(login).checks)).toEqual([]);
    expect({ refused, seen: login.seen }).toEqual({ refused: 400, seen: wholeLogin });
  });

  it('leaves a time-out when nothing comes at all', async () => {
    const login = await loginAgainst(
      {},
      { ...impatient, visit: async (url) => void (await callbackOf(url)) },
    );
    expect(refusalOf(login)).toEqual({
      status: 5,
      code: 'timeout',
      step: 'authorization',
      check: undefined,
      failed: [],
      // The page is looked at, in case it is an error.
      seen: [...beforeTheCode, 'authorize'],
    });
    expect(failureOf(login).error.hint).toContain('is not registered');
  });
});

describe('--no-verify of a check of the authorization response', () => {
  it.each<[string, Script['answer']]>([
    ['iss', (sound) => ({ ...sound, iss: 'https://evil.example' })],
    ['state-missing', ({ state: _, ...rest }) => rest],
    ['state-mismatch', (sound) => ({ ...sound, state: foreign })],
    ['callback-parameter-repeated', (sound) => `${new URLSearchParams(sound)}&iss=x`],
  ])('%s goes on with a warning', async (check, answer) => {
    const login = await loginAgainst(answer === undefined ? {} : { answer }, {
      args: ['--no-verify', check, ...impatient.args],
    });
    const { checks } = resultOf(login);
    expect(outcomesOf(checks, check)).toEqual(['warn']);
    expect(checks.find(({ id }) => id === check)?.detail).toContain('was waived');
    expect(login.seen).toEqual(wholeLogin);
  });

  it('waives no other check', async () => {
    const answer: Script['answer'] = (sound) =>
      `${new URLSearchParams({ ...sound, iss: 'https://evil.example' })}&code=x`;
    const login = await loginAgainst({ answer }, { args: ['--no-verify', 'iss'] });
    expect(refusalOf(login)).toMatchObject({
      status: 6,
      failed: ['callback-parameter-repeated'],
      seen: beforeTheCode,
    });
  });
});
