/** What a refusal of a client library means: the server sent no error, the client did not accept what came. */
export interface RefusalMeaning {
  readonly cause: `${string}.`;
  readonly try: `${string}.`;
  readonly source: string;
  /** Whether the two values that a text quotes must differ, which then proves it. */
  readonly compares?: true;
}

const sameIssuer =
  'Configure the issuer exactly as the server writes it, slash at the end included; with several tenants or host names, use one of them everywhere.';

/** What client libraries refuse, by the names that {@link clientLibraries} uses. */
export const refusalMeanings = {
  lost: {
    cause:
      'What the client saved for this login (state, nonce, code_verifier) is not there any more: its session or cookie did not come back.',
    try: 'Begin and end the login at the same scheme and host (localhost is not 127.0.0.1); check that the cookie is set and comes back (SameSite, Secure, https behind a proxy), that all instances share sessions, and that the callback is not reloaded or bookmarked.',
    source: 'RFC 6749 §10.12',
  },
  state: {
    cause: 'The state that came back is not the one that the client saved.',
    try: 'Look for two logins at once in one browser, a session cookie that was replaced (another host name, SameSite), several instances without a shared session, or a callback that was reloaded.',
    source: 'RFC 6749 §10.12',
    compares: true,
  },
  keys_of_state: {
    cause: 'The client cannot decrypt the state that it sent: it has other data protection keys now.',
    try: 'Keep the keys where every instance and every restart finds them (AddDataProtection), and give each authentication scheme its own callback path.',
    source: 'RFC 6749 §10.12',
  },
  nonce: {
    cause: 'The nonce of the ID token is not the one that the client saved.',
    try: 'Look for a nonce cookie or session that was lost (SameSite, another host name), two logins at once, or an ID token that came from a cache.',
    source: 'OIDC Core §3.1.3.7 11',
    compares: true,
  },
  issuer: {
    cause: 'The token names another issuer than the one that is configured here.',
    try: sameIssuer,
    source: 'OIDC Core §3.1.3.7 2',
    compares: true,
  },
  metadata_issuer: {
    cause: 'The metadata document names another issuer than the one that is configured here.',
    try: sameIssuer,
    source: 'OIDC Discovery §4.3',
    compares: true,
  },
  audience: {
    cause: 'The token is for another audience than is accepted here.',
    try: 'Compare aud with the client_id (ID token) or the audience of the API that the client is configured for; ask for it with resource, audience or a scope, or have the server add it (in Keycloak an audience mapper).',
    source: 'OIDC Core §3.1.3.7 3; RFC 9068 §4',
    compares: true,
  },
  signature: {
    cause: 'The signature does not verify with the keys that were tried.',
    try: 'Compare the iss of the token with the issuer whose keys the client fetches, the secret where the algorithm is HS256, and whether this token is meant for this client: tokens for Microsoft Graph verify nowhere else.',
    source: 'OIDC Core §3.1.3.7 6; RFC 9068 §4',
  },
  key: {
    cause: 'None of the keys that were tried fits the token.',
    try: 'Compare kid and alg of its header with the jwks_uri of its issuer: the token may be of another tenant, realm or environment, the client may have old keys in a cache, or accept other algorithms.',
    source: 'OIDC Core §10.1',
  },
  algorithm: {
    cause: 'The token is signed with another algorithm than is accepted here.',
    try: 'Give the client the algorithm that the server uses for it, or register that one (id_token_signed_response_alg).',
    source: 'OIDC Core §3.1.3.7 7',
    compares: true,
  },
  expired: {
    cause: 'The token has expired, or a clock is wrong.',
    try: 'Get a new token. If it was just issued, compare the clocks of the server and of the client.',
    source: 'RFC 7519 §4.1.4',
  },
  early: {
    cause: 'The token is not valid yet: the clock of the client is behind that of the server.',
    try: 'Set both clocks (NTP), and allow some seconds of tolerance.',
    source: 'RFC 7519 §4.1.5',
  },
  form: {
    cause: 'What was taken for a JWT is not one.',
    try: 'Look at the value: an opaque access token, a token that was cut off, "Bearer" or quotes copied along, an empty variable.',
    source: 'RFC 7519 §7.2',
  },
  id_token: {
    cause: 'The token response has no ID token.',
    try: 'Ask for the scope openid, and check that the endpoint is the one of OpenID Connect.',
    source: 'OIDC Core §3.1.3.3',
  },
  token: {
    cause: 'The client found no access token in the answer of the token endpoint.',
    try: 'Look at the answer itself: an error with status 200, other names or another format than JSON, or a page of something in between.',
    source: 'RFC 6749 §5.1',
  },
  status: {
    cause: 'An endpoint answered with a status that the library does not take, and without an OAuth error.',
    try: 'The stack says which one: discovery (the issuer URL), the token endpoint, UserInfo. Fetch that URL from where the client runs.',
    source: 'RFC 6749 §5.2; OIDC Discovery §4',
  },
  oauth_alone: {
    cause: 'The server sends an ID token, and the client is set up for OAuth without OpenID Connect.',
    try: 'Set the client up for OpenID Connect (in NextAuth.js idToken: true or wellKnown, in Auth.js type: "oidc"), or leave out the scope openid.',
    source: 'OIDC Core §3.1.3.3',
  },
  api_server: {
    cause: 'The API server of Kubernetes does not accept the credentials.',
    try: 'Look for the reason in its log. It wants an ID token whose iss and aud are those of its --oidc-issuer-url and --oidc-client-id, not expired, and not an access token.',
    source: 'Kubernetes: OpenID Connect tokens',
  },
  refresh: {
    cause: 'The access token has expired, and the client has no refresh token to get another one.',
    try: 'Have the server issue one (offline_access, or a setting of the client), or log in again.',
    source: 'RFC 6749 §6',
  },
  role: {
    cause: 'The trust policy of the role does not fit the token, or it is another role.',
    try: 'Compare sub and aud of the token, letter by letter, with the conditions of the trust policy, and the ARN of the role.',
    source: 'docs.aws.amazon.com: AssumeRoleWithWebIdentity',
  },
  trust: {
    cause: 'The issuer of the token is not one that is trusted here.',
    try: 'Register the issuer as an identity provider in this very account, its URL as iss has it.',
    source: 'RFC 7523 §3',
  },
  claim: {
    cause: 'The token lacks a claim that is demanded here, or has it in another form.',
    try: 'Decode the token and look for the claim; have the server add it, or ask for the scope that brings it.',
    source: 'OIDC Core §5.4',
  },
  hash: {
    cause: 'The access token or code is not the one that the ID token was issued with.',
    try: 'Compare the token that the client checks with the one of the same response; look for a token that was replaced or changed on its way.',
    source: 'OIDC Core §3.1.3.6',
    compares: true,
  },
  subject: {
    cause: 'UserInfo is of another user than the ID token.',
    try: 'Send the access token that came with this ID token.',
    source: 'OIDC Core §5.3.2',
    compares: true,
  },
  fetch_keys: {
    cause: 'The client could not fetch the keys of the server.',
    try: 'Fetch jwks_uri from where the client runs: name, proxy, firewall and trusted certificates are those of its container or host.',
    source: 'OIDC Core §10.1.1',
  },
  fetch_metadata: {
    cause: 'The client could not fetch the metadata of the server.',
    try: 'Fetch ISSUER/.well-known/openid-configuration from where the client runs: name, proxy, firewall and trusted certificates are those of its container or host.',
    source: 'OIDC Discovery §4',
  },
  plain_http: {
    cause: 'The client refuses plain http.',
    try: 'Use https; behind a proxy that ends TLS, have the client heed X-Forwarded-Proto. For a test on loopback alone: OAUTHLIB_INSECURE_TRANSPORT=1, RequireHttpsMetadata = false.',
    source: 'RFC 6749 §3.1.2.1, §3.2',
  },
  scope: {
    cause: 'The server granted another scope than was asked for, and the library takes that for an error.',
    try: 'Ask for exactly what is granted (Google adds openid and its long names), or set OAUTHLIB_RELAX_TOKEN_SCOPE=1.',
    source: 'RFC 6749 §5.1',
    compares: true,
  },
  user: {
    cause: 'The client did not find the name or address of the user that it needs.',
    try: 'Compare the attribute that it looks for with the claims of UserInfo and of the ID token, and ask for the scopes profile and email.',
    source: 'OIDC Core §5.4',
  },
  refused: {
    cause: 'The token endpoint refused the request, and the library shows its description without the code.',
    try: 'Print err.code and the body of the answer: invalid_grant is a code that was used or a redirect URI that differs, invalid_client a wrong secret.',
    source: 'RFC 6749 §5.2',
  },
  host: {
    cause: 'The client does not trust the host name of the request.',
    try: 'Set the URL of the client (AUTH_URL), or AUTH_TRUST_HOST=true where a proxy in front sets the host itself.',
    source: 'Auth.js: UntrustedHost',
  },
  session_secret: {
    cause: 'The client cannot read its own session: its secret is missing or is another one now.',
    try: 'Give every instance, and every restart, one secret (AUTH_SECRET, NEXTAUTH_SECRET), and clear the cookies.',
    source: 'Auth.js: JWTSessionError, MissingSecret',
  },
  redirect: {
    cause: 'The redirect URI is not among those that are allowed for this role or client.',
    try: 'Add exactly the URI that is sent (in Vault to allowed_redirect_uris of the role): scheme, host, port and path count.',
    source: 'RFC 6749 §3.1.2.3',
  },
  revoked: {
    cause: 'The API does not accept the token: it is wrong, has expired or was revoked.',
    try: 'Log in again, and look for a variable such as GH_TOKEN that goes before the saved token.',
    source: 'RFC 6750 §3.1',
  },
  registration: {
    cause: 'The client has no registration under the name in this URL.',
    try: 'Compare the last part of the callback path with the names in the configuration of the client.',
    source: 'RFC 6749 §3.1.2',
  },
  in_progress: {
    cause: 'Another login of the same page is not finished.',
    try: 'Await handleRedirectPromise before the next login, begin one at a time, and clear the session storage of the page if one was broken off.',
    source: 'MSAL Browser errors',
  },
  browser: {
    cause: 'The browser did not let the login window or frame finish.',
    try: 'Allow pop-ups and third-party cookies, or use the redirect in place of a window; the redirect URI of a window or frame has to be an empty page of the same origin.',
    source: 'MSAL Browser errors',
  },
} as const satisfies Readonly<Record<string, RefusalMeaning>>;

