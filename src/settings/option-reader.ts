import type { Command, Option } from 'commander';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import { own, say } from '../say.ts';
import {
  type FurtherSetting,
  flagLayer,
  type GivenSetting,
  layerOf,
  layerSettings,
  type SettingLayer,
  type SettingPlace,
  secretVariables,
  variableLayer,
} from './setting-layers.ts';

/** An option as data; every one can also be given by its OAUTH_CODE_ variable. */
export interface OptionSpec {
  /** As commander reads it, such as `--issuer <url>`. */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  /** What to do for a value that is not among them. */
  readonly otherwise?: string;
  /** May be given several times. */
  readonly repeatable?: boolean;
  /** Shown in the short help: most people need it. */
  readonly usual?: true;
  /** Not shown in the help: it is there to be refused with a reason. */
  readonly hidden?: boolean;
  /** The switch that is turned on when this one is given twice, as in `-vv`. */
  readonly twice?: string;
  /** The key in a profile, where it is not the long option with underscores. */
  readonly key?: string;
  /** Means something else than the setting of that name in a profile, which is not read for it. */
  readonly perRun?: boolean;
}

/** An option without its flags; a text alone describes it. */
type OptionEntry = string | Omit<OptionSpec, 'flags'>;

/** Options by their flags, in the order of the help. */
export type OptionTable = Readonly<Record<string, OptionEntry>>;

/** An option that most people need: it stands in the short help. */
export function usual(entry: OptionEntry): OptionEntry {
  return { ...specOfEntry(entry), usual: true };
}

/** An option that may be given several times. */
export function repeatable(entry: OptionEntry): OptionEntry {
  return { ...specOfEntry(entry), repeatable: true };
}

function specOfEntry(entry: OptionEntry): Omit<OptionSpec, 'flags'> {
  return typeof entry === 'string' ? { description: entry } : entry;
}

/** The options of a table whose flags are wanted. */
export function pickOptions(table: OptionTable, wanted: RegExp): OptionTable {
  return Object.fromEntries(Object.entries(table).filter(([flags]) => wanted.test(flags)));
}

/** What a function settles. */
export type Settled<Settle extends (...given: never[]) => unknown> = Readonly<Awaited<ReturnType<Settle>>>;

/**
 * Reads settings with the precedence flag, OAUTH_CODE_ variable, project file, user profile. Names are long flags
 * without dashes. Each may throw UsageError for a credential that was not meant for the server that counts.
 */
export interface OptionReader {
  /** @throws UsageError when the value is empty. */
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  isOn(name: string): boolean;
  /** @throws UsageError when it is not a number of that kind. */
  number(
    name: string,
    limits: { readonly min: number; readonly max?: number; readonly integer?: boolean },
  ): number | undefined;
  /** The name of the option in a message: the flag, the variable, or the setting and its file. */
  source(name: string): string;
  /** Where the setting that counts was given. */
  place(name: string): SettingPlace | undefined;
  /** Of options that exclude each other, those that the most important place gives. */
  strongest(names: readonly string[]): readonly GivenSetting[];
  /** The same with settings that go before all others, and some that count when nothing else gives them. */
  with(further: {
    readonly above?: readonly FurtherSetting[];
    readonly below?: readonly FurtherSetting[];
    /** Options that no variable gives. */
    readonly notByVariable?: OptionTable;
  }): OptionReader;
  /** The same without variables and profiles: what was typed or answered. */
  flagsOnly(): OptionReader;
  /** The profile of the user's that is used; one that only a project file knows is none of theirs. */
  readonly profile?: string;
  /** The profile that is used and that only a project file knows. */
  readonly projectProfile?: string;
}

/** The profile in force, as the reader names it. */
export type NamedProfile = Pick<OptionReader, 'profile' | 'projectProfile'>;

/** The environment, and what takes the variables of secrets out of that of other programs. */
type Doors = Pick<Context, 'env' | 'hideVariable'>;

const givenTwiceIn = new WeakMap<Command, Set<string>>();

/** What a command line says of one option several times, as the beginning of a sentence: the last one counts. */
export function givenTwice(command: Command): Set<string> {
  const names = givenTwiceIn.get(command) ?? new Set();
  givenTwiceIn.set(command, names);
  return names;
}

const specByOption = new WeakMap<Option, OptionSpec>();

/** The data of which an option was made. */
export function specOf(option: Option): OptionSpec | undefined {
  return specByOption.get(option);
}

function addOptions(command: Command, heading: string, specs: readonly OptionSpec[]): void {
  command.optionsGroup(heading);
  for (const spec of specs) {
    const { flags, description, repeatable, choices, hidden = false, twice } = spec;
    const option: Option = command.createOption(
      flags,
      choices === undefined ? description : `${description} (${choices.join(', ')})`,
    );
    if (repeatable) {
      option.argParser((value: string, previous: unknown) => [
        ...(Array.isArray(previous) ? previous : []),
        value,
      ]);
    } else if (flags.includes('<')) {
      option.argParser((value: string, previous: unknown) => {
        if (previous !== undefined && previous !== value)
          givenTwice(command).add(`--${longName(flags)} was given more than once`);
        return value;
      });
    }
    specByOption.set(option, spec);
    command.addOption(option.hideHelp(hidden));
    const opposite = longName(flags).replace(/^no-/, '');
    if (option.negate && specs.some((other) => longName(other.flags) === opposite)) {
      const given = new Set<string>();
      for (const name of [opposite, `no-${opposite}`])
        command.on(`option:${name}`, () => {
          if (given.add(name).size > 1)
            givenTwice(command).add(`--${opposite} and --no-${opposite} were both given`);
        });
    }
    if (twice !== undefined) {
      let given = 0;
      command.on(`option:${option.name()}`, () => {
        given += 1;
        if (given === 2) command.setOptionValue(twice, true);
      });
    }
  }
}

