import type { Parameters } from '../protocol/parameters.ts';
import {
  attribute,
  declaration,
  endOfDoctype,
  endTag,
  expandReferences,
  forbiddenCharacter,
  instructionTarget,
  startTagEnd,
  startTagName,
} from './xml-syntax.ts';

/** What an OAuth reader needs of an XML document. */
export interface XmlDocument {
  /** Local name of the document element. */
  readonly rootName: string;
  /** Elements without child elements in document order: local name, and text without the whitespace around it. */
  readonly leaves: Parameters;
}

/**
 * Parses a well-formed XML 1.0 document in linear time; undefined when it is not well-formed. A document type
 * declaration is passed over and nothing it declares is expanded: such a reference stays as it stands.
 */
export function parseXml(source: string): XmlDocument | undefined {
  const text = source.replace(/\r\n?/g, '\n');
  return forbiddenCharacter.test(text) ? undefined : new XmlReader(text).read();
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
        : !run.includes(']]>') && this.append(expandReferences(run, this.doctype));
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
      if (attributes.has(attributeName) || expandReferences(value, this.doctype) === undefined) {
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

  private skipDoctype(): boolean {
    const end = this.doctype || this.rootName !== undefined ? undefined : endOfDoctype(this.text, this.at);
    this.doctype = true;
    this.at = end ?? this.at;
    return end !== undefined;
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    this.at += found?.[0].length ?? 0;
    return found;
  }
}

function localName(qualified: string): string {
  return qualified.slice(qualified.lastIndexOf(':') + 1);
}
