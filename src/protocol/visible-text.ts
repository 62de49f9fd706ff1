const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': "'",
  '&apos;': "'",
  '&#39;': "'",
  '&#x27;': "'",
};

/** What a page shows, roughly, in one line: neither tags nor what stands in scripts and styles. */
export function visibleText(html: string): string {
  return withoutTags(html)
    .replace(/&(?:amp|lt|gt|quot|apos|#39|#x27);/gi, (name) => entities[name.toLowerCase()] ?? name)
    .replace(/\s+/g, ' ')
    .trim();
}

/** One pass over the text. */
function withoutTags(html: string): string {
  const lower = html.toLowerCase();
  let shown = '';
  let at = 0;
  while (at < html.length) {
    const tag = html.indexOf('<', at);
    if (tag === -1) return shown + html.slice(at);
    shown += `${html.slice(at, tag)} `;
    const raw = /^<(script|style)\b/i.exec(html.slice(tag, tag + 8))?.[1];
    const last = raw === undefined ? tag : lower.indexOf(`</${raw.toLowerCase()}`, tag);
    const end = last === -1 ? -1 : html.indexOf('>', last);
    if (end === -1) return shown;
    at = end + 1;
  }
  return shown;
}
