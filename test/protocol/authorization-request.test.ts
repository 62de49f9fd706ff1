import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AuthorizationRequestOptions,
  authorizationRequestAt,
  buildAuthorizationRequest,
  codeChallenge,
  createCodeVerifier,
  createUnguessableValue,
} from '../../src/protocol/authorization-request.ts';
import { buildEndSessionUrl } from '../../src/protocol/end-session.ts';
import { readParameterOverride, splitScope } from '../../src/protocol/parameters.ts';
import { inputs } from '../every-case.ts';

const endpoint = 'https://server.example.com/authorize';
const codeVerifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
const challenge = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

const options: AuthorizationRequestOptions = {
  clientId: 's6BhdRkqt3',
  scope: [],
  resources: [],
  overrides: [],
};
const run = { redirectUri: 'https://client.example.com/cb', pkce: 'off' as const, codeVerifier };

const overrides = (...texts: string[]) =>
  texts.flatMap((text) => {
    const override = readParameterOverride(text);
    return override === undefined ? [] : [override];
  });

describe('the authorization request', () => {
  it('has the parameters of the example in RFC 6749 §4.1.1', () => {
    const { url } = buildAuthorizationRequest(endpoint, options, { ...run, state: 'xyz' });
    const example =
      'https://server.example.com/authorize?response_type=code&client_id=s6BhdRkqt3&state=xyz' +
      '&redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb';
    const sorted = (text: string) => [...new URL(text).searchParams].sort();
    expect(sorted(url)).toEqual(sorted(example));
    expect(url.split('?')[0]).toBe(endpoint);
  });

  it('carries everything that can be asked for, in one order', () => {
    const request = buildAuthorizationRequest(
      endpoint,
      {
        clientId: 'client 1',
        scope: ['openid', 'profile'],
        responseMode: 'form_post',
        prompt: 'login consent',
        loginHint: 'alice+test@example.com',
        maxAgeSeconds: 0,
        acrValues: 'urn:a urn:b',
        uiLocales: 'fr-CA en',
        claims: '{"id_token":{"email":null}}',
        authorizationDetails: '[{"type":"payment"}]',
        resources: ['https://cal.example.com/', 'https://contacts.example.com/'],
        audience: 'api',
        overrides: [],
      },
      { redirectUri: 'http://127.0.0.1:8378/callback', state: 's', nonce: 'n', pkce: 'S256', codeVerifier },
    );
    expect(request.parameters).toEqual([
      ['response_type', 'code'],
      ['client_id', 'client 1'],
      ['redirect_uri', 'http://127.0.0.1:8378/callback'],
      ['scope', 'openid profile'],
      ['state', 's'],
      ['nonce', 'n'],
      ['code_challenge', challenge],
      ['code_challenge_method', 'S256'],
      ['response_mode', 'form_post'],
      ['prompt', 'login consent'],
      ['max_age', '0'],
      ['login_hint', 'alice+test@example.com'],
      ['acr_values', 'urn:a urn:b'],
      ['ui_locales', 'fr-CA en'],
      ['claims', '{"id_token":{"email":null}}'],
      ['authorization_details', '[{"type":"payment"}]'],
      ['resource', 'https://cal.example.com/'],
      ['resource', 'https://contacts.example.com/'],
      ['audience', 'api'],
    ]);
    expect([...new URL(request.url).searchParams]).toEqual(request.parameters);
    expect(request.sent).toEqual({
      state: 's',
      nonce: 'n',
      redirect_uri: 'http://127.0.0.1:8378/callback',
      scope: ['openid', 'profile'],
      code_challenge: challenge,
      pkce: 'S256',
      max_age: 0,
      acr_values: 'urn:a urn:b',
    });
  });

  it('writes a space as %20 and a plus as %2B, which every server reads alike', () => {
    const { url } = buildAuthorizationRequest(
      endpoint,
      { ...options, scope: ['a', 'b+c'], loginHint: 'ü£€' },
      run,
    );
    expect(url).toContain('&scope=a%20b%2Bc');
    expect(url).toContain('&login_hint=%C3%BC%C2%A3%E2%82%AC');
    expect(url).not.toContain('+');
  });

  it('holds the verifier itself with plain, and nothing of PKCE with off', () => {
    const plain = buildAuthorizationRequest(endpoint, options, { ...run, pkce: 'plain' });
    expect(plain.url).toContain(`code_challenge=${codeVerifier}&code_challenge_method=plain`);
    expect(plain.sent.pkce).toBe('plain');
    const off = buildAuthorizationRequest(endpoint, options, run);
    expect(off.url).not.toContain('code_challenge');
    expect(off.sent).toEqual({ redirect_uri: run.redirectUri, scope: [], pkce: 'off' });
  });
});

describe('an authorization endpoint with parts of its own (RFC 6749 §3.1)', () => {
  it.each([
    ['https://server.example.com/authorize', 'https://server.example.com/authorize?'],
    ['https://server.example.com/authorize?', 'https://server.example.com/authorize?'],
    ['https://server.example.com/authorize?p=b2c_1', 'https://server.example.com/authorize?p=b2c_1&'],
    ['https://server.example.com/authorize?p=b2c_1&', 'https://server.example.com/authorize?p=b2c_1&'],
    ['https://server.example.com/authorize#part', 'https://server.example.com/authorize?'],
    ['https://server.example.com/authorize?p=1#a?b', 'https://server.example.com/authorize?p=1&'],
    ['https://server.example.com', 'https://server.example.com/?'],
  ])('%s keeps its query and loses its fragment', (given, expected) => {
    const { url } = buildAuthorizationRequest(given, options, run);
    expect(url.startsWith(`${expected}response_type=code&client_id=`)).toBe(true);
    expect(url).not.toContain('#');
  });

  it('is left as it is when every parameter was removed', () => {
    const removed = overrides('response_type', 'client_id', 'redirect_uri');
    const { url } = buildAuthorizationRequest(`${endpoint}?a=b#c`, { ...options, overrides: removed }, run);
    expect(url).toBe(`${endpoint}?a=b`);
  });
});

