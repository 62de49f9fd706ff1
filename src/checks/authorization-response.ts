import type { AuthorizationResponseReading } from '../protocol/authorization-response.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { issuerDifference } from './issuer-difference.ts';
import { shownValue } from './shown-value.ts';

/** An authorization response and what it is compared with. */
export interface AuthorizationResponseEvidence {
  readonly reading: Pick<AuthorizationResponseReading, 'type' | 'state' | 'iss'>;
  readonly sentState: string | undefined;
  /** The issuer that was configured or discovered; null when none is known. */
  readonly issuer: string | null;
  /** Whether the metadata has `authorization_response_iss_parameter_supported: true`. */
  readonly issRequired: boolean;
}

/** Makes the checks of an authorization response, a successful one or an error (RFC 6749 §4.1.2, RFC 9207 §2.4). */
export function checkAuthorizationResponse(evidence: AuthorizationResponseEvidence): CheckResult[] {
  const { reading, sentState, issuer, issRequired } = evidence;
  return [
    ...checkShape(reading.type),
    checkState({ sent: sentState, received: reading.state ?? undefined }),
    checkIss({ received: reading.iss ?? undefined, issuer, required: issRequired }),
  ];
}

/** An error is no shape that could be wrong: it is what the run ends with. */
function checkShape(type: AuthorizationResponseReading['type']): CheckResult[] {
  switch (type) {
    case 'code':
      return [checkResult('authorization-response', 'pass', 'The response has a code.')];
    case 'neither':
      return [checkResult('authorization-response', 'fail', 'The response has neither a code nor an error.')];
    default:
      return [];
  }
}

/** What is known of `state`; undefined where there was none. */
export interface StateEvidence {
  readonly sent: string | undefined;
  readonly received: string | undefined;
}

/** Checks that `state` comes back as it was sent (RFC 6749 §4.1.2, §10.12). */
export function checkState({ sent, received }: StateEvidence): CheckResult {
  const compared = { expected: shownValue(sent), received: shownValue(received) };
  if (sent === undefined) {
    return received === undefined
      ? checkResult('state', 'skipped', 'No state was sent.')
      : checkResult('state', 'warn', 'No state was sent, yet one came back.', compared);
  }
  if (received === undefined)
    return checkResult('state', 'fail', 'The state that was sent did not come back.', compared);
  return received === sent
    ? checkResult('state', 'pass', 'state came back as it was sent.', compared)
    : checkResult(
        'state',
        'fail',
        'state is not the one that was sent: the answer may belong to another login.',
        compared,
      );
}

/** What is known of `iss` in an authorization response, a successful one or an error. */
export interface IssEvidence {
  readonly received: string | undefined;
  /** The issuer that was configured or discovered; null when none is known. */
  readonly issuer: string | null;
  /** Whether the metadata has `authorization_response_iss_parameter_supported: true`. */
  readonly required: boolean;
}

/** Checks `iss` whenever it is there, and demands it when the server advertises it (RFC 9207 §2.4). */
export function checkIss({ received, issuer, required }: IssEvidence): CheckResult {
  if (received === undefined) {
    return required
      ? checkResult('iss', 'fail', 'iss is missing although the server advertises that it sends it.', {
          ...(issuer === null ? {} : { expected: issuer }),
          received: shownValue(received),
        })
      : checkResult('iss', 'skipped', 'There is no iss, and the server does not advertise any.');
  }
  if (issuer === null) {
    return checkResult('iss', 'skipped', 'No issuer is known to compare iss with.', {
      received: shownValue(received),
    });
  }
  const compared = { expected: issuer, received: shownValue(received) };
  return received === issuer
    ? checkResult('iss', 'pass', 'iss is the issuer.', compared)
    : checkResult(
        'iss',
        'fail',
        `iss is not the issuer: the answer may come from another server. ${issuerDifference(issuer, received)}`,
        compared,
      );
}
