import type { JsonObject } from '../json/json.ts';
import { ownMember } from '../json/own-member.ts';
import { type Finding, finding, foundOf, namesText } from './finding.ts';
import { quoted } from './shown-value.ts';

/** What the members of an error are judged by. */
export interface ErrorRules {
  readonly knownCodes: ReadonlySet<string>;
  /** Members that are no deviation. */
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
  return foundOf([
    (error === undefined || error === null) && finding('error-missing', 'There is no error code in error.'),
    error !== undefined &&
      error !== null &&
      typeof error !== 'string' &&
      finding('error-not-string', 'error is not a string.', Array.isArray(error) ? 'array' : typeof error),
    typeof error === 'string' &&
      error !== '' &&
      !knownCodes.has(error) &&
      finding(
        'error-code-nonstandard',
        `The error code ${quoted(error)} is none of the standard codes of this endpoint.`,
        quoted(error),
      ),
    typeof description === 'string' && findForbiddenCharacters(description),
    further.length > 0 &&
      finding(
        'nonstandard-error-fields',
        `Besides the standard ones there are: ${namesText(further)}.`,
        namesText(further),
      ),
  ]);
}

function findForbiddenCharacters(description: string): Finding | undefined {
  const codes = new Set<string>();
  for (const [character] of description.matchAll(/[^\x20\x21\x23-\x5b\x5d-\x7e]/gu)) {
    codes.add(`U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`);
    if (codes.size === 8) {
      break;
    }
  }
  return codes.size === 0
    ? undefined
    : finding(
        'error-description-charset',
        `error_description has characters it must not have: ${[...codes].join(', ')}.`,
        [...codes].join(', '),
      );
}
