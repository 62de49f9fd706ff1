import { resolve } from 'node:path';
import { UsageError } from '../../errors.ts';
import { redactTrace, revealTrace } from '../../output/trace/redact-trace.ts';
import {
  renderTrace,
  type TraceFormat,
  traceFormatOf,
  traceFormats,
} from '../../output/trace/render-trace.ts';
import type { Recording } from '../../recording/recording.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleOutput } from '../../settings/output-settings.ts';
import type { Invocation } from '../command.ts';
import { tellStep } from '../tell-step.ts';
import { namingSource, requireReplaceable } from '../trace/require-replaceable.ts';
import { readRecording } from './read-recording.ts';

/** Reads a recorded run and prints or writes it in the format asked for, redacted unless secrets are asked for. */
export async function runReport(options: OptionReader, path: string, { context }: Invocation): Promise<void> {
  const { stdout, stderr } = context.terminal;
  const out = options.text('out');
  const format = settleFormat(options, out);
  if (out !== undefined && resolve(out) === resolve(path)) {
    throw new UsageError('--out would replace the trace itself.', { hint: 'Name another file.' });
  }
  const file =
    out === undefined ? undefined : { path: out, format, source: '--out', what: 'a report' as const };
  if (file !== undefined) await requireReplaceable(file, context);
  const trace = settleSecrets(await readRecording(path, context, options.isOn('quiet')), options);
  if (options.isOn('show-secrets')) {
    const text =
      trace.secrets === 'shown'
        ? 'the report holds tokens and other secrets'
        : 'nothing to show: they were redacted when the run was recorded';
    tellStep(stderr, { mark: 'warn', name: 'Secrets', text });
  }
  if (file === undefined) return stdout.write(renderTrace(trace, format, stdout));
  const { path: target, source } = file;
  await namingSource(target, source, () => context.files.write(target, renderTrace(trace, format)));
  if (options.isOn('quiet')) return;
  tellStep(stderr, { mark: 'pass', name: 'Report', text: `written to ${target}` });
}

function settleFormat(options: OptionReader, out: string | undefined): TraceFormat {
  const named = traceFormats.find((format) => format === options.text('format'));
  if (named !== undefined) return named;
  if (settleOutput(options).json) return 'json';
  if (out === undefined) return 'ascii';
  const format = traceFormatOf(out);
  if (format !== undefined) return format;
  throw new UsageError(`--out ${out} has no ending that says what to write.`, {
    hint: 'Add --format FORMAT, or use .html, .har, .mmd, .md, .txt, .sh or .json.',
  });
}

function settleSecrets(trace: Recording, options: OptionReader): Recording {
  if (!options.isOn('show-secrets')) return redactTrace(trace);
  return trace.secrets === 'shown' ? revealTrace(trace) : trace;
}
