import { decodeEntities } from '../json/xml.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Escapes a text for HTML content and for quoted attribute values (HTML Living Standard §13.3). */
export function escapeMarkup(text: string): string {
  return text.replace(/[&<>"'`]/g, (character) => entities[character] ?? character);
}

/**
 * Escapes text for HTML, both between tags and in quoted attributes. Invisible characters that change how text
 * looks (controls, bidirectional and other format characters, lone surrogates) are written as `\u202e`; the joiners
 * stay, as many scripts need them.
 */
export function escapeHtml(text: string): string {
  return escapeMarkup(
    text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
      /[\t\n\u200c\u200d]/.test(character) ? character : visible(character),
    ),
  );
}

function visible(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}

/**
 * The text that a page shows, roughly, in one line: neither tags nor what stands in scripts, styles and comments,
 * with a dot between what stands in lines of its own.
 */
export function visibleText(html: string): string {
  return withoutTags(html)
    .split(lineEnd)
    .map((line) => decodeEntities(line).replace(/\s+/g, ' ').trim())
    .filter((line) => line !== '')
    .join(' · ');
}

/** No page shows it. */
const lineEnd = '\0';

const ownLine =
  /^<\/?(?:p|div|h[1-6]|li|ul|ol|dl|dt|dd|tr|td|th|table|br|hr|title|main|section|header|footer|form|label|button|pre)\b/i;

/** One pass over the text. */
function withoutTags(html: string): string {
  const lower = html.toLowerCase();
  let shown = '';
  let at = 0;
  while (at < html.length) {
    const tag = html.indexOf('<', at);
    if (tag === -1) return shown + html.slice(at);
    const begin = html.slice(tag, tag + 12);
    shown += html.slice(at, tag) + (ownLine.test(begin) ? lineEnd : ' ');
    const raw = /^<(script|style|noscript|template)\b/i.exec(begin)?.[1];
    const close = begin.startsWith('<!--') ? '-->' : raw && `</${raw.toLowerCase()}`;
    const last = close === undefined ? tag : lower.indexOf(close, tag);
    const end = last === -1 ? -1 : html.indexOf('>', last);
    if (end === -1) return shown;
    at = end + 1;
  }
  return shown;
}
