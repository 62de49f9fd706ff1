import { listChecks } from '../checks/check-result.ts';
import { judgePushedResponse } from '../checks/pushed-response.ts';
import { type ClientSettings, clientAt, signingFor } from '../client/client.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { EncryptionChoice, EncryptionWishes } from '../jose/encrypt-jwe.ts';
import { signJwt } from '../jose/jws.ts';
import { type JsonObject, textListMember, textMember } from '../json/json.ts';
import {
  type AuthorizationRequest,
  authorizationRequestOf,
  authorizationUrl,
} from '../protocol/authorization-request.ts';
import { type Parameters, parameterValue, requestParameters } from '../protocol/parameters.ts';
import { readPushedResponse } from '../protocol/pushed-request.ts';
import { requestObjectClaims } from '../protocol/request-object.ts';
import { longestTimerMs } from '../protocol/token-expiry.ts';
import { buildTokenRequest } from '../protocol/token-request.ts';
import { own, say } from '../say.ts';
import type { Conversation } from './conversation.ts';
import { type DiscoveredServer, requireEndpoint } from './discover-metadata.ts';
import { endpointError } from './endpoint-error.ts';
import { fetchKeys } from './fetch-keys.ts';
import type { RequestObjectSettings } from './login-settings.ts';
import { sendAsClient } from './request-tokens.ts';

/** An authorization request that is at the server, or in an object, before the browser goes there. */
export interface DeliveredRequest {
  /** Its `url` refers to the request; all else is as it was asked. */
  readonly request: AuthorizationRequest;
  /** Whether the server has forgotten it by now. */
  isLate(): boolean;
  /** Calls back when the server forgets it; never where it does not say when. */
  onExpiry(callback: () => void): void;
  /** Delivers it once more; undefined when that was done before. */
  again(reason?: string): Promise<AuthorizationRequest> | undefined;
}

/** How a request gets to the server, where it is not in the URL of the browser. */
export interface Delivery {
  readonly pushed: boolean;
  readonly object: RequestObjectSettings | undefined;
}

/** Makes a request object of parameters. */
type MakeObject = (parameters: Parameters) => Promise<string>;

/**
 * Brings an authorization request to the server by another way than plain parameters in the URL of the browser: in a
 * request object (RFC 9101), pushed (RFC 9126), or both.
 * @throws ErrorResponseError, InvalidResponseError, ValidationError; UsageError where the server lacks what it takes
 */
export async function deliverRequest(
  doors: Pick<Context, 'now'>,
  conversation: Conversation,
  server: DiscoveredServer,
  client: ClientSettings,
  { pushed, object }: Delivery,
  drafted: AuthorizationRequest,
): Promise<DeliveredRequest> {
  const make = object && (await objectMaker(doors, conversation, server, client, object));
  if (pushed || make === undefined) return pushedRequest(doors, conversation, server, client, drafted, make);
  const text = await make(drafted.parameters);
  await object?.hosted?.store(text);
  const reference = object?.hosted
    ? (['request_uri', object.hosted.url] as const)
    : (['request', text] as const);
  return {
    request: referredTo(server, drafted, [...besideObject(drafted), reference]),
    isLate: () => false,
    onExpiry() {},
    again: () => undefined,
  };
}

/** The same request, with a URL that refers to it. */
function referredTo(
  { metadata }: DiscoveredServer,
  request: AuthorizationRequest,
  reference: Parameters,
): AuthorizationRequest {
  const endpoint = textMember(metadata, 'authorization_endpoint') ?? '';
  return { ...request, url: authorizationUrl(endpoint, [clientOf(request), ...reference]) };
}

function clientOf({ parameters }: AuthorizationRequest) {
  return ['client_id', parameterValue(parameters, 'client_id') ?? ''] as const;
}

/** OpenID Connect wants these beside an object too (OIDC Core §6.1). */
function besideObject({ parameters, sent }: AuthorizationRequest): Parameters {
  if (!sent.scope.includes('openid')) return [];
  return [
    ['response_type', parameterValue(parameters, 'response_type') ?? ''],
    ['scope', 'openid'],
  ];
}

