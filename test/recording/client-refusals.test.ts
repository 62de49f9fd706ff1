import { describe, expect, it } from 'vitest';
import { judgeMessage } from '../../src/checks/judge-message.ts';
import { diagnoseMessage } from '../../src/diagnosis/diagnose-message.ts';
import { clientLibraries, refusalMeanings } from '../../src/providers/client-libraries.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { recogniseInput } from '../../src/recording/recognise-input.ts';

/** The first cause of each message that a text quotes, with what it shows. */
function read(text: string) {
  const recognition = recogniseInput(text, 'test');
  if (recognition.type === 'unrecognised') return recognition.seen;
  const conversation = sortConversation(recognition.events);
  return conversation.messages.map((message) => {
    const [first] = diagnoseMessage(message, judgeMessage(message, new Date(0)), conversation).diagnosis;
    const name = Object.entries(refusalMeanings).find(([, { cause }]) => cause === String(first?.cause))?.[0];
    return [message.kind, name ?? String(first?.cause), first?.confidence, first?.expected, first?.received];
  });
}

const refused = (meaning: string, expected?: string, received?: string) => [
  ['client_refusal', meaning, expected && received ? 'high' : 'medium', expected, received],
];

describe('what a client library refuses itself', () => {
  it.each<[string, string, unknown]>([
    [
      'Spring: the request is not in the session',
      '2026-11-30 DEBUG o.s.s.o.c.w.OAuth2LoginAuthenticationFilter : Authentication Failed: [authorization_request_not_found] \norg.springframework.security.oauth2.core.OAuth2AuthenticationException: [authorization_request_not_found] \n\tat org.springframework.security.oauth2.client.web.OAuth2LoginAuthenticationFilter.attemptAuthentication(OAuth2LoginAuthenticationFilter.java:173)',
      refused('lost'),
    ],
    [
      'Spring: another issuer',
      '[invalid_id_token] An error occurred while attempting to decode the Jwt: The ID Token contains invalid claims: {iss=https://sso.example/realms/a}',
      [['client_refusal', 'issuer', 'medium', undefined, 'https://sso.example/realms/a']],
    ],
    [
      'Spring: metadata of another host',
      'Caused by: java.lang.IllegalStateException: The Issuer "http://localhost:8080/realms/x" provided in the configuration metadata did not match the requested issuer "http://keycloak:8080/realms/x"',
      refused('metadata_issuer', 'http://keycloak:8080/realms/x', 'http://localhost:8080/realms/x'),
    ],
    [
      'Nimbus: no key',
      'org.springframework.security.oauth2.jwt.BadJwtException: An error occurred while attempting to decode the Jwt: Signed JWT rejected: Another algorithm expected, or no matching key(s) found',
      refused('key'),
    ],
    [
      'Nimbus: issuer',
      'com.nimbusds.jwt.proc.BadJWTException: JWT iss claim has value https://a.example, must be https://b.example',
      refused('issuer', 'https://b.example', 'https://a.example'),
    ],
    [
      'openid-client: the clock',
      'RPError: id_token issued in the future, now 1699999990, iat 1700000000',
      refused('early'),
    ],
    [
      'oauth4webapi: a status',
      '"response" is not a conform Token Endpoint response (unexpected HTTP status code)\n  code: \'OAUTH_RESPONSE_IS_NOT_CONFORM\'',
      refused('status'),
    ],
    [
      'oauth4webapi: metadata',
      '"response" is not a conform Authorization Server Metadata response (unexpected HTTP status code)',
      refused('fetch_metadata'),
    ],
    [
      'oauth2-proxy: metadata',
      '[main.go:60] ERROR: error while discovery OIDC configuration: failed to discover OIDC configuration: unexpected status "404": page',
      refused('fetch_metadata'),
    ],
    [
      'oauth2-proxy: a claim',
      'Error creating session during OAuth2 callback: could not get claim "groups": failed to fetch claims from profile URL',
      refused('claim'),
    ],
    [
      'Auth.js: the host',
      '[auth][error] UntrustedHost: Host must be trusted. URL was: http://localhost:3000/api/auth/session.',
      refused('host'),
    ],
    [
      'NextAuth.js: the session',
      '[next-auth][error][JWT_SESSION_ERROR] \nhttps://next-auth.js.org/errors#jwt_session_error decryption operation failed',
      refused('session_secret'),
    ],
    [
      'passport: an error without its code',
      'TokenError: Bad Request\n    at Strategy.OAuth2Strategy.parseErrorResponse (passport-oauth2/lib/strategy.js:373:12)',
      refused('refused'),
    ],
    [
      'passport: no token',
      'InternalOAuthError: Failed to obtain access token\n    at Strategy',
      refused('status'),
    ],
    [
      'Vault: the redirect URI',
      'Error authenticating: Unable to authorize role "reader" with redirect_uri "http://localhost:8250/oidc/callback". Check Vault logs.',
      refused('redirect'),
    ],
    [
      'AWS: the conditions of a role',
      'Error: Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity',
      refused('role'),
    ],
    [
      'GitHub CLI',
      'error validating token: HTTP 401: Bad credentials (https://api.github.com/)',
      refused('revoked'),
    ],
    [
      'Grafana: UserInfo',
      'level=error msg="Error getting user info" error="error getting user info: unexpected status: 401 Unauthorized"',
      refused('status'),
    ],
    [
      'Authlib',
      'authlib.integrations.base_client.errors.MismatchingStateError: mismatching_state: CSRF Warning! State not equal in request and response.',
      refused('state'),
    ],
    [
      'requests-oauthlib in JSON',
      '{"detail":"mismatching_state: CSRF Warning! State not equal in request and response."}',
      refused('state'),
    ],
    [
      'oauthlib: plain http',
      'oauthlib.oauth2.rfc6749.errors.InsecureTransportError: (insecure_transport) OAuth 2 MUST utilize https.',
      refused('plain_http'),
    ],
    [
      'oauthlib: scope',
      'Warning: Scope has changed from "email profile" to "openid email profile".',
      refused('scope', 'email profile', 'openid email profile'),
    ],
    [
      'Authlib: issuer',
      "authlib.jose.errors.InvalidClaimError: invalid_claim: Invalid claim 'iss'",
      refused('issuer'),
    ],
    [
      'Authlib: a token that has expired is no answer of a device endpoint',
      'authlib.jose.errors.ExpiredTokenError: expired_token: The token is expired',
      refused('expired'),
    ],
    [
      'Microsoft: audience',
      "Bearer was not authenticated. Failure message: IDX10214: Audience validation failed. Audiences: 'api://orders'. Did not match: validationParameters.ValidAudience: 'orders' or validationParameters.ValidAudiences: 'null'.",
      refused('audience', 'orders', 'api://orders'),
    ],
    [
      'Microsoft: hidden values prove nothing',
      "IDX10205: Issuer validation failed. Issuer: '[PII of type 'System.String' is hidden. For more details, see https://aka.ms/IdentityModel/PII.]'. Did not match: validationParameters.ValidIssuer: '[PII of type 'System.String' is hidden.]' or validationParameters.ValidIssuers: 'null'.",
      refused('issuer'),
    ],
    [
      'Microsoft: no key',
      "Microsoft.IdentityModel.Tokens.SecurityTokenSignatureKeyNotFoundException: IDX10503: Signature validation failed. Token does not have a kid. Keys tried: ''.",
      refused('key'),
    ],
    [
      'ASP.NET: correlation',
      'System.Exception: An error was encountered while handling the remote login.\n ---> System.Exception: Correlation failed.\n   --- End of inner exception stack trace ---',
      refused('lost'),
    ],
    [
      'ASP.NET: data protection',
      'System.Exception: An error was encountered while handling the remote login. ---> System.Exception: Unable to unprotect the message.State.',
      refused('keys_of_state'),
    ],
    [
      'openid-client: state',
      'RPError: state mismatch, expected 9f3a, got: 77bc\n    at Client.callback (/app/node_modules/openid-client/lib/client.js:411:13)',
      refused('state', '9f3a', '77bc'),
    ],
    [
      'express-openid-connect',
      'BadRequestError: checks.state argument is missing\n    at ResponseContext.callback (/app/node_modules/express-openid-connect/lib/context.js:345:18)',
      refused('lost'),
    ],
    [
      'oauth4webapi',
      'OperationProcessingError: unexpected JWT "iss" (issuer) claim value\n    at OPE',
      refused('issuer'),
    ],
    [
      'go-oidc: issuer in logfmt',
      'time="2026-11-30T10:00:00Z" level=warning msg="Failed to verify token: oidc: id token issued by a different provider, expected \\"https://dex.example\\" got \\"https://dex.example/\\""',
      refused('issuer', 'https://dex.example', 'https://dex.example/'),
    ],
    [
      'kube-apiserver: audience',
      'E1130 10:00:00.000000 1 authentication.go:73] "Unable to authenticate the request" err="[invalid bearer token, oidc: verify token: oidc: expected audience \\"kubernetes\\" got [\\"account\\"]]"',
      refused('audience', 'kubernetes', '["account"]'),
    ],
    [
      'go-oidc: an audience that is among those of the token proves nothing',
      'oidc: expected audience "kubernetes" got ["kubernetes" "account"]',
      [['client_refusal', 'audience', 'medium', 'kubernetes', '["kubernetes" "account"]']],
    ],
    [
      'kubelogin',
      'error: get-token: authentication error: authcode-browser error: authentication error: authorization code flow error: oauth2 error: authorization error: state does not match (wants abc123 but got xyz789)',
      refused('state', 'abc123', 'xyz789'),
    ],
    [
      'oauth2-proxy: audience',
      '[2026/11/30 03:29:38] [oauthproxy.go:902] Error creating session during OAuth2 callback: audience from claim aud with value [account] does not match with any of allowed audiences map[oauth2-proxy:{}]',
      refused('audience', 'map[oauth2-proxy:{}]', '[account]'),
    ],
    [
      'NextAuth.js',
      "[next-auth][error][OAUTH_CALLBACK_ERROR] \nhttps://next-auth.js.org/errors#oauth_callback_error State cookie was missing. {\n  error: TypeError: State cookie was missing.\n      at Object.use (/app/node_modules/next-auth/core/lib/oauth/checks.js:103:23)\n  providerId: 'keycloak'\n}",
      refused('lost'),
    ],
    [
      'Auth.js',
      '[auth][error] InvalidCheck: pkceCodeVerifier value could not be parsed. Read more at https://errors.authjs.dev#invalidcheck',
      refused('lost'),
    ],
    [
      'OmniAuth',
      'ERROR -- omniauth: (openid_connect) Authentication failure! csrf_detected: OmniAuth::Strategies::OAuth2::CallbackError, csrf_detected | CSRF detected',
      refused('state'),
    ],
    [
      'jose',
      "JWSSignatureVerificationFailed: signature verification failed\n    at flattenedVerify {\n  code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'\n}",
      refused('signature'),
    ],
    [
      'jose: a claim',
      "JWTClaimValidationFailed: unexpected \"aud\" claim value\n  code: 'ERR_JWT_CLAIM_VALIDATION_FAILED',\n  claim: 'aud',\n  reason: 'check_failed'",
      refused('audience'),
    ],
    ['PyJWT', "jwt.exceptions.InvalidAudienceError: Audience doesn't match", refused('audience')],
    [
      'MSAL',
      'BrowserAuthError: interaction_in_progress: Interaction is currently in progress. Please ensure that this interaction has been completed before calling an interactive API.',
      refused('in_progress'),
    ],
    [
      'jose4j',
      "Additional details: [[8] Audience (aud) claim [account] doesn't contain an acceptable identifier. Expected orders as an aud value.]",
      refused('audience', 'orders', '[account]'),
    ],
    [
      'openid-client: a status',
      "[next-auth][error][SIGNIN_OAUTH_ERROR] expected 200 OK, got: 404 Not Found {\n  error: {\n    message: 'expected 200 OK, got: 404 Not Found',",
      [['client_refusal', 'status', 'medium', undefined, '404']],
    ],
    ['Envoy', 'Jwt issuer is not configured', refused('issuer')],
    [
      'mod_auth_openidc',
      '[auth_openidc:error] oidc_proto_validate_jwt: requested issuer (https://a.example) does not match received "iss" value in id_token (https://b.example)',
      refused('issuer', 'https://a.example', 'https://b.example'),
    ],
    [
      'keys that could not be fetched, and why',
      'failed to verify signature: fetching keys oidc: get keys failed: Get "https://sso.example/keys": dial tcp: lookup sso.example: no such host',
      [
        ['client_refusal', 'fetch_keys', 'medium', undefined, undefined],
        ['failure', 'The host name is not known.', 'medium', undefined, undefined],
      ],
    ],
  ])('is read of %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each([
    [
      'inside of an error of the server',
      'oauth2: cannot fetch token: 400 Bad Request\nResponse: {"error":"invalid_grant","error_description":"Code not valid"}',
      'token_response',
    ],
    [
      'in a challenge',
      'WWW-Authenticate: Bearer error="invalid_token", error_description="An error occurred while attempting to decode the Jwt: Jwt expired at 2026-11-30T10:00:00Z"',
      'challenge',
    ],
  ])('is not taken for one %s', (_, text, kind) => {
    expect([...read(text)].map(([first]) => first)).toEqual([kind]);
  });

  it('tells each failure once, and different ones apart', () => {
    const one = 'x: oidc: token is expired (Token Expiry: 2026-11-30 10:00:00 +0000 UTC)\n';
    const other = 'RPError: nonce mismatch, expected a1, got: b2\n';
    expect(read(`${one.repeat(30)}${'other line\n'.repeat(100)}${other}${one}`)).toEqual([
      ...refused('expired'),
      ...refused('nonce', 'a1', 'b2'),
    ]);
  });

  it.each([
    'The nonce of the day is banana, and the issuer of the passport is closed.',
    'state mismatch in the form: please check the state you live in',
  ])('is not found in prose: %s', (text) => expect(read(text)).toMatch(/^text of/));

  it('is read of every text of the table', () => {
    const rows = Object.values(clientLibraries).flatMap((texts) =>
      Object.entries(texts).flatMap(([meaning, written]) =>
        written.split('|').map((text) => [meaning, text] as const),
      ),
    );
    const wrong = rows.flatMap(([meaning, text]) => {
      const line = text
        .replace('{expected}', 'one')
        .replace('{received}', 'other')
        .replaceAll('…', '')
        .trim();
      const [, found] = (read(`at login: ${line} x`)[0] ?? []) as readonly string[];
      return found === meaning ? [] : [`${meaning}: ${text}: ${found}`];
    });
    expect(wrong).toEqual([]);
  });
});

