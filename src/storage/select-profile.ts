import { closestName } from '../closest-name.ts';
import { UsageError } from '../errors.ts';
import type { LoadedSettings } from './load-settings.ts';
import { additionsTo } from './project-rules.ts';
import type { ProfileSettings } from './settings.ts';

/** Settings of a profile as one file gives them. */
export interface ProfilePart {
  /** `project`: from a file that came with a project; `profile`: from the user's own. */
  readonly place: 'project' | 'profile';
  readonly file: string;
  readonly settings: ProfileSettings;
  readonly readableByOthers: boolean;
}

/** The profile a run uses. */
export interface SelectedProfile {
  readonly name: string;
  /** The most important first; one at least. */
  readonly parts: readonly ProfilePart[];
}

/** What names the profile: an option or variable, or the default of a file. */
export interface ProfileChoice {
  readonly name: string;
  /** As a message calls it, such as `--profile`. */
  readonly source: string;
}

/** The default profile, if there is one: the project's before the user's. */
export function defaultProfile({ user, project }: LoadedSettings): ProfileChoice | undefined {
  for (const settings of [project, user]) {
    if (settings?.defaultProfile === undefined) continue;
    return { name: settings.defaultProfile, source: `"default_profile" in ${settings.file}` };
  }
  return undefined;
}

/**
 * Puts a profile together from both files.
 * @throws UsageError when neither has it, ConfigError when the project's differs in what it may not change
 */
export function selectProfile(loaded: LoadedSettings, { name, source }: ProfileChoice): SelectedProfile {
  const { user, project } = loaded;
  const own = user?.profiles.get(name);
  const projects = project?.profiles.get(name);
  const parts: ProfilePart[] = [];
  if (project !== undefined && projects !== undefined) {
    const { file, readableByOthers } = project;
    const settings = own === undefined ? projects : additionsTo(name, own, { file, settings: projects });
    parts.push({ place: 'project', file, settings, readableByOthers });
  }
  if (user !== undefined && own !== undefined) {
    parts.push({ place: 'profile', file: user.file, settings: own, readableByOthers: user.readableByOthers });
  }
  if (parts.length > 0) return { name, parts };
  throw unknownProfile(loaded, name, source);
}

/** The refusal of a name that no file has, with the one that was probably meant and all there are. */
export function unknownProfile(loaded: LoadedSettings, name: string, source?: string): UsageError {
  const names = profileNames(loaded);
  const meant = closestName(name, names);
  const shown = names.length > 20 ? [...names.slice(0, 20), '…'] : names;
  const list = names.length === 0 ? `There are none in ${loaded.file}` : `There are: ${shown.join(', ')}`;
  const named = source === undefined || source === '--profile' ? '' : `, which ${source} names`;
  return new UsageError(`There is no profile "${name}"${named}.`, {
    hint: `${meant === undefined ? '' : `Did you mean "${meant}"? `}${list}. oauth-code profile save NAME makes one.`,
  });
}

/** The names of all profiles, sorted. */
export function profileNames({ user, project }: LoadedSettings): readonly string[] {
  return [...new Set([...(user?.profiles.keys() ?? []), ...(project?.profiles.keys() ?? [])])].sort();
}
