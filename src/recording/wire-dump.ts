/** A section of `curl --trace`: who sent what. */
const section =
  /^(?:\d\d:\d\d:\d\d\.\d+ )?(?:\[[\dx]+-[\dx]+\] )?(?:(=>|<=) (Send|Recv) (header|data)|== Info: (.*)|(?:=>|<=) .*)/;
const wgetRemark =
  /^(?:--.*-- |(?:Resolving|Connecting|Reusing|Length:|Saving|Username\/Password|(?:HTTP|Proxy) request sent)\b|[\d: -]{19} (?:ERROR|\()).*$/gm;
const dumpLine = /^([\da-f]{4,8}): (.*)$/;

/**
 * The text that `curl -v` would have printed, bodies included, of what `curl --trace-ascii` and `--trace` write and of
 * the headers that `wget -S` indents, and of what our own -v writes; undefined for any other text.
 */
export function wireDumpAsHttp(text: string): string | undefined {
  if (/^(?:\d\d:\d\d:\d\d\.\d+ )?(?:\[[\dx]+-[\dx]+\] )?(?:=> Send|<= Recv) header, \d+ bytes/m.test(text))
    return readTrace(text);
  if (/^ {2}> [A-Z]+ \S+$/m.test(text) && /^ {2}< \d{3}\b/m.test(text)) return readOwnLog(text);
  return /^ {2}HTTP\/\d/m.test(text)
    ? text.replace(/^ {2}(?=HTTP\/|[\w-]+: )/gm, '').replace(wgetRemark, '')
    : undefined;
}

/** Our own -v: both messages whole, indented, each line with its mark; a body comes behind the line without a word. */
function readOwnLog(text: string): string {
  let inBody = false;
  const lines = text.split(/\r?\n/).flatMap((line) => {
    const [, mark, said = ''] = /^ {2}([<>])(?: (.*))?$/.exec(line) ?? [];
    if (mark === undefined) return [];
    const first = mark === '>' ? /^[A-Z]+ \S+$/.exec(said)?.[0] : /^\d{3}\b/.exec(said)?.[0];
    if (first !== undefined) {
      inBody = false;
      return [mark === '>' ? `> ${first} HTTP/1.1` : `< HTTP/1.1 ${first}`];
    }
    if (inBody) return [said];
    inBody = said === '';
    return [`${mark} ${said}`];
  });
  // The parameters of a form stand in lines of their own.
  return lines.join('\n').replace(/\n(?=&\w+=)/g, '');
}

interface Part {
  readonly mark: '>' | '<' | '*';
  readonly isData: boolean;
  text: string;
  /** The place behind the last line, when no line feed stood between it and the next. */
  end: number;
}

function readTrace(text: string): string {
  const parts: Part[] = [];
  let current: Part | undefined;
  for (const line of text.split(/\r?\n/)) {
    const start = section.exec(line);
    if (start !== null) {
      const [, arrow, , what, info] = start;
      const mark = arrow === undefined ? '*' : arrow === '=>' ? '>' : '<';
      current =
        info === undefined && what === undefined
          ? undefined
          : { mark, isData: what === 'data', text: info ?? '', end: 0 };
      if (current !== undefined) parts.push(current);
      continue;
    }
    const [, offset, shown = ''] = dumpLine.exec(line) ?? [];
    if (current === undefined || offset === undefined) continue;
    addLine(current, Number.parseInt(offset, 16), octetsOf(shown) ?? shown);
  }
  return parts
    .map((part, at) => `${parts[at - 1]?.isData && !part.isData ? '\n' : ''}${asVerbose(part)}`)
    .join('');
}

/** With `--trace` a line has up to 16 octets in hex before their characters. */
function octetsOf(shown: string): string | undefined {
  const hex = /^((?:[\da-f]{2} ){1,16}) {0,48}/.exec(shown.length >= 48 ? shown : `${shown} `)?.[1];
  if (hex === undefined || !/^(?:[\da-f]{2} ){1,16} *.{1,16}$/.test(shown)) return undefined;
  return Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('latin1');
}

/** `--trace-ascii` shows no line feeds: the place of the next line tells where one was. */
function addLine(part: Part, offset: number, shown: string): void {
  if (offset > part.end) part.text += '\r\n';
  part.text += shown;
  part.end = offset + shown.length;
}

function asVerbose({ mark, isData, text }: Part): string {
  if (isData) return text;
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  return lines.map((line) => `${mark} ${line}\n`).join('');
}
