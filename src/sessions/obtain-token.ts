import type { CheckResult } from '../checks/check-result.ts';
import type { Invocation } from '../commands/command.ts';
import { ConfigError, LoginRequiredError } from '../errors.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { findSession, type SessionSearch, type WantedSession } from '../storage/find-session.ts';
import { type Freshness, isFresh, type NarrowedToken } from '../storage/session-file.ts';
import { openSession, type Session, sessionPath } from '../storage/session-store.ts';
import { loginCommand, ownerName } from './settle-session.ts';

/** An access token that is good now, and the session it belongs to. */
export interface ObtainedToken {
  readonly session: Session;
  /** Set when the token is for a part of what the session allows. */
  readonly narrowed: NarrowedToken | undefined;
  readonly accessToken: string;
  readonly tokenType: string | null;
  readonly scope: readonly string[];
  readonly expiresAt: Date | null;
  /** Made when it was fetched just now; empty for a saved token. */
  readonly checks: readonly CheckResult[];
  readonly isNew: boolean;
}

/** A session as it was found, its tokens in the open. */
export interface UsableSession {
  readonly name: string;
  readonly fit: 'whole' | 'part';
  readonly session: Session;
  /** Size of its file. */
  readonly octets: number;
  readonly keeping: 'file' | 'keychain';
}

/**
 * An access token that is as good as is asked for: the saved one, else a new one by its refresh token, else one that
 * needs no person. One process at a time renews a session; the others wait for what it brings. Where no token of the
 * session lives as long as is asked, it is as good as can be had, and that is said.
 * @throws LoginRequiredError when a person is needed; ConfigError, UsageError, NetworkError, InvalidResponseError,
 * ErrorResponseError, ValidationError
 */
export async function obtainToken(
  options: OptionReader,
  wanted: WantedSession,
  freshness: Freshness,
  invocation: Invocation,
): Promise<ObtainedToken> {
  const token = await findOrRenew(options, wanted, freshness, invocation);
  const { minValiditySeconds } = freshness;
  if (token.expiresAt !== null && minValiditySeconds !== undefined && !options.isOn('quiet')) {
    const leftSeconds = (token.expiresAt.getTime() - invocation.context.now().getTime()) / 1000;
    if (leftSeconds < minValiditySeconds) {
      const { warnShortLife } = await import('./warn-short-life.ts');
      warnShortLife(leftSeconds, minValiditySeconds, invocation);
    }
  }
  return token;
}

async function findOrRenew(
  options: OptionReader,
  wanted: WantedSession,
  freshness: Freshness,
  invocation: Invocation,
): Promise<ObtainedToken> {
  const found = await findUsable(wanted, invocation);
  const saved = found === undefined ? undefined : savedToken(found, wanted, freshness, invocation);
  if (saved !== undefined) return saved;
  const { renewToken } = await import('./renew-token.ts');
  return renewToken(options, wanted, freshness, invocation);
}

/**
 * The session that is wanted; undefined when there is none. What cannot be read is set aside and said.
 * @throws ConfigError for one of a newer version, or one whose tokens cannot be opened
 */
export async function findUsable(
  wanted: WantedSession,
  invocation: Invocation,
): Promise<UsableSession | undefined> {
  const { context } = invocation;
  const search = await findSession(context, wanted);
  if (search.type === 'unreadable') {
    await setAside(search, invocation);
    return undefined;
  }
  if (search.type === 'none') return undefined;
  const { name, saved, fit, octets, readableByOthers } = search;
  if (readableByOthers) {
    const { say } = await import('../commands/say.ts');
    say(
      context.terminal.stderr,
      `Others can read the session of ${ownerName(saved.owner)}: chmod 600 ${sessionPath(context, name)}`,
    );
  }
  const session = await openSession(context, saved).catch((error: unknown) => {
    // What a grant without a person brought can be had again; nobody has to be bothered with a lost key.
    if (error instanceof ConfigError && saved.grant_type === 'client_credentials') return undefined;
    throw error;
  });
  if (session === undefined) return undefined;
  return { name, fit, session, octets, keeping: saved.sealed === undefined ? 'file' : 'keychain' };
}

