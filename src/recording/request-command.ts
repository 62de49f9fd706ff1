import { type HeaderList, headerValue } from '../http-message.ts';
import { isJsonObject } from '../json/json.ts';
import { parseIfJson } from '../json/parse-json-exactly.ts';
import { encodeForm } from '../protocol/parameters.ts';
import { isPlaceholder, placeholderOf, withoutStandIns } from '../protocol/placeholder.ts';
import { optionalText, type RecordedRequest, savedRequest } from './recording.ts';
import { shellWords } from './shell-words.ts';

/** A request that was pasted as the command which sends it. */
export interface RequestCommand {
  readonly request: RecordedRequest;
  /** Lines behind it that belong to it, as it seems, and could not be joined. */
  readonly cutOff: string;
  /** What follows the command and these: its output. */
  readonly rest: string;
  /** The line behind the command, from 1 on. */
  readonly restLine: number;
}

/**
 * Reads a request from a command line of curl, wget or HTTPie, or from what a browser copies as fetch or PowerShell;
 * undefined when the text does not begin with one, behind comments and what is set for it. Nothing is run; variables of
 * a shell stay as they are.
 */
export function readRequestCommand(input: string): RequestCommand | undefined {
  const { index, 0: line } = commandLine.exec(input) ?? { index: 0, 0: '' };
  const before = input.slice(0, index);
  const start = index + line.length;
  const command = input.slice(start);
  const reader = readers.find(({ begins }) => begins.test(command));
  if (reader === undefined || !isSetUp(before)) return undefined;
  const length = reader.type === 'shell' ? shellLength(command) : scriptLength(command);
  const isShell = reader.type === 'shell';
  const isWindows = isShell && /^\s*(?:PS )?[a-z]:\\/i.test(line);
  const { joined, left } = isShell ? brokenOff(command.slice(length), isWindows) : { joined: '', left: '' };
  const own = command.slice(0, length);
  const read = reader.read(isWindows ? withoutBreaks(own + joined) : own + withoutBreaks(joined), before);
  if (read === undefined) return undefined;
  const request = left === '' ? read : { ...read, isCut: true };
  const rest = command.slice(length + joined.length);
  const blank = /^\s*/.exec(rest)?.[0].length ?? 0;
  return {
    request,
    cutOff: left,
    // The prompt that came back.
    rest: rest.slice(left.length).replace(/\n\S{0,60}[$#%>][ \t]*$/, ''),
    restLine: input.slice(0, input.length - rest.length + blank).split('\n').length,
  };
}

/** Up to the command: a prompt of bash, zsh, cmd or PowerShell, and what runs it or takes its output. */
const commandLine =
  /^[ \t]*(?:[$>%#](?!\w)|PS(?: [^>\n]{0,200})?>|[A-Za-z]:\\[^>\n]{0,200}>|\S{1,60}[$#%](?= ))?[ \t]*(?:(?:sudo|time|exec) |(?:(?:export|const|let|var) )?\$?\w+ ?= ?"?(?:\$\(|`)?(?=curl|wget|https? |await|fetch|Invoke-|iwr|irm))?[ \t]*(?=(?:curl|wget)(?:\.exe)?\s|https?\s|(?:await )?fetch\(|(?:Invoke-(?:WebRequest|RestMethod)|iwr|irm)\s+(?!:))/im;

/** Whether lines are comments or set variables, as those in front of a command are. */
function isSetUp(before: string): boolean {
  const plain = before.replace(/@\{[^}]*\}/g, '@');
  return (
    plain.length < 10_000 &&
    plain
      .split('\n')
      .every((line) =>
        /^\s*(?:$|#|\/\/|\S{0,60}[$%>]\s*$|(?:export |set |const |let |\$)?[\w.:$]+\s*=|\$[\w.]+\()/.test(
          line,
        ),
      )
  );
}

/** Where a command begins below other lines, with the comments and variables right above it; undefined where none does. */
export function startOfCommand(text: string): number | undefined {
  const lines = text
    .slice(0, commandLine.exec(text)?.index ?? 0)
    .split('\n')
    .slice(0, -1);
  const last = lines.findLastIndex(
    (line) => !/^\s*(?:$|#|(?:export |set |const |let |\$)?[A-Z][A-Z\d_]*\s?=)/.test(line),
  );
  return last === -1 ? undefined : lines.slice(0, last + 1).join('\n').length + 1;
}

/** What begins no further line of a command: an answer, what tools print beside it, a heading, a prompt, a command. */
const isNext =
  /^(?:\s*$|\s*[[{<]|HTTP\/|[*<>={}] |\s*%|.*(?:--:--|\d:\d\d:\d\d)|(?:curl|wget|Warning|Note|Info):|#|.*:\s*$|[\w-]+: |(?:PS )?[a-z]:\\[^>]*>|\S{0,60}[$#%>](?:\s|$)|(?:cat|echo|jq|export|set) )/i;

/** The lines behind a command that belong to it: those that a window broke off, and those that cannot be joined. */
function brokenOff(rest: string, isWindows: boolean): { readonly joined: string; readonly left: string } {
  const lines = rest.split('\n').slice(1);
  const end = lines.findIndex((one) => isNext.test(one) || commandLine.exec(one)?.index === 0);
  const own = end === -1 ? lines : lines.slice(0, end);
  const hasFlags = own.some((one) => /(?:^|\s)(?:-[a-z]|--[a-z-]+)[\s=]/i.test(one));
  const text = own.map((one) => `\n${one}`).join('');
  // Lines without another command after them are of the server, or of a person.
  if (!hasFlags && (end === -1 || lines[end]?.trim() === '')) return { joined: '', left: '' };
  // In other shells a line of flags was not run with the command, and a line of words is of a person.
  const isBroken = isWindows || (!/^\s*-/.test(own[0] ?? '') && (hasFlags || /^\s*\S+\s*$/.test(text)));
  return isBroken ? { joined: text, left: '' } : { joined: '', left: text };
}

/** Windows break a line anywhere; where an option or an address begins, a space was there. */
function withoutBreaks(text: string): string {
  return text.replace(/(?<!\^)`?\r?\n(?=(-[a-z]\s|--[a-z]|https?:\/\/)?)/gi, (_, begins) =>
    begins ? ' ' : '',
  );
}

interface CommandReader {
  readonly begins: RegExp;
  /** A command of a shell ends at the first line that is not continued. */
  readonly type: 'shell' | 'script';
  readonly read: (command: string, before: string) => RecordedRequest | undefined;
}

const readers: readonly CommandReader[] = [
  {
    begins: /^curl(?:\.exe)?\s/,
    type: 'shell',
    read: (command, before) => readFlags(command, curlFlags, before),
  },
  {
    begins: /^wget(?:\.exe)?\s/,
    type: 'shell',
    read: (command, before) => readFlags(command, wgetFlags, before),
  },
  { begins: /^https?\s+(?:-|[A-Z]{3,7}\s|\S+[/.:])/, type: 'shell', read: readHttpie },
  { begins: /^(?:await )?fetch\(\s*["'`]/, type: 'script', read: readFetch },
  { begins: /^(?:Invoke-(?:WebRequest|RestMethod)|iwr|irm)\s/i, type: 'script', read: readPowerShell },
];

/** Up to the line feed that is neither in quotes nor behind a backslash (or the caret of cmd). */
function shellLength(command: string): number {
  const pattern = /(?:[^\\^'"\n]|[\\^](?:\r?\n|[\s\S]|$)|'[^']*'|"(?:[^"\\]|\\[\s\S])*"|['"])+/y;
  pattern.exec(command);
  return pattern.lastIndex === 0 ? command.length : pattern.lastIndex;
}

/** Up to the line feed that is neither in quotes nor in brackets, nor behind the backtick of PowerShell. */
function scriptLength(command: string): number {
  let depth = 0;
  for (const { 0: part, index } of command.matchAll(
    /"(?:[^"\\`]|[\\`][\s\S])*"|'[^'\n]*'|`\r?\n|[({[]|[)}\]]|\n/g,
  )) {
    if (/^[({[]$/.test(part)) depth += 1;
    else if (/^[)}\]]$/.test(part)) depth -= 1;
    else if (part === '\n' && depth <= 0) return index;
  }
  return command.length;
}

/** The flags that take a value, by what the value is; others are switches. */
const curlFlags = {
  method: '-X --request',
  header: '-H --header',
  data: '-d --data --data-ascii --data-binary',
  raw: '--data-raw',
  encoded: '--data-urlencode --url-query',
  json: '--json',
  form: '-F --form --form-string',
  user: '-u --user',
  password: '',
  url: '--url',
  bearer: '--oauth2-bearer',
  ignored:
    '-A --user-agent -b --cookie -c --cookie-jar -o --output -w --write-out -x --proxy -m --max-time --connect-timeout ' +
    '--cacert -E --cert --key -e --referer --resolve --retry -D --dump-header --trace --trace-ascii -T --max-redirs',
};

type Part = keyof typeof curlFlags;
type Flags = Readonly<Partial<Record<Part, string>>>;

const wgetFlags: Flags = {
  method: '--method',
  header: '--header',
  data: '--post-data --body-data',
  user: '--user --http-user',
  password: '--password --http-password',
  ignored: '-O --output-document -o -U --user-agent -T --timeout -t --tries',
};

/**
 * What stands in place of a variable: what it was set to in front of the command, else its name alone. A command inside
 * and a value by default may be the secret itself.
 */
function standIns(before: string): (expansion: string) => string {
  const settings = before.matchAll(
    /^[ \t]*(?:export |set )?(\w+)=(?:"([^"$`\n]*)"|'([^'\n]*)'|([^\s"'$`;]*))[ \t]*\r?$/gm,
  );
  const known = new Map([...settings].map(([, name = '', ...values]) => [name, values.join('')]));
  return (expansion) => {
    const [, name] = /^\$\{?(\w+)/.exec(expansion) ?? [];
    return known.get(name ?? '') ?? placeholderOf(name === undefined ? '$(…)' : `$${name}`);
  };
}

type Values = Partial<Record<Part, readonly string[]>>;

function readFlags(command: string, flags: Flags, before: string): RecordedRequest | undefined {
  const parts = new Map(
    Object.entries(flags).flatMap(([part, names]) =>
      names.split(' ').map((name) => [name, part as Part] as const),
    ),
  );
  const isCmd = /\^\r?\n|\^"/.test(command);
  const unescaped = (_: string, one: string) => (one.trim() === '' ? ' ' : one);
  const plain = isCmd ? command.replace(/\^(\r?\n|[\s\S])/g, unescaped) : command;
  const all = shellWords(plain, standIns(before)) ?? [];
  const end = all.findIndex((word) => /^(?:\|\|?|&&|;|\d?>.*)$/.test(word));
  const words = end === -1 ? all : all.slice(0, end);
  const values: { [Name in Part]?: string[] } = {};
  const add = (part: Part, value: string) => {
    values[part] = [...(values[part] ?? []), value];
  };
  const isGet = words.some((word) => word === '--get' || /^-[a-zA-Z]*G[a-zA-Z]*$/.test(word));
  for (let index = 1; index < words.length; index += 1) {
    const word = words[index] ?? '';
    if (!word.startsWith('-') || word === '-') {
      add('url', word);
      continue;
    }
    const [name = '', attached] = word.startsWith('--') ? word.split(/=(.*)/s) : shortFlag(word, parts);
    const part = parts.get(name);
    if (part === undefined) continue;
    if (attached === undefined) index += 1;
    const value = attached ?? words[index];
    if (value !== undefined) add(part, value);
  }
  return requestOf(values, isGet);
}

/** `-XPOST`, `-sSd value`: the first letter that takes a value ends a group of switches. */
function shortFlag(word: string, parts: ReadonlyMap<string, Part>): readonly [string, string | undefined] {
  for (let at = 1; at < word.length; at += 1) {
    const name = `-${word.charAt(at)}`;
    if (parts.has(name)) return [name, word.slice(at + 1) || undefined];
  }
  return [word, undefined];
}

function requestOf(values: Values, isGet: boolean): RecordedRequest | undefined {
  const address = values.url
    ?.map(withoutStandIns)
    .find((one) => /^[a-z][\w+.-]*:\/\/|^[\w.-]+(?:[:/]|$)|\$/i.test(one));
  if (address === undefined) return undefined;
  const headers: (readonly [string, string])[] = (values.header ?? []).flatMap((line) => {
    const [name, value] = line.split(/:\s*(.*)/s);
    return name === undefined || value === undefined ? [] : [[name.trim(), value] as const];
  });
  const [user] = values.user ?? [];
  const pair = user?.includes(':') ? user : `${user}:${values.password?.[0] ?? ''}`;
  // A variable by itself may hold both.
  const encoded =
    isPlaceholder(user ?? '') && pair.endsWith(':') ? user : Buffer.from(pair).toString('base64');
  if (user !== undefined) headers.push(['Authorization', `Basic ${encoded}`]);
  for (const token of values.bearer ?? []) headers.push(['Authorization', `Bearer ${token}`]);
  const pairs = [
    ...(values.data ?? []).map((one) => (one.startsWith('@') ? '' : one.replace(/[\r\n]+$/, ''))),
    ...(values.raw ?? []),
    ...(values.encoded ?? []).map(urlEncoded),
  ];
  const isForm = values.form !== undefined;
  const sent = [...pairs, ...(values.json ?? [])];
  const fields = (values.form ?? []).map((one): [string, string] => {
    const [name = '', value = ''] = one.split(/=(.*)/s);
    return [name, value];
  });
  const body = isForm ? encodeForm(fields) : sent.join('&');
  const hasBody = isForm || sent.length > 0;
  const simple = values.json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
  const type = isForm ? 'multipart/form-data' : simple;
  const isTyped = headerValue(headers, 'content-type') !== undefined;
  if (hasBody && !isGet && !isTyped) headers.push(['Content-Type', type]);
  const url = /^[a-z][\w+.-]*:\/\/|^\$/i.test(address) ? address : `http://${address}`;
  const method = values.method?.at(-1)?.toUpperCase() ?? (hasBody && !isGet ? 'POST' : 'GET');
  if (isGet && hasBody) return { method, url: `${url}${url.includes('?') ? '&' : '?'}${body}`, headers };
  // A body from a file is not in the command.
  const isElsewhere = (values.data ?? []).some((one) => one.startsWith('@'));
  return { method, url, headers, ...(isElsewhere ? { body: null } : hasBody ? { body } : {}) };
}

/** `name=content`, `=content` or `content`, of which curl encodes the content. */
function urlEncoded(value: string): string {
  const [, name = '', content = value] = /^([^=]*)=([\s\S]*)$/.exec(value) ?? [];
  const encoded = encodeURIComponent(content).replaceAll('%20', '+');
  return name === '' ? encoded : `${name}=${encoded}`;
}

/** HTTPie: `http --form POST :8080/token name=value Header:value`. */
function readHttpie(command: string, before: string): RecordedRequest | undefined {
  const words = shellWords(command, standIns(before))?.slice(1) ?? [];
  const at = words.findIndex((word) => word === '-a' || word === '--auth');
  const user = at === -1 ? undefined : (words[at + 1] ?? '');
  const items = words.filter(
    (word, at) =>
      !word.startsWith('-') && !/^(?:-a|--auth|-A|--auth-type|-o|--output)$/.test(words[at - 1] ?? ''),
  );
  const [first = ''] = items;
  const method = /^[A-Z]{3,7}$/.test(first) ? first : undefined;
  const [address = '', ...rest] = method === undefined ? items : items.slice(1);
  const isForm = words.some((word) => word === '-f' || word === '--form');
  const item = (pattern: RegExp) =>
    rest.flatMap((word): [string, string][] => {
      const [, name, value] = pattern.exec(word) ?? [];
      return name === undefined ? [] : [[name, value ?? '']];
    });
  const fields = item(/^([^:=@]+)=(?!=)([\s\S]*)$/);
  const header: HeaderList = item(/^([\w-]+):(?!=)([\s\S]*)$/);
  const host = address.startsWith(':')
    ? `localhost${/^:\d/.test(address) ? '' : ':80'}${address.replace(/^:(?=\/|$)/, '')}`
    : address;
  const body = isForm ? encodeForm(fields) : JSON.stringify(Object.fromEntries(fields));
  return requestOf(
    {
      url: [host],
      method: [method ?? (fields.length > 0 ? 'POST' : 'GET')],
      header: header.map(([name, value]) => `${name}: ${value}`),
      ...(user === undefined ? {} : { user: [user] }),
      ...(fields.length === 0 ? {} : isForm ? { raw: [body] } : { json: [body] }),
    },
    false,
  );
}

/** What browsers copy as `fetch`: the URL and an object in JSON; people write it as an object of JavaScript. */
function readFetch(command: string): RecordedRequest | undefined {
  const [whole, , url] = /^(?:await )?fetch\(\s*(["'`])(.*?)\1\s*/.exec(command) ?? [];
  if (whole === undefined || url === undefined) return undefined;
  const options = /^,\s*(\{[\s\S]*\})\s*\)/.exec(command.slice(whole.length))?.[1] ?? '{}';
  const value = parseIfJson(options);
  if (!isJsonObject(value)) {
    const [, wrapper, written = ''] =
      /\bbody["']?\s*:\s*(?:(new URLSearchParams\(|JSON\.stringify\()?\s*(\{[^}]*\})|(?=["'`]))/.exec(
        options,
      ) ?? [];
    const fields = pairsIn(written);
    const plain = /\bbody["']?\s*:\s*(["'`])([\s\S]*?)\1/.exec(options)?.[2];
    const isForm = wrapper?.startsWith('new') === true;
    const headers = pairsIn(/\bheaders["']?\s*:\s*\{([^}]*)\}/.exec(options)?.[1] ?? '');
    const body =
      fields.length === 0
        ? (plain ?? null)
        : isForm
          ? encodeForm(fields)
          : JSON.stringify(Object.fromEntries(fields));
    return {
      method: (/\bmethod["']?\s*:\s*["'](\w+)/.exec(options)?.[1] ?? 'GET').toUpperCase(),
      url,
      headers,
      body,
    };
  }
  const { method, body } = value;
  return savedRequest({ ...value, method: method || 'GET', url }, optionalText(body)) ?? undefined;
}

/** The pairs of an object of JavaScript or a table of PowerShell; a value that is computed stays as it is written. */
function pairsIn(inner: string): readonly (readonly [string, string])[] {
  return [
    ...inner.matchAll(/["']?([\w.-]+)["']?\s*[:=]\s*(?:"([^"\n]*)"|'([^'\n]*)'|`([^`\n]*)`|([^;,\s}]+))/g),
  ].map(([, field = '', ...values]) => [field, values.find((value) => value !== undefined) ?? ''] as const);
}

/** What browsers copy as PowerShell, and what people write: `-Uri "…" -Method "POST" -Headers @{…} -Body "…"`. */
function readPowerShell(command: string, before: string): RecordedRequest | undefined {
  const quotedText = `(?:"((?:[^"\`]|\`[\\s\\S])*)"|'([^']*)'|([^\\s"'@-]\\S*))`;
  const parameter = (name: string) => {
    const found = new RegExp(`-${name}:?\\s+${quotedText}`, 'i').exec(command);
    return (found?.[1]?.replace(/`([\s\S])/g, '$1') ?? found?.[2] ?? found?.[3]) || undefined;
  };
  const table = (name: string) => {
    const variable = /^\$(\w+)$/.exec(parameter(name) ?? '')?.[1];
    const inner =
      variable === undefined
        ? new RegExp(`-${name}:?\\s+@\\{([^}]*)\\}`, 'i').exec(command)
        : new RegExp(`\\$${variable}\\s*=\\s*@\\{([^}]*)\\}`, 'i').exec(before);
    return pairsIn(inner?.[1] ?? '');
  };
  const url = parameter('Uri') ?? /\s["']?(https?:\/\/[^\s"']+)/.exec(command)?.[1];
  if (url === undefined) return undefined;
  const fields = table('Body');
  const body = fields.length > 0 ? encodeForm(fields) : parameter('Body');
  const type =
    parameter('ContentType') ?? (fields.length > 0 ? 'application/x-www-form-urlencoded' : undefined);
  // A variable holds what is not here.
  const isElsewhere = body?.startsWith('$') === true;
  return {
    method: (parameter('Method') ?? 'GET').toUpperCase(),
    url,
    headers: [...table('Headers'), ...(type === undefined ? [] : [['Content-Type', type] as const])],
    ...(isElsewhere ? { body: null } : body === undefined ? {} : { body }),
  };
}
