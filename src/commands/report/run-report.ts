import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import { redactTrace, revealTrace } from '../../output/trace/redact-trace.ts';
import { renderTrace } from '../../output/trace/render-trace.ts';
import type { Recording } from '../../recording/recording.ts';
import type { ReportSettings } from '../../settings/settle-inspection.ts';
import type { Invocation } from '../command.ts';
import { tellStep } from '../tell.ts';
import { namingSource, requireReplaceable } from '../trace/require-replaceable.ts';
import { readRecording } from './read-recording.ts';

/** Reads a recorded run and prints or writes it in the format asked for, redacted unless secrets are asked for. */
export async function runReport(
  { format, out, output }: ReportSettings,
  path: string,
  { context }: Invocation,
): Promise<void> {
  const { stdout, stderr } = context.terminal;
  const { quiet, showSecrets } = output;
  if (out !== undefined && resolve(out) === resolve(path)) {
    throw new UsageError('--out would replace the trace itself.', { hint: 'Name another file.' });
  }
  const file =
    out === undefined ? undefined : { path: out, format, source: '--out', what: 'a report' as const };
  if (file !== undefined) await requireReplaceable(file, context);
  const trace = settleSecrets(await readRecording(path, context, output), showSecrets);
  if (showSecrets) {
    const text =
      trace.secrets === 'shown'
        ? 'the report holds tokens and other secrets'
        : 'nothing to show: they were redacted when the run was recorded';
    tellStep(stderr, { mark: 'warn', name: 'Secrets', text });
  }
  if (file === undefined) return stdout.write(renderTrace(trace, format, stdout));
  const { path: target, source } = file;
  await namingSource(target, source, () => context.files.write(target, renderTrace(trace, format)));
  if (quiet) return;
  tellStep(stderr, { mark: 'pass', name: 'Report', text: `written to ${target}` });
}

function settleSecrets(trace: Recording, showSecrets: boolean): Recording {
  if (!showSecrets) return redactTrace(trace);
  return trace.secrets === 'shown' ? revealTrace(trace) : trace;
}
