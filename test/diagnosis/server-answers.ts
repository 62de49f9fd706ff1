/**
 * What authorization servers really answer to each mistake of a client. Keycloak, Spring Authorization Server and
 * oidc-provider were asked; Hydra's and Dex's texts are those of their sources, the others those of their
 * documentation and of public reports.
 */

/** What a client did wrong, and how a cause says so. */
export const mistakes = {
  'wrong secret': /secret is wrong/,
  'wrong method':
    /registered for another (?:authentication )?method|has to authenticate by|does not take the client authentication/,
  'wrong redirect URI': /redirect URI is not registered/,
  'other redirect URI': /redirect_uri (?:of the token request is not|differs)/,
  'unknown client': /(?:does not know|has no) (?:this client|client of)|client is unknown|client_id is wrong/,
  'wrong scope': /scope/i,
  'code expired or used': /[Cc]ode.*(?:expired|used before|redeemed before)/,
  'wrong verifier': /code_verifier/,
  'dead refresh token':
    /(?:refresh token|session).*(?:expired|revoked|ended|used|not know|invalid)|refresh token/i,
  'wrong assertion key': /(?:key|signature)\b.*assertion|assertion.*(?:key|signature)\b/i,
  'assertion of another client': /assertion.*(?:another client|client_id|issuer)|iss and sub/i,
  'wrong assertion audience': /assertion.*audience|audience.*assertion/i,
  'expired assertion': /assertion.*(?:expired|times)|(?:expired|times).*assertion/i,
  'clock of the client': /assertion.*(?:clock|times)|clock.*assertion/i,
  'PAR demanded': /pushed authorization request/,
  'request object demanded': /request object/,
  'PKCE demanded': /demands? PKCE|no code_challenge/,
  'disabled client': /disabled|deleted/,
  'client credentials not allowed': /may not use/,
  'missing secret': /has to authenticate|does not authenticate|secret.*missing|no client_|has none/,
  'missing certificate': /certificate/,
  'token of another realm': /another (?:API or from another )?issuer|issued elsewhere/,
  'expired access token': /access token.*expired/,
} as const;

export type Mistake = keyof typeof mistakes;

/** How the client asked; claims are those of its assertion beside the right ones. */
export interface Asking {
  readonly at?: 'token' | 'authorize' | 'introspect' | 'revoke' | 'par' | 'userinfo';
  readonly grant?: 'client_credentials' | 'authorization_code' | 'refresh_token' | 'jwt-bearer';
  readonly client?: 'basic' | 'post' | 'none' | 'assertion';
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly token?: Readonly<Record<string, string>>;
  /** Where the browser is sent, when not to the redirect URI. */
  readonly to?: string;
}

/** A status, and what stands in the body: an error with its description, or any text; or a redirect. */
export type Answering = readonly [status: number, body: object | string];

export interface Answer {
  readonly mistake: Mistake;
  readonly asking: Asking;
  readonly answer: Answering;
  /** Other mistakes that this server answers in the same way: one of them may come first. */
  readonly like: readonly Mistake[];
}

export interface Server {
  readonly name: string;
  readonly issuer: string;
  readonly paths: Readonly<Record<NonNullable<Asking['at']>, string>>;
  readonly methods?: readonly string[];
  readonly answers: readonly Answer[];
}

const oauthError = (error: string, error_description?: string) =>
  error_description === undefined ? { error } : { error, error_description };

const secret: Asking = {};
const post: Asking = { client: 'post' };
const none: Asking = { client: 'none' };
const code: Asking = { grant: 'authorization_code' };
const otherUri: Asking = { ...code, token: { redirect_uri: 'https://app.example/other' } };
const noVerifier: Asking = { ...code, token: { code_verifier: '' } };
const otherVerifier: Asking = { ...code, token: { code_verifier: 'wrong'.repeat(10) } };
const refresh: Asking = { grant: 'refresh_token' };
const introspect: Asking = { at: 'introspect' };
const revoke: Asking = { at: 'revoke' };
const par: Asking = { at: 'par' };
const authorize: Asking = { at: 'authorize', client: 'none' };
const userinfo: Asking = { at: 'userinfo' };
const signed: Asking = { client: 'assertion' };
const expired: Asking = { ...signed, claims: { iat: -900, exp: -600 } };
const early: Asking = { ...signed, claims: { iat: 900, nbf: 900, exp: 1200 } };
const otherAudience: Asking = { ...signed, claims: { aud: 'https://other.example' } };
const otherClient: Asking = { ...signed, claims: { iss: 'other', sub: 'other' } };
const assertionGrant: Asking = { grant: 'jwt-bearer', client: 'none' };

const row = (
  mistake: Mistake,
  asking: Asking,
  status: number,
  body: object | string,
  ...like: Mistake[]
): Answer => ({
  mistake,
  asking,
  answer: [status, body],
  like,
});

const invalidClient = oauthError('invalid_client');
const invalidGrant = oauthError('invalid_grant');

const keycloakRefusal = 'Invalid client or Invalid client credentials';
const keycloakPage = (message: string) =>
  `<!DOCTYPE html><html><head><title>Sign in to main</title></head><body><div id="kc-error-message"><p class="instruction">${message}</p></div></body></html>`;

