import { describe, expect, it } from 'vitest';
import { checkDpopBinding, checkIntrospectedKey } from '../../src/checks/dpop.ts';
import type { JsonObject } from '../../src/json/json.ts';

const jkt = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';
const encode = (part: JsonObject) => Buffer.from(JSON.stringify(part)).toString('base64url');
const jwt = (claims: JsonObject) => `${encode({ alg: 'ES256', typ: 'at+jwt' })}.${encode(claims)}.AAAA`;

describe('the binding of a token to the key that was proven', () => {
  it.each([
    ['DPoP', 'opaque', 'pass', 'DPoP', 'DPoP'],
    ['Bearer', 'opaque', 'fail', 'DPoP', 'Bearer'],
    [null, 'opaque', 'fail', 'DPoP', '(absent)'],
    ['Bearer', jwt({ cnf: { jkt } }), 'fail', 'DPoP', 'Bearer'],
    ['DPoP', jwt({ sub: 'a', cnf: { jkt } }), 'pass', jkt, jkt],
    ['DPoP', jwt({ sub: 'a', cnf: { jkt: 'other' } }), 'fail', jkt, 'other'],
    ['DPoP', jwt({ sub: 'a', cnf: { jkt: 1 } }), 'fail', jkt, '1'],
    ['DPoP', jwt({ sub: 'a', cnf: { 'x5t#S256': 'x' } }), 'warn', jkt, '(absent)'],
    ['DPoP', jwt({ sub: 'a' }), 'warn', jkt, '(absent)'],
  ])('type %s, token %s: %s', (tokenType, accessToken, outcome, expected, received) => {
    const result = checkDpopBinding({ tokenType, accessToken }, jkt);
    expect(result).toMatchObject({ id: 'dpop-binding', outcome, expected, received });
  });
});

it.each([
  [{ jkt }, 'pass'],
  [{ jkt: 'other' }, 'fail'],
  [undefined, 'warn'],
])('compares what introspection says with the key: %j', (cnf, outcome) => {
  const check = checkIntrospectedKey({ active: true, ...(cnf && { cnf }) }, jkt);
  expect(check).toMatchObject({ id: 'dpop-binding', outcome });
  expect(check.detail).toContain('The introspection response');
});
