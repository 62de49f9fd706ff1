import type { Context, OutputStream } from '../context.ts';
import type { View } from '../output/view.ts';
import type { OptionReader } from './option-reader.ts';

/** Whether the result is to be one JSON document. */
export function asksForJson(options: OptionReader): boolean {
  return options.isOn('json') || options.text('output') === 'json';
}

/** How results are rendered for a stream. */
export function viewOf(
  { columns, color, unicode }: OutputStream,
  options: OptionReader,
  { now, utcOffsetMinutes }: Pick<Context, 'now' | 'utcOffsetMinutes'>,
): View {
  return { columns, color, unicode, now: now(), utcOffsetMinutes, showSecrets: options.isOn('show-secrets') };
}
