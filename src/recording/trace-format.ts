import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { parseIfJson, parseJsonExactly } from '../json/parse-json-exactly.ts';
import { JsonArrayCutter } from './json-array-cutter.ts';
import { type Recording, readMembers } from './recording.ts';

/** The result of reading a file as a trace. */
export type TraceReading =
  | { readonly type: 'trace'; readonly recording: Recording }
  /** It is something else. */
  | { readonly type: 'other' }
  /** It is a trace, but not one that can be read; `reason` is one sentence. */
  | { readonly type: 'invalid'; readonly reason: string };

/**
 * Reads a trace that may come from anywhere: members that are missing or of another type become empty, events of an
 * unknown type are left out.
 */
export function readTrace(text: string): TraceReading {
  const parsed = parseJsonExactly(text.replace(/^\ufeff/, ''));
  if (parsed.type === 'malformed') {
    return beginsLikeTrace(text)
      ? { type: 'invalid', reason: `It is not complete JSON: it ${parsed.reason} (offset ${parsed.offset}).` }
      : { type: 'other' };
  }
  return readTraceDocument(parsed.json.value);
}

/** Tells whether the beginning of a text is that of a trace of ours. */
export function beginsLikeTrace(start: string): boolean {
  return /^\ufeff?\s*\{[\s\S]{0,200}"kind"\s*:\s*"trace"/.test(start);
}

/** Reads a trace of which the JSON is parsed already. */
function readTraceDocument(document: JsonValue): TraceReading {
  if (!isTrace(document)) return { type: 'other' };
  if (document.version !== 1) {
    const reason = `It has version ${JSON.stringify(document.version ?? null)}; this program reads version 1.`;
    return { type: 'invalid', reason };
  }
  return { type: 'trace', recording: readMembers(document) };
}

/** Tells whether a JSON value is a trace of this tool. */
export function isTrace(value: JsonValue): value is JsonObject & { readonly events: JsonValue[] } {
  return isJsonObject(value) && value.kind === 'trace' && Array.isArray(value.events);
}

/** A recording as its `.json` holds it: the parts that were not recorded are null, and where it was found is left out. */
export function traceDocument(recording: Recording): unknown {
  return { ...recording, events: recording.events.map(({ source, asked, quoted, ...event }) => event) };
}

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

/** The members before the events; none where the text is not a trace. */
function membersBefore(start: string): JsonObject {
  const end = start.search(/,\s*"events"\s*:\s*\[/);
  const value = end === -1 ? undefined : parseIfJson(`${start.slice(0, end).replace(/^\uFEFF/, '')}}`);
  return value !== undefined && isJsonObject(value) ? value : {};
}
