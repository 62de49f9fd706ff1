import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../src/idp/misbehaviours/scripted-server.ts';
import type { JsonObject } from '../../src/json/json.ts';
import type { LogoutDocument } from '../../src/output/documents.ts';
import { createTestContext } from '../fakes/context.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { loginAgainst, resultOf } from './scripted-login.ts';

/**
 * The modules of the client test plan of the OpenID Foundation `oidcc-client-logout-test-plan`, which has those of the
 * plans for certification `oidcc-client-rp-initiated-logout-rp-basic`, `-front-channel-logout-rp-basic`,
 * `-back-channel-logout-rp-basic` and `-rp-session-management-rp-basic`, without the `oidcc-client-test-` before each
 * name. Each logs in and logs out; the server meanwhile sends its logout message, then the browser comes back.
 *
 * Not done here: `session-management`, which wants a page of the client in a browser that asks a frame of the server
 * (OIDC Session Management §3); a command has no page.
 */
const home = mkdtempSync(join(tmpdir(), 'oauth-code-logout-modules-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const signer = testKey('RS256', 'key-1');
const otherSigner = testKey('ES256', 'key-2');
const script: Script = {
  metadata: (sound) => ({
    ...sound,
    id_token_signing_alg_values_supported: ['RS256', 'ES256', 'none'],
    end_session_endpoint: `${sound.issuer}/end`,
    backchannel_logout_supported: true,
    frontchannel_logout_supported: true,
  }),
  keys: () => json(200, { keys: [signer.jwk, otherSigner.jwk] }),
};

type Client = readonly string[];
const clientOf = ({ issuer }: ScriptedServer): Client => ['--issuer', issuer, '--client-id', 'client-1'];

/** Starts a server, logs in there, and hands both over. */
async function afterLogin(name: string, act: (server: ScriptedServer, env: object) => Promise<void>) {
  const server = await startScriptedServer(script);
  const env = { OAUTH_CODE_HOME: join(home, name), OAUTH_CODE_STORE: 'file' };
  try {
    resultOf(await loginAgainst(script, { server, surroundings: { env } }));
    await act(server, env);
    expect(server.complaints).toEqual([]);
  } finally {
    await server.close();
  }
}

/** Logs out at the server, whose page does as `page` says with the address that the browser is to come back to. */
const logOut = (
  server: ScriptedServer,
  env: object,
  page: (back: URL, state: string) => Promise<unknown>,
  timeoutSeconds = 60,
) =>
  runHere(
    [
      ...['logout', ...clientOf(server), '--end-session', '--json'],
      ...['--browser-timeout', String(timeoutSeconds)],
      ...['--post-logout-redirect-uri', 'http://127.0.0.1:0/bye'],
    ],
    {
      env: { ...env },
      async visit(url) {
        const { pathname, searchParams } = new URL(url);
        expect(pathname).toBe('/end');
        expect(searchParams.get('id_token_hint')).toBe(server.secrets.get('id_token'));
        const state = searchParams.get('state') ?? '';
        expect(state).not.toBe('');
        await page(new URL(searchParams.get('post_logout_redirect_uri') ?? ''), state);
      },
    },
  );
const goBack = (back: URL, state?: string) => {
  if (state !== undefined) back.searchParams.set('state', state);
  return fetch(back);
};

describe.concurrent('a client that logs out', () => {
  it.each<[string, (state: string) => string | undefined, string | null]>([
    ['rp-init-logout', (state) => state, null],
    ['rp-init-logout-other-state', () => 'another', 'logout-state'],
    ['rp-init-logout-no-state', () => undefined, 'logout-state'],
  ])('%s', async (name, stateOf, stops) => {
    await afterLogin(name, async (server, env) => {
      const done = await logOut(
        server,
        env,
        (back, state) => goBack(back, stateOf(state)),
        stops === null ? 60 : 1,
      );
      if (stops !== null) return expect(errorOf(done)).toMatchObject({ exit_code: 6, check: stops });
      expect(done.status, done.stderr).toBe(0);
      expect(JSON.parse(done.stdout).checks).toMatchObject([{ id: 'logout-state', outcome: 'pass' }]);
    });
  });
});

/** Runs `listen` for one message, and sends it as `send` does. */
async function listenOnce(
  channel: string,
  client: Client,
  env: object,
  send: (uri: string) => Promise<Response>,
) {
  const test = createTestContext({ env: { ...env } });
  const lines = () =>
    test
      .stdout()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  const ended = run(
    [
      ...['listen', `${channel}-logout`, ...client, '--id-token-alg', 'RS256'],
      ...['--port', '0', '--once', '--json'],
    ],
    test.context,
  );
  await vi.waitFor(() => expect(lines()).toMatchObject([{ event: 'listening' }]), 30_000);
  const response = await send(lines()[0].uri);
  const status = await ended;
  const document: LogoutDocument = lines()[1];
  const failed = document.checks.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
  return { status, answered: response.status, failed, cached: response.headers.get('cache-control') };
}

const event = 'http://schemas.openid.net/event/backchannel-logout';

/** The logout token of the server about the session, which a module changes. */
function logoutToken({ issuer }: ScriptedServer, claims: object, header: JsonObject): string {
  const now = Math.floor(Date.now() / 1000);
  const own = { iss: issuer, aud: 'client-1', sub: 'user-1', sid: 's1', iat: now, exp: now + 120 };
  const whole = { ...own, jti: 'j1', events: { [event]: {} }, ...claims } as JsonObject;
  const all: JsonObject = { alg: 'RS256', kid: 'key-1', typ: 'logout+jwt', ...header };
  const token = signedToken(all, whole, all.alg === 'ES256' ? otherSigner : signer);
  return all.alg === 'none' ? token.replace(/[^.]*$/, '') : token;
}

describe.concurrent('a client that listens for logouts', () => {
  it.each<[string, object, JsonObject, string | null]>([
    ['', {}, {}, null],
    ['-alg-none', {}, { alg: 'none' }, 'jwt-alg'],
    ['-no-event', { events: undefined }, {}, 'logout-token-events'],
    ['-with-nonce', { nonce: 'n' }, {}, 'logout-token-nonce'],
    // The client is registered for RS256.
    ['-wrong-alg', {}, { alg: 'ES256', kid: 'key-2' }, 'jwt-alg'],
    ['-wrong-aud', { aud: 'client-2' }, {}, 'jwt-aud'],
    ['-wrong-event', { events: { 'urn:x': {} } }, {}, 'logout-token-events'],
    ['-wrong-iss', { iss: 'https://as.example' }, {}, 'jwt-iss'],
  ])('rp-backchannel-rpinitlogout%s', async (name, claims, header, stops) => {
    await afterLogin(`backchannel${name}`, async (server, env) => {
      const token = logoutToken(server, claims, header);
      const client = clientOf(server);
      let heard: Awaited<ReturnType<typeof listenOnce>> | undefined;
      const done = await logOut(server, env, async (back, state) => {
        heard = await listenOnce('backchannel', client, env, (uri) =>
          fetch(uri, { method: 'POST', body: new URLSearchParams({ logout_token: token }) }),
        );
        await goBack(back, state);
      });
      expect(done.status, done.stderr).toBe(0);
      expect(heard).toMatchObject({
        ...{ status: stops === null ? 0 : 7, answered: stops === null ? 200 : 400, cached: 'no-store' },
        failed: stops === null ? [] : expect.arrayContaining([stops]),
      });
    });
  });

  const frame = (server: ScriptedServer, env: object) =>
    listenOnce('frontchannel', clientOf(server), env, (uri) =>
      fetch(`${uri}?${new URLSearchParams({ iss: server.issuer, sid: 's1' })}`),
    );
  const welcome = { status: 0, answered: 200, failed: [], cached: 'no-store' };

  it('rp-frontchannel-rpinitlogout', async () => {
    await afterLogin('frontchannel-rp', async (server, env) => {
      const done = await logOut(server, env, async (back, state) => {
        expect(await frame(server, env)).toEqual(welcome);
        await goBack(back, state);
      });
      expect(done.status, done.stderr).toBe(0);
    });
  });

  it('rp-frontchannel-opinitlogout', async () => {
    await afterLogin('frontchannel-op', async (server, env) => {
      expect(await frame(server, env)).toEqual(welcome);
    });
  });
});
