/** Why a session is the one that is used when none is named. */
export type SessionUse = 'variable' | 'project' | 'default_profile' | 'only_session';

/** A saved session without its tokens. */
export interface SessionSummary {
  /** Names it in `session show` and `session remove`. */
  readonly id: string;
  /** The profile it is of; null when it is of a client. */
  readonly profile: string | null;
  readonly issuer: string | null;
  readonly client_id: string;
  /** Who logged in; null when nobody did, or nobody said who. */
  readonly account: { readonly sub: string; readonly name: string | null } | null;
  readonly grant_type: string;
  /** As granted. */
  readonly scope: readonly string[];
  readonly resource: readonly string[];
  readonly audience: string | null;
  readonly obtained_at: string;
  /** RFC 3339; null when nothing says when the access token expires. */
  readonly expires_at: string | null;
  /** Whether a new access token can be had without a person. */
  readonly renewable: boolean;
  /** `file`: in the open in a file of mode 0600; `keychain`: encrypted with a key from the keychain. */
  readonly kept: 'file' | 'keychain';
  readonly file: string;
  /** Set for the session that `token` and others take here when none is named. */
  readonly in_use: SessionUse | null;
}

/** Result of `session list`. */
export interface SessionListDocument {
  readonly version: 1;
  readonly folder: string;
  readonly sessions: readonly SessionSummary[];
  /** Files that are no sessions this version can read. */
  readonly unreadable: readonly {
    readonly id: string;
    readonly file: string;
    readonly problem: 'torn' | 'foreign' | 'newer';
  }[];
  /** What was set aside earlier because it could not be read. */
  readonly set_aside: readonly string[];
}

/** Result of `session show`. */
export interface SessionDocument {
  readonly version: 1;
  readonly session: SessionSummary & {
    readonly token_endpoint: string;
    readonly auth_method: string;
    readonly clock_skew_seconds: number;
    /** A refresh was sent then, and its answer never saved. */
    readonly refresh_interrupted_at: string | null;
  };
}
