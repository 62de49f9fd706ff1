import { isLoopbackHost } from '../../protocol/redirect-uri.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { shownValue } from '../shown-value.ts';

/** Checks that an issuer is an https URL without query and fragment; http is accepted on loopback (OIDC Discovery §3, RFC 8414 §2). */
export function checkIssuerUrl(issuer: string): CheckResult {
  const received = shownValue(issuer);
  const warn = (detail: string) =>
    checkResult('issuer-url', 'warn', detail, {
      expected: 'an https URL without query and fragment',
      received,
    });
  if (!URL.canParse(issuer)) return warn('The issuer is no absolute URL.');
  const url = new URL(issuer);
  if (issuer.includes('?')) return warn('The issuer has a query.');
  if (issuer.includes('#')) return warn('The issuer has a fragment.');
  if (url.username !== '' || url.password !== '') return warn('The issuer holds a user name or password.');
  if (url.protocol === 'https:')
    return checkResult('issuer-url', 'pass', 'The issuer is an https URL.', { received });
  return url.protocol === 'http:' && isLoopbackHost(url.hostname)
    ? checkResult('issuer-url', 'pass', 'The issuer is on this machine, where http does.', { received })
    : warn('The issuer is not an https URL: who is on the way can pose as the server.');
}
