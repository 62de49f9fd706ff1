import type { HeaderList, HttpExchange } from '../protocol/http-message.ts';
import type { Redactor } from './redact.ts';
import { createStyle } from './style.ts';
import { inertLines, inertText } from './terminal-text.ts';
import type { Looks } from './view.ts';

/**
 * A request and its response as they went over the wire, ending in a line feed; redacted unless the redactor is left
 * out. Lines sent begin with `>`, lines received with `<`.
 */
export function renderExchange(
  { request, response }: HttpExchange,
  redactor: Pick<Redactor, 'redactUrl' | 'redactHeaders' | 'redactBody'> | undefined,
  looks: Looks,
): string {
  const { dim } = createStyle(looks);
  const body = (text: string | undefined) =>
    text === undefined || text === '' ? [] : ['', ...bodyLines(text)];
  const bodyLines = (text: string) => inertLines(redactor?.redactBody(text) ?? text).split('\n');
  const fields = (headers: HeaderList) =>
    (redactor?.redactHeaders(headers) ?? headers).map(([name, value]) => inertText(`${name}: ${value}`));
  const sent = [
    `${request.method} ${inertText(redactor?.redactUrl(request.url) ?? request.url)}`,
    ...fields(request.headers),
    ...body(request.body),
  ];
  const received = [`${response.status}`, ...fields(response.headers), ...body(response.body)];
  const lines = [...sent.map((line) => `> ${line}`), ...received.map((line) => `< ${line}`)];
  return `${lines.map((line) => dim(`  ${line.trimEnd()}`)).join('\n')}\n`;
}
