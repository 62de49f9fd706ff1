import type { HeaderList } from '../../http-message.ts';
import { stringifyExactly } from '../../json/exact-number.ts';
import { ownMember } from '../../json/json.ts';
import { parseJsonExactly } from '../../json/parse-json-exactly.ts';
import type { RecordedExchange, RecordedRequest, RecordedResponse } from '../../recording/recording.ts';
import { formatDuration } from '../time.ts';
import { formOf } from './leg.ts';

/** A request as text: line, header fields, body; a form one parameter a line, JSON indented. All of it is foreign. */
export function requestText(request: RecordedRequest): string {
  const { method, url, headers, body } = request;
  const form = formOf(request);
  const shown =
    form === undefined
      ? readableBody(body ?? '')
      : form.map(([name, value]) => `${name}=${value}`).join('\n');
  return message(`${method} ${url}`, headers, shown);
}

/** A response as text in the same way. */
export function responseText({ status, headers, body }: RecordedResponse): string {
  return message(status === null ? '' : statusWithPhrase(status), headers ?? [], readableBody(body ?? ''));
}

/** A body for reading: JSON indented, anything else as it is. */
export function readableBody(body: string): string {
  if (!/^\s*[[{]/.test(body) || body.length > 200_000) return body;
  const parsed = parseJsonExactly(body);
  return parsed.type === 'parsed' ? stringifyExactly(parsed.json.value, 2) : body;
}

function message(firstLine: string, headers: HeaderList, body: string): string {
  const fields = headers.map(([name, value]) => `${name}: ${value}`);
  return [...(firstLine === '' ? [] : [firstLine]), ...fields, ...(body === '' ? [] : ['', body])].join('\n');
}

/** Text of at most so many characters, with a word about the rest. */
export function shortenedTo(longest: number, text: string): string {
  if (text.length <= longest) return text;
  return `${text.slice(0, longest)}\n… (${text.length - longest} more characters)`;
}

/** Method and URL of a request, or that it was not recorded. */
export function requestLine(request: RecordedRequest | null, url = request?.url): string {
  return request === null ? '(request not recorded)' : `${request.method} ${url}`;
}

/** How long an exchange took, or that it was not recorded. */
export function durationText({ duration_ms }: RecordedExchange): string {
  return duration_ms === null ? 'time not recorded' : formatDuration(duration_ms);
}

/** The status of a response; a body that was saved alone has none. */
export function statusText({ status }: RecordedResponse): string {
  return status === null ? 'status not recorded' : String(status);
}

/** The parts of an exchange that were not recorded, as one sentence; undefined when none is known to be missing. */
export function missingText({ request, response, duration_ms }: RecordedExchange): string | undefined {
  const missing = [
    ...(request === null ? ['the request'] : []),
    ...(request?.body === null ? ['the body of the request'] : []),
    ...(response !== null && response.status === null ? ['the status'] : []),
    ...(duration_ms === null ? ['the time'] : []),
  ];
  return missing.length === 0 ? undefined : `Not recorded: ${missing.join(', ')}.`;
}

/** The purpose of the registered parameters of requests and responses (IANA OAuth Parameters). */
const meanings: Readonly<Record<string, string>> = {
  acr_values: 'wanted authentication contexts',
  assertion: 'the assertion that is exchanged for a token',
  audience: 'whom the token is to be for',
  authorization_details: 'fine-grained request',
  claims: 'claims that are asked for one by one',
  client_assertion: 'proves the client with a signature',
  client_assertion_type: 'the kind of client_assertion',
  client_id: 'which client asks',
  client_secret: 'proves the client',
  code: 'to be exchanged for tokens, once',
  code_challenge: 'hash of the code_verifier (PKCE)',
  code_challenge_method: 'how code_challenge was made',
  code_verifier: 'shows that who redeems the code asked for it (PKCE)',
  device_code: 'which device waits',
  display: 'how pages are to be shown',
  error: 'why the request was refused',
  error_description: 'the same for people',
  error_uri: 'a page about it',
  expires_in: 'lifetime in seconds',
  grant_type: 'what is exchanged for tokens',
  id_token_hint: 'who is expected to be signed in',
  iss: 'which server answered',
  login_hint: 'who is expected to sign in',
  max_age: 'longest time since the person authenticated, in seconds',
  nonce: 'comes back in the ID token of this login only',
  prompt: 'what the person is to be asked',
  redirect_uri: 'where the answer goes; must be registered',
  refresh_token: 'to be exchanged for new tokens',
  request: 'the request as a signed object',
  request_uri: 'where the request was put before',
  resource: 'the API that the token is for',
  response_mode: 'how the answer travels',
  response_type: 'what is to come back',
  scope: 'what access is asked for',
  session_state: 'state of the session at the server',
  state: 'must come back unchanged: ties the answer to this request',
  token: 'the token that is asked about',
  token_type_hint: 'what kind it is',
  ui_locales: 'preferred languages',
  user_code: 'what the person types',
};

/** A parameter in a few words; undefined when it is not registered. */
export function parameterMeaning(name: string): string | undefined {
  return ownMember(meanings, name);
}

/** Reason phrases of the statuses that servers answer OAuth requests with (RFC 9110 §15; RFC 6585 §4). */
const phrases: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  410: 'Gone',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** A status with its registered reason phrase, such as `200 OK`; alone where none is known. */
export function statusWithPhrase(status: number): string {
  const phrase = phrases[status];
  return phrase === undefined ? String(status) : `${status} ${phrase}`;
}
