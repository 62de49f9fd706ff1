import { describe, expect, it } from 'vitest';
import { judgeMessage } from '../../src/checks/judge-message.ts';
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
    ['golang without description', 'E1 auth.go:7] oauth2: "invalid_client"', token('invalid_client')],
    [
      '.NET',
      "fail: Message contains error: 'invalid_grant', error_description: 'Code is stale', error_uri: 'error_uri is null', status code '400'.\n   at Foo()",
      token('invalid_grant', 'Code is stale', 400),
    ],
    [
      'MSAL for .NET',
      'Unhandled exception. Microsoft.Identity.Client.MsalServiceException: AADSTS7000222: The provided client secret keys are expired.\n\tStatusCode: 401',
      token(null, 'AADSTS7000222: The provided client secret keys are expired.'),
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

  it('is told for each of two', () => {
    const text = 'error=invalid_grant error_description="one"\nerror=invalid_client error_description="two"';
    expect(read(text)).toEqual([...token('invalid_grant', 'one'), ...token('invalid_client', 'two')]);
  });

  it.each([
    'error: out of memory',
    'Error 404: not_found',
    'level=error error=timeout msg="gave up"',
    'panic: runtime error: index out of range',
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

  it('keeps the reading of a body that was recorded', () => {
    expect(read('{"error":"oauth2 invalid_grant happened","error_description":"x"}')).toEqual([
      ['token_response', 'oauth2 invalid_grant happened', 'x', null, 1],
    ]);
  });
});
