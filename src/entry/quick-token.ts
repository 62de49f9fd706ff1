import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { tryFileLock } from '../adapters/file-lock.ts';
import { changersOf, liesOpen, readRegularFile } from '../adapters/open-file.ts';
import { writeWhole } from '../adapters/write-whole.ts';
import { isRepeatable } from '../client/grants.ts';
import { attempt } from '../errors/attempt.ts';
import { decodeUtf8, largestText, secretText } from '../protocol/text-input.ts';
import { fitOf } from '../storage/find-session.ts';
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
import type { TokenQuestion } from './peek-argv.ts';

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
    const stamps = others.map((file) => [file, stampOf(file)] as const);
    const settings = settingsStamp([[ownFile, own], ...stamps]);
    const usable = usableSession(path, question, settings);
    if (usable === undefined || hasOtherSecret(usable.session, question, surroundings)) return 'left';
    const hasProjectFile = stamps.some(([, stamp]) => stamp !== undefined);
    if (print(usable, question, own === undefined || hasProjectFile ? undefined : ownFile)) return 'answered';
    if (!mayRefresh(question)) return 'left';
    return isRenewable(usable.session) ? awaitRenewal({ path, name }, question, settings) : 'left';
  } catch {
    // The whole program will meet the same obstacle and explain it.
    return 'left';
  }
}

/** A question whose answer may be a refreshed token, printed by `quick-refresh`. */
function mayRefresh({ format, scope, minValiditySeconds, grantType }: TokenQuestion): boolean {
  const isBare = format === 'token' || format === 'header';
  return isBare && scope.length === 0 && minValiditySeconds === undefined && grantType === undefined;
}

/** A session that can be used without asking anything else, and the text of its file. */
interface UsableSession {
  readonly session: SavedSession;
  readonly text: string;
}

/** The session in a file, if it can be used without asking anything else. */
function usableSession(path: string, question: TokenQuestion, settings: string): UsableSession | undefined {
  const { owner, scope, grantType } = question;
  const { octets, stats } = readRegularFile(path, largestText);
  const isOpen = process.platform !== 'win32' && (stats.mode & 0o077) !== 0;
  if (isOpen || changersOf(path, stats, 2).length > 0) return undefined;
  const text = octets.toString('utf8');
  const parsed = parseSession(text);
  if (parsed.type !== 'session') return undefined;
  const { session } = parsed;
  // Of the settings of a profile it is only known that they alone asked for this session.
  const isPlain =
    owner.type === 'client'
      ? fitOf(session, {
          owner,
          issuer: owner.issuer,
          clientId: owner.clientId,
          grantType,
          scope,
          resource: [],
        }).type === 'whole'
      : session.plain &&
        (scope.length === 0 ||
          fitOf(session, { owner, grantType: session.grant_type, scope, resource: [] }).type === 'whole');
  return isSameOwner(session.owner, owner) &&
    isPlain &&
    session.settings === settings &&
    session.tokens !== undefined
    ? { session, text }
    : undefined;
}

/** Prints a saved token that needs no word beside it; false when the whole program has to answer. */
function print({ session, text }: UsableSession, question: TokenQuestion, ownFile?: string): boolean {
  const { format, minValiditySeconds } = question;
  const { access_token: token = '', token_type: type = null } = session.tokens ?? {};
  const now = new Date();
  if (!isFresh(session, now, { minValiditySeconds }) || !isPrintableToken(token)) return false;
  // A token that is as good as can be had, and no better, comes with a warning.
  const leftMs =
    session.expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(session.expires_at) - now.getTime();
  if (leftMs < (minValiditySeconds ?? 0) * 1000) return false;
  if (format !== 'token' && type !== null && !/^bearer$/i.test(type)) return false;
  const shown =
    format === 'token'
      ? `${token}\n`
      : format === 'header'
        ? `Authorization: Bearer ${token}\n`
        : require('./quick-formats.cjs').renderFormat(text, question, now, ownFile);
  if (shown === undefined) return false;
  writeWhole(1, shown);
  return true;
}

/** Whether the client secret is said to be elsewhere than the session says: the whole program tells the difference. */
function hasOtherSecret(
  { secret_from }: SavedSession,
  { secret }: TokenQuestion,
  surroundings: Surroundings,
): boolean {
  const variable = 'OAUTH_CODE_CLIENT_SECRET';
  if (secret !== undefined) {
    const { resolve } = pathsOf(surroundings);
    const place = 'env' in secret ? secret : { file: resolve(surroundings.workingDirectory(), secret.file) };
    // Two variables that name one contradict each other.
    const isSaid = JSON.stringify(place) === JSON.stringify(secret_from);
    return !isSaid || Boolean(process.env[variable]);
  }
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
      const usable = usableSession(path, question, settings);
      const isPrinted = usable !== undefined && print(usable, question);
      if (isPrinted || usable === undefined) {
        if (isMine) attempt.lock.release();
        return isPrinted ? 'answered' : 'left';
      }
      if (isMine) {
        if (attempt.interrupted !== undefined) attempt.lock.noteSending(attempt.interrupted.sentAt);
        process.once('exit', () => attempt.lock.release());
        const { session } = usable;
        if (!session.quick || !session.refreshable) return 'left';
        const clientSecret = secretOf(session);
        if (clientSecret === '') return 'left';
        const format = question.format === 'header' ? 'header' : 'token';
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
  if ('env' in secret_from) return secretText(process.env[secret_from.env] ?? '') ?? '';
  if ('keychain' in secret_from) return '';
  const { octets, stats } = readRegularFile(secret_from.file, largestText);
  // The whole program warns of it.
  return liesOpen(stats) ? '' : (secretText(decodeUtf8(octets).replace(/\r?\n$/, '')) ?? '');
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function stampOf(path: string): { readonly mtimeMs: number; readonly size: number } | undefined {
  const stats = attempt(() => statSync(path, { throwIfNoEntry: false }));
  return stats && { mtimeMs: stats.mtimeMs, size: stats.size };
}
