import type { Context } from '../context.ts';
import {
  openSession,
  readSession,
  type Session,
  sessionPath,
  sessionText,
} from '../storage/session-store.ts';
import type { OpenedSession } from './saved-token.ts';
import { withLock } from './session-lock.ts';

/**
 * Forgets a session under its lock, after something was done with the tokens that it has by then; undefined when it
 * is no longer there.
 * @throws ConfigError when it cannot be read or removed; what `before` throws, and then the session stays
 */
export async function forgetSession(
  name: string,
  context: Context,
  before: (session: Session) => Promise<void> = async () => {},
): Promise<Session | undefined> {
  const path = sessionPath(context, name);
  return withLock(context, path, async () => {
    const found = await readSession(context, name);
    if (found.type !== 'session') return undefined;
    const session = await openSession(context, found.saved);
    await before(session);
    await context.files.remove(path);
    return session;
  });
}

/**
 * Makes sure that a token which is of no use any more is not handed out again, under the lock of its session. An access
 * token then counts as expired; a session whose tokens were revoked is removed with its refresh token, or when an
 * access token was all it had. A session that has other tokens by now is left alone.
 * @throws ConfigError when the session cannot be read or written
 */
export async function retireToken(
  token: string,
  why: 'revoked' | 'refused',
  { name, keeping }: Pick<OpenedSession, 'name' | 'keeping'>,
  context: Context,
): Promise<'removed' | 'kept'> {
  const path = sessionPath(context, name);
  return withLock(context, path, async () => {
    const found = await readSession(context, name);
    if (found.type !== 'session') return 'kept';
    const session = await openSession(context, found.saved);
    const { access_token, refresh_token } = session.tokens;
    const isLast = token === (refresh_token ?? access_token);
    if (isLast && why === 'revoked') {
      await context.files.remove(path);
      return 'removed';
    }
    if (token === access_token) {
      const expired = { ...session, expires_at: session.obtained_at };
      await context.files.write(path, await sessionText(context, expired, keeping));
    }
    return 'kept';
  });
}
