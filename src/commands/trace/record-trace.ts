import { NamedError } from '../../errors.ts';
import type { Emit } from '../../flows/conversation.ts';
import type { OutputSettings } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';
import { warnOfSecrets } from './tell-exchange.ts';

/**
 * Records the run in the files of `--trace`: what is emitted from now on goes to them too. They are written when the
 * run ends, however it ends; that they can be is made sure of here, before any server is bothered. Without `--trace`
 * nothing changes; with or without it, secrets that will be shown are warned of. A run with several conversations
 * calls it for each; they stand in one trace.
 * @throws UsageError for a file whose ending names no format; ConfigError when one cannot be written
 */
export async function recordTrace(
  output: OutputSettings,
  invocation: Invocation,
  command: string,
  emit: Emit,
): Promise<Emit> {
  if (output.trace.length === 0) {
    warnOfSecrets(output, invocation);
    return emit;
  }
  const { journal } = invocation;
  if (journal.trace === undefined) {
    const { startRecorder } = await import('./trace-recorder.ts');
    journal.trace = await startRecorder(output, invocation, journal.command ?? command);
  }
  const { record } = journal.trace;
  return (event) => {
    emit(event);
    record(event);
  };
}

/** Records a run that may come to its end without a request; its trace then says that. @throws as `recordTrace` */
export async function recordEvenNothing(
  output: OutputSettings,
  invocation: Invocation,
  command: string,
): Promise<void> {
  if (output.trace.length > 0) await recordTrace(output, invocation, command, () => {});
}

/** Ends the record of a run that failed, if there is one; a trace that cannot be written does not hide why it failed. */
export async function finishTraceOfFailure({ context, journal }: Invocation, error: unknown): Promise<void> {
  try {
    await journal.trace?.finish(error);
  } catch (problem) {
    const { message } = problem instanceof NamedError ? problem : { message: 'The trace was not written.' };
    context.terminal.stderr.write(`! ${message}\n`);
  }
}
