import { UsageError } from '../../errors.ts';
import { drawnReport } from '../../output/trace/trace-formats.ts';
import { encodingOf, largestText } from '../../protocol/text-input.ts';
import { type ReadEvents, readLargeInput } from '../../recording/large-input.ts';
import {
  type InputKind,
  isDamagedRecording,
  type Recognition,
  type RecordedRun,
  recogniseInput,
  type Unread,
} from '../../recording/recognise-input.ts';
import { insomniaDocument } from '../../recording/saved-collection.ts';
import { own, recall, type Said, say } from '../../say.ts';
import type { Invocation } from '../command.ts';
import { type OpenInput, openInput } from '../open-input.ts';

/** What was read of all inputs, with how recorded runs ended. */
export interface ReadInputs extends Omit<ReadEvents, 'entries'> {
  readonly runs: readonly RecordedRun[];
  readonly unread: readonly Unread[];
}

const accepted = own(
  'Known inputs: what curl -i, curl -v or --trace-ascii printed, a command of curl, a token, UserInfo or metadata response, a callback or authorization URL, ' +
    'a HAR, a collection of Postman, a trace of --trace, a JWT, a log or page that quotes an OAuth error or a refusal of a client library, ' +
    'and a JSON document {"endpoint", "request", "response"}. ' +
    'If the kind is not recognised, name it: --as token_response.',
);

/**
 * Reads every input: a file, `-` for stdin, or the text itself. Without any, stdin.
 * @throws UsageError when one is nothing that is known; ConfigError when a file cannot be read
 */
export async function readInputs(
  inputs: readonly string[],
  kind: InputKind | undefined,
  invocation: Invocation,
): Promise<ReadInputs> {
  const wanted = inputs.length === 0 ? ['-'] : inputs;
  if (wanted.filter((input) => input === '-').length > 1) {
    throw new UsageError('stdin was named twice, but it can be read only once.', {
      hint: 'Give - once, and name a file for the other input.',
    });
  }
  const read: ReadInputs[] = [];
  for (const [index, input] of wanted.entries()) {
    const argument = wanted.length === 1 ? 'the argument' : `argument ${index + 1}`;
    read.push(await readInput(input, argument, kind, invocation));
  }
  return {
    events: read.flatMap(({ events }) => events),
    remarks: read.flatMap(({ remarks }) => remarks),
    runs: read.flatMap(({ runs }) => runs),
    unread: read.flatMap(({ unread }) => unread),
  };
}

async function readInput(
  input: string,
  argument: string,
  kind: InputKind | undefined,
  invocation: Invocation,
): Promise<ReadInputs> {
  if (input === '-' || input === 'last') return readStream(await openInput(input, invocation), kind);
  const isFile =
    input.length <= 4096 && !/[\n\0]/.test(input) && (await invocation.context.files.exists(input));
  if (isFile) return readStream({ ...(await openInput(input, invocation)), name: nameOf(input) }, kind);
  const recognition = recogniseInput(input, argument, kind);
  if (recognition.type === 'recognised') return recognised(recognition);
  // A text in the form of a path was most likely meant as one.
  if (/^[^\s?=&{}[\]]{1,300}$/.test(input) && !/^[a-z][a-z\d+.-]+:\/\//i.test(input) && !/^ey/.test(input)) {
    await readStream({ ...(await openInput(input, invocation)), name: nameOf(input) }, kind);
  }
  throw unrecognised(recognition, own(argument.replace(/^[at]/, (letter) => letter.toUpperCase())));
}

async function readStream(
  { chunks, name: source }: OpenInput,
  kind: InputKind | undefined,
): Promise<ReadInputs> {
  const collected = await collectText(chunks);
  if (collected.type === 'large')
    return { ...(await readLargeInput(collected.pieces, source)), runs: [], unread: [] };
  const text = await readableText(collected.text, source);
  if (kind === undefined) refuseReport(text, source);
  const recognition = recogniseInput(text, source, kind);
  if (recognition.type === 'recognised') return recognised(recognition);
  if (isDamagedRecording(text))
    return { ...(await readLargeInput(onePiece(text), source)), runs: [], unread: [] };
  throw unrecognised(recognition, source === 'stdin' ? own('stdin') : say`"${source}"`);
}

/** YAML of Insomnia as JSON; any other text as it is. */
async function readableText(text: string, source: string): Promise<string> {
  if (!insomniaDocument.test(text)) return text;
  const { readYaml } = await import('../../storage/import/read-yaml.ts');
  return JSON.stringify(readYaml(text, source));
}

async function* onePiece(text: string): AsyncIterable<string> {
  yield text;
}

function nameOf(path: string): string {
  return /[^\\/]+$/.exec(path)?.[0] ?? path;
}

function recognised({ events, run, unread = [] }: Extract<Recognition, { type: 'recognised' }>): ReadInputs {
  return { events, remarks: [], runs: run === undefined ? [] : [run], unread };
}

function unrecognised(
  { seen, hint }: Extract<Recognition, { type: 'unrecognised' }>,
  what: Said,
): UsageError {
  return new UsageError(say`${what} is not recognised: it is ${recall(seen)}.`, {
    hint: hint === undefined ? accepted : recall(hint),
  });
}

/**
 * Refuses a report that this tool drew for people: its messages are shortened and in pieces, and were never sent so.
 * @throws UsageError
 */
export function refuseReport(text: string, name: string): void {
  const format = drawnReport(text);
  if (format === undefined) return;
  throw new UsageError(say`${name} is a report (${own(format)}) for people, not a recording.`, {
    hint: 'Give the recording it was made of: the .json or .har of --trace. --trace run.json --trace run.md writes both.',
  });
}

/** The text of an input: all of it, or its beginning and the rest as it comes. */
type CollectedText =
  | { readonly type: 'whole'; readonly text: string }
  | { readonly type: 'large'; readonly pieces: AsyncIterable<string> };

/** Reads text in its encoding, as PowerShell and others write it. */
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

/** Pieces that were read already, and the rest as it comes. */
export async function* joined(start: string[], rest: AsyncIterator<string>): AsyncIterable<string> {
  for (let piece = start.shift(); piece !== undefined; piece = start.shift()) yield piece;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
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
  const encoding = encodingOf(start);
  return new TextDecoder(encoding, { ignoreBOM: encoding === 'utf-8' });
}
