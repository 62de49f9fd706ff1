import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { OptionReader } from './option-reader.ts';
import type { OutputSettings } from './output-settings.ts';

/** What was agreed to on the command line, and whether more may be asked. */
export interface ConsentSettings extends Pick<OutputSettings, 'noInput'> {
  /** `--yes` */
  readonly yes: boolean;
}

/** Settles what was agreed to. @throws UsageError for a variable that is neither on nor off */
export function settleConsent(options: OptionReader): ConsentSettings {
  return { yes: options.isOn('yes'), noInput: options.isOn('no-input') };
}

/** Tells whether the person at the terminal can be asked something. */
export function canAsk(
  { noInput }: Pick<OutputSettings, 'noInput'>,
  { terminal }: Pick<Context, 'terminal'>,
): boolean {
  return terminal.stdinIsTTY && terminal.stderr.isTTY && !noInput;
}

/**
 * Asks before something is lost, unless `--yes` was given; false means that the person said no and was told that
 * nothing was changed.
 * @throws UsageError when nobody can be asked, CancelledError for Ctrl-C
 */
export async function hasConsent(
  settings: ConsentSettings,
  context: Pick<Context, 'terminal' | 'prompt'>,
  about: { readonly question: string; readonly loss: string },
): Promise<boolean> {
  if (settings.yes) return true;
  if (!canAsk(settings, context)) throw new UsageError(about.loss, { hint: 'Add --yes when that is meant.' });
  if (await context.prompt.confirm(about.question)) return true;
  context.terminal.stderr.write('Nothing was changed.\n');
  return false;
}

/** Whether this is a job of a CI system: CI is set, and not to one of the words that mean no. */
export function isCi({ CI }: Context['env']): boolean {
  return CI !== undefined && !/^(|0|false|no|off)$/i.test(CI);
}
