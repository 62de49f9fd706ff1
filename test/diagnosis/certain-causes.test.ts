import { readdirSync, readFileSync } from 'node:fs';
import { parseSync, Visitor } from 'rolldown/utils';
import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../src/checks/catalogue.ts';
import { type CheckResult, checkResult, underId } from '../../src/checks/check-result.ts';
import { judgeNonce } from '../../src/checks/id-token/token-claims.ts';
import { judgeExp, judgeIat } from '../../src/checks/id-token/token-times.ts';
import { diagnoseChecks } from '../../src/diagnosis/check-evidence.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { codeChallenge } from '../../src/protocol/authorization-request.ts';
import type { RecordedEvent } from '../../src/recording/recording.ts';
import { own } from '../../src/say.ts';
import {
  accepted,
  api,
  assertion,
  authorize,
  basic,
  binding,
  came,
  challenge,
  client,
  seen as diagnosed,
  error,
  grant,
  issued,
  jwt,
  keys,
  metadata,
  mtls,
  now,
  refreshed,
  seconds,
  server,
  shown,
  token,
  tokens,
  uri,
  verifier,
} from './saved-messages.ts';

const seen = (...events: readonly RecordedEvent[]) => diagnosed(...events).diagnosis;

const checked = (checks: readonly CheckResult[], keyIds: readonly string[] | null = null) =>
  diagnoseChecks(checks, {
    conversation: {
      messages: [],
      metadata: null,
      keySet: keyIds === null ? null : { url: `${server}/jwks`, keyIds },
    },
    given: {},
  }).diagnosis;
const failed = (id: CheckId, compared = {}) => checkResult(id, 'fail', own('It differs.'), compared);
const clock = { now, clockToleranceSeconds: 5 };
const lateSkew = checkResult('clock-skew', 'warn', 'Clocks differ.', { received: '600 s' });
const futureToken = underId(
  'id-token-iat',
  judgeIat({ iat: seconds + 300 }, { ...clock, clockSkewSeconds: 600 }),
);

const responseMode = (members: object) =>
  seen(
    metadata(members),
    authorize({ response_mode: 'form_post' }),
    came('error=unsupported_response_mode&state=s1'),
  );

type Recording = () => readonly Diagnosis[];

/**
 * By what the source calls each cause that can be certain: the recording that proves it, and the nearest one that does
 * not; a third and further are as near.
 */
