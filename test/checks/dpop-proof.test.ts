import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkDpopProof, findProofProblems } from '../../src/checks/dpop-proof.ts';
import { judgeMessage } from '../../src/checks/judge-message.ts';
import { buildDpopProof } from '../../src/client/dpop.ts';
import { diagnoseMessage } from '../../src/diagnosis/diagnose-message.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { savedExchange } from '../../src/recording/recording.ts';

const at = new Date('2026-11-20T13:05:12Z');
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = privateKey.export({ format: 'jwk' }) as JsonObject;
const { d: _, ...publicJwk } = jwk;
const sent = {
  method: 'GET',
  url: 'https://API.example.com:443/me?x=1',
  accessToken: 'at-1',
  isRepeated: false,
  at,
};
const ath = createHash('sha256').update('at-1').digest('base64url');
const claims = { jti: 'j-1', htm: 'GET', htu: 'https://api.example.com/me', iat: at.getTime() / 1000, ath };
const header = { alg: 'ES256', typ: 'dpop+jwt', jwk: publicJwk };

function proof(change: { header?: JsonObject; claims?: JsonObject } = {}): string {
  const input = [
    { ...header, ...change.header },
    { ...claims, ...change.claims },
  ]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const };
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

describe('a DPoP proof', () => {
  it.each([
    ['of another maker', proof()],
    [
      'of this program',
      buildDpopProof(jwk, { method: 'GET', url: sent.url, now: at, accessToken: 'at-1', nonce: 'n' }),
    ],
  ])('%s passes every check of its request', (_name, compact) => {
    const checks = checkDpopProof({ compact, sent });
    expect(checks.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['dpop-proof-header', 'pass'],
      ['dpop-proof-signature', 'pass'],
      ['dpop-proof-claims', 'pass'],
      ['dpop-proof-request', 'pass'],
    ]);
  });

  const none = { jwk: undefined } as unknown as JsonObject;
  it.each<[string, string, Parameters<typeof proof>[0], string]>([
    ['has another typ', 'dpop-proof-header', { header: { typ: 'JWT' } }, 'JWT'],
    [
      'is signed symmetrically',
      'dpop-proof-header',
      { header: { alg: 'HS256', jwk: { kty: 'oct', k: 'eA' } } },
      'HS256',
    ],
    ['is not signed', 'dpop-proof-header', { header: { alg: 'none' } }, 'none'],
    ['lacks its key', 'dpop-proof-header', { header: none }, '(absent)'],
    ['shows its private key', 'dpop-proof-header', { header: { jwk } }, 'd'],
    ['lacks jti', 'dpop-proof-claims', { claims: { jti: null } }, 'jti, htm, htu, iat, ath'],
    ['has iat as text', 'dpop-proof-claims', { claims: { iat: '1' } }, 'jti, htm, htu, iat, ath'],
    [
      'has a query in htu',
      'dpop-proof-claims',
      { claims: { htu: `${claims.htu}?x=1` } },
      `${claims.htu}?x=1`,
    ],
    ['is for another method', 'dpop-proof-request', { claims: { htm: 'POST' } }, 'POST'],
    ['is for another path', 'dpop-proof-request', { claims: { htu: `${claims.htu}/x` } }, `${claims.htu}/x`],
    ['is too old', 'dpop-proof-request', { claims: { iat: claims.iat - 301 } }, String(claims.iat - 301)],
    [
      'is from the future',
      'dpop-proof-request',
      { claims: { iat: claims.iat + 301 } },
      String(claims.iat + 301),
    ],
    ['lacks ath', 'dpop-proof-request', { claims: { ath: null } }, 'null'],
    ['is for another token', 'dpop-proof-request', { claims: { ath: 'x' } }, 'x'],
  ])('that %s fails %s', (_name, id, change, received) => {
    const problems = findProofProblems({ compact: proof(change), sent });
    expect(problems).toMatchObject([{ id, evidence: received }]);
    expect(JSON.stringify(problems)).not.toContain(jwk.d);
  });

  it.each([
    ['by another key', `${proof().slice(0, -20)}${'A'.repeat(20)}`, 'dpop-proof-signature'],
    ['nothing like it', 'abc', 'dpop-proof-header'],
  ])('signed %s is named', (_name, compact, id) => {
    expect(findProofProblems({ compact }).map((problem) => problem.id)).toEqual([id]);
  });

  it('with a token that is bound to another key is named', () => {
    const encode = (part: JsonObject) => Buffer.from(JSON.stringify(part)).toString('base64url');
    const accessToken = `${encode({ alg: 'ES256' })}.${encode({ cnf: { jkt: 'other' } })}.AA`;
    const hash = createHash('sha256').update(accessToken).digest('base64url');
    const compact = proof({ claims: { ath: hash } });
    expect(findProofProblems({ compact, sent: { ...sent, accessToken } })).toMatchObject([
      { id: 'dpop-proof-request' },
    ]);
  });

  it('that was redacted is left alone, and a redacted token has no hash', () => {
    expect(checkDpopProof({ compact: '‹dpop›', sent })).toEqual([]);
    const hidden = { ...sent, accessToken: '‹access_token›' };
    expect(findProofProblems({ compact: proof(), sent: hidden })).toEqual([]);
  });
});

