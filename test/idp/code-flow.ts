import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { visitAsPerson } from '../../src/idp/headless-person.ts';
import type { RunningIdp } from '../../src/idp/start-idp.ts';

/** What a redirect URI was asked. */
interface SeenCallback {
  readonly method: string;
  readonly parameters: URLSearchParams;
}

/** A redirect URI on a free port that keeps what it is asked. */
export async function listenForCallback(host = '127.0.0.1') {
  const seen: SeenCallback[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const query = new URL(request.url ?? '/', 'http://unused').searchParams;
    const parameters =
      request.method === 'POST' ? new URLSearchParams(Buffer.concat(chunks).toString()) : query;
    seen.push({ method: request.method ?? '', parameters });
    response.end('<p>signed in</p>');
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    redirectUri: `http://${host.includes(':') ? `[${host}]` : host}:${port}/callback`,
    seen,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const verifier = randomBytes(32).toString('base64url');
const challenge = createHash('sha256').update(verifier).digest('base64url');

/** An authorization URL with PKCE; given parameters replace the usual ones, undefined removes. */
export function authorizationUrl(
  idp: RunningIdp,
  redirectUri: string,
  given: Record<string, string | undefined> = {},
) {
  const parameters = {
    client_id: 'demo-public',
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    state: 'state-1',
    nonce: 'nonce-1',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...given,
  };
  const url = new URL('/auth', idp.issuer);
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

/** Goes to an authorization URL as alice; returns where that ended and the steps. */
export async function visit(
  idp: RunningIdp,
  url: string,
  redirectUri: string,
  decision: 'allow' | 'deny' = 'allow',
) {
  const steps: string[] = [];
  const result = await visitAsPerson({
    url,
    issuer: idp.issuer,
    redirectUri,
    user: 'alice',
    decision,
    signal: new AbortController().signal,
    onStep: (step) => steps.push(step),
  });
  return { ...result, steps };
}

/** Sends a form, with HTTP Basic when a client is given, and reads the JSON answer. */
export async function postForm(
  url: string,
  form: Record<string, string>,
  { basic, headers = {} }: { basic?: string; headers?: Record<string, string> } = {},
) {
  const response = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: {
      ...headers,
      ...(basic === undefined ? {} : { authorization: `Basic ${Buffer.from(basic).toString('base64')}` }),
    },
  });
  const text = await response.text();
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  return { status: response.status, body };
}

/** Signs in and redeems the code; the answer of the token endpoint. */
export async function signIn(
  idp: RunningIdp,
  given: Record<string, string | undefined> = {},
  token: { form?: Record<string, string>; headers?: Record<string, string> } = {},
) {
  const callback = await listenForCallback();
  try {
    await visit(idp, authorizationUrl(idp, callback.redirectUri, given), callback.redirectUri);
    const code = callback.seen[0]?.parameters.get('code') ?? '';
    return await redeem(idp, code, callback.redirectUri, given.client_id ?? 'demo-public', token);
  } finally {
    await callback.close();
  }
}

/** Redeems a code as one of the ready clients, authenticating the way it is registered for. */
export function redeem(
  idp: RunningIdp,
  code: string,
  redirectUri: string,
  clientId: string,
  { form = {}, headers = {} }: { form?: Record<string, string>; headers?: Record<string, string> } = {},
) {
  const client = idp.clients.find(({ client_id }) => client_id === clientId);
  const method = client?.token_endpoint_auth_method;
  const secret = client?.client_secret ?? '';
  return postForm(
    `${idp.issuer}/token`,
    {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
      ...(method === 'client_secret_basic' ? {} : { client_id: clientId }),
      ...(method === 'client_secret_post' ? { client_secret: secret } : {}),
      ...form,
    },
    { headers, ...(method === 'client_secret_basic' ? { basic: `${clientId}:${secret}` } : {}) },
  );
}

/** The claims of a JWT, unverified. */
export function claimsOf(jwt: unknown): Record<string, unknown> {
  return JSON.parse(Buffer.from(String(jwt).split('.')[1] ?? '', 'base64url').toString('utf8'));
}

/** Fetches a JSON object. */
export async function getJson(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}
