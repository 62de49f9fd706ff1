import { STATUS_CODES } from 'node:http';
import { describe, expect, it } from 'vitest';
import { responseText, statusWithPhrase } from '../../../src/output/trace/message-text.ts';

/** Where Node still has the phrase of an older specification (RFC 9110 §15.5.14). */
const renamed: Readonly<Record<number, string>> = { 413: 'Content Too Large' };

describe('a status', () => {
  it('has its registered reason phrase, where one is known', () => {
    const told = Array.from({ length: 500 }, (_, index) => index + 100)
      .map((status) => [status, statusWithPhrase(status)] as const)
      .filter(([status, text]) => text !== String(status));
    expect(told.length).toBeGreaterThan(20);
    for (const [status, text] of told)
      expect(text).toBe(`${status} ${renamed[status] ?? STATUS_CODES[status]}`);
  });

  it.each([
    [200, '200 OK\n'],
    [299, '299\n'],
    // It was not recorded.
    [null, ''],
  ])('%i begins a response as %j', (status, line) => {
    expect(responseText({ status, headers: [['A', 'b']], body: '' })).toBe(`${line}A: b`);
  });
});
