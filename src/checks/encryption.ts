import { isUrl } from '../http-message.ts';
import { isLoopbackUrl } from '../protocol/redirect-uri.ts';
import { own, say } from '../say.ts';
import { type CheckResult, checkResult } from './check-result.ts';

/** Tells whether others on the way can read what is sent to a URL: plain http that leaves this machine. */
export function isReadableOnTheWay(text: string): boolean {
  if (!isUrl(text)) return false;
  const url = new URL(text);
  return url.protocol === 'http:' && !isLoopbackUrl(url);
}

/**
 * The failed check of an address to which a secret is about to go; undefined where it may go (RFC 6749 §3.1, §3.2;
 * RFC 6750 §5.3).
 */
export function findUnencrypted(text: string): CheckResult | undefined {
  if (!isReadableOnTheWay(text)) return undefined;
  // The query may hold what is secret.
  const { host, pathname } = new URL(text);
  const url = `http://${host}${pathname}`;
  const detail = say`${url} is plain http: anyone on the way to ${host} could read the secrets sent there.`;
  return checkResult('insecure-endpoint', 'fail', detail, { expected: own('https'), received: url });
}
