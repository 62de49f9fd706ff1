import { decodeEntities } from '../json/decode-entities.ts';

/**
 * What a page shows, roughly, in one line: neither tags nor what stands in scripts and styles, with a dot between
 * what stands in lines of its own.
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
  /^<\/?(?:p|div|h[1-6]|li|ul|ol|dl|dt|dd|tr|td|th|table|br|hr|title|main|section|header|footer|form|label|button)\b/i;

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
    const raw = /^<(script|style)\b/i.exec(begin)?.[1];
    const last = raw === undefined ? tag : lower.indexOf(`</${raw.toLowerCase()}`, tag);
    const end = last === -1 ? -1 : html.indexOf('>', last);
    if (end === -1) return shown;
    at = end + 1;
  }
  return shown;
}
