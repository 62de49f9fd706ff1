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
  /** How it went over the wire, as far as that was seen. */
  readonly wire?: WireFacts;
  /** The body of the response after content decoding; only where it was asked for. */
  readonly octets?: Uint8Array;
}

/** Facts about the connection of an exchange, besides its messages. */
export interface WireFacts {
  /** Whether the connection had carried an earlier exchange; it then has no times of its own making. */
  readonly reused: boolean;
  /** `address:port` of the other end: the server, or the proxy before it. */
  readonly remoteAddress?: string | undefined;
  /** `host:port` of the proxy it went through. */
  readonly proxy?: string | undefined;
  /** The header fields of the request as they were written, with those that the transport adds. */
  readonly sentHeaders?: HeaderList | undefined;
  readonly tls?: TlsFacts | undefined;
  readonly times: WireTimes;
}

/** Parts of the duration of an exchange, in milliseconds; a part that did not happen is absent. */
export interface WireTimes {
  readonly dnsMs?: number;
  readonly connectMs?: number;
  readonly tlsMs?: number;
  /** From the start until the request was written. */
  readonly sentAfterMs?: number;
  /** From the start until the status line had come. */
  readonly firstByteAfterMs?: number;
}

/** The outcome of the TLS handshake. */
export interface TlsFacts {
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  /** The IANA name of the cipher suite. */
  readonly cipher: string;
  readonly certificate?: CertificateSummary | undefined;
}

/** The certificate of a server in what a person compares. */
export interface CertificateSummary {
  /** Distinguished names on one line. */
  readonly subject: string;
  readonly issuer: string;
  /** As the certificate lists them, such as `DNS:example.com, IP Address:127.0.0.1`. */
  readonly names: string;
  readonly validFrom: Date;
  readonly validTo: Date;
  /** SHA-256 of the certificate, as hexadecimal pairs with colons. */
  readonly fingerprint: string;
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

/** Tells whether a status says success (RFC 9110 §15.3). */
export function isSuccessStatus(status: number): boolean {
  return status >= 200 && status < 300;
}

/** The declared media type in lower case and without parameters; null when there is none (RFC 9110 §8.3.1). */
export function mediaType(headers: HeaderList): string | null {
  const [declared = ''] = headerValue(headers, 'content-type')?.split(';') ?? [];
  return declared.trim().toLowerCase() || null;
}

/**
 * A text as a URL; undefined where it is none. URL.canParse alone accepts very long hosts in Node 24 that the
 * constructor then refuses.
 */
export function parseUrl(text: string, base?: string): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** Tells whether a text is an absolute URL, or one relative to the base that is given. */
export function isUrl(text: string, base?: string): boolean {
  return parseUrl(text, base) !== undefined;
}

/** Tells whether a text is an absolute URL that can be asked over HTTP. */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && isUrl(text);
}

/** A URL without query and fragment. */
export function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '');
}

/** A request for what is at a URL, in one of the media types that are accepted. */
export function getRequest(url: string, accept: string, ...headers: HeaderList): HttpRequest {
  return { method: 'GET', url, headers: [['accept', accept], ...headers] };
}
