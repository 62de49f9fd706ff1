import { afterEach, describe, expect, it } from 'vitest';
import type { BrowserLaunch, HttpClient, ListenerPages } from '../../src/context.ts';
import { CancelledError, ErrorResponseError, InvalidResponseError, UsageError } from '../../src/errors.ts';
import { type LoginPages, runAuthorizationCodeFlow } from '../../src/flows/authorization-code.ts';
import type { LoginResult } from '../../src/flows/complete-login.ts';
import {
  type ApproveRequest,
  type Emit,
  type FlowEvent,
  startConversation,
} from '../../src/flows/conversation.ts';
import type { LoginSettings } from '../../src/flows/login-settings.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../src/idp/misbehaviours/scripted-server.ts';
import {
  changeParameter,
  type ParameterOverride,
  readParameterOverride,
} from '../../src/protocol/parameters.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';

const running: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(script: Script = {}): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  running.push(server);
  return server;
}

const listenerPages: ListenerPages = {
  relay: 'relay',
  notFound: '404',
  alreadyAnswered: 'again',
  refused: 'no',
};

function settingsFor(issuer: string, changes: Partial<LoginSettings> = {}): LoginSettings {
  return {
    server: { issuer, given: {} },
    client: { credentials: { clientId: 'client-1', hasCertificate: false } },
    redirect: { uri: 'http://127.0.0.1:0/callback', ports: [0] },
    request: { scope: [], resources: [], overrides: [] },
    delivery: {},
    tokenOverrides: [],
    state: undefined,
    nonce: undefined,
    pkce: 'S256',
    browser: undefined,
    browserTimeoutSeconds: 20,
    acceptsPaste: false,
    unattended: undefined,
    userinfo: true,
    clockToleranceSeconds: 5,
    idToken: {},
    waived: new Set(),
    ...changes,
  };
}

/** Runs the flow in a conversation of its own. */
function run(
  doors: Parameters<typeof runAuthorizationCodeFlow>[0],
  http: Pick<HttpClient, 'send'>,
  settings: LoginSettings,
  pages: LoginPages,
  emit: Emit,
  approve?: ApproveRequest,
): Promise<LoginResult> {
  const { signal } = doors;
  const conversation = startConversation({ http, signal, emit, waived: settings.waived, approve });
  return runAuthorizationCodeFlow(doors, conversation, settings, pages);
}

const { request } = settingsFor('');

const params = (...texts: string[]) =>
  texts.map(readParameterOverride).filter((one): one is ParameterOverride => one !== undefined);

/** Runs a login to its end, and tells all that happened in between. */
async function login(settings: LoginSettings, options: TestContextOptions = {}, approve?: ApproveRequest) {
  const events: FlowEvent[] = [];
  const pagesShown: string[] = [];
  // The browser is sent to where this run listens, whatever redirect URI the server was told.
  const visit = async (url: string) => {
    const { headers } = await fetch(url, { redirect: 'manual' });
    const listening = events.find((event) => event.type === 'listening');
    if (listening === undefined) return;
    const response = await fetch(`${listening.redirect_uri}${new URL(headers.get('location') ?? '').search}`);
    pagesShown.push(await response.text());
  };
  const surroundings = createTestContext({ visit, ...options });
  const http = await surroundings.context.connect({ timeoutSeconds: 30 });
  const pages: LoginPages = {
    listener: listenerPages,
    ignored: (reason) => `ignored: ${reason}`,
    success: ({ clientId }) => `signed in to ${clientId}`,
    failure: (error) => `failed: ${error instanceof Error ? error.message : error}`,
  };
  const emit: Emit = (event) => events.push(event);
  const outcome = await run(surroundings.context, http, settings, pages, emit, approve)
    .then(
      (result) => ({ result, error: undefined }),
      (error: unknown) => ({ result: undefined, error }),
    )
    .finally(() => http.close());
  await surroundings.visited().catch(() => {});
  const of = <T extends FlowEvent['type']>(type: T) =>
    events.filter((event): event is Extract<FlowEvent, { type: T }> => event.type === type);
  const redirectUri = of('listening')[0]?.redirect_uri;
  return { ...outcome, ...surroundings, events, of, pagesShown, redirectUri };
}

const form = (server: ScriptedServer) =>
  new URLSearchParams(server.requests.find(({ endpoint }) => endpoint === 'token')?.body);
