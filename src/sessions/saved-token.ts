import type { CheckResult } from '../checks/check-result.ts';
import { isRepeatable } from '../client/grants.ts';
import { ConfigError, LoginRequiredError } from '../errors.ts';
import { claimsOf } from '../jose/jwt.ts';
import { own, recall, type Said, say } from '../say.ts';
import { findSession, type SessionSearch, type WantedSession } from '../storage/find-session.ts';
import { type Freshness, isFresh, type NarrowedToken } from '../storage/session-file.ts';
import {
  keepingOf,
  openSession,
  type Session,
  type SessionKeeping,
  sessionPath,
} from '../storage/session-store.ts';
import { ownerName, type SessionRun } from './token-settings.ts';

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
}

/** A session as it was found, its tokens in the open. */
export interface OpenedSession {
  readonly name: string;
  readonly fit: 'whole' | 'part';
  readonly session: Session;
  /** Size of its file. */
  readonly octets: number;
  readonly keeping: SessionKeeping;
}

/**
 * The session that is wanted; undefined when there is none. A file that cannot be read is set aside, and that is told.
 * @throws ConfigError for one of a newer version, or one whose tokens cannot be opened
 */
export async function findOpenSession(
  wanted: WantedSession,
  run: SessionRun,
): Promise<OpenedSession | undefined> {
  const { context } = run;
  const search = await findSession(context, wanted);
  if (search.type === 'unreadable') {
    await setAside(search, run);
    return undefined;
  }
  if (search.type === 'none') return undefined;
  const { name, saved, fit, octets, readableByOthers, warning } = search;
  if (warning !== undefined) run.tell(warning);
  if (readableByOthers) {
    const path = sessionPath(context, name);
    run.tell(`Others can read the session of ${ownerName(saved.owner)}: chmod 600 ${path}`);
  }
  const session = await openSession(context, saved).catch((error: unknown) => {
    // A token that needs no person can be requested again: a lost key is no reason to fail.
    if (error instanceof ConfigError && isRepeatable(saved.grant_type)) return undefined;
    throw error;
  });
  if (session === undefined) return undefined;
  return { name, fit, session, octets, keeping: keepingOf(saved) };
}

async function setAside(
  search: Extract<SessionSearch, { type: 'unreadable' }>,
  { context, tell }: SessionRun,
): Promise<void> {
  if ('error' in search) throw search.error;
  const { name, problem } = search;
  const path = sessionPath(context, name);
  if (problem === 'newer') {
    throw new ConfigError(say`${path} was written by a newer oauth-code than this one.`, {
      hint: 'Update oauth-code. It was left as it is; a new login would set it aside.',
    });
  }
  const kept = await context.files.setAside(path, problem);
  const what = problem === 'torn' ? 'is damaged' : 'is not a session of oauth-code';
  tell(`${path} ${what}. It was not used; it is kept as ${kept}`);
}

/** The token of a session when it is good enough. */
export function savedToken(
  { session, fit }: OpenedSession,
  { wanted, freshness }: { readonly wanted: WantedSession; readonly freshness: Freshness },
  now: Date,
): ObtainedToken | undefined {
  if (fit === 'whole') {
    const isGood =
      freshness.idToken === true && session.tokens.id_token !== undefined
        ? hasFreshIdToken(session.tokens.id_token, session.obtained_at, now, freshness)
        : session.tokens.access_token !== '' && isFresh(session, now, freshness);
    return isGood ? tokenOf(session, undefined, []) : undefined;
  }
  const requested = JSON.stringify(narrowedRequest(wanted, session));
  const narrowed = session.tokens.narrowed?.find(
    (candidate) => JSON.stringify(candidate.requested) === requested && isFresh(candidate, now, freshness),
  );
  return narrowed === undefined ? undefined : tokenOf(session, narrowed, []);
}

/** Whether the ID token is as good as is asked for. */
function hasFreshIdToken(idToken: string, obtainedAt: string, now: Date, freshness: Freshness): boolean {
  const issuedAt = momentIn(idToken, 'iat')?.toISOString() ?? obtainedAt;
  const expiresAt = momentIn(idToken, 'exp')?.toISOString() ?? null;
  return isFresh({ obtained_at: issuedAt, expires_at: expiresAt }, now, freshness);
}

/** A time in an ID token; null when it has none that can be read. */
export function momentIn(idToken: string, claim: 'iat' | 'exp'): Date | null {
  const seconds = claimsOf(idToken)[claim];
  const at = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(at.getTime()) ? null : at;
}

/** The request for less than the session allows, in one order. */
export function narrowedRequest(
  { scope, resource }: WantedSession,
  { requested }: Pick<Session, 'requested'>,
): NarrowedToken['requested'] {
  return {
    scope: [...scope].sort(),
    resource: [...(resource.length === 0 ? requested.resource : resource)].sort(),
  };
}

/** The access token of a session, or one for a part of what it allows. */
export function tokenOf(
  session: Session,
  narrowed: NarrowedToken | undefined,
  checks: readonly CheckResult[],
): ObtainedToken {
  const { access_token, token_type } = narrowed ?? session.tokens;
  const { scope, expires_at } = narrowed ?? session;
  return {
    session,
    narrowed,
    accessToken: access_token,
    tokenType: token_type,
    scope,
    expiresAt: expires_at === null ? null : new Date(expires_at),
    checks,
  };
}

/** The refusal when a person has to log in. */
export async function loginRequired(
  wanted: WantedSession,
  { context, loginCommand }: SessionRun,
  why?: Said,
  session?: Session,
): Promise<LoginRequiredError> {
  const { owner, grantType } = wanted;
  const command = loginCommand(owner, session, owner.type === 'profile' ? { grantType } : wanted);
  if (why !== undefined) return new LoginRequiredError(why, { hint: say`Log in again: ${command}` });
  const search = await findSession(context, wanted);
  const reason = search.type === 'none' ? search.reason : undefined;
  return reason === undefined
    ? new LoginRequiredError(say`There is no session of ${ownerName(wanted.owner)}.`, {
        hint: say`${own(isRepeatable(grantType) ? 'Get a token first' : 'Log in first')}: ${command}`,
      })
    : new LoginRequiredError(
        say`The session of ${ownerName(wanted.owner)} is not the one that is wanted: ${recall(reason)}.`,
        { hint: say`Log in for it: ${loginCommand(wanted.owner, session, wanted)}` },
      );
}
