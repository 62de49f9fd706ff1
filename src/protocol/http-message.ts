/** Header fields in the order, letter case and multiplicity of the wire. */
export type HeaderList = readonly (readonly [name: string, value: string])[];

/** One HTTP request as plain data; building it sends nothing. */
export interface HttpRequest {
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  readonly headers: HeaderList;
  readonly body?: string;
}

/** One HTTP response, kept whole however odd it is. */
export interface HttpResponse {
  readonly status: number;
  readonly headers: HeaderList;
  /** The body after content decoding, read as UTF-8 (a byte order mark is kept). */
  readonly body: string;
}

/** A request, what came back for it, and how long that took. */
export interface HttpExchange {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  readonly startedAt: Date;
  readonly durationMs: number;
}

/** The first value of a header field, whatever its letter case (RFC 9110 §5.1). */
export function headerValue(headers: HeaderList, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([candidate]) => candidate.toLowerCase() === wanted)?.[1];
}

/** All values of a header field joined by a comma (RFC 9110 §5.3). */
export function combinedHeaderValue(headers: HeaderList, name: string): string | undefined {
  const wanted = name.toLowerCase();
  const values = headers
    .filter(([candidate]) => candidate.toLowerCase() === wanted)
    .map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}
