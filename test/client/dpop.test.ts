import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint, decodeJwt, EmbeddedJWK, type JWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { buildDpopProof, createDpopProver } from '../../src/client/dpop.ts';
import type { FlowStep } from '../../src/client/middleware.ts';
import { type HttpRequest, type HttpResponse, headerValue } from '../../src/http-message.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { fakeConversation } from '../flows/fake-conversation.ts';

const now = new Date('2026-11-20T13:05:12.999Z');
const url = 'https://example.com/token';
const request: HttpRequest = { method: 'POST', url: `${url}?tenant=1#top`, headers: [], body: 'a=1' };
const call: HttpRequest = {
  method: 'GET',
  url: 'https://api.example.com/me?x=1',
  headers: [['authorization', 'DPoP Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU']],
};

const proofOf = ({ headers }: HttpRequest) => headerValue(headers, 'dpop') ?? '';
const demand = (nonce: string | undefined): HttpResponse => ({
  status: 400,
  headers: nonce === undefined ? [] : [['DPoP-Nonce', nonce]],
  body: '{"error":"use_dpop_nonce"}',
});
const challenge = (nonce: string): HttpResponse => ({
  status: 401,
  headers: [
    ['WWW-Authenticate', 'DPoP error="use_dpop_nonce", error_description="nonce"'],
    ['DPoP-Nonce', nonce],
  ],
  body: '',
});
const tokens: HttpResponse = { status: 200, headers: [['dpop-nonce', 'next']], body: '{}' };
const plain: HttpResponse = { status: 200, headers: [], body: '{}' };

/** A conversation whose server answers in this order. */
function talk(...answers: HttpResponse[]) {
  const sent: HttpRequest[] = [];
  const secrets: string[] = [];
  const dpop = createDpopProver(
    undefined,
    () => now,
    ({ value }) => secrets.push(value),
  );
  const { conversation, events } = fakeConversation(
    {},
    {
      dpop,
      http: {
        async send(outgoing) {
          sent.push(outgoing);
          const response = answers.shift() ?? { status: 500, headers: [], body: '' };
          return { request: outgoing, response, startedAt: now, durationMs: 1 };
        },
      },
    },
  );
  const nonces = () => sent.map((each) => decodeJwt(proofOf(each)).nonce);
  return { dpop, sent, secrets, conversation, events, nonces };
}