const keycloak: Server = {
  name: 'Keycloak',
  issuer: 'https://id.example/realms/main',
  paths: {
    token: '/protocol/openid-connect/token',
    authorize: '/protocol/openid-connect/auth',
    introspect: '/protocol/openid-connect/token/introspect',
    revoke: '/protocol/openid-connect/revoke',
    par: '/protocol/openid-connect/ext/par/request',
    userinfo: '/protocol/openid-connect/userinfo',
  },
  methods: [
    'private_key_jwt',
    'client_secret_basic',
    'client_secret_post',
    'tls_client_auth',
    'client_secret_jwt',
  ],
  answers: [
    row('wrong secret', secret, 401, oauthError('unauthorized_client', keycloakRefusal)),
    row('wrong secret', post, 401, oauthError('unauthorized_client', keycloakRefusal)),
    row('missing secret', none, 401, oauthError('unauthorized_client', keycloakRefusal)),
    row('unknown client', secret, 401, oauthError('invalid_client', keycloakRefusal), 'disabled client'),
    row(
      'unknown client',
      none,
      401,
      oauthError('invalid_client', keycloakRefusal),
      'disabled client',
      'missing certificate',
    ),
    row('disabled client', secret, 401, oauthError('invalid_client', keycloakRefusal), 'unknown client'),
    row(
      'missing certificate',
      none,
      401,
      oauthError('invalid_client', keycloakRefusal),
      'unknown client',
      'disabled client',
    ),
    row(
      'wrong method',
      secret,
      400,
      oauthError('invalid_client', 'Parameter client_assertion_type is missing'),
    ),
    row(
      'wrong method',
      signed,
      401,
      oauthError('invalid_client', keycloakRefusal),
      'unknown client',
      'disabled client',
    ),
    row(
      'client credentials not allowed',
      secret,
      401,
      oauthError('unauthorized_client', 'Client not enabled to retrieve service account'),
    ),
    row(
      'client credentials not allowed',
      none,
      401,
      oauthError('unauthorized_client', 'Public client not allowed to retrieve service account'),
    ),
    row('wrong scope', secret, 400, oauthError('invalid_scope', 'Invalid scopes: nope')),
    row('wrong scope', authorize, 302, oauthError('invalid_scope', 'Invalid scopes: openid nope')),
    row(
      'wrong assertion key',
      signed,
      400,
      oauthError(
        'invalid_client',
        'Client authentication with signed JWT failed: Signature on JWT token failed validation',
      ),
    ),
    row('wrong assertion key', signed, 400, oauthError('invalid_client', 'Unable to load public key')),
    row('assertion of another client', otherClient, 401, oauthError('unauthorized_client', keycloakRefusal)),
    row(
      'wrong assertion audience',
      otherAudience,
      400,
      oauthError('invalid_client', 'Invalid token audience'),
    ),
    row('expired assertion', expired, 400, oauthError('invalid_client', 'Token is not active')),
    row('clock of the client', early, 400, oauthError('invalid_client', 'Token was issued in the future')),
    row('clock of the client', early, 400, oauthError('invalid_client', 'Token is not active')),
    row('code expired or used', code, 400, oauthError('invalid_grant', 'Code not valid')),
    row('other redirect URI', otherUri, 400, oauthError('invalid_grant', 'Incorrect redirect_uri')),
    row(
      'wrong verifier',
      otherVerifier,
      400,
      oauthError('invalid_grant', 'PKCE verification failed: Code mismatch'),
    ),
    row('wrong verifier', noVerifier, 400, oauthError('invalid_grant', 'PKCE code verifier not specified')),
    row('dead refresh token', refresh, 400, oauthError('invalid_grant', 'Session not active')),
    row('dead refresh token', refresh, 400, oauthError('invalid_grant', 'Token is not active')),
    row('dead refresh token', refresh, 400, oauthError('invalid_grant', 'Invalid refresh token')),
    row(
      'token of another realm',
      refresh,
      400,
      oauthError('invalid_grant', 'Invalid refresh token'),
      'dead refresh token',
    ),
    row(
      'wrong secret',
      introspect,
      401,
      oauthError('invalid_request', 'Authentication failed.'),
      'missing secret',
      'unknown client',
    ),
    row('wrong secret', revoke, 401, oauthError('unauthorized_client', keycloakRefusal)),
    row(
      'wrong secret',
      par,
      401,
      oauthError('invalid_request', 'Authentication failed.'),
      'missing secret',
      'unknown client',
    ),
    row(
      'token of another realm',
      userinfo,
      401,
      'Bearer realm="other", error="invalid_token", error_description="Token verification failed"',
    ),
    row('wrong redirect URI', authorize, 400, keycloakPage('Invalid parameter: redirect_uri')),
    row('wrong redirect URI', par, 400, oauthError('invalid_request', 'Invalid parameter: redirect_uri')),
    row('unknown client', authorize, 400, keycloakPage('Client not found.')),
    row('disabled client', authorize, 400, keycloakPage('Client disabled.')),
    row(
      'PAR demanded',
      authorize,
      302,
      oauthError('invalid_request', 'Pushed Authorization Request is only allowed.'),
    ),
    row(
      'PKCE demanded',
      { ...authorize, token: { pkce: 'off' } },
      302,
      oauthError('invalid_request', 'Missing parameter: code_challenge_method'),
    ),
    row('request object demanded', authorize, 400, keycloakPage('Invalid Request')),
  ],
};

const fosite = {
  client:
    'Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method).',
  grant:
    'The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.',
  request:
    'The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.',
  scope: 'The requested scope is invalid, unknown, or malformed.',
  unauthorized: 'The client is not authorized to request a token using this method.',
};

