import { NamedError, UsageError } from '../../errors.ts';
import type { JsonValue } from '../../json/json.ts';
import type { ProfileDocument, ProfileListDocument, SettingSourceDocument } from '../../output/documents.ts';
import { renderProfileList } from '../../output/render-profile.ts';
import { shownSettings } from '../../output/shown-settings.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import { warnOfProfile } from '../../settings/read-settings.ts';
import {
  clientSecretOptions,
  type GivenSetting,
  type LayeredSettings,
  layerSettings,
  profileLayers,
  variableLayer,
} from '../../settings/setting-layers.ts';
import type { ProfileCommandSettings, ShowSettings } from '../../settings/settle-profile.ts';
import {
  defaultProfile,
  type LoadedSettings,
  loadSettings,
  profileNames,
  type SelectedProfile,
  selectProfile,
} from '../../storage/load-settings.ts';
import { settingFromTexts } from '../../storage/parse-settings.ts';
import type { SettingKey } from '../../storage/settings.ts';
import type { Invocation } from '../command.ts';
import { printDocument } from '../print-result.ts';
import { printProfile } from './write-profile.ts';

/** Prints all profiles of both files. */
export async function listProfiles(
  { config }: ProfileCommandSettings,
  invocation: Invocation,
): Promise<void> {
  const { context, output } = invocation;
  const loaded = await loadToShow(config, invocation);
  const document = buildProfileListDocument(loaded);
  if (output.json || document.profiles.length > 0) {
    printDocument(document, renderProfileList, invocation);
  } else if (!output.quiet) {
    context.terminal.stderr.write(
      `There are no profiles in ${loaded.file}. oauth-code profile save NAME makes one.\n`,
    );
  }
}

async function loadToShow(
  config: string | undefined,
  { context, output }: Invocation,
): Promise<LoadedSettings> {
  const loaded = await loadSettings(context, config, profileKeys);
  const warning = loaded.user?.warning;
  if (warning !== undefined && !output.quiet) warnOfProfile(warning, context.terminal.stderr);
  return loaded;
}

function buildProfileListDocument(loaded: LoadedSettings): ProfileListDocument {
  const { file, user, project } = loaded;
  return {
    version: 1,
    file,
    project_file: project?.file ?? null,
    default_profile: defaultProfile(loaded)?.name ?? null,
    profiles: profileNames(loaded).map((name) => {
      const own = user?.profiles.get(name);
      const projects = project?.profiles.get(name);
      const text = (key: string) => textOrNull(own?.get(key) ?? projects?.get(key));
      return {
        name,
        issuer:
          text('issuer') ?? text('metadata_url') ?? text('authorization_endpoint') ?? text('token_endpoint'),
        client_id: text('client_id'),
        from: [
          ...(own === undefined ? [] : (['user'] as const)),
          ...(projects === undefined ? [] : (['project'] as const)),
        ],
      };
    }),
  };
}

function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** Prints the settings of a profile; with `--sources` those that a run would use, and where each comes from. */
export async function showProfile(
  { config, sources }: ShowSettings,
  invocation: Invocation,
  [name]: readonly string[],
): Promise<void> {
  const { context, output } = invocation;
  const loaded = await loadToShow(config, invocation);
  const choice = name === undefined ? defaultProfile(loaded) : { name, source: '--profile' };
  if (choice === undefined) {
    throw new UsageError('No profile was named, and no default profile is set.', {
      hint: 'Name one; oauth-code profile list shows them.',
    });
  }
  const profile = selectProfile(loaded, choice);
  const shows = output.showSecrets;
  if (!sources) {
    const merged = new Map([...profile.parts].reverse().flatMap(({ settings }) => [...settings]));
    return printProfile(documentOf(profile, shownSettings(merged, shows)), invocation);
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
    invocation,
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
