import {
  type HeaderList,
  type HttpExchange,
  headerValue,
  isSuccessStatus,
  mediaType,
} from '../http-message.ts';
import { isJsonObject, type JsonObject, parsePlainJson } from '../json/json.ts';
import type { Conversation } from './conversation.ts';

/** A tool of an MCP server that is to be called. */
export interface ToolCall {
  readonly name: string;
  readonly args: JsonObject;
}

/** The answer of an MCP server, and the request that it was to. */
export interface McpAnswer {
  readonly exchange: HttpExchange;
  /** Of the request that was answered last. */
  readonly method: 'tools/list' | 'tools/call' | 'initialize' | 'GET';
  /** The version of the protocol that was spoken; null for an API that is no MCP server. */
  readonly version: string | null;
  /** `result` or `error` of the JSON-RPC response; null where there is none. */
  readonly result: JsonObject | null;
  readonly error: JsonObject | null;
}

/** Versions of MCP that are spoken: the one without a handshake, and the newest with one. */
export const versions = { current: '2026-07-28', older: '2025-11-25' } as const;
const clientInfo = { name: 'oauth-code', version: '1' };

/**
 * Asks an MCP server for its tools, or calls one: as the current specification wants it, else after the handshake of
 * the older ones (MCP 2026-07-28, Transports; 2025-11-25, Lifecycle). A refusal of the token ends it.
 * @throws what the HTTP client throws
 */
export async function callMcp(
  conversation: Conversation,
  step: 'resource' | 'request',
  url: string,
  { authorization, call }: { readonly authorization?: string; readonly call?: ToolCall | undefined } = {},
): Promise<McpAnswer> {
  const method = call === undefined ? 'tools/list' : 'tools/call';
  const params = call === undefined ? {} : { name: call.name, arguments: call.args };
  const ask = async (
    asked: McpAnswer['method'],
    version: string,
    message: JsonObject,
    further: HeaderList,
  ) => {
    const exchange = await post({ jsonrpc: '2.0', id: 1, method: asked, ...message }, further);
    const { result, error } = responseIn(exchange.response) ?? {};
    return {
      exchange,
      method: asked,
      version,
      result: isJsonObject(result) ? result : null,
      error: isJsonObject(error) ? error : null,
    };
  };
  const current = await ask(
    method,
    versions.current,
    {
      params: {
        ...params,
        _meta: {
          'io.modelcontextprotocol/protocolVersion': versions.current,
          'io.modelcontextprotocol/clientInfo': clientInfo,
          'io.modelcontextprotocol/clientCapabilities': {},
        },
      },
    },
    [
      ['mcp-protocol-version', versions.current],
      ['mcp-method', method],
      ...(call === undefined ? [] : [['mcp-name', headerText(call.name)] as const]),
    ],
  );
  if (!mayBeOlder(current)) return current;
  const handshake = await ask(
    'initialize',
    versions.older,
    { params: { protocolVersion: versions.older, capabilities: {}, clientInfo } },
    [],
  );
  const { response } = handshake.exchange;
  if (handshake.result === null)
    return isRefusal(response.status) || current.error === null ? handshake : current;
  const version =
    typeof handshake.result.protocolVersion === 'string' ? handshake.result.protocolVersion : versions.older;
  const session = headerValue(response.headers, 'mcp-session-id');
  const further: HeaderList = [
    ['mcp-protocol-version', version],
    ...(session === undefined ? [] : [['mcp-session-id', session] as const]),
  ];
  await post({ jsonrpc: '2.0', method: 'notifications/initialized' }, further);
  return ask(method, version, { params }, further);

  function post(message: JsonObject, further: HeaderList): Promise<HttpExchange> {
    return conversation.send(
      step,
      {
        method: 'POST',
        url,
        headers: [
          ['accept', 'application/json, text/event-stream'],
          ['content-type', 'application/json'],
          ...further,
          ...(authorization === undefined ? [] : [['authorization', authorization] as const]),
        ],
        body: JSON.stringify(message),
      },
      { isWhole: (headers, body) => isStream(headers) && responseInStream(body()) !== undefined },
    );
  }
}

/** Names of the tools that an answer lists; null where it lists none. */
export function toolNames({ result }: McpAnswer): readonly string[] | null {
  const tools = result?.tools;
  if (!Array.isArray(tools)) return null;
  return tools.flatMap((tool) => (isJsonObject(tool) && typeof tool.name === 'string' ? [tool.name] : []));
}

/** Whether a body is a stream of events (HTML Living Standard §9.2), which need not end. */
export function isStream(headers: HeaderList): boolean {
  return mediaType(headers) === 'text/event-stream';
}

/** A refusal of the token, or of a request that has none, says nothing about the version of the protocol. */
function isRefusal(status: number): boolean {
  return status === 401 || status === 403;
}

function mayBeOlder({ exchange: { response }, result, error }: McpAnswer): boolean {
  if (result !== null) return false;
  // Errors of JSON-RPC alone speak of the request; -32020 and below speak of its version.
  const speaksOfVersion = typeof error?.code === 'number' && error.code !== -32_603;
  return (
    [400, 404, 405, 406, 415, 422].includes(response.status) ||
    (isSuccessStatus(response.status) && speaksOfVersion)
  );
}

function responseIn({ headers, body }: HttpExchange['response']): JsonObject | undefined {
  if (isStream(headers)) return responseInStream(body);
  const read = parsePlainJson(body);
  return isJsonObject(read) ? read : undefined;
}

/** The JSON-RPC response among the events of a stream; the first may be empty, and notifications may come before it. */
function responseInStream(body: string): JsonObject | undefined {
  for (const event of body.split(/\r?\n\r?\n/)) {
    const data = event
      .split(/\r?\n/)
      .flatMap((line) => (line.startsWith('data:') ? [line.slice(5).replace(/^ /, '')] : []))
      .join('\n');
    const read = data === '' ? undefined : parsePlainJson(data);
    if (isJsonObject(read) && (read.result ?? read.error) !== undefined) return read;
  }
  return undefined;
}

/** A name as a header field carries it: as it is, else in base64 (MCP 2026-07-28, Transports). */
function headerText(name: string): string {
  return /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(name) && !name.startsWith('=?')
    ? name
    : `=?base64?${Buffer.from(name).toString('base64')}?=`;
}
