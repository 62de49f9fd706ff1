import { describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json, type Reply, type SeenRequest, text } from '../../src/idp/misbehaviours/reply.ts';
import {
  type Endpoint,
  type Script,
  startScriptedServer,
} from '../../src/idp/misbehaviours/scripted-server.ts';
import type { JsonObject, JsonValue } from '../../src/json/json.ts';
import type { McpBreak, McpDocument } from '../../src/output/documents.ts';
import { createTestContext } from '../fakes/context.ts';
import { follow } from './scripted-login.ts';

type Change = (sound: Reply, request: SeenRequest) => Reply | undefined;

const at = (endpoint: Endpoint, change: Change): Script => ({
  hasResource: true,
  instead: (sound, request) => (request.endpoint === endpoint ? change(sound, request) : undefined),
});
const metadata = (more: (origin: string) => JsonObject) =>
  at('resource metadata', (sound, { url }) =>
    typeof sound === 'string' || sound.status !== 200
      ? undefined
      : json(200, { ...JSON.parse(String(sound.body)), ...more(url.origin) }),
  );
const called = (reply: Reply) =>
  at('resource', (_, { headers }) => (headers.authorization === undefined ? undefined : reply));
const tool = (answer: JsonObject) => called(json(200, { jsonrpc: '2.0', id: 1, ...answer }));
const failure = (words: string) =>
  tool({ result: { isError: true, content: [{ type: 'text', text: words }] as JsonValue[] } });
const to = (location: string) => at('resource', () => text(302, 'text/plain', '', { location }));
const password = text(401, 'text/html', '<html></html>', { 'www-authenticate': 'Basic realm="staging"' });
const wall = text(403, 'text/html', '<html></html>', { server: 'AkamaiGHost' });
const bearerAlone = at('token', (sound) =>
  typeof sound === 'string'
    ? undefined
    : json(200, { ...JSON.parse(String(sound.body)), token_type: 'Bearer' }),
);
const call = ['--call', 'time'];
const members =
  (endpoint: Endpoint) =>
  (more: (sound: JsonObject, origin: string) => JsonObject): Script =>
    at(endpoint, (sound, { url }) => {
      if (typeof sound === 'string') return undefined;
      const read = JSON.parse(String(sound.body));
      return json(sound.status, { ...read, ...more(read, url.origin) });
    });
const token = members('token');
/** No name server is asked for a name that cannot be one. */
const unknownHost = 'https://no..such';
const named = (member: string) => members('discovery')(() => ({ [member]: `${unknownHost}/x` }));
const both = (...scripts: readonly Script[]): Script => ({
  hasResource: true,
  instead: (...asked) => scripts.map(({ instead }) => instead?.(...asked)).find((one) => one !== undefined),
});
const refusedToken = called(json(401, {}, { 'www-authenticate': 'Bearer error="invalid_token"' }));
const limited = json(
  429,
  { error: 'slow', error_description: 'Too many. '.repeat(100) },
  { 'retry-after': '7' },
);
const registered = (more: JsonObject) => members('register')(() => more);
/** A JWT with these claims, which the server refuses with this challenge. */
const jwtRefused = (claims: JsonObject, challenge: string): Script => {
  const issued = token((sound, origin) => ({
    ...sound,
    scope: null,
    access_token: signedToken({ alg: 'RS256', typ: 'at+jwt' }, { iss: origin, ...claims }, testKey('RS256')),
  }));
  const refused = called(json(claims.nbf === undefined ? 403 : 401, {}, { 'www-authenticate': challenge }));
  return { ...issued, instead: (...asked) => issued.instead?.(...asked) ?? refused.instead?.(...asked) };
};

/** The same, with a response that grants a scope beside the token. */
const granting = ({ instead }: Script): Script => ({
  hasResource: true,
  instead: (sound, request, asked) => {
    const reply = instead?.(sound, request, asked);
    if (request.endpoint !== 'token' || typeof reply !== 'object') return reply;
    return json(200, { ...JSON.parse(String(reply.body)), scope: 'api:read' });
  },
});

async function judge(script: Script, args: readonly string[] = []): Promise<McpBreak | null> {
  return (await documentOf(script, args)).verdict.first_broken;
}

