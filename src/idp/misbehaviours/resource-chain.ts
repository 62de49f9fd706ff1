import type { JsonObject, JsonValue } from '../../json/json.ts';
import type { McpFault, McpPhase } from '../../output/documents.ts';
import { signedToken, testKey } from './forged-token.ts';
import type { ChainExpectation, Misbehaviour } from './misbehaviour.ts';
import { json, type Reply, type SeenRequest, text, without } from './reply.ts';
import { answerCall, challenged, metadataPath } from './scripted-resource.ts';
import type { Endpoint, Script } from './scripted-server.ts';

type Change = (sound: Reply, request: SeenRequest, asked: number) => Reply | undefined;
type Members = (sound: JsonObject, origin: string) => JsonObject;

/** The end of the id, what is wrong, how the server answers; who has to mend it, where it is not the usual one. */
type Row = readonly [
  id: string,
  wrong: string,
  script: Script,
  fault?: McpFault | undefined,
  options?: readonly string[],
];

/** A server whose one endpoint answers otherwise. */
const at = (endpoint: Endpoint, change: Change): Script => ({
  hasResource: true,
  instead: (sound, request, asked) =>
    request.endpoint === endpoint ? change(sound, request, asked) : undefined,
});
const both = (one: Script, other: Script): Script => ({
  ...one,
  instead: (...asked) => one.instead?.(...asked) ?? other.instead?.(...asked),
});
const always = (endpoint: Endpoint, reply: Reply) => at(endpoint, () => reply);
const error = (endpoint: Endpoint, status: number, code: string) =>
  always(endpoint, json(status, { error: code }));
/** The answer of an endpoint with other members. */
const membersAt = (endpoint: Endpoint, change: JsonObject | Members) =>
  at(endpoint, (sound, { url }) => {
    if (typeof sound === 'string' || sound.status >= 300) return undefined;
    const members: JsonObject = JSON.parse(String(sound.body));
    const changed = typeof change === 'function' ? change(members, url.origin) : { ...members, ...change };
    return json(sound.status, changed);
  });
const metadata = (change: JsonObject | Members) => membersAt('resource metadata', change);
const identifier = (change: (sound: string) => JsonValue) =>
  metadata((sound) => ({ ...sound, resource: change(String(sound.resource)) }));
const servers = (list: (origin: string) => JsonValue) =>
  metadata((sound, origin) => ({ ...sound, authorization_servers: list(origin) }));
const serverMetadata = (change: JsonObject | Members) => membersAt('discovery', change);
const answer = (change: (sound: Readonly<Record<string, string>>) => Record<string, string>): Script => ({
  hasResource: true,
  answer: change,
});
const refusal = (code: string, more = {}) =>
  answer(({ state = '', iss = '' }) => ({ error: code, state, iss, ...more }));

/** What the resource answers without a token, and with one. */
const bare = (change: Change) =>
  at('resource', (sound, request, asked) =>
    request.headers.authorization === undefined ? change(sound, request, asked) : undefined,
  );
const called = (change: Change) =>
  at('resource', (sound, request, asked) =>
    request.headers.authorization === undefined ? undefined : change(sound, request, asked),
  );
const challenge = (write: (metadataUrl: string) => string) =>
  bare((_, { url }) => json(401, {}, { 'www-authenticate': write(`${url.origin}${metadataPath}`) }));
const refused = (more: string) => called((_, { url }) => challenged(url.origin, 401, more));
const asksFor =
  (scope: string): Change =>
  (_, { url }) =>
    challenged(url.origin, 403, ', error="insufficient_scope"', scope);
const tooNarrow = asksFor('api:write');
const listed = (change: (body: string) => Reply) =>
  called((sound) => (typeof sound === 'string' || sound.status !== 200 ? sound : change(String(sound.body))));
const stream = (body: string) => text(200, 'text/event-stream', body);
const methodOf = ({ body }: SeenRequest) => /"method":"([^"]*)"/.exec(body)?.[1];

