import type { HeaderList } from '../../http-message.ts';
import { stringifyExactly } from '../../json/exact-number.ts';
import { parseJsonExactly } from '../../json/parse-json-exactly.ts';
import type { RecordedExchange, RecordedRequest, RecordedResponse } from '../../recording/recording.ts';
import { formatDuration } from '../time.ts';
import { formOf } from './leg.ts';

/** A request as text: line, header fields, body; a form one parameter a line, JSON indented. All of it is foreign. */
export function requestText(request: RecordedRequest): string {
  const { method, url, headers, body } = request;
  const form = formOf(request);
  const shown =
    form === undefined
      ? readableBody(body ?? '')
      : form.map(([name, value]) => `${name}=${value}`).join('\n');
  return message(`${method} ${url}`, headers, shown);
}

/** A response as text in the same way. */
export function responseText({ status, headers, body }: RecordedResponse): string {
  return message(status === null ? '' : statusWithPhrase(status), headers ?? [], readableBody(body ?? ''));
}

/** A body for reading: JSON indented, anything else as it is. */
export function readableBody(body: string): string {
  if (!/^\s*[[{]/.test(body) || body.length > 200_000) return body;
  const parsed = parseJsonExactly(body);
  return parsed.type === 'parsed' ? stringifyExactly(parsed.json.value, 2) : body;
}

function message(firstLine: string, headers: HeaderList, body: string): string {
  const fields = headers.map(([name, value]) => `${name}: ${value}`);
  return [...(firstLine === '' ? [] : [firstLine]), ...fields, ...(body === '' ? [] : ['', body])].join('\n');
}

/** Text of at most so many characters, with a word about the rest. */
export function shortenedTo(longest: number, text: string): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest)}\n… (${text.length - longest} more characters)`;
}

/** Method and URL of a request, or that it was not recorded. */
export function requestLine(request: RecordedRequest | null, url = request?.url): string {
  return request === null ? '(request not recorded)' : `${request.method} ${url}`;
}

/** How long an exchange took, or that it was not recorded. */
export function durationText({ duration_ms }: Pick<RecordedExchange, 'duration_ms'>): string {
  return duration_ms === null ? 'time not recorded' : formatDuration(duration_ms);
}

/** The status of a response; a body that was saved alone has none. */
export function statusText({ status }: RecordedResponse): string {
  return status === null ? 'status not recorded' : String(status);
}

/** The parts of an exchange that were not recorded, as one sentence; undefined when none is known to be missing. */
export function missingText({ request, response, duration_ms }: RecordedExchange): string | undefined {
  const missing = [
    ...(request === null ? ['the request'] : []),
    ...(request?.body === null ? ['the body of the request'] : []),
    ...(response !== null && response.status === null ? ['the status'] : []),
    ...(duration_ms === null ? ['the time'] : []),
  ];
  return missing.length === 0 ? undefined : `Not recorded: ${missing.join(', ')}.`;
}

/** Reason phrases of the statuses that servers answer OAuth requests with (RFC 9110 §15; RFC 6585 §4). */
const phrases: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  410: 'Gone',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** A status with its registered reason phrase, such as `200 OK`; alone where none is known. */
export function statusWithPhrase(status: number): string {
  const phrase = phrases[status];
  return phrase === undefined ? String(status) : `${status} ${phrase}`;
}
