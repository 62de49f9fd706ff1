import type { ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { connectHttpClient } from '../../src/adapters/http-client.ts';
import type { ConnectionSettings } from '../../src/context.ts';
import { ConfigError, NetworkError } from '../../src/errors.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';
import { pkcs12File, pkcs12Thumbprint } from '../fakes/pkcs12-files.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';

const servers = new LoopbackServers();
afterEach(() => servers.closeAll());

const ca = issueCertificate({ name: 'Test CA', isCa: true });
const altNames = ['127.0.0.1', 'localhost'];
const good = issueCertificate({ name: 'server', altNames, issuer: ca });
const selfSigned = issueCertificate({ name: 'self', altNames });
const otherName = issueCertificate({ name: 'other', altNames: ['idp.example'], issuer: ca });
const expired = issueCertificate({
  name: 'expired',
  altNames,
  issuer: ca,
  notBefore: new Date('2020-01-01T00:00:00Z'),
  notAfter: new Date('2020-02-01T00:00:00Z'),
});
const notYet = issueCertificate({
  name: 'not yet',
  altNames,
  issuer: ca,
  notBefore: new Date('2048-01-01T00:00:00Z'),
  notAfter: new Date('2049-01-01T00:00:00Z'),
});
const clientCa = issueCertificate({ name: 'Client CA', isCa: true });
const clientCertificate = issueCertificate({ name: 'client', issuer: clientCa });
const strangersCertificate = issueCertificate({ name: 'client', issuer: ca });

async function send(
  url: string,
  settings: Partial<ConnectionSettings> = {},
  env: Record<string, string> = {},
) {
  const client = await connectHttpClient({ timeoutSeconds: 30, ...settings }, env);
  try {
    return await client.send({ method: 'POST', url, headers: [], body: 'code=s3cret' });
  } finally {
    await client.close();
  }
}

async function refusal(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('nothing was refused'),
    (error: unknown) => error,
  );
}

const serve = (options: ServerOptions) => servers.https(options, (_request, response) => response.end('{}'));