/** A JWT in place of the opaque access token. */
const jwt = (claims: Members): Script =>
  membersAt('token', (members, origin) => {
    const iat = Math.floor(Date.now() / 1000);
    const common = { iss: origin, sub: 'user-1', client_id: 'client-1', iat, exp: iat + 3600, jti: 'jwt-1' };
    const all = { ...common, scope: members.scope ?? '', ...claims(members, origin) };
    const header = { alg: 'RS256', kid: 'key-1', typ: 'at+jwt' };
    return { ...members, access_token: signedToken(header, all, testKey('RS256')) };
  });
const tokenType = (type: string) => membersAt('token', { token_type: type });
/** An issuer that is more than the origin, at one place or at all of them. */
const issuerWith = (end: string, place = ''): Script => ({
  ...both(
    at('discovery', (_, { url }) => (url.pathname.startsWith(place) ? undefined : json(404, {}))),
    servers((origin) => [`${origin}${end}`]),
  ),
  metadata: (sound) => ({ ...sound, issuer: `${sound.issuer}${end}` }),
  answer: (sound) => ({ ...sound, iss: `${sound.iss}${end}` }),
});

const page = (status: number, title: string, headers: Readonly<Record<string, string>> = {}) =>
  text(status, 'text/html', `<!doctype html><html><title>${title}</title><h1>${title}</h1></html>`, headers);
const website = page(200, 'Welcome');
const gateway = page(502, '502 Bad Gateway', { server: 'nginx' });
const wall = page(403, 'Attention Required!', { server: 'cloudflare', 'cf-ray': '8f2a1b3c4d5e6f70-FRA' });
const dead = 'http://127.0.0.1:1';
/** No name server is asked for a name that cannot be one. */
const unknownHost = 'https://no..such';
const elsewhere = 'https://other.example/mcp';

const openCall = (request: SeenRequest) =>
  request.endpoint === 'resource' ? answerCall(request) : undefined;
const openInitialize: Change = (_, request) =>
  methodOf(request) === 'initialize' ? answerCall(request) : undefined;
const rootMetadata = at('resource metadata', (_, { url }) =>
  url.pathname.endsWith('/mcp')
    ? json(404, {})
    : json(200, { resource: url.origin, authorization_servers: [url.origin] }),
);
const cutShort = text(200, 'application/json', '{"resource":');
const plainAlone = { code_challenge_methods_supported: ['plain'] };
const unregistered = serverMetadata(without('registration_endpoint'));
const ownClient = ['--client-id', 'client-1'];
const withSecret: Script['client'] = {
  clientId: 'client-1',
  method: 'client_secret_basic',
  clientSecret: 'a+b/c:d= e%',
};
const forged = { error_description: 'Call 555-0199 to unlock your account', iss: elsewhere };
const demandSession: Change = (_, request) =>
  request.headers['mcp-session-id'] === undefined && methodOf(request) !== 'initialize'
    ? json(400, { jsonrpc: '2.0', id: null, error: { code: -32000, message: 'Server not initialized' } })
    : undefined;
const endless = (body: string): Reply => ({
  ...{ status: 200, headers: { 'content-type': 'text/event-stream' }, body, staysOpen: true },
});
const rpcError: Change = () =>
  json(200, { jsonrpc: '2.0', id: 1, error: { code: -32603, message: 'Internal error' } });
const demandsDpop = both(
  metadata({ dpop_bound_access_tokens_required: true }),
  at('resource', (_, { headers, url }) => {
    const challenge = `DPoP algs="ES256", resource_metadata="${url.origin}${metadataPath}"`;
    return headers.dpop === undefined ? json(401, {}, { 'www-authenticate': challenge }) : undefined;
  }),
);
/** The token says its scope, since the resource looks at it alone. */
const stepUp = (refuse: Change, wanted = 'api:write'): Script => ({
  ...called((sound, request, asked) =>
    request.headers.authorization?.includes(' wide-') ? sound : refuse(sound, request, asked),
  ),
  token: (members) => {
    const width = String(members.scope).includes(wanted) ? 'wide' : 'narrow';
    return json(200, { ...members, access_token: `${width}-${members.access_token}` });
  },
});

