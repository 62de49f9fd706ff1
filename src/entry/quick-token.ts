import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { tryFileLock } from '../adapters/file-lock.ts';
import { changersOf, readRegularFile } from '../adapters/open-file.ts';
import { writeWhole } from '../adapters/write-whole.ts';
import { isRepeatable } from '../client/grants.ts';
import { decodeUtf8, largestText, secretText } from '../protocol/text-input.ts';
import { pathsOf, type Surroundings } from '../storage/places.ts';
import {
  isFresh,
  isPrintableToken,
  isSameOwner,
  lockPauseMs,
  longestLockMs,
  parseSession,
  type SavedSession,
  sessionFileName,
  sessionsFolder,
  settingsCandidates,
  settingsStamp,
} from '../storage/session-file.ts';
import type { PeekedArgv } from './peek-argv.ts';

type TokenQuestion = Extract<PeekedArgv, { type: 'token' }>;

/** A session that this process is to refresh; it holds the lock. */
export interface QuickRenewal {
  readonly path: string;
  /** Of the session file. */
  readonly name: string;
  readonly octets: number;
  readonly saved: SavedSession;
  readonly format: 'token' | 'header';
  /** From where the session says it is. */
  readonly clientSecret: string | undefined;
}

/** `left`: for the whole program; a renewal: for `quick-refresh`. */
type QuickAnswer = 'answered' | 'left' | QuickRenewal;

/**
 * Answers a plain `token` from its session file, with the answer that the whole program would give. An expired session
 * that another process refreshes is waited for. When this process is to refresh it, it holds the lock already, and
 * either `quick-refresh` or the whole program goes on with that lock. Everything else is left to the whole program.
 */
export function answerToken(question: TokenQuestion): QuickAnswer {
  try {
    const surroundings: Surroundings = {
      env: process.env,
      platform: process.platform,
      homeDirectory: homedir,
      workingDirectory: () => process.cwd(),
    };
    const name = sessionFileName(question.owner);
    const path = pathsOf(surroundings).join(sessionsFolder(surroundings), name);
    const [ownFile = '', ...others] = settingsCandidates(surroundings);
    const own = statSync(ownFile, { throwIfNoEntry: false });
    if (own !== undefined && changersOf(ownFile, own, 1).length > 0) return 'left';
    const settings = settingsStamp([[ownFile, own], ...others.map((file) => [file, stampOf(file)] as const)]);
    const session = usableSession(path, question, settings);
    if (session === undefined || hasOtherSecret(session)) return 'left';
    if (print(session, question)) return 'answered';
    return isRenewable(session) ? awaitRenewal({ path, name }, question, settings) : 'left';
  } catch {
    // The whole program will meet the same obstacle and explain it.
    return 'left';
  }
}

/** The session in a file, if it can be used without asking anything else. */
function usableSession(path: string, { owner }: TokenQuestion, settings: string): SavedSession | undefined {
  const { octets, stats } = readRegularFile(path, largestText);
  const isOpen = process.platform !== 'win32' && (stats.mode & 0o077) !== 0;
  if (isOpen || changersOf(path, stats, 2).length > 0) return undefined;
  const parsed = parseSession(octets.toString('utf8'));
  if (parsed.type !== 'session') return undefined;
  const { session } = parsed;
  const isPlain = owner.type === 'client' || session.plain;
  return isSameOwner(session.owner, owner) &&
    isPlain &&
    session.settings === settings &&
    session.tokens !== undefined
    ? session
    : undefined;
}

function print(session: SavedSession, { format }: TokenQuestion): boolean {
  const { access_token: token = '', token_type: type = null } = session.tokens ?? {};
  if (!isFresh(session, new Date()) || !isPrintableToken(token)) return false;
  if (format === 'header' && type !== null && !/^bearer$/i.test(type)) return false;
  writeWhole(1, format === 'header' ? `Authorization: Bearer ${token}\n` : `${token}\n`);
  return true;
}

/** Whether the variable for a client secret is another source than the session's: the whole program says so. */
function hasOtherSecret({ secret_from }: SavedSession): boolean {
  const variable = 'OAUTH_CODE_CLIENT_SECRET';
  const isSource = secret_from !== undefined && 'env' in secret_from && secret_from.env === variable;
  return Boolean(process.env[variable]) && !isSource;
}

function isRenewable({ refreshable, grant_type }: SavedSession): boolean {
  return refreshable || isRepeatable(grant_type);
}

function awaitRenewal(
  { path, name }: Pick<QuickRenewal, 'path' | 'name'>,
  question: TokenQuestion,
  settings: string,
): QuickAnswer {
  const deadlineMs = Date.now() + longestLockMs;
  let seen = '';
  while (Date.now() < deadlineMs) {
    const attempt = tryFileLock(`${path}.lock`);
    const isMine = attempt.type === 'acquired';
    const stamp = stampOf(path);
    if (isMine || JSON.stringify(stamp) !== seen) {
      seen = JSON.stringify(stamp);
      const session = usableSession(path, question, settings);
      const isPrinted = session !== undefined && print(session, question);
      if (isPrinted || session === undefined) {
        if (isMine) attempt.lock.release();
        return isPrinted ? 'answered' : 'left';
      }
      if (isMine) {
        if (attempt.interrupted !== undefined) attempt.lock.noteSending(attempt.interrupted.sentAt);
        process.once('exit', () => attempt.lock.release());
        if (!session.quick || !session.refreshable) return 'left';
        const clientSecret = secretOf(session);
        if (clientSecret === '') return 'left';
        const { format } = question;
        return { path, name, octets: stamp?.size ?? 0, saved: session, format, clientSecret };
      }
    }
    pause(lockPauseMs(longestLockMs - (deadlineMs - Date.now())));
  }
  return 'left';
}

/** The client secret of a session that has one; empty when it is not where the session says, or cannot be sent. */
function secretOf({ secret_from }: SavedSession): string | undefined {
  if (secret_from === undefined) return undefined;
  const read =
    'env' in secret_from
      ? (process.env[secret_from.env] ?? '')
      : decodeUtf8(readRegularFile(secret_from.file, largestText).octets).replace(/\r?\n$/, '');
  return secretText(read) ?? '';
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function stampOf(path: string): { readonly mtimeMs: number; readonly size: number } | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats === undefined ? undefined : { mtimeMs: stats.mtimeMs, size: stats.size };
  } catch {
    return undefined;
  }
}