/** The name of a meaning in {@link refusalMeanings}. */
export type Refusal = keyof typeof refusalMeanings;

/**
 * What client libraries themselves write when they refuse an answer: `|` stands between texts, `…` for anything within a
 * line, `{expected}` and `{received}` for the values that are compared. Letter case counts.
 */
export const clientLibraries: Readonly<Record<string, Readonly<Partial<Record<Refusal, string>>>>> = {
  'Spring Security': {
    lost: '[authorization_request_not_found]',
    state: '[invalid_state_parameter]',
    nonce: '[invalid_nonce]',
    issuer: 'The iss claim is not valid|The ID Token contains invalid claims: {iss={received}',
    metadata_issuer:
      'The Issuer {received} provided in the configuration metadata did not match the requested issuer {expected}',
    audience: 'The aud claim is not valid|The ID Token contains invalid claims: {aud={received}',
    signature: 'Signed JWT rejected: Invalid signature',
    key: 'Signed JWT rejected: Another algorithm expected, or no matching key(s) found|[missing_signature_verifier]',
    expired: 'Jwt expired at {received}|The ID Token contains invalid claims: {exp={received}',
    early: 'Jwt used before {received}|The ID Token contains invalid claims: {iat={received}',
    form: 'attempting to decode the Jwt: Malformed token|attempting to decode the Jwt: Malformed payload|attempting to decode the Jwt: Invalid JWT serialization|attempting to decode the Jwt: Invalid unsecured/JWS/JWE|Invalid serialized unsecured/JWS/JWE object',
    id_token: 'Missing (required) ID Token in Token Response',
    claim: 'The ID Token contains invalid claims: ',
    fetch_keys: 'Couldn\'t retrieve remote JWK set|Malformed Jwk set|Missing required "keys" member',
    fetch_metadata: 'Unable to resolve the Configuration with the provided Issuer of {expected}',
    user: '[missing_user_name_attribute]|[missing_user_info_uri]',
    registration: '[client_registration_not_found]|Client Registration not found with Id: ',
  },
  'Nimbus JOSE + JWT': {
    issuer: 'JWT iss claim has value {received}, must be {expected}|Unexpected JWT issuer: {received}',
    audience:
      'JWT audience rejected: {received}|JWT aud claim has value {received}, must be {expected}|Unexpected ID token audience: {received}',
    nonce: 'Unexpected JWT nonce (nonce) claim: {received}',
    expired: 'BadJWTException: Expired JWT',
    early: 'JWT before use time|JWT issue time ahead of current time',
    claim: 'JWT missing required ',
  },
  'ASP.NET Core': {
    lost: 'Correlation failed|Correlation…cookie not found.|message.State is null or empty|The oauth state was missing or invalid|IDX21323: |IDX21320: |IDX21329: ',
    keys_of_state: 'Unable to unprotect the message.State|was not found in the key ring',
    state: "IDX21331: …message: {received}, does not equal the 'state' in the context: {expected}|IDX21330: ",
    nonce: 'IDX21321: |IDX21324: ',
    issuer:
      "IDX10205: …Issuer: {received}. Did not match: validationParameters.ValidIssuer: 'null' or validationParameters.ValidIssuers: {expected}|IDX10205: …Issuer: {received}. Did not match: validationParameters.ValidIssuer: {expected}|IDX10205: |IDX40001: Issuer: {received}|IDX10211: |The issuer {received} is invalid",
    audience:
      "IDX10214: …Audiences: {received}. Did not match: validationParameters.ValidAudience: 'null' or validationParameters.ValidAudiences: {expected}|IDX10214: …Audiences: {received}. Did not match: validationParameters.ValidAudience: {expected}|IDX10214: |IDX10208: |IDX10206: |IDX10207: |The audience {received} is invalid",
    signature: 'IDX10511: |IDX10504: |IDX10508: |The signature is invalid',
    key: 'IDX10501: |IDX10503: |IDX10500: |IDX10516: |IDX10517: |IDX10519: |The signature key was not found',
    expired: 'IDX10223: |The token expired at {received}|IDX10224: ',
    early: 'IDX10222: |The token is not valid before {received}',
    form: 'IDX10709: |IDX12741: |IDX12709: |IDX14100: |IDX14120: |IDX10400: |IDX12723: ',
    claim: 'IDX10225: |IDX21313: |IDX21314: |IDX10256: |IDX10257: ',
    hash: 'IDX21347: |IDX21348: ',
    id_token: 'IDX21336: |IDX21334: ',
    subject:
      "IDX21338: …'id_token': {expected} does not match the claim received from UserInfo Endpoint: {received}",
    fetch_metadata: 'IDX20803: |IDX20804: |IDX20807: ',
    plain_http: 'IDX20108: |The MetadataAddress or Authority must use HTTPS',
  },
  'openid-client': {
    lost: 'checks.state argument is missing|did not find expected authorization request details in session',
    state:
      'state mismatch, expected {expected}, got: {received}|state missing from the response|unexpected "state" response parameter|response parameter "state" missing',
    nonce: 'nonce mismatch, expected {expected}, got: {received}|unexpected ID Token "nonce" claim value',
    issuer:
      'unexpected iss value, expected {expected}, got: {received}|iss mismatch, expected {expected}, got: {received}|unexpected JWT "iss" (issuer) claim value|unexpected "iss" (issuer) response parameter value|iss missing from the response',
    metadata_issuer:
      'discovered issuer mismatch, expected {expected}, got: {received}|"response" body "issuer" property does not match the expected value',
    audience:
      'aud mismatch, expected {expected}, got: {received}|aud is missing the client_id, expected {expected} to be included in {received}|unexpected JWT "aud" (audience) claim value|azp mismatch, expected|unexpected ID Token "azp"',
    signature: 'failed to validate JWT signature|JWT signature verification failed',
    key: "no valid key found in issuer's jwks_uri|multiple matching keys found in issuer's jwks_uri|error when selecting a JWT verification key",
    algorithm:
      'unexpected JWT alg received, expected {expected}, got: {received}|unexpected JWT "alg" header parameter',
    expired: 'JWT expired, now|unexpected JWT "exp" (expiration time) claim value',
    early: 'JWT not active yet, now|issued in the future, now|unexpected JWT "nbf" (not before) claim value',
    form: 'failed to decode JWT|failed to parse JWT',
    id_token: 'id_token not present in TokenSet|"parameters" does not contain an ID Token',
    claim: 'missing required JWT property|JWT "…claim missing',
    hash: 'at_hash mismatch, expected {expected}, got: {received}|c_hash mismatch, expected {expected}, got: {received}',
    subject:
      'userinfo sub mismatch, expected {expected}, got: {received}|sub mismatch, expected {expected}, got: {received}|unexpected "response" body "sub" property value',
    plain_http: 'only requests to HTTPS are allowed',
    status:
      'expected 200 OK, got: {received}|OAUTH_RESPONSE_IS_NOT_CONFORM|"response" is not a conform Token Endpoint response',
    fetch_metadata: '"response" is not a conform Authorization Server Metadata response',
    token: 'no access token provided',
  },
  'NextAuth.js': {
    host: 'UntrustedHost',
    session_secret: 'JWT_SESSION_ERROR|JWTSessionError|MissingSecret|NO_SECRET',
    oauth_alone: 'id_token detected in the response, you must use client.callback',
    lost: 'State cookie was missing|state cookie was missing|PKCE code_verifier cookie was missing|pkceCodeVerifier cookie was missing|Nonce cookie was missing|nonce cookie was missing|pkceCodeVerifier value could not be parsed|state value could not be parsed|State value could not be parsed|PKCE code_verifier value could not be parsed',
  },
  Passport: {
    refused: 'TokenError: Bad Request|TokenError: Unauthorized|TokenError: Forbidden',
    status: 'InternalOAuthError: ',
    lost: 'Unable to verify authorization request state',
    state: 'Invalid authorization request state',
    issuer: 'ID token not issued by expected OpenID provider',
    audience: 'ID token not intended for this relying party|ID token not issued to this relying party',
    expired: 'ID token has expired',
    nonce: 'ID token contains invalid nonce',
    id_token: 'ID token not present in token response',
  },
  'jose and jsonwebtoken': {
    issuer: 'unexpected "iss" claim value|jwt issuer invalid. expected: {expected}',
    audience: 'unexpected "aud" claim value|jwt audience invalid. expected: {expected}',
    nonce: 'jwt nonce invalid. expected: {expected}',
    signature:
      'JWSSignatureVerificationFailed|ERR_JWS_SIGNATURE_VERIFICATION_FAILED|JsonWebTokenError: invalid signature',
    key: 'JWKSNoMatchingKey|ERR_JWKS_NO_MATCHING_KEY|ERR_JWKS_MULTIPLE_MATCHING_KEYS|SigningKeyNotFoundError',
    algorithm: 'ERR_JOSE_ALG_NOT_ALLOWED|JsonWebTokenError: invalid algorithm',
    expired: 'ERR_JWT_EXPIRED|JWTExpired|TokenExpiredError: jwt expired',
    early:
      '"nbf" claim timestamp check failed|NotBeforeError: jwt not active|"iat" claim timestamp check failed (it should',
    form: 'JsonWebTokenError: jwt malformed|ERR_JWS_INVALID|ERR_JWT_INVALID|JWSInvalid: |JWTInvalid: ',
    claim: 'missing required "',
    fetch_keys: 'ERR_JWKS_TIMEOUT|Expected 200 OK from the JSON Web Key Set HTTP response|JwksError',
  },
  'Auth0 SDK': {
    issuer: 'Issuer (iss) claim mismatch in the ID token…expected {expected}, found {received}',
    audience: 'Audience (aud) claim mismatch in the ID token…expected {expected} but',
    nonce: 'Nonce (nonce) claim mismatch in the ID token…expected {expected}, found {received}',
    algorithm: 'Signature algorithm of {received} is not supported. Expected',
    expired: 'Expiration Time (exp) claim error in the ID token',
  },
  'oidc-client-ts': {
    lost: 'No matching state found in storage|No state in response',
    state: 'State does not match',
    issuer: 'authority mismatch on settings vs. signin state|Invalid issuer in token: {received}',
    audience: 'Invalid audience in token: {received}|client_id mismatch on settings vs. signin state',
    nonce: 'nonce in id_token does not match nonce in client storage',
    early: 'iat is in the future: ',
    expired: 'exp is in the past: ',
    subject: 'subject from UserInfo response does not match subject in ID Token',
    plain_http: 'Crypto.subtle is available only in secure contexts',
  },
  MSAL: {
    in_progress: 'interaction_in_progress',
    browser:
      'monitor_window_timeout|popup_window_error|empty_window_error|monitor_popup_timeout|block_iframe_reload',
    lost: 'no_token_request_cache_error|state_not_found|no_cached_authority_error|hash_empty_error|hash_does_not_contain_known_properties',
    state: 'state_mismatch|StateMismatchError',
    nonce: 'nonce_mismatch',
    fetch_metadata: 'endpoints_resolution_error|openid_config_error',
  },
  'angular-oauth2-oidc': {
    issuer: 'Wrong issuer: {received}|invalid issuer in discovery document',
    audience: 'Wrong audience: {received}',
    nonce: 'Wrong nonce: {received}|validating access_token failed, wrong state/nonce',
    hash: 'Wrong at_hash',
    lost: 'invalid_nonce_in_state',
  },
  'go-oidc': {
    issuer:
      'oidc: id token issued by a different provider, expected {expected} got {received}|id token issued by a different provider',
    metadata_issuer:
      'oidc: issuer did not match the issuer returned by provider, expected {expected} got {received}|oidc: issuer URL provided to client ({expected}) did not match the issuer URL returned by provider ({received})',
    audience: 'oidc: expected audience {expected} got {received}',
    signature:
      'failed to verify signature: failed to verify id token signature|failed to verify id token signature',
    algorithm:
      'oidc: id token signed with unsupported algorithm, expected {expected} got {received}|signed with unsupported algorithm, expected {expected} got {received}',
    expired: 'oidc: token is expired',
    early: 'oidc: current time …before the nbf',
    form: 'oidc: malformed jwt',
    hash: 'access token hash does not match value in ID token',
    fetch_keys:
      'fetching keys oidc: |failed to verify signature: fetching keys|oidc: get keys failed|oidc: failed to decode keys',
    claim: 'oidc: parse username claims',
  },
  'golang.org/x/oauth2': {
    token: 'oauth2: server response missing access_token',
    refresh: 'oauth2: token expired and refresh token is not set',
  },
  'Envoy and Istio': {
    issuer: 'Jwt issuer is not configured',
    audience: 'Audiences in Jwt are not allowed|Audience in Jwt is not allowed',
    key: "Jwks doesn't have key to match kid or alg from Jwt",
    signature: 'Jwt verification fails',
    expired: 'Jwt is expired',
    early: 'Jwt not yet valid',
    form: 'Jwt is not in the form of',
    fetch_keys: 'Jwks remote fetch is failed|Jwks fetch fail',
  },
  Vault: {
    redirect: 'Unable to authorize role|unauthorized redirect_uri',
    issuer: 'invalid issuer (iss) claim',
    audience: 'invalid audience (aud) claim',
    signature: 'no known key successfully validated the token signature',
    claim: 'does not match any associated bound claim',
  },
  'AWS STS': {
    role: 'Not authorized to perform sts:AssumeRoleWithWebIdentity|Not authorized to perform: sts:AssumeRoleWithWebIdentity',
    trust: 'No OpenIDConnect provider found in your account',
    audience: 'InvalidIdentityToken…Incorrect token audience',
    fetch_keys: "Couldn't retrieve verification key from your identity provider",
  },
  'OAuth2 Proxy': {
    lost: 'unable to obtain CSRF cookie|Error while loading CSRF cookie|Unable to find a valid CSRF token',
    state: 'CSRF token mismatch, potential attack',
    audience:
      'audience from claim aud with value {received} does not match with any of allowed audiences {expected}',
    user: "isn't verified|neither the id_token nor the profileURL set an email|Invalid authentication via OAuth2: unauthorized",
    fetch_metadata: 'failed to discover OIDC configuration|error while discovery OIDC configuration',
    claim: 'could not get claim "|missing claim|do not exist in claims',
    id_token: 'missing id_token',
  },
  Grafana: {
    status: 'error getting user info: ',
    lost: 'login.OAuthLogin(missing saved state)|auth.oauth.state.missing',
    state: 'login.OAuthLogin(state mismatch)|auth.oauth.state.invalid',
  },
  kubelogin: {
    state: 'state does not match (wants {expected} but got {received})',
    nonce: 'nonce did not match (wants {expected} but got {received})|nonce did not match',
  },
  'Authlib, oauthlib and requests-oauthlib': {
    state: 'mismatching_state|MismatchingStateError|CSRF Warning! State not equal in request and response',
    plain_http: 'insecure_transport|InsecureTransportError|OAuth 2 MUST utilize https',
    scope: 'Scope has changed from {expected} to {received}',
    token: '(missing_token)|MissingTokenError|missing_token:',
    signature: 'BadSignatureError|bad_signature: ',
    issuer: 'invalid_claim: Invalid claim "iss"',
    audience: 'invalid_claim: Invalid claim "aud"',
    nonce: 'invalid_claim: Invalid claim "nonce"',
    expired: 'expired_token: The token is expired|ExpiredTokenError',
    early: 'invalid_token: The token is not valid yet',
    claim: 'missing_claim: |MissingClaimError',
  },
  PyJWT: {
    issuer: 'InvalidIssuerError',
    audience: 'InvalidAudienceError',
    signature: 'InvalidSignatureError|JWTError: Signature verification failed|JWSSignatureError',
    key: 'Unable to find a signing key that matches',
    algorithm: 'InvalidAlgorithmError',
    expired: 'ExpiredSignatureError',
    early: 'ImmatureSignatureError|InvalidIssuedAtError',
    form: 'jwt.exceptions.DecodeError|DecodeError: Not enough segments',
    claim: 'MissingRequiredClaimError',
    fetch_keys: 'PyJWKClientConnectionError|PyJWKClientError: Fail to fetch data',
  },
  'Quarkus and jose4j': {
    issuer: "Issuer (iss) claim value ({received}) doesn't match expected value of {expected}",
    audience:
      "Audience (aud) claim {received} doesn't contain an acceptable identifier. Expected {expected} as an aud value|Audience (aud) claim {received} doesn't contain an acceptable identifier",
    expired: 'The JWT is no longer valid',
    signature: 'JWT rejected due to invalid signature',
    key: 'Unable to find a suitable verification key for JWS',
  },
  Supabase: {
    lost: 'invalid flow state, no valid flow state found|both auth code and code verifier should be non-empty',
  },
  'GitHub CLI': { revoked: 'HTTP 401: Bad credentials' },
  kubectl: {
    api_server:
      'You must be logged in to the server (|the server has asked for the client to provide credentials',
  },
  'google-auth': {
    audience:
      'Token has wrong audience {received}, expected one of {expected}|Token has wrong audience {received}',
    issuer: "Wrong issuer. 'iss' should be one of",
    early: 'Token used too early',
    expired: 'Token expired, ',
  },
  'Django (mozilla-django-oidc, social-auth)': {
    lost: 'OIDC callback state not found in session|AuthStateMissing|Session value state missing',
    state: 'AuthStateForbidden|Wrong state parameter given',
    nonce: 'JWT Nonce verification failed',
    signature: 'JWS token verification failed',
    key: 'Could not find a valid JWKS',
  },
  OmniAuth: {
    metadata_issuer: 'OpenIDConnect::Discovery::DiscoveryFailed (Issuer mismatch)',
    fetch_metadata: 'OpenIDConnect::Discovery::DiscoveryFailed',
    status: 'OpenIDConnect::BadRequest|API Access Faild',
    state: 'csrf_detected|CSRF detected',
    issuer: 'ID token: Issuer does not match|JWT::InvalidIssuerError',
    key: 'JSON::JWK::Set::KidNotFound',
    audience: 'ID token: Audience does not match|JWT::InvalidAudError',
    nonce: 'ID Token: Nonce does not match',
    expired: 'JWT::ExpiredSignature',
    signature: 'JSON::JWS::VerificationFailed|JWT::VerificationError',
  },
  PHP: {
    state: 'InvalidStateException|OpenIDConnectClientException: Unable to determine state',
    claim: 'OpenIDConnectClientException: Unable to verify JWT claims',
    signature: 'SignatureInvalidException',
    key: '"kid" invalid, unable to lookup correct key|"kid" empty, unable to lookup correct key',
    expired: 'ExpiredException: Expired token',
    early: 'BeforeValidException',
  },
  Keycloak: {
    issuer:
      'Invalid token issuer. Expected {expected}, but was {received}|Invalid token issuer. Expected {expected}',
    audience: 'Expected audience not available in the token',
    key: "Didn't find publicKey for specified kid|Didn't find publicKey for kid",
  },
  'mod_auth_openidc and lua-resty-openidc': {
    lost: "state cookie found: check domain and samesite cookie settings|mod_auth_openidc could not match|request to the redirect_uri path but there's no session state found",
    state:
      'state from argument: {received} does not match state restored from session: {expected}|state from argument does not match state restored from session',
    issuer: 'issuer ({expected}) does not match received "iss" value in id_token ({received})',
    nonce:
      'nonce value ({received}) in the id_token did not match the one stored in the browser session ({expected})|in the id_token did not match the one stored in the browser session',
  },
};

