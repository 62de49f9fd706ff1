import type { CheckResult } from '../checks/check-result.ts';
import type { JsonObject } from '../json/json.ts';

/** Result of `userinfo`. */
export interface UserinfoDocument {
  readonly version: 1;
  readonly issuer: string | null;
  readonly client_id: string | null;
  /** Every claim as received. */
  readonly userinfo: JsonObject;
  readonly checks: readonly CheckResult[];
}

/** Result of `introspect`. */
export interface IntrospectionDocument {
  readonly version: 1;
  readonly issuer: string | null;
  readonly client_id: string;
  readonly active: boolean;
  /** Every member as received, `active` among them. */
  readonly introspection: JsonObject;
  readonly checks: readonly CheckResult[];
}

/** Result of `revoke`. */
export interface RevocationDocument {
  readonly version: 1;
  readonly issuer: string | null;
  readonly client_id: string;
  readonly token_type_hint: string | null;
  /** True also for a token that the server never knew: it answers the same (RFC 7009 §2.2). */
  readonly revoked: true;
  /** What became of the saved session whose token it was; null when it was another token. */
  readonly session: 'removed' | 'kept' | null;
  readonly checks: readonly CheckResult[];
}

/** A challenge of a protected resource (RFC 9110 §11.6.1). */
export interface ChallengeDocument {
  readonly scheme: string;
  readonly token68: string | null;
  /** Of a parameter that came twice, the first value. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** Result of `request`. */
export interface RequestDocument {
  readonly version: 1;
  readonly request: { readonly method: string; readonly url: string };
  readonly response: {
    readonly status: number;
    readonly headers: readonly (readonly [name: string, value: string])[];
    /** null for a body that is no UTF-8. */
    readonly body: string | null;
    /** Only for a body that is no UTF-8. */
    readonly body_base64?: string;
  };
  /** Of the last exchange, in milliseconds. */
  readonly duration_ms: number;
  /** Where the answer points to when a redirect was not followed. */
  readonly redirect: string | null;
  readonly challenges: readonly ChallengeDocument[];
}
