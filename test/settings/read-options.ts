import { Command } from 'commander';
import {
  addOptionGroups,
  createOptionReader,
  type OptionReader,
  type OptionSpec,
} from '../../src/settings/option-reader.ts';
import { loginOptions } from '../../src/settings/options.ts';

/** Reads a command line and variables with the options of `login`, or with others. */
export function readOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  specs: readonly OptionSpec[] = loginOptions,
): OptionReader {
  const command = new Command('test').exitOverride();
  addOptionGroups(command, [['Test:', specs]]);
  command.parse([...argv], { from: 'user' });
  return createOptionReader(command, specs, { env, hideVariable: () => {} });
}
