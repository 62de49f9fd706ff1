import { createHash, createHmac, type KeyObject, randomBytes, timingSafeEqual, verify } from 'node:crypto';
import type { JsonObject } from '../../json/json.ts';
import { cibaType, deviceCodeType } from '../../protocol/grant-types.ts';
import type { SeenRequest } from './reply.ts';

/** The one client of a scripted server, and how it must prove itself. */
export interface ScriptedClient {
  readonly clientId: string;
  readonly method:
    | 'none'
    | 'client_secret_basic'
    | 'client_secret_post'
    | 'client_secret_jwt'
    | 'private_key_jwt'
    | 'tls_client_auth';
  readonly clientSecret?: string;
  /** For private_key_jwt with RS256 or ES256, and for request objects. */
  readonly publicKey?: KeyObject;
}

/** The answer that the user's browser is sent away with. */
export interface Granted {
  readonly code: string;
  /** What the answer brings (OAuth Multiple Response Types §3, §5). */
  readonly brings: readonly string[];
  readonly nonce: string | undefined;
  readonly scope: string;
  readonly state: string;
  readonly redirectUri: string;
  readonly mode: string;
}

/** What a redeemed code stands for, or the error of the token endpoint (RFC 6749 §5.2). */
type Redeemed =
  | { readonly nonce: string | undefined; readonly scope: string }
  | { readonly error: 'invalid_client' | 'invalid_grant' | 'invalid_request' };

/** What a pushed request is kept under, or why it was refused (RFC 9126 §2.2, §2.3). */
type Pushed = { readonly requestUri: string } | { readonly error: 'invalid_client' | 'invalid_request' };

/** What names a sign-in elsewhere, by the grant that asks how it went. */
const elsewhere: Readonly<Record<string, string>> = {
  [deviceCodeType]: 'device_code',
  [cibaType]: 'auth_req_id',
};

/**
 * Grants and redeems codes, and complains of every request that a strict server would refuse: the parameters of the
 * authorization request, PKCE, the redirect URI octet by octet, the client's authentication, a code used twice
 * (RFC 6749 §4.1, RFC 7636 §4.6).
 */
