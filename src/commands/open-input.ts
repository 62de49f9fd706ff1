import type { Context } from '../context.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { inertText } from '../output/terminal-text.ts';
import { own, say } from '../say.ts';
import { isCi } from '../settings/output-settings.ts';
import { judgeOwnFile } from '../storage/own-file.ts';
import { lastRecordingPath, type Surroundings } from '../storage/places.ts';
import type { Invocation } from './command.ts';
import { tellLine } from './tell.ts';

type Doors = Pick<Context, 'terminal' | 'files' | 'readChunks'> & Surroundings;

/** An input of `debug`, `report` or `diff`, opened, and how a message calls it. */
export interface OpenInput {
  readonly name: string;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens what was named: stdin for `-`, the recording of the last run for `last`, else a file; `./last` is a file.
 * @throws UsageError as `offerPaste`; ConfigError when no run was recorded
 */
export async function openInput(
  input: string,
  { context: doors, output: { noInput, quiet } }: Pick<Invocation, 'context' | 'output'>,
): Promise<OpenInput> {
  const shown = (name: string, chunks: AsyncIterable<Uint8Array>) =>
    quiet || isCi(doors.env) ? { name, chunks } : { name, chunks: counted(name, chunks, doors) };
  if (input === '-') {
    offerPaste('the response, URL, token or recording', doors, noInput);
    return { name: 'stdin', chunks: doors.terminal.stdinChunks() };
  }
  if (input !== 'last') return shown(input, doors.readChunks(input));
  const path = lastRecordingPath(doors);
  const judged = await doors.files.judgeFile(path, 1);
  if (judged !== undefined) {
    const tampering = judgeOwnFile(path, judged);
    if (tampering?.type === 'refused') throw tampering.error;
    if (tampering !== undefined) tellLine(doors.terminal.stderr, tampering.text);
    return shown('last', doors.readChunks(path));
  }
  throw new ConfigError(say`No run has been recorded yet: ${path} is not there.`, {
    hint: 'A run that talks to a server is recorded unless --no-last or --store none is given. For a file of that name: ./last.',
  });
}

/** The chunks as they are; on a terminal a large input shows how much of it was read. */
async function* counted(
  name: string,
  chunks: AsyncIterable<Uint8Array>,
  { terminal }: Doors,
): AsyncIterable<Uint8Array> {
  let octets = 0;
  const text = () => `Reading ${inertText(name)}, ${(octets / 1e6).toFixed(0)} MB`;
  const stop = terminal.showWait(async () => text);
  try {
    for await (const chunk of chunks) {
      octets += chunk.length;
      yield chunk;
    }
  } finally {
    stop();
  }
}

/** Where stdin is a terminal, asks for a paste. @throws UsageError when nothing may be asked */
export function offerPaste(
  what: 'the token' | 'the response, URL, token or recording',
  { terminal, platform }: Pick<Doors, 'terminal' | 'platform'>,
  noInput: boolean,
): void {
  if (!terminal.stdinIsTTY) return;
  if (noInput) {
    throw new UsageError('No input was given.', {
      hint: say`Name a file, or send ${own(what)} through a pipe.`,
    });
  }
  const end = platform === 'win32' ? 'Ctrl-Z and Enter' : 'Ctrl-D';
  tellLine(terminal.stderr, `Paste ${what} here, then press Enter and ${end}.`);
}
