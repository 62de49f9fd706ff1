import { holdsPlaceholder, placeholders } from '../../protocol/placeholder.ts';
import { readRedirectUri } from '../../protocol/redirect-uri.ts';
import type { Redacted, TraceDifference } from './comparison.ts';
import { describeDifference } from './describe-difference.ts';
import type { TraceFact } from './trace-facts.ts';

/** A fact that is not the same in both runs; null where one has none. */
export interface FactPair {
  readonly fact: TraceFact;
  readonly a: string | null;
  readonly b: string | null;
}

/** What the weight of a difference depends on besides its values. */
export interface Weighing {
  /** It was met before the runs parted, one of which failed. */
  readonly mayBeCause: boolean;
  readonly redacted: Redacted;
  /** The run whose redirect URIs differ among themselves. */
  readonly strayRedirect: 'A' | 'B' | undefined;
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
  { mayBeCause, redacted, strayRedirect }: Weighing,
): TraceDifference {
  const { title, side, place, name } = fact;
  const remark = a === null || b === null ? null : (describeDifference(a, b) ?? null);
  const isNew = alwaysNew.has(name.replace(/^.*\./, '')) && a !== null && b !== null;
  const isHidden =
    redacted !== 'neither' &&
    a !== null &&
    b !== null &&
    holdsPlaceholder(a) &&
    withoutPlaceholders(a) === withoutPlaceholders(b);
  const loopbackPort =
    name === 'redirect_uri' && remark === 'only the port' && readRedirectUri(a ?? '')?.loopback === true;
  const isStray = strayRedirect !== undefined && name === 'redirect_uri' && title !== 'Authorization request';
  const shared = { title, side, place, name, a, b };
  if (isNew) return { ...shared, weight: 'expected', remark: 'made anew for each run' };
  if (isHidden) return { ...shared, weight: 'expected', remark: redactedText(redacted) };
  if (loopbackPort && isStray) {
    const stray = `in ${strayRedirect} not that of the authorization request`;
    return { ...shared, weight: mayBeCause ? 'cause' : 'notable', remark: stray };
  }
  if (loopbackPort) return { ...shared, weight: 'expected', remark: 'only the port, on this machine' };
  return { ...shared, weight: mayBeCause && side === 'sent' ? 'cause' : 'notable', remark };
}

/** Says where secrets are missing: `redacted in both`. */
export function redactedText(redacted: Redacted): string {
  return `redacted in ${redacted === 'both' ? 'both' : redacted.toUpperCase()}`;
}

function withoutPlaceholders(text: string): string {
  return text.replaceAll(placeholders, '‹›');
}
