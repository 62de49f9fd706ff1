import { withoutQuery } from '../http-message.ts';
import { statusIn } from './error-in-text.ts';
import { type RecordedExchange, savedExchange } from './recording.ts';
import { isErrorPageLink, isMetadataUrl, urlKind, urlParameters } from './url-input.ts';

const target =
  /(?:(?<![\w-])(?<method>GET|POST|HEAD|PUT)[^\w/\n]{1,4}(?:request (?:for|to) "?)?)?(?<url>https?:\/\/[^\s"'`<>()[\]]+|(?<=(?:GET|POST) )\/[^\s"'`<>()[\]]*)/;
/** What an access log writes behind the target: the version and the status. */
const statusBehind = /^(?: HTTP\/[\d.]{1,3})?["']?[ :]{1,3}([1-5]\d\d)(?= |$)/;
/** Where an application has its redirect URI, in a path without a host. */
const callbackPath = /callback|oauth|oidc|openid|auth|log-?in|sign-?in|sso|redirect|return/i;

/**
 * A request and the status of its answer, as one line of an access log or of a client's log tells them; undefined where
 * the line has no status, or no URL of a login.
 */
export function loggedRequest(line: string, source: string): RecordedExchange | undefined {
  const found = line.length > 100_000 ? null : target.exec(line);
  if (found?.groups === undefined) return undefined;
  const { method, url: written = '' } = found.groups;
  const url = written.replace(/[.,;:!]+$/, '');
  const behind = line.slice(found.index + found[0].length - written.length + url.length);
  const listed = statusBehind.exec(behind)?.[1];
  const status = listed === undefined ? statusIn(`${line.slice(0, found.index)} ${behind}`) : Number(listed);
  if (status === null) return undefined;
  const step = stepOf(url, status);
  if (step === undefined) return undefined;
  const request = { method: method ?? (step === 'token' ? 'POST' : 'GET'), url, headers: [], body: null };
  return savedExchange({ source, step, request, response: { status, headers: null, body: null } });
}

function stepOf(url: string, status: number): string | undefined {
  const isRefused = status >= 400;
  const path = withoutQuery(url);
  const names = urlParameters(url).query.map(([name]) => name);
  if (names.includes('grant_type') || (isRefused && /[/._-](?:access_?)?token\/?$/i.test(path)))
    return 'token';
  if (isErrorPageLink(url)) return undefined;
  const kind = urlKind(url);
  if (kind === 'authorization_request') return 'authorization';
  if (kind === 'callback' && (/^http/.test(url) || (names.includes('state') && callbackPath.test(path))))
    return 'callback';
  if (!isRefused) return undefined;
  if (isMetadataUrl(path)) return 'discovery';
  return /\/userinfo\/?$/i.test(path) ? 'userinfo' : undefined;
}
