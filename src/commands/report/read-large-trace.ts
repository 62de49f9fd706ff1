import { isJsonObject, type JsonObject } from '../../json/json.ts';
import { parseIfJson } from '../../json/parse-keeping-numbers.ts';
import { JsonArrayCutter } from '../../recording/json-array-cutter.ts';
import { readTraceDocument, type TraceReading } from '../../recording/read-trace.ts';

/** The lists of a trace; what else is in it stands before the first of them. */
const lists = ['events', 'tokens', 'known_secrets'] as const;
/** In characters; a response has ten million octets, which may be escaped. */
const longestElement = 64_000_000;
const longestStart = 100_000;

/** Reads a trace that arrives in pieces, element by element, so that its text is never held as a whole. */
export async function readLargeTrace(pieces: AsyncIterable<string>): Promise<TraceReading> {
  const elements: Record<(typeof lists)[number], JsonObject[]> = {
    events: [],
    tokens: [],
    known_secrets: [],
  };
  const cutter = new JsonArrayCutter(lists, longestElement, (text, path) => {
    const value = parseIfJson(text);
    const list = lists.find((name) => name === path);
    if (list !== undefined && value !== undefined && isJsonObject(value)) elements[list].push(value);
  });
  let start = '';
  for await (const piece of pieces) {
    if (start.length < longestStart) start += piece.slice(0, longestStart);
    cutter.push(piece);
  }
  if (!cutter.isComplete) return { type: 'invalid', reason: 'It ends early.' };
  return readTraceDocument({ ...membersBefore(start), ...elements });
}

/** The members before the events; none when something that is no trace stands there. */
function membersBefore(start: string): JsonObject {
  const end = start.search(/,\s*"events"\s*:\s*\[/);
  const value = end === -1 ? undefined : parseIfJson(`${start.slice(0, end).replace(/^\uFEFF/, '')}}`);
  return value !== undefined && isJsonObject(value) ? value : {};
}
