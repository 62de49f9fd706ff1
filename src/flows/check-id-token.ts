import { type CheckResult, checkResult } from '../checks/check-result.ts';
import { checkClockSkew, measureClockSkew } from '../checks/clock-skew.ts';
import type { IdTokenEvidence } from '../checks/id-token/token-claims.ts';
import { validateIdToken } from '../checks/id-token/validate-id-token.ts';
import { checkJwks } from '../checks/jwks.ts';
import { needsFreshKeys } from '../checks/signed-jwt/judge-signature.ts';
import { type HttpExchange, headerValue } from '../http-message.ts';
import { type FetchedKeys, fetchKeys } from './fetch-keys.ts';
import type { Wire } from './send.ts';
import type { SettleChecks } from './settle-checks.ts';

/** Where the keys of the server come from, fetched while the person logged in. */
export interface KeySource {
  readonly fetched: Promise<FetchedKeys>;
  readonly jwksUri: string | undefined;
}

/**
 * Validates the ID token with the keys fetched so far, and with fresh ones when its key is not among them
 * (OIDC Core §3.1.3.7, §10.1.1). Returns the keys that were used last.
 * @throws ValidationError
 */
export async function checkIdToken(
  wire: Wire,
  source: KeySource,
  evidence: Omit<IdTokenEvidence, 'keys' | 'keysProblem' | 'clockSkewSeconds'>,
  tokenExchange: HttpExchange,
  settle: SettleChecks,
): Promise<FetchedKeys> {
  const { startedAt, durationMs, response } = tokenExchange;
  const skew = measureClockSkew(headerValue(response.headers, 'date'), startedAt, durationMs);
  settle('token', [checkClockSkew(skew, evidence.clockToleranceSeconds)]);

  let fetched = await source.fetched;
  if (fetched.type === 'keys' && needsFreshKeys(evidence.idToken, { keys: fetched.keys })) {
    wire.emit({
      type: 'remark',
      step: 'keys',
      text: 'The ID token names a key that is not in the key set; asking again.',
    });
    fetched = await fetchKeys(wire, source.jwksUri);
  }
  settle('keys', judgeKeys(fetched, evidence.now));
  settle(
    'id_token',
    await validateIdToken({ ...evidence, ...keysEvidence(fetched), clockSkewSeconds: skew }),
  );
  return fetched;
}

/** What there is to say of the keys themselves. */
export function judgeKeys(fetched: FetchedKeys, now: Date): readonly CheckResult[] {
  if (fetched.type === 'unpublished') return [checkResult('jwks', 'skipped', 'The server has no jwks_uri.')];
  return checkJwks(fetched.type === 'keys' ? fetched.keys : fetched.problem, now);
}

/** Keys, or the problem with them, as the checks take them. */
export function keysEvidence(fetched: FetchedKeys): Pick<IdTokenEvidence, 'keys' | 'keysProblem'> {
  switch (fetched.type) {
    case 'keys':
      return { keys: fetched.keys };
    case 'none':
      return { keys: undefined, keysProblem: fetched.problem };
    case 'unpublished':
      return { keys: undefined };
  }
}
