import { ownMember } from '../json/json.ts';

/** Parameters of authorization and token requests in a few words (RFC 6749, RFC 7636, OIDC Core §3.1.2.1 and others). */
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
]);

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

/** What a parameter means, and its value where that is one of a few; undefined for one that is not known. */
export function authorizationParameterMeaning(name: string, value: string): string | undefined {
  const pair = `${name}=${value}`;
  return ownMember(values, pair) ?? meanings.get(name);
}
