import { isRepeatable } from '../client/grants.ts';
import { LoginRequiredError } from '../errors.ts';
import { findOpenSession, type ObtainedToken, savedToken } from './saved-token.ts';
import type { RenewalMode, SessionRun, TokenSettings } from './token-settings.ts';

/**
 * An access token that is as good as is asked for: the saved one, else a new one by its refresh token, else one that
 * needs no person. One process at a time renews a session; the others wait for what it brings. Where no token of the
 * session lives as long as is asked, it is as good as can be had. Where nothing is to be stored, no session is read.
 * @throws LoginRequiredError when a person is needed; ConfigError, UsageError, NetworkError, InvalidResponseError,
 * ErrorResponseError, ValidationError
 */
export async function obtainToken(
  settings: TokenSettings,
  run: SessionRun,
  mode: RenewalMode = {},
): Promise<ObtainedToken> {
  const { wanted, renewal } = settings;
  if (renewal.keeping.store === 'none') {
    if (!isRepeatable(wanted.grantType)) {
      throw new LoginRequiredError('With --store none no session is read, and a new token takes a person.', {
        hint: 'Leave out --store none to use a saved session, or use a grant that needs no person.',
      });
    }
    const { requestToken } = await import('./request-token.ts');
    return requestToken(undefined, settings, run);
  }
  const found = mode.always === true ? undefined : await findOpenSession(wanted, run);
  const saved = found === undefined ? undefined : savedToken(found, settings, run.context.now());
  if (saved !== undefined) return saved;
  const { renewToken } = await import('./renew-token.ts');
  return renewToken(settings, run, mode);
}
