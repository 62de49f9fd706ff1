import type { Context } from '../context.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { decodeUtf8, secretText } from '../protocol/text-input.ts';
import { own, say } from '../say.ts';
import { mayBeSecret, once, readNamedFile, warnOfOpenFile } from './read-named-file.ts';
import type { GivenSetting } from './setting-layers.ts';

/** Where a secret is, and how messages call it. */
export interface SecretPlace {
  readonly kind: 'file' | 'env';
  /** Of the variable or file; `-` is stdin. */
  readonly name: string;
  /** The option or setting that says so. */
  readonly source: string;
  /** Such as `client secret`. */
  readonly what: string;
}

type Doors = Pick<Context, 'env' | 'files' | 'terminal' | 'readFile' | 'workingDirectory'>;

/**
 * Reads a secret from its place, white space around it kept.
 * @throws UsageError, ConfigError when it is not there, or was not UTF-8 and would be sent garbled
 */
export async function readSecret(place: SecretPlace, quiet: boolean, doors: Doors): Promise<string> {
  const { kind, name, what } = place;
  const source = own(place.source.startsWith('"') ? `The ${place.source}` : place.source);
  if (kind === 'env') {
    const value = doors.env[name];
    if (value?.trim()) return requireSecretText(value, name);
    // Perhaps the secret itself was given where its name is wanted: it is not shown.
    if (value === undefined && (!/^\w{1,64}$/.test(name) || mayBeSecret(name)))
      throw new UsageError(say`${source} does not name a variable.`, {
        hint: 'Give the NAME of the variable that holds the secret: letters, digits and _.',
      });
    throw new UsageError(
      say`${source} names ${name}, which is ${own(value === undefined ? 'not set' : 'empty')}.`,
      { hint: say`Set it, for example with: export ${name}=…` },
    );
  }
  const text = await readFileOrStdin(place, doors);
  if (name !== '-') await warnOfOpenFile(name, quiet, doors);
  const file = name === '-' ? own('stdin') : name;
  if (text.trim() !== '') return requireSecretText(text, String(file));
  throw new ConfigError(say`The ${own(what)} in ${file} is empty.`, {
    hint: say`${source} names this file; put the secret into it.`,
  });
}

async function readFileOrStdin(
  { name, source, what }: SecretPlace,
  { terminal, readFile, workingDirectory }: Doors,
): Promise<string> {
  if (name !== '-') {
    const doors = { readFile: (file: string) => readFile(file, decodeUtf8), workingDirectory };
    return readNamedFile(name, { source, wants: `the ${what}, and nothing else` }, doors);
  }
  if (!terminal.stdinIsTTY) return once(terminal, what, () => terminal.readStdin(decodeUtf8));
  throw new UsageError(say`${own(source)} - reads the ${own(what)} from stdin, which is the terminal.`, {
    hint: 'Pipe it in, or name a file.',
  });
}

/** The one of settings that exclude each other. @throws UsageError where there are two */
export function givenOnce([first, second]: readonly GivenSetting[], what: string): GivenSetting | undefined {
  if (first === undefined || second === undefined) return first;
  throw new UsageError(say`The ${own(what)} was given twice, by ${first.source} and ${second.source}.`, {
    hint: 'Leave one of them out.',
  });
}

/** The options that name the file and the variable of a secret. */
export function secretOptions(option: string): readonly string[] {
  return [`${option}-file`, `${option}-env`];
}

/**
 * The secret in the file or variable that the setting of `secretOptions` names; undefined where none is given.
 * White space around a token is left out; of a password, only the line end.
 * @throws UsageError, ConfigError
 */
export async function readGivenSecret(
  given: readonly GivenSetting[],
  what: string,
  quiet: boolean,
  doors: Doors,
): Promise<string | undefined> {
  const setting = givenOnce(given, what);
  if (setting === undefined) return undefined;
  const [name = ''] = setting.values;
  const kind = setting.name.endsWith('-env') ? 'env' : 'file';
  const secret = await readSecret({ kind, name, source: setting.source, what }, quiet, doors);
  return setting.name.startsWith('password-') ? secret.replace(/\r?\n$/, '') : secret.trim();
}

/** A secret as it was read at a place. @throws ConfigError for one that was not UTF-8 and would be sent garbled */
export function requireSecretText(read: string, place: string): string {
  const text = secretText(read);
  if (text !== undefined) return text;
  throw new ConfigError(say`The secret in ${place} is not text in UTF-8 and would be sent garbled.`, {
    hint: 'Save it as UTF-8. PowerShell 5 writes UTF-16 with >; there use: Set-Content -Encoding utf8',
  });
}
