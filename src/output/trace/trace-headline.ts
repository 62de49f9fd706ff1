import { checksOf, type Trace, type TraceCheck } from '../../protocol/trace.ts';
import type { MarkName } from '../style.ts';
import { formatDuration } from '../time.ts';
import { legsOf, splitUrl } from './leg.ts';

/** A trace in a sentence and a few facts; all text may be foreign. */
export interface TraceHeadline {
  readonly mark: MarkName;
  readonly text: string;
  readonly facts: readonly string[];
}

/** How the recorded run ended, and when and with whom it was. */
export function traceHeadline(trace: Trace): TraceHeadline {
  const { command, outcome, started_at, duration_ms, recorded_by } = trace;
  const hosts = serversOf(trace);
  const where = hosts.length === 0 ? '' : ` at ${hosts.join(', ')}`;
  const what = command === '' ? 'A run' : `"${command}"`;
  const endings = {
    done: { mark: 'pass', text: `${what}${where} went through` },
    failed: {
      mark: 'fail',
      text: `${what}${where} failed: ${outcome.error?.message ?? 'no reason was recorded'}`,
    },
    cancelled: { mark: 'warn', text: `${what}${where} was cancelled` },
  } as const;
  return {
    ...endings[outcome.status],
    facts: [
      `${shownMoment(started_at)}, took ${formatDuration(duration_ms)}${recorded_by === '' ? '' : `, recorded by ${recorded_by}`}`,
      legsOf(trace).length === 0 ? 'No request was made' : '',
      countChecks(checksOf(trace)),
      trace.secrets === 'shown' ? 'Holds tokens and other secrets in the clear' : 'Secrets are placeholders',
    ].filter((fact) => fact !== ''),
  };
}

/** `host:port` of every server in order of appearance. */
export function serversOf(trace: Trace): readonly string[] {
  const urls = legsOf(trace).flatMap(({ event }) => {
    if (event.type === 'exchange') return [event.request.url];
    return event.type === 'authorization_request' ? [event.url] : [];
  });
  return [...new Set(urls.map((url) => splitUrl(url).host))].filter((host) => host !== '');
}

/** Such as `1 check failed, 23 passed, 2 warnings`. */
export function countChecks(checks: readonly TraceCheck[]): string {
  const count = (outcome: TraceCheck['outcome']) =>
    checks.filter((check) => check.outcome === outcome).length;
  const parts = [
    [count('fail'), 'failed'],
    [count('pass'), 'passed'],
    [count('warn'), 'warned'],
    [count('skipped'), 'skipped'],
  ] as const;
  const words = parts.filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`);
  return words.length === 0 ? '' : `Checks: ${words.join(', ')}`;
}

/** A moment in UTC: a report is read elsewhere than it was made. */
export function shownMoment(rfc3339: string): string {
  return `${rfc3339.slice(0, 19).replace('T', ' ')} UTC`;
}
