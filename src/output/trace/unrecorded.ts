import { headerValue } from '../../http-message.ts';
import type { TraceExchange, TraceRequest, TraceResponse } from '../../recording/trace.ts';
import { unknownMoment } from '../../recording/trace-members.ts';
import { formatDuration } from '../time.ts';

/** Whether a moment was recorded. */
export function isMomentKnown(rfc3339: string): boolean {
  return rfc3339 !== unknownMoment;
}

/** Whether a request was recorded at all: a saved response has none. */
export function isRequestKnown({ method, url }: TraceRequest): boolean {
  return method !== '' || url !== '';
}

/** Method and URL of a request, or that it was not recorded. */
export function requestLine(request: TraceRequest, url = request.url): string {
  return isRequestKnown(request) ? `${request.method} ${url}` : '(request not recorded)';
}

/** How long an exchange took, or that it was not recorded. */
export function durationText({ started_at, duration_ms }: TraceExchange): string {
  return isMomentKnown(started_at) || duration_ms > 0 ? formatDuration(duration_ms) : 'time not recorded';
}

/** The status of a response; a body that was saved alone has none. */
export function statusText({ status }: TraceResponse): string {
  return status === 0 ? 'status not recorded' : String(status);
}

/** Whether a request had a body that was not recorded: `curl -v` prints none. */
export function lacksBody({ headers, body }: TraceRequest): boolean {
  if (body !== undefined && body !== '') return false;
  const length = headerValue(headers, 'content-length');
  return (
    (length !== undefined && /^\s*[1-9]/.test(length)) ||
    headerValue(headers, 'transfer-encoding') !== undefined
  );
}

/** What of an exchange was not recorded, as one sentence; undefined when nothing is known to be missing. */
export function missingText({
  request,
  response,
  started_at,
  duration_ms,
}: TraceExchange): string | undefined {
  const missing = [
    ...(isRequestKnown(request) ? [] : ['the request']),
    ...(lacksBody(request) ? ['the body of the request'] : []),
    ...(response?.status === 0 ? ['the status'] : []),
    ...(isMomentKnown(started_at) || duration_ms > 0 ? [] : ['the time']),
  ];
  return missing.length === 0 ? undefined : `Not recorded: ${missing.join(', ')}.`;
}
