// The token endpoint of the benchmarks: it gives new tokens for a refresh token, replaces that, and counts. Started
// with fork(), in a process of its own, so that its work is not charged to the client under measurement.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';

const LIFETIME_SECONDS = 3600;

let last = 'first-refresh-token';
let refreshes = 0;
let reused = 0;
let delayMs = 0;

function answer(form) {
  refreshes += 1;
  if (form.get('refresh_token') !== last) {
    reused += 1;
    return { status: 400, body: { error: 'invalid_grant' } };
  }
  last = randomBytes(32).toString('base64url');
  return {
    status: 200,
    body: {
      access_token: randomBytes(600).toString('base64url'),
      token_type: 'Bearer',
      expires_in: LIFETIME_SECONDS,
      refresh_token: last,
      scope: 'read',
    },
  };
}

const server = createServer(async (request, response) => {
  const { status, body } = answer(new URLSearchParams(Buffer.concat(await request.toArray()).toString()));
  if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
});

process.once('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => {
  process.on('message', (message) => {
    if (typeof message.delayMs === 'number') delayMs = message.delayMs;
    const seen = { port: server.address().port, last, refreshes, reused };
    refreshes = 0;
    reused = 0;
    process.send(seen);
  });
  process.send('ready');
});
