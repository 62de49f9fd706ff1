import type { Command, Option } from 'commander';
import { closestName } from '../closest-name.ts';
import { isHttpUrl } from '../http-message.ts';
import { own, type Said, say } from '../say.ts';

/** What is wrong with a command line, and the right form. */
export interface Advice {
  /** Left out where the error says it already. */
  readonly message?: Said;
  readonly hint: Said;
}

/** A word behind the command: an option, the value of the one before it, or a word of its own. */
interface Token {
  readonly word: string;
  readonly role: 'option' | 'value' | 'word';
  /** The option, where the command has it. */
  readonly option?: Option | undefined;
}

/** A command line up to `--`, as far as it can be read. */
export interface CommandLine {
  readonly command: Command;
  /** The names of the command, each after a space. */
  readonly names: string;
  readonly tokens: readonly Token[];
  /** Whether `--` ends it. */
  readonly isEnded: boolean;
}

/** What other programs call an option. */
const otherNames: Readonly<Record<string, string>> = {
  scope: 's scopes permissions',
  issuer:
    'i url uri iss issuer-url issuer-uri oidc-issuer-url server authority provider idp host domain base-url auth-server authorization-server',
  'client-id': 'c client app-id application-id oidc-client-id consumer-key',
  'client-secret-env': 'client-secret secret client-password oidc-client-secret consumer-secret',
  'redirect-uri': 'r redirect redirect-url callback callback-url callback-uri',
  'metadata-url': 'discovery-url well-known well-known-url configuration-url',
  'authorization-endpoint': 'auth-url authorize-url authorization-url auth-endpoint authorize-endpoint',
  'token-endpoint': 'token-url token-uri access-token-url',
  'jwks-uri': 'jwks-url keys-url jwks',
  'auth-method': 'client-auth client-auth-method token-endpoint-auth-method client-authentication',
  audience: 'a aud',
  profile: 'profile-name context account-name',
  'no-browser': 'no-open headless skip-open-browser skip-browser no-launch-browser device',
  'browser-timeout': 'wait login-timeout',
  param: 'extra-param extra-params auth-param extra oidc-auth-request-extra-params',
  'login-hint': 'hint user-hint username user email',
  listen: 'listen-address bind address',
  'ca-file': 'cacert ca ca-cert ca-bundle certificate-authority',
  fresh: 'no-cache force-refresh refresh renew force',
  'min-validity': 'min-valid-for min-ttl valid-for',
  output: 'format',
  data: 'data-raw data-binary body',
  'access-token-env': 'token bearer access-token',
  'fail-on': 'fail severity',
  out: 'output-file save-to write',
  quiet: 'silent s',
  'grant-type': 'grant flow',
  yes: 'force assume-yes',
  save: 'save-as name',
  jwks: 'jwks-uri jwks-url keys',
  key: 'public-key',
};

/** Commands that are planned, and what can be done today. */
const plannedCommands: Readonly<Record<string, Said>> = {
  audit: own('"oauth-code discover ISSUER" checks metadata and keys.'),
};

/** Words that are not the beginning of one command, and what to write for them. */
const otherWords: readonly (readonly [words: string, hint: Said])[] = [
  ['version v', own('Write: oauth-code --version')],
  ['list ls', own('Write: oauth-code session list, or oauth-code profile list')],
  ['save add', own('Write: oauth-code profile save NAME')],
  ['remove rm delete', own('Write: oauth-code session remove NAME, or oauth-code profile remove NAME')],
  ['update upgrade', own('Install the new version as you installed this one.')],
];

/** What other programs call a command. */
const otherCommands: Readonly<Record<string, string>> = {
  login: 'auth authorize authenticate signin sign-in get-login',
  token: 'get-token access-token print-access-token get',
  exec: 'run with',
  request: 'curl call api fetch http',
  userinfo: 'whoami me user claims',
  logout: 'signout sign-out',
  session: 'sessions cache',
  decode: 'jwt inspect verify validate parse id-token',
  discover: 'discovery metadata well-known config openid-configuration jwks',
  debug: 'explain analyze analyse har why',
  doctor: 'check diagnose health',
  init: 'setup configure new wizard',
  profile: 'profiles settings',
  diff: 'compare',
  demo: 'test try example',
  idp: 'server serve mock',
  completion: 'completions autocomplete',
  list: 'ls all',
  show: 'get view cat info describe',
  remove: 'rm delete del forget clear clean',
  save: 'add create new',
  edit: 'set update change',
  help: '? /? /help man usage',
};

const insecure = own('Certificates are always checked. --ca-file FILE trusts one more authority.');
const operandFile = own('Name the file without an option.');

