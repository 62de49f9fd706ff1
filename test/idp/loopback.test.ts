import { describe, expect, it } from 'vitest';
import { isAllowedRedirectUri } from '../../src/idp/create-provider.ts';
import { isLoopbackAuthority } from '../../src/idp/start-idp.ts';

const registered = [
  'http://127.0.0.1:8378/callback',
  'http://app.localhost/cb',
  'https://app.example/cb?x=1',
  'com.example:/cb',
];

describe('isAllowedRedirectUri', () => {
  it.each([
    'http://127.0.0.1:8378/callback',
    'http://127.0.0.1:1/callback',
    'https://127.0.0.1:1/callback',
    'http://127.0.0.1/callback',
    'https://app.example/cb?x=1',
    'com.example:/cb',
    'http://app.localhost:1/cb',
  ])('allows %s', (value) => {
    expect(isAllowedRedirectUri(value, registered)).toBe(true);
  });

  it.each([
    'http://localhost:8378/callback',
    'http://127.0.0.1:8378/callback/',
    'http://127.0.0.1:8378/callback?x=1',
    'http://127.0.0.1:8378/callback#x',
    'http://user@127.0.0.1:8378/callback',
    'ftp://127.0.0.1:8378/callback',
    'https://app.example:1/cb?x=1',
    'http://app.example/cb?x=1',
    'not a url',
  ])('refuses %s', (value) => {
    expect(isAllowedRedirectUri(value, registered)).toBe(false);
  });
});

describe('isLoopbackAuthority', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:9400',
    '127.1.2.3:9400',
    'LOCALHOST:1',
    'localhost.',
    'idp.localhost:9400',
    '[::1]:80',
    '[::1]',
  ])('knows %s', (host) => {
    expect(isLoopbackAuthority(host)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'example.com',
    '127.0.0.1.example.com:9400',
    'localhost.example',
    '127.0.0.1:9400:1',
  ])('does not know %s', (host) => {
    expect(isLoopbackAuthority(host)).toBe(false);
  });
});