const asked = (server: ScriptedServer) =>
  server.requests.find(({ endpoint }) => endpoint === 'authorize')?.url.searchParams;

describe('a request that is pushed and approved by the user', () => {
  const delivery = { pushed: true };

  it('is what the user made of it, for every check', async () => {
    const server = await start({ par: (sound) => sound });
    const nonce = { type: 'set', name: 'nonce', value: 'of-the-user' } as const;
    const { of, error } = await login(settingsFor(server.issuer, { delivery }), {}, async (step, request) =>
      step === 'par' ? changeParameter(request, nonce) : request,
    );
    expect(error).toBeUndefined();
    const checks = of('checks').flatMap((event) => event.checks);
    expect(checks.find(({ id }) => id === 'id-token-nonce')).toMatchObject({
      outcome: 'pass',
      expected: 'of-the-user',
    });
  });

  it('is pushed again when the approval took longer than the server keeps it', async () => {
    const par: Script['par'] = (sound, asked) =>
      asked > 1 || typeof sound === 'string'
        ? sound
        : json(201, { ...JSON.parse(String(sound.body)), expires_in: 0.01 });
    const server = await start({ par });
    const { of, error } = await login(settingsFor(server.issuer, { delivery }), {}, async (step, request) => {
      if (step === 'authorization') await new Promise((resolve) => setTimeout(resolve, 20));
      return request;
    });
    expect(error).toBeUndefined();
    expect(server.seen().filter((endpoint) => endpoint === 'par')).toHaveLength(2);
    expect(of('retry')).toMatchObject([{ step: 'par', reason: 'the pushed request has expired' }]);
    expect(of('authorization-url')).toHaveLength(1);
    expect(server.complaints).toEqual([]);
  });
});

describe('the authorization code flow', () => {
  it('runs from the listener to UserInfo, and shows the browser how it ended', async () => {
    const server = await start();
    const run = await login(settingsFor(server.issuer));
    expect(run.error).toBeUndefined();
    expect(run.result).toMatchObject({
      issuer: server.issuer,
      clientId: 'client-1',
      requestedScope: ['openid'],
      userinfo: { sub: 'user-1' },
    });
    expect(run.pagesShown).toEqual(['signed in to client-1']);
    expect(server.complaints).toEqual([]);
    expect([...server.seen()].sort()).toEqual(['authorize', 'discovery', 'keys', 'token', 'userinfo']);
    expect(run.of('callback')).toMatchObject([{ by: 'browser' }]);
  });

  it('listens before any server is asked, and asks before any browser is opened', async () => {
    const server = await start();
    const { events } = await login(settingsFor(server.issuer));
    const first = (type: FlowEvent['type']) => events.findIndex((event) => event.type === type);
    expect(first('listening')).toBeGreaterThan(-1);
    expect(first('listening')).toBeLessThan(first('exchange'));
    expect(first('exchange')).toBeLessThan(first('authorization-url'));
    expect(first('authorization-url')).toBeLessThan(first('callback'));
  });

  it('tells its verifier and tokens as secrets before anything could show them', async () => {
    const server = await start();
    const { of, events } = await login(settingsFor(server.issuer));
    const secrets = new Map(of('secret').map(({ kind, value }) => [kind, value]));
    for (const kind of ['code', 'code_verifier', 'access_token', 'refresh_token', 'id_token']) {
      expect(secrets.get(kind)).toBe(server.secrets.get(kind));
    }
    const token = events.findIndex((event) => event.type === 'exchange' && event.step === 'token');
    const told = events.slice(0, token).flatMap((event) => (event.type === 'secret' ? [event.kind] : []));
    expect(told).toEqual(expect.arrayContaining(['code', 'code_verifier', 'access_token', 'id_token']));
  });

  it('bothers nobody when the port is taken', async () => {
    const server = await start();
    const taken = new URL(server.issuer).port;
    const { error, opened } = await login(
      settingsFor(server.issuer, {
        redirect: { uri: `http://127.0.0.1:${taken}/callback`, ports: [Number(taken)] },
      }),
    );
    expect(error).toBeInstanceOf(UsageError);
    expect(server.seen()).toEqual([]);
    expect(opened).toEqual([]);
  });

  it('closes its listener however it ends', async () => {
    const server = await start({ answer: ({ state }) => ({ error: 'access_denied', state: state ?? '' }) });
    const { error, redirectUri, pagesShown } = await login(settingsFor(server.issuer));
    expect(error).toBeInstanceOf(ErrorResponseError);
    expect(pagesShown).toEqual([expect.stringContaining('failed: The authorization server refused')]);
    await expect(fetch(redirectUri ?? '')).rejects.toThrow();
  });

  it('closes its listener when it is cancelled while it waits', async () => {
    const server = await start();
    const events: FlowEvent[] = [];
    const surroundings = createTestContext({ visit: async () => {} });
    const http = await surroundings.context.connect({ timeoutSeconds: 30 });
    const pages = { listener: listenerPages, ignored: String, success: () => '', failure: () => '' };
    const running = run(surroundings.context, http, settingsFor(server.issuer), pages, (event) => {
      events.push(event);
      if (event.type === 'authorization-url') setImmediate(() => surroundings.cancel());
    });
    await expect(running).rejects.toBeInstanceOf(CancelledError);
    await http.close();
    const listening = events.find((event) => event.type === 'listening');
    await expect(fetch(listening?.redirect_uri ?? '')).rejects.toThrow();
  });
});

