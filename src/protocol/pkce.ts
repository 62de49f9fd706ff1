import { createHash, randomBytes } from 'node:crypto';

/** How the code verifier is turned into the challenge (RFC 7636 §4.2); `off` sends no PKCE at all. */
export type PkceMethod = 'S256' | 'plain' | 'off';

/** A code verifier of 43 characters with 256 bits of randomness (RFC 7636 §4.1). */
export function createCodeVerifier(): string {
  return randomBytes(32).toString('base64url');
}

/** The code challenge for a verifier (RFC 7636 §4.2). */
export function codeChallenge(codeVerifier: string, method: 'S256' | 'plain'): string {
  return method === 'plain'
    ? codeVerifier
    : createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
}

/** A value for state or nonce: 192 bits, 32 characters (RFC 6749 §10.10; OIDC Core §15.5.2). */
export function createUnguessableValue(): string {
  return randomBytes(24).toString('base64url');
}
