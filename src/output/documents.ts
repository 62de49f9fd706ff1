import type { CheckResult } from '../checks/check-result.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { OAuthErrorFields } from '../errors.ts';
import type { ErrorCode } from '../exit-status.ts';
import type { JsonObject } from '../json/json.ts';

/** A JWT taken apart; `claims` is null when it is encrypted. Nothing here says that it can be trusted. */
export interface DecodedDocument {
  readonly header: JsonObject;
  readonly claims: JsonObject | null;
}

/** Result of `login`, as `--json` prints it; the text is rendered from the same value. */
export interface LoginDocument {
  readonly version: 1;
  readonly issuer: string | null;
  readonly client_id: string;
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
  readonly checks: readonly CheckResult[];
}

/** A key of the server's key set, without its material. */
export interface KeyDocument {
  readonly kid: string | null;
  readonly kty: string | null;
  readonly alg: string | null;
  readonly use: string | null;
  readonly crv: string | null;
  /** In bits: RSA modulus, curve size or octets of a symmetric key. */
  readonly size: number | null;
  /** RFC 7638 SHA-256 thumbprint, base64url. */
  readonly thumbprint: string | null;
  /** Each one sentence; empty for a sound key. */
  readonly problems: readonly string[];
}

/** Result of `discover`. */
export interface DiscoverDocument {
  readonly version: 1;
  readonly issuer: string;
  /** Each metadata document that was found, as received. */
  readonly documents: readonly {
    readonly url: string;
    readonly specification: 'OIDC Discovery' | 'RFC 8414' | 'given';
    readonly metadata: JsonObject;
  }[];
  /** Each place that was asked, with what it answered. */
  readonly attempts: readonly { readonly url: string; readonly result: string }[];
  /** What the client would use: discovered members with the given endpoints on top. */
  readonly metadata: JsonObject;
  /** null when there is no `jwks_uri` or its document could not be read. */
  readonly keys: readonly KeyDocument[] | null;
  readonly checks: readonly CheckResult[];
}

/** The last line on stderr of a failed run with `--json`. */
export interface ErrorDocument {
  readonly version: 1;
  readonly error: {
    readonly code: ErrorCode;
    readonly step: string | null;
    readonly message: string;
    readonly hint: string | null;
    readonly exit_code: number;
    readonly oauth?: OAuthErrorFields;
    readonly check?: string;
  };
  /** The likeliest first; absent when nothing is known beyond the message. */
  readonly diagnosis?: readonly Diagnosis[];
  readonly checks: readonly CheckResult[];
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
  /** What it was, in words. */
  readonly imported_from: string;
  /** What has no place in a profile, each with the reason. */
  readonly left_out: readonly string[];
}
