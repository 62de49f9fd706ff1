import type { HeaderList } from '../../http-message.ts';
import { isJsonObject } from '../../json/json.ts';
import { carryNumberTexts } from '../../json/number-texts.ts';
import type { RecordedEvent, Recording } from '../../recording/recording.ts';

/** What is to be done with each kind of text in a trace. */
export interface TraceMapping {
  url(url: string): string;
  headers(headers: HeaderList): HeaderList;
  body(body: string): string;
  /** All that is neither of these: strings inside any value. */
  value<T>(value: T): T;
}

/** Applies a mapping to every text of a trace that came from outside, and to those the tool made of them. */
export function mapTrace(trace: Recording, mapping: TraceMapping): Recording {
  return {
    ...trace,
    outcome: mapping.value(trace.outcome),
    events: trace.events.map((event) => mapEvent(event, mapping)),
    tokens: trace.tokens.map((token) => ({ ...mapping.value(token) })),
  };
}

function mapEvent(event: RecordedEvent, mapping: TraceMapping): RecordedEvent {
  const body = (text: string | null | undefined) => (text == null ? {} : { body: mapping.body(text) });
  switch (event.type) {
    case 'exchange': {
      const { request, response, ...rest } = event;
      return {
        ...mapping.value(rest),
        request: request && {
          ...request,
          method: mapping.value(request.method),
          url: mapping.url(request.url),
          headers: mapping.headers(request.headers),
          ...body(request.body),
        },
        response: response && {
          status: response.status,
          headers: response.headers && mapping.headers(response.headers),
          body: response.body === null ? null : mapping.body(response.body),
        },
      };
    }
    case 'authorization_request':
      return { ...event, url: mapping.url(event.url), redirect_uri: mapping.url(event.redirect_uri) };
    case 'callback':
      return { ...event, url: mapping.url(event.url), ...body(event.body) };
    default:
      return mapping.value(event);
  }
}

/** Applies a function to every string inside a JSON value; names of members stay. */
export function mapStrings<T>(value: T, change: (text: string) => string): T;
export function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => mapStrings(item, change));
    return carryNumberTexts(value, items);
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, mapStrings(item, change)]);
  return carryNumberTexts(value, Object.fromEntries(entries));
}
