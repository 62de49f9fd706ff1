import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../src/checks/check-result.ts';
import { validateIdToken } from '../../../src/checks/id-token/validate-id-token.ts';
import { needsFreshKeys } from '../../../src/checks/signed-jwt/judge-signature.ts';
import { signedToken, testKey } from '../../../src/idp/misbehaviours/forged-token.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { keySet, soundClaims, soundEvidence } from '../token-maker.ts';

const own = testKey('RS256');
const other = testKey('RS256', 'key-2');
const foreign = testKey('RS256', 'key-3');
const { kid: _kid, ...nameless } = own.jwk;
const { alg: _alg, ...withoutAlg } = own.jwk;
const { use: _use, ...withoutUse } = own.jwk;

interface Case {
  readonly title: string;
  /** Header beside `alg`. */
  readonly header: JsonObject;
  readonly keys: readonly JsonObject[];
  readonly key: CheckResult['outcome'];
  readonly detail: string;
  readonly signature: CheckResult['outcome'];
  readonly fresh: boolean;
}

const named = { kid: 'key-1' };

/** A certificate of OpenSSL whose keyUsage is keyEncipherment; one without keyUsage, one with digitalSignature. */
const certificate = [
  'MIIBfjCCASWgAwIBAgIURfN4EJEPOIsnoIxxN/mlOPKgiuwwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBdDAgFw0yNjExMzAx',
  'MTEzNTdaGA8yMTI2MTEwNjExMTM1N1owDDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABO6WufYp91Ct',
  'DeH6IZ2Ai/TKOILqr5SghmGlk/a/AA0+YsGkeK5j4+m3T0PEuJzgzFlDDvC6znf0VV6RD77lw8ejYzBhMB0GA1UdDgQWBBTJ',
  'hvY17fXZo+dPHCWiyXujeYX6bzAfBgNVHSMEGDAWgBTJhvY17fXZo+dPHCWiyXujeYX6bzAPBgNVHRMBAf8EBTADAQH/MA4G',
  'A1UdDwEB/wQEAwIFIDAKBggqhkjOPQQDAgNHADBEAiB/KBrOwk9KXKUH0hrPU0ODnwkgfXGCi6CUy0mmN23pOgIge1J6TlUf',
  '/+G5BKLt/e7wh6KTnJi7OHUFE8TCGgGib68=',
].join('');
const unlimited = certificate.replace('UdDwEB', 'UdEAEB');
const signing = certificate.replace('AwIFIDAK', 'AwIFgDAK');

