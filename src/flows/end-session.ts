import { applyWaivers, type CheckResult, comparedWith, fail, pass, underId } from '../checks/check-result.ts';
import { shownValue } from '../checks/shown-value.ts';
import type { Context, MessageServer } from '../context.ts';
import { NetworkError, ValidationError } from '../errors.ts';
import { parameterValue, parseForm } from '../protocol/parameters.ts';
import { own, recall, say } from '../say.ts';

/** What is known of a browser that is to come back. */
export interface AwaitedReturn {
  readonly state: string;
  readonly timeoutSeconds: number;
  readonly waived: ReadonlySet<string>;
  /** The page that the browser is shown. */
  page(check: CheckResult): string;
  /** Told of each request with another state, which is ignored: any page can send the browser here. */
  ignored(check: CheckResult): void;
}

/**
 * Waits until the server sends the browser back after a logout, and compares the state (OIDC RP-Initiated Logout §3).
 * @throws ValidationError without that state; NetworkError `timeout`; the reason of the signal
 */
export async function awaitReturn(
  { signal }: Pick<Context, 'signal'>,
  listener: MessageServer,
  { state, timeoutSeconds, waived, page, ignored }: AwaitedReturn,
): Promise<CheckResult> {
  const over = AbortSignal.timeout(timeoutSeconds * 1000);
  let last: CheckResult | undefined;
  for (;;) {
    const message = await listener.next(AbortSignal.any([signal, over])).catch((reason) => {
      throw reason === over.reason ? timeoutError(listener.uri, timeoutSeconds, last) : reason;
    });
    if (message.method !== 'GET') {
      await message.respond(405, '', { Allow: 'GET' });
      continue;
    }
    const received = parameterValue(parseForm(message.query.slice(1)), 'state');
    const judged = judgeState(state, received);
    const [check = judged] = applyWaivers([judged], waived);
    const isOurs = check.outcome !== 'fail';
    await message.respond(isOurs ? 200 : 400, page(check), {
      'Content-Type': 'text/html; charset=utf-8',
      'X-Frame-Options': 'DENY',
    });
    if (isOurs) return check;
    if (received === undefined) throw refusal(check);
    last = check;
    ignored(check);
  }
}

function judgeState(sent: string, received: string | undefined): CheckResult {
  const compared = comparedWith(shownValue(sent), received);
  return underId(
    'logout-state',
    received === sent
      ? pass('The state is the one that was sent.', compared)
      : fail(
          received === undefined
            ? 'The browser came back without the state that was sent.'
            : 'The browser came with another state than the one that was sent.',
          compared,
        ),
  );
}

function refusal({ id, detail }: CheckResult): ValidationError {
  return new ValidationError(id, say`${recall(detail)} Nothing shows that the server ended the session.`, {
    step: 'end_session',
    hint: 'The session was forgotten on this machine. Look at the browser.',
  });
}

function timeoutError(uri: string, seconds: number, last: CheckResult | undefined): Error {
  if (last !== undefined) return refusal(last);
  return new NetworkError('timeout', say`The browser did not come back to ${uri} within ${seconds} s.`, {
    step: 'end_session',
    hint: say`The session was forgotten on this machine. Look at the browser. A page that says "logged out": ${own('the server does not redirect')}, and ${uri} may not be registered as post_logout_redirect_uri. A question: answer it, and allow more time with --browser-timeout SECONDS.`,
  });
}
