import type { JsonValue } from './json.ts';
import { parseJsonExactly } from './parse-json-exactly.ts';

/** A number that `JSON.parse` may round or print in another way; what looks like one inside a string does no harm. */
const oddNumber = /[[,:]\s*-?(?!(?:0|[1-9]\d{0,14})\s*[,\]}])\d[\d.eE+-]*\s*[,\]}]|[[,:]\s*-0\s*[,\]}]/;

/** `JSON.parse` that keeps the digits of the server's numbers for `stringifyExactly`. @throws SyntaxError */
export function parseKeepingNumbers(text: string): unknown {
  if (!oddNumber.test(text)) return JSON.parse(text);
  const parsed = parseJsonExactly(text);
  if (parsed.type === 'malformed') throw new SyntaxError(`The text ${parsed.reason}.`);
  return parsed.json.value;
}

/** The same for what may be no JSON; undefined then. */
export function parseIfJson(text: string): JsonValue | undefined {
  try {
    return parseKeepingNumbers(text) as JsonValue;
  } catch {
    return undefined;
  }
}
