import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type JwsAlgorithm, jwsAlgorithm } from '../../jose/jws.ts';
import { tokenHash } from '../../jose/token-hash.ts';
import type { JsonObject, JsonValue } from '../../json/json.ts';
import { bindServer, closeServer, type IdpRequest } from '../bind-server.ts';
import { readyResponseTypes } from '../ready-setup.ts';
import { signedToken, type TestKey, testKey } from './forged-token.ts';
import { json, type Reply, type SeenRequest, text } from './reply.ts';
import { createAuthorizations, type Granted, type ScriptedClient } from './scripted-authorizations.ts';
import { replyOfResource } from './scripted-resource.ts';

/** The endpoints, as `seen` names them; anything else is seen by its method and path. */
export type Endpoint =
  | 'discovery'
  | 'keys'
  | 'par'
  | 'authorize'
  | 'device'
  | 'backchannel'
  | 'token'
  | 'userinfo'
  | 'resource metadata'
  | 'resource'
  | 'register';

/** An ID token before it is signed. */
export interface UnsignedIdToken {
  readonly header: JsonObject;
  readonly claims: JsonObject;
  readonly key: TestKey;
  /** What it is issued with and for, to be hashed. */
  readonly accessToken: string;
  readonly code: string;
  readonly comesBy: 'browser' | 'token endpoint';
}

/** Where a test wants another answer than the sound one; each gets the sound one to change. */
export interface Script {
  readonly metadata?: (sound: JsonObject) => JsonObject;
  /** For both well-known places. */
  readonly discovery?: (sound: Reply) => Reply;
  /** `asked` counts from 1. */
  readonly keys?: (sound: Reply, asked: number) => Reply;
  /** For the endpoint of pushed requests, which is there only with this; `asked` counts from 1. */
  readonly par?: (sound: Reply, asked: number) => Reply;
  /** For the endpoints of a sign-in elsewhere, which are there only with this (RFC 8628, CIBA). */
  readonly elsewhere?: ScriptedElsewhere;
  /** For the authorization endpoint, whatever was asked of it. */
  readonly authorize?: (request: SeenRequest) => Reply;
  /** The parameters of the authorization response; a string is the query as it goes over the wire. */
  readonly answer?: (sound: Readonly<Record<string, string>>) => Readonly<Record<string, string>> | string;
  /** Answers a request before anything in it counts, such as with the demand for a nonce (RFC 9449 §8). */
  readonly before?: (request: SeenRequest) => Reply | undefined;
  /** Whether there is an MCP resource at `/mcp`, with its metadata, and registration of the client. */
  readonly hasResource?: boolean;
  /** Goes over the wire in place of the sound reply; `asked` counts the requests to the endpoint from 1. */
  readonly instead?: (sound: Reply, request: SeenRequest, asked: number) => Reply | undefined;
  /** The JWT of an authorization response, where one was asked for and `answer` gives no plain one (JARM §2.1). */
  readonly responseJwt?: (sound: Pick<UnsignedIdToken, 'header' | 'claims' | 'key'>) => string;
  readonly token?: (members: JsonObject, request: SeenRequest) => Reply;
  readonly idToken?: (sound: UnsignedIdToken) => string;
  readonly userinfo?: (claims: JsonObject, request: SeenRequest) => Reply;
  /** By how much the clock of the server is ahead. */
  readonly clockAheadSeconds?: number;
  readonly client?: ScriptedClient;
  /** What the server signs with; default RS256. */
  readonly algorithm?: string;
  /**
   * A second door over TLS, with this certificate, for clients that show one of theirs; the metadata names it in
   * `mtls_endpoint_aliases`, and tokens are bound to the certificate (RFC 8705 §3, §5).
   */
  readonly tlsDoor?: { readonly cert: string; readonly key: string };
}

/** How a sign-in elsewhere begins and goes on. */
export interface ScriptedElsewhere {
  readonly begin?: (sound: Reply) => Reply;
  /** What each token request is answered with before the tokens come: an error, an answer, or the end of the connection. */
  readonly polls?: readonly (string | Reply)[];
}

/** A running authorization server that does what the script says and is sound in all the rest. */
export interface ScriptedServer {
  readonly issuer: string;
  readonly requests: readonly SeenRequest[];
  /** Endpoints in the order they were asked. */
  seen(): readonly string[];
  /** What was wrong with what the server was asked, one sentence each. */
  readonly complaints: readonly string[];
  /** The credentials that were handed out or shown so far, by what they are. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Resolves when the endpoint has been asked. */
  asked(endpoint: Endpoint): Promise<void>;
  close(): Promise<void>;
}

