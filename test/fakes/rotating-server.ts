import { randomBytes } from 'node:crypto';
import type { JsonObject } from '../../src/json/json.ts';
import { LoopbackServers } from './loopback-servers.ts';

/** How the server differs from one that answers at once, rotates, and ends a session whose old token comes again. */
export interface RotatingServerOptions {
  /** Life of an access token. */
  readonly lifetimeSeconds?: number;
  /** How long a token request takes. */
  readonly delayMs?: number;
  /** An old refresh token still works this long after it was replaced, and brings the same successor's line on. */
  readonly leewayMs?: number;
  readonly rotates?: boolean;
  /** Where a test wants another answer; it gets the sound one. undefined hangs up. */
  readonly answer?: (sound: TokenAnswer, request: TokenRequestSeen) => TokenAnswer | undefined;
  /** By how much the clock of the server is ahead. */
  readonly clockAheadSeconds?: number;
}

/** An answer of the token endpoint. */
export interface TokenAnswer {
  readonly status: number;
  readonly body: JsonObject | string;
}

/** A request to the token or revocation endpoint as it came. */
export interface TokenRequestSeen {
  readonly path: string;
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
}

/** An authorization server with rotating refresh tokens. */
export interface RotatingServer {
  readonly origin: string;
  readonly tokenEndpoint: string;
  readonly requests: readonly TokenRequestSeen[];
  /** The refresh token that was issued last, and the access token with it. */
  readonly last: { readonly refreshToken: string; readonly accessToken: string };
  /** Whether the session still lives: no old refresh token was used again. */
  isAlive(): boolean;
  /** Whether a refresh token would be taken now. */
  honours(refreshToken: string): boolean;
  revoke(): void;
  /** Begins a new session, as if somebody had logged in. */
  begin(): { readonly refreshToken: string; readonly accessToken: string };
  close(): Promise<void>;
}

/** Starts the server; one session lives on it from the start. */
export async function startRotatingServer(options: RotatingServerOptions = {}): Promise<RotatingServer> {
  const { lifetimeSeconds = 3600, delayMs = 0, leewayMs = 0, rotates = true } = options;
  const requests: TokenRequestSeen[] = [];
  const replaced = new Map<string, number>();
  let alive = true;
  let last = fresh();

  function fresh() {
    const token = (kind: string) => `${kind}-${randomBytes(24).toString('base64url')}`;
    return { refreshToken: token('rt'), accessToken: token('at') };
  }
  const honours = (refreshToken: string) =>
    alive &&
    (refreshToken === last.refreshToken ||
      Date.now() - (replaced.get(refreshToken) ?? Number.NEGATIVE_INFINITY) <= leewayMs);

  function refresh(form: URLSearchParams): TokenAnswer {
    const given = form.get('refresh_token') ?? '';
    if (!honours(given)) {
      if (replaced.has(given)) alive = false;
      return {
        status: 400,
        body: { error: 'invalid_grant', error_description: 'The refresh token is not known.' },
      };
    }
    const next = fresh();
    if (rotates && !replaced.has(given)) replaced.set(given, Date.now());
    if (rotates) replaced.set(last.refreshToken, replaced.get(last.refreshToken) ?? Date.now());
    last = rotates ? next : { ...next, refreshToken: last.refreshToken };
    return tokens({
      ...(rotates ? { refresh_token: last.refreshToken } : {}),
      scope: form.get('scope') ?? 'read write',
    });
  }
  function tokens(further: JsonObject): TokenAnswer {
    return {
      status: 200,
      body: { access_token: last.accessToken, token_type: 'Bearer', expires_in: lifetimeSeconds, ...further },
    };
  }
  function soundAnswer({ path, form }: TokenRequestSeen): TokenAnswer {
    if (path === '/revoke') {
      alive = false;
      return { status: 200, body: '' };
    }
    switch (form.get('grant_type')) {
      case 'refresh_token':
        return refresh(form);
      case 'client_credentials':
        last = { ...last, accessToken: fresh().accessToken };
        return tokens({ scope: form.get('scope') ?? '' });
      default:
        return { status: 400, body: { error: 'unsupported_grant_type' } };
    }
  }

  const servers = new LoopbackServers();
  const { port } = await servers.http(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    if (path.startsWith('/.well-known/')) {
      const metadata = {
        issuer: origin,
        token_endpoint: `${origin}/token`,
        revocation_endpoint: `${origin}/revoke`,
        end_session_endpoint: `${origin}/end`,
        authorization_endpoint: `${origin}/authorize`,
        response_types_supported: ['code'],
        token_endpoint_auth_methods_supported: ['client_secret_basic', 'none'],
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(metadata));
      return;
    }
    const seen: TokenRequestSeen = {
      path,
      form: new URLSearchParams(Buffer.concat(chunks).toString('utf8')),
      authorization: request.headers.authorization,
    };
    requests.push(seen);
    const sound = soundAnswer(seen);
    const answer = options.answer === undefined ? sound : options.answer(sound, seen);
    if (answer === undefined) return void response.destroy();
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    response.sendDate = false;
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      pragma: 'no-cache',
      date: new Date(Date.now() + (options.clockAheadSeconds ?? 0) * 1000).toUTCString(),
    });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    tokenEndpoint: `${origin}/token`,
    requests,
    get last() {
      return last;
    },
    isAlive: () => alive,
    honours,
    revoke: () => {
      alive = false;
    },
    begin() {
      alive = true;
      replaced.clear();
      last = fresh();
      return last;
    },
    close: () => servers.closeAll(),
  };
}
