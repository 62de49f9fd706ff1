import type { CheckResult } from '../checks/check-result.ts';
import type { CallbackListener } from '../context.ts';
import { NetworkError, ValidationError } from '../errors.ts';
import { own, recall, say } from '../say.ts';

/** What was waited for. */
interface Waited {
  readonly timeoutSeconds: number;
  readonly judge: { readonly ignored: readonly CheckResult[] };
  readonly listener?: Pick<CallbackListener, 'redirectUri'> | undefined;
  browserWasOpened(): boolean;
}

/** The error of a login whose time is over; it is loaded then, as few logins come to it. */
export function timeoutError(
  { timeoutSeconds, judge, listener, browserWasOpened }: Waited,
  isRefused: boolean,
): Error {
  const [failed] = judge.ignored;
  if (failed !== undefined) {
    return new ValidationError(
      failed.id,
      say`No valid answer came within ${timeoutSeconds} s, but ${judge.ignored.length} that had to be ignored. ${recall(failed.detail)}`,
      {
        step: 'authorization',
        hint: 'Run the login again and finish it in the page that it opens, not in an older tab.',
      },
    );
  }
  if (isRefused)
    return new NetworkError(
      'timeout',
      say`No answer came within ${timeoutSeconds} s: the server shows an error in the browser.`,
      { step: 'authorization' },
    );
  return new NetworkError('timeout', say`No answer came to the redirect URI within ${timeoutSeconds} s.`, {
    step: 'authorization',
    hint:
      listener === undefined
        ? 'Paste the whole address of the final page before the time is over (--browser-timeout SECONDS).'
        : say`${own(browserWasOpened() ? '' : 'No browser was opened from here: open the printed address in one. ')}Look at the browser. An error page of the server: the server does not know the client_id, or ${listener.redirectUri} is not registered for the client${own(/[^/]\/$/.test(listener.redirectUri) ? ' (mind the slash at its end)' : '')}. A page that cannot be opened: the answer does not reach this machine. Still the login: allow more time with --browser-timeout SECONDS.`,
  });
}