describe('a recording with proofs', () => {
  const token = (compact: string, body: object, headers: readonly (readonly [string, string])[] = []) =>
    savedExchange({
      source: 'test',
      started_at: at.toISOString(),
      request: {
        method: 'POST',
        url: 'https://as.example/token',
        headers: [
          ['content-type', 'application/x-www-form-urlencoded'],
          ['DPoP', compact],
        ],
        body: 'grant_type=refresh_token&refresh_token=r&client_id=c',
      },
      response: {
        status: 400,
        headers: [['content-type', 'application/json'], ...headers],
        body: JSON.stringify(body),
      },
    });
  const of = (jti: string, change: JsonObject = {}) =>
    proof({ claims: { jti, htm: 'POST', htu: 'https://as.example/token', ...change } });
  const judge = (...exchanges: ReturnType<typeof token>[]) => {
    const conversation = sortConversation(exchanges);
    return conversation.messages.map((message) => {
      const judged = judgeMessage(message, at);
      return { ...judged, causes: diagnoseMessage(message, judged, conversation).diagnosis };
    });
  };
  const invalid = { error: 'invalid_dpop_proof' };
  const demand = { error: 'use_dpop_nonce' };

  it('shows its claims and names a proof that is used twice', () => {
    const [first, second] = judge(token(of('a'), invalid), token(of('a'), invalid));
    expect(first?.values.dpop_proof).toMatchObject({ jti: 'a', htm: 'POST' });
    expect(first?.findings.filter(({ id }) => id.startsWith('dpop'))).toEqual([]);
    expect(second?.findings).toContainEqual(
      expect.objectContaining({ id: 'dpop-proof-replay', evidence: 'a' }),
    );
  });

  it('proves why a proof was refused, and guesses where nothing contradicts it', () => {
    const [wrong, right] = judge(token(of('a', { htm: 'GET' }), invalid), token(of('b'), invalid));
    expect(wrong?.causes).toMatchObject([
      {
        cause: 'The DPoP proof is wrong: htm is not that of the request it went with.',
        confidence: 'high',
        expected: 'POST',
        received: 'GET',
      },
    ]);
    expect(right?.causes.map(({ confidence }) => confidence)).not.toContain('high');
  });

  it('says what became of a nonce', () => {
    const given = [['DPoP-Nonce', 'n-2']] as const;
    const [asked, refused, missing] = judge(
      token(of('a'), demand, given),
      token(of('b', { nonce: 'n-1' }), demand, given),
      token(of('c'), demand),
    ).map(({ causes }) => causes[0]?.cause);
    expect(asked).toBe('A nonce is wanted in the DPoP proof.');
    expect(refused).toBe('The nonce n-1 of the DPoP proof is refused.');
    expect(missing).toBe('A nonce is demanded for the DPoP proof, and none is given.');
  });
});
