import type { Context } from '../../context.ts';
import { ConfigError } from '../../errors.ts';
import { largestText } from '../../protocol/text-input.ts';
import { say } from '../../say.ts';
import { offerPaste } from '../open-input.ts';

type Doors = Pick<Context, 'terminal' | 'platform' | 'files' | 'readFile'>;

/**
 * The text that tokens are looked for in: of the file that the words name, of stdin for `-` or no words, else the
 * words themselves.
 * @throws UsageError when there is nothing to read; ConfigError for a file that cannot be read.
 */
export async function readTokenInput(
  words: readonly string[],
  doors: Doors,
  noInput: boolean,
): Promise<string> {
  const text = words.join(' ');
  if (text === '' || text === '-') {
    offerPaste('the token', doors, noInput);
    return doors.terminal.readStdin();
  }
  if (isToken(text)) return text;
  const stamp = await doors.files.stamp(text);
  if (stamp !== undefined && stamp.size > largestText) {
    throw new ConfigError(say`${text} has ${stamp.size} octets; more than ${largestText} are not read.`, {
      hint: 'The tokens of a recording are explained by: oauth-code debug FILE',
    });
  }
  return stamp !== undefined || isPath(text) ? doors.readFile(text) : text;
}

/** Tells whether words of a command line are a token, or hold one, rather than the name of a file. */
function isToken(text: string): boolean {
  return /(?:^|[\s"'=:])e[wy][\w-]{8,}\.[\w-]/.test(text.slice(0, 4096)) || text.length > 4096;
}

/** Tells whether words look like the path of a file, so that a mistyped one is not taken for a token. */
function isPath(text: string): boolean {
  return (
    /^(?:\.{0,2}[/\\]|~[/\\]|[A-Za-z]:\\)/.test(text) ||
    /^[\w./\\ -]{1,200}\.(?:jwt|jws|jwe|json|txt|log|har|http|token|out)$/i.test(text)
  );
}
