import type { JsonObject, JsonValue } from '../../json/json.ts';
import { failing, faultsOf } from './misbehaviour.ts';
import { json, text, without } from './reply.ts';
import type { Script } from './scripted-server.ts';

const html = '<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>';
const error = {
  error: 'invalid_grant',
  error_description: 'Code not valid',
  error_uri: 'https://as.example/e',
};

const strings = (members: JsonObject) =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [name, String(value)]));
const form = (members: JsonObject) => new URLSearchParams(strings(members)).toString();
const xml = (members: JsonObject) =>
  `<OAuth>${Object.entries(strings(members))
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</OAuth>`;
const written = (type: string, write: (members: JsonObject) => string): Script => ({
  token: (sound) => text(200, type, write(sound)),
});
const members = (change: JsonObject): Script => ({
  token: (sound) => json(200, { ...sound, ...change }),
});
const lacking = (name: string): Script => ({ token: (sound) => json(200, without(name)(sound)) });
const plain = (status: number, type: string, body: string): Script => ({
  token: () => text(status, type, body),
});
const answered = (
  status: number,
  value: JsonValue,
  headers: Readonly<Record<string, string>> = {},
): Script => ({ token: () => json(status, value, headers) });
const uncached = (headers: Readonly<Record<string, string>>): Script => ({
  token: (members) => ({
    status: 200,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(members),
  }),
});

/** Token responses without a token (RFC 6749 §5.1). */
export const unreadableTokenResponses = faultsOf(
  {
    prefix: 'token-response',
    noun: 'a token response that is none:',
    reaction: 'unreadable',
    section: 'RFC 6749 §5.1',
  },
  [
    ['html-page', 'an HTML page', plain(200, 'text/html', html), ['html-error-page']],
    [
      'html-page-failing-gateway',
      'an HTML page of a failing gateway',
      plain(502, 'text/html', html),
      ['html-error-page', 'status-429-or-5xx'],
    ],
    [
      'html-page-as-json',
      'an HTML page that says it is JSON',
      plain(200, 'application/json', html),
      ['html-error-page', 'content-type-wrong'],
    ],
    ...failing('empty-body', [
      ['empty-body', 'an empty body', plain(200, 'application/json', '')],
      ['no-content', 'no content', plain(204, 'application/json', '')],
    ]),
    ['empty-object', 'an empty object', answered(200, {}), ['error-missing']],
    ['array', 'an array', answered(200, []), []],
    [
      'json-cut-short',
      'JSON cut short',
      plain(200, 'application/json', '{"access_token":"abc'),
      ['json-malformed'],
    ],
    [
      'text',
      'text',
      plain(503, 'text/plain', 'upstream connect error'),
      ['body-plain-text', 'status-429-or-5xx'],
    ],
    [
      'token-number',
      'a token that is a number',
      answered(200, { access_token: 1 }),
      ['parameter-wrong-type'],
    ],
    [
      'token-null',
      'a token that is null',
      answered(200, { access_token: null, token_type: 'Bearer' }),
      ['parameter-null'],
    ],
    [
      'empty-token',
      'an empty token',
      answered(200, { access_token: '', token_type: 'Bearer' }),
      ['parameter-empty-string'],
    ],
    [
      'only-id-token',
      'an ID token alone',
      { token: ({ id_token = '' }) => json(200, { id_token, token_type: 'Bearer' }) },
      ['access-token-missing'],
    ],
  ],
);

/** Errors of the token endpoint in another form than they should have (RFC 6749 §5.2). */
export const oddTokenErrors = faultsOf(
  { prefix: 'token-error', noun: 'an error of the token endpoint', reaction: 'error' },
  [
    [
      'status-401',
      'with status 401',
      answered(401, error, { 'www-authenticate': 'Basic' }),
      ['error-status-unexpected'],
    ],
    [
      'status-401-without-challenge',
      'with status 401 and no challenge',
      answered(401, error),
      ['error-status-unexpected', 'www-authenticate-missing'],
    ],
    ['status-403', 'with status 403', answered(403, error), ['error-status-unexpected']],
    ['status-200', 'with status 200', answered(200, error), ['error-with-status-200']],
    ['status-500', 'with status 500', answered(500, error), ['status-429-or-5xx']],
    [
      'beside-tokens',
      'beside tokens',
      answered(200, { ...error, access_token: 'at-beside', token_type: 'Bearer' }),
      ['error-with-status-200', 'nonstandard-error-fields'],
    ],
    [
      'form',
      'as a form',
      plain(400, 'application/x-www-form-urlencoded', `${new URLSearchParams(error)}`),
      ['body-form-encoded'],
    ],
    [
      'other-type',
      'that is not JSON by its type',
      plain(400, 'text/plain', JSON.stringify(error)),
      ['content-type-wrong'],
    ],
    [
      'further-members',
      'with further members',
      answered(400, { ...error, trace_id: '4711' }),
      ['nonstandard-error-fields'],
    ],
  ],
);

