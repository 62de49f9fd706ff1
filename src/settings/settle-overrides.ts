import { UsageError } from '../errors.ts';
import { type ParameterOverride, readParameterOverride } from '../protocol/parameters.ts';
import type { OptionReader } from './option-reader.ts';

/** What an option such as `--token-param` wants to be different in a request. @throws UsageError */
export function settleOverrides(options: OptionReader, name: string): readonly ParameterOverride[] {
  return options.list(name).map((text) => {
    const override = readParameterOverride(text);
    if (override !== undefined) return override;
    // The value is left out: it may be a secret.
    throw new UsageError(`${options.source(name)} names no parameter.`, {
      hint: `Write --${name} name=value.`,
    });
  });
}
