import type { Diagnosis } from './diagnosis.ts';
import type { ErrorRow, ErrorTable } from './error-row.ts';

const registration = 'RFC 7591 §3.2.2';
const backchannel = 'OIDC CIBA Core §13';
const uma = 'UMA 2.0 Grant §3.3.6';
const ace = 'RFC 9200 §5.8.3';
const wallet = 'OpenID4VP 1.0 §8.5';
const federation = 'OpenID Federation 1.0 §8.9';

function row(
  cause: string,
  why: string,
  remedy: string,
  source: string,
  confidence: Diagnosis['confidence'] = 'high',
): ErrorRow {
  return () => [{ cause, why, try: remedy, confidence, source }];
}

/**
 * Errors of all other endpoints and extensions, each a code that means one thing wherever it comes from: revocation,
 * registration, CIBA, rich authorization requests, UMA, ACE, presentations and federation.
 */
export const furtherErrors: ErrorTable = {
  unsupported_token_type: row(
    'The server cannot revoke tokens of this type.',
    'Servers need not revoke access tokens; those that are checked without the server cannot be revoked at all.',
    'Revoke the refresh token instead, or wait until the access token expires.',
    'RFC 7009 §2.2.1',
  ),
  invalid_redirect_uri: row(
    'A redirect URI is refused.',
    'The registration wants an allowed scheme and host, no fragment, and no wildcard.',
    'Compare redirect_uris with what the server allows for this type of application.',
    registration,
  ),
  invalid_client_metadata: row(
    'A member of the client metadata is refused.',
    'The members have to fit each other: response_types to grant_types, the authentication method to the keys.',
    'Read the description, and register with fewer members until it is accepted.',
    registration,
  ),
  invalid_software_statement: row(
    'The software statement is not valid.',
    'Its signature, issuer or times are refused.',
    'Decode it, and verify it with the keys of its issuer.',
    registration,
  ),
  unapproved_software_statement: row(
    'The software statement is not approved at this server.',
    'It can be read, and its issuer or software is not among those that are allowed.',
    'Have the software approved, or use a statement of an issuer the server trusts.',
    registration,
  ),
  invalid_authorization_details: row(
    'authorization_details is refused.',
    'A type is unknown, a member is missing or not allowed, or more is asked for than was granted.',
    'Compare it with authorization_details_types_supported of the metadata and with what the API documents.',
    'RFC 9396 §5, §8',
  ),
  expired_login_hint_token: row(
    'The login_hint_token has expired.',
    'It says whom to ask, and only for a while.',
    'Get a new one for each request.',
    backchannel,
  ),
  unknown_user_id: row(
    'The server cannot tell from the hint who the person is.',
    'login_hint, login_hint_token or id_token_hint names nobody it knows.',
    'Compare the hint with how the server identifies accounts.',
    backchannel,
  ),
  missing_user_code: row(
    'The user code of the person is missing.',
    'The server demands it, so that nobody is asked unexpectedly.',
    'Send user_code.',
    backchannel,
  ),
  invalid_user_code: row(
    'The user code is wrong.',
    'It is a secret between the person and the server.',
    'Have the person enter it again.',
    backchannel,
  ),
  invalid_binding_message: row(
    'The binding message is refused.',
    'It is too long, or has characters that the device cannot show.',
    'Send a short one of plain letters and digits.',
    backchannel,
  ),
  transaction_failed: row(
    'The server could not finish asking the person.',
    'It says that something unexpected happened on its side.',
    'Start again, then look into the log of the server at this time.',
    'OIDC CIBA Core §12',
    'medium',
  ),
  need_info: row(
    'The server needs more claims, or the person, before it decides.',
    'required_claims or redirect_user of the answer says which.',
    'Send the claims with the new ticket, or send the person to redirect_user.',
    uma,
  ),
  request_denied: row(
    'The policy of the owner denies the access.',
    'The server has decided; asking again with the same claims changes nothing.',
    'Have the owner of the resource allow it.',
    uma,
  ),
  request_submitted: row(
    'The owner of the resource has been asked and has not answered yet.',
    'This answer is part of the flow and no failure.',
    'Ask again with the new ticket, no faster than the interval allows.',
    uma,
  ),
  unsupported_pop_key: row(
    'The server does not support the type of the key.',
    'The key of the request cannot be bound to the token.',
    'Send a key of another type, or ask for the resource with another profile.',
    ace,
  ),
  incompatible_ace_profiles: row(
    'The client and the resource share no profile.',
    'The server knows both and finds none that both support.',
    'Add a profile to the registration of the client or of the resource.',
    ace,
  ),
  vp_formats_not_supported: row(
    'The wallet has none of the formats that are asked for.',
    'The request names the formats it accepts.',
    'Accept more formats, or ask another wallet.',
    wallet,
  ),
  invalid_request_uri_method: row(
    'request_uri_method is neither get nor post.',
    'The values are compared in lower case.',
    'Send one of the two, or leave it out.',
    wallet,
  ),
  wallet_unavailable: row(
    'The wallet is not there, or cannot answer now.',
    'What should have started it answered instead.',
    'Install or open the wallet, then begin again.',
    wallet,
  ),
  invalid_issuer: row(
    'The federation endpoint cannot speak for this issuer.',
    'It issues no statements under that identifier.',
    'Compare the issuer with the Entity Configuration of the endpoint.',
    federation,
  ),
  invalid_subject: row(
    'The federation endpoint knows no such subject.',
    'It issues no statement about that entity.',
    'Compare the Entity Identifier, and ask its own superior (authority_hints).',
    federation,
  ),
  invalid_trust_anchor: row(
    'The trust anchor is not found or not usable.',
    'No chain can end at an anchor the server does not know.',
    'Ask with a trust anchor that both sides have configured.',
    federation,
  ),
  invalid_trust_chain: row(
    'The trust chain cannot be validated.',
    'A statement in it has expired, is signed with another key, or breaks a constraint.',
    'Resolve the chain link by link, and compare keys, times and authority_hints.',
    federation,
  ),
  invalid_metadata: row(
    'The metadata is not valid, or conflicts with a metadata policy.',
    'The policies of all superiors are applied to it.',
    'Apply the policies of the chain to the metadata and see which member fails.',
    federation,
  ),
  unsupported_parameter: row(
    'The server does not support a parameter of the request.',
    'It says so instead of ignoring it.',
    'Leave the parameter out.',
    federation,
  ),
};
