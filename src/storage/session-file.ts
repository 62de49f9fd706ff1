import type { GrantAccess } from '../client/grant.ts';
import { attempt } from '../errors/attempt.ts';
import { stringifyExactly } from '../json/exact-number.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { pathsOf, type Surroundings, settingsPath, stateFolder } from './places.ts';

/** The owner of a session: a profile, or a client at a server when no profile is used. */
export type SessionOwner =
  | { readonly type: 'profile'; readonly name: string }
  | {
      readonly type: 'client';
      /** The issuer, else the token endpoint of a server that has none. */
      readonly issuer: string;
      readonly clientId: string;
    };

/** The access that was requested for a session; sets, though they keep their order. */
export interface RequestedAccess extends GrantAccess {
  /** The digest of the secrets that the grant handed in, such as the token that was exchanged. */
  readonly inputs?: string;
}

/** A stored source of claims: the ID token, or the account, whose `sub` came of a verified ID token. */
export type VerifiedSource = 'id_token' | 'account';

/** The server as far as a session needs it again: a refresh is one request. */
export interface SessionServer {
  readonly token_endpoint: string;
  readonly auth_method: string;
  /** `aud` of client assertions. */
  readonly assertion_audience: string;
  readonly auth_methods_supported?: readonly string[];
  readonly auth_signing_algs?: readonly string[];
  readonly jwks_uri?: string;
  readonly id_token_algs?: readonly string[];
  readonly userinfo_endpoint?: string;
  readonly introspection_endpoint?: string;
  readonly revocation_endpoint?: string;
  readonly end_session_endpoint?: string;
}

/** The tokens of a session. */
export interface SessionTokens {
  /** Empty once it was revoked or refused. */
  readonly access_token: string;
  readonly token_type: string | null;
  readonly refresh_token?: string;
  readonly id_token?: string;
  /** The private JWK that a DPoP token is bound to: without it the token cannot be used (RFC 9449 §7). */
  readonly dpop_key?: JsonObject;
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
  /** The signed-in user; null when no user signed in, or no token names one. */
  readonly account: { readonly sub: string; readonly name: string | null } | null;
  /** The stored sources of claims that were verified; absent in files of older versions: none was. */
  readonly verified?: readonly VerifiedSource[];
  /** What the user said about the ID tokens of the client when the session was made. */
  readonly id_token_rules?: { readonly trusted_audiences?: readonly string[]; readonly alg?: string };
  /** `nonce` and `auth_time` of the first ID token, once another has taken its place. */
  readonly first_id_token?: JsonObject;
  /** The public key that verified the access token when its claims were looked at. */
  readonly access_token_key?: JsonObject;
  readonly grant_type: string;
  /** Options of the login that named its flow or its API, each with its values, for the command that logs in again. */
  readonly login_options?: readonly (readonly string[])[];
  readonly requested: RequestedAccess;
  /** As granted. */
  readonly scope: readonly string[];
  /** Whether a refresh token is among the tokens, and was not refused. */
  readonly refreshable: boolean;
  /** Whether the owner's settings alone ask for it, without options of that run. */
  readonly plain: boolean;
  /** Whether this file alone suffices to renew it, as long as the settings files stay unchanged. */
  readonly quick: boolean;
  /** See `settingsStamp`. */
  readonly settings: string;
  readonly server: SessionServer;
  /** Where the client secret is, when options said so. */
  readonly secret_from?: { readonly env: string } | { readonly file: string } | { readonly keychain: string };
  /** Thumbprint of the key that the tokens are bound to (RFC 9449 §6.1); absent for Bearer tokens. */
  readonly dpop_jkt?: string;
  /** The server's clock minus the local one. */
  readonly clock_skew_seconds: number;
  /** When the request for the access token was sent. */
  readonly obtained_at: string;
  /** By the local clock; null when nothing says when the access token expires. */
  readonly expires_at: string | null;
  /** A refresh was sent at this moment and its answer never saved. */
  readonly refresh_interrupted_at?: string;
  /** The server said at this moment that the refresh token is dead: it is not sent again. */
  readonly refresh_refused_at?: string;
  /** Exactly one of both. */
  readonly tokens?: SessionTokens;
  readonly sealed?: SealedTokens;
}