/** A call that needs a scope which neither document lists. */
const stepUpBeyond: Script = {
  ...stepUp(asksFor('api:admin'), 'api:admin'),
  metadata: (sound) => ({ ...sound, scopes_supported: ['api:read', 'api:write'] }),
};
const refuseAdmin: Change = (_, { url: { searchParams, origin } }) => {
  if (!searchParams.get('scope')?.includes('api:admin')) return undefined;
  const refused = new URL(searchParams.get('redirect_uri') ?? '');
  const members = { error: 'invalid_scope', error_description: 'No api:admin here.', iss: origin };
  refused.search = String(new URLSearchParams({ ...members, state: searchParams.get('state') ?? '' }));
  return text(302, 'text/html', '', { location: refused.href });
};

/** Two authorization servers, the first of which answers so in place of its metadata. */
const firstServer = (reply: Members | Reply): Script =>
  both(
    servers((origin) => [`${origin}/first`, origin]),
    at('discovery', (sound, { url }) => {
      if (!url.pathname.includes('/first') || typeof sound === 'string') return undefined;
      if (typeof reply !== 'function') return reply;
      const members = { ...JSON.parse(String(sound.body)), issuer: `${url.origin}/first` };
      return json(200, reply(members, url.origin));
    }),
  );

const refusedJwt = (claims: JsonObject) =>
  both(
    jwt((_, origin) => ({ aud: `${origin}/mcp`, ...claims })),
    refused(', error="invalid_token"'),
  );

/** Errors of an endpoint, with their status; those of the authorization endpoint go through the browser. */
const errors = (
  endpoint: Endpoint,
  codes: Readonly<Record<string, number>>,
  fault?: McpFault,
): readonly Row[] =>
  Object.entries(codes).map(([code, status]) => [
    `${endpoint}-${code}`,
    `the error ${code} of the ${endpoint} endpoint`,
    endpoint === 'authorize' ? refusal(code) : error(endpoint, status, code),
    fault,
  ]);
/** Answers of an endpoint that lack a member. */
const lacking = (endpoint: Endpoint, ...names: readonly string[]): readonly Row[] =>
  names.map((name) => [
    `${endpoint}-without-${name}`,
    `an answer of ${endpoint} without ${name}`,
    membersAt(endpoint, without(name)),
  ]);
/** Pages of what is in front of an endpoint. */
const inFront = (endpoint: Endpoint, ...pages: readonly ('firewall' | 'gateway')[]): readonly Row[] =>
  pages.map((one) => [
    `${endpoint}-${one}`,
    `a page of a ${one} in front of ${endpoint}`,
    always(endpoint, one === 'gateway' ? gateway : wall),
    'in_front',
  ]);

/** Each run waits for an answer that cannot come. */
const soon = ['--browser-timeout', '1'];
const sentTo = (place: string) =>
  at('authorize', (_, { url }) => text(302, 'text/html', '', { location: place || url.href }));
const authorizedAt = (url: string) => serverMetadata({ authorization_endpoint: url });
const unregisteredPage = always('authorize', page(400, 'Invalid parameter: redirect_uri'));
/** Pages, and the lack of one, at which each login ends. */
const authorizePages: readonly Row[] = (
  [
    ['refused', 'no server at the authorization endpoint', authorizedAt(`${dead}/authorize`)],
    [
      'host-unknown',
      'an authorization endpoint on a host that does not exist',
      authorizedAt(`${unknownHost}/authorize`),
    ],
    ['not-found', 'nothing at the authorization endpoint', always('authorize', page(404, 'Not Found'))],
    [
      'failing-page',
      'a page of an authorization endpoint that fails',
      always('authorize', page(500, 'Oops')),
    ],
    ['dead-host', 'a login on a host that is down', sentTo(`${dead}/login`)],
    ['loop', 'a redirect of the authorization endpoint to itself', sentTo('')],
    ['gateway', 'a gateway in front of authorize', always('authorize', gateway), 'in_front'],
    ['redirect-uri-given', 'a page that refuses a redirect URI', unregisteredPage, 'client', ownClient],
  ] satisfies readonly Row[]
).map(([id, wrong, script, fault, options = []]: Row) => [
  `authorize-${id}`,
  wrong,
  script,
  fault,
  [...soon, ...options],
]);

