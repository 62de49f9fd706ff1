import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { CheckResult } from '../checks/check-result.ts';
import { checkDpopBinding } from '../checks/dpop.ts';
import { UsageError } from '../errors.ts';
import { type HttpExchange, type HttpRequest, headerValue, withoutQuery } from '../http-message.ts';
import { jwkThumbprint, publicMembers, secretMembers } from '../jose/jwk.ts';
import { chooseSigningKey, jwsAlgorithm, type SigningKey, signJwt, waysToSign } from '../jose/jws.ts';
import { readSigningKey } from '../jose/key-file.ts';
import { accessTokenHash } from '../jose/token-hash.ts';
import { type JsonObject, textMember } from '../json/json.ts';
import { challengeParameter, readChallenges } from '../protocol/challenge.ts';
import { readResponseBody, topLevelObject } from '../protocol/response-body.ts';
import type { TokensReading } from '../protocol/token-response.ts';
import { own, say } from '../say.ts';
import type { Middleware, Secret } from './middleware.ts';

/** The key that a conversation proves; it is made with the first proof where none was given. */
export interface DpopProver {
  /** Adds a proof to each request that needs one, again with the nonce that is demanded (RFC 9449 §5, §7, §8, §9). */
  readonly middleware: Middleware;
  /** The private JWK, with the algorithm it signs with. */
  key(): JsonObject;
  /** The SHA-256 thumbprint of the public key, base64url (RFC 7638). */
  thumbprint(): string;
  /** Makes or checks the key for the algorithms of the metadata. @throws UsageError where none fits (RFC 9449 §5.1) */
  fit(supported: readonly string[] | undefined): void;
  /** Judges whether a token that was issued is bound to the key. */
  judge(reading: Pick<TokensReading, 'tokenType' | 'accessToken'>): CheckResult;
}

/** The content of one proof, besides its key (RFC 9449 §4.2). */
export interface ProofClaims {
  readonly method: string;
  readonly url: string;
  readonly now: Date;
  /** Sent with the proof to a resource, never to the authorization server. */
  readonly accessToken?: string | undefined;
  readonly nonce?: string | undefined;
}

/** The steps that prove the key to the authorization server; elsewhere a proof goes with a DPoP token alone. */
const provenSteps: ReadonlySet<string> = new Set(['token', 'par']);

/** What a new key signs with: the first that the server takes. */
const preferred = 'ES256 EdDSA Ed25519 ES384 ES512 PS256 RS256'.split(' ');

/** Creates what proves a key; `tell` gets the secrets of the key before anything could show them. */
export function createDpopProver(
  given: JsonObject | undefined,
  now: () => Date,
  tell: (secret: Secret) => void,
): DpopProver {
  let held: { readonly jwk: JsonObject; readonly signing: SigningKey } | undefined;
  const nonces = new Map<string, string>();
  const hold = (jwk: JsonObject) => {
    for (const name of secretMembers(jwk)) tell({ kind: 'private_key', value: textMember(jwk, name) ?? '' });
    held = { jwk, signing: readSigningKey(JSON.stringify(jwk)) };
    return held;
  };
  if (given !== undefined) hold(given);
  const ready = () => held ?? hold(createDpopKey('ES256'));
  const thumbprint = () => jwkThumbprint(ready().jwk) ?? '';
  return {
    key: () => ready().jwk,
    fit(supported) {
      if (supported === undefined || supported.length === 0) ready();
      else if (held === undefined) hold(createDpopKey(makeable(supported)));
      else hold({ ...held.jwk, alg: fitting(held.signing, supported) });
    },
    thumbprint,
    judge: (reading) => checkDpopBinding(reading, thumbprint()),
    middleware: (next, retrying) => async (outgoing) => {
      const { step, request, rebuild } = outgoing;
      const accessToken = boundToken(request);
      if (accessToken === undefined && !provenSteps.has(step)) return next(outgoing);
      // A server and a resource of one origin have nonces of their own (RFC 9449 §8.2, §9).
      const place = `${accessToken === undefined ? 'server' : 'resource'} ${new URL(request.url).origin}`;
      const prove = async (unproven: HttpRequest) => {
        const { method, url } = unproven;
        const claims = { method, url, now: now(), accessToken, nonce: nonces.get(place) };
        const proof = signProof(ready().signing, ready().jwk, claims);
        const exchange = await next({
          ...outgoing,
          request: { ...unproven, headers: [...unproven.headers, ['dpop', proof]] },
        });
        const nonce = headerValue(exchange.response.headers, 'dpop-nonce');
        if (nonce !== undefined) nonces.set(place, nonce);
        return exchange;
      };
      const exchange = await prove(request);
      if (!demandsNonce(exchange)) return exchange;
      retrying(step, `the ${accessToken === undefined ? 'server' : 'API'} demands a DPoP nonce`);
      return prove(rebuild?.() ?? request);
    },
  };
}

