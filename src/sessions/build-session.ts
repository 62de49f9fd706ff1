import type { GrantedTokens } from '../flows/request-tokens.ts';
import { jwkThumbprint } from '../jose/jwk.ts';
import { claimsOf } from '../jose/jwt.ts';
import { type JsonObject, textListMember, textMember } from '../json/json.ts';
import type { SavedSession, SessionServer } from '../storage/session-file.ts';
import type { Session } from '../storage/session-store.ts';
import { factsOf } from './renew-session.ts';

/** The facts that a session is made from besides the tokens. */
export interface SessionBasis
  extends Pick<
    Session,
    | 'owner'
    | 'issuer'
    | 'client_id'
    | 'verified'
    | 'id_token_rules'
    | 'grant_type'
    | 'login_options'
    | 'requested'
    | 'plain'
    | 'quick'
    | 'settings'
  > {
  readonly metadata: JsonObject;
  readonly userinfo: JsonObject | null;
  readonly secret_from: SavedSession['secret_from'] | undefined;
  /** The key that the client proved with the request. */
  readonly dpopKey?: JsonObject | undefined;
}

/** A session from the tokens that were issued first. */
export function buildSession(issued: GrantedTokens, basis: SessionBasis): Session {
  const { metadata, userinfo, secret_from, dpopKey, ...rest } = basis;
  const { reading } = issued;
  const jkt = reading.tokenType === 'DPoP' && dpopKey !== undefined ? jwkThumbprint(dpopKey) : null;
  return {
    ...rest,
    account: accountOf(reading.idToken, userinfo),
    scope: reading.scope ?? basis.requested.scope,
    refreshable: reading.refreshToken !== null,
    server: serverOf(metadata, issued),
    ...(secret_from === undefined ? {} : { secret_from }),
    ...(jkt === null ? {} : { dpop_jkt: jkt }),
    ...factsOf(issued, 0),
    tokens: {
      access_token: reading.accessToken,
      token_type: reading.tokenType,
      ...(reading.refreshToken === null ? {} : { refresh_token: reading.refreshToken }),
      ...(reading.idToken === null ? {} : { id_token: reading.idToken }),
      ...(jkt === null || dpopKey === undefined ? {} : { dpop_key: dpopKey }),
      token_response: reading.members,
    },
  };
}

function serverOf(
  metadata: JsonObject,
  { method, assertionAudience }: Pick<GrantedTokens, 'method' | 'assertionAudience'>,
): SessionServer {
  const endpoint = textMember(metadata, 'token_endpoint') ?? '';
  const advertised = textListMember(metadata, 'token_endpoint_auth_methods_supported');
  const signing = textListMember(metadata, 'token_endpoint_auth_signing_alg_values_supported');
  const algorithms = textListMember(metadata, 'id_token_signing_alg_values_supported');
  const further = [
    'jwks_uri',
    'userinfo_endpoint',
    'introspection_endpoint',
    'revocation_endpoint',
    'end_session_endpoint',
  ] as const;
  return {
    token_endpoint: endpoint,
    auth_method: method,
    assertion_audience: assertionAudience,
    ...(advertised === undefined ? {} : { auth_methods_supported: advertised }),
    ...(signing === undefined ? {} : { auth_signing_algs: signing }),
    ...(algorithms === undefined ? {} : { id_token_algs: algorithms }),
    ...Object.fromEntries(
      further.flatMap((name) => {
        const value = textMember(metadata, name);
        return value === undefined ? [] : [[name, value]];
      }),
    ),
  };
}

function accountOf(idToken: string | null, userinfo: JsonObject | null): Session['account'] {
  const claims: JsonObject = { ...userinfo, ...(idToken === null ? {} : claimsOf(idToken)) };
  const sub = textMember(claims, 'sub');
  if (sub === undefined) return null;
  const name = ['preferred_username', 'email', 'name'].map((claim) => textMember(claims, claim));
  return { sub, name: name.find((text) => text !== undefined) ?? null };
}
