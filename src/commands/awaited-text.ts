import { durationText } from '../checks/shown-value.ts';
import type { Context } from '../context.ts';
import type { FlowEvent } from '../flows/conversation.ts';
import { isCi } from '../settings/output-settings.ts';
import { stepNames } from './trace/tell-exchange.ts';

/** What is awaited, where and for how long, at each moment; undefined in CI, where no user looks. */
export function awaitedText(
  { step, url, timeoutSeconds }: Extract<FlowEvent, { type: 'awaiting' }>,
  startedMs: number,
  { env, monotonicMs }: Pick<Context, 'env' | 'monotonicMs'>,
): (() => string) | undefined {
  if (isCi(env)) return undefined;
  const { host } = new URL(url);
  return () => {
    const seconds = Math.floor((monotonicMs() - startedMs) / 1000);
    return timeoutSeconds === undefined
      ? `${stepNames[step]}: waiting for ${host}, ${seconds} s`
      : `Waiting for ${/^(?:device|backchannel)_/.test(step) ? 'the sign-in' : 'the browser'}, ${durationText(Math.max(0, timeoutSeconds - seconds))} left`;
  };
}
