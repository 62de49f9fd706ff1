import { describe, expect, it } from 'vitest';
import { judgeMessage } from '../../src/checks/judge-message.ts';
import { diagnoseMessage } from '../../src/diagnosis/diagnose-message.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { recogniseInput } from '../../src/recording/recognise-input.ts';

/** The kind and status of each message in a text, with the error or code, the findings and the first cause. */
function read(text: string) {
  const recognition = recogniseInput(text, 'test');
  if (recognition.type === 'unrecognised') return recognition.seen;
  const conversation = sortConversation(recognition.events);
  return conversation.messages.map((message) => {
    const judged = judgeMessage(message, new Date(0));
    const { values, findings } = judged;
    const status =
      message.kind === 'callback'
        ? message.refusedBy
        : 'response' in message
          ? (message.response?.status ?? null)
          : null;
    const said = values.error ?? values.code ?? null;
    const ids = findings.filter(({ severity }) => severity === 'violation').map(({ id }) => id);
    const [first] = diagnoseMessage(message, judged, conversation).diagnosis;
    return [message.kind, status, said, ids.join(' '), String(first?.cause)];
  });
}

const refused = 'The client secret is wrong, or sent in a way that is not registered.';
const inUrl = 'The parameters of the token request are in the URL.';
const failed = 'The client failed when it took the answer.';
const code = 'SplxlOBeZQQYbYS6WxSbIA';
const log = (request: string, status: number) =>
  `10.0.0.1 - - [30/Nov/2026:10:00:00 +0000] "${request} HTTP/1.1" ${status} 512 "-" "Mozilla/5.0"`;