const cases: readonly Case[] = [
  {
    title: 'the kid',
    header: named,
    keys: [other.jwk, own.jwk],
    key: 'pass',
    detail: 'Used key "key-1" (RSA, RS256, 2048 bits).',
    signature: 'pass',
    fresh: false,
  },
  {
    title: 'a key without alg',
    header: named,
    keys: [withoutAlg],
    key: 'pass',
    detail: 'Used key "key-1" (RSA, 2048 bits).',
    signature: 'pass',
    fresh: false,
  },
  {
    title: 'the only key, without kid on either side',
    header: {},
    keys: [nameless],
    key: 'pass',
    detail: 'Used key without kid',
    signature: 'pass',
    fresh: false,
  },
  {
    title: 'the only key, whose kid the token omits',
    header: {},
    keys: [own.jwk],
    key: 'pass',
    detail: 'Used key "key-1"',
    signature: 'pass',
    fresh: false,
  },
  {
    title: 'each fitting key in turn',
    header: {},
    keys: [other.jwk, testKey('ES256').jwk, own.jwk],
    key: 'warn',
    detail:
      'no kid although the server has several keys. Set aside: key "key-1" (EC, P-256, ES256, 256 bits), for its kty is EC, RS256 needs RSA.',
    signature: 'pass',
    fresh: false,
  },
  {
    title: 'each key of a kid that two share',
    header: named,
    keys: [{ ...other.jwk, kid: 'key-1' }, own.jwk],
    key: 'warn',
    detail: '2 keys have this kid.',
    signature: 'pass',
    fresh: false,
  },
  {
    title: 'the fitting one of two keys with a kid',
    header: named,
    keys: [testKey('ES256').jwk, own.jwk],
    key: 'pass',
    detail: 'Used key "key-1" (RSA',
    signature: 'pass',
    fresh: false,
  },
  {
    title: 'no key with the kid',
    header: { kid: 'new' },
    keys: [own.jwk],
    key: 'fail',
    detail: 'No key of the key set has the kid "new". There are: key "key-1" (RSA, RS256, 2048 bits).',
    signature: 'skipped',
    fresh: true,
  },
  {
    title: 'no key for a kid when the only one is nameless',
    header: named,
    keys: [nameless],
    key: 'fail',
    detail: 'has the kid "key-1"',
    signature: 'skipped',
    fresh: true,
  },
  {
    title: 'no key of an empty set',
    header: named,
    keys: [],
    key: 'fail',
    detail: 'The server publishes no key.',
    signature: 'skipped',
    fresh: true,
  },
  {
    title: 'no key without kid when none fits',
    header: {},
    keys: [testKey('ES256').jwk],
    key: 'fail',
    detail: 'its kty is EC',
    signature: 'skipped',
    fresh: true,
  },
  {
    title: 'a kid that is not a string',
    header: { kid: 1 },
    keys: [own.jwk],
    key: 'fail',
    detail: 'not a string',
    signature: 'skipped',
    fresh: false,
  },
  {
    title: 'no key for encryption',
    header: named,
    keys: [{ ...own.jwk, use: 'enc' }],
    key: 'fail',
    detail: 'its use is enc, not sig',
    signature: 'skipped',
    fresh: false,
  },
  {
    title: 'no key for other operations',
    header: named,
    keys: [{ ...own.jwk, key_ops: ['encrypt'] }],
    key: 'fail',
    detail: 'key_ops',
    signature: 'skipped',
    fresh: false,
  },
  {
    title: 'a key with the operation',
    header: named,
    keys: [{ ...own.jwk, key_ops: ['verify'] }],
    key: 'pass',
    detail: 'Used',
    signature: 'pass',
    fresh: false,
  },
  {
    title: 'no key whose certificate is for encryption',
    header: named,
    keys: [{ ...withoutUse, x5c: [certificate] }],
    key: 'fail',
    detail: 'its certificate (x5c) is not for signatures',
    signature: 'skipped',
    fresh: false,
  },
  {
    title: 'a key for signatures whose certificate says otherwise, and remarks on it',
    header: named,
    keys: [{ ...own.jwk, use: 'sig', x5c: [certificate] }],
    key: 'warn',
    detail: 'Its certificate (x5c) is not for signatures',
    signature: 'pass',
    fresh: false,
  },
  ...[['not base64!'], {}, [], [unlimited], [signing, certificate]].map(
    (x5c, index): Case => ({
      title: `a key whose certificate does not forbid it, ${index}`,
      header: named,
      keys: [{ ...withoutUse, x5c }],
      key: 'pass',
      detail: 'Used',
      signature: 'pass',
      fresh: false,
    }),
  ),
  {
    title: 'no key for another algorithm',
    header: named,
    keys: [{ ...own.jwk, alg: 'PS256' }],
    key: 'fail',
    detail: 'its alg is PS256, not RS256',
    signature: 'skipped',
    fresh: false,
  },
  {
    title: 'no key with garbled members',
    header: named,
    keys: [{ ...own.jwk, n: '+++' }],
    key: 'fail',
    detail: 'n is not base64url',
    signature: 'skipped',
    fresh: false,
  },
  {
    title: 'no key with missing members',
    header: named,
    keys: [{ kty: 'RSA', kid: 'key-1' }],
    key: 'fail',
    detail: 'e and n are missing',
    signature: 'skipped',
    fresh: false,
  },
  {
    title: 'no symmetric key that is published',
    header: named,
    keys: [{ kty: 'oct', k: 'AAAA', kid: 'key-1' }],
    key: 'fail',
    detail: 'RS256 needs an RSA key',
    signature: 'skipped',
    fresh: false,
  },
  {
    title: 'a key that did not sign',
    header: named,
    keys: [{ ...foreign.jwk, kid: 'key-1' }],
    key: 'pass',
    detail: 'Tried key "key-1"',
    signature: 'fail',
    fresh: false,
  },
  {
    title: 'keys that did not sign',
    header: {},
    keys: [foreign.jwk, other.jwk],
    key: 'warn',
    detail: 'Tried key "key-3" (RSA, RS256, 2048 bits), key "key-2"',
    signature: 'fail',
    fresh: false,
  },
];

