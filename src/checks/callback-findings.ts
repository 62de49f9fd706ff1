import type { JsonObject } from '../json/json.ts';
import type { AuthorizationResponseReading } from '../protocol/authorization-response.ts';
import { callbackErrorCodes } from '../protocol/error-codes.ts';
import { findErrorMemberDeviations } from './error-member-findings.ts';
import { type Finding, finding, foundOf, namesText } from './finding.ts';
import { findEmptyParameters } from './parameter-findings.ts';

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
