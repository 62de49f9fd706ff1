import { describe, expect, it } from 'vitest';
import { checkDpopBinding, judgeConfirmation } from '../../src/checks/dpop.ts';
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

it('names what holds the thumbprint', () => {
  const verdict = judgeConfirmation({ jkt: 'other' }, jkt, 'introspection response');
  expect(verdict).toMatchObject({ outcome: 'fail', received: 'other' });
  expect(verdict.detail).toContain('The introspection response is bound to another key');
});
