import { createHmac, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CheckId, catalogue } from '../../../src/checks/catalogue.ts';
import type { CheckOutcome, CheckResult } from '../../../src/checks/check-result.ts';
import type { IdTokenEvidence } from '../../../src/checks/id-token/token-claims.ts';
import { validateIdToken } from '../../../src/checks/id-token/validate-id-token.ts';
import { signedToken, testKey } from '../../../src/idp/misbehaviours/forged-token.ts';
import { importPublicKey } from '../../../src/jose/jwk.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { inputs } from '../../every-case.ts';
import { evidenceWithClaims, keySet, soundClaims, soundEvidence } from '../token-maker.ts';

const order: readonly CheckId[] = [
  'id-token',
  'id-token-alg',
  'id-token-crit',
  'id-token-header',
  'id-token-header-key',
  'id-token-key',
  'id-token-signature',
  'id-token-iss',
  'id-token-aud',
  'id-token-azp',
  'id-token-sub',
  'id-token-exp',
  'id-token-iat',
  'id-token-nbf',
  'id-token-nonce',
  'id-token-auth-time',
  'id-token-acr',
  'id-token-at-hash',
  'id-token-c-hash',
];

const outcomes = (results: readonly CheckResult[]) =>
  Object.fromEntries(results.map(({ id, outcome }) => [id, outcome])) as Partial<
    Record<CheckId, CheckOutcome>
  >;

const find = (results: readonly CheckResult[], id: CheckId) => {
  const result = results.find((candidate) => candidate.id === id);
  if (result === undefined) throw new Error(`${id} is not listed`);
  return result;
};

/** Evidence for a token with this header, signed by this key, which alone the server publishes. */
function signedBy(
  alg: string,
  header: JsonObject = {},
  changes: Partial<IdTokenEvidence> = {},
): IdTokenEvidence {
  const key = testKey(alg);
  return soundEvidence({
    idToken: signedToken({ alg, kid: 'key-1', ...header }, soundClaims, key),
    keys: keySet(key.jwk),
    allowedAlgorithms: [alg],
    ...changes,
  });
}

const secret = 'a-client-secret-of-more-than-64-octets-as-HS512-has-it-for-its-key';

function macWith(alg: string, changes: Partial<IdTokenEvidence> = {}): IdTokenEvidence {
  return soundEvidence({
    idToken: signedToken({ alg }, soundClaims, secret),
    keys: undefined,
    clientSecret: secret,
    allowedAlgorithms: ['RS256', alg],
    ...changes,
  });
}

