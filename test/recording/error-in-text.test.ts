import { describe, expect, it } from 'vitest';
import { judgeMessage } from '../../src/checks/judge-message.ts';
import { diagnoseMessage } from '../../src/diagnosis/diagnose-message.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { recogniseInput } from '../../src/recording/recognise-input.ts';

/** What `debug` takes from a text: error, description and status of each message, and how many findings it has. */
function read(text: string) {
  const recognition = recogniseInput(text, 'test');
  if (recognition.type === 'unrecognised') return recognition.seen;
  return sortConversation(recognition.events).messages.map((message) => {
    const { values, findings } = judgeMessage(message, new Date(0));
    const status = 'response' in message ? (message.response?.status ?? null) : null;
    return [message.kind, values.error, values.error_description ?? null, status, findings.length];
  });
}

const token = (error: string | null, description: string | null = null, status: number | null = null) => [
  ['token_response', error, description, status, 0],
];
const callback = (error: string, description: string | null = null) => [
  ['callback', error, description, null, 0],
];

describe('an OAuth error in text', () => {
  it.each<[string, string, unknown]>([
    [
      'golang.org/x/oauth2 before 0.7',
      'cannot fetch token: 401 Unauthorized\nResponse: {"error":"invalid_client","error_description":"Bad secret"}',
      token('invalid_client', 'Bad secret', 401),
    ],
    [
      'golang.org/x/oauth2',
      'time=2026-11-01 level=ERROR msg="login: oauth2: \\"invalid_grant\\" \\"Code is expired\\""',
      token('invalid_grant', 'Code is expired'),
    ],
    [
      'a log that ends with the code',
      'ERROR failed to refresh token: invalid_grant\n',
      token('invalid_grant'),
    ],
    [
      'a code in brackets at the end',
      'WARN [auth] token request failed - (unauthorized_client).',
      token('unauthorized_client'),
    ],
    [
      'a code behind one that is not known',
      'ERROR -- omniauth: (gitlab) Authentication failure! invalid_credentials: OAuth2::Error, invalid_grant: The code is stale.',
      token('invalid_grant', 'The code is stale.'),
    ],
    ['a code behind an arrow', '12:00:01 POST /token -> invalid_client', token('invalid_client')],
    ['golang without description', 'E1 auth.go:7] oauth2: "invalid_client"', token('invalid_client')],
    [
      '.NET',
      "fail: Message contains error: 'invalid_grant', error_description: 'Code is stale', error_uri: 'error_uri is null', status code '400'.\n   at Foo()",
      token('invalid_grant', 'Code is stale', 400),
    ],
    [
      'MSAL for .NET',
      'Unhandled exception. Microsoft.Identity.Client.MsalServiceException: AADSTS7000222: The provided client secret keys are expired.\n\tStatusCode: 401',
      token(null, 'AADSTS7000222: The provided client secret keys are expired.', 401),
    ],
    [
      'a Python dict',
      "RefreshError: ('invalid_grant: Bad Request', {'error': 'invalid_grant', 'error_description': 'Bad Request'})",
      token('invalid_grant', 'Bad Request'),
    ],
    [
      'Python bytes',
      'urllib3: 400 Bad Request b\'{"error":"invalid_scope","error_description":"No such scope"}\'',
      token('invalid_scope', 'No such scope', 400),
    ],
    [
      'oauthlib',
      'oauthlib.oauth2.rfc6749.errors.InvalidGrantError: (invalid_grant) Code was used',
      token('invalid_grant', 'Code was used'),
    ],
    [
      'Spring Security',
      'o.s.s.oauth2.core.OAuth2AuthorizationException: [invalid_client] Bad client credentials\n\tat org.x.Y(Y.java:1)',
      token('invalid_client', 'Bad client credentials'),
    ],
    [
      'openid-client 6',
      "ResponseBodyError: server responded with an error in the response body {\n  code: 'OAUTH_RESPONSE_BODY_ERROR',\n  error: 'invalid_grant',\n  status: 400,\n  error_description: 'grant request is invalid'\n}",
      token('invalid_grant', 'grant request is invalid', 400),
    ],
    [
      'openid-client 5',
      'OPError: invalid_client (client authentication failed)\n    at processResponse (/a.js:1:2)',
      token('invalid_client', 'client authentication failed'),
    ],
    [
      'axios',
      'AxiosError: Request failed with status code 401\n  data: { error: "invalid_client", error_description: "Unknown client" }',
      token('invalid_client', 'Unknown client', 401),
    ],
    [
      'print_r',
      'Array\n(\n    [error] => invalid_grant\n    [error_description] => Code is gone\n)\n',
      token('invalid_grant', 'Code is gone'),
    ],
    [
      'var_dump in words of Ruby',
      'OAuth2::Error: {"error"=>"invalid_grant", "error_description"=>"The code is revoked"}',
      token('invalid_grant', 'The code is revoked'),
    ],
    [
      'Ruby symbols',
      '{:error=>"invalid_request", :error_description=>"code is missing"}',
      token('invalid_request', 'code is missing'),
    ],
    [
      'an error of an API in JSON alone',
      '{"error":"invalid_token","error_description":"The audience is invalid"}',
      [['challenge', 'invalid_token', 'The audience is invalid', null, 0]],
    ],
    [
      'kubelogin, with a code of Entra',
      'error: get-token: oauth2: "invalid_client" "AADSTS7000218: The request body must contain client_secret. Trace ID: 1 Timestamp: 2026-01-01 00:00:00Z" "https://login.microsoftonline.com/error?code=7000218"',
      token('invalid_client', 'AADSTS7000218: The request body must contain client_secret.'),
    ],
    [
      'JSON that was cut off in a text',
      '{"error":"invalid_grant","error_description":"Token has been expired or rev',
      token('invalid_grant', 'Token has been expired or rev'),
    ],
    ['JSON that was cut off behind a member', '{"error":"invalid_scope"', token('invalid_scope')],
    [
      'JSON that ends in dots',
      '{"error": "invalid_client", "error_description": "Unknown client", ...',
      token('invalid_client', 'Unknown client'),
    ],
    [
      'JSON with text behind it',
      '{"error":"invalid_grant","error_description":"The code is revoked."} at Foo.bar (index.js:12)',
      token('invalid_grant', 'The code is revoked.'),
    ],
    ['JSON with a prompt behind it', '{"error":"invalid_client"}%', token('invalid_client')],
    [
      'a log of the authorization endpoint',
      '{"level":"error","error":"invalid_request","error_description":"redirect_uri is not registered","path":"/oauth2/authorize"}',
      callback('invalid_request', 'redirect_uri is not registered'),
    ],
    [
      'a log that names the authorization request',
      'level=error msg="failed to parse authorization request: invalid_scope: Unknown scope foo"',
      callback('invalid_scope', 'Unknown scope foo'),
    ],
    [
      'a page of Entra about the redirect URI',
      "Sorry, but we're having trouble signing you in.\nAADSTS50011: The redirect URI 'http://localhost/cb' does not match.",
      [['callback', null, "AADSTS50011: The redirect URI 'http://localhost/cb' does not match.", null, 0]],
    ],
    [
      'Vault, with an error of Okta',
      'Error exchanging oidc code: "oauth2: cannot fetch token: 403 Forbidden\\nResponse: {\\"errorCode\\":\\"E0000006\\",\\"errorSummary\\":\\"You do not have permission\\"}".',
      token('E0000006', 'You do not have permission', 403),
    ],
    [
      'Terraform, in its frame',
      '│ \t\tRESPONSE 401: 401 Unauthorized\n│ \t\t{\n│ \t\t  "error": "invalid_client",\n│ \t\t  "error_description": "AADSTS70025: The client\n│ has no\n│ configured federated identity credentials.",',
      token(
        'invalid_client',
        'AADSTS70025: The client has no configured federated identity credentials.',
        401,
      ),
    ],
    [
      'a link that explains it, in JSON',
      'received HTTP status 401 with response: {"error":"invalid_client","error_description":"AADSTS7000215: Bad secret.","error_uri":"https://login.microsoftonline.com/error?code=7000215"}\n\n  with provider["x"]',
      token('invalid_client', 'AADSTS7000215: Bad secret.', 401),
    ],
    [
      'OmniAuth, which has its own name for it',
      '(openid_connect) Authentication failure! invalid_client: Rack::OAuth2::Client::Error, invalid_client :: Client authentication failed',
      token('invalid_client', 'Client authentication failed'),
    ],
    [
      'MSAL.js, with a number and a time',
      "ServerError: invalid_grant: Error(s): 65001 - Timestamp: 2026-01-01 00:00:00Z - Description: AADSTS65001: Not consented to 'x'. - Correlation ID: 1",
      token('invalid_grant', "AADSTS65001: Not consented to 'x'. -"),
    ],
    [
      'Google, which names another error in its words',
      "RefreshError: ('invalid_grant: reauth related error (invalid_rapt)', {'error': 'invalid_grant', 'error_description': 'reauth related error (invalid_rapt)'})",
      token('invalid_grant', 'reauth related error (invalid_rapt)'),
    ],
    [
      'two errors far apart, of which one names the code of the other',
      `{"error":"invalid_client","error_description":"upstream failed (invalid_grant)"}\n${'2026 worker started\n'.repeat(30)}error=invalid_grant error_description="Code expired"`,
      [
        ...token('invalid_client', 'upstream failed (invalid_grant)'),
        ...token('invalid_grant', 'Code expired'),
      ],
    ],
    [
      'passport, which shows what it got',
      'InternalOAuthError: Failed to obtain access token\n  oauthError: {\n    statusCode: 401,\n    data: \'{\\n  "error": "invalid_client"\\n}\'',
      token('invalid_client', null, 401),
    ],
    [
      'a page of Keycloak without a code',
      '<!DOCTYPE html><html><head><title>Sign in</title></head><body><div id="kc-error-message"><p>Client not found.</p></div></body></html>',
      [['callback', null, 'Client not found.', null, 0]],
    ],
    [
      'an event of Keycloak',
      'WARN [org.keycloak.events] (x) type=CODE_TO_TOKEN_ERROR, clientId=app, error=invalid_code, grant_type=authorization_code',
      token('invalid_code'),
    ],
    [
      'a newer event of Keycloak',
      'type="LOGIN_ERROR", realmId="r", error="invalid_redirect_uri", redirect_uri="http://x/"',
      callback('invalid_redirect_uri'),
    ],
    [
      'logfmt',
      'level=warn status=400 error=invalid_grant error_description="Code not found" path=/token',
      token('invalid_grant', 'Code not found', 400),
    ],
    [
      'JSON lines',
      '{"level":"info","msg":"start"}\n{"level":"error","msg":"token","error":"invalid_target","error_description":"unknown"}',
      token('invalid_target', 'unknown'),
    ],
    [
      'JSON in a string',
      '{"level":"error","error":"{\\"error_description\\":\\"Code is old\\",\\"statusCode\\":400,\\"error\\":\\"invalid_grant\\"}"}',
      token('invalid_grant', 'Code is old', 400),
    ],
    [
      'a message in a JSON record',
      '{"level":"error","error":"oauth2: \\"invalid_grant\\" \\"Token is dead\\""}',
      token('invalid_grant', 'Token is dead'),
    ],
    [
      'PowerShell, broken at the width of the console',
      'Invoke-RestMethod : {"error":"invalid_client","error_description":"The secret is \nwrong for this client"}\nAt line:1 char:1',
      token('invalid_client', 'The secret is wrong for this client'),
    ],
    [
      'a list of PowerShell',
      'error             : invalid_grant\nerror_description : The code is expired and\n                    cannot be used\nerror_codes       : {70008}',
      token('invalid_grant', 'The code is expired and cannot be used'),
    ],
    [
      'a page of Google',
      'Access blocked\nError 400: redirect_uri_mismatch',
      callback('redirect_uri_mismatch'),
    ],
    [
      'Go over two lines behind a bracket',
      '[2026/11/01 18:05:16] [oauthproxy.go:798] Error redeeming code: token exchange: oauth2: cannot fetch token: 400 Bad Request\nResponse: {"error":"invalid_request","error_description":"Invalid Domain"}',
      token('invalid_request', 'Invalid Domain', 400),
    ],
    [
      'a struct of Go',
      '&{Error:invalid_scope ErrorDescription:Invalid scopes: openid admin ErrorURI:}',
      token('invalid_scope', 'Invalid scopes: openid admin'),
    ],
    [
      'zap, which has JSON behind tabs',
      '2026-11-01T10:00:00Z\tERROR\tauth.go:52\texchange\t{"error": "oauth2: cannot fetch token: 401 Unauthorized\\nResponse: {\\"error\\":\\"invalid_client\\",\\"error_description\\":\\"Unknown client\\"}"}',
      token('invalid_client', 'Unknown client', 401),
    ],
    [
      'an error of a token exchange that both endpoints have',
      'Error redeeming code: token exchange failed: oauth2: "server_error"',
      token('server_error'),
    ],
    [
      'a server page that Go quotes',
      'token exchange failed: oauth2: cannot fetch token: 403 Forbidden\nResponse: <!DOCTYPE HTML>\n<title>403 Forbidden</title>',
      token(null, null, 403),
    ],
    [
      'MSAL, wrapped by a console',
      'MSAL.NetCore.4.69.1.0.MsalUiRequiredException:    ErrorCode: invalid_grant\nMicrosoft.Identity.Client.MsalUiRequiredException: AADSTS7000118: Resource "A" is not allowed\nin tenant "B" Trace ID: 1',
      token('invalid_grant', 'AADSTS7000118: Resource "A" is not allowed in tenant "B'),
    ],
    [
      'Google for .NET',
      'TokenResponseException: Error:"invalid_grant", Description:"Token revoked", Uri:""',
      token('invalid_grant', 'Token revoked'),
    ],
    [
      'a .NET message with quotes in its quotes',
      "Message contains error: 'invalid_client', error_description: 'The parameter 'client_secret' or 'client_assertion' is due', error_uri: 'error_uri is null'.",
      token('invalid_client', "The parameter 'client_secret' or 'client_assertion' is due"),
    ],
    [
      'a dict of Python 2',
      "{u'error_description': u'Code is old', u'error': u'invalid_grant'}",
      token('invalid_grant', 'Code is old'),
    ],
    [
      'python-keycloak',
      'keycloak.exceptions.KeycloakPostError: 400: b\'{"error":"invalid_grant","error_description":"Code not valid"}\'',
      token('invalid_grant', 'Code not valid', 400),
    ],
    [
      'a status alone, of a token endpoint',
      "httpx.HTTPStatusError: Client error '401 Unauthorized' for url 'https://as.example/token'",
      // The note that the body is missing.
      [['token_response', null, null, 401, 1]],
    ],
    [
      'Spring Security without a body',
      '[invalid_token_response] An error occurred while attempting to retrieve the OAuth 2.0 Access Token Response: 401 Unauthorized: [no body]',
      token(null, null, 401),
    ],
    [
      'Google for Java, pretty-printed',
      'TokenResponseException: 400 Bad Request\nPOST https://as.example/token\n{\n  "error" : "invalid_grant",\n  "error_description" : "Invalid JWT"\n}\n\tat x.Y(Y.java:1)',
      token('invalid_grant', 'Invalid JWT', 400),
    ],
    [
      'Node with the status on a line of its own',
      "FetchError: failed {\n  statusCode: 400,\n  statusMessage: 'Bad Request',\n  data: { error: 'invalid_grant', error_description: 'Too late' }\n}",
      token('invalid_grant', 'Too late', 400),
    ],
    [
      'passport, whose own status is not that of the server',
      "TokenError: Bad Request\n    at x (y.js:1:1) {\n  code: 'invalid_grant',\n  uri: undefined,\n  status: 500\n}",
      token('invalid_grant'),
    ],
    [
      'details in JSON behind a tag',
      '[auth][details]: {\n  "code": "OAUTH_RESPONSE_BODY_ERROR",\n  "error": "invalid_client",\n  "status": 401,\n  "error_description": "Wrong"\n}',
      token('invalid_client', 'Wrong', 401),
    ],
    [
      'Guzzle, cut off',
      'Client error: `POST https://as.example/token` resulted in a `401 Unauthorized` response:\n{"error":"invalid_client","error_description":"Secrets are co (truncated...)\n in /a.php:1',
      token('invalid_client', 'Secrets are co', 401),
    ],
    [
      'Guzzle on a page of PHP',
      'resulted in a `400 Bad Request` response:\n{\n &quot;error&quot;: &quot;invalid_grant&quot;,\n &quot;error_description&quot;: &quot;Old&quot;\n}',
      token('invalid_grant', 'Old', 400),
    ],
    [
      'Guzzle 5',
      '[ClientException]\nClient error response [url] https://x/t [status code] 400 [reason phrase] Bad Request [error] invalid_grant [error_description] Invalid refresh token',
      token('invalid_grant', 'Invalid refresh token', 400),
    ],
    [
      'var_dump, which counts octets',
      'array(2) {\n  ["error"]=>\n  string(13) "invalid_grant"\n  ["error_description"]=>\n  string(18) "Não é "válido"!"\n}',
      token('invalid_grant', 'Não é "válido"!'),
    ],
    [
      'a code at the end of an exception',
      'X\\IdentityProviderException: invalid_client in /a.php:222',
      token('invalid_client'),
    ],
    [
      'rack-oauth2',
      'Rack::OAuth2::Client::Error (invalid_grant :: The code is expired):\n  app/x.rb:3',
      token('invalid_grant', 'The code is expired'),
    ],
    [
      'omniauth',
      '(oidc) Authentication failure! access_denied: OmniAuth::CallbackError, error=access_denied, reason=User denied, uri=',
      token('access_denied', 'User denied'),
    ],
    [
      'a refresh event of Keycloak',
      'type=REFRESH_TOKEN_ERROR, realmId=a, clientId=b, error=invalid_token, grant_type=refresh_token',
      token('invalid_token'),
    ],
    [
      'an event of Keycloak in JSON',
      '{"type":"CODE_TO_TOKEN_ERROR","realmId":"demo","clientId":"web","error":"invalid_code","details":{"grant_type":"authorization_code"}}',
      token('invalid_code'),
    ],
    [
      'an event of Keycloak inside a JSON log',
      '{"loggerName":"org.keycloak.events","level":"WARN","message":"type=\\"LOGIN_ERROR\\", clientId=\\"web\\", error=\\"client_not_found\\""}',
      callback('client_not_found'),
    ],
    [
      'Hydra',
      '{"error":{"debug":"","message":"invalid_grant","reason":"The code was used.","status_code":400},"level":"error","msg":"An error occurred"}',
      token('invalid_grant', 'The code was used.', 400),
    ],
    [
      'Hydra in logfmt',
      "level=error error=map[debug:Use 'client_secret_basic'. message:invalid_client reason: status:Unauthorized status_code:401] msg=x",
      token('invalid_client', null, 401),
    ],
    [
      'the log of a container',
      '{"log":"oauth2: \\"invalid_grant\\" \\"Gone\\"\\n","stream":"stderr"}',
      token('invalid_grant', 'Gone'),
    ],
    [
      'JSON in JSON in JSON',
      '{"level":"error","msg":"{\\"body\\":\\"{\\\\\\"error\\\\\\":\\\\\\"invalid_grant\\\\\\",\\\\\\"error_description\\\\\\":\\\\\\"Late\\\\\\"}\\"}"}',
      token('invalid_grant', 'Late'),
    ],
    [
      'an object in a JSON record',
      '{"level":50,"err":{"type":"Error","error":"invalid_client","error_description":"Wrong","status":401}}',
      token('invalid_client', 'Wrong', 401),
    ],
    [
      'lines of Docker Compose',
      'web-1  | array(2) {\nweb-1  |   ["error"]=>\nweb-1  |   string(13) "invalid_grant"\nweb-1  | }',
      token('invalid_grant'),
    ],
    [
      'PowerShell 5, which echoes the command',
      'Invoke-RestMethod : {"error":"invalid_grant","error_description":"Gone"}\nAt line:1 char:1\n+ Invoke-RestMethod -Method Post -Uri https://as.example/token -Body $b',
      token('invalid_grant', 'Gone'),
    ],
    [
      'PowerShell 7',
      'Invoke-RestMethod: \nLine |\n   2 |  Invoke-RestMethod -Uri $u\n     |  ~~~~~~~~~\n     | {"error":"invalid_client","error_description":"Not the value but\n     | the ID of the secret"}',
      token('invalid_client', 'Not the value but the ID of the secret'),
    ],
    [
      'a table of PowerShell',
      'error          error_description\n-----          -----------------\ninvalid_client Client authentication failed\n',
      token('invalid_client', 'Client authentication failed'),
    ],
    [
      'a table of PowerShell that wraps its cells',
      'token_type error         error_description       error_uri\n---------- -----         -----------------       ---------\n           invalid_grant Code not valid, used    https://x.exa\n                         by another client       mple/e\n\n',
      token('invalid_grant', 'Code not valid, used by another client'),
    ],
    [
      'a table of PowerShell that was cut off',
      'error         error_description           error_codes\n-----         -----------------           -----------\ninvalid_grant AADSTS70008: The provide... {70008}\n',
      token('invalid_grant', 'AADSTS70008: The provide...'),
    ],
    [
      'a page in HTML',
      '<html><body><p>AADSTS700016: Application &#39;a&#39; was not found.</p></body></html>',
      token(null, "AADSTS700016: Application 'a' was not found."),
    ],
    [
      'a page with a code alone',
      'An error was encountered with the requested page.\nredirect_mismatch',
      token('redirect_mismatch'),
    ],
    [
      'a page with words of one provider',
      'We are sorry...\nInvalid parameter: redirect_uri',
      [['callback', null, 'Invalid parameter: redirect_uri', null, 0]],
    ],
    [
      'a page of Okta',
      "400\nBad Request\nYour request resulted in an error.\nError Code: invalid_request\nDescription: The 'redirect_uri' parameter must be set",
      token('invalid_request', "The 'redirect_uri' parameter must be set"),
    ],
    [
      'an access log',
      '127.0.0.1 - - "GET /cb?error=access_denied&error_description=The+user+said%20no&state=x HTTP/1.1" 200',
      callback('access_denied', 'The user said no'),
    ],
    [
      'a challenge in a log',
      'WARN upstream: 401 Unauthorized WWW-Authenticate: Bearer error="invalid_token", error_description="The token expired"',
      [['challenge', 'invalid_token', 'The token expired', 401, 0]],
    ],
  ])('is read from %s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it('is told once, however often the text repeats it', () => {
    const line = "error: 'invalid_grant', error_description: 'Code is stale'";
    expect(read(`${line}, status code '400'\nagain: ${line}\n`)).toEqual(
      token('invalid_grant', 'Code is stale', 400),
    );
  });

  it('is found behind members that hold each other, without a doubling of the time for each', () => {
    const nested = '{"id":"error":'.repeat(24);
    expect(read(`refresh failed: error=invalid_grant\n${nested}`)).toEqual(token('invalid_grant'));
  });

  it('is told for each of two', () => {
    const text = 'error=invalid_grant error_description="one"\nerror=invalid_client error_description="two"';
    expect(read(text)).toEqual([...token('invalid_grant', 'one'), ...token('invalid_client', 'two')]);
  });

  it.each([
    'error: out of memory',
    'Error 404: not_found',
    'level=error error=timeout msg="gave up"',
    'panic: runtime error: index out of range',
    '{"level":"error","msg":"could not open it","error":"open /a: no file"}',
    'npm error 404 Not Found - GET https://registry.example/x',
    '[2026-11-01] [app.go:1] started\n[2026-11-01] [app.go:2] error=oops',
    '{"level":"error","error":"the disk is full"}\n{"level":"info"}',
    "error: null, error_description: ''",
  ])('is not seen in %j', (text) => {
    expect(read(text)).toMatch(/text of|JSON/);
  });

  it.each(['error=', "error: 'a_b', ", '{"error":"', 'invalid_grant: ', '[invalid_grant] '])(
    'is looked for in linear time in a text of nothing but %j',
    (part) => {
      expect(read(part.repeat(20_000))).toBeDefined();
    },
  );

  const scope = '{"error":"invalid_scope","error_description":"scope foo unknown"}';
  const expired = '{"error":"invalid_client","error_description":"secret expired"}';
  it.each<[string, string, readonly (string | null)[]]>([
    ['bodies', `${scope}\n${expired}`, [null, null]],
    ['lines of a log', `09:00 ERROR ${scope}\n09:05 ERROR ${expired}\nthe end`, [null, null]],
    [
      'lines with their requests',
      `ERROR POST https://a.example/token -> 400 ${scope}\nERROR POST https://b.example/token -> 401 ${expired}`,
      ['https://a.example/token', 'https://b.example/token'],
    ],
    [
      'lines below their requests',
      `POST https://a.example/token 400\n${scope}\nPOST https://b.example/token 401\n${expired}`,
      ['https://a.example/token', 'https://b.example/token'],
    ],
  ])('has its own line and request, not those of its neighbour: %s', (_, text, urls) => {
    const recognition = recogniseInput(text, 'test');
    const { events } = recognition as Extract<typeof recognition, { type: 'recognised' }>;
    const exchanges = events.flatMap((event) => (event.type === 'exchange' ? [event] : []));
    expect(exchanges.map(({ request }) => request?.url ?? null)).toEqual(urls);
    expect(exchanges.map(({ quoted }) => /scope|expired/.exec(quoted ?? '')?.[0])).toEqual([
      'scope',
      'expired',
    ]);
    expect(exchanges[0]?.quoted).not.toContain('expired');
    expect(exchanges[1]?.quoted).not.toContain('scope');
  });

  it('keeps the reading of a body that was recorded', () => {
    expect(read('{"error":"oauth2 invalid_grant happened","error_description":"x"}')).toEqual([
      ['token_response', 'oauth2 invalid_grant happened', 'x', null, 1],
    ]);
  });
});

