import { createHmac, generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CompactEncrypt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/checks/check-result.ts';
import { findJwtProblems } from '../../src/checks/jwt.ts';
import { buildDpopProof } from '../../src/client/dpop.ts';
import { run } from '../../src/entry/program.ts';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import type { JsonObject } from '../../src/json/json.ts';
import type {
  DecodeDocument,
  JweDocument,
  JwsDocument,
  SdJwtDocument,
} from '../../src/output/decode-document.ts';
import type { ErrorDocument } from '../../src/output/documents.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';
import {
  aesKeyWrap,
  es256,
  es512,
  hs256,
  logoutClaims,
  rfc7515Claims,
  rfc9068,
  rs256,
  rsa15,
  rsaOaep,
  sdJwtIssued,
  sdJwtIssuerKey,
  sdJwtPresentation,
  unsecured,
} from '../jose/token-vectors.ts';

/** Runs `decode --json` and hands back the document, the error line and the status. */
async function decode(words: readonly string[], options: TestContextOptions = {}) {
  const test = createTestContext(options);
  const status = await run(['decode', ...words, '--json'], test.context);
  const stdout = test.stdout();
  const last = test.stderr().trimEnd().split('\n').at(-1) ?? '';
  return {
    status,
    stdout,
    stderr: test.stderr(),
    document: stdout === '' ? undefined : (JSON.parse(stdout) as DecodeDocument),
    error: last.startsWith('{') ? (JSON.parse(last) as ErrorDocument).error : undefined,
  };
}

async function decodeText(words: readonly string[], options: TestContextOptions = {}) {
  const test = createTestContext(options);
  const status = await run(['decode', ...words], test.context);
  return { status, stdout: test.stdout(), stderr: test.stderr() };
}

const outcomes = (checks: readonly CheckResult[] | undefined) =>
  Object.fromEntries((checks ?? []).map(({ id, outcome }) => [id, outcome]));
const at = (seconds: number) => new Date(seconds * 1000);
const soon = { now: at(1300819000) };
const keyFile = (key: object) => ({ files: { 'key.json': JSON.stringify(key) } });

describe('the examples of RFC 7515', () => {
  it.each([
    ['A.1', hs256],
    ['A.2', rs256],
    ['A.3', es256],
  ])('%s is verified with its key', async (_, { token, key }) => {
    const { status, document } = await decode([token, '--key', 'key.json'], { ...soon, ...keyFile(key) });
    const [first] = document?.tokens ?? [];
    expect(first).toMatchObject({ type: 'jws', claims: rfc7515Claims, verified: true });
    expect(outcomes(first?.checks)).toMatchObject({ 'jwt-signature': 'pass', 'jwt-exp': 'pass' });
    expect(status).toBe(0);
  });

  it('A.4 is verified, its payload being a text', async () => {
    const { status, document } = await decode([es512.token, '--key', 'key.json'], keyFile(es512.key));
    const [first] = document?.tokens ?? [];
    expect(first).toMatchObject({
      claims: null,
      payload: { encoding: 'text', value: 'Payload' },
      verified: true,
      signature: { octets: 132 },
    });
    expect(outcomes(first?.checks).jwt).toBe('warn');
    expect(status).toBe(0);
  });

  it('A.5 is decoded, and said to be unsigned', async () => {
    const { status, document } = await decode([unsecured], soon);
    const [first] = document?.tokens ?? [];
    expect(first).toMatchObject({ header: { alg: 'none' }, claims: rfc7515Claims, verified: null });
    expect(first?.checks.find(({ id }) => id === 'jwt-alg')).toMatchObject({
      outcome: 'warn',
      detail: 'The token is not signed (alg none); anyone could have made it.',
    });
    expect(status).toBe(0);
  });

  it('A.5 does not pass when a key is given', async () => {
    const { status, document, error } = await decode([unsecured, '--key', 'key.json'], {
      ...soon,
      ...keyFile(rs256.key),
    });
    expect(document?.tokens[0]).toMatchObject({ claims: rfc7515Claims, verified: false });
    expect(error).toMatchObject({ code: 'validation_failed', check: 'jwt-alg', exit_code: 6 });
    expect(status).toBe(6);
  });
});

describe('the examples of RFC 7516', () => {
  it.each([
    ['A.1', rsaOaep],
    ['A.2', rsa15],
    ['A.3', aesKeyWrap],
  ])('%s is decrypted with its key', async (_, { token, key, plaintext }) => {
    const { status, document } = await decode([token, '--decryption-key', 'key.json'], keyFile(key));
    expect(document?.tokens[0]).toMatchObject({
      type: 'jwe',
      decrypted: true,
      claims: null,
      payload: { encoding: 'text', value: plaintext },
      key: { used: { kty: key.kty } },
    });
    expect(outcomes(document?.tokens[0]?.checks)).toMatchObject({ 'jwe-decryption': 'pass' });
    expect(status).toBe(0);
  });

  it.each([
    ['A.1', rsaOaep],
    ['A.2', rsa15],
    ['A.3', aesKeyWrap],
  ])('%s altered is not decrypted, and its header is shown all the same', async (_, { token, key }) => {
    const altered = `${token.slice(0, -3)}AAA`;
    const { status, document, error } = await decode([altered, '--decryption-key', 'key.json'], keyFile(key));
    expect(document?.tokens[0]).toMatchObject({ type: 'jwe', decrypted: false, claims: null });
    expect(error).toMatchObject({ check: 'jwe-decryption' });
    expect(status).toBe(6);
  });

  it('are shown without a key', async () => {
    const { status, document } = await decode([rsaOaep.token]);
    expect(document?.tokens[0]).toMatchObject({
      header: { alg: 'RSA-OAEP', enc: 'A256GCM' },
      decrypted: null,
      octets: { encrypted_key: 256, initialization_vector: 12, ciphertext: 63, authentication_tag: 16 },
    });
    expect(status).toBe(0);
  });

  it.each([
    [
      'a public key',
      { kty: 'RSA', n: rsaOaep.key.n, e: 'AQAB' },
      'it is a public key, the private one is needed',
    ],
    ['a key of another type', aesKeyWrap.key, 'its kty is oct, RSA-OAEP needs RSA'],
    ['a key of another name', { ...rsaOaep.key, kid: 'a', use: 'sig' }, 'its use is not enc'],
  ])('are not decrypted with %s, with the reason', async (_, key, reason) => {
    const { document } = await decode([rsaOaep.token, '--decryption-key', 'key.json'], keyFile(key));
    expect((document?.tokens[0] as JweDocument | undefined)?.key?.tried).toMatchObject([
      { outcome: 'set_aside', reason },
    ]);
  });
});

describe('a JWT inside a JWE', () => {
  const signing = testKey('ES256', 'inner');
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  it('is decrypted, decoded and verified', async () => {
    const inner = signedToken({ alg: 'ES256', kid: 'inner' }, { sub: 'alice' }, signing);
    const outer = await new CompactEncrypt(new TextEncoder().encode(inner))
      .setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM', cty: 'JWT' })
      .encrypt(publicKey);
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { status, document } = await decode([outer, '--decryption-key', 'own.pem', '--jwks', 'keys.json'], {
      files: { 'own.pem': pem, 'keys.json': JSON.stringify({ keys: [signing.jwk] }) },
    });
    expect(document?.tokens[0]).toMatchObject({
      type: 'jwe',
      claims: { sub: 'alice' },
      verified: true,
      nested: { type: 'jws', verified: true, key: { used: { kid: 'inner' } } },
    });
    expect(status).toBe(0);
  });
});

describe('SD-JWT', () => {
  const during = { now: at(1_725_374_500) };

  it('has its disclosures put in their places (RFC 9901 §5)', async () => {
    const { status, document } = await decode([sdJwtPresentation], during);
    const token = document?.tokens[0] as SdJwtDocument;
    expect(token.type).toBe('sd_jwt');
    expect(token.disclosures.map(({ path, name, value }) => [path, name, value])).toEqual([
      ['family_name', 'family_name', 'Doe'],
      [
        'address',
        'address',
        { street_address: '123 Main St', locality: 'Anytown', region: 'Anystate', country: 'US' },
      ],
      ['given_name', 'given_name', 'John'],
      ['nationalities[0]', null, 'US'],
    ]);
    expect(token.disclosed_claims).toMatchObject({
      sub: 'user_42',
      given_name: 'John',
      nationalities: ['US'],
    });
    expect(token.disclosed_claims).not.toHaveProperty('_sd');
    expect(token.hidden_digests).toBe(6);
    expect(token.key_binding).toMatchObject({ header: { typ: 'kb+jwt' }, claims: { nonce: '1234567890' } });
    expect(outcomes(token.checks)).toMatchObject({
      'sd-jwt-disclosures': 'pass',
      'sd-jwt-key-binding': 'pass',
    });
    expect(status).toBe(0);
  });

  it('is verified with the key of its issuer, and its key binding with that of the holder', async () => {
    const words = [sdJwtPresentation, '--key', 'key.json', '--audience', 'https://verifier.example.org'];
    const { status, document } = await decode([...words, '--nonce', '1234567890'], {
      ...during,
      ...keyFile(sdJwtIssuerKey),
    });
    expect(document?.tokens[0]).toMatchObject({ verified: true });
    expect(status).toBe(0);
  });

  it('is verified as RFC 9901 signed it, with nothing disclosed', async () => {
    const { status, document } = await decode([`${sdJwtIssued}~`, '--key', 'key.json'], {
      ...during,
      ...keyFile(sdJwtIssuerKey),
    });
    expect(document?.tokens[0]).toMatchObject({ verified: true, disclosures: [], hidden_digests: 10 });
    expect(status).toBe(0);
  });

  it.each([
    ['a nonce that differs', ['--nonce', 'other'], 'sd-jwt-key-binding'],
    ['an audience that differs', ['--audience', 'https://other.example'], 'sd-jwt-key-binding'],
  ])('does not pass with %s', async (_, words, check) => {
    const { status, error } = await decode([sdJwtPresentation, ...words], during);
    expect(error).toMatchObject({ check });
    expect(status).toBe(6);
  });

  it('does not pass when a disclosure was added or left out after the holder signed', async () => {
    const parts = sdJwtPresentation.split('~');
    const fewer = [...parts.slice(0, 2), ...parts.slice(3)].join('~');
    const { document } = await decode([fewer, '--key', 'key.json'], {
      ...during,
      ...keyFile(sdJwtIssuerKey),
    });
    const check = document?.tokens[0]?.checks.find(({ id }) => id === 'sd-jwt-key-binding');
    expect(check).toMatchObject({ outcome: 'fail', detail: 'sd_hash is that of another presentation.' });
  });

  it.each([
    [
      'a foreign disclosure',
      'WyJkdW1teXNhbHQiLCAiZm9vIiwgImJhciJd',
      'A disclosure belongs to no digest in the token.',
    ],
    ['a disclosure that is not JSON', 'AAAA', 'A disclosure is not JSON.'],
    ['a disclosure of one element', 'WyJhIl0', 'A disclosure is not a JSON array of two or three elements.'],
  ])('does not pass with %s', async (_, disclosure, detail) => {
    const { status, document } = await decode([`${sdJwtIssued}~${disclosure}~`, '--key', 'key.json'], {
      ...during,
      ...keyFile(sdJwtIssuerKey),
    });
    const check = document?.tokens[0]?.checks.find(({ id }) => id === 'sd-jwt-disclosures');
    expect(check).toMatchObject({ outcome: 'fail', detail });
    expect(status).toBe(6);
  });
});

describe('--as access-token', () => {
  const key = testKey('RS256', 'RjEwOwOA');
  const during = { now: at(1618354100), files: { 'keys.json': JSON.stringify({ keys: [key.jwk] }) } };
  const judged = (header: JsonObject, claims: JsonObject, ...more: readonly string[]) => {
    const token = signedToken({ ...rfc9068.header, ...header }, { ...rfc9068.claims, ...claims }, key);
    return decode([token, '--as', 'access-token', '--jwks', 'keys.json', ...more], during);
  };

  it('passes the example of RFC 9068', async () => {
    const { status, document } = await judged(
      {},
      {},
      '--audience',
      'https://rs.example.com/',
      '--client-id',
      's6BhdRkqt3',
    );
    expect(outcomes(document?.tokens[0]?.checks)).toMatchObject({
      'jwt-signature': 'pass',
      'access-token-typ': 'pass',
      'access-token-claims': 'pass',
      'access-token-aud': 'pass',
      'access-token-client-id': 'pass',
      'access-token-scope': 'pass',
    });
    expect(status).toBe(0);
  });

  it.each([
    ['the typ of another token', { typ: 'JWT' }, {}, [], 'access-token-typ'],
    ['a claim that is missing', {}, { jti: undefined as never }, [], 'access-token-claims'],
    ['another audience', {}, {}, ['--audience', 'https://other.example'], 'access-token-aud'],
    ['another client', {}, {}, ['--client-id', 'other'], 'access-token-client-id'],
    ['a lifetime that is over', {}, { exp: 1618354000 }, [], 'jwt-exp'],
  ])('fails on %s', async (_, header, claims, words, check) => {
    const { status, error, document } = await judged(header, claims, ...words);
    expect(error).toMatchObject({ code: 'validation_failed', check });
    expect(document?.tokens).toHaveLength(1);
    expect(status).toBe(6);
  });
});

describe('--as logout-token', () => {
  const key = testKey('RS256');
  const during = { now: at(1471566160), files: { 'keys.json': JSON.stringify({ keys: [key.jwk] }) } };
  const judged = (claims: JsonObject, header: JsonObject = { typ: 'logout+jwt' }) => {
    const token = signedToken({ alg: 'RS256', kid: 'key-1', ...header }, { ...logoutClaims, ...claims }, key);
    return decode(
      [token, '--as', 'logout-token', '--jwks', 'keys.json', '--client-id', 's6BhdRkqt3'],
      during,
    );
  };

  it('passes the example of OIDC Back-Channel Logout', async () => {
    const { status, document } = await judged({});
    expect(outcomes(document?.tokens[0]?.checks)).toMatchObject({
      'logout-token-typ': 'pass',
      'logout-token-claims': 'pass',
      'logout-token-events': 'pass',
      'logout-token-sub': 'pass',
      'logout-token-nonce': 'pass',
      'jwt-aud': 'pass',
    });
    expect(status).toBe(0);
  });

  it.each([
    ['a nonce', { nonce: 'n' }, 'logout-token-nonce'],
    ['no event', { events: {} }, 'logout-token-events'],
    ['events that are a list', { events: [] }, 'logout-token-events'],
    ['neither sub nor sid', { sub: undefined as never, sid: undefined as never }, 'logout-token-sub'],
    ['no jti', { jti: undefined as never }, 'logout-token-claims'],
    ['another audience', { aud: 'other' }, 'jwt-aud'],
    ['a further audience', { aud: ['s6BhdRkqt3', 'other'] }, 'jwt-aud'],
  ])('fails on %s', async (_, claims, check) => {
    const { status, error } = await judged(claims);
    expect(error).toMatchObject({ check });
    expect(status).toBe(6);
  });
});

describe('--as id-token and userinfo', () => {
  const key = testKey('RS256');
  const seconds = 1_700_000_000;
  const during = { now: at(seconds), files: { 'keys.json': JSON.stringify({ keys: [key.jwk] }) } };
  const claims = {
    iss: 'https://as.example',
    sub: 'u',
    aud: 'app',
    exp: seconds + 60,
    iat: seconds,
    nonce: 'n',
  };
  const judged = (kind: string, changes: JsonObject, ...words: readonly string[]) =>
    decode(
      [signedToken({ alg: 'RS256', kid: 'key-1' }, { ...claims, ...changes }, key), '--as', kind, ...words],
      during,
    );

  it('passes an ID token in order; what is not known is skipped', async () => {
    const { status, document } = await judged('id-token', {}, '--jwks', 'keys.json');
    expect(outcomes(document?.tokens[0]?.checks)).toMatchObject({
      'id-token-signature': 'pass',
      'id-token-iss': 'skipped',
      'id-token-aud': 'skipped',
      'id-token-nonce': 'skipped',
      'id-token-exp': 'pass',
    });
    expect(status).toBe(0);
  });

  it('judges an ID token without a key', async () => {
    const { status, document } = await judged('id-token', {}, '--client-id', 'app', '--nonce', 'n');
    expect(document?.tokens[0]).toMatchObject({ verified: null });
    expect(outcomes(document?.tokens[0]?.checks)).toMatchObject({
      'id-token-signature': 'skipped',
      'id-token-aud': 'pass',
      'id-token-nonce': 'pass',
    });
    expect(status).toBe(0);
  });

  it.each([
    ['another client', {}, ['--client-id', 'other'], 'id-token-aud'],
    ['a further audience', { aud: ['app', 'other'] }, ['--client-id', 'app'], 'id-token-aud'],
    ['an alg that is not registered', {}, ['--id-token-alg', 'ES256'], 'id-token-alg'],
    [
      'an alg that is not registered, by its key',
      {},
      ['--id-token-alg', 'ES256', '--jwks', 'keys.json'],
      'id-token-alg',
    ],
    ['another nonce', {}, ['--nonce', 'other'], 'id-token-nonce'],
    ['a login too long ago', { auth_time: seconds - 600 }, ['--max-age', '300'], 'id-token-auth-time'],
    ['an expiry beyond the tolerance', { exp: seconds - 6 }, [], 'id-token-exp'],
  ])('fails an ID token on %s', async (_, changes, words, check) => {
    const { status, error } = await judged('id-token', changes, ...words);
    expect(error).toMatchObject({ check });
    expect(status).toBe(6);
  });

  it('is as tolerant as --clock-tolerance says', async () => {
    const { status } = await judged('id-token', { exp: seconds - 60 }, '--clock-tolerance', '120');
    expect(status).toBe(0);
  });

  it('compares at_hash with the access token beside the ID token', async () => {
    const response = (access: string) =>
      JSON.stringify({
        access_token: access,
        id_token: signedToken(
          { alg: 'RS256', kid: 'key-1' },
          { ...claims, at_hash: '77QmUPtjPfzWtF2AnpK9RQ' },
          key,
        ),
      });
    const words = ['-', '--as', 'id-token'];
    const right = await decode(words, {
      ...during,
      stdin: response('jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y'),
    });
    expect(right.document?.tokens).toMatchObject([{ type: 'opaque', judged: false }, { judged: true }]);
    expect(outcomes(right.document?.tokens[1]?.checks)).toMatchObject({ 'id-token-at-hash': 'pass' });
    const wrong = await decode(words, { ...during, stdin: response('another-access-token') });
    expect(wrong.error).toMatchObject({ check: 'id-token-at-hash' });
  });

  it('judges a signed UserInfo response', async () => {
    const sound = await judged('userinfo', {}, '--jwks', 'keys.json', '--client-id', 'app');
    expect(sound.status).toBe(0);
    const { status, error } = await judged('userinfo', { sub: undefined as never }, '--client-id', 'app');
    expect(error).toMatchObject({ check: 'userinfo-sub' });
    expect(status).toBe(6);
  });
});

describe('--key in every form', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const signing = { jwk: {}, privateKey: rsa.privateKey };
  const token = signedToken({ alg: 'RS256', kid: 'of-the-server' }, { sub: 'alice' }, signing);
  const folder = createFolder();
  afterAll(() => folder.remove());

  it.each([
    ['public.pem', rsa.publicKey.export({ type: 'spki', format: 'pem' })],
    ['pkcs1.pem', rsa.publicKey.export({ type: 'pkcs1', format: 'pem' })],
    ['private.pem', rsa.privateKey.export({ type: 'pkcs8', format: 'pem' })],
    ['public.der', rsa.publicKey.export({ type: 'spki', format: 'der' })],
    ['pkcs1.der', rsa.publicKey.export({ type: 'pkcs1', format: 'der' })],
    ['private.der', rsa.privateKey.export({ type: 'pkcs8', format: 'der' })],
    ['key.jwk', JSON.stringify(rsa.publicKey.export({ format: 'jwk' }))],
    [
      'keys.jwks',
      JSON.stringify({ keys: [{ ...rsa.publicKey.export({ format: 'jwk' }), kid: 'of-the-server' }] }),
    ],
  ])('verifies with %s', async (name, content) => {
    const { status, document } = await decode([token, '--key', folder.write(name, content)]);
    expect(document?.tokens[0]).toMatchObject({ verified: true });
    expect(status).toBe(0);
  });

  it.each([
    ['', 'with a line feed', 'plain secret of thirty-two octets!!\n', 'plain secret of thirty-two octets!!'],
    ['decoded from base64', 'in base64', `${Buffer.alloc(32, 9).toString('base64')}\n`, Buffer.alloc(32, 9)],
    [
      'decoded from hexadecimal',
      'in hexadecimal',
      Buffer.alloc(32, 200).toString('hex'),
      Buffer.alloc(32, 200),
    ],
    ['', 'that is not text', Buffer.alloc(32, 0xff), Buffer.alloc(32, 0xff)],
  ])('verifies a MAC with a secret %s%s', async (change, _, content, secret) => {
    const mac = macToken(secret);
    const { status, document } = await decode([mac, '--key', folder.write('secret', content)]);
    expect(document?.tokens[0]).toMatchObject({ verified: true });
    expect((document?.tokens[0] as JwsDocument | undefined)?.remarks.join()).toContain(change);
    expect(status).toBe(0);
  });

  it.each<[string, JsonObject, string]>([
    ['for encryption', { use: 'enc' }, 'its use is enc, not sig'],
    ['without verify', { key_ops: ['sign'] }, 'its key_ops do not have verify'],
    ['for another algorithm', { alg: 'HS512' }, 'HS512'],
  ])('sets a secret aside that is %s', async (_, change, reason) => {
    const secret = 'plain secret of thirty-two octets!!';
    const key = { kty: 'oct', k: Buffer.from(secret).toString('base64url'), ...change };
    const { status, error } = await decode([
      macToken(secret),
      '--key',
      folder.write('oct.json', JSON.stringify(key)),
    ]);
    expect(error).toMatchObject({ check: 'jwt-key', message: expect.stringContaining(reason) });
    expect(status).toBe(6);
  });

  it.each<[string, JsonObject, string]>([
    ['exponent', { e: 'AQ' }, 'exponent'],
    ['modulus', {}, '512 bits'],
  ])('verifies nothing with an RSA key of a weak %s', async (_, change, reason) => {
    const weak = testKey('RS256', 'weak', 512);
    const key = folder.write('weak.json', JSON.stringify({ ...weak.jwk, ...change }));
    const { status, error } = await decode([signedToken({ alg: 'RS256' }, {}, weak), '--key', key]);
    expect(error).toMatchObject({ check: 'jwt-key', message: expect.stringContaining(reason) });
    expect(status).toBe(6);
  });

  it('lists a secret with what became of it', async () => {
    const mac = macToken('plain secret of thirty-two octets!!');
    const secret = folder.write('hs.key', 'plain secret of thirty-two octets!!\n');
    const short = folder.write('short.key', 'secret');
    const set = folder.write(
      'secrets.json',
      JSON.stringify({
        keys: [
          { kty: 'oct', kid: 'a', k: Buffer.from('wrong').toString('base64url') },
          {
            kty: 'oct',
            kid: 'b',
            k: Buffer.from('plain secret of thirty-two octets!!').toString('base64url'),
          },
          { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'c' },
        ],
      }),
    );
    const keyOf = async (words: readonly string[]) => {
      const { status, document } = await decode(words);
      return { status, key: (document?.tokens[0] as JwsDocument | undefined)?.key };
    };
    const plain = { kid: null, kty: 'oct', size: 280, thumbprint: null, problems: [] };
    expect(await keyOf([mac, '--key', secret])).toMatchObject({
      status: 0,
      key: { used: plain, tried: [{ ...plain, outcome: 'verified', reason: '' }] },
    });
    expect(await keyOf([mac, '--key', short])).toMatchObject({
      status: 6,
      key: { used: null, tried: [{ outcome: 'failed', reason: 'the signature does not verify with it' }] },
    });
    expect(await keyOf([token, '--key', short])).toMatchObject({
      status: 6,
      key: { used: null, tried: [{ size: 48, outcome: 'set_aside', reason: 'RS256 needs an RSA key' }] },
    });
    expect(await keyOf([mac, '--key', set])).toMatchObject({
      status: 0,
      key: {
        used: { kid: 'b' },
        tried: [
          { kid: 'a', outcome: 'failed' },
          { kid: 'b', outcome: 'verified' },
          { kid: 'c', outcome: 'set_aside', reason: 'its kty is RSA, HS256 needs oct' },
        ],
      },
    });
    const { stdout } = await decodeText([token, '--key', short]);
    expect(stdout).toMatch(/^ +no kid +secret, 6 octets, set aside: RS256 needs an RSA key$/m);
    expect(stdout).not.toContain('There is no key in');
  });

  it('names a MAC that was made with the text of the public key', async () => {
    const pem = rsa.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const forged = signedToken({ alg: 'HS256' }, { sub: 'admin' }, pem);
    const { status, document } = await decode([forged, '--key', folder.write('public.pem', pem)]);
    expect(document?.tokens[0]).toMatchObject({ verified: false });
    expect((document?.tokens[0] as JwsDocument | undefined)?.remarks.join()).toMatch(/forgery.*RFC 8725/);
    expect(status).toBe(6);
  });

  const other = testKey('RS256', 'other');
  it.each([
    [
      'another kid, although it verifies',
      { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'x' },
      'set_aside',
      'it has another kid, yet the signature verifies with it',
    ],
    ['another kid', { ...other.jwk, kid: 'x' }, 'set_aside', 'it has another kid'],
    [
      'another kty',
      { ...testKey('ES256').jwk, kid: 'of-the-server' },
      'set_aside',
      'its kty is EC, RS256 needs RSA',
    ],
    [
      'another alg',
      { ...other.jwk, kid: 'of-the-server', alg: 'PS256' },
      'set_aside',
      'its alg is PS256, not RS256',
    ],
    [
      'another use',
      { ...other.jwk, kid: 'of-the-server', use: 'enc' },
      'set_aside',
      'its use is enc, not sig',
    ],
    [
      'another key',
      { ...other.jwk, kid: 'of-the-server' },
      'failed',
      'the signature does not verify with it',
    ],
  ])('says why a key with %s did not do', async (_, jwk, outcome, reason) => {
    const path = folder.write('keys.json', JSON.stringify({ keys: [jwk] }));
    const { status, document } = await decode([token, '--jwks', path]);
    expect((document?.tokens[0] as JwsDocument | undefined)?.key).toMatchObject({
      source: path,
      used: null,
      tried: [{ kid: (jwk as JsonObject).kid, outcome, reason }],
    });
    expect(status).toBe(6);
  });

  it.each([
    ['no file', undefined, /there is no such file/],
    ['an empty file', '', /It is empty/],
    ['damaged PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n', /damaged/],
    ['damaged JSON', '{"kty":', /does not parse/],
    ['JSON of another kind', '{"issuer":"x"}', /neither a JWK .* nor a JWK Set/],
    ['an OpenSSH key', 'ssh-rsa AAAAB3NzaC1yc2E me@host', /OpenSSH/],
  ])('refuses %s with status 2', async (_, content, message) => {
    const path = content === undefined ? folder.path('absent') : folder.write('odd', content);
    const { status, stdout, error } = await decode([token, '--key', path]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(error).toMatchObject({ code: 'config', message: expect.stringMatching(message) });
  });
});

describe('a callback URL with several tokens', () => {
  it('is looked through for what is expected of one by its name', async () => {
    const secret = 'plain secret of thirty-two octets!!';
    const [access, id] = ['alice', 'bob'].map((sub) => signedToken({ alg: 'HS256' }, { sub }, secret));
    const url = `http://127.0.0.1/cb#access_token=${access}&id_token=${id}&token_type=Bearer`;
    const expected = ['--expect', 'access_token.sub=alice', '--expect', 'id_token.sub=bob'];
    const met = await decode([url, '--key', 'hs.key', ...expected], { files: { 'hs.key': secret } });
    expect(met.document?.tokens.map(({ name }) => name)).toEqual(['access_token', 'id_token']);
    expect(met.status).toBe(0);
  });
});

describe('--issuer', () => {
  const key = testKey('RS256');
  const servers = new LoopbackServers();
  const server = { issuer: '', requests: [] as string[] };
  beforeAll(async () => {
    const { port } = await servers.http((request, response) => {
      const path = request.url ?? '';
      server.requests.push(path);
      const { issuer } = server;
      const documents: Record<string, unknown> = {
        '/.well-known/openid-configuration': { issuer, jwks_uri: `${issuer}/jwks` },
        '/jwks': { keys: [key.jwk] },
        '/without-keys/.well-known/openid-configuration': {
          issuer: `${issuer}/without-keys`,
          jwks_uri: `${issuer}/absent`,
        },
        '/garbage': [],
        '/keyless': { issuer },
      };
      const body = documents[path];
      response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body ?? {}));
    });
    server.issuer = `http://127.0.0.1:${port}`;
  });
  afterAll(() => servers.closeAll());
  const token = (claims: JsonObject = {}) =>
    signedToken({ alg: 'RS256', kid: 'key-1' }, { iss: server.issuer, sub: 'u', ...claims }, key);

  it('fetches the keys and verifies', async () => {
    const { status, document, stderr } = await decode([token(), '--issuer', server.issuer]);
    expect(document?.tokens[0]).toMatchObject({
      verified: true,
      key: { source: server.issuer, used: { kid: 'key-1' } },
    });
    expect(outcomes(document?.tokens[0]?.checks)).toMatchObject({ 'jwt-iss': 'pass' });
    expect(stderr).toMatch(/^✓ Keys +\S+\/jwks +200/m);
    expect(status).toBe(0);
  });

  it('verifies with a key set that is given by its URL', async () => {
    const { status, document } = await decode([token(), '--jwks', `${server.issuer}/jwks`]);
    expect(document?.tokens[0]).toMatchObject({ verified: true });
    expect(status).toBe(0);
  });

  it('fails a token of another issuer', async () => {
    const { status, error } = await decode([
      token({ iss: 'https://other.example' }),
      '--issuer',
      server.issuer,
    ]);
    expect(error).toMatchObject({ check: 'jwt-iss' });
    expect(status).toBe(6);
  });

  it('decodes all the same when nobody answers, and ends with status 5', async () => {
    const iss = 'http://127.0.0.1:9';
    const { status, document, error } = await decode([token({ iss }), '--issuer', iss]);
    expect(document?.tokens[0]).toMatchObject({ claims: { sub: 'u' }, verified: null });
    expect(error).toMatchObject({ code: 'network' });
    expect(status).toBe(5);
  });

  it.each([
    ['its iss is another one', ['--issuer', 'http://127.0.0.1:9'], 'validation_failed', 6],
    ['it has expired', ['--jwks', 'http://127.0.0.1:9/jwks', '--as', 'id-token'], 'validation_failed', 6],
    ['a claim differs', ['--jwks', 'http://127.0.0.1:9/jwks', '--expect', 'sub=v'], 'expectation_failed', 7],
    ['nothing is known against it', ['--jwks', 'http://127.0.0.1:9/jwks', '--expect', 'sub=u'], 'network', 5],
  ])('says without keys what is known all the same: %s', async (_, words, code, expected) => {
    const claims = code === 'validation_failed' ? { iss: 'https://other.example', exp: 1 } : {};
    const { status, error } = await decode([token(claims), ...words]);
    expect(error).toMatchObject({ code });
    expect(status).toBe(expected);
  });

  it('decodes all the same when there is no metadata or no key set', async () => {
    const words = [
      ['--issuer', `${server.issuer}/nowhere`],
      ['--jwks', `${server.issuer}/absent`],
      ['--issuer', `${server.issuer}/without-keys`],
    ];
    for (const asked of words) {
      const [option, iss = ''] = asked;
      const { status, document, error } = await decode([
        token(option === '--issuer' ? { iss } : {}),
        ...asked,
      ]);
      expect(document?.tokens[0]).toMatchObject({ claims: { sub: 'u' }, verified: null });
      expect(outcomes(document?.tokens[0]?.checks)).toMatchObject({
        'jwt-key': 'skipped',
        'jwt-signature': 'skipped',
      });
      expect(error).toMatchObject({ code: 'network', message: expect.stringContaining('404') });
      expect(status).toBe(5);
    }
  });

  it.each([
    ['a key set', ['--jwks', '/garbage']],
    ['metadata', ['--metadata-url', '/garbage']],
    ['metadata with keys', ['--metadata-url', '/keyless']],
  ])('ends with status 6 when what came is no %s', async (_, [option = '', path = '']) => {
    const { status, document, error } = await decode([token(), option, `${server.issuer}${path}`]);
    expect(document?.tokens[0]).toMatchObject({ claims: { sub: 'u' }, verified: null });
    expect(error).toMatchObject({ code: 'invalid_response' });
    expect(status).toBe(6);
  });

  it.each([
    ['a token by itself', []],
    ['an ID token', ['--as', 'id-token', '--client-id', 'app']],
    ['an access token', ['--as', 'access-token']],
  ])('calls %s not verified, and not bad, when the keys could not be fetched', async (_, words) => {
    const now = Math.floor(Date.now() / 1000);
    const fresh = { aud: 'app', iat: now, exp: now + 60, jti: 'j', client_id: 'app' };
    const typed = signedToken(
      { alg: 'RS256', kid: 'key-1', ...(words[1] === 'access-token' ? { typ: 'at+jwt' } : {}) },
      { iss: server.issuer, sub: 'u', ...fresh },
      key,
    );
    const { stdout } = await decodeText([typed, '--jwks', `${server.issuer}/absent`, ...words]);
    expect(stdout.split('\n')[0]).toBe('JWT  ? NOT verified: the keys could not be fetched');
    expect(stdout).not.toContain('FAILED');
  });

  it('asks nobody with --offline', async () => {
    const before = server.requests.length;
    const { status, document } = await decode([token(), '--issuer', server.issuer, '--offline']);
    expect(document?.tokens[0]).toMatchObject({ verified: null });
    expect(server.requests).toHaveLength(before);
    expect(status).toBe(0);
  });

  it.each([
    ['--offline', ['--offline']],
    ['a key of its own', ['--key', 'key.json']],
  ])('compares iss all the same with %s', async (_, words) => {
    const same = await decode([token(), '--issuer', server.issuer, ...words], keyFile(key.jwk));
    expect(outcomes(same.document?.tokens[0]?.checks)).toMatchObject({ 'jwt-iss': 'pass' });
    expect(same.status).toBe(0);
    const other = await decode([token(), '--issuer', `${server.issuer}/`, ...words], keyFile(key.jwk));
    expect(other.error).toMatchObject({ check: 'jwt-iss', message: expect.stringContaining('slash') });
    expect(other.status).toBe(6);
  });

  it('leaves a refresh token alone, which is for the server only', async () => {
    const response = JSON.stringify({
      access_token: token(),
      refresh_token: signedToken({ alg: 'HS512' }, { typ: 'Refresh' }, 'the key of the server'),
    });
    const { status, document } = await decode(['-', '--issuer', server.issuer], { stdin: response });
    expect(document?.tokens).toMatchObject([
      { name: 'access_token', verified: true },
      { name: 'refresh_token', verified: null },
    ]);
    expect(status).toBe(0);
  });

  it('never follows what the header of a token says about keys', async () => {
    const before = server.requests.length;
    const lured = signedToken(
      {
        alg: 'RS256',
        kid: 'key-1',
        jku: `${server.issuer}/jwks`,
        x5u: `${server.issuer}/jwks`,
        jwk: key.jwk,
      },
      { sub: 'u' },
      key,
    );
    const { status, document } = await decode([lured]);
    expect(document?.tokens[0]?.checks.find(({ id }) => id === 'jwt-header-keys')).toMatchObject({
      outcome: 'warn',
      received: 'jwk, jku, x5u',
    });
    expect(server.requests).toHaveLength(before);
    expect(status).toBe(0);
  });
});