/** A refusal that a text quotes. */
export interface FoundRefusal {
  readonly library: string;
  readonly refusal: Refusal;
  readonly expected?: string | undefined;
  readonly received?: string | undefined;
  /** Where it begins and ends in the text. */
  readonly start: number;
  readonly end: number;
}

/** A value in brackets or quotes, or a word; quotes may be escaped. */
const value = String.raw`(?:map)?\[[^\]\n]{0,300}\]|\\{0,7}"[^"\n]{0,300}"|'[^'\n]{0,300}'|[^\s"'\\,;(){}[\]]{1,300}`;

let rows:
  | readonly { readonly library: string; readonly refusal: Refusal; readonly pattern: RegExp }[]
  | undefined;

function refusalRows(): NonNullable<typeof rows> {
  rows ??= Object.entries(clientLibraries).flatMap(([library, texts]) =>
    Object.entries(texts).flatMap(([refusal, written]) =>
      written
        .split('|')
        .map((text) => ({ library, refusal: refusal as Refusal, pattern: new RegExp(patternOf(text), 'g') })),
    ),
  );
  return rows;
}

/** Quotes of any kind and values in place of theirs; "…" stands for any words of a line. */
function patternOf(text: string): string {
  return text
    .replace(/[\\^$.*+?()[\]|]/g, '\\$&')
    .replace(/["'](?=\w|[ .)]|$)/g, String.raw`\\{0,7}["'\`]`)
    .replaceAll('…', '[^\\n]{0,200}?')
    .replace(/\{(expected|received)\}/g, `(?<$1>${value})`);
}

/** The refusals of client libraries in a text, in their order; of two at one place the one that says more. */
export function findRefusals(text: string): readonly FoundRefusal[] {
  const found = refusalRows().flatMap(({ library, refusal, pattern }) =>
    [...text.matchAll(pattern)].slice(0, 50).map(({ index, 0: { length }, groups = {} }) => ({
      library,
      refusal,
      expected: plainValue(groups.expected),
      received: plainValue(groups.received),
      start: index,
      end: index + length,
    })),
  );
  return found
    .filter((one, at) => !found.some((other, place) => place !== at && covers(other, place, one, at)))
    .sort((a, b) => a.start - b.start);
}

function covers(other: FoundRefusal, place: number, one: FoundRefusal, at: number): boolean {
  const isAround = other.start <= one.start && other.end >= one.end;
  return isAround && (other.end - other.start > one.end - one.start || place < at);
}

/** A value without its quotes; undefined for what stands in place of one. */
function plainValue(written: string | undefined): string | undefined {
  const plain = written?.replace(/^\\*["']|\\*["']$|\.$/g, '');
  return plain === undefined ||
    /^(?:|null|nil|undefined|None|\(null\)|\[\]|.*\bPII\b.*|System\..*)$/.test(plain)
    ? undefined
    : plain;
}
