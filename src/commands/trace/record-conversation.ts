import type { FlowStep } from '../../client/middleware.ts';
import type { FlowEvent } from '../../flows/conversation.ts';
import { type Endpoint, exchangeOf } from '../../recording/captured.ts';
import type { Journal } from '../journal.ts';

const endpoints: Readonly<Partial<Record<FlowStep, Endpoint>>> = {
  discovery: 'discovery',
  token: 'token',
  userinfo: 'userinfo',
};

/** Keeps what an event says of the conversation, for the report of a failure. */
export function recordConversation({ conversation }: Pick<Journal, 'conversation'>, event: FlowEvent): void {
  switch (event.type) {
    case 'authorization-url':
      conversation.push({ type: 'authorization_request', source: 'this run', url: event.url });
      return;
    case 'callback':
      if (event.received === undefined) return;
      conversation.push({ type: 'callback', source: 'this run', received: event.received, asked: {} });
      return;
    case 'exchange': {
      const { request, response, startedAt, durationMs } = event.exchange;
      conversation.push(
        exchangeOf({
          source: 'this run',
          endpoint: endpoints[event.step] ?? null,
          request: { ...request, body: request.body ?? null },
          response,
          startedAt,
          durationMs,
        }),
      );
      return;
    }
    default:
      return;
  }
}
