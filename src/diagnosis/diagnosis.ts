import { rememberCompared } from '../checks/check-result.ts';
import type { ProviderError } from '../providers/provider.ts';
import type { RecordedDiagnosis, RecordedRuledOut } from '../recording/recording.ts';
import { remember, Said, type Text } from '../say.ts';
import type { Situation } from './situation.ts';

/** A likely cause of what was seen, as a recording keeps it too. Its texts never hold a secret. */
export interface Diagnosis extends RecordedDiagnosis {
  /** What did not come although nothing failed, where this says why. */
  readonly missing?: 'id_token' | 'refresh_token' | 'scope' | 'claims';
}

/** The causes of what was seen, the likeliest first, and those that the evidence excludes. */
export interface Diagnosed {
  readonly diagnosis: readonly Diagnosis[];
  readonly ruled_out: readonly RecordedRuledOut[];
}

/** Where nothing is wrong, or nothing is known. */
export const undiagnosed: Diagnosed = { diagnosis: [], ruled_out: [] };

/** The same as members of a document, without those that say nothing. */
export function membersOf(diagnosed: Diagnosed): Partial<Diagnosed> {
  return diagnosed.diagnosis.length + diagnosed.ruled_out.length === 0 ? {} : diagnosed;
}

/** A sentence of ours by itself, or with what was put into it. A plain string does not fit: it may hold foreign words. */
export type Sentence = `${string}.` | '' | Said;

/**
 * A cause as tables and evidence give it, before it is worded for its reader. It is certain (`high`) only where two
 * values of the recording contradict each other, and then it shows both.
 */
export type Cause = Pick<Diagnosis, 'missing' | 'proven'> & {
  readonly cause: Sentence;
  readonly why: Sentence;
  /** For the user of `login` it names options of this tool; the reader of `debug` has another client. */
  readonly try: Sentence | Readonly<Record<Situation['voice'], Sentence>>;
  readonly source?: string | undefined;
  /** What both requests have to agree in, where the cause is that they do not. */
  readonly about?: ProviderError['about'] | undefined;
  /** The recorded value that excludes it: it is then told as ruled out. */
  readonly excludedBy?: Said | false | undefined;
} & (
    | {
        /** `medium` when left out. */
        readonly confidence?: 'medium' | 'low';
        readonly expected?: Text | undefined;
        readonly received?: Text | undefined;
      }
    | { readonly confidence: 'high'; readonly expected: Text; readonly received: Text }
  );

/** Two values that a cause shows, which make it certain where both are known. */
export function contradiction(
  expected: Text | undefined,
  received: Text | undefined,
):
  | { readonly confidence: 'high'; readonly expected: Text; readonly received: Text }
  | { readonly expected: Text | undefined; readonly received: Text | undefined } {
  return expected === undefined || received === undefined
    ? { expected, received }
    : { confidence: 'high', expected, received };
}

/** A cause if its condition holds. */
export type Candidate = Cause | false | undefined;

/** A cause that a recorded value excludes, if one does. */
export function ruledOut(cause: Sentence, excludedBy: Said | false | undefined): Candidate {
  return excludedBy && { cause, why: '', try: '', excludedBy };
}

/** Marks those as proven that are certain, where nothing but the messages speaks for them. */
export function proven(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.map((one) => (one && one.confidence === 'high' ? { ...one, proven: true } : one));
}

const weights = { high: 0, medium: 1, low: 2 };

/**
 * The likelier ones first, in the order given where that says nothing; each cause once, at most six. Beside a certain
 * cause no other is worth a look. A cause that one table rules out and another finds is found.
 */
export function rank(candidates: readonly Candidate[], voice: Situation['voice']): Diagnosed {
  const given = candidates.filter((one) => one !== false && one !== undefined);
  const found = given.filter(({ excludedBy }) => !excludedBy);
  const sameAs = (one: Cause) => found.filter(({ cause }) => String(cause) === String(one.cause));
  const ranked = found
    .filter((one) => sameAs(one)[0] === one)
    // The words may be known by one table, and the value by another.
    .map((one) => ({
      ...sameAs(one)
        .map(rememberCompared)
        .find((values) => Object.keys(values).length > 0),
      ...worded(one, voice),
    }))
    .sort((a, b) => weights[a.confidence] - weights[b.confidence]);
  const isCertain = ranked[0]?.confidence === 'high';
  const excluded = given.flatMap((one) =>
    one.excludedBy && sameAs(one).length === 0
      ? [{ cause: remember(one.cause as Said), evidence: remember(one.excludedBy) }]
      : [],
  );
  return {
    diagnosis: ranked.filter(({ confidence }) => !isCertain || confidence === 'high').slice(0, 6),
    ruled_out: excluded.filter(({ cause }, at) => excluded.findIndex((one) => one.cause === cause) === at),
  };
}

function worded(found: Cause, voice: Situation['voice']): Diagnosis {
  const { cause, why, try: remedy, confidence = 'medium', missing, source } = found;
  return {
    cause: remember(cause as Said),
    why: remember(why as Said),
    try: remember((typeof remedy === 'string' || remedy instanceof Said ? remedy : remedy[voice]) as Said),
    confidence,
    ...(missing && { missing }),
    ...(source !== undefined && { source }),
    ...rememberCompared(found),
    ...(found.proven && { proven: true }),
  };
}
