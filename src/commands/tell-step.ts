import type { OutputStream } from '../context.ts';
import { renderStep, type Step } from '../output/render-step.ts';

/** Tells a step of the story on stderr. */
export function tellStep(stderr: OutputStream, step: Step): void {
  stderr.write(`${renderStep(step, stderr)}\n`);
}
