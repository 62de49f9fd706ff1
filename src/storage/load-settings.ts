import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { absolutePath, pathsOf, type Surroundings, settingsPath } from './places.ts';
import { requireHarmless } from './project-rules.ts';
import type { SettingKey } from './setting-key.ts';
import type { Settings } from './settings.ts';

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
    const user = await readSettings(doors, file, keys);
    if (user !== undefined) return { file, user };
    throw new UsageError(`There is no settings file ${file}.`, {
      hint: 'oauth-code profile save NAME --config FILE makes one.',
    });
  }
  const file = settingsPath(doors);
  const user = await readSettings(doors, file, keys);
  const projectFile = await findProjectFile(doors);
  const project =
    projectFile === undefined || projectFile === file
      ? undefined
      : await readSettings(doors, projectFile, keys);
  if (project !== undefined) requireHarmless(project);
  return {
    file,
    ...(user === undefined ? {} : { user }),
    ...(project === undefined ? {} : { project }),
  };
}

/**
 * Finds the project file in the working directory or above it, up to the root of the repository. Outside a
 * repository only the working directory counts: anybody may put a file into a folder such as /tmp.
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
): Promise<Settings | undefined> {
  const stored = await files.read(file);
  if (stored === undefined) return undefined;
  const { parseSettings } = await import('./parse-settings.ts');
  return { file, readableByOthers: stored.readableByOthers, ...parseSettings(stored.text, file, keys) };
}
