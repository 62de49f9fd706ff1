import { onTestFinished } from 'vitest';
import { listenForCallback } from '../../src/adapters/callback-listener.ts';
import type {
  CallbackListener,
  CallbackVerdict,
  ListenOptions,
  ReceivedCallback,
} from '../../src/context.ts';

export const pages = {
  relay: '<p>relay</p>',
  notFound: '<p>not found</p>',
  alreadyAnswered: '<p>already answered</p>',
  refused: '<p>refused</p>',
};

/** A listener of a test, closed at its end. */
export interface RunningListener extends CallbackListener {
  readonly port: number;
  /** `Host` as a browser would send it. */
  readonly host: string;
  /** Everything that was judged, in order. */
  readonly judged: readonly ReceivedCallback[];
}

/** Listens on any port; what does not contain `good` is ignored with status 400. */
export async function startListener(
  options: Partial<ListenOptions> = {},
  limits?: Parameters<typeof listenForCallback>[1],
): Promise<RunningListener> {
  const judged: ReceivedCallback[] = [];
  const judge = (callback: ReceivedCallback): CallbackVerdict => {
    judged.push(callback);
    return JSON.stringify(callback).includes('good')
      ? { type: 'accept' }
      : { type: 'ignore', status: 400, page: '<p>foreign</p>' };
  };
  const listener = await listenForCallback(
    { redirectUri: 'http://127.0.0.1:0/callback', ports: [0], pages, judge, ...options },
    limits,
  );
  onTestFinished(() => listener.close());
  const port = Number(/:(\d+)$/.exec(listener.addresses[0] ?? '')?.[1]);
  return { ...listener, port, host: new URL(listener.redirectUri).host, judged };
}
