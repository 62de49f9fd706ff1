import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeAuthorizationResponse } from '../../src/checks/authorization-response.ts';
import { type Finding, listFindings } from '../../src/checks/check-result.ts';
import { judgeErrorResponse } from '../../src/checks/error-response.ts';
import { findMetadataDeviations } from '../../src/checks/metadata.ts';
import { judgeTokenResponse } from '../../src/checks/token-response.ts';
import { judgeUserinfoResponse } from '../../src/checks/userinfo.ts';
import type { HeaderList, HttpResponse } from '../../src/http-message.ts';
import {
  type AuthorizationResponseReading,
  readAuthorizationResponse,
} from '../../src/protocol/authorization-response.ts';
import { readMetadata } from '../../src/protocol/metadata.ts';
import { type AskedOfTokenEndpoint, readTokenResponse } from '../../src/protocol/token-response.ts';
import { readUserinfoResponse } from '../../src/protocol/userinfo-response.ts';
import { inputs } from '../every-case.ts';

const neutral: HeaderList = [
  ['Content-Type', 'application/json'],
  ['Cache-Control', 'no-store'],
  ['Pragma', 'no-cache'],
];

function respond(
  body: unknown,
  { status = 200, headers = neutral }: Partial<HttpResponse> = {},
): HttpResponse {
  return { status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function findAtTokenEndpoint(response: HttpResponse, asked: AskedOfTokenEndpoint = {}): Finding[] {
  const reading = readTokenResponse(response, asked);
  return reading.type === 'tokens'
    ? listFindings(judgeTokenResponse(reading))
    : listFindings(judgeErrorResponse(reading));
}

function findInCallback(reading: AuthorizationResponseReading): Finding[] {
  return listFindings(judgeAuthorizationResponse({ reading, issuer: null, issRequired: false }));
}

function idsOf(findings: readonly Finding[]): readonly string[] {
  return findings.map(({ id }) => id).sort();
}

const sound = { access_token: 'secret-token', token_type: 'Bearer', expires_in: 60 };

describe('findings in a token response', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['nothing in a sound one', sound, []],
    ['nothing in a type that is an absolute URI', { ...sound, token_type: 'urn:example:type' }, []],
    ['a relative type', { ...sound, token_type: 'mac' }, ['token-type-unregistered']],
    ['a type with a space', { ...sound, token_type: 'Bearer ' }, ['token-type-unregistered']],
    ['a null type', { ...sound, token_type: null }, ['parameter-null', 'token-type-missing']],
    ['an empty type', { ...sound, token_type: '' }, ['parameter-empty-string', 'token-type-missing']],
    ['a blank type', { ...sound, token_type: ' ' }, ['token-type-unregistered']],
    ['a type that is a number', { ...sound, token_type: 1 }, ['parameter-wrong-type']],
    ['a null error', { ...sound, error: null }, ['parameter-null']],
    ['a false error', { ...sound, error: false }, ['parameter-wrong-type']],
    ['an empty error', { ...sound, error: '' }, ['parameter-empty-string']],
    ['a null refresh token under another name', { ...sound, refreshToken: null }, ['parameter-null']],
    ['two kinds of null', { ...sound, scope: null, id_token: null }, ['parameter-null']],
    ['members that no specification defines', { ...sound, other: null, empty: '', token: null }, []],
    [
      'a lifetime of words',
      { ...sound, expires_in: '1 hour' },
      ['expires-in-missing', 'parameter-wrong-type'],
    ],
    ['a negative lifetime', { ...sound, expires_in: -1 }, ['expires-in-zero']],
    ['zero as a string', { ...sound, expires_in: '0' }, ['expires-in-string', 'expires-in-zero']],
    ['the largest lifetime', { ...sound, expires_in: 2147483647 }, []],
    ['one beyond the largest', { ...sound, expires_in: 2147483648 }, ['expires-in-over-int32']],
    [
      'a null lifetime beside a moment',
      { ...sound, expires_in: null, expires_at: 1 },
      ['expires-at-instead-of-expires-in', 'parameter-null'],
    ],
    [
      'expires as a moment',
      { access_token: 't', token_type: 'Bearer', expires: '2026-12-01' },
      ['expires-at-instead-of-expires-in'],
    ],
    [
      'expires as a string of digits',
      { access_token: 't', token_type: 'Bearer', expires: '60' },
      ['expires-in-string', 'parameter-renamed'],
    ],
    ['a null moment', { access_token: 't', token_type: 'Bearer', expires_at: null }, ['expires-in-missing']],
    ['an empty scope array', { ...sound, scope: [] }, ['scope-array']],
    ['scopes with commas', { ...sound, scopes: 'a,b' }, ['parameter-renamed', 'scope-comma-separated']],
    ['commas and spaces in scope', { ...sound, scope: 'a, b' }, []],
    ['a scope object', { ...sound, scope: {} }, ['parameter-wrong-type']],
    ['an envelope', { code: 0, msg: 'ok', data: sound }, ['status-envelope', 'tokens-nested']],
    [
      'an envelope beside nested tokens',
      { data: { ...sound, success: true } },
      ['status-envelope', 'tokens-nested'],
    ],
    [
      'an integer just beyond the safe range',
      JSON.stringify({ ...sound, x: 0 }).replace(':0', ':9007199254740992'),
      ['number-exceeds-safe-integer'],
    ],
    ['the largest safe integer', { ...sound, x: 9007199254740991 }, []],
    ['a large integer in a string', { ...sound, x: '9007199254740993' }, []],
    ['a byte order mark', `\ufeff${JSON.stringify(sound)}`, ['bom-present']],
    ['a JSONP call', `cb(${JSON.stringify(sound)});`, ['json-wrapped']],
    ['an array', [sound], ['tokens-nested']],
    ['further tokens', { ...sound, team: { access_token: 'other' } }, ['additional-tokens']],
    ['the same token again', { ...sound, team: { access_token: 'secret-token' } }, []],
  ])('%s', (_, body, ids) => {
    const findings = findAtTokenEndpoint(respond(body));
    expect(idsOf(findings)).toEqual(ids);
    expect(JSON.stringify(findings)).not.toContain('secret-token');
  });

  it.each<[string, HeaderList, readonly string[]]>([
    [
      'in any letter case',
      [
        ['content-TYPE', 'Application/JSON ; charset=x'],
        ['cache-control', 'Private, NO-STORE'],
        ['PRAGMA', 'No-Cache'],
      ],
      [],
    ],
    [
      'in several fields',
      [
        ...neutral.slice(0, 1),
        ['Cache-Control', 'private'],
        ['cache-control', 'no-store'],
        ['Pragma', 'no-cache'],
      ],
      [],
    ],
    ['that are absent', [], ['cache-control-missing', 'content-type-wrong', 'pragma-missing']],
    [
      'that are near misses',
      [
        ['Content-Type', 'application/problem+json'],
        ['Cache-Control', 'private="no-store", x-no-store'],
        ['Pragma', 'x'],
      ],
      ['cache-control-missing', 'content-type-wrong', 'pragma-missing'],
    ],
  ])('reads headers %s', (_, headers, ids) => {
    expect(idsOf(findAtTokenEndpoint(respond(sound, { headers })))).toEqual(ids);
  });

  it('demands an ID token only of the code grant with openid', () => {
    const scope = ['openid'];
    expect(idsOf(findAtTokenEndpoint(respond(sound), { grant: 'authorization_code', scope }))).toEqual([
      'id-token-missing',
    ]);
    expect(findAtTokenEndpoint(respond(sound), { grant: 'refresh_token', scope })).toEqual([]);
    const takenBack = findAtTokenEndpoint(respond({ ...sound, scope: 'read' }), {
      grant: 'authorization_code',
      scope,
    });
    expect(idsOf(takenBack)).not.toContain('id-token-missing');
    expect(findAtTokenEndpoint(respond(sound), { grant: 'authorization_code', scope: ['email'] })).toEqual(
      [],
    );
    expect(
      findAtTokenEndpoint(respond({ ...sound, id_token: 'x' }), { grant: 'authorization_code', scope }),
    ).toEqual([]);
  });

  it('tells what came under which name', () => {
    const [renamed] = findAtTokenEndpoint(respond({ accessToken: 't', token_type: 'Bearer', expireIn: 60 }));
    expect(renamed).toMatchObject({
      id: 'parameter-renamed',
      severity: 'violation',
      detail: 'Not under its own name: access_token as accessToken, expires_in as expireIn.',
      spec: 'RFC 6749 §5.1, §4.1.2',
    });
  });
});

