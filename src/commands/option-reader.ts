import type { Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';

/** An option as data; every one can also be given by its OAUTH_CODE_ variable. */
export interface OptionSpec {
  /** As commander reads it, such as `--issuer <url>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** May be given several times. */
  readonly repeatable?: boolean;
}

/** A value that was given and by what, to be named when it is wrong. */
interface Given {
  readonly value: string;
  readonly source: string;
}

/** Reads settings with the precedence flag, then OAUTH_CODE_ variable. Names are long flags without dashes. */
export interface OptionReader {
  /** @throws UsageError when the value is not one of `choices`. */
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  isOn(name: string): boolean;
  /** @throws UsageError when it is no number of that kind. */
  number(
    name: string,
    limits: { readonly min: number; readonly max?: number; readonly integer?: boolean },
  ): number | undefined;
  /** What to call the option in a message: the flag, or the variable when that was used. */
  source(name: string): string;
}

/** Adds options under a heading of the help. */
export function addOptions(command: Command, heading: string, specs: readonly OptionSpec[]): void {
  command.optionsGroup(heading);
  for (const { flags, description, repeatable, choices } of specs) {
    const option: Option = command.createOption(
      flags,
      choices === undefined ? description : `${description} (${choices.join(', ')})`,
    );
    if (repeatable) {
      option.argParser((value: string, previous: unknown) => [
        ...(Array.isArray(previous) ? previous : []),
        value,
      ]);
    }
    command.addOption(option);
  }
}

/** The variable of an option: `client-id` is OAUTH_CODE_CLIENT_ID. */
export function variableName(name: string): string {
  return `OAUTH_CODE_${name.toUpperCase().replaceAll('-', '_')}`;
}

/** A reader of the parsed command line and the environment. */
export function createOptionReader(
  command: Command,
  specs: readonly OptionSpec[],
  { env }: Pick<Context, 'env'>,
): OptionReader {
  const choicesOf = new Map(specs.map((spec) => [longName(spec.flags), spec.choices]));
  const parsed: Readonly<Record<string, unknown>> = command.opts();

  const variable = (name: string): Given | undefined => {
    const value = env[variableName(name)];
    return value === undefined || value === '' ? undefined : { value, source: variableName(name) };
  };
  const given = (name: string): Given | undefined => {
    const value = parsed[attributeName(name)];
    const flag = typeof value === 'string' ? { value, source: `--${name}` } : undefined;
    const found = flag ?? variable(name);
    const choices = choicesOf.get(name);
    if (found !== undefined && choices !== undefined && !choices.includes(found.value)) {
      throw new UsageError(`${found.source} is "${found.value}", which it cannot be.`, {
        hint: `Use one of: ${choices.join(', ')}.`,
      });
    }
    return found;
  };

  return {
    text: (name) => given(name)?.value,
    list(name) {
      const values = parsed[attributeName(name)];
      if (Array.isArray(values)) return values;
      return (variable(name)?.value ?? '')
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '');
    },
    isOn(name) {
      const value = parsed[attributeName(name)];
      if (name.startsWith('no-') && value === false) return true;
      if (!name.startsWith('no-') && value === true) return true;
      return readSwitch(variable(name));
    },
    number(name, { min, max = Number.MAX_SAFE_INTEGER, integer = true }) {
      const found = given(name);
      if (found === undefined) return undefined;
      const value = Number(found.value);
      const wellFormed = integer ? /^\d+$/.test(found.value) : /^\d+(\.\d+)?$/.test(found.value);
      if (wellFormed && value >= min && value <= max) return value;
      const kind = integer ? 'a whole number' : 'a number';
      const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
      throw new UsageError(`${found.source} is "${found.value}".`, { hint: `Give ${kind} ${range}.` });
    },
    source: (name) => given(name)?.source ?? `--${name}`,
  };
}

function readSwitch(given: Given | undefined): boolean {
  if (given === undefined || /^(0|false|no|off)$/i.test(given.value)) return false;
  if (/^(1|true|yes|on)$/i.test(given.value)) return true;
  throw new UsageError(`${given.source} is "${given.value}".`, { hint: 'Use 1 or 0.' });
}

function longName(flags: string): string {
  return /--([a-z0-9-]+)/.exec(flags)?.[1] ?? flags;
}

/** Commander files `--no-x` under `x` and turns dashes to camel case. */
function attributeName(name: string): string {
  return name.replace(/^no-/, '').replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
