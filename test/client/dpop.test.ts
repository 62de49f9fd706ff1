import { calculateJwkThumbprint, decodeJwt, EmbeddedJWK, type JWK, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { createDpopKey, proveDpop } from '../../src/client/dpop.ts';
import { type HttpRequest, type HttpResponse, headerValue } from '../../src/http-message.ts';
import { fakeConversation } from '../flows/fake-conversation.ts';

const now = new Date('2026-11-20T13:05:12.999Z');
const url = 'https://example.com/token';
const request: HttpRequest = { method: 'POST', url: `${url}?tenant=1#top`, headers: [], body: 'a=1' };

const proofOf = ({ headers }: HttpRequest) => headerValue(headers, 'dpop') ?? '';
const demand = (nonce: string | undefined): HttpResponse => ({
  status: 400,
  headers: nonce === undefined ? [] : [['DPoP-Nonce', nonce]],
  body: '{"error":"use_dpop_nonce"}',
});
const tokens: HttpResponse = { status: 200, headers: [['dpop-nonce', 'next']], body: '{}' };

/** A conversation whose server answers in this order. */
function talk(...answers: HttpResponse[]) {
  const jwk = createDpopKey();
  const sent: HttpRequest[] = [];
  const { conversation, events } = fakeConversation(
    {},
    {
      middleware: [proveDpop(jwk, () => now)],
      http: {
        async send(outgoing) {
          sent.push(outgoing);
          const response = answers.shift() ?? { status: 500, headers: [], body: '' };
          return { request: outgoing, response, startedAt: now, durationMs: 1 };
        },
      },
    },
  );
  return { jwk, sent, conversation, events };
}

describe('the proof of a DPoP key', () => {
  it('goes with the token request, in the form that another implementation accepts (RFC 9449 §4.2)', async () => {
    const { conversation, sent, jwk } = talk(tokens);
    await conversation.send('token', request);
    expect(sent).toHaveLength(1);
    const { payload, protectedHeader } = await jwtVerify(proofOf(sent[0] ?? request), EmbeddedJWK, {
      typ: 'dpop+jwt',
      algorithms: ['ES256'],
      currentDate: now,
    });
    expect(payload).toEqual({ jti: expect.any(String), htm: 'POST', htu: url, iat: 1795179912 });
    expect(Object.keys(protectedHeader.jwk ?? {}).sort()).toEqual(['crv', 'kty', 'x', 'y']);
    const [proven, held] = [protectedHeader.jwk ?? {}, jwk as JWK].map((key) => calculateJwkThumbprint(key));
    expect(await proven).toBe(await held);
  });

  it('is made anew for each request, and for no other step', async () => {
    const { conversation, sent } = talk(tokens, tokens, tokens);
    await conversation.send('token', request);
    await conversation.send('token', request);
    await conversation.send('keys', { method: 'GET', url, headers: [] });
    const ids = sent.slice(0, 2).map((each) => decodeJwt(proofOf(each)).jti);
    expect(new Set(ids).size).toBe(2);
    expect(sent[2]?.headers).toEqual([]);
  });
});

describe('a server that demands a nonce', () => {
  it('gets the request once more with the nonce, which is told first', async () => {
    const { conversation, sent, events } = talk(demand('n-1'), tokens);
    const { response } = await conversation.send('token', request);
    expect(response).toBe(tokens);
    expect(sent.map((each) => decodeJwt(proofOf(each)).nonce)).toEqual([undefined, 'n-1']);
    expect(events.map(({ type }) => type)).toEqual(['exchange', 'retry', 'exchange']);
    expect(events[1]).toEqual({ type: 'retry', step: 'token', reason: 'the server demands a DPoP nonce' });
  });

  it('gets the request built anew, so that a client assertion is not sent twice', async () => {
    const { conversation, sent } = talk(demand('n-1'), tokens);
    await conversation.send('token', request, { rebuild: () => ({ ...request, body: 'a=2' }) });
    expect(sent.map(({ body }) => body)).toEqual(['a=1', 'a=2']);
  });

  it('is not asked a third time', async () => {
    const { conversation, sent } = talk(demand('n-1'), demand('n-2'), tokens);
    expect((await conversation.send('token', request)).response.body).toContain('use_dpop_nonce');
    expect(sent).toHaveLength(2);
  });

  it('is not asked again when it gives none', async () => {
    const { conversation, sent, events } = talk(demand(undefined), tokens);
    await conversation.send('token', request);
    expect(sent).toHaveLength(1);
    expect(events.map(({ type }) => type)).toEqual(['exchange']);
  });

  it('finds the nonce of its last answer in the next proof (RFC 9449 §8.2)', async () => {
    const { conversation, sent } = talk(tokens, tokens);
    await conversation.send('token', request);
    await conversation.send('token', request);
    expect(sent.map((each) => decodeJwt(proofOf(each)).nonce)).toEqual([undefined, 'next']);
  });
});
