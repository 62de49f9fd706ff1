import { momentText, shownValue } from '../checks/shown-value.ts';
import { type HeaderList, headerValue } from '../http-message.ts';
import { codeChallenge } from '../protocol/authorization-request.ts';
import { readAuthorizationResponse } from '../protocol/authorization-response.ts';
import { endpointUrls } from '../protocol/metadata.ts';
import { encodeForm, parameterValue } from '../protocol/parameters.ts';
import type { Conversation, Message, MessageOf } from '../recording/conversation.ts';
import type { RecordedResponse } from '../recording/recording.ts';
import {
  readSentTokenRequest,
  type SentAuthorizationRequest,
  type SentProof,
  type SentTokenRequest,
} from '../recording/sent-request.ts';
import { isAt } from '../recording/url-input.ts';
import { own, type Said } from '../say.ts';

/** Which part of a server answered; `par` takes pushed authorization requests, `other` is one like introspection or revocation, where a client authenticates. */
export type AskedEndpoint =
  | 'authorization'
  | 'par'
  | 'token'
  | 'resource'
  | 'discovery'
  | 'registration'
  | 'other';

/** What an answer came to, as far as it is diagnosed. */
export interface Answer {
  readonly endpoint: AskedEndpoint;
  readonly error: string | null;
  readonly description: string | null;
  readonly status: number | null;
  readonly response?: RecordedResponse | null;
}

/** Everything known around an error, for any client. */
export interface Situation extends Required<Answer> {
  /** `login`: the client is this tool, and its options can be named; `debug`: it is another program. */
  readonly voice: 'login' | 'debug';
  /** All that the server said, for the codes that stand in free text. */
  readonly text: string;
  /** The text that quotes the answer, such as a log. */
  readonly quoted: string;
  /** The authorization request the answer belongs to. */
  readonly authorization: SentAuthorizationRequest | null;
  readonly token: SentTokenRequest | null;
  /** The DPoP proof that went with the request. */
  readonly proof: SentProof | undefined;
  /** Token requests that were sent before this one. */
  readonly earlier: readonly MessageOf<'token_response'>[];
  /** The codes that came to the redirect URI before. */
  readonly receivedCodes: readonly string[];
  /** When the token request was sent; null when that is not known. */
  readonly sentAt: Date | null;
  /** Between the callback and the token request; null when that is not known. */
  readonly delaySeconds: number | null;
  /** Value of `grant_type`; null when it is not known. */
  readonly grant: string | null;
  readonly scope: readonly string[] | null;
  /** Settings that a person gave, by the name of the option (with the parameter, as in `token-param scope`), and what gave each. */
  readonly given: Readonly<Record<string, string>>;
  readonly conversation: Conversation;
}

const longestText = 100_000;
/** How far back an error is put down to what came before: each of many errors is compared with all of that. */
const mostBefore = 300;

/**
 * Gathers what a conversation says about an answer; `message` is the one that holds it, else all messages came
 * before it.
 */
export function gatherSituation(
  answer: Answer,
  conversation: Conversation,
  voice: Situation['voice'],
  message?: Message,
  given: Situation['given'] = {},
): Situation {
  const { endpoint } = answer;
  const response = answer.response ?? null;
  const { messages } = conversation;
  const at = message === undefined ? -1 : messages.indexOf(message);
  const end = at === -1 ? messages.length : at;
  const before = messages.slice(Math.max(0, end - mostBefore), end);
  // An answer of another endpoint says nothing about the token request before it.
  const isOther = endpoint === 'other' || endpoint === 'registration';
  const own = message ?? (isOther ? undefined : before.findLast(({ kind }) => kind === 'token_response'));
  const isOwn = message?.kind === 'token_request' || endpoint === 'token' || isOther;
  const asking = isOwn && isForTokens(own) ? own : isOther ? undefined : before.findLast(isForTokens);
  const pushedBy = message?.kind === 'authorization_request' ? message.pushedBy : undefined;
  // The request that begins a sign-in elsewhere authenticates the client as a token request does.
  const begun =
    (message?.kind === 'device_response' || message?.kind === 'backchannel_response') && message.request;
  const token = pushedBy ?? asking?.sent ?? (begun ? readSentTokenRequest(begun) : null);
  const callbacks = before.flatMap((other) =>
    other.kind === 'callback' ? [{ at: other.at, parameters: callbackParameters(other) }] : [],
  );
  const code = parameterValue(token?.parameters ?? [], 'code');
  const callback =
    callbacks.findLast(({ parameters }) => code && parameters.get('code') === code) ?? callbacks.at(-1);
  const authorization =
    asksForAuthorization(answer) && message?.kind === 'authorization_request'
      ? message.sent
      : authorizationFor(callback?.parameters.get('state') ?? undefined, before, token);
  const asked = own?.kind === 'token_response' || own?.kind === 'callback' ? own.asked : {};
  const challenges = (response?.headers ?? []).filter(([name]) => /^www-authenticate$/i.test(name));
  const said = [
    answer.error,
    answer.description,
    ...challenges.map(([, value]) => value),
    response?.body,
    message?.quoted,
  ];
  const scope = parameterValue((begun ? token : authorization)?.parameters ?? [], 'scope')?.split(/\s+/);
  return {
    ...answer,
    voice,
    text: said.join('\n').slice(0, longestText),
    quoted: message?.quoted ?? '',
    response,
    authorization,
    token,
    proof: own?.proof,
    earlier: before.filter((other) => other.kind === 'token_response').filter((other) => other !== own),
    receivedCodes: callbacks.map(({ parameters }) => parameters.get('code') ?? '').filter(Boolean),
    sentAt: own?.at ?? null,
    delaySeconds:
      callback?.at == null || own?.at == null ? null : (own.at.getTime() - callback.at.getTime()) / 1000,
    grant: asked.grant ?? parameterValue(token?.parameters ?? [], 'grant_type') ?? null,
    scope: asked.scope ?? scope?.filter((word) => word !== '') ?? null,
    given,
    conversation,
  };
}

