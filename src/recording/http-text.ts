import { type HeaderList, headerValue } from '../http-message.ts';
import { isLoopbackHost } from '../protocol/redirect-uri.ts';
import {
  type RecordedExchange,
  type RecordedRequest,
  type RecordedResponse,
  savedExchange,
} from './recording.ts';

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
export function readHttpText(text: string, source: string): readonly RecordedExchange[] {
  const { lines, overTls } = readHttpLines(text);
  const blocks = collectBlocks(lines);
  const exchanges: RecordedExchange[] = [];
  let request: Block | undefined;
  const finish = (response: Block | undefined) => {
    const before = exchanges.at(-1);
    const read = response === undefined ? null : readResponse(response);
    if (
      before !== undefined &&
      request === undefined &&
      response !== undefined &&
      isSameHead(before, response)
    ) {
      exchanges[exchanges.length - 1] = { ...before, response: read };
    } else {
      const sent = request === undefined ? null : readRequest(request, overTls);
      exchanges.push(savedExchange({ source, request: sent, response: read }));
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
function isSameHead({ response }: RecordedExchange, { firstLine, headers }: Block): boolean {
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
      const hasBody = side === 'plain';
      current = { side: start, firstLine: text, headers: [], headDone: false, body: '', hasBody };
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

function readRequest(block: Block, overTls: boolean): RecordedRequest {
  const [, method = 'GET', target = '/'] = requestLine.exec(block.firstLine) ?? [];
  const host = headerValue(block.headers, 'host');
  const isWhole = method === 'CONNECT' || /^https?:/i.test(target) || host === undefined;
  const url = isWhole ? target : `${schemeOf(host, overTls)}://${host}${target}`;
  const request = { method, url, headers: block.headers };
  if (block.body.trim() !== '') return { ...request, body: block.body.replace(/\r?\n$/, '') };
  // curl -v prints no body of a request.
  const hadBody = !block.hasBody && headerValue(block.headers, 'content-type') !== undefined;
  return hadBody ? { ...request, body: null } : request;
}

function schemeOf(host: string, overTls: boolean): string {
  if (overTls) return 'https';
  const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:]*):?(\d*)$/.exec(host) ?? [];
  return isLoopbackHost(name) || port === '80' || port === '8080' ? 'http' : 'https';
}

function readResponse(block: Block): RecordedResponse {
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

/** One line of saved HTTP text without what curl puts around it. */
export interface HttpLine {
  /** The sender, where a mark tells. */
  readonly side: 'request' | 'response' | 'plain';
  readonly text: string;
  /** With its line end. */
  readonly raw: string;
}

const leftIntact = /\* (?:Connection #\d+ to host .{1,255} left intact|Closing connection.{0,20})\r?\n?$/;
const dataCount = /^[{}] \[\d+ bytes data\]$/;
const progress =
  /^\s*(?:% Total\s+% Received|Dload\s+Upload|\d{1,3}\s+\d+[kMG]?\s+\d{1,3}\s+\d+[kMG]?\s.*(?:--|\d):)/;

/** Splits saved HTTP text into lines and takes off the marks of `curl -v`, its remarks and its progress meter. */
function readHttpLines(text: string): {
  readonly lines: readonly HttpLine[];
  readonly overTls: boolean;
} {
  const isVerbose = /^< HTTP\/|^> [A-Z]+ \S+ HTTP\//m.test(text);
  const lines: HttpLine[] = [];
  let overTls = false;
  let received: string | undefined;
  for (const raw of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
    const line = raw.replace(/\r?\n$/, '');
    if (!isVerbose) {
      lines.push({ side: 'plain', text: line, raw });
      continue;
    }
    const mark = /^([<>*])(?: |$)/.exec(line)?.[1];
    // With -i and -v together every line of the head may come twice.
    const repeats = mark === undefined && line === received;
    received = mark === '<' ? line.slice(2) : undefined;
    if (mark === '*') {
      overTls ||= /\b(?:SSL connection using|TLS handshake|ALPN[:,]|Server certificate:)/.test(line);
    } else if (mark !== undefined) {
      lines.push({ side: mark === '<' ? 'response' : 'request', text: line.slice(2), raw });
    } else if (!repeats && !dataCount.test(line) && !progress.test(line)) {
      lines.push(plainLine(raw));
    }
  }
  return { lines, overTls };
}

/** curl writes its last remark behind a body that has no line end. */
function plainLine(raw: string): HttpLine {
  const body = raw.replace(leftIntact, '');
  return { side: 'plain', text: body.replace(/\r?\n$/, ''), raw: body };
}
