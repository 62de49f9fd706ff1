import type { JsonValue } from '../../json/json.ts';
import type { ProfileListDocument } from '../../output/documents.ts';
import { renderJson } from '../../output/render-json.ts';
import { renderProfileList } from '../../output/render-profile.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput, viewOf } from '../../settings/output-settings.ts';
import { profileKeys } from '../../settings/profile-keys.ts';
import {
  defaultProfile,
  type LoadedSettings,
  loadSettings,
  profileNames,
} from '../../storage/load-settings.ts';
import type { Invocation } from '../command.ts';

/** Prints all profiles of both files. */
export async function listProfiles(options: OptionReader, { context }: Invocation): Promise<void> {
  const loaded = await loadSettings(context, options.text('config'), profileKeys);
  const document = buildProfileListDocument(loaded);
  const { stdout, stderr } = context.terminal;
  if (settleOutput(options).json) {
    stdout.write(renderJson(document, { pretty: stdout.isTTY, color: stdout.color }));
  } else if (document.profiles.length > 0) {
    stdout.write(renderProfileList(document, viewOf(stdout, settleOutput(options), context)));
  } else if (!options.isOn('quiet')) {
    stderr.write(`There are no profiles in ${loaded.file}. oauth-code profile save NAME makes one.\n`);
  }
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