const hydra: Server = {
  name: 'Hydra',
  issuer: 'https://hydra.example/',
  paths: {
    token: 'oauth2/token',
    authorize: 'oauth2/auth',
    introspect: 'admin/oauth2/introspect',
    revoke: 'oauth2/revoke',
    par: 'oauth2/par',
    userinfo: 'userinfo',
  },
  methods: ['client_secret_post', 'client_secret_basic', 'private_key_jwt', 'none'],
  answers: [
    row(
      'wrong secret',
      secret,
      401,
      oauthError('invalid_client', fosite.client),
      'unknown client',
      'wrong method',
    ),
    row(
      'unknown client',
      secret,
      401,
      oauthError('invalid_client', fosite.client),
      'wrong secret',
      'wrong method',
    ),
    row(
      'unknown client',
      authorize,
      303,
      oauthError('invalid_client', `${fosite.client} The requested OAuth 2.0 Client does not exist.`),
    ),
    row(
      'wrong method',
      post,
      401,
      oauthError(
        'invalid_client',
        `${fosite.client} The OAuth 2.0 Client supports client authentication method 'client_secret_basic', but method 'client_secret_post' was requested. You must configure the OAuth 2.0 client's 'token_endpoint_auth_method' value to accept 'client_secret_post'.`,
      ),
    ),
    row(
      'wrong method',
      signed,
      401,
      oauthError(
        'invalid_client',
        `${fosite.client} This requested OAuth 2.0 client only supports client authentication method 'client_secret_basic', however 'client_assertion' was provided in the request.`,
      ),
    ),
    row(
      'missing secret',
      none,
      401,
      oauthError(
        'invalid_client',
        `${fosite.client} The OAuth 2.0 Client supports client authentication method 'client_secret_basic', but method 'none' was requested. You must configure the OAuth 2.0 client's 'token_endpoint_auth_method' value to accept 'none'.`,
      ),
      'wrong method',
    ),
    row(
      'client credentials not allowed',
      secret,
      400,
      oauthError(
        'unauthorized_client',
        `${fosite.unauthorized} The OAuth 2.0 Client is not allowed to use authorization grant 'client_credentials'.`,
      ),
    ),
    row(
      'client credentials not allowed',
      none,
      400,
      oauthError(
        'invalid_grant',
        `${fosite.grant} The OAuth 2.0 Client is marked as public and is thus not allowed to use authorization grant 'client_credentials'.`,
      ),
    ),
    row(
      'wrong scope',
      secret,
      400,
      oauthError(
        'invalid_scope',
        `${fosite.scope} The OAuth 2.0 Client is not allowed to request scope 'nope'.`,
      ),
    ),
    row(
      'wrong scope',
      authorize,
      303,
      oauthError(
        'invalid_scope',
        `${fosite.scope} The OAuth 2.0 Client is not allowed to request scope 'nope'.`,
      ),
    ),
    row(
      'wrong redirect URI',
      authorize,
      303,
      oauthError(
        'invalid_request',
        `${fosite.request} The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.`,
      ),
    ),
    row(
      'wrong assertion key',
      signed,
      401,
      oauthError(
        'invalid_client',
        `${fosite.client} Unable to verify the integrity of the 'client_assertion' value.`,
      ),
    ),
    row(
      'wrong assertion key',
      signed,
      400,
      oauthError(
        'invalid_request',
        `${fosite.request} The JSON Web Token uses signing key with kid 'k9', which could not be found.`,
      ),
    ),
    row(
      'assertion of another client',
      { ...signed, claims: { iss: 'other' } },
      401,
      oauthError(
        'invalid_client',
        `${fosite.client} Claim 'iss' from 'client_assertion' must match the 'client_id' of the OAuth 2.0 Client.`,
      ),
    ),
    row(
      'wrong assertion audience',
      otherAudience,
      401,
      oauthError(
        'invalid_client',
        `${fosite.client} Claim 'audience' from 'client_assertion' must match the authorization server's token endpoint 'https://hydra.example/oauth2/token'.`,
      ),
    ),
    row('expired assertion', expired, 500, oauthError('error', 'The error is unrecognizable')),
    row('clock of the client', early, 500, oauthError('error', 'The error is unrecognizable')),
    row(
      'code expired or used',
      code,
      400,
      oauthError('invalid_grant', `${fosite.grant} The authorization code has already been used.`),
    ),
    row('code expired or used', code, 400, oauthError('invalid_grant', fosite.grant)),
    row(
      'other redirect URI',
      otherUri,
      400,
      oauthError(
        'invalid_grant',
        `${fosite.grant} The 'redirect_uri' from this request does not match the one from the authorize request.`,
      ),
    ),
    row(
      'wrong verifier',
      otherVerifier,
      400,
      oauthError('invalid_grant', `${fosite.grant} The PKCE code challenge did not match the code verifier.`),
    ),
    row(
      'wrong redirect URI',
      { ...authorize, to: 'https://hydra.example/oauth2/fallbacks/error' },
      303,
      oauthError(
        'invalid_request',
        `${fosite.request} The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.`,
      ),
    ),
    row(
      'unknown client',
      { ...authorize, to: 'https://hydra.example/oauth2/fallbacks/error' },
      303,
      oauthError('invalid_client', `${fosite.client} The requested OAuth 2.0 Client does not exist.`),
    ),
    row(
      'PKCE demanded',
      { ...authorize, token: { pkce: 'off' } },
      303,
      oauthError(
        'invalid_request',
        `${fosite.request} Clients must include a code_challenge when performing the authorize code flow, but it is missing.`,
      ),
    ),
    row(
      'PAR demanded',
      authorize,
      303,
      oauthError(
        'invalid_request',
        `${fosite.request} Pushed Authorization Requests are enforced but no such request was sent.`,
      ),
    ),
    row(
      'dead refresh token',
      refresh,
      400,
      oauthError('invalid_grant', `${fosite.grant} The refresh token was already used.`),
    ),
    row(
      'dead refresh token',
      refresh,
      400,
      oauthError('invalid_grant', `${fosite.grant} The refresh token is malformed or not valid.`),
    ),
    row(
      'dead refresh token',
      refresh,
      400,
      oauthError('invalid_grant', `${fosite.grant} The refresh token expired.`),
    ),
    row(
      'wrong secret',
      revoke,
      401,
      oauthError('invalid_client', fosite.client),
      'unknown client',
      'wrong method',
    ),
    row(
      'token of another realm',
      userinfo,
      401,
      'Bearer error="request_unauthorized",error_description="The request could not be authorized. Check that you provided valid credentials in the right format."',
      'expired access token',
    ),
    row(
      'wrong assertion audience',
      assertionGrant,
      400,
      oauthError(
        'invalid_grant',
        `${fosite.grant} The JWT in 'assertion' request parameter MUST contain an 'aud' (audience) claim containing a value 'https://hydra.example/oauth2/token' that identifies the authorization server as an intended audience.`,
      ),
    ),
    row(
      'expired assertion',
      assertionGrant,
      400,
      oauthError('invalid_grant', `${fosite.grant} The JWT in 'assertion' request parameter expired.`),
    ),
  ],
};

