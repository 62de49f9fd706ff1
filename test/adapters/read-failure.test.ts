import { describe, expect, it } from 'vitest';
import { connectHttpClient } from '../../src/adapters/http-client.ts';
import { isUnknownIssuer, readFailure } from '../../src/adapters/read-failure.ts';
import { type ExchangePhase, httpError, type Peer } from '../../src/errors/http-failure.ts';
import { NetworkError } from '../../src/errors.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';

const progress = { phase: 'connecting', reused: false, firstOctets: Buffer.alloc(0), bodyOctets: 0 } as const;
const explain = (cause: unknown, peer: Peer, phase: ExchangePhase = 'connecting') => {
  const { failure } = readFailure({ progress: { ...progress, phase }, cause }, peer, 30);
  return httpError(failure, cause);
};
const failure = (code: string) => Object.assign(new Error(`connect ${code} 192.0.2.1:443`), { code });

describe('connections that fail', () => {
  it.each([
    ['ECONNREFUSED', 'Nothing accepts connections at idp.example:443 (ECONNREFUSED).', /server is running/],
    ['ENOTFOUND', 'The host name of idp.example:443 is not known (ENOTFOUND).', /spelling/],
    ['EAI_AGAIN', /^The host name of idp.example:443 could not be looked up/, /network/],
    ['EHOSTUNREACH', 'There is no route to idp.example:443 (EHOSTUNREACH).', /VPN/],
    ['ENETUNREACH', 'There is no route to idp.example:443 (ENETUNREACH).', /VPN/],
    ['ETIMEDOUT', 'idp.example:443 does not answer (ETIMEDOUT).', /--proxy/],
    ['EACCES', /does not allow connections to idp.example:443/, /firewall/],
  ])('%s', (code, message, hint) => {
    const cause = failure(code);
    const error = explain(cause, { label: 'idp.example:443', secure: true });
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ code: 'network', hint: expect.stringMatching(hint), cause });
    if (typeof message === 'string') expect(error.message).toBe(message);
    else expect(error.message).toMatch(message);
  });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'])(
    'to a proxy speak of the proxy (%s)',
    (code) => {
      const peer = { label: 'proxy.example:3128', secure: false, isProxy: true };
      const { message, hint } = explain(failure(code), peer);
      expect(message).toMatch(/[Tt]he proxy proxy\.example:3128/);
      expect(hint).toMatch(/^Check host and port of the proxy \(--proxy, else HTTPS_PROXY/);
    },
  );

  it('name an unknown code and leave out an absent one', () => {
    const peer = { label: 'idp.example:80', secure: false };
    expect(explain(failure('EWHAT'), peer).message).toBe('The connection to idp.example:80 failed (EWHAT).');
    expect(explain(new Error('s3cret'), peer).message).toBe('The connection to idp.example:80 failed.');
  });

  it.each(['localhost', '127.0.0.1'])('are named when nothing listens at %s', async (host) => {
    const servers = new LoopbackServers();
    const { port, close } = await servers.raw(() => {});
    await close();
    const client = await connectHttpClient({ timeoutSeconds: 30 }, {});
    const url = `http://${host}:${port}/token?code=s3cret`;
    await expect(
      client.send({ method: 'POST', url, headers: [], body: 'code=s3cret' }),
    ).rejects.toMatchObject({
      code: 'network',
      message: `Nothing accepts connections at ${host}:${port} (ECONNREFUSED).`,
    });
    await client.close();
  });
});

describe('the names OpenSSL gives to alerts', () => {
  const peer = { label: 'idp.example:443', secure: true };

  it.each([
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', false, /demands a TLS client certificate/],
    ['ERR_SSL_TLS_ALERT_CERTIFICATE_REQUIRED', false, /demands a TLS client certificate/],
    ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', true, /refused the TLS client certificate/],
    ['ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE', true, /refused the TLS client certificate/],
    ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', true, /refused the TLS client certificate/],
    ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', false, /share no TLS version/],
    ['ERR_SSL_TLSV1_UNRECOGNIZED_NAME_ALERT', false, /does not know this host name/],
    ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', false, /refused the TLS handshake/],
    ['ERR_SSL_DH_KEY_TOO_SMALL', false, /TLS with idp.example:443 failed/],
  ])('%s', (code, certificate, message) => {
    const error = explain(failure(code), { ...peer, clientCertificate: certificate }, 'waiting');
    expect(error).toMatchObject({ code: 'tls', message: expect.stringMatching(message) });
    expect(isUnknownIssuer(failure(code))).toBe(false);
  });

  it('says nothing of other failures', () => {
    expect(explain(failure('ECONNREFUSED'), peer)).toMatchObject({ code: 'network' });
    const plain = { ...peer, secure: false };
    expect(explain(failure('CERT_HAS_EXPIRED'), plain)).toMatchObject({ code: 'network' });
  });
});