const causes: Readonly<Record<string, readonly [proof: Recording, ...nearest: Recording[]]>> = {
  '…, and no page may be shown.': [
    () => seen(authorize({ prompt: 'none' }), came('error=login_required&state=s1')),
    () => seen(authorize(), came('error=login_required&state=s1')),
  ],
  'The server does not have this response mode.': [
    () => responseMode({ response_modes_supported: ['query', 'fragment'] }),
    () => responseMode({}),
    () => responseMode({ response_modes_supported: ['query', 'form_post'] }),
  ],
  'The server names itself by another issuer than the one that was configured.': [
    () => checked([failed('metadata-issuer', { expected: server, received: `${server}/` })]),
    () => checked([failed('metadata-issuer')]),
  ],
  '… of the … is missing or malformed.': [
    () => checked([underId('id-token-exp', judgeExp({}, clock))]),
    () => checked([underId('id-token-exp', judgeExp({ exp: 1 }, clock))]),
  ],
  'The key that signed the ID token is not among those the server publishes.': [
    () => checked([failed('id-token-key', { received: 'k9' })], ['k1']),
    () => checked([failed('id-token-key', { received: 'k1' })], ['k1']),
    () => checked([failed('id-token-key', { received: 'k9' })]),
  ],
  'The server does not send the nonce back in the ID token.': [
    () => checked([underId('id-token-nonce', judgeNonce({}, { nonce: 'n' }))]),
    () => checked([underId('id-token-nonce', judgeNonce({ nonce: 'm' }, { nonce: 'n' }))]),
    // The ID token of a refresh should have none (OIDC Core §12.2).
    () => seen(authorize({ nonce: 'n' }), came('code=abc&state=s1'), refreshed(tokens({}), 200)),
  ],
  'The clock of this machine is … … that of the server.': [
    () => checked([futureToken, lateSkew]),
    () => checked([futureToken]),
  ],
  'The client authenticates twice in one request.': [
    () => seen(token({ client_secret: 'x12345' }, client, { headers: [basic('app:x12345')] })),
    () => seen(token({}, client, { headers: [basic('app:x12345')] })),
  ],
  'The Authorization header cannot be read.': [
    () => seen(token({}, client, { headers: [['Authorization', 'Basic app:x12345']] })),
    () => seen(token({}, client, { headers: [['Authorization', 'Bearer app']] })),
  ],
  'The … empty.': [
    () => seen(token({}, client, { headers: [basic('app:')] })),
    () => seen(token({ client_secret: '' }, client)),
  ],
  'The client secret has white space around it.': [
    () => seen(accepted('app:x12345'), token({}, client, { headers: [basic('app:x12345\n')] })),
    () => seen(token({}, client, { headers: [basic('app:x12345\n')] })),
    () => seen(accepted('app:y12345'), token({}, client, { headers: [basic('app:x12345\n')] })),
    () => seen(accepted('app:x12345'), token({}, client, { headers: [basic('app:x 12345')] })),
  ],
  'The server does not take the client authentication that was used, ….': [
    () =>
      seen(
        metadata({ token_endpoint_auth_methods_supported: ['private_key_jwt'] }),
        token({}, client, { headers: [basic('app:x12345')] }),
      ),
    () => seen(metadata({ token_endpoint_auth_methods_supported: ['private_key_jwt'] }), token({}, client)),
    // The server says what it is instead, or refuses something else.
    () =>
      seen(
        metadata({ token_endpoint_auth_methods_supported: ['client_secret_post'] }),
        token({}, error('invalid_client', 'Invalid client secret'), { headers: [basic('app:x12345')] }),
      ),
    () =>
      seen(
        metadata({ token_endpoint_auth_methods_supported: ['client_secret_post'] }),
        token({}, error('invalid_request'), { headers: [basic('app:x12345')] }),
      ),
  ],
  'client_assertion is not a JWT.': [
    () => seen(token({ client_assertion: 'abc' }, client)),
    () => seen(token({ client_assertion: '***' }, client)),
    () => seen(token({ client_assertion: jwt({ iss: 'app', sub: 'app' }) }, client)),
  ],
  'The client assertion had expired when it came.': [
    () => seen(assertion({ exp: seconds - 60 })),
    () => seen(assertion({ exp: seconds + 1 })),
  ],
  'The clock that wrote the client assertion is wrong.': [
    () => seen(assertion({ iat: seconds + 600, exp: seconds + 900 })),
    () => seen(assertion({ iat: seconds + 3 })),
    () => seen(assertion({ iat: seconds - 900, exp: seconds - 600 })),
  ],
  'iss and sub of the client assertion differ.': [
    () => seen(assertion({ iss: 'other' })),
    // A federated one has another issuer by design.
    () =>
      seen(assertion({ iss: 'https://token.actions.example', sub: 'repo:a/b:main', aud: 'api://exchange' })),
  ],
  'The client assertion was sent before.': [
    () => seen(assertion({ jti: 'a' }, {}, tokens({})), assertion({ jti: 'a' })),
    () => seen(assertion({ jti: 'a' }), assertion({ jti: 'b' })),
    () => seen(assertion({}, { client_assertion: '***' }), assertion({}, { client_assertion: '***' })),
  ],
  'The client certificate is not in force.': [
    () => seen(shown('2025-06-01'), token({}, client)),
    () => seen(shown('2026-06-01'), token({}, client)),
    () => seen(shown('2025-06-01'), assertion({})),
  ],
  'The token is bound to a certificate that the client did not show.': [
    () => seen(binding(undefined), api('Bearer at', 'Bearer error="invalid_token"', 401, 'userinfo')),
    () => seen(binding('x'), api('Bearer at', 'Bearer error="invalid_token"', 401, 'userinfo')),
    () => seen(api('Bearer at', 'Bearer error="invalid_token"', 401, 'userinfo')),
  ],
  'The request went past the endpoint for clients with a certificate.': [
    () => seen(metadata(mtls), shown('2026-06-01'), token({}, client)),
    () => seen(metadata(mtls), token({}, client)),
    () => seen(metadata(mtls), shown('2026-06-01'), token({}, client, { url: `${server}/mtls/token` })),
    () =>
      seen(
        metadata({ mtls_endpoint_aliases: { token_endpoint: '' } }),
        shown('2026-06-01'),
        token({}, client),
      ),
  ],
  'The client assertion is of another client than client_id names.': [
    () => seen(assertion({ iss: 'other', sub: 'other' })),
    () => seen(assertion({ iss: 'other', sub: 'other' }, { client_id: '' })),
  ],
  'The client assertion is for another audience.': [
    () => seen(metadata(), assertion({ aud: 'https://other.example' })),
    () => seen(metadata(), assertion({ aud: `${server}/par` })),
    () => seen(assertion({ aud: 'https://other.example' })),
    () => seen(metadata(), assertion({ iss: 'https://k8s.example', sub: 'pod', aud: 'api://exchange' })),
  ],
  'The code was redeemed before: each code works once.': [
    () => seen(token({}, tokens({}), { status: 200 }), token({}, grant)),
    // A first request that brought no tokens need not have spent it.
    () => seen(token({}, error('use_dpop_nonce')), token({}, grant)),
    () => seen(token({ code: 'xyz' }, tokens({}), { status: 200 }), token({}, grant)),
    () =>
      seen(token({ code: '[redacted]' }, tokens({}), { status: 200 }), token({ code: '[redacted]' }, grant)),
  ],
  'The code that was redeemed is not the code that came back.': [
    () => seen(authorize(), came('code=abc%2Fdef&state=s1'), token({ code: 'abc%2Fdef' }, grant)),
    () => seen(authorize(), came('code=abc&state=s1'), token({ code: '[hidden]' }, grant)),
    // That of another login, whose own was not recorded.
    () => seen(authorize({ client_id: 'two' }), came('code=other&state=s1'), token({ code: 'abc' }, grant)),
  ],
  'redirect_uri is missing from the token request.': [
    () => seen(authorize(), came('code=abc&state=s1'), token({ redirect_uri: '' }, grant)),
    () => seen(token({ redirect_uri: '' }, grant)),
  ],
  'The redirect_uri of the token request is not that of the authorization request.': [
    () => seen(authorize(), came('code=abc&state=s1'), token({ redirect_uri: `${uri}/` }, grant)),
    // Another login went on at the same time.
    () =>
      seen(
        authorize(),
        authorize({ state: 's2', redirect_uri: `${uri}/two` }),
        came('code=abc'),
        token({}, grant),
      ),
  ],
  'The code was asked for by one client and redeemed by another.': [
    () => seen(authorize({ client_id: 'two' }), came('code=abc&state=s1'), token({}, grant)),
    () => seen(authorize(), authorize({ state: 's2', client_id: 'two' }), came('code=abc'), token({}, grant)),
  ],
  'The answer belongs to another login than the one whose state is compared.': [
    () => seen(authorize(), came('code=abc&state=s2')),
    () => seen(authorize(), came('code=abc&state=s1')),
    // Of two values one is the one that was sent.
    () => seen(authorize(), came('code=abc&state=s2&state=s1')),
    // An error has causes of its own.
    () => seen(authorize(), came('error=access_denied&state=s2')),
    // One of the two is hidden.
    () => seen(authorize(), came('code=abc&state=[hidden]')),
    () => seen(authorize({ state: '[hidden]' }), came('code=abc&state=s1')),
    // Which of two logins it was is not known.
    () => seen(authorize(), authorize({ state: 's3' }), came('code=abc&state=s2')),
  ],
  'The redirect URI has a query of its own, and the server appended a second "?".': [
    () => seen(authorize({ redirect_uri: `${uri}?a=b` }), came(`${uri}?a=b?code=abc&state=s1`)),
    () => seen(authorize({ redirect_uri: `${uri}?a=b` }), came(`${uri}?a=b&code=abc&state=s1`)),
  ],
  'The Authorization header is malformed.': [
    () => seen(api('Bearer', 'Bearer error="invalid_token"')),
    () => seen(api('Bearer abc', 'Bearer error="invalid_token"')),
    // What stands for a hidden token may be several words.
    () => seen(api('Bearer ‹access_token 2›', 'Bearer error="invalid_token"')),
    () => seen(api('Bearer [redacted by proxy]', 'Bearer error="invalid_token"')),
  ],
  'The access token has expired.': [
    () => seen(api(`Bearer ${jwt({ exp: seconds - 60 })}`, 'Bearer error="invalid_token"')),
    () => seen(api(`Bearer ${jwt({ exp: seconds + 60 })}`, 'Bearer error="invalid_token"')),
  ],
  'The token is bound to a key, and was sent as a bearer token.': [
    () => seen(api('Bearer abc', 'DPoP error="invalid_token"')),
    () => seen(api('Bearer abc', 'Bearer error="invalid_token", DPoP algs="ES256"')),
    () => seen(api('Bearer abc', 'DPoP algs="ES256", Bearer error="invalid_token"')),
  ],
  'The … has no …, the server says….': [
    () => seen(token({ client_id: 'app', scope: '' }, error('invalid_request', 'Missing parameter: scope'))),
    () => seen(token({ scope: 'a' }, error('invalid_request', 'Missing parameter: scope'))),
    () =>
      seen(
        token(
          { client_secret: 'x12345' },
          error('invalid_request', 'client_assertion or client_secret is required'),
        ),
      ),
  ],
  'The code_verifier is missing from the token request.': [
    () => seen(authorize({ code_challenge: challenge }), came('code=abc&state=s1'), token({}, grant)),
    () => seen(token({}, grant)),
  ],
  'There is a code_verifier, but the authorization request had no code_challenge.': [
    () => seen(authorize(), came('code=abc&state=s1'), token({ code_verifier: verifier }, grant)),
    () =>
      seen(
        authorize({ request_uri: 'urn:x' }),
        came('code=abc&state=s1'),
        token({ code_verifier: verifier }, grant),
      ),
    () =>
      seen(
        authorize({ code_challenge: challenge, code_challenge_method: 'S256' }),
        authorize({ state: 's2' }),
        came('code=abc'),
        token({ code_verifier: verifier }, grant),
      ),
  ],
  'code_challenge_method=S256 is missing from the authorization request.': [
    () =>
      seen(
        authorize({ code_challenge: challenge }),
        came('code=abc&state=s1'),
        token({ code_verifier: verifier }, grant),
      ),
    () =>
      seen(
        authorize({ code_challenge: challenge, code_challenge_method: 'S256' }),
        came('code=abc&state=s1'),
        token({ code_verifier: verifier }, grant),
      ),
  ],
  'The code_challenge was computed wrongly.': [
    () =>
      seen(
        authorize({ code_challenge: `${challenge}=`, code_challenge_method: 'S256' }),
        came('code=abc&state=s1'),
        token({ code_verifier: verifier }, grant),
      ),
    () =>
      seen(
        authorize({ code_challenge: codeChallenge('w'.repeat(43), 'S256'), code_challenge_method: 'S256' }),
        came('code=abc&state=s1'),
        token({ code_verifier: verifier }, grant),
      ),
  ],
  'The code_verifier does not fit the code_challenge.': [
    () =>
      seen(
        authorize({ code_challenge: challenge, code_challenge_method: 'S256' }),
        came('code=abc&state=s1'),
        token({ code_verifier: 'w'.repeat(43) }, grant),
      ),
    () =>
      seen(
        authorize({ code_challenge: challenge, code_challenge_method: 'S256' }),
        authorize({
          state: 's2',
          code_challenge: codeChallenge('w'.repeat(43), 'S256'),
          code_challenge_method: 'S256',
        }),
        came('code=abc'),
        token({ code_verifier: verifier }, grant),
      ),
  ],
  'The token request is multipart/form-data.': [
    () => seen(token('--x\r\n', error('invalid_request'), { type: 'multipart/form-data; boundary=x' })),
    // A server that finds the code refused has read the form.
    () => seen(token('--x\r\n', grant, { type: 'multipart/form-data; boundary=x' })),
  ],
  'grant_type is missing from the token request.': [
    () => seen(token({ grant_type: '' }, error('invalid_request'))),
    () => seen(token({}, error('invalid_request'))),
  ],
  'The code is missing from the token request.': [
    () => seen(token({ code: '' }, error('invalid_request'))),
    () => seen(token({ code: 'x' }, error('invalid_request'))),
  ],
  '… is missing from the token request.': [
    () => seen(token({ grant_type: 'refresh_token', code: '' }, error('invalid_request'))),
    () => seen(refreshed(error('invalid_request'))),
  ],
  '… is in the token request more than once.': [
    () => seen(token('grant_type=authorization_code&code=a&code=b', error('invalid_request'))),
    () => seen(token('grant_type=authorization_code&code=a&resource=b&resource=c', error('invalid_request'))),
    // It was read all the same.
    () => seen(token('grant_type=authorization_code&code=a&scope=b&scope=c', client)),
  ],
  'The … answered with a redirect.': [
    () => seen(token({}, '', { status: 302, answered: [['Location', `${server}/login`]] })),
    () => seen(token({}, '', { status: 404 })),
  ],
  'The URL is not that of the ….': [
    () => seen(metadata(), token({}, '', { status: 404, url: `${server}/oauth/token` })),
    () => seen(metadata(), token({}, '', { status: 404 })),
    () => seen(token({}, '', { status: 404 })),
  ],
  'Cloudflare answered with a challenge for browsers, in front of the server.': [
    () => seen(token({}, '<html>', { status: 403, answered: [['cf-mitigated', 'challenge']] })),
    () => seen(token({}, '<html>', { status: 403, answered: [['Server', 'cloudflare']] })),
    () => seen(api('Bearer abc', 'Bearer error="invalid_token"')),
  ],
  'The server does not offer this grant.': [
    () => seen(metadata({ grant_types_supported: ['password'] }), token({}, error('unsupported_grant_type'))),
    () =>
      seen(
        metadata({ grant_types_supported: ['password', 'authorization_code'] }),
        token({}, error('unsupported_grant_type')),
      ),
    () => seen(metadata({}), token({}, error('unsupported_grant_type'))),
    () => seen(metadata({ grant_types_supported: ['password'] }), token({}, error('unauthorized_client'))),
  ],
  'The refresh token was used before and has been replaced.': [
    () => seen(refreshed({ access_token: 'a', refresh_token: 'r2' }, 200), refreshed(grant)),
    () => seen(refreshed({ access_token: 'a', refresh_token: 'r1' }, 200), refreshed(grant)),
    () =>
      seen(refreshed({ access_token: 'a', refresh_token: '***' }, 200, '***'), refreshed(grant, 400, '***')),
    () => seen(refreshed({ access_token: 'a', refresh_token: 'r2' }, 200), refreshed(client, 401)),
  ],
  'The access token lacks ….': [
    () => seen(authorize(), api('Bearer abc', 'Bearer error="insufficient_scope", scope="admin"', 403)),
    () =>
      seen(
        authorize({ scope: 'openid admin' }),
        api('Bearer abc', 'Bearer error="insufficient_scope", scope="admin"', 403),
      ),
    () => seen(authorize(), api('Bearer abc', 'Bearer error="insufficient_scope"', 403)),
    () =>
      seen(
        authorize({ scope: 'openid mail admin' }),
        api('Bearer abc', 'Bearer error="insufficient_scope", scope="admin mail"', 403),
      ),
  ],
  'The ID token is for another client.': [
    () => seen(issued({ aud: 'other' })),
    () => seen(issued({ aud: ['other', 'app'] })),
  ],
  'The ID token does not belong to this login: its nonce differs.': [
    () => seen(authorize({ nonce: 'n' }), came('code=abc&state=s1'), issued({ nonce: 'm' })),
    () => seen(authorize(), came('code=abc&state=s1'), issued({ nonce: 'm' })),
    () =>
      seen(
        authorize({ nonce: 'n', state: 's2' }),
        authorize({ nonce: 'm', state: 's3' }),
        refreshed(tokens({ nonce: 'n' }), 200),
      ),
  ],
  'The key that signed the ID token is not in the key set that was fetched.': [
    () => seen(keys(`${server}/jwks`, 'k1'), issued({}, { kid: 'k9' })),
    () => seen(keys(`${server}/jwks`, 'k1'), issued({}, { kid: 'k1' })),
    () => seen(keys('https://other.example/jwks', 'k1'), issued({}, { kid: 'k9' })),
  ],
  '… names another issuer than the one that was configured.': [
    () => seen(metadata(), issued({ iss: 'https://other.example' })),
    () => seen(issued({ iss: 'https://other.example' })),
    () =>
      seen(
        metadata({ issuer: 'https://login.microsoftonline.com/t/v2.0' }),
        api(
          `Bearer ${jwt({ iss: 'https://sts.windows.net/t/' })}`,
          'Bearer error="invalid_token"',
          401,
          'userinfo',
        ),
      ),
  ],
  'The keys were not fetched where the server publishes them.': [
    () =>
      seen(metadata({ jwks_uri: `${server}/keys` }), keys(`${server}/jwks`, 'k1'), issued({}, { kid: 'k9' })),
    () =>
      seen(metadata({ jwks_uri: `${server}/jwks` }), keys(`${server}/jwks`, 'k1'), issued({}, { kid: 'k9' })),
  ],
  'The clock that issued the ID token is wrong, or the answer is an old one.': [
    () => seen(issued({ iat: seconds + 600, exp: seconds + 900 })),
    () => seen(issued({ iat: seconds - 600 })),
  ],
  'No ID token comes because the scope openid was not asked for.': [
    () =>
      seen(
        authorize({ scope: 'profile' }),
        came('code=abc&state=s1'),
        token({}, { access_token: 'a', token_type: 'Bearer' }, { status: 200 }),
      ),
    () =>
      seen(
        authorize({ scope: 'api' }),
        came('code=abc&state=s1'),
        token({}, { access_token: 'a', token_type: 'Bearer' }, { status: 200 }),
      ),
  ],
};

