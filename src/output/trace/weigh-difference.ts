import type { TraceDifference } from './comparison.ts';
import { describeDifference } from './describe-difference.ts';
import type { TraceFact } from './trace-facts.ts';

/** A fact that is not the same in both runs; null where one has none. */
export interface FactPair {
  readonly fact: TraceFact;
  readonly a: string | null;
  readonly b: string | null;
}

/** Made anew for each run, or with each answer: that these differ says nothing. */
const alwaysNew = new Set([
  'access_token',
  'client_assertion',
  'id_token',
  'refresh_token',
  'age',
  'at_hash',
  'auth_time',
  'c_hash',
  'cf-ray',
  'code',
  'code_challenge',
  'code_verifier',
  'content-length',
  'date',
  'etag',
  'exp',
  'expires',
  'iat',
  'jti',
  'last-modified',
  'nbf',
  'nonce',
  's_hash',
  'session_state',
  'set-cookie',
  'sid',
  'state',
  'traceparent',
  'user-agent',
  'x-correlation-id',
  'x-ms-request-id',
  'x-request-id',
  'dpop-nonce',
  'keep-alive',
  'connection',
  'report-to',
  'nel',
  'content-security-policy',
]);

/** Says how much a difference counts, and why. */
export function weighDifference(
  { fact, a, b }: FactPair,
  mayBeCause: boolean,
  secretsCompare: boolean,
): TraceDifference {
  const { title, side, place, name } = fact;
  const remark = a === null || b === null ? null : (describeDifference(a, b) ?? null);
  const isNew = alwaysNew.has(name.replace(/^.*\./, '')) && a !== null && b !== null;
  const redacted =
    !secretsCompare &&
    a !== null &&
    b !== null &&
    /‹/.test(a) &&
    withoutPlaceholders(a) === withoutPlaceholders(b);
  const loopbackPort =
    name === 'redirect_uri' &&
    remark === 'only the port' &&
    /^https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])[:/]/i.test(a ?? '');
  const shared = { title, side, place, name, a, b };
  if (isNew) return { ...shared, weight: 'expected', remark: 'made anew for each run' };
  if (redacted) return { ...shared, weight: 'expected', remark: 'redacted in both' };
  if (loopbackPort) return { ...shared, weight: 'expected', remark: 'only the port, on this machine' };
  return { ...shared, weight: mayBeCause && side === 'sent' ? 'cause' : 'notable', remark };
}

function withoutPlaceholders(text: string): string {
  return text.replaceAll(/‹[^‹›]+›/g, '‹›');
}
