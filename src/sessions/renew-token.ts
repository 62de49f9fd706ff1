import { isRepeatable } from '../client/grants.ts';
import type { Context } from '../context.ts';
import { own, say } from '../say.ts';
import { sessionFileName } from '../storage/session-file.ts';
import { type Session, sessionPath } from '../storage/session-store.ts';
import { refreshSession } from './refresh-session.ts';
import { requestToken } from './request-token.ts';
import {
  findOpenSession,
  loginRequired,
  type ObtainedToken,
  type OpenedSession,
  savedToken,
} from './saved-token.ts';
import { lockSession } from './session-lock.ts';
import { ownerName, type RenewalMode, type SessionRun, type TokenSettings } from './token-settings.ts';

/** A refresh may wait for a server as long as an exchange may take; others wait for it and a little more. */
const patienceSeconds = 5;

/**
 * Gets a new access token under the lock of the session, or finds that another process just did.
 * @throws LoginRequiredError when it takes a person; ConfigError, UsageError, NetworkError, InvalidResponseError,
 * ErrorResponseError, ValidationError
 */
export async function renewToken(
  settings: TokenSettings,
  run: SessionRun,
  mode: RenewalMode = {},
): Promise<ObtainedToken> {
  const { context } = run;
  const { wanted, renewal } = settings;
  const { timeoutSeconds } = await renewal.connection();
  const look = async () => {
    const found = await findOpenSession(wanted, run);
    const useless = found === undefined || mode.always === true;
    return { found, token: useless ? undefined : savedToken(found, settings, context.now()) };
  };
  for (;;) {
    const before = await look();
    const name = before.found?.name ?? sessionFileName(wanted.owner);
    const path = sessionPath(context, name);
    const outcome = await lockSession(
      context,
      path,
      (timeoutSeconds + patienceSeconds) * 1000,
      whenChanged(context.files, path, async () => (await look()).token),
    );
    if (outcome.type === 'answered') return outcome.value;
    try {
      // Another process may have changed the session while the lock was waited for.
      const { found, token } = await look();
      if (token !== undefined) return token;
      if (found !== undefined && found.name !== name) continue;
      if (found !== undefined && hasRefreshToken(found.session)) {
        return await refreshSession(found, settings, run, outcome, mode);
      }
      if (isRepeatable(found?.session.grant_type ?? wanted.grantType)) {
        return await requestToken(found, settings, run);
      }
      throw await noWayLeft(found, settings, run);
    } finally {
      outcome.lock.release();
    }
  }
}

/** Tells whether a session has a refresh token that the server has not refused. */
export function hasRefreshToken({ tokens, refresh_refused_at }: Session): boolean {
  return tokens.refresh_token !== undefined && refresh_refused_at === undefined;
}

/** Looks only when the file is another one than at the last look. */
function whenChanged<T>(
  files: Context['files'],
  path: string,
  look: () => Promise<T | undefined>,
): () => Promise<T | undefined> {
  let seen: string | undefined;
  return async () => {
    const stamp = JSON.stringify(await files.stamp(path));
    if (stamp === seen) return undefined;
    seen = stamp;
    return look();
  };
}

async function noWayLeft(
  found: OpenedSession | undefined,
  { wanted, freshness }: TokenSettings,
  run: SessionRun,
): Promise<Error> {
  if (found === undefined) return loginRequired(wanted, run);
  const who = ownerName(found.session.owner);
  const { refresh_refused_at: refusedAt, tokens } = found.session;
  const idToken = freshness.idToken && tokens.id_token;
  return loginRequired(
    wanted,
    run,
    refusedAt !== undefined
      ? say`The server refused the refresh token of ${who} at ${refusedAt}, and it is not sent again.`
      : found.fit === 'part'
        ? say`The session of ${who} has no refresh token, which a token with less scope or for one resource needs.`
        : !idToken && tokens.access_token === ''
          ? say`The session of ${who} has no access token, and no refresh token to get one with.`
          : say`The ${own(idToken ? 'ID token' : 'access token')} of ${who} is not good for long enough, and the session has no refresh token.`,
    found.session,
  );
}
