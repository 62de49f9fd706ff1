import { setTimeout as delay } from 'node:timers/promises';
import { durationText } from '../checks/shown-value.ts';
import type { Context } from '../context.ts';
import { ErrorResponseError, NetworkError } from '../errors.ts';
import { remember, say } from '../say.ts';
import type { Conversation } from './conversation.ts';
import { askForTokens, type IssuedTokens, pendingErrors, type TokenQuestion } from './request-tokens.ts';

/** How a token endpoint is polled while a user signs in elsewhere. */
export interface Polling {
  readonly intervalSeconds: number;
  /** Undefined: until the server says that it is over. */
  readonly expiresInSeconds: number | undefined;
  /** Resolves when the server says that the user has decided, so that the next request need not wait. */
  pinged?(signal: AbortSignal): Promise<void>;
}

/** What a timer of Node can wait for. */
const longestTimerMs = 2 ** 31 - 1;
/** No longer pause than this between two polls of a server that cannot be reached. */
const longestPauseMs = 60_000;

/**
 * Asks for tokens again and again until the user has decided, at the pace that the server asks for; a server that
 * cannot be reached is asked ever more seldom (RFC 8628 §3.4, §3.5).
 * @param question is made anew for each request
 * @throws ErrorResponseError for any other error of the server; NetworkError `timeout` once the time is over
 */
export async function pollForTokens(
  { signal, monotonicMs }: Pick<Context, 'signal' | 'monotonicMs'>,
  conversation: Conversation,
  { intervalSeconds, expiresInSeconds = Number.POSITIVE_INFINITY, pinged }: Polling,
  question: () => TokenQuestion,
): Promise<IssuedTokens> {
  const endMs = monotonicMs() + expiresInSeconds * 1000;
  let intervalMs = Math.min(intervalSeconds * 1000, longestTimerMs);
  let pauseMs = intervalMs;
  for (;;) {
    const woken = new AbortController();
    const until = AbortSignal.any([signal, woken.signal]);
    void pinged?.(until).then(
      () => woken.abort(),
      () => {},
    );
    await delay(pauseMs, undefined, { signal: until }).catch(() => signal.throwIfAborted());
    woken.abort();
    const isLast = monotonicMs() >= endMs;
    try {
      return await askForTokens(conversation, question());
    } catch (error) {
      const said = error instanceof ErrorResponseError ? (error.oauth.error ?? '') : '';
      const isPending = pendingErrors.has(said);
      // A server may forget a code that is over, and then calls it unknown.
      if (isLast && (isPending || /^(?:expired_token|invalid_grant)$/.test(said)))
        throw expired(expiresInSeconds);
      if (isPending) {
        if (said === 'slow_down') {
          intervalMs += 5000;
          const text = say`the server asks for a slower pace: every ${durationText(intervalMs / 1000)}`;
          conversation.emit({ type: 'remark', step: 'token', text: remember(text) });
        }
        pauseMs = intervalMs;
      } else if (error instanceof NetworkError && error.code !== 'tls' && !isLast && !signal.aborted) {
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
        const text = say`no answer; trying again in ${durationText(pauseMs / 1000)}`;
        conversation.emit({ type: 'remark', step: 'token', text: remember(text) });
      } else throw error;
    }
    pauseMs = Math.max(0, Math.min(pauseMs, endMs - monotonicMs(), longestTimerMs));
  }
}

function expired(seconds: number): NetworkError {
  return new NetworkError(
    'timeout',
    say`The user did not finish the sign-in within ${durationText(seconds)}.`,
    {
      step: 'token',
      hint: 'Run the login again for a new code.',
    },
  );
}
