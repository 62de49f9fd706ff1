import { own, say } from '../say.ts';
import { checkOf, pass, skip, type Verdict, warn } from './check-result.ts';
import { durationText } from './shown-value.ts';

/** The three forms of an HTTP date (RFC 9110 §5.6.7). */
const dateForms = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]+day, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
];

/**
 * Measures the server's clock against the local one by a response: seconds by which the server is ahead, negative
 * when behind, the least that explains the `Date` field; undefined when that is absent or no HTTP date
 * (RFC 9110 §6.6.1).
 *
 * @param startedAt local time when the request was sent.
 * @param durationMs until the response was complete: the server wrote its date somewhere in between.
 */
export function measureClockSkew(
  dateHeader: string | undefined,
  startedAt: Date,
  durationMs: number,
): number | undefined {
  const text = dateHeader?.trim() ?? '';
  if (!dateForms.some((form) => form.test(text))) return undefined;
  const serverMs = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  if (Number.isNaN(serverMs)) return undefined;
  // The date has no fraction: the server's clock showed anything up to a second more.
  const least = (serverMs - (startedAt.getTime() + durationMs)) / 1000;
  const most = (serverMs + 1000 - startedAt.getTime()) / 1000;
  if (least > 0) return Math.floor(least);
  return most <= -1 ? Math.ceil(most) : 0;
}

/** In seconds. A larger tolerance would accept tokens that expired long ago. */
const largestTolerable = 60;

/** Checks that both clocks agree within the tolerance, which time claims depend on (RFC 9110 §6.6.1). */
export const checkClockSkew = checkOf('clock-skew', judgeClockSkew);

function judgeClockSkew(skewSeconds: number | undefined, clockToleranceSeconds: number): Verdict {
  if (skewSeconds === undefined) return skip('The server sends no Date to compare clocks with.');
  const compared = { expected: say`at most ${clockToleranceSeconds} s`, received: say`${skewSeconds} s` };
  if (skewSeconds === 0) return pass('Both clocks agree.', compared);
  const detail = say`The server's clock is ${durationText(skewSeconds)} ${own(skewSeconds > 0 ? 'ahead of' : 'behind')} this one.`;
  const distance = Math.abs(skewSeconds);
  if (distance <= clockToleranceSeconds) return pass(detail, compared);
  const cure = own(`set the clock${distance <= largestTolerable ? ', or raise the clock tolerance' : ''}`);
  return warn(say`${detail} Times in tokens may be misjudged: ${cure}.`, compared);
}