describe('the command line of decode', () => {
  it.each([
    ['nothing on a terminal', ['--no-input'], { stdinIsTTY: true }, /No input was given/],
    ['empty input', ['-'], { stdin: '  \n' }, /it is empty/],
    ['a sentence', ['what', 'is', 'this'], {}, /it is text without a token/],
    [
      'a callback URL with a code',
      ['https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=x'],
      {},
      /authorization code, which is not a token/,
    ],
    ['claims that were decoded already', ['-'], { stdin: '{"iss":"a","exp":1}' }, /already decoded/],
    ['an HTML page', ['-'], { stdin: '<!doctype html><html><p>no</p></html>' }, /an HTML page/],
    ['a file that is not there', ['./nowhere/token.jwt'], {}, /Cannot read .*no such file/],
    ['a kind that is none', [hs256.token, '--as', 'refresh-token'], {}, /--as/],
    [
      '--max-age without --as id-token',
      [hs256.token, '--max-age', '3'],
      {},
      /--max-age is a rule for ID tokens/,
    ],
    ['keys given twice', [hs256.token, '--key', 'a', '--jwks', 'b'], {}, /given twice/],
  ])('refuses %s with status 2', async (_, words, options, message) => {
    const { status, stdout, error } = await decode(words, options);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(error?.message).toMatch(message);
  });

  it('never puts the token into an error', async () => {
    const { stderr } = await decode([hs256.token, '--key', 'key.json'], keyFile(rs256.key));
    expect(stderr).not.toContain(hs256.token.split('.')[1]);
  });

  it('ignores the key of a TLS client certificate in OAUTH_CODE_KEY', async () => {
    const { status } = await decode([hs256.token], { env: { OAUTH_CODE_KEY: '/nonexistent/tls.pem' } });
    expect(status).toBe(0);
  });

  it('reads a token from stdin when nothing is named', async () => {
    const { status, document } = await decode([], { stdin: `${hs256.token}\n` });
    expect(document?.tokens).toHaveLength(1);
    expect(status).toBe(0);
  });
});

