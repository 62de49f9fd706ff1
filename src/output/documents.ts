import type { CheckOutcome, CheckResult } from '../checks/check-result.ts';
import type { Judged } from '../checks/judge-message.ts';
import type { Diagnosed } from '../diagnosis/diagnosis.ts';
import type { OAuthErrorFields } from '../errors.ts';
import type { ErrorCode } from '../exit-status.ts';
import type { KeyDescription } from '../jose/jwk-description.ts';
import type { JsonObject } from '../json/json.ts';
import type { MessageKind } from '../recording/conversation.ts';
import type { RecordedError, Outcome as RunOutcome } from '../recording/recording.ts';

/** A JWT taken apart; `claims` is null when it is encrypted. Nothing here says that it can be trusted. */
export interface DecodedDocument {
  readonly header: JsonObject;
  readonly claims: JsonObject | null;
}

/** What every result of a conversation with a server says beside its own members. */
export interface CheckedDocument {
  readonly version: 1;
  readonly checks: readonly CheckResult[];
}

/** Result of `login`, as `--json` prints it; the text is rendered from the same value. */
export interface LoginDocument extends CheckedDocument {
  readonly issuer: string | null;
  readonly client_id: string;
  /** How a login for a resource came to its client. */
  readonly client?: { readonly source: string; readonly client_id: string };
  readonly tokens: {
    readonly access_token: string | null;
    readonly token_type: string | null;
    readonly scope: readonly string[];
    /** RFC 3339; null when the server gave no lifetime. */
    readonly expires_at: string | null;
    readonly refresh_token?: string;
    readonly id_token?: string;
  };
  /** Every member as received. */
  readonly token_response: JsonObject;
  readonly decoded: {
    readonly access_token: DecodedDocument | null;
    readonly id_token: DecodedDocument | null;
  };
  readonly userinfo: JsonObject | null;
}

/** Result of `discover`. */
export interface DiscoverDocument extends CheckedDocument {
  readonly issuer: string;
  /** Each metadata document that was found, as received. */
  readonly documents: readonly {
    readonly url: string;
    readonly specification: 'OIDC Discovery' | 'RFC 8414' | 'given';
    readonly metadata: JsonObject;
  }[];
  /** The protected resource that led to the server (RFC 9728); absent where an issuer was given. */
  readonly resource?: ResourceSection;
  /** Each place that was asked, with what it answered. */
  readonly attempts: readonly { readonly url: string; readonly result: string }[];
  /** The metadata that a client would use: discovered members with the given endpoints on top. */
  readonly metadata: JsonObject;
  /** null when there is no `jwks_uri` or its document could not be read. */
  readonly keys: readonly KeyDescription[] | null;
}

/** A protected resource, and where it leads (RFC 9728). */
export interface ResourceSection {
  readonly url: string;
  /** Of the answer without a token. */
  readonly status: number;
  readonly challenge: readonly {
    readonly scheme: string;
    readonly params: Readonly<Record<string, string>>;
  }[];
  readonly metadata_url: string | null;
  readonly metadata: JsonObject | null;
  readonly authorization_servers: readonly string[];
  readonly scope: readonly string[];
  readonly places: readonly { readonly url: string; readonly result: string }[];
}

/** A part of the way from a resource to an answered call, in their order. */
export type McpPhase =
  | 'reach'
  | 'challenge'
  | 'resource_metadata'
  | 'authorization_server'
  | 'client'
  | 'authorization'
  | 'token'
  | 'call';

/** Who has to act. */
export type McpFault = 'server' | 'authorization_server' | 'client' | 'in_front' | 'this_machine';

/** Result of `mcp`. */
export interface McpDocument extends CheckedDocument {
  readonly url: string;
  readonly verdict: {
    /** `open`: no token is needed; `incomplete`: it ended before a user was needed, and nothing before that is broken. */
    readonly outcome: 'works' | 'open' | 'broken' | 'incomplete';
    readonly first_broken: McpBreak | null;
  };
  readonly phases: readonly {
    readonly phase: McpPhase;
    readonly outcome: CheckOutcome;
    /** What was seen, or why nothing was. */
    readonly text: string;
    readonly spec: string;
    /** What ended the run in this phase. */
    readonly error?: ErrorDocument['error'];
  }[];
  readonly resource: ResourceSection | null;
  readonly issuer: string | null;
  readonly client: { readonly source?: string; readonly client_id: string } | null;
  /** How often the user was sent to the authorization server. */
  readonly authorizations: number;
  /** Of the call with the token. */
  readonly answer: {
    readonly status: number;
    readonly content_type: string | null;
    readonly method: string;
    readonly protocol_version: string | null;
    readonly tools: readonly string[] | null;
    readonly result: JsonObject | null;
    readonly error: JsonObject | null;
  } | null;
}

/** The first phase that is broken, and what is known of it. */
export interface McpBreak {
  readonly phase: McpPhase;
  readonly fault: McpFault;
  /** `high` where two values contradict each other, which are shown; else it is likely. */
  readonly confidence: 'high' | 'medium';
  readonly statement: string;
  /** What speaks for it. */
  readonly evidence: readonly string[];
  readonly ruled_out: Diagnosed['ruled_out'];
  /** What to change. */
  readonly try: string;
}

/** The last line on stderr of a failed run with `--json`; without causes when nothing is known beyond the message. */
export interface ErrorDocument extends CheckedDocument, Partial<Diagnosed> {
  readonly error: {
    readonly code: ErrorCode;
    readonly step: string | null;
    readonly message: string;
    readonly hint: string | null;
    readonly exit_code: number;
    readonly oauth?: OAuthErrorFields;
    readonly check?: string;
  };
  /** What `mcp` saw of the phases, where no verdict is possible. */
  readonly phases?: McpDocument['phases'];
}

