import { UsageError } from '../errors.ts';
import { chooseSigningKey, jwsAlgorithm, waysToSign } from '../jose/jws.ts';
import { type JsonObject, textListMember, textMember } from '../json/json.ts';
import {
  type ClientAuthenticationMethod,
  type ClientCredentials,
  chooseAuthenticationMethod,
} from '../protocol/client-authentication.ts';
import type { TokenRequestClient } from '../protocol/token-request.ts';
import { own, say } from '../say.ts';

/** A client at one server: its credentials, its authentication method, and the audience of its assertions. */
export interface Client extends TokenRequestClient {
  /** The methods that the server advertises for the endpoint (RFC 8414 §2). */
  readonly advertised: readonly string[] | undefined;
}

/** The ways to a client at a server, in their order; one that was registered for an earlier login is `cached`. */
export type ClientSource = 'given' | 'document' | 'registered' | 'cached';

/** The client as the user describes it, with the method when one was asked for. */
export interface ClientSettings {
  /** How a login came to it, where it looked for one. */
  readonly source?: ClientSource;
  readonly credentials: ClientCredentials;
  readonly method?: ClientAuthenticationMethod | undefined;
  /** The audience of client assertions; the issuer when left out. */
  readonly assertionAudience?: string | undefined;
  /** Where the assertion that stands for a secret is still to be asked for. */
  readonly assertionService?: AssertionService | undefined;
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

/** What a server advertises of client authentication at an endpoint (RFC 8414 §2). */
function listedFor({ metadata, kind = 'token' }: ClientPlace, what: string): readonly string[] | undefined {
  return (
    textListMember(metadata, `${kind}_endpoint_auth_${what}`) ??
    textListMember(metadata, `token_endpoint_auth_${what}`)
  );
}

/**
 * Chooses how the client authenticates at an endpoint: as it was asked to, else as suits the server.
 * @throws UsageError when it cannot sign as the server wants
 */
export function clientAt(
  { credentials, method: asked, assertionAudience }: ClientSettings,
  place: ClientPlace,
): Client {
  const tokenEndpoint = textMember(place.metadata, 'token_endpoint') ?? place.endpoint;
  const advertised = listedFor(place, 'methods_supported');
  const method = asked ?? chooseAuthenticationMethod(credentials, advertised);
  return {
    credentials: signingFor(method, credentials, listedFor(place, 'signing_alg_values_supported')),
    method,
    advertised,
    audience: audienceOf(assertionAudience, tokenEndpoint) ?? place.issuer ?? tokenEndpoint,
  };
}

/** The audience that was asked for; undefined where the issuer is meant. */
export function audienceOf(asked: string | undefined, tokenEndpoint: string): string | undefined {
  return asked === 'token-endpoint' ? tokenEndpoint : asked === 'issuer' ? undefined : asked;
}

const hmacAlgorithms: readonly string[] = ['HS256', 'HS384', 'HS512'];

/**
 * The credentials with the key and algorithm that the server takes for what is `made`, such as an assertion. An option
 * goes before what is advertised, and a server that advertises nothing takes what is usual (RFC 8414 §2, OIDC Core §9).
 * @throws UsageError when there is none
 */
export function signingFor(
  method: ClientAuthenticationMethod,
  credentials: ClientCredentials,
  advertised: readonly string[] | undefined,
  made = 'client assertion',
): ClientCredentials {
  const { signingKey, signingAlg } = credentials;
  const accepted =
    signingAlg !== undefined ? [signingAlg] : advertised?.length === 0 ? undefined : advertised;
  if (method === 'private_key_jwt' && signingKey !== undefined) {
    const chosen = chooseSigningKey(signingKey, accepted);
    const can = waysToSign(signingKey).map(({ algorithm }) => algorithm.name);
    return { ...credentials, signingKey: chosen ?? cannotSign('key', can, made, accepted, signingAlg) };
  }
  if (method !== 'client_secret_jwt' || accepted === undefined) return credentials;
  const chosen = hmacAlgorithms.find((name) => accepted.includes(name));
  return {
    ...credentials,
    signingAlg: chosen ?? cannotSign('client secret', hmacAlgorithms, made, accepted, signingAlg),
  };
}

function cannotSign(
  what: 'key' | 'client secret',
  can: readonly string[],
  made: string,
  accepted: readonly string[] = [],
  signingAlg?: string,
): never {
  const list = (names: readonly string[]) => [...new Set(names)].slice(0, 12).join(', ');
  if (signingAlg !== undefined) {
    const { kty = 'oct', curves: [curve] = [] } = jwsAlgorithm(signingAlg) ?? {};
    throw new UsageError(say`--signing-alg is ${signingAlg}, but the ${own(what)} signs with ${list(can)}.`, {
      hint:
        kty === 'oct'
          ? 'Leave it out.'
          : own(`Leave it out, or give ${curve === undefined ? 'an RSA key' : `a key on ${curve}`}.`),
    });
  }
  throw new UsageError(
    say`${own(what === 'key' ? 'The key of --signing-key' : 'A client secret')} signs with ${list(can)}; a ${own(made)} has to be signed with ${list(accepted)}.`,
    {
      hint: 'Give a key for one of those algorithms. If the list of the server is wrong, --signing-alg ALG goes before it.',
    },
  );
}
