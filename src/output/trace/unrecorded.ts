import type { RecordedExchange, RecordedRequest, RecordedResponse } from '../../recording/recording.ts';
import { formatDuration } from '../time.ts';

/** Method and URL of a request, or that it was not recorded. */
export function requestLine(request: RecordedRequest | null, url = request?.url): string {
  return request === null ? '(request not recorded)' : `${request.method} ${url}`;
}

/** How long an exchange took, or that it was not recorded. */
export function durationText({ duration_ms }: RecordedExchange): string {
  return duration_ms === null ? 'time not recorded' : formatDuration(duration_ms);
}

/** The status of a response; a body that was saved alone has none. */
export function statusText({ status }: RecordedResponse): string {
  return status === null ? 'status not recorded' : String(status);
}

/** What of an exchange was not recorded, as one sentence; undefined when nothing is known to be missing. */
export function missingText({ request, response, duration_ms }: RecordedExchange): string | undefined {
  const missing = [
    ...(request === null ? ['the request'] : []),
    ...(request?.body === null ? ['the body of the request'] : []),
    ...(response !== null && response.status === null ? ['the status'] : []),
    ...(duration_ms === null ? ['the time'] : []),
  ];
  return missing.length === 0 ? undefined : `Not recorded: ${missing.join(', ')}.`;
}
