import { isAbsolute } from 'node:path';
import type { Context } from '../context.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { renderWarning } from '../output/render-step.ts';
import { own, recall, say } from '../say.ts';

/** The option that names a file, and the content it should have, as part of a sentence. */
export interface NamedFile {
  /** Such as `--ca-file`. */
  readonly source: string;
  readonly wants: string;
}

/** Reads a file as text, or as whatever `readFile` makes of it. */
export interface FileDoors<T> extends Pick<Context, 'workingDirectory'> {
  readFile(path: string): Promise<T>;
}

const made = new WeakMap<object, Map<string, Promise<unknown>>>();

/** What is made once for its owner, such as what the one stdin of a run holds. A failure is not remembered. */
export function once<T>(owner: object, name: string, make: () => Promise<T>): Promise<T> {
  const known = made.get(owner) ?? new Map<string, Promise<unknown>>();
  made.set(owner, known);
  const value = (known.get(name) as Promise<T> | undefined) ?? make();
  known.set(name, value);
  value.catch(() => known.delete(name));
  return value;
}

/** Tells whether a text that should name a file or a variable may be the secret itself: a key, a token, random letters. */
export function mayBeSecret(name: string): boolean {
  if (/[\r\n]|-----BEGIN |^\s*[[{"]|^eyJ/.test(name)) return true;
  if (/^(?=.*\d)(?=.*[a-z])[a-z\d]{24,}$/i.test(name)) return true;
  return /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[^\s/\\]{20,}$/.test(name) && !/\.[a-z]{1,5}\d?$/i.test(name);
}

/** Warns once, unless quiet, of a file with a secret in it that other users can read or replace. */
export async function warnOfOpenFile(
  path: string,
  quiet: boolean,
  { files, terminal: { stderr } }: Pick<Context, 'files' | 'terminal'>,
): Promise<void> {
  if (quiet) return;
  await once(stderr, path, async () => {
    const isOpen = await files.liesOpen(path);
    const folder = isOpen
      ? ''
      : (await files.judgeFile(path, 0))?.changeableBy.find(({ who }) => who === 'everyone')?.path;
    if (folder === undefined) return;
    const text = isOpen
      ? `${path} can be read by other users: chmod 600 ${path}`
      : `${path} can be replaced by other users, who can write to ${folder}: chmod o-w ${folder}`;
    stderr.write(renderWarning('Secret', text, stderr));
  });
}

/**
 * Reads a file that an option or setting names.
 * @throws ConfigError that says who named it and what is wanted there
 */
export async function readNamedFile<T = string>(
  path: string,
  { source, wants }: NamedFile,
  { readFile, workingDirectory }: FileDoors<T>,
): Promise<T> {
  try {
    return await readFile(path);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (mayBeSecret(path)) {
      throw new UsageError(say`${own(source)} does not name a file that can be read.`, {
        hint: say`It takes the name of a file with ${own(wants)}. The value may be a secret, so it is not shown.`,
      });
    }
    const place = isAbsolute(path) ? '' : say` A relative path counts from ${workingDirectory()}.`;
    throw new ConfigError(recall(error.message), {
      hint: say`${own(source)} names this file; it has to hold ${own(wants)}.${place}`,
      cause: error.cause,
    });
  }
}
