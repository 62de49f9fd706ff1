import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import { type TraceFormat, traceFormatOf } from '../../output/trace/render-trace.ts';
import type { OutputSettings } from '../../settings/output-settings.ts';
import { namingSource, requireReplaceable } from './require-replaceable.ts';

/** A file of `--trace`, and what is written into it. */
export interface TraceFile {
  readonly path: string;
  readonly format: TraceFormat;
}

/**
 * The files of `--trace`, each once. A file that this tool did not write is not replaced.
 * @throws UsageError for a name whose ending says no format; ConfigError for a file that is somebody else's, or whose
 * folder is not there
 */
export async function settleTraceFiles(
  { trace, sources }: Pick<OutputSettings, 'trace' | 'sources'>,
  doors: Pick<Context, 'files' | 'readChunks'>,
): Promise<readonly TraceFile[]> {
  const source = sources.trace;
  const named = new Map(trace.map((path) => [resolve(path), traceFile(path, source)]));
  for (const file of named.values()) {
    await requireReplaceable({ ...file, source, what: 'a trace' }, doors);
  }
  return [...named.values()];
}

/** Writes one file, and says what to do when that fails. @throws ConfigError */
export function writeTraceFile(
  { path }: TraceFile,
  text: string,
  source: string,
  { files }: Pick<Context, 'files'>,
): Promise<void> {
  return namingSource(path, source, () => files.write(path, text));
}

function traceFile(path: string, source: string): TraceFile {
  const format = traceFormatOf(path);
  if (format !== undefined && format !== 'curl' && format !== 'ascii') return { path, format };
  const name = path === '' ? 'names no file' : `${path} has no ending that says what to write`;
  throw new UsageError(`${source} ${name}.`, {
    hint: 'Use .json (our own, for report and diff), .har, .html, .mmd (Mermaid) or .md.',
  });
}
