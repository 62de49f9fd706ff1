import { findOpenSession, type ObtainedToken, savedToken } from './saved-token.ts';
import type { SessionRun, TokenSettings } from './token-settings.ts';

/**
 * An access token that is as good as is asked for: the saved one, else a new one by its refresh token, else one that
 * needs no person. One process at a time renews a session; the others wait for what it brings. Where no token of the
 * session lives as long as is asked, it is as good as can be had.
 * @throws LoginRequiredError when a person is needed; ConfigError, UsageError, NetworkError, InvalidResponseError,
 * ErrorResponseError, ValidationError
 */
export async function obtainToken(settings: TokenSettings, run: SessionRun): Promise<ObtainedToken> {
  const found = await findOpenSession(settings.wanted, run);
  const saved = found === undefined ? undefined : savedToken(found, settings, run.context.now());
  if (saved !== undefined) return saved;
  const { renewToken } = await import('./renew-token.ts');
  return renewToken(settings, run);
}