describe('the validation of an ID token', () => {
  it('lists every check in one order, and fails none for a sound token', async () => {
    const results = await validateIdToken(soundEvidence());
    expect(results.map(({ id }) => id)).toEqual(order);
    expect(results.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')).toEqual([]);
    expect(
      results.every(({ id, title, spec }) => catalogue[id].title === title && catalogue[id].spec === spec),
    ).toBe(true);
  });

  it('goes on past the first failure', async () => {
    const evidence = evidenceWithClaims({ iss: 'https://evil.example', aud: 'x', nonce: 'x', exp: 1 });
    const failed = (await validateIdToken(evidence)).filter(({ outcome }) => outcome === 'fail');
    expect(failed.map(({ id }) => id)).toEqual([
      'id-token-iss',
      'id-token-aud',
      'id-token-exp',
      'id-token-nonce',
    ]);
  });

  it.each([
    ['', 'has 1'],
    ['not a token', 'has 1'],
    ['e30.e30', 'has 2'],
    ['W10.e30.', 'not an object'],
    [soundEvidence().idToken.replaceAll('.', '.='), '='],
  ])('refuses %.20j and says why', async (idToken, reason) => {
    const [first, ...rest] = await validateIdToken(soundEvidence({ idToken }));
    expect(first).toMatchObject({ id: 'id-token', outcome: 'fail' });
    expect(first?.detail).toContain(reason);
    expect(rest.map(({ id }) => id)).toEqual(order.slice(1));
    expect(new Set(rest.map(({ outcome }) => outcome))).toEqual(new Set(['skipped']));
  });

  it('says of an encrypted token that it cannot be read', async () => {
    const header = Buffer.from(JSON.stringify({ alg: 'RSA-OAEP', enc: 'A256GCM' })).toString('base64url');
    const results = await validateIdToken(soundEvidence({ idToken: `${header}.AAAA.AAAA.AAAA.AAAA` }));
    expect(outcomes(results.slice(0, 2))).toEqual({ 'id-token': 'fail', 'id-token-encrypted': 'warn' });
    expect(results[1]?.detail).toContain('alg RSA-OAEP, enc A256GCM');
    expect(results.slice(2).map(({ id }) => id)).toEqual(order.slice(1));
    expect(new Set(results.slice(2).map(({ outcome }) => outcome))).toEqual(new Set(['skipped']));
  });

  it.each([
    [{ typ: 'JWT' }, 'pass'],
    [{ typ: 'jwt' }, 'pass'],
    [{ typ: 'application/jwt' }, 'pass'],
    [{ typ: 'at+jwt' }, 'warn'],
    [{ typ: 7 }, 'warn'],
  ])('judges the header %j: %s', async (header, outcome) => {
    expect(outcomes(await validateIdToken(signedBy('RS256', header)))['id-token']).toBe(outcome);
  });

  it('remarks on a claim that is given twice', async () => {
    const key = testKey('RS256');
    const payload = JSON.stringify(soundClaims).replace('"sub"', '"sub":"admin","sub"');
    const input = [JSON.stringify({ alg: 'RS256', kid: 'key-1' }), payload]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.');
    const idToken = `${input}.${sign('sha256', Buffer.from(input), key.privateKey).toString('base64url')}`;
    const results = await validateIdToken(soundEvidence({ idToken }));
    expect(find(results, 'id-token')).toMatchObject({ outcome: 'warn', received: 'sub' });
    expect(find(results, 'id-token-signature').outcome).toBe('pass');
  });
});

describe('the algorithm and signature of an ID token', () => {
  it.each(['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'ES256K'])(
    'verify with %s',
    async (alg) => {
      const results = await validateIdToken(signedBy(alg));
      expect(results.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')).toEqual([]);
      expect(find(results, 'id-token-alg')).toMatchObject({ outcome: 'pass', expected: alg, received: alg });
      expect(find(results, 'id-token-key').detail).toContain('Used key "key-1"');
    },
  );

  it.each([
    ['EdDSA', 'EdDSA'],
    ['EdDSA', 'Ed25519'],
    ['Ed25519', 'EdDSA'],
    ['Ed448', 'EdDSA'],
    ['Ed448', 'Ed448'],
  ])('verify with a key for %s when the token says %s', async (keyAlg, alg) => {
    const key = testKey(keyAlg);
    const idToken = signedToken({ alg, kid: 'key-1' }, soundClaims, key);
    const results = await validateIdToken(
      soundEvidence({ idToken, keys: keySet(key.jwk), allowedAlgorithms: [alg] }),
    );
    expect(results.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')).toEqual([]);
  });

  it('need no metadata', async () => {
    const results = await validateIdToken(signedBy('ES256', {}, { allowedAlgorithms: undefined }));
    expect(find(results, 'id-token-alg')).toMatchObject({ outcome: 'pass', received: 'ES256' });
    expect(find(results, 'id-token-alg').expected).toBeUndefined();
  });

  it.each([
    ['none', 'not signed'],
    ['None', 'not signed'],
    ['nOnE', 'not signed'],
    ['RS1', 'cannot be verified'],
    ['__proto__', 'cannot be verified'],
    [undefined, 'no alg'],
    [5, 'no alg'],
  ])('are refused with alg %j', async (alg, reason) => {
    const header = { kid: 'key-1', ...(alg === undefined ? {} : { alg }) };
    const [head, payload] = signedToken(header, soundClaims, testKey('RS256')).split('.');
    for (const signature of ['', 'AAAA']) {
      const idToken = `${head}.${payload}.${signature}`;
      const results = await validateIdToken(soundEvidence({ idToken, allowedAlgorithms: ['none', 'RS1'] }));
      expect(find(results, 'id-token-alg').detail).toContain(reason);
      expect(outcomes(results)).toMatchObject({
        'id-token-alg': 'fail',
        'id-token-key': 'skipped',
        'id-token-signature': 'skipped',
        'id-token-iss': 'pass',
      });
    }
  });

  it.each([
    [{ allowedAlgorithms: ['ES256', 'PS256'] }, 'ES256, PS256'],
    [{ allowedAlgorithms: [] }, ''],
    [{ registeredAlgorithm: 'ES256', allowedAlgorithms: ['RS256'] }, 'ES256'],
  ])('are refused when RS256 is not what was agreed on: %j', async (changes, expected) => {
    const results = await validateIdToken(soundEvidence(changes));
    expect(find(results, 'id-token-alg')).toMatchObject({ outcome: 'fail', expected, received: 'RS256' });
    expect(find(results, 'id-token-signature').outcome).toBe('pass');
  });

  it('follow the registration even when the metadata has no such algorithm', async () => {
    const results = await validateIdToken(
      soundEvidence({ registeredAlgorithm: 'RS256', allowedAlgorithms: ['ES256'] }),
    );
    expect(find(results, 'id-token-alg')).toMatchObject({ outcome: 'pass', expected: 'RS256' });
  });

  it('fail when the token was altered', async () => {
    const { idToken } = soundEvidence();
    const [head, , signature] = idToken.split('.');
    const payload = Buffer.from(JSON.stringify({ ...soundClaims, sub: 'admin' })).toString('base64url');
    const results = await validateIdToken(soundEvidence({ idToken: `${head}.${payload}.${signature}` }));
    expect(find(results, 'id-token-signature')).toMatchObject({ outcome: 'fail' });
    expect(find(results, 'id-token-key').outcome).toBe('pass');
  });

  it('name an empty signature and one in DER', async () => {
    const { idToken } = signedBy('ES256');
    const input = idToken.slice(0, idToken.lastIndexOf('.'));
    const der = sign('sha256', Buffer.from(input), testKey('ES256').privateKey).toString('base64url');
    for (const [signature, detail] of [
      ['', 'empty'],
      [der, 'looks like DER'],
    ] as const) {
      const results = await validateIdToken(signedBy('ES256', {}, { idToken: `${input}.${signature}` }));
      expect(find(results, 'id-token-signature')).toMatchObject({ outcome: 'fail' });
      expect(find(results, 'id-token-signature').detail).toContain(detail);
    }
  });

  it.each(['HS256', 'HS384', 'HS512'])('verify with the client secret and %s', async (alg) => {
    const results = await validateIdToken(macWith(alg));
    expect(results.filter(({ outcome }) => outcome === 'fail' || outcome === 'warn')).toEqual([]);
    expect(JSON.stringify(results)).not.toContain(secret);
  });

  it.each<[string, Partial<IdTokenEvidence>]>([
    ['without a secret', { clientSecret: undefined }],
    ['that is not advertised', { allowedAlgorithms: ['RS256'] }],
    ['when nothing is known of the algorithms', { allowedAlgorithms: undefined }],
    ['when another is registered', { registeredAlgorithm: 'RS256' }],
  ])('are refused for HS256 %s', async (_, changes) => {
    const results = outcomes(await validateIdToken(macWith('HS256', changes)));
    expect(results['id-token-alg']).toBe('fail');
  });

  it('accept HS256 by registration alone', async () => {
    const results = await validateIdToken(
      macWith('HS256', { allowedAlgorithms: undefined, registeredAlgorithm: 'HS256' }),
    );
    expect(outcomes(results)).toMatchObject({ 'id-token-alg': 'pass', 'id-token-signature': 'pass' });
  });

  it('fail with another secret, and remark on a short one', async () => {
    const results = await validateIdToken(macWith('HS256', { clientSecret: 'short' }));
    expect(outcomes(results)).toMatchObject({ 'id-token-key': 'warn', 'id-token-signature': 'fail' });
    expect(JSON.stringify(results)).not.toContain('"short"');
  });

  it('never take a published RSA key for the secret of an HMAC', async () => {
    const { jwk } = testKey('RS256');
    const pem = String(importPublicKey(jwk)?.export({ type: 'spki', format: 'pem' }));
    const input = [{ alg: 'HS256', kid: 'key-1' }, soundClaims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    for (const key of [pem, pem.trim(), String(jwk.n), JSON.stringify(jwk)]) {
      const idToken = `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
      for (const clientSecret of [undefined, secret]) {
        const evidence = soundEvidence({ idToken, clientSecret, allowedAlgorithms: ['RS256', 'HS256'] });
        const results = await validateIdToken(evidence);
        expect(results.some(({ outcome }) => outcome === 'fail')).toBe(true);
        expect(find(results, 'id-token-signature').outcome).not.toBe('pass');
      }
    }
  });
});

describe('the header of an ID token', () => {
  it.each([
    [{}, 'pass'],
    [{ crit: ['b64'], b64: true }, 'pass'],
    [{ crit: ['b64'] }, 'fail'],
    [{ crit: ['b64'], b64: false }, 'fail'],
    [{ b64: false }, 'fail'],
    [{ crit: ['exp'], exp: 1 }, 'fail'],
    [{ crit: [] }, 'fail'],
    [{ crit: 'b64' }, 'fail'],
    [{ crit: [1] }, 'fail'],
    [{ crit: null }, 'fail'],
  ])('with %j is judged for its critical parameters: %s', async (header, outcome) => {
    const results = outcomes(await validateIdToken(signedBy('RS256', header)));
    expect(results['id-token-crit']).toBe(outcome);
  });

  it.each(['jku', 'x5u', 'x5c', 'jwk'])('is remarked on for a %s', async (name) => {
    const results = await validateIdToken(signedBy('RS256', { [name]: 'https://evil.example' }));
    expect(find(results, 'id-token-header-key')).toMatchObject({ outcome: 'warn', received: name });
    expect(find(results, 'id-token-signature').outcome).toBe('pass');
  });

  it('cannot bring the key that verifies the token', async () => {
    const forger = testKey('ES256', 'forger');
    const idToken = signedToken({ alg: 'ES256', jwk: forger.jwk }, soundClaims, forger);
    const evidence = soundEvidence({
      idToken,
      keys: keySet(testKey('ES256').jwk),
      allowedAlgorithms: ['ES256'],
    });
    expect(outcomes(await validateIdToken(evidence))).toMatchObject({
      'id-token-header-key': 'warn',
      'id-token-signature': 'fail',
    });
  });
});

describe('no token at all', () => {
  const sound = soundEvidence();
  const claimNames = Object.keys(soundClaims).concat('azp', 'nbf', 'auth_time', 'acr', 'at_hash', 'c_hash');
  const headerNames = ['alg', 'kid', 'typ', 'crit', 'b64', 'jwk'];
  const part = (names: readonly string[]) =>
    fc
      .dictionary(
        fc.constantFrom(...names),
        fc.oneof(fc.jsonValue(), fc.constantFrom('RS256', 'HS256', 'none', 'key-1')),
      )
      .map((members) => Buffer.from(JSON.stringify(members)).toString('base64url'));
  const token = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.base64String().map((text) => text.replace(/[+/=]/g, '')),
        { maxLength: 6 },
      )
      .map((parts) => parts.join('.')),
    fc
      .tuple(part(headerNames), part(claimNames), fc.base64String())
      .map((parts) => parts.join('.').replace(/[+/=]/g, '')),
  );

  it('makes the validation throw, or passes every check', async () => {
    await fc.assert(
      fc.asyncProperty(token, async (idToken) => {
        const evidence = {
          ...sound,
          idToken,
          accessToken: 'a',
          code: 'c',
          clientSecret: secret,
          acrValues: ['1'],
          maxAgeSeconds: 5,
        };
        const results = await validateIdToken(evidence);
        expect(results.some(({ outcome }) => outcome === 'fail')).toBe(true);
        expect(results.find(({ id }) => id === 'id-token-signature')?.outcome).not.toBe('pass');
      }),
      { numRuns: inputs(300) },
    );
  });

  it('makes the validation throw by nesting deeply', async () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const idToken = [
      `{"alg":"RS256","crit":${deep}}`,
      `{"iss":${deep},"aud":${deep},"exp":${deep},"nonce":${deep}}`,
      '',
    ]
      .map((text) => Buffer.from(text).toString('base64url'))
      .join('.');
    const results = await validateIdToken({ ...sound, idToken });
    expect(results.some(({ outcome }) => outcome === 'fail')).toBe(true);
  });

  it('passes once one octet of it was changed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(sound.idToken.length - 2),
        fc.constantFrom('A', 'z', '.', '-'),
        async (at, octet) => {
          const idToken = sound.idToken.slice(0, at) + octet + sound.idToken.slice(at + 1);
          fc.pre(idToken !== sound.idToken);
          const results = await validateIdToken({ ...sound, idToken });
          expect(results.some(({ outcome }) => outcome === 'fail')).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });
});
