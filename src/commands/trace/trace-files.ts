import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import { ConfigError, UsageError } from '../../errors.ts';
import { isOwnReport } from '../../output/trace/own-report.ts';
import { type TraceFormat, traceFormatOf } from '../../output/trace/render-trace.ts';
import type { OptionReader } from '../settings/option-reader.ts';

/** A file of `--trace`, and what is written into it. */
export interface TraceFile {
  readonly path: string;
  readonly format: TraceFormat;
}

/**
 * The files of `--trace`, each once. A file that this tool did not write is not replaced.
 * @throws UsageError for a name whose ending says no format; ConfigError for a file that is somebody else's
 */
export async function settleTraceFiles(
  options: OptionReader,
  doors: Pick<Context, 'files' | 'readChunks'>,
): Promise<readonly TraceFile[]> {
  const source = options.source('trace');
  const named = new Map(options.list('trace').map((path) => [resolve(path), traceFile(path, source)]));
  for (const { path, format } of named.values()) {
    const start = await naming(path, source, () => startOf(path, doors));
    if (!isOwnReport(format, start)) {
      throw new ConfigError(`${path} is there already, and holds something else than a trace.`, {
        hint: `Remove it, or give ${source} another name. Nothing was sent.`,
      });
    }
  }
  return [...named.values()];
}

/** An earlier trace may be of any size, and is known by its beginning; empty for a file that is not there. */
async function startOf(
  path: string,
  { files, readChunks }: Pick<Context, 'files' | 'readChunks'>,
): Promise<string> {
  if (!(await files.exists(path))) return '';
  for await (const chunk of readChunks(path)) return Buffer.from(chunk).toString('utf8');
  return '';
}

/** Writes one file, and says what to do when that fails. @throws ConfigError */
export function writeTraceFile(
  { path }: TraceFile,
  text: string,
  source: string,
  { files }: Pick<Context, 'files'>,
): Promise<void> {
  return naming(path, source, () => files.write(path, text));
}

async function naming<T>(path: string, source: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const hint = `Give ${source} a file that can be written, elsewhere than ${path}.`;
    throw new ConfigError(error.message, { hint, cause: error });
  }
}

function traceFile(path: string, source: string): TraceFile {
  const format = traceFormatOf(path);
  if (format !== undefined && format !== 'curl' && format !== 'ascii') return { path, format };
  const name = path === '' ? 'names no file' : `${path} has no ending that says what to write`;
  throw new UsageError(`${source} ${name}.`, {
    hint: 'Use .json (our own, for report and diff), .har, .html, .mmd (Mermaid) or .md.',
  });
}
