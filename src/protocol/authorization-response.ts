import { type DecodedJws, decodeJwt } from '../jose/jwt.ts';
import { exactJsonFromPairs } from '../json/exact-json.ts';
import { isJsonObject } from '../json/json.ts';
import { callbackErrorCodeMembers, type ErrorMembers, findErrorMembers } from './error-members.ts';
import { findParameter, findParameterProblems } from './parameter-names.ts';
import { encodeForm, type Parameters, parameterText, parameterValue, parseForm } from './parameters.ts';

/** An authorization response and the way it arrived. */
export type ReceivedAuthorizationResponse = {
  /** The parameters in its JWT as a form, where they cannot be read there: it was encrypted, or is hidden (JARM §2.1). */
  readonly opened?: string;
} /** `url` reached the listener, or was pasted: a URL, or a query string alone. */ & (
  | { readonly method: 'GET' | 'PASTE'; readonly url: string }
  /** Form post response mode: the parameters are in the body. */
  | { readonly method: 'POST'; readonly url: string; readonly body: string }
  /** Fragment response mode: the parameters are in `fragment`, without its `#`. */
  | { readonly method: 'FRAGMENT'; readonly url: string; readonly fragment: string }
);

/** The JWT that holds an authorization response (JARM §2.1); nothing in it is verified. */
export interface ResponseJwt {
  /** The signed JWT; the encrypted one where nothing decrypted it. */
  readonly compact: string;
  /** The signed JWT, which may have been encrypted; null when it cannot be read. */
  readonly signed: DecodedJws | null;
  /** `opened`: it was encrypted and could be decrypted. */
  readonly encryption: 'none' | 'locked' | 'opened';
}

/** Tells whether a response mode asks for a JWT (JARM §2.3). */
export function asksForJwt(responseMode: string | undefined): boolean {
  return /^(?:(?:query|fragment|form_post)\.)?jwt$/.test(responseMode ?? '');
}

/** The parts that every authorization response has. */
export interface AuthorizationResponseFacts {
  readonly received: ReceivedAuthorizationResponse;
  /** In the order of the wire; of a repeated name the first value counts. Of a JWT its claims. */
  readonly parameters: Parameters;
  /** Set when the response came in a JWT. */
  readonly jwt?: ResponseJwt;
  readonly state: string | null;
  /** RFC 9207 §2. */
  readonly iss: string | null;
  /** The state that was sent; null when none was. */
  readonly sentState: string | null;
  /** `later`: of several values another than the first is the one that was sent. */
  readonly stateComparison: 'not-sent' | 'same' | 'missing' | 'different' | 'later';
  /** Names given more than once, which RFC 6749 §3.1 forbids. */
  readonly repeated: readonly string[];
  /** Standard parameters that are the empty string. */
  readonly emptyParameters: readonly string[];
  /** Whether a further literal `?` was read as `&`. */
  readonly secondQuestionMark: boolean;
  /** The text behind `#`; null when there is no `#`, or when the parameters were taken from there. */
  readonly fragment: string | null;
}

/** An authorization code, also when the state is wrong: it may be redeemed only after a look at the facts. */
export interface CodeReading extends AuthorizationResponseFacts {
  readonly type: 'code';
  readonly code: string;
  /** The name the code came under. */
  readonly codeName: string;
}

/** An error (RFC 6749 §4.1.2.1), also when a code is beside it. */
export interface AuthorizationErrorReading extends AuthorizationResponseFacts, ErrorMembers {
  readonly type: 'error';
}

/** Tokens without a code (RFC 6749 §4.2.2; OIDC Core §3.2.2.5). */
export interface TokensAnswerReading extends AuthorizationResponseFacts {
  readonly type: 'tokens';
}

/** Neither a code, tokens nor anything that speaks of an error. */
export interface NeitherReading extends AuthorizationResponseFacts {
  readonly type: 'neither';
  /** The text of a member such as `message`, which need not be about an error. */
  readonly errorDescription: string | null;
}

/** An authorization response as it can be used, with its deviations. */
export type AuthorizationResponseReading =
  | CodeReading
  | TokensAnswerReading
  | AuthorizationErrorReading
  | NeitherReading;

/**
 * Reads a request to the redirect URI (RFC 6749 §4.1.2), also one in a JWT (JARM §2.1). Nothing is verified.
 * @param decrypted what was in the JWT, where it was encrypted
 */
