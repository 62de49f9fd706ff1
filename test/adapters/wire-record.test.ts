import { afterEach, describe, expect, it } from 'vitest';
import { connectHttpClient } from '../../src/adapters/http-client.ts';
import type { ConnectionSettings } from '../../src/context.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';

const servers = new LoopbackServers();
afterEach(() => servers.closeAll());

const ca = issueCertificate({ name: 'Test CA', isCa: true });
const certificate = issueCertificate({ name: 'server', altNames: ['127.0.0.1', 'localhost'], issuer: ca });

async function exchanges(urls: readonly string[], settings: Partial<ConnectionSettings> = {}) {
  const client = await connectHttpClient({ timeoutSeconds: 30, ca: ca.cert, ...settings }, {});
  try {
    const done = [];
    for (const url of urls) {
      done.push(
        await client.send({
          method: 'POST',
          url,
          headers: [['Content-Type', 'application/x-www-form-urlencoded']],
          body: 'grant_type=authorization_code',
        }),
      );
    }
    return done;
  } finally {
    await client.close();
  }
}

describe('what the wire tells besides the messages', () => {
  it('keeps the header fields as they were written, with those the transport adds', async () => {
    let received: readonly string[] = [];
    const { port } = await servers.http((request, response) => {
      received = request.rawHeaders;
      response.end('{}');
    });
    const [exchange] = await exchanges([`http://127.0.0.1:${port}/token`]);
    expect(exchange?.wire?.sentHeaders?.flat()).toEqual(received);
    expect(exchange?.wire?.sentHeaders).toContainEqual(['content-length', '29']);
  });

  it('tells a kept-alive connection from a new one, whose making took time', async () => {
    const { port } = await servers.http((_request, response) => response.end('{}'));
    const url = `http://127.0.0.1:${port}/token`;
    const [first, second] = await exchanges([url, url]);
    expect(first?.wire).toMatchObject({ reused: false, remoteAddress: `127.0.0.1:${port}` });
    expect(first?.wire?.times.connectMs).toBeGreaterThan(0);
    expect(second?.wire).toMatchObject({ reused: true, remoteAddress: `127.0.0.1:${port}` });
    expect(second?.wire?.times.connectMs).toBeUndefined();
    expect(second?.wire?.sentHeaders).toHaveLength(first?.wire?.sentHeaders?.length ?? 0);
  });

  it('orders the parts of an exchange in time, within its duration', async () => {
    const { port } = await servers.https(certificate, (_request, response) => {
      setTimeout(() => response.end('{}'), 30);
    });
    const [exchange] = await exchanges([`https://localhost:${port}/token`]);
    const { dnsMs = -1, connectMs = -1, tlsMs = -1 } = exchange?.wire?.times ?? {};
    const { sentAfterMs = -1, firstByteAfterMs = -1 } = exchange?.wire?.times ?? {};
    expect(Math.min(dnsMs, connectMs, tlsMs)).toBeGreaterThan(0);
    expect(dnsMs + connectMs + tlsMs).toBeLessThanOrEqual(sentAfterMs);
    expect(firstByteAfterMs).toBeGreaterThanOrEqual(sentAfterMs + 25);
    expect(firstByteAfterMs).toBeLessThanOrEqual(exchange?.durationMs ?? 0);
  });

  it('sums up the TLS handshake and the certificate of the server', async () => {
    const { port } = await servers.https(certificate, (_request, response) => response.end('{}'));
    const [exchange] = await exchanges([`https://127.0.0.1:${port}/token`]);
    expect(exchange?.wire?.tls).toMatchObject({
      protocol: 'TLSv1.3',
      cipher: expect.stringMatching(/^TLS_/),
      certificate: {
        subject: 'CN=server',
        issuer: 'CN=Test CA',
        names: expect.stringContaining('localhost'),
        fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
      },
    });
    const valid = exchange?.wire?.tls?.certificate;
    expect(valid?.validTo.getTime()).toBeGreaterThan(valid?.validFrom.getTime() ?? Infinity);
  });

  it('has no TLS facts for plain HTTP', async () => {
    const { port } = await servers.http((_request, response) => response.end('{}'));
    const [exchange] = await exchanges([`http://127.0.0.1:${port}/token`]);
    expect(exchange?.wire?.tls).toBeUndefined();
  });

  it('names the proxy that fetched the answer', async () => {
    const { port } = await servers.http((_request, response) => response.end('{}'));
    const [exchange] = await exchanges(['http://idp.example/token'], { proxy: `http://127.0.0.1:${port}` });
    expect(exchange?.wire).toMatchObject({ proxy: `127.0.0.1:${port}`, remoteAddress: `127.0.0.1:${port}` });
  });
});
