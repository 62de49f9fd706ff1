import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/json/json.ts';
import { json, type Reply, text } from '../fakes/reply.ts';
import { loginAgainst, objectionsIn, resultOf } from './scripted-login.ts';

const wholeLogin = ['discovery', 'keys', 'authorize', 'token', 'userinfo'];

const form = (members: JsonObject) => new URLSearchParams(strings(members)).toString();
const xml = (members: JsonObject) =>
  `<OAuth>${Object.entries(strings(members))
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('')}</OAuth>`;
const strings = (members: JsonObject) =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [name, String(value)]));
const asJson = (body: string) => text(200, 'application/json', body);
const without = (name: string) => (members: JsonObject) => {
  const { [name]: _, ...rest } = members;
  return json(200, rest);
};
const uncached = (headers: Readonly<Record<string, string>>) => (members: JsonObject) => ({
  status: 200,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(members),
});

/** What comes, what is listed for it in the order of the list, and what the tokens are where that is odd too. */
const odd: readonly [
  string,
  (members: JsonObject) => Reply,
  readonly string[],
  { readonly token_type?: string | null; readonly expires_at?: null; readonly scope?: readonly string[] }?,
][] = [
  ['in order', (members) => json(200, members), []],
  [
    'form-encoded',
    (members) => text(200, 'application/x-www-form-urlencoded', form(members)),
    ['body-form-encoded'],
  ],
  [
    'form-encoded as HTML',
    (members) => text(200, 'text/html', form(members)),
    ['content-type-wrong', 'body-form-encoded'],
  ],
  ['XML', (members) => text(200, 'application/xml', xml(members)), ['body-xml']],
  ['JSON as text', (members) => text(200, 'text/plain', JSON.stringify(members)), ['content-type-wrong']],
  ['JSON behind a byte order mark', (members) => asJson(`\ufeff${JSON.stringify(members)}`), ['bom-present']],
  ['JSON behind a guard', (members) => asJson(`)]}',\n${JSON.stringify(members)}`), ['json-wrapped']],
  [
    'JSONP',
    (members) => text(200, 'text/javascript', `callback(${JSON.stringify(members)});`),
    ['json-wrapped'],
  ],
  ['nested', (members) => json(200, { data: members }), ['tokens-nested']],
  [
    'nested with an envelope',
    (members) => json(200, { code: 0, message: 'ok', data: members }),
    ['tokens-nested', 'status-envelope'],
  ],
  ['with status 201', (members) => json(201, members), ['success-status-not-200']],
  ['without Cache-Control', uncached({ pragma: 'no-cache' }), ['cache-control-missing']],
  ['without Pragma', uncached({ 'cache-control': 'no-store' }), ['pragma-missing']],
  [
    'that may be cached',
    uncached({ 'cache-control': 'max-age=60', pragma: 'no-cache' }),
    ['cache-control-missing'],
  ],
  ['without token_type', without('token_type'), ['token-type-missing'], { token_type: null }],
  [
    'of an unknown type',
    (members) => json(200, { ...members, token_type: 'mac-2' }),
    ['token-type-unregistered'],
    { token_type: 'mac-2' },
  ],
  ['of type bearer in other letters', (members) => json(200, { ...members, token_type: 'BEARER' }), []],
  ['without expires_in', without('expires_in'), ['expires-in-missing'], { expires_at: null }],
  [
    'with expires_in as a string',
    (members) => json(200, { ...members, expires_in: '3600' }),
    ['expires-in-string'],
  ],
  [
    'with expires_in 0',
    (members) => json(200, { ...members, expires_in: 0 }),
    ['expires-in-zero'],
    { expires_at: null },
  ],
  [
    'with expires_in in milliseconds',
    (members) => json(200, { ...members, expires_in: 3_600_000_000 }),
    ['expires-in-over-int32'],
  ],
  ['without scope', without('scope'), []],
  [
    'with less scope',
    (members) => json(200, { ...members, scope: 'openid' }),
    ['granted-scope'],
    { scope: ['openid'] },
  ],
  [
    'with scope as an array',
    (members) => json(200, { ...members, scope: ['openid', 'email'] }),
    ['scope-array'],
  ],
  [
    'with scope between commas',
    (members) => json(200, { ...members, scope: 'openid,email' }),
    ['scope-comma-separated'],
  ],
  ['without refresh token', (members) => json(200, { ...members, refresh_token: null }), ['parameter-null']],
  [
    'with an empty refresh token',
    (members) => json(200, { ...members, refresh_token: '' }),
    ['parameter-empty-string'],
  ],
  [
    'with a refresh token that is a number',
    (members) => json(200, { ...members, refresh_token: 7 }),
    ['parameter-wrong-type'],
  ],
  ['without ID token', without('id_token'), ['id-token-missing']],
  [
    'renamed to camel case',
    ({ access_token = '', expires_in = 0, ...rest }) =>
      json(200, { ...rest, accessToken: access_token, expiresIn: expires_in }),
    ['parameter-renamed'],
  ],
  [
    'renamed to token',
    ({ access_token = '', ...rest }) => json(200, { ...rest, token: access_token }),
    ['parameter-renamed'],
  ],
  [
    'beside another one',
    (members) => json(200, { ...members, authed_user: { access_token: 'at-of-the-user' } }),
    ['additional-tokens'],
  ],
  ['with an empty error', (members) => json(200, { ...members, error: '' }), ['parameter-empty-string']],
];

describe('a token response', () => {
  it.each(odd)('%s yields the tokens, and says what is odd', async (_, token, listed, tokens = {}) => {
    const login = await loginAgainst({ token }, { args: ['--scope', 'openid email'] });
    const result = resultOf(login);
    expect(objectionsIn(result.checks)).toEqual(listed);
    expect(result.tokens).toMatchObject({
      access_token: login.server.secrets.get('access_token'),
      token_type: 'Bearer',
      scope: ['openid', 'email'],
      expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      ...tokens,
    });
    expect({ seen: login.seen, complaints: login.complaints }).toEqual({ seen: wholeLogin, complaints: [] });
  });

  it('keeps every member as it was received', async () => {
    const further = { user_id: 7, 'odd name': [null, { a: 'b' }] };
    const login = await loginAgainst({ token: (members) => json(200, { ...members, ...further }) });
    expect(resultOf(login).token_response).toMatchObject({
      token_type: 'Bearer',
      expires_in: 3600,
      ...further,
    });
  });

  it('with a number that parsers alter says so', async () => {
    const login = await loginAgainst({
      token: (members) => asJson(`{"user_id":12345678901234567890,${JSON.stringify(members).slice(1)}`),
    });
    expect(objectionsIn(resultOf(login).checks)).toEqual(['number-exceeds-safe-integer']);
  });
});