describe('the proof of a DPoP key', () => {
  it('goes with the token request, in the form that another implementation accepts (RFC 9449 §4.2)', async () => {
    const { conversation, sent, dpop, secrets } = talk(tokens);
    await conversation.send('token', request);
    expect(sent).toHaveLength(1);
    const { payload, protectedHeader } = await jwtVerify(proofOf(sent[0] ?? request), EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256'],
      currentDate: now,
    });
    expect(payload).toEqual({ jti: expect.any(String), htm: 'POST', htu: url, iat: 1795179912 });
    expect(Object.keys(protectedHeader.jwk ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y']);
    expect(await calculateJwkThumbprint(protectedHeader.jwk ?? {})).toBe(dpop.thumbprint());
    expect(secrets).toEqual([dpop.key().d]);
  });

  it.each<[FlowStep | 'par', boolean]>([
    ['token', true],
    ['par', true],
    ['keys', false],
    ['discovery', false],
    ['introspection', false],
    ['revocation', false],
    ['userinfo', false],
    ['request', false],
  ])('of the step %s without a DPoP token: %s', async (step, isProven) => {
    const { conversation, sent } = talk(plain);
    await conversation.send(step as FlowStep, request);
    expect(sent[0]?.headers.length).toBe(isProven ? 1 : 0);
  });

  it('has no user name or password of a URL, query or fragment', () => {
    const url = 'https://robert:p4ss@api.example.com/me?x=1#y';
    const proof = buildDpopProof(
      createDpopProver(
        undefined,
        () => now,
        () => {},
      ).key(),
      { method: 'GET', url, now },
    );
    expect(decodeJwt(proof).htu).toBe('https://api.example.com/me');
  });

  it('is made anew for each request', async () => {
    const { conversation, sent } = talk(tokens, tokens);
    await conversation.send('token', request);
    await conversation.send('token', request);
    expect(new Set(sent.map((each) => decodeJwt(proofOf(each)).jti)).size).toBe(2);
  });

  it('goes with a token that is bound to the key, whose hash it has (RFC 9449 §7.1)', async () => {
    const { conversation, sent } = talk(plain);
    await conversation.send('request', call);
    expect(decodeJwt(proofOf(sent[0] ?? call))).toEqual({
      jti: expect.any(String),
      htm: 'GET',
      htu: 'https://api.example.com/me',
      iat: 1795179912,
      // The example of RFC 9449 §7.1.
      ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo',
    });
  });
});

describe('a server that demands a nonce', () => {
  it('gets the request once more with the nonce, which is told first', async () => {
    const { conversation, nonces, events } = talk(demand('n-1'), tokens);
    const { response } = await conversation.send('token', request);
    expect(response).toBe(tokens);
    expect(nonces()).toEqual([undefined, 'n-1']);
    const told = events.filter(({ type }) => type !== 'secret');
    expect(told.map(({ type }) => type)).toEqual(['exchange', 'retry', 'exchange']);
    expect(told[1]).toEqual({ type: 'retry', step: 'token', reason: 'the server demands a DPoP nonce' });
  });

  it('gets the request built anew, so that a client assertion is not sent twice', async () => {
    const { conversation, sent } = talk(demand('n-1'), tokens);
    await conversation.send('token', request, { rebuild: () => ({ ...request, body: 'a=2' }) });
    expect(sent.map(({ body }) => body)).toEqual(['a=1', 'a=2']);
  });

  it.each([
    ['token', request, demand],
    ['request', call, challenge],
  ] as const)('is not asked a third time: %s', async (step, asked, refuse) => {
    const { conversation, sent } = talk(refuse('n-1'), refuse('n-2'), tokens);
    const { response } = await conversation.send(step, asked);
    expect(response.status).toBe(refuse('').status);
    expect(sent).toHaveLength(2);
  });

  it('is not asked again when it gives none', async () => {
    const { conversation, sent, events } = talk(demand(undefined), tokens);
    await conversation.send('token', request);
    expect(sent).toHaveLength(1);
    expect(events.map(({ type }) => type)).toEqual(['exchange']);
  });

  it('finds the nonce of its last answer in the next proof (RFC 9449 §8.2)', async () => {
    const { conversation, nonces } = talk(tokens, tokens);
    await conversation.send('token', request);
    await conversation.send('token', request);
    expect(nonces()).toEqual([undefined, 'next']);
  });
});

describe('an API that demands a nonce', () => {
  it('gets the request once more by its challenge (RFC 9449 §9)', async () => {
    const { conversation, nonces, events } = talk(challenge('a-1'), plain);
    expect((await conversation.send('request', call)).response).toBe(plain);
    expect(nonces()).toEqual([undefined, 'a-1']);
    expect(events).toContainEqual({
      type: 'retry',
      step: 'request',
      reason: 'the API demands a DPoP nonce',
    });
  });

  it.each([
    ['its status is not 401', { ...challenge('a-1'), status: 400 }],
    [
      'its error is another',
      {
        ...challenge('a-1'),
        headers: [
          ['DPoP-Nonce', 'a-1'],
          ['WWW-Authenticate', 'DPoP error="invalid_token"'],
        ],
      },
    ],
    [
      'its challenge is for Bearer tokens',
      {
        ...challenge('a-1'),
        headers: [
          ['DPoP-Nonce', 'a-1'],
          ['WWW-Authenticate', 'Bearer error="use_dpop_nonce"'],
        ],
      },
    ],
    ['only its body says so', { ...demand('a-1'), status: 401 }],
  ] as [string, HttpResponse][])('does not when %s', async (_, answer) => {
    const { conversation, sent } = talk(answer, plain);
    await conversation.send('request', call);
    expect(sent).toHaveLength(1);
  });

  it('has nonces of its own, even where it is at the origin of the server', async () => {
    const { conversation, nonces } = talk(tokens, tokens, tokens, tokens);
    const here = { ...call, url: 'https://example.com/userinfo' };
    await conversation.send('token', request);
    await conversation.send('userinfo', here);
    await conversation.send('request', call);
    await conversation.send('userinfo', here);
    expect(nonces()).toEqual([undefined, undefined, undefined, 'next']);
  });
});

describe('the key', () => {
  const made = (supported: readonly string[] | undefined, given?: JsonObject) => {
    const dpop = createDpopProver(
      given,
      () => now,
      () => {},
    );
    dpop.fit(supported);
    return dpop.key();
  };
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    format: 'jwk',
  }) as JsonObject;

  it.each([
    [undefined, 'ES256', 'P-256'],
    [[], 'ES256', 'P-256'],
    [['RS256', 'ES256'], 'ES256', 'P-256'],
    [['ES384'], 'ES384', 'P-384'],
    [['Ed25519'], 'Ed25519', 'Ed25519'],
    [['HS256', 'RS256', 'PS256'], 'PS256', undefined],
  ])('for a server that takes %j is made for %s', async (supported, alg, crv) => {
    const key = made(supported);
    expect([key.alg, key.crv]).toEqual([alg, crv]);
    expect(await calculateJwkThumbprint(key as JWK)).toMatch(/^[\w-]{43}$/);
  });

  it.each([
    [undefined, undefined],
    [['ES256', 'PS256'], 'PS256'],
    [['RS256', 'PS256'], 'RS256'],
  ])('that is given signs for a server that takes %j with %s', (supported, alg) => {
    expect(made(supported, rsa)).toEqual(alg === undefined ? rsa : { ...rsa, alg });
  });

  it.each([
    [['HS256'], undefined],
    [['ES256', 'EdDSA'], rsa],
    [['PS256'], { ...rsa, alg: 'RS256' }],
  ])('is refused where the server takes %j alone', (supported, given) => {
    expect(() => made(supported, given)).toThrow(/server takes/);
  });
});
