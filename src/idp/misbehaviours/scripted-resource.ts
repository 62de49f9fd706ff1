import type { JsonObject, JsonValue } from '../../json/json.ts';
import { json, type Reply, type SeenRequest, text } from './reply.ts';
import type { ScriptedClient } from './scripted-authorizations.ts';

/** Where the metadata of the resource is. */
export const metadataPath = '/.well-known/oauth-protected-resource/mcp';
const sessionId = 'session-1';

/** The MCP resource `/mcp` of a scripted server, and the registration of its one client. */
export interface ResourceSetup {
  readonly issuer: string;
  readonly client: ScriptedClient;
  readonly complaints: string[];
  /** Whether the token endpoint gave this token. */
  isIssued(token: string): boolean;
}

/** What a client that comes from the resource asks for beside the authorization server (RFC 9728 §3, RFC 7591 §3). */
export function replyOfResource(request: SeenRequest, setup: ResourceSetup): Reply | undefined {
  const { issuer, client, complaints } = setup;
  switch (request.endpoint) {
    case 'resource metadata':
      return request.url.pathname.endsWith('/mcp') ? json(200, metadataOf(issuer)) : json(404, {});
    case 'register': {
      const asked: JsonObject = JSON.parse(request.body);
      if (asked.application_type !== 'native')
        complaints.push('registration: application_type is not native');
      return json(201, {
        ...asked,
        client_id: client.clientId,
        token_endpoint_auth_method: client.method,
        ...(client.clientSecret === undefined ? {} : { client_secret: client.clientSecret }),
      });
    }
    case 'resource': {
      const [, token] = /^(?:Bearer|DPoP) +(\S+)$/i.exec(request.headers.authorization ?? '') ?? [];
      if (token === undefined) return challenged(issuer);
      if (setup.isIssued(token)) return answerCall(request);
      complaints.push('The resource was called with a token that this server did not issue.');
      return challenged(issuer, 401, ', error="invalid_token"');
    }
    default:
      return undefined;
  }
}

function metadataOf(issuer: string): JsonObject {
  return {
    resource: `${issuer}/mcp`,
    authorization_servers: [issuer],
    scopes_supported: ['api:read', 'api:write'],
    bearer_methods_supported: ['header'],
  };
}

/** A refusal of the resource, with what else the challenge says (RFC 9728 §5.1, RFC 6750 §3). */
export function challenged(issuer: string, status = 401, more = '', scope = 'api:read'): Reply {
  return json(
    status,
    {},
    { 'www-authenticate': `Bearer resource_metadata="${issuer}${metadataPath}", scope="${scope}"${more}` },
  );
}

/** The answer of an MCP server to a call that it allows, in either era of the protocol. */
export function answerCall({ method, body }: SeenRequest): Reply {
  if (method !== 'POST') return text(405, 'text/plain', '', { allow: 'POST' });
  const call: JsonObject = JSON.parse(body);
  const results: Readonly<Record<string, JsonValue>> = {
    initialize: {
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'scripted', version: '1' },
    },
    'tools/list': { tools: [{ name: 'time', inputSchema: { type: 'object' } }] },
  };
  if (call.id === undefined) return text(202, 'text/plain', '');
  const result = results[String(call.method)];
  return result === undefined
    ? json(200, { jsonrpc: '2.0', id: call.id, error: { code: -32601, message: 'Method not found' } })
    : json(
        200,
        { jsonrpc: '2.0', id: call.id, result },
        call.method === 'initialize' ? { 'mcp-session-id': sessionId } : {},
      );
}
