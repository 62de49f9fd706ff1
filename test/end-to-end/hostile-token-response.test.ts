import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { json, type Reply, type SeenRequest, text } from '../../src/idp/misbehaviours/reply.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { oddTokenErrors, unreadableTokenResponses } from '../../src/idp/misbehaviours/token-response.ts';
import { activeCharacters, failureOf, loginAgainst, objectionsIn, refusalOf } from './scripted-login.ts';

const toTheToken = ['discovery', 'keys', 'authorize', 'token'];
const mebibyte = 1024 * 1024;

describe('a token response that is none', () => {
  it.each(unreadableTokenResponses)(
    '$wrong ends the login as unreadable',
    async ({ script, checks: listed }) => {
      const login = await loginAgainst(script);
      expect(refusalOf(login)).toEqual({
        status: 6,
        code: 'invalid_response',
        step: 'token',
        check: undefined,
        failed: [],
        seen: toTheToken,
      });
      expect(objectionsIn(failureOf(login).checks)).toEqual(expect.arrayContaining([...listed]));
    },
  );

  it.each([301, 302, 303, 307, 308])('is not looked for behind a redirect with status %i', async (status) => {
    const login = await loginAgainst({
      token: () => text(status, 'text/html', '', { location: '/elsewhere?access_token=at-of-a-redirect' }),
    });
    expect(refusalOf(login)).toMatchObject({
      status: 6,
      code: 'invalid_response',
      step: 'token',
      seen: toTheToken,
    });
    expect(failureOf(login).error.hint).toContain('/elsewhere');
    expect(login.stderr).not.toContain('at-of-a-redirect');
  });

  it.each<[string, Reply, string]>([
    [
      'larger than 10 MiB',
      text(200, 'application/json', Buffer.alloc(11 * mebibyte, 0x20)),
      'larger than 10 MiB',
    ],
    [
      'larger than 10 MiB once decompressed',
      text(200, 'application/json', gzipSync(Buffer.alloc(50 * mebibyte)), { 'content-encoding': 'gzip' }),
      'after decompression',
    ],
    [
      'not compressed as it says',
      text(200, 'application/json', '{}', { 'content-encoding': 'gzip' }),
      'but it is not',
    ],
    [
      'compressed as nobody knows',
      text(200, 'application/json', '{}', { 'content-encoding': 'zstd' }),
      'cannot be decoded',
    ],
  ])('is refused when it is %s', async (_, reply, message) => {
    const login = await loginAgainst({ token: () => reply });
    expect(refusalOf(login)).toMatchObject({
      status: 6,
      code: 'invalid_response',
      step: 'token',
      seen: toTheToken,
    });
    expect(failureOf(login).error.message).toContain(message);
  });

  it.each<[string, Reply, 'timeout' | 'network']>([
    ['never comes', 'silence', 'timeout'],
    ['is a closed connection', 'hang-up', 'network'],
  ])('that %s is not asked for twice', async (_, reply, code) => {
    const login = await loginAgainst(
      { token: () => reply },
      { args: ['--timeout', code === 'timeout' ? '1.5' : '30'] },
    );
    expect(refusalOf(login)).toEqual({
      status: 5,
      code,
      step: 'token',
      check: undefined,
      failed: [],
      seen: toTheToken,
    });
  });
});

describe('an OAuth error of the token endpoint', () => {
  const error = {
    error: 'invalid_grant',
    error_description: 'Code not valid',
    error_uri: 'https://as.example/e',
  };

  it.each([
    { wrong: 'with status 400', script: { token: () => json(400, error) }, checks: [] },
    ...oddTokenErrors,
  ])('$wrong is shown unaltered', async ({ script, checks: listed }) => {
    const reply = script.token?.({}, {} as SeenRequest) ?? 'silence';
    const login = await loginAgainst(script);
    expect(refusalOf(login)).toEqual({
      status: 3,
      code: 'token_error',
      step: 'token',
      check: undefined,
      failed: [],
      seen: toTheToken,
    });
    const { error: said, checks } = failureOf(login);
    expect(said.oauth).toEqual({ ...error, status: typeof reply === 'string' ? null : reply.status });
    expect(objectionsIn(checks)).toEqual(listed);
    expect(login.stderr).not.toContain('at-beside');
  });

  it('names the method that was used and those that are advertised for invalid_client', async () => {
    const client = { clientId: 'client-1', method: 'client_secret_basic', clientSecret: 'right' } as const;
    const login = await loginAgainst(
      { client },
      { args: ['--client-secret-env', 'S'], surroundings: { env: { S: 'wrong-secret' } } },
    );
    expect(refusalOf(login)).toMatchObject({ status: 3, code: 'token_error', seen: toTheToken });
    expect(failureOf(login).error).toMatchObject({
      message: expect.stringMatching(/was client_secret_basic, which the server advertises/),
      oauth: { error: 'invalid_client', status: 401 },
    });
  });

  it('is inert in a terminal whatever it holds', async () => {
    const description = 'red \u001b[31m, \u009b2J, reversed \u202eevil\u2066, line\r\n✓ Signed in';
    const script: Script = {
      token: () => json(400, { error: 'a\u001bb\nc', error_description: description }),
    };
    const inText = await loginAgainst(script, { json: false });
    expect(inText).toMatchObject({ status: 3, stdout: '' });
    expect(inText.stderr).not.toMatch(activeCharacters);
    expect(inText.stderr).not.toMatch(/^\s*✓ Signed in/m);
    expect(inText.stderr).toContain('reversed \\u{202e}evil');

    const inJson = await loginAgainst(script);
    expect(failureOf(inJson).error.oauth).toMatchObject({
      error: 'a\u001bb\nc',
      error_description: description,
    });
    expect(inJson.stderr).not.toMatch(activeCharacters);
    expect(objectionsIn(failureOf(inJson).checks)).toContain('error-description-charset');
  });
});
