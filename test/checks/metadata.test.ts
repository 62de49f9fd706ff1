import { describe, expect, it } from 'vitest';
import type { CheckId } from '../../src/checks/catalogue.ts';
import type { CheckOutcome } from '../../src/checks/check-result.ts';
import {
  checkDemands,
  checkDiscovery,
  checkIssuerUrl,
  type MetadataSpecification,
} from '../../src/checks/metadata.ts';
import type { JsonObject } from '../../src/json/json.ts';

const issuer = 'https://as.example';
const sound: JsonObject = {
  issuer,
  authorization_endpoint: 'https://as.example/authorize',
  token_endpoint: 'https://as.example/token',
  jwks_uri: 'https://as.example/jwks',
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  id_token_signing_alg_values_supported: ['RS256'],
  code_challenge_methods_supported: ['S256'],
};

type Changes = Readonly<Record<string, JsonObject[string] | undefined>>;

function changed(changes: Changes): JsonObject {
  const members = Object.entries({ ...sound, ...changes }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members) as JsonObject;
}

function judge(id: CheckId, changes: Changes, specification: MetadataSpecification = 'OIDC Discovery') {
  const documents = [{ specification, metadata: changed(changes) }];
  const results = checkDiscovery({ issuer, documents }).filter((result) => result.id === id);
  expect(results).toHaveLength(1);
  return results[0];
}

describe('the checks of discovery', () => {
  it('are all passed by a sound document', () => {
    const documents = [{ specification: 'OIDC Discovery' as const, metadata: sound }];
    expect(checkDiscovery({ issuer, documents }).map(({ id, outcome }) => [id, outcome])).toEqual([
      ['issuer-url', 'pass'],
      ['metadata-issuer', 'pass'],
      ['metadata-required', 'pass'],
      ['metadata-types', 'pass'],
      ['metadata-urls', 'pass'],
      ['pkce-advertised', 'pass'],
    ]);
  });

  it('judge the issuer alone when there is no document, and the document alone when there is no issuer', () => {
    expect(checkDiscovery({ issuer, documents: [] }).map(({ id }) => id)).toEqual(['issuer-url']);
    const documents = [{ specification: 'given' as const, metadata: sound }];
    const results = checkDiscovery({ issuer: null, documents });
    expect(results[0]).toMatchObject({ id: 'metadata-issuer', outcome: 'skipped', received: issuer });
  });
});

describe('the check of the issuer URL', () => {
  it.each<[string, CheckOutcome]>([
    ['https://as.example', 'pass'],
    ['https://as.example/realms/a', 'pass'],
    ['http://localhost:3000', 'pass'],
    ['http://127.0.0.1:3000/op', 'pass'],
    ['http://[::1]:3000', 'pass'],
    ['http://as.example', 'warn'],
    ['http://localhost.evil.example', 'warn'],
    ['https://as.example?tenant=1', 'warn'],
    ['https://as.example?', 'warn'],
    ['https://as.example#a', 'warn'],
    ['https://user:password@as.example', 'warn'],
    ['as.example', 'warn'],
    ['ftp://localhost', 'warn'],
  ])('for %s has the outcome %s', (url, outcome) => {
    expect(checkIssuerUrl(url)).toMatchObject({ id: 'issuer-url', outcome, received: url });
  });
});

describe('the check of the issuer in the metadata', () => {
  it.each<[Changes, CheckOutcome, string]>([
    [{}, 'pass', 'asked for'],
    [{ issuer: 'https://as.example/' }, 'fail', 'trailing slash'],
    [{ issuer: 'https://AS.example' }, 'fail', 'letter case'],
    [{ issuer: 'https://other.example' }, 'fail', 'differ from character 9 on'],
    [{ issuer: undefined }, 'fail', 'issuer is missing'],
    [{ issuer: ['https://as.example'] }, 'fail', 'not a string'],
  ])('for %j has the outcome %s', (changes, outcome, detail) => {
    const result = judge('metadata-issuer', changes);
    expect(result).toMatchObject({ outcome, expected: issuer });
    expect(result?.detail).toContain(detail);
  });
});

