import { Command } from 'commander';
import {
  addOptionGroups,
  createOptionReader,
  type OptionReader,
  type OptionTable,
} from '../../src/settings/option-reader.ts';
import { loginOptions } from '../../src/settings/options.ts';

/** Reads a command line and variables with the options of `login`, or with others. */
export function readOptions(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
  table: OptionTable = loginOptions,
): OptionReader {
  const command = new Command('test').exitOverride();
  const specs = addOptionGroups(command, [['Test:', table]]);
  command.parse([...argv], { from: 'user' });
  return createOptionReader(command, specs, { env, hideVariable: () => {} });
}