/** Rows of which `mcp` says the same, but for who has to mend it. */
const table = (
  expects: ChainExpectation,
  reaction: Misbehaviour['reaction'],
  section: string,
  rows: readonly Row[],
): readonly Misbehaviour[] =>
  rows.map(([id, wrong, script, fault, options = []]) => ({
    ...{ id: `mcp-${id}`.replace(/[ _]/g, '-'), wrong, reaction, section, checks: [], options, script },
    expects: typeof expects === 'string' || fault === undefined ? expects : { ...expects, fault },
  }));
const broken = (
  phase: McpPhase,
  fault: McpFault,
  reaction: Misbehaviour['reaction'],
  section: string,
  rows: readonly Row[],
) => table({ phase, fault }, reaction, section, rows);
const working = (section: string, rows: readonly Row[]) => table('works', 'accept', section, rows);

/** Faults between the URL of an MCP server and an answered call, and oddities that a client has to cope with. */
export const chainFaults: readonly Misbehaviour[] = [
  ...broken('reach', 'in_front', 'report', 'RFC 9110 §15', [
    ['hang-up', 'a server that ends each connection', always('resource', 'hang-up'), 'server'],
    [
      'failing',
      'a server that fails before it looks for a token',
      always('resource', json(500, {})),
      'server',
    ],
    ...inFront('resource', 'firewall', 'gateway'),
    [
      'user-agent',
      'a firewall that refuses the name of the client',
      at('resource', (_, { headers }) => (/^Mozilla/.test(headers['user-agent'] ?? '') ? undefined : wall)),
    ],
  ]),
  ...broken('challenge', 'client', 'report', 'RFC 9728 §5.1', [
    ['not-found', 'a URL at which nothing is', error('resource', 404, 'not_found')],
    ['page', 'the URL of a web page', always('resource', website)],
  ]),
  ...table('open', 'accept', 'RFC 9728 §5.1', [
    ['open', 'a server that needs no token', { ...error('resource metadata', 404, 'x'), before: openCall }],
  ]),
  ...working('RFC 9728 §5.1; RFC 6750 §3', [
    ['optional', 'a server that answers without a token too', bare((_, request) => answerCall(request))],
    ['initialize-open', 'a server that asks for a token after initialize', bare(openInitialize)],
    ['challenge-missing', 'a 401 without a challenge', bare(() => json(401, {}))],
    ['challenge-bare', 'a challenge that does not name the metadata', challenge(() => 'Bearer realm="mcp"')],
    [
      'challenge-dead-end',
      'a challenge that names metadata which is missing',
      challenge((url) => `Bearer resource_metadata="${url}/none"`),
    ],
    [
      'challenge-among-others',
      'several challenges in one header',
      challenge((url) => `Negotiate, Basic realm="a, b", Bearer resource_metadata="${url}", Custom x="y"`),
    ],
    [
      'challenge-blanks',
      'a challenge with blanks around =',
      challenge((url) => `bearer  scope = "api:read" ,resource_metadata = "${url}"`),
    ],
  ]),
  ...working('RFC 9728 §3', [
    ['metadata-at-root', 'metadata at the root alone', rootMetadata],
    ['identifier-slash', 'an identifier with a slash at its end', identifier((sound) => `${sound}/`)],
    ['identifier-parent', 'an identifier above the path', identifier((sound) => sound.replace('/mcp', ''))],
    ['identifier-case', 'an identifier in other letters', identifier((sound) => sound.replace('h', 'H'))],
    ['first-server-dead', 'two servers, the first of which is down', servers((origin) => [dead, origin])],
    ['first-server-missing', 'two servers, the first without metadata', firstServer(json(404, {}))],
    ['first-server-page', 'two servers, the first of which shows a web page', firstServer(website)],
    [
      'first-server-issuer',
      'two servers, the first with metadata of another issuer',
      firstServer((sound) => ({ ...sound, issuer: elsewhere })),
    ],
    [
      'first-server-pkce',
      'two servers, the first of which advertises no PKCE',
      firstServer(without('code_challenge_methods_supported')),
    ],
    [
      'first-server-no-url',
      'two servers, the first of which is not a URL',
      servers((origin) => ['auth.example', origin]),
    ],
  ]),
  ...broken('resource_metadata', 'server', 'refuse', 'RFC 9728 §3', [
    ['metadata-missing', 'no metadata of the resource', error('resource metadata', 404, 'not_found')],
    ['metadata-page', 'a web page in place of the metadata', always('resource metadata', website)],
    ['metadata-cut', 'metadata that is cut short', always('resource metadata', cutShort)],
    ['identifier-host', 'an identifier on another host', identifier(() => elsewhere)],
    ['identifier-port', 'an identifier on another port', identifier((sound) => sound.replace(/:\d+/, ':8'))],
    ['identifier-path', 'an identifier with another path', identifier((sound) => `${sound}/other`)],
    ['servers-empty', 'an empty list of authorization servers', servers(() => [])],
    ...lacking('resource metadata', 'resource', 'authorization_servers'),
    ['servers-no-url', 'an authorization server that is not a URL', servers(() => ['auth.example'])],
  ]),
  ...working('RFC 8414 §3', [
    [
      'issuer-path',
      'an issuer with a path, at the place of OpenID Connect alone',
      issuerWith('/tenant', '/tenant'),
    ],
    ['issuer-slash', 'an issuer that ends with a slash', issuerWith('/')],
  ]),
  ...broken('authorization_server', 'authorization_server', 'refuse', 'RFC 8414 §3', [
    ['server-dead', 'an authorization server that is down', servers(() => [dead])],
    ['servers-dead', 'two servers that are both down', servers(() => [dead, `${dead}/second`])],
    ['server-metadata-missing', 'no metadata of the server', error('discovery', 404, 'not_found')],
    [
      'server-metadata-page',
      'a web page in place of the metadata of the server',
      always('discovery', website),
    ],
    ['server-issuer', 'metadata of another issuer', serverMetadata({ issuer: elsewhere })],
    ...lacking('discovery', 'code_challenge_methods_supported', 'token_endpoint'),
    ...inFront('discovery', 'firewall'),
    ['server-plain-pkce', 'a server with PKCE of the method plain alone', serverMetadata(plainAlone)],
  ]),
  ...working('RFC 7591 §3.2.1; RFC 6749 §2.3.1', [
    ['secret-to-encode', 'a client secret that has to be encoded', { hasResource: true, client: withSecret }],
    ['client-known', 'no registration, for a client that is known', unregistered, undefined, ownClient],
  ]),
  ...broken('client', 'authorization_server', 'error', 'RFC 7591 §3.2.2', [
    ['registration-missing', 'no registration of clients', unregistered, 'client'],
    ...errors('register', {
      invalid_redirect_uri: 400,
      invalid_client_metadata: 400,
      too_many_requests: 429,
      server_error: 500,
    }),
    ...errors('register', { access_denied: 400 }),
    ...errors('register', { invalid_token: 401 }, 'client'),
    ...lacking('register', 'client_id'),
    ...inFront('register', 'firewall'),
    [
      'registration-elsewhere',
      'a client with other redirect URIs',
      membersAt('register', { redirect_uris: [elsewhere] }),
    ],
  ]),
  ...broken('authorization', 'authorization_server', 'error', 'RFC 6749 §4.1.2.1; RFC 8707 §2', [
    ['authorization-denied', 'a user who says no', refusal('access_denied'), 'client'],
    [
      'step-up-refused',
      'a scope that a call needs and the authorization server does not know',
      both(stepUpBeyond, at('authorize', refuseAdmin)),
    ],
    [
      'par-access_denied',
      'a pushed request that is denied, which no user has seen',
      { hasResource: true, par: () => json(400, { error: 'access_denied' }) },
      undefined,
      ['--par'],
    ],
    ...authorizePages,
    ...errors('authorize', { invalid_target: 0, invalid_scope: 0, unauthorized_client: 0, server_error: 0 }),
  ]),
  ...broken('authorization', 'authorization_server', 'refuse', 'RFC 9207 §2.4', [
    ['iss-wrong', 'an answer of another issuer', answer((sound) => ({ ...sound, iss: elsewhere }))],
    ['iss-missing', 'an answer without the iss that is advertised', answer(({ iss: _, ...rest }) => rest)],
    ['iss-forged-error', 'an error of another issuer', refusal('access_denied', forged)],
  ]),
  ...working('RFC 8707 §2', [
    ['token-jwt', 'a JWT for the resource', jwt((_, origin) => ({ aud: `${origin}/mcp` }))],
    ['token-client-audience', 'a JWT for the client, as of Entra', jwt(() => ({ aud: 'client-1' }))],
    ['token-no-audience', 'a JWT without an audience', jwt(() => ({}))],
    ['token-no-type', 'a token without token_type', membersAt('token', without('token_type'))],
  ]),
  ...broken('token', 'authorization_server', 'error', 'RFC 6749 §5.2; RFC 8707 §2', [
    ['token-page', 'a web page in place of a token', always('token', website)],
    ...errors('token', {
      access_denied: 400,
      interaction_required: 400,
      invalid_target: 400,
      invalid_grant: 400,
      invalid_client: 401,
      server_error: 500,
    }),
    ...lacking('token', 'access_token'),
    ['token-type', 'a token of a type that is not known', tokenType('mac')],
    ['token-type-dpop', 'a token for a key that was not shown', tokenType('DPoP')],
    ...inFront('token', 'firewall', 'gateway'),
  ]),
  ...broken('token', 'authorization_server', 'refuse', 'RFC 8707 §2; RFC 9068 §4', [
    ['token-audience', 'a JWT for another resource', jwt(() => ({ aud: elsewhere }))],
  ]),
  ...working('MCP, Streamable HTTP', [
    ['sessions', 'a server that wants initialize and a session', called(demandSession)],
    [
      'first-event-empty',
      'a stream whose first event is empty',
      listed((body) => stream(`data:\n\ndata: ${body}\n\n`)),
    ],
    ['stream-open', 'a stream that stays open', listed((body) => endless(`data: ${body}\n\n`))],
    ['dpop', 'a server that demands DPoP', demandsDpop],
    ['step-up', 'a call that needs one scope more', stepUp(tooNarrow)],
    ['step-up-unlisted', 'a call that needs a scope which no metadata lists', stepUpBeyond],
    [
      'step-up-unsaid',
      'a 403 that names a scope and no error',
      stepUp((_, { url }) => challenged(url.origin, 403, '', 'api:write')),
    ],
  ]),
  ...broken('call', 'server', 'error', 'RFC 6750 §3.1', [
    ['call-expired', 'a server that says a new token has expired', refused(', error="invalid_token"')],
    ['call-refused', 'a server that refuses each token without a reason', refused('')],
    ['call-past', 'a JWT that is over', refusedJwt({ exp: 1 }), 'authorization_server'],
    ['call-foreign', 'a JWT of another issuer', refusedJwt({ iss: elsewhere }), 'authorization_server'],
    ['call-forbidden', 'a server that forbids the call', called(() => json(403, { error: 'forbidden' }))],
    ['step-up-endless', 'a server that asks for the same scope again and again', called(tooNarrow)],
    ['call-failing', 'a server that fails with a token', called(() => json(500, {}))],
    ['call-error', 'a list of tools that is an error', called(rpcError)],
    ['call-wall', 'a firewall that refuses the call', called(() => wall), 'in_front'],
    ['call-gateway', 'a gateway whose server is down by now', called(() => gateway), 'in_front'],
    ['call-page', 'a web page in place of the answer', called(() => website), 'in_front'],
  ]),
];
