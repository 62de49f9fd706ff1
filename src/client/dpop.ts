import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { type HttpRequest, type HttpResponse, headerValue } from '../http-message.ts';
import { publicMembers } from '../jose/jwk.ts';
import { signJwt } from '../jose/jws.ts';
import { readSigningKey } from '../jose/key-file.ts';
import type { JsonObject } from '../json/json.ts';
import { readResponseBody, topLevelObject } from '../protocol/response-body.ts';
import type { Middleware } from './middleware.ts';

/** Makes the key that a token is bound to: a private JWK for ES256 (RFC 9449 §5). */
export function createDpopKey(): JsonObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  }) as JsonObject;
}

/**
 * Proves with each token request that the client holds a key, to which the server binds the token (RFC 9449 §5). A
 * request that is refused because its proof lacks a nonce of the server is sent once more, with that nonce (§8).
 */
export function proveDpop(jwk: JsonObject, now: () => Date): Middleware {
  const key = readSigningKey(JSON.stringify(jwk));
  const header = { typ: 'dpop+jwt', jwk: publicMembers(jwk) ?? {} };
  let nonce: string | undefined;
  const withProof = (request: HttpRequest): HttpRequest => {
    const claims = {
      jti: randomUUID(),
      htm: request.method,
      htu: request.url.replace(/[?#].*$/s, ''),
      iat: Math.floor(now().getTime() / 1000),
      ...(nonce === undefined ? {} : { nonce }),
    };
    return { ...request, headers: [...request.headers, ['dpop', signJwt(header, claims, key)]] };
  };
  return (next, retrying) => async (outgoing) => {
    const { step, request, rebuild } = outgoing;
    if (step !== 'token') return next(outgoing);
    const prove = async (unproven: HttpRequest) => {
      const exchange = await next({ ...outgoing, request: withProof(unproven) });
      nonce = headerValue(exchange.response.headers, 'dpop-nonce') ?? nonce;
      return exchange;
    };
    const exchange = await prove(request);
    if (!demandsNonce(exchange.response)) return exchange;
    retrying(step, 'the server demands a DPoP nonce');
    return prove(rebuild?.() ?? request);
  };
}

/** A demand without a nonce could never be met (RFC 9449 §8). */
function demandsNonce({ headers, body }: HttpResponse): boolean {
  if (headerValue(headers, 'dpop-nonce') === undefined) return false;
  return topLevelObject(readResponseBody(body))?.error === 'use_dpop_nonce';
}
