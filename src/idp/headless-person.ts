import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { InvalidResponseError, NetworkError, UsageError } from '../errors.ts';
import { parseUrl } from '../http-message.ts';
import { decodeEntities } from '../json/xml.ts';
import { fragmentMediaType, isLoopbackUrl } from '../protocol/redirect-uri.ts';
import { say } from '../say.ts';
import { interactionPath } from './interactions.ts';

const maxHops = 20;
const timeLimitMs = 30_000;
/** A page larger than this is not a page of the embedded server. */
const pageLimitBytes = 1_048_576;

/** What the person is asked to do. */
export interface PersonVisit {
  /** The authorization URL. */
  readonly url: string;
  readonly issuer: string;
  /**
   * Where the visit ends: the redirect URI of the request, its port settled. Undefined where the URL does not have it,
   * as that of a pushed request: then the first place on loopback that is not the issuer's.
   */
  readonly redirectUri: string | undefined;
  /** The name to sign in with. */
  readonly user: string;
  readonly decision: 'allow' | 'deny';
  readonly signal: AbortSignal;
  /** Called with each step as a short sentence without query, code or password. */
  onStep(step: string): void;
}

/** Where the visit ended. */
export interface PersonVisitResult {
  readonly finalStatus: number;
  /** HTML of the last page. */
  readonly finalPage: string;
  /** False when the server showed a page that leads no further, usually an error. */
  readonly reachedRedirectUri: boolean;
}

/** The next request: a GET, or a POST of the form or of what the script of the callback page reads behind `#`. */
interface Hop {
  readonly url: URL;
  readonly form?: URLSearchParams;
  readonly fragment?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/**
 * Plays the person at the embedded authorization server over HTTP: opens the authorization URL, follows redirects,
 * signs in, allows or denies, and hands the answer to the redirect URI, by GET, as a form_post, or out of the fragment
 * as the script of the callback page does. It talks to the
 * issuer's and the redirect URI's origin only, both on loopback, for at most 20 requests and 30 seconds.
 *
 * @throws UsageError when the issuer or the redirect URI is not on loopback
 * @throws InvalidResponseError when the way leads elsewhere or never ends
 * @throws NetworkError when an answer fails or the time is over; the signal's reason when it aborts
 */
export async function visitAsPerson(visit: PersonVisit): Promise<PersonVisitResult> {
  const issuer = loopbackUrl(visit.issuer, 'issuer');
  const redirectUri =
    visit.redirectUri === undefined ? undefined : loopbackUrl(visit.redirectUri, 'redirect URI');
  const timeout = AbortSignal.timeout(timeLimitMs);
  try {
    return await walk(visit, issuer, redirectUri, AbortSignal.any([visit.signal, timeout]));
  } catch (cause) {
    if (cause !== timeout.reason) throw cause;
    throw new NetworkError('timeout', `The headless sign-in took more than ${timeLimitMs / 1000} seconds.`);
  }
}

async function walk(
  visit: PersonVisit,
  issuer: URL,
  redirectUri: URL | undefined,
  signal: AbortSignal,
): Promise<PersonVisitResult> {
  const isEnd = (url: URL) =>
    redirectUri === undefined
      ? url.origin !== issuer.origin && isLoopbackUrl(url)
      : placeOf(url) === placeOf(redirectUri);
  // One login needs neither the paths of its cookies nor their removal.
  const cookies = new Map<string, string>();
  let hop: Hop = { url: new URL(visit.url) };
  visit.onStep(`opens ${placeOf(hop.url)}`);
  for (let hops = 0; hops < maxHops; hops += 1) {
    if (isEnd(hop.url)) {
      const last = hop.url.hash === '' ? hop : { url: hop.url, fragment: hop.url.hash.slice(1) };
      visit.onStep(
        `${last === hop && hop.form === undefined ? 'is sent' : 'posts the answer'} to ${placeOf(hop.url)}`,
      );
      const { status, body } = await exchange(last, new Map(), signal);
      return { finalStatus: status, finalPage: body, reachedRedirectUri: true };
    }
    if (hop.url.origin !== issuer.origin) {
      throw new InvalidResponseError(
        say`The headless sign-in stopped: ${visit.issuer} leads to ${hop.url.origin}.`,
        { hint: 'Only the issuer and the redirect URI are visited; use a browser for anything else.' },
      );
    }
    const answer = await exchange(hop, cookies, signal);
    for (const line of answer.headers['set-cookie'] ?? []) {
      const [, name = '', value = ''] = /^([^=;]+)=([^;]+)/.exec(line) ?? [];
      if (value !== '') cookies.set(name, value);
    }
    const next = nextHop(visit, hop.url, answer);
    if (next === undefined) {
      visit.onStep(`found a page without a next step (status ${answer.status})`);
      return { finalStatus: answer.status, finalPage: answer.body, reachedRedirectUri: false };
    }
    hop = next;
  }
  throw new InvalidResponseError(
    `The headless sign-in stopped after ${maxHops} requests without reaching the end.`,
  );
}

function nextHop(visit: PersonVisit, base: URL, { status, headers, body }: Answer): Hop | undefined {
  if (status >= 300 && status < 400 && headers.location !== undefined) {
    return { url: resolve(headers.location, base) };
  }
  if (status === 200 && base.pathname.startsWith(interactionPath)) {
    return { url: base, form: decide(visit, body) };
  }
  return readHiddenForm(body, base);
}

/** What the person enters at the login page or the consent page. */
function decide({ user, decision, onStep }: PersonVisit, page: string): URLSearchParams {
  if (page.includes('name="password"')) {
    onStep(`signs in as ${user}`);
    return new URLSearchParams({ username: user, password: 'any password', action: 'login' });
  }
  onStep(decision === 'allow' ? 'allows access' : 'denies access');
  return new URLSearchParams({ action: decision });
}

/** The hidden form of a page that oidc-provider renders: an answer by form_post, or the confirmation of a device. */
function readHiddenForm(page: string, base: URL): Hop | undefined {
  const action = /<form [^>]*\baction="([^"]*)"/.exec(page)?.[1];
  // A field to fill in, as that for the code of a device after a refusal, leads no further.
  if (action === undefined || /<input[^>]* type="text"/.test(page)) return undefined;
  const fields = page.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g);
  const form = new URLSearchParams();
  for (const [, name = '', value = ''] of fields) form.append(name, decodeEntities(value));
  return { url: resolve(decodeEntities(action), base), form };
}

