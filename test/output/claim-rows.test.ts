import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/json/json.ts';
import { parseJsonExactly } from '../../src/json/parse-json-exactly.ts';
import { claimRows, formatJsonValue, headerRows, shortenToken } from '../../src/output/claim-rows.ts';
import { now, view } from './example-login.ts';

describe('claimRows', () => {
  it('explains registered claims, leaves others alone, and keeps their order', () => {
    expect(claimRows({ sub: 'a', exp: now.getTime() / 1000 + 60, mine: true }, view())).toEqual([
      { name: 'sub', value: 'a', note: 'subject' },
      { name: 'exp', value: '2026-11-20 13:06:12 UTC (in 1 min)', note: 'expires' },
      { name: 'mine', value: 'true' },
    ]);
  });

  it('shows a time that is not a number as it came', () => {
    expect(claimRows({ exp: '1795179967' }, view())).toEqual([
      { name: 'exp', value: '"1795179967"', note: 'expires' },
    ]);
  });

  it.each([
    ['{"exp":1795179967000}', '1795179967000, as seconds beyond any calendar'],
    ['{"exp":12345678901234567890}', '12345678901234567890, as seconds beyond any calendar'],
    ['{"exp":1e400}', '1e400, as seconds beyond any calendar'],
    ['{"exp":-1e12}', '-1e12, as seconds beyond any calendar'],
    ['{"exp":-5}', '1969-12-31 23:59:55 UTC (20777 d 13 h ago)'],
  ])('shows a time that is none as it came: %s', (claims, value) => {
    const parsed = parseJsonExactly(claims);
    const read = parsed.type === 'parsed' ? (parsed.json.value as JsonObject) : {};
    expect(claimRows(read, view())).toEqual([{ name: 'exp', value, note: 'expires' }]);
  });

  it('explains each claim in at most three words', () => {
    const names =
      'iss sub aud exp iat nbf jti nonce auth_time acr amr azp at_hash c_hash sid name email client_id scope cnf';
    const rows = claimRows(Object.fromEntries(names.split(' ').map((name) => [name, 'x'])), view());
    for (const { note } of rows) expect(note).toMatch(/^\S+( \S+){0,2}$/);
  });

  it('reads a header with the words of headers', () => {
    expect(headerRows({ kid: 'k1' }, view())).toEqual([{ name: 'kid', value: 'k1', note: 'key ID' }]);
  });
});

describe('formatJsonValue', () => {
  it.each([
    ['text', 'text'],
    ['true', '"true"'],
    ['12', '"12"'],
    ['-1.5e+3', '"-1.5e+3"'],
    ['1990-04-12', '1990-04-12'],
    ['0000-04', '0000-04'],
    ['10.0.0.1', '10.0.0.1'],
    ['1.', '1.'],
    ['', '""'],
    [' padded', '" padded"'],
    ['{"a":1}', '"{\\"a\\":1}"'],
    ['two\nlines', 'two\\nlines'],
    [true, 'true'],
    [null, 'null'],
    [[], '[]'],
    [{}, '{}'],
    [['a', 1], '["a", 1]'],
    [{ a: { b: [1] } }, '{ "a": { "b": [1] } }'],
    [{ long: 'x'.repeat(50) }, `{\n  "long": "${'x'.repeat(50)}"\n}`],
  ])('shows %j as %s', (value, expected) => {
    expect(formatJsonValue(value, { showSecrets: false })).toBe(expected);
  });
});

describe('shortenToken', () => {
  it.each([
    ['eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJ9fQ', 'eyJhbGciOi…9fQ (43 characters)'],
    ['x'.repeat(36), '… (36 characters)'],
    ['x', '… (1 character)'],
    ['👍'.repeat(40), `${'👍'.repeat(10)}…👍👍👍 (40 characters)`],
  ])('shortens %s', (token, expected) => {
    expect(shortenToken(token, '…')).toBe(expected);
  });
});