/** Makes the maker of request objects; the key of the server is fetched where they are encrypted (RFC 9101 §6). */
async function objectMaker(
  { now }: Pick<Context, 'now'>,
  conversation: Conversation,
  { issuer, metadata }: DiscoveredServer,
  { credentials }: ClientSettings,
  { signed, encryption }: RequestObjectSettings,
): Promise<MakeObject> {
  const listed = (name: string) => textListMember(metadata, `request_object_${name}_values_supported`);
  const audience = issuer ?? textMember(metadata, 'authorization_endpoint') ?? '';
  const method = credentials.signingKey === undefined ? 'client_secret_jwt' : 'private_key_jwt';
  const { signingKey, signingAlg, clientSecret } = signed
    ? signingFor(method, credentials, listed('signing_alg'), 'request object')
    : credentials;
  const wishes = { ...encryption, algs: listed('encryption_alg'), encs: listed('encryption_enc') };
  const choice = encryption && (await encryptionKey(conversation, metadata, wishes));
  return async (parameters) => {
    const claims = requestObjectClaims(parameters, { audience, now: now() });
    const kid = signingKey?.kid === undefined ? {} : { kid: signingKey.kid };
    const header = { typ: 'oauth-authz-req+jwt', ...kid };
    const text = signed
      ? signJwt(header, claims, signingKey ?? clientSecret ?? '', signingAlg)
      : JSON.stringify(claims);
    if (choice === undefined) return text;
    const { encryptJwe } = await import('../jose/encrypt-jwe.ts');
    return encryptJwe(text, choice, signed ? { cty: 'JWT' } : {});
  };
}

async function encryptionKey(
  conversation: Conversation,
  metadata: JsonObject,
  wishes: EncryptionWishes,
): Promise<EncryptionChoice> {
  const fetched = await fetchKeys(conversation, textMember(metadata, 'jwks_uri'));
  const { chooseEncryption } = await import('../jose/encrypt-jwe.ts');
  const choice = fetched.type === 'keys' ? chooseEncryption(fetched.keys.keys, wishes) : undefined;
  if (choice !== undefined) return choice;
  const { alg, algs } = wishes;
  throw new UsageError('The server publishes no key that a request object can be encrypted to.', {
    step: 'keys',
    hint: say`Wanted: a key for encryption (use enc) that fits ${alg ?? algs?.join(', ') ?? own('RSA-OAEP-256 or ECDH-ES')}. "oauth-code discover" shows its keys.`,
  });
}

/** Pushes a request, and once more when that is asked for (RFC 9126 §2). */
async function pushedRequest(
  { now }: Pick<Context, 'now'>,
  conversation: Conversation,
  server: DiscoveredServer,
  settings: ClientSettings,
  drafted: AuthorizationRequest,
  make: MakeObject | undefined,
): Promise<DeliveredRequest> {
  const { request, expiresAt } = await push(drafted);
  let isRenewed = false;
  return {
    request,
    isLate: () => expiresAt !== undefined && expiresAt <= now(),
    onExpiry(callback) {
      if (expiresAt === undefined) return;
      setTimeout(callback, Math.min(expiresAt.getTime() - now().getTime(), longestTimerMs)).unref();
    },
    again(reason = 'the pushed request has expired') {
      if (isRenewed) return undefined;
      isRenewed = true;
      conversation.emit({ type: 'retry', step: 'par', reason });
      return push(request).then((pushed) => pushed.request);
    },
  };

  async function push(asked: AuthorizationRequest) {
    const endpoint = requireEndpoint(server, 'pushed_authorization_request_endpoint');
    const client = clientAt(settings, { ...server, endpoint });
    const carried: Parameters =
      make === undefined ? asked.parameters : [clientOf(asked), ['request', await make(asked.parameters)]];
    const build = () => buildTokenRequest(endpoint, carried, client, [], now());
    const sentAt = now();
    const exchange = await sendAsClient(conversation, 'par', client, build);
    const reading = readPushedResponse(exchange.response);
    conversation.requireChecks('par', listChecks(judgePushedResponse(reading)));
    if (reading.type === 'error' || typeof reading.requestUri !== 'string') {
      const said = reading.type === 'error' ? reading : {};
      throw endpointError('The endpoint for pushed requests', 'par', exchange.response, said);
    }
    const { requestUri, expiresIn } = reading;
    // A person may have changed it on its way.
    const sent = requestParameters(exchange.request).filter(
      ([name]) => !/^client_(?:secret|assertion)/.test(name),
    );
    const known = make === undefined ? authorizationRequestOf(endpoint, sent) : asked;
    return {
      request: referredTo(server, known, [['request_uri', requestUri]]),
      expiresAt:
        typeof expiresIn === 'number' && expiresIn > 0
          ? new Date(sentAt.getTime() + expiresIn * 1000)
          : undefined,
    };
  }
}
