import type { SessionOwner } from '../storage/session-file.ts';

/** A command line as far as it can be read without the definitions of the commands; `other` is for the program. */
export type PeekedArgv =
  | { readonly type: 'version' }
  /** `topic` is a command, or the program itself. */
  | { readonly type: 'help'; readonly topic: string; readonly short: boolean }
  | { readonly type: 'token'; readonly owner: SessionOwner; readonly format: 'token' | 'header' }
  /** `input` is a token or the path of a file. */
  | { readonly type: 'decode'; readonly input: string; readonly json: boolean }
  | { readonly type: 'other' };

type Environment = Readonly<Record<string, string | undefined>>;

const other: PeekedArgv = { type: 'other' };

/** Variables that change neither the content of a token nor which saved token is valid. */
const harmlessVariables = ['HOME', 'STORE', 'CLIENT_SECRET', 'ACCESS_TOKEN'];

/** Reads the command lines that the quick doors answer: usual ones, with no option or variable beyond the usual. */
export function peekArgv(argv: readonly string[], env: Environment): PeekedArgv {
  const [first = '', ...words] = argv;
  if (argv.length === 1 && (first === '--version' || first === '-V')) return { type: 'version' };
  if (argv.length === 0) return { type: 'help', topic: 'oauth-code', short: true };
  const [topic, flag] = words.length === 0 ? ['oauth-code', first] : [first, words[0]];
  if (argv.length <= 2 && (flag === '--help' || flag === '-h')) {
    return { type: 'help', topic, short: flag === '-h' };
  }
  if (first === 'token' && knowsAllVariables(env, ['PROFILE'])) return peekToken(words, env);
  if (first === 'decode' && knowsAllVariables(env, [])) return peekDecode(words);
  return other;
}

function knowsAllVariables(env: Environment, more: readonly string[]): boolean {
  const known = [...harmlessVariables, ...more].map((name) => `OAUTH_CODE_${name}`);
  const isKept = env.OAUTH_CODE_STORE !== 'none';
  return isKept && Object.keys(env).every((name) => !name.startsWith('OAUTH_CODE_') || known.includes(name));
}

function peekToken(words: readonly string[], env: Environment): PeekedArgv {
  const given = readTokenOptions(words);
  if (given === undefined) return other;
  const { output: format = 'token', issuer, 'client-id': clientId } = given;
  if (format !== 'token' && format !== 'header') return other;
  const profile = given.profile ?? env.OAUTH_CODE_PROFILE;
  if (!profile) {
    if (issuer === undefined || clientId === undefined) return other;
    return { type: 'token', owner: { type: 'client', issuer, clientId }, format };
  }
  if (issuer !== undefined || clientId !== undefined) return other;
  return { type: 'token', owner: { type: 'profile', name: profile }, format };
}

/** The options by name, each once and with a value; undefined when there is another option or word. */
function readTokenOptions(words: readonly string[]): Readonly<Record<string, string>> | undefined {
  const given: Record<string, string> = {};
  for (let at = 0; at < words.length; at += 1) {
    const [, flag = '', inline] =
      /^(-p|-o|--profile|--output|--issuer|--client-id)(?:=(.*))?$/s.exec(words[at] ?? '') ?? [];
    const name = flag === '-p' ? 'profile' : flag === '-o' ? 'output' : flag.slice(2);
    if (flag === '' || (inline !== undefined && !flag.startsWith('--'))) return undefined;
    if (inline === undefined) at += 1;
    const value = inline ?? words[at];
    if (!value || value.startsWith('-') || Object.hasOwn(given, name)) return undefined;
    given[name] = value;
  }
  return given;
}

function peekDecode(words: readonly string[]): PeekedArgv {
  const named = words.filter((word) => word !== '--json');
  if (named.length === 0 || named.some((word) => word.startsWith('-'))) return other;
  return { type: 'decode', input: named.join(' '), json: named.length < words.length };
}
