import type { FileChanger, PrivateFiles, StoredFile } from '../context.ts';
import { ConfigError } from '../errors.ts';
import { own, say } from '../say.ts';

/** What another user who can change a file of ours means for its use. */
export type Tampering =
  | { readonly type: 'refused'; readonly error: ConfigError }
  | { readonly type: 'warning'; readonly text: string; readonly foreign: boolean };

const others: Readonly<Record<FileChanger['who'], string>> = {
  everyone: 'everyone',
  group: 'its group',
  owner: 'its owner, another user',
};

/**
 * Judges who can change a file of ours. Root may use a file of another user; a file that was named may be changed by
 * its group.
 */
export function judgeOwnFile(
  file: string,
  { changeableBy, asRoot }: Pick<StoredFile, 'changeableBy' | 'asRoot'>,
  named = false,
): Tampering | undefined {
  const tolerated = { everyone: false, group: named, owner: asRoot };
  const refused = changeableBy.find(({ who }) => !tolerated[who]);
  const found = refused ?? changeableBy[0];
  if (found === undefined) return undefined;
  const { who, path } = found;
  const text = `${path} can be changed by ${others[who]}`;
  if (refused === undefined) {
    return { type: 'warning', text, foreign: changeableBy.some((changer) => changer.who === 'owner') };
  }
  const hint = who === 'owner' ? 'copy it to a file of your own' : `chmod go-w ${path}`;
  const error = new ConfigError(say`${text}: ${path === file ? own('it') : file} is not used.`, {
    hint: say`If you trust what is in it: ${hint}`,
  });
  return { type: 'refused', error };
}

/** Before a file of ours is made. @throws ConfigError when others can put a link to another file in its place */
export async function requireOwnFolder(
  files: Pick<PrivateFiles, 'judgeFolder'>,
  file: string,
  named = false,
): Promise<void> {
  const tampering = judgeOwnFile(file, await files.judgeFolder(file), named);
  if (tampering?.type === 'refused') throw tampering.error;
}