/** Whether a client authenticates at the endpoint that answered. */
export function authenticatesClient({ endpoint }: Pick<Answer, 'endpoint'>): boolean {
  return endpoint === 'token' || endpoint === 'other' || endpoint === 'par';
}

/** Whether the endpoint that answered took the parameters of an authorization request. */
export function asksForAuthorization({ endpoint }: Pick<Answer, 'endpoint'>): boolean {
  return endpoint === 'authorization' || endpoint === 'par';
}

function isForTokens(message: Message | undefined): message is MessageOf<'token_request' | 'token_response'> {
  return message?.kind === 'token_request' || message?.kind === 'token_response';
}

/** The one whose state brought the code, else one that fits the token request, else the last one before. */
function authorizationFor(
  state: string | undefined,
  before: readonly Message[],
  token: SentTokenRequest | null,
): SentAuthorizationRequest | null {
  const requests = before.flatMap((other) => (other.kind === 'authorization_request' ? [other.sent] : []));
  const matching = requests.find(
    ({ parameters }) => state !== undefined && parameterValue(parameters, 'state') === state,
  );
  const fitting = requests.findLast((one) => token !== null && belongTogether(one, token));
  const chosen = matching ?? fitting ?? requests.at(-1) ?? null;
  // The pushed request stands in for the one that only refers to it (RFC 9126 §4).
  return chosen !== null && parameterValue(chosen.parameters, 'request_uri') !== undefined
    ? (requests.findLast(({ pushed }) => pushed) ?? chosen)
    : chosen;
}

/** Whether nothing in the two requests contradicts the other, where several logins were recorded. */
function belongTogether({ parameters }: SentAuthorizationRequest, token: SentTokenRequest): boolean {
  const [first, second] = [parameters, token.parameters].map(
    (list) => (name: string) => parameterValue(list, name) || undefined,
  ) as [(name: string) => string | undefined, (name: string) => string | undefined];
  const verifier = second('code_verifier');
  const method = first('code_challenge_method') === 'S256' ? 'S256' : 'plain';
  return (
    first('client_id') === (token.authentication.clientId ?? first('client_id')) &&
    first('redirect_uri') === second('redirect_uri') &&
    first('code_challenge') === (verifier && codeChallenge(verifier, method))
  );
}

/** What callbacks brought: each error of a long conversation is compared with all of them. */
const readCallbacks = new WeakMap<object, URLSearchParams>();

function callbackParameters({ received }: MessageOf<'callback'>): URLSearchParams {
  const read =
    readCallbacks.get(received) ??
    new URLSearchParams(encodeForm(readAuthorizationResponse(received, {}).parameters));
  readCallbacks.set(received, read);
  return read;
}

/** A parameter of the authorization request; one without a value counts as left out (RFC 6749 §3.1). */
export function sentValue(
  { authorization }: Pick<Situation, 'authorization'>,
  name: string,
): string | undefined {
  return parameterValue(authorization?.parameters ?? [], name) || undefined;
}

/** A parameter of the token request, empty where it has no value. */
export function tokenValue({ token }: Pick<Situation, 'token'>, name: string): string | undefined {
  return parameterValue(token?.parameters ?? [], name);
}

/** Whether the recording shows how the client authenticated: credentials in the head, or a body that was saved. */
export function showsCredentials({ token }: Pick<Situation, 'token'>): boolean {
  return token !== null && (token.place !== 'unknown' || token.authentication.method !== 'none');
}

/** The moment of the Date header in seconds, which is the server's clock; undefined when there is none. */
export function serverSeconds(headers: HeaderList | null | undefined): number | undefined {
  const ms = Date.parse(headerValue(headers ?? [], 'date') ?? '');
  return Number.isNaN(ms) ? undefined : ms / 1000;
}

/** A time of a token in seconds, as a moment beside that of the server's clock. */
export function timeBeside(seconds: unknown, serverNow: number | undefined): string {
  return typeof seconds === 'number' && serverNow !== undefined
    ? momentText(seconds, new Date(serverNow * 1000))
    : shownValue(seconds);
}

/**
 * Says that the user gave a value which the tool would have made itself, and where to take it out; undefined when
 * it was not given. Names are those of {@link Situation.given}.
 */
export function givenInstead(
  { given }: Pick<Situation, 'given'>,
  names: readonly string[],
): { readonly why: Said; readonly remedy: Said } | undefined {
  const found = names.filter((name) => given[name] !== undefined);
  if (found.length === 0) return undefined;
  const parameters = found.map((name) => name.split(' ').at(-1)).join(' and ');
  const sources = [...new Set(found.map((name) => given[name]))].join(' and ');
  return {
    why: own(`${parameters} was given by ${sources}, in place of the value this tool uses.`),
    remedy: own(`Take ${parameters} out of ${sources}.`),
  };
}

/** The metadata of the server that was asked; null when it is not known to be the same one. */
export function metadataFor({
  conversation: { metadata },
  token,
  authorization,
}: Situation): Conversation['metadata'] {
  if (metadata === null) return null;
  const places = [
    [token?.url, endpointUrls(metadata, 'token_endpoint')],
    [authorization?.endpoint, metadata.authorization_endpoint],
  ] as const;
  const isSame = places.some(([asked, endpoint]) => asked !== undefined && isAt(asked, endpoint));
  return isSame ? metadata : null;
}
