import { describe, expect, it } from 'vitest';
import { accessTokenExpiry, jwtExpirySeconds } from '../../src/protocol/token-expiry.ts';

const sentAt = new Date('2026-11-20T12:00:00Z');
const sentSeconds = sentAt.getTime() / 1000;
const jwt = (exp: unknown) =>
  `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ exp })).toString('base64url')}.`;

describe('the end of an access token', () => {
  it.each([
    { case: 'its lifetime', reading: { expiresInSeconds: 300 }, after: 300 },
    { case: 'an absolute expiry', reading: { expiresAt: new Date((sentSeconds + 200) * 1000) }, after: 200 },
    {
      case: 'the lifetime before an absolute expiry',
      reading: { expiresInSeconds: 300, expiresAt: new Date(0) },
      after: 300,
    },
    { case: 'its own exp', reading: { accessToken: jwt(sentSeconds + 100) }, after: 100 },
    {
      case: 'the earlier of both',
      reading: { expiresInSeconds: 300, accessToken: jwt(sentSeconds + 100) },
      after: 100,
    },
    {
      case: 'the lifetime when that is earlier',
      reading: { expiresInSeconds: 50, accessToken: jwt(sentSeconds + 100) },
      after: 50,
    },
    {
      case: 'its exp by the clock of the server',
      reading: { accessToken: jwt(sentSeconds + 100) },
      skew: 40,
      after: 60,
    },
    { case: 'nothing for a lifetime of zero', reading: { expiresInSeconds: 0 }, after: undefined },
    { case: 'nothing beyond the calendar', reading: { expiresInSeconds: 1e15 }, after: undefined },
    { case: 'nothing when nobody says it', reading: {}, after: undefined },
    {
      case: 'nothing for an exp that is not a number',
      reading: { accessToken: jwt('soon') },
      after: undefined,
    },
  ])('is $case', ({ reading, skew = 0, after }) => {
    const expiry = accessTokenExpiry({
      reading: { accessToken: 'opaque', expiresInSeconds: null, expiresAt: null, ...reading },
      sentAt,
      clockSkewSeconds: skew,
    });
    expect(expiry).toEqual(after === undefined ? undefined : new Date(sentAt.getTime() + after * 1000));
  });
});

describe('the exp of a token', () => {
  it('is only read from a JWT', () => {
    expect(jwtExpirySeconds(jwt(5))).toBe(5);
    expect(jwtExpirySeconds('opaque')).toBeUndefined();
    expect(jwtExpirySeconds(jwt(0))).toBeUndefined();
  });
});
