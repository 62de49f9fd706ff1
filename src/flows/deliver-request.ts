import { listChecks } from '../checks/check-result.ts';
import { judgePushedResponse } from '../checks/pushed-response.ts';
import { advertisedMethods, type ClientSettings, clientAt } from '../client/client.ts';
import type { Context } from '../context.ts';
import { textMember } from '../json/json.ts';
import {
  type AuthorizationRequest,
  authorizationRequestOf,
  authorizationUrl,
} from '../protocol/authorization-request.ts';
import { parameterValue, requestParameters } from '../protocol/parameters.ts';
import { buildPushedRequest, readPushedResponse } from '../protocol/pushed-request.ts';
import type { Conversation } from './conversation.ts';
import { type DiscoveredServer, requireEndpoint } from './discover-metadata.ts';
import { endpointError } from './endpoint-error.ts';
import type { DeliverySettings } from './login-settings.ts';

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

/** What a timer of Node can wait for; no login waits longer. */
const longestTimerMs = 2 ** 31 - 1;

/** What an authorization request is delivered with. */
export interface DeliveryMeans {
  readonly delivery: DeliverySettings;
  readonly client: ClientSettings;
}

/**
 * Brings an authorization request to the server by another way than the URL of the browser: pushed (RFC 9126).
 * @throws ErrorResponseError, InvalidResponseError, ValidationError; UsageError without an endpoint for it
 */
export async function deliverRequest(
  doors: Pick<Context, 'now'>,
  conversation: Conversation,
  server: DiscoveredServer,
  { client }: DeliveryMeans,
  drafted: AuthorizationRequest,
): Promise<DeliveredRequest> {
  const { request, expiresAt } = await pushRequest(doors, conversation, server, client, drafted);
  let isRenewed = false;
  return {
    request,
    isLate: () => expiresAt !== undefined && expiresAt <= doors.now(),
    onExpiry(callback) {
      if (expiresAt === undefined) return;
      setTimeout(callback, Math.min(expiresAt.getTime() - doors.now().getTime(), longestTimerMs)).unref();
    },
    again(reason = 'the pushed request has expired') {
      if (isRenewed) return undefined;
      isRenewed = true;
      conversation.emit({ type: 'retry', step: 'par', reason });
      return pushRequest(doors, conversation, server, client, request).then((pushed) => pushed.request);
    },
  };
}

/** Pushes an authorization request to the server, which gives a URI that stands for it (RFC 9126 §2). */
async function pushRequest(
  { now }: Pick<Context, 'now'>,
  conversation: Conversation,
  server: DiscoveredServer,
  settings: ClientSettings,
  { parameters }: AuthorizationRequest,
): Promise<{ readonly request: AuthorizationRequest; readonly expiresAt: Date | undefined }> {
  const { metadata, issuer } = server;
  const authorizationEndpoint = textMember(metadata, 'authorization_endpoint') ?? '';
  const endpoint = requireEndpoint(server, 'pushed_authorization_request_endpoint');
  const place = { issuer, metadata, endpoint };
  const client = clientAt(settings, place);
  const build = () => buildPushedRequest(endpoint, parameters, client, now());
  const { method } = client;
  conversation.emit({ type: 'client_authentication', method, advertised: advertisedMethods(place) ?? null });
  const sentAt = now();
  const exchange = await conversation.send('par', build(), { rebuild: build });
  const reading = readPushedResponse(exchange.response);
  conversation.requireChecks('par', listChecks(judgePushedResponse(reading)));
  if (reading.type === 'error' || typeof reading.requestUri !== 'string')
    throw endpointError(
      'The endpoint for pushed requests',
      'par',
      exchange.response,
      reading.type === 'error' ? reading : { error: null, errorDescription: null, errorUri: null },
    );
  // A person may have changed it on its way.
  const sent = requestParameters(exchange.request).filter(
    ([name]) => !/^client_(?:secret|assertion)/.test(name),
  );
  const clientId = parameterValue(sent, 'client_id') ?? settings.credentials.clientId;
  const { requestUri, expiresIn } = reading;
  return {
    request: {
      ...authorizationRequestOf(authorizationEndpoint, sent),
      url: authorizationUrl(authorizationEndpoint, [
        ['client_id', clientId],
        ['request_uri', requestUri],
      ]),
    },
    expiresAt:
      typeof expiresIn === 'number' && expiresIn > 0
        ? new Date(sentAt.getTime() + expiresIn * 1000)
        : undefined,
  };
}
