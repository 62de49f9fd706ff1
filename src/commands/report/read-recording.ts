import { ConfigError } from '../../errors.ts';
import { sortConversation } from '../../recording/conversation.ts';
import { readLargeInput } from '../../recording/large-input.ts';
import { recogniseInput } from '../../recording/recognise-input.ts';
import type { RecordedEvent, Recording } from '../../recording/recording.ts';
import { conversationIn, tellAsRun } from '../../recording/tell-as-run.ts';
import {
  beginsLikeTrace,
  readLargeTrace,
  readTrace,
  type TraceReading,
} from '../../recording/trace-format.ts';
import { say } from '../../say.ts';
import type { Invocation } from '../command.ts';
import { collectText, joined, refuseReport } from '../debug/read-inputs.ts';
import { openInput } from '../open-input.ts';
import { tellLine } from '../tell.ts';

/** A trace of ours, or the events of what was saved in another way. */
interface ReadRecording {
  readonly reading: TraceReading;
  readonly events: readonly RecordedEvent[];
  /** What there is to say about the reading. */
  readonly remarks?: readonly string[];
  /** How many entries it has, for a HAR: most of what a browser recorded may have nothing to do with it. */
  readonly entries?: number | undefined;
}

/**
 * Reads a recorded run from a file, from stdin for `-`, or the last one for `last`: a trace of ours, else messages saved in another way. One of
 * more than 10 MB is taken apart while it is read. Tells what was left out of it, unless it is to be quiet.
 * @throws UsageError, ConfigError
 */
export async function readRecording(path: string, invocation: Invocation): Promise<Recording> {
  const { context, output } = invocation;
  const { name, chunks } = await openInput(path, invocation);
  const collected = await collectText(chunks);
  const {
    reading,
    events: everything,
    remarks = [],
    entries,
  } = collected.type === 'whole' ? readWhole(collected.text, name) : await readLarge(collected.pieces, name);
  if (!output.quiet) for (const remark of remarks) tellLine(context.terminal.stderr, remark);
  if (reading.type === 'trace') return reading.recording;
  if (reading.type === 'invalid') {
    throw new ConfigError(say`${name} is a trace that cannot be read. ${reading.reason}`, {
      hint: 'Record it again with --trace FILE.json.',
    });
  }
  const events = entries === undefined ? everything : conversationIn(everything);
  const leftOut = (entries ?? events.length) - events.length;
  if (leftOut > 0 && events.length > 0 && !output.quiet) {
    const others = leftOut === 1 ? '1 other entry was' : `${leftOut} other entries were`;
    tellLine(context.terminal.stderr, `${name}: ${others} left out: not part of an OAuth conversation.`);
  }
  const recording = tellAsRun(events);
  if (recording.events.length + recording.tokens.length > 0) {
    const { judgeConversation, secretsOf } = await import('../debug/judge-conversation.ts');
    const conversation = sortConversation(events);
    return {
      ...recording,
      outcome: judgeConversation(conversation, context.now()).outcome,
      // The run of a trace knew its secrets; here only their names tell them, and a server may repeat them anywhere.
      known_secrets: secretsOf(conversation),
    };
  }
  throw new ConfigError(say`${name} is not a recorded run.`, {
    hint: 'Record one with --trace FILE.json. A HAR, output of curl -i, a saved response or a JWT can be read too.',
  });
}

function readWhole(text: string, name: string): ReadRecording {
  const reading = readTrace(text);
  if (reading.type !== 'other') return { reading, events: [] };
  refuseReport(text, name);
  const recognition = recogniseInput(text, name);
  const events = recognition.type === 'recognised' ? recognition.events : [];
  return { reading, events, entries: /^\uFEFF?\s*\{\s*"log"\s*:/.test(text) ? events.length : undefined };
}

/** The first piece says what it is. */
async function readLarge(pieces: AsyncIterable<string>, name: string): Promise<ReadRecording> {
  const iterator = pieces[Symbol.asyncIterator]();
  const first = await iterator.next();
  const start = first.done === true ? '' : first.value;
  const all = joined([start], iterator);
  return beginsLikeTrace(start)
    ? { reading: await readLargeTrace(all), events: [] }
    : { reading: { type: 'other' }, ...(await readLargeInput(all, name)) };
}
