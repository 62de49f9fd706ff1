import type { Expectation } from '../checks/expectation.ts';
import type { Context, OutputStream } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { View } from '../output/view.ts';
import { recall, type Said, say } from '../say.ts';
import type { OptionReader, Settled } from './option-reader.ts';

/** Settles how a run is shown. @throws UsageError for a variable that is neither on nor off */
export function settleOutput(options: OptionReader) {
  return {
    /** Whether the result is one JSON document. */
    json: asksForJson(options),
    /** No progress on stderr. */
    quiet: options.isOn('quiet'),
    /** Requests and responses are shown on stderr. */
    verbose: options.isOn('verbose'),
    /** Connection, TLS and times are shown with them. */
    wire: options.isOn('wire'),
    showSecrets: options.isOn('show-secrets'),
    /** Checks that passed or do not apply are listed too. */
    allChecks: options.isOn('checks') || options.isOn('verbose'),
    /** Stop before each request. */
    step: options.isOn('step'),
    /** Explain each step before it is made. */
    explain: options.isOn('explain'),
    /** The user may not be asked anything. */
    noInput: options.isOn('no-input'),
    /** The names of the options in a message. */
    sources: { step: options.source('step'), trace: options.source('trace') },
    /** Whether a run that talks to a server leaves its recording in the state folder. */
    keepsLast: keepsLast(options),
    /** The report of the run is opened when it is done, with this browser if one is named. */
    openReport: options.isOn('open-report'),
    browser: options.text('browser'),
    /** Files that record the run. */
    trace: options.list('trace'),
  };
}

/** How a run is shown, and whether the user may be asked something. */
export type OutputSettings = Settled<typeof settleOutput>;

/** With --store none nothing is kept, a recording neither. */
function keepsLast(options: OptionReader): boolean {
  if (options.isOn('no-last') || options.list('store').includes('none')) return false;
  // A call of kubectl or git in the background is not the run that a person wants to look at.
  if (options.list('output').some((format) => format.endsWith('-credential'))) return false;
  return options.place('keep-last') === undefined || options.isOn('keep-last');
}

/** Of `--json` and `--output` the place that says more counts. */
export function asksForJson(options: OptionReader): boolean {
  const given = options.strongest(['json', 'output']);
  return given.some(({ name }) =>
    name === 'json' ? options.isOn('json') : options.text('output') === 'json',
  );
}

/** How results are rendered for a stream. */
export function viewOf(
  { columns, color, unicode }: OutputStream,
  { showSecrets, allChecks }: Pick<OutputSettings, 'showSecrets' | 'allChecks'>,
  { now }: Pick<Context, 'now'>,
): View {
  return { columns, color, unicode, now: now(), showSecrets, allChecks };
}

/** Reads the expectations, before anything is sent. @throws UsageError for one that cannot be read */
export async function settleExpectations(options: OptionReader): Promise<readonly Expectation[]> {
  const texts = options.list('expect');
  if (texts.length === 0) return [];
  const { readExpectation } = await import('../checks/expectation.ts');
  return texts.map((text) => {
    const expectation = readExpectation(text);
    if (!('problem' in expectation)) return expectation;
    throw new UsageError(
      say`${options.source('expect')} "${text}" cannot be understood. ${recall(expectation.problem)}`,
      {
        hint: "For example: --expect 'aud=api', 'scope~=read', 'exp>10m', 'auth_time>-1h', 'email' or '!groups'.",
      },
    );
  });
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
 * @throws UsageError when there is no terminal to ask on, CancelledError for Ctrl-C
 */
export async function hasConsent(
  yes: boolean,
  { context, output }: { readonly context: Context; readonly output: OutputSettings },
  about: { readonly question: string; readonly loss: Said },
): Promise<boolean> {
  if (yes) return true;
  if (!canAsk(output, context)) throw new UsageError(about.loss, { hint: 'Add --yes to confirm.' });
  if (await context.prompt.confirm(about.question)) return true;
  context.terminal.stderr.write('Nothing was changed.\n');
  return false;
}

/** Whether this is a job of a CI system: CI is set, and not to one of the words that mean no. */
export function isCi({ CI }: Context['env']): boolean {
  return CI !== undefined && !/^(|0|false|no|off)$/i.test(CI);
}
