import type { Context } from '../../context.ts';
import { ConfigError, UsageError } from '../../errors.ts';
import { largestText } from '../../protocol/text-input.ts';
import { isPath, isToken } from './token-words.ts';

type Doors = Pick<Context, 'terminal' | 'files' | 'readFile'>;

/**
 * The text that tokens are looked for in: of the file that the words name, of stdin for `-` or no words, else the
 * words themselves.
 * @throws UsageError when there is nothing to read; ConfigError for a file that cannot be read.
 */
export async function readTokenInput(words: readonly string[], doors: Doors): Promise<string> {
  const text = words.join(' ');
  if (text === '' || text === '-') return readStdin(text, doors);
  if (isToken(text)) return text;
  const stamp = await doors.files.stamp(text);
  if (stamp !== undefined && stamp.size > largestText) {
    throw new ConfigError(`${text} has ${stamp.size} octets; more than ${largestText} are not read.`, {
      hint: 'The tokens of a recording are explained by: oauth-code debug FILE',
    });
  }
  // What looks like a path is one, so that a mistyped one is not taken for a token.
  return stamp !== undefined || isPath(text) ? doors.readFile(text) : text;
}

async function readStdin(text: string, { terminal }: Doors): Promise<string> {
  if (terminal.stdinIsTTY) {
    if (text === '') {
      throw new UsageError('No token was given.', {
        hint: 'Give a file, or pipe it in: pbpaste | oauth-code decode. With - it can be pasted.',
      });
    }
    terminal.stderr.write('Paste the token, then press Enter and Ctrl-D.\n');
  }
  return terminal.readStdin();
}
