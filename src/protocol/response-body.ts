import { type ExactJson, exactJsonFromPairs } from '../json/exact-json.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { parseJsonExactly } from '../json/parse-json-exactly.ts';
import { readXml } from '../json/xml.ts';
import { parseForm } from './parameters.ts';

interface BodyText {
  /** Whether U+FEFF stood before everything else. */
  readonly byteOrderMark: boolean;
  /** The body without byte order mark and surrounding whitespace. */
  readonly text: string;
}

/** A body whose members can be read. XML leaves and form data become one flat object of strings. */
export type StructuredBody = BodyText &
  (
    | { readonly type: 'json' | 'form'; readonly document: ExactJson }
    | { readonly type: 'wrapped_json'; readonly document: ExactJson; readonly wrapper: string }
    | { readonly type: 'xml'; readonly document: ExactJson; readonly rootName: string }
  );

/** A body by its syntax; the declared media type plays no part. */
export type BodyReading =
  | StructuredBody
  | (BodyText & { readonly type: 'empty' | 'html' | 'plain_text' })
  /** `reason` completes "the body …"; `offset` counts UTF-16 code units of `text`. */
  | (BodyText & { readonly type: 'malformed_json'; readonly reason: string; readonly offset: number });

/** Tells whether members can be read from a body. */
export function isStructured(body: BodyReading): body is StructuredBody {
  return 'document' in body;
}

/** The top-level object of a body; undefined when it has none. */
export function topLevelObject(body: BodyReading): JsonObject | undefined {
  return isStructured(body) && isJsonObject(body.document.value) ? body.document.value : undefined;
}

/** Tells whether a message is a web page, whatever its media type. */
export function isPage({ body }: { readonly body: string }): boolean {
  return readResponseBody(body).type === 'html';
}

/** Finds the syntax of a body by looking at it, in linear time and for any text. */
export function readResponseBody(received: string): BodyReading {
  const byteOrderMark = received.startsWith('\uFEFF');
  const text = trimWhitespace(received, byteOrderMark ? 1 : 0);
  const base = { byteOrderMark, text };
  if (text === '') return { ...base, type: 'empty' };
  const json = /^[[{]/.test(text) ? parseJsonExactly(text) : undefined;
  if (json?.type === 'parsed') return { ...base, type: 'json', document: json.json };
  const wrapped = unwrapJson(text);
  if (wrapped !== undefined) return { ...base, type: 'wrapped_json', ...wrapped };
  if (isHtml(text)) return { ...base, type: 'html' };
  const xml = text.startsWith('<') ? readXml(text) : undefined;
  if (xml !== undefined) {
    return { ...base, type: 'xml', document: exactJsonFromPairs(xml.leaves), rootName: xml.rootName };
  }
  if (json !== undefined) {
    return { ...base, type: 'malformed_json', reason: json.reason, offset: json.offset };
  }
  const form = readForm(text);
  return form === undefined ? { ...base, type: 'plain_text' } : { ...base, type: 'form', document: form };
}

const whitespace = new Set(['\t', '\n', '\v', '\f', '\r', ' ']);

/** Loops because a pattern with `\s+$` takes quadratic time on inner whitespace. */
function trimWhitespace(text: string, from: number): string {
  let start = from;
  let end = text.length;
  while (start < end && whitespace.has(text.charAt(start))) {
    start += 1;
  }
  while (end > start && whitespace.has(text.charAt(end - 1))) {
    end -= 1;
  }
  return text.slice(start, end);
}

const prefixes: readonly (readonly [wrapper: string, pattern: RegExp])[] = [
  ['&&&START&&&', /^&&&START&&&/],
  [")]}'", /^\)\]\}',?/],
  ['while(1);', /^while\s*\(\s*1\s*\)\s*;/],
  ['for(;;);', /^for\s*\(\s*;\s*;\s*\)\s*;/],
];

/** An empty comment before the call is part of the pattern: servers put it there against content sniffing. */
const jsonpCall = String.raw`^(?:/\*\*/\s*)?([\p{L}_$][\p{L}\p{N}_$.]*)\s*\(`;

function unwrapJson(text: string): { document: ExactJson; wrapper: string } | undefined {
  for (const [wrapper, pattern] of prefixes) {
    const prefix = pattern.exec(text);
    if (prefix !== null) {
      const document = parseContainer(trimWhitespace(text, prefix[0].length));
      return document && { document, wrapper };
    }
  }
  // A literal would be looked up in the tables of Unicode at every start.
  const call = text.includes('(') ? new RegExp(jsonpCall, 'u').exec(text) : null;
  if (call === null) return undefined;
  const statement = text.endsWith(';') ? trimWhitespace(text.slice(0, -1), 0) : text;
  const document = statement.endsWith(')')
    ? parseContainer(trimWhitespace(statement.slice(0, -1), call[0].length))
    : undefined;
  return document && { document, wrapper: `${call[1]}(…)` };
}

function parseContainer(text: string): ExactJson | undefined {
  const parsed = /^[[{]/.test(text) ? parseJsonExactly(text) : undefined;
  return parsed?.type === 'parsed' ? parsed.json : undefined;
}

const htmlTag = /<(?:!doctype\s+html|html|head|body|title|h[1-6]|p|div|center)(?=[\s/>])/iy;

function isHtml(text: string): boolean {
  let at = 0;
  // Comments and instructions, such as an XML declaration, are not tags.
  for (;;) {
    while (whitespace.has(text.charAt(at))) {
      at += 1;
    }
    const closer = text.startsWith('<!--', at) ? '-->' : text.startsWith('<?', at) ? '?>' : undefined;
    if (closer === undefined) {
      htmlTag.lastIndex = at;
      return htmlTag.test(text);
    }
    const end = text.indexOf(closer, at + 2);
    if (end === -1) return false;
    at = end + closer.length;
  }
}

const formNames = new Set(['access_token', 'id_token', 'oauth_token', 'error', 'error_reason']);

function readForm(text: string): ExactJson | undefined {
  if (/\s/.test(text) || !text.split('&').every((part) => part === '' || part.indexOf('=') > 0)) {
    return undefined;
  }
  const pairs = parseForm(text);
  return pairs.some(([name]) => formNames.has(name)) ? exactJsonFromPairs(pairs) : undefined;
}
