import { characterNamed } from './entities.ts';

/** What an OAuth reader needs of an XML document. */
export interface XmlDocument {
  /** Local name of the document element. */
  readonly rootName: string;
  /** Elements without child elements in document order: local name, and text without the whitespace around it. */
  readonly leaves: readonly (readonly [name: string, text: string])[];
}

/** Decodes the character references that pages and XML responses really use; others stay as they are. */
export function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z][a-z\d]{1,18}));/gi,
    (whole, hex, decimal, name) => {
      if (name !== undefined) return characterNamed(String(name)) ?? whole;
      const code = hex === undefined ? Number.parseInt(decimal, 10) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

/**
 * Comment, instruction or doctype without a subset; CDATA (1); tag: slash (2), name (3), attributes (4); text (5). What
 * follows a name cannot be part of it, or a tag without an end would take quadratic time.
 */
const piece =
  /<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^<>[]*>|<!\[CDATA\[(.*?)\]\]>|<(\/?)([\p{L}_][^\s<>/=]*)((?:[\s/][^<>]*)?)>|([^<]+)/suy;

/**
 * Reads the leaves of an XML document as token endpoints send it, in linear time; undefined when its elements do not
 * nest or text stands outside. Names and attributes are not checked, and nothing that a document declares is expanded.
 */
export function readXml(source: string): XmlDocument | undefined {
  const text = source.replace(/\r\n?/g, '\n');
  const pieces = new RegExp(piece);
  const leaves: [string, string][] = [];
  const open: { readonly name: string; isLeaf: boolean; text: string }[] = [];
  let rootName: string | undefined;

  for (let at = 0; at < text.length; at = pieces.lastIndex) {
    const found = pieces.exec(text);
    if (found === null) return undefined;
    const [, cdata, slash, name, attributes = '', run] = found;
    const element = open.at(-1);
    const content = cdata ?? (run === undefined ? undefined : decodeEntities(run));
    if (content !== undefined) {
      if (element !== undefined) element.text += content;
      else if (cdata !== undefined || content.trim() !== '') return undefined;
    }
    if (name === undefined) continue;
    if (slash === '') {
      if (element !== undefined) element.isLeaf = false;
      else if (rootName !== undefined) return undefined;
      rootName ??= localName(name);
      open.push({ name, isLeaf: true, text: '' });
    }
    if ((slash === '/' || attributes.endsWith('/')) && !close(name)) return undefined;
  }
  return rootName === undefined || open.length > 0 ? undefined : { rootName, leaves };

  function close(name: string): boolean {
    const element = open.pop();
    if (element?.isLeaf === true) leaves.push([localName(name), element.text.trim()]);
    return element?.name === name;
  }
}

const localName = (qualified: string) => qualified.slice(qualified.lastIndexOf(':') + 1);
