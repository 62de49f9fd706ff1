import { durationText } from '../../checks/time-text.ts';
import { renderStep } from '../../output/render-step.ts';
import type { Invocation } from '../command.ts';

/** Says that a token is not valid for as long as was asked, because tokens of its session never are. */
export function warnShortLife(
  expiresAt: Date,
  minValiditySeconds: number,
  { context: { terminal, now }, journal }: Invocation,
): void {
  const left = durationText(Math.max(0, Math.floor((expiresAt.getTime() - now().getTime()) / 1000)));
  const text = `--min-validity ${minValiditySeconds} cannot be met: this token is valid for ${left}, and a new one would not live that long either.`;
  journal.told = true;
  terminal.stderr.write(`${renderStep({ mark: 'warn', name: 'Token', text }, terminal.stderr)}\n`);
}
