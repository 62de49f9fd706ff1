import { callbackErrorCodes, tokenErrorCodes } from '../protocol/error-members.ts';
import { metadataMembers } from '../protocol/metadata.ts';
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
    'www-authenticate cookie http https localhost rs256 rs384 rs512 ps256 ps384 ps512 es256 es384 es512 hs256 hs384 ' +
    'hs512'
  ).split(' '),
);

/** Behind `urn:ietf:params:oauth:` (IANA OAuth URI). A list, since what only looks like a URN may hold a secret. */
const urns = new Set(
  (
    'grant-type:device_code grant-type:jwt-bearer grant-type:saml2-bearer grant-type:token-exchange ' +
    'token-type:access_token token-type:refresh_token token-type:id_token token-type:jwt token-type:saml1 ' +
    'token-type:saml2 client-assertion-type:jwt-bearer client-assertion-type:saml2-bearer'
  ).split(' '),
);

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
    Object.hasOwn(metadataMembers, name) ||
    urns.has(name.replace(/^urn:ietf:params:oauth:/, ''))
  );
}
