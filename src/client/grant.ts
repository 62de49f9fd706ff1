import type { JsonObject } from '../json/json.ts';
import type { Parameters } from '../protocol/parameters.ts';

/** The grant of RFC 6749 §4.3. */
export const passwordType = 'password';

/** Short names of token types, each the end of its URI (RFC 8693 §3). */
export const tokenTypes: readonly string[] = 'access_token refresh_token id_token saml1 saml2 jwt'.split(' ');

/** The access that a token is requested for. */
export interface GrantAccess {
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  readonly audience: string | null;
}

/** The inputs of a grant by option; one that is left out is undefined. */
export type GrantValues = Readonly<Record<string, string | undefined>>;

/** How the token request of a grant is made that needs no person. */
export interface GrantRequest {
  /** The parameters of its token request; `sign` makes a JWT of the client. */
  readonly parameters: (
    access: GrantAccess,
    given: GrantValues,
    sign: (claims: JsonObject) => string,
  ) => Parameters;
  /** Inputs as they are used, by option; undefined for a text that cannot be. */
  readonly read?: Readonly<Record<string, (text: string) => string | undefined>>;
  /** Why it should not be used. */
  readonly warning?: string;
}

/** A way to a first token. */
export interface Grant {
  /** As `grant_type` on the wire and as --grant-type takes it. */
  readonly type: string;
  /** Whether the token is of the client itself, so that there is no user to ask about. */
  readonly isOfClient?: boolean;
  /** Whether a token can be had without a person, and again whenever it is needed. */
  readonly isRepeatable?: boolean;
}

/** The parameters that say what a token is asked for (RFC 6749 §3.3, RFC 8707 §2). */
export function accessParameters({ scope, resource, audience }: GrantAccess): Parameters {
  return [
    ...(scope.length === 0 ? [] : [['scope', scope.join(' ')] as const]),
    ...resource.map((uri) => ['resource', uri] as const),
    ...(audience === null ? [] : [['audience', audience] as const]),
  ];
}
