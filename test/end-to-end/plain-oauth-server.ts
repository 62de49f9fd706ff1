import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Which metadata the server publishes. */
type Published = 'nothing' | 'RFC 8414' | 'RFC 8414 below a path';

/** An OAuth 2.0 server that knows no OpenID Connect and asks nobody anything. */
export interface PlainOauthServer {
  readonly origin: string;
  readonly issuer: string;
  /** Method and path of each request, in order. */
  readonly requests: readonly string[];
  /** The body of the last token request. */
  readonly tokenRequest: URLSearchParams;
  close(): Promise<void>;
}

/** Starts an OAuth 2.0 server that says yes to everything (RFC 6749 §4.1). */
export async function startPlainOauthServer(published: Published = 'nothing'): Promise<PlainOauthServer> {
  const requests: string[] = [];
  let tokenRequest = new URLSearchParams();
  let origin = '';
  const tenant = published === 'RFC 8414 below a path' ? '/tenant' : '';
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', origin);
    requests.push(`${request.method} ${url.pathname}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const json = (value: object) =>
      response
        .writeHead(200, {
          'content-type': 'application/json',
          'cache-control': 'no-store',
          pragma: 'no-cache',
        })
        .end(JSON.stringify(value));

    if (url.pathname === '/authorize') {
      const { searchParams } = url;
      const answer = new URL(searchParams.get('redirect_uri') ?? '');
      answer.searchParams.set('code', 'the-code-of-a-plain-server');
      const state = searchParams.get('state');
      if (state !== null) answer.searchParams.set('state', state);
      return response.writeHead(302, { location: answer.href }).end();
    }
    if (url.pathname === '/token') {
      tokenRequest = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
      return json({ access_token: 'an-opaque-access-token', token_type: 'bearer', expires_in: 60 });
    }
    if (published !== 'nothing' && url.pathname === `/.well-known/oauth-authorization-server${tenant}`) {
      return json({
        issuer: `${origin}${tenant}`,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_methods_supported: ['none'],
      });
    }
    return response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    issuer: `${origin}${tenant}`,
    requests,
    get tokenRequest() {
      return tokenRequest;
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
