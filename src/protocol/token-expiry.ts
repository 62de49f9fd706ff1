import { claimsOf } from '../jose/jwt.ts';
import type { TokenParameters } from './token-parameters.ts';

/** The longest time that a timer of Node can wait; it ends at once for a longer one. */
export const longestTimerMs = 2 ** 31 - 1;

/** The lifetime of an access token as its response gives it, and the clocks to read it by. */
export interface ExpiryEvidence {
  readonly reading: Pick<TokenParameters, 'accessToken' | 'expiresInSeconds' | 'expiresAt'>;
  /** When the request was sent: a lifetime counts from some moment after it. */
  readonly sentAt: Date;
  /** The server's clock minus the local one. */
  readonly clockSkewSeconds: number;
}

/**
 * When an access token expires by the local clock: the earliest of its lifetime, an absolute expiry that stands in
 * for one, and its own `exp` when it is a JWT; undefined when nothing says it (RFC 6749 §5.1, RFC 9068 §2.2). A
 * lifetime of zero or less says nothing.
 */
export function accessTokenExpiry({ reading, sentAt, clockSkewSeconds }: ExpiryEvidence): Date | undefined {
  const { accessToken, expiresInSeconds, expiresAt } = reading;
  const skewMs = clockSkewSeconds * 1000;
  const moments = [
    expiresInSeconds !== null && expiresInSeconds > 0
      ? sentAt.getTime() + expiresInSeconds * 1000
      : undefined,
    expiresInSeconds === null && expiresAt !== null ? expiresAt.getTime() - skewMs : undefined,
    accessToken === null ? undefined : withSkew(jwtExpirySeconds(accessToken), skewMs),
  ].filter((moment) => moment !== undefined);
  const earliest = new Date(Math.min(...moments));
  return Number.isNaN(earliest.getTime()) ? undefined : earliest;
}

/** The `exp` of a JWT, in seconds since 1970; undefined for anything else (RFC 7519 §4.1.4). */
export function jwtExpirySeconds(token: string): number | undefined {
  const { exp } = claimsOf(token);
  return typeof exp === 'number' && exp > 0 ? exp : undefined;
}

function withSkew(seconds: number | undefined, skewMs: number): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000 - skewMs;
}
