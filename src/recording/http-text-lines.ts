/** One line of saved HTTP text without what curl puts around it. */
export interface HttpLine {
  /** Who sent it, where a mark says so. */
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
export function readHttpLines(text: string): {
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
