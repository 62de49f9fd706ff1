import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { visitAsPerson } from '../../src/idp/headless-person.ts';
import { readIdpConfig } from '../../src/idp/idp-config.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { freePort } from '../fakes/free-port.ts';
import { listenForCallback } from '../idp/code-flow.ts';
import { lastLineAsJson, loginAsPerson, type PersonOptions } from './person-login.ts';
import { asHar, debugFiles, type SavedConversation, startConversation } from './saved-conversation.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-broken-'));
const confidential = (secret: string) => {
  const file = join(folder, secret);
  writeFileSync(file, secret);
  return ['--client-id', 'demo-confidential', '--client-secret-file', file];
};

let idp: RunningIdp;

beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});

afterAll(async () => {
  await idp.close();
  rmSync(folder, { recursive: true });
});

/** What `login` says first of its failure: the same in JSON, on the terminal, and to whoever reads its trace. */
async function firstOfLogin(
  args: readonly string[],
  options?: PersonOptions,
  server: RunningIdp = idp,
): Promise<Diagnosis | undefined> {
  const trace = join(mkdtempSync(join(folder, 'trace-')), 'trace.json');
  const json = await loginAsPerson(server, [...args, '--json', '--trace', trace], options);
  const text = await loginAsPerson(server, args, options);
  expect({ status: json.status, stdout: json.stdout }).toEqual({ status: text.status, stdout: '' });
  const { diagnosis } = lastLineAsJson(json) as { diagnosis?: readonly Diagnosis[] };
  const [first] = diagnosis ?? [];
  expect(words(text.stderr)).toContain(words(`likely causes: 1. ${first?.cause}`));
  const { document } = await debugFiles({ 'trace.json': readFileSync(trace, 'utf8') });
  expect(document.runs?.[0]).toMatchObject({ status: 'failed', diagnosis });
  return first;
}

/** What `debug` says first of the last message of a recording. */
async function firstOfDebug(files: Readonly<Record<string, string>>): Promise<Diagnosis | undefined> {
  const { last, text } = await debugFiles(files);
  const [first] = last?.diagnosis ?? [];
  expect(words(text)).toContain(words(`Likely causes 1. ${first?.cause}`));
  return first;
}

function words(text: string): string {
  return text.replace(/\s+/g, ' ');
}

