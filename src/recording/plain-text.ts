import { isJsonObject, type JsonValue, parsePlainJson } from '../json/json.ts';
import { decodeEntities } from '../json/xml.ts';
import { visibleText } from '../protocol/markup.ts';

/**
 * The lines of a text as the program meant them: without what a console, a container or a logger puts around each, with
 * records in JSON as `name: value` and pages as what they show. Each stands for the line of the same number.
 */
export function plainLines(text: string): readonly string[] {
  const whole = parsePlainJson(text);
  if (whole !== undefined) return [recordText(whole)];
  if (/<(?:html|body|head|div|p|h1|title|span)\b[^>]*>/i.test(text)) {
    // A script of a page may write its text.
    return [`${visibleText(text).replaceAll(' · ', '\n')}\n\n${decodeEntities(text)}`];
  }
  return tablesAsLists(text.split('\n').map(plainLine));
}

/** Docker Compose, PowerShell and Terraform put a bar in front of each line. */
function plainLine(line: string): string {
  const bare = line.replace(/^[ \t]*(?:[\w.-]{0,60}[ \t]+\||│) ?/, '');
  const record = /^\s*\{.*\}\s*$/.test(bare) ? parsePlainJson(bare) : undefined;
  return record === undefined ? (bare.includes('&') ? decodeEntities(bare) : bare) : recordText(record);
}

const deepest = 8;

/** A record as lines `name: value`; JSON in its texts is taken apart in turn. */
function recordText(value: JsonValue, name = '', depth = 0): string {
  if (depth > deepest) return '';
  if (typeof value === 'string') {
    const inner = /^\s*[[{"]/.test(value) ? parsePlainJson(value) : undefined;
    if (inner !== undefined) return recordText(inner, name, depth + 1);
    return `"${name}": ${/^error|^description$|^reason$/i.test(name) && !value.includes('{') ? JSON.stringify(value) : value}`;
  }
  if (Array.isArray(value)) return value.map((item) => recordText(item, name, depth + 1)).join('\n');
  if (!isJsonObject(value)) return `"${name}": ${String(value)}`;
  return Object.entries(value)
    .map(([member, item]) => recordText(item, member, depth + 1))
    .join('\n');
}

/** Tables of PowerShell (Format-Table): the first row of each as the list that Format-List writes of it. */
function tablesAsLists(lines: readonly string[]): readonly string[] {
  const plain = [...lines];
  for (const [index, rule] of lines.entries()) {
    const heads = lines[index - 1] ?? '';
    if (!/^[ \t]*-{2,}(?:[ \t]+-{2,})*[ \t]*\r?$/.test(rule) || !/\berror/i.test(heads)) continue;
    const end = lines.findIndex((line, at) => at > index && line.trim() === '');
    const rows = lines.slice(index + 1, end === -1 ? undefined : end);
    const starts = [...rule.matchAll(/-+/g)].map(({ index: at }) => at);
    const cell = (line: string, at: number) => line.slice(starts[at], starts[at + 1]).trim();
    // A cell that is too long goes on below, where its row has nothing else.
    const isNext = (row: string) =>
      starts.every((_, at) => cell(row, at) !== '' || cell(rows[0] ?? '', at) === '');
    const next = rows.findIndex((row, at) => at > 0 && isNext(row));
    const cells = starts.map((_, at) => {
      const words = rows.slice(0, next === -1 ? undefined : next).map((row) => cell(row, at));
      return `${cell(heads, at)}: ${JSON.stringify(words.filter(Boolean).join(' '))}`;
    });
    plain[index - 1] = '';
    plain.fill('', index, index + 1 + rows.length);
    plain[index] = cells.join('\n');
  }
  return plain;
}
