import type { Context } from '../../context.ts';
import { ConfigError, UsageError } from '../../errors.ts';
import { conversationIn, traceOfCaptured } from '../../output/trace/captured-trace.ts';
import type { Captured } from '../../recording/captured.ts';
import { beginsLikeTrace, readTrace, type TraceReading } from '../../recording/read-trace.ts';
import { recogniseInput } from '../../recording/recognise-input.ts';
import { sortConversation } from '../../recording/sort-conversation.ts';
import type { Trace } from '../../recording/trace.ts';
import { collectText } from '../debug/collect-text.ts';
import { refuseReport } from '../debug/refuse-report.ts';
import { secretsOf } from '../debug/secrets-of-messages.ts';
import { say } from '../say.ts';

/** What a text is: a trace of ours, or messages saved in another way. */
interface ReadRecording {
  readonly reading: TraceReading;
  readonly captured: readonly Captured[];
  /** What there is to say about the reading. */
  readonly remarks?: readonly string[];
  /** How many entries it has, for a HAR: most of what a browser recorded may have nothing to do with it. */
  readonly entries?: number | undefined;
}

/**
 * Reads a recorded run from a file, or from stdin for `-`: a trace of ours, else messages saved in another way. One of
 * more than 10 MB is taken apart while it is read. Tells what was left out of it, unless it is to be quiet.
 * @throws UsageError, ConfigError
 */
export async function readRecording(path: string, context: Context, isQuiet: boolean): Promise<Trace> {
  const name = path === '-' ? 'stdin' : path;
  const collected = await collectText(chunksOf(path, context));
  const {
    reading,
    captured: everything,
    remarks = [],
    entries,
  } = collected.type === 'whole' ? readWhole(collected.text, name) : await readLarge(collected.pieces, name);
  if (!isQuiet) for (const remark of remarks) say(context.terminal.stderr, remark);
  if (reading.type === 'trace') return reading.trace;
  if (reading.type === 'invalid') {
    throw new ConfigError(`${name} is a trace that cannot be read. ${reading.reason}`, {
      hint: 'Record it again with --trace FILE.json.',
    });
  }
  const captured = entries === undefined ? everything : conversationIn(everything);
  const leftOut = (entries ?? captured.length) - captured.length;
  if (leftOut > 0 && captured.length > 0 && !isQuiet) {
    const others = leftOut === 1 ? '1 other entry was' : `${leftOut} other entries were`;
    say(context.terminal.stderr, `${name}: ${others} left out, being no part of an OAuth conversation.`);
  }
  const trace = traceOfCaptured(captured);
  if (trace.events.length + trace.tokens.length > 0) {
    const { judgeRecording } = await import('./judge-recording.ts');
    const conversation = sortConversation(captured);
    return {
      ...trace,
      outcome: judgeRecording(conversation, context.now()),
      // The run of a trace knew its secrets; here only their names tell them, and a server may repeat them anywhere.
      known_secrets: secretsOf(conversation),
    };
  }
  throw new ConfigError(`${name} is no recorded run.`, {
    hint: 'Record one with --trace FILE.json. A HAR, output of curl -i, a saved response or a JWT can be read too.',
  });
}

function chunksOf(path: string, { readChunks, terminal }: Context): AsyncIterable<Uint8Array> {
  if (path !== '-') return readChunks(path);
  if (!terminal.stdinIsTTY) return terminal.stdinChunks();
  throw new UsageError('- reads the recording from stdin, which is the terminal.', {
    hint: 'Pipe it in, or name a file.',
  });
}

function readWhole(text: string, name: string): ReadRecording {
  const reading = readTrace(text);
  if (reading.type === 'other') refuseReport(text, name);
  const recognition = reading.type === 'other' ? recogniseInput(text, name) : undefined;
  const captured = recognition?.type === 'recognised' ? recognition.captured : [];
  return { reading, captured, entries: beginsLikeHar(text) ? captured.length : undefined };
}

function beginsLikeHar(text: string): boolean {
  return /^\uFEFF?\s*\{\s*"log"\s*:/.test(text);
}

/** The first piece says what it is. */
async function readLarge(pieces: AsyncIterable<string>, name: string): Promise<ReadRecording> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  const start = first.done === true ? '' : first.value;
  if (beginsLikeTrace(start)) {
    const { readLargeTrace } = await import('./read-large-trace.ts');
    return { reading: await readLargeTrace(withFirst(start, iterator)), captured: [] };
  }
  const { readLargeInput } = await import('../debug/read-large-input.ts');
  const read = await readLargeInput({ pieces: withFirst(start, iterator) }, name);
  return { reading: { type: 'other' }, ...read };
}

async function* withFirst(first: string, rest: AsyncIterator<string>): AsyncIterable<string> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
