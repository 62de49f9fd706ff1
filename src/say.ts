/** Where the foreign parts of a text begin and end, in order. */
type Spans = readonly (readonly [start: number, end: number])[];

/** A text for a person, with where words stand in it that are not ours: those of servers, files and arguments. */
export class Said {
  readonly text: string;
  readonly foreign: Spans;

  constructor(text: string, foreign: Spans) {
    this.text = text;
    this.foreign = foreign;
  }

  toString(): string {
    return this.text;
  }

  /** The same in another letter case. */
  spelt(text: string): Said {
    return new Said(text, this.foreign);
  }
}

export type Text = string | Said;

/** Of a literal this is a type with that one member, of any other text one with as many as there are texts. */
type IsLiteral<T extends string> = { readonly [K in never]: K } extends Record<T, 1> ? false : true;

/**
 * What a message may be: a literal, or what `say` made. A text of unknown origin does not compile, so that no
 * message can forget in which of its parts secrets are searched for.
 */
export type Ours<T extends Text> = T &
  (T extends string ? (IsLiteral<T> extends true ? T : 'write say`…` or own(…) here') : Said);

type Part<T extends Text | number> = T extends ''
  ? T
  : T extends string
    ? IsLiteral<T> extends true
      ? 'write own(…) around words of ours'
      : T
    : T;

/** The words of a template are ours; what is put between them is foreign, unless it was said by us or is a number. */
export function say<const T extends readonly (Text | number)[]>(
  words: TemplateStringsArray,
  ...parts: { readonly [K in keyof T]: Part<T[K]> }
): Said {
  let text = words[0] ?? '';
  const foreign: [number, number][] = [];
  for (const [index, part] of parts.entries()) {
    const start = text.length;
    text += String(part);
    if (part instanceof Said)
      foreign.push(...part.foreign.map(([a, b]): [number, number] => [start + a, start + b]));
    else if (typeof part === 'string') foreign.push([start, text.length]);
    text += words[index + 1] ?? '';
  }
  return new Said(text, foreign);
}

/** Words that are ours although no template shows them: the name of an option, a member of a table of ours. */
export function own(text: string): Said {
  return new Said(text, []);
}

/** Joins what was said as `join` of an array does. */
export function joined(parts: readonly Text[], separator: string): Said {
  return parts
    .map((part) => (typeof part === 'string' ? say`${part}` : part))
    .reduce((all, part, index) => (index === 0 ? part : say`${all}${own(separator)}${part}`), own(''));
}

const remembered = new Map<string, Spans>();

/** The text of a message as plain data, whose parts `recall` finds again. */
export function remember<const T extends Text>(message: Ours<T>): string {
  const { text, foreign } = message instanceof Said ? message : own(String(message));
  const before = remembered.get(text) ?? foreign;
  // Of a text that was made in two ways nothing is ours.
  remembered.set(text, String(before) === String(foreign) ? foreign : [[0, text.length]]);
  return text;
}

/** The message that a text was; one that was not remembered, or was changed since, is foreign as a whole. */
export function recall(text: string): Said {
  return new Said(text, remembered.get(text) ?? [[0, text.length]]);
}

/** Changes the foreign parts of a message, and nothing else. */
export function mapForeign({ text, foreign }: Said, change: (text: string) => string): string {
  let changed = '';
  let from = 0;
  for (const [start, end] of foreign) {
    changed += text.slice(from, start) + change(text.slice(start, end));
    from = end;
  }
  return changed + text.slice(from);
}