/** What an option of another program is answered with where there is none like it. */
const advices: readonly (readonly [names: string, hint: Said, commands?: string])[] = [
  [
    'k insecure insecure-skip-tls-verify skip-verify skip-tls-verify no-check-certificate tls-no-verify',
    insecure,
  ],
  ['X method', own('The method goes before the URL: oauth-code request POST URL'), 'request'],
  ['f file input in', operandFile, 'decode debug report diff'],
  ['password pass', own('Write --password-file FILE or --password-env NAME.'), 'token exec request save'],
  ['u username user password pass', own('A password is typed at the server, in the browser; never here.')],
  ['use-pkce pkce-method code-challenge-method', own('PKCE is on by default; --pkce S256, plain or off.')],
  ['no-pkce', own('Write --pkce off.')],
  ['no-color no-colour', own('Write --color never.')],
  [
    'offline offline-access refresh-token',
    own('Ask for it as a scope: --scope "openid offline_access".'),
    'login',
  ],
  ['help', own('Write --help.')],
  ['V version', own('oauth-code --version prints the version.')],
  ['har', own('Write --trace FILE.har.')],
];

/** Typographic dashes, quotes and blanks, as documents and chats put them; blanks that join words. */
const typographic = /^[\u2010-\u2015\u2212]|^[\u2018-\u201f\u00ab]|^-.*[\u00a0\u2000-\u200b\u202f\ufeff]/;

/** The words that a shell handed over, up to `--`. */
export function readCommandLine(program: Command, argv: readonly string[]): CommandLine {
  const end = argv.indexOf('--');
  const words = end < 0 ? argv : argv.slice(0, end);
  let command = program;
  let names = '';
  let at = 0;
  for (; at < words.length; at += 1) {
    const next = command.commands.find((one) => one.name() === words[at]);
    // "help" only names others.
    if (next === undefined || next.name() === 'help') break;
    command = next;
    names += ` ${next.name()}`;
  }
  const tokens: Token[] = [];
  for (const word of words.slice(at)) {
    const last = tokens.at(-1);
    if (last?.role === 'option' && last.option?.required && !last.word.includes('=')) {
      tokens.push({ word, role: 'value', option: last.option });
    } else if (/^-./.test(word)) {
      const [name = ''] = word.split('=', 1);
      const option = command.options.find(({ long, short }) => long === name || short === name);
      tokens.push({ word, role: 'option', option });
    } else tokens.push({ word, role: 'word' });
  }
  return { command, names, tokens, isEnded: end >= 0 };
}

/** What is wrong with a line that commander may accept all the same. */
export function adviseOnSpelling(line: CommandLine): Required<Advice> | undefined {
  const { command, tokens } = line;
  const program = programBefore(line);
  if (program !== undefined)
    return {
      message: say`"--" is missing before ${program}, whose options would be taken for those of oauth-code.`,
      hint: say`Write: oauth-code exec … -- ${program} …`,
    };
  for (const [index, { word, role, option }] of tokens.entries()) {
    const before = tokens[index - 1]?.option;
    const wrong = typographic.exec(word)?.[0];
    const isOperandOfText = role === 'word' && /^(?:decode|debug)$/.test(command.name());
    if (wrong !== undefined && !(isOperandOfText && /[^\u2010-\u2015\u2212]/.test(wrong))) {
      return /[\u2010-\u2015\u2212]/.test(wrong)
        ? adviseDashes(command, word)
        : {
            message: say`The command line has a typographic quote or space: ${wrong}`,
            hint: own('Type plain quotes "…" or a plain space instead.'),
          };
    }
    if (role === 'value' && command.options.some(({ long }) => long === word)) {
      return {
        message: say`${own(flagOf(option))} has no value: ${word} follows it.`,
        hint: say`Write ${own(option?.flags.split(', ').at(-1) ?? '')}.`,
      };
    }
    if (role !== 'option') continue;
    const [, short, joined] = /^(-[a-z])=(.*)$/is.exec(word) ?? [];
    const known = command.options.find((one) => one.short === short);
    if (joined !== undefined && known?.required) {
      const value = isSecret(known) ? own('VALUE') : say`${joined}`;
      return {
        message: say`A value follows ${own(short ?? '')} without "=".`,
        hint: say`Write ${own(short ?? '')} ${value}.`,
      };
    }
    const meant = /^-[a-z][\w-]{2,}(?:=|$)/i.test(word) ? exactOption(command, word) : undefined;
    if (meant !== undefined && before === undefined) return adviseDashes(command, word);
  }
  return undefined;
}