describe('findings in an error response', () => {
  it.each<[string, unknown, number, readonly string[]]>([
    ['nothing in a sound one', { error: 'invalid_grant', error_description: 'd', error_uri: 'u' }, 400, []],
    ['nothing in a device poll', { error: 'authorization_pending' }, 400, []],
    ['an unknown code', { error: 'nope' }, 400, ['error-code-nonstandard']],
    ['a code of another endpoint', { error: 'server_error' }, 400, ['error-code-nonstandard']],
    ['a null code', { error: null }, 400, ['error-missing', 'parameter-null']],
    ['an empty code', { error: '' }, 400, ['parameter-empty-string']],
    ['a code that is a number', { error: 5 }, 400, ['error-not-string']],
    ['a code that is an array', { error: ['invalid_grant'] }, 400, ['error-not-string']],
    ['a null description', { error: 'invalid_grant', error_description: null }, 400, ['parameter-null']],
    [
      'a description that is an object',
      { error: 'invalid_grant', error_description: {} },
      400,
      ['parameter-wrong-type'],
    ],
    [
      'a description with a tab',
      { error: 'invalid_grant', error_description: 'a\tb' },
      400,
      ['error-description-charset'],
    ],
    [
      'a description with a backslash',
      { error: 'invalid_grant', error_description: 'a\\b' },
      400,
      ['error-description-charset'],
    ],
    [
      'a description beyond ASCII',
      { error: 'invalid_grant', error_description: 'é' },
      400,
      ['error-description-charset'],
    ],
    [
      'a placeholder',
      { error: 'invalid_grant', error_description: 'No ‹code 2› in ‹access_token›.' },
      400,
      [],
    ],
    ['all allowed characters', { error: 'invalid_grant', error_description: ' !#[]~' }, 400, []],
    ['further members', { error: 'invalid_grant', code: 1 }, 400, ['nonstandard-error-fields']],
    ['no error at all', {}, 400, ['error-missing']],
    ['an array', [], 400, ['error-missing']],
    ['status 201', { error: 'invalid_grant' }, 201, ['error-with-status-200']],
    ['status 302', { error: 'invalid_grant' }, 302, ['error-status-unexpected']],
    ['status 404', { error: 'invalid_grant' }, 404, ['error-status-unexpected']],
    [
      'status 401 with another code',
      { error: 'invalid_grant' },
      401,
      ['error-status-unexpected', 'www-authenticate-missing'],
    ],
    ['status 401 with the right code', { error: 'invalid_client' }, 401, ['www-authenticate-missing']],
    ['status 429', { error: 'slow_down' }, 429, ['status-429-or-5xx']],
    ['status 503 without a body', '', 503, ['empty-body', 'status-429-or-5xx']],
    [
      'tokens with status 500',
      { ...sound, scope: null },
      500,
      ['error-missing', 'nonstandard-error-fields', 'parameter-null', 'status-429-or-5xx'],
    ],
    ['text', 'Bad Request', 400, ['body-plain-text']],
    ['malformed JSON', "{'error':'x'}", 400, ['json-malformed']],
    ['malformed JSON after a byte order mark', '\ufeff{', 400, ['bom-present', 'json-malformed']],
    ['HTML of the wrong type', '<html>', 400, ['content-type-wrong', 'html-error-page']],
    ['form data of the wrong type', 'error=invalid_grant', 400, ['body-form-encoded', 'content-type-wrong']],
    ['XML of the wrong type', '<r><error>invalid_grant</error></r>', 400, ['body-xml', 'content-type-wrong']],
  ])('%s', (_, body, status, ids) => {
    expect(idsOf(findAtTokenEndpoint(respond(body, { status })))).toEqual(ids);
  });

  it('accepts a challenge in any letter case', () => {
    const headers: HeaderList = [...neutral, ['WWW-AUTHENTICATE', 'Basic']];
    expect(findAtTokenEndpoint(respond({ error: 'invalid_client' }, { status: 401, headers }))).toEqual([]);
  });
});

