import { callbackErrorCodes, tokenErrorCodes } from '../protocol/error-members.ts';
import { parameterMeaning } from '../protocol/parameter-meanings.ts';

/** Words that the specifications register besides parameters and error codes, in lower case. */
const words = new Set(
  (
    'issued_token_type subject_token subject_token_type actor_token actor_token_type requested_token_type ' +
    'access_token token_type id_token verification_uri verification_uri_complete interval auth_req_id ' +
    'binding_message active post_logout_redirect_uri logout_hint logout_token registration_access_token ' +
    'registration_client_uri client_name redirect_uris grant_types response_types jwks jwks_uri issuer ' +
    'authorization_code implicit client_credentials query fragment form_post none login consent select_account ' +
    'page popup touch wap plain s256 bearer basic dpop openid profile email address phone offline_access ' +
    'client_secret_basic client_secret_post client_secret_jwt private_key_jwt tls_client_auth ' +
    'self_signed_tls_client_auth sub aud exp iat nbf jti azp auth_time acr amr at_hash c_hash s_hash sid name ' +
    'given_name family_name nickname preferred_username email_verified locale zoneinfo updated_at phone_number alg ' +
    'kid typ cty enc zip jwk jku x5c x5t x5u crit jwt at+jwt eddsa true false null realm authorization location ' +
    'www-authenticate cookie http https localhost'
  ).split(' '),
);

/** Endpoints, lists of what a server supports, signature algorithms and URNs have one form. */
const wordForms =
  /^(?:[a-z_]+_(?:endpoint|supported)|[rpeh]s(?:256|384|512)|urn:ietf:params:oauth:[a-z0-9:_-]+)$/;

/**
 * Tells whether a word is a registered name or value, in any letter case. Messages hold such words
 * with any secrets: one that is also a secret would be given away by hiding it.
 */
export function isRegisteredWord(word: string): boolean {
  const name = word.toLowerCase();
  return (
    words.has(name) ||
    tokenErrorCodes.has(name) ||
    callbackErrorCodes.has(name) ||
    parameterMeaning(name, '') !== undefined ||
    wordForms.test(name)
  );
}
