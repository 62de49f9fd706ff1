import { UsageError } from '../../errors.ts';
import type { JsonValue } from '../../json/json.ts';
import { parseIfJson } from '../../json/parse-keeping-numbers.ts';
import type { Captured } from '../../recording/captured.ts';
import { capturedOfEvent } from '../../recording/captured-trace-events.ts';
import { ConversationSieve } from '../../recording/conversation-sieve.ts';
import { readHarEntry } from '../../recording/har.ts';
import { JsonArrayCutter } from '../../recording/json-array-cutter.ts';
import { readElement } from '../../recording/recognise-input.ts';
import type { CollectedText } from './collect-text.ts';
import type { ReadInputs } from './read-inputs.ts';

/** No entry of a login is nearly as large: what is larger is a download. */
const largestEntry = 8_000_000;

/**
 * Reads a recording that is too large to be held as a whole, entry by entry; only what may belong to an OAuth
 * conversation is kept.
 * @throws UsageError when it is no HAR, trace or list of exchanges
 */
export async function readLargeInput(
  { pieces }: Pick<Extract<CollectedText, { type: 'large' }>, 'pieces'>,
  source: string,
): Promise<ReadInputs> {
  const captured: Captured[] = [];
  let entries = 0;
  let broken = 0;
  const sieve = new ConversationSieve();
  const cutter = new JsonArrayCutter(['log.entries', 'events', ''], largestEntry, (text, path, index) => {
    entries += 1;
    const value = parseIfJson(text);
    if (value === undefined) broken += 1;
    else if (path === 'log.entries') {
      const exchange = readHarEntry(value, `${source}, entry ${index + 1}`);
      if (exchange !== undefined) sieve.add(exchange);
    } else for (const one of readEntry(value, path, index, source)) captured.push(one);
  });
  let isFirst = true;
  for await (const piece of pieces) {
    if (isFirst && !/^\uFEFF?\s*[[{]/.test(piece)) throw tooLarge(source);
    isFirst = isFirst && piece.trim() === '';
    cutter.push(piece);
  }
  if (entries === 0 && cutter.passedOver === 0 && !cutter.foundArray) throw tooLarge(source);
  const remarks = [
    ...(broken === 0 ? [] : [`${source}: ${brokenText(broken, entries)} left out.`]),
    ...(cutter.passedOver === 0 ? [] : [`${source}: ${passedOverText(cutter.passedOver)} left out.`]),
    ...(cutter.isComplete ? [] : [`${source} ends early: it may have been cut off while it was saved.`]),
  ];
  return {
    captured: [...captured, ...sieve.kept()],
    remarks,
    ...(sieve.size === 0 ? {} : { entries: sieve.size }),
  };
}

function brokenText(broken: number, entries: number): string {
  return `${broken} of ${entries} entries ${broken === 1 ? 'is not JSON and was' : 'are not JSON and were'}`;
}

function passedOverText(count: number): string {
  return `${count} ${count === 1 ? 'entry' : 'entries'} of more than ${largestEntry / 1e6} MB ${count === 1 ? 'was' : 'were'}`;
}

function readEntry(value: JsonValue, path: string, index: number, source: string): readonly Captured[] {
  if (path === 'events') return capturedOfEvent(value, `${source}, event ${index + 1}`);
  return readElement(value, `${source}, item ${index + 1}`);
}

function tooLarge(source: string): UsageError {
  return new UsageError(
    `${source === 'stdin' ? 'stdin' : `"${source}"`} has more than 10 MB and is no recording.`,
    {
      hint: 'Only a HAR, a trace of --trace or a list of exchanges may be that large. Save the response alone.',
    },
  );
}
