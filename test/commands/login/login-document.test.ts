import { describe, expect, it } from 'vitest';
import { checkResult } from '../../../src/checks/check-result.ts';
import { buildLoginDocument } from '../../../src/commands/login/login-document.ts';
import type { JsonObject } from '../../../src/json/json.ts';
import { jwt } from '../../output/example-login.ts';
import { resultOf } from './example-result.ts';

const header = { alg: 'RS256', typ: 'JWT' };
const document = (members: JsonObject) => buildLoginDocument(resultOf(members), []);

describe('the document of a login', () => {
  it('holds all that came, in the shape that is promised', () => {
    const members = {
      access_token: 'opaque',
      token_type: 'Bearer',
      expires_in: 3600,
      scope: 'openid email',
      refresh_token: 'rt',
      id_token: jwt({ sub: 'alice' }, header),
      device_secret: 'extra',
    };
    const checks = [checkResult('state', 'pass', 'state came back as it was sent.')];
    const userinfo = { sub: 'alice' };
    expect(buildLoginDocument(resultOf(members, { userinfo }), checks)).toEqual({
      version: 1,
      issuer: 'https://a.example',
      client_id: 'app',
      tokens: {
        access_token: 'opaque',
        token_type: 'Bearer',
        scope: ['openid', 'email'],
        expires_at: '2026-11-20T14:05:12.000Z',
        refresh_token: 'rt',
        id_token: members.id_token,
      },
      token_response: members,
      decoded: { access_token: null, id_token: { header, claims: { sub: 'alice' } } },
      userinfo,
      checks,
    });
  });

  it('leaves out tokens that did not come, and takes the scope that was asked for when none is named', () => {
    const { tokens, decoded } = document({ access_token: 'opaque', token_type: 'Bearer' });
    expect(tokens).toEqual({
      access_token: 'opaque',
      token_type: 'Bearer',
      scope: ['openid', 'profile'],
      expires_at: null,
    });
    expect(decoded).toEqual({ access_token: null, id_token: null });
  });

  it('decodes an access token that is a JWT, and of an encrypted one the header', () => {
    const token = jwt({ scope: 'a' }, { alg: 'none', typ: 'at+jwt' });
    expect(document({ access_token: token, token_type: 'Bearer' }).decoded.access_token).toEqual({
      header: { alg: 'none', typ: 'at+jwt' },
      claims: { scope: 'a' },
    });
    const encrypted = Buffer.from('{"alg":"dir","enc":"A256GCM"}').toString('base64url');
    expect(
      document({ access_token: 'x', token_type: 'Bearer', id_token: `${encrypted}..YWFh.YWFh.YWFh` }).decoded
        .id_token,
    ).toEqual({
      header: { alg: 'dir', enc: 'A256GCM' },
      claims: null,
    });
  });

  it.each([
    [60, '2026-11-20T13:06:12.000Z'],
    ['60', '2026-11-20T13:06:12.000Z'],
    [0.5, '2026-11-20T13:05:12.500Z'],
    [0, null],
    [-1, null],
    [1e12, null],
    [1e300, null],
    [251_000_000_000, '9980-10-05T03:18:32.000Z'],
    ['soon', null],
    [null, null],
  ])('with expires_in %j tells of %s', (expires_in, expected) => {
    expect(document({ access_token: 'x', token_type: 'Bearer', expires_in }).tokens.expires_at).toBe(
      expected,
    );
  });
});