describe('a damaged body of a recorded answer', () => {
  it.each([
    ['cut off', '{"error":"invalid_client","error_description":"Bad cli'],
    [
      'with a warning of PHP behind it',
      '{"error":"invalid_client","error_description":"Bad cli"}<br />\n<b>Warning</b>',
    ],
    ['with a comma too many', '{"error":"invalid_client","error_description":"Bad cli",}'],
  ])('gives no value, and what shows in it is diagnosed: %s', (_, body) => {
    const recognition = recogniseInput(
      `HTTP/1.1 400 Bad Request\nContent-Type: application/json\n\n${body}`,
      'test',
    );
    const { events } = recognition as Extract<typeof recognition, { type: 'recognised' }>;
    const conversation = sortConversation(events);
    const [message] = conversation.messages;
    if (message === undefined) throw new Error('no message');
    const judged = judgeMessage(message, new Date(0));
    expect(judged).toMatchObject({
      values: { error: null, error_description: null },
      visible_error: { error: 'invalid_client', error_description: 'Bad cli' },
    });
    expect(judged.findings.map(({ id }) => id)).toContain('json-malformed');
    expect(diagnoseMessage(message, judged, conversation).diagnosis[0]?.cause).toMatch(
      /^The client secret is wrong/,
    );
  });
});

