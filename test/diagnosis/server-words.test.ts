import { describe, expect, it } from 'vitest';
import { diagnoseError } from '../../src/diagnosis/diagnose.ts';
import { type AskedEndpoint, gatherSituation } from '../../src/diagnosis/situation.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { savedExchange } from '../../src/recording/recording.ts';

interface Asked {
  readonly endpoint?: AskedEndpoint;
  /** Form data of the request. */
  readonly sent?: string;
  readonly url?: string;
}

const code = 'grant_type=authorization_code&code=abc&client_id=app';
const refresh = 'grant_type=refresh_token&refresh_token=r&client_id=app';
const service = 'grant_type=client_credentials&client_id=app';
const assertion = `${service}&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=e30.e30.AA`;
const page: Asked = { endpoint: 'authorization' };

/** The causes of an error answer, the likeliest first; its request is known when `sent` gives it. */
function diagnose(
  error: string,
  description: string,
  { endpoint = 'token', sent, url = 'https://as.example/token' }: Asked,
) {
  const body = JSON.stringify({ error, error_description: description });
  const response = { status: 400, headers: [], body };
  const headers = [['Content-Type', 'application/x-www-form-urlencoded']] as const;
  const request = sent === undefined ? null : { method: 'POST', url, headers, body: sent };
  const conversation = sortConversation(
    request === null ? [] : [savedExchange({ source: 'test', step: 'token', request, response })],
  );
  const answer = { endpoint, error, description, status: 400, response };
  return diagnoseError(gatherSituation(answer, conversation, 'debug', conversation.messages[0])).diagnosis;
}

