import { ownMember } from '../../json/own-member.ts';
/** Settings of another tool in terms of our options. */
export interface Imported {
  /** What it was read from, in words. */
  readonly from: string;
  /** By long option without dashes. */
  readonly settings: ReadonlyMap<string, readonly string[]>;
  /** A client secret that stands there itself; it is never written into a profile. */
  readonly secret?: string;
  /** What could not be taken over, and why; no values. */
  readonly leftOut: readonly string[];
  /** What a profile of it could be called, when its source names it. */
  readonly suggestedName?: string;
}

/** How a flag of another tool is taken over. */
export type FlagRule =
  /** As the value of this option of ours. */
  | {
      readonly type: 'option';
      readonly option: string;
      readonly split?: 'list' | 'words';
      readonly convert?: (value: string) => string | undefined;
    }
  /** Without a value there, a switch of ours here. */
  | { readonly type: 'switch'; readonly option: string }
  | { readonly type: 'secret' }
  /** Not needed, or done anyway: nothing to say. */
  | { readonly type: 'ignored'; readonly takesValue: boolean }
  /** Has no counterpart. */
  | { readonly type: 'left-out'; readonly takesValue: boolean; readonly why: string };

/** Words of a command line, taken apart by the rules of its tool. */
export interface ReadFlags {
  readonly positional: readonly string[];
  readonly settings: Map<string, string[]>;
  readonly secret?: string;
  readonly leftOut: string[];
}

/** Reads flags written as `--name value`, `--name=value` or, for switches, `--name`. */
export function readFlags(words: readonly string[], rules: Readonly<Record<string, FlagRule>>): ReadFlags {
  const positional: string[] = [];
  const settings = new Map<string, string[]>();
  const leftOut: string[] = [];
  let secret: string | undefined;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? '';
    const [, name, attached] = /^--?([a-z][a-z0-9_-]*)(?:=([\s\S]*))?$/i.exec(word) ?? [];
    if (name === undefined) {
      positional.push(word);
      continue;
    }
    const rule = ownMember(rules, name);
    if (rule === undefined) {
      leftOut.push(`--${name}: not known here`);
      const next = words[index + 1];
      if (attached === undefined && next !== undefined && !/^(?:-|https?:)/.test(next)) index += 1;
      continue;
    }
    const takesValue = rule.type === 'switch' ? false : 'takesValue' in rule ? rule.takesValue : true;
    if (takesValue && attached === undefined) index += 1;
    const value = attached ?? (takesValue ? words[index] : undefined);
    if (takesValue && value === undefined) {
      leftOut.push(`--${name}: its value is missing`);
    } else if (rule.type === 'left-out') leftOut.push(`--${name}: ${rule.why}`);
    else if (rule.type === 'secret') secret = value;
    else if (rule.type === 'switch') {
      if (value !== 'false') settings.set(rule.option, ['true']);
    } else if (rule.type === 'option' && value !== '') takeOver(name, value ?? '', rule);
  }
  return { positional, settings, leftOut, ...(secret ? { secret } : {}) };

  function takeOver(name: string, value: string, rule: Extract<FlagRule, { type: 'option' }>): void {
    const pieces = rule.split === 'list' || rule.split === 'words' ? value.split(',') : [value];
    const converted = pieces.map((piece) => (rule.convert ?? String)(piece.trim()));
    const known = converted.filter((piece) => piece !== undefined);
    if (known.length < converted.length) {
      leftOut.push(`--${name}: its value has no counterpart here`);
      return;
    }
    const before = settings.get(rule.option) ?? [];
    const texts = rule.split === 'words' ? [[...before, ...known].join(' ')] : [...before, ...known];
    settings.set(rule.option, rule.split === undefined ? known : texts);
  }
}

/** A Go duration such as `1m30s` in seconds. */
export function secondsOf(duration: string): string | undefined {
  if (/^\d+$/.test(duration)) return duration;
  const [, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?$/.exec(duration) ?? [];
  const total = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return total > 0 ? String(total) : undefined;
}
