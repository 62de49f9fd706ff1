import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createThrowAwayCertificate } from '../../src/adapters/throw-away-certificate.ts';
import { InvalidResponseError, NetworkError, UsageError } from '../../src/errors.ts';
import { type PersonVisit, visitAsPerson } from '../../src/idp/headless-person.ts';
import { startIdp } from '../../src/idp/start-idp.ts';
import { authorizationUrl } from './code-flow.ts';

const tls = createThrowAwayCertificate(['127.0.0.1'], new Date());
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(handler: RequestListener, create: (handler: RequestListener) => Server = createServer) {
  const server = create(handler);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const visit = (given: Partial<PersonVisit> & Pick<PersonVisit, 'url' | 'issuer' | 'redirectUri'>) =>
  visitAsPerson({
    user: 'alice',
    decision: 'allow',
    signal: new AbortController().signal,
    onStep: () => {},
    ...given,
  });

const redirectTo =
  (location: string): RequestListener =>
  (_request, response) => {
    response.writeHead(302, { location }).end();
  };

describe('visitAsPerson', () => {
  it('goes to an https redirect URI with a throw-away certificate, from an https issuer', async () => {
    const seen: (string | undefined)[] = [];
    const host = await serve(
      (request, response) => {
        seen.push(request.url?.replace(/=[^&]*/g, ''));
        response.end('done');
      },
      (handler) => createHttpsServer(tls, handler),
    );
    const idp = await startIdp({ port: 0, tls });
    expect(idp.issuer).toMatch(/^https:/);
    const redirectUri = `https://${host}/callback`;
    const result = await visit({ url: authorizationUrl(idp, redirectUri), issuer: idp.issuer, redirectUri });
    await idp.close();
    expect(result).toEqual({ finalStatus: 200, finalPage: 'done', reachedRedirectUri: true });
    expect(seen).toEqual(['/callback?code&state&iss']);
  });

  it('ends at an error page of the server', async () => {
    const idp = await startIdp({ port: 0 });
    const redirectUri = 'http://127.0.0.1:1/callback';
    const url = authorizationUrl(idp, redirectUri, { client_id: 'nobody' });
    const result = await visit({ url, issuer: idp.issuer, redirectUri });
    await idp.close();
    expect([result.finalStatus, result.reachedRedirectUri]).toEqual([400, false]);
    expect(result.finalPage).toContain('invalid_client');
    expect(result.finalPage).toContain('client not found');
  });

  it('refuses to leave the issuer for another origin, and does not repeat its query', async () => {
    const asked: unknown[] = [];
    const elsewhere = await serve((request) => asked.push(request));
    const issuer = `http://${await serve(redirectTo(`http://${elsewhere}/x?code=hush`))}`;
    const attempt = visit({ url: issuer, issuer, redirectUri: 'http://127.0.0.1:1/cb' });
    await expect(attempt).rejects.toThrow(InvalidResponseError);
    await expect(attempt).rejects.toThrow(`${issuer} leads to http://${elsewhere}.`);
    expect(asked).toEqual([]);
  });

  it('stops going round in circles', async () => {
    let requests = 0;
    const issuer = `http://${await serve((request, response) => {
      requests += 1;
      redirectTo('/again')(request, response);
    })}`;
    const attempt = visit({ url: issuer, issuer, redirectUri: 'http://127.0.0.1:1/cb' });
    await expect(attempt).rejects.toThrow('stopped after 20 requests');
    expect(requests).toBe(20);
  });

  it.each([
    ['issuer', { issuer: 'https://login.example.com', redirectUri: 'http://127.0.0.1:1/cb' }],
    ['redirect URI', { issuer: 'http://127.0.0.1:1', redirectUri: 'https://app.example.com/cb' }],
  ])('needs a loopback %s', async (what, targets) => {
    const attempt = visit({ url: 'http://127.0.0.1:1/auth', ...targets });
    await expect(attempt).rejects.toThrow(UsageError);
    await expect(attempt).rejects.toThrow(`needs a loopback ${what}`);
  });

  it('names the address that does not answer', async () => {
    const host = await serve((request) => request.socket.destroy());
    const attempt = visit({
      url: `http://${host}/auth?state=s`,
      issuer: `http://${host}`,
      redirectUri: 'http://127.0.0.1:1/cb',
    });
    await expect(attempt).rejects.toThrow(NetworkError);
    await expect(attempt).rejects.toThrow(`no answer from http://${host}/auth.`);
  });

  it('stops with the reason of the signal', async () => {
    const issuer = `http://${await serve(() => {})}`;
    const reason = new Error('Ctrl-C');
    const attempt = visit({
      url: issuer,
      issuer,
      redirectUri: 'http://127.0.0.1:1/cb',
      signal: AbortSignal.abort(reason),
    });
    await expect(attempt).rejects.toBe(reason);
    const controller = new AbortController();
    const later = visit({
      url: issuer,
      issuer,
      redirectUri: 'http://127.0.0.1:1/cb',
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(reason), 20);
    await expect(later).rejects.toBe(reason);
  });

  it('refuses a page without end', async () => {
    const issuer = `http://${await serve((_request, response) => response.end(' '.repeat(1_100_000)))}`;
    await expect(visit({ url: issuer, issuer, redirectUri: 'http://127.0.0.1:1/cb' })).rejects.toThrow(
      NetworkError,
    );
  });
});
