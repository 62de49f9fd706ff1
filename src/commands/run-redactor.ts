import type { FlowEvent } from '../flows/conversation.ts';
import { type HttpRequest, headerValue, withoutQuery } from '../http-message.ts';
import { createRedactor, type Redactor } from '../output/redact.ts';
import { parseForm, requestParameters } from '../protocol/parameters.ts';
import type { Journal } from './journal.ts';

/** Makes what hides the secrets of a run so far, and none of what it sent openly. */
export function createRunRedactor({
  secrets,
  events,
  open,
}: Pick<Journal, 'secrets' | 'events' | 'open'>): Redactor {
  const redactor = createRedactor(secrets);
  redactor.allow([...open, ...sentOpenly(events)]);
  return redactor;
}

const openParameters = new Set(['client_id', 'redirect_uri', 'scope', 'resource', 'audience']);

/** Of HTTP Basic what stands before the colon, form-encoded: the client id (RFC 6749 §2.3.1). */
function basicUser({ headers }: Pick<HttpRequest, 'headers'>): string {
  const [, credentials = ''] = /^basic +(\S+)$/i.exec(headerValue(headers, 'authorization') ?? '') ?? [];
  return /^[^:&]*(?=:)/.exec(Buffer.from(credentials, 'base64').toString())?.[0] ?? '';
}

/**
 * Values that events show to have been sent openly: endpoints, their issuer, and parameters that are not credentials.
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
    const endpoint = withoutQuery(request.url);
    const sent = [...requestParameters(request), ...parseForm(`client_id=${basicUser(request)}`)];
    const parameters = sent.filter(([name]) => openParameters.has(name));
    const values = parameters.flatMap(([name, value]) =>
      name === 'scope' ? value.split(' ') : value.split(/[?#]/, 1),
    );
    return [endpoint, endpoint.replace(/\/\.well-known\/.*$/, ''), ...values];
  });
}
