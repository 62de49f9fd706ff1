import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvalidTokenError } from '@modelcontextprotocol/sdk/server/auth/errors.js';
import { requireBearerAuth } from '@modelcontextprotocol/sdk/server/auth/middleware/bearerAuth.js';
import type { OAuthTokenVerifier } from '@modelcontextprotocol/sdk/server/auth/provider.js';
import { mcpAuthMetadataRouter } from '@modelcontextprotocol/sdk/server/auth/router.js';
import { createMcpExpressApp } from '@modelcontextprotocol/sdk/server/express.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { OAuthMetadata } from '@modelcontextprotocol/sdk/shared/auth.js';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/** An MCP server of the official SDK, on loopback. */
export interface SdkResource {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts one that takes JWTs of an authorization server for itself alone. */
export async function startSdkResource(
  issuer: string,
  { scopes, tools }: { readonly scopes: readonly string[]; readonly tools: readonly string[] },
): Promise<SdkResource> {
  const metadata = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
  const app = createMcpExpressApp();
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
  const requiredScopes = [...scopes];
  app.use(
    mcpAuthMetadataRouter({
      oauthMetadata: metadata as OAuthMetadata,
      resourceServerUrl: new URL(url),
      scopesSupported: requiredScopes,
    }),
  );
  app.all(
    '/mcp',
    requireBearerAuth({
      verifier: verifierOf(metadata as OAuthMetadata, url),
      requiredScopes,
      resourceMetadataUrl: url.replace('/mcp', '/.well-known/oauth-protected-resource/mcp'),
      expectedResource: new URL(url),
    }),
    async (request: IncomingMessage & { readonly body?: unknown }, response: ServerResponse) => {
      const mcp = new McpServer({ name: 'sdk', version: '1.0.0' });
      for (const name of tools) mcp.registerTool(name, {}, () => ({ content: [] }));
      const transport = new StreamableHTTPServerTransport({});
      await mcp.connect(transport);
      await transport.handleRequest(request, response, request.body);
    },
  );
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function verifierOf(
  metadata: OAuthMetadata & { readonly jwks_uri?: string },
  audience: string,
): OAuthTokenVerifier {
  const keys = createRemoteJWKSet(new URL(metadata.jwks_uri ?? ''));
  return {
    async verifyAccessToken(token) {
      const { payload } = await jwtVerify(token, keys, {
        issuer: metadata.issuer,
        audience,
        typ: 'at+jwt',
      }).catch((cause: unknown) => {
        throw new InvalidTokenError(cause instanceof Error ? cause.message : 'not a JWT');
      });
      return {
        token,
        clientId: String(payload.client_id),
        scopes: String(payload.scope).split(' '),
        expiresAt: payload.exp ?? 0,
        resource: new URL(audience),
      };
    },
  };
}