describe('the text of decode', () => {
  const seconds = 1_700_000_000;
  const view = { now: at(seconds) };
  const key = testKey('ES256');

  it('shows a token that nobody asked to be verified', async () => {
    const token = `${Buffer.from('{"alg":"ES256","kid":"key-1","jku":"https://evil.example/keys"}').toString('base64url')}.${Buffer.from(JSON.stringify({ iss: 'https://as.example', sub: 'alice', exp: seconds - 60, groups: ['a', 'b'] })).toString('base64url')}.${Buffer.alloc(64, 1).toString('base64url')}`;
    const { status, stdout } = await decodeText([token], view);
    expect(stdout).toMatchInlineSnapshot(`
      "JWT  ? decoded, NOT verified
        Header
          alg  ES256                      algorithm
          kid  key-1                      key ID
          jku  https://evil.example/keys  key set URL
        Claims
          iss     https://as.example                   issuer
          sub     alice                                subject
          exp     2023-11-14 22:12:20 UTC (1 min ago)  expires
          groups  ["a", "b"]                           groups
        Signature, 64 octets
          0101010101010101010101010101010101010101010101010101010101010101
          … and 32 more octets: see --json
        ! The header brings jku: ignored, since a forged token would bring a key that
          fits.
        ! The token expired at 2023-11-14 22:12:20 UTC (1 min ago).
        To verify it: --issuer URL, --jwks FILE|URL or --key FILE.
      "
    `);
    expect(status).toBe(0);
  });

  it('shows an opaque token without repeating it', async () => {
    const token = 'ab_cd_0123456789abcdefghijABCDEFGHIJ0123';
    const { stdout } = await decodeText([token], view);
    expect(stdout).toMatchInlineSnapshot(`
      "Opaque token  not a JWT: nothing in it can be decoded
        • It has 40 characters: those of base64url.
        • It begins with ab_cd_, a prefix by which its issuer and secret scanners can
          tell what it is.
        • Only the server that issued it knows what it stands for; oauth-code
          introspect asks it (RFC 7662).
      "
    `);
    expect(stdout).not.toContain(token);
  });

  it('shows which key verified, and every check', async () => {
    const token = signedToken({ alg: 'ES256', kid: 'key-1' }, { sub: 'alice', exp: seconds + 60 }, key);
    const { stdout } = await decodeText([token, '--jwks', 'keys.json', '--checks'], {
      ...view,
      files: { 'keys.json': JSON.stringify({ keys: [testKey('RS256').jwk, key.jwk] }) },
    });
    expect(stdout.replace(/^ {4}[0-9a-f]{64}\n/gm, '    …\n')).toMatchInlineSnapshot(`
      "JWT  ✓ signature verified
        Header
          alg  ES256  algorithm
          kid  key-1  key ID
        Claims
          sub  alice                               subject
          exp  2023-11-14 22:14:20 UTC (in 1 min)  expires
        Signature, 64 octets
          …
          … and 32 more octets: see --json
        Keys
          from   keys.json
          key-1  EC P-256 ES256, verified the signature
          key-1  RSA RS256 2048 bits, set aside: its kty is RSA, ES256 needs EC

      Checks  12 checks: 8 passed, 4 not applicable
        – JWT issuer                                                   RFC 7519 §4.1.1
          There is no iss, and no issuer is known to expect.
        – JWT audience  There is no aud.                               RFC 7519 §4.1.3
        – JWT issued at  There is no iat; it is optional.              RFC 7519 §4.1.6
        – JWT not before  There is no nbf; it is optional.             RFC 7519 §4.1.5
        ✓ Well-formed JWT  It is a signed JWT.      RFC 7515 §3.1, §7.1; RFC 7519 §7.2
        ✓ JWT algorithm  ES256, which nothing forbids.  RFC 8725 §3.1; RFC 7515 §4.1.1
        ✓ JWT critical header parameters  The header has no crit.     RFC 7515 §4.1.11
        ✓ JWT header members are unique                                    RFC 7515 §4
        ✓ JWT brings no key of its own                                  RFC 8725 §3.10
        ✓ JWT key                                         RFC 7515 §4.1.4; RFC 7517 §4
        ✓ JWT signature                                                  RFC 7515 §5.2
        ✓ JWT expiry  Valid until 2023-11-14 22:14:20 UTC (in 1 min).  RFC 7519 §4.1.4
      "
    `);
  });

  it('never cuts a claim short, whatever is inside', async () => {
    const inner = signedToken({ alg: 'ES256' }, { sub: 'inner' }, key);
    const { stdout } = await decodeText(
      [signedToken({ alg: 'ES256' }, { long: 'x'.repeat(5000), inner }, key)],
      view,
    );
    expect(stdout).toContain('x'.repeat(5000));
    expect(stdout).toContain(inner);
  });
});

