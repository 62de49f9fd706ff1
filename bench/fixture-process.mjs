// Starts fixture-server.mjs in a process of its own and speaks with it.
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes a throw-away certificate for 127.0.0.1 in `folder`; undefined where there is no openssl. */
export function createCertificate(folder) {
  const caFile = join(folder, 'fixture-certificate.pem');
  const keyFile = join(folder, 'fixture-key.pem');
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1'];
  const files = ['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyFile, '-out', caFile];
  try {
    execFileSync('openssl', [...request, ...files], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  return { caFile, cert: readFileSync(caFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
}

/**
 * Starts an authorization server; `clientKey` is the public JWK of the client that signs. `takeCounts()` answers the
 * client's requests (paths in order) and connections since the last call, without those of the scripted browser.
 */
export async function startFixture({ certificate, roundTripMs = 0, clientKey } = {}) {
  const child = fork(new URL('./fixture-server.mjs', import.meta.url), { execArgv: [] });
  const ask = async (message) => {
    child.send(message);
    const [answer] = await once(child, 'message');
    return answer;
  };
  const tls = certificate && { cert: certificate.cert, key: certificate.key };
  const { issuer } = await ask({ tls, roundTripMs, clientKey });
  return {
    issuer,
    certificate,
    takeCounts: () => ask('take'),
    async close() {
      const exited = once(child, 'exit');
      child.disconnect();
      await exited;
    },
  };
}
