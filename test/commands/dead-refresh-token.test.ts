import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/json/json.ts';
import type { Session } from '../../src/storage/session-store.ts';
import { type RotatingServer, startRotatingServer, type TokenAnswer } from '../fakes/rotating-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { clientAt, createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';

let server: RotatingServer;
let home: TestHome;
let answer: TokenAnswer | undefined;
let session: Session;

beforeEach(async () => {
  server = await startRotatingServer({ rotates: false, answer: (sound) => answer ?? sound });
  home = createTestHome();
  session = sessionWith(server, { validForSeconds: -1 });
  home.save(session);
});
afterEach(async () => {
  await server.close();
  home.remove();
});

const run = (command: string, ...args: readonly string[]) =>
  runHere([command, '--issuer', server.origin, '--client-id', 'client-1', ...args], { env: home.env });
const saved = () => home.read(clientAt(server.origin));
const error = (code: string, description?: string): JsonObject =>
  description === undefined ? { error: code } : { error: code, error_description: description };

/** Answers to a refresh that say in another way than by invalid_grant that the refresh token is dead. */
const dead: readonly (readonly [string, number, JsonObject | string])[] = [
  [
    'Dex',
    400,
    error('invalid_request', 'Refresh token is invalid or has already been claimed by another client.'),
  ],
  ['GitHub', 200, error('bad_refresh_token', 'The refresh token passed is incorrect or expired.')],
  ['GitHub, by its code', 400, error('bad_refresh_token')],
  ['Slack', 200, { ok: false, error: 'invalid_refresh_token' }],
  ['Slack, a revoked one', 200, { ok: false, error: 'token_revoked' }],
  ['Atlassian', 403, error('unauthorized_client', 'refresh_token is invalid')],
  ['X', 400, error('invalid_request', 'Value passed for the token was invalid.')],
  ['HubSpot', 400, { status: 'BAD_REFRESH_TOKEN', message: 'missing or invalid refresh token' }],
  ['Zoom', 400, { reason: 'Invalid Token!', error: 'invalid_request' }],
  ['LinkedIn', 400, error('invalid_request', 'The provided refresh token has been revoked')],
  [
    'Strava',
    400,
    {
      message: 'Bad Request',
      errors: [{ resource: 'RefreshToken', field: 'refresh_token', code: 'invalid' }],
    },
  ],
  ['a session that has ended', 400, error('invalid_token', 'Session not active')],
  ['a token that was used', 401, error('access_denied', 'This refresh token has been used before')],
  ['a failing status', 500, error('server_error', 'The refresh token was not found.')],
  ['text', 400, 'Refresh token expired'],
];

describe.each(dead)('the dead refresh token of %s', (_, status, body) => {
  it('ends token with 4 and refresh with what the server said; it is kept and not sent again', async () => {
    answer = { status, body };
    const before = saved();
    const refused = errorOf(await run('token', '--json'));
    expect(refused).toMatchObject({ code: 'login_required', exit_code: 4, step: 'token' });
    expect(refused.hint).toContain('oauth-code login --issuer');
    expect(saved().tokens).toEqual(before.tokens);
    expect(server.requests).toHaveLength(1);

    answer = undefined;
    for (const command of ['token', 'refresh']) {
      const again = errorOf(await run(command, '--json'));
      expect(again).toMatchObject({ code: 'login_required', exit_code: 4 });
      expect(again.hint).toContain('oauth-code login --issuer');
    }
    expect(server.requests).toHaveLength(1);

    answer = { status, body };
    home.save(session);
    const shown = errorOf(await run('refresh', '--json'));
    expect(shown).toMatchObject({ exit_code: typeof body === 'string' ? 6 : 3 });
    expect(shown.hint).toContain('oauth-code login --issuer');
    expect(saved().tokens).toEqual(before.tokens);
    expect((await run('token')).status).toBe(4);
    expect(server.requests).toHaveLength(2);
  });
});

/** Answers to a refresh that say nothing of the sort. */
const otherwise: readonly (readonly [string, number, JsonObject | string])[] = [
  [
    'a client that may not refresh',
    400,
    error('unauthorized_client', 'The grant type refresh_token is not valid for this client'),
  ],
  [
    'a grant type that is not supported',
    400,
    error('unsupported_grant_type', "Invalid grant_type 'refresh_token'"),
  ],
  [
    'a client that is unknown',
    401,
    { grant_type: 'refresh_token', ...error('invalid_client', 'Unknown client') },
  ],
  [
    'an assertion that has expired',
    401,
    error('invalid_client', 'The token in client_assertion has expired'),
  ],
  ['a proof that was used before', 400, error('invalid_dpop_proof', 'The DPoP proof token has expired')],
  ['a scope that is too much', 400, error('invalid_scope', 'invalid scope for this refresh token')],
  ['a server that is busy', 503, error('temporarily_unavailable', 'Try again')],
  ['a request that is wrong', 400, error('invalid_request')],
  ['a page', 502, '<h1>Bad gateway</h1>'],
];

it.each(otherwise)('%s leaves the session as it is', async (_, status, body) => {
  answer = { status, body };
  const before = saved();
  expect([3, 6]).toContain((await run('token')).status);
  const { refresh_interrupted_at: _at, ...after } = saved();
  expect(after).toEqual(before);
  answer = undefined;
  expect((await run('token')).status).toBe(0);
});

it('a saved access token is printed as long as it is good, although the refresh token is dead', async () => {
  home.save(sessionWith(server, { validForSeconds: 120 }));
  const { accessToken } = server.last;
  answer = { status: 400, body: error('invalid_request', 'Refresh token is invalid') };
  expect((await run('token', '--min-validity', '600')).status).toBe(4);
  expect(await run('token')).toMatchObject({ status: 0, stdout: `${accessToken}\n` });
});
