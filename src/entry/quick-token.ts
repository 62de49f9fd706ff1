import { readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { tryFileLock } from '../adapters/file-lock.ts';
import { writeWhole } from '../adapters/write-whole.ts';
import { pathsOf, type Surroundings } from '../storage/places.ts';
import {
  isFresh,
  isPrintableToken,
  isSameOwner,
  parseSession,
  type SavedSession,
  type SessionOwner,
  sessionFileName,
  sessionsFolder,
  settingsCandidates,
  settingsStamp,
} from '../storage/session-file.ts';

/** A command line that can be answered from a session file alone. */
interface QuickQuestion {
  readonly owner: SessionOwner;
  readonly format: 'token' | 'header';
}

/** A session that this process is to refresh, with what it holds itself; the lock is taken. */
export interface QuickRenewal {
  readonly path: string;
  /** Of the file. */
  readonly name: string;
  readonly octets: number;
  readonly saved: SavedSession;
  readonly format: 'token' | 'header';
}

/** What became of a question: it was answered, it is for the whole program, or a refresh will answer it. */
export type QuickAnswer =
  | { readonly type: 'answered' }
  | { readonly type: 'left' }
  | { readonly type: 'refresh'; readonly renewal: QuickRenewal };

const answered: QuickAnswer = { type: 'answered' };
const left: QuickAnswer = { type: 'left' };

/** Longer than any refresh should take; the whole program then waits on, and says why when it gives up. */
const longestWaitMs = 40_000;

/** Variables that change nothing about a saved token. */
const harmlessVariables = new Set([
  'OAUTH_CODE_HOME',
  'OAUTH_CODE_PROFILE',
  'OAUTH_CODE_STORE',
  'OAUTH_CODE_CLIENT_SECRET',
  'OAUTH_CODE_ACCESS_TOKEN',
]);

/**
 * Answers a plain `token` from its session file, with the answer that the whole program would give. An expired session
 * that another process is refreshing is waited for. When this process is the one to refresh it, the lock is taken
 * already; the whole program would find it in its hands. Whatever is in doubt is left to that.
 */
export function answerToken(words: readonly string[]): QuickAnswer {
  const question = readQuestion(words, process.env);
  if (question === undefined) return left;
  try {
    const surroundings: Surroundings = {
      env: process.env,
      platform: process.platform,
      homeDirectory: homedir,
      workingDirectory: () => process.cwd(),
    };
    const name = sessionFileName(question.owner);
    const path = pathsOf(surroundings).join(sessionsFolder(surroundings), name);
    const settings = settingsStamp(
      settingsCandidates(surroundings).map((candidate) => [candidate, stampOf(candidate)]),
    );
    const session = usableSession(path, question, settings);
    if (session === undefined) return left;
    if (print(session, question)) return answered;
    return isRenewable(session) ? awaitRenewal({ path, name }, question, settings) : left;
  } catch {
    // The whole program will meet the same obstacle and explain it.
    return left;
  }
}

function readQuestion(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): QuickQuestion | undefined {
  if (Object.keys(env).some((name) => name.startsWith('OAUTH_CODE_') && !harmlessVariables.has(name))) {
    return undefined;
  }
  const given = readWords(words);
  if (given === undefined) return undefined;
  const { output = 'token', issuer, 'client-id': clientId } = given;
  if (output !== 'token' && output !== 'header') return undefined;
  const profile = given.profile ?? env.OAUTH_CODE_PROFILE;
  if (profile) {
    if (issuer !== undefined || clientId !== undefined) return undefined;
    return { owner: { type: 'profile', name: profile }, format: output };
  }
  if (issuer === undefined || clientId === undefined) return undefined;
  return { owner: { type: 'client', issuer, clientId }, format: output };
}

/** The few options that are understood here, each once and with a value; undefined for anything else. */
function readWords(words: readonly string[]): Readonly<Record<string, string>> | undefined {
  const given: Record<string, string> = {};
  for (let at = 0; at < words.length; at += 1) {
    const [, flag = '', inline] =
      /^(-p|-o|--profile|--output|--issuer|--client-id)(?:=(.*))?$/s.exec(words[at] ?? '') ?? [];
    const name = flag === '-p' ? 'profile' : flag === '-o' ? 'output' : flag.slice(2);
    if (flag === '' || (inline !== undefined && !flag.startsWith('--'))) return undefined;
    if (inline === undefined) at += 1;
    const value = inline ?? words[at];
    if (!value || value.startsWith('-') || Object.hasOwn(given, name)) return undefined;
    given[name] = value;
  }
  return given;
}

/** The session in a file, if it can be used without asking anything else. */
function usableSession(path: string, { owner }: QuickQuestion, settings: string): SavedSession | undefined {
  const { mode } = statSync(path);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) return undefined;
  const parsed = parseSession(readFileSync(path, 'utf8'));
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

function print(session: SavedSession, { format }: QuickQuestion): boolean {
  const { access_token: token = '', token_type: type = null } = session.tokens ?? {};
  if (!isFresh(session, new Date()) || !isPrintableToken(token)) return false;
  if (format === 'header' && type !== null && !/^bearer$/i.test(type)) return false;
  writeWhole(1, format === 'header' ? `Authorization: Bearer ${token}\n` : `${token}\n`);
  return true;
}

function isRenewable({ refreshable, grant_type }: SavedSession): boolean {
  return refreshable || grant_type === 'client_credentials';
}

function awaitRenewal(
  { path, name }: Pick<QuickRenewal, 'path' | 'name'>,
  question: QuickQuestion,
  settings: string,
): QuickAnswer {
  const deadlineMs = Date.now() + longestWaitMs;
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
        return isPrinted ? answered : left;
      }
      if (isMine) {
        if (attempt.interrupted !== undefined) attempt.lock.noteSending(attempt.interrupted.sentAt);
        process.once('exit', () => attempt.lock.release());
        if (!isQuick(session)) return left;
        const renewal = { path, name, octets: stamp?.size ?? 0, saved: session, format: question.format };
        return { type: 'refresh', renewal };
      }
    }
    pause(5 + Math.random() * 20);
  }
  return left;
}

/** Nothing but the session is needed, and the variable for a client secret means no other one. */
function isQuick({ quick, refreshable, secret_from }: SavedSession): boolean {
  const isOther =
    Boolean(process.env.OAUTH_CODE_CLIENT_SECRET) &&
    !(secret_from !== undefined && 'env' in secret_from && secret_from.env === 'OAUTH_CODE_CLIENT_SECRET');
  return quick && refreshable && !isOther;
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
