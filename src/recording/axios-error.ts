import { type HeaderList, headerValue } from '../http-message.ts';
import type { RecordedEvent, RecordedRequest } from './recording.ts';

/** A text in quotes as Node prints it, or JSON has it. */
const quoted = String.raw`(?:'((?:[^'\\\n]|\\.){0,8000})'|"((?:[^"\\\n]|\\.){0,8000})"|${'`'}([^${'`'}]{0,8000})${'`'})`;
const member = (name: string) => new RegExp(`(?<![\\w-])["']?${name}["']?:\\s{0,3}${quoted}`);
const headerBlock = /\bheaders["']?:\s{0,3}(?:Object \[AxiosHeaders\] |AxiosHeaders )?\{([^{}]{0,10000})\}/;
const headerField = new RegExp(`["']?([A-Za-z][\\w-]{0,60})["']?:\\s{0,3}${quoted}`, 'g');

/**
 * The request that an error of axios was thrown for, which it prints with itself as `config`; undefined for other
 * text. Objects that Node does not print in full are left out.
 */
export function requestOfAxios(text: string): RecordedRequest | undefined {
  if (!/\bAxiosError\b|\bisAxiosError\b/.test(text)) return undefined;
  const start = text.search(/\bconfig["']?:\s{0,3}\{/);
  const end = start === -1 ? -1 : text.slice(start).search(/\n {0,4}(?:response|request)["']?:\s{0,3}\S/);
  const config = start === -1 ? '' : text.slice(start, end === -1 ? start + 20_000 : start + end);
  const value = (name: string) => textOfMatch(member(name).exec(config));
  const url = value('url');
  if (url === undefined) return undefined;
  const base = value('baseURL');
  const address =
    /^https?:/.test(url) || base === undefined ? url : `${base.replace(/\/$/, '')}/${url.replace(/^\//, '')}`;
  const body = value('data');
  const headers: HeaderList = [...(headerBlock.exec(config)?.[1] ?? '').matchAll(headerField)].map(
    (found) => [found[1] ?? '', textOfMatch(found.toSpliced(1, 1)) ?? ''],
  );
  const isForm =
    body !== undefined && /^[\w.-]+=/.test(body) && headerValue(headers, 'content-type') === undefined;
  return {
    method: (value('method') ?? 'get').toUpperCase(),
    url: address,
    headers: isForm ? [...headers, ['Content-Type', 'application/x-www-form-urlencoded']] : headers,
    body: body ?? null,
  };
}

function textOfMatch(found: readonly (string | undefined)[] | null): string | undefined {
  return found
    ?.slice(1)
    .find((one) => one !== undefined)
    ?.replace(/\\(["'\\/])/g, '$1');
}

/** Gives the first exchange without a request the one that the text shows. */
export function withRequest(
  events: readonly RecordedEvent[],
  request: RecordedRequest | undefined,
): readonly RecordedEvent[] {
  const at = events.findIndex((event) => event.type === 'exchange' && event.request === null);
  return request === undefined
    ? events
    : events.map((event, index) =>
        index === at && event.type === 'exchange' ? { ...event, request } : event,
      );
}
