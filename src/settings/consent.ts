import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { OptionReader } from './option-reader.ts';

/** Tells whether the person at the terminal can be asked something. */
export function canAsk(options: OptionReader, { terminal }: Pick<Context, 'terminal'>): boolean {
  return terminal.stdinIsTTY && terminal.stderr.isTTY && !options.isOn('no-input');
}

/**
 * Asks before something is lost, unless `--yes` was given; false means that the person said no and was told that
 * nothing was changed.
 * @throws UsageError when nobody can be asked, CancelledError for Ctrl-C
 */
export async function hasConsent(
  options: OptionReader,
  context: Pick<Context, 'terminal' | 'prompt'>,
  about: { readonly question: string; readonly loss: string },
): Promise<boolean> {
  if (options.isOn('yes')) return true;
  if (!canAsk(options, context)) throw new UsageError(about.loss, { hint: 'Add --yes when that is meant.' });
  if (await context.prompt.confirm(about.question)) return true;
  context.terminal.stderr.write('Nothing was changed.\n');
  return false;
}
