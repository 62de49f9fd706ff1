import type { AuthorizationServerMetadata } from '../../protocol/metadata.ts';
import type { Captured, CapturedExchange } from '../../recording/captured.ts';
import type { Message, MessageKind, MessageOf } from '../../recording/message.ts';
import { sortConversation } from '../../recording/sort-conversation.ts';
import { withoutQuery } from '../../recording/url-input.ts';

/** What an exchange was for in the conversation it belongs to. */
export interface ExchangeRole {
  /** The name that a run of our own gives it; undefined where it has none. */
  readonly step: string | undefined;
  /** It sent the person to the authorization server. */
  readonly request: MessageOf<'authorization_request'> | undefined;
  /** It brought the answer, or a redirect to it. */
  readonly callback: MessageOf<'callback'> | undefined;
}

const stepOfKind: Readonly<Partial<Record<MessageKind, string>>> = {
  token_request: 'token',
  token_response: 'token',
  metadata: 'discovery',
  userinfo: 'userinfo',
};

/** Finds out what exchanges were for; the function tells it of each, undefined for what is no part of the conversation. */
export function exchangeRoles(
  captured: readonly Captured[],
): (exchange: CapturedExchange) => ExchangeRole | undefined {
  const { messages, metadata } = sortConversation(captured);
  const bySource = new Map<string, Message[]>();
  for (const message of messages) {
    bySource.set(message.source, [...(bySource.get(message.source) ?? []), message]);
  }
  return (exchange) => {
    const own = bySource.get(exchange.source) ?? [];
    const step =
      exchange.step ??
      own.map(({ kind }) => stepOfKind[kind]).find((found) => found !== undefined) ??
      stepAt(exchange.request?.url, metadata);
    if (step === undefined && own.length === 0) return undefined;
    return {
      step,
      request: own.find((message) => message.kind === 'authorization_request' && !message.sent.pushed) as
        | MessageOf<'authorization_request'>
        | undefined,
      callback: own.find((message) => message.kind === 'callback'),
    };
  };
}

const stepOfEndpoint = [
  ['jwks_uri', 'keys'],
  ['introspection_endpoint', 'introspection'],
  ['revocation_endpoint', 'revocation'],
  ['registration_endpoint', 'registration'],
  ['device_authorization_endpoint', 'device_authorization'],
  ['pushed_authorization_request_endpoint', 'par'],
  ['end_session_endpoint', 'end_session'],
] as const;

function stepAt(url: string | undefined, metadata: AuthorizationServerMetadata | null): string | undefined {
  if (url === undefined || metadata === null) return undefined;
  const place = withoutQuery(url);
  return stepOfEndpoint.find(([name]) => {
    const endpoint = metadata[name];
    return endpoint !== undefined && withoutQuery(endpoint) === place;
  })?.[1];
}
