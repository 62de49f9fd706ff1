import type { StoredFile } from '../context.ts';
import { ConfigError } from '../errors.ts';
import { say } from '../say.ts';

/** What another user who can change a file of ours means for its use. */
export type Tampering =
  | { readonly type: 'refused'; readonly error: ConfigError }
  | { readonly type: 'warning'; readonly text: string; readonly foreign: boolean };

const others = { everyone: 'everyone', group: 'its group', owner: 'its owner, another user' } as const;

/**
 * Judges who can change a file of ours. Root may use a file of another user; a file that was named may be changed by
 * its group.
 */
export function judgeOwnFile(
  path: string,
  { changeableBy, asRoot }: Pick<StoredFile, 'changeableBy' | 'asRoot'>,
  named = false,
): Tampering | undefined {
  const tolerated = { everyone: false, group: named, owner: asRoot };
  const refused = changeableBy.find((who) => !tolerated[who]);
  const who = refused ?? changeableBy[0];
  if (who === undefined) return undefined;
  const text = `${path} can be changed by ${others[who]}`;
  if (refused === undefined) return { type: 'warning', text, foreign: changeableBy.includes('owner') };
  const hint = who === 'owner' ? 'copy it to a file of your own' : `chmod go-w ${path}`;
  const error = new ConfigError(say`${text}: it is not used.`, {
    hint: say`If you trust what is in it: ${hint}`,
  });
  return { type: 'refused', error };
}
