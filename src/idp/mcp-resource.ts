import type { Provider, ProviderContext } from 'oidc-provider';

const path = '/mcp';
const metadataPath = `/.well-known/oauth-protected-resource${path}`;
const scope = 'api:read';

/**
 * Serves a protected resource that speaks as much of the Model Context Protocol as it takes to see a token accepted: it
 * names its metadata in the challenge, and lists one tool to a call with an access token for it (RFC 9728 §3, §5.1).
 */
export function serveMcpResource(provider: Provider): void {
  const { issuer } = provider;
  const resource = `${issuer}${path}`;
  const challenge = (error = '') =>
    `Bearer resource_metadata="${issuer}${metadataPath}", scope="${scope}"${error}`;
  provider.use(async (context, next) => {
    if (context.path === metadataPath) {
      context.status = 200;
      context.body = {
        resource,
        authorization_servers: [issuer],
        scopes_supported: [scope, 'api:write'],
        bearer_methods_supported: ['header'],
        resource_name: 'Demo MCP server',
      };
      return;
    }
    if (context.path !== path) return next();
    const [, value] = /^Bearer +(\S+)$/i.exec(context.req.headers.authorization ?? '') ?? [];
    const token = value === undefined ? undefined : await provider.AccessToken.find(value);
    const isMeant = [token?.aud].flat().includes(resource);
    if (token === undefined || !isMeant) {
      const why =
        value === undefined
          ? ''
          : ', error="invalid_token", error_description="It is not for this resource, or has expired."';
      return refuse(context, 401, challenge(why));
    }
    if (!token.scope?.split(' ').includes(scope))
      return refuse(context, 403, challenge(', error="insufficient_scope"'));
    context.status = 200;
    context.body = {
      jsonrpc: '2.0',
      id: 1,
      result: { tools: [{ name: 'time', inputSchema: { type: 'object' } }] },
    };
  });
}

function refuse(context: ProviderContext, status: number, challenge: string): void {
  context.status = status;
  context.set({ 'www-authenticate': challenge });
  context.body = { error: status === 401 ? 'invalid_token' : 'insufficient_scope' };
}