describe("a server's own words", () => {
  // Texts as these servers write them; the address of the server is not known.
  it.each<[string, string, string, Asked, RegExp]>([
    [
      'Python SDK of MCP',
      'invalid_scope',
      'Client was not registered with scope notes:admin',
      page,
      /^A scope is unknown, malformed, or not allowed/,
    ],
    [
      'Hydra',
      'invalid_client',
      "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method). The OAuth 2.0 Client supports client authentication method 'client_secret_basic', but method 'client_secret_post' was requested. You must configure the OAuth 2.0 client's 'token_endpoint_auth_method' value to accept 'client_secret_post'.",
      { sent: `${code}&client_secret=x12345` },
      /authenticate by client_secret_basic/,
    ],
    [
      'Hydra',
      'invalid_client',
      'Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method). crypto/bcrypt: hashedPassword is not the hash of the given password',
      { sent: `${code}&client_secret=x12345` },
      /secret is wrong/,
    ],
    [
      'Hydra',
      'invalid_grant',
      'The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client. The authorization code has already been used.',
      { sent: code },
      /redeemed before/,
    ],
    [
      'Hydra',
      'invalid_grant',
      'The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client. The PKCE code challenge did not match the code verifier.',
      { sent: code },
      /code_verifier does not fit/,
    ],
    [
      'Hydra',
      'invalid_request',
      "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. Clients must use PKCE's code_challenge_method S256, plain is not allowed.",
      page,
      /code_challenge_method|PKCE/,
    ],
    [
      'Hydra',
      'invalid_request',
      "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.",
      page,
      /redirect URI is not registered/,
    ],
    [
      'Hydra',
      'invalid_client',
      "Client authentication failed. Claim 'audience' from 'client_assertion' must match the authorization server's token endpoint 'https://as.example/oauth2/token'.",
      { sent: assertion },
      /another audience/,
    ],
    [
      'Hydra',
      'invalid_grant',
      'The refresh token has not been found: token_inactive. Refresh token is expired.',
      { sent: refresh },
      /refresh token has expired/,
    ],
    [
      'Dex',
      'invalid_request',
      'redirect_uri did not match URI from initial request.',
      { sent: code },
      /redirect_uri of the token request/,
    ],
    ['Dex', 'invalid_grant', 'Invalid code_verifier.', { sent: code }, /code_verifier does not fit/],
    [
      'Dex',
      'invalid_request',
      'Refresh token is invalid or has already been claimed by another client.',
      { sent: refresh },
      /refresh token was replaced/,
    ],
    [
      'Dex',
      'invalid_request',
      'Unregistered redirect_uri ("http://127.0.0.1:1/").',
      page,
      /redirect URI is not registered/,
    ],
    [
      'Keycloak',
      'invalid_grant',
      'PKCE verification failed: Code mismatch',
      { sent: code },
      /code_verifier does not fit/,
    ],
    [
      'Keycloak',
      'invalid_client',
      "Token audience doesn't match domain. Expected audiences are any of [https://as.example] but audience from token is '[x]'",
      { sent: assertion },
      /another audience/,
    ],
    [
      'Keycloak',
      'invalid_client',
      'Client authentication with signed JWT failed: Signature on JWT token failed validation',
      { sent: assertion },
      /key or the signature/,
    ],
    ['Keycloak', 'invalid_client', 'Token is not active', { sent: assertion }, /times of the assertion/],
    [
      'Keycloak',
      'invalid_request',
      'Pushed Authorization Request is only allowed.',
      page,
      /pushed authorization/,
    ],
    [
      'Keycloak',
      'unauthorized_client',
      'Client not enabled to retrieve service account',
      { sent: service },
      /client credentials/,
    ],
    ['Keycloak', 'invalid_client', 'Bearer-only not allowed', { sent: service }, /bearer-only/],
    [
      'Keycloak',
      'invalid_request',
      'Invalid parameter: redirect_uri',
      page,
      /redirect URI is not registered/,
    ],
    [
      'Spring',
      'invalid_grant',
      'Client authentication failed: code_verifier',
      { sent: code },
      /code_verifier/,
    ],
    ['Spring', 'invalid_request', 'OAuth 2.0 Parameter: redirect_uri', page, /redirect_uri|redirect URI/],
    [
      'Okta',
      'invalid_client',
      'The client secret supplied for a confidential client is invalid.',
      { sent: `${code}&client_secret=x12345` },
      /secret is wrong/,
    ],
    [
      'Okta',
      'invalid_grant',
      'The refresh token is invalid or expired.',
      { sent: refresh },
      /refresh token has expired/,
    ],
    [
      'Okta',
      'invalid_client',
      'The client_assertion signature is invalid.',
      { sent: assertion },
      /key or the signature/,
    ],
    [
      'Okta',
      'invalid_client',
      'The audience claim for client_assertion must be the endpoint invoked for the request.',
      { sent: assertion },
      /another audience/,
    ],
    [
      'Okta',
      'unauthorized_client',
      'The client is not authorized to use the provided grant type. Configured grant types: [authorization_code].',
      { sent: service },
      /may not use this grant/,
    ],
    [
      'Auth0',
      'invalid_grant',
      'Failed to verify code verifier',
      { sent: code },
      /code_verifier does not fit/,
    ],
    ['Auth0', 'invalid_grant', 'Unknown or invalid refresh token.', { sent: refresh }, /refresh token/],
    [
      'Auth0',
      'unauthorized_client',
      "Grant type 'client_credentials' not allowed for the client.",
      { sent: service },
      /may not use this grant/,
    ],
    ['Google', 'invalid_grant', 'Invalid code verifier.', { sent: code }, /code_verifier/],
    ['Google', 'invalid_client', 'The OAuth client was not found.', { sent: code }, /not know this client/],
    [
      'Google',
      'invalid_client',
      'The provided client secret is invalid.',
      { sent: `${code}&client_secret=x12345` },
      /secret is wrong/,
    ],
    [
      'Google',
      'invalid_grant',
      'Invalid JWT Signature.',
      { sent: `grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=e30.e30.AA` },
      /key or the signature/,
    ],
    [
      'some server',
      'invalid_client',
      'No client certificate was presented.',
      { sent: service },
      /certificate/,
    ],
    ['some server', 'invalid_client', 'Client is disabled', { sent: service }, /client is disabled/],
    ['some server', 'access_denied', 'The user has not granted consent', page, /[Cc]onsent/],
    [
      'some server',
      'invalid_request',
      'A signed request object is required for this client',
      page,
      /request object/,
    ],
    ['some server', 'invalid_request', 'DPoP proof is missing', { sent: code }, /DPoP proof/],
    ['some server', 'access_denied', 'Blocked by policy 12', page, /policy/],
    [
      'some server',
      'invalid_client',
      'client secret expired on 2026-01-01',
      { sent: service },
      /secret has expired/,
    ],
    ['WSO2', 'invalid_client', 'Oauth application is not in active state', { sent: service }, /is disabled/],
    ['Slack', 'code_already_used', '', { sent: code }, /redeemed before/],
    ['Slack', 'invalid_code', '', { sent: code }, /code has expired/],
    ['Slack', 'bad_redirect_uri', '', { sent: code }, /redirect_uri of the token request/],
    ['Twitch', '400', 'Invalid authorization code', { sent: code }, /code has expired/],
    ['Facebook', 'OAuthException', 'Error validating client secret.', { sent: code }, /secret is wrong/],
    [
      'Facebook',
      'OAuthException',
      'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request',
      { sent: code },
      /redirect_uri of the token request/,
    ],
    [
      'Apple',
      'invalid_client',
      'client_id mismatch. The code was not issued to com.example.',
      { sent: code },
      /another client/,
    ],
    [
      'some server',
      'invalid_grant',
      'Token was issued by a different tenant',
      { sent: refresh },
      /elsewhere/,
    ],
    [
      'some server',
      'use_dpop_nonce',
      'The server requires nonce in DPoP proof',
      { sent: code },
      /nonce is demanded .* none is given/,
    ],
  ])('come first: %s, %s "%s"', (_, error, description, asked, cause) => {
    const [first] = diagnose(error, description, asked);
    expect(first?.cause).toMatch(cause);
    expect(first?.confidence).toBe('medium');
  });

  it.each<[string, string, Asked, RegExp]>([
    [
      'Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method).',
      'invalid_client',
      { sent: `${code}&client_secret=x12345` },
      /not know this client|another authentication method\.$/,
    ],
    ['The code has expired', 'invalid_grant', { sent: refresh }, /\bcode\b/],
    ['Token is not active', 'invalid_grant', { sent: code }, /refresh token|assertion/],
    ['The audience is unknown', 'invalid_target', { sent: service }, /assertion/],
    [
      'This server does not support client_secret_post',
      'invalid_client',
      { sent: `${code}&client_secret=x12345` },
      /authenticate by client_secret_post/,
    ],
    ['The refresh token has expired', 'invalid_grant', { sent: code }, /refresh token/],
    ['E4711: unknown code', 'server_error', { sent: code }, /code has expired/],
  ])('are not taken from "%s" for what they do not say', (description, error, asked, wrong) => {
    const [first] = diagnose(error, description, asked);
    expect(first?.cause).not.toMatch(wrong);
  });

  it.each<[string, string, string, Asked]>([
    [
      'Google, of every error',
      'redirect_uri_mismatch',
      "You can't sign in to this app because it doesn't comply with Google's OAuth 2.0 policy.",
      page,
    ],
    ['an API', 'invalid_token', 'The audience is invalid', { endpoint: 'resource' }],
    [
      'Okta',
      'invalid_client',
      'Client authentication failed. Either the client or the client credentials are invalid.',
      { sent: `${code}&client_secret=x12345` },
    ],
  ])('are not those of another server or part: %s', (_, error, description, asked) => {
    const found = diagnose(error, description, asked).map((one) => `${one.cause} ${one.try}`);
    expect(found.join('\n')).not.toMatch(/policy|assertion|realm|login server/);
  });

  it.each(['invalid_request', 'redirect_uri_mismatch', 'made_up'])(
    'speak of the registration where no token request is known, with %s',
    (error) => {
      const words = 'AADSTS50011: The redirect URI specified in the request does not match those configured.';
      const causes = diagnose(error, words, {}).map(({ cause }) => cause);
      expect(causes).toContain('The redirect URI is not registered for this client.');
      expect(causes.join()).not.toMatch(/redirect_uri of the token request/);
    },
  );
});
