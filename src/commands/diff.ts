import { FindingsError, UsageError } from '../errors.ts';
import { createRedactor } from '../output/redact.ts';
import { compareTraces, type TraceComparison } from '../output/trace/compare-traces.ts';
import { redactTrace, revealTrace } from '../output/trace/redact-trace.ts';
import { renderComparison } from '../output/trace/render-comparison.ts';
import type { Redacted } from '../output/trace/weigh-difference.ts';
import { holdsPlaceholder } from '../protocol/placeholder.ts';
import type { Recording } from '../recording/recording.ts';
import { own, say } from '../say.ts';
import type { OptionTable } from '../settings/option-reader.ts';
import { noInputOptions, offlineOutputOptions } from '../settings/options.ts';
import { type DiffSettings, settleDiff } from '../settings/settle-inspection.ts';
import { defineCommand, type Invocation } from './command.ts';
import { printDocument } from './print-result.ts';
import { readRecording } from './report/read-recording.ts';

const diffOptions: OptionTable = {
  '--all': 'show what differs in every run too, such as state and times',
  '--exit-code': 'exit 7 when something differs that is not new in every run',
};

const examples = `
Examples:
  It works with client A and fails with client B:
  $ oauth-code login -p client-a --trace a.json
  $ oauth-code login -p client-b --trace b.json
  $ oauth-code diff a.json b.json

  The last run and an older one:
  $ oauth-code diff last works.json

  Two saved responses, or what a browser recorded:
  $ oauth-code diff good.txt bad.txt
  $ oauth-code diff browser.har run.json --json`;

/** Gives `diff` its arguments, options and action. */
export const define = defineCommand({
  description:
    'Compare two recorded runs or saved responses: what differs, and which of it matters. No network.',
  usage: 'A B [options]',
  words: {
    '[a]': 'trace, HAR, output of curl -i, saved response or JWT; - for stdin, last for the last run',
    '[b]': 'the other one',
  },
  groups: [
    ['Comparison:', diffOptions],
    ['Output:', { ...offlineOutputOptions, ...noInputOptions }],
  ],
  notes: examples,
  async action({ settleAlone }, [a, b]) {
    if (a === undefined || b === undefined) {
      throw new UsageError(`${a === undefined ? 'Nothing' : 'Only one recording'} was given to compare.`, {
        hint: 'For example: oauth-code diff works.json fails.json',
      });
    }
    if (a === '-' && b === '-') throw new UsageError('Only one of the two can come from stdin.');
    const [settings, invocation] = await settleAlone(settleDiff);
    await runDiff(settings, [a, b], invocation);
  },
});

/**
 * Compares two recorded runs and prints what differs. Secrets are compared where both are recorded, and shown only
 * when that is asked for.
 * @throws FindingsError with `--exit-code`, after printing, when something differs
 */
async function runDiff(
  { all, exitCode }: DiffSettings,
  [pathA, pathB]: readonly [a: string, b: string],
  invocation: Invocation,
): Promise<void> {
  const { context, output } = invocation;
  const { stdout } = context.terminal;
  const a = await readRecording(pathA, invocation);
  const b = await readRecording(pathB, invocation);
  const redactor = createRedactor();
  const prepare = (trace: Recording) =>
    output.showSecrets ? revealTrace(trace) : redactTrace(trace, [], redactor);
  const redacted = redactedOf(isRedacted(a), isRedacted(b));
  const comparison = compareTraces(prepare(a), prepare(b), { names: [pathA, pathB], redacted });
  printDocument(comparison, (shown) => renderComparison(shown, stdout, all), invocation);
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