describe('findings in a callback', () => {
  const state = 'state-that-was-sent';

  it.each<[string, string, readonly string[]]>([
    ['nothing in a sound one', `?code=secret-code&state=${state}&x=1`, []],
    ['another state', '?code=secret-code&state=secret-state', ['state-mismatch']],
    ['no state', '?code=secret-code', ['state-missing']],
    ['an error without state', '?error=access_denied', ['state-missing']],
    ['a renamed code', `?auth_code=secret-code&state=${state}`, ['parameter-renamed']],
    ['empty parameters', `?code=secret-code&scope=&state=${state}`, ['parameter-empty-string']],
    ['an empty error', `?error=&state=${state}`, ['parameter-empty-string']],
    [
      'no error',
      `?error_code=1&state=${state}&session_state=x&iss=y`,
      ['error-missing', 'nonstandard-error-fields'],
    ],
    ['nothing at all', `?state=${state}`, ['error-missing']],
    [
      'an error code of the token endpoint',
      `?error=invalid_grant&state=${state}`,
      ['error-code-nonstandard'],
    ],
    ['an OpenID Connect error code', `?error=login_required&state=${state}`, []],
    [
      'a quoted description',
      `?error=access_denied&error_description=%22no%22&state=${state}`,
      ['error-description-charset'],
    ],
    ['a second question mark', `?a=b?code=secret-code&state=${state}`, ['callback-query-malformed']],
    ['a fragment', `?code=secret-code&state=${state}#secret-fragment`, ['callback-fragment-present']],
    ['a repeated code', `?code=secret-code&code=secret-code&state=${state}`, ['callback-parameter-repeated']],
  ])('%s', (_, query, ids) => {
    const reading = readAuthorizationResponse({ method: 'GET', url: `http://127.0.0.1/${query}` }, { state });
    const findings = findInCallback(reading);
    expect(idsOf(findings)).toEqual(ids);
    expect(JSON.stringify(findings)).not.toMatch(/secret-|state-that/);
  });

  it('names repeated parameters of the answer, but no others', () => {
    const url = 'http://127.0.0.1/?code=a&code=b&iss=x&iss=x&state=s&x=1&x=2';
    const findings = findInCallback(readAuthorizationResponse({ method: 'GET', url }, {}));
    expect(idsOf(findings)).toEqual(['callback-parameter-repeated']);
    expect(findings[0]?.evidence).toBe('code, iss');
    const once = readAuthorizationResponse({ method: 'GET', url: 'http://127.0.0.1/?code=a&x=1&x=2' }, {});
    expect(findInCallback(once)).toEqual([]);
  });
});

