import { describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { json, type Reply, text } from '../../src/idp/misbehaviours/reply.ts';
import {
  type Endpoint,
  type Script,
  type SeenRequest,
  startScriptedServer,
} from '../../src/idp/misbehaviours/scripted-server.ts';
import type { JsonObject, JsonValue } from '../../src/json/json.ts';
import type { McpBreak, McpDocument } from '../../src/output/documents.ts';
import { createTestContext } from '../fakes/context.ts';
import { follow } from './scripted-login.ts';

type Change = (sound: Reply, request: SeenRequest) => Reply | undefined;

const at = (endpoint: Endpoint, change: Change): Script => ({
  hasResource: true,
  instead: (sound, request) => (request.endpoint === endpoint ? change(sound, request) : undefined),
});
const metadata = (more: (origin: string) => JsonObject) =>
  at('resource metadata', (sound, { url }) =>
    typeof sound === 'string' || sound.status !== 200
      ? undefined
      : json(200, { ...JSON.parse(String(sound.body)), ...more(url.origin) }),
  );
const called = (reply: Reply) =>
  at('resource', (_, { headers }) => (headers.authorization === undefined ? undefined : reply));
const tool = (answer: JsonObject) => called(json(200, { jsonrpc: '2.0', id: 1, ...answer }));
const failure = (words: string) =>
  tool({ result: { isError: true, content: [{ type: 'text', text: words }] as JsonValue[] } });
const to = (location: string) => at('resource', () => text(302, 'text/plain', '', { location }));
const password = text(401, 'text/html', '<html></html>', { 'www-authenticate': 'Basic realm="staging"' });
const wall = text(403, 'text/html', '<html></html>', { server: 'AkamaiGHost' });
const bearerAlone = at('token', (sound) =>
  typeof sound === 'string'
    ? undefined
    : json(200, { ...JSON.parse(String(sound.body)), token_type: 'Bearer' }),
);
const call = ['--call', 'time'];

async function judge(script: Script, args: readonly string[] = []): Promise<McpBreak | null> {
  const server = await startScriptedServer(script);
  const { context, stdout, stderr } = createTestContext({ visit: follow });
  try {
    await run(['mcp', `${server.issuer}/mcp`, '--port', '0', '--json', ...args], context);
    expect(stdout(), stderr()).not.toBe('');
    const { verdict }: McpDocument = JSON.parse(stdout());
    return verdict.first_broken;
  } finally {
    await server.close();
  }
}

describe('mcp', () => {
  it.each<[what: string, script: Script, where: string, fix: RegExp, args?: readonly string[]]>([
    [
      'a firewall before the metadata',
      at('resource metadata', () => wall),
      'resource_metadata/in_front',
      /--user-agent/,
    ],
    [
      'a password before the metadata',
      at('resource metadata', () => password),
      'resource_metadata/in_front',
      /let clients through/,
    ],
    ['a page to log in at', to('/users/sign_in'), 'reach/server', /Answer 401/],
    ['a host that was renamed', to('http://renamed.example/mcp'), 'reach/client', /oauth-code mcp http/],
    ['a login elsewhere', to('http://sso.example/?from=mcp'), 'reach/in_front', /let clients through/],
    [
      'a metadata URL in place of an issuer',
      metadata((origin) => ({ authorization_servers: [`${origin}/.well-known/oauth-authorization-server`] })),
      'resource_metadata/server',
      /List the issuer/,
    ],
    [
      'an endpoint without a host',
      at('discovery', (sound) =>
        typeof sound === 'string'
          ? undefined
          : json(200, { ...JSON.parse(String(sound.body)), token_endpoint: '/token' }),
      ),
      'authorization_server/authorization_server',
      /--token-endpoint/,
    ],
    [
      'registration for some alone',
      at('register', () => json(401, { error: 'unauthorized' }, { 'www-authenticate': 'Bearer' })),
      'client/client',
      /--client-id ID/,
    ],
    [
      'registration that is limited',
      at('register', () => json(429, { error: 'slow_down' }, { 'retry-after': '90' })),
      'client/authorization_server',
      /90/,
    ],
    [
      'a client that is forgotten at once',
      at('token', () => json(401, { error: 'invalid_client' })),
      'token/authorization_server',
      /registered this client itself/,
    ],
    [
      'a 403 of the application behind a network',
      called(json(403, { error: 'not yours' }, { server: 'cloudflare' })),
      'call/server',
      /log of the server/,
    ],
    [
      'a 403 of an API gateway',
      called(json(403, { message: 'Forbidden' }, { 'x-amzn-errortype': 'ForbiddenException' })),
      'call/in_front',
      /--user-agent/,
    ],
    ['an empty 502', called(text(502, 'text/plain', '')), 'call/in_front', /later/],
    ['an unknown tool', failure("Unknown tool: 'time'"), 'call/client', /without --call/, call],
    [
      'arguments that do not fit',
      failure('MCP error -32602: Input validation error: Invalid arguments for tool time'),
      'call/client',
      /without --call/,
      call,
    ],
    ['a tool that fails', failure('The disk is full.'), 'call/server', /without --call/, call],
    ['DPoP that was not wanted', bearerAlone, 'token/client', /Leave --dpop out/, ['--dpop']],
    [
      'an issuer that the resource does not list',
      { hasResource: true },
      'resource_metadata/client',
      /Leave --issuer out/,
      ['--issuer', 'http://127.0.0.1:1'],
    ],
  ])('names who has to mend %s', async (_, script, where, fix, args) => {
    const broken = await judge(script, args);
    expect(`${broken?.phase}/${broken?.fault}`).toBe(where);
    expect(broken?.confidence).toBe('medium');
    expect(broken?.try).toMatch(fix);
  });
});
