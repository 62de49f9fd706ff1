/** A likely cause of what was seen, with what speaks for it and what to try. */
export interface Diagnosis {
  /** One sentence. */
  readonly cause: string;
  /** What speaks for it: what was seen in the messages, or what the specification says. Never holds a secret. */
  readonly why: string;
  /** What to do, one or two sentences. */
  readonly try: string;
  /** `high`: the messages prove it, or the server says it. */
  readonly confidence: 'high' | 'medium' | 'low';
  /** Set when the messages themselves prove it, whatever the server says. */
  readonly proven?: true;
  /** Where the meaning of an error code is documented. */
  readonly source?: string;
  /** Two values that should be equal, where two were compared. */
  readonly expected?: string;
  readonly received?: string;
  /** What did not come although nothing failed: this says why, for whoever wanted it. */
  readonly missing?: 'id_token' | 'refresh_token' | 'scope' | 'claims';
}

/** Marks those as proven that are certain, where nothing but the messages speaks for them. */
export function proven(
  candidates: readonly (Diagnosis | false | undefined)[],
): readonly (Diagnosis | false | undefined)[] {
  return candidates.map((one) => (one && one.confidence === 'high' ? { ...one, proven: true } : one));
}

const weights = { high: 0, medium: 1, low: 2 };

/**
 * The likelier ones first, in the order given where that says nothing; each cause once, at most six. Beside a certain
 * cause nothing else is worth a look.
 */
export function rank(candidates: readonly (Diagnosis | false | undefined)[]): readonly Diagnosis[] {
  const found = candidates.filter((candidate) => candidate !== false && candidate !== undefined);
  const isCertain = found.some(({ confidence }) => confidence === 'high');
  const ranked = found
    .filter((one, index) => found.findIndex(({ cause }) => cause === one.cause) === index)
    .map((one, index) => ({ one, index }))
    .sort((a, b) => weights[a.one.confidence] - weights[b.one.confidence] || a.index - b.index)
    .map(({ one }) => one);
  return ranked.filter(({ confidence }) => !isCertain || confidence === 'high').slice(0, 6);
}
