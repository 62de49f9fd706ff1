import { isAbsolute } from 'node:path';
import type { Context } from '../context.ts';
import { ConfigError } from '../errors.ts';

/** Who named a file, and what is wanted in it, as part of a sentence. */
export interface NamedFile {
  /** Such as `--ca-file`. */
  readonly source: string;
  readonly wants: string;
}

/** Reads a file as text, or as whatever `readFile` makes of it. */
export interface FileDoors<T> extends Pick<Context, 'workingDirectory'> {
  readFile(path: string): Promise<T>;
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
    const place = isAbsolute(path) ? '' : ` A relative path counts from ${workingDirectory()}.`;
    throw new ConfigError(error.message, {
      hint: `${source} names it, and wants ${wants}.${place}`,
      cause: error.cause,
    });
  }
}