describe('two values that are the same', () => {
  it.each([
    ['scope', 'openid email', 'email openid', 'Scope has changed from "openid email" to "email openid".'],
    ['scope', 'openid', 'openid', 'Scope has changed from "openid" to "openid".'],
    [
      'metadata_issuer',
      'https://a',
      'https://a',
      'oidc: issuer did not match the issuer returned by provider, expected "https://a" got "https://a"',
    ],
  ])('prove nothing: %s %s and %s', (meaning, expected, received, text) => {
    expect(read(text)).toEqual([['client_refusal', meaning, 'medium', expected, received]]);
  });
});

describe('an answer of a token endpoint that is no JSON', () => {
  it.each([
    [
      'a line of text',
      'lvl=eror msg=login.OAuthLogin(NewTransportWithCode) error="oauth2: cannot fetch token: 400 Bad Request\\nResponse: \\"Invalid scope: Requested scope is invalid\\""',
      [
        [
          'token_response',
          'The server refuses the scope: it is unknown, malformed, or not allowed for this client.',
        ],
      ],
    ],
    [
      'a page',
      '[oauthproxy.go:762] Error redeeming code during OAuth2 callback: no access token found <!doctype html><title>x</title>Hello',
      [['token_response', 'A web page answered instead of the token endpoint.']],
    ],
  ])('is read as %s', (_, text, expected) => {
    expect([...read(text)].map((one) => [...one].slice(0, 2))).toEqual(expected);
  });
});

it('keeps the words of a library once, by the lines that they were', () => {
  const text =
    "IDX10214: Audience validation failed. Audiences: 'a'.\\n   at Validators.ValidateAudience()\\nIDX10214: Audience validation failed.";
  const recognition = recogniseInput(text, 'test');
  const { events } = recognition as Extract<typeof recognition, { type: 'recognised' }>;
  expect(sortConversation(events).messages).toMatchObject([
    { text: "IDX10214: Audience validation failed. Audiences: 'a'.\n   at Validators.ValidateAudience()" },
  ]);
});