describe('a DPoP proof', () => {
  const jwk = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
    format: 'jwk',
  }) as JsonObject;
  const call = { method: 'GET', url: 'https://api.example.com/me', now: at(1300819000) };

  it('is called what it is, and verified with the key it brings', async () => {
    const proof = buildDpopProof(jwk, call);
    const { status, stdout } = await decodeText([proof], soon);
    expect(status).toBe(0);
    expect(stdout).toContain('DPoP proof');
    expect(stdout.replace(/\s+/g, ' ')).toContain('the client holds the key in its header');
    const { document } = await decode([proof, '--as', 'dpop-proof'], soon);
    expect(outcomes(document?.tokens[0]?.checks)).toEqual({
      jwt: 'pass',
      'dpop-proof-header': 'pass',
      'dpop-proof-signature': 'pass',
      'dpop-proof-claims': 'pass',
    });
  });

  it.each(['dpop+jwt', 'DPoP+JWT', 'application/dpop+jwt'])('is known by its typ %s', async (typ) => {
    const { stdout } = await decodeText(
      [signedToken({ alg: 'RS256', typ }, {}, testKey('RS256', 'a'))],
      soon,
    );
    expect(stdout).toContain('DPoP proof');
    expect(stdout).toContain('--as dpop-proof');
  });

  it('that was changed fails, by itself as a remark', async () => {
    const proof = `${buildDpopProof(jwk, call).slice(0, -20)}${'A'.repeat(20)}`;
    expect(await decode([proof, '--as', 'dpop-proof'], soon)).toMatchObject({ status: 6 });
    const { status, document } = await decode([proof], soon);
    expect([status, outcomes(document?.tokens[0]?.checks)['dpop-proof-signature']]).toEqual([0, 'warn']);
  });
});

