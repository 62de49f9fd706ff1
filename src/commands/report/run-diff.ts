import { FindingsError } from '../../errors.ts';
import { createRedactor } from '../../output/redact.ts';
import { compareTraces, type TraceComparison } from '../../output/trace/compare-traces.ts';
import { redactTrace, revealTrace } from '../../output/trace/redact-trace.ts';
import { renderComparison } from '../../output/trace/render-comparison.ts';
import type { Redacted } from '../../output/trace/weigh-difference.ts';
import { holdsPlaceholder } from '../../protocol/placeholder.ts';
import type { Recording } from '../../recording/recording.ts';
import { own, say } from '../../say.ts';
import type { DiffSettings } from '../../settings/settle-inspection.ts';
import type { Invocation } from '../command.ts';
import { printDocument } from '../print-result.ts';
import { readRecording } from './read-recording.ts';

/**
 * Compares two recorded runs and prints what differs. Secrets are compared where both are recorded, and shown only
 * when that is asked for.
 * @throws FindingsError with `--exit-code`, after printing, when something differs
 */
export async function runDiff(
  { all, exitCode, output }: DiffSettings,
  [pathA, pathB]: readonly [a: string, b: string],
  { context }: Invocation,
): Promise<void> {
  const { stdout } = context.terminal;
  const { showSecrets } = output;
  const a = await readRecording(pathA, context, output);
  const b = await readRecording(pathB, context, output);
  const redactor = createRedactor();
  const prepare = (trace: Recording) => (showSecrets ? revealTrace(trace) : redactTrace(trace, [], redactor));
  const redacted = redactedOf(isRedacted(a), isRedacted(b));
  const comparison = compareTraces(prepare(a), prepare(b), { names: [pathA, pathB], redacted });
  printDocument(comparison, (shown) => renderComparison(shown, stdout, all), output, context);
  if (exitCode) refuseDifferences(comparison);
}

/** A HAR does not say whether secrets are in it; placeholders do. */
function isRedacted({ secrets, events }: Recording): boolean {
  return secrets === 'redacted' || holdsPlaceholder(JSON.stringify(events));
}

function redactedOf(a: boolean, b: boolean): Redacted {
  if (a) return b ? 'both' : 'a';
  return b ? 'b' : 'neither';
}

function refuseDifferences({ differences }: TraceComparison): void {
  const count = differences.filter(({ weight }) => weight !== 'expected').length;
  if (count === 0) return;
  throw new FindingsError(
    'findings',
    say`The recordings differ in ${count} ${own(count === 1 ? 'value' : 'values')}.`,
    { hint: 'The result above shows them. To exit with status 0 anyway, leave out --exit-code.' },
  );
}
