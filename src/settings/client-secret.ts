import type { Context } from '../context.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { clientSecretOptions } from './layered-settings.ts';
import type { OptionReader } from './option-reader.ts';
import { readNamedFile } from './read-named-file.ts';
import type { GivenSetting } from './setting-layers.ts';

type Doors = Pick<Context, 'env' | 'terminal' | 'readFile' | 'workingDirectory' | 'keychain'>;

/**
 * Reads the client secret from where the most important place says it is; undefined when nothing says so.
 * @throws UsageError for one on the command line, one that is not there or was given twice; ConfigError
 */
export async function readClientSecret(options: OptionReader, context: Doors): Promise<string | undefined> {
  const setting = clientSecretSetting(options);
  if (setting === undefined) return undefined;
  const [value = ''] = setting.values;
  switch (setting.name) {
    case 'client-secret-file':
      return readSecretFile(value, setting.source, context);
    case 'client-secret-env':
      return readSecretVariable(setting, value, context);
    case 'client-secret-keychain':
      return readSecretInKeychain(setting, value, context);
    default:
      return value;
  }
}

/**
 * Which option, variable or setting says where the client secret is.
 * @throws UsageError for a secret on the command line, or when two of the same place say so
 */
export function clientSecretSetting(options: OptionReader): GivenSetting | undefined {
  const [first, second] = options.strongest(clientSecretOptions);
  if (first?.source === '--client-secret') {
    throw new UsageError('A client secret on the command line can be read by everybody on this machine.', {
      hint: 'Use --client-secret-file FILE (- for stdin), --client-secret-env NAME or OAUTH_CODE_CLIENT_SECRET.',
    });
  }
  if (first !== undefined && second !== undefined) {
    throw new UsageError(`The client secret was given twice, by ${first.source} and ${second.source}.`, {
      hint: 'Leave one of them out.',
    });
  }
  return first;
}

function readSecretVariable({ source, place }: GivenSetting, name: string, { env }: Doors): string {
  const value = env[name];
  if (value) return value;
  const naming = /^(answer|flag|variable)$/.test(place) ? source : `The ${source}`;
  throw new UsageError(`${naming} names ${name}, which is ${value === '' ? 'empty' : 'not set'}.`, {
    hint: `Set it, for example with: export ${name}=…`,
  });
}

async function readSecretFile(file: string, source: string, doors: Doors): Promise<string> {
  const { terminal } = doors;
  if (file === '-' && terminal.stdinIsTTY) {
    throw new UsageError('--client-secret-file - reads the secret from stdin, which is the terminal.', {
      hint: 'Pipe it in, or name a file.',
    });
  }
  const text =
    file === '-'
      ? await terminal.readStdin()
      : await readNamedFile(file, { source, wants: 'the client secret, and nothing else' }, doors);
  const secret = text.replace(/^\uFEFF/, '').replace(/\r?\n$/, '');
  if (secret !== '') return secret;
  throw new ConfigError(`The client secret in ${file === '-' ? 'stdin' : file} is empty.`, {
    hint:
      file === '-'
        ? 'Pipe the secret in, or name a file.'
        : `${source} names it, and wants the secret in it.`,
  });
}

async function readSecretInKeychain(
  { source }: GivenSetting,
  account: string,
  { keychain }: Doors,
): Promise<string> {
  const secret = await keychain.get(account);
  if (secret !== undefined) return secret;
  throw new ConfigError(`The ${source} is in the keychain, it says, but there is none for it.`, {
    hint: 'Put it there: oauth-code profile edit NAME --client-secret-file - --store keychain',
  });
}
