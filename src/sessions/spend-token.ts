import type { Invocation } from '../commands/command.ts';
import { openSession, readSession, sessionPath, sessionText } from '../storage/session-store.ts';
import type { UsableSession } from './obtain-token.ts';
import { lockSession } from './session-lock.ts';

const lockTimeoutMs = 40_000;

/**
 * Makes sure that a token which is of no use any more is not handed out again, under the lock of its session: a
 * session is removed with its refresh token, or when an access token was all it had; else its access token counts as
 * expired. A session that has other tokens by now is left alone.
 * @throws ConfigError when the session cannot be read or written
 */
export async function spendToken(
  token: string,
  { name, keeping }: Pick<UsableSession, 'name' | 'keeping'>,
  { context }: Pick<Invocation, 'context'>,
): Promise<'removed' | 'kept'> {
  const path = sessionPath(context, name);
  const outcome = await lockSession(context, path, lockTimeoutMs, async () => undefined);
  if (outcome.type === 'spared') return 'kept';
  try {
    const found = await readSession(context, name);
    if (found.type !== 'session') return 'kept';
    const session = await openSession(context, found.saved);
    const { access_token, refresh_token } = session.tokens;
    if (token === refresh_token || (token === access_token && refresh_token === undefined)) {
      await context.files.remove(path);
      return 'removed';
    }
    if (token === access_token) {
      const spent = { ...session, expires_at: session.obtained_at };
      await context.files.write(path, await sessionText(context, spent, keeping));
    }
    return 'kept';
  } finally {
    outcome.lock.release();
  }
}
