import type { TraceFact } from './trace-facts.ts';

/** How much a difference counts: what may have caused the other outcome, what else is worth a look, what is always so. */
export type DifferenceWeight = 'cause' | 'notable' | 'expected';

/** One thing that is not the same in both runs; null where one has none. */
export interface TraceDifference {
  readonly title: string;
  readonly side: TraceFact['side'];
  readonly place: TraceFact['place'];
  readonly name: string;
  readonly a: string | null;
  readonly b: string | null;
  readonly weight: DifferenceWeight;
  /** Why it has that weight, or in which small way the values differ; null when there is nothing to say. */
  readonly remark: string | null;
}

/** How one of the runs ended. */
export interface ComparedRun {
  readonly name: string;
  readonly succeeded: boolean;
  /** In a few words. */
  readonly ending: string;
}

/** Which of two runs holds placeholders in the place of secrets. */
export type Redacted = 'neither' | 'a' | 'b' | 'both';

/** Two runs side by side, as `diff --json` prints them. */
export interface TraceComparison {
  readonly version: 1;
  readonly a: ComparedRun;
  readonly b: ComparedRun;
  /** The first message that was answered otherwise; null when none was. */
  readonly diverges_at: string | null;
  /** Kinds of secrets that were sent in both and cannot be compared, since one or both are redacted. */
  readonly not_compared: readonly string[];
  readonly redacted: Redacted;
  /** The weightiest first. */
  readonly differences: readonly TraceDifference[];
}
