/** What the catalogue says of a check or finding. */
export interface CatalogueEntry {
  /** What is checked, in a few words. */
  readonly title: string;
  /** Specification and section; several joined by `; `. */
  readonly spec: string;
  /** `violation` breaks a requirement; `note` is legal or unspecified, yet worth knowing. */
  readonly severity: 'violation' | 'note';
  /** Whether a failure makes the next step unsafe. What does not stop is a warning. */
  readonly stops: boolean;
}

/**
 * Every check and finding there is, by its id. Ids are never renamed.
 *
 * A subject that is in order is listed as a passed check (`token-type`); what is out of order in a response is
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
  'pkce-advertised': note('PKCE is advertised', 'RFC 8414 §2; RFC 9700 §2.1.1'),
  'issuer-url': entry('Issuer URL', 'OIDC Discovery §3; RFC 8414 §2'),
  jwks: entry('Key set', 'RFC 7517 §5'),
  'jwks-keys': entry('Keys are usable', 'RFC 7517 §4; RFC 7518 §3.3'),
  'jwks-private': stop('No private key is published', 'RFC 7517 §9.2'),

  // The authorization request and response
  pkce: entry('PKCE', 'RFC 7636 §4.2; RFC 9700 §2.1.1'),
  'authorization-response': stop('Authorization response', 'RFC 6749 §4.1.2'),
  state: stop('State', 'RFC 6749 §10.12'),
  iss: stop('Issuer of the authorization response', 'RFC 9207 §2.4'),

  // The token response
  'token-response': stop('Token response', 'RFC 6749 §5.1'),
  'token-type': entry('Token type', 'RFC 6749 §5.1, §7.1'),
  'expires-in': entry('Lifetime', 'RFC 6749 §5.1'),
  'granted-scope': entry('Granted scope', 'RFC 6749 §3.3, §5.1'),
  'cache-control': entry('Response is not cached', 'RFC 6749 §5.1'),
  'clock-skew': entry('Clocks agree', 'RFC 9110 §6.6.1'),

  // The ID token
  'id-token': stop('ID token is a JWT', 'OIDC Core §2; RFC 7519 §7.2'),
  'id-token-encrypted': entry('ID token is readable', 'OIDC Core §3.1.3.7 1'),
  'id-token-alg': stop('Signing algorithm', 'OIDC Core §3.1.3.7 7; RFC 8725 §3.1'),
  'id-token-crit': stop('Critical header parameters', 'RFC 7515 §4.1.11'),
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

  // UserInfo
  'userinfo-response': entry('UserInfo response', 'OIDC Core §5.3.2'),
  'userinfo-signature': stop('UserInfo signature', 'OIDC Core §5.3.4'),
  'userinfo-iss': stop('UserInfo issuer', 'OIDC Core §5.3.2'),
  'userinfo-aud': stop('UserInfo audience', 'OIDC Core §5.3.2'),
  'userinfo-sub': stop('UserInfo subject', 'OIDC Core §5.3.4'),

  // Findings in a response: its representation
  'body-form-encoded': entry('Form-encoded body', 'RFC 6749 §5.1, §5.2'),
  'body-xml': entry('XML body', 'RFC 6749 §5.1, §5.2'),
  'body-plain-text': entry('Plain text body', 'RFC 6749 §5.1, §5.2'),
  'json-wrapped': entry('Wrapped JSON', 'RFC 8259 §2'),
  'json-malformed': entry('Malformed JSON', 'RFC 8259 §2'),
  'html-error-page': entry('HTML page', 'RFC 6749 §5.2'),
  'empty-body': entry('Empty body', 'RFC 6749 §5.1, §5.2'),
  'bom-present': entry('Byte order mark', 'RFC 8259 §8.1'),
  'content-type-wrong': entry('Content-Type', 'RFC 6749 §5.1, §5.2; OIDC Core §5.3.2; OIDC Discovery §4.2'),
  'cache-control-missing': entry('Cache-Control missing', 'RFC 6749 §5.1'),
  'pragma-missing': entry('Pragma missing', 'RFC 6749 §5.1'),

  // Findings: status and challenge
  'success-status-not-200': entry('Status of a success', 'RFC 6749 §5.1'),
  'error-with-status-200': entry('Error with a success status', 'RFC 6749 §5.2'),
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
  'error-not-string': entry('Error code is no string', 'RFC 6749 §5.2'),
  'error-code-nonstandard': entry('Error code not registered', 'RFC 6749 §5.2, §4.1.2.1, §11.4'),
  'error-description-charset': entry('Characters of error_description', 'RFC 6749 §5.2, §4.1.2.1'),
  'nonstandard-error-fields': note('Further error members', 'RFC 6749 §5.2, §4.1.2.1'),

  // Findings: the callback
  'state-missing': stop('State missing', 'RFC 6749 §4.1.2, §4.1.2.1'),
  'state-mismatch': stop('State differs', 'RFC 6749 §4.1.2, §10.12'),
  'callback-fragment-present': note('Fragment in the callback', 'RFC 6749 §3.1.2; RFC 3986 §3.5'),
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

function note(title: string, spec: string): CatalogueEntry {
  return { title, spec, severity: 'note', stops: false };
}
