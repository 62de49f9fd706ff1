import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MetadataReading, readMetadata, readMetadataMembers } from '../../src/protocol/metadata.ts';

function read(body: string, status = 200): MetadataReading {
  return readMetadata({ status, headers: [], body }, { issuer: 'https://op.example' });
}

describe('readMetadata', () => {
  it('gives members their types and keeps the document', () => {
    const document = {
      issuer: 'https://op.example',
      token_endpoint: 'https://op.example/token',
      response_types_supported: ['code'],
      authorization_response_iss_parameter_supported: true,
      mtls_endpoint_aliases: { token_endpoint: 'https://mtls.op.example/token' },
      something_else: 1,
    };
    const { something_else, ...known } = document;
    expect(something_else).toBe(1);
    expect(read(JSON.stringify(document))).toMatchObject({
      type: 'metadata',
      document,
      issuer: 'https://op.example',
      askedIssuer: 'https://op.example',
      metadata: known,
      wrongTypes: [],
    });
  });

  it('leaves out members of the wrong type and names them', () => {
    const { metadata, wrongTypes } = readMetadataMembers({
      issuer: 1,
      jwks_uri: null,
      scopes_supported: 'openid',
      claims_supported: ['sub', 1],
      require_pushed_authorization_requests: 'true',
      mtls_endpoint_aliases: [],
    });
    expect(metadata).toEqual({});
    expect(wrongTypes).toEqual([
      { name: 'issuer', expected: 'string' },
      { name: 'jwks_uri', expected: 'string' },
      { name: 'require_pushed_authorization_requests', expected: 'boolean' },
      { name: 'scopes_supported', expected: 'array of strings' },
      { name: 'claims_supported', expected: 'array of strings' },
      { name: 'mtls_endpoint_aliases', expected: 'object' },
    ]);
  });

  it('takes nothing from the prototype', () => {
    expect(read('{"__proto__":{"issuer":"https://evil.example"}}')).toMatchObject({
      issuer: null,
      metadata: {},
    });
  });

  it.each([
    ['', 200, 'an empty body'],
    ['[]', 200, 'a JSON array'],
    ['{', 200, 'malformed JSON'],
    ['<html>', 200, 'an HTML page'],
    ['<a/>', 200, 'XML'],
    ['error=x', 200, 'form data'],
    ['Not Found', 404, 'plain text'],
    ['{"error":"not_found"}', 404, 'no success'],
  ])('cannot read %j with status %i: %s', (body, status, reason) => {
    expect(read(body, status)).toMatchObject({ type: 'unreadable', reason });
  });

  it('never throws, whatever the response', () => {
    const json = fc
      .dictionary(fc.constantFrom('issuer', 'scopes_supported', '__proto__', 'x'), fc.jsonValue())
      .map((value) => JSON.stringify(value));
    fc.assert(
      fc.property(fc.oneof(json, fc.string({ unit: 'binary' })), (text) => {
        expect(['metadata', 'unreadable']).toContain(read(text).type);
      }),
    );
  });
});