async function setAside(
  { name, problem }: Extract<SessionSearch, { type: 'unreadable' }>,
  { context }: Invocation,
): Promise<void> {
  const path = sessionPath(context, name);
  if (problem === 'newer') {
    throw new ConfigError(`${path} was written by a newer oauth-code than this one.`, {
      hint: 'Update oauth-code. It was left as it is; a new login would set it aside.',
    });
  }
  const kept = await context.files.setAside(path, problem);
  const what = problem === 'torn' ? 'is damaged' : 'is no session of oauth-code';
  const { say } = await import('../commands/say.ts');
  say(context.terminal.stderr, `${path} ${what}. It was not used; it is kept as ${kept}`);
}

/** The token of a session when it is good enough. */
export function savedToken(
  { session, fit }: UsableSession,
  wanted: WantedSession,
  freshness: Freshness,
  { context, journal }: Invocation,
): ObtainedToken | undefined {
  const now = context.now();
  if (fit === 'whole') {
    if (!isFresh(session, now, freshness)) return undefined;
    journal.secrets.push({ kind: 'access_token', value: session.tokens.access_token });
    return tokenOf(session, []);
  }
  const requested = narrowedRequest(wanted, session);
  const narrowed = session.tokens.narrowed?.find(
    (candidate) =>
      JSON.stringify(candidate.requested) === JSON.stringify(requested) && isFresh(candidate, now, freshness),
  );
  return narrowed === undefined ? undefined : narrowedTokenOf(session, narrowed, []);
}

/** What is asked for when less than the session allows is wanted, in one order. */
export function narrowedRequest(
  { scope, resource }: WantedSession,
  { requested }: Pick<Session, 'requested'>,
): NarrowedToken['requested'] {
  return {
    scope: [...scope].sort(),
    resource: [...(resource.length === 0 ? requested.resource : resource)].sort(),
  };
}

/** The access token of a session. */
export function tokenOf(session: Session, checks: readonly CheckResult[], isNew = false): ObtainedToken {
  const { tokens, scope, expires_at } = session;
  return {
    session,
    narrowed: undefined,
    accessToken: tokens.access_token,
    tokenType: tokens.token_type,
    scope,
    expiresAt: expires_at === null ? null : new Date(expires_at),
    checks,
    isNew,
  };
}

/** An access token for a part of what a session allows. */
export function narrowedTokenOf(
  session: Session,
  narrowed: NarrowedToken,
  checks: readonly CheckResult[],
  isNew = false,
): ObtainedToken {
  const { access_token, token_type, scope, expires_at } = narrowed;
  return {
    session,
    narrowed,
    accessToken: access_token,
    tokenType: token_type,
    scope,
    expiresAt: expires_at === null ? null : new Date(expires_at),
    checks,
    isNew,
  };
}

/** The refusal when a person has to log in. */
export async function loginRequired(
  wanted: WantedSession,
  { context }: Invocation,
  why?: string,
): Promise<LoginRequiredError> {
  const command = loginCommand(wanted.owner, wanted.owner.type === 'profile' ? {} : wanted);
  if (why !== undefined) return new LoginRequiredError(why, { hint: `Log in again: ${command}` });
  const search = await findSession(context, wanted);
  const reason = search.type === 'none' ? search.reason : undefined;
  return reason === undefined
    ? new LoginRequiredError(`There is no session of ${ownerName(wanted.owner)}.`, {
        hint: `Log in first: ${command}`,
      })
    : new LoginRequiredError(
        `The session of ${ownerName(wanted.owner)} is not the one that is wanted: ${reason}.`,
        { hint: `Log in for it: ${loginCommand(wanted.owner, wanted)}` },
      );
}