/** The result of reading the text of a session file. */
export type StoredSessionText =
  | { readonly type: 'session'; readonly session: SavedSession }
  | {
      readonly type: 'unreadable';
      /** `torn`: no JSON; `foreign`: no session of ours; `newer`: made by a later version. */
      readonly problem: 'torn' | 'foreign' | 'newer';
    };

/** How long a token has to be good for; without either, for a minute or half of its life. */
export interface Freshness {
  /** It has to be valid for at least this long. */
  readonly minValiditySeconds?: number | undefined;
  /** It may have been issued at most this long ago. */
  readonly maxAgeSeconds?: number | undefined;
  /** It has to be fetched now. */
  readonly isNew?: boolean;
  /** The ID token is wanted, and has to be as good, where there is one. */
  readonly idToken?: boolean;
}

/** The longest name most file systems take is 255 octets; suffixes of ours have to fit too. */
const longestStem = 160;
/** No refresh takes longer: a lock that is held for more than this is not waited for. */
export const longestLockMs = 40_000;

/**
 * How long to wait before a lock is looked at again: longer the longer it is held, so that hundreds of processes that
 * wait leave the processor to the one that works.
 */
export function lockPauseMs(waitedMs: number): number {
  return Math.min(250, 4 + waitedMs / 5) * (0.5 + Math.random());
}

const kind = 'oauth-code session';
const defaultValiditySeconds = 60;
/** A clock that was set back makes tokens look as if they came from the future. */
const clockToleranceMs = 60_000;

/** The folder that the sessions are in. */
export function sessionsFolder(surroundings: Surroundings): string {
  return pathsOf(surroundings).join(stateFolder(surroundings), 'sessions');
}

/**
 * The name of an owner's session file, made by escaping, so that it is found without looking at any other file. A
 * variant is a further session of the same owner, such as that of another account.
 */
export function sessionFileName(owner: SessionOwner, variant?: string): string {
  const stem =
    owner.type === 'profile'
      ? `profile-${escapeName(owner.name)}`
      : `client-${escapeName(owner.issuer)}+${escapeName(owner.clientId)}`;
  const fitting = stem.length <= longestStem ? stem : `${stem.slice(0, longestStem - 20)}~~${digest(stem)}`;
  return `${fitting}${variant === undefined ? '' : `~${digest(variant)}`}.json`;
}

/** Upper case is escaped too, since two names that differ in nothing else are one file on some systems. */
function escapeName(text: string): string {
  return text.replace(/[^a-z0-9._-]/gu, (character) =>
    Array.from(Buffer.from(character), (octet) => `%${octet.toString(16).padStart(2, '0')}`).join(''),
  );
}

