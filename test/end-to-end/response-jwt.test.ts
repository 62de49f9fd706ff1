import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyIdpConfig } from '../../src/idp/idp-config.ts';
import { signedToken } from '../../src/idp/misbehaviours/forged-token.ts';
import { refusedResponseJwts } from '../../src/idp/misbehaviours/response-jwt.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { fragmentMediaType } from '../../src/protocol/redirect-uri.ts';
import { runHere } from '../fakes/run-here.ts';
import { loginAsPerson } from './person-login.ts';
import { failureOf, loginAgainst, objectionsIn, outcomesOf, refusalOf, resultOf } from './scripted-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-jarm-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);

const jarmChecks = ['jarm-response', 'jarm-signature', 'jarm-iss', 'jarm-aud', 'jarm-exp'];
const asJwt = ['--response-mode', 'jwt'];

/** Where the scripted server sends the browser. */
async function locationOf(url: string): Promise<URL> {
  const { headers } = await fetch(url, { redirect: 'manual' });
  return new URL(headers.get('location') ?? '');
}

/** Brings an answer to the redirect URI by another way than the query. */
async function deliver(url: string, type: string, parameter = 'response'): Promise<void> {
  const location = await locationOf(url);
  const body = new URLSearchParams({ [parameter]: location.searchParams.get(parameter) ?? '' });
  await fetch(location.origin + location.pathname, {
    method: 'POST',
    headers: { 'content-type': type },
    body: `${body}`,
  });
}

