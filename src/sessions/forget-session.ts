import type { Context } from '../context.ts';
import {
  keepingOf,
  openSession,
  readSession,
  type Session,
  savedSessions,
  sessionPath,
  sessionText,
} from '../storage/session-store.ts';
import { withLockIfRoom } from './session-lock.ts';

/** Strikes tokens that are of no use any more from a session in its file. */
export type StrikeTokens = (tokens: readonly string[]) => Promise<void>;

/**
 * Forgets a session under its lock, after something was done with the tokens that it has by then; undefined when it
 * is gone or cannot be read.
 * @throws ConfigError when it cannot be removed; what `before` throws, and then the session stays
 */
export async function forgetSession(
  name: string,
  context: Context,
  before: (session: Session, strike: StrikeTokens) => Promise<void> = async () => {},
): Promise<Session | undefined> {
  return withSession(name, context, async (session, path, strike) => {
    await before(session, strike);
    await context.files.remove(path);
    return session;
  });
}

/**
 * Makes sure that a token which is no longer valid is not handed out again, under the lock of its session. A session
 * is removed when the token that was revoked is its refresh token, or the access token that was all it had. One that
 * has other tokens by now is left alone.
 * @throws ConfigError when the session cannot be read or written
 */
export async function retireToken(
  token: string,
  why: 'revoked' | 'refused',
  name: string,
  context: Context,
): Promise<'removed' | 'kept'> {
  const became = await withSession(name, context, async ({ tokens }, path, strike) => {
    if (why === 'revoked' && token === (tokens.refresh_token ?? tokens.access_token)) {
      await context.files.remove(path);
      return 'removed' as const;
    }
    if (accessTokensOf(tokens).includes(token)) await strike([token]);
    return 'kept' as const;
  });
  return became ?? 'kept';
}

/** Makes sure that no access token of a session is handed out again. @throws ConfigError */
export async function retireAccessTokens(name: string, context: Context): Promise<void> {
  await withSession(name, context, ({ tokens }, _path, strike) => strike(accessTokensOf(tokens)));
}

/** The session of a client whose token this is; undefined when none is seen to have it. @throws ConfigError */
export async function findHolder(
  token: string,
  { issuer, clientId }: { readonly issuer: string | null; readonly clientId: string },
  context: Context,
): Promise<{ readonly name: string; readonly session: Session } | undefined> {
  for (const { name, saved } of await savedSessions(context)) {
    if (saved.client_id !== clientId || saved.issuer !== issuer) continue;
    // One that cannot be opened hands out no token.
    const session = await openSession(context, saved).catch(() => undefined);
    if (session === undefined) continue;
    const { tokens } = session;
    if ([...accessTokensOf(tokens), tokens.refresh_token].includes(token)) return { name, session };
  }
  return undefined;
}

/** The access tokens of a session, its own one last. */
export function accessTokensOf({ access_token, narrowed = [] }: Session['tokens']): readonly string[] {
  return [...narrowed.map((token) => token.access_token), access_token].filter((token) => token !== '');
}

/** Does something with a session under its lock; undefined when it is gone or cannot be read. */
export async function withSession<T>(
  name: string,
  context: Context,
  action: (session: Session, path: string, strike: StrikeTokens) => Promise<T>,
): Promise<T | undefined> {
  const path = sessionPath(context, name);
  return withLockIfRoom(context, path, async () => {
    const found = await readSession(context, name);
    if (found.type !== 'session') return undefined;
    let session = await openSession(context, found.saved);
    return action(session, path, async (tokens) => {
      session = withoutTokens(session, tokens);
      const text = await sessionText(context, session, keepingOf(found.saved));
      await context.files.write(path, text, { synced: true, shortens: true });
    });
  });
}

function withoutTokens(session: Session, tokens: readonly string[]): Session {
  const { narrowed = [], ...own } = session.tokens;
  const left = narrowed.filter(({ access_token }) => !tokens.includes(access_token));
  const isOwn = tokens.includes(own.access_token);
  return {
    ...session,
    ...(isOwn ? { expires_at: session.obtained_at } : {}),
    tokens: {
      ...own,
      ...(isOwn ? { access_token: '', token_response: {} } : {}),
      ...(left.length === 0 ? {} : { narrowed: left }),
    },
  };
}