describe('the check of required members', () => {
  it.each<[MetadataSpecification, Changes, string | undefined]>([
    ['OIDC Discovery', { jwks_uri: undefined }, 'Missing: jwks_uri.'],
    ['OIDC Discovery', { subject_types_supported: null }, 'Missing: subject_types_supported.'],
    ['OIDC Discovery', { token_endpoint: undefined }, 'Missing: token_endpoint.'],
    ['OIDC Discovery', { token_endpoint: undefined, response_types_supported: ['id_token'] }, undefined],
    [
      'OIDC Discovery',
      { token_endpoint: undefined, response_types_supported: ['id_token code'] },
      'Missing: token_endpoint.',
    ],
    [
      'RFC 8414',
      {
        jwks_uri: undefined,
        subject_types_supported: undefined,
        id_token_signing_alg_values_supported: undefined,
      },
      undefined,
    ],
    ['RFC 8414', { authorization_endpoint: undefined }, 'Missing: authorization_endpoint.'],
    [
      'RFC 8414',
      { authorization_endpoint: undefined, grant_types_supported: ['client_credentials'] },
      undefined,
    ],
    ['RFC 8414', { token_endpoint: undefined, grant_types_supported: ['implicit'] }, undefined],
    ['RFC 8414', { token_endpoint: undefined }, 'Missing: token_endpoint.'],
    ['RFC 8414', { response_types_supported: undefined }, 'Missing: response_types_supported.'],
    ['given', { jwks_uri: undefined }, undefined],
  ])('by %s for %j says %j', (specification, changes, detail) => {
    const result = judge('metadata-required', changes, specification);
    expect(result?.outcome).toBe(detail === undefined ? 'pass' : 'warn');
    if (detail !== undefined) expect(result?.detail).toBe(detail);
  });
});

describe('the check of types', () => {
  it.each<[Changes, string | undefined]>([
    [{ 'x-vendor': 1, require_pushed_authorization_requests: false }, undefined],
    [{ scopes_supported: 'openid' }, 'scopes_supported is not an array of strings.'],
    [{ scopes_supported: ['openid', 1] }, 'scopes_supported is not an array of strings.'],
    [{ scopes_supported: null }, 'scopes_supported is not an array of strings.'],
    [{ scopes_supported: [] }, 'scopes_supported is empty.'],
    [{ token_endpoint: {} }, 'token_endpoint is not a string.'],
    [{ vendor_endpoint: 1 }, 'vendor_endpoint is not a string.'],
    [{ claims_parameter_supported: 'true' }, 'claims_parameter_supported is not a boolean.'],
    [
      { authorization_response_iss_parameter_supported: 1 },
      'authorization_response_iss_parameter_supported is not a boolean.',
    ],
    [{ mtls_endpoint_aliases: [] }, 'mtls_endpoint_aliases is not an object.'],
    [
      { mtls_endpoint_aliases: { token_endpoint: null } },
      'mtls_endpoint_aliases.token_endpoint is not a string.',
    ],
  ])('for %j says %j', (changes, detail) => {
    const result = judge('metadata-types', changes);
    expect(result?.outcome).toBe(detail === undefined ? 'pass' : 'warn');
    if (detail !== undefined) expect(result?.detail).toBe(detail);
  });
});

describe('the check of endpoint URLs', () => {
  it.each<[Changes, CheckOutcome, string]>([
    [{}, 'pass', 'All endpoints'],
    [
      { token_endpoint: 'http://localhost:3000/token' },
      'pass',
      'Over http, which is allowed on this machine only: token_endpoint.',
    ],
    [{ token_endpoint: 'http://as.example/token' }, 'warn', 'token_endpoint is not https'],
    [{ token_endpoint: '/token' }, 'warn', 'token_endpoint is not an absolute URL'],
    [{ token_endpoint: '' }, 'warn', 'token_endpoint is not an absolute URL'],
    [{ jwks_uri: 'https://as.example/jwks#a' }, 'warn', 'jwks_uri has a fragment'],
    [{ vendor_endpoint: 'javascript:alert(1)' }, 'warn', 'vendor_endpoint is not https'],
    [
      { mtls_endpoint_aliases: { token_endpoint: 'http://as.example' } },
      'warn',
      'mtls_endpoint_aliases.token_endpoint is not https',
    ],
    [
      { mtls_endpoint_aliases: { token_endpoint: '' } },
      'warn',
      'mtls_endpoint_aliases.token_endpoint is not an absolute URL',
    ],
  ])('for %j has the outcome %s', (changes, outcome, detail) => {
    const result = judge('metadata-urls', changes);
    expect(result).toMatchObject({ outcome });
    expect(result?.detail).toContain(detail);
  });
});