describe('findings in a UserInfo response', () => {
  const jwt = (claims: string) => `e30.${Buffer.from(claims).toString('base64url')}.c2ln`;
  const jwtType: HeaderList = [['Content-Type', 'application/jwt']];

  it.each<[string, unknown, Partial<HttpResponse>, readonly string[]]>([
    ['nothing in a sound one', { sub: '1', email_verified: true, name: null }, {}, []],
    ['no sub', { name: 'n' }, {}, ['sub-missing']],
    [
      'a sub that is a number',
      '{"sub":9007199254740993}',
      {},
      ['claim-wrong-type', 'number-exceeds-safe-integer'],
    ],
    ['claims that are nested', { user: { sub: 1 } }, {}, ['claim-wrong-type', 'claims-nested']],
    ['a sub in another place', { name: 'n', user: { sub: '1' } }, {}, []],
    ['JSON of the wrong type', { sub: '1' }, { headers: jwtType }, ['content-type-wrong']],
    ['a JWT', jwt('{"sub":"1"}'), { headers: jwtType }, []],
    [
      'a JWT of the wrong type',
      jwt('{"sub":9007199254740993}'),
      {},
      ['claim-wrong-type', 'content-type-wrong', 'number-exceeds-safe-integer'],
    ],
    ['a JWT without sub', jwt('{}'), { headers: jwtType }, ['sub-missing']],
    ['an encrypted JWT', 'eyJlbmMiOiJBMTI4R0NNIn0..aaaa.aaaa.aaaa', { headers: jwtType }, []],
    ['text of the JWT type', 'e30.e30', { headers: jwtType }, ['body-plain-text']],
    ['a refusal', { error: 'invalid_token' }, { status: 401 }, ['www-authenticate-missing']],
    [
      'a refusal with challenge',
      '',
      { status: 401, headers: [['www-authenticate', 'Bearer']] },
      ['empty-body'],
    ],
    ['form data', 'error=&sub=1', {}, ['body-form-encoded', 'content-type-wrong']],
  ])('%s', (_, body, response, ids) => {
    const reading = readUserinfoResponse(respond(body, response), { openidRequested: true });
    expect(idsOf(listFindings(judgeUserinfoResponse(reading)))).toEqual(ids);
  });

  it('judges no claims when openid was not requested', () => {
    const reading = readUserinfoResponse(respond({ data: { name: 1 } }), { openidRequested: false });
    expect(listFindings(judgeUserinfoResponse(reading))).toEqual([]);
  });
});

