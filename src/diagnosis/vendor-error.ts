import type { Diagnosis } from './diagnosis.ts';
import type { Situation } from './situation.ts';

/** An error code or text that only some servers use, and what it says. Found by its pattern, never by a host. */
export interface VendorError {
  readonly pattern: RegExp;
  readonly cause: string;
  readonly try: string;
  readonly source: string;
  /** `high` when left out: a code of a server's own says what is wrong. */
  readonly confidence?: Diagnosis['confidence'];
  /** Where the text alone could mean other things. */
  readonly endpoint?: Situation['endpoint'];
}

/** The causes that codes and texts of an answer name themselves. */
export function vendorCauses(
  { text, endpoint }: Pick<Situation, 'text' | 'endpoint'>,
  errors: readonly VendorError[],
): readonly Diagnosis[] {
  const matches = errors.flatMap((row) => {
    const match = row.endpoint !== undefined && row.endpoint !== endpoint ? null : row.pattern.exec(text);
    return match === null ? [] : [{ row, found: match[0] }];
  });
  return (
    matches
      // Words that follow a code of one server may be all that another one says.
      .filter(({ row }) => row.source === matches[0]?.row.source)
      .map(({ row, found }) => ({
        cause: row.cause,
        why: `The answer says ${JSON.stringify(found.slice(0, 80))}.`,
        try: row.try,
        confidence: row.confidence ?? 'high',
        source: row.source,
      }))
  );
}
