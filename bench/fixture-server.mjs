// The authorization server of the benchmarks: a minimal, fast OpenID provider on loopback that checks what it is
// asked and counts requests and connections. It is started with fork(), in a process of its own, so that its work
// is not charged to the client under measurement; see fixture-process.mjs for the other end of the channel.
import { createHash, createPublicKey, generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { startDelayRelay } from './delay-relay.mjs';

const AUTHORIZE = '/authorize';
const LIFETIME_SECONDS = 3600;

const digest = (value) => createHash('sha256').update(value).digest();
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const invalid = (error, error_description, status = 400) => ({ status, body: { error, error_description } });

/** Makes the key set: several keys, as real servers have, of which the second signs. */
function createKeys() {
  const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pairs = [
    { kid: 'rsa-previous', alg: 'RS256', ...rsa() },
    { kid: 'rsa-current', alg: 'RS256', ...rsa() },
    { kid: 'rsa-next', alg: 'RS256', ...rsa() },
    { kid: 'ec-current', alg: 'ES256', ...ec() },
    { kid: 'ec-next', alg: 'ES256', ...ec() },
  ];
  const keys = pairs.map(({ kid, alg, publicKey }) => ({
    ...publicKey.export({ format: 'jwk' }),
    kid,
    alg,
    use: 'sig',
  }));
  return {
    jwks: { keys },
    signJwt(claims, typ, name = 'rsa-current') {
      const { kid, alg, privateKey: key } = pairs.find((pair) => pair.kid === name);
      const input = `${encode({ alg, typ, kid })}.${encode(claims)}`;
      const signature = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
      return `${input}.${signature.toString('base64url')}`;
    },
  };
}

/** The claims and header of a JWT that was signed with ES256; the key is the given one, or else in its header. */
function verifiedJwt(jwt, jwk) {
  const [header, claims, signature] = jwt.split('.');
  const decode = (part) => JSON.parse(Buffer.from(part, 'base64url'));
  const key = createPublicKey({ key: jwk ?? decode(header).jwk, format: 'jwk' });
  const input = Buffer.from(`${header}.${claims}`);
  if (!verify('sha256', input, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')))
    throw new Error('a signature is wrong');
  return { header: decode(header), claims: decode(claims) };
}

/** The thumbprint of the key that a DPoP proof brings (RFC 7638 §3.2, RFC 9449 §4.3). */
function provenKey(proof, method, url) {
  const { header, claims } = verifiedJwt(proof);
  if (claims.htm !== method || claims.htu !== url) throw new Error('a proof is for another request');
  const { crv, kty, x, y } = header.jwk;
  return digest(JSON.stringify({ crv, kty, x, y })).toString('base64url');
}

function metadataOf(issuer) {
  return {
    issuer,
    authorization_endpoint: issuer + AUTHORIZE,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    userinfo_endpoint: `${issuer}/userinfo`,
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    token_endpoint_auth_methods_supported: [
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
      'none',
    ],
    token_endpoint_auth_signing_alg_values_supported: ['ES256', 'PS256'],
    pushed_authorization_request_endpoint: `${issuer}/par`,
    dpop_signing_alg_values_supported: ['ES256', 'PS256'],
    code_challenge_methods_supported: ['S256'],
    claims_supported: ['sub', 'name', 'email', 'auth_time'],
    authorization_response_iss_parameter_supported: true,
  };
}

/** Makes the four endpoints and the redirecting authorization endpoint; each returns what is to be answered. */
function createEndpoints(issuer, clientKey) {
  const { jwks, signJwt } = createKeys();
  const metadata = metadataOf(issuer);
  const codes = new Map();
  const accessTokens = new Map();
  const pushed = new Map();

  /** Whether a form is of the client that signs its requests, which has to prove itself then (RFC 7523 §3). */
  function isSigned(form) {
    const assertion = form.get('client_assertion');
    if (assertion === null) return false;
    const { aud, iss } = verifiedJwt(assertion, clientKey).claims;
    if (aud !== issuer || iss !== form.get('client_id'))
      throw new Error('an assertion is for another server');
    return true;
  }

  function par(form) {
    if (!isSigned(form)) return invalid('invalid_client', 'an assertion is missing', 401);
    const request_uri = `urn:ietf:params:oauth:request_uri:${randomBytes(16).toString('base64url')}`;
    pushed.set(request_uri, form);
    return { status: 201, body: { request_uri, expires_in: 60 } };
  }

  function authorize(asked) {
    const query = pushed.get(asked.get('request_uri')) ?? asked;
    if (!URL.canParse(query.get('redirect_uri')))
      return invalid('invalid_request', 'redirect_uri is not a URL');
    const redirectUri = new URL(query.get('redirect_uri'));
    if (!['127.0.0.1', '[::1]', 'localhost'].includes(redirectUri.hostname)) {
      return invalid('invalid_request', 'redirect_uri is not on loopback');
    }
    if (query.get('response_type') !== 'code' || query.get('code_challenge_method') !== 'S256') {
      return invalid('invalid_request', 'response_type=code and code_challenge_method=S256 are required');
    }
    const code = randomBytes(32).toString('base64url');
    codes.set(code, query);
    redirectUri.searchParams.set('code', code);
    if (query.has('state')) redirectUri.searchParams.set('state', query.get('state'));
    redirectUri.searchParams.set('iss', issuer);
    return { status: 302, location: redirectUri.href };
  }

  function token(form, proof) {
    const jkt = proof && provenKey(proof, 'POST', `${issuer}/token`);
    const signed = isSigned(form);
    if (signed && jkt === undefined) return invalid('invalid_dpop_proof');
    const request = codes.get(form.get('code'));
    codes.delete(form.get('code'));
    if (form.get('grant_type') !== 'authorization_code') return invalid('unsupported_grant_type');
    if (request === undefined) return invalid('invalid_grant', 'unknown or used code');
    if (form.get('redirect_uri') !== request.get('redirect_uri')) {
      return invalid('invalid_grant', 'redirect_uri differs');
    }
    const challenge = digest(form.get('code_verifier') ?? '').toString('base64url');
    if (challenge !== request.get('code_challenge'))
      return invalid('invalid_grant', 'code_verifier does not match');

    const iat = Math.floor(Date.now() / 1000);
    const client_id = request.get('client_id');
    const scope = request.get('scope') ?? '';
    const common = { iss: issuer, sub: 'user-1', iat, exp: iat + LIFETIME_SECONDS };
    const access_token = signJwt(
      {
        ...common,
        ...{ aud: `${issuer}/api`, client_id, scope, jti: randomBytes(16).toString('base64url') },
        cnf: jkt && { jkt },
      },
      'at+jwt',
    );
    const at_hash = digest(access_token).subarray(0, 16).toString('base64url');
    const nonce = request.get('nonce') ?? undefined;
    const claims = { ...common, aud: client_id, auth_time: iat, nonce, at_hash };
    const id_token = signJwt(claims, 'JWT', signed ? 'ec-current' : undefined);
    accessTokens.set(access_token, { sub: common.sub, jkt });
    const refresh_token = randomBytes(32).toString('base64url');
    return {
      status: 200,
      body: {
        access_token,
        token_type: jkt === undefined ? 'Bearer' : 'DPoP',
        expires_in: LIFETIME_SECONDS,
        refresh_token,
        scope,
        id_token,
      },
    };
  }

  function userinfo({ authorization, dpop }) {
    const { sub, jkt } = accessTokens.get(authorization?.replace(/^(?:bearer|dpop) /i, '')) ?? {};
    const proven = dpop && provenKey(dpop, 'GET', `${issuer}/userinfo`);
    if (sub === undefined || proven !== jkt) return invalid('invalid_token', 'unknown access token', 401);
    return {
      status: 200,
      body: { sub, name: 'Ada Example', email: 'ada@example.test', email_verified: true },
    };
  }

  return async (request) => {
    const { pathname, searchParams } = new URL(request.url, issuer);
    switch (`${request.method} ${pathname}`) {
      case 'GET /.well-known/openid-configuration':
        return { status: 200, body: metadata };
      case 'GET /jwks':
        return { status: 200, body: jwks };
      case `GET ${AUTHORIZE}`:
        return authorize(searchParams);
      case 'POST /par':
        return par(await formOf(request));
      case 'POST /token':
        return token(await formOf(request), request.headers.dpop);
      case 'GET /userinfo':
        return userinfo(request.headers);
      default:
        return invalid('not_found', `${request.method} ${pathname}`, 404);
    }
  };
}

async function formOf(request) {
  return new URLSearchParams(Buffer.concat(await request.toArray()).toString());
}

/** Counts by connection, so that the scripted browser's can be told from the client's. */
function createCounter() {
  let connections = new Map();
  return {
    connected: (socket) => connections.set(socket, []),
    requested: (request) => connections.get(request.socket)?.push(request.url.split('?')[0]),
    take() {
      const ofClient = [...connections.values()].filter((paths) => !paths.includes(AUTHORIZE));
      connections = new Map();
      return { connections: ofClient.length, requests: ofClient.flat() };
    },
  };
}

async function serve({ tls, roundTripMs, clientKey }) {
  const counter = createCounter();
  let answer;
  const onRequest = async (request, response) => {
    counter.requested(request);
    const { status, location, body } = await answer(request);
    const text = body === undefined ? '' : JSON.stringify(body);
    response.writeHead(status, {
      ...(location === undefined ? { 'content-type': 'application/json' } : { location }),
      'content-length': Buffer.byteLength(text),
      'cache-control': 'no-store',
    });
    response.end(text);
  };
  const server = tls ? createHttpsServer(tls, onRequest) : createHttpServer(onRequest);
  server.on(tls ? 'secureConnection' : 'connection', counter.connected);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const directPort = server.address().port;
  const port =
    roundTripMs > 0 ? (await startDelayRelay({ targetPort: directPort, roundTripMs })).port : directPort;
  const issuer = `${tls ? 'https' : 'http'}://127.0.0.1:${port}`;
  answer = createEndpoints(issuer, clientKey);
  return { issuer, take: counter.take };
}

process.once('disconnect', () => process.exit());
process.once('message', async (options) => {
  const { issuer, take } = await serve(options);
  process.on('message', () => process.send(take()));
  process.send({ issuer });
});