describe('findings in a metadata document', () => {
  const document = {
    issuer: 'https://op.example',
    authorization_endpoint: 'https://op.example/authorize',
    token_endpoint: 'https://op.example/token?a=b',
    jwks_uri: 'https://op.example/jwks',
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
  };
  const without = (...names: string[]) =>
    Object.fromEntries(Object.entries(document).filter(([name]) => !names.includes(name)));

  it.each<[string, unknown, readonly string[]]>([
    ['nothing in a sound one', document, []],
    ['a trailing slash in the issuer', { ...document, issuer: 'https://op.example/' }, ['issuer-mismatch']],
    ['an issuer that is not a string', { ...document, issuer: 1 }, ['issuer-mismatch']],
    ['no issuer', without('issuer'), ['issuer-mismatch', 'metadata-required-missing']],
    ['no token endpoint with code', without('token_endpoint'), ['metadata-required-missing']],
    [
      'no token endpoint without code',
      { ...without('token_endpoint'), response_types_supported: ['id_token'] },
      [],
    ],
    [
      'no token endpoint with a hybrid type',
      { ...without('token_endpoint'), response_types_supported: ['code id_token'] },
      ['metadata-required-missing'],
    ],
    ['null for a required member', { ...document, jwks_uri: null }, ['metadata-required-missing']],
    ['http', { ...document, jwks_uri: 'http://op.example/jwks' }, ['metadata-url-invalid']],
    ['a relative URL', { ...document, x_endpoint: '/x' }, ['metadata-url-invalid']],
    ['a URL with a space', { ...document, x_endpoint: 'https://op.example/a b' }, ['metadata-url-invalid']],
    ['a URL that is not a string', { ...document, x_endpoint: true }, ['metadata-url-invalid']],
    ['https in capitals', { ...document, x_endpoint: 'HTTPS://op.example' }, []],
    ['a URL elsewhere', { ...document, service_documentation: 'http://op.example' }, []],
    ['plain only', { ...document, code_challenge_methods_supported: ['plain'] }, ['pkce-not-advertised']],
    ['no methods of PKCE', without('code_challenge_methods_supported'), ['pkce-not-advertised']],
    [
      'no methods of authentication',
      without('token_endpoint_auth_methods_supported'),
      ['token-auth-methods-not-advertised'],
    ],
    ['an HTML page', '<html>', ['content-type-wrong', 'html-error-page']],
    ['text, for which discovery has no finding', 'Not Found', []],
    ['a wrapped document', `for(;;);${JSON.stringify(document)}`, ['json-wrapped']],
  ])('%s', (_, body, ids) => {
    expect(
      idsOf(findMetadataDeviations(readMetadata(respond(body), { issuer: 'https://op.example' }))),
    ).toEqual(ids);
  });

  it('compares no issuer when none was asked for', () => {
    expect(
      findMetadataDeviations(readMetadata(respond({ ...document, issuer: 'https://other.example' }), {})),
    ).toEqual([]);
  });
});

describe('every finding', () => {
  it('has one sentence, names its requirement once, and shows no value of a foreign member', () => {
    const name = fc.constantFrom(
      'access_token',
      'accessToken',
      'token',
      'error',
      'scope',
      'expires',
      'expires_in',
      'id_token',
      'data',
      'status',
      '__proto__',
    );
    const value = fc.oneof(
      fc.constant('SECRET-VALUE'),
      fc.constant(''),
      fc.constant(null),
      fc.integer(),
      fc.boolean(),
      fc.dictionary(name, fc.constant('SECRET-VALUE')),
      fc.array(fc.constant('SECRET-VALUE')),
    );
    fc.assert(
      fc.property(fc.dictionary(name, value), fc.constantFrom(200, 201, 400, 401, 503), (body, status) => {
        // An error code is shown: it is what the server said went wrong.
        const text = JSON.stringify(body).replaceAll('"error":"SECRET-VALUE"', '"error":"e"');
        const findings = findAtTokenEndpoint(respond(text, { status }));
        expect(new Set(idsOf(findings)).size).toBe(findings.length);
        expect(JSON.stringify(findings)).not.toContain('SECRET-VALUE');
        for (const { detail } of findings) expect(detail).toMatch(/^[A-Za-z][^\n]*\.$/);
      }),
      { numRuns: inputs(500) },
    );
  });
});
