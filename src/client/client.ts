import { type JsonObject, textListMember, textMember } from '../json/json.ts';
import {
  type ClientAuthenticationMethod,
  type ClientCredentials,
  chooseAuthenticationMethod,
} from '../protocol/client-authentication.ts';
import type { TokenRequestClient } from '../protocol/token-request.ts';

/** A client at one server: its credentials, its authentication method, and the audience of its assertions. */
export type Client = TokenRequestClient;

/** The client as the user describes it, with the method when one was asked for. */
export interface ClientSettings {
  readonly credentials: ClientCredentials;
  readonly method?: ClientAuthenticationMethod;
  /** The audience of client assertions; the issuer when left out. */
  readonly assertionAudience?: string;
  /** Where the assertion that stands for a secret is still to be asked for. */
  readonly assertionService?: AssertionService;
}

/** Where a GitHub Actions job asks for a JWT about itself, and how this tool was told to do so. */
export interface AssertionService {
  /** ACTIONS_ID_TOKEN_REQUEST_URL */
  readonly url: string;
  /** ACTIONS_ID_TOKEN_REQUEST_TOKEN */
  readonly requestToken: string;
  readonly audience: string;
  /** The name of the setting in a message. */
  readonly source: string;
}

/** A server as far as it matters for the client authentication at one of its endpoints. */
export interface ClientPlace {
  readonly issuer: string | null;
  readonly metadata: JsonObject;
  readonly endpoint: string;
  /** Which endpoint it is; the methods of the token endpoint count where its own are not advertised. */
  readonly kind?: 'token' | 'introspection' | 'revocation';
}

/** The methods that a server advertises for an endpoint (RFC 8414 §2). */
export function advertisedMethods({ metadata, kind = 'token' }: ClientPlace): readonly string[] | undefined {
  return (
    textListMember(metadata, `${kind}_endpoint_auth_methods_supported`) ??
    textListMember(metadata, 'token_endpoint_auth_methods_supported')
  );
}

/** Chooses how the client authenticates at an endpoint: as it was asked to, else as suits the server. */
export function clientAt(
  { credentials, method, assertionAudience }: ClientSettings,
  place: ClientPlace,
): Client {
  const tokenEndpoint = textMember(place.metadata, 'token_endpoint') ?? place.endpoint;
  return {
    credentials,
    method: method ?? chooseAuthenticationMethod(credentials, advertisedMethods(place)),
    audience: audienceOf(assertionAudience, tokenEndpoint) ?? place.issuer ?? tokenEndpoint,
  };
}

/** The audience that was asked for; undefined where the issuer is meant. */
export function audienceOf(asked: string | undefined, tokenEndpoint: string): string | undefined {
  return asked === 'token-endpoint' ? tokenEndpoint : asked === 'issuer' ? undefined : asked;
}
