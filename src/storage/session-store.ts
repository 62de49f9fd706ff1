import type { Context, PreparedWrite } from '../context.ts';
import { ConfigError } from '../errors.ts';
import { parseKeepingNumbers } from '../json/parse-json-exactly.ts';
import { judgeOwnFile } from './own-file.ts';
import { pathsOf, type Surroundings } from './places.ts';
import {
  parseSession,
  type SavedSession,
  type SessionTokens,
  serializeSession,
  sessionsFolder,
  settingsCandidates,
  settingsStamp,
} from './session-file.ts';

/** The doors that saved sessions need. */
export type SessionDoors = Surroundings & Pick<Context, 'files' | 'keychain' | 'hideVariable'>;

/** A session without its kind and version, which are the same for all, with its tokens in the open. */
export type Session = Omit<SavedSession, 'version' | 'kind' | 'tokens' | 'sealed'> & {
  readonly tokens: SessionTokens;
};

/** Where the tokens of a session are kept: in its file, or encrypted there with a key from the keychain. */
export type SessionKeeping = 'file' | 'keychain';

/** The session under the name of a file, or why there is none. */
export type FoundSession =
  | { readonly type: 'none' }
  | {
      readonly type: 'session';
      /** The tokens may still be sealed. */
      readonly saved: SavedSession;
      readonly octets: number;
      readonly readableByOthers: boolean;
      /** Who else can change it, where that is no reason to refuse it. */
      readonly warning: string | undefined;
    }
  | UnreadableSession;

/** Why a session file is not used. */
export type UnreadableSession = { readonly type: 'unreadable' } & (
  | { readonly problem: 'torn' | 'foreign' | 'newer' }
  | { readonly problem: 'untrusted' | 'unusable'; readonly error: ConfigError }
);

/** The one account in the keychain: the key to all sessions that are kept with it. */
const dataKeyAccount = 'sessions';

/** The path of a session file by its name. */
export function sessionPath(doors: Surroundings, name: string): string {
  return pathsOf(doors).join(sessionsFolder(doors), name);
}

/** Reads a session file; one that cannot be read has its error with it, and stops nothing about other sessions. */
export async function readSession(doors: SessionDoors, name: string): Promise<FoundSession> {
  const path = sessionPath(doors, name);
  const stored = await doors.files.read(path, 2).catch((error: unknown) => {
    if (error instanceof ConfigError) return error;
    throw error;
  });
  if (stored instanceof ConfigError) return { type: 'unreadable', problem: 'unusable', error: stored };
  if (stored === undefined) return { type: 'none' };
  const tampering = judgeOwnFile(path, stored);
  if (tampering?.type === 'refused') {
    return { type: 'unreadable', problem: 'untrusted', error: tampering.error };
  }
  const parsed = parseSession(stored.text, parseKeepingNumbers);
  if (parsed.type === 'unreadable') return parsed;
  return {
    type: 'session',
    saved: parsed.session,
    octets: Buffer.byteLength(stored.text),
    readableByOthers: stored.readableByOthers,
    warning: tampering?.text,
  };
}

/** Names of all session files, without locks and files set aside. @throws ConfigError */
export async function listSessions(doors: SessionDoors): Promise<readonly string[]> {
  return (await doors.files.list(sessionsFolder(doors))).filter((name) => name.endsWith('.json'));
}

/** Every session that can be read, with the name of its file. @throws ConfigError when the folder cannot be listed */
export async function savedSessions(
  doors: SessionDoors,
): Promise<readonly { readonly name: string; readonly saved: SavedSession }[]> {
  const names = await listSessions(doors);
  const read = await Promise.all(
    names.map(async (name) => ({ name, found: await readSession(doors, name) })),
  );
  return read.flatMap(({ name, found }) => (found.type === 'session' ? [{ name, saved: found.saved }] : []));
}

/** Names of files that were set aside because they could not be read. @throws ConfigError */
export async function listSetAside(doors: SessionDoors): Promise<readonly string[]> {
  return (await doors.files.list(sessionsFolder(doors))).filter((name) =>
    /\.json\.(torn|foreign|newer|untrusted|unusable)(-\d+)?$/.test(name),
  );
}

/** A session with its tokens in the open. @throws ConfigError when they are sealed and the key cannot be had */
export async function openSession(doors: SessionDoors, saved: SavedSession): Promise<Session> {
  const { version: _version, kind: _kind, tokens, sealed, ...rest } = saved;
  const { secret_from: secret } = rest;
  if (secret !== undefined && 'env' in secret) doors.hideVariable(secret.env);
  if (tokens !== undefined) return { ...rest, tokens };
  const dataKey = await doors.keychain.get(dataKeyAccount);
  if (dataKey === undefined) {
    throw new ConfigError('The key to this session is no longer in the keychain.', {
      hint: 'Log in again, or remove the session: oauth-code session list shows its name.',
    });
  }
  const { unsealTokens } = await import('./seal-tokens.ts');
  const opened = sealed === undefined ? undefined : unsealTokens(sealed, dataKey, serializeSession(rest));
  if (opened !== undefined) return { ...rest, tokens: opened };
  throw new ConfigError('This session was sealed with another key, or was changed since.', {
    hint: 'Log in again, or remove the session: oauth-code session list shows its name.',
  });
}

/** How a session is kept. */
export function keepingOf({ sealed }: Pick<SavedSession, 'sealed'>): SessionKeeping {
  return sealed === undefined ? 'file' : 'keychain';
}

/** The text of a session's file. @throws ConfigError when it is to be sealed and the keychain does not let us */
export async function sessionText(
  doors: SessionDoors,
  { tokens, ...rest }: Session,
  keeping: SessionKeeping,
): Promise<string> {
  if (keeping === 'file') return serializeSession({ ...rest, tokens });
  const { sealTokens } = await import('./seal-tokens.ts');
  const sealed = sealTokens(tokens, await requireDataKey(doors), serializeSession(rest));
  return serializeSession({ ...rest, sealed });
}

/** The data key; a missing one is made. @throws ConfigError */
export async function requireDataKey({ keychain }: Pick<SessionDoors, 'keychain'>): Promise<string> {
  const known = await keychain.get(dataKeyAccount);
  if (known !== undefined) return known;
  const { createDataKey } = await import('./seal-tokens.ts');
  await keychain.set(dataKeyAccount, createDataKey());
  // Another process may have made one at the same moment; the keychain says which one counts.
  const made = await keychain.get(dataKeyAccount);
  if (made !== undefined) return made;
  throw new ConfigError('The keychain took the key to the sessions, but does not give it back.');
}

/**
 * Takes the room for a session on the disk before the old one is given up. Its folder was judged with its lock, or by
 * the caller. @throws ConfigError
 */
export function prepareSession(doors: SessionDoors, name: string, octets: number): Promise<PreparedWrite> {
  return doors.files.prepare(sessionPath(doors, name), octets);
}

/** The stamp of the settings files as they are now, see `settingsStamp`. */
export async function currentSettings(doors: SessionDoors): Promise<string> {
  const paths = settingsCandidates(doors);
  return settingsStamp(
    await Promise.all(paths.map(async (path) => [path, await doors.files.stamp(path)] as const)),
  );
}
