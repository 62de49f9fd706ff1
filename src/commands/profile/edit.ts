import { closestName } from '../../closest-name.ts';
import type { Context } from '../../context.ts';
import { ConfigError, UsageError } from '../../errors.ts';
import type { JsonObject, JsonValue } from '../../json/json.ts';
import { parseIfJson } from '../../json/parse-keeping-numbers.ts';
import { inertText } from '../../output/terminal-text.ts';
import { clientSecretSetting } from '../../settings/client-secret.ts';
import { canAsk, settleConsent } from '../../settings/consent.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import { replaceSettings, type SettingsChange } from '../../storage/change-settings.ts';
import { loadSettings, unknownProfile } from '../../storage/load-settings.ts';
import { parseSettings, settingFromTexts } from '../../storage/parse-settings.ts';
import { absolutePath } from '../../storage/places.ts';
import type { ProfileSettings, SettingKey } from '../../storage/settings.ts';
import type { Invocation } from '../command.ts';
import { printProfile } from './profile-document.ts';
import { settingsToSave } from './settings-to-save.ts';
import { forgetSecret, keepSecret, writeSettings, writtenProfile } from './write-profile.ts';

/** Changes settings of a profile: as told, or in the editor of the person. */
export async function editProfile(options: OptionReader, invocation: Invocation, name = ''): Promise<void> {
  const { context } = invocation;
  const loaded = await loadSettings(context, options.text('config'), profileKeys);
  const { file, user } = loaded;
  const existing = user?.profiles.get(name);
  if (existing === undefined) throw unknownProfile(loaded, name);
  const changes = await changesOf(options, invocation, { name, file, existing });
  if (changes.length > 0) await writeSettings(context, file, changes);
  else await editInEditor(options, context, file);

  const changed = (await loadSettings(context, file, profileKeys)).user?.profiles.get(name) ?? new Map();
  if (!isInKeychain(changed)) await forgetSecret(context, name, file, existing);
  const document = writtenProfile(name, file, Object.fromEntries(changed) as JsonObject);
  if (settleOutput(options).json) printProfile(document, options, context);
  else if (!options.isOn('quiet')) context.terminal.stderr.write(`Saved profile ${name} in ${file}.\n`);
}

interface EditedProfile {
  readonly name: string;
  readonly file: string;
  readonly existing: ProfileSettings;
}

async function changesOf(
  options: OptionReader,
  { context, journal }: Invocation,
  { name, file, existing }: EditedProfile,
): Promise<readonly SettingsChange[]> {
  const settings = new Map<string, JsonValue | undefined>();
  for (const text of options.list('unset')) settings.set(keyNamed(text, '--unset').name, undefined);
  for (const text of options.list('set')) {
    const [, keyName = '', value] = /^([^=]*)(?:=([\s\S]*))?$/.exec(text) ?? [];
    if (value === undefined) {
      throw new UsageError('--set gives no value.', { hint: 'Write --set KEY=VALUE, or --unset KEY.' });
    }
    const key = keyNamed(keyName, '--set');
    const source = `--set ${keyName}`;
    if (key.kind === 'parameters' && keyName.includes('.')) {
      const parameters = settings.get(key.name) ?? existing.get(key.name) ?? {};
      const parameter = keyName.slice(keyName.indexOf('.') + 1);
      settings.set(key.name, { ...(parameters as JsonObject), [parameter]: value });
    } else settings.set(key.name, settingOf(key, value, source, context));
  }
  if (clientSecretSetting(options) !== undefined) {
    const toSave = await settingsToSave(options, context, options.text('store') === 'keychain');
    if (toSave.secret !== undefined) journal.secrets.push({ kind: 'client_secret', value: toSave.secret });
    const [leftOut] = toSave.leftOut;
    if (leftOut !== undefined) {
      throw new UsageError(`A file should not hold a secret itself, and ${leftOut} gives one.`, {
        hint: 'Add --store keychain, or name where it is.',
      });
    }
    await keepSecret(context, name, file, toSave.secret);
    settings.set('client_secret', toSave.settings.client_secret);
  }
  return [
    ...[...settings].map(([key, value]) => ({
      path: ['profiles', name, key],
      ...(value === undefined ? {} : { value }),
    })),
    ...(options.isOn('default') ? [{ path: ['default_profile'], value: name }] : []),
  ];
}

function settingOf(key: SettingKey, text: string, source: string, context: Context): JsonValue {
  if (key.kind === 'path') {
    return settingFromTexts(key, [absolutePath(text, context.workingDirectory(), context)], source);
  }
  if (key.kind === 'secret') {
    throw new UsageError('A secret on the command line can be read by everybody on this machine.', {
      hint: 'Use --client-secret-env NAME, or --client-secret-file FILE with or without --store keychain.',
    });
  }
  const isWritten = key.kind === 'parameters' || key.kind === 'list';
  const written = isWritten && /^\s*[[{]/.test(text) ? parseIfJson(text) : undefined;
  if (Array.isArray(written)) return settingFromTexts(key, written.map(wordOf), source);
  if (typeof written !== 'object' || written === null) return settingFromTexts(key, [text], source);
  const pairs = Object.entries(written).map(([name, value]) =>
    value === null ? name : `${name}=${wordOf(value)}`,
  );
  return settingFromTexts(key, pairs, source);
}

function wordOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** `params.access_type` means the key `params`. */
function keyNamed(text: string, option: string): SettingKey {
  const [named = ''] = text.trim().replaceAll('-', '_').split('.');
  const key = profileKeys.find(({ name }) => name === named);
  if (key !== undefined) return key;
  const meant = closestName(
    named,
    profileKeys.map(({ name }) => name),
  );
  throw new UsageError(`${option} names no setting: ${named}`, {
    hint: meant === undefined ? 'oauth-code profile save --help shows them.' : `Did you mean ${meant}?`,
  });
}

/** The whole file, so that comments and other profiles are at hand; nothing is written unless it is sound. */
async function editInEditor(options: OptionReader, context: Context, file: string): Promise<void> {
  if (!canAsk(settleConsent(options), context)) {
    throw new UsageError('Nothing was given to be changed, and there is no terminal for an editor.', {
      hint: 'Use --set KEY=VALUE or --unset KEY.',
    });
  }
  const { files, editFile, prompt, terminal } = context;
  const before = (await files.read(file))?.text ?? '';
  const draft = `${file}.edit.json`;
  await files.write(draft, before);
  for (;;) {
    await editFile(draft);
    const text = (await files.read(draft))?.text ?? '';
    try {
      parseSettings(text, file, profileKeys);
      await replaceSettings(context, file, profileKeys, (now) => {
        if (now === before) return text;
        throw new ConfigError(`${file} was changed meanwhile. What you wrote is in ${draft}.`);
      });
      await files.remove(draft);
      return;
    } catch (error) {
      if (!(error instanceof ConfigError) || !/:\d+:\d+/.test(error.message)) throw error;
      terminal.stderr.write(`${inertText(error.message)}\n`);
      if (await prompt.confirm('Open the editor again?')) continue;
      throw new ConfigError(`Nothing was changed. What you wrote is in ${draft}.`, { cause: error });
    }
  }
}

function isInKeychain(settings: ProfileSettings): boolean {
  const secret = settings.get('client_secret');
  return typeof secret === 'object' && secret !== null && 'keychain' in secret;
}
