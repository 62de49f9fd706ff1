import { NamedError } from '../../errors.ts';
import type { Emit } from '../../flows/flow-event.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import type { Invocation } from '../command.ts';
import { warnOfSecrets } from './warn-of-secrets.ts';

/**
 * Records the run in the files of `--trace`: what is emitted from now on goes to them too. They are written when the
 * run ends, however it ends; that they can be is made sure of here, before any server is bothered. Without `--trace`
 * nothing changes; with or without it, secrets that will be shown are warned of. A run with several conversations
 * calls it for each; they stand in one trace.
 * @throws UsageError for a file whose ending names no format; ConfigError when one cannot be written
 */
export async function recordTrace(
  options: OptionReader,
  invocation: Invocation,
  command: string,
  emit: Emit,
): Promise<Emit> {
  if (options.list('trace').length === 0) {
    warnOfSecrets(options, invocation);
    return emit;
  }
  const { journal } = invocation;
  if (journal.trace === undefined) {
    const { startRecorder } = await import('./trace-recorder.ts');
    journal.trace = await startRecorder(options, invocation, journal.command ?? command);
  }
  const { record } = journal.trace;
  return (event) => {
    emit(event);
    record(event);
  };
}

/** Records a run that may come to its end without a request; its trace then says that. @throws as `recordTrace` */
export async function recordEvenNothing(
  options: OptionReader,
  invocation: Invocation,
  command: string,
): Promise<void> {
  if (options.list('trace').length > 0) await recordTrace(options, invocation, command, () => {});
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
