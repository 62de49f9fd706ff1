// A TCP relay that stands for a network path: it adds a round-trip time to connection set-up and to every
// exchange, so that a benchmark on loopback sees the cost of each round trip a client makes.
import { connect, createServer } from 'node:net';

/**
 * Delivers values in order, each not before its own moment; `arm` is called for one value at a time.
 */
function createDelayLine(deliver) {
  const waiting = [];
  let timer;
  const arm = () => {
    const next = waiting[0];
    if (next === undefined || timer !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        while (waiting.length > 0 && waiting[0].dueAtMs <= performance.now() + 0.5)
          deliver(waiting.shift().value);
        arm();
      },
      Math.max(0, next.dueAtMs - performance.now()),
    );
  };
  return {
    push(value, dueAtMs) {
      waiting.push({ value, dueAtMs });
      arm();
    },
    drop() {
      waiting.length = 0;
      clearTimeout(timer);
    },
  };
}

/**
 * Starts a relay on a free loopback port.
 *
 * The kernel completes a loopback handshake at once, so the set-up round trip is charged to the first bytes
 * instead: nothing the client sends leaves the relay earlier than one round trip after the connection.
 */
export async function startDelayRelay({ targetPort, roundTripMs }) {
  const halfMs = roundTripMs / 2;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const openedAtMs = performance.now() + roundTripMs;
    const target = connect({ port: targetPort, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    const forward = (from, to, readyAtMs) => {
      const line = createDelayLine((chunk) => (chunk === null ? to.end() : to.write(chunk)));
      const dueAtMs = () => Math.max(performance.now(), readyAtMs) + halfMs;
      from.on('data', (chunk) => line.push(chunk, dueAtMs()));
      from.on('end', () => line.push(null, dueAtMs()));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        if (from.errored) line.drop();
      });
    };
    forward(client, target, openedAtMs);
    forward(target, client, 0);
  });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return { port: server.address().port };
}
