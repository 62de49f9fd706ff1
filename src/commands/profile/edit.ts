import { closestName } from '../../closest-name.ts';
import type { Context } from '../../context.ts';
import { ConfigError, UsageError } from '../../errors.ts';
import { type JsonObject, type JsonValue, textOf } from '../../json/json.ts';
import { parseIfJson } from '../../json/parse-json-exactly.ts';
import { holdsSecret } from '../../output/shown-settings.ts';
import { say } from '../../say.ts';
import { canAsk } from '../../settings/output-settings.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import type { EditSettings } from '../../settings/settle-profile.ts';
import { replaceSettings, type SettingsChange } from '../../storage/change-settings.ts';
import { loadSettings, unknownProfile } from '../../storage/load-settings.ts';
import { parseSettings, settingFromTexts } from '../../storage/parse-settings.ts';
import { absolutePath } from '../../storage/places.ts';
import type { ProfileSettings, SettingKey } from '../../storage/settings.ts';
import type { Invocation } from '../command.ts';
import { tellLine } from '../tell.ts';
import {
  forgetSecret,
  isInKeychain,
  keepSecret,
  requireWhole,
  tellWritten,
  writeSettings,
  writtenProfile,
} from './write-profile.ts';

/** Changes settings of a profile, by options or in the user's editor. */
export async function editProfile(
  edit: EditSettings,
  invocation: Invocation,
  [name = '']: readonly string[],
): Promise<void> {
  const { context } = invocation;
  const loaded = await loadSettings(context, edit.config, profileKeys);
  const { file, user } = loaded;
  const existing = user?.profiles.get(name);
  if (existing === undefined) throw unknownProfile(loaded, name);
  const changes = await changesOf(edit, context, { name, file, existing });
  if (changes.length > 0) await writeSettings(context, file, changes);
  else await editInEditor(invocation, file);

  const changed = (await loadSettings(context, file, profileKeys)).user?.profiles.get(name) ?? new Map();
  if (!isInKeychain(changed)) await forgetSecret(context, name, file, existing);
  tellWritten(writtenProfile(name, file, changed), invocation);
}

interface EditedProfile {
  readonly name: string;
  readonly file: string;
  readonly existing: ProfileSettings;
}

async function changesOf(
  { set, unset, makeDefault, secretToSave }: EditSettings,
  context: Context,
  { name, file, existing }: EditedProfile,
): Promise<readonly SettingsChange[]> {
  const settings = new Map<string, JsonValue | undefined>();
  for (const text of unset) settings.set(keyNamed(text, '--unset').name, undefined);
  for (const text of set) {
    const [, keyName = '', value] = /^([^=]*)(?:=([\s\S]*))?$/.exec(text) ?? [];
    if (value === undefined) {
      throw new UsageError('--set gives no value.', { hint: 'Write --set KEY=VALUE, or --unset KEY.' });
    }
    const key = keyNamed(keyName, '--set');
    const source = `--set ${keyName}`;
    if (key.kind === 'parameters' && keyName.includes('.')) {
      const parameters = settings.get(key.name) ?? existing.get(key.name) ?? {};
      const parameter = keyName.slice(keyName.indexOf('.') + 1);
      requireNoSecret(key.name, { [parameter]: value });
      settings.set(key.name, { ...(parameters as JsonObject), [parameter]: value });
    } else {
      const given = settingOf(key, value, source, context);
      requireNoSecret(key.name, given);
      settings.set(key.name, given);
    }
  }
  const toSave = await secretToSave();
  if (toSave !== undefined) {
    requireWhole(toSave);
    await keepSecret(context, name, file, toSave.secret);
    settings.set('client_secret', toSave.settings.client_secret);
  }
  return [
    ...[...settings].map(([key, value]) => ({
      path: ['profiles', name, key],
      ...(value === undefined ? {} : { value }),
    })),
    ...(makeDefault ? [{ path: ['default_profile'], value: name }] : []),
  ];
}

/** @throws UsageError for a setting that is a secret, or has one in it */
function requireNoSecret(key: string, given: JsonValue): void {
  if (!holdsSecret(key, given)) return;
  throw new UsageError('A secret on the command line can be read by every user of this machine.', {
    hint: 'Use --client-secret-env NAME, or --client-secret-file FILE with or without --store keychain.',
  });
}

function settingOf(key: SettingKey, text: string, source: string, context: Context): JsonValue {
  if (key.kind === 'path') {
    return settingFromTexts(key, [absolutePath(text, context.workingDirectory(), context)], source);
  }
  const isWritten = key.kind === 'parameters' || key.kind === 'list';
  const written = isWritten && /^\s*[[{]/.test(text) ? parseIfJson(text) : undefined;
  if (Array.isArray(written)) return settingFromTexts(key, written.map(textOf), source);
  if (typeof written !== 'object' || written === null) return settingFromTexts(key, [text], source);
  const pairs = Object.entries(written).map(([name, value]) =>
    value === null ? name : `${name}=${textOf(value)}`,
  );
  return settingFromTexts(key, pairs, source);
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
  throw new UsageError(say`Unknown setting in ${option}: ${named}`, {
    hint:
      meant === undefined
        ? 'oauth-code profile save --help lists the settings.'
        : say`Did you mean ${meant}?`,
  });
}

/** Opens the whole file, so that comments and other profiles are at hand; nothing is written unless it is sound. */
async function editInEditor({ context, output }: Invocation, file: string): Promise<void> {
  if (!canAsk(output, context)) {
    throw new UsageError('No change was given, and there is no terminal to open an editor on.', {
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
        throw new ConfigError(say`${file} was changed meanwhile. Your text is in ${draft}.`);
      });
      await files.remove(draft);
      return;
    } catch (error) {
      if (!(error instanceof ConfigError) || !/:\d+:\d+/.test(error.message)) throw error;
      tellLine(terminal.stderr, error.message);
      if (await prompt.confirm('Open the editor again?')) continue;
      throw new ConfigError(say`Nothing was changed. Your text is in ${draft}.`, { cause: error });
    }
  }
}