describe('the check of PKCE in the metadata', () => {
  it.each<[Changes, CheckOutcome, string]>([
    [{}, 'pass', '["S256"]'],
    [{ code_challenge_methods_supported: ['plain'] }, 'warn', '["plain"]'],
    [{ code_challenge_methods_supported: undefined }, 'warn', '(absent)'],
    [{ code_challenge_methods_supported: 'S256' }, 'warn', '"S256"'],
  ])('for %j has the outcome %s', (changes, outcome, received) => {
    expect(judge('pkce-advertised', changes)).toMatchObject({ outcome, expected: 'S256', received });
  });
});

describe('two documents of one server', () => {
  const both = (changes: Changes) =>
    checkDiscovery({
      issuer,
      documents: [
        {
          specification: 'OIDC Discovery',
          metadata: { ...sound, scopes_supported: ['a', 'b'], x: { p: 1, q: [2] } },
        },
        {
          specification: 'RFC 8414',
          metadata: changed({ scopes_supported: ['b', 'a'], x: { q: [2], p: 1 }, ...changes }),
        },
      ],
    });

  it('agree whatever the order of lists and members, and have members of their own', () => {
    const results = both({ revocation_endpoint: 'https://as.example/revoke' });
    expect(results.map(({ id }) => id)).toEqual([
      'issuer-url',
      'metadata-issuer',
      'metadata-required',
      'metadata-types',
      'metadata-urls',
      'metadata-agreement',
      'pkce-advertised',
    ]);
    expect(results.every(({ outcome }) => outcome === 'pass')).toBe(true);
  });

  it('are named where they differ', () => {
    const results = both({ token_endpoint: 'https://as.example/other', x: { p: 1, q: [3] } });
    expect(results.find(({ id }) => id === 'metadata-agreement')).toMatchObject({
      outcome: 'warn',
      detail: 'The documents differ in token_endpoint, x.',
    });
  });

  it('are judged one by one, and named by their specification', () => {
    const own = both({ issuer: 'https://other.example' }).filter(({ id }) => id === 'metadata-issuer');
    expect(own).toMatchObject([{ outcome: 'fail', received: 'https://other.example' }]);
    expect(own[0]?.detail).toMatch(/^RFC 8414: /);
  });

  it('are compared without limit to their depth', () => {
    const deep = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`);
    expect(both({ x: deep }).find(({ id }) => id === 'metadata-agreement')?.outcome).toBe('warn');
  });
});

describe('the demands of a server', () => {
  const sent = (parameters: Record<string, string>) => new Map(Object.entries(parameters));

  it.each<[object, Record<string, string>, string | undefined]>([
    [{ response_modes_supported: ['query'] }, { response_mode: 'jwt' }, 'response_mode jwt'],
    [{ response_modes_supported: ['query', 'jwt'] }, { response_mode: 'jwt' }, undefined],
    [{}, { response_mode: 'jwt' }, undefined],
    [{ request_parameter_supported: false }, { request: 'a.b.c' }, 'request objects in the URL'],
    [{ request_parameter_supported: false }, { request_uri: 'urn:x' }, undefined],
    [
      { request_uri_parameter_supported: false },
      { request_uri: 'https://c.example/r' },
      'fetch request objects',
    ],
    [
      { request_uri_parameter_supported: false },
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
      undefined,
    ],
    [{ require_signed_request_object: true }, { request: 'a.b.c' }, undefined],
    [{ require_signed_request_object: true }, {}, 'demands a signed request object'],
    [{ require_pushed_authorization_requests: true }, { request_uri: 'urn:x' }, undefined],
    [{ require_pushed_authorization_requests: true }, {}, 'demands pushed authorization requests'],
  ])('of %o are compared with %o', (metadata, parameters, unmet) => {
    const details = checkDemands(metadata as JsonObject, sent(parameters)).map(({ detail }) => detail);
    expect(details).toEqual(unmet === undefined ? [] : [expect.stringContaining(unmet)]);
  });
});
