/** A check or finding in the catalogue. */
export interface CatalogueEntry {
  /** The subject in a few words. */
  readonly title: string;
  /** Specification and section; several joined by `; `. */
  readonly spec: string;
  /** `violation` breaks a requirement; `note` is legal or unspecified, yet worth knowing. */
  readonly severity: 'violation' | 'note';
  /** Whether a failure makes the next step unsafe; otherwise it is a warning. */
  readonly stops: boolean;
}

/**
 * Every check and finding there is, by its id. Ids are never renamed.
 *
 * A subject that is in order is listed as a passed check (`token-type`); a violation in a response is
 * listed as the finding that names it (`token-type-missing`).
 */
export const catalogue = {
  // The metadata document and the keys
  metadata: entry('Metadata document', 'OIDC Discovery §4.2; RFC 8414 §3.2'),
  'metadata-issuer': stop('Issuer of the metadata', 'OIDC Discovery §4.3; RFC 8414 §3.3'),
  'metadata-types': entry('Types of metadata members', 'OIDC Discovery §3; RFC 8414 §2'),
  'metadata-required': entry('Required metadata members', 'OIDC Discovery §3; RFC 8414 §2'),
  'metadata-urls': entry('Endpoint URLs', 'OIDC Discovery §3; RFC 8414 §2'),
  'metadata-agreement': entry('Both metadata documents agree', 'RFC 8414 §5'),
  // It stops a login for a resource; for others it is worth knowing.
  'pkce-advertised': { ...note('PKCE is advertised', 'RFC 8414 §2; RFC 9700 §2.1.1'), stops: true },
  'metadata-demands': entry(
    'Demands of the server are met',
    'RFC 9126 §5; RFC 9101 §10.5; RFC 7636 §4.2; RFC 8414 §2',
  ),
  'issuer-url': entry('Issuer URL', 'OIDC Discovery §3; RFC 8414 §2'),
  'signed-metadata': entry('Signed metadata', 'RFC 9728 §2.2, §3.3; RFC 8414 §2.1'),
  jwks: entry('Key set', 'RFC 7517 §5'),
  'jwks-keys': entry('Keys are usable', 'RFC 7517 §4; RFC 7518 §3.3'),
  'jwks-private': stop('No private key is published', 'RFC 7517 §9.2'),

  // A protected resource, where a login or discovery starts from its URL
  'resource-challenge': note('Challenge of the resource', 'RFC 9728 §5.1; RFC 6750 §3'),
  'resource-metadata': stop('Metadata of the resource', 'RFC 9728 §3.1, §3.2'),
  'resource-identifier': stop('Identifier of the resource', 'RFC 9728 §3.3'),
  'resource-authorization-servers': stop('Authorization servers of the resource', 'RFC 9728 §2, §7.6'),
  'resource-bearer-methods': entry('Bearer methods of the resource', 'RFC 9728 §2; RFC 6750 §2.1'),
  'resource-answer': entry('Answer to the call', 'RFC 6750 §3.1'),
  'resource-private-address': stop('No way to private addresses', 'RFC 9728 §7.7'),
  'metadata-private-address': stop('No way to private endpoints', 'RFC 9728 §7.7'),

  // Every request that carries a secret
  'insecure-endpoint': stop('Encrypted connection', 'RFC 6749 §3.1, §3.2; RFC 6750 §5.3'),

  // FAPI 2.0, where it is asked for
  'fapi-server': stop('Server offers what FAPI 2.0 demands', 'FAPI 2.0 Security Profile §5.3.2'),
  'fapi-algorithm': stop('Algorithm that FAPI 2.0 permits', 'FAPI 2.0 Security Profile §5.4.1'),

  // The authorization request and response
  'par-response': entry('Response to the pushed request', 'RFC 9126 §2.2'),
  'par-request-uri': stop('Request URI', 'RFC 9126 §2.2'),
  'par-expires-in': entry('Lifetime of the request URI', 'RFC 9126 §2.2'),
  'device-response': stop('Device authorization response', 'RFC 8628 §3.2'),
  'verification-uri': stop('Address for the user', 'RFC 8628 §3.2, §3.3'),
  'device-expires-in': entry('Lifetime of the user code', 'RFC 8628 §3.2'),
  'backchannel-response': stop('Backchannel authentication response', 'CIBA Core §7.3'),
  'backchannel-expires-in': entry('Lifetime of the authentication request', 'CIBA Core §7.3'),
  'registration-response': stop('Registration response', 'RFC 7591 §3.2.1'),
  'registration-redirect-uri': stop('Registered redirect URIs', 'RFC 7591 §2, §3.2.1'),
  'registration-auth-method': stop('Registered client authentication', 'RFC 7591 §2, §3.2.1'),
  'client-secret-expiry': stop('Expiry of the client secret', 'RFC 7591 §3.2.1'),
  'client-id-document': note('Client-id metadata document', 'Client ID Metadata Document draft-00 §5'),
  // A client-id metadata document, where client-document check reads one; draft-00 is the one that MCP names
  'client-document-response': entry(
    'Response with the document',
    'Client ID Metadata Document draft-00 §4.1, §6.6; draft-02 §5',
  ),
  'client-document-client-id': entry(
    'client_id of the document',
    'Client ID Metadata Document draft-00 §3, §4.1',
  ),
  'client-document-members': entry(
    'Members of the document',
    'Client ID Metadata Document draft-00 §4.5; MCP, Client ID Metadata Documents',
  ),
  'client-document-secret': entry(
    'No secret in the document',
    'Client ID Metadata Document draft-00 §4.1, §6.2',
  ),
  'client-document-ports': note('Ports of the redirect URIs', 'RFC 8252 §7.3'),
  pkce: entry('PKCE', 'RFC 7636 §4.2; RFC 9700 §2.1.1'),
  'authorization-response': stop('Authorization response', 'RFC 6749 §4.1.2'),
  state: stop('State', 'RFC 6749 §10.12'),
  iss: stop('Issuer of the authorization response', 'RFC 9207 §2.4'),
  'jarm-response': stop('Response in a JWT', 'JARM §2.1, §2.3'),
  'jarm-decryption': stop('Decryption of the response', 'JARM §2.4 1'),
  'jarm-signature': stop('Signature of the response', 'JARM §2.4 5; RFC 8725 §3.1'),
  'jarm-iss': stop('Issuer of the response', 'JARM §2.4 3'),
  'jarm-aud': stop('Audience of the response', 'JARM §2.4 4'),
  'jarm-exp': stop('Expiry of the response', 'JARM §2.4 4'),
  'response-mode': entry('Response mode', 'OAuth Multiple Response Types §2.1'),

  // The token response
  'token-response': stop('Token response', 'RFC 6749 §5.1'),
  'token-type': entry('Token type', 'RFC 6749 §5.1, §7.1'),
  'client-certificate': entry('Client certificate is in force', 'RFC 5280 §4.1.2.5'),
  'certificate-binding': stop('Token is bound to the certificate', 'RFC 8705 §3'),
  'dpop-binding': stop('Token is bound to the key', 'RFC 9449 §5'),
  'expires-in': entry('Lifetime', 'RFC 6749 §5.1'),
  'granted-scope': entry('Granted scope', 'RFC 6749 §3.3, §5.1'),
  'authorization-details': note('Granted authorization details', 'RFC 9396 §7'),
  'granted-resource': entry('The token is for the resource', 'RFC 8707 §2'),
  'trust-condition': entry('Trust condition', 'RFC 7523 §3'),
  'issued-token-type': entry('Type of the issued token', 'RFC 8693 §2.2.1'),
  'cache-control': entry('Response is not cached', 'RFC 6749 §5.1'),
  'clock-skew': entry('Clock skew', 'RFC 9110 §6.6.1'),

  // The ID token
  'id-token': stop('ID token is a JWT', 'OIDC Core §2, §3.1.3.3; RFC 7519 §7.2'),
  'id-token-encrypted': entry('ID token is readable', 'OIDC Core §3.1.3.7 1'),
  'id-token-alg': stop('Signing algorithm', 'OIDC Core §3.1.3.7 7; RFC 8725 §3.1'),
  'id-token-crit': stop('Critical header parameters', 'RFC 7515 §4.1.11'),
  'id-token-header': entry('Header members are unique', 'RFC 7515 §4'),
  'id-token-header-key': entry('Keys in the header are not trusted', 'RFC 8725 §3.10'),
  'id-token-key': stop('Signing key', 'OIDC Core §10.1; RFC 7515 §4.1.4'),
  'id-token-signature': stop('Signature', 'OIDC Core §3.1.3.7 6'),
  'id-token-iss': stop('Issuer', 'OIDC Core §3.1.3.7 2'),
  'id-token-sub': stop('Subject', 'OIDC Core §2'),
  'id-token-aud': stop('Audience', 'OIDC Core §3.1.3.7 3'),
  'id-token-azp': stop('Authorized party', 'OIDC Core §3.1.3.7 4, 5'),
  'id-token-exp': stop('Expiry', 'OIDC Core §3.1.3.7 9'),
  'id-token-iat': stop('Issued at', 'OIDC Core §2, §3.1.3.7 10'),
  'id-token-nbf': stop('Not before', 'RFC 7519 §4.1.5'),
  'id-token-nonce': stop('Nonce', 'OIDC Core §3.1.3.7 11'),
  'id-token-auth-time': stop('Time of authentication', 'OIDC Core §3.1.3.7 13'),
  'id-token-acr': entry('Authentication context', 'OIDC Core §3.1.3.7 12'),
  'id-token-at-hash': stop('Access token hash', 'OIDC Core §3.1.3.8'),
  'id-token-c-hash': stop('Code hash', 'OIDC Core §3.3.2.10'),
  'hybrid-id-tokens': stop('Both ID tokens agree', 'OIDC Core §3.3.3.6'),
  'hybrid-access-tokens': note('Both access tokens', 'OIDC Core §3.3.3.8'),
  'refreshed-id-token': stop('Refreshed ID token', 'OIDC Core §12.2'),

  // UserInfo
  'userinfo-response': entry('UserInfo response', 'OIDC Core §5.3.2'),
  'userinfo-signature': stop('UserInfo signature', 'OIDC Core §5.3.4'),
  'userinfo-iss': stop('UserInfo issuer', 'OIDC Core §5.3.2'),
  'userinfo-aud': stop('UserInfo audience', 'OIDC Core §5.3.2'),
  'userinfo-sub': stop('UserInfo subject', 'OIDC Core §5.3.2'),

  'requested-claims': entry('Requested claims', 'OIDC Core §5.5.1'),

  // Introspection, revocation and the expectations of the user
  'introspection-response': entry('Introspection response', 'RFC 7662 §2.2'),
  'introspection-signature': stop('Introspection signature', 'RFC 9701 §5'),
  'introspection-iss': stop('Introspection issuer', 'RFC 9701 §5'),
  'introspection-aud': stop('Introspection audience', 'RFC 9701 §5'),
  'introspection-exp': entry('Lifetime of an active token', 'RFC 7662 §2.2'),
  'introspection-client': note('Client of the token', 'RFC 7662 §2.2'),
  'revocation-response': entry('Revocation response', 'RFC 7009 §2.2'),
  expectation: entry('Expectation', '--expect'),

  // A JWT by itself, whatever it is for
  jwt: entry('Well-formed JWT', 'RFC 7515 §3.1, §7.1; RFC 7519 §7.2'),
  'jwt-alg': stop('JWT algorithm', 'RFC 8725 §3.1; RFC 7515 §4.1.1'),
  'jwt-crit': stop('JWT critical header parameters', 'RFC 7515 §4.1.11'),
  'jwt-header': entry('JWT header members are unique', 'RFC 7515 §4'),
  'jwt-header-keys': entry('JWT brings no key of its own', 'RFC 8725 §3.10'),
  'jwt-key': stop('JWT key', 'RFC 7515 §4.1.4; RFC 7517 §4'),
  'jwt-signature': stop('JWT signature', 'RFC 7515 §5.2'),
  'jwt-iss': stop('JWT issuer', 'RFC 7519 §4.1.1'),
  'jwt-aud': stop('JWT audience', 'RFC 7519 §4.1.3'),
  'jwt-exp': stop('JWT expiry', 'RFC 7519 §4.1.4'),
  'jwt-nbf': stop('JWT not before', 'RFC 7519 §4.1.5'),
  'jwt-iat': stop('JWT issued at', 'RFC 7519 §4.1.6'),
  'jwt-nonce': stop('JWT nonce', 'OIDC Core §2; RFC 9449 §4.3'),
  'jwe-decryption': stop('Decryption', 'RFC 7516 §5.2'),

  // An access token that is a JWT
  'access-token-typ': stop('Type of the access token', 'RFC 9068 §2.1, §4'),
  'access-token-claims': stop('Claims of the access token', 'RFC 9068 §2.2'),
  'access-token-aud': stop('Audience of the access token', 'RFC 9068 §3, §4'),
  'access-token-client-id': stop('Client of the access token', 'RFC 9068 §2.2; RFC 8693 §4.3'),
  'access-token-scope': entry('Scope of the access token', 'RFC 9068 §2.2.3; RFC 8693 §4.2'),

  // A DPoP proof
  'dpop-proof-header': stop('Header of the DPoP proof', 'RFC 9449 §4.2, §4.3'),
  'dpop-proof-signature': stop('Signature of the DPoP proof', 'RFC 9449 §4.3'),
  'dpop-proof-claims': stop('Claims of the DPoP proof', 'RFC 9449 §4.2'),
  'dpop-proof-request': stop('DPoP proof is for its request', 'RFC 9449 §4.3'),
  'dpop-proof-replay': stop('DPoP proof is used once', 'RFC 9449 §11.1'),

  // A logout token
  'logout-token-typ': backchannel('Type of the logout token', '§2.4', false),
  'logout-token-claims': backchannel('Claims of the logout token', '§2.4'),
  'logout-token-events': backchannel('Event of the logout token', '§2.4, §2.6 6'),
  'logout-token-sub': backchannel('Session of the logout token', '§2.4, §2.6 5'),
  'logout-token-nonce': backchannel('No nonce in the logout token', '§2.4, §2.6 7'),
  'logout-token-jti': backchannel('Logout token not received before', '§2.6 8'),
  'logout-token-request': backchannel('Form of the logout request', '§2.5'),
  'logout-session': backchannel(
    'Session that the logout ends',
    '§2.6 9, 10, 11; OIDC Front-Channel Logout §3',
    false,
  ),
  'frontchannel-logout': stop('Issuer and sid of the logout', 'OIDC Front-Channel Logout §2'),

  // The browser's return after a logout
  'logout-state': stop('State after the logout', 'OIDC RP-Initiated Logout §3'),

  // An SD-JWT
  'sd-jwt-alg': stop('Hash of the disclosures', 'RFC 9901 §4.1.1'),
  'sd-jwt-disclosures': stop('Disclosures belong to the token', 'RFC 9901 §7.1'),
  'sd-jwt-key-binding': stop('Key binding', 'RFC 9901 §7.3'),

  // Findings in a response: its representation
  'body-form-encoded': entry('Form-encoded body', 'RFC 6749 §5.1, §5.2'),
  'body-xml': entry('XML body', 'RFC 6749 §5.1, §5.2'),
  'body-plain-text': entry('Plain text body', 'RFC 6749 §5.1, §5.2'),
  'json-wrapped': entry('Wrapped JSON', 'RFC 8259 §2'),
  'json-malformed': entry('Malformed JSON', 'RFC 8259 §2'),
  'html-error-page': entry('HTML page', 'RFC 6749 §5.2'),
  'empty-body': entry('Empty body', 'RFC 6749 §5.1, §5.2'),
  'response-body-not-saved': note('Body of the response not saved', 'RFC 6749 §5.2'),
  'bom-present': entry('Byte order mark', 'RFC 8259 §8.1'),
  'content-type-wrong': entry('Content-Type', 'RFC 6749 §5.1, §5.2; OIDC Core §5.3.2; OIDC Discovery §4.2'),
  'cache-control-missing': entry('Cache-Control missing', 'RFC 6749 §5.1'),
  'pragma-missing': entry('Pragma missing', 'RFC 6749 §5.1'),

  // Findings: status and challenge
  'success-status-not-200': entry('Status of a success', 'RFC 6749 §5.1'),
  'error-with-status-200': entry('Success status without success', 'RFC 6749 §5.2'),
  'error-status-unexpected': entry('Status of an error', 'RFC 6749 §5.2'),
  'status-429-or-5xx': note('Rate limit or server failure', 'RFC 6585 §4; RFC 9110 §15.6'),
  'www-authenticate-missing': entry('WWW-Authenticate missing', 'RFC 9110 §15.5.2; RFC 6750 §3'),

  // Findings: members of a success
  'access-token-missing': entry('Access token missing', 'RFC 6749 §5.1'),
  'token-type-missing': entry('Token type missing', 'RFC 6749 §5.1'),
  'token-type-unregistered': entry('Unregistered token type', 'RFC 6749 §7.1, §8.1, §11.1'),
  'expires-in-missing': note('Lifetime missing', 'RFC 6749 §5.1'),
  'expires-in-string': entry('Lifetime as a string', 'RFC 6749 §5.1'),
  'expires-in-zero': note('Lifetime of zero', 'RFC 6749 §5.1'),
  'expires-in-over-int32': note('Implausible lifetime', 'RFC 6749 §5.1'),
  'expires-at-instead-of-expires-in': note('Absolute expiry only', 'RFC 6749 §5.1'),
  'parameter-renamed': entry('Renamed parameter', 'RFC 6749 §5.1, §4.1.2'),
  'parameter-null': entry('Parameter is null', 'RFC 6749 §5.1, §5.2'),
  'parameter-wrong-type': entry('Parameter of the wrong type', 'RFC 6749 §5.1, §5.2'),
  'parameter-empty-string': entry('Parameter is empty', 'RFC 6749 Appendix A'),
  'scope-array': entry('Scope as an array', 'RFC 6749 §3.3'),
  'scope-comma-separated': entry('Scope with commas', 'RFC 6749 §3.3'),
  'tokens-nested': entry('Nested tokens', 'RFC 6749 §5.1'),
  'additional-tokens': note('Further access token', 'RFC 6749 §5.1'),
  'id-token-missing': entry('ID token missing', 'OIDC Core §3.1.3.3'),
  'number-exceeds-safe-integer': note('Number beyond 2^53-1', 'RFC 8259 §6'),
  'status-envelope': note('Status envelope', 'RFC 6749 §5.1'),

  // Findings: members of an error
  'error-missing': entry('Error code missing', 'RFC 6749 §5.2, §4.1.2.1'),
  'error-not-string': entry('Error code is not a string', 'RFC 6749 §5.2'),
  'error-code-nonstandard': entry('Nonstandard error code', 'RFC 6749 §5.2, §4.1.2.1, §11.4'),
  'error-description-charset': entry('Characters of error_description', 'RFC 6749 §5.2, §4.1.2.1'),
  'nonstandard-error-fields': note('Further error members', 'RFC 6749 §5.2, §4.1.2.1'),

  // Findings: the callback
  'state-missing': stop('State missing', 'RFC 6749 §4.1.2, §4.1.2.1'),
  'state-mismatch': stop('State differs', 'RFC 6749 §4.1.2, §10.12'),
  'callback-fragment-present': note('Fragment in the callback', 'RFC 6749 §3.1.2; RFC 3986 §3.5'),
  'callback-tokens-unasked': entry(
    'Tokens that were not asked for',
    'RFC 6749 §4.1.2; OAuth Multiple Response Types §3',
  ),
  'callback-query-malformed': entry('Malformed callback query', 'RFC 6749 §3.1.2, §4.1.2'),
  'callback-parameter-repeated': stop('Repeated callback parameter', 'RFC 6749 §3.1'),

  // Findings: UserInfo
  'sub-missing': entry('Subject missing', 'OIDC Core §5.3.2'),
  'claim-wrong-type': entry('Claim of the wrong type', 'OIDC Core §5.1'),
  'claims-nested': entry('Nested claims', 'OIDC Core §5.3.2'),

  // Findings: discovery
  'issuer-mismatch': stop('Issuer differs', 'OIDC Discovery §4.3; RFC 8414 §3.3'),
  'metadata-required-missing': entry('Required metadata missing', 'OIDC Discovery §3'),
  'metadata-url-invalid': entry('Invalid endpoint URL', 'OIDC Discovery §3'),
  'pkce-not-advertised': note('PKCE not advertised', 'RFC 8414 §2; RFC 9700 §2.1.1'),
  'token-auth-methods-not-advertised': note('Client authentication not advertised', 'OIDC Discovery §3'),
  // Findings: an authorization request
  'response-type-missing': entry('response_type missing', 'RFC 6749 §3.1.1'),
  'response-type-unknown': entry(
    'Unknown response_type',
    'RFC 6749 §3.1.1; OAuth Multiple Response Types §3',
  ),
  'response-type-token': note('Implicit grant', 'RFC 9700 §2.1.2'),
  'response-mode-unsafe': entry('Tokens in the query', 'OAuth Multiple Response Types §3'),
  'client-id-missing': entry('client_id missing', 'RFC 6749 §4.1.1'),
  'client-secret-in-url': entry('Client secret in the URL', 'RFC 6749 §2.3.1'),
  'redirect-uri-missing': note('redirect_uri missing', 'RFC 6749 §3.1.2.3; OIDC Core §3.1.2.1'),
  'redirect-uri-relative': entry('redirect_uri is not absolute', 'RFC 6749 §3.1.2'),
  'redirect-uri-fragment': entry('redirect_uri has a fragment', 'RFC 6749 §3.1.2'),
  'redirect-uri-insecure': entry('redirect_uri without TLS', 'RFC 9700 §2.6; RFC 8252 §7.3'),
  'redirect-uri-localhost': note('redirect_uri names localhost', 'RFC 8252 §8.3'),
  'redirect-uri-encoded-twice': entry('redirect_uri is encoded twice', 'RFC 6749 §4.1.1, Appendix B'),
  'state-not-sent': note('No state', 'RFC 6749 §10.12; RFC 9700 §2.1'),
  'pkce-not-sent': note('No PKCE', 'RFC 9700 §2.1.1; RFC 7636 §4.3'),
  'pkce-plain': note('PKCE with plain', 'RFC 9700 §2.1.1; RFC 7636 §4.2'),
  'code-challenge-invalid': entry('Invalid code_challenge', 'RFC 7636 §4.2, §4.3'),
  'openid-not-requested': note('Scope openid missing', 'OIDC Core §3.1.2.1'),
  'nonce-not-sent': entry('No nonce', 'OIDC Core §3.2.2.1, §3.3.2.1'),
  'scope-separator': entry('Scope is not separated by spaces', 'RFC 6749 §3.3'),
  'request-parameter-repeated': entry('Repeated parameter', 'RFC 6749 §3.1'),
  'request-parameter-empty': note('Empty parameter', 'RFC 6749 §3.1'),
  'request-parameter-invalid': entry('Invalid parameter', 'OIDC Core §3.1.2.1'),
  'request-value-unregistered': note(
    'Unregistered value',
    'OIDC Core §3.1.2.1; OAuth Multiple Response Types §2.1',
  ),
  'request-url-insecure': entry('Authorization endpoint without TLS', 'RFC 6749 §3.1'),
  'request-url-fragment': entry('Authorization URL has a fragment', 'RFC 6749 §3.1'),
  'token-request-malformed': entry('Token request is not form data by POST', 'RFC 6749 §3.2, §4.1.3'),

  // Findings: a JWT by itself
  'jwt-malformed': entry('Not a JWT', 'RFC 7519 §7.2; RFC 7515 §7.1'),
  'jwt-unsigned': entry('Unsigned JWT', 'RFC 8725 §3.1; RFC 7515 §6'),
  'jwt-signature-size': note('Signature of another length', 'RFC 7518 §3.1; RFC 8725 §3.1'),
  'jwt-expired': note('Expired', 'RFC 7519 §4.1.4'),
  'jwt-not-yet-valid': note('Not valid yet', 'RFC 7519 §4.1.5, §4.1.6'),
  'jwt-header-key': note('Key in the header', 'RFC 8725 §3.10'),
  'jwt-claim-type': entry('Registered claim of the wrong type', 'RFC 7519 §4.1'),
} as const satisfies Record<string, CatalogueEntry>;

/** Id of a check or finding. */
export type CheckId = keyof typeof catalogue;

/** Tells whether a text is the id of a check or finding. */
export function isCheckId(text: string): text is CheckId {
  return Object.hasOwn(catalogue, text);
}

function entry(title: string, spec: string): CatalogueEntry {
  return { title, spec, severity: 'violation', stops: false };
}

function stop(title: string, spec: string): CatalogueEntry {
  return { title, spec, severity: 'violation', stops: true };
}

/** A check of a logout token, by the section of OIDC Back-Channel Logout. */
function backchannel(title: string, section: string, stops = true): CatalogueEntry {
  return { title, spec: `OIDC Back-Channel Logout ${section}`, severity: 'violation', stops };
}

function note(title: string, spec: string): CatalogueEntry {
  return { title, spec, severity: 'note', stops: false };
}