describe('trust', () => {
  it('accepts a certificate of a CA given in a file, among other text', async () => {
    const { port } = await serve(good);
    const settings = { ca: `# two\n${clientCa.cert}\nand\n${ca.cert}` };
    expect((await send(`https://127.0.0.1:${port}/`, settings)).response.body).toBe('{}');
    expect((await send(`https://localhost:${port}/`, settings)).response.body).toBe('{}');
  });

  it.each([
    [
      'a self-signed certificate',
      selfSigned,
      {},
      /shows a self-signed certificate \(DEPTH_ZERO/,
      /--ca-file FILE/,
    ],
    ['an unknown CA', good, {}, /from a CA that is not trusted/, /NODE_EXTRA_CA_CERTS/],
    [
      'another CA than the one given',
      good,
      { ca: clientCa.cert },
      /from a CA that is not trusted/,
      /--ca-file/,
    ],
    ['an expired certificate', expired, { ca: ca.cert }, /has expired/, /clock/],
    ['one that is not valid yet', notYet, { ca: ca.cert }, /is not valid yet/, /clock/],
    [
      'one for another name',
      otherName,
      { ca: ca.cert },
      /is for other names: DNS:idp.example \(/,
      /host name/,
    ],
  ])('refuses %s', async (_case, certificate, settings, message, hint) => {
    const { port, connections } = await serve(certificate);
    const error = await refusal(send(`https://127.0.0.1:${port}/token?s3cret`, settings));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({
      code: 'tls',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
    expect(String(error)).toContain(`127.0.0.1:${port}`);
    expect(String(error)).not.toContain('s3cret');
    // A second attempt is made only where the operating system's certificates can be added.
    expect(connections()).toBeLessThanOrEqual(2);
  });

  it.each([
    ['no certificate', 'nothing here', /does not hold a PEM certificate/],
    [
      'a broken certificate',
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
      /Certificate 1 of 1/,
    ],
  ])('refuses a CA file with %s before anything is sent', async (_case, text, message) => {
    const error = await refusal(connectHttpClient({ timeoutSeconds: 30, ca: text }, {}));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
  });
});

describe('client certificates', () => {
  it('shows the certificate to a server that demands one', async () => {
    const { port } = await serve({ ...good, requestCert: true, rejectUnauthorized: true, ca: clientCa.cert });
    const settings = { ca: ca.cert, clientCertificate };
    expect((await send(`https://127.0.0.1:${port}/`, settings)).response.status).toBe(200);
  });

  it('shows that of a PKCS #12 file, and tells its thumbprint', async () => {
    const options = { ...good, requestCert: true, rejectUnauthorized: false };
    const { port } = await servers.https(options, ({ socket }, response) =>
      response.end((socket as TLSSocket).getPeerCertificate().fingerprint256),
    );
    const pfx = { pfx: pkcs12File('aes'), passphrase: 'sesame' };
    const client = await connectHttpClient({ timeoutSeconds: 30, ca: ca.cert, clientCertificate: pfx }, {});
    const url = `https://127.0.0.1:${port}/`;
    const { response } = await client.send({ method: 'GET', url, headers: [] });
    const seen = Buffer.from(response.body.replaceAll(':', ''), 'hex').toString('base64url');
    expect({ seen, told: client.certificate?.thumbprint }).toEqual({
      seen: pkcs12Thumbprint,
      told: pkcs12Thumbprint,
    });
    await client.close();
  });

  it.each([
    ['none, over TLS 1.2', 'TLSv1.2', undefined, /refused the TLS handshake|demands a TLS client/, /--cert/],
    ['none, over TLS 1.3', 'TLSv1.3', undefined, /demands a TLS client|closed the connection/, /--cert/],
    [
      'a stranger, over TLS 1.2',
      'TLSv1.2',
      strangersCertificate,
      /refused the TLS client|closed the conn/,
      /certificate/,
    ],
    [
      'a stranger, over TLS 1.3',
      'TLSv1.3',
      strangersCertificate,
      /refused the TLS client|closed the conn/,
      /certificate/,
    ],
  ] as const)(
    'tells that the server wants another certificate than %s',
    async (_case, maxVersion, identity, message, hint) => {
      const options = { ...good, maxVersion, requestCert: true, rejectUnauthorized: true, ca: clientCa.cert };
      const { port } = await serve(options);
      const settings = { ca: ca.cert, ...(identity && { clientCertificate: identity }) };
      const error = await refusal(send(`https://127.0.0.1:${port}/`, settings));
      expect(error).toBeInstanceOf(NetworkError);
      expect(error).toMatchObject({
        message: expect.stringMatching(message),
        hint: expect.stringMatching(hint),
      });
    },
  );

  it.each([
    [
      'a file without a certificate',
      { cert: good.key, key: good.key },
      /--cert does not have a PEM certificate/,
    ],
    [
      'a certificate that is damaged',
      { cert: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n', key: good.key },
      /\(--cert\) cannot be read/,
    ],
    ['a key that is none', { cert: good.cert, key: 'x' }, /\(--key\) cannot be read/],
    ['a key of another certificate', { cert: good.cert, key: ca.key }, /does not belong/],
  ])('refuses %s before anything is sent', async (_case, identity, message) => {
    const error = await refusal(connectHttpClient({ timeoutSeconds: 30, clientCertificate: identity }, {}));
    expect(error).toBeInstanceOf(ConfigError);
    expect(error).toMatchObject({ message: expect.stringMatching(message), hint: expect.any(String) });
    expect(String(error)).not.toContain(identity.key);
  });
});

describe('handshakes that cannot succeed', () => {
  it('tells that https was spoken to a plain http server', async () => {
    const { port } = await servers.http((_request, response) => response.end());
    const error = await refusal(send(`https://127.0.0.1:${port}/`));
    expect(error).toMatchObject({
      code: 'tls',
      message: expect.stringMatching(`What 127.0.0.1:${port} answers is not TLS`),
      hint: expect.stringMatching('http:// instead of https://'),
    });
  });

  it.each([
    [
      'an alert',
      '\x15\x03\x01\x00\x02\x02\x46',
      { code: 'tls', message: expect.stringMatching(/speaks TLS/) },
    ],
    ['an end', '', { code: 'network', message: expect.stringMatching(/without an answer/) }],
  ])('tells that http was spoken to a TLS server which answers with %s', async (_case, octets, expected) => {
    const { port } = await servers.raw((socket) =>
      socket.once('data', () => socket.end(Buffer.from(octets, 'latin1'))),
    );
    const error = await refusal(send(`http://127.0.0.1:${port}/`));
    expect(error).toMatchObject({ ...expected, hint: expect.stringMatching('https://') });
  });

  it('tells that http was spoken to a real https server', async () => {
    const { port } = await serve(good);
    const error = await refusal(send(`http://127.0.0.1:${port}/`));
    expect(error).toBeInstanceOf(NetworkError);
    expect(error).toMatchObject({ hint: expect.stringMatching('https://') });
  });

  it('tells that the server closed the connection during the handshake', async () => {
    const { port } = await servers.raw((socket) => socket.once('data', () => socket.destroy()));
    expect(await refusal(send(`https://127.0.0.1:${port}/`))).toMatchObject({
      code: 'tls',
      message: `127.0.0.1:${port} closed the connection during the TLS handshake.`,
    });
  });

  it('tells that no TLS version is shared', async () => {
    const options: TlsOptions = {
      ...good,
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL@SECLEVEL=0',
    };
    const tlsServer = createTlsServer(options).on('tlsClientError', () => {});
    const { port } = await servers.raw((socket) => tlsServer.emit('connection', socket));
    expect(await refusal(send(`https://127.0.0.1:${port}/`, { ca: ca.cert }))).toMatchObject({
      code: 'tls',
      message: expect.stringMatching(/share no TLS version/),
      hint: expect.stringMatching(/TLS 1.2 or 1.3/),
    });
  });
});
