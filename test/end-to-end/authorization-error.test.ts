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
    ['without state', ({ iss = '' }) => ({ ...denied, iss }), ['state-missing']],
    ['with another iss', ({ state = '' }) => ({ ...denied, state, iss: 'https://evil.example' }), ['iss']],
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
