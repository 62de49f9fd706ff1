import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { type RecordedEvent, savedExchange } from '../../src/recording/recording.ts';
import { metadata, seen, server } from './saved-messages.ts';

const diagnoseLast = (captured: readonly RecordedEvent[]) => seen(...captured).diagnosis;

const certain = (found: readonly Diagnosis[]) =>
  found.filter(({ confidence }) => confidence === 'high').map(({ cause }) => cause);

interface Refusal {
  readonly path?: string;
  readonly body?: string | null;
  readonly error?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly date?: string;
}

const refused = ({ path = '/token', body = null, error = 'invalid_client', headers = [], date }: Refusal) =>
  savedExchange({
    source: 'test',
    request: {
      method: 'POST',
      url: `${server}${path}`,
      headers: [['Content-Type', 'application/x-www-form-urlencoded'], ...headers],
      body,
    },
    response: {
      status: 401,
      headers: [
        ['Content-Type', 'application/json'],
        ...(date === undefined ? [] : [['Date', date] as const]),
      ],
      body: JSON.stringify({ error }),
    },
  });

const basic = (pair: string) => ['Authorization', `Basic ${Buffer.from(pair).toString('base64')}`] as const;
const grant = 'grant_type=authorization_code&code=abcdef&client_id=app';
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const assertion = (claims: object) =>
  `client_assertion=${part({ alg: 'ES256' })}.${part({ iss: 'app', sub: 'app', ...claims })}.c2ln`;

/** The causes of a token exchange that a server refuses with these words. */
function refusedExchange(description: string) {
  const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
  return diagnoseLast([
    savedExchange({
      source: 'test',
      request: {
        method: 'POST',
        url: `${server}/token`,
        headers: [['Content-Type', 'application/x-www-form-urlencoded']],
        body: `grant_type=${encodeURIComponent(exchange)}&subject_token=abc&subject_token_type=urn%3Ax&client_id=a`,
      },
      response: {
        status: 400,
        headers: [['Content-Type', 'application/json']],
        body: JSON.stringify({ error: 'invalid_request', error_description: description }),
      },
    }),
  ]);
}

describe('a grant', () => {
  const body = 'grant_type=password&username=a&password=b&client_id=app';
  it.each([
    [['authorization_code', 'refresh_token'], ['The server does not offer this grant.']],
    [['authorization_code', 'password'], []],
  ])('that the server does not offer, where it lists %j: %j', (listed, found) => {
    const offer = metadata({ grant_types_supported: listed });
    expect(certain(diagnoseLast([offer, refused({ body, error: 'unsupported_grant_type' })]))).toEqual(found);
  });

  it.each([
    ['Requested audience not available: backend', 'The resource or audience is unknown'],
    ['requested_token_type unsupported', 'The server does not issue the type of token'],
    ['Client is not within the token audience', 'The subject or actor token is refused'],
    ['Invalid token', 'The subject or actor token is refused'],
  ])('that exchanges a token is refused for what the server says: %s', (description, cause) => {
    expect(refusedExchange(description)[0]?.cause).toContain(cause);
  });

  it('that exchanges a token and lacks its type is not told to leave the type out', () => {
    const found = refusedExchange('The requested_token_type must be given');
    expect(found[0]?.cause).toContain('has no requested_token_type');
    expect(found.map((one) => one.try).join()).not.toContain('leave out');
  });
});

describe('an error of an endpoint that is not the token endpoint', () => {
  it.each(['/introspect', '/oauth2/v1/revoke', '/realms/main/protocol/openid-connect/token/introspect'])(
    'is not judged as a token request (%s)',
    (path) => {
      for (const error of ['invalid_client', 'invalid_request']) {
        const found = diagnoseLast([refused({ path, body: 'token=abc', error, headers: [basic('app:x')] })]);
        expect(found.length).toBeGreaterThan(0);
        for (const { cause } of found) expect(cause).not.toMatch(/grant_type|token request/);
      }
    },
  );

  it('still shows what is wrong with the client', () => {
    expect(
      certain(diagnoseLast([refused({ path: '/introspect', body: 'token=abc', headers: [basic('app:')] })])),
    ).toEqual(['The client secret is empty.']);
  });

  it.each(['app:x12345\n', 'app: x12345'])('shows white space beside the other causes: %j', (pair) => {
    const found = diagnoseLast([refused({ body: grant, headers: [basic(pair)] })]);
    expect(certain(found)).toEqual([]);
    expect(found.map(({ cause }) => cause)).toEqual([
      'The client secret has white space around it.',
      'The client secret is wrong.',
      expect.stringContaining('another authentication method'),
      'The server does not know this client.',
    ]);
    expect(found[1]?.why).not.toContain('white space');
  });

  it('is a token request where only grant_type is missing', () => {
    expect(certain(diagnoseLast([metadata(), refused({ body: 'code=abc&client_id=app' })]))).toContain(
      'grant_type is missing from the token request.',
    );
  });
});

