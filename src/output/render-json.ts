import { stringifyExactly } from '../protocol/number-texts.ts';
import { lazyPattern } from './lazy-pattern.ts';

/** What `JSON.stringify` leaves as it is although a terminal would obey or hide it; escaping it keeps the value. */
const active = lazyPattern(String.raw`[\u007f-\u009f\p{Zl}\p{Zp}\p{DI}\ufff9-\ufffb]`, 'gu');
/** Nothing but ASCII without DEL, which is nearly every result. */
const plain = /^[\0-~]*$/;

const tokens = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;

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
  return json.replace(tokens, (token, text: string | undefined, colon: string | undefined) => {
    if (text === undefined) return `\u001b[33m${token}\u001b[39m`;
    return colon === undefined ? `\u001b[32m${text}\u001b[39m` : `\u001b[36m${text}\u001b[39m${colon}`;
  });
}