const newToken = (kind: string) => `${kind}-${randomBytes(24).toString('base64url')}`;

/** Who logs in at every scripted server. */
const subject = 'user-1';

/** Starts an authorization server on loopback that follows a script (RFC 6749 §4.1, RFC 7636, OIDC Core §3.1). */
export async function startScriptedServer(
  script: Script = {},
  { port: wanted = 0, onRequest }: { port?: number; onRequest?(request: IdpRequest): void } = {},
): Promise<ScriptedServer> {
  const client = script.client ?? { clientId: 'client-1', method: 'none' };
  const { algorithm = 'RS256', tlsDoor } = script;
  const key = testKey(algorithm, 'key-1');
  const requests: SeenRequest[] = [];
  const complaints: string[] = [];
  const secrets = new Map<string, string>();
  /** The last reply of the token endpoint, as it was sent. */
  let tokenReply = '';
  /** The certificate of the client that the last token is bound to. */
  let bound: string | undefined;
  const waiting: { endpoint: string; resolve: () => void }[] = [];
  const authorizations = createAuthorizations(client, complaints, secrets, () => issuer);
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    handle(request, response).catch((error: unknown) => {
      complaints.push(`The scripted server failed: ${String(error)}`);
      response.destroy();
    });
  };
  const server = await bindServer(listener, undefined, '127.0.0.1', wanted);
  const second = tlsDoor && (await bindServer(listener, { ...tlsDoor, requestCert: true }, '127.0.0.1', 0));
  const portOf = (one: Server) => (one.address() as AddressInfo).port;
  const issuer = `http://127.0.0.1:${portOf(server)}`;
  const serverNow = () => new Date(Date.now() + (script.clockAheadSeconds ?? 0) * 1000);

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = performance.now();
    const complaintsBefore = complaints.length;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', issuer);
    const endpoint = endpointOf(url.pathname) ?? `${request.method} ${url.pathname}`;
    const seen: SeenRequest = {
      endpoint,
      method: request.method ?? '',
      url,
      headers: request.headers as SeenRequest['headers'],
      body: Buffer.concat(chunks).toString('utf8'),
      ...thumbprintOf(request),
    };
    requests.push(seen);
    const reply = replyTo(seen);
    for (const waiter of waiting) if (waiter.endpoint === endpoint) waiter.resolve();
    const reason = complaints.slice(complaintsBefore).join('; ');
    onRequest?.({
      method: seen.method,
      path: url.pathname,
      status: typeof reply === 'string' ? 0 : reply.status,
      durationMs: performance.now() - startedMs,
      ...(reason === '' ? {} : { reason }),
    });
    if (reply === 'silence') return;
    if (reply === 'hang-up') return void response.destroy();
    response.sendDate = false;
    response.writeHead(reply.status, { date: serverNow().toUTCString(), ...reply.headers });
    if (reply.staysOpen === true) response.write(reply.body);
    else response.end(reply.body);
  }

  function replyTo(request: SeenRequest): Reply {
    const sound = script.before?.(request) ?? soundReply(request);
    const reply = script.instead?.(sound, request, countOf(request.endpoint)) ?? sound;
    if (request.endpoint === 'token' && typeof reply !== 'string') tokenReply = String(reply.body);
    return reply;
  }

  function soundReply(request: SeenRequest): Reply {
    const ofResource =
      script.hasResource === true
        ? replyOfResource(request, {
            issuer,
            client,
            complaints,
            isIssued: (token) => tokenReply.includes(JSON.stringify(token)),
          })
        : undefined;
    if (ofResource !== undefined) return ofResource;
    switch (request.endpoint) {
      case 'discovery': {
        const sound = soundMetadata(issuer, client, algorithm, script.par !== undefined);
        if (second !== undefined)
          Object.assign(sound, {
            tls_client_certificate_bound_access_tokens: true,
            mtls_endpoint_aliases: doorEndpoints(
              `https://127.0.0.1:${portOf(second)}`,
              script.par !== undefined,
            ),
          });
        if (script.elsewhere !== undefined)
          Object.assign(sound, {
            device_authorization_endpoint: `${issuer}/device`,
            backchannel_authentication_endpoint: `${issuer}/backchannel`,
          });
        if (script.hasResource === true) sound.registration_endpoint = `${issuer}/register`;
        const reply = json(200, script.metadata?.(sound) ?? sound);
        return script.discovery?.(reply) ?? reply;
      }
      case 'keys': {
        const reply = json(200, { keys: [key.jwk] });
        return script.keys?.(reply, countOf('keys')) ?? reply;
      }
      case 'par':
        return replyToPush(request);
      case 'device':
      case 'backchannel':
        return replyToBeginning(request, request.endpoint);
      case 'authorize':
        return replyToBrowser(request);
      case 'token':
        return replyToToken(request);
      case 'userinfo':
        return replyToUserinfo(request);
      default:
        complaints.push(`Nothing is at ${request.endpoint}.`);
        return text(404, 'text/plain', 'Not found');
    }
  }

  function replyToPush(request: SeenRequest): Reply {
    const pushed = authorizations.push(request);
    const sound =
      'error' in pushed
        ? json(pushed.error === 'invalid_client' ? 401 : 400, pushed)
        : json(201, { request_uri: pushed.requestUri, expires_in: 60 });
    return script.par?.(sound, countOf('par')) ?? sound;
  }

  function replyToBeginning(request: SeenRequest, kind: 'device' | 'backchannel'): Reply {
    const begun = authorizations.begin(request);
    const pace = { expires_in: 60, interval: 0.05 };
    const codes = { user_code: 'WDJB-MJHT', verification_uri: `${issuer}/device-page` };
    const sound =
      'error' in begun
        ? json(401, begun)
        : json(
            200,
            kind === 'device'
              ? { device_code: begun.handle, ...codes, ...pace }
              : { auth_req_id: begun.handle, ...pace },
          );
    return script.elsewhere?.begin?.(sound) ?? sound;
  }

  function countOf(name: string): number {
    return requests.filter(({ endpoint }) => endpoint === name).length;
  }

  function replyToBrowser(request: SeenRequest): Reply {
    if (script.authorize !== undefined) return script.authorize(request);
    const granted = authorizations.authorize(request.url.searchParams);
    if (granted === undefined) return text(400, 'text/html', '<!doctype html><h1>Bad request</h1>');
    const isCode = granted.brings.join() === 'code';
    const sound: Readonly<Record<string, string>> = {
      ...(granted.brings.includes('code') ? { code: granted.code } : {}),
      ...browserTokens(granted),
      state: granted.state,
      iss: issuer,
    };
    const answer =
      script.answer?.(sound) ?? (granted.mode.endsWith('jwt') ? { response: responseJwt(sound) } : sound);
    const query = typeof answer === 'string' ? answer : new URLSearchParams(answer).toString();
    if (granted.mode === 'form_post')
      return text(200, 'text/html', selfPostingForm(granted.redirectUri, query));
    return text(302, 'text/html', '', { location: `${granted.redirectUri}${isCode ? '?' : '#'}${query}` });
  }

  /** What comes through the browser without a code or beside it (RFC 6749 §4.2.2; OIDC Core §3.2.2.5, §3.3.2.5). */
  function browserTokens({ brings, code, nonce, scope }: Granted): Readonly<Record<string, string>> {
    const has = (word: string) => brings.includes(word);
    const accessToken = has('token') ? remember('access_token', newToken('at')) : '';
    const hash = { algorithm: jwsAlgorithm(algorithm) as JwsAlgorithm, curve: undefined };
    const idToken = (): string =>
      idTokenOf({
        claims: {
          ...soundClaims(nonce),
          ...(has('token') ? { at_hash: tokenHash(accessToken, hash) } : {}),
          ...(has('code') ? { c_hash: tokenHash(code, hash) } : {}),
        },
        accessToken,
        code,
        comesBy: 'browser',
      });
    return {
      ...(has('token') ? { access_token: accessToken, token_type: 'Bearer', expires_in: '3600', scope } : {}),
      ...(has('id_token') ? { id_token: remember('id_token', idToken()) } : {}),
    };
  }

  function idTokenOf(own: Omit<UnsignedIdToken, 'header' | 'key'>): string {
    const unsigned = { ...own, header: { alg: algorithm, kid: 'key-1', typ: 'JWT' }, key };
    return script.idToken?.(unsigned) ?? signedToken(unsigned.header, unsigned.claims, key);
  }

  function responseJwt(parameters: JsonObject): string {
    const exp = Math.floor(serverNow().getTime() / 1000) + 300;
    const header = { alg: algorithm, kid: 'key-1' };
    const claims = { ...parameters, aud: client.clientId, exp };
    const jwt = script.responseJwt?.({ header, claims, key }) ?? signedToken(header, claims, key);
    return remember('response', jwt);
  }

  function replyToToken(request: SeenRequest): Reply {
    const poll = script.elsewhere?.polls?.[countOf('token') - 1];
    if (poll === 'hang-up' || typeof poll === 'object') return poll;
    if (poll !== undefined) return json(400, { error: poll });
    const redeemed = authorizations.redeem(request);
    if ('error' in redeemed) return json(redeemed.error === 'invalid_client' ? 401 : 400, redeemed);
    const thumbprint = request.headers.dpop === undefined ? request.thumbprint : undefined;
    const accessToken = remember(
      'access_token',
      thumbprint === undefined
        ? newToken('at')
        : signedToken(
            { alg: algorithm, kid: 'key-1', typ: 'at+jwt' },
            { sub: subject, cnf: { 'x5t#S256': thumbprint } },
            key,
          ),
    );
    bound = thumbprint;
    const refreshToken = remember('refresh_token', newToken('rt'));
    const code = secrets.get('code') ?? '';
    const claims = soundClaims(redeemed.nonce);
    const idToken = idTokenOf({ claims, accessToken, code, comesBy: 'token endpoint' });
    const members: JsonObject = {
      access_token: accessToken,
      token_type: request.headers.dpop === undefined ? 'Bearer' : 'DPoP',
      expires_in: 3600,
      refresh_token: refreshToken,
      scope: redeemed.scope,
      ...(redeemed.scope.split(' ').includes('openid') ? { id_token: remember('id_token', idToken) } : {}),
    };
    return script.token?.(members, request) ?? json(200, members);
  }

  function soundClaims(nonce: string | undefined): JsonObject {
    const iat = Math.floor(serverNow().getTime() / 1000);
    const claims = { iss: issuer, sub: subject, aud: client.clientId, iat, exp: iat + 300 };
    return nonce === undefined ? claims : { ...claims, nonce };
  }

  function replyToUserinfo(request: SeenRequest): Reply {
    const claims = { sub: subject, name: 'Alice Example' };
    const scheme = request.headers.dpop === undefined ? 'Bearer' : 'DPoP';
    if (request.headers.authorization !== `${scheme} ${secrets.get('access_token')}`) {
      complaints.push('UserInfo was asked without the access token.');
    }
    if (bound !== undefined && bound !== request.thumbprint)
      complaints.push('UserInfo was asked without the certificate of the token.');
    return script.userinfo?.(claims, request) ?? json(200, claims);
  }

  function remember(kind: string, value: string): string {
    secrets.set(kind, value);
    return value;
  }

  return {
    issuer,
    requests,
    complaints,
    secrets,
    seen: () => requests.map(({ endpoint }) => endpoint),
    asked: (endpoint) =>
      new Promise((resolve) => {
        if (requests.some((request) => request.endpoint === endpoint)) resolve();
        waiting.push({ endpoint, resolve });
      }),
    close: async () => {
      await Promise.all([server, ...(second === undefined ? [] : [second])].map(closeServer));
    },
  };
}

