import { applyWaivers, type CheckResult, firstStoppingFailure } from '../checks/check-result.ts';
import { ValidationError } from '../errors.ts';
import type { Emit, FlowStep } from './flow-event.ts';

/** Tells the results of a step and goes on, or stops the flow at the first unsafe failure. */
export type SettleChecks = (step: FlowStep, results: readonly CheckResult[]) => void;

/**
 * Makes the gate that every step passes.
 * The gate @throws ValidationError when a check failed that makes the next step unsafe.
 */
export function createGate(waived: ReadonlySet<string>, emit: Emit): SettleChecks {
  return (step, results) => {
    const checks = applyWaivers(results, waived);
    emit({ type: 'checks', step, checks });
    const failure = firstStoppingFailure(checks);
    if (failure === undefined) return;
    throw new ValidationError(failure.id, `${failure.title}: ${failure.detail}`, {
      step,
      hint: [
        'Nothing further was sent.',
        ...cureOf(failure),
        `See ${failure.spec}; --no-verify ${failure.id} lets it only warn.`,
      ].join(' '),
    });
  };
}

/**
 * An issuer that is only spelt otherwise, or has moved: asking it by its own name brings its own metadata. Only what
 * a shell takes literally is put into a command.
 */
function cureOf({ id, received }: CheckResult): readonly string[] {
  if (id !== 'metadata-issuer' || received === undefined || !/^https?:\/\/[\w.:/~%-]+$/.test(received))
    return [];
  return [`If that is the server you mean: --issuer ${received}.`];
}
