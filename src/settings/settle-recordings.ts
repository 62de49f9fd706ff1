import { UsageError } from '../errors.ts';
import { type TraceFormat, traceFormatOf, traceFormats } from '../output/trace/trace-formats.ts';
import { inputKinds } from '../recording/recognise-input.ts';
import { say } from '../say.ts';
import type { OptionReader, Settled } from './option-reader.ts';
import { type OutputSettings, settleOutput } from './output-settings.ts';
import type { Settling } from './settle-client.ts';
import { settleDecryptionKey } from './settle-server.ts';

/** From which severity on a finding makes `debug` fail. */
export type FindingThreshold = 'violation' | 'note' | 'none';

/** Settles `debug`. @throws UsageError, ConfigError for a key that cannot be used */
export async function settleDebug(options: OptionReader, { context }: Pick<Settling, 'context'>) {
  return {
    /** What the inputs are; undefined where that is to be found out. */
    kind: inputKinds.find((kind) => kind === options.text('as')),
    failOn: (options.text('fail-on') ?? 'violation') as FindingThreshold,
    /** What opens encrypted tokens. */
    decryptionKey: await settleDecryptionKey(options, context),
    output: settleOutput(options),
  };
}

/** How `debug` reads its inputs, and when it fails. */
export type DebugSettings = Settled<typeof settleDebug>;

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
  throw new UsageError(say`--out ${out ?? ''} does not end in a known format.`, {
    hint: 'Add --format FORMAT, or use .html, .har, .mmd, .md, .txt, .sh or .json.',
  });
}

/** Settles `diff`. */
export function settleDiff(options: OptionReader) {
  return {
    /** Show what differs in every run too. */
    all: options.isOn('all'),
    /** Fail when something differs. */
    exitCode: options.isOn('exit-code'),
    output: settleOutput(options),
  };
}

/** What `diff` shows, and whether it fails. */
export type DiffSettings = Settled<typeof settleDiff>;