function macToken(secret: string | Buffer): string {
  const input = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9';
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

function createFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'oauth-code-decode-'));
  return {
    path: (name: string) => join(folder, name),
    write(name: string, content: string | Buffer) {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

describe('a signature that was cut off while it was copied', () => {
  it.each([
    [rs256.token, 40, 'The signature has 226 octets, one of RS256 has a multiple of 64, mostly 256'],
    [es256.token, 4, 'The signature has 61 octets, one of ES256 has 64'],
    [hs256.token, 8, 'The signature has 26 octets, one of HS256 has 32'],
    [hs256.token, 43, 'The signature of HS256 is missing'],
  ])('is told by its size (%#)', async (token, missing, remark) => {
    const { status, stdout } = await decodeText([token.slice(0, -missing)], { now: at(1_300_819_000) });
    expect(stdout.replace(/\s+/g, ' ')).toContain(`! ${remark}: was the whole token copied?`);
    expect(status).toBe(0);
    const whole = await decodeText([token], { now: at(1_300_819_000) });
    expect(whole.stdout).not.toContain('was the whole token copied');
    expect(findJwtProblems(token.slice(0, -missing), at(0)).map(({ id }) => id)).toContain(
      'jwt-signature-size',
    );
    expect(findJwtProblems(token, at(0)).map(({ id }) => id)).not.toContain('jwt-signature-size');
  });
});

describe('a secret that decrypts', () => {
  const secret = Buffer.from('0123456789abcdef0123456789abcdeX');
  const encrypted = () =>
    new CompactEncrypt(Buffer.from('{"sub":"u"}'))
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .encrypt(secret);

  it.each([
    ['as it is', secret],
    ['with a line feed', Buffer.from(`${secret}\n`)],
    ['in base64url', Buffer.from(`${secret.toString('base64url')}\n`)],
    ['in hexadecimal', Buffer.from(secret.toString('hex'))],
  ])('is taken %s', async (_, octets) => {
    const { status, document } = await decode([await encrypted(), '--decryption-key', 'secret'], {
      files: { secret: octets.toString('latin1') },
    });
    expect(document?.tokens[0]).toMatchObject({ decrypted: true, claims: { sub: 'u' } });
    expect(status).toBe(0);
  });

  it('is told apart from one of another length', async () => {
    const { error } = await decode([await encrypted(), '--decryption-key', 'secret'], {
      files: { secret: 'too short' },
    });
    expect(error?.message).toContain('it has another length than the algorithm needs');
  });
});

describe('--expect', () => {
  const claims = { iss: 'https://as.example', aud: 'api', scope: 'read write', exp: 2_000 };
  const accessToken = signedToken({ alg: 'HS256' }, claims, 'secret');
  const idToken = signedToken({ alg: 'HS256' }, { ...claims, aud: 'app' }, 'secret');
  const response = JSON.stringify({ access_token: accessToken, id_token: idToken });
  const during = { now: at(1_000), files: { 'hs.key': 'secret' } };
  const byKey = ['--key', 'hs.key'];

  it('lists what is as expected', async () => {
    const words = [accessToken, '--expect', 'aud=api', '--expect', 'scope~=read', '--expect', 'exp>10m'];
    const { status, document } = await decode([...words, ...byKey], during);
    expect(document?.checks).toMatchObject([
      { id: 'expectation', outcome: 'pass', expected: 'aud=api', detail: 'token.aud is api.' },
      { id: 'expectation', outcome: 'pass', expected: 'scope~=read' },
      { id: 'expectation', outcome: 'pass', expected: 'exp>10m' },
    ]);
    expect(status).toBe(0);
  });

  it('prints the decoding and ends with 7 when something is not', async () => {
    const { status, document, error } = await decode(
      [accessToken, ...byKey, '--expect', 'aud=other'],
      during,
    );
    expect(document?.tokens).toHaveLength(1);
    expect(error).toMatchObject({
      code: 'expectation_failed',
      message: 'Expected aud=other, but token.aud is api.',
    });
    expect(status).toBe(7);
    const text = await decodeText(
      [accessToken, ...byKey, '--expect', 'aud=other', '--expect', '!groups'],
      during,
    );
    expect(text.stdout).toContain('Expectations');
    expect(text.stdout).toContain('token.aud is api.');
  });

  it.each([
    ['access_token.aud=api', 0],
    ['id_token.aud=app', 0],
    ['id_token.aud=api', 7],
    ['aud=api', 0],
    ['userinfo.aud=api', 7],
  ])('looks where %s says', async (expectation, expected) => {
    const { status } = await decode(['-', ...byKey, '--expect', expectation], { ...during, stdin: response });
    expect(status).toBe(expected);
  });

  it('takes a token without a name for what --as says', async () => {
    const { error } = await decode([idToken, '--as', 'id-token', '--expect', 'id_token.aud=x'], {
      now: at(1_000),
    });
    // A token that does not pass comes first: what it says cannot be relied on.
    expect(error).toMatchObject({ code: 'validation_failed' });
    const { status } = await decode([idToken, ...byKey, '--expect', 'id_token.aud=app'], during);
    expect(status).toBe(7);
  });

  it('looks at what is disclosed, and inside what is encrypted', async () => {
    const disclosed = await decode(
      [sdJwtPresentation, '--key', 'key.json', '--expect', 'address.country=US'],
      {
        ...keyFile(sdJwtIssuerKey),
        now: at(1_725_374_500),
      },
    );
    expect(disclosed.status).toBe(0);
    const opaque = await decode(['ghp_16C7e42F292c6912E7710c838347Ae178B4a', '--expect', 'aud'], during);
    expect(opaque.error?.message).toBe('Expected aud, but there are no claims of any kind here.');
  });

  it('is refused before anything is read when it cannot be understood', async () => {
    const { status, error } = await decode([accessToken, '--expect', '=x'], during);
    expect(error).toMatchObject({ code: 'usage' });
    expect(status).toBe(2);
  });
});