describe('what is sent in both requests', () => {
  it('is the redirect URI with the port that was bound', async () => {
    const server = await start();
    const { redirectUri } = await login(settingsFor(server.issuer));
    expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d*\/callback$/);
    expect(asked(server)?.get('redirect_uri')).toBe(redirectUri);
    expect(form(server).get('redirect_uri')).toBe(redirectUri);
  });

  it('is the redirect URI as an override says', async () => {
    const server = await start();
    const overrides = params('redirect_uri=http://127.0.0.1:9/callback');
    const { error } = await login(settingsFor(server.issuer, { request: { ...request, overrides } }));
    expect(error).toBeUndefined();
    expect(asked(server)?.getAll('redirect_uri')).toEqual(['http://127.0.0.1:9/callback']);
    expect(form(server).get('redirect_uri')).toBe('http://127.0.0.1:9/callback');
    expect(server.complaints).toEqual([]);
  });

  it('is no verifier without its challenge, and the checks say so', async () => {
    const server = await start();
    const overrides = params('code_challenge', 'code_challenge_method');
    const { of } = await login(settingsFor(server.issuer, { request: { ...request, overrides } }));
    expect(asked(server)?.has('code_challenge')).toBe(false);
    expect(form(server).has('code_verifier')).toBe(false);
    const pkce = of('checks').flatMap(({ checks }) => checks.filter(({ id }) => id === 'pkce'));
    expect(pkce).toMatchObject([{ outcome: 'warn', received: 'off' }]);
  });

  it('is each resource', async () => {
    const server = await start();
    const resources = ['https://cal.example.com/', 'https://contacts.example.com/'];
    await login(settingsFor(server.issuer, { request: { ...request, resources } }));
    expect(asked(server)?.getAll('resource')).toEqual(resources);
    expect(form(server).getAll('resource')).toEqual(resources);
  });

  it('differs where a token parameter says so', async () => {
    const server = await start();
    const tokenOverrides = params('redirect_uri', 'resource=https://one.example/', 'code_verifier=other');
    await login(settingsFor(server.issuer, { tokenOverrides }));
    expect(form(server).has('redirect_uri')).toBe(false);
    expect(form(server).get('resource')).toBe('https://one.example/');
    expect(form(server).getAll('code_verifier')).toEqual(['other']);
  });
});

