import { describe, expect, it } from 'vitest';
import type { CheckOutcome } from '../../src/checks/check-result.ts';
import { type UserinfoEvidence, validateUserinfo } from '../../src/checks/userinfo.ts';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { readUserinfoResponse } from '../../src/protocol/userinfo-response.ts';
import { keySet } from './token-maker.ts';

const key = testKey('ES256');

function evidenceFor(
  contentType: string,
  body: string,
  changes: Partial<UserinfoEvidence> = {},
): UserinfoEvidence {
  const response = { status: 200, headers: [['content-type', contentType]] as const, body };
  const reading = readUserinfoResponse(response, { openidRequested: true });
  if (reading.type !== 'claims') throw new Error(`The response was read as ${reading.type}.`);
  return {
    reading,
    idTokenSub: 'user-1',
    issuer: 'https://as.example',
    clientId: 'client-1',
    keys: keySet(key.jwk),
    ...changes,
  };
}

const plain = (claims: JsonObject, changes?: Partial<UserinfoEvidence>) =>
  evidenceFor('application/json', JSON.stringify(claims), changes);

const signed = (claims: JsonObject, header: JsonObject = {}, changes?: Partial<UserinfoEvidence>) =>
  evidenceFor(
    'application/jwt',
    signedToken(
      { alg: 'ES256', kid: 'key-1', ...header },
      { iss: 'https://as.example', aud: 'client-1', ...claims },
      key,
    ),
    changes,
  );

describe('the key and header of a signed UserInfo response', () => {
  const judged = async (header: JsonObject, before: string, keys: readonly JsonObject[] = [key.jwk]) => {
    const claims = { iss: 'https://as.example', aud: 'client-1', sub: 'user-1' };
    const token = signedToken({ alg: 'ES256', kid: 'key-1', ...header }, claims, key, before);
    const results = await validateUserinfo(evidenceFor('application/jwt', token, { keys: keySet(...keys) }));
    return results.find(({ id }) => id === 'userinfo-signature');
  };

  it('are remarked on when a header member is there twice', async () => {
    expect(await judged({}, '"kid":"other",')).toMatchObject({ outcome: 'warn', received: 'kid' });
  });

  it.each<[string, JsonObject]>([
    ['use', { use: 'enc' }],
    ['key_ops', { key_ops: ['sign'] }],
  ])('verify nothing where the key has another %s', async (_, change) => {
    expect(await judged({}, '', [{ ...key.jwk, ...change }])).toMatchObject({ outcome: 'fail' });
  });
});

describe('a UserInfo response', () => {
  it.each<[string, JsonObject, CheckOutcome, string]>([
    ['the subject of the ID token', { sub: 'user-1' }, 'pass', 'user-1'],
    ['another subject', { sub: 'user-2' }, 'fail', 'user-2'],
    ['a subject in other letter case', { sub: 'User-1' }, 'fail', 'User-1'],
    ['no subject', { name: 'A' }, 'fail', '(absent)'],
    ['an empty subject', { sub: '' }, 'fail', ''],
    ['an object as subject', { sub: {} }, 'fail', '{}'],
  ])('with %s is judged', async (_, claims, outcome, received) => {
    const results = await validateUserinfo(plain(claims));
    expect(results.map(({ id }) => id)).toEqual([
      'userinfo-signature',
      'userinfo-iss',
      'userinfo-aud',
      'userinfo-sub',
    ]);
    expect(results.slice(0, 3).every((result) => result.outcome === 'skipped')).toBe(true);
    expect(results[3]).toMatchObject({ outcome, expected: 'user-1', received });
  });

  it('with the subject as a number is only remarked on', async () => {
    const [, , , sub] = await validateUserinfo(plain({ sub: 42 }, { idTokenSub: '42' }));
    expect(sub).toMatchObject({ id: 'userinfo-sub', outcome: 'warn', expected: '42', received: '42' });
    const [, , , other] = await validateUserinfo(plain({ sub: 43 }, { idTokenSub: '42' }));
    expect(other).toMatchObject({ outcome: 'fail' });
  });

  it('needs no subject without an ID token', async () => {
    const results = await validateUserinfo(plain({ name: 'A' }, { idTokenSub: undefined }));
    expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['skipped']));
  });
});

describe('a signed UserInfo response', () => {
  it('passes every check when it is sound', async () => {
    const results = await validateUserinfo(signed({ sub: 'user-1' }));
    expect(results.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['userinfo-signature', 'pass'],
      ['userinfo-iss', 'pass'],
      ['userinfo-aud', 'pass'],
      ['userinfo-sub', 'pass'],
    ]);
    expect(results[0]?.detail).toContain('key "key-1"');
  });

  it.each<[string, JsonObject, Partial<UserinfoEvidence>, CheckOutcome, string]>([
    [
      'by another key',
      {},
      { keys: keySet({ ...testKey('ES256', 'key-2').jwk, kid: 'key-1' }) },
      'fail',
      'does not verify',
    ],
    ['by an unknown key', { kid: 'new' }, {}, 'fail', 'has the kid "new"'],
    ['with none', { alg: 'none' }, {}, 'fail', 'not signed'],
    ['with an algorithm that is not advertised', {}, { allowedAlgorithms: ['RS256'] }, 'fail', 'not among'],
    ['with an unknown critical parameter', { crit: ['x'] }, {}, 'fail', 'crit names'],
    ['with a key of its own', { jku: 'https://evil.example' }, {}, 'warn', 'jku'],
    [
      'while the keys could not be had',
      {},
      { keys: undefined, keysProblem: 'Status 500.' },
      'fail',
      'Status 500.',
    ],
  ])('%s is judged', async (_, header, changes, outcome, detail) => {
    const [result] = await validateUserinfo(signed({ sub: 'user-1' }, header, changes));
    expect(result).toMatchObject({ id: 'userinfo-signature', outcome });
    expect(result?.detail).toContain(detail);
  });

  it.each<[JsonObject, CheckOutcome, CheckOutcome]>([
    [{ iss: 'https://as.example/' }, 'fail', 'pass'],
    [{ iss: 7 }, 'fail', 'pass'],
    [{ aud: ['other', 'client-1'] }, 'pass', 'pass'],
    [{ aud: 'other' }, 'pass', 'fail'],
    [{ aud: {} }, 'pass', 'fail'],
  ])('with %j has these outcomes for iss and aud: %s, %s', async (claims, iss, aud) => {
    const results = await validateUserinfo(signed({ sub: 'user-1', ...claims }));
    expect(results.map(({ outcome }) => outcome)).toEqual(['pass', iss, aud, 'pass']);
    expect(results[1]).toMatchObject({ expected: 'https://as.example' });
    expect(results[2]).toMatchObject({ expected: 'client-1' });
  });

  it('is remarked on when iss or aud is missing', async () => {
    const body = signedToken({ alg: 'ES256', kid: 'key-1' }, { sub: 'user-1' }, key);
    const results = await validateUserinfo(evidenceFor('application/jwt', body));
    expect(results.map(({ outcome }) => outcome)).toEqual(['pass', 'warn', 'warn', 'pass']);
  });

  it('is about the user of the ID token or fails, however well it is signed', async () => {
    const results = await validateUserinfo(signed({ sub: 'user-2' }));
    expect(results[3]).toMatchObject({ id: 'userinfo-sub', outcome: 'fail', received: 'user-2' });
  });
});
