import type { JsonObject } from '../json/json.ts';
import type { AuthorizationResponseReading } from '../protocol/authorization-response.ts';
import { callbackErrorCodes } from '../protocol/error-codes.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { findErrorMemberDeviations } from './error-response.ts';
import { type Finding, finding, foundOf, namesText } from './finding.ts';
import { issuerDifference } from './issuer-difference.ts';
import { findEmptyParameters } from './representation.ts';
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

const standardMembers = ['error', 'error_description', 'error_uri', 'state', 'iss', 'session_state'];

/** Finds what deviates in an authorization response (RFC 6749 §4.1.2, §4.1.2.1). */
export function findCallbackDeviations(reading: AuthorizationResponseReading): Finding[] {
  const { fragment, secondQuestionMark, emptyParameters, parameters } = reading;
  const names = [...new Set(parameters.map(([name]) => name))];
  return [
    ...foundOf([
      ...findStateDeviations(reading),
      reading.type === 'code' &&
        reading.codeName !== 'code' &&
        finding(
          'parameter-renamed',
          `The code came under the name ${namesText([reading.codeName])}.`,
          `code as ${namesText([reading.codeName])}`,
        ),
      fragment !== null &&
        finding(
          'callback-fragment-present',
          'The URL has a fragment, which is no part of the response.',
          `${fragment.length} characters behind #`,
        ),
      secondQuestionMark &&
        finding(
          'callback-query-malformed',
          'The query has a second "?", which was read as "&": the redirect URI already had a query.',
          'a second "?"',
        ),
    ]),
    ...findEmptyParameters(emptyParameters),
    ...(reading.type === 'code'
      ? []
      : findErrorMemberDeviations(firstValues(reading), names, {
          knownCodes: callbackErrorCodes,
          standardMembers,
        })),
  ];
}

/** Finds parameters of the answer that are given more than once (RFC 6749 §3.1): a client must not choose one. */
export function findRepeatedParameters({ repeated }: AuthorizationResponseReading): Finding[] {
  const names = repeated.filter((name) => ['code', 'state', 'iss', 'error'].includes(name));
  return names.length === 0
    ? []
    : [
        finding(
          'callback-parameter-repeated',
          `Given more than once, so that it cannot be said which one counts: ${names.join(', ')}.`,
          names.join(', '),
        ),
      ];
}

function findStateDeviations({
  stateComparison,
  state,
  sentState,
}: AuthorizationResponseReading): (Finding | false)[] {
  return [
    stateComparison === 'missing' && finding('state-missing', 'state was sent and did not come back.'),
    stateComparison === 'different' &&
      finding(
        'state-mismatch',
        'state came back with another value: the answer belongs to another login, or is forged.',
        `${state?.length ?? 0} characters, ${sentState?.length ?? 0} were sent`,
      ),
  ];
}

function firstValues({ parameters }: AuthorizationResponseReading): JsonObject {
  // Of entries with the same name the last stands, so the first is put last.
  return Object.fromEntries([...parameters].reverse());
}
