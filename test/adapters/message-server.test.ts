import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { serveMessages } from '../../src/adapters/message-server.ts';

it('listens to the signal once, however many messages come', async () => {
  const { signal } = new AbortController();
  const server = await serveMessages({ uri: 'http://127.0.0.1:0/x', ports: [0] });
  try {
    for (let count = 0; count < 3; count += 1) {
      const next = server.next(signal);
      expect(getEventListeners(signal, 'abort')).toHaveLength(1);
      const answered = fetch(server.uri);
      await (await next).respond(200, '', {});
      expect((await answered).status).toBe(200);
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  } finally {
    await server.close();
  }
});

it('stops waiting when the signal says so', async () => {
  const stop = new AbortController();
  const server = await serveMessages({ uri: 'http://127.0.0.1:0/x', ports: [0] });
  const next = server.next(stop.signal);
  stop.abort(new Error('stopped'));
  await expect(next).rejects.toThrow('stopped');
  await server.close();
});
