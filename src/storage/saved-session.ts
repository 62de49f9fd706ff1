import type { JsonObject } from '../json/json.ts';

/** Whose session it is: a profile's, or a client's at a server when no profile is used. */
export type SessionOwner =
  | { readonly type: 'profile'; readonly name: string }
  | {
      readonly type: 'client';
      /** The issuer, else the token endpoint of a server that has none. */
      readonly issuer: string;
      readonly clientId: string;
    };

/** What a session was asked for; sets, though they keep their order. */
export interface RequestedAccess {
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  readonly audience: string | null;
}

/** The server as far as a session needs it again: a refresh is one request. */
export interface SessionServer {
  readonly token_endpoint: string;
  readonly auth_method: string;
  /** `aud` of client assertions. */
  readonly assertion_audience: string;
  readonly auth_methods_supported?: readonly string[];
  readonly jwks_uri?: string;
  readonly id_token_algs?: readonly string[];
  readonly userinfo_endpoint?: string;
  readonly introspection_endpoint?: string;
  readonly revocation_endpoint?: string;
  readonly end_session_endpoint?: string;
}

/** The tokens of a session. */
export interface SessionTokens {
  readonly access_token: string;
  readonly token_type: string | null;
  readonly refresh_token?: string;
  readonly id_token?: string;
  /** Every member of the token response as received. */
  readonly token_response: JsonObject;
  /** Access tokens of less than the session allows, fetched with its refresh token. */
  readonly narrowed?: readonly NarrowedToken[];
}

/** An access token for a part of what its session allows. */
export interface NarrowedToken {
  readonly requested: Pick<RequestedAccess, 'scope' | 'resource'>;
  readonly access_token: string;
  readonly token_type: string | null;
  readonly scope: readonly string[];
  readonly token_response: JsonObject;
  readonly obtained_at: string;
  readonly expires_at: string | null;
}

/** Tokens under AES-256-GCM; the rest of the session is authenticated with them. Values are base64. */
export interface SealedTokens {
  readonly iv: string;
  readonly tag: string;
  readonly ciphertext: string;
}

/** A session as its file holds it; moments are RFC 3339. */
export interface SavedSession {
  readonly version: 1;
  readonly kind: string;
  readonly owner: SessionOwner;
  readonly issuer: string | null;
  readonly client_id: string;
  /** Who logged in; null when nobody did, or nobody said who. */
  readonly account: { readonly sub: string; readonly name: string | null } | null;
  readonly grant_type: 'authorization_code' | 'client_credentials';
  readonly requested: RequestedAccess;
  /** As granted. */
  readonly scope: readonly string[];
  /** Whether a refresh token is among the tokens. */
  readonly refreshable: boolean;
  /** Whether it is what the owner's settings ask for, without options of that run. */
  readonly plain: boolean;
  /** Whether it can be renewed with what stands here alone, as long as the settings files stay what they are. */
  readonly quick: boolean;
  /** See `settingsStamp`. */
  readonly settings: string;
  readonly server: SessionServer;
  /** Where the client secret is, when options said so. */
  readonly secret_from?: { readonly env: string } | { readonly file: string };
  /** The server's clock minus the local one. */
  readonly clock_skew_seconds: number;
  /** When the request for the access token was sent. */
  readonly obtained_at: string;
  /** By the local clock; null when nothing says when the access token expires. */
  readonly expires_at: string | null;
  /** A refresh was sent at this moment and its answer never saved. */
  readonly refresh_interrupted_at?: string;
  /** Exactly one of both. */
  readonly tokens?: SessionTokens;
  readonly sealed?: SealedTokens;
}

/** What the text of a session file turned out to be. */
export type StoredSessionText =
  | { readonly type: 'session'; readonly session: SavedSession }
  | {
      readonly type: 'unreadable';
      /** `torn`: no JSON; `foreign`: no session of ours; `newer`: made by a later version. */
      readonly problem: 'torn' | 'foreign' | 'newer';
    };
