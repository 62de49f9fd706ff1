import type { HeaderList, HttpExchange, HttpRequest } from '../http-message.ts';
import type { Redactor } from './redact.ts';
import { createStyle } from './style.ts';
import { inertLines, inertText } from './terminal-text.ts';
import type { Looks } from './view.ts';

type MessageRedactor = Pick<Redactor, 'redactUrl' | 'redactHeaders' | 'redactBody'>;

/**
 * A request and its response as they went over the wire, ending in a line feed; redacted unless the redactor is left
 * out. Lines sent begin with `>`, lines received with `<`.
 */
export function renderExchange(
  { request, response }: HttpExchange,
  redactor: MessageRedactor | undefined,
  looks: Looks,
): string {
  const received = [
    `${response.status}`,
    ...fields(response.headers, redactor),
    ...body(response.body, redactor),
  ];
  return renderRequest(request, redactor, looks) + marked('<', received, looks);
}

/** A request to which no answer came, in the same way, and why; the reason is shown as it is. */
export function renderUnanswered(
  request: HttpRequest,
  reason: string,
  redactor: MessageRedactor | undefined,
  looks: Looks,
): string {
  return renderRequest(request, redactor, looks) + marked('*', [`no answer: ${inertText(reason)}`], looks);
}

/** A request in the same way. */
export function renderRequest(
  request: HttpRequest,
  redactor: MessageRedactor | undefined,
  looks: Looks,
): string {
  const sent = [
    `${request.method} ${inertText(redactor?.redactUrl(request.url) ?? request.url)}`,
    ...fields(request.headers, redactor),
    ...body(request.body, redactor),
  ];
  return marked('>', sent, looks);
}

function marked(mark: string, lines: readonly string[], looks: Looks): string {
  const { dim } = createStyle(looks);
  return lines.map((line) => `${dim(`  ${`${mark} ${line}`.trimEnd()}`)}\n`).join('');
}

function fields(headers: HeaderList, redactor: MessageRedactor | undefined): string[] {
  return (redactor?.redactHeaders(headers) ?? headers).map(([name, value]) => inertText(`${name}: ${value}`));
}

function body(text: string | undefined, redactor: MessageRedactor | undefined): string[] {
  if (text === undefined || text === '') return [];
  return ['', ...inertLines(redactor?.redactBody(text) ?? text).split('\n')];
}
