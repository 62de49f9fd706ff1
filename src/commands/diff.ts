import { UsageError } from '../errors.ts';
import type { OptionSpec } from '../settings/option-reader.ts';
import { noInputOptions, offlineOutputOptions } from '../settings/options.ts';
import { settleDiff } from '../settings/settle-inspection.ts';
import { defineCommand } from './command.ts';

const diffOptions: readonly OptionSpec[] = [
  { flags: '--all', description: 'show what differs in every run too, such as state and times' },
  { flags: '--exit-code', description: 'exit 7 when something differs that is not new in every run' },
];

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
    ['Output:', [...offlineOutputOptions, ...noInputOptions]],
  ],
  notes: examples,
  async action({ settleAlone, invocation }, [a, b]) {
    if (a === undefined || b === undefined) {
      throw new UsageError(`${a === undefined ? 'Nothing' : 'Only one recording'} was given to compare.`, {
        hint: 'For example: oauth-code diff works.json fails.json',
      });
    }
    if (a === '-' && b === '-') throw new UsageError('Only one of the two can come from stdin.');
    const { runDiff } = await import('./report/run-diff.ts');
    await runDiff(await settleAlone(settleDiff), [a, b], invocation);
  },
});
