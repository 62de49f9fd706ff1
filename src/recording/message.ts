import type { ReceivedAuthorizationResponse } from '../protocol/authorization-response.ts';
import type { AuthorizationServerMetadata } from '../protocol/metadata.ts';
import type { Asked, CapturedRequest, CapturedResponse } from './captured.ts';
import type { SentAuthorizationRequest, SentTokenRequest } from './sent-request.ts';

interface MessageFacts {
  /** Where it was found, in words for a person. */
  readonly source: string;
  /** When its request was sent, by the clock of the client. */
  readonly at: Date | null;
  readonly durationMs: number | null;
}

/** One message of an OAuth conversation, with what was asked for it. */
export type Message = MessageFacts &
  (
    | {
        readonly kind: 'authorization_request';
        readonly sent: SentAuthorizationRequest;
        /** An answer that is no redirect: a page for the person, or that of a pushed request (RFC 9126 §2.2). */
        readonly response: CapturedResponse | null;
      }
    | {
        readonly kind: 'callback';
        readonly received: ReceivedAuthorizationResponse;
        readonly asked: Asked;
      }
    /** A token request whose answer is not there. */
    | { readonly kind: 'token_request'; readonly sent: SentTokenRequest }
    | {
        readonly kind: 'token_response';
        readonly sent: SentTokenRequest | null;
        readonly asked: Asked;
        readonly response: CapturedResponse;
      }
    | {
        readonly kind: 'userinfo';
        readonly request: CapturedRequest | null;
        readonly asked: Asked;
        readonly response: CapturedResponse;
      }
    | {
        readonly kind: 'metadata';
        readonly request: CapturedRequest | null;
        readonly asked: Asked;
        readonly response: CapturedResponse;
      }
    /** A protected resource that refused a token (RFC 6750 §3). */
    | {
        readonly kind: 'challenge';
        readonly request: CapturedRequest | null;
        readonly response: CapturedResponse;
      }
    | { readonly kind: 'jwt'; readonly text: string }
  );

/** What a message is. */
export type MessageKind = Message['kind'];

/** A message of one kind. */
export type MessageOf<Kind extends MessageKind> = Extract<Message, { readonly kind: Kind }>;

/** Messages that belong together, in the order they were sent, and what else was seen of their server. */
export interface Conversation {
  readonly messages: readonly Message[];
  readonly metadata: AuthorizationServerMetadata | null;
  /** The client authentication methods the server lists, where they are known without its metadata. */
  readonly advertisedAuthMethods?: readonly string[] | undefined;
  /** The last key set that was fetched, where from and the key IDs in it; null when none was seen. */
  readonly keySet: { readonly url: string; readonly keyIds: readonly string[] } | null;
}
