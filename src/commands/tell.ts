import type { OutputStream } from '../context.ts';
import { renderStep, type Step } from '../output/render-step.ts';
import { inertText } from '../output/terminal-text.ts';
import { layoutColumns } from '../output/view.ts';
import { wrapNotice } from '../output/width.ts';

/** Says a sentence on stderr: one line in a log, broken between words on a terminal. */
export function tellLine(stderr: OutputStream, text: string): void {
  const inert = inertText(text);
  const lines = stderr.isTTY ? wrapNotice(inert, layoutColumns(stderr)) : [inert];
  stderr.write(`${lines.join('\n')}\n`);
}

/** Tells a step of the story on stderr. */
export function tellStep(stderr: OutputStream, step: Step): void {
  stderr.write(`${renderStep(step, stderr)}\n`);
}