/** The program of `exec` that is followed by an option, which `--` should keep apart. */
function programBefore({ names, tokens, isEnded }: Omit<CommandLine, 'command'>): string | undefined {
  if (names !== ' exec' || isEnded) return undefined;
  const at = tokens.findIndex(({ role }) => role === 'word');
  return tokens.slice(at).some(({ role }) => role === 'option') ? tokens[at]?.word : undefined;
}

function adviseDashes(command: Command, word: string): Required<Advice> {
  const meant = meantOption(command, word);
  const written = word.split('=', 1)[0] ?? '';
  return {
    message: say`${written} does not begin with two hyphens.`,
    hint: meant === undefined ? own('Type plain hyphens: --option.') : say`Write ${own(flagOf(meant))}.`,
  };
}

/** What an unknown option was to be; `written` has its dashes and no value. */
export function adviseOnOption({ command, names, tokens }: CommandLine, written: string): Advice | undefined {
  const name = kebab(written);
  const behind =
    names === '' && command.commands.find((one) => tokens.some(({ word }) => word === one.name()));
  if (behind) {
    const flag = /^--?[a-z-]+$/.test(written) ? written : '--option';
    return { hint: say`Options go after the command: oauth-code ${own(behind.name())} ${own(flag)}` };
  }
  const known = command.options.find(({ long, short }) => long === written || short === written);
  if (known !== undefined)
    return {
      message: say`${own(flagOf(known))} takes no value.`,
      hint: say`Write ${own(flagOf(known))} alone, or leave it out.`,
    };
  const meant = meantOption(command, written);
  if (meant !== undefined) return { hint: say`Did you mean ${own(flagOf(meant))}?` };
  const short = written.replace(/^-+/, '');
  const advice = advices.find(
    ([aliases, , only]) =>
      isAmong(short.length === 1 ? short : name, aliases) &&
      (only === undefined || isAmong(command.name(), only)),
  );
  if (advice !== undefined) return { hint: advice[1] };
  if (names === ' exec')
    return { hint: own('Options of the program go after --: oauth-code exec -- PROGRAM …') };
  if (names === '' && findOption(command, 'issuer') === undefined && meantByLogin.test(name)) {
    return { hint: say`Name a command first: oauth-code login ${own(`--${name}`)} …` };
  }
  return undefined;
}

const meantByLogin = /^(?:issuer|client-id|scope|profile|p|redirect-uri)$/;

