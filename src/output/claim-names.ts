/** A registered claim or header parameter in about three words. */
export interface ClaimName {
  readonly meaning: string;
  /** The value is a NumericDate: seconds since 1970 (RFC 7519 §2). */
  readonly isTime?: true;
}

const times = (meaning: string): ClaimName => ({ meaning, isTime: true });
const named = (meaning: string): ClaimName => ({ meaning });

/** Registered claims (RFC 7519 §4.1, OIDC Core §2 and §5.1, RFC 9068, RFC 8693, RFC 7800 and others). */
const claimNames: ReadonlyMap<string, ClaimName> = new Map([
  // JWT
  ['iss', named('issuer')],
  ['sub', named('subject')],
  ['aud', named('audience')],
  ['exp', times('expires')],
  ['nbf', times('valid from')],
  ['iat', times('issued')],
  ['jti', named('token ID')],
  // ID token
  ['auth_time', times('signed in')],
  ['nonce', named('binds the request')],
  ['acr', named('assurance level')],
  ['amr', named('methods used')],
  ['azp', named('authorized party')],
  ['at_hash', named('access token hash')],
  ['c_hash', named('code hash')],
  ['s_hash', named('state hash')],
  ['sid', named('session ID')],
  ['sub_jwk', named('self-issued key')],
  ['events', named('security events')],
  // Profile
  ['name', named('full name')],
  ['given_name', named('first name')],
  ['family_name', named('last name')],
  ['middle_name', named('middle name')],
  ['nickname', named('casual name')],
  ['preferred_username', named('chosen user name')],
  ['profile', named('profile page')],
  ['picture', named('profile picture')],
  ['website', named('web page')],
  ['email', named('email address')],
  ['email_verified', named('email was checked')],
  ['gender', named('gender')],
  ['birthdate', named('date of birth')],
  ['zoneinfo', named('time zone')],
  ['locale', named('language and region')],
  ['phone_number', named('telephone number')],
  ['phone_number_verified', named('number was checked')],
  ['address', named('postal address')],
  ['updated_at', times('profile changed')],
  ['_claim_names', named('claims held elsewhere')],
  ['_claim_sources', named('where claims are')],
  // Access token
  ['client_id', named('client')],
  ['scope', named('granted scope')],
  ['cnf', named('bound to key')],
  ['act', named('acting party')],
  ['may_act', named('may act for')],
  ['authorization_details', named('detailed rights')],
  ['groups', named('groups')],
  ['roles', named('roles')],
  ['entitlements', named('entitlements')],
  ['active', named('token is active')],
  ['token_type', named('type of token')],
  ['username', named('user name')],
]);

/** Header parameters (RFC 7515 §4.1, RFC 7516 §4.1). */
const headerNames: ReadonlyMap<string, ClaimName> = new Map([
  ['alg', named('algorithm')],
  ['enc', named('content encryption')],
  ['zip', named('compression')],
  ['kid', named('key ID')],
  ['typ', named('media type')],
  ['cty', named('content type')],
  ['crit', named('must be understood')],
  ['jwk', named('embedded key')],
  ['jku', named('key set URL')],
  ['x5u', named('certificate URL')],
  ['x5c', named('certificate chain')],
  ['x5t', named('certificate thumbprint')],
  ['x5t#S256', named('certificate thumbprint')],
  ['epk', named('ephemeral key')],
  ['apu', named('producer info')],
  ['apv', named('recipient info')],
]);

/** What a claim of that name means, when it is a registered one. */
export function claimName(name: string): ClaimName | undefined {
  return claimNames.get(name);
}

/** What a JOSE header parameter of that name means, when it is a registered one. */
export function headerName(name: string): ClaimName | undefined {
  return headerNames.get(name);
}
