import { closestName } from '../closest-name.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { own, say } from '../say.ts';
import { judgeOwnFile } from './own-file.ts';
import { absolutePath, pathsOf, type Surroundings, settingsPath } from './places.ts';
import { additionsTo, requireHarmless } from './project-rules.ts';
import type { ProfileSettings, SettingKey, Settings } from './settings.ts';

/** The name of the file that a project keeps its settings in. */
const projectFileName = 'oauth-code.config.json';

type Doors = Surroundings & Pick<Context, 'files'>;

/** Both settings files, as far as they are there. */
export interface LoadedSettings {
  /** Where the user's settings are or would be. */
  readonly file: string;
  readonly user?: Settings;
  readonly project?: Settings;
}

/**
 * Reads the user's settings and those of the project around the working directory. A file given by name is read
 * instead of both, and has to be there.
 * @throws ConfigError for what cannot be read or is not as it should be, UsageError when the named file is missing.
 */
export async function loadSettings(
  doors: Doors,
  named: string | undefined,
  keys: readonly SettingKey[],
): Promise<LoadedSettings> {
  if (named !== undefined) {
    const file = absolutePath(named, doors.workingDirectory(), doors);
    const user = await readSettings(doors, file, keys, file === settingsPath(doors) ? 'own' : 'named');
    if (user !== undefined) return { file, user };
    throw new UsageError(say`There is no settings file ${file}.`, {
      hint: 'oauth-code profile save NAME --config FILE makes one.',
    });
  }
  const file = settingsPath(doors);
  const user = await readSettings(doors, file, keys, 'own');
  const projectFile = await findProjectFile(doors);
  const project =
    projectFile === undefined || projectFile === file
      ? undefined
      : await readSettings(doors, projectFile, keys, 'project');
  if (project !== undefined) requireHarmless(project);
  return { file, ...(user === undefined ? {} : { user }), ...(project === undefined ? {} : { project }) };
}

/**
 * Finds the project file in the working directory or above it, up to the root of the repository. Outside a
 * repository only the working directory counts: another user may put a file into a folder such as /tmp.
 */
async function findProjectFile(doors: Doors): Promise<string | undefined> {
  const { join, dirname } = pathsOf(doors);
  let found: string | undefined;
  const start = doors.workingDirectory();
  for (let folder = start; ; folder = dirname(folder)) {
    const file = join(folder, projectFileName);
    if (found === undefined && (await doors.files.exists(file))) found = file;
    if (await doors.files.exists(join(folder, '.git'))) return found;
    if (dirname(folder) === folder) return found === join(start, projectFileName) ? found : undefined;
  }
}

async function readSettings(
  { files }: Doors,
  file: string,
  keys: readonly SettingKey[],
  whose: 'own' | 'named' | 'project',
): Promise<Settings | undefined> {
  const stored = await files.read(file, whose === 'project' ? 0 : 1);
  if (stored === undefined) return undefined;
  // A project file holds nothing that could do harm.
  const tampering = whose === 'project' ? undefined : judgeOwnFile(file, stored, whose === 'named');
  if (tampering?.type === 'refused') throw tampering.error;
  const { parseSettings } = await import('./parse-settings.ts');
  const parsed = parseSettings(stored.text, file, keys);
  const settings = { file, readableByOthers: stored.readableByOthers, ...parsed };
  if (tampering === undefined) return settings;
  const { text: warning, foreign } = tampering;
  if (!foreign) return { ...settings, warning };
  const profiles = withoutCommands(settings.profiles);
  return { ...settings, profiles, warning: `${warning}; no command in it is run` };
}

/** The settings of another user start no program, least of all for root. */
function withoutCommands(profiles: Settings['profiles']): Settings['profiles'] {
  return new Map(
    [...profiles].map(([name, settings]) => [
      name,
      new Map([...settings].filter(([key]) => key !== 'browser')),
    ]),
  );
}

/** Settings of a profile as one file gives them. */
export interface ProfilePart {
  /** `project`: from a file that came with a project; `profile`: from the user's own. */
  readonly place: 'project' | 'profile';
  readonly file: string;
  readonly settings: ProfileSettings;
  readonly readableByOthers: boolean;
  /** As in `Settings`. */
  readonly warning?: string | undefined;
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
    const { file, readableByOthers, warning } = user;
    parts.push({ place: 'profile', file, settings: own, readableByOthers, warning });
  }
  if (parts.length > 0) return { name, parts };
  throw unknownProfile(loaded, name, source);
}

/** The refusal of a name that no file has, with the one that was probably meant and all there are. */
export function unknownProfile(loaded: LoadedSettings, name: string, source?: string): UsageError {
  const names = profileNames(loaded);
  const meant = closestName(name, names);
  const shown = names.length > 20 ? [...names.slice(0, 20), '…'] : names;
  const list =
    names.length === 0 ? `No profile is saved in ${loaded.file}` : `There are: ${shown.join(', ')}`;
  const named = source === undefined || source === '--profile' ? '' : `, which ${source} names`;
  return new UsageError(say`There is no profile "${name}"${named}.`, {
    hint: say`${own(meant === undefined ? '' : `Did you mean "${meant}"? `)}${list}. oauth-code profile save NAME makes one.`,
  });
}

/** The names of all profiles, sorted. */
export function profileNames({ user, project }: LoadedSettings): readonly string[] {
  return [...new Set([...(user?.profiles.keys() ?? []), ...(project?.profiles.keys() ?? [])])].sort();
}
