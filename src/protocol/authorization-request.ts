import { createHash, randomBytes } from 'node:crypto';
import { isHttpUrl } from '../http-message.ts';
import {
  encodeQuery,
  overrideParameters,
  type ParameterOverride,
  type Parameters,
  parameterValue,
  parseForm,
  presentParameters,
  splitScope,
} from './parameters.ts';

/** How the code verifier is turned into the challenge (RFC 7636 §4.2); `off` sends no PKCE at all. */
export type PkceMethod = 'S256' | 'plain' | 'off';

/** A code verifier of 43 characters with 256 bits of randomness (RFC 7636 §4.1). */
export function createCodeVerifier(): string {
  return randomBytes(32).toString('base64url');
}

/** The code challenge for a verifier (RFC 7636 §4.2). */
export function codeChallenge(codeVerifier: string, method: 'S256' | 'plain'): string {
  return method === 'plain'
    ? codeVerifier
    : createHash('sha256').update(codeVerifier, 'ascii').digest('base64url');
}

/** A value for state or nonce: 192 bits, 32 characters (RFC 6749 §10.10; OIDC Core §15.5.2). */
export function createUnguessableValue(): string {
  return randomBytes(24).toString('base64url');
}

/** The settings of the authorization request. */
export interface AuthorizationRequestOptions {
  readonly clientId: string;
  /** Empty: no `scope` parameter. */
  readonly scope: readonly string[];
  /** Left out: a code alone. */
  readonly responseType?: string | undefined;
  readonly responseMode?: string;
  readonly prompt?: string;
  readonly loginHint?: string;
  readonly maxAgeSeconds?: number;
  readonly acrValues?: string;
  readonly uiLocales?: string;
  /** JSON text (OIDC Core §5.5). */
  readonly claims?: string;
  /** JSON text (RFC 9396 §2). */
  readonly authorizationDetails?: string;
  /** RFC 8707 §2. */
  readonly resources: readonly string[];
  readonly audience?: string;
  readonly overrides: readonly ParameterOverride[];
}

/** Values of the run itself: made once, used in both requests. */
export interface AuthorizationRequestSecrets {
  readonly redirectUri: string;
  readonly state?: string | undefined;
  readonly nonce?: string | undefined;
  readonly pkce: PkceMethod;
  readonly codeVerifier: string;
  /** Thumbprint of the key that the code is bound to (RFC 9449 §10). */
  readonly dpopJkt?: string | undefined;
}

/** An authorization request, ready for the browser, and what was really sent in it after all overrides. */
export interface AuthorizationRequest {
  /** Where the browser goes: it carries the parameters, or what stands for them. */
  readonly url: string;
  /** All that is asked for, however it gets to the server. */
  readonly parameters: Parameters;
  readonly sent: {
    readonly state?: string;
    readonly nonce?: string;
    readonly redirect_uri?: string;
    readonly scope: readonly string[];
    readonly code_challenge?: string;
    /** As the parameters have it, whatever was wanted. */
    readonly pkce: PkceMethod;
    readonly max_age?: number;
    readonly acr_values?: string;
  };
}

/** Builds an authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3, OIDC Core §3.1.2.1). */
export function buildAuthorizationRequest(
  authorizationEndpoint: string,
  options: AuthorizationRequestOptions,
  secrets: AuthorizationRequestSecrets,
): AuthorizationRequest {
  const { pkce, codeVerifier } = secrets;
  const wanted: (readonly [string, string | undefined])[] = [
    ['response_type', options.responseType ?? 'code'],
    ['client_id', options.clientId],
    ['redirect_uri', secrets.redirectUri],
    ['scope', options.scope.length === 0 ? undefined : options.scope.join(' ')],
    ['state', secrets.state],
    ['nonce', secrets.nonce],
    ['code_challenge', pkce === 'off' ? undefined : codeChallenge(codeVerifier, pkce)],
    ['code_challenge_method', pkce === 'off' ? undefined : pkce],
    ['dpop_jkt', secrets.dpopJkt],
    ['response_mode', options.responseMode],
    ['prompt', options.prompt],
    ['max_age', options.maxAgeSeconds?.toString()],
    ['login_hint', options.loginHint],
    ['acr_values', options.acrValues],
    ['ui_locales', options.uiLocales],
    ['claims', options.claims],
    ['authorization_details', options.authorizationDetails],
    ...options.resources.map((resource) => ['resource', resource] as const),
    ['audience', options.audience],
  ];
  const parameters = overrideParameters(presentParameters(wanted), options.overrides);
  return authorizationRequestOf(authorizationEndpoint, parameters);
}

/** The authorization request that these parameters make; `url` is where the browser goes. */
export function authorizationRequestOf(
  authorizationEndpoint: string,
  parameters: Parameters,
): AuthorizationRequest {
  return { url: authorizationUrl(authorizationEndpoint, parameters), parameters, sent: readSent(parameters) };
}

/** The URL that brings parameters to the authorization endpoint through the browser. */
export function authorizationUrl(authorizationEndpoint: string, parameters: Parameters): string {
  return browserUrl(appendQuery(authorizationEndpoint, parameters));
}

/** The authorization request that a URL makes, for instance after a person has changed it. */
export function authorizationRequestAt(url: string): AuthorizationRequest {
  const [, query = ''] = /^[^?#]*\?([^#]*)/.exec(url) ?? [];
  const parameters = parseForm(query);
  return { url: browserUrl(url), parameters, sent: readSent(parameters) };
}

function readSent(parameters: Parameters): AuthorizationRequest['sent'] {
  const names = ['state', 'nonce', 'redirect_uri', 'code_challenge', 'acr_values'] as const;
  const texts = names.flatMap((name) => {
    const value = parameterValue(parameters, name);
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const maxAge = parameterValue(parameters, 'max_age') ?? '';
  return {
    ...(Object.fromEntries(texts) as Partial<Record<(typeof names)[number], string>>),
    scope: splitScope(parameterValue(parameters, 'scope') ?? ''),
    pkce: pkceOf(parameters),
    ...(/^\d+$/.test(maxAge) ? { max_age: Number(maxAge) } : {}),
  };
}

/** A challenge without a method is a plain one (RFC 7636 §4.3). */
function pkceOf(parameters: Parameters): PkceMethod {
  if ((parameterValue(parameters, 'code_challenge') ?? '') === '') return 'off';
  return parameterValue(parameters, 'code_challenge_method') === 'S256' ? 'S256' : 'plain';
}

/** A URL as a browser command and the screen get it: without a character that a shell or a terminal gives a meaning. */
export function browserUrl(url: string): string {
  return new URL(url).href.replace(
    /['`|\\^{}\s<>"]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function appendQuery(endpoint: string, parameters: Parameters): string {
  const query = encodeQuery(parameters);
  const [withoutFragment = ''] = endpoint.split('#');
  const separator = !withoutFragment.includes('?') ? '?' : /[?&]$/.test(withoutFragment) ? '' : '&';
  return query === '' ? withoutFragment : `${withoutFragment}${separator}${query}`;
}

/** What keeps an address from being opened in a browser, in words behind a name; undefined when nothing does. */
export function endpointProblem(endpoint: string): string | undefined {
  if (!isHttpUrl(endpoint)) return 'is not an http or https URL';
  const { username, password } = new URL(endpoint);
  return username === '' && password === '' ? undefined : 'holds a user name or password';
}
