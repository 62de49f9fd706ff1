import { InvalidResponseError, NetworkError, UsageError } from '../errors.ts';
import { isLoopbackUrl } from '../protocol/redirect-uri.ts';
import { CookieJar } from './cookie-jar.ts';
import { type FormButton, type HtmlForm, readHtmlForms } from './html-forms.ts';
import { exchangeAsPerson, type PersonResponse } from './person-exchange.ts';

const maxHops = 20;
const timeLimitMs = 30_000;

/** What the person is asked to do. */
export interface PersonVisit {
  /** The authorization URL. */
  readonly url: string;
  readonly issuer: string;
  /** Where the visit ends: the redirect URI of the request, its port settled. */
  readonly redirectUri: string;
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

interface Hop {
  readonly url: URL;
  readonly form?: URLSearchParams;
}

/**
 * Plays the person before the browser over HTTP: opens the authorization URL, follows redirects, fills in the login
 * form, allows or denies, and hands the answer to the redirect URI, by GET or as a form_post. It talks to the issuer's
 * and the redirect URI's origin only, both on loopback, for at most 20 requests and 30 seconds.
 *
 * @throws UsageError when the issuer or the redirect URI is not on loopback
 * @throws InvalidResponseError when the way leads elsewhere or never ends
 * @throws NetworkError when an answer fails or the time is over; the signal's reason when it aborts
 */
export async function visitAsPerson(visit: PersonVisit): Promise<PersonVisitResult> {
  const issuer = loopbackUrl(visit.issuer, 'issuer');
  const redirectUri = loopbackUrl(visit.redirectUri, 'redirect URI');
  const timeout = AbortSignal.timeout(timeLimitMs);
  try {
    return await walk(visit, issuer, redirectUri, AbortSignal.any([visit.signal, timeout]));
  } catch (cause) {
    if (cause !== timeout.reason) throw cause;
    throw new NetworkError('timeout', `Playing the person took more than ${timeLimitMs / 1000} seconds.`);
  }
}

async function walk(
  visit: PersonVisit,
  issuer: URL,
  redirectUri: URL,
  signal: AbortSignal,
): Promise<PersonVisitResult> {
  const jar = new CookieJar();
  let hop: Hop = { url: new URL(visit.url) };
  visit.onStep(`opens ${hop.url.origin}${hop.url.pathname}`);
  for (let hops = 0; hops < maxHops; hops += 1) {
    if (isSameTarget(hop.url, redirectUri)) {
      visit.onStep(`${hop.form === undefined ? 'is sent' : 'posts the answer'} to ${placeOf(hop.url)}`);
      const { status, body } = await exchangeAsPerson(hop.url, { ...formOf(hop), signal });
      return { finalStatus: status, finalPage: body, reachedRedirectUri: true };
    }
    if (hop.url.origin !== issuer.origin) {
      throw new InvalidResponseError(
        `Playing the person stopped: ${visit.issuer} leads to ${hop.url.origin}.`,
        {
          hint: 'Only the issuer and the redirect URI are visited; use a browser for anything else.',
        },
      );
    }
    const cookie = jar.header(hop.url.pathname);
    const response = await exchangeAsPerson(hop.url, { ...formOf(hop), cookie, signal });
    jar.store(response.setCookies, hop.url.pathname);
    const next = nextHop(visit, hop.url, response);
    if (next === undefined) {
      visit.onStep(`stands before a page without a way on (status ${response.status})`);
      return { finalStatus: response.status, finalPage: response.body, reachedRedirectUri: false };
    }
    hop = next;
  }
  throw new InvalidResponseError(
    `Playing the person stopped after ${maxHops} requests without reaching the end.`,
  );
}

function nextHop(visit: PersonVisit, base: URL, response: PersonResponse): Hop | undefined {
  const { status, location, body } = response;
  if (status >= 300 && status < 400 && location !== undefined) return { url: resolve(location, base) };
  const forms = readHtmlForms(body);
  const form = forms.find(({ fields }) => fields.some(({ type }) => type === 'password')) ?? forms[0];
  if (form === undefined) return undefined;
  const filled = fillIn(visit, form);
  const url = resolve(form.action, base);
  if (form.method === 'POST') return { url, form: filled };
  url.search = filled.toString();
  return { url };
}

function fillIn(visit: PersonVisit, form: HtmlForm): URLSearchParams {
  const isLogin = form.fields.some(({ type }) => type === 'password');
  const filled = new URLSearchParams();
  for (const { name, type, value } of form.fields) {
    if (type === 'password') filled.append(name, 'any password');
    else if (isLogin && (type === 'text' || type === 'email')) filled.append(name, visit.user);
    else if (type !== 'checkbox' && type !== 'radio') filled.append(name, value);
  }
  const button = chooseButton(form.buttons, isLogin ? 'allow' : visit.decision);
  if (button !== undefined && button.name !== '') filled.append(button.name, button.value);
  if (isLogin) visit.onStep(`signs in as ${visit.user}`);
  else if (form.buttons.length > 1)
    visit.onStep(visit.decision === 'allow' ? 'allows access' : 'denies access');
  return filled;
}

const refusal = /\b(?:deny|cancel|abort|reject|decline|refuse|no)\b/i;

function chooseButton(buttons: readonly FormButton[], decision: 'allow' | 'deny'): FormButton | undefined {
  const refuses = ({ label, value }: FormButton) => refusal.test(`${label} ${value}`);
  return buttons.find((button) => refuses(button) === (decision === 'deny')) ?? buttons[0];
}

function loopbackUrl(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && isLoopbackUrl(url)) return url;
  throw new UsageError(`Playing the person needs a loopback ${what}, not ${url?.origin ?? 'this'}.`, {
    hint: 'Use a browser, or the embedded authorization server.',
  });
}

function resolve(target: string, base: URL): URL {
  if (URL.canParse(target, base.href)) return new URL(target, base);
  throw new InvalidResponseError(
    `Playing the person stopped: ${base.origin} leads to something that is no URL.`,
  );
}

const isSameTarget = (url: URL, target: URL) =>
  url.origin === target.origin && url.pathname === target.pathname;
const placeOf = (url: URL) => `${url.origin}${url.pathname}`;
const formOf = ({ form }: Hop) => (form === undefined ? {} : { form });
