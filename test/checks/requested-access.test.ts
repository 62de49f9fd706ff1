import { describe, expect, it } from 'vitest';
import { checkGrantedAccess, checkRequestedClaims } from '../../src/checks/requested-access.ts';
import type { JsonValue } from '../../src/json/json.ts';

const payment = {
  type: 'payment',
  actions: ['initiate', 'status'],
  amount: { value: '12', currency: 'EUR' },
};
const account = { type: 'account', actions: ['read'] };

describe('the authorization details of a token response', () => {
  const judge = (asked: unknown, granted: JsonValue | undefined) => {
    const members = granted === undefined ? {} : { authorization_details: granted };
    return checkGrantedAccess({ authorizationDetails: JSON.stringify(asked) }, members, 'opaque')[0];
  };

  it.each<[string, JsonValue, string, RegExp]>([
    ['as asked for', [payment], 'pass', /were granted/],
    ['with more that the server knows', [{ ...payment, id: '1' }], 'pass', /were granted/],
    [
      'with members in another order',
      [{ amount: { currency: 'EUR', value: '12' }, actions: ['initiate', 'status'], type: 'payment' }],
      'pass',
      /were granted/,
    ],
    ['in another order', [account, payment], 'warn', /without being asked for: account/],
    [
      'with further actions',
      [{ ...payment, actions: ['initiate', 'status', 'cancel'] }],
      'warn',
      /payment: more in actions/,
    ],
    ['with fewer actions', [{ ...payment, actions: ['status'] }], 'warn', /payment: less in actions/],
    [
      'with another amount',
      [{ ...payment, amount: { value: '99', currency: 'EUR' } }],
      'warn',
      /payment: amount differs/,
    ],
    [
      'without the amount',
      [{ type: 'payment', actions: ['initiate', 'status'] }],
      'warn',
      /amount is missing/,
    ],
    ['of another type', [account], 'warn', /not granted: payment; granted without being asked for: account/],
    ['none', [], 'warn', /not granted: payment/],
    ['an object', { type: 'payment' }, 'warn', /not a list of objects/],
    ['a list of texts', ['payment'], 'warn', /not a list of objects/],
  ])('are judged: %s', (_, granted, outcome, detail) => {
    expect(judge([payment], granted)).toMatchObject({
      id: 'authorization-details',
      outcome,
      detail: expect.stringMatching(detail),
    });
    expect(JSON.stringify(judge([payment], granted))).not.toMatch(/EUR|"12"/);
  });

  it('are missed', () => {
    expect(judge([payment], undefined)).toMatchObject({ outcome: 'warn', expected: 'payment' });
  });

  it('are compared with the nearest of a type', () => {
    const both = [payment, { ...payment, amount: { value: '1', currency: 'EUR' } }];
    expect(judge(both, both.toReversed())).toMatchObject({ outcome: 'pass' });
  });

  it('are left alone where nothing about them was asked', () => {
    expect(checkGrantedAccess({}, {}, 'opaque')).toEqual([]);
    const members = { authorization_details: [payment] };
    const checks = checkGrantedAccess({ resources: ['https://a.example'] }, members, 'opaque');
    expect(checks.map(({ id }) => id)).toEqual(['granted-resource']);
  });
});

describe('the audience of a resource', () => {
  const token = (aud: unknown) =>
    `${btoa('{"alg":"none"}')}.${Buffer.from(JSON.stringify({ aud })).toString('base64url')}.`.replaceAll(
      '=',
      '',
    );
  const resources = ['https://a.example', 'https://b.example'];

  it.each([
    [token(resources), 'pass'],
    [token('https://a.example'), 'warn'],
    [token(undefined), 'skipped'],
    ['opaque', 'skipped'],
  ])('of %s comes to %s', (accessToken, outcome) => {
    expect(checkGrantedAccess({ resources }, {}, accessToken)).toMatchObject([
      { id: 'granted-resource', outcome },
    ]);
  });
});

describe('the claims that were asked for', () => {
  const asked = JSON.stringify({
    id_token: { email: { essential: true }, acr: { values: ['gold', 'silver'] }, name: null },
    userinfo: {
      phone_number: { essential: true },
      locale: { value: 'en' },
      address: { value: { locality: 'A', country: 'NZ' } },
    },
  });

  it.each([
    [{ email: 'a', acr: 'gold' }, { phone_number: '1', locale: 'en' }, 'pass', /came/],
    [{ email: 'a' }, { phone_number: '1' }, 'pass', /came/],
    [{ email: 'a' }, null, 'pass', /came/],
    [{ email: 'a' }, { phone_number: '1', address: { country: 'NZ', locality: 'A' } }, 'pass', /came/],
    [{ acr: 'gold' }, null, 'warn', /email is missing \(id_token\)/],
    [{ email: 'a', acr: 'bronze' }, null, 'warn', /acr has another value \(id_token\)/],
    [
      { email: 'a' },
      { locale: 'de' },
      'warn',
      /phone_number is missing \(userinfo\), locale has another value/,
    ],
  ])('%j and %j', (id_token, userinfo, outcome, detail) => {
    expect(checkRequestedClaims(asked, { id_token, userinfo })).toMatchObject({
      id: 'requested-claims',
      outcome,
      detail: expect.stringMatching(detail),
    });
  });

  it.each(['', 'no JSON', '[]', '{"id_token":1}', '{"id_token":{"a":1}}'])('are none in %j', (sent) => {
    expect(checkRequestedClaims(sent, { id_token: {}, userinfo: {} })).toMatchObject({ outcome: 'pass' });
  });
});
