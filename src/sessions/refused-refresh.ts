import {
  ErrorResponseError,
  InvalidResponseError,
  LoginRequiredError,
  NamedError,
  NetworkError,
} from '../errors.ts';
import { saysRefreshTokenIsDead } from '../protocol/refresh-refusal.ts';
import { own, remember, say } from '../say.ts';
import type { SessionOwner } from '../storage/session-file.ts';
import type { Session } from '../storage/session-store.ts';
import { ownerName, type RenewalMode, type SessionRun } from './token-settings.ts';

// In a file of its own, so that a refresh that succeeds loads none of it.

/**
 * What an error of a refresh means for the session: dropped with `invalid_grant` (RFC 6749 §5.2); `refused` where words
 * alone, which may be read wrongly, say that the refresh token is dead; `interrupted` when the server may have answered.
 * undefined leaves it as it is.
 * @param body of the last answer
 */
export function meaningOf(
  error: unknown,
  body: string,
  isCancelled: boolean,
): 'dropped' | 'refused' | 'interrupted' | undefined {
  if (error instanceof ErrorResponseError) {
    const { error: code, error_description: errorDescription, error_uri: errorUri } = error.oauth;
    if (code === 'invalid_grant') return 'dropped';
    return saysRefreshTokenIsDead({ error: code, errorDescription, errorUri }, body) ? 'refused' : undefined;
  }
  if (error instanceof InvalidResponseError) {
    const nothing = { error: null, errorDescription: null, errorUri: null };
    return saysRefreshTokenIsDead(nothing, body) ? 'refused' : 'interrupted';
  }
  return isCancelled || (error instanceof NetworkError && mayHaveArrived(error)) ? 'interrupted' : undefined;
}

/** Errors of a connection that never came about: nothing was sent. */
const neverSent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;

function mayHaveArrived(error: NetworkError): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && neverSent.test(String(cause.code))) return false;
  }
  return error.code !== 'tls';
}

/** The error for a refresh token that was refused: the server's own where it is to be shown, else that of a login. */
export function refusalOf(
  error: unknown,
  meaning: 'dropped' | 'refused',
  session: Session,
  interruptedAt: string | undefined,
  owner: SessionOwner,
  { loginCommand }: SessionRun,
  { showsRefusal = false }: RenewalMode,
): NamedError {
  const became = own(
    meaning === 'dropped'
      ? 'The session was dropped.'
      : 'The session was kept, but its refresh token is not sent again.',
  );
  const why =
    interruptedAt === undefined
      ? became
      : say`${became} A refresh at ${interruptedAt} was interrupted: most likely the server replaced the token then, and its answer was lost.`;
  const hint = say`Log in again: ${loginCommand(owner, session)}`;
  if (showsRefusal && error instanceof NamedError)
    return Object.assign(error, { hint: remember(say`${why} ${hint}`) });
  return new LoginRequiredError(
    say`The server no longer takes the refresh token of ${ownerName(session.owner)}${said(error)}. ${why}`,
    { hint, step: 'token', cause: error },
  );
}

function said(error: unknown) {
  if (!(error instanceof ErrorResponseError)) return own('');
  const { error: code, error_description: description } = error.oauth;
  return description === null ? say`: ${String(code)}` : say`: ${String(code)} (${description})`;
}
