import { stringifyExactly } from '../json/exact-number.ts';
import { endOfQuotedText } from '../protocol/quoted-text.ts';
import { lazyPattern } from './terminal-text.ts';

/** Characters that `JSON.stringify` leaves although a terminal would obey or hide them; escaping keeps the value. */
const active = lazyPattern(String.raw`[\u007f-\u009f\p{Zl}\p{Zp}\p{DI}\ufff9-\ufffb]`, 'gu');
/** Nothing but ASCII without DEL, which is nearly every result. */
const plain = /^[\0-~]*$/;

const tokens = /"|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;
const colon = /\s*:/y;

/**
 * A result as one JSON document ending in a line feed: indented for a person, else on one line. Numbers that came from
 * a server are written as they were received. Characters that are
 * active or invisible in a terminal are written as `\u` escapes, which leaves the value the same.
 */
export function renderJson(
  value: unknown,
  looks: { readonly pretty: boolean; readonly color?: boolean },
): string {
  const json = stringifyExactly(value, looks.pretty ? 2 : 0);
  const text = plain.test(json) ? json : json.replace(active(), escapeUnits);
  return `${looks.color === true ? paint(text) : text}\n`;
}

function escapeUnits(character: string): string {
  return character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

function paint(json: string): string {
  let painted = '';
  let from = 0;
  for (const { 0: token, index } of json.matchAll(tokens)) {
    // Inside of a text.
    if (index < from) continue;
    const end = token === '"' ? endOfQuotedText(json, index) : index + token.length;
    painted += `${json.slice(from, index)}${colorOf(json, token, end)}${json.slice(index, end)}\u001b[39m`;
    from = end;
  }
  return painted + json.slice(from);
}

/** Names, texts, and all other values. */
function colorOf(json: string, token: string, end: number): string {
  if (token !== '"') return '\u001b[35m';
  colon.lastIndex = end;
  return colon.test(json) ? '\u001b[36m' : '\u001b[32m';
}
