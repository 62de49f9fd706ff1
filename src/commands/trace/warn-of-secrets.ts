import type { OptionReader } from '../../settings/option-reader.ts';
import type { Invocation } from '../command.ts';
import { tellStep } from '../tell-step.ts';

/** Warns once a run where `--show-secrets` leaves secrets to be read: in the files of the trace, and on stderr. */
export function warnOfSecrets(
  options: OptionReader,
  { context, journal }: Invocation,
  files: readonly string[] = [],
): void {
  if (journal.warnedOfSecrets || !options.isOn('show-secrets')) return;
  const isLive = options.isOn('verbose') || options.isOn('wire');
  const shown = isLive ? ['what -v shows'] : options.isOn('step') ? ['what --step shows'] : [];
  const places = [files.join(', '), ...shown].filter((place) => place !== '');
  if (places.length === 0) return;
  journal.warnedOfSecrets = true;
  const text = `--show-secrets: tokens and other secrets will stand in ${places.join(' and ')}`;
  tellStep(context.terminal.stderr, { mark: 'warn', name: files.length === 0 ? 'Secrets' : 'Trace', text });
}
