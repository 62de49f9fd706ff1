import type { Expectation } from '../checks/expectation.ts';
import type { Context, OutputStream } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { View } from '../output/view.ts';
import { recall, type Said, say } from '../say.ts';
import type { OptionReader } from './option-reader.ts';

/** How a run is shown, and whether the user may be asked something. */
export interface OutputSettings {
  /** Whether the result is one JSON document. */
  readonly json: boolean;
  /** No progress on stderr. */
  readonly quiet: boolean;
  /** Requests and responses are shown on stderr. */
  readonly verbose: boolean;
  /** Connection, TLS and times are shown with them. */
  readonly wire: boolean;
  readonly showSecrets: boolean;
  /** Checks that passed or do not apply are listed too. */
  readonly allChecks: boolean;
  /** Stop before each request. */
  readonly step: boolean;
  /** Explain each step before it is made. */
  readonly explain: boolean;
  /** The user may not be asked anything. */
  readonly noInput: boolean;
  /** The names of the options in a message. */
  readonly sources: { readonly step: string; readonly trace: string };
  /** Files that record the run. */
  readonly trace: readonly string[];
}

/** Settles how a run is shown. @throws UsageError for a variable that is neither on nor off */
export function settleOutput(options: OptionReader): OutputSettings {
  return {
    json: asksForJson(options),
    quiet: options.isOn('quiet'),
    verbose: options.isOn('verbose'),
    wire: options.isOn('wire'),
    showSecrets: options.isOn('show-secrets'),
    allChecks: options.isOn('checks') || options.isOn('verbose'),
    step: options.isOn('step'),
    explain: options.isOn('explain'),
    noInput: options.isOn('no-input'),
    sources: { step: options.source('step'), trace: options.source('trace') },
    trace: options.list('trace'),
  };
}

/** Of `--json` and `--output` the place that says more counts. */
function asksForJson(options: OptionReader): boolean {
  const given = options.strongest(['json', 'output']);
  return given.some(({ name }) =>
    name === 'json' ? options.isOn('json') : options.text('output') === 'json',
  );
}

/** How results are rendered for a stream. */
export function viewOf(
  { columns, color, unicode }: OutputStream,
  { showSecrets, allChecks }: Pick<OutputSettings, 'showSecrets' | 'allChecks'>,
  { now, utcOffsetMinutes }: Pick<Context, 'now' | 'utcOffsetMinutes'>,
): View {
  return { columns, color, unicode, now: now(), utcOffsetMinutes, showSecrets, allChecks };
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

/** Whether the command line agrees to a loss, and whether the user may be asked. */
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
 * @throws UsageError when there is no terminal to ask on, CancelledError for Ctrl-C
 */
export async function hasConsent(
  settings: ConsentSettings,
  context: Pick<Context, 'terminal' | 'prompt'>,
  about: { readonly question: string; readonly loss: Said },
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