/** Values of tokens, codes and URLs need no escaping (Form Post Response Mode §2). */
function selfPostingForm(action: string, query: string): string {
  const fields = [...new URLSearchParams(query)].map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${value}">`,
  );
  return `<form method="post" action="${action}">${fields.join('')}</form>`;
}

function endpointOf(path: string): Endpoint | undefined {
  if (path.startsWith('/.well-known/oauth-protected-resource')) return 'resource metadata';
  if (path.includes('/.well-known/')) return 'discovery';
  const paths: Readonly<Record<string, Endpoint>> = {
    '/jwks': 'keys',
    '/par': 'par',
    '/authorize': 'authorize',
    '/device': 'device',
    '/backchannel': 'backchannel',
    '/token': 'token',
    '/userinfo': 'userinfo',
    '/mcp': 'resource',
    '/register': 'register',
  };
  return paths[path];
}

function soundMetadata(
  issuer: string,
  { method }: ScriptedClient,
  algorithm: string,
  takesPushed: boolean,
): Record<string, JsonValue> {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    ...doorEndpoints(issuer, takesPushed),
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: [...readyResponseTypes, 'token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [algorithm],
    token_endpoint_auth_methods_supported: [method],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };
}

/** The endpoints that a client goes to by itself. */
function doorEndpoints(base: string, takesPushed: boolean): Record<string, JsonValue> {
  return {
    token_endpoint: `${base}/token`,
    userinfo_endpoint: `${base}/userinfo`,
    ...(takesPushed ? { pushed_authorization_request_endpoint: `${base}/par` } : {}),
  };
}

function thumbprintOf({ socket }: IncomingMessage): Pick<SeenRequest, 'thumbprint'> {
  const certificate = (socket as TLSSocket).getPeerX509Certificate?.();
  if (certificate === undefined) return {};
  return { thumbprint: createHash('sha256').update(certificate.raw).digest('base64url') };
}
