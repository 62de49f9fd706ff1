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

/** Turns the failures of waived checks (`--no-verify`) into warnings that say so; everything else stays as it is. */
export function applyWaivers(results: readonly CheckResult[], waived: ReadonlySet<string>): CheckResult[] {
  return results.map((result) =>
    result.outcome === 'fail' && waived.has(result.id)
      ? { ...result, outcome: 'warn', detail: `${result.detail} This failed and was waived.` }
      : result,
  );
}

/** The first result that makes the next step unsafe; undefined when there is none. */
export function firstStoppingFailure(results: readonly CheckResult[]): CheckResult | undefined {
  return results.find(({ outcome }) => outcome === 'fail');
}