const dexPage = (message: string) =>
  `<!DOCTYPE html><html><head><title>dex</title></head><body><div class="theme-panel"><h2 class="theme-heading">Bad Request</h2><p>${message}</p></div></body></html>`;

const dex: Server = {
  name: 'Dex',
  issuer: 'https://auth.example/dex',
  paths: {
    token: '/token',
    authorize: '/auth',
    introspect: '/token/introspect',
    revoke: '/token/revoke',
    par: '/par',
    userinfo: '/userinfo',
  },
  methods: ['client_secret_basic', 'client_secret_post'],
  answers: [
    row(
      'wrong secret',
      secret,
      401,
      oauthError('invalid_client', 'Invalid client credentials.'),
      'unknown client',
    ),
    row(
      'wrong secret',
      post,
      401,
      oauthError('invalid_client', 'Invalid client credentials.'),
      'unknown client',
      'wrong method',
    ),
    row(
      'unknown client',
      secret,
      401,
      oauthError('invalid_client', 'Invalid client credentials.'),
      'wrong secret',
    ),
    row(
      'missing secret',
      none,
      401,
      oauthError('invalid_client', 'Invalid client credentials.'),
      'unknown client',
    ),
    row('unknown client', authorize, 404, dexPage('Invalid client_id (&#34;nope&#34;).')),
    row(
      'wrong redirect URI',
      authorize,
      400,
      dexPage('Unregistered redirect_uri (&#34;https://app.example/callback&#34;).'),
    ),
    row('wrong scope', authorize, 303, oauthError('invalid_scope', 'Unrecognized scope(s) ["nope"]')),
    row(
      'wrong scope',
      authorize,
      303,
      oauthError('invalid_scope', 'Client can\'t request scope(s) ["audience:server:client_id:x"]'),
    ),
    row('code expired or used', code, 400, oauthError('invalid_grant', 'Invalid or expired code parameter.')),
    row(
      'code expired or used',
      code,
      400,
      oauthError('invalid_request', 'Invalid or expired code parameter.'),
    ),
    row(
      'other redirect URI',
      otherUri,
      400,
      oauthError('invalid_request', 'redirect_uri did not match URI from initial request.'),
    ),
    row('wrong verifier', otherVerifier, 400, oauthError('invalid_grant', 'Invalid code_verifier.')),
    row(
      'wrong verifier',
      noVerifier,
      400,
      oauthError('invalid_grant', 'Expecting parameter code_verifier in PKCE flow.'),
    ),
    row(
      'dead refresh token',
      refresh,
      400,
      oauthError(
        'invalid_request',
        'Refresh token is invalid or has already been claimed by another client.',
      ),
    ),
    row('dead refresh token', refresh, 400, oauthError('invalid_request', 'Refresh token expired.')),
    row('client credentials not allowed', secret, 400, oauthError('unsupported_grant_type')),
    row(
      'wrong secret',
      introspect,
      401,
      oauthError('invalid_client', 'Invalid client credentials.'),
      'unknown client',
    ),
  ],
};

const spring: Server = {
  name: 'Spring',
  issuer: 'https://sas.example',
  paths: {
    token: '/oauth2/token',
    authorize: '/oauth2/authorize',
    introspect: '/oauth2/introspect',
    revoke: '/oauth2/revoke',
    par: '/oauth2/par',
    userinfo: '/userinfo',
  },
  methods: [
    'client_secret_basic',
    'client_secret_post',
    'client_secret_jwt',
    'private_key_jwt',
    'tls_client_auth',
    'self_signed_tls_client_auth',
  ],
  answers: [
    row('wrong secret', secret, 401, invalidClient, 'wrong method', 'unknown client'),
    row('wrong method', post, 401, invalidClient, 'wrong secret', 'unknown client'),
    row('unknown client', secret, 401, invalidClient, 'wrong secret', 'wrong method'),
    row('missing secret', none, 401, ''),
    row('missing certificate', none, 401, '', 'missing secret'),
    row('client credentials not allowed', secret, 400, oauthError('unauthorized_client')),
    row('wrong scope', secret, 400, oauthError('invalid_scope')),
    row('wrong scope', authorize, 302, oauthError('invalid_scope', 'OAuth 2.0 Parameter: scope')),
    row(
      'PKCE demanded',
      { ...authorize, token: { pkce: 'off' } },
      302,
      oauthError('invalid_request', 'OAuth 2.0 Parameter: code_challenge'),
    ),
    row('wrong assertion key', signed, 401, invalidClient),
    row('assertion of another client', otherClient, 401, invalidClient),
    row('assertion of another client', { ...signed, claims: { iss: 'other' } }, 401, invalidClient),
    row('wrong assertion audience', otherAudience, 401, invalidClient),
    row('expired assertion', expired, 401, invalidClient),
    row('clock of the client', early, 401, invalidClient),
    row('code expired or used', code, 400, invalidGrant),
    row('other redirect URI', otherUri, 400, invalidGrant, 'code expired or used'),
    row('wrong verifier', otherVerifier, 400, invalidGrant, 'code expired or used'),
    row('dead refresh token', refresh, 400, invalidGrant),
    row('wrong secret', introspect, 401, invalidClient, 'wrong method', 'unknown client'),
    row('wrong secret', revoke, 401, invalidClient, 'wrong method', 'unknown client'),
    row('wrong secret', par, 401, invalidClient, 'wrong method', 'unknown client'),
    row(
      'wrong redirect URI',
      authorize,
      400,
      '<html><body><h1>Whitelabel Error Page</h1><p>This application has no explicit mapping for /error, so you are seeing this as a fallback.</p><div>There was an unexpected error (type=Bad Request, status=400).</div></body></html>',
      'unknown client',
    ),
    row(
      'unknown client',
      authorize,
      400,
      '<html><body><h1>Whitelabel Error Page</h1><p>This application has no explicit mapping for /error, so you are seeing this as a fallback.</p><div>There was an unexpected error (type=Bad Request, status=400).</div></body></html>',
      'wrong redirect URI',
    ),
    row(
      'token of another realm',
      userinfo,
      401,
      'Bearer error="invalid_token", error_description="An error occurred while attempting to decode the Jwt: Signed JWT rejected: Another algorithm expected, or no matching key(s) found", error_uri="https://tools.ietf.org/html/rfc6750#section-3.1"',
    ),
  ],
};

