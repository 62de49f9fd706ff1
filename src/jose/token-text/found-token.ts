/** A token in a text, without what stood around it. */
export interface FoundToken {
  readonly text: string;
  /** Path of the member, or name of the parameter or header field it stood in; null when nothing names it. */
  readonly name: string | null;
}

/** What a search came to. */
export type TokenSearch =
  | {
      readonly type: 'found';
      /** In order, each once; one at least, and not more than a hundred. */
      readonly tokens: readonly FoundToken[];
      /** How many more there are. */
      readonly leftOut: number;
    }
  /** `seen` completes "This is …" and quotes nothing. */
  | { readonly type: 'nothing'; readonly seen: string; readonly hint?: string };

/** The last word of the name, which says what a token is: `id_token` of `data.id_token`. */
export function tokenKind({ name }: Pick<FoundToken, 'name'>): string | null {
  return name === null ? null : (/[\w-]+$/.exec(name)?.[0] ?? null);
}
