import { ConfigError, UsageError } from '../../errors.ts';
import { isHttpUrl } from '../../http-message.ts';
import { isJsonObject, type JsonObject, type JsonValue, parsePlainJson } from '../../json/json.ts';
import { own, say } from '../../say.ts';
import { parseJsonc } from '../jsonc.ts';
import type { Imported } from './other-command-line.ts';

/** Where clients keep their servers: Claude, Cursor, Windsurf, Inspector and Gemini; VS Code; Zed. */
const lists = ['mcpServers', 'servers', 'context_servers'];

/** What fills in a part of a value when the client starts, without its default, which may be a secret. */
const placeholder = /\$\{((?:env:|input:)?[\w.-]+)[^}]*\}/;

/** The settings of an MCP client for one server, while they are read. */
interface Reading {
  readonly settings: Map<string, readonly string[]>;
  readonly leftOut: string[];
  secret?: string;
}

/**
 * Reads a server of the configuration of an MCP client, in JSON with comments: the one that is named, else the only one
 * with a URL; undefined for another file.
 * @throws ConfigError for what is not JSON, and where no server has a URL; UsageError when it is to be said which of several
 */
export function readMcpClient(text: string, file: string, wanted: string | undefined): Imported | undefined {
  if (!/"(?:mcpServers|servers|context_servers)"\s*:/.test(text)) return undefined;
  const parsed = parseJsonc(text);
  if (parsed !== undefined && 'problem' in parsed) {
    if (!/^\s*[{/]/.test(text)) return undefined;
    const { line, column } = parsed.at;
    throw new ConfigError(say`${file}:${line}:${column} is not readable JSON: ${own(parsed.problem)}.`, {
      hint: 'Comments and commas at the end of a list are allowed.',
    });
  }
  const servers = parsed === undefined ? [] : serversIn(parsed.value);
  if (servers.length === 0)
    throw new ConfigError(say`${file} names no MCP server.`, {
      hint: own(`Servers are members of ${lists.join(', ')}.`),
    });
  const read = servers.map(([name, server]) => ({ name, imported: importedFrom(server) }));
  const found = read.flatMap(({ name, imported }) => (imported === undefined ? [] : [{ name, imported }]));
  const local = read.flatMap(({ name, imported }) => (imported === undefined ? [name] : []));
  const names = found.map(({ name }) => name).join(', ');
  const [first, ...further] = wanted === undefined ? found : found.filter(({ name }) => name === wanted);
  if (found.length === 0) {
    throw new ConfigError(say`${file} has no server with a URL: ${local.join(', ')}.`, {
      hint: 'A server that is started by a command needs no login.',
    });
  }
  if (first === undefined)
    throw new UsageError(say`${file} has no server ${wanted ?? ''} with a URL.`, {
      hint: say`There is: ${names}.`,
    });
  if (further.length > 0 && wanted === undefined)
    throw new UsageError(say`${file} has several servers with a URL.`, {
      hint: say`Add --server NAME: ${names}.`,
    });
  return {
    from: 'the configuration of an MCP client',
    command: 'mcp',
    ...first.imported,
    leftOut: [
      ...first.imported.leftOut,
      ...further.map(({ name }) => `${name}: another server of this name, further down`),
      ...local.map((name) => `${name}: started by a command, and needs no login`),
    ],
    suggestedName: first.name,
  };
}

/** The servers of a file, also of VS Code's settings and of a project in Claude Code's own file. */
function serversIn(value: JsonValue): [string, JsonObject][] {
  const whole = objectOf(value);
  return [whole, whole.mcp, ...Object.values(objectOf(whole.projects))]
    .map(objectOf)
    .flatMap((place) => lists.flatMap((name) => Object.entries(objectOf(place[name]))))
    .flatMap(([name, server]) => (isJsonObject(server) ? [[name, server]] : []));
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** undefined for a server that is started here and has no URL. */
function importedFrom(server: JsonObject): Reading | undefined {
  const reading: Reading = { settings: new Map(), leftOut: [] };
  const url = [server.url, server.serverUrl, server.httpUrl].find((one) => typeof one === 'string');
  if (url !== undefined) take(reading, 'resource-url', 'url', url);
  else if (!readMcpRemote(server.args, reading)) return undefined;
  for (const [name, value] of Object.entries(objectOf(server.headers))) readHeader(reading, name, value);
  for (const [name, value] of Object.entries({ ...objectOf(server.oauth), ...objectOf(server.auth) }))
    readClient(reading, name, value);
  return reading;
}

/** Takes a value over, unless the client of the file fills in a part of it. */
function take({ settings, leftOut }: Reading, option: string, name: string, value: string): void {
  const [, filledIn] = placeholder.exec(value) ?? [];
  if (filledIn === undefined) settings.set(option, [value]);
  else leftOut.push(`${name}: filled in from \${${filledIn}}; give --${option}`);
}

/** A header may be a secret: no profile holds one. */
function readHeader(reading: Reading, name: string, value: JsonValue): void {
  if (typeof value !== 'string') return;
  if (/^user-agent$/i.test(name)) {
    take(reading, 'user-agent', name, value);
    return;
  }
  const [, filledIn] = placeholder.exec(value) ?? [];
  const from = filledIn === undefined ? '' : ` from \${${filledIn}}`;
  const why = /^authorization$/i.test(name)
    ? `a token${from}; a login gets one`
    : `a value${from} that a profile does not hold; request -H sends one`;
  reading.leftOut.push(`${name}: ${why}`);
}

/** The members that describe a client, without letter case and underscores. */
const clientMembers: Readonly<Record<string, string>> = {
  clientid: 'client-id',
  clientmetadataurl: 'client-metadata-url',
  authservermetadataurl: 'metadata-url',
  redirecturi: 'redirect-uri',
  scope: 'scope',
  scopes: 'scope',
};

function readClient(reading: Reading, name: string, value: JsonValue): void {
  const known = name.toLowerCase().replaceAll('_', '');
  const option = Object.hasOwn(clientMembers, known) ? clientMembers[known] : undefined;
  const text = Array.isArray(value) ? value.filter((one) => typeof one === 'string').join(' ') : value;
  if (known === 'callbackport' && typeof value === 'number')
    reading.settings.set('redirect-uri', [`http://localhost:${value}/callback`]);
  else if (known === 'clientsecret' && typeof value === 'string') {
    const [, filledIn] = placeholder.exec(value) ?? [];
    if (filledIn === undefined) reading.secret = value;
    else if (filledIn.startsWith('input:'))
      reading.leftOut.push(`${name}: asked for as \${${filledIn}}; give --client-secret-env`);
    else reading.settings.set('client-secret-env', [filledIn.replace(/^env:/, '')]);
  } else if (option !== undefined && typeof text === 'string') take(reading, option, name, text);
  else reading.leftOut.push(`${name}: not known here`);
}

/** Reads the words of `mcp-remote URL`, which connects a client that only starts commands; false for another program. */
function readMcpRemote(args: JsonValue | undefined, reading: Reading): boolean {
  const words = Array.isArray(args) ? args.filter((one) => typeof one === 'string') : [];
  const start = words.findIndex((word) => /(?:^|[\\/])mcp-remote(?:@[\w.-]+)?$/.test(word));
  const rest = start === -1 ? [] : words.slice(start + 1);
  const [url] = rest;
  if (url === undefined || !(isHttpUrl(url) || placeholder.test(url))) return false;
  take(reading, 'resource-url', 'url', url);
  const port = rest.find((word) => /^\d+$/.test(word)) ?? '3334';
  for (const [at, flag] of rest.entries()) {
    const value = rest[at + 1] ?? '';
    if (flag === '--header') {
      const [, name = '', text = ''] = /^([^:]*):\s*([\s\S]*)$/.exec(value) ?? [];
      readHeader(reading, name, text);
    }
    if (flag === '--resource') take(reading, 'resource', flag, value);
    if (/^--static-oauth-client-(?:info|metadata)$/.test(flag)) {
      const members = parsePlainJson(value);
      if (!isJsonObject(members)) reading.leftOut.push(`${flag}: its value is not JSON`);
      for (const name of ['client_id', 'client_secret', 'scope'])
        if (isJsonObject(members) && members[name] !== undefined) readClient(reading, name, members[name]);
    }
  }
  // A client that is registered already knows the address of mcp-remote alone.
  if (reading.settings.has('client-id'))
    reading.settings.set('redirect-uri', [`http://localhost:${port}/oauth/callback`]);
  return true;
}