describe('a client that is refused', () => {
  it('is not told to use a key because the server does not list public clients', () => {
    const found = diagnoseLast([
      metadata({ token_endpoint_auth_methods_supported: ['private_key_jwt'] }),
      refused({ body: grant }),
    ]);
    expect(certain(found)).toEqual([]);
    expect(found[0]?.cause).toBe(
      'The client does not authenticate, and the server does not list public clients.',
    );
  });

  it('is certain where a method was used that the server does not list', () => {
    const found = diagnoseLast([
      metadata({ token_endpoint_auth_methods_supported: ['private_key_jwt'] }),
      refused({ body: grant, headers: [basic('app:secret')] }),
    ]);
    expect(found[0]).toMatchObject({
      confidence: 'high',
      expected: 'one of private_key_jwt',
      received: 'client_secret_basic',
    });
  });

  it('is said to have posted its secret where it did', () => {
    const found = diagnoseLast([
      metadata({ token_endpoint_auth_methods_supported: ['client_secret_post', 'client_secret_basic'] }),
      refused({ body: `${grant}&client_secret=secret` }),
    ]);
    expect(found.map(({ why }) => why).join()).toContain('was sent in the body (client_secret_post)');
    expect(found.map(({ why }) => why).join()).not.toContain('Authorization header (client_secret_post)');
  });

  it.each<[string, string | null]>([
    ['nothing', null],
    ['nothing but an empty text', ''],
  ])('says nothing of credentials where %s of the body was saved', (_, body) => {
    const found = diagnoseLast([refused({ body })]);
    expect(certain(found)).toEqual([]);
    expect(found[0]?.cause).toMatch(/^The body of the request was not saved/);
    for (const { cause } of found) expect(cause).not.toMatch(/did not|does not authenticate/);
  });

  it('is certain of what stands in the head, whatever the body is', () => {
    const headers = [basic(':'), ['Content-Type', 'multipart/form-data; boundary=x'] as const];
    const found = diagnoseLast([
      savedExchange({
        source: 'test',
        step: 'token',
        request: { method: 'POST', url: `${server}/token`, headers, body: null },
        response: { status: 401, headers: [], body: '{"error":"invalid_client"}' },
      }),
    ]);
    expect(certain(found)).toEqual([
      'The client_id and the client secret are empty.',
      'The token request is multipart/form-data.',
    ]);
  });
});

describe('a client assertion that is refused', () => {
  const withAssertion = (claims: object) => refused({ body: `${grant}&${assertion(claims)}` });

  it.each<[string, object]>([
    ['the token endpoint', { aud: `${server}/token` }],
    ['the issuer, which nothing says', { aud: `${server}/tenant` }],
  ])('is not for another audience where aud is %s', (_, claims) => {
    const found = diagnoseLast([withAssertion(claims)]);
    expect(certain(found)).toEqual([]);
    expect(found[0]?.cause).toBe('The server does not accept the key of the client assertion.');
  });

  it('is perhaps for another audience where the issuer is not known', () => {
    expect(diagnoseLast([withAssertion({ aud: 'https://other.example' })])[0]).toMatchObject({
      cause: 'The client assertion is for another audience.',
      confidence: 'medium',
    });
  });

  it('is certainly for another audience where the metadata says so', () => {
    expect(diagnoseLast([metadata(), withAssertion({ aud: 'https://other.example' })])[0]).toMatchObject({
      cause: 'The client assertion is for another audience.',
      confidence: 'high',
      received: 'https://other.example',
    });
  });
});

describe('a scope that is refused', () => {
  it('is not certainly unknown because the metadata does not list it', () => {
    const found = diagnoseLast([
      metadata({ scopes_supported: ['openid'] }),
      refused({ body: 'grant_type=client_credentials&scope=api', error: 'invalid_scope' }),
    ]);
    expect(certain(found)).toEqual([]);
  });
});

describe('a challenge of Cloudflare', () => {
  it.each(['/token', '/userinfo', '/introspect'])('is what answers at %s', (path) => {
    const found = diagnoseLast([
      metadata({ userinfo_endpoint: `${server}/userinfo` }),
      savedExchange({
        source: 'test',
        step: path === '/userinfo' ? 'userinfo' : 'token',
        request: {
          method: 'POST',
          url: `${server}${path}`,
          headers: [basic('app:secret')],
          body: path === '/token' ? grant : 'token=abc',
        },
        response: {
          status: 403,
          headers: [['cf-mitigated', 'challenge']],
          body: '<html>Just a moment...</html>',
        },
      }),
    ]);
    expect(certain(found)).toContain(
      'Cloudflare answered with a challenge for browsers, in front of the server.',
    );
    expect(found[0]?.cause).toMatch(/^Cloudflare/);
  });
});
