import { dirname, resolve } from 'node:path';
import type { Context } from '../../context.ts';
import { ConfigError } from '../../errors.ts';
import { isOwnReport, type TraceFormat } from '../../output/trace/trace-formats.ts';
import { own, recall, say } from '../../say.ts';

/** A file that a run is to leave, and who named it. */
export interface FileToLeave {
  readonly path: string;
  readonly format: TraceFormat;
  /** Such as `--trace`. */
  readonly source: string;
  /** What is written, as part of a sentence. */
  readonly what: 'a trace' | 'a report';
}

/**
 * Makes sure that a file can be left where a person wants it: its folder is there, and nothing stands in its place but
 * an empty file or one that this tool wrote in the same format.
 * @throws ConfigError
 */
export async function requireReplaceable(
  { path, format, source, what }: FileToLeave,
  doors: Pick<Context, 'files' | 'readChunks'>,
): Promise<void> {
  const folder = dirname(resolve(path));
  // A mistyped path is more likely than a wish for folders.
  if (!(await doors.files.exists(folder))) {
    throw new ConfigError(say`Cannot write ${path}: there is no folder ${folder}.`, {
      hint: say`Make it, or give ${source} a file elsewhere.`,
    });
  }
  if (isOwnReport(format, await namingSource(path, source, () => startOf(path, doors)))) return;
  throw new ConfigError(say`${path} exists already and is not ${own(what)}.`, {
    hint: say`Remove it, or give ${source} another name.${own(what === 'a trace' ? ' Nothing was sent.' : '')}`,
  });
}

/** An earlier one may be of any size, and is known by its beginning; empty for a file that is not there. */
async function startOf(
  path: string,
  { files, readChunks }: Pick<Context, 'files' | 'readChunks'>,
): Promise<string> {
  if (!(await files.exists(path))) return '';
  for await (const chunk of readChunks(path)) return Buffer.from(chunk).toString('utf8');
  return '';
}

/** Does something with a file that an option names, and says so when that fails. @throws ConfigError */
export async function namingSource<T>(path: string, source: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const hint = say`Give ${source} a file that can be written, elsewhere than ${path}.`;
    throw new ConfigError(recall(error.message), { hint, cause: error });
  }
}
