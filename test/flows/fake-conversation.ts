import { type ConversationOptions, type FlowEvent, startConversation } from '../../src/flows/conversation.ts';
import type { HeaderList, HttpRequest } from '../../src/http-message.ts';

/** What is answered for a URL: a JSON value with status 200, a whole response, or a failure. */
export type FakeAnswer =
  | { readonly json: unknown }
  | { readonly status: number; readonly headers?: HeaderList; readonly body?: string }
  | Error;

/** A conversation whose answers are looked up by URL; anything else is not found. Remembers requests and events. */
export function fakeConversation(
  answers: Readonly<Record<string, FakeAnswer>>,
  options: Partial<ConversationOptions> = {},
) {
  const requests: HttpRequest[] = [];
  const events: FlowEvent[] = [];
  const conversation = startConversation({
    signal: new AbortController().signal,
    // That something is awaited is for the eye alone.
    emit: (event) => event.type !== 'awaiting' && events.push(event),
    http: {
      async send(request) {
        requests.push(request);
        const answer = answers[request.url] ?? { status: 404, body: 'Not found' };
        if (answer instanceof Error) throw answer;
        const response =
          'json' in answer
            ? { status: 200, headers: jsonHeaders, body: JSON.stringify(answer.json) }
            : { headers: [], body: '', ...answer };
        return { request, response, startedAt: new Date(0), durationMs: 1 };
      },
    },
    ...options,
  });
  return { conversation, requests, events, asked: () => requests.map(({ url }) => url) };
}

const jsonHeaders: HeaderList = [['Content-Type', 'application/json']];
