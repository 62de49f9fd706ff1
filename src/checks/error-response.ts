import { headerValue, isSuccessStatus } from '../http-message.ts';
import { memberNames } from '../json/exact-json.ts';
import { type JsonObject, ownMember } from '../json/json.ts';
import { tokenErrorCodes } from '../protocol/error-members.ts';
import { placeholders } from '../protocol/placeholder.ts';
import { isStructured } from '../protocol/response-body.ts';
import type { ErrorReading } from '../protocol/token-response.ts';
import { say } from '../say.ts';
import { type Finding, type FoundRemark, findingsOf } from './check-result.ts';
import { findJsonDeviations, findParameterDeviations, findUnsafeNumbers } from './representation.ts';
import { namesText, quoted } from './shown-value.ts';

/** Judges a token response without tokens (RFC 6749 §5.2). */
export function judgeErrorResponse(reading: ErrorReading): Finding[] {
  return [
    ...findJsonDeviations(reading),
    ...findStatusDeviations(reading),
    ...findMissingChallenge(reading),
    ...findMemberDeviations(reading),
    // An error that is not a string has a finding of its own.
    ...findParameterDeviations({
      ...reading,
      wrongTypes: reading.wrongTypes.filter(({ name }) => name !== 'error'),
    }),
    ...findUnsafeNumbers(reading),
  ];
}

/** The finding about a 401 without a challenge (RFC 9110 §15.5.2). */
export function findMissingChallenge({ response }: Pick<ErrorReading, 'response'>): Finding[] {
  return findingsOf({
    'www-authenticate-missing':
      response.status === 401 &&
      headerValue(response.headers, 'www-authenticate') === undefined &&
      'The status is 401 and no WWW-Authenticate says how to authenticate.',
  });
}

function findStatusDeviations({ response: { status }, members, ...reading }: ErrorReading): Finding[] {
  const isFailure = status === 429 || (status >= 500 && status < 600);
  const isSuccess = isSuccessStatus(status);
  const error = Object.hasOwn(members, 'error') ? members.error : undefined;
  const isExpected =
    status === 400 || (status === 401 && error === 'invalid_client') || isFailure || isSuccess;
  return findingsOf({
    'error-with-status-200': isSuccess && [
      (reading.error ?? reading.errorDescription) === null
        ? say`The status is ${status}, but neither tokens nor an error came.`
        : say`The error came with the success status ${status}.`,
      String(status),
    ],
    'error-status-unexpected': !isExpected && [
      say`The error came with status ${status}; it should be 400, or 401 with invalid_client.`,
      String(status),
    ],
    'status-429-or-5xx': isFailure && [
      status === 429
        ? 'The server limits the rate: wait, then try again.'
        : 'The server failed: try again later.',
      String(status),
    ],
  });
}

function findMemberDeviations({ body, members }: ErrorReading): Finding[] {
  return isStructured(body)
    ? findErrorMemberDeviations(members, memberNames(body.document, members), {
        knownCodes: tokenErrorCodes,
        standardMembers: ['error', 'error_description', 'error_uri'],
      })
    : [];
}

/** The rules for the members of an error. */
export interface ErrorRules {
  readonly knownCodes: ReadonlySet<string>;
  /** Members that are not a deviation. */
  readonly standardMembers: readonly string[];
}

/** Findings about the top-level members of an error (RFC 6749 §4.1.2.1, §5.2). */
export function findErrorMemberDeviations(
  top: JsonObject,
  memberOrder: readonly string[],
  { knownCodes, standardMembers }: ErrorRules,
): Finding[] {
  const error = ownMember(top, 'error');
  const description = ownMember(top, 'error_description');
  const further = memberOrder.filter((name) => !standardMembers.includes(name));
  return findingsOf({
    'error-missing': (error === undefined || error === null) && 'There is no error code in error.',
    'error-not-string': error !== undefined &&
      error !== null &&
      typeof error !== 'string' && ['error is not a string.', Array.isArray(error) ? 'array' : typeof error],
    'error-code-nonstandard': typeof error === 'string' &&
      error !== '' &&
      !knownCodes.has(error) && [
        say`The error code ${quoted(error)} is not a standard code of this endpoint.`,
        quoted(error),
      ],
    'error-description-charset': typeof description === 'string' && remarkOnCharacters(description),
    'nonstandard-error-fields': further.length > 0 && [
      say`Besides the standard ones there are: ${namesText(further)}.`,
      namesText(further),
    ],
  });
}

function remarkOnCharacters(description: string): FoundRemark {
  const codes = new Set<string>();
  // Not those of placeholders for secrets.
  for (const [character] of description
    .replace(placeholders, '')
    .matchAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/gu)) {
    codes.add(`U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
    if (codes.size === 8) break;
  }
  const shown = [...codes].join(', ');
  return codes.size > 0 && [say`error_description has characters it must not have: ${shown}.`, shown];
}
