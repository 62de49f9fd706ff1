import { UsageError } from '../errors.ts';
import { type TraceFormat, traceFormatOf, traceFormats } from '../output/trace/trace-formats.ts';
import { type InputKind, inputKinds } from '../recording/recognise-input.ts';
import { say } from '../say.ts';
import type { OptionReader } from './option-reader.ts';
import { type OutputSettings, settleOutput } from './output-settings.ts';

/** From which severity on a finding makes `debug` fail. */
export type FindingThreshold = 'violation' | 'note' | 'none';

/** How `debug` reads its inputs, and when it fails. */
export interface DebugSettings {
  /** What the inputs are; undefined where that is to be found out. */
  readonly kind: InputKind | undefined;
  readonly failOn: FindingThreshold;
  readonly output: OutputSettings;
}

/** Settles `debug`. */
export function settleDebug(options: OptionReader): DebugSettings {
  const failOn = options.text('fail-on');
  return {
    kind: inputKinds.find((kind) => kind === options.text('as')),
    failOn: failOn === 'note' || failOn === 'none' ? failOn : 'violation',
    output: settleOutput(options),
  };
}

/** What `report` writes, and where. */
export interface ReportSettings {
  readonly format: TraceFormat;
  /** The file to write to; undefined for stdout. */
  readonly out: string | undefined;
  readonly output: OutputSettings;
}

/** Settles `report`. @throws UsageError for a file whose ending names no format */
export function settleReport(options: OptionReader): ReportSettings {
  const [out, output] = [options.text('out'), settleOutput(options)];
  const named = traceFormats.find((format) => format === options.text('format'));
  const format = named ?? (output.json ? 'json' : out === undefined ? 'ascii' : traceFormatOf(out));
  if (format !== undefined) return { format, out, output };
  throw new UsageError(say`--out ${out ?? ''} has no ending that says what to write.`, {
    hint: 'Add --format FORMAT, or use .html, .har, .mmd, .md, .txt, .sh or .json.',
  });
}

/** What `diff` shows, and whether it fails. */
export interface DiffSettings {
  /** Show what differs in every run too. */
  readonly all: boolean;
  /** Fail when something differs. */
  readonly exitCode: boolean;
  readonly output: OutputSettings;
}

/** Settles `diff`. */
export function settleDiff(options: OptionReader): DiffSettings {
  return { all: options.isOn('all'), exitCode: options.isOn('exit-code'), output: settleOutput(options) };
}
