import { describe, expect, it } from 'vitest';
import { readSentTokenRequest } from '../../src/recording/sent-request.ts';

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