export function readAuthorizationResponse(
  received: ReceivedAuthorizationResponse,
  sent: { readonly state?: string | undefined },
  decrypted?: string,
): AuthorizationResponseReading {
  const { encoded, fragment } = locateParameters(received);
  const secondQuestionMark =
    (received.method === 'GET' || received.method === 'PASTE') && encoded.includes('?');
  const sentAlong = parseForm(secondQuestionMark ? encoded.replaceAll('?', '&') : encoded);
  const { jwt, parameters } = openResponse(sentAlong, received, decrypted);
  const state = parameterValue(parameters, 'state') ?? null;
  const json = exactJsonFromPairs(parameters);
  const members = isJsonObject(json.value) ? json.value : {};
  const facts: AuthorizationResponseFacts = {
    received: jwt === undefined ? received : { ...received, opened: encodeForm(parameters) },
    parameters,
    ...(jwt === undefined ? {} : { jwt }),
    state,
    iss: parameterValue(parameters, 'iss') ?? null,
    sentState: sent.state ?? null,
    stateComparison: compareState(sent.state, parameters),
    repeated: [...repeatedNames(sentAlong), ...(jwt?.signed?.claimsJson.duplicates ?? [])],
    emptyParameters: [
      ...findParameterProblems(json, [members]).emptyParameters,
      ...(members.code === '' ? ['code'] : []),
    ],
    secondQuestionMark,
    fragment,
  };
  const code = findParameter(json, members, 'code', (value) => typeof value === 'string' && value !== '');
  const error = findErrorMembers(json, callbackErrorCodeMembers);
  if (code !== undefined && typeof code.value === 'string' && (members.error ?? '') === '') {
    return { ...facts, type: 'code', code: code.value, codeName: code.name };
  }
  const speaksOfError = Object.keys(members).some((name) => errorNames.has(name));
  if (speaksOfError) return { ...facts, type: 'error', ...error };
  return members.access_token || members.id_token
    ? { ...facts, type: 'tokens' }
    : { ...facts, type: 'neither', errorDescription: error.errorDescription };
}

/** The parameters of a response, which its JWT holds when there is one; what stands beside it counts for nothing. */
export function openResponse(
  parameters: Parameters,
  { opened }: Pick<ReceivedAuthorizationResponse, 'opened'> = {},
  decrypted?: string,
): { readonly jwt?: ResponseJwt; readonly parameters: Parameters } {
  const compact = parameterValue(parameters, 'response') ?? '';
  const outer = /[.‹]/.test(compact) ? decodeJwt(compact) : undefined;
  if (outer === undefined || (outer.type === 'invalid' && opened === undefined)) return { parameters };
  const inner = decrypted === undefined ? outer : decodeJwt(decrypted);
  const signed = inner.type === 'jws' ? inner : null;
  const claims = Object.entries(signed?.claims ?? {}).map(
    ([name, value]) => [name, parameterText(value)] as const,
  );
  return {
    jwt: {
      compact: decrypted ?? compact,
      signed,
      encryption: decrypted !== undefined ? 'opened' : outer.type === 'jwe' ? 'locked' : 'none',
    },
    parameters: signed === null ? parseForm(opened ?? '') : claims,
  };
}

const errorNames = new Set([...callbackErrorCodeMembers, 'error_description', 'error_uri']);

function locateParameters(received: ReceivedAuthorizationResponse): {
  encoded: string;
  fragment: string | null;
} {
  if (received.method === 'FRAGMENT') return { encoded: received.fragment.replace(/^#/, ''), fragment: null };
  const text = received.method === 'PASTE' ? received.url.trim() : received.url;
  const hash = text.indexOf('#');
  const fragment = hash === -1 ? null : text.slice(hash + 1);
  const url = hash === -1 ? text : text.slice(0, hash);
  if (received.method === 'POST') return { encoded: received.body, fragment };
  const mark = url.indexOf('?');
  const isBareQuery =
    received.method === 'PASTE' && !/^[a-z][a-z\d+.-]*:|^\//i.test(url) && beginsWithPair(url, mark);
  return { encoded: isBareQuery ? url : mark === -1 ? '' : url.slice(mark + 1), fragment };
}

/** Tells whether text without a scheme is a query string rather than a host and path. */
function beginsWithPair(text: string, mark: number): boolean {
  const equals = text.indexOf('=');
  return equals > 0 && (mark === -1 || equals < mark);
}

function compareState(
  sent: string | undefined,
  parameters: Parameters,
): AuthorizationResponseFacts['stateComparison'] {
  if (sent === undefined) return 'not-sent';
  const states = parameters.filter(([name]) => name === 'state').map(([, value]) => value);
  if (states.length === 0) return 'missing';
  return states[0] === sent ? 'same' : states.includes(sent) ? 'later' : 'different';
}

function repeatedNames(parameters: Parameters): readonly string[] {
  const counts = new Map<string, number>();
  for (const [name] of parameters) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([name]) => name);
}