const aadsts = (error: string, code: string, text: string) =>
  oauthError(
    error,
    `AADSTS${code}: ${text} Trace ID: 00000000-0000-4000-8000-00000000aaaa Correlation ID: 00000000-0000-4000-8000-00000000bbbb Timestamp: 2026-01-01 00:00:00Z`,
  );

const entra: Server = {
  name: 'Entra',
  issuer: 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/v2.0',
  paths: {
    token: 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/oauth2/v2.0/token',
    authorize: 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/oauth2/v2.0/authorize',
    introspect:
      'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/oauth2/v2.0/introspect',
    revoke: 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/oauth2/v2.0/revoke',
    par: 'https://login.microsoftonline.com/11111111-2222-4333-8444-555555555555/oauth2/v2.0/par',
    userinfo: 'https://graph.microsoft.com/oidc/userinfo',
  },
  methods: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
  answers: [
    row(
      'wrong secret',
      post,
      401,
      aadsts(
        'invalid_client',
        '7000215',
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app 'app'.",
      ),
    ),
    row(
      'unknown client',
      post,
      400,
      aadsts(
        'unauthorized_client',
        '700016',
        "Application with identifier 'app' was not found in the directory 'Example'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant.",
      ),
    ),
    row(
      'disabled client',
      post,
      400,
      aadsts('unauthorized_client', '7000112', "Application 'app'(Example) is disabled."),
    ),
    row(
      'missing secret',
      none,
      401,
      aadsts(
        'invalid_client',
        '7000218',
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      ),
    ),
    row(
      'missing secret',
      none,
      400,
      aadsts(
        'invalid_request',
        '7000216',
        "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
      ),
    ),
    row(
      'wrong redirect URI',
      authorize,
      400,
      `<html><body>Sorry, but we're having trouble signing you in. AADSTS50011: The redirect URI 'https://app.example/callback' specified in the request does not match the redirect URIs configured for the application 'app'.</body></html>`,
    ),
    row(
      'other redirect URI',
      otherUri,
      400,
      aadsts(
        'invalid_client',
        '500112',
        "The reply address 'https://app.example/other' does not match the reply address 'https://app.example/callback' provided when requesting Authorization code.",
      ),
    ),
    row(
      'wrong scope',
      post,
      400,
      aadsts(
        'invalid_scope',
        '70011',
        "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope nope is not valid.",
      ),
    ),
    row(
      'wrong scope',
      post,
      400,
      aadsts(
        'invalid_scope',
        '1002012',
        'The provided value for scope nope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
      ),
    ),
    row(
      'code expired or used',
      code,
      400,
      aadsts(
        'invalid_grant',
        '70008',
        'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
      ),
    ),
    row(
      'code expired or used',
      code,
      400,
      aadsts(
        'invalid_grant',
        '54005',
        'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
      ),
    ),
    row(
      'wrong verifier',
      otherVerifier,
      400,
      aadsts(
        'invalid_grant',
        '501481',
        'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
      ),
    ),
    row(
      'dead refresh token',
      refresh,
      400,
      aadsts(
        'invalid_grant',
        '700082',
        'The refresh token has expired due to inactivity. The token was issued on 2025-01-01T00:00:00.0000000Z and was inactive for 90.00:00:00.',
      ),
    ),
    row(
      'wrong assertion key',
      signed,
      401,
      aadsts(
        'invalid_client',
        '700027',
        "Client assertion contains an invalid signature. [Reason - The key was not found., Thumbprint of key used by client: '00', Please visit the Azure Portal]",
      ),
    ),
    row(
      'assertion of another client',
      otherClient,
      401,
      aadsts(
        'invalid_client',
        '700021',
        "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://learn.microsoft.com/entra/identity-platform/certificate-credentials .",
      ),
    ),
    row(
      'expired assertion',
      expired,
      401,
      aadsts(
        'invalid_client',
        '700024',
        'Client assertion is not within its valid time range. Current time: 2026-01-01T00:00:00.0000000Z, assertion valid from 2025-12-31T23:45:00.0000000Z, expiry time of assertion 2025-12-31T23:50:00.0000000Z.',
      ),
    ),
    row(
      'clock of the client',
      early,
      401,
      aadsts(
        'invalid_client',
        '700024',
        'Client assertion is not within its valid time range. Current time: 2026-01-01T00:00:00.0000000Z, assertion valid from 2026-01-01T00:15:00.0000000Z, expiry time of assertion 2026-01-01T00:20:00.0000000Z.',
      ),
    ),
    row(
      'PKCE demanded',
      { ...authorize, token: { pkce: 'off' } },
      302,
      aadsts(
        'invalid_request',
        '9002325',
        'Proof Key for Code Exchange is required for cross-origin authorization code redemption.',
      ),
    ),
  ],
};

