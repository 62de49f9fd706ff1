import type { HeaderList, HttpExchange, HttpRequest, WireFacts } from '../http-message.ts';
import { parsePlainJson } from '../json/json.ts';
import type { Redactor } from './redact.ts';
import { inertLines, inertText } from './terminal-text.ts';
import { formatDuration } from './time.ts';
import { createStyle, type Looks } from './view.ts';

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
  const received = message(`${response.status}`, response, redactor);
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
  const line = `${request.method} ${inertText(redactor?.redactUrl(request.url) ?? request.url)}`;
  return marked('>', message(line, request, redactor), looks);
}

function marked(mark: string, lines: readonly string[], looks: Looks): string {
  const { dim } = createStyle(looks);
  return lines.map((line) => `${dim(`  ${`${mark} ${line}`.trimEnd()}`)}\n`).join('');
}

function message(
  line: string,
  { headers, body = '' }: { readonly headers: HeaderList; readonly body?: string },
  redactor: MessageRedactor | undefined,
): string[] {
  const fields = redactor?.redactHeaders(headers) ?? headers;
  return [
    line,
    ...fields.map(([name, value]) => inertText(`${name}: ${value}`)),
    ...(body === '' ? [] : ['', ...inertLines(laidOut(redactor?.redactBody(body) ?? body)).split('\n')]),
  ];
}

/** Longer bodies are shown as they came; deeper members are indented no further. */
const longestLaidOut = 100_000;
const deepest = 20;
/** A list without lists and objects in it, or a text; an empty object; a mark; any other value. */
const jsonTokens = /\[(?:[^[\]{}"]|"(?:[^"\\]|\\.)*")*\]|"(?:[^"\\]|\\.)*"|\{\s*\}|[{}[\],:]|[^\s"{}[\],:]+/g;

/** JSON indented, each token as it was received; a form with a parameter on each line; anything else as it is. */
function laidOut(body: string): string {
  if (body.length > longestLaidOut) return body;
  if (/^[\w.~%+-]+=[^\s&]*(?:&[^\s&=]+=[^\s&]*)+$/.test(body)) return body.replaceAll('&', '\n&');
  if (!/^\s*[{[]/.test(body) || parsePlainJson(body) === undefined) return body;
  let text = '';
  let depth = 0;
  for (const token of body.match(jsonTokens) ?? []) {
    if (/^[{[]$/.test(token)) depth += 1;
    if (/^[}\]]$/.test(token)) depth -= 1;
    const lineFeed = `\n${'  '.repeat(Math.min(depth, deepest))}`;
    if (/^[{[,]$/.test(token)) text += token + lineFeed;
    else if (/^[}\]]$/.test(token)) text += lineFeed + token;
    else text += token === ':' ? ': ' : token;
  }
  return text;
}

/** How an exchange went over the wire as lines that begin with `*`, ending in a line feed. */
export function renderWire({ reused, remoteAddress, proxy, tls, times }: WireFacts, looks: Looks): string {
  const { dim } = createStyle(looks);
  const { dnsMs, connectMs, tlsMs, sentAfterMs, firstByteAfterMs } = times;
  const parts = [
    ['DNS', dnsMs],
    ['TCP', connectMs],
    ['TLS', tlsMs],
    ['sent after', sentAfterMs],
    ['first byte after', firstByteAfterMs],
  ] as const;
  const took = parts.flatMap(([name, ms]) => (ms === undefined ? [] : [`${name} ${formatDuration(ms)}`]));
  const certificate = tls?.certificate;
  const lines = [
    `${reused ? 'kept-alive' : 'new'} connection to ${remoteAddress ?? 'an unknown address'}${proxy === undefined ? '' : ` through the proxy ${proxy}`}`,
    ...(took.length === 0 ? [] : [took.join(', ')]),
    ...(tls === undefined ? ['no TLS'] : [`${tls.protocol}, ${tls.cipher}`]),
    ...(certificate === undefined
      ? []
      : [
          `certificate of ${certificate.subject} for ${certificate.names}`,
          `issued by ${certificate.issuer}, valid ${dayOf(certificate.validFrom)} to ${dayOf(certificate.validTo)}`,
          `SHA-256 ${certificate.fingerprint}`,
        ]),
  ];
  return lines.map((line) => `${dim(`  * ${inertText(line)}`)}\n`).join('');
}

function dayOf(at: Date): string {
  return Number.isNaN(at.getTime()) ? 'an unknown day' : at.toISOString().slice(0, 10);
}