describe('a broken set-up: the first cause that is named is the true one', () => {
  it('the secret is wrong', async () => {
    const first = await firstOfLogin(confidential('not-the-secret'));
    expect(first?.cause).toBe('The client secret is wrong.');
  });

  it('the client authenticates by a method the server does not take', async () => {
    const config = readIdpConfig(
      '{"clientAuthMethods": ["none", "client_secret_basic"], "clients": [{"client_id": "demo-confidential-post", "token_endpoint_auth_method": "client_secret_basic"}]}',
      'the options of this test',
    );
    const strict = await startIdp({ port: 0, config });
    try {
      const args = [...confidential('demo-secret'), '--auth-method', 'client_secret_post'];
      const first = await firstOfLogin(args, {}, strict);
      expect(first).toMatchObject({
        cause: 'The server does not take the client authentication that was used, client_secret_post.',
        confidence: 'high',
        received: 'client_secret_post',
      });
      expect(first?.expected).toMatch(/client_secret_basic/);
    } finally {
      await strict.close();
    }
  });

  it('the client authenticates by another method than the one it is registered for', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const client = {
      client_id: 'demo-confidential',
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: { keys: [publicKey.export({ format: 'jwk' })] },
    };
    const config = readIdpConfig(JSON.stringify({ clients: [client] }), 'the options of this test');
    const strict = await startIdp({ port: 0, config });
    try {
      const args = [...confidential('demo-secret'), '--auth-method', 'client_secret_post'];
      const first = await firstOfLogin(args, {}, strict);
      expect(first?.cause).toBe(
        'The client is registered for another authentication method than client_secret_post.',
      );
    } finally {
      await strict.close();
    }
  });

  it('the challenge was made from the hexadecimal text of the hash', async () => {
    const conversation = startConversation();
    const redeem = await authorize(idp, conversation, {
      challenge: (verifier) =>
        Buffer.from(createHash('sha256').update(verifier).digest('hex')).toString('base64url'),
    });
    await redeem();
    const first = await firstOfDebug({ 'recording.har': asHar(conversation) });
    expect(first).toMatchObject({
      cause: 'The code_challenge was computed wrongly.',
      why: expect.stringContaining('the base64url of the hexadecimal text of the hash'),
      confidence: 'high',
    });
  });

  it('the redirect URI of the token request has a slash more', async () => {
    const port = await freePort();
    const uri = `http://127.0.0.1:${port}/callback`;
    const args = ['--redirect-uri', uri, '--port', String(port), '--token-param', `redirect_uri=${uri}/`];
    const first = await firstOfLogin(args);
    expect(first).toMatchObject({
      cause: 'The redirect_uri of the token request is not that of the authorization request.',
      why: expect.stringMatching(/^Only a trailing slash differs\..*given by --token-param/),
      try: 'Take redirect_uri out of --token-param.',
      confidence: 'high',
      expected: uri,
      received: `${uri}/`,
    });
  });

  it('the verifier is not the one the challenge was made from', async () => {
    const first = await firstOfLogin([], {
      env: { OAUTH_CODE_TOKEN_PARAM: `code_verifier=${'x'.repeat(43)}` },
    });
    expect(first).toMatchObject({
      cause: 'The code_verifier does not fit the code_challenge.',
      try: 'Take code_verifier out of OAUTH_CODE_TOKEN_PARAM.',
      confidence: 'high',
    });
  });

  it('the clock is ten minutes off', async () => {
    const preload = join(folder, 'ten-minutes-behind.cjs');
    writeFileSync(
      preload,
      `const RealDate = Date;
       globalThis.Date = class extends RealDate {
         constructor(...args) { args.length === 0 ? super(RealDate.now() - 600_000) : super(...args); }
         static now() { return RealDate.now() - 600_000; }
       };`,
    );
    const first = await firstOfLogin([], { env: { NODE_OPTIONS: `--require ${preload}` } });
    expect(first).toMatchObject({
      cause: expect.stringMatching(
        /^The clock of this machine is (?:10 min|9 min 5\d s) behind that of the server\.$/,
      ),
      confidence: 'high',
    });
  });

  it('the keys are fetched from another server', async () => {
    const other = await startIdp({ port: 0 });
    try {
      const first = await firstOfLogin(['--jwks-uri', `${other.issuer}/jwks`]);
      expect(first).toMatchObject({
        cause: 'The keys were not fetched where the server publishes them.',
        try: 'Log in without --jwks-uri.',
        confidence: 'high',
        expected: `${idp.issuer}/jwks`,
        received: `${other.issuer}/jwks`,
      });
    } finally {
      await other.close();
    }
  });

  it('the key that signs is no longer published', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const key = { ...publicKey.export({ format: 'jwk' }), kid: 'another', alg: 'RS256', use: 'sig' };
    const original = await fetch(`${idp.issuer}/.well-known/openid-configuration`);
    const metadata = (await original.json()) as object;
    const keys = createServer((request, response) => {
      response.setHeader('content-type', 'application/json');
      const jwks_uri = `http://${request.headers.host}/jwks`;
      response.end(JSON.stringify(request.url === '/jwks' ? { keys: [key] } : { ...metadata, jwks_uri }));
    });
    await new Promise<void>((resolve) => keys.listen(0, '127.0.0.1', resolve));
    try {
      const url = `http://127.0.0.1:${(keys.address() as AddressInfo).port}/metadata`;
      const first = await firstOfLogin(['--metadata-url', url]);
      expect(first?.cause).toBe('The key that signed the ID token is not among those the server publishes.');
    } finally {
      await new Promise<void>((resolve) => {
        keys.close(() => resolve());
        keys.closeAllConnections();
      });
    }
  });

  it('the client is unknown', async () => {
    const url = `${idp.issuer}/auth?response_type=code&client_id=no-such-client&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback&scope=openid&state=s`;
    const conversation = startConversation();
    await conversation.send(url);
    const first = await firstOfDebug({ 'recording.har': asHar(conversation) });
    expect(first).toMatchObject({
      cause: 'The server does not know this client.',
      why: expect.stringMatching(/^The server says: "invalid_client .*client_id is no-such-client\.$/),
    });
  });

  it('the redirect URI is not registered', async () => {
    const url = `${idp.issuer}/auth?response_type=code&client_id=demo-public&redirect_uri=http%3A%2F%2F127.0.0.1%2Fcallback%2F&scope=openid&state=s`;
    const conversation = startConversation();
    await conversation.send(url);
    const first = await firstOfDebug({ 'recording.har': asHar(conversation) });
    expect(first).toMatchObject({
      cause: 'The redirect URI is not registered for this client.',
      received: 'http://127.0.0.1/callback/',
    });
  });

  it('the code is redeemed twice', async () => {
    const conversation = startConversation();
    const redeem = await authorize(idp, conversation);
    await redeem();
    await redeem();
    const first = await firstOfDebug({ 'recording.har': asHar(conversation) });
    expect(first).toMatchObject({
      cause: 'The code was redeemed before: each code works once.',
      confidence: 'high',
    });
  });

  it('the code has expired', async () => {
    const config = readIdpConfig('{"ttl": {"AuthorizationCode": 1}}', 'the options of this test');
    const hasty = await startIdp({ port: 0, config });
    try {
      const conversation = startConversation();
      const redeem = await authorize(hasty, conversation);
      await new Promise((resolve) => setTimeout(resolve, 2100));
      await redeem();
      const first = await firstOfDebug({ 'recording.har': asHar(conversation) });
      expect(first).toMatchObject({
        cause: 'The code had expired when it was redeemed.',
        why: expect.stringMatching(
          /^It was redeemed (?:[2-9]|\d{2,})\.\d s after it came, and only once .*the code_verifier fits the code_challenge, both redirect URIs are equal/,
        ),
      });
    } finally {
      await hasty.close();
    }
  });

  it('a scope is missing', async () => {
    const conversation = startConversation();
    const redeem = await authorize(idp, conversation, { scope: 'profile' });
    const { body } = await redeem();
    const token: string = JSON.parse(body).access_token;
    await conversation.send(`${idp.issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
    const { last, text } = await debugFiles({ 'recording.har': asHar(conversation) });
    expect(last?.diagnosis[0]).toMatchObject({
      cause: 'The access token lacks the scope openid.',
      expected: 'openid',
      received: 'profile',
    });
    expect(text).not.toContain(token);
  });
});

/** Sends alice to the server; returns what redeems the code she came back with. */
async function authorize(
  server: RunningIdp,
  conversation: SavedConversation,
  {
    scope = 'openid',
    challenge = (verifier) => createHash('sha256').update(verifier).digest('base64url'),
  }: { readonly scope?: string; readonly challenge?: (verifier: string) => string } = {},
) {
  const verifier = randomBytes(32).toString('base64url');
  const callback = await listenForCallback();
  try {
    const url = new URL('/auth', server.issuer);
    const parameters = {
      client_id: 'demo-public',
      redirect_uri: callback.redirectUri,
      response_type: 'code',
      scope,
      state: randomBytes(8).toString('hex'),
      code_challenge: challenge(verifier),
      code_challenge_method: 'S256',
    };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    await visitAsPerson({
      url: url.href,
      issuer: server.issuer,
      redirectUri: callback.redirectUri,
      user: 'alice',
      decision: 'allow',
      signal: AbortSignal.timeout(100_000),
      onStep: () => {},
    });
    const answer = callback.seen[0]?.parameters ?? new URLSearchParams();
    conversation.keepVisit(url.href, `${callback.redirectUri}?${answer}`);
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'demo-public',
      code: answer.get('code') ?? '',
      redirect_uri: callback.redirectUri,
      code_verifier: verifier,
    }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return () => conversation.send(`${server.issuer}/token`, { method: 'POST', headers, body });
  } finally {
    await callback.close();
  }
}
