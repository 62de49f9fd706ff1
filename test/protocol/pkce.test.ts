import { describe, expect, it } from 'vitest';
import { codeChallenge, createCodeVerifier, createUnguessableValue } from '../../src/protocol/pkce.ts';

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