const okta: Server = {
  name: 'Okta',
  issuer: 'https://dev-1.okta.com/oauth2/default',
  paths: {
    token: '/v1/token',
    authorize: '/v1/authorize',
    introspect: '/v1/introspect',
    revoke: '/v1/revoke',
    par: '/v1/par',
    userinfo: '/v1/userinfo',
  },
  methods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'],
  answers: [
    row(
      'wrong secret',
      secret,
      401,
      oauthError('invalid_client', 'The client secret supplied for a confidential client is invalid.'),
    ),
    row('unknown client', secret, 401, {
      errorCode: 'invalid_client',
      errorSummary: "Invalid value for 'client_id' parameter.",
      errorLink: 'invalid_client',
      errorId: 'oae',
      errorCauses: [],
    }),
    row(
      'unknown client',
      secret,
      401,
      oauthError('invalid_client', "Invalid value for 'client_id' parameter."),
    ),
    row(
      'missing secret',
      none,
      401,
      oauthError(
        'invalid_client',
        'Client authentication failed. Either the client or the client credentials are invalid.',
      ),
      'unknown client',
    ),
    row(
      'client credentials not allowed',
      secret,
      400,
      oauthError(
        'unauthorized_client',
        'The client is not authorized to use the provided grant type. Configured grant types: [authorization_code, refresh_token].',
      ),
    ),
    row(
      'wrong scope',
      secret,
      400,
      oauthError(
        'invalid_scope',
        'One or more scopes are not configured for the authorization server resource.',
      ),
    ),
    row(
      'wrong scope',
      authorize,
      302,
      oauthError(
        'invalid_scope',
        'One or more scopes are not configured for the authorization server resource.',
      ),
    ),
    row(
      'wrong redirect URI',
      authorize,
      400,
      `<html><body><h2>400</h2><p>Your request resulted in an error. The 'redirect_uri' parameter must be a Login redirect URI in the client app settings: https://dev-1-admin.okta.com/admin/app/oidc_client/instance/0oa#tab-general</p></body></html>`,
    ),
    row(
      'code expired or used',
      code,
      400,
      oauthError('invalid_grant', 'The authorization code is invalid or has expired.'),
    ),
    row('wrong verifier', otherVerifier, 400, oauthError('invalid_grant', 'PKCE verification failed.')),
    row(
      'dead refresh token',
      refresh,
      400,
      oauthError('invalid_grant', 'The refresh token is invalid or expired.'),
    ),
    row(
      'wrong assertion key',
      signed,
      401,
      oauthError('invalid_client', 'The client_assertion signature is invalid.'),
    ),
    row(
      'wrong assertion key',
      signed,
      401,
      oauthError('invalid_client', 'The client_assertion JWT kid is invalid.'),
    ),
    row(
      'wrong assertion audience',
      otherAudience,
      401,
      oauthError(
        'invalid_client',
        'The audience claim for client_assertion must be the endpoint invoked for the request.',
      ),
    ),
    row(
      'expired assertion',
      expired,
      401,
      oauthError('invalid_client', 'The client_assertion token is expired.'),
    ),
    row(
      'clock of the client',
      { ...signed, claims: { iat: 900, exp: 4500 } },
      401,
      oauthError('invalid_client', 'The client_assertion token has an expiration too far into the future.'),
    ),
    row(
      'PKCE demanded',
      { ...authorize, token: { pkce: 'off' } },
      302,
      oauthError(
        'invalid_request',
        "PKCE code challenge is required when the token endpoint authentication method is 'NONE'.",
      ),
    ),
    row(
      'wrong secret',
      introspect,
      401,
      oauthError('invalid_client', 'The client secret supplied for a confidential client is invalid.'),
    ),
    row(
      'wrong secret',
      revoke,
      401,
      oauthError('invalid_client', 'The client secret supplied for a confidential client is invalid.'),
    ),
  ],
};

const auth0: Server = {
  name: 'Auth0',
  issuer: 'https://acme.eu.auth0.com/',
  paths: {
    token: 'oauth/token',
    authorize: 'authorize',
    introspect: 'oauth/introspect',
    revoke: 'oauth/revoke',
    par: 'oauth/par',
    userinfo: 'userinfo',
  },
  methods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'],
  answers: [
    row('wrong secret', post, 401, oauthError('access_denied', 'Unauthorized'), 'unknown client'),
    row('unknown client', post, 401, oauthError('access_denied', 'Unauthorized'), 'wrong secret'),
    row('missing secret', none, 401, oauthError('access_denied', 'Unauthorized'), 'unknown client'),
    row(
      'unknown client',
      authorize,
      400,
      '<html><body><h1>Oops!, something went wrong</h1><p>invalid_request: Unknown client: nope</p></body></html>',
    ),
    row(
      'wrong redirect URI',
      authorize,
      403,
      '<html><body><h1>Callback URL mismatch.</h1><p>The provided redirect_uri is not in the list of allowed callback URLs.</p></body></html>',
    ),
    row(
      'other redirect URI',
      otherUri,
      401,
      oauthError(
        'unauthorized_client',
        'The redirect URI is wrong. You sent https://app.example/other, and we expected https://app.example/callback',
      ),
    ),
    row(
      'client credentials not allowed',
      post,
      403,
      oauthError('unauthorized_client', "Grant type 'client_credentials' not allowed for the client."),
    ),
    row(
      'wrong scope',
      post,
      403,
      oauthError('access_denied', 'Client has not been granted scopes: read:nope'),
    ),
    row('code expired or used', code, 403, oauthError('invalid_grant', 'Invalid authorization code')),
    row('wrong verifier', otherVerifier, 403, oauthError('invalid_grant', 'Failed to verify code verifier')),
    row('dead refresh token', refresh, 403, oauthError('invalid_grant', 'Unknown or invalid refresh token.')),
  ],
};

