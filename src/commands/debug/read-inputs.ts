import type { Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import type { Captured, InputKind, Recognition } from '../../recording/captured.ts';
import { recogniseInput } from '../../recording/recognise-input.ts';
import { collectText } from './collect-text.ts';
import { readLargeInput } from './read-large-input.ts';
import { refuseReport } from './refuse-report.ts';

type Doors = Pick<Context, 'terminal' | 'platform' | 'files' | 'readChunks'>;

/** What was read, and what there is to say about the reading. */
export interface ReadInputs {
  readonly captured: readonly Captured[];
  readonly remarks: readonly string[];
  /** How many entries it has, for a HAR that was read in pieces. */
  readonly entries?: number;
}

const accepted =
  'Known are: what curl -i or curl -v printed, a token, UserInfo or metadata response, a callback or authorization URL, ' +
  'a HAR, a trace of --trace, a JWT, and a JSON document {"endpoint", "request", "response"}. ' +
  'Where it cannot be told, say it with --as, such as --as token_response.';

/**
 * Reads every input: a file, `-` for stdin, or the text itself. Without any, stdin.
 * @throws UsageError when one is nothing that is known; ConfigError when a file cannot be read
 */
export async function readInputs(
  inputs: readonly string[],
  kind: InputKind | undefined,
  doors: Doors,
  noInput: boolean,
): Promise<ReadInputs> {
  const wanted = inputs.length === 0 ? ['-'] : inputs;
  if (wanted.filter((input) => input === '-').length > 1) {
    throw new UsageError('stdin was named twice, and can be read once.', {
      hint: 'Give - once, and name a file for the other input.',
    });
  }
  const captured: Captured[] = [];
  const remarks: string[] = [];
  for (const [index, input] of wanted.entries()) {
    const argument = wanted.length === 1 ? 'the argument' : `argument ${index + 1}`;
    const read = await readInput(input, argument, kind, doors, noInput);
    for (const one of read.captured) captured.push(one);
    remarks.push(...read.remarks);
  }
  return { captured, remarks };
}

async function readInput(
  input: string,
  argument: string,
  kind: InputKind | undefined,
  doors: Doors,
  noInput: boolean,
): Promise<ReadInputs> {
  if (input === '-') {
    askForPaste(doors, noInput);
    return readStream(doors.terminal.stdinChunks(), 'stdin', kind);
  }
  const isFile = input.length <= 4096 && !/[\n\0]/.test(input) && (await doors.files.exists(input));
  if (isFile) return readStream(doors.readChunks(input), nameOf(input), kind);
  const recognition = recogniseInput(input, argument, kind);
  if (recognition.type === 'recognised') return { captured: recognition.captured, remarks: [] };
  // What has the form of a path was most likely meant as one.
  if (/^[^\s?=&{}[\]]{1,300}$/.test(input) && !/^[a-z][a-z\d+.-]+:\/\//i.test(input) && !/^ey/.test(input)) {
    await readStream(doors.readChunks(input), nameOf(input), kind);
  }
  throw unrecognised(
    recognition,
    argument.replace(/^[at]/, (letter) => letter.toUpperCase()),
  );
}

function askForPaste({ terminal, platform }: Doors, noInput: boolean): void {
  if (!terminal.stdinIsTTY) return;
  if (noInput) {
    throw new UsageError('No input was given.', {
      hint: 'Name a file or a URL, or send the message through a pipe: oauth-code debug response.txt',
    });
  }
  const end = platform === 'win32' ? 'Ctrl-Z and Enter' : 'Ctrl-D';
  terminal.stderr.write(`Paste the response, URL or token here, then press Enter and ${end}.\n`);
}

async function readStream(
  chunks: AsyncIterable<Uint8Array>,
  source: string,
  kind: InputKind | undefined,
): Promise<ReadInputs> {
  const collected = await collectText(chunks);
  if (collected.type === 'large') return readLargeInput(collected, source);
  if (kind === undefined) refuseReport(collected.text, source);
  const recognition = recogniseInput(collected.text, source, kind);
  if (recognition.type === 'recognised') return { captured: recognition.captured, remarks: [] };
  if (isDamagedRecording(collected.text)) return readLargeInput({ pieces: onePiece(collected.text) }, source);
  throw unrecognised(recognition, source === 'stdin' ? 'stdin' : `"${source}"`);
}

/** A recording that was cut off while it was saved is no JSON, but its entries up to there are. */
function isDamagedRecording(text: string): boolean {
  return /^\uFEFF?\s*\{[\s\S]{0,5000}"(?:entries|events)"\s*:\s*\[\s*\{/.test(text);
}

async function* onePiece(text: string): AsyncIterable<string> {
  yield text;
}

function nameOf(path: string): string {
  return /[^\\/]+$/.exec(path)?.[0] ?? path;
}

function unrecognised(recognition: Extract<Recognition, { type: 'unrecognised' }>, what: string): UsageError {
  return new UsageError(`${what} is not recognised: it is ${recognition.seen}.`, {
    hint: recognition.hint === undefined ? accepted : recognition.hint,
  });
}