/** Options under their headings, in the order of the help. */
export type OptionGroups = readonly (readonly [heading: string, table: OptionTable])[];

/** All options of some groups in one list. */
export function specsOf(groups: OptionGroups): readonly OptionSpec[] {
  return groups.flatMap(([, table]) =>
    Object.entries(table).map(([flags, entry]) => ({ flags, ...specOfEntry(entry) })),
  );
}

/** Adds options under the headings of the help; all of them in one list. */
export function addOptionGroups(command: Command, groups: OptionGroups): readonly OptionSpec[] {
  for (const group of groups) addOptions(command, group[0], specsOf([group]));
  return specsOf(groups);
}

/**
 * A reader of the parsed command line, the environment and, below them, further places.
 * @throws UsageError when a value is not one of its `choices`
 */
export function createOptionReader(
  command: Command,
  specs: readonly OptionSpec[],
  context: Doors,
  lower: readonly SettingLayer[] = [],
  profile: NamedProfile = {},
): OptionReader {
  const allowed = new Map(specs.map((spec) => [longName(spec.flags), spec]));
  const reader = readLayers(
    [flagLayer(command), variableLayer(context.env), ...lower],
    allowed,
    context,
    profile,
  );
  // At once, and not when the value is needed: some are only after everything else has been done.
  for (const [name, { choices }] of allowed) if (choices !== undefined) reader.text(name);
  return reader;
}

function readLayers(
  layers: readonly SettingLayer[],
  allowed: ReadonlyMap<string, OptionSpec>,
  context: Doors,
  profile: NamedProfile,
): OptionReader {
  const { find, strongest } = layerSettings(layers, [...allowed.keys()]);
  for (const name of secretVariables(layers)) context.hideVariable(name);
  const given = (name: string): (GivenSetting & { readonly value: string }) | undefined => {
    const found = find(name);
    const value = found?.values.at(-1);
    if (found === undefined || value === undefined) return undefined;
    if (value === '') {
      throw new UsageError(say`${found.source} is empty.`, {
        hint: 'Give it a value or leave it out; a script may have filled it from a variable that is not set.',
      });
    }
    const { choices, otherwise, flags = '' } = allowed.get(name) ?? {};
    if (flags.endsWith('<id>') && value !== value.trim()) {
      const what = /[\r\n]/.test(value) ? 'a line end' : 'white space';
      throw new UsageError(say`${found.source} has ${own(what)} around it: ${JSON.stringify(value)}.`, {
        hint: own(
          what === 'white space'
            ? 'Remove it.'
            : 'Remove it; a file with Windows line ends brings a carriage return.',
        ),
      });
    }
    if (choices === undefined || choices.includes(value) || found.place === 'answer')
      return { ...found, value };
    throw new UsageError(say`${found.source} is "${value}", an unknown value.`, {
      hint: say`Use one of: ${choices.join(', ')}.${otherwise === undefined ? '' : own(` ${otherwise}`)}`,
    });
  };
  return {
    text: (name) => given(name)?.value,
    list(name) {
      const found = find(name);
      return found?.place === 'variable' ? linesOf(found.values) : (found?.values ?? []);
    },
    isOn: (name) => readSwitch(find(name)),
    number(name, { min, max = Number.MAX_SAFE_INTEGER, integer = true }) {
      const found = given(name);
      if (found === undefined) return undefined;
      const value = Number(found.value);
      const wellFormed = integer ? /^\d+$/.test(found.value) : /^\d+(\.\d+)?$/.test(found.value);
      if (wellFormed && value >= min && value <= max) return value;
      const kind = integer ? 'a whole number' : 'a number';
      const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`;
      throw new UsageError(say`${found.source} is "${found.value}".`, {
        hint: say`Give ${own(kind)} ${range}.`,
      });
    },
    source: (name) => find(name)?.source ?? `--${name}`,
    place: (name) => find(name)?.place,
    strongest,
    with({ above = [], below = [], notByVariable = {} }) {
      const names = new Set(Object.keys(notByVariable).map(longName));
      const kept = layers.map((layer): SettingLayer => {
        const isKept = (name: string) => layer.place !== 'variable' || !names.has(name);
        return { ...layer, read: (name) => (isKept(name) ? layer.read(name) : undefined) };
      });
      return readLayers(
        [layerOf('answer', above), ...kept, layerOf('default', below)],
        allowed,
        context,
        profile,
      );
    },
    flagsOnly: () =>
      readLayers(
        layers.filter(({ place }) => place === 'flag' || place === 'answer'),
        allowed,
        context,
        profile,
      ),
    ...profile,
  };
}

/** A variable holds a list line by line. */
function linesOf(values: readonly string[]): readonly string[] {
  return values
    .flatMap((value) => value.split('\n'))
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function readSwitch(given: GivenSetting | undefined): boolean {
  const value = given?.values[0];
  if (given === undefined || value === undefined || /^(0|false|no|off)$/i.test(value)) return false;
  if (/^(1|true|yes|on)$/i.test(value)) return true;
  throw new UsageError(say`${given.source} is "${value}".`, { hint: 'Use 1 or 0.' });
}

/** The long option of its flags, without dashes. */
export function longName(flags: string): string {
  return /--([a-z0-9-]+)/.exec(flags)?.[1] ?? flags;
}