describe('what a shell or a terminal could read as its own', () => {
  const hostile = ` '\`|\\\\^{}<>"\t\u00a0\u202e\u{1f600}`;
  const raw = /[^\x21-\x7e]|['`|\\^{}<>"]/;

  it.each<[where: string, url: () => string]>([
    [
      'a value and a name',
      () =>
        buildAuthorizationRequest(
          endpoint,
          { ...options, loginHint: hostile, overrides: overrides(`${hostile}=${hostile}`) },
          run,
        ).url,
    ],
    ['the path', () => buildAuthorizationRequest(`${endpoint}/${hostile}`, options, run).url],
    ['the query', () => buildAuthorizationRequest(`${endpoint}?${hostile}`, options, run).url],
    ['a value that a person changed', () => authorizationRequestAt(`${endpoint}?hint=${hostile}`).url],
    ['an end session endpoint', () => buildEndSessionUrl(`${endpoint}/${hostile}`, { clientId: hostile })],
  ])('is percent-encoded in %s', (_, url) => {
    expect(url()).not.toMatch(raw);
    expect(decodeURIComponent(url())).toContain("'`|");
  });
});

describe('what was really sent', () => {
  const full = { ...run, state: 'made', nonce: 'made', pkce: 'S256' as const };
  const sent = (...texts: string[]) =>
    buildAuthorizationRequest(
      endpoint,
      { ...options, scope: ['openid'], maxAgeSeconds: 60, acrValues: '1', overrides: overrides(...texts) },
      full,
    ).sent;

  it.each<[string, string, object]>([
    ['state=given', 'state', { state: 'given' }],
    ['nonce=given', 'nonce', { nonce: 'given' }],
    ['redirect_uri=https://other.example/cb', 'redirect_uri', { redirect_uri: 'https://other.example/cb' }],
    ['scope=a  b', 'scope', { scope: ['a', 'b'] }],
    ['code_challenge=given', 'code_challenge', { code_challenge: 'given' }],
    ['code_challenge_method=plain', 'pkce', { pkce: 'plain' }],
    ['max_age=5', 'max_age', { max_age: 5 }],
    ['acr_values=2', 'acr_values', { acr_values: '2' }],
  ])('follows --param %s', (text, name, expected) => {
    expect(sent(text)).toEqual({ ...sent(), ...expected });
    expect(sent()).toHaveProperty(name);
  });

  it.each(['state', 'nonce', 'redirect_uri', 'max_age', 'acr_values'])(
    'lacks %s when it was removed or sent empty',
    (name) => {
      const { [name as 'state']: _, ...rest } = sent();
      expect(sent(name)).toEqual(rest);
      expect(sent(`${name}=`)).toEqual(rest);
    },
  );

  it.each(['code_challenge', 'code_challenge='])('is not PKCE with --param %s', (text) => {
    const { code_challenge: _, ...rest } = sent();
    expect(sent(text)).toEqual({ ...rest, pkce: 'off' });
  });

  it('is plain when the method was removed, as RFC 7636 §4.3 reads that', () => {
    expect(sent('code_challenge_method')).toEqual({ ...sent(), pkce: 'plain' });
  });

  it('has no max_age when that is not a number', () => {
    expect(sent('max_age=soon')).not.toHaveProperty('max_age');
    expect(sent('max_age=5 minutes')).not.toHaveProperty('max_age');
  });
});

describe('a scope value', () => {
  it.each([
    ['openid profile', ['openid', 'profile']],
    ['  openid\t profile \n', ['openid', 'profile']],
    ['', []],
    [' ', []],
  ])('%j holds %j', (scope, tokens) => {
    expect(splitScope(scope)).toEqual(tokens);
  });
});

it('puts any value into the URL so that it is read back unchanged, on one line of ASCII', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'grapheme' }), (name, value) => {
      const { url } = buildAuthorizationRequest(
        endpoint,
        { ...options, overrides: [{ type: 'set', name: `x${name}`, value }] },
        run,
      );
      expect(url).toMatch(/^[\x21-\x7e]+$/);
      expect(new URL(url).searchParams.get(`x${name}`)).toBe(value);
    }),
    { numRuns: inputs(300) },
  );
});

describe('the code challenge', () => {
  const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

  it('is that of RFC 7636 Appendix B', () => {
    expect(codeChallenge(verifier, 'S256')).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
  });

  it('is the verifier itself with plain', () => {
    expect(codeChallenge(verifier, 'plain')).toBe(verifier);
  });
});

describe('the values made for one login', () => {
  it('are a code verifier of 43 to 128 unreserved characters (RFC 7636 §4.1)', () => {
    expect(createCodeVerifier()).toMatch(/^[A-Za-z0-9\-._~]{43,128}$/);
  });

  it('are a state and nonce with at least 128 bits that need no escaping', () => {
    const value = createUnguessableValue();
    expect(value).toMatch(/^[\w-]+$/);
    expect(Buffer.from(value, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
  });

  it.each([
    ['code verifiers', createCodeVerifier],
    ['states', createUnguessableValue],
  ])('never repeat: %s', (_, create) => {
    expect(new Set(Array.from({ length: 500 }, create)).size).toBe(500);
  });
});
