import { stringifyExactly } from '../json/number-texts.ts';
import { pathsOf, type Surroundings, settingsPath, stateFolder } from './places.ts';
import type { SavedSession, SessionOwner, StoredSessionText } from './saved-session.ts';

/** How long a token has to be good for; without either, for a minute or half of its life. */
export interface Freshness {
  /** It has to be valid for at least this long. */
  readonly minValiditySeconds?: number | undefined;
  /** It may have been issued at most this long ago. */
  readonly maxAgeSeconds?: number | undefined;
}

/** The longest name most file systems take is 255 octets; suffixes of ours have to fit too. */
const longestStem = 160;
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

/** 64 bits that tell texts apart but keep nothing secret; what a file holds is compared in any case. */
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

/** Reads the text of a session file; what is no session is named, never guessed at. `parse` throws at malformed JSON. */
export function parseSession(text: string, parse: (text: string) => unknown = JSON.parse): StoredSessionText {
  let value: unknown;
  try {
    value = parse(text);
  } catch {
    return { type: 'unreadable', problem: 'torn' };
  }
  if (!isRecord(value) || value.kind !== kind) return { type: 'unreadable', problem: 'foreign' };
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
    isRecord(owner) &&
    (owner.type === 'profile'
      ? typeof owner.name === 'string'
      : owner.type === 'client' && typeof owner.issuer === 'string' && typeof owner.clientId === 'string');
  const hasTokens = isRecord(tokens) && typeof tokens.access_token === 'string';
  const isSealed = isRecord(sealed) && typeof sealed.ciphertext === 'string';
  return (
    isOwner &&
    isRecord(requested) &&
    Array.isArray(requested.scope) &&
    Array.isArray(requested.resource) &&
    Array.isArray(value.scope) &&
    isRecord(server) &&
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
 * first half of it; one whose end is not known is good until somebody says otherwise.
 */
export function isFresh(
  { obtained_at, expires_at }: Pick<SavedSession, 'obtained_at' | 'expires_at'>,
  now: Date,
  { minValiditySeconds, maxAgeSeconds }: Freshness = {},
): boolean {
  const obtainedMs = Date.parse(obtained_at);
  const ageMs = now.getTime() - obtainedMs;
  if (ageMs < -clockToleranceMs) return false;
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

/** A file as the file system tells of it; undefined when there is none. */
export interface FileStamp {
  readonly mtimeMs: number;
  readonly size: number;
}

/**
 * What the settings files were when a session was saved, in one text: while it stays the same, so do the settings,
 * and the session of a profile can be used without reading them.
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

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
