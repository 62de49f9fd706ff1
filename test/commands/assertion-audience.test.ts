import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { createTestHome, type TestHome } from '../fakes/saved-sessions.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

let server: ApiServer;
let home: TestHome;
let wanted: string;

beforeEach(async () => {
  server = await startApiServer((request) => {
    const issuer = server.origin;
    if (request.path.startsWith('/.well-known/'))
      return json(200, { issuer, token_endpoint: `${issuer}/token`, authorization_endpoint: `${issuer}/a` });
    const { aud } = decodeJwt(new URLSearchParams(String(request.body)).get('client_assertion') ?? '');
    return aud === wanted
      ? json(200, { access_token: 'at-0123456789', token_type: 'Bearer', expires_in: 60 })
      : json(401, { error: 'invalid_client', error_description: 'Invalid token audience' });
  });
  home = createTestHome();
  writeFileSync(join(home.folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, {
    mode: 0o600,
  });
});

afterEach(async () => {
  await server.close();
  home.remove();
});

const token = (...args: readonly string[]) =>
  runHere(
    [
      ...['token', '--issuer', server.origin, '--client-id', 'app', '--grant-type', 'client_credentials'],
      ...['--signing-key', join(home.folder, 'key.pem'), '--store', 'none', '--json', ...args],
    ],
    { env: home.env },
  );

describe('--assertion-audience', () => {
  it.each<[string, readonly string[], () => string]>([
    ['the issuer, by default', [], () => server.origin],
    ['the issuer', ['--assertion-audience', 'issuer'], () => server.origin],
    ['the token endpoint', ['--assertion-audience', 'token-endpoint'], () => `${server.origin}/token`],
    ['a URI', ['--assertion-audience', 'https://as.example/x'], () => 'https://as.example/x'],
  ])('makes the assertion for %s', async (_, args, audience) => {
    wanted = audience();
    expect(await token(...args)).toMatchObject({ status: 0 });
  });

  it('is the cure that is printed when the server complains of the audience', async () => {
    wanted = `${server.origin}/token`;
    const { stderr } = await token();
    expect(JSON.parse(stderr).diagnosis[0]).toMatchObject({
      cause: 'The assertion is for another audience than the server wants.',
      try: expect.stringContaining('--assertion-audience token-endpoint'),
    });
  });

  it('has to be one of these: exit 2', async () => {
    expect(errorOf(await token('--assertion-audience', 'me'))).toMatchObject({ exit_code: 2 });
  });
});
