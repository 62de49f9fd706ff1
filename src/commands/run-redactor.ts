import type { FlowEvent } from '../flows/conversation.ts';
import { createRedactor, type Redactor } from '../output/redact.ts';
import { requestParameters } from '../protocol/parameters.ts';
import type { Journal } from './journal.ts';

/** Makes what hides the secrets of a run so far, and none of what it sent openly. */
export function createRunRedactor({ secrets, events }: Pick<Journal, 'secrets' | 'events'>): Redactor {
  const redactor = createRedactor(secrets);
  redactor.allow(sentOpenly(events));
  return redactor;
}

const openParameters = new Set(['client_id', 'redirect_uri', 'scope', 'resource', 'audience']);

/**
 * Values that events show to have been sent openly: endpoints, their issuer, and parameters that are no credentials.
 * They are shown, whatever the secrets are. The URL of an API or of a job's platform may hold a credential of its own.
 */
export function sentOpenly(events: readonly FlowEvent[]): readonly string[] {
  const requests = events.flatMap((event) =>
    event.type === 'exchange' && event.step !== 'request' && event.step !== 'assertion'
      ? [event.exchange.request]
      : event.type === 'authorization-url'
        ? [{ method: 'GET', url: event.url, headers: [] }]
        : [],
  );
  return requests.flatMap((request) => {
    const [endpoint = ''] = request.url.split(/[?#]/, 1);
    const parameters = requestParameters(request).filter(([name]) => openParameters.has(name));
    const values = parameters.flatMap(([name, value]) => (name === 'scope' ? value.split(' ') : [value]));
    return [endpoint, endpoint.replace(/\/\.well-known\/.*$/, ''), ...values];
  });
}
