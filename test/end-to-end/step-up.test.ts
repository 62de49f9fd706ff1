import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signedToken } from '../../src/idp/misbehaviours/forged-token.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type ScriptedServer, startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { createTestHome, type TestHome } from '../fakes/saved-sessions.ts';

let server: ScriptedServer;
let api: ApiServer;
let home: TestHome;
/** What the API says to a request, by the number of logins before it. */
let challenge: (logins: number) => string | undefined;

const person = { stdinIsTTY: true, stderr: { isTTY: true } } as const;
const run = (argv: readonly string[], terminal: typeof person | object = person) =>
  runHere(argv, {
    ...terminal,
    env: home.env,
    async visit(url) {
      await (await fetch(url)).text();
    },
  });
const logins = () =>
  server.requests.filter(({ endpoint }) => endpoint === 'authorize').map(({ url }) => url.searchParams);
const request = (...args: readonly string[]) => ['request', `${api.origin}/x`, '-p', 'work', ...args];

beforeEach(async () => {
  server = await startScriptedServer({
    idToken: ({ header, claims, key }) =>
      signedToken(header, { ...claims, auth_time: claims.iat ?? null, acr: 'gold' }, key),
  });
  api = await startApiServer(({ headers }) => {
    const field = challenge(logins().length);
    return field === undefined
      ? json(200, { token: headers.authorization?.split(' ')[0] })
      : json(401, {}, { 'www-authenticate': field });
  });
  home = createTestHome();
});
afterEach(async () => {
  await Promise.all([server.close(), api.close()]);
  home.remove();
});

async function logIn(...args: readonly string[]): Promise<void> {
  const named = ['--issuer', server.issuer, '--client-id', 'client-1', '--save', 'work'];
  const redirect = ['--redirect-uri', 'http://127.0.0.1:0/callback'];
  const { status, stderr } = await run(['login', ...named, ...redirect, '--scope', 'openid read', ...args]);
  expect(status, stderr).toBe(0);
}

const stepUp = 'Bearer error="insufficient_user_authentication", acr_values="gold", max_age="60"';

describe('request --step-up', () => {
  it('logs in as the API wants, and asks once more', async () => {
    challenge = (count) => (count < 2 ? stepUp : undefined);
    await logIn();
    const { status, stdout, stderr } = await run(request('--step-up'));
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ token: 'Bearer' });
    const [, second] = logins();
    expect(Object.fromEntries(second ?? [])).toMatchObject({
      scope: 'openid read',
      acr_values: 'gold',
      max_age: '60',
    });
    expect(api.requests).toHaveLength(2);
    expect(api.requests[0]?.headers.authorization).not.toBe(api.requests[1]?.headers.authorization);
  });

  it('asks for the scope of the session and that of the challenge, with the key of the session', async () => {
    challenge = (count) => (count < 2 ? 'DPoP error="insufficient_scope", scope="read admin"' : undefined);
    await logIn('--dpop');
    const { status, stdout, stderr } = await run(request('--step-up', '--json', '-d', 'a=1'));
    expect(status, stderr).toBe(0);
    expect(JSON.parse(JSON.parse(stdout).response.body)).toEqual({ token: 'DPoP' });
    const [first, second] = logins();
    expect(second?.get('scope')).toBe('openid read admin');
    expect(second?.get('dpop_jkt')).toBe(first?.get('dpop_jkt'));
    expect(api.requests.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  it('keeps what an earlier one gained', async () => {
    await logIn();
    for (const scope of ['admin', 'write']) {
      challenge = (count) =>
        count % 2 === (scope === 'admin' ? 1 : 0)
          ? `Bearer error="insufficient_scope", scope="${scope}"`
          : undefined;
      const { status, stderr } = await run(request('--step-up'));
      expect(status, stderr).toBe(0);
    }
    expect(logins().map((asked) => asked.get('scope'))).toEqual([
      'openid read',
      'openid read admin',
      'openid read admin write',
    ]);
  });

  it('keeps what one gained for the same resources in another order', async () => {
    const [a, b] = [`${api.origin}/a`, `${api.origin}/b`];
    for (const [resources, scope] of [
      [[a, b], 'admin'],
      [[b, a], 'write'],
    ] as const) {
      await logIn(...resources.flatMap((one) => ['--resource', one]), '-y');
      const before = logins().length;
      challenge = (count) =>
        count === before ? `Bearer error="insufficient_scope", scope="${scope}"` : undefined;
      const { status, stderr } = await run(request('--step-up'));
      expect(status, stderr).toBe(0);
    }
    expect(logins().at(-1)?.get('scope')).toBe('openid read admin write');
  });

  it('does so once: the second refusal stands', async () => {
    challenge = () => stepUp;
    await logIn();
    const refused = await run(request('--step-up', '--json'));
    expect(refused.stderr).toContain(
      'The new login did not satisfy the API, which wants acr_values gold, max_age 60.',
    );
    expect(errorOf(refused)).toMatchObject({
      code: 'endpoint_error',
      message: 'The API refused the token of the new login: insufficient_user_authentication.',
      oauth: { error: 'insufficient_user_authentication', status: 401 },
    });
    expect(logins()).toHaveLength(2);
    expect(api.requests).toHaveLength(2);
  });

  it('names a flow that can ask for the level, and takes it', async () => {
    challenge = (count) => (count < 2 ? stepUp : undefined);
    await logIn();
    const edit = await run(['profile', 'edit', 'work', '--set', 'flow=device']);
    expect(edit.status, edit.stderr).toBe(0);
    const plain = await run(request(), {});
    expect(plain.stderr.replace(/\s+/g, ' ')).toContain(
      'oauth-code login -p work --flow code --acr-values "gold" --max-age 60',
    );
    const { status, stderr } = await run(request('--step-up'));
    expect(status, stderr).toBe(0);
    expect(logins()[1]?.get('acr_values')).toBe('gold');
  });

  it('names the command where no user can be asked: exit 4', async () => {
    challenge = () => stepUp;
    await logIn();
    for (const [args, terminal] of [
      [[], {}],
      [['--no-input'], person],
    ] as const) {
      expect(errorOf(await run(request('--step-up', '--json', ...args), terminal))).toMatchObject({
        code: 'login_required',
        exit_code: 4,
        hint: 'Log in for it: oauth-code login -p work --acr-values "gold" --max-age 60',
      });
    }
    expect(logins()).toHaveLength(1);
  });

  it.each([
    ['another error', 'Bearer error="invalid_token"'],
    ['a scope that is not named', 'Bearer error="insufficient_scope"'],
    ['a scope that the token has', 'Bearer error="insufficient_scope", scope="read"'],
  ])('does not log in for %s', async (_, field) => {
    challenge = () => field;
    await logIn();
    expect((await run(request('--step-up'))).status).toBe(3);
    expect(logins()).toHaveLength(1);
  });

  it('is refused beside a token that is of no session, and beside --max-age', async () => {
    challenge = () => undefined;
    await logIn();
    expect((await run(request('--step-up', '--max-age', '5'))).status).toBe(2);
    expect((await run(request('--step-up', '--access-token-env', 'T'))).status).toBe(2);
  });
});