async function documentOf(script: Script, args: readonly string[]): Promise<McpDocument> {
  return JSON.parse(await printed(script, ['--json', ...args]));
}

async function printed(script: Script, args: readonly string[]): Promise<string> {
  const server = await startScriptedServer(script);
  const { context, stdout, stderr } = createTestContext({ visit: follow });
  try {
    await run(['mcp', `${server.issuer}/mcp`, '--port', '0', ...args], context);
    expect(stdout(), stderr()).not.toBe('');
    return stdout();
  } finally {
    await server.close();
  }
}

describe('mcp', () => {
  it.each<[what: string, script: Script, where: string, fix: RegExp, args?: readonly string[]]>([
    [
      'a firewall before the metadata',
      at('resource metadata', () => wall),
      'resource_metadata/in_front',
      /--user-agent/,
    ],
    [
      'a password before the metadata',
      at('resource metadata', () => password),
      'resource_metadata/in_front',
      /let clients through/,
    ],
    ['a page to log in at', to('/users/sign_in'), 'reach/server', /Answer 401/],
    ['a host that was renamed', to('http://renamed.example/mcp'), 'reach/client', /oauth-code mcp http/],
    ['a login elsewhere', to('http://sso.example/?from=mcp'), 'reach/in_front', /let clients through/],
    [
      'a metadata URL in place of an issuer',
      metadata((origin) => ({ authorization_servers: [`${origin}/.well-known/oauth-authorization-server`] })),
      'resource_metadata/server',
      /List the issuer/,
    ],
    [
      'an endpoint without a host',
      at('discovery', (sound) =>
        typeof sound === 'string'
          ? undefined
          : json(200, { ...JSON.parse(String(sound.body)), token_endpoint: '/token' }),
      ),
      'authorization_server/authorization_server',
      /--token-endpoint/,
    ],
    [
      'registration for some alone',
      at('register', () => json(401, { error: 'unauthorized' }, { 'www-authenticate': 'Bearer' })),
      'client/client',
      /--client-id ID/,
    ],
    [
      'registration that is limited',
      at('register', () => json(429, { error: 'slow_down' }, { 'retry-after': '90' })),
      'client/authorization_server',
      /90/,
    ],
    [
      'a client that is forgotten at once',
      at('token', () => json(401, { error: 'invalid_client' })),
      'token/authorization_server',
      /registered this client itself/,
    ],
    [
      'a 403 of the application behind a network',
      called(json(403, { error: 'not yours' }, { server: 'cloudflare' })),
      'call/server',
      /log of the server/,
    ],
    [
      'a 403 of an API gateway',
      called(json(403, { message: 'Forbidden' }, { 'x-amzn-errortype': 'ForbiddenException' })),
      'call/in_front',
      /--user-agent/,
    ],
    ['an empty 502', called(text(502, 'text/plain', '')), 'call/in_front', /later/],
    ['an unknown tool', failure("Unknown tool: 'time'"), 'call/client', /without --call/, call],
    [
      'arguments that do not fit',
      failure('MCP error -32602: Input validation error: Invalid arguments for tool time'),
      'call/client',
      /without --call/,
      call,
    ],
    [
      'a tool that fails',
      failure('The disk is full.'),
      'call/server',
      /log of the server.*without --call/,
      call,
    ],
    [
      'an authorization server with a blank before it',
      metadata((origin) => ({ authorization_servers: [` ${origin}`] })),
      'resource_metadata/server',
      /List the issuer/,
    ],
    [
      'a call that is sent to a login elsewhere',
      called(text(302, 'text/plain', '', { location: 'https://sso.corp.example/login?next=x' })),
      'call/in_front',
      /let clients through/,
    ],
    ['a URL that redirects to itself', to('/mcp'), 'reach/server', /Answer 401/],
    [
      'a server that is down for a while',
      at('resource', () => json(503, {}, { 'retry-after': '120' })),
      'reach/server',
      /120/,
    ],
    [
      'a client that is registered for a key it does not have',
      registered({ token_endpoint_auth_method: 'private_key_jwt' }),
      'client/authorization_server',
      /--auth-method/,
    ],
    [
      'a client that is registered for an unknown method',
      registered({ token_endpoint_auth_method: 'magic' }),
      'client/authorization_server',
      /--auth-method/,
    ],
    [
      'a token that could end a header',
      token((sound) => ({ access_token: `${sound.access_token}\n` })),
      'token/authorization_server',
      /visible ASCII/,
    ],
    ['a list without tools', tool({ result: {} }), 'call/server', /log of the server/],
    ['an empty answer', called(text(202, 'text/plain', '')), 'call/server', /JSON-RPC response/],
    [
      'a proxy that wants a password',
      called(text(407, 'text/plain', '')),
      'call/in_front',
      /OAUTH_CODE_PROXY/,
    ],
    ['a password before the call', called(password), 'call/in_front', /let clients through/],
    [
      'an authorization endpoint that fails',
      at('authorize', () => text(502, 'text/html', '<title>Bad Gateway</title>')),
      'authorization/authorization_server',
      /log of the server/,
      ['--browser-timeout', '1'],
    ],
    [
      'an opaque token that is refused',
      called(json(401, {}, { 'www-authenticate': 'Bearer error="invalid_token"' })),
      'call/server',
      /log of the server/,
    ],
    [
      'a JWT without the scope that was asked for',
      jwtRefused({}, 'Bearer error="insufficient_scope", scope="api:read"'),
      'call/authorization_server',
      /grant api:read/,
    ],
    ['DPoP that was not wanted', bearerAlone, 'token/client', /Leave --dpop out/, ['--dpop']],
    [
      'an issuer that the resource does not list',
      { hasResource: true },
      'resource_metadata/client',
      /Leave --issuer out/,
      ['--issuer', 'http://127.0.0.1:1'],
    ],
    [
      'an authorization server on a host that does not exist',
      metadata(() => ({ authorization_servers: [unknownHost] })),
      'authorization_server/server',
      /authorization_servers of the resource/,
    ],
    [
      'a token endpoint on a host that does not exist',
      named('token_endpoint'),
      'token/authorization_server',
      /^Correct https:\/\/no\.\.such\/x in the metadata of the authorization server/,
    ],
    [
      'a registration endpoint on a host that does not exist',
      named('registration_endpoint'),
      'client/authorization_server',
      /^Correct https:\/\/no\.\.such\/x in the metadata of the authorization server/,
    ],
    [
      'a token endpoint at which nothing listens',
      members('discovery')(() => ({ token_endpoint: 'http://127.0.0.1:1/x' })),
      'token/authorization_server',
      /^Correct http:\/\/127\.0\.0\.1:1\/x in the metadata of the authorization server/,
    ],
    [
      'a token endpoint of a host that the user gave',
      { hasResource: true },
      'token/this_machine',
      /spelling/,
      ['--token-endpoint', `${unknownHost}/x`],
    ],
    [
      'keys on a host that does not exist',
      named('jwks_uri'),
      'token/authorization_server',
      /jwks_uri/,
      ['--scope', 'openid api:read'],
    ],
    [
      'a call whose connection ends',
      called('hang-up'),
      'call/server',
      /^Look into the log of the server: it answered other requests/,
    ],
    [
      'an authorization server with a password in its URL',
      metadata(() => ({ authorization_servers: ['http://user:word@127.0.0.1:1'] })),
      'resource_metadata/server',
      /List the issuer/,
    ],
    [
      'a token in quotes',
      both(
        token((sound) => ({ access_token: `"${sound.access_token}"` })),
        refusedToken,
      ),
      'call/authorization_server',
      /characters of RFC 6750 §2\.1/,
    ],
    [
      'metadata that is limited',
      at('resource metadata', () => limited),
      'resource_metadata/server',
      /Retry-After is 7/,
    ],
    [
      'a discovery that is limited',
      at('discovery', () => limited),
      'authorization_server/authorization_server',
      /Retry-After is 7/,
    ],
    [
      'a call to a server that is busy',
      called(json(503, { error: 'busy' }, { 'retry-after': '7' })),
      'call/server',
      /Retry-After is 7/,
    ],
    [
      'a firewall that limits requests',
      at('resource', () =>
        text(429, 'text/html', '<html></html>', { server: 'cloudflare', 'retry-after': '7' }),
      ),
      'reach/in_front',
      /Retry-After is 7/,
    ],
    [
      'a version of MCP that is not spoken',
      called(
        json(400, {
          jsonrpc: '2.0',
          id: 1,
          error: { code: -32000, message: 'Unsupported protocol version' },
        }),
      ),
      'call/server',
      /2026-07-28 or 2025-11-25/,
    ],
    [
      'an endpoint without encryption',
      members('discovery')(() => ({ token_endpoint: 'http://as.example/token' })),
      'authorization/authorization_server',
      /https in the metadata/,
    ],
    [
      'a token that is too long for a header',
      both(
        token(() => ({ access_token: 'a'.repeat(9000) })),
        called(text(431, 'text/plain', '')),
      ),
      'call/authorization_server',
      /fewer characters/,
    ],
    [
      'a login for another resource',
      jwtRefused({ aud: 'https://other.example/x' }, 'Bearer error="invalid_token"'),
      'call/client',
      /leave --resource out/,
      ['--resource', 'https://other.example/x'],
    ],
    [
      'a login for no resource',
      refusedToken,
      'call/client',
      /resource out of --param/,
      ['--param', 'resource', '--token-param', 'resource'],
    ],
    [
      'a JWT without an audience',
      jwtRefused({ nbf: 0 }, 'Bearer error="invalid_token"'),
      'call/authorization_server',
      /the resource as aud/,
    ],
    [
      'a server that tells why in JSON-RPC alone',
      called(
        json(
          401,
          { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'no such token' } },
          { 'www-authenticate': 'Bearer' },
        ),
      ),
      'call/server',
      /log of the server/,
    ],
    [
      'a client without a client_id',
      registered({ client_id: null }),
      'client/authorization_server',
      /RFC 7591 §3\.2\.1\.$/,
    ],
  ])('names who has to mend %s', async (_, script, where, fix, args) => {
    const broken = await judge(script, args);
    expect(`${broken?.phase}/${broken?.fault}`).toBe(where);
    expect(broken?.confidence).toBe('medium');
    expect(broken?.try).toMatch(fix);
  });

  it('rules out no lack of a scope that the token does not name', async () => {
    const broken = await judge(jwtRefused({}, 'Bearer error="insufficient_scope", scope="api:read"'));
    expect(broken?.ruled_out.map(({ cause }) => cause)).not.toContain('The token lacks a scope.');
  });

  it('rules out no lack of a scope that is granted and not in the token', async () => {
    const script = granting(jwtRefused({ nbf: 0 }, 'Bearer error="invalid_token", scope="api:read"'));
    const broken = await judge(script);
    expect(broken?.phase).toBe('call');
    expect(broken?.ruled_out.map(({ cause }) => cause)).not.toContain('The token lacks a scope.');
  });

  it.each([
    [{ scp: ['api:read'] }, /right granted at the API/],
    [{}, /put api:read into its tokens: it was granted/],
  ])('reads the scope of a token where it is: %j', async (claims, fix) => {
    const script = granting(jwtRefused(claims, 'Bearer error="insufficient_scope", scope="api:read"'));
    expect((await judge(script))?.try).toMatch(fix);
  });

  it('has a token issued for the resource that it is refused at', async () => {
    const script = jwtRefused({ aud: 'https://other.example/x', nbf: 0 }, 'Bearer');
    const broken = await judge(script, ['--send-anyway']);
    expect(broken).toMatchObject({
      ...{ phase: 'call', fault: 'authorization_server', confidence: 'high' },
      try: 'Have the authorization server issue tokens with the resource as aud.',
    });
  });

  it('proves that a token is not valid yet', async () => {
    const nbf = Math.floor(Date.now() / 1000) + 3000;
    const broken = await judge(jwtRefused({ nbf }, 'Bearer error="invalid_token"'));
    expect(broken).toMatchObject({
      ...{ phase: 'call', fault: 'authorization_server', confidence: 'high' },
      evidence: expect.arrayContaining([expect.stringMatching(/^nbf of the token: .*; it is /)]),
    });
  });

  it('says what the way of a token that is odd tells against it', async () => {
    const quoted = token((sound) => ({ access_token: `"${sound.access_token}"` }));
    const broken = await judge(both(quoted, refusedToken));
    expect(broken?.evidence).toContain(
      'The access token has characters that RFC 6750 §2.1 does not allow: "',
    );
    const asId = await judge(
      both(
        token((sound) => ({ access_token: sound.id_token ?? null })),
        refusedToken,
      ),
      ['--scope', 'openid api:read'],
    );
    expect(asId?.evidence).toContain('The access token is the ID token.');
    expect(asId?.try).toContain('ID token');
  });

  it('rules out what answered before a connection failed', async () => {
    expect((await judge(named('token_endpoint')))?.ruled_out).toEqual([
      {
        cause: 'This machine reaches no server.',
        evidence: expect.stringMatching(/^GET \S+\/mcp answered with status 401\.$/),
      },
    ]);
    expect((await judge(called('hang-up')))?.ruled_out).toMatchObject([
      { cause: 'The server cannot be reached.' },
    ]);
  });

  it.each(['https://no..such/x', '/x'])('warns of a challenge that names no metadata: %s', async (place) => {
    const script = at('resource', (_, { headers }) =>
      headers.authorization === undefined
        ? json(401, {}, { 'www-authenticate': `Bearer resource_metadata="${place}"` })
        : undefined,
    );
    const { phases, verdict } = await documentOf(script, []);
    expect(verdict.outcome).toBe('works');
    expect(phases.filter(({ outcome }) => outcome === 'warn')).toMatchObject([
      { phase: 'resource_metadata', text: expect.stringContaining(place) },
    ]);
  });

  it.each<[string, (sound: JsonObject) => JsonObject]>([
    ['nested', (sound) => ({ data: sound, access_token: null })],
    [
      'renamed',
      ({ access_token, ...sound }) => ({ ...sound, access_token: null, accessToken: access_token ?? null }),
    ],
  ])('warns of tokens that are %s, which other clients do not find', async (_, change) => {
    const { phases, verdict } = await documentOf(token(change), []);
    expect(verdict.outcome).toBe('works');
    expect(phases.filter(({ outcome }) => outcome === 'warn').map(({ phase }) => phase)).toEqual(['token']);
  });

  it('does not say that a user has granted what no token came for', async () => {
    const server = await startScriptedServer({ hasResource: true, elsewhere: { polls: ['invalid_client'] } });
    const { context, stdout } = createTestContext();
    try {
      await run(['mcp', `${server.issuer}/mcp`, '--client-id', 'client-1', '--flow', 'device'], context);
      expect(stdout()).toContain('✓ Authorization  Begun.');
      expect(stdout()).toContain('✗ Token');
    } finally {
      await server.close();
    }
  });

  it('shows each of the words of a refusal once, and the request that got no answer', async () => {
    const refused = await judge(
      called(json(403, { error: 'no' }, { 'www-authenticate': 'Bearer error="no"' })),
    );
    expect(refused?.evidence.filter((line) => line.endsWith(': no'))).toEqual(['error: no']);
    expect((await judge(named('token_endpoint')))?.evidence).toEqual([
      `POST ${unknownHost}/x got no answer.`,
    ]);
  });

  it('tells how the client of a further login was found at first', async () => {
    const wanted = json(
      403,
      {},
      { 'www-authenticate': 'Bearer error="insufficient_scope", scope="api:write"' },
    );
    const { phases, client, authorizations } = await documentOf(called(wanted), []);
    expect(authorizations).toBe(2);
    expect(client?.source).toBe('registered');
    expect(phases[4]?.text).toContain('registered for this session');
  });

  it('shows what a refusal says', async () => {
    const broken = await judge(called(json(402, { error: 'quota', error_description: 'Pay first.' })));
    expect(broken?.evidence).toContain('It says: Pay first.');
  });

  it('does not take what a firewall answers to it for what a browser sees', async () => {
    const server = await startScriptedServer(at('authorize', () => wall));
    const { context, stdout, stderr } = createTestContext({ visit: follow });
    try {
      const soon = ['--port', '0', '--browser-timeout', '1'];
      const status = await run(['mcp', `${server.issuer}/mcp`, ...soon], context);
      expect(status, stdout()).toBe(5);
      expect(stderr()).toMatch(/in front of the server refused the request with status 403\. A browser/);
      expect(stderr()).not.toContain('shows an error in the browser');
    } finally {
      await server.close();
    }
  });

  it('keeps the query of a page to log in at to itself', async () => {
    const broken = await judge(to('https://login.corp.example/saml?RelayState=relayed-secret'));
    expect(broken?.statement).toBe('It redirects to https://login.corp.example/saml.');
  });

  it('does not wait for the end of a stream that a GET opens', async () => {
    const headers = { 'content-type': 'text/event-stream' };
    const open = { status: 200, headers, body: 'event: endpoint\ndata: /messages\n\n', staysOpen: true };
    const script = at('resource', (_, request) =>
      request.headers.authorization === undefined
        ? undefined
        : request.method === 'GET'
          ? open
          : json(405, {}),
    );
    expect(await judge(script, ['--timeout', '3'])).toBeNull();
  });

  it('sends nothing to a link-local address that a registered client is given', async () => {
    const server = await startScriptedServer(registered({ registration_client_uri: 'http://169.254.1.1/c' }));
    const { context, stderr } = createTestContext({ visit: follow });
    try {
      const status = await run(['mcp', `${server.issuer}/mcp`, '--port', '0', '--store', 'none'], context);
      expect(status, stderr()).toBe(0);
      expect(stderr()).toMatch(/registration_client_uri is not used: [\s\S]*link-local/);
      expect(stderr()).toMatch(/stays at the server, which gave no\s+address/);
    } finally {
      await server.close();
    }
  });

  it.each<[what: string, script: Script, args: readonly string[], next: RegExp | undefined]>([
    [
      'an MCP server',
      { hasResource: true },
      ['--store', 'file'],
      /next:\s+oauth-code token --issuer \S+\s+--client-id \S+$/,
    ],
    [
      'an API',
      at('resource', (_, { method, headers }) =>
        headers.authorization === undefined ? undefined : json(method === 'GET' ? 200 : 404, {}),
      ),
      ['--store', 'file'],
      /next:\s+oauth-code request http:\S+\/mcp\s+--issuer \S+\s+--client-id \S+$/,
    ],
    ['a session that is not kept', { hasResource: true }, ['--store', 'none'], undefined],
    ['a call that is refused', called(json(500, {})), ['--store', 'file'], undefined],
  ])('names what comes next after %s', async (_, script, args, next) => {
    const text = (await printed(script, args)).trimEnd();
    if (next === undefined) expect(text).not.toContain('next: ');
    else expect(text).toMatch(next);
  });

  const oldTransport = (asks: boolean, post: Reply) =>
    at('resource', (_, { method, headers }) =>
      asks && headers.authorization === undefined
        ? undefined
        : method === 'GET'
          ? {
              status: 200,
              headers: { 'content-type': 'text/event-stream' },
              body: 'event: endpoint\ndata: /messages\n\n',
              staysOpen: true,
            }
          : post,
    );

  it.each([
    ['that is open', 'reach', false, text(405, 'text/plain', '')],
    ['that is open, with POST elsewhere', 'reach', false, json(404, {})],
    ['that wants a token', 'call', true, text(405, 'text/plain', '')],
    ['that wants a token, with POST elsewhere', 'call', true, json(404, {})],
  ])('tells a server of the old transport %s', async (_, phase, asks, post) => {
    const script = { ...oldTransport(asks, post), hasResource: asks };
    const { verdict, phases } = await documentOf(script, ['--timeout', '3']);
    expect(verdict).toEqual({ outcome: asks ? 'works' : 'open', first_broken: null });
    expect(phases.filter(({ outcome }) => outcome === 'warn')).toMatchObject([
      { phase, spec: 'MCP, Transports', text: expect.stringMatching(/old transport .*Streamable HTTP/) },
    ]);
    expect(await judge(script, ['--timeout', '3', ...call])).toMatchObject({
      ...{ phase: 'call', fault: 'client', confidence: 'medium' },
      statement: expect.stringContaining('old transport'),
      try: expect.stringContaining('/mcp'),
    });
  });
});
