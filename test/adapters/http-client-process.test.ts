import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConnectionSettings } from '../../src/context.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';

const servers = new LoopbackServers();
const ca = issueCertificate({ name: 'Test CA', isCa: true });
const unrelatedCa = issueCertificate({ name: 'Unrelated CA', isCa: true });
const certificate = issueCertificate({ name: 'server', altNames: ['127.0.0.1'], issuer: ca });

let folder = '';
let port = 0;
let securePort = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'http-client-'));
  await writeFile(join(folder, 'ca.pem'), ca.cert);
  const bundle = await rolldown({
    input: join(__dirname, '../../src/adapters/http-client.ts'),
    platform: 'node',
  });
  await bundle.write({
    dir: folder,
    format: 'cjs',
    entryFileNames: 'client.cjs',
    chunkFileNames: '[name].cjs',
  });
  await bundle.close();
  ({ port } = await servers.http((_request, response) => response.end('{}')));
  ({ port: securePort } = await servers.https(certificate, (_request, response) => response.end('{}')));
});

afterAll(async () => {
  await servers.closeAll();
  await rm(folder, { recursive: true });
});

/** Runs a program in which `client` is the bundled client, and gives its output once the process has ended. */
async function run(
  program: string,
  settings: Partial<ConnectionSettings> = {},
  env: Record<string, string> = {},
) {
  const script = `require(${JSON.stringify(join(folder, 'client.cjs'))})
    .connectHttpClient(${JSON.stringify({ timeoutSeconds: 30, ...settings })}, process.env)
    .then(async (client) => { ${program} })
    .catch((error) => console.log(error.code));`;
  const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env;
  // Idle connections are kept for 50 s: a process that waits for them is killed before.
  const options = { env: { ...inherited, ...env }, timeout: 40_000 };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ['-e', script], options);
  expect(stderr).toBe('');
  return stdout.trim();
}

const send = (url: string) =>
  `const { response } = await client.send({ method: 'GET', url: '${url}', headers: [] }); console.log(response.status);`;

describe('the bundled client in a process of its own', () => {
  it('loads no HTTP before the first request', async () => {
    const count = `require('fs').writeSync(1, process.moduleLoadList.filter((name) => / (http|tls|net|v8)$/.test(name)).length + ' ');`;
    const output = await run(`${count} ${send(`http://127.0.0.1:${port}/`)} ${count}`);
    expect(output).toMatch(/^0 200\s+[1-9]\d*$/);
  });

  it.each(['', 'await client.close();'])('does not keep the process from ending (%s)', async (ending) => {
    expect(await run(`${send(`http://127.0.0.1:${port}/`)} ${ending}`)).toBe('200');
  });

  it('trusts NODE_EXTRA_CA_CERTS, alone and beside a CA file', async () => {
    const env = { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') };
    const request = send(`https://127.0.0.1:${securePort}/`);
    expect(await run(request, {}, env)).toBe('200');
    expect(await run(request, { ca: unrelatedCa.cert }, env)).toBe('200');
    expect(await run(request)).toBe('tls');
  });

  const tls: object = createRequire(__filename)('node:tls');
  it.runIf('getCACertificates' in tls && process.platform === 'linux')(
    'trusts what the operating system trusts, alone and beside a CA file',
    async () => {
      const env = { SSL_CERT_FILE: join(folder, 'ca.pem') };
      const request = send(`https://127.0.0.1:${securePort}/`);
      expect(await run(request, {}, env)).toBe('200');
      expect(await run(request, { ca: unrelatedCa.cert }, env)).toBe('200');
    },
  );
});
