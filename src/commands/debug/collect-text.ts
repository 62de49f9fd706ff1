import { largestText } from '../../protocol/text-input.ts';

/** What came of an input: all of it, or its beginning and the rest as it comes. */
export type CollectedText =
  | { readonly type: 'whole'; readonly text: string }
  | { readonly type: 'large'; readonly pieces: AsyncIterable<string> };

/** Reads text as UTF-8, or as UTF-16 where a byte order mark says so, as PowerShell writes it. */
export async function collectText(chunks: AsyncIterable<Uint8Array>): Promise<CollectedText> {
  const iterator = decode(chunks)[Symbol.asyncIterator]();
  const start: string[] = [];
  let size = 0;
  for (;;) {
    const { value, done } = await iterator.next();
    if (done === true) return { type: 'whole', text: start.join('') };
    start.push(value);
    size += value.length;
    if (size > largestText) return { type: 'large', pieces: joined(start, iterator) };
  }
}

async function* joined(start: string[], rest: AsyncIterator<string>): AsyncIterable<string> {
  for (let piece = start.shift(); piece !== undefined; piece = start.shift()) yield piece;
  for (;;) {
    const { value, done } = await rest.next();
    if (done === true) return;
    yield value;
  }
}

async function* decode(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const chunk of chunks) {
    decoder ??= decoderFor(chunk);
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder?.decode() ?? '';
}

/** A byte order mark of UTF-8 is kept: the body of a response may begin with one, which is worth a finding. */
function decoderFor(start: Uint8Array): InstanceType<typeof TextDecoder> {
  const [first, second] = start;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le');
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be');
  return new TextDecoder('utf-8', { ignoreBOM: true });
}
