import type { HttpRequest } from '../http-message.ts';
import {
  buildClientAuthentication,
  type ClientAuthenticationMethod,
  type ClientCredentials,
} from './client-authentication.ts';
import { encodeForm, overrideParameters, type ParameterOverride, type Parameters } from './parameters.ts';

/** How the client proves itself at the token endpoint. */
export interface TokenRequestClient {
  readonly method: ClientAuthenticationMethod;
  readonly credentials: ClientCredentials;
  /** `aud` of a client assertion (RFC 7523 §3). */
  readonly audience: string;
}

/**
 * Builds a token request: the grant, the client's authentication, then what the person overrides (RFC 6749 §3.2). What
 * is pushed (RFC 9126 §2.1), revoked (RFC 7009 §2.1) or looked at (RFC 7662 §2.1) is sent in the same way.
 */
export function buildTokenRequest(
  tokenEndpoint: string,
  grant: Parameters,
  client: TokenRequestClient,
  overrides: readonly ParameterOverride[],
  now: Date,
  accept = 'application/json',
): HttpRequest {
  const authentication = buildClientAuthentication(client.method, client.credentials, {
    audience: client.audience,
    now,
  });
  // A pushed authorization request names the client by itself.
  const isGiven = (name: string) => grant.some(([given]) => given === name);
  const added = authentication.parameters.filter(([name]) => !isGiven(name));
  const parameters = overrideParameters([...grant, ...added], overrides);
  return {
    method: 'POST',
    url: tokenEndpoint,
    headers: [
      ['accept', accept],
      ['content-type', 'application/x-www-form-urlencoded'],
      ...authentication.headers,
    ],
    body: encodeForm(parameters),
  };
}

/** A token that is sent to be looked at or revoked, and what it is, where that is known. */
export interface ManagedToken {
  readonly token: string;
  /** `access_token`, `refresh_token` or what a server has of its own. */
  readonly tokenTypeHint: string | undefined;
}

const signedAnswer = 'application/token-introspection+jwt';

/** Asks what a token is; a signed answer is welcome too, or wanted alone (RFC 7662 §2.1, RFC 9701 §4). */
export function buildIntrospectionRequest(
  endpoint: string,
  token: ManagedToken,
  client: TokenRequestClient,
  now: Date,
  wants: 'any' | 'signed' = 'any',
): HttpRequest {
  const accept = wants === 'signed' ? signedAnswer : `application/json, ${signedAnswer};q=0.9`;
  return buildTokenRequest(endpoint, managedParameters(token), client, [], now, accept);
}

/** The parameters that name a token (RFC 7009 §2.1, RFC 7662 §2.1). */
export function managedParameters({ token, tokenTypeHint }: ManagedToken) {
  return [
    ['token', token] as const,
    ...(tokenTypeHint === undefined ? [] : [['token_type_hint', tokenTypeHint] as const]),
  ];
}
