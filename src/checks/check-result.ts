import { type CheckId, catalogue } from './catalogue.ts';

/** How a check ended. */
export type CheckOutcome = 'pass' | 'fail' | 'warn' | 'skipped';

/** One check that was made, as it stands in `checks` of every JSON result. */
export interface CheckResult {
  readonly id: CheckId;
  readonly outcome: CheckOutcome;
  /** The check in a few words, from the catalogue. */
  readonly title: string;
  /** One sentence: what was seen. Never holds a secret. */
  readonly detail: string;
  /** The requirement followed, such as `RFC 9207 §2.4`. */
  readonly spec: string;
  readonly expected?: string;
  readonly received?: string;
}

/** What was compared, where a check compares. */
export interface Compared {
  readonly expected?: string;
  readonly received?: string;
}

/** Builds the result of a check from its catalogue entry. */
export function checkResult(
  id: CheckId,
  outcome: CheckOutcome,
  detail: string,
  compared: Compared = {},
): CheckResult {
  const { title, spec } = catalogue[id];
  return { id, outcome, title, detail, spec, ...compared };
}
