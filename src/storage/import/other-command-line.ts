import { ownMember } from '../../json/json.ts';

/** Settings of another tool in terms of our options. */
export interface Imported {
  /** The source in words, such as `a kubelogin entry`. */
  readonly from: string;
  /** The command that the profile is for, where it is not that of its grant. */
  readonly command?: 'mcp';
  /** By long option without dashes. */
  readonly settings: ReadonlyMap<string, readonly string[]>;
  /** The client secret, when the source holds it; it is never written into a profile. */
  readonly secret?: string;
  /** Flags that could not be taken over, each with its reason and without its value. */
  readonly leftOut: readonly string[];
  /** A name for the profile, when the source has one. */
  readonly suggestedName?: string;
}

/** How a flag of another tool is taken over. */
export type FlagRule =
  /** As the value of this option of ours; `split` takes a list apart, and `words` joins it again with spaces. */
  | {
      readonly type: 'option';
      readonly option: string;
      readonly split?: 'list' | 'words';
      readonly convert?: (value: string) => string | undefined;
    }
  /** Without a value there, a switch of ours here. */
  | { readonly type: 'switch'; readonly option: string }
  | { readonly type: 'secret' }
  /** Has no counterpart; without a reason it needs none, and nothing is said. */
  | { readonly type: 'left-out'; readonly takesValue: boolean; readonly why?: string };

/** The flags of a tool without dashes. */
export type FlagRules = Readonly<Record<string, FlagRule>>;

/** A flag that is taken over as this option of ours. */
export function option(
  name: string,
  how: Pick<Extract<FlagRule, { type: 'option' }>, 'split' | 'convert'> = {},
): FlagRule {
  return { type: 'option', option: name, ...how };
}

/** Flags that are not taken over, for the same reason. */
export function leftOut(why: string, switches: readonly string[], withValue: readonly string[]): FlagRules {
  return ignored(switches, withValue, { why });
}

/** Flags that need no counterpart. */
export function ignored(
  switches: readonly string[],
  withValue: readonly string[],
  reason: { readonly why?: string } = {},
): FlagRules {
  const rule = (takesValue: boolean) => (flag: string) =>
    [flag, { type: 'left-out', takesValue, ...reason }] as const;
  return Object.fromEntries([...switches.map(rule(false)), ...withValue.map(rule(true))]);
}

/** A command line that was read by the rules of its tool, before the tool's defaults are added. */
interface ReadCommandLine extends Imported {
  readonly settings: Map<string, readonly string[]>;
  readonly leftOut: string[];
  readonly positional: readonly string[];
}

/** Reads flags written as `--name value`, `--name=value` or, for switches, `--name`. */
export function readCommandLine(from: string, words: readonly string[], rules: FlagRules): ReadCommandLine {
  const positional: string[] = [];
  const settings = new Map<string, readonly string[]>();
  const notTaken: string[] = [];
  let secret: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const [, name, attached] = /^--?([a-z][a-z0-9_-]*)(?:=([\s\S]*))?$/i.exec(word) ?? [];
    if (name === undefined) {
      positional.push(word);
      continue;
    }
    const rule = ownMember(rules, name);
    const next = words[index + 1];
    if (rule === undefined) {
      notTaken.push(`--${name}: not known here`);
      if (attached === undefined && next !== undefined && !/^(?:-|https?:)/.test(next)) index += 1;
      continue;
    }
    const takesValue = rule.type === 'left-out' ? rule.takesValue : rule.type !== 'switch';
    if (takesValue && attached === undefined) index += 1;
    const value = attached ?? (takesValue ? next : undefined);
    if (takesValue && value === undefined) notTaken.push(`--${name}: its value is missing`);
    else if (rule.type === 'secret') secret = value;
    else if (rule.type === 'left-out') {
      if (rule.why !== undefined) notTaken.push(`--${name}: ${rule.why}`);
    } else if (rule.type === 'switch') {
      if (value !== 'false') settings.set(rule.option, ['true']);
    } else if (value !== undefined && value !== '' && !takeOver(value, rule, settings)) {
      notTaken.push(`--${name}: its value has no counterpart here`);
    }
  }
  return { from, positional, settings, leftOut: notTaken, ...(secret ? { secret } : {}) };
}

/** Adds the value of a flag to the settings; false when it has no counterpart. */
function takeOver(
  value: string,
  { option: name, split, convert = String }: Extract<FlagRule, { type: 'option' }>,
  settings: Map<string, readonly string[]>,
): boolean {
  const pieces = split === undefined ? [value] : value.split(',');
  const converted = pieces.map((piece) => convert(piece.trim()));
  const known = converted.filter((piece) => piece !== undefined);
  if (known.length < converted.length) return false;
  const all = [...(split === undefined ? [] : (settings.get(name) ?? [])), ...known];
  settings.set(name, split === 'words' ? [all.join(' ')] : all);
  return true;
}

/** A Go duration such as `1m30s` in seconds. */
export function secondsOf(duration: string): string | undefined {
  if (/^\d+$/.test(duration)) return duration;
  const [, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(duration) ?? [];
  const total = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return total > 0 ? String(total) : undefined;
}
