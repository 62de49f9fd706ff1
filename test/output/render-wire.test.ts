import { describe, expect, it } from 'vitest';
import { renderWire } from '../../src/output/render-wire.ts';

const looks = { columns: 80, color: false };

describe('the wire of an exchange', () => {
  it('is told with its times, TLS and certificate', () => {
    const text = renderWire(
      {
        reused: false,
        remoteAddress: '192.0.2.1:443',
        proxy: 'proxy.example:3128',
        times: { dnsMs: 4, connectMs: 10, tlsMs: 16, sentAfterMs: 31, firstByteAfterMs: 75 },
        tls: {
          protocol: 'TLSv1.3',
          cipher: 'TLS_AES_256_GCM_SHA384',
          certificate: {
            subject: 'CN=idp.example',
            issuer: 'CN=Example CA\u001b[2J',
            names: 'DNS:idp.example',
            validFrom: new Date('2026-01-01T00:00:00Z'),
            validTo: new Date(Number.NaN),
            fingerprint: '00:11',
          },
        },
      },
      looks,
    );
    expect(text).toMatchInlineSnapshot(`
      "  * new connection to 192.0.2.1:443 through the proxy proxy.example:3128
        * DNS 4 ms, TCP 10 ms, TLS 16 ms, sent after 31 ms, first byte after 75 ms
        * TLSv1.3, TLS_AES_256_GCM_SHA384
        * certificate of CN=idp.example for DNS:idp.example
        * issued by CN=Example CA\\u{1b}[2J, valid 2026-01-01 to an unknown day
        * SHA-256 00:11
      "
    `);
  });

  it('is told of a kept-alive connection without TLS', () => {
    expect(renderWire({ reused: true, times: {} }, looks)).toBe(
      '  * kept-alive connection to an unknown address\n  * no TLS\n',
    );
  });
});
