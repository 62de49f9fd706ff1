import type { HeaderList } from '../../http-message.ts';
import { stringifyExactly } from '../../json/number-texts.ts';
import { parseJsonExactly } from '../../json/parse-json-exactly.ts';
import type { RecordedRequest, RecordedResponse } from '../../recording/recording.ts';
import { formOf } from './leg.ts';
import { statusWithPhrase } from './reason-phrase.ts';

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
