import { durationText } from '../checks/shown-value.ts';
import type { Invocation } from '../commands/command.ts';
import { tellStep } from '../commands/tell-step.ts';

/** Says that a token is not valid for as long as was asked, because tokens of its session never are. */
export function warnShortLife(
  leftSeconds: number,
  minValiditySeconds: number,
  { context: { terminal }, journal }: Invocation,
): void {
  const left = durationText(Math.max(0, Math.floor(leftSeconds)));
  const text = `--min-validity ${minValiditySeconds} cannot be met: this token is valid for ${left}, and a new one would not live that long either.`;
  journal.told = true;
  tellStep(terminal.stderr, { mark: 'warn', name: 'Token', text });
}
