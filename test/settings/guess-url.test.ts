import { describe, expect, it } from 'vitest';
import { guessUrl } from '../../src/settings/settle-server.ts';

describe('the URL that was probably meant', () => {
  it.each([
    ['login.example.com', 'https://login.example.com'],
    ['localhost:9400/me', 'http://localhost:9400/me'],
    ['127.0.0.1:8080/x', 'http://127.0.0.1:8080/x'],
    ['[::1]:8080/x', 'http://[::1]:8080/x'],
    ['localhost.example.com/x', 'https://localhost.example.com/x'],
    ['127.0.0.1.example.com', 'https://127.0.0.1.example.com'],
    ['ftp://a.example/x', 'https://a.example/x'],
    ['//a.example', 'https://a.example'],
  ])('by %s is %s', (text, expected) => {
    expect(guessUrl(text)).toBe(expected);
  });

  it.each(['', 'two words', '/'])('by %j is nothing', (text) => {
    expect(guessUrl(text)).toBeUndefined();
  });
});