describe('what a program was doing', () => {
  it.each([
    ['could not refresh the token: oauth2: "invalid_grant"', 'refresh_token'],
    [
      'level=error msg="token refresh failed: oauth2: \\"invalid_grant\\" \\"Session not active\\""',
      'refresh_token',
    ],
    ["RefreshError: ('invalid_grant: Bad Request', {'error': 'invalid_grant'})", 'refresh_token'],
    ['type=CODE_TO_TOKEN_ERROR, error=invalid_code, grant_type=authorization_code', 'authorization_code'],
    [
      "ERROR: (gcloud.auth) There was a problem refreshing your tokens: ('invalid_grant: Bad Request')",
      'refresh_token',
    ],
    ['could not exchange the code: oauth2: "invalid_grant"', undefined],
    ['could not redeem the code or refresh: invalid_grant: Stale', undefined],
  ])('tells the grant: %s', (text, grant) => {
    const recognition = recogniseInput(text, 'test');
    const { events } = recognition as Extract<typeof recognition, { type: 'recognised' }>;
    const grants = sortConversation(events).messages.map((message) =>
      message.kind === 'token_response' ? message.asked.grant : message.kind,
    );
    expect(grants).toEqual([grant]);
  });
});

describe("a server's own error", () => {
  it.each<[string, string, unknown]>([
    [
      'Okta',
      '{"errorCode":"E0000011","errorSummary":"Invalid token provided","errorLink":"E0000011"}',
      ['challenge', 'E0000011', 'Invalid token provided', null, 0],
    ],
    [
      'Salesforce',
      '[{"errorCode":"INVALID_SESSION_ID","message":"Session expired or invalid"}]',
      ['challenge', 'INVALID_SESSION_ID', 'Session expired or invalid', null, 0],
    ],
    [
      'Microsoft Graph',
      '{"error":{"code":"InvalidAuthenticationToken","message":"Invalid audience.","innerError":{}}}',
      ['challenge', 'InvalidAuthenticationToken', 'Invalid audience.', null, 0],
    ],
    [
      'Google',
      '{"error":{"code":401,"message":"Invalid credentials.","status":"UNAUTHENTICATED"}}',
      ['challenge', '401', 'Invalid credentials.', 401, 0],
    ],
    [
      'GitHub',
      '{"message":"Bad credentials","documentation_url":"https://docs.github.com/rest","status":"401"}',
      ['challenge', '401', 'Bad credentials', 401, 0],
    ],
    [
      'Auth0',
      '{"statusCode":401,"error":"Unauthorized","message":"Invalid token","errorCode":"invalid_token"}',
      ['challenge', 'Unauthorized', 'Invalid token', 401, 0],
    ],
    [
      'the page of Cognito',
      'https://my.auth.eu-west-1.amazoncognito.com/error?error=redirect_mismatch&client_id=4abc',
      ['callback', 'redirect_mismatch', null, null, 0],
    ],
    [
      'the page of Google',
      'https://accounts.google.com/signin/oauth/error?authError=ChVyZWRpcmVjdF91cmlfbWlzbWF0Y2gSsAE&client_id=x',
      ['callback', 'redirect_uri_mismatch', null, null, 0],
    ],
    [
      'the page of Hydra',
      'https://hydra.example/oauth2/fallbacks/error?error=invalid_client&error_description=Unknown+client',
      ['callback', 'invalid_client', 'Unknown client', null, 0],
    ],
  ])('breaks no rule of the token endpoint or the callback: %s', (_, text, expected) => {
    expect(read(text)).toEqual([expected]);
  });
});
