import { NamedError } from '../../errors.ts';
import type { Emit } from '../../flows/conversation.ts';
import type { Invocation, Start } from '../command.ts';
import type { NotedRun } from '../journal.ts';
import { tellLine } from '../tell.ts';

/**
 * Records the run from now on: in the files of `--trace`, and in `last.json` once a server was asked. They are written
 * when the run ends, however it ends; that the named files can be is made sure of here, before any server is bothered.
 * Secrets that will be shown are warned of. A run with several conversations calls it for each; they stand in one trace.
 * @throws UsageError for a file whose ending names no format; ConfigError when one cannot be written
 */
export async function recordTrace(invocation: Invocation, emit: Emit): Promise<Emit> {
  const { journal, output } = invocation;
  if (output.trace.length === 0 && output.showSecrets) {
    (await import('./trace-files.ts')).warnOfSecrets(invocation);
  }
  if (journal.trace === undefined && (output.trace.length > 0 || output.keepsLast || output.openReport)) {
    await startRecorder(invocation);
  }
  const record = journal.trace?.record;
  if (record === undefined) return emit;
  return (event) => {
    emit(event);
    record(event);
  };
}

/** The writer of recordings is loaded when there is one to write: a result does not wait for it. */
async function startRecorder(invocation: Invocation): Promise<void> {
  const { context, journal, output } = invocation;
  const { command = '' } = journal;
  const run: NotedRun = { command, startedAt: context.now(), startedMs: context.monotonicMs(), notes: [] };
  const files =
    output.trace.length === 0
      ? undefined
      : await (await import('./trace-files.ts')).openTraceFiles(run, invocation);
  let finished = false;
  journal.trace = {
    record: (event) => void run.notes.push({ event, at: context.now(), ms: context.monotonicMs() }),
    async finish(error) {
      if (finished) return;
      finished = true;
      const { keepLast, recordingOf } = await import('./keep-last.ts');
      const recording = recordingOf(run, error, invocation);
      await keepLast(run, recording, invocation);
      await files?.write(recording);
      if (!output.openReport) return;
      const { showReport } = await import('./open-report.ts');
      await showReport(recording, invocation);
    },
  };
}

/** Records a run that may come to its end without a request; its trace then says that. @throws as `recordTrace` */
export async function recordEvenNothing(invocation: Invocation): Promise<void> {
  if (invocation.output.trace.length > 0) await recordTrace(invocation, () => {});
}

/** Ends the record of a run that failed, if there is one; a trace that cannot be written does not hide why it failed. */
export async function finishTraceOfFailure({ context, journal }: Start, error: unknown): Promise<void> {
  try {
    await journal.trace?.finish(error);
  } catch (problem) {
    const { message } = problem instanceof NamedError ? problem : { message: 'The trace was not written.' };
    tellLine(context.terminal.stderr, `! ${message}`);
  }
}
