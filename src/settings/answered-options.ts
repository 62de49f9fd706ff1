import type { OptionReader } from './option-reader.ts';

/** Settings that were found elsewhere or asked for, by long option without dashes. */
export type Answers = ReadonlyMap<string, readonly string[]>;

/** Reads the answers as if they had been typed as options, and for everything else the options. */
export function withAnswers(options: OptionReader, answers: Answers, sourceOf: string): OptionReader {
  const above = [...answers].map(([name, values]) => ({ name, values, source: `${sourceOf} (${name})` }));
  return options.with({ above });
}
