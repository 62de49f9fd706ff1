import type { Invocation } from '../commands/command.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import type { WantedSession } from '../storage/find-session.ts';
import { type Freshness, sessionFileName } from '../storage/session-file.ts';
import { sessionPath } from '../storage/session-store.ts';
import { fetchWithoutPerson, isPersonless } from './fetch-without-person.ts';
import {
  findUsable,
  loginRequired,
  type ObtainedToken,
  savedToken,
  type UsableSession,
} from './obtain-token.ts';
import { refreshSession } from './refresh-session.ts';
import type { RenewalManner } from './renewal.ts';
import { lockSession } from './session-lock.ts';
import { ownerName } from './settle-session.ts';

/** A refresh may wait for a server as long as an exchange may take; others wait for it and a little more. */
const patienceSeconds = 5;

/**
 * Gets a new access token under the lock of the session, or finds that another process just did.
 * @throws LoginRequiredError when it takes a person; ConfigError, UsageError, NetworkError, InvalidResponseError,
 * ErrorResponseError, ValidationError
 */
export async function renewToken(
  options: OptionReader,
  wanted: WantedSession,
  freshness: Freshness,
  invocation: Invocation,
  manner: RenewalManner = {},
): Promise<ObtainedToken> {
  const { context } = invocation;
  const timeoutSeconds = options.number('timeout', { min: 0.1, max: 86_400, integer: false }) ?? 30;
  const saved = async () => {
    const usable = await findUsable(wanted, invocation);
    const token =
      usable === undefined || manner.always === true
        ? undefined
        : savedToken(usable, wanted, freshness, invocation);
    return { usable, token };
  };
  for (;;) {
    const before = await saved();
    const name = before.usable?.name ?? sessionFileName(wanted.owner);
    const path = sessionPath(context, name);
    const outcome = await lockSession(
      context,
      path,
      (timeoutSeconds + patienceSeconds) * 1000,
      changesOf(context.files, path, async () => (await saved()).token),
    );
    if (outcome.type === 'spared') return outcome.value;
    const { lock, interrupted } = outcome;
    try {
      // What was read before the lock was taken may be history by now.
      const { usable, token } = await saved();
      if (token !== undefined) return token;
      if (usable !== undefined && usable.name !== name) continue;
      const renewal = { options, wanted, invocation, manner, lock, path, interrupted };
      if (usable?.session.tokens.refresh_token !== undefined) {
        return await refreshSession({ ...renewal, usable });
      }
      if (isPersonless(options, usable)) return await fetchWithoutPerson({ ...renewal, usable });
      throw await noWayLeft(usable, wanted, invocation);
    } finally {
      lock.release();
    }
  }
}

/** Looks only when the file is another one than at the last look. */
function changesOf<T>(
  files: Invocation['context']['files'],
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
  usable: UsableSession | undefined,
  wanted: WantedSession,
  invocation: Invocation,
): Promise<Error> {
  if (usable === undefined) return loginRequired(wanted, invocation);
  const who = ownerName(usable.session.owner);
  return loginRequired(
    wanted,
    invocation,
    usable.fit === 'part'
      ? `A token for less than the session of ${who} allows takes a refresh token, and the session has none.`
      : `The access token of ${who} is not good for long enough, and the session has no refresh token.`,
  );
}
