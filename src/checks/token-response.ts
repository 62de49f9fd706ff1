import { combinedHeaderValue } from '../http-message.ts';
import type { TokensReading } from '../protocol/token-response.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { listed, shownValue } from './shown-value.ts';
import { durationText } from './time-text.ts';

/** A response with tokens, and the scope that was asked for. */
export interface TokenResponseEvidence {
  readonly reading: Pick<TokensReading, 'tokenType' | 'expiresInSeconds' | 'scope' | 'response'>;
  /** Empty when no scope was requested. */
  readonly requestedScope: readonly string[];
}

/** Makes the checks of a response with tokens: shape, type, lifetime, scope and caching (RFC 6749 §5.1). */
export function checkTokenResponse({ reading, requestedScope }: TokenResponseEvidence): CheckResult[] {
  const cacheControl = combinedHeaderValue(reading.response.headers, 'cache-control');
  return [
    checkResult('token-response', 'pass', 'The response has tokens where they belong.'),
    checkTokenType(reading.tokenType),
    checkExpiresIn(reading.expiresInSeconds),
    checkGrantedScope(reading.scope, requestedScope),
    checkCacheControl(cacheControl),
  ];
}

/** Checks that the token type is one whose use is known here (RFC 6749 §7.1, RFC 6750, RFC 9449 §5). */
export function checkTokenType(tokenType: string | null): CheckResult {
  const expected = 'Bearer or DPoP';
  const received = shownValue(tokenType ?? undefined);
  if (tokenType === null)
    return checkResult('token-type', 'warn', 'token_type is missing.', { expected, received });
  return /^(bearer|dpop)$/i.test(tokenType)
    ? checkResult(
        'token-type',
        'pass',
        `The access token is used as ${/^bearer$/i.test(tokenType) ? 'Bearer' : 'DPoP'}.`,
        {
          expected,
          received,
        },
      )
    : checkResult('token-type', 'warn', 'How to use an access token of this type is not known here.', {
        expected,
        received,
      });
}

/** Checks that the access token has a plausible lifetime (RFC 6749 §5.1). */
export function checkExpiresIn(expiresInSeconds: number | null): CheckResult {
  const received = expiresInSeconds === null ? '(absent)' : `${expiresInSeconds} s`;
  if (expiresInSeconds === null)
    return checkResult('expires-in', 'warn', 'The access token has no lifetime.', { received });
  if (!(expiresInSeconds > 0 && expiresInSeconds <= 2_147_483_647)) {
    return checkResult('expires-in', 'warn', 'The lifetime of the access token is not plausible.', {
      received,
    });
  }
  return checkResult('expires-in', 'pass', `The access token lives ${durationText(expiresInSeconds)}.`, {
    received,
  });
}

/** Compares granted with requested scope, naming what is missing and what is extra (RFC 6749 §3.3, §5.1). */
export function checkGrantedScope(
  scope: readonly string[] | null,
  requestedScope: readonly string[],
): CheckResult {
  const expected = shownValue(requestedScope.join(' '));
  if (scope === null) {
    return checkResult(
      'granted-scope',
      'pass',
      requestedScope.length === 0
        ? 'The response has no scope and none was requested.'
        : 'The response has no scope, which means: as requested.',
      { expected, received: '(absent)' },
    );
  }
  const received = shownValue(scope.join(' '));
  const missing = requestedScope.filter((value) => !scope.includes(value)).map(shownValue);
  const extra = scope.filter((value) => !requestedScope.includes(value)).map(shownValue);
  if (requestedScope.length === 0) {
    return checkResult('granted-scope', 'pass', 'No scope was requested; the server chose one.', {
      received,
    });
  }
  if (missing.length === 0 && extra.length === 0) {
    return checkResult('granted-scope', 'pass', 'All of the requested scope was granted.', {
      expected,
      received,
    });
  }
  const parts = [
    ...(missing.length > 0 ? [`not granted: ${listed(missing, 10)}`] : []),
    ...(extra.length > 0 ? [`granted without being requested: ${listed(extra, 10)}`] : []),
  ];
  return checkResult('granted-scope', 'warn', `The scope differs from the request; ${parts.join('; ')}.`, {
    expected,
    received,
  });
}

/** Checks that nobody on the way may store the tokens: `Cache-Control: no-store` (RFC 6749 §5.1). */
export function checkCacheControl(cacheControl: string | undefined): CheckResult {
  const compared = { expected: 'no-store', received: shownValue(cacheControl) };
  const directives = (cacheControl ?? '').split(',').map((directive) => directive.trim().toLowerCase());
  return directives.includes('no-store')
    ? checkResult('cache-control', 'pass', 'The response may not be stored.', compared)
    : checkResult(
        'cache-control',
        'warn',
        'The response with the tokens does not forbid storing it.',
        compared,
      );
}
