import type { Context, OutputStream } from '../context.ts';
import type { View } from '../output/view.ts';
import type { OptionReader } from './option-reader.ts';

/** Whether the result is to be one JSON document; of `--json` and `--output` the place that says more counts. */
export function asksForJson(options: OptionReader): boolean {
  const given = options.strongest(['json', 'output']);
  return given.some(({ name }) =>
    name === 'json' ? options.isOn('json') : options.text('output') === 'json',
  );
}

/** How results are rendered for a stream. */
export function viewOf(
  { columns, color, unicode }: OutputStream,
  options: OptionReader,
  { now, utcOffsetMinutes }: Pick<Context, 'now' | 'utcOffsetMinutes'>,
): View {
  return { columns, color, unicode, now: now(), utcOffsetMinutes, showSecrets: options.isOn('show-secrets') };
}
