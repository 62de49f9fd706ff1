import type { Parameters } from './parameters.ts';

/** What an OAuth reader needs of an XML document. */
export interface XmlDocument {
  /** Local name of the document element. */
  readonly rootName: string;
  /** Elements without child elements in document order: local name, and text without the whitespace around it. */
  readonly leaves: Parameters;
}

const start =
  ':A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}';
const name = `[${start}][${start}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*`;
const space = '[ \\t\\n]';

const declaration = new RegExp(
  `<\\?xml${space}+version${space}*=${space}*(?:"1\\.\\d+"|'1\\.\\d+')` +
    `(?:${space}+encoding${space}*=${space}*(?:"[A-Za-z][\\w.-]*"|'[A-Za-z][\\w.-]*'))?` +
    `(?:${space}+standalone${space}*=${space}*(?:"(?:yes|no)"|'(?:yes|no)'))?${space}*\\?>`,
  'uy',
);
const instructionTarget = new RegExp(`<\\?(${name})(?=${space}|\\?>)`, 'uy');
const doctypeName = new RegExp(`<!DOCTYPE${space}+${name}`, 'uy');
const startTagName = new RegExp(`<(${name})`, 'uy');
const attribute = new RegExp(`${space}+(${name})${space}*=${space}*(?:"([^<"]*)"|'([^<']*)')`, 'uy');
const startTagEnd = new RegExp(`${space}*(/?)>`, 'uy');
const endTag = new RegExp(`</(${name})${space}*>`, 'uy');
const reference = new RegExp(`&(?:#(\\d+);|#x([\\dA-Fa-f]+);|(${name});|)`, 'gu');
const forbidden = /[^\t\n\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
const predefined: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['apos', "'"],
  ['quot', '"'],
]);

/**
 * Parses a well-formed XML 1.0 document in linear time; undefined when it is not well-formed. A document type
 * declaration is passed over and nothing it declares is expanded: such a reference stays as it stands.
 */
export function parseXml(source: string): XmlDocument | undefined {
  const text = source.replace(/\r\n?/g, '\n');
  return forbidden.test(text) ? undefined : new XmlReader(text).read();
}

interface OpenElement {
  readonly name: string;
  leaf: boolean;
  text: string;
}

class XmlReader {
  private readonly text: string;
  private at = 0;
  private readonly open: OpenElement[] = [];
  private readonly leaves: [string, string][] = [];
  private rootName: string | undefined;
  private doctype = false;

  constructor(text: string) {
    this.text = text;
  }

  read(): XmlDocument | undefined {
    this.match(declaration);
    while (this.at < this.text.length) {
      if (!this.readNext()) {
        return undefined;
      }
    }
    return this.rootName === undefined || this.open.length > 0
      ? undefined
      : { rootName: this.rootName, leaves: this.leaves };
  }

  private readNext(): boolean {
    const { text, at } = this;
    if (text[at] !== '<') {
      const next = text.indexOf('<', at);
      const run = text.slice(at, next === -1 ? text.length : next);
      this.at += run.length;
      return this.open.length === 0
        ? /^[ \t\n]*$/.test(run)
        : !run.includes(']]>') && this.append(this.expand(run));
    }
    if (text.startsWith('<!--', at)) {
      // Two hyphens inside a comment are not well-formed, so the first pair must end it.
      const end = text.indexOf('--', at + 4);
      this.at = end + 3;
      return end !== -1 && text[end + 2] === '>';
    }
    if (text.startsWith('<![CDATA[', at)) {
      const end = text.indexOf(']]>', at);
      this.at = end + 3;
      return end !== -1 && this.append(text.slice(at + 9, end));
    }
    if (text.startsWith('<?', at)) {
      const target = this.match(instructionTarget)?.[1];
      const end = text.indexOf('?>', this.at);
      this.at = end + 2;
      return target !== undefined && target.toLowerCase() !== 'xml' && end !== -1;
    }
    if (text.startsWith('<!', at)) {
      return this.skipDoctype();
    }
    return text.startsWith('</', at) ? this.readEndTag() : this.readStartTag();
  }

  private readStartTag(): boolean {
    const tagName = this.match(startTagName)?.[1];
    const parent = this.open.at(-1);
    if (tagName === undefined || (parent === undefined && this.rootName !== undefined)) {
      return false;
    }
    this.rootName ??= localName(tagName);
    if (parent !== undefined) {
      parent.leaf = false;
    }
    const attributes = new Set<string>();
    for (let found = this.match(attribute); found !== null; found = this.match(attribute)) {
      const [, attributeName = '', value = found[3] ?? ''] = found;
      if (attributes.has(attributeName) || this.expand(value) === undefined) {
        return false;
      }
      attributes.add(attributeName);
    }
    const end = this.match(startTagEnd);
    this.open.push({ name: tagName, leaf: true, text: '' });
    return end !== null && (end[1] === '' || this.closeElement(tagName));
  }

  private readEndTag(): boolean {
    const tagName = this.match(endTag)?.[1];
    return tagName !== undefined && this.closeElement(tagName);
  }

  private closeElement(tagName: string): boolean {
    const element = this.open.pop();
    if (element?.leaf === true) {
      this.leaves.push([localName(element.name), element.text.trim()]);
    }
    return element?.name === tagName;
  }

  private append(run: string | undefined): boolean {
    const element = this.open.at(-1);
    if (element === undefined || run === undefined) {
      return false;
    }
    element.text = element.leaf ? element.text + run : '';
    return true;
  }

  /** Replaces character references and the five predefined entities; undefined when a reference is not well-formed. */
  private expand(run: string): string | undefined {
    if (!run.includes('&')) {
      return run;
    }
    let wellFormed = true;
    const expanded = run.replace(reference, (whole, decimal?: string, hex?: string, entity?: string) => {
      const character = entity === undefined ? characterOf(decimal, hex) : predefined.get(entity);
      // What a document type declaration may have declared is well-formed; it is not looked up.
      wellFormed &&= character !== undefined || (entity !== undefined && this.doctype);
      return character ?? whole;
    });
    return wellFormed ? expanded : undefined;
  }

  /** Passes over `<!DOCTYPE name … [internal subset]>`: quoted text, comments and instructions may hold brackets. */
  private skipDoctype(): boolean {
    if (this.doctype || this.rootName !== undefined || this.match(doctypeName) === null) {
      return false;
    }
    this.doctype = true;
    const delimiter = /["'[\]>]|<!--|<\?/g;
    let inSubset = false;
    for (;;) {
      delimiter.lastIndex = this.at;
      const found = delimiter.exec(this.text);
      if (found === null) {
        return false;
      }
      const [token] = found;
      this.at = found.index + token.length;
      if (token === '>' && !inSubset) {
        return true;
      }
      if (token === '[' || token === ']') {
        if (inSubset === (token === '[')) {
          return false;
        }
        inSubset = token === '[';
      } else if (token !== '>') {
        const closer = token === '<!--' ? '-->' : token === '<?' ? '?>' : token;
        const end = this.text.indexOf(closer, this.at);
        if (end === -1) {
          return false;
        }
        this.at = end + closer.length;
      }
    }
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    this.at += found?.[0].length ?? 0;
    return found;
  }
}

function characterOf(decimal: string | undefined, hex: string | undefined): string | undefined {
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
  const character = code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
  return character === '\r' || (character !== undefined && !forbidden.test(character))
    ? character
    : undefined;
}

function localName(qualified: string): string {
  return qualified.slice(qualified.lastIndexOf(':') + 1);
}
