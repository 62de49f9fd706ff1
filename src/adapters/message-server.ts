import type { IncomingMessage, ServerResponse } from 'node:http';
import type { MessageServer, MessageServerOptions, ReceivedMessage } from '../context.ts';
import { mediaType } from '../http-message.ts';
import type { CallbackPlace } from './callback-place.ts';
import { headOf, listenerLimits, readBody, sendBody, sendEmpty, serveAt } from './callback-server.ts';
import { isForUs, splitTarget } from './classify-callback.ts';

/** Far above any logout token. */
const bodyLimitBytes = 1024 * 1024;

/**
 * Binds a server for the requests that an authorization server, or a browser on its behalf, makes to a client. What
 * arrives at another host or path is answered here. Bound elsewhere on purpose, it is reached by any name.
 * @throws UsageError when the URI cannot be listened on or no port is free
 */
export async function serveMessages(options: MessageServerOptions): Promise<MessageServer> {
  const { uri, bind } = options;
  const waiting: ReceivedMessage[] = [];
  let wake: () => void = () => {};
  let at: CallbackPlace | undefined;

  async function receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const head = headOf(request);
    const target = splitTarget(head.target);
    if (at === undefined || target === undefined) return sendEmpty(response, at === undefined ? 503 : 400);
    if (bind === undefined && !isForUs(head, target, at)) return sendEmpty(response, 421);
    if (!at.paths.has(target.path)) return sendEmpty(response, 404);
    const body = await readBody(request, bodyLimitBytes);
    if (body.type === 'aborted') return;
    waiting.push({
      method: head.method,
      headers: head.headers,
      type: mediaType(head.headers),
      query: target.query,
      body: body.type === 'complete' ? body.text : undefined,
      respond: (status, text, headers) => sendBody(response, status, Buffer.from(text), headers),
    });
    wake();
  }

  const { place, addresses, close } = await serveAt(
    { ...options, redirectUri: uri },
    receive,
    listenerLimits,
  );
  at = place;
  return {
    uri: place.redirectUri,
    addresses,
    async next(signal) {
      for (;;) {
        const message = waiting.shift();
        if (message !== undefined) return message;
        signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          const go = () => {
            signal.removeEventListener('abort', go);
            resolve();
          };
          wake = go;
          signal.addEventListener('abort', go);
        });
      }
    },
    close,
  };
}
