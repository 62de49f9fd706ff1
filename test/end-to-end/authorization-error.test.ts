import { describe, expect, it } from 'vitest';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { activeCharacters, failureOf, loginAgainst, refusalOf } from './scripted-login.ts';

const beforeTheCode = ['discovery', 'keys', 'authorize'];

describe('an authorization error', () => {
  const denied = {
    error: 'access_denied',
    error_description: 'No, thank you',
    error_uri: 'https://as.example/no',
  };

  it.each<[string, Script['answer'], readonly string[]]>([
    ['in order', ({ state = '', iss = '' }) => ({ ...denied, state, iss }), []],
    ['without iss', ({ state = '' }) => ({ ...denied, state }), ['iss']],
    ['beside a code', (sound) => ({ ...denied, ...sound }), []],
  ])('%s ends the wait at once and is shown', async (_, answer, failed) => {
    const login = await loginAgainst(answer === undefined ? {} : { answer });
    expect(refusalOf(login)).toEqual({
      status: 3,
      code: 'authorization_error',
      step: 'authorization',
      check: undefined,
      failed,
      seen: beforeTheCode,
    });
    expect(failureOf(login).error.oauth).toEqual({ ...denied, status: null });
  });

  it.each([false, true])('of another iss ends with 6, and is quoted by -v alone: %s', async (verbose) => {
    const script: Script = {
      answer: ({ state = '' }) => ({ ...denied, state, iss: 'https://evil.example' }),
    };
    const login = await loginAgainst(script, { args: verbose ? ['-v'] : [] });
    expect(refusalOf(login)).toEqual({
      status: 6,
      code: 'validation_failed',
      step: 'authorization',
      check: 'iss',
      failed: ['iss'],
      seen: beforeTheCode,
    });
    expect(/access_denied|No,? .*thank|as\.example.no/.test(login.stderr)).toBe(verbose);
  });

  it.concurrent.each([
    ['without state', ({ iss = '' }) => ({ ...denied, iss }), 3, 'state'],
    ['with an empty state', ({ iss = '' }) => ({ ...denied, iss, state: '' }), 3, 'state'],
    ['with neither state nor iss', () => denied, 3, 'state'],
  ] satisfies [string, Script['answer'], number, string][])(
    '%s is told at once, and ends the login when the time is over',
    async (_, answer, status, check) => {
      const login = await loginAgainst({ answer }, { args: ['--browser-timeout', '3', '-q'] });
      expect(refusalOf(login)).toMatchObject({ status, check, step: 'authorization', seen: beforeTheCode });
      expect(login.stderr).toContain('nothing shows that it belongs to this login');
      expect(login.stderr).toContain('No, thank you');
      expect(login.stderr).toMatch(/Ignored .*nothing shows/s);
    },
  );

  it('is shown unaltered, but inert in a terminal', async () => {
    const description = 'red \u001b[31m, bell \u0007, reversed \u202eevil\u202c, line\r\nOK: signed in';
    const script: Script = {
      answer: ({ state = '' }) => ({ error: 'x\u001b]0;t\u0007', error_description: description, state }),
    };
    const inText = await loginAgainst(script, { json: false });
    expect(inText).toMatchObject({ status: 3, stdout: '' });
    expect(inText.stderr).not.toMatch(activeCharacters);
    expect(inText.stderr).toContain('\\u{202e}evil');
    expect(inText.stderr).not.toMatch(/^\s*OK: signed in/m);

    const inJson = await loginAgainst(script);
    expect(failureOf(inJson).error.oauth).toMatchObject({
      error: 'x\u001b]0;t\u0007',
      error_description: description,
    });
    expect(inJson.stderr).not.toMatch(activeCharacters);
  });
});
