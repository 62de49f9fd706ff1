import type { Cause } from './diagnosis.ts';
import type { ErrorTable } from './error-table.ts';

/** Who may register clients, where the server limits that. */
export const registrationTokenRefused = {
  cause: 'The token for registration is missing, or is not accepted.',
  why: 'Not everyone may register clients here; a client that exists is opened with its own registration access token.',
  try: {
    login:
      'Give the token of the administrator: --initial-access-token-file FILE or --initial-access-token-env NAME. For a registered client: --registration-access-token-file or -env.',
    debug: 'Send the initial access token, or that of the client, as a Bearer token.',
  },
  source: 'RFC 7591 §3',
  confidence: 'medium',
} as const;
const policy: Cause = {
  cause: 'A policy of the server does not allow this registration.',
  why: 'Servers limit hosts, redirect URIs, scopes, and how many clients are registered.',
  try: 'Compare the metadata with the registration policies of the server, or ask its administrator.',
  confidence: 'medium',
};

/** Errors of the registration endpoint besides its own: who may register, and what. */
export const registrationErrors: ErrorTable = {
  'RFC 7591 §3': {
    invalid_token: registrationTokenRefused,
    insufficient_scope: policy,
    access_denied: policy,
  },
};

/**
 * Errors of all other endpoints and extensions, each a code that means one thing wherever it comes from: revocation,
 * registration, CIBA, rich authorization requests, UMA, ACE, presentations and federation.
 */
export const furtherErrors: ErrorTable = {
  'RFC 7009 §2.2.1': {
    unsupported_token_type: {
      cause: 'The server cannot revoke tokens of this type.',
      why: 'Servers need not revoke access tokens; those that are checked without the server cannot be revoked at all.',
      try: 'Revoke the refresh token instead, or wait until the access token expires.',
    },
  },
  'RFC 7591 §3.2.2': {
    invalid_redirect_uri: {
      cause: 'A redirect URI is refused.',
      why: 'The registration wants an allowed scheme and host, no fragment, and no wildcard.',
      try: 'Compare redirect_uris with what the server allows for this type of application.',
    },
    invalid_client_metadata: {
      cause: 'A member of the client metadata is refused.',
      why: 'The members have to fit each other: response_types to grant_types, the authentication method to the keys.',
      try: 'Read the description, and register with fewer members until it is accepted.',
    },
    invalid_software_statement: {
      cause: 'The software statement is not valid.',
      why: 'Its signature, issuer or times are refused.',
      try: 'Decode it, and verify it with the keys of its issuer.',
    },
    unapproved_software_statement: {
      cause: 'The software statement is not approved at this server.',
      why: 'It can be read, and its issuer or software is not among those that are allowed.',
      try: 'Have the software approved, or use a statement of an issuer the server trusts.',
    },
  },
  'RFC 9396 §5, §8': {
    invalid_authorization_details: {
      cause: 'authorization_details is refused.',
      why: 'A type is unknown, a member is missing or not allowed, or more is asked for than was granted.',
      try: 'Compare it with authorization_details_types_supported of the metadata and with what the API documents.',
    },
  },
  'OIDC CIBA Core §13': {
    expired_login_hint_token: {
      cause: 'The login_hint_token has expired.',
      why: 'It names the user to ask, and is valid for a short time only.',
      try: 'Get a new one for each request.',
    },
    unknown_user_id: {
      cause: 'The server cannot tell from the hint who the person is.',
      why: 'login_hint, login_hint_token or id_token_hint names a user that the server does not know.',
      try: 'Compare the hint with how the server identifies accounts.',
    },
    missing_user_code: {
      cause: 'user_code is missing.',
      why: 'The server demands it, so that users are asked only for logins they started.',
      try: {
        login: 'Set the variable OAUTH_CODE_PARAM to user_code=CODE, as the person says it.',
        debug: 'Send user_code.',
      },
    },
    invalid_user_code: {
      cause: 'The user code is wrong.',
      why: 'It is a secret between the person and the server.',
      try: 'Have the person enter it again.',
    },
    invalid_binding_message: {
      cause: 'The binding message is refused.',
      why: 'It is too long, or has characters that the device cannot show.',
      try: 'Send a short one of plain letters and digits.',
    },
  },
  'OIDC CIBA Core §12': {
    transaction_failed: {
      cause: 'The server could not finish asking the person.',
      why: 'It says that something unexpected happened on its side.',
      try: 'Start again, then look into the log of the server at this time.',
      confidence: 'medium',
    },
  },
  'UMA 2.0 Grant §3.3.6': {
    need_info: {
      cause: 'The server needs more claims, or the person, before it decides.',
      why: 'required_claims or redirect_user of the answer says which.',
      try: 'Send the claims with the new ticket, or send the person to redirect_user.',
    },
    request_denied: {
      cause: 'The policy of the owner denies the access.',
      why: 'The server has decided; asking again with the same claims changes nothing.',
      try: 'Have the owner of the resource allow it.',
    },
    request_submitted: {
      cause: 'The owner of the resource has been asked and has not answered yet.',
      why: 'This answer is part of the flow and no failure.',
      try: 'Ask again with the new ticket, no faster than the interval allows.',
    },
  },
  'RFC 9200 §5.8.3': {
    unsupported_pop_key: {
      cause: 'The server does not support the type of the key.',
      why: 'The key of the request cannot be bound to the token.',
      try: 'Send a key of another type, or ask for the resource with another profile.',
    },
    incompatible_ace_profiles: {
      cause: 'The client and the resource share no profile.',
      why: 'The server knows both, and they do not support a common profile.',
      try: 'Add a profile to the registration of the client or of the resource.',
    },
  },
  'OpenID4VP 1.0 §8.5': {
    vp_formats_not_supported: {
      cause: 'The wallet has none of the formats that are asked for.',
      why: 'The request names the formats it accepts.',
      try: 'Accept more formats, or ask another wallet.',
    },
    invalid_request_uri_method: {
      cause: 'request_uri_method is neither get nor post.',
      why: 'The values are compared in lower case.',
      try: 'Send one of the two, or leave it out.',
    },
    wallet_unavailable: {
      cause: 'The wallet is not there, or cannot answer now.',
      why: 'What should have started it answered instead.',
      try: 'Install or open the wallet, then begin again.',
    },
  },
  'OpenID Federation 1.0 §8.9': {
    invalid_issuer: {
      cause: 'The federation endpoint cannot speak for this issuer.',
      why: 'It issues no statements under that identifier.',
      try: 'Compare the issuer with the Entity Configuration of the endpoint.',
    },
    invalid_subject: {
      cause: 'The federation endpoint knows no such subject.',
      why: 'It issues no statement about that entity.',
      try: 'Compare the Entity Identifier, and ask its own superior (authority_hints).',
    },
    invalid_trust_anchor: {
      cause: 'The trust anchor is not found or not usable.',
      why: 'No chain can end at an anchor the server does not know.',
      try: 'Ask with a trust anchor that both sides have configured.',
    },
    invalid_trust_chain: {
      cause: 'The trust chain cannot be validated.',
      why: 'A statement in it has expired, is signed with another key, or breaks a constraint.',
      try: 'Resolve the chain link by link, and compare keys, times and authority_hints.',
    },
    invalid_metadata: {
      cause: 'The metadata is not valid, or conflicts with a metadata policy.',
      why: 'The policies of all superiors are applied to it.',
      try: 'Apply the policies of the chain to the metadata and see which member fails.',
    },
    unsupported_parameter: {
      cause: 'The server does not support a parameter of the request.',
      why: 'It says so instead of ignoring it.',
      try: 'Leave the parameter out.',
    },
  },
};
