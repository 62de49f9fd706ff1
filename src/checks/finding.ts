import { type CheckId, catalogue } from './catalogue.ts';

/** Something in a message that its specification forbids, or that is worth knowing. */
export interface Finding {
  readonly id: CheckId;
  readonly severity: 'violation' | 'note';
  /** What it is in a few words, from the catalogue. */
  readonly title: string;
  /** One sentence about this message. Never holds a secret. */
  readonly detail: string;
  /** The requirement followed, such as `RFC 6749 §5.1`. */
  readonly spec: string;
  /** What was seen: names, types, sizes and harmless values, never a token or code. Empty when absence was seen. */
  readonly evidence: string;
}

/** Builds a finding from its catalogue entry. */
export function finding(id: CheckId, detail: string, evidence = ''): Finding {
  const { severity, title, spec } = catalogue[id];
  return { id, severity, title, detail, spec, evidence };
}

/** Keeps the findings whose condition was met. */
export function foundOf(findings: readonly (Finding | false | undefined)[]): Finding[] {
  return findings.filter((candidate) => candidate !== false && candidate !== undefined);
}

const longestName = 40;

/** Lists names of members or parameters, at most eight; a name that is long or odd may be a secret and is not shown. */
export function namesText(names: readonly string[]): string {
  const shown = names
    .slice(0, 8)
    .map((name) =>
      name.length <= longestName && /^[\w.[\]-]*$/.test(name)
        ? name
        : `(a name of ${name.length} characters)`,
    );
  const rest = names.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** `s` for several. */
export function plural(names: readonly unknown[]): string {
  return names.length === 1 ? '' : 's';
}
