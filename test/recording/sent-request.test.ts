import { describe, expect, it } from 'vitest';
import { readSentAuthorizationRequest, readSentTokenRequest } from '../../src/recording/sent-request.ts';

describe('an authorization request with a request object', () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: 'app',
    aud: 'https://as.example',
    exp: 1,
    scope: 'openid',
    state: 's',
    max_age: 60,
    resource: ['a', 'b'],
  };
  const object = `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`;

  it('has the parameters of the object, which go before those beside it', () => {
    const { parameters } = readSentAuthorizationRequest(
      `https://as.example/auth?client_id=app&state=other&request=${object}`,
    );
    expect(parameters).toEqual([
      ['client_id', 'app'],
      ['request', object],
      ['scope', 'openid'],
      ['state', 's'],
      ['max_age', '60'],
      ['resource', 'a'],
      ['resource', 'b'],
    ]);
  });

  it.each(['a.b.c.d.e', 'x', '‹request›'])('that cannot be read (%s) is as it is', (request) => {
    const { parameters } = readSentAuthorizationRequest(`https://as.example/auth?state=s&request=${request}`);
    expect(parameters).toEqual([
      ['state', 's'],
      ['request', request],
    ]);
  });
});

describe('readSentTokenRequest', () => {
  it.each([
    ['Basic ‹client_secret›', 'client_secret_basic'],
    ['Basic ‹client_secret 2›', 'client_secret_basic'],
    [`Basic ${Buffer.from('app:secret').toString('base64')}`, 'client_secret_basic'],
    ['Basic two words', 'unreadable_basic'],
    ['Bearer abc', 'none'],
  ])('knows the authentication by %s', (value, method) => {
    const sent = readSentTokenRequest({
      method: 'POST',
      url: 'https://as.example/token',
      headers: [['Authorization', value]],
      body: 'grant_type=authorization_code&code=abc',
    });
    expect(sent.authentication.method).toBe(method);
  });
});
