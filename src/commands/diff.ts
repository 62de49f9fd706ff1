import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { addOptionGroups, type OptionSpec } from '../settings/option-reader.ts';
import { offlineOutputOptions } from '../settings/options.ts';
import { readOwnSettings } from '../settings/read-settings.ts';
import { settleDiff } from '../settings/settle-recordings.ts';
import type { Invocation } from './command.ts';

const diffOptions: readonly OptionSpec[] = [
  { flags: '--all', description: 'show what differs in every run too, such as state and times' },
  { flags: '--exit-code', description: 'exit 7 when something differs that does not in every run' },
];

const examples = `
Examples:
  It works with client A and fails with client B:
  $ oauth-code login -p client-a --trace a.json
  $ oauth-code login -p client-b --trace b.json
  $ oauth-code diff a.json b.json

  Two saved responses, or what a browser recorded:
  $ oauth-code diff good.txt bad.txt
  $ oauth-code diff browser.har run.json --json`;

/** Gives `diff` its arguments, options and action. */
export function define(command: Command, invocation: Invocation): void {
  command
    .description(
      'Compare two recorded runs or saved responses: what differs, and which of it matters. No network.',
    )
    .usage('A B [options]')
    .argument('[a]', 'trace, HAR, output of curl -i, saved response or JWT; - for stdin')
    .argument('[b]', 'another one')
    .addHelpText('after', examples);
  const groups = [
    ['Comparison:', diffOptions],
    ['Output:', offlineOutputOptions],
  ] as const;
  const specs = addOptionGroups(command, groups);
  command.action(async (a?: string, b?: string) => {
    if (a === undefined || b === undefined) {
      throw new UsageError(`${a === undefined ? 'Nothing' : 'Only one recording'} was given to compare.`, {
        hint: 'For example: oauth-code diff works.json fails.json',
      });
    }
    if (a === '-' && b === '-') throw new UsageError('Only one of both can come from stdin.');
    const settings = await readOwnSettings(command, specs, invocation, settleDiff);
    const { runDiff } = await import('./report/run-diff.ts');
    await runDiff(settings, [a, b], invocation);
  });
}
