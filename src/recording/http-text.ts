import { type HeaderList, headerValue } from '../http-message.ts';
import { isLoopbackHost } from '../protocol/redirect-uri.ts';
import {
  type CapturedExchange,
  type CapturedRequest,
  type CapturedResponse,
  exchangeOf,
} from './captured.ts';
import { type HttpLine, readHttpLines } from './http-text-lines.ts';

/** A request or response that is being put together from its lines. */
interface Block {
  readonly side: 'request' | 'response';
  readonly firstLine: string;
  readonly headers: (readonly [string, string])[];
  headDone: boolean;
  body: string;
  hasBody: boolean;
}

const statusLine = /^HTTP\/\d(?:\.\d)? (\d{3})(?: (.*))?$/;
const requestLine = /^([A-Z]{3,20}) (\S+) HTTP\/\d(?:\.\d)?$/;

/** Tells whether text holds an HTTP message as `curl -i`, `curl -v` or a proxy writes it. */
export function looksLikeHttpText(text: string): boolean {
  return /^[<>]? ?(?:HTTP\/\d(?:\.\d)? \d{3}\b|[A-Z]{3,20} \S+ HTTP\/\d(?:\.\d)?\r?$)/m.test(text);
}

/**
 * Reads HTTP messages as text: what `curl -i` and `curl -v` print (stderr alone, or mixed with the body), and raw
 * requests and responses. Interim responses and those of a proxy that opens a tunnel are left out.
 */
export function readHttpText(text: string, source: string): readonly CapturedExchange[] {
  const { lines, overTls } = readHttpLines(text);
  const blocks = collectBlocks(lines);
  const exchanges: CapturedExchange[] = [];
  let request: Block | undefined;
  const finish = (response: Block | undefined) => {
    const before = exchanges.at(-1);
    if (
      before !== undefined &&
      request === undefined &&
      response !== undefined &&
      isSameHead(before, response)
    ) {
      exchanges[exchanges.length - 1] = { ...before, response: readResponse(response) };
    } else if (request !== undefined || response !== undefined) {
      exchanges.push(
        exchangeOf({
          source,
          request: request === undefined ? null : readRequest(request, overTls),
          response: response === undefined ? null : readResponse(response),
        }),
      );
    }
    request = undefined;
  };
  for (const block of blocks) {
    if (block.side === 'request') {
      if (request !== undefined) finish(undefined);
      request = block;
    } else if (isInterim(block)) {
      if (request?.firstLine.startsWith('CONNECT ')) request = undefined;
    } else finish(block);
  }
  if (request !== undefined) finish(undefined);
  return exchanges.length === 1
    ? exchanges
    : exchanges.map((exchange, index) => ({ ...exchange, source: `${source}, exchange ${index + 1}` }));
}

/** With -v and -i together the head of a response stands on stderr and, before the body, on stdout. */
function isSameHead({ response }: CapturedExchange, { firstLine, headers }: Block): boolean {
  return (
    response?.body === null &&
    response.status === Number(statusLine.exec(firstLine)?.[1]) &&
    JSON.stringify(response.headers) === JSON.stringify(headers)
  );
}

function collectBlocks(lines: readonly HttpLine[]): readonly Block[] {
  const blocks: Block[] = [];
  let current: Block | undefined;
  for (const { side, text, raw } of lines) {
    const start = startOf(side, text, current);
    if (start !== undefined) {
      current = {
        side: start,
        firstLine: text,
        headers: [],
        headDone: false,
        body: '',
        hasBody: side === 'plain',
      };
      blocks.push(current);
    } else if (current === undefined) {
      // A prompt, a command or a progress meter before the first message.
    } else if (current.headDone || (side === 'plain' && blocks.at(-1)?.hasBody === false)) {
      if (side !== 'plain') continue;
      current.headDone = true;
      current.hasBody = true;
      current.body += raw;
    } else if (text === '') {
      current.headDone = true;
    } else {
      const colon = text.indexOf(':');
      if (colon > 0) current.headers.push([text.slice(0, colon).trim(), text.slice(colon + 1).trim()]);
    }
  }
  return blocks;
}

function startOf(
  side: HttpLine['side'],
  text: string,
  current: Block | undefined,
): Block['side'] | undefined {
  if (side !== 'request' && statusLine.test(text)) return 'response';
  if (side === 'response' || !requestLine.test(text)) return undefined;
  return current === undefined || current.headDone || side === 'request' ? 'request' : undefined;
}

function isInterim({ firstLine }: Block): boolean {
  const [, status = '', reason = ''] = statusLine.exec(firstLine) ?? [];
  return status.startsWith('1') || /^connection established$/i.test(reason);
}

function readRequest(block: Block, overTls: boolean): CapturedRequest {
  const [, method = 'GET', target = '/'] = requestLine.exec(block.firstLine) ?? [];
  const host = headerValue(block.headers, 'host');
  return {
    method,
    url:
      /^https?:/i.test(target) || host === undefined
        ? target
        : `${schemeOf(host, overTls)}://${host}${target}`,
    headers: block.headers,
    body: block.body.trim() === '' ? null : block.body.replace(/\r?\n$/, ''),
  };
}

function schemeOf(host: string, overTls: boolean): string {
  if (overTls) return 'https';
  const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:]*):?(\d*)$/.exec(host) ?? [];
  return isLoopbackHost(name) || port === '80' || port === '8080' ? 'http' : 'https';
}

function readResponse(block: Block): CapturedResponse {
  const headers: HeaderList = block.headers;
  const length = headerValue(headers, 'content-length');
  // Without the body only stderr was saved, unless there was none.
  const isKnown = block.hasBody || length === '0' || headerValue(headers, 'location') !== undefined;
  return {
    status: Number(statusLine.exec(block.firstLine)?.[1]),
    headers,
    body: isKnown ? block.body : null,
  };
}
