import { NamedError, UsageError } from '../../errors.ts';
import type { JsonValue } from '../../json/json.ts';
import type { ProfileDocument, SettingSourceDocument } from '../../output/documents.ts';
import { clientSecretOptions, type LayeredSettings, layerSettings } from '../../settings/layered-settings.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import { type GivenSetting, profileLayers, variableLayer } from '../../settings/setting-layers.ts';
import {
  defaultProfile,
  loadSettings,
  type SelectedProfile,
  selectProfile,
} from '../../storage/load-settings.ts';
import { settingFromTexts } from '../../storage/parse-settings.ts';
import type { SettingKey } from '../../storage/settings.ts';
import type { Invocation } from '../command.ts';
import { printProfile, shownSettings } from './profile-document.ts';

/** Prints what a profile holds, or with `--sources` what would count in a run and where each setting comes from. */
export async function showProfile(
  options: OptionReader,
  { context }: Invocation,
  name: string | undefined,
): Promise<void> {
  const loaded = await loadSettings(context, options.text('config'), profileKeys);
  const choice = name === undefined ? defaultProfile(loaded) : { name, source: '--profile' };
  if (choice === undefined) {
    throw new UsageError('No profile was named, and there is no default one.', {
      hint: 'Add its name; oauth-code profile list shows which there are.',
    });
  }
  const profile = selectProfile(loaded, choice);
  const shows = options.isOn('show-secrets');
  if (!options.isOn('sources')) {
    const merged = new Map([...profile.parts].reverse().flatMap(({ settings }) => [...settings]));
    return printProfile(documentOf(profile, shownSettings(merged, shows)), options, context);
  }
  const layers = [variableLayer(context.env), ...profileLayers(profile, profileKeys, context)];
  const settings = layerSettings(
    layers,
    profileKeys.map(({ option }) => option),
  );
  const found = profileKeys.flatMap((key) => effectiveSetting(settings, profile, key));
  const values = new Map(found.map(({ key, value }) => [key, value]));
  const refusal = refusalOf(settings);
  printProfile(
    {
      ...documentOf(profile, shownSettings(values, shows)),
      sources: Object.fromEntries(found.map(({ key, source }) => [key, source])),
      ...(refusal === undefined ? {} : { refusal }),
    },
    options,
    context,
  );
}

function documentOf(
  { name, parts }: SelectedProfile,
  settings: ProfileDocument['settings'],
): ProfileDocument {
  return { version: 1, name, files: parts.map(({ file }) => file), settings };
}

interface FoundSetting {
  readonly key: string;
  readonly value: JsonValue;
  readonly source: SettingSourceDocument;
}

function effectiveSetting(
  settings: LayeredSettings,
  { parts }: SelectedProfile,
  key: SettingKey,
): FoundSetting[] {
  const given = settings.effective(key.kind === 'secret' ? clientSecretOptions : [key.option])[0];
  if (given === undefined) return [];
  if (given.place === 'variable') {
    const source = { type: 'variable', name: given.source } as const;
    return [{ key: key.name, value: valueOfVariable(key, given), source }];
  }
  const part = parts.find(({ place }) => place === given.place);
  const value = part?.settings.get(key.name);
  if (part === undefined || value === undefined) return [];
  return [{ key: key.name, value, source: { type: part.place, name: part.file } }];
}

function valueOfVariable(key: SettingKey, { name, values, source }: GivenSetting): JsonValue {
  if (name === 'client-secret') return { env: source };
  if (name === 'client-secret-env') return { env: values[0] ?? '' };
  if (name === 'client-secret-file') return { file: values[0] ?? '' };
  return settingFromTexts(key, key.kind === 'list' ? (values[0] ?? '').split('\n') : values, source);
}

/** Why a run would refuse to use a credential with these settings. */
function refusalOf(settings: LayeredSettings): string | undefined {
  try {
    settings.strongest(clientSecretOptions);
    for (const { option, kind } of profileKeys) if (kind === 'path') settings.find(option);
    return undefined;
  } catch (error) {
    if (error instanceof NamedError) return error.message;
    throw error;
  }
}
