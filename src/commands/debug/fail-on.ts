import { FindingsError } from '../../errors.ts';
import type { DebugDocument, DebugMessage } from '../../output/documents.ts';

/**
 * Makes a run fail that found something at or above the threshold: a mistake that the messages prove, a violation, or a
 * recorded run that refused an answer; from `note` on also a note, or an error that a server answered. That alone is no
 * violation: the server may be right.
 * @throws FindingsError
 */
export function failOn(threshold: string, { runs = [], messages }: DebugDocument): void {
  if (threshold === 'none') return;
  const found = [
    ...new Set([...runs.flatMap(refusalOf), ...provenCauses(messages)]),
    ...findingsAt(threshold, messages),
    ...errorsAt(threshold, messages),
  ];
  const [first = '', ...others] = found;
  if (found.length === 0) return;
  const more = others.length === 0 ? '.' : `, and ${others.length} more.`;
  throw new FindingsError('findings', `Found: ${first.replace(/\.$/, '')}${more}`, {
    hint: 'The result above has all of it. --fail-on none ends with status 0 all the same.',
  });
}

/** Why a run did not fail although there is something to tell, in one sentence; undefined when there is nothing. */
export function whyNothingFails(threshold: string, { messages }: DebugDocument): string | undefined {
  const hasError = messages.some(({ outcome }) => outcome === 'error');
  const isSilent = messages.every(({ findings, diagnosis }) => findings.length + diagnosis.length === 0);
  if (isSilent && !hasError) return undefined;
  if (threshold === 'none') return '--fail-on none, whatever was found';
  return hasError
    ? 'an error answer by itself breaks no rule of the protocol; --fail-on note counts it'
    : `nothing reaches --fail-on ${threshold}`;
}

/** An answer that our own checks refused breaks a rule. */
function refusalOf({ error, diagnosis }: NonNullable<DebugDocument['runs']>[number]): readonly string[] {
  if (error?.code !== 'validation_failed' && error?.code !== 'invalid_response') return [];
  return [diagnosis[0]?.cause ?? error.message];
}

function provenCauses(messages: readonly DebugMessage[]): readonly string[] {
  return messages.flatMap(({ diagnosis }) =>
    diagnosis.flatMap(({ cause, proven }) => (proven === true ? [cause] : [])),
  );
}

function findingsAt(threshold: string, messages: readonly DebugMessage[]): readonly string[] {
  return messages.flatMap(({ findings }) =>
    findings.flatMap(({ severity, title, id }) =>
      severity === 'violation' || threshold === 'note' ? [`${title} (${id})`] : [],
    ),
  );
}

function errorsAt(threshold: string, messages: readonly DebugMessage[]): readonly string[] {
  const errors = threshold === 'note' ? messages.filter(({ outcome }) => outcome === 'error') : [];
  return errors.map(({ source }) => `An error answer${source === undefined ? '' : ` (${source})`}`);
}