/** Builds one proof with a private JWK (RFC 9449 §4.2). */
export function buildDpopProof(jwk: JsonObject, claims: ProofClaims): string {
  return signProof(readSigningKey(JSON.stringify(jwk)), jwk, claims);
}

function signProof(signing: SigningKey, jwk: JsonObject, claims: ProofClaims): string {
  const { method, url, now, accessToken, nonce } = claims;
  return signJwt(
    { typ: 'dpop+jwt', jwk: publicMembers(jwk) ?? {} },
    {
      jti: randomUUID(),
      htm: method,
      // A user name and password in a URL are no part of the request.
      htu: withoutQuery(url).replace(/^(\w+:\/\/)[^/]*@/, '$1'),
      iat: Math.floor(now.getTime() / 1000),
      ...(accessToken === undefined ? {} : { ath: accessTokenHash(accessToken) }),
      ...(nonce === undefined ? {} : { nonce }),
    },
    signing,
  );
}

/** The token of a request to a resource that is bound to a key (RFC 9449 §7.1). */
function boundToken({ headers }: HttpRequest): string | undefined {
  return /^DPoP (.+)$/i.exec(headerValue(headers, 'authorization') ?? '')?.[1];
}

/** A demand without a nonce could never be met (RFC 9449 §8, §9). */
function demandsNonce({ request, response: { status, headers, body } }: HttpExchange): boolean {
  if (headerValue(headers, 'dpop-nonce') === undefined) return false;
  if (boundToken(request) === undefined)
    return topLevelObject(readResponseBody(body))?.error === 'use_dpop_nonce';
  const challenge = readChallenges(headers).find(({ scheme }) => /^dpop$/i.test(scheme));
  return (
    status === 401 && challenge !== undefined && challengeParameter(challenge, 'error') === 'use_dpop_nonce'
  );
}

/** Makes a private JWK for an algorithm (RFC 9449 §5). */
function createDpopKey(alg: string): JsonObject {
  const { kty, curves: [curve = ''] = [] } = jwsAlgorithm(alg) ?? {};
  const { privateKey } =
    kty === 'RSA'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : kty === 'OKP'
        ? generateKeyPairSync(curve.toLowerCase() as 'ed25519')
        : generateKeyPairSync('ec', { namedCurve: curve });
  return { ...(privateKey.export({ format: 'jwk' }) as JsonObject), alg };
}

function makeable(supported: readonly string[]): string {
  const found = preferred.find((name) => supported.includes(name));
  if (found !== undefined) return found;
  throw new UsageError(say`The server takes DPoP proofs signed with ${supported.join(' or ')} alone.`, {
    step: 'discovery',
    hint: 'oauth-code cannot sign with any of these (dpop_signing_alg_values_supported).',
  });
}

/** The algorithm of a given key that the server takes; the own one of the key where it has one. */
function fitting(signing: SigningKey, supported: readonly string[]): string {
  const chosen = chooseSigningKey(signing, supported);
  if (chosen !== undefined) return chosen.algorithm.name;
  const can = waysToSign(signing).map(({ algorithm }) => algorithm.name);
  throw new UsageError(
    say`The DPoP key signs with ${own(can.join(' or '))}; the server takes ${supported.join(' or ')} (RFC 9449 §5.1).`,
    {
      step: 'discovery',
      hint: 'Give a key of another kind with --dpop-key, or let one be made with --dpop.',
    },
  );
}
