import { type CheckResult, checkResult } from './check-result.ts';

/** Says what the chosen PKCE method protects from, as the authorization request carried it (RFC 7636, RFC 9700 §2.1.1). */
export function checkPkce(method: 'S256' | 'plain' | 'off'): CheckResult {
  const compared = { expected: 'S256', received: method };
  switch (method) {
    case 'S256':
      return checkResult(
        'pkce',
        'pass',
        'The code is bound to this run by a hashed code verifier.',
        compared,
      );
    case 'plain':
      return checkResult(
        'pkce',
        'warn',
        'With plain the verifier itself stands in the authorization URL: whoever sees that can redeem the code.',
        compared,
      );
    case 'off':
      return checkResult(
        'pkce',
        'warn',
        'Without PKCE a stolen authorization code can be redeemed by others.',
        compared,
      );
  }
}
