import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import { redactTrace, revealTrace } from '../../output/trace/redact-trace.ts';
import { renderTrace } from '../../output/trace/render-trace.ts';
import { traceFormatOf } from '../../output/trace/trace-formats.ts';
import type { Recording } from '../../recording/recording.ts';
import { say } from '../../say.ts';
import type { OutputSettings } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';
import type { NotedRun } from '../journal.ts';
import { createRunRedactor } from '../run-redactor.ts';
import { tellStep } from '../tell.ts';
import { asksServer, buildRecording, secretsOf } from './keep-last.ts';
import { type FileToLeave, namingSource, requireReplaceable } from './require-replaceable.ts';

/**
 * Makes sure that the files of `--trace` can be written, by writing into each that the run was cancelled.
 * @throws UsageError for a file whose ending names no format; ConfigError when one cannot be written or is not ours
 */
export async function openTraceFiles(run: NotedRun, invocation: Invocation) {
  const { context, journal, output } = invocation;
  const files = await settleTraceFiles(output, context);
  const { showSecrets, quiet, sources } = output;

  const write = async (raw: Recording): Promise<void> => {
    const known = secretsOf(journal);
    const trace = showSecrets ? revealTrace(raw, known) : redactTrace(raw, known, createRunRedactor(journal));
    for (const { path, format } of files)
      await namingSource(path, sources.trace, () => context.files.write(path, renderTrace(trace, format)));
  };

  await write(buildRecording(run, { status: 'cancelled' }, invocation));
  warnOfSecrets(
    invocation,
    files.map(({ path }) => path),
  );
  return {
    /** @throws ConfigError */
    async write(recording: () => Promise<Recording>): Promise<void> {
      await write(await recording());
      const isEmpty = !asksServer(run);
      if (!quiet) tellFiles(files, isEmpty, context);
    },
  };
}

function tellFiles(files: readonly TraceFile[], isEmpty: boolean, { terminal }: Context): void {
  const nothing = isEmpty ? ': no request was made' : '';
  const text = `written to ${files.map(({ path }) => path).join(', ')}${nothing}`;
  tellStep(terminal.stderr, { mark: 'pass', name: 'Trace', text });
}

/** A file of `--trace`, and what is written into it. */
type TraceFile = Pick<FileToLeave, 'path' | 'format'>;

/**
 * The files of `--trace`, each once. A file that this tool did not write is not replaced.
 * @throws UsageError for a name whose ending says no format; ConfigError for a file of another program, or a missing
 * folder
 */
async function settleTraceFiles(
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

function traceFile(path: string, source: string): TraceFile {
  const format = traceFormatOf(path);
  if (format !== undefined && format !== 'curl' && format !== 'ascii') return { path, format };
  const name = path === '' ? 'does not name a file' : `${path} does not end in a known format`;
  throw new UsageError(say`${source} ${name}.`, {
    hint: 'Use .json (our own, for report and diff), .har, .html, .mmd (Mermaid) or .md.',
  });
}

/** Warns once a run where `--show-secrets` leaves secrets to be read: in the files of the trace, and on stderr. */
export function warnOfSecrets({ context, journal, output }: Invocation, files: readonly string[] = []): void {
  const { showSecrets, verbose, wire, step } = output;
  if (journal.warnedOfSecrets || !showSecrets) return;
  const isLive = verbose || wire;
  const shown = isLive ? ['what -v shows'] : step ? ['what --step shows'] : [];
  const places = [files.join(', '), ...shown].filter((place) => place !== '');
  if (places.length === 0) return;
  journal.warnedOfSecrets = true;
  const text = `--show-secrets: tokens and other secrets will stand in ${places.join(' and ')}`;
  tellStep(context.terminal.stderr, { mark: 'warn', name: files.length === 0 ? 'Secrets' : 'Trace', text });
}
