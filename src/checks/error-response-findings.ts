import { headerValue } from '../http-message.ts';
import { memberNames } from '../json/exact-json.ts';
import { tokenErrorCodes } from '../protocol/error-codes.ts';
import { isStructured } from '../protocol/response-body.ts';
import { isSuccessStatus } from '../protocol/success-status.ts';
import type { ErrorReading } from '../protocol/token-response.ts';
import { findErrorMemberDeviations } from './error-member-findings.ts';
import { type Finding, finding, foundOf } from './finding.ts';
import { findParameterDeviations } from './parameter-findings.ts';
import {
  findRepresentationDeviations,
  findSyntaxDeviations,
  findUnsafeNumbers,
} from './representation-findings.ts';

/** Finds what deviates in a token response without tokens (RFC 6749 §5.2). */
export function findErrorResponseDeviations(reading: ErrorReading): Finding[] {
  return [
    ...findRepresentationDeviations(reading),
    ...findSyntaxDeviations(reading),
    ...findStatusDeviations(reading),
    ...findMissingChallenge(reading),
    ...findMemberDeviations(reading),
    // An error that is no string has a finding of its own.
    ...findParameterDeviations({
      ...reading,
      wrongTypes: reading.wrongTypes.filter(({ name }) => name !== 'error'),
    }),
    ...findUnsafeNumbers(reading),
  ];
}

/** The finding about a 401 without a challenge (RFC 9110 §15.5.2). */
export function findMissingChallenge({ response }: Pick<ErrorReading, 'response'>): Finding[] {
  return response.status === 401 && headerValue(response.headers, 'www-authenticate') === undefined
    ? [
        finding(
          'www-authenticate-missing',
          'The status is 401 and no WWW-Authenticate says how to authenticate.',
        ),
      ]
    : [];
}

function findStatusDeviations({ response: { status }, members }: ErrorReading): Finding[] {
  const isFailure = status === 429 || (status >= 500 && status < 600);
  const isSuccess = isSuccessStatus(status);
  const error = Object.hasOwn(members, 'error') ? members.error : undefined;
  const isExpected =
    status === 400 || (status === 401 && error === 'invalid_client') || isFailure || isSuccess;
  return foundOf([
    isSuccess &&
      finding('error-with-status-200', `The error came with the success status ${status}.`, String(status)),
    !isExpected &&
      finding(
        'error-status-unexpected',
        `The error came with status ${status}; it should be 400, or 401 with invalid_client.`,
        String(status),
      ),
    isFailure &&
      finding(
        'status-429-or-5xx',
        status === 429
          ? 'The server limits the rate: wait, then try again.'
          : 'The server failed: try again later.',
        String(status),
      ),
  ]);
}

function findMemberDeviations({ body, members }: ErrorReading): Finding[] {
  return isStructured(body)
    ? findErrorMemberDeviations(members, memberNames(body.document, members), {
        knownCodes: tokenErrorCodes,
        standardMembers: ['error', 'error_description', 'error_uri'],
      })
    : [];
}
