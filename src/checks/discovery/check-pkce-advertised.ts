import type { JsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';

/** Checks whether the server advertises PKCE with S256; it may support it all the same (RFC 8414 §2, RFC 9700 §2.1.1). */
export function checkPkceAdvertised({ code_challenge_methods_supported: methods }: JsonObject): CheckResult {
  const compared = { expected: 'S256', received: shownValue(methods) };
  if (Array.isArray(methods) && methods.includes('S256')) {
    return checkResult('pkce-advertised', 'pass', 'The server advertises PKCE with S256.', compared);
  }
  return methods === undefined
    ? checkResult('pkce-advertised', 'warn', 'The server does not say whether it supports PKCE.', compared)
    : checkResult('pkce-advertised', 'warn', 'The server does not advertise PKCE with S256.', compared);
}
