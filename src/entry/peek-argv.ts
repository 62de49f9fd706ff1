import type { Environment } from '../context.ts';
import type { SessionOwner } from '../storage/session-file.ts';

/** A command line as far as it can be read without the definitions of the commands; `other` is for the program. */
export type PeekedArgv =
  | { readonly type: 'version' }
  /** `topic` is a command, or the program itself. */
  | { readonly type: 'help'; readonly topic: string; readonly short: boolean }
  | ({ readonly type: 'token' } & TokenQuestion)
  | { readonly type: 'other' };

/** What a `token` asks of a saved session. */
export interface TokenQuestion {
  readonly owner: SessionOwner;
  readonly format: (typeof quickFormats)[number];
  readonly scope: readonly string[];
  readonly minValiditySeconds?: number;
  readonly grantType?: string;
  /** Where the client secret is, if that is said. */
  readonly secret?: { readonly env: string } | { readonly file: string };
}

/** Formats that need nothing but the session file. */
const quickFormats = ['token', 'header', 'json', 'env', 'curl-config', 'exec-credential'] as const;

const other: PeekedArgv = { type: 'other' };

/** The options of `token` that are read here; all of them have a value. */
const tokenOptions = [
  'profile',
  'issuer',
  'client-id',
  'output',
  'scope',
  'min-validity',
  'grant-type',
  'client-secret-env',
  'client-secret-file',
];
/** Switches that change nothing of an answer without warnings and questions. */
const silentSwitches = ['quiet', 'no-input'];

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
  if (first === 'token' && knowsAllVariables(env, [...tokenOptions, ...silentSwitches, 'json']))
    return peekToken(words, env);
  return other;
}

function variableOf(option: string): string {
  return `OAUTH_CODE_${option.replaceAll('-', '_').toUpperCase()}`;
}

/** An empty variable counts as not set. */
function knowsAllVariables(env: Environment, options: readonly string[]): boolean {
  const known = [...harmlessVariables, ...options].map(variableOf);
  const isKept = env.OAUTH_CODE_STORE !== 'none';
  return (
    isKept &&
    Object.keys(env).every((name) => !name.startsWith('OAUTH_CODE_') || !env[name] || known.includes(name))
  );
}

function peekToken(words: readonly string[], env: Environment): PeekedArgv {
  const typed = readTokenOptions(words);
  if (typed === undefined) return other;
  const fromVariables = [...tokenOptions, ...silentSwitches, 'json'].flatMap((name) => {
    const value = env[variableOf(name)];
    return value ? [[name, value] as const] : [];
  });
  const given: Readonly<Record<string, string | undefined>> = {
    ...Object.fromEntries(fromVariables),
    ...typed,
  };
  const {
    profile,
    issuer,
    'client-id': clientId,
    'min-validity': minValidity,
    'grant-type': grantType,
  } = given;
  const owner = ownerOf(profile, issuer, clientId);
  const format = quickFormats.find((one) => one === formatOf(given));
  const secret = secretOf(typed) ?? secretOf(given);
  const isLimited =
    minValidity === undefined || (/^\d{1,9}$/.test(minValidity) && Number(minValidity) <= 315_360_000);
  const areSwitches = silentSwitches.every((name) =>
    /^(?:1|true|yes|on|0|false|no|off)?$/i.test(given[name] ?? ''),
  );
  const isPlainText = /^[!-~ ]*$/.test(given.scope ?? '');
  if (owner === undefined || format === undefined || secret === 'several') return other;
  // Other grants hand in something, which tells their sessions apart.
  const isPlainGrant =
    grantType === undefined ||
    (owner.type === 'client' && /^(?:authorization_code|client_credentials)$/.test(grantType));
  if (!isLimited || !areSwitches || !isPlainText || !isPlainGrant) return other;
  return {
    type: 'token',
    owner,
    format,
    scope: (given.scope ?? '').split(' ').filter((scope) => scope !== ''),
    ...(minValidity === undefined ? {} : { minValiditySeconds: Number(minValidity) }),
    ...(grantType === undefined ? {} : { grantType }),
    ...(secret === undefined ? {} : { secret }),
  };
}

function ownerOf(profile?: string, issuer?: string, clientId?: string): SessionOwner | undefined {
  if (profile !== undefined) {
    return issuer === undefined && clientId === undefined ? { type: 'profile', name: profile } : undefined;
  }
  return issuer === undefined || clientId === undefined ? undefined : { type: 'client', issuer, clientId };
}

/** The format, where one thing says it; undefined when the whole program has to weigh. */
function formatOf({ json, output }: Readonly<Record<string, string | undefined>>): string | undefined {
  if (json === undefined) return output ?? 'token';
  return /^(?:1|true|yes|on)$/i.test(json) && output === undefined ? 'json' : undefined;
}

/** Where the secret is; options of one place exclude each other, and stdin is read once only. */
function secretOf(given: Readonly<Record<string, string | undefined>>): TokenQuestion['secret'] | 'several' {
  const { 'client-secret-env': name, 'client-secret-file': file } = given;
  if (file === '-' || (name !== undefined && file !== undefined)) return 'several';
  return name !== undefined ? { env: name } : file === undefined ? undefined : { file };
}

const valued = new RegExp(`^(-p|-o|--(?:${tokenOptions.join('|')}))(?:=(.*))?$`, 's');
const shortNames: Readonly<Record<string, string>> = { '-p': 'profile', '-o': 'output', '-q': 'quiet' };

/** The options by name, each once and with a value; undefined when there is another option or word. */
function readTokenOptions(words: readonly string[]): Readonly<Record<string, string>> | undefined {
  const given: Record<string, string> = {};
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    const plain = shortNames[word] ?? word.slice(2);
    if (/^--|^-q$/.test(word) && (plain === 'json' || silentSwitches.includes(plain))) {
      given[plain] = '1';
      continue;
    }
    const [, flag = '', inline] = valued.exec(word) ?? [];
    const name = shortNames[flag] ?? flag.slice(2);
    if (flag === '' || (inline !== undefined && !flag.startsWith('--'))) return undefined;
    if (inline === undefined) at += 1;
    const value = inline ?? words[at];
    if (!value || value.startsWith('-') || (Object.hasOwn(given, name) && name !== 'scope')) return undefined;
    given[name] = name === 'scope' ? `${given[name] ?? ''} ${value}` : value;
  }
  return given;
}