/** Whether a sentence is one that the source writes so; what it puts in is `…` there. */
const isOf = (written: string) => {
  const parts = written.split('…').map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return (cause: string) => new RegExp(`^${parts.join('[\\s\\S]*')}$`).test(cause);
};

/** Every cause in `src/diagnosis` whose object can hold the confidence `high`, as the source writes it. */
function certainCauses(): readonly string[] {
  const folder = new URL('../../src/diagnosis/', import.meta.url);
  return readdirSync(folder).flatMap((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const { program } = parseSync(file, text);
    const of = (node: { start: number; end: number }) => text.slice(node.start, node.end);
    const certain = ['contradiction'];
    const found: string[] = [];
    new Visitor({
      VariableDeclarator: ({ id, init }) => {
        if (id.type === 'Identifier' && init && /^\{[\s\S]*(?:'high'|\.\.\.certain\b)/.test(of(init)))
          certain.push(id.name);
      },
    }).visit(program);
    const spreads = new RegExp(`\\b(?:${certain.join('|')})\\b`);
    new Visitor({
      ObjectExpression: ({ properties }) => {
        const named = (name: string) =>
          properties.find(
            (one) => one.type === 'Property' && one.key.type === 'Identifier' && one.key.name === name,
          );
        const cause = named('cause');
        const confidence = named('confidence');
        const isCertain =
          (confidence && /'high'/.test(of(confidence))) ||
          properties.some((one) => one.type === 'SpreadElement' && spreads.test(of(one.argument)));
        if (cause?.type !== 'Property' || !isCertain) return;
        found.push(...sentences(cause.value, text));
      },
    }).visit(program);
    return found;
  });
}

/** The literals and templates of an expression that are sentences. */
function sentences(value: { start: number; end: number }, text: string): readonly string[] {
  const source = text.slice(value.start, value.end);
  const { program } = parseSync('cause.ts', `(${source})`);
  const found: string[] = [];
  new Visitor({
    Literal: ({ value: one }) => {
      if (typeof one === 'string' && one.endsWith('.')) found.push(one);
    },
    TemplateLiteral: ({ quasis }) => {
      const one = quasis.map(({ value: { cooked } }) => cooked ?? '').join('…');
      if (one.endsWith('.')) found.push(one);
    },
  }).visit(program);
  return found;
}

describe('a cause that can be certain', () => {
  it('has a row here', () => {
    const written = [...new Set(certainCauses())].sort();
    expect(written.length).toBeGreaterThan(40);
    expect(Object.keys(causes).sort()).toEqual(written);
  });

  const rows = Object.entries(causes).map(([written, [proof, ...nearest]]) => ({ written, proof, nearest }));

  it.each(rows)('is certain where two values contradict each other: $written', ({ written, proof }) => {
    const found = proof().filter(({ confidence, cause }) => confidence === 'high' && isOf(written)(cause));
    expect(found).toHaveLength(1);
    expect(found[0]?.expected).toBeDefined();
    expect(found[0]?.received).not.toBe(found[0]?.expected);
  });

  it.each(rows.flatMap(({ written, nearest }) => nearest.map((near, at) => ({ written, near, at }))))(
    'is not where they do not: $written ($at)',
    ({ written, near }) => {
      const found = near().filter(({ confidence, cause }) => confidence === 'high' && isOf(written)(cause));
      expect(found).toEqual([]);
    },
  );
});