const cognito: Server = {
  name: 'Cognito',
  issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AAAA',
  paths: {
    token: 'https://acme.auth.eu-west-1.amazoncognito.com/oauth2/token',
    authorize: 'https://acme.auth.eu-west-1.amazoncognito.com/oauth2/authorize',
    introspect: '/oauth2/introspect',
    revoke: 'https://acme.auth.eu-west-1.amazoncognito.com/oauth2/revoke',
    par: '/oauth2/par',
    userinfo: 'https://acme.auth.eu-west-1.amazoncognito.com/oauth2/userInfo',
  },
  methods: ['client_secret_basic', 'client_secret_post'],
  answers: [
    row('wrong secret', secret, 400, invalidClient, 'unknown client', 'wrong method'),
    row('unknown client', secret, 400, invalidClient, 'wrong secret', 'wrong method'),
    row('missing secret', none, 400, invalidClient, 'unknown client'),
    row('client credentials not allowed', secret, 400, oauthError('unauthorized_client')),
    row('wrong scope', secret, 400, oauthError('invalid_scope')),
    row('code expired or used', code, 400, invalidGrant),
    row('wrong verifier', otherVerifier, 400, invalidGrant, 'code expired or used'),
    row('dead refresh token', refresh, 400, invalidGrant),
    row(
      'wrong redirect URI',
      authorize,
      400,
      '<html><body><h1>An error was encountered with the requested page.</h1><p>redirect_mismatch</p></body></html>',
    ),
  ],
};

const google: Server = {
  name: 'Google',
  issuer: 'https://accounts.google.com',
  paths: {
    token: 'https://oauth2.googleapis.com/token',
    authorize: '/o/oauth2/v2/auth',
    introspect: 'https://oauth2.googleapis.com/introspect',
    revoke: 'https://oauth2.googleapis.com/revoke',
    par: '/par',
    userinfo: 'https://openidconnect.googleapis.com/v1/userinfo',
  },
  methods: ['client_secret_post', 'client_secret_basic'],
  answers: [
    row(
      'wrong secret',
      { ...post, grant: 'authorization_code' },
      401,
      oauthError('invalid_client', 'The provided client secret is invalid.'),
    ),
    row(
      'wrong secret',
      { ...post, grant: 'authorization_code' },
      401,
      oauthError('invalid_client', 'Unauthorized'),
      'unknown client',
      'wrong method',
    ),
    row(
      'unknown client',
      { ...post, grant: 'authorization_code' },
      401,
      oauthError('invalid_client', 'The OAuth client was not found.'),
    ),
    row(
      'disabled client',
      { ...post, grant: 'authorization_code' },
      401,
      oauthError('disabled_client', 'The OAuth client was disabled.'),
    ),
    row(
      'missing secret',
      { ...none, grant: 'authorization_code' },
      400,
      oauthError('invalid_request', 'client_secret is missing.'),
    ),
    row(
      'client credentials not allowed',
      post,
      400,
      oauthError('unsupported_grant_type', 'Invalid grant_type: client_credentials'),
    ),
    row(
      'wrong redirect URI',
      authorize,
      400,
      '<html><body><h1>Access blocked: This app’s request is invalid</h1><p>Error 400: redirect_uri_mismatch</p></body></html>',
    ),
    row(
      'other redirect URI',
      otherUri,
      400,
      oauthError('redirect_uri_mismatch', 'Bad Request'),
      'wrong redirect URI',
    ),
    row(
      'wrong scope',
      authorize,
      400,
      '<html><body><h1>Access blocked: authorization error</h1><p>Some requested scopes were invalid. {invalid=[nope]} Error 400: invalid_scope</p></body></html>',
    ),
    row('code expired or used', code, 400, oauthError('invalid_grant', 'Bad Request')),
    row('wrong verifier', otherVerifier, 400, oauthError('invalid_grant', 'Invalid code verifier.')),
    row(
      'dead refresh token',
      refresh,
      400,
      oauthError('invalid_grant', 'Token has been expired or revoked.'),
    ),
    row('wrong assertion key', assertionGrant, 400, oauthError('invalid_grant', 'Invalid JWT Signature.')),
    row(
      'wrong assertion audience',
      assertionGrant,
      400,
      oauthError(
        'invalid_grant',
        'Invalid JWT: Failed audience check. The right audience is https://oauth2.googleapis.com/token',
      ),
    ),
    row(
      'clock of the client',
      { ...assertionGrant, claims: { iat: 900, exp: 4500 } },
      400,
      oauthError(
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
      ),
    ),
    row(
      'expired assertion',
      { ...assertionGrant, claims: { iat: -7200, exp: -3600 } },
      400,
      oauthError(
        'invalid_grant',
        'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.',
      ),
    ),
    row(
      'disabled client',
      authorize,
      401,
      '<html><body><h1>Access blocked: Authorization Error</h1><p>The OAuth client was disabled. Error 401: disabled_client</p></body></html>',
    ),
  ],
};

const doorkeeperClient =
  'Client authentication failed due to unknown client, no client authentication included, or unsupported authentication method.';
const doorkeeperGrant =
  'The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.';

const failedClient = oauthError('invalid_client', 'client authentication failed');
const refusedGrant = oauthError('invalid_grant', 'grant request is invalid');
const oidcPage = (name: string, description: string) =>
  `<!DOCTYPE html><html><head><title>oops! something went wrong</title></head><body><h1>oops! something went wrong</h1><pre><strong>error</strong>: ${name}</pre><pre><strong>error_description</strong>: ${description}</pre></body></html>`;