describe('state and nonce', () => {
  const longState = 'a-state-of-more-than-22-characters';

  it.each<[string, Partial<LoginSettings>, string | null]>([
    ['given', { state: longState }, longState],
    ['overridden', { request: { ...request, overrides: params(`state=${longState}`) } }, longState],
    [
      'overridden although off',
      { state: 'off', request: { ...request, overrides: params(`state=${longState}`) } },
      longState,
    ],
    ['off', { state: 'off' }, null],
    ['removed', { request: { ...request, overrides: params('state') } }, null],
    ['sent empty', { request: { ...request, overrides: params('state=') } }, ''],
  ])('works with a state that is %s', async (_, changes, state) => {
    const answer = ({ code, state: sent, iss }: Readonly<Record<string, string>>) =>
      new URLSearchParams({ code: code ?? '', ...(sent ? { state: sent } : {}), iss: iss ?? '' }).toString();
    const server = await start({ answer });
    const { error, of } = await login(settingsFor(server.issuer, changes));
    expect(error).toBeUndefined();
    expect(asked(server)?.get('state')).toBe(state);
    const [check] = of('checks').flatMap(({ checks }) => checks.filter(({ id }) => id === 'state'));
    expect(check?.outcome).toBe(state ? 'pass' : 'skipped');
  });

  it('are made anew for each login', async () => {
    const server = await start();
    await login(settingsFor(server.issuer));
    await login(settingsFor(server.issuer));
    const requests = server.requests.filter(({ endpoint }) => endpoint === 'authorize');
    for (const name of ['state', 'nonce', 'code_challenge']) {
      const values = requests.map(({ url }) => url.searchParams.get(name));
      expect(new Set(values).size).toBe(2);
      expect(values.every((value) => (value ?? '').length >= 22)).toBe(true);
    }
  });

  it.each<[string, Partial<LoginSettings>, boolean]>([
    ['made when openid is asked for', {}, true],
    ['off', { nonce: 'off' }, false],
    ['given', { nonce: 'n-0S6_WzA2Mj' }, true],
    ['overridden', { request: { ...request, overrides: params('nonce=other') } }, true],
    ['removed', { request: { ...request, overrides: params('nonce') } }, false],
  ])('works with a nonce that is %s', async (_, changes, sent) => {
    const server = await start();
    const { error } = await login(settingsFor(server.issuer, changes));
    expect(error).toBeUndefined();
    expect(asked(server)?.has('nonce')).toBe(sent);
  });

  it('leave the nonce and the keys out where no ID token is asked for', async () => {
    const server = await start();
    const run = await login(settingsFor(server.issuer, { request: { ...request, scope: ['read'] } }));
    expect(run.error).toBeUndefined();
    expect(asked(server)?.get('scope')).toBe('read');
    expect(asked(server)?.has('nonce')).toBe(false);
    expect(server.seen()).toEqual(['discovery', 'authorize', 'token']);
  });
});

describe('a login that cannot begin', () => {
  it.each(['authorization_endpoint', 'token_endpoint'])(
    'says that the server has no %s: exit 2',
    async (member) => {
      const server = await start({
        metadata: (sound) => ({ ...sound, [member]: undefined }) as typeof sound,
      });
      const { error, opened } = await login(settingsFor(server.issuer));
      expect(error).toMatchObject({
        exitCode: 2,
        step: 'discovery',
        message: expect.stringContaining(`has no ${member}`),
      });
      expect(opened).toEqual([]);
    },
  );

  it.each<[string, (issuer: string) => object, RegExp]>([
    [
      'an endpoint that is not a URL',
      () => ({ authorization_endpoint: '/authorize' }),
      /is not an http or https URL/,
    ],
    [
      'an endpoint that runs a script',
      () => ({ authorization_endpoint: 'javascript:alert(1)' }),
      /is not an http or https/,
    ],
    [
      'an endpoint with a password',
      () => ({ token_endpoint: 'https://a:b@example.com/' }),
      /user name or password/,
    ],
  ])('is refused before the browser opens: %s', async (_, members, message) => {
    const server = await start({
      metadata: (sound) => JSON.parse(JSON.stringify({ ...sound, ...members(String(sound.issuer)) })),
    });
    const { error, opened } = await login(settingsFor(server.issuer));
    expect(error).toBeInstanceOf(InvalidResponseError);
    expect(error).toMatchObject({ step: 'discovery', message: expect.stringMatching(message) });
    expect((error as InvalidResponseError).hint).toMatch(
      /^Give it with --(authorization|token)-endpoint URL\.$/,
    );
    expect(opened).toEqual([]);
  });

  it('is refused when the metadata is about another issuer', async () => {
    const server = await start({ metadata: (sound) => ({ ...sound, issuer: 'https://other.example' }) });
    const { error, opened } = await login(settingsFor(server.issuer));
    expect(error).toMatchObject({ check: 'metadata-issuer', exitCode: 6 });
    expect(opened).toEqual([]);
  });
});

