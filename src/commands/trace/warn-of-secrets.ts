import type { Invocation } from '../command.ts';
import { tellStep } from '../tell.ts';

/** Warns once a run where `--show-secrets` leaves secrets to be read: in the files of the trace, and on stderr. */
export function warnOfSecrets({ context, journal, output }: Invocation, files: readonly string[] = []): void {
  const { showSecrets, verbose, wire, step } = output;
  if (journal.warnedOfSecrets || !showSecrets) return;
  const isLive = verbose || wire;
  const shown = isLive ? ['what -v shows'] : step ? ['what --step shows'] : [];
  const places = [files.join(', '), ...shown].filter((place) => place !== '');
  if (places.length === 0) return;
  journal.warnedOfSecrets = true;
  const text = `--show-secrets: tokens and other secrets will stand in ${places.join(' and ')}`;
  tellStep(context.terminal.stderr, { mark: 'warn', name: files.length === 0 ? 'Secrets' : 'Trace', text });
}
