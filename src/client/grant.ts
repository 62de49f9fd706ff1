import type { Parameters } from '../protocol/parameters.ts';

/** The access that a token is requested for. */
export interface GrantAccess {
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  readonly audience: string | null;
}

/** A secret that a grant hands in, such as the token that is to be exchanged. */
export interface GrantInput {
  /** The beginning of its options: `subject-token` is given by --subject-token-file or --subject-token-env. */
  readonly option: string;
  /** As messages and the help call it. */
  readonly name: string;
}

/** A way to a first token. */
export interface Grant {
  /** As `grant_type` on the wire and as --grant-type takes it. */
  readonly type: string;
  /** The secrets that have to be given besides the client. */
  readonly inputs: readonly GrantInput[];
  /** Whether the token is of the client itself, so that there is no user to ask about. */
  readonly isOfClient?: boolean;
  /**
   * The parameters of its token request, given the values of its inputs; left out where a person has to take part.
   * With it a token can be had without one, and again whenever it is needed.
   */
  readonly parameters?: (access: GrantAccess, inputs: readonly string[]) => Parameters;
}

/** The parameters that say what a token is asked for (RFC 6749 §3.3, RFC 8707 §2). */
export function accessParameters({ scope, resource, audience }: GrantAccess): Parameters {
  return [
    ...(scope.length === 0 ? [] : [['scope', scope.join(' ')] as const]),
    ...resource.map((uri) => ['resource', uri] as const),
    ...(audience === null ? [] : [['audience', audience] as const]),
  ];
}
