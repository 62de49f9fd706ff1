import { resolve } from 'node:path';
import { version } from '../../../package.json';
import type { Context } from '../../context.ts';
import { BugError, CancelledError, NamedError, UsageError } from '../../errors.ts';
import { recordedEvent } from '../../flows/recorded-event.ts';
import type { Secret } from '../../output/redact.ts';
import { buildErrorDocument } from '../../output/render-error.ts';
import { redactTrace, revealTrace } from '../../output/trace/redact-trace.ts';
import { renderTrace } from '../../output/trace/render-trace.ts';
import { type TraceFormat, traceFormatOf } from '../../output/trace/trace-formats.ts';
import type { RecordedEvent, Recording } from '../../recording/recording.ts';
import { say } from '../../say.ts';
import type { OutputSettings } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';
import { diagnoseFailure } from '../diagnose-failure.ts';
import type { Journal, TraceRecorder } from '../journal.ts';
import { createRunRedactor } from '../run-redactor.ts';
import { tellStep } from '../tell.ts';
import { namingSource, requireReplaceable } from './require-replaceable.ts';
import { warnOfSecrets } from './tell-exchange.ts';

/**
 * Starts the record behind `recordTrace`.
 * @throws UsageError for a file whose ending names no format; ConfigError when one cannot be written or is not ours
 */
export async function startRecorder(
  output: OutputSettings,
  invocation: Invocation,
  command: string,
): Promise<TraceRecorder> {
  const { context, journal } = invocation;
  const files = await settleTraceFiles(output, context);
  const { showSecrets, quiet, sources } = output;
  const startedAt = context.now();
  const startedMs = context.monotonicMs();
  const events: RecordedEvent[] = [];
  const secrets: Secret[] = [];

  const write = async (outcome: Recording['outcome']): Promise<void> => {
    const raw: Recording = {
      version: 1,
      kind: 'trace',
      recorded_by: `oauth-code ${version}`,
      command,
      started_at: startedAt.toISOString(),
      duration_ms: Math.round((context.monotonicMs() - startedMs) * 1000) / 1000,
      secrets: 'shown',
      outcome,
      // An exchange is told when it ends and belongs where it began.
      events: events.toSorted((a, b) => a.at_ms - b.at_ms),
      tokens: [],
    };
    const known = unique([...journal.secrets, ...secrets]);
    const trace = showSecrets ? revealTrace(raw, known) : redactTrace(raw, known, createRunRedactor(journal));
    for (const file of files)
      await writeTraceFile(file, renderTrace(trace, file.format), sources.trace, context);
  };

  await write({ status: 'cancelled' });
  warnOfSecrets(
    output,
    invocation,
    files.map(({ path }) => path),
  );
  let finished = false;
  return {
    record(event) {
      if (event.type === 'secret') secrets.push({ kind: event.kind, value: event.value });
      const recorded = recordedEvent(event, context.monotonicMs() - startedMs, context.now());
      if (recorded !== undefined) events.push(recorded);
    },
    async finish(error) {
      if (finished) return;
      finished = true;
      await write(outcomeOf(error, journal));
      const isEmpty = !events.some(({ type }) => type === 'exchange' || type === 'authorization_request');
      if (!quiet) tellFiles(files, isEmpty, context);
    },
  };
}

function outcomeOf(error: unknown, journal: Journal): Recording['outcome'] {
  if (error === undefined) return { status: 'done' };
  const named = error instanceof NamedError ? error : new BugError(error);
  const diagnosis = diagnoseFailure(named, journal);
  return {
    status: named instanceof CancelledError ? 'cancelled' : 'failed',
    error: buildErrorDocument(named, []).error,
    ...(diagnosis.length === 0 ? {} : { diagnosis }),
  };
}

function unique(secrets: readonly Secret[]): readonly Secret[] {
  const seen = new Set<string>();
  return secrets.filter(({ value }) => !seen.has(value) && seen.add(value));
}

function tellFiles(files: readonly TraceFile[], isEmpty: boolean, { terminal }: Context): void {
  const nothing = isEmpty ? ': no request was made' : '';
  const text = `written to ${files.map(({ path }) => path).join(', ')}${nothing}`;
  tellStep(terminal.stderr, { mark: 'pass', name: 'Trace', text });
}

/** A file of `--trace`, and what is written into it. */
export interface TraceFile {
  readonly path: string;
  readonly format: TraceFormat;
}

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

/** Writes one file, and says what to do when that fails. @throws ConfigError */
function writeTraceFile(
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
  throw new UsageError(say`${source} ${name}.`, {
    hint: 'Use .json (our own, for report and diff), .har, .html, .mmd (Mermaid) or .md.',
  });
}