/** Sends one request on a connection of its own. Certificates on loopback are thrown away after use: none is checked. */
async function exchange(
  { url, form, fragment }: Hop,
  cookies: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  const sent = fragment ?? form?.toString();
  const type = fragment === undefined ? 'application/x-www-form-urlencoded' : fragmentMediaType;
  const headers = {
    accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
    'user-agent': 'oauth-code headless person',
    connection: 'close',
    ...(cookies.size === 0 ? {} : { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
    ...(sent === undefined ? {} : { 'content-type': type }),
  };
  try {
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
      const method = sent === undefined ? 'GET' : 'POST';
      const options = { method, headers, agent: false, signal, rejectUnauthorized: false };
      send(url, options, resolve).once('error', reject).end(sent);
    });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of incoming) {
      length += chunk.length;
      if (length > pageLimitBytes) throw new Error('the page is too large');
      chunks.push(chunk);
    }
    const body = Buffer.concat(chunks).toString('utf8');
    return { status: incoming.statusCode ?? 0, headers: incoming.headers, body };
  } catch (cause) {
    signal.throwIfAborted();
    throw new NetworkError('network', say`The headless sign-in failed: no answer from ${placeOf(url)}.`, {
      cause,
    });
  }
}

function loopbackUrl(text: string, what: string): URL {
  const url = parseUrl(text);
  if (url !== undefined && isLoopbackUrl(url)) return url;
  throw new UsageError(say`The headless sign-in needs a loopback ${what}, not ${url?.origin ?? 'this'}.`, {
    hint: 'Use a browser, or the embedded authorization server.',
  });
}

function resolve(target: string, base: URL): URL {
  const url = parseUrl(target, base.href);
  if (url !== undefined) return url;
  throw new InvalidResponseError(
    say`The headless sign-in stopped: ${base.origin} leads to something that is not a URL.`,
  );
}

const placeOf = (url: URL) => `${url.origin}${url.pathname}`;
