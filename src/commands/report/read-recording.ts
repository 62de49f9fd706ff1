import type { Context } from '../../context.ts';
import { ConfigError, UsageError } from '../../errors.ts';
import { traceOfCaptured } from '../../output/trace/captured-trace.ts';
import { recogniseInput } from '../../protocol/captured/recognise-input.ts';
import { readTrace } from '../../protocol/read-trace.ts';
import type { Trace } from '../../protocol/trace.ts';

/**
 * Reads a recorded run from a file, or from stdin for `-`: a trace of ours, else messages saved in another way.
 * @throws UsageError, ConfigError
 */
export async function readRecording(path: string, context: Context): Promise<Trace> {
  const text = await readText(path, context);
  const name = path === '-' ? 'stdin' : path;
  const reading = readTrace(text);
  if (reading.type === 'trace') return reading.trace;
  if (reading.type === 'invalid') {
    throw new ConfigError(`${name} is a trace that cannot be read. ${reading.reason}`, {
      hint: 'Record it again with --trace FILE.json.',
    });
  }
  const recognition = recogniseInput(text, name);
  const trace = recognition.type === 'recognised' ? traceOfCaptured(recognition.captured) : undefined;
  if (trace !== undefined && trace.events.length + trace.tokens.length > 0) return trace;
  throw new ConfigError(`${name} is no recorded run.`, {
    hint: 'Record one with --trace FILE.json. A HAR, output of curl -i, a saved response or a JWT can be read too.',
  });
}

async function readText(path: string, { readFile, terminal }: Context): Promise<string> {
  if (path !== '-') return readFile(path);
  if (!terminal.stdinIsTTY) return terminal.readStdin();
  throw new UsageError('- reads the recording from stdin, which is the terminal.', {
    hint: 'Pipe it in, or name a file.',
  });
}