describe('an authorization response in a JWT', () => {
  it.each<[string, ((url: string) => Promise<void>) | undefined]>([
    ['jwt', undefined],
    ['query.jwt', undefined],
    ['fragment.jwt', (url) => deliver(url, fragmentMediaType)],
    ['form_post.jwt', (url) => deliver(url, 'application/x-www-form-urlencoded')],
  ])('is checked and redeemed by %s', async (mode, visit) => {
    const login = await loginAgainst({}, { args: ['--response-mode', mode], ...(visit && { visit }) });
    const { checks } = resultOf(login);
    expect(login.complaints).toEqual([]);
    expect(objectionsIn(checks)).toEqual([]);
    for (const id of [...jarmChecks, 'state', 'response-mode'])
      expect(outcomesOf(checks, id), id).toEqual(['pass']);
    expect(outcomesOf(checks, 'jarm-decryption')).toEqual(['skipped']);
  });

  it('works without OpenID Connect, where keys are fetched for it alone', async () => {
    const login = await loginAgainst({}, { args: [...asJwt, '--scope', 'api'], afterKeys: false });
    expect(outcomesOf(resultOf(login).checks, 'jarm-signature')).toEqual(['pass']);
    expect(login.seen.filter((endpoint) => endpoint === 'keys')).toHaveLength(1);
  });

  it.each(refusedResponseJwts)('stops at $wrong', async ({ script, options, checks }) => {
    const refusal = refusalOf(await loginAgainst(script, { args: options }));
    expect(refusal).toMatchObject({ status: 6, step: 'authorization', check: checks[0], failed: checks });
    expect(refusal.seen).not.toContain('token');
  });

  it('is refused where no keys can show who made it: it came through the browser', async () => {
    const metadata: Script['metadata'] = ({ jwks_uri: _, ...sound }) => sound;
    const login = await loginAgainst({ metadata }, { args: [...asJwt, '--scope', 'api'], afterKeys: false });
    expect(refusalOf(login)).toMatchObject({ status: 6, check: 'jarm-signature' });
  });

  it('with a foreign state is ignored, as a plain one is', async () => {
    const responseJwt: Script['responseJwt'] = ({ header, claims, key }) =>
      signedToken(header, { ...claims, state: 'a-state-of-another-login' }, key);
    const login = await loginAgainst({ responseJwt }, { args: [...asJwt, '--browser-timeout', '2'] });
    expect(refusalOf(login)).toMatchObject({ status: 6, check: 'state-mismatch' });
  });

  it('that is an error is shown once its JWT is checked', async () => {
    const error =
      (more: object): NonNullable<Script['responseJwt']> =>
      ({ header, claims: { iss, aud, exp, state }, key }) =>
        signedToken(header, { iss, aud, exp, state, error: 'access_denied', ...more } as never, key);
    const denied = await loginAgainst({ responseJwt: error({}) }, { args: asJwt });
    expect(refusalOf(denied)).toMatchObject({ status: 3, code: 'authorization_error' });
    expect(failureOf(denied).error.oauth?.error).toBe('access_denied');
    const forged = await loginAgainst({ responseJwt: error({ aud: 'another' }) }, { args: asJwt });
    expect(refusalOf(forged)).toMatchObject({ status: 6, check: 'jarm-aud' });
  });

  it('that was not asked for is checked all the same', async () => {
    const answer: Script['answer'] = ({ code = '', state = '', iss = '' }) => ({
      response: signedToken(
        { alg: 'none' },
        { code, state, iss, aud: 'client-1', exp: Math.floor(Date.now() / 1000) + 60 },
        '',
      ),
    });
    expect(refusalOf(await loginAgainst({ answer }))).toMatchObject({ status: 6, check: 'jarm-signature' });
  });

  it('can be pasted', async () => {
    const login = await loginAgainst(
      {},
      {
        args: asJwt,
        surroundings: { stdinIsTTY: true },
        visit: async (url, _, type) => type((await locationOf(url)).href),
      },
    );
    expect(outcomesOf(resultOf(login).checks, 'jarm-signature')).toEqual(['pass']);
  });

  it('is read from a recording like a plain one, and hides its code', async () => {
    const trace = path('run.json');
    const login = await loginAgainst({}, { args: [...asJwt, '--trace', trace, '--trace', path('run.mmd')] });
    resultOf(login);
    const { stdout } = await runHere(['debug', trace, '--json']);
    const { messages } = JSON.parse(stdout);
    const callback = messages.find(({ kind }: { kind: string }) => kind === 'callback');
    expect(callback).toMatchObject({ outcome: 'code', values: { code: '‹code›' }, findings: [] });
    const code = login.server.secrets.get('code') ?? '?';
    const drawn = readFileSync(path('run.mmd'), 'utf8');
    expect(drawn).toContain('in a JWT: code, state, iss');
    for (const text of [drawn, stdout, readFileSync(trace, 'utf8')]) expect(text).not.toContain(code);
  });

  it('is decoded by debug where it was saved by itself', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = {
      iss: 'https://as.example',
      aud: 'app',
      exp: 1,
      code: 'SplxlOBeZQQYbYS6WxSbIA',
      state: 'xyz',
    };
    const url = `https://app.example/cb?response=${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;
    const { stdout } = await runHere(['debug', url, '--json', '--fail-on', 'none']);
    const [message] = JSON.parse(stdout).messages;
    expect(message).toMatchObject({ kind: 'callback', outcome: 'code', values: { state: 'xyz' } });
    expect(message.findings.map(({ id }: { id: string }) => id)).toContain('jwt-expired');
  });
});

describe('against oidc-provider', () => {
  let idp: RunningIdp;
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  beforeAll(async () => {
    writeFileSync(path('enc.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const client = {
      client_id: 'encrypted',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://127.0.0.1:8378/callback'],
      authorization_signed_response_alg: 'ES256',
      authorization_encrypted_response_alg: 'RSA-OAEP-256',
      authorization_encrypted_response_enc: 'A128CBC-HS256',
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'e', use: 'enc' }] },
    };
    idp = await startIdp({ port: 0, config: { ...emptyIdpConfig, clients: [client] } });
  });
  afterAll(() => idp.close());

  it.each(['query', 'form_post', 'jwt', 'query.jwt', 'form_post.jwt'])(
    'the response mode %s ends in a login',
    async (mode) => {
      const { status, stdout, stderr } = await loginAsPerson(idp, ['--response-mode', mode, '--json']);
      expect({ status, stderr }).toMatchObject({ status: 0 });
      const { checks } = JSON.parse(stdout);
      expect(outcomesOf(checks, 'response-mode')).toEqual(['pass']);
      expect(outcomesOf(checks, 'jarm-signature')).toEqual(mode.endsWith('jwt') ? ['pass'] : []);
    },
  );

  it('an encrypted response is decrypted', async () => {
    const args = ['--client-id', 'encrypted', '--response-mode', 'jwt', '--json'];
    const { status, stdout, stderr } = await loginAsPerson(idp, [
      ...args,
      '--decryption-key',
      path('enc.pem'),
    ]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(outcomesOf(JSON.parse(stdout).checks, 'jarm-decryption')).toEqual(['pass']);
  });

  it('an encrypted response is ignored without the key, and says what is missing', async () => {
    const args = ['--client-id', 'encrypted', '--response-mode', 'jwt', '--json', '--browser-timeout', '3'];
    const { status, stderr } = await loginAsPerson(idp, args);
    expect(status).toBe(6);
    expect(stderr).toContain('--decryption-key');
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '').error.check).toBe('jarm-decryption');
  });
});