export function createAuthorizations(
  client: ScriptedClient,
  complaints: string[],
  secrets: Map<string, string>,
  issuer: () => string,
) {
  const granted = new Map<string, URLSearchParams>();
  const pushedRequests = new Map<string, URLSearchParams>();

  const begunElsewhere = new Map<string, URLSearchParams>();

  return { push, begin, authorize, redeem };

  /** Keeps a pushed request for the one time that the browser brings its URI (RFC 9126 §2). */
  function push(request: SeenRequest): Pushed {
    const form = new URLSearchParams(request.body);
    const objection = clientObjection(request, form);
    if (objection !== undefined) return refuse('invalid_client', objection, 'pushed request');
    if (request.method !== 'POST' || form.has('request_uri'))
      return refuse('invalid_request', 'it is not a POST, or has a request_uri', 'pushed request');
    const requestUri = `urn:ietf:params:oauth:request_uri:${randomBytes(24).toString('base64url')}`;
    pushedRequests.set(requestUri, form);
    return { requestUri };
  }

  /** Keeps what a sign-in elsewhere was asked for (RFC 8628 §3.1, CIBA Core §7.1). */
  function begin(request: SeenRequest): { readonly handle: string } | { readonly error: 'invalid_client' } {
    const form = new URLSearchParams(request.body);
    const objection = clientObjection(request, form);
    if (objection !== undefined) return refuse('invalid_client', objection, 'first request');
    const handle = `handle-${randomBytes(24).toString('base64url')}`;
    secrets.set('device_code', handle);
    begunElsewhere.set(handle, form);
    return { handle };
  }

  /** The parameters of the browser, or what was pushed in their place (RFC 9126 §4). */
  function authorize(sent: URLSearchParams): Granted | undefined {
    const requestUri = sent.get('request_uri');
    const pushed = requestUri === null ? undefined : pushedRequests.get(requestUri);
    pushedRequests.delete(requestUri ?? '');
    if (requestUri !== null && sent.get('client_id') !== client.clientId)
      complaints.push('authorization request: client_id is not beside request_uri');
    return grant(openObject(pushed ?? sent));
  }

  /** The parameters in a request object, which stand for those beside it (RFC 9101 §6.3). */
  function openObject(sent: URLSearchParams): URLSearchParams {
    const object = sent.get('request');
    if (object === null) return sent;
    const { header, claims } = decodeParts(object);
    const nowSeconds = Date.now() / 1000;
    const problems = [
      header.typ !== 'oauth-authz-req+jwt' && 'typ is not oauth-authz-req+jwt',
      !isSignedBy(client, object) && 'it is not signed by the client',
      claims.iss !== client.clientId && 'iss is not the client',
      claims.client_id !== sent.get('client_id') && 'client_id is not that beside it',
      claims.aud !== issuer() && 'aud is not the issuer',
      typeof claims.jti !== 'string' && 'jti is missing',
      !(Number(claims.exp) > nowSeconds && Number(claims.exp) < nowSeconds + 3600) &&
        'exp is not within an hour',
      !(Number(claims.nbf) > nowSeconds - 60) && 'nbf is not now',
    ];
    for (const problem of problems) if (problem !== false) complaints.push(`request object: ${problem}`);
    return new URLSearchParams(
      Object.entries(claims)
        .filter(([name]) => !['iss', 'aud', 'jti', 'exp', 'iat', 'nbf'].includes(name))
        .map(([name, value]): [string, string] => [name, String(value)]),
    );
  }

  function grant(parameters: URLSearchParams): Granted | undefined {
    const redirectUri = parameters.get('redirect_uri') ?? '';
    const state = parameters.get('state') ?? '';
    const brings = (parameters.get('response_type') ?? '').split(' ');
    const problems = [
      !brings.every((word) => ['code', 'id_token', 'token'].includes(word)) && 'response_type is not known',
      brings.includes('id_token') && !parameters.has('nonce') && 'nonce is missing',
      parameters.get('client_id') !== client.clientId && 'client_id is not known',
      !/^http:\/\/127\.0\.0\.1:[1-9]\d*\/callback$/.test(redirectUri) && 'redirect_uri is not registered',
      brings.includes('code') &&
        !/^[\w-]{43}$/.test(parameters.get('code_challenge') ?? '') &&
        'code_challenge is not a SHA-256',
      brings.includes('code') &&
        parameters.get('code_challenge_method') !== 'S256' &&
        'code_challenge_method is not S256',
      // 128 bits in base64url.
      state !== '' && state.length < 22 && 'state can be guessed',
      new Set(parameters.keys()).size !== [...parameters].length && 'a parameter is given twice',
    ];
    const found = problems.filter((problem) => problem !== false);
    complaints.push(...found.map((problem) => `authorization request: ${problem}`));
    if (redirectUri === '') return undefined;
    const code = `code-${randomBytes(24).toString('base64url')}`;
    secrets.set('code', code);
    granted.set(code, parameters);
    return {
      code,
      brings,
      nonce: parameters.get('nonce') ?? undefined,
      scope: parameters.get('scope') ?? '',
      state,
      redirectUri,
      mode: parameters.get('response_mode') ?? '',
    };
  }

  function redeem(request: SeenRequest): Redeemed {
    const form = new URLSearchParams(request.body);
    const handle = elsewhere[form.get('grant_type') ?? ''];
    if (handle !== undefined) return redeemElsewhere(request, form, form.get(handle) ?? '');
    secrets.set('code_verifier', form.get('code_verifier') ?? '');
    const asked = granted.get(form.get('code') ?? '');
    granted.delete(form.get('code') ?? '');
    if (request.method !== 'POST' || form.get('grant_type') !== 'authorization_code') {
      return refuse('invalid_request', 'it is not a POST of a grant_type authorization_code');
    }
    const objection = clientObjection(request, form);
    if (objection !== undefined) return refuse('invalid_client', objection);
    if (asked === undefined) return refuse('invalid_grant', 'the code is not known, or was used before');
    if (form.get('redirect_uri') !== asked.get('redirect_uri')) {
      return refuse('invalid_grant', 'redirect_uri is not that of the authorization request');
    }
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (challenge !== asked.get('code_challenge')) {
      return refuse('invalid_grant', 'code_verifier does not fit code_challenge');
    }
    return { nonce: asked.get('nonce') ?? undefined, scope: asked.get('scope') ?? '' };
  }

  function redeemElsewhere(request: SeenRequest, form: URLSearchParams, handle: string): Redeemed {
    const objection = clientObjection(request, form);
    if (objection !== undefined) return refuse('invalid_client', objection);
    const asked = begunElsewhere.get(handle);
    if (asked === undefined) return refuse('invalid_grant', 'the sign-in elsewhere is not known');
    return { nonce: undefined, scope: asked.get('scope') ?? '' };
  }

  function refuse<Code extends 'invalid_client' | 'invalid_grant' | 'invalid_request'>(
    error: Code,
    why: string,
    what = 'token request',
  ): { readonly error: Code } {
    complaints.push(`${what}: ${why}`);
    return { error };
  }

  function clientObjection({ headers, thumbprint }: SeenRequest, form: URLSearchParams): string | undefined {
    const { clientId, clientSecret = '', method } = client;
    const used = [
      headers.authorization !== undefined && 'client_secret_basic',
      form.has('client_secret') && 'client_secret_post',
      form.has('client_assertion') && (method === 'private_key_jwt' ? method : 'client_secret_jwt'),
      method === 'tls_client_auth' && thumbprint !== undefined && method,
    ].filter((name) => name !== false);
    if (used.length > 1 || (used[0] ?? 'none') !== method)
      return `the client used ${used.join(' and ') || 'none'}`;
    switch (method) {
      case 'none':
      case 'tls_client_auth':
        return form.get('client_id') === clientId ? undefined : 'client_id is not that of the client';
      case 'client_secret_basic': {
        const encode = (text: string) => new URLSearchParams([['', text]]).toString().slice(1);
        const sound = Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64');
        secrets.set('basic_credentials', sound);
        return headers.authorization === `Basic ${sound}` ? undefined : 'the credentials are wrong';
      }
      case 'client_secret_post':
        return form.get('client_id') === clientId && form.get('client_secret') === clientSecret
          ? undefined
          : 'the credentials are wrong';
      case 'client_secret_jwt':
      case 'private_key_jwt': {
        const assertion = form.get('client_assertion') ?? '';
        secrets.set('client_assertion', assertion);
        return isSignedBy(client, assertion) ? undefined : 'the assertion is not signed by the client';
      }
    }
  }
}

function decodeParts(jwt: string): Record<'header' | 'claims', JsonObject> {
  const [header = {}, claims = {}] = jwt
    .split('.', 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')));
  return { header, claims };
}

function isSignedBy({ clientSecret = '', publicKey }: ScriptedClient, jwt: string): boolean {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  const input = Buffer.from(`${header}.${claims}`);
  const received = Buffer.from(signature, 'base64url');
  if (publicKey !== undefined)
    return verify('sha256', input, { key: publicKey, dsaEncoding: 'ieee-p1363' }, received);
  const expected = createHmac('sha256', clientSecret).update(input).digest();
  return received.length === expected.length && timingSafeEqual(received, expected);
}