/** What a word was to be that the command does not take. */
export function adviseOnWord(
  { command, names, tokens }: CommandLine,
  profiles: readonly string[],
  providerAt: (name: string) => string | undefined,
): Advice | undefined {
  // Git alone gives "token" a word.
  const taken = command.name() === 'token' ? 0 : command.registeredArguments.length;
  const further = tokens.filter(({ role }) => role === 'word')[taken];
  if (further === undefined) return undefined;
  const at = tokens.indexOf(further);
  const { word } = further;
  const commandLine = `oauth-code${names}`;
  if (/^[\\^`\s]*$/.test(word))
    return {
      hint: own(
        'A stray backslash or space was passed: end a continued line with the backslash, nothing after it.',
      ),
    };
  if (word.startsWith('#'))
    return {
      hint: own('This shell has no comments on the command line: leave out "#" and what follows it.'),
    };
  if (/^OAUTH_CODE_\w+=/.test(word))
    return {
      hint: say`A variable goes before the command: ${own(word.split('=', 1)[0] ?? '')}=… ${own(commandLine)}`,
    };
  const [, name, value = ''] = /^([A-Za-z][\w-]*)[=:](?!\/\/)(.*)$/s.exec(word) ?? [];
  const named = name === undefined ? undefined : meantOption(command, name);
  if (named !== undefined)
    return { hint: say`Write ${isSecret(named) ? own(named.flags) : say`${own(flagOf(named))} ${value}`}.` };
  const isUrl = isHttpUrl(word);
  const takesUrl = /^(?:url|issuer)$/.test(command.registeredArguments[0]?.name() ?? '');
  if (takesUrl && isUrl) return { hint: own(`Leave one out:${names} takes one URL.`) };
  const hasIssuer = !takesUrl && findOption(command, 'issuer') !== undefined;
  if (hasIssuer && isUrl)
    return { hint: say`Use --issuer for the server: ${own(commandLine)} --issuer ${word}` };
  const before = tokens[at - 1];
  if (before?.role === 'value' && before.option?.long)
    return {
      hint: adviseOnBlank(
        before,
        tokens.slice(at).filter(({ role }) => role === 'word'),
      ),
    };
  const provider = hasIssuer ? providerAt(word) : undefined;
  if (provider !== undefined)
    return { hint: say`Use an option for the server: ${own(commandLine)} ${own(provider)}` };
  if (
    hasIssuer &&
    /^(?:localhost|[\w-]+(?:\.[\w-]+)+)(?::\d+)?(?:\/\S*)?$/.test(word) &&
    !profiles.includes(word)
  ) {
    const scheme = /^(?:localhost|127\.)/.test(word) ? 'http' : 'https';
    return { hint: say`Use --issuer for the server: ${own(commandLine)} --issuer ${own(scheme)}://${word}` };
  }
  if (findOption(command, 'profile') === undefined) return undefined;
  const profile = closestName(word, profiles);
  return {
    hint:
      profile === undefined
        ? say`Use -p for a profile: ${own(commandLine)} -p NAME`
        : say`Use -p for a profile: ${own(commandLine)} -p ${profile}`,
  };
}

/** For a value that ended at a blank: quotes around the whole. */
function adviseOnBlank({ word, option }: Token, rest: readonly Token[]): Said {
  const flag = own(flagOf(option));
  if (flag.text === '--port') return say`Write ${flag} ${[word, ...rest.map((one) => one.word)].join(',')}.`;
  const isOpen = /^--(?:scope|prompt|acr-values|ui-locales)$/.test(flag.text);
  const whole = isOpen ? say`${[word, ...rest.map((one) => one.word)].join(' ')}` : own('…');
  return say`Quote a value that has blanks: ${flag} "${whole}"`;
}

/** What an unknown command was to be. */
export function adviseOnCommand({ command, names, tokens }: CommandLine): Advice | undefined {
  const word = (tokens[0]?.word === 'help' ? tokens[1] : tokens[0])?.word ?? '';
  const name = word.toLowerCase();
  const planned = names === '' ? plannedCommands[name] : undefined;
  if (planned !== undefined)
    return { message: say`The command ${own(name)} is not in this version.`, hint: planned };
  if (names === '' && /^https?:\/\//i.test(word))
    return { hint: say`For a login there: oauth-code login --issuer ${word} --client-id ID` };
  if (names === '' && /^eyJ[\w-]+\./.test(word))
    return { message: own('A token is not a command.'), hint: own('Decode it: oauth-code decode TOKEN') };
  if (names === '' && /\.(?:har|json|txt|log)$/i.test(word))
    return { hint: say`To explain a file: oauth-code debug ${word}` };
  const other = names === '' ? otherWords.find(([words]) => isAmong(name, words)) : undefined;
  if (other !== undefined) return { hint: other[1] };
  const candidates = command.commands.map((one) => one.name()).filter((one) => !one.startsWith('__'));
  const meant =
    candidates.find((one) => isAmong(name, otherCommands[one] ?? '')) ?? closestName(name, candidates);
  if (meant !== undefined) return { hint: say`Did you mean "oauth-code${own(names)} ${own(meant)}"?` };
  return names !== '' && findOption(command, 'profile')
    ? { hint: own('Use -p NAME for a profile.') }
    : undefined;
}

/** The option that a name of another program, or in another spelling, means. */
function meantOption(command: Command, written: string): Option | undefined {
  const exact = exactOption(command, written);
  if (exact !== undefined) return exact;
  const name = kebab(written);
  const target = Object.keys(otherNames).find(
    (one) => isAmong(name, otherNames[one] ?? '') && findOption(command, one),
  );
  return target === undefined ? undefined : findOption(command, target);
}

/** The option of this name but for letter case, underscores and hyphens. */
function exactOption(command: Command, written: string): Option | undefined {
  const plain = (name: string) => name.replaceAll('-', '');
  return command.options.find(({ hidden, long }) => !hidden && long && plain(long) === plain(kebab(written)));
}

function findOption(command: Command, name: string): Option | undefined {
  return command.options.find(({ hidden, long }) => !hidden && long === `--${name}`);
}

/** A name as our options are written, without dashes in front and a value behind. */
function kebab(written: string): string {
  return written
    .split('=', 1)
    .join()
    .replace(/^[-\u2010-\u2015\u2212]+/, '')
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .replace(/[_.\s]/g, '-')
    .toLowerCase();
}

function isAmong(name: string, names: string): boolean {
  return names.split(' ').includes(name);
}

function flagOf(option: Option | undefined): string {
  return option?.long ?? option?.short ?? '';
}

function isSecret(option: Option): boolean {
  return /secret|token|password|assertion/.test(option.long ?? '');
}
