import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type Answer, mistakes, type Server, servers } from '../diagnosis/server-answers.ts';
import { runHere } from '../fakes/run-here.ts';
import type { FinishedRun } from './cli.ts';
import { lastLineAsJson } from './person-login.ts';
import { loginAgainst } from './scripted-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-answers-'));
const keyFile = join(folder, 'key.pem');
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
writeFileSync(keyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }));
afterAll(() => rmSync(folder, { recursive: true }));

let running: HttpServer | undefined;
afterEach(() => running?.close());

/** Answers as the server does, at its path on this machine; its metadata lists what it lists. */
async function serve(
  { issuer, paths, methods }: Server,
  { answer: [status, body] }: Answer,
): Promise<string> {
  const pathOf = (at: keyof Server['paths']) =>
    new URL(/^https:/.test(paths[at]) ? paths[at] : `${issuer}${paths[at]}`).pathname;
  const base = new URL(issuer).pathname.replace(/\/$/, '');
  const http = createServer((request, response) => {
    const origin = `http://${request.headers.host}`;
    const isMetadata = request.url?.includes('/.well-known/') === true;
    const metadata = {
      issuer: `${origin}${base}`,
      authorization_endpoint: origin + pathOf('authorize'),
      token_endpoint: origin + pathOf('token'),
      introspection_endpoint: origin + pathOf('introspect'),
      revocation_endpoint: origin + pathOf('revoke'),
      jwks_uri: `${origin}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: methods,
    };
    response.writeHead(isMetadata ? 200 : status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
    });
    response.end(
      isMetadata ? JSON.stringify(metadata) : typeof body === 'string' ? body : JSON.stringify(body),
    );
  });
  running = http;
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}${base}`;
}

const methodOf = {
  basic: ['--auth-method', 'client_secret_basic', '--client-secret-env', 'SECRET'],
  post: ['--auth-method', 'client_secret_post', '--client-secret-env', 'SECRET'],
  none: ['--auth-method', 'none'],
  assertion: ['--auth-method', 'private_key_jwt', '--signing-key', keyFile],
};

function expectTrue(run: FinishedRun, { mistake, like }: Answer): void {
  const { diagnosis = [] } = lastLineAsJson(run) as { diagnosis?: readonly Diagnosis[] };
  const [first] = diagnosis;
  const may = [mistake, ...like].map((one) => mistakes[one]);
  expect(
    may.some((one) => one.test(first?.cause ?? '')),
    `${first?.cause}\n${run.stderr}`,
  ).toBe(true);
  expect(diagnosis.some(({ cause }) => mistakes[mistake].test(cause))).toBe(true);
  const certain = diagnosis.filter(({ confidence }) => confidence === 'high');
  for (const { cause } of certain) expect(cause).toMatch(mistakes[mistake]);
}

/** The first answer of each server to each mistake that a single command makes. */
function rowsOf(wanted: (answer: Answer) => boolean) {
  return servers.flatMap((server) => {
    const fitting = server.answers.filter(
      (one) => wanted(one) && one.asking.claims === undefined && one.asking.token === undefined,
    );
    const first = fitting.filter(
      (one, at) => fitting.findIndex(({ mistake }) => mistake === one.mistake) === at,
    );
    return first.map((answer) => ({ name: server.name, mistake: answer.mistake, server, answer }));
  });
}

// Those whose host alone tells who answers cannot be played on this machine.
const isPlayable = ({ name }: { name: string }) =>
  ['Keycloak', 'Hydra', 'Dex', 'Spring', 'Entra'].includes(name);

describe('a command, answered as real servers do', () => {
  const asked = rowsOf(({ asking: { at = 'token', grant } }) => at === 'token' && grant === undefined);
  it.each(asked.filter(isPlayable))('$name, $mistake: by token', async ({ server, answer }) => {
    const issuer = await serve(server, answer);
    const method = methodOf[answer.asking.client ?? 'basic'];
    const run = await runHere(
      [
        'token',
        '--issuer',
        issuer,
        '--client-id',
        'app',
        '--grant-type',
        'client_credentials',
        '--scope',
        'nope',
        '--json',
        ...method,
      ],
      { env: { SECRET: 'a-secret-of-32-characters-or-so-x' } },
    );
    expectTrue(run, answer);
  });

  const others = rowsOf(({ asking: { at } }) => at === 'introspect' || at === 'revoke');
  it.each(others.filter(isPlayable))(
    '$name, $mistake: by introspect or revoke',
    async ({ server, answer }) => {
      const issuer = await serve(server, answer);
      const command = answer.asking.at === 'revoke' ? 'revoke' : 'introspect';
      const run = await runHere(
        [command, '-', '--issuer', issuer, '--client-id', 'app', '--json', ...methodOf.basic],
        {
          env: { SECRET: 'a-secret-of-32-characters-or-so-x' },
          stdin: 'an-opaque-token',
        },
      );
      expectTrue(run, answer);
    },
  );

  const codes = rowsOf(
    ({ asking: { grant }, mistake }) => grant === 'authorization_code' && mistake === 'code expired or used',
  );
  it.each(codes)('$name, $mistake: by login', async ({ answer }) => {
    const [status, body] = answer.answer;
    expectTrue(await loginAgainst({ token: () => json(status, body) }), answer);
  });
});
