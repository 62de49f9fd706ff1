import type { CheckResult } from './check-result.ts';

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