/** Token responses from which the tokens can be taken all the same (RFC 6749 §5.1). */
export const oddTokenResponses = faultsOf(
  { prefix: 'token-response', noun: 'a token response', reaction: 'report' },
  [
    [
      'form-encoded',
      'form-encoded',
      written('application/x-www-form-urlencoded', form),
      ['body-form-encoded'],
    ],
    [
      'form-encoded-as-html',
      'form-encoded as HTML',
      written('text/html', form),
      ['content-type-wrong', 'body-form-encoded'],
    ],
    ['xml', 'XML', written('application/xml', xml), ['body-xml']],
    ['json-as-text', 'JSON as text', written('text/plain', JSON.stringify), ['content-type-wrong']],
    [
      'json-behind-byte-order-mark',
      'JSON behind a byte order mark',
      written('application/json', (sound) => `\ufeff${JSON.stringify(sound)}`),
      ['bom-present'],
    ],
    ...failing('json-wrapped', [
      [
        'json-behind-guard',
        'JSON behind a guard',
        written('application/json', (sound) => `)]}',\n${JSON.stringify(sound)}`),
      ],
      ['jsonp', 'JSONP', written('text/javascript', (sound) => `callback(${JSON.stringify(sound)});`)],
    ]),
    ['nested', 'nested', { token: (members) => json(200, { data: members }) }, ['tokens-nested']],
    [
      'nested-envelope',
      'nested with an envelope',
      { token: (members) => json(200, { code: 0, message: 'ok', data: members }) },
      ['tokens-nested', 'status-envelope'],
    ],
    ['status-201', 'with status 201', { token: (members) => json(201, members) }, ['success-status-not-200']],
    [
      'without-cache-control',
      'without Cache-Control',
      uncached({ pragma: 'no-cache' }),
      ['cache-control-missing'],
    ],
    ['without-pragma', 'without Pragma', uncached({ 'cache-control': 'no-store' }), ['pragma-missing']],
    [
      'may-be-cached',
      'that may be cached',
      uncached({ 'cache-control': 'max-age=60', pragma: 'no-cache' }),
      ['cache-control-missing'],
    ],
    ['without-token-type', 'without token_type', lacking('token_type'), ['token-type-missing']],
    ['unknown-type', 'of an unknown type', members({ token_type: 'mac-2' }), ['token-type-unregistered']],
    ['without-expires-in', 'without expires_in', lacking('expires_in'), ['expires-in-missing']],
    [
      'expires-in-string',
      'with expires_in as a string',
      members({ expires_in: '3600' }),
      ['expires-in-string'],
    ],
    ['expires-in-0', 'with expires_in 0', members({ expires_in: 0 }), ['expires-in-zero']],
    [
      'expires-in-milliseconds',
      'with expires_in in milliseconds',
      members({ expires_in: 3_600_000_000 }),
      ['expires-in-over-int32'],
    ],
    ['less-scope', 'with less scope', members({ scope: 'openid' }), ['granted-scope']],
    ['scope-array', 'with scope as an array', members({ scope: ['openid', 'email'] }), ['scope-array']],
    [
      'scope-between-commas',
      'with scope between commas',
      members({ scope: 'openid,email' }),
      ['scope-comma-separated'],
    ],
    ['without-refresh-token', 'without refresh token', members({ refresh_token: null }), ['parameter-null']],
    [
      'empty-refresh-token',
      'with an empty refresh token',
      members({ refresh_token: '' }),
      ['parameter-empty-string'],
    ],
    [
      'refresh-token-number',
      'with a refresh token that is a number',
      members({ refresh_token: 7 }),
      ['parameter-wrong-type'],
    ],
    ...failing('parameter-renamed', [
      [
        'camel-case',
        'renamed to camel case',
        {
          token: ({ access_token = '', expires_in = 0, ...rest }) =>
            json(200, { ...rest, accessToken: access_token, expiresIn: expires_in }),
        },
      ],
      [
        'renamed-token',
        'renamed to token',
        { token: ({ access_token = '', ...rest }) => json(200, { ...rest, token: access_token }) },
      ],
    ]),
    [
      'second-token',
      'beside another one',
      members({ authed_user: { access_token: 'at-of-the-user' } }),
      ['additional-tokens'],
    ],
    ['empty-error', 'with an empty error', members({ error: '' }), ['parameter-empty-string']],
  ],
);

/** Token responses that grant something else than what was asked for (RFC 9396 §7). */
export const otherDetails = faultsOf(
  {
    prefix: 'authorization-details',
    noun: 'a token response',
    reaction: 'report',
    options: ['--authorization-details', '[{"type":"payment","actions":["status"]}]'],
  },
  [
    ...failing('authorization-details', [
      ['unsaid', 'that does not say which details were granted', {}],
      [
        'more-actions',
        'that grants further actions',
        members({ authorization_details: [{ type: 'payment', actions: ['status', 'cancel'] }] }),
      ],
      ['other-type', 'that grants another type', members({ authorization_details: [{ type: 'account' }] })],
      ['text', 'whose details are a text', members({ authorization_details: 'payment' })],
    ]),
  ],
);