const oidcProvider: Server = {
  name: 'oidc-provider',
  issuer: 'https://op.example',
  paths: {
    token: '/token',
    authorize: '/auth',
    introspect: '/token/introspection',
    revoke: '/token/revocation',
    par: '/request',
    userinfo: '/me',
  },
  methods: ['client_secret_basic', 'client_secret_jwt', 'client_secret_post', 'private_key_jwt', 'none'],
  answers: [
    row('wrong secret', secret, 401, failedClient, 'unknown client', 'wrong method'),
    row('wrong method', post, 401, failedClient, 'unknown client', 'wrong secret'),
    row('unknown client', secret, 401, failedClient, 'wrong secret', 'wrong method'),
    row('missing secret', none, 401, failedClient, 'unknown client'),
    row('wrong assertion key', signed, 401, failedClient),
    row('wrong assertion audience', otherAudience, 401, failedClient),
    row('expired assertion', expired, 401, failedClient),
    row('assertion of another client', otherClient, 401, failedClient),
    row(
      'client credentials not allowed',
      secret,
      400,
      oauthError('invalid_request', 'requested grant type is not allowed for this client'),
    ),
    row('wrong scope', secret, 400, oauthError('invalid_scope', 'requested scope is not allowed')),
    row('code expired or used', code, 400, refusedGrant),
    row('other redirect URI', otherUri, 400, refusedGrant, 'code expired or used'),
    row('wrong verifier', otherVerifier, 400, refusedGrant, 'code expired or used'),
    row('dead refresh token', refresh, 400, refusedGrant),
    row(
      'wrong redirect URI',
      { ...authorize, to: 'https://acme.auth.eu-west-1.amazoncognito.com/error' },
      302,
      { error: 'redirect_mismatch', client_id: 'app' },
    ),
    row(
      'wrong redirect URI',
      authorize,
      400,
      oidcPage(
        'invalid_redirect_uri',
        'redirect_uri did not match any of the client&#39;s registered redirect_uris',
      ),
    ),
    row('unknown client', authorize, 400, oidcPage('invalid_client', 'client is invalid')),
    row(
      'PKCE demanded',
      { ...authorize, token: { pkce: 'off' } },
      303,
      oauthError('invalid_request', 'Authorization Server policy requires PKCE to be used for this request'),
    ),
    row(
      'PAR demanded',
      authorize,
      303,
      oauthError('invalid_request', 'Pushed Authorization Request must be used'),
    ),
    row(
      'request object demanded',
      authorize,
      303,
      oauthError('invalid_request', 'Request Object must be used by this client'),
    ),
    row('wrong secret', introspect, 401, failedClient, 'unknown client', 'wrong method'),
    row('wrong secret', revoke, 401, failedClient, 'unknown client', 'wrong method'),
    row('wrong secret', par, 401, failedClient, 'unknown client', 'wrong method'),
  ],
};

const doorkeeper: Server = {
  name: 'Doorkeeper',
  issuer: 'https://gitlab.example',
  paths: {
    token: '/oauth/token',
    authorize: '/oauth/authorize',
    introspect: '/oauth/introspect',
    revoke: '/oauth/revoke',
    par: '/oauth/par',
    userinfo: '/oauth/userinfo',
  },
  methods: ['client_secret_basic', 'client_secret_post'],
  answers: [
    row(
      'wrong secret',
      secret,
      401,
      oauthError('invalid_client', doorkeeperClient),
      'unknown client',
      'wrong method',
    ),
    row(
      'unknown client',
      secret,
      401,
      oauthError('invalid_client', doorkeeperClient),
      'wrong secret',
      'wrong method',
    ),
    row('missing secret', none, 401, oauthError('invalid_client', doorkeeperClient), 'unknown client'),
    row('wrong scope', authorize, 302, oauthError('invalid_scope', fosite.scope)),
    row('wrong scope', secret, 400, oauthError('invalid_scope', fosite.scope)),
    row('code expired or used', code, 400, oauthError('invalid_grant', doorkeeperGrant)),
    row(
      'other redirect URI',
      otherUri,
      400,
      oauthError('invalid_grant', doorkeeperGrant),
      'code expired or used',
    ),
    row(
      'wrong verifier',
      otherVerifier,
      400,
      oauthError('invalid_grant', doorkeeperGrant),
      'code expired or used',
    ),
    row('dead refresh token', refresh, 400, oauthError('invalid_grant', doorkeeperGrant)),
    row(
      'wrong redirect URI',
      authorize,
      401,
      '<html><body><h1>An error has occurred</h1><p>The redirect URI included is not valid.</p></body></html>',
    ),
    row(
      'unknown client',
      authorize,
      401,
      `<html><body><h1>An error has occurred</h1><p>${doorkeeperClient}</p></body></html>`,
    ),
  ],
};

/** The League's server for PHP, which Laravel Passport is built on: what it is about stands in `hint`. */
const league: Server = {
  ...doorkeeper,
  name: 'League',
  issuer: 'https://passport.example',
  answers: [
    row(
      'wrong secret',
      post,
      401,
      {
        ...oauthError('invalid_client', 'Client authentication failed'),
        message: 'Client authentication failed',
      },
      'unknown client',
      'wrong method',
    ),
    row('code expired or used', code, 400, {
      ...oauthError('invalid_grant', fosite.grant),
      hint: 'Authorization code has been revoked',
    }),
    row('code expired or used', code, 400, {
      ...oauthError('invalid_grant', fosite.grant),
      hint: 'Authorization code has expired',
    }),
    row('wrong verifier', otherVerifier, 400, {
      ...oauthError('invalid_grant', fosite.grant),
      hint: 'Failed to verify `code_verifier`.',
    }),
    row('dead refresh token', refresh, 400, {
      ...oauthError('invalid_grant', 'The refresh token is invalid.'),
      hint: 'Token has been revoked',
    }),
    row('dead refresh token', refresh, 401, {
      ...oauthError('invalid_request', 'The refresh token is invalid.'),
      hint: 'Cannot decrypt the refresh token',
    }),
    row('wrong scope', post, 400, {
      ...oauthError('invalid_scope', 'The requested scope is invalid, unknown, or malformed'),
      hint: 'Check the `nope` scope',
    }),
  ],
};

export const servers: readonly Server[] = [
  doorkeeper,
  league,
  oidcProvider,
  keycloak,
  hydra,
  dex,
  spring,
  entra,
  okta,
  auth0,
  cognito,
  google,
];
