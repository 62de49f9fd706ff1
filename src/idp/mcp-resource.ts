import type { Provider, ProviderContext } from 'oidc-provider';
import { isJsonObject, type JsonObject, parsePlainJson } from '../json/json.ts';

const path = '/mcp';
const metadataPath = `/.well-known/oauth-protected-resource${path}`;

/** The tools, and the scope that each needs. */
const tools: Readonly<Record<string, { readonly description: string; readonly scope: string }>> = {
  time: { description: 'Tells the time.', scope: 'api:read' },
  note: { description: 'Takes a note.', scope: 'api:write' },
};
const toolList = Object.entries(tools).map(([name, { description }]) => ({
  name,
  description,
  inputSchema: { type: 'object' },
}));

/**
 * Serves a protected resource that speaks as much of the Model Context Protocol as it takes to see a token accepted, and
 * one that allows too little refused: it names its metadata in the challenge, lists its tools and calls them (RFC 9728 §3,
 * §5.1; RFC 6750 §3.1).
 */
export function serveMcpResource(provider: Provider): void {
  const { issuer } = provider;
  const resource = `${issuer}${path}`;
  provider.use(async (context, next) => {
    if (context.path === metadataPath) {
      context.status = 200;
      context.body = {
        resource,
        authorization_servers: [issuer],
        scopes_supported: Object.values(tools).map(({ scope }) => scope),
        bearer_methods_supported: ['header'],
        resource_name: 'Demo MCP server',
      };
      return;
    }
    if (context.path !== path) return next();
    const refuse = (status: number, scope: string, error?: string, error_description?: string) => {
      const why = error === undefined ? '' : `, error="${error}", error_description="${error_description}"`;
      context.status = status;
      context.set({
        'www-authenticate': `Bearer resource_metadata="${issuer}${metadataPath}", scope="${scope}"${why}`,
      });
      context.body = { error, error_description };
    };
    const [, value] = /^Bearer +(\S+)$/i.exec(context.req.headers.authorization ?? '') ?? [];
    if (value === undefined) return refuse(401, 'api:read');
    const token = await provider.AccessToken.find(value);
    if (![token?.aud].flat().includes(resource))
      return refuse(401, 'api:read', 'invalid_token', 'It is not for this resource, or has expired.');
    const { id, method, params } = await requestIn(context);
    const called = method === 'tools/call' && isJsonObject(params) ? tools[String(params.name)] : undefined;
    const needed = called?.scope ?? 'api:read';
    if (!token?.scope?.split(' ').includes(needed))
      return refuse(403, needed, 'insufficient_scope', 'The token allows too little.');
    context.status = id === undefined ? 202 : 200;
    const results: JsonObject = {
      initialize: {
        protocolVersion: '2025-11-25',
        capabilities: { tools: {} },
        serverInfo: { name: 'demo', version: '1' },
      },
      'tools/list': { resultType: 'complete', tools: toolList },
      ...(called && {
        'tools/call': { resultType: 'complete', content: [{ type: 'text', text: new Date().toISOString() }] },
      }),
    };
    const result = results[String(method)];
    context.body =
      id === undefined
        ? ''
        : {
            jsonrpc: '2.0',
            id,
            ...(result === undefined
              ? { error: { code: -32601, message: 'There is no such method or tool.' } }
              : { result }),
          };
  });
}

/** The JSON-RPC request of a POST; a GET is answered as if it asked for the tools. */
async function requestIn({ req }: ProviderContext): Promise<JsonObject> {
  if (req.method !== 'POST') return { id: 1, method: 'tools/list' };
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const read = parsePlainJson(Buffer.concat(chunks).toString());
  return isJsonObject(read) ? read : { id: null };
}