describe('the browser', () => {
  const failed: BrowserLaunch = { type: 'failed', command: 'nosuch', reason: 'the program was not found' };

  it('is opened with the command that was given', async () => {
    const server = await start();
    const { opened, of } = await login(settingsFor(server.issuer, { browser: 'firefox -P test' }));
    expect(opened).toEqual([{ url: of('authorization-url')[0]?.url, command: 'firefox -P test' }]);
    expect(of('browser')).toEqual([
      { type: 'browser', launch: { type: 'opened', command: 'firefox -P test' } },
    ]);
  });

  it('is not opened when it is off, and an answer can be pasted all the same', async () => {
    const server = await start();
    const events: FlowEvent[] = [];
    const surroundings = createTestContext({ stdinIsTTY: true });
    const http = await surroundings.context.connect({ timeoutSeconds: 30 });
    const pages = { listener: listenerPages, ignored: String, success: () => '', failure: () => '' };
    const result = await run(
      surroundings.context,
      http,
      settingsFor(server.issuer, {
        browser: 'off',
        acceptsPaste: true,
        redirect: { uri: 'http://127.0.0.1:9/callback', ports: [] },
      }),
      pages,
      (event) => {
        events.push(event);
        if (event.type !== 'authorization-url') return;
        fetch(event.url, { redirect: 'manual' }).then(({ headers }) => {
          surroundings.type(headers.get('location') ?? '');
        });
      },
    ).finally(() => http.close());
    expect(result.userinfo).toMatchObject({ sub: 'user-1' });
    expect(surroundings.opened).toEqual([]);
    expect(events.filter(({ type }) => type === 'listening')).toEqual([]);
    expect(events.find((event) => event.type === 'authorization-url')).toMatchObject({ listening: false });
    expect(form(server).get('redirect_uri')).toBe('http://127.0.0.1:9/callback');
  });

  it('may fail without ending the login', async () => {
    const server = await start();
    const { error, of } = await login(settingsFor(server.issuer, { browserTimeoutSeconds: 0.2 }), {
      launch: failed,
    });
    expect(error).toMatchObject({ code: 'timeout' });
    expect(of('browser')).toEqual([{ type: 'browser', launch: failed }]);
  });

  it.each<[string, BrowserLaunch]>([
    ['fails', failed],
    ['cannot be expected', { type: 'not-launched', obstacle: 'no-display' }],
  ])('that %s ends the login at once where nobody is there to open the URL', async (_, launch) => {
    const server = await start();
    const settings = settingsFor(server.issuer, { unattended: 'nothing may be asked' });
    const { error, of } = await login(settings, { launch });
    expect(error).toMatchObject({
      code: 'login_required',
      step: 'authorization',
      message: 'A login needs a person: no browser was opened here, and nothing may be asked.',
      hint: expect.stringMatching(/--no-browser.*--browser COMMAND/),
    });
    expect(of('authorization-url')).toHaveLength(1);
    expect(of('browser')).toEqual([{ type: 'browser', launch }]);
  });

  it.each<[string, Partial<LoginSettings>, TestContextOptions]>([
    ['none was to be opened', { browser: 'off' }, {}],
    ['one was opened', {}, { visit: () => Promise.resolve() }],
  ])('lets the login wait all the same when %s', async (_, changes, options) => {
    const server = await start();
    const settings = settingsFor(server.issuer, {
      unattended: 'nothing may be asked',
      browserTimeoutSeconds: 0.2,
      ...changes,
    });
    expect((await login(settings, options)).error).toMatchObject({ code: 'timeout' });
  });

  it('is told as soon as it runs', async () => {
    const server = await start();
    const { of } = await login(settingsFor(server.issuer, { browser: 'firefox' }));
    expect(of('browser-started')).toEqual([{ type: 'browser-started', command: 'firefox' }]);
  });

  it('is not spoken of after the run has ended', async () => {
    const server = await start();
    const events: FlowEvent[] = [];
    let launched: (launch: BrowserLaunch) => void = () => {};
    const { context } = createTestContext();
    const http = await context.connect({ timeoutSeconds: 30 });
    const pages = { listener: listenerPages, ignored: String, success: () => '', failure: () => '' };
    const doors = {
      ...context,
      openBrowser: (url: string) => {
        fetch(url);
        return new Promise<BrowserLaunch>((resolve) => {
          launched = resolve;
        });
      },
    };
    await run(doors, http, settingsFor(server.issuer), pages, (event) => events.push(event));
    await http.close();
    launched(failed);
    await new Promise((resolve) => setImmediate(resolve));
    expect(events.filter(({ type }) => type === 'browser')).toEqual([]);
  });
});
