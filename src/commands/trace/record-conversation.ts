import type { FlowEvent } from '../../flows/conversation.ts';
import type { Journal } from '../journal.ts';
import { recordedEvent } from './trace-events.ts';

/** Keeps what an event says of the conversation, for the report of a failure. */
export function recordConversation({ conversation }: Pick<Journal, 'conversation'>, event: FlowEvent): void {
  const recorded = recordedEvent(event, 0, new Date(0));
  if (recorded !== undefined) conversation.push(recorded);
}