/** 64 bits that tell texts apart but keep nothing secret; the content of the file is compared in any case. */
export function digest(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (const octet of Buffer.from(text)) {
    a = Math.imul(a ^ octet, 2654435761);
    b = Math.imul(b ^ octet, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return [a, b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

/** Reads the text of a session file; any other text gets a name for its problem. `parse` throws at malformed JSON. */
export function parseSession(text: string, parse: (text: string) => unknown = JSON.parse): StoredSessionText {
  const value = attempt(() => parse(text));
  if (value === undefined) return { type: 'unreadable', problem: 'torn' };
  if (!isJsonObject(value) || value.kind !== kind) return { type: 'unreadable', problem: 'foreign' };
  if (typeof value.version === 'number' && value.version > 1) return { type: 'unreadable', problem: 'newer' };
  if (value.version !== 1 || !isSession(value)) return { type: 'unreadable', problem: 'foreign' };
  return { type: 'session', session: value };
}

/** The text of a session file. */
export function serializeSession(session: Omit<SavedSession, 'version' | 'kind'>): string {
  return `${stringifyExactly({ version: 1, kind, ...session })}\n`;
}

function isSession(value: Record<string, unknown>): value is Record<string, unknown> & SavedSession {
  const { owner, requested, server, tokens, sealed } = value;
  const isOwner =
    isJsonObject(owner) &&
    (owner.type === 'profile'
      ? typeof owner.name === 'string'
      : owner.type === 'client' && typeof owner.issuer === 'string' && typeof owner.clientId === 'string');
  const hasTokens = isJsonObject(tokens) && typeof tokens.access_token === 'string';
  const isSealed = isJsonObject(sealed) && typeof sealed.ciphertext === 'string';
  return (
    isOwner &&
    isJsonObject(requested) &&
    Array.isArray(requested.scope) &&
    Array.isArray(requested.resource) &&
    Array.isArray(value.scope) &&
    isJsonObject(server) &&
    typeof server.token_endpoint === 'string' &&
    typeof server.auth_method === 'string' &&
    typeof value.client_id === 'string' &&
    typeof value.grant_type === 'string' &&
    isMoment(value.obtained_at) &&
    (value.expires_at === null || isMoment(value.expires_at)) &&
    (hasTokens || isSealed)
  );
}

/** Tells whether two owners are the same one. */
export function isSameOwner(one: SessionOwner, other: SessionOwner): boolean {
  if (one.type === 'profile') return other.type === 'profile' && other.name === one.name;
  return other.type === 'client' && other.issuer === one.issuer && other.clientId === one.clientId;
}

/**
 * Tells whether a token is as good as is asked for. A token whose whole life is too short for that is good for the
 * first half of it; one without an expiry is good until a server refuses it.
 */
export function isFresh(
  { obtained_at, expires_at }: Pick<SavedSession, 'obtained_at' | 'expires_at'>,
  now: Date,
  { minValiditySeconds, maxAgeSeconds, isNew = false }: Freshness = {},
): boolean {
  const obtainedMs = Date.parse(obtained_at);
  const ageMs = now.getTime() - obtainedMs;
  if (isNew || ageMs < -clockToleranceMs) return false;
  if (maxAgeSeconds !== undefined && ageMs > maxAgeSeconds * 1000) return false;
  if (expires_at === null) return true;
  const expiresMs = Date.parse(expires_at);
  const halfLifeMs = (expiresMs - obtainedMs) / 2;
  const wantedMs = (minValiditySeconds ?? defaultValiditySeconds) * 1000;
  // The default gives way to a short life early, a wish only when it could never be met.
  const isTooMuch = minValiditySeconds === undefined ? wantedMs > halfLifeMs : wantedMs >= halfLifeMs * 2;
  return expiresMs - now.getTime() > (isTooMuch ? halfLifeMs : wantedMs);
}

/** Where settings files may be for these surroundings, whether or not they are there. */
export function settingsCandidates(surroundings: Surroundings): readonly string[] {
  const { dirname, join } = pathsOf(surroundings);
  const candidates = [settingsPath(surroundings)];
  for (let folder = surroundings.workingDirectory(); ; folder = dirname(folder)) {
    candidates.push(join(folder, 'oauth-code.config.json'));
    if (dirname(folder) === folder) return candidates;
  }
}

/** Time and size of a file, from the file system. */
export interface FileStamp {
  readonly mtimeMs: number;
  readonly size: number;
}

/**
 * Paths, times and sizes of the settings files in one text, kept with a session: while it stays the same, the settings
 * do too, and the session of a profile can be used without reading them.
 */
export function settingsStamp(
  files: readonly (readonly [path: string, stamp: FileStamp | undefined])[],
): string {
  return files
    .flatMap(([path, stamp]) => (stamp === undefined ? [] : [`${path} ${stamp.mtimeMs} ${stamp.size}`]))
    .join('\n');
}

/** Tells whether a token can stand in a header and on a line of its own: visible ASCII (RFC 6749 Appendix A.12). */
export function isPrintableToken(token: string): boolean {
  return /^[\x21-\x7e]+$/.test(token);
}

function isMoment(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(Date.parse(value));
}
