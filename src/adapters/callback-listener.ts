import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AcceptedCallback, CallbackListener, ListenOptions, ReceivedCallback } from '../context.ts';
import type { CallbackPlace } from './callback-place.ts';
import {
  headOf,
  type ListenerLimits,
  listenerLimits,
  readBody,
  sendEmpty,
  sendPage,
  serveAt,
} from './callback-server.ts';
import { type ClassifiedRequest, classifyRequest } from './classify-callback.ts';

/** RFC 9110 §10.2.1. */
const allow = { Allow: 'GET, HEAD, POST, OPTIONS' };

/** Far above any authorization response, far below what hurts. */
const bodyLimitBytes = 1024 * 1024;

/**
 * Binds the server behind the redirect URI and waits for the one authorization response (RFC 8252 §7.3). Whatever
 * else arrives is answered and changes nothing.
 *
 * @throws UsageError when the redirect URI cannot be listened on or no port is free.
 */
export async function listenForCallback(
  options: ListenOptions,
  limits: ListenerLimits = listenerLimits,
): Promise<CallbackListener> {
  const { pages } = options;
  const wait = createWait<AcceptedCallback>();
  let place: CallbackPlace | undefined;
  let taken = false;

  const listening = await serveAt(options, answer, limits, wait.fail);
  place = listening.place;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // A request can arrive between the binding of the first address and that of the second.
    if (place === undefined) return sendEmpty(response, 503);
    const classified = classifyRequest(headOf(request), place);
    switch (classified.type) {
      case 'refused':
        return sendPage(response, classified.status, pages.refused, classified.status === 405 ? allow : {});
      case 'not_found':
        return sendPage(response, 404, pages.notFound);
      case 'empty':
        return sendEmpty(response, classified.status, allow);
      case 'prefetch':
        return sendEmpty(response, 503);
      case 'relay':
        return sendPage(response, 200, taken ? pages.alreadyAnswered : pages.relay);
      default:
        return receive(request, response, classified);
    }
  }

  async function receive(
    request: IncomingMessage,
    response: ServerResponse,
    { type, url }: Extract<ClassifiedRequest, { url: string }>,
  ): Promise<void> {
    let callback: ReceivedCallback = { type: 'query', url };
    if (type !== 'query') {
      const body = await readBody(request, bodyLimitBytes);
      if (body.type === 'aborted') return;
      if (body.type === 'too_large') return sendPage(response, 413, pages.refused);
      if (type === 'fragment' && body.text === '') return sendPage(response, 400, pages.refused);
      callback = type === 'form_post' ? { type, url, body: body.text } : { type, url, fragment: body.text };
    }
    if (taken) return sendPage(response, 200, pages.alreadyAnswered);
    const verdict = await options.judge(callback);
    if (verdict.type === 'redirect') return sendEmpty(response, 303, { Location: verdict.url });
    if (verdict.type === 'ignore') return sendPage(response, verdict.status, verdict.page);
    // Another callback may have been accepted while this one was judged.
    if (taken) return sendPage(response, 200, pages.alreadyAnswered);
    taken = true;
    wait.resolve(hold(callback, response));
  }

  function hold(callback: ReceivedCallback, response: ServerResponse): AcceptedCallback {
    let sent: Promise<void> | undefined;
    const respond = (page: string) => {
      clearTimeout(limit);
      sent ??= sendPage(response, 200, page);
      return sent;
    };
    const limit = setTimeout(() => respond(pages.alreadyAnswered), limits.heldMs);
    response.once('close', () => clearTimeout(limit));
    return { callback, respond };
  }

  return {
    redirectUri: place.redirectUri,
    addresses: listening.addresses,
    accepted: wait.next,
    close: listening.close,
  };
}

/** One value that is waited for, possibly before and after it is there. */
interface Wait<T> {
  /** The first call decides; later ones have no effect. */
  resolve(value: T): void;
  fail(reason: unknown): void;
  /** Rejects with the reason of the signal once it is aborted. */
  next(signal: AbortSignal): Promise<T>;
}

/** Makes a wait; its value is kept until it is asked for. */
function createWait<T>(): Wait<T> {
  let resolve: (value: T) => void = () => {};
  let fail: (reason: unknown) => void = () => {};
  const value = new Promise<T>((fulfil, reject) => {
    resolve = fulfil;
    fail = reject;
  });
  // A failure that is not waited for must not end the process.
  value.catch(() => {});
  return {
    resolve,
    fail,
    next: (signal) =>
      new Promise((fulfil, reject) => {
        const abort = () => reject(signal.reason);
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        value.then(fulfil, reject).finally(() => signal.removeEventListener('abort', abort));
      }),
  };
}
