import { UsageError } from '../errors.ts';
import { withoutQuery } from '../http-message.ts';
import type { JsonValue } from '../json/json.ts';
import { parseIfJson } from '../json/parse-json-exactly.ts';
import { endpointUrls } from '../protocol/metadata.ts';
import { own, say } from '../say.ts';
import { endpointOfExchange, isOauthExchange, learnMetadata, nothingKnown } from './exchange-purpose.ts';
import { readHarEntry } from './har.ts';
import { JsonArrayCutter } from './json-array-cutter.ts';
import { eventOfTrace, readElement } from './recognise-input.ts';
import type { RecordedEvent, RecordedExchange } from './recording.ts';

/** In characters of bodies: what may be held for metadata that has not come yet. */
const mostHeld = 32_000_000;
/** No answer of UserInfo or of a token endpoint is nearly as large. */
const longestAnswer = 2_000_000;

/**
 * Lets go, one by one, of the exchanges of a recording that belong to no OAuth conversation. An exchange that only the
 * metadata can tell, such as one with a UserInfo endpoint at `/me`, is held until the end, the latest ones where there
 * are many: proxies write the metadata after the requests that were sent later.
 */
class ConversationSieve {
  readonly #endpoints = new Set<string>();
  #undecided: { readonly place: number; readonly exchange: RecordedExchange; readonly size: number }[] = [];
  #held = 0;
  readonly #kept: { readonly place: number; readonly exchange: RecordedExchange }[] = [];
  #place = 0;

  /** How many exchanges it was given. */
  get size(): number {
    return this.#place;
  }

  /** Takes the next exchange of the recording. */
  add(exchange: RecordedExchange): void {
    const place = this.#place++;
    if (
      exchange.step !== '' ||
      isOauthExchange(exchange) ||
      endpointOfExchange(exchange, nothingKnown()) !== undefined
    ) {
      this.#learn(exchange);
      this.#kept.push({ place, exchange });
      return;
    }
    const size = (exchange.response?.body?.length ?? 0) + (exchange.request?.body?.length ?? 0);
    if (size > longestAnswer) return;
    this.#undecided.push({ place, exchange, size });
    this.#held += size;
    if (this.#held > mostHeld) this.#makeRoom();
  }

  /** The exchanges that may belong to the conversation, in the order of the recording. */
  kept(): readonly RecordedExchange[] {
    const told = this.#undecided.filter((one) => this.#isAtEndpoint(one));
    return [...this.#kept, ...told].sort((a, b) => a.place - b.place).map(({ exchange }) => exchange);
  }

  #learn(exchange: RecordedExchange): void {
    const known = nothingKnown();
    learnMetadata([exchange], known);
    for (const name of ['token_endpoint', 'userinfo_endpoint'] as const) {
      for (const url of endpointUrls(known.metadata, name)) this.#endpoints.add(withoutQuery(url));
    }
  }

  #isAtEndpoint({ exchange: { request } }: { readonly exchange: RecordedExchange }): boolean {
    return request !== null && this.#endpoints.has(withoutQuery(request.url));
  }

  #makeRoom(): void {
    const half = this.#undecided.length >> 1;
    const [old, recent] = [this.#undecided.slice(0, half), this.#undecided.slice(half)];
    this.#kept.push(...old.filter((one) => this.#isAtEndpoint(one)));
    this.#undecided = recent;
    this.#held = recent.reduce((sum, { size }) => sum + size, 0);
  }
}

/** No entry of a login is nearly as large: what is larger is a download. */
const largestEntry = 8_000_000;

/** The events of an input, with remarks about the reading. */
export interface ReadEvents {
  readonly events: readonly RecordedEvent[];
  readonly remarks: readonly string[];
  /** How many entries it has, for a HAR that was read in pieces. */
  readonly entries?: number;
}

/**
 * Reads a recording that is too large to be held as a whole, entry by entry; only what may belong to an OAuth
 * conversation is kept.
 * @throws UsageError when it is not a HAR, trace or list of exchanges
 */
export async function readLargeInput(pieces: AsyncIterable<string>, source: string): Promise<ReadEvents> {
  const events: RecordedEvent[] = [];
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
    } else events.push(...readEntry(value, path, index, source));
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
    events: [...events, ...sieve.kept()],
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

function readEntry(value: JsonValue, path: string, index: number, source: string): readonly RecordedEvent[] {
  if (path !== 'events') return readElement(value, `${source}, item ${index + 1}`);
  const event = eventOfTrace(value, `${source}, event ${index + 1}`);
  return event === undefined ? [] : [event];
}

function tooLarge(source: string): UsageError {
  return new UsageError(
    say`${own(source === 'stdin' ? 'stdin' : `"${source}"`)} has more than 10 MB and is not a recording.`,
    {
      hint: 'Only a HAR, a trace of --trace or a list of exchanges may be that large. Save the response alone.',
    },
  );
}
