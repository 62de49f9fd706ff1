import type { Context } from '../context.ts';
import { ConfigError } from '../errors.ts';
import type { JsonValue } from '../json/json.ts';
import { say } from '../say.ts';
import { removeMember, setMember } from './jsonc.ts';
import { requireOwnFolder } from './own-file.ts';
import { parseSettings } from './parse-settings.ts';
import type { SettingKey } from './settings.ts';

type Doors = Pick<Context, 'files' | 'signal'>;

/** A change of one place in the file; without a value the member is removed. */
export interface SettingsChange {
  readonly path: readonly string[];
  readonly value?: JsonValue;
}

/** Writing takes milliseconds: a process that holds the lock longer than this waits for an answer of its user. */
const lockWaitMs = 5000;
const lockPauseMs = 20;

/**
 * Changes the settings file, which is made when there is none; comments and everything else in it stay. Processes
 * that do so at once wait for each other.
 * @throws ConfigError when the file is not sound before or would not be after, or cannot be written
 */
export async function changeSettings(
  doors: Doors,
  file: string,
  keys: readonly SettingKey[],
  changes: readonly SettingsChange[],
  schemaUrl: string,
): Promise<void> {
  await replaceSettings(doors, file, keys, (text) =>
    changes.reduce(
      (changed, { path, value }) =>
        value === undefined ? removeMember(changed, path) : setMember(changed, path, value),
      text === undefined || text.trim() === '' ? emptySettings(schemaUrl) : text,
    ),
  );
}

/**
 * Replaces the text of the settings file by one made from it, under the same lock.
 * @throws ConfigError as `changeSettings` does
 */
export async function replaceSettings(
  { files, signal }: Doors,
  file: string,
  keys: readonly SettingKey[],
  replace: (text: string | undefined) => string,
): Promise<void> {
  await requireOwnFolder(files, file, true);
  const lock = await lockFile({ files, signal }, file);
  try {
    const text = (await files.read(file))?.text;
    if (text !== undefined) parseSettings(text, file, keys);
    const replaced = replace(text);
    parseSettings(replaced, file, keys);
    if (replaced !== text) await files.write(file, replaced);
  } finally {
    lock.release();
  }
}

/** The text of a settings file before the first profile. */
function emptySettings(schemaUrl: string): string {
  return `${JSON.stringify({ $schema: schemaUrl, version: 1 }, null, 2)}\n`;
}

async function lockFile({ files, signal }: Doors, file: string) {
  for (let waitedMs = 0; waitedMs <= lockWaitMs; waitedMs += lockPauseMs) {
    const attempt = await files.tryLock(`${file}.lock`);
    if (attempt.type === 'acquired') return attempt.lock;
    await new Promise((resolve) => setTimeout(resolve, lockPauseMs));
    signal.throwIfAborted();
  }
  throw new ConfigError(say`Another process holds ${file}.lock.`, { hint: 'Try again in a moment.' });
}