describe('a request that a line of a log tells of', () => {
  it.each<[string, string, unknown]>([
    [
      'requests, with a secret in the URL',
      `requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://idp.example/oauth2/token?code=${code}&client_id=app&client_secret=s3cr3tvalue99`,
      [
        [
          'token_response',
          401,
          null,
          'client-secret-in-url',
          'The client is registered for another authentication method than client_secret_post.',
        ],
      ],
    ],
    [
      'requests, at the token endpoint',
      'requests.exceptions.HTTPError: 401 Client Error: Unauthorized for url: https://idp.example/oauth2/token',
      [['token_response', 401, null, '', refused]],
    ],
    [
      'requests, at the metadata',
      'requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://idp.example/realms/x/.well-known/openid-configuration',
      [['metadata', 404, null, '', 'The URL is not that of the metadata document.']],
    ],
    [
      'requests, at UserInfo: the head of the request is not known',
      'HTTPError: 403 Client Error: Forbidden for url: https://idp.example/oauth2/userinfo',
      [['challenge', 403, null, '', 'The access token lacks more scope than it has.']],
    ],
    [
      'a client that failed at its callback',
      `ERROR 500 for url https://app.example/callback?code=${code}&state=xyz`,
      [['callback', 500, code, '', failed]],
    ],
    [
      'a callback that is not served',
      `Error: status 404: https://app.example/oauth/cb?code=${code}&state=xyz`,
      [['callback', 404, code, '', 'The client has nothing at its redirect URI.']],
    ],
    [
      'a method and a status behind the URL',
      `Failed: POST https://idp.example/token?code=${code}&grant_type=authorization_code returned 403`,
      [['token_response', 403, null, '', inUrl]],
    ],
    [
      'axios',
      'Request failed with status code 400: https://idp.example/token?grant_type=authorization_code&client_secret=topsecret1',
      [['token_response', 400, null, 'client-secret-in-url', inUrl]],
    ],
    [
      'an arrow',
      'GET https://idp.example/authorize?client_id=app&response_type=code&state=a -> 400',
      [['authorization_request', 400, null, '', 'The redirect URI is not registered for this client.']],
    ],
    [
      'two token requests, each with a status',
      'token request POST https://idp.example/token failed with 401\ntoken request POST https://idp.example/token failed with 400',
      [
        ['token_response', 401, null, '', refused],
        ['token_response', 400, null, '', 'The body of the response was not saved.'],
      ],
    ],
    [
      'an access log: the callback failed',
      log(`GET /callback?code=${code}&state=abc`, 500),
      [['callback', 500, code, '', failed]],
    ],
    [
      'an access log: the callback went well',
      log(`GET /callback?code=${code}&state=abc`, 302),
      [['callback', null, code, '', 'undefined']],
    ],
    [
      'an access log: an error came',
      log('GET /auth/return?error=access_denied&state=abc', 302),
      [['callback', null, 'access_denied', '', 'The person declined, or a rule of the server did.']],
    ],
    [
      'an access log of an authorization server',
      `${log('GET /oauth2/authorize?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&state=abc', 302)}\n${log('POST /oauth2/token', 401)}`,
      [
        ['authorization_request', null, null, '', 'undefined'],
        ['token_response', 401, null, '', refused],
      ],
    ],
    [
      'morgan',
      `GET /auth/callback?code=${code}&state=abc 500 12.3 ms - 20`,
      [['callback', 500, code, '', failed]],
    ],
    [
      'JSON',
      `{"level":"error","msg":"500 Server Error for url: https://app.example/cb?code=${code}&state=x"}`,
      [['callback', 500, code, '', failed]],
    ],
  ])('%s', (_, text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  it.each<[string, string, unknown]>([
    [
      'a body in the same line',
      'HttpClientErrorException$Unauthorized: 401 Unauthorized on POST request for "https://idp.example/oauth2/token": "{"error":"invalid_client"}"',
      [['token_response', 401, 'invalid_client']],
    ],
    [
      'a body in the next line',
      '400 Client Error: Bad Request for url: https://idp.example/token\n{"error":"invalid_grant","error_description":"Stale"}',
      [['token_response', 400, 'invalid_grant']],
    ],
    [
      'a link to a page that explains the error',
      'oauth2: "invalid_client" "AADSTS7000218: The request body must contain client_secret." "https://login.microsoftonline.com/error?code=7000218"\nUnable to connect to the server',
      [['token_response', null, 'invalid_client']],
    ],
  ])('gives way to the error that is quoted: %s', (_, text, expected) => {
    const found = read(text);
    expect(typeof found === 'string' ? found : found.map((one) => one.slice(0, 3))).toEqual(expected);
  });

  it.each([
    ['a search', log('GET /search?code=abc&q=1', 500)],
    [
      'an API',
      'requests.exceptions.HTTPError: 404 Client Error: Not Found for url: https://api.example/v1/orders',
    ],
    ['another page', log('GET /login?next=%2F', 200)],
  ])('is not of a login: %s', (_, text) => {
    expect(read(text)).toMatch(/^text of /);
  });

  it('keeps the status of a callback in a HAR', () => {
    const entry = (url: string, status: number) => ({
      startedDateTime: '2026-11-30T10:00:00.000Z',
      request: { method: 'GET', url, headers: [] },
      response: { status, headers: [], content: { size: 0, text: '' } },
    });
    const entries = [entry(`https://app.example/cb?code=${code}&state=xyz`, 500)];
    expect(read(JSON.stringify({ log: { entries } }))).toEqual([['callback', 500, code, '', failed]]);
  });

  it('says that a secret was in the URL, not in the body', () => {
    const text =
      'HTTPError: 401 Client Error: Unauthorized for url: https://idp.example/token?client_secret=s3cr3tvalue9';
    const recognition = recogniseInput(text, 'test');
    const { events } = recognition as Extract<typeof recognition, { type: 'recognised' }>;
    const conversation = sortConversation(events);
    const whys = conversation.messages.flatMap((message) =>
      diagnoseMessage(message, judgeMessage(message, new Date(0)), conversation).diagnosis.map(
        ({ why }) => why,
      ),
    );
    expect(whys.join()).toContain('sent in the URL');
    expect(whys.join()).not.toContain('sent in the body');
  });
});
