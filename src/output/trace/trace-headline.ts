import {
  checksOf,
  type RecordedCheck,
  type RecordedError,
  type Recording,
} from '../../recording/recording.ts';
import { formatDuration } from '../time.ts';
import type { MarkName } from '../view.ts';
import { hostsOf, legsOf } from './leg.ts';

/** A trace in a sentence and a few facts: how it ended, its time and its servers; all text may be foreign. */
export function traceHeadline(trace: Recording) {
  const { command, outcome, started_at, duration_ms, recorded_by } = trace;
  const where = named(serversOf(trace));
  const what = command === '' ? 'A run' : `"${command}"`;
  const [mark, ending] = {
    done: ['pass', 'went through'],
    failed: ['fail', `failed${briefly(outcome.error)}`],
    cancelled: ['warn', 'was cancelled'],
  }[outcome.status] as [MarkName, string];
  return {
    mark,
    text: `${what}${where} ${ending}`,
    facts: [
      `${started_at !== null ? `${shownMoment(started_at)}, took ${formatDuration(duration_ms)}` : 'The time is not recorded'}${recorded_by === '' ? '' : `, recorded by ${recorded_by}`}`,
      legsOf(trace).length === 0 ? 'No request was made' : '',
      countChecks(checksOf(trace)),
      trace.secrets === 'shown' ? 'Holds tokens and other secrets in the clear' : 'Secrets are placeholders',
    ].filter((fact) => fact !== ''),
  };
}

/** A title with more servers is too long to read. */
const serversNamed = 3;

function named(hosts: readonly string[]): string {
  if (hosts.length === 0) return '';
  const more = hosts.length > serversNamed ? ` and ${hosts.length - serversNamed} more` : '';
  return ` at ${hosts.slice(0, serversNamed).join(', ')}${more}`;
}

/** In characters. The whole message stands elsewhere in each report. */
const longestReason = 80;

function briefly(error: RecordedError | undefined): string {
  if (error === undefined) return ', no reason was recorded';
  const [reason = '', ...rest] = (error.oauth?.error ?? error.check ?? error.code).split(/[\r\n]/);
  const cut =
    reason.length > longestReason || rest.length > 0 ? `${reason.slice(0, longestReason)}…` : reason;
  return `${error.step === null ? '' : ` (${error.step})`}: ${cut}`;
}

/** The servers that are named in the recording. */
export function serversOf(trace: Recording): readonly string[] {
  return hostsOf(trace).filter((host) => host !== '');
}

/** Such as `1 check failed, 23 passed, 2 warnings`. */
export function countChecks(checks: readonly RecordedCheck[]): string {
  const count = (outcome: RecordedCheck['outcome']) =>
    checks.filter((check) => check.outcome === outcome).length;
  const parts = [
    [count('fail'), 'failed'],
    [count('pass'), 'passed'],
    [count('warn'), 'warned'],
    [count('skipped'), 'not applicable'],
  ] as const;
  const words = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return words.length === 0 ? '' : `Checks: ${words.join(', ')}`;
}

/** A moment in UTC: a report is read elsewhere than it was made. */
export function shownMoment(rfc3339: string | null): string {
  return rfc3339 === null ? 'not recorded' : `${rfc3339.slice(0, 19).replace('T', ' ')} UTC`;
}
