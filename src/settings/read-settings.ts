import type { Command } from 'commander';
import type { Invocation } from '../commands/command.ts';
import { tellStep } from '../commands/tell-step.ts';
import {
  defaultProfile,
  type LoadedSettings,
  loadSettings,
  type SelectedProfile,
  selectProfile,
} from '../storage/load-settings.ts';
import { isServerOption } from './layered-settings.ts';
import { createOptionReader, longName, type OptionReader, type OptionSpec } from './option-reader.ts';
import { profileKeys } from './profile-keys.ts';
import { profileLayers } from './setting-layers.ts';

/** Settles what a command needs from its options: the one place where these are read. */
export type Settle<Settings> = (
  options: OptionReader,
  invocation: Invocation,
) => Settings | Promise<Settings>;

/**
 * Settles a command from the command line, the environment and, below them, the profile that is to be used: the one
 * that is named, else the default one unless the command line or a variable says which server is meant.
 * @throws UsageError, ConfigError when the profile or a settings file is not as it should be; what `settle` throws
 */
export async function readSettings<Settings>(
  command: Command,
  specs: readonly OptionSpec[],
  invocation: Invocation,
  settle: Settle<Settings>,
): Promise<Settings> {
  return settle(await readOptions(command, specs, invocation), invocation);
}

/** Settles a command that knows no profiles. @throws as `readSettings` */
export async function readOwnSettings<Settings>(
  command: Command,
  specs: readonly OptionSpec[],
  invocation: Invocation,
  settle: Settle<Settings>,
): Promise<Settings> {
  return settle(createOptionReader(command, specs, invocation.context), invocation);
}

async function readOptions(
  command: Command,
  specs: readonly OptionSpec[],
  invocation: Invocation,
): Promise<OptionReader> {
  const { context } = invocation;
  const own = createOptionReader(command, specs, context);
  const loaded = await loadSettings(context, own.text('config'), profileKeys);
  const profile = chooseProfile(own, loaded, specs);
  if (profile === undefined) return own;
  if (!own.isOn('quiet')) tellProfile(profile, invocation);
  const perRun = new Set(specs.flatMap((spec) => (spec.perRun === true ? [longName(spec.flags)] : [])));
  const keys = profileKeys.filter(({ option }) => !perRun.has(option));
  const layers = profileLayers(profile, keys, context);
  const isOwn = profile.parts.some(({ place }) => place === 'profile');
  return createOptionReader(command, specs, context, layers, isOwn ? profile.name : undefined);
}

function chooseProfile(
  own: OptionReader,
  loaded: LoadedSettings,
  specs: readonly OptionSpec[],
): SelectedProfile | undefined {
  const named = own.text('profile');
  if (named !== undefined) return selectProfile(loaded, { name: named, source: own.source('profile') });
  const choice = defaultProfile(loaded);
  // Who names a server means that one, and not what was saved for another.
  const server = own.strongest(specs.map(({ flags }) => longName(flags)).filter(isServerOption));
  return choice === undefined || server.length > 0 ? undefined : selectProfile(loaded, choice);
}

/** Says what a person may not expect: settings of a project's, and secrets that lie open. */
function tellProfile({ name, parts }: SelectedProfile, { context }: Invocation): void {
  const { stderr } = context.terminal;
  for (const { place, file, settings, readableByOthers } of parts) {
    const warn = (text: string) => tellStep(stderr, { mark: 'warn', name: 'Profile', text });
    if (place === 'project') {
      tellStep(stderr, { mark: 'pass', name: 'Profile', text: `${name} from ${file}` });
    } else if (typeof settings.get('client_secret') === 'string') {
      warn(
        readableByOthers
          ? `the client secret of ${name} can be read by others: chmod 600 ${file}`
          : `the client secret of ${name} stands in ${file}; {"env": …}, {"file": …} or {"keychain": true} is safer`,
      );
    }
  }
}