const find = (results: readonly CheckResult[], id: CheckResult['id']) =>
  results.find((result) => result.id === id);

describe('the selection of the key', () => {
  it.each(cases)('takes $title', async ({ header, keys, key, detail, signature, fresh }) => {
    const idToken = signedToken({ alg: 'RS256', ...header }, soundClaims, own);
    const results = await validateIdToken(soundEvidence({ idToken, keys: keySet(...keys) }));
    expect(find(results, 'id-token-key')).toMatchObject({ outcome: key });
    expect(find(results, 'id-token-key')?.detail).toContain(detail);
    expect(find(results, 'id-token-signature')).toMatchObject({ outcome: signature });
    expect(needsFreshKeys(idToken, { keys: keySet(...keys) })).toBe(fresh);
  });

  it('compares the kid of the header with that of the key used', async () => {
    const results = await validateIdToken(soundEvidence());
    expect(find(results, 'id-token-key')).toMatchObject({ expected: 'key-1', received: 'key-1' });
  });

  it('verifies with an RSA key of 1024 bits, and remarks on it', async () => {
    const short = testKey('RS256', 'short', 1024);
    const idToken = signedToken({ alg: 'RS256', kid: 'short' }, soundClaims, short);
    const results = await validateIdToken(soundEvidence({ idToken, keys: keySet(short.jwk) }));
    expect(find(results, 'id-token-key')).toMatchObject({ outcome: 'warn' });
    expect(find(results, 'id-token-key')?.detail).toContain('1024 bits');
    expect(find(results, 'id-token-signature')).toMatchObject({ outcome: 'pass' });
  });

  it('fails when the keys could not be had, and only warns when nobody said where they are', async () => {
    const failed = await validateIdToken(soundEvidence({ keys: undefined, keysProblem: 'Status 500.' }));
    expect(find(failed, 'id-token-key')).toMatchObject({ outcome: 'fail' });
    expect(find(failed, 'id-token-key')?.detail).toContain('Status 500.');
    const unknown = await validateIdToken(soundEvidence({ keys: undefined }));
    expect(find(unknown, 'id-token-key')).toMatchObject({ outcome: 'warn' });
    for (const results of [failed, unknown]) {
      expect(find(results, 'id-token-signature')).toMatchObject({ outcome: 'skipped' });
    }
  });

  it.each([
    ['no token', 'x.y'],
    ['an HMAC', signedToken({ alg: 'HS256', kid: 'new' }, soundClaims, 'secret')],
    ['an unsigned token', signedToken({ alg: 'none', kid: 'new' }, soundClaims, 'secret')],
  ])('asks for no fresh keys for %s', (_, token) => {
    expect(needsFreshKeys(token, { keys: keySet(own.jwk) })).toBe(false);
  });

  it('asks for no fresh keys when there are none', () => {
    expect(needsFreshKeys(soundEvidence().idToken, { keys: undefined })).toBe(false);
  });
});
