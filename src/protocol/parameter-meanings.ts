import { ownMember } from '../json/json.ts';

/** The parameters of requests and responses in a few words (IANA OAuth Parameters), and some of vendors. */
const meanings: ReadonlyMap<string, string> = new Map([
  ['response_type', 'what is asked for'],
  ['response_mode', 'how the answer comes'],
  ['client_id', 'which client asks'],
  ['redirect_uri', 'where the answer goes'],
  ['scope', 'what access is asked for'],
  ['state', 'binds the answer to this browser'],
  ['nonce', 'binds the ID token to this request'],
  ['code_challenge', 'PKCE: hash of the verifier'],
  ['code_challenge_method', 'PKCE: how it was made'],
  ['code_verifier', 'PKCE: proves who asked'],
  ['code', 'authorization code'],
  ['prompt', 'what the person is to be asked'],
  ['display', 'kind of page'],
  ['max_age', 'oldest login allowed, in seconds'],
  ['ui_locales', 'languages of the pages'],
  ['claims_locales', 'languages of the claims'],
  ['id_token_hint', 'ID token of an earlier login'],
  ['login_hint', 'who is expected to sign in'],
  ['acr_values', 'assurance levels asked for'],
  ['claims', 'single claims asked for'],
  ['request', 'signed parameters (RFC 9101)'],
  ['request_uri', 'parameters by reference (RFC 9126)'],
  ['resource', 'API the token is for'],
  ['audience', 'API the token is for'],
  ['authorization_details', 'detailed rights (RFC 9396)'],
  ['dpop_jkt', 'key the code is bound to'],
  ['access_type', 'vendor: offline for a refresh token'],
  ['include_granted_scopes', 'vendor: adds to earlier consent'],
  ['connection', 'vendor: identity source'],
  ['organization', 'vendor: organization'],
  ['idp', 'vendor: identity source'],
  ['domain_hint', 'vendor: home realm of the person'],
  ['kc_idp_hint', 'vendor: identity source'],
  ['grant_type', 'how access is asked for'],
  ['refresh_token', 'token to renew'],
  ['client_secret', 'secret of the client'],
  ['client_assertion', 'signed proof of the client'],
  ['client_assertion_type', 'kind of that proof'],
  ['assertion', 'signed proof of the grant'],
  ['device_code', 'code of the device'],
  ['username', 'name of the person'],
  ['password', 'password of the person'],
  ['user_code', 'what the person types'],
  ['token', 'the token that is asked about'],
  ['token_type_hint', 'what kind it is'],
  ['iss', 'which server answered'],
  ['session_state', 'state of the session at the server'],
  ['expires_in', 'lifetime in seconds'],
  ['error', 'why the request was refused'],
  ['error_description', 'the same for people'],
  ['error_uri', 'a page about it'],
]);

/** Further parameters of requests and responses in the registry (IANA OAuth Parameters), and of CIBA and OpenID4VP. */
const furtherRegistered = new Set(
  (
    'access_token token_type id_token registration issued_token_type subject_token subject_token_type actor_token ' +
    'actor_token_type requested_token_type claim_token claim_token_format pct rpt ticket upgraded vtr nfv sub aud exp ' +
    'nbf iat jti ace_profile nonce1 nonce2 req_cnf rs_cnf cnf ace_client_recipientid ace_server_recipientid ' +
    'sign_info kdcchallenge trust_chain auth_req_id login_hint_token binding_message client_notification_token ' +
    'requested_expiry logout_hint post_logout_redirect_uri presentation_definition presentation_definition_uri ' +
    'presentation_submission vp_token dcql_query client_metadata client_metadata_uri client_id_scheme ' +
    'request_uri_method transaction_data verifier_info wallet_nonce issuer_state wallet_issuer user_hint tx_code'
  ).split(' '),
);

/** Tells whether a specification defines a parameter of that name. */
export function isRegisteredParameter(name: string): boolean {
  return furtherRegistered.has(name) || /^(?!vendor)/.test(meanings.get(name) ?? 'vendor');
}

const values: Readonly<Record<string, string>> = {
  'response_type=code': 'an authorization code',
  'response_type=token': 'an access token (implicit)',
  'response_type=id_token': 'an ID token (implicit)',
  'response_mode=query': 'the answer comes in the query',
  'response_mode=fragment': 'the answer comes behind #',
  'response_mode=form_post': 'the answer comes as a POST',
  'prompt=none': 'no page may be shown',
  'prompt=login': 'the person has to sign in anew',
  'prompt=consent': 'the person is asked to consent',
  'prompt=select_account': 'the person chooses an account',
  'code_challenge_method=S256': 'PKCE: SHA-256',
  'code_challenge_method=plain': 'PKCE: the verifier itself',
};

/** The meaning of a parameter, or of its value where that is one of a few; undefined when it is not known. */
export function parameterMeaning(name: string, value: string): string | undefined {
  const pair = `${name}=${value}`;
  return ownMember(values, pair) ?? meanings.get(name);
}