/** Result of `profile list`. */
export interface ProfileListDocument {
  readonly version: 1;
  /** Where the user's profiles are or would be. */
  readonly file: string;
  readonly project_file: string | null;
  /** The one that is used when none is named. */
  readonly default_profile: string | null;
  readonly profiles: readonly {
    readonly name: string;
    readonly issuer: string | null;
    readonly client_id: string | null;
    /** Which files it is in. */
    readonly from: readonly ('user' | 'project')[];
  }[];
}

/** Where a setting comes from. */
export interface SettingSourceDocument {
  readonly type: 'variable' | 'project' | 'profile';
  /** The variable or the path of the file. */
  readonly name: string;
}

/** Result of `profile show`, and of `save` and `edit` with `--json`. */
export interface ProfileDocument {
  readonly version: 1;
  readonly name: string;
  /** The most important first. */
  readonly files: readonly string[];
  /** As the file holds them; a literal secret only when secrets are to be shown. */
  readonly settings: JsonObject;
  /** For each setting; only when asked for. */
  readonly sources?: Readonly<Record<string, SettingSourceDocument>>;
  /** Why a run with these settings would be refused; only when it would. */
  readonly refusal?: string;
}

/** Result of `profile import`. */
export interface ProfileImportDocument extends ProfileDocument {
  /** The kind of source, in words. */
  readonly imported_from: string;
  /** Settings that have no place in a profile, each with the reason. */
  readonly left_out: readonly string[];
}

/** One message that `listen` received. */
export interface LogoutDocument extends CheckedDocument {
  readonly event: 'logout_token' | 'frontchannel_logout';
  /** RFC 3339. */
  readonly received_at: string;
  readonly issuer: string | null;
  /** Whether it was answered with status 200. */
  readonly valid: boolean;
  /** null for a front-channel request. */
  readonly header: JsonObject | null;
  /** Of a front-channel request its parameters. */
  readonly claims: JsonObject | null;
}

/** Result of `userinfo`. */
export interface UserinfoDocument extends CheckedDocument {
  readonly issuer: string | null;
  readonly client_id: string | null;
  /** Every claim as received. */
  readonly userinfo: JsonObject;
}

/** Result of `introspect`. */
export interface IntrospectionDocument extends CheckedDocument {
  readonly issuer: string | null;
  readonly client_id: string;
  readonly active: boolean;
  /** Every member as received, `active` among them. */
  readonly introspection: JsonObject;
}

/** Result of `register`. */
export interface RegistrationDocument extends CheckedDocument {
  readonly issuer: string;
  readonly action: 'create' | 'read' | 'update' | 'delete';
  readonly client_id: string;
  /** Every member as received; of a deleted client, as it was known. */
  readonly client: JsonObject;
  /** Where the client is kept on this machine, and its secrets. */
  readonly kept: { readonly file: string; readonly secrets: 'file' | 'keychain' } | null;
  /** The profile that was written. */
  readonly profile: { readonly name: string; readonly file: string } | null;
}

/** Result of `revoke`. */
export interface RevocationDocument extends CheckedDocument {
  readonly issuer: string | null;
  readonly client_id: string;
  readonly token_type_hint: string | null;
  /** True also for a token that the server never knew: it answers the same (RFC 7009 §2.2). */
  readonly revoked: true;
  /** The fate of the saved session that held the token; null when no session did. */
  readonly session: 'removed' | 'kept' | null;
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
    /** null for a body that is not UTF-8. */
    readonly body: string | null;
    /** Only for a body that is not UTF-8. */
    readonly body_base64?: string;
  };
  /** Of the last exchange, in milliseconds. */
  readonly duration_ms: number;
  /** Where the answer points to when a redirect was not followed. */
  readonly redirect: string | null;
  readonly challenges: readonly ChallengeDocument[];
}

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
  /** The signed-in user; null when no user signed in, or the server did not name one. */
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
  /** Thumbprint of the key that the tokens are bound to (DPoP); absent for Bearer tokens. */
  readonly dpop_jkt?: string;
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
  /** Files that are not sessions this version can read. */
  readonly unreadable: readonly {
    readonly id: string;
    readonly file: string;
    readonly problem: 'torn' | 'foreign' | 'newer' | 'untrusted' | 'unusable';
  }[];
  /** Files that were set aside earlier because they could not be read. */
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

/** One message of the result of `debug`; the values have their tokens whole, as they are what was asked for. */
export interface DebugMessage extends Diagnosed, Judged {
  readonly kind: MessageKind;
  /** Where it was found; absent when there is only one message. */
  readonly source?: string;
  /** The request line without its query and the status of the answer, as far as they were saved. */
  readonly exchange?: { readonly method?: string; readonly url?: string; readonly status?: number };
}

/** How a recorded run of this tool ended, with the causes it found itself. */
export interface DebugRun extends Diagnosed {
  readonly source: string;
  readonly command: string;
  readonly started_at: string | null;
  readonly status: RunOutcome['status'];
  readonly error: Pick<RecordedError, 'code' | 'step' | 'message' | 'hint'> | null;
}

/** Result of `debug`, as `--json` prints it. */
export interface DebugDocument {
  readonly version: 1;
  /** Of each trace in the input; absent when there is none. */
  readonly runs?: readonly DebugRun[];
  readonly messages: readonly DebugMessage[];
  /** The parts of the input that are in no message; absent when there is none. */
  readonly unread?: readonly { readonly source: string; readonly reason: string }[];
}
