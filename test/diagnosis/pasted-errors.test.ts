import { describe, expect, it } from 'vitest';
import { judgeMessage } from '../../src/checks/judge-message.ts';
import { diagnoseMessage } from '../../src/diagnosis/diagnose-message.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { recogniseInput } from '../../src/recording/recognise-input.ts';

/** The causes of the last message that a pasted text has, the likeliest first. */
function causes(text: string): readonly string[] {
  const recognition = recogniseInput(text, 'test');
  if (recognition.type === 'unrecognised') return [];
  const conversation = sortConversation(recognition.events);
  const message = conversation.messages.at(-1);
  if (message === undefined) return [];
  return diagnoseMessage(message, judgeMessage(message, new Date(0)), conversation).diagnosis.map(
    ({ cause }) => String(cause),
  );
}

const answer = (error: string, error_description?: string) => JSON.stringify({ error, error_description });
const http = (status: string, body: string) =>
  `HTTP/1.1 ${status}\nContent-Type: application/json\n\n${body}\n`;

describe('an error that was pasted', () => {
  it.each<[string, string, RegExp]>([
    [
      'Entra: a browser redeems for a redirect URI that is none of a single-page application',
      answer(
        'invalid_request',
        "AADSTS9002326: Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: 'https://spa.example.com'.",
      ),
      /redirect URI is not registered for a single-page application/,
    ],
    [
      'Entra: the same by its older code',
      answer(
        'invalid_request',
        "AADSTS90023: Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type.",
      ),
      /redirect URI is not registered for a single-page application/,
    ],
    [
      'Entra: a public client with a secret, by the older code',
      answer('invalid_request', "AADSTS90023: Public clients can't send a client secret."),
      /client is public/,
    ],
    [
      'Entra: a backend redeems for a single-page application',
      answer(
        'invalid_request',
        "AADSTS9002327: Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
      ),
      /redirect URI is registered for a single-page application/,
    ],
    [
      'Entra: a browser redeems without PKCE',
      answer(
        'invalid_request',
        'AADSTS9002325: Proof Key for Code Exchange is required for cross-origin authorization code redemption.',
      ),
      /demands PKCE/,
    ],
    [
      'a pushed request that has expired, of which no request is known',
      http('400 Bad Request', answer('invalid_request_uri', 'request_uri is invalid or expired')),
      /^The request URI was used before/,
    ],
    [
      'the same by a general code',
      http('400 Bad Request', answer('invalid_request', 'The request_uri has expired')),
      /^The request URI was used before/,
    ],
    [
      'the same by a general code at the callback',
      'https://app.example/cb?error=invalid_request&error_description=The+request_uri+has+already+been+used&state=abc',
      /^The request URI was used before/,
    ],
    [
      'a device that asks before the person is done',
      http('400 Bad Request', answer('authorization_pending')),
      /^The person has not finished/,
    ],
    [
      'a device that asks too often',
      http('400 Bad Request', answer('slow_down')),
      /^The client asks too often/,
    ],
    [
      'a client that is unknown where a device asks',
      `curl -i https://as.example/device/code -d client_id=tv\n${http('400 Bad Request', answer('invalid_client_id'))}`,
      /^The server does not know this client/,
    ],
    [
      'Hydra: a state that is too short',
      'http://127.0.0.1:5555/callback?error=invalid_state&error_description=The+state+is+missing+or+does+not+have+enough+characters+and+is+therefore+considered+too+weak.+Request+parameter+%27state%27+must+be+at+least+be+8+characters+long+to+ensure+sufficient+entropy.&state=abc',
      /^state is missing or too short/,
    ],
    [
      'Hydra: a nonce that is too short',
      "http://127.0.0.1:5555/callback?error=insufficient_entropy&error_description=The+request+used+a+security+parameter+with+insufficient+entropy.+Parameter+'nonce'+is+set+but+does+not+satisfy+the+minimum+entropy+of+8+characters.&state=abcdefgh",
      /^nonce is missing or too short/,
    ],
    [
      'AWS: the role does not take the token',
      'Error: Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity',
      /^The trust policy of the role/,
    ],
    [
      'Okta: the audience of a client assertion',
      answer(
        'invalid_client',
        'The audience (aud) claim must be https://dev-abc.okta.com/oauth2/default/v1/token',
      ),
      /^The assertion is for another audience/,
    ],
    [
      'Keycloak: a token that was made under another host name',
      answer('invalid_grant', "Invalid token issuer. Expected 'http://keycloak:8080/realms/x'"),
      /^The token was issued under another URL/,
    ],
    [
      'a device code that has expired',
      answer('expired_token', 'The device code has expired'),
      /^The device code has expired/,
    ],
    [
      'a device code that has expired, by the code of a grant',
      answer('invalid_grant', 'The device code is invalid or has expired.'),
      /^The device code has expired/,
    ],
    [
      'Cognito: the code of an error as the description of another',
      'https://app.example.com/callback?error=invalid_request&error_description=invalid_scope&state=abc',
      /^A scope is unknown/,
    ],
    [
      'Google: a private address',
      'Error 400: invalid_request\nRequest details: redirect_uri=http://192.168.0.4:3000/cb device_id and device_name are required for private IP',
      /^The redirect URI is a private IP address/,
    ],
    [
      'Google: a client in testing',
      'Access blocked: Shop has not completed the Google verification process\nThe app is currently being tested, and can only be accessed by developer-approved testers.\nError 403: access_denied',
      /^The client is in testing/,
    ],
    [
      'Salesforce: the password',
      answer('invalid_grant', 'authentication failure'),
      /^User name, password or security token is wrong/,
    ],
    [
      'Keycloak: PKCE in its log',
      'WARN  [org.keycloak.events] type=CODE_TO_TOKEN_ERROR, realmId=shop, clientId=shop-web, userId=aa, ipAddress=10.0.0.9, error=pkce_verification_failed, grant_type=authorization_code, code_id=5a7, client_auth_method=client-secret',
      /^The code_verifier does not fit/,
    ],
    [
      'Keycloak: a refresh token in its log',
      'type="REFRESH_TOKEN_ERROR", realmId="x", clientId="web", userId="null", ipAddress="1.2.3.4", error="invalid_token", grant_type="refresh_token", client_auth_method="client-secret"',
      /^The refresh token has expired/,
    ],
    [
      'Keycloak: an unknown user in its log',
      'WARN [org.keycloak.events] type="LOGIN_ERROR", realmId="x", clientId="web", error="user_not_found", username="bob"',
      /^The realm has no such user/,
    ],
    [
      'Entra: a scope that is not valid',
      "AADSTS28002: Provided value for the input parameter scope 'api://x/.default openid' is not valid when requesting an access token.",
      /^A scope is malformed/,
    ],
    [
      'a registration without its token',
      http('401 Unauthorized', answer('invalid_token', 'Initial access token required')),
      /^The token for registration/,
    ],
    ['Keycloak: no TLS', answer('invalid_request', 'HTTPS required'), /^The request came without TLS/],
  ])('%s', (_, text, cause) => {
    const found = causes(text);
    expect(found[0]).toMatch(cause);
    // No API was asked, and no request object was sent.
    expect(found.join()).not.toMatch(/access token was sent|request object/);
  });

  it.each([
    ['AADSTS50076: you must use multi-factor authentication', /second factor/],
    ['AADSTS700082: The refresh token has expired due to inactivity.', /^The refresh token/],
    ['Stale token', /^The refresh token/],
    ['The user code has expired', /^The device code/],
    ['Account is not fully set up', /^The account/],
    ["Invalid token issuer. Expected 'http://keycloak:8080/realms/x'", /^The token was issued/],
  ])('has no cause of a code where the server names another: %s', (description, cause) => {
    const found = causes(answer('invalid_grant', description));
    expect(found[0]).toMatch(cause);
    expect(found.join()).not.toMatch(/code_|redirect|The code/);
  });

  it.each(['Code not valid', 'AADSTS70000: Provided grant is invalid or malformed.', 'bad'])(
    'has the causes of a code where the server may mean it: %s',
    (description) => {
      expect(causes(answer('invalid_grant', description)).join()).toMatch(/code_verifier/);
    },
  );
});
