import type { Command } from 'commander';
import type { Context, OutputStream } from '../context.ts';
import { secretsOfUrl } from '../output/redact.ts';
import { renderStep, renderWarning } from '../output/render-step.ts';
import {
  defaultProfile,
  type LoadedSettings,
  loadSettings,
  type SelectedProfile,
  selectProfile,
} from '../storage/load-settings.ts';
import {
  createOptionReader,
  givenTwice,
  longName,
  type OptionReader,
  type OptionSpec,
} from './option-reader.ts';
import { settleOutput } from './output-settings.ts';
import { profileKeys } from './profile-keys.ts';
import { clientSecretOptions, isServerOption, profileLayers } from './setting-layers.ts';
import type { Settling } from './settle-client.ts';

/** Settles what a command needs from its options: the one place where these are read. */
export type Settle<Settings> = (options: OptionReader, run: Settling) => Settings | Promise<Settings>;

/**
 * Settles a command, and how its run is shown, from the command line, the environment and, for one that knows profiles,
 * below them the profile that is to be used: the one that is named, else the default one unless the command line or a
 * variable says which server is meant.
 * @throws UsageError, ConfigError when the profile or a settings file is not as it should be; what `settle` throws
 */
export async function readSettings<Settings>(
  command: Command,
  specs: readonly OptionSpec[],
  run: Settling,
  settle: Settle<Settings>,
  knowsProfiles: boolean,
) {
  const options = knowsProfiles
    ? await readOptions(command, specs, run)
    : createOptionReader(command, specs, run.context);
  if (knowsProfiles) {
    const urls = specs.filter(({ flags }) => / <ur[il]>$/.test(flags));
    const given = urls.flatMap(({ flags }) => options.list(longName(flags)));
    run.journal.secrets.push(...[...command.args, ...given].flatMap(secretsOfUrl));
  }
  tellOverlooked(command, options, run.context);
  const output = settleOutput(options);
  return { settings: await settle(options, run), output };
}

async function readOptions(
  command: Command,
  specs: readonly OptionSpec[],
  run: Settling,
): Promise<OptionReader> {
  const { context } = run;
  const own = createOptionReader(command, specs, context);
  const loaded = await loadSettings(context, own.text('config'), profileKeys);
  const profile = chooseProfile(own, loaded, specs);
  if (profile === undefined) return own;
  const perRun = new Set(specs.flatMap((spec) => (spec.perRun === true ? [longName(spec.flags)] : [])));
  const keys = profileKeys.filter(({ option }) => !perRun.has(option));
  const layers = profileLayers(profile, keys, context);
  const isOwn = profile.parts.some(({ place }) => place === 'profile');
  const named = isOwn ? { profile: profile.name } : { projectProfile: profile.name };
  const options = createOptionReader(command, specs, context, layers, named);
  if (!own.isOn('quiet')) {
    tellProject(loaded, profile, options, context);
    tellRisks(profile, context);
  }
  return options;
}

/** Tells what was given and does not count: a value before another, white space, an empty secret. */
function tellOverlooked(
  command: Command,
  options: OptionReader,
  { env, terminal: { stderr } }: Context,
): void {
  if (options.isOn('quiet')) return;
  const warn = (name: string, text: string) => stderr.write(renderWarning(name, text, stderr));
  const repeated = givenTwice(command);
  for (const text of repeated) warn('Options', `${text}; the last one counts`);
  repeated.clear();
  const issuer = options.place('issuer') && options.text('issuer');
  if (issuer !== undefined && issuer !== issuer.trim())
    warn('Issuer', `${options.source('issuer')} has white space around it, which does not count`);
  const joined = options.list('scope').find((scope) => /[^,\s],[^,\s]/.test(scope));
  if (joined !== undefined && options.place('scope') !== undefined)
    warn(
      'Scope',
      `"${joined}" has commas; most servers want blanks: --scope "${joined.replace(/,\s*/g, ' ')}"`,
    );
  const variable = 'OAUTH_CODE_CLIENT_SECRET';
  if (env[variable] === '' && options.strongest(clientSecretOptions).length === 0 && hasSecret(command))
    warn('Secret', `${variable} is empty and counts as not set`);
}

function hasSecret(command: Command): boolean {
  return command.options.some(({ long }) => long === '--client-secret-file');
}

function chooseProfile(
  own: OptionReader,
  loaded: LoadedSettings,
  specs: readonly OptionSpec[],
): SelectedProfile | undefined {
  const named = own.text('profile');
  if (named !== undefined) return selectProfile(loaded, { name: named, source: own.source('profile') });
  const choice = defaultProfile(loaded);
  // A server that is named is the one that is meant; settings saved for another do not apply.
  const server = own.strongest(specs.map(({ flags }) => longName(flags)).filter(isServerOption));
  return choice === undefined || server.length > 0 ? undefined : selectProfile(loaded, choice);
}

/** Tells a person which settings of a project count; programs that ask for a credential would show it as an error. */
function tellProject(
  { project }: LoadedSettings,
  { name, parts }: SelectedProfile,
  options: OptionReader,
  { terminal: { stderr } }: Context,
): void {
  if (project === undefined || !stderr.isTTY) return;
  if (/^(exec|git)-credential$/.test(options.text('output') ?? '')) return;
  const given = parts.find(({ place }) => place === 'project')?.settings;
  const chose = options.text('profile') === undefined && project.defaultProfile !== undefined;
  if (given === undefined && !chose) return;
  const counting = [
    ...(chose ? ['default_profile'] : []),
    ...profileKeys
      .filter((key) => given?.has(key.name) && options.place(key.option) === 'project')
      .map((key) => key.name),
  ];
  const counts = counting.length === 0 ? 'its settings are ignored' : counting.join(', ');
  const text = `${name} from ${project.file}: ${counts}`;
  stderr.write(`${renderStep({ mark: 'pass', name: 'Project', text }, stderr)}\n`);
}

/** Writes what is risky about a profile. */
export function warnOfProfile(text: string, stderr: OutputStream): void {
  stderr.write(renderWarning('Profile', text, stderr));
}

/** Warns of secrets that lie open, and of others who can change the settings. */
function tellRisks({ name, parts }: SelectedProfile, { terminal: { stderr } }: Context): void {
  const warn = (text: string) => warnOfProfile(text, stderr);
  for (const { place, file, settings, readableByOthers, warning } of parts) {
    if (warning !== undefined) warn(warning);
    if (place === 'project' || typeof settings.get('client_secret') !== 'string') continue;
    warn(
      readableByOthers
        ? `the client secret of ${name} can be read by others: chmod 600 ${file}`
        : `the client secret of ${name} stands in ${file}; {"env": …}, {"file": …} or {"keychain": true} is safer`,
    );
  }
}
