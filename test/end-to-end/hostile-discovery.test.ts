import { describe, expect, it } from 'vitest';
import { oddMetadata, refusedMetadata } from '../../src/idp/misbehaviours/metadata-and-keys.ts';
import { json, type Reply, text } from '../../src/idp/misbehaviours/reply.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { failureOf, loginAgainst, objectionsIn, outcomesOf, refusalOf, resultOf } from './scripted-login.ts';

const wholeLogin = ['discovery', 'keys', 'authorize', 'token', 'userinfo'];
const html = '<!doctype html><html><title>Sign in</title></html>';
const without = (name: string) => (sound: JsonObject) => {
  const { [name]: _, ...rest } = sound;
  return rest;
};
const slashed = (issuer: string) => `${issuer}/`;

describe('metadata', () => {
  it.each([
    ...refusedMetadata.map(({ wrong, script }) => ({ wrong, script, issuer: undefined })),
    { wrong: 'metadata whose issuer has a slash less', script: {}, issuer: slashed },
  ])('$wrong ends the login before any other request, and no browser opens', async ({ script, issuer }) => {
    const login = await loginAgainst(script, issuer === undefined ? {} : { issuer });
    expect(refusalOf(login)).toEqual({
      status: 6,
      code: 'validation_failed',
      step: 'discovery',
      check: 'metadata-issuer',
      failed: ['metadata-issuer'],
      seen: ['discovery'],
    });
    expect(login.browserOpened).toBe(false);
  });

  it('of another issuer is used when exactly that is waived, and its tokens are still compared', async () => {
    const metadata: Script['metadata'] = (sound) => ({ ...sound, issuer: `${sound.issuer}/tenant` });
    const login = await loginAgainst({ metadata }, { args: ['--no-verify', 'metadata-issuer'] });
    const result = resultOf(login);
    expect(outcomesOf(result.checks, 'metadata-issuer')).toEqual(['warn']);
    expect(outcomesOf(result.checks, 'id-token-iss')).toEqual(['pass']);
  });

  it.each<[string, Script['metadata'], RegExp]>([
    ['without authorization_endpoint', without('authorization_endpoint'), /no authorization_endpoint/],
    ['without token_endpoint', without('token_endpoint'), /no token_endpoint/],
    ['whose token_endpoint is a number', (sound) => ({ ...sound, token_endpoint: 7 }), /no token_endpoint/],
    [
      'whose token_endpoint is not a URL',
      (sound) => ({ ...sound, token_endpoint: '/token' }),
      /token_endpoint .* not an http or https URL/,
    ],
    [
      'whose authorization_endpoint is a script',
      (sound) => ({ ...sound, authorization_endpoint: 'javascript:alert(1)' }),
      /authorization_endpoint .* not an http/,
    ],
    [
      'whose authorization_endpoint is a file',
      (sound) => ({ ...sound, authorization_endpoint: 'file:///etc/passwd' }),
      /authorization_endpoint .* not an http/,
    ],
    [
      'whose token_endpoint holds a password',
      (sound) => ({ ...sound, token_endpoint: 'https://a:b@127.0.0.1/t' }),
      /user name or password/,
    ],
  ])('%s ends the login before any other request, and no browser opens', async (_, metadata, message) => {
    const login = await loginAgainst(metadata === undefined ? {} : { metadata });
    // An endpoint that is not there can be given by an option: that is for the user to do.
    const isMissing = /^no /.test(message.source);
    expect(refusalOf(login)).toMatchObject({
      status: isMissing ? 2 : 6,
      code: isMissing ? 'usage' : 'invalid_response',
      step: 'discovery',
      check: undefined,
      failed: [],
      seen: ['discovery'],
    });
    expect(failureOf(login).error.message).toMatch(message);
    expect(login.browserOpened).toBe(false);
  });

  it.each<[string, Reply, RegExp]>([
    ['an HTML page', text(200, 'text/html', html), /no JSON object/],
    ['empty', text(200, 'application/json', ''), /no JSON object/],
    ['malformed', text(200, 'application/json', '{"issuer":'), /no JSON object/],
    ['an array', json(200, []), /no JSON object/],
    ['not found', text(404, 'text/html', html), /status 404/],
    ['a failure', text(503, 'text/plain', 'busy'), /status 503/],
    ['a redirect', text(302, 'text/html', '', { location: '/elsewhere' }), /redirects to \/elsewhere/],
    ['a success with another status', json(201, {}), /status 201/],
  ])('(%s) is looked for at both places, and nothing more is asked', async (_, reply, message) => {
    const login = await loginAgainst({ discovery: () => reply });
    expect(refusalOf(login)).toEqual({
      status: 6,
      code: 'invalid_response',
      step: 'discovery',
      check: undefined,
      failed: [],
      seen: ['discovery', 'discovery'],
    });
    expect(failureOf(login).error.message).toMatch(message);
    expect(login.server.requests.map(({ url }) => url.pathname)).toEqual([
      '/.well-known/openid-configuration',
      '/.well-known/oauth-authorization-server',
    ]);
  });

  it('that is too large is refused', async () => {
    const reply = text(200, 'application/json', Buffer.alloc(11 * 1024 * 1024, 0x20));
    const login = await loginAgainst({ discovery: () => reply });
    expect(refusalOf(login)).toMatchObject({ status: 6, code: 'invalid_response', step: 'discovery' });
  });

  it.each([
    ['silence', 'timeout'],
    ['hang-up', 'network'],
  ] as const)('that never comes (%s) ends the login', async (reply, code) => {
    const login = await loginAgainst(
      { discovery: () => reply },
      { args: ['--timeout', code === 'timeout' ? '1.5' : '30'] },
    );
    expect(refusalOf(login)).toMatchObject({
      status: 5,
      code,
      step: 'discovery',
      failed: [],
      seen: ['discovery'],
    });
    expect(login.browserOpened).toBe(false);
  });

  it.each(oddMetadata)(
    '$wrong does for a login, and says what is odd',
    async ({ script, checks: listed }) => {
      const login = await loginAgainst(script);
      expect(objectionsIn(resultOf(login).checks)).toEqual(listed);
      expect({ seen: login.seen, complaints: login.complaints }).toEqual({
        seen: wholeLogin,
        complaints: [],
      });
    },
  );
});
