import { describe, expect, it } from 'vitest';
import { checkResult } from '../../src/checks/check-result.ts';
import { createLayout } from '../../src/output/layout.ts';
import { renderChecks, summarizeChecks } from '../../src/output/render-checks.ts';

const checks = [
  checkResult('state', 'pass', 'As sent.'),
  checkResult('id-token-azp', 'skipped', 'Not there.'),
  checkResult('cache-control', 'warn', 'No Cache-Control.'),
  checkResult('iss', 'fail', 'Another issuer.', { expected: 'https://a', received: 'https://b' }),
];

describe('renderChecks', () => {
  it('lists failures first, then warnings, skipped and passed, each with its section', () => {
    expect(
      renderChecks(checks, createLayout({ columns: 80, color: false })).join('\n'),
    ).toMatchInlineSnapshot(`
      "
      Checks  1 FAILED, 1 check passed, 1 warning, 1 skipped
        ✗ Issuer of the authorization response                           RFC 9207 §2.4
          Another issuer.
          expected  https://a
          received  https://b
        ! Response is not cached                                         RFC 6749 §5.1
          No Cache-Control.
        – Authorized party  Not there.                         OIDC Core §3.1.3.7 4, 5
        ✓ State  As sent.                                              RFC 6749 §10.12"
    `);
  });

  it('says nothing when no check was made', () => {
    expect(renderChecks([], createLayout({ columns: 80, color: false }))).toEqual([]);
  });
});

describe('summarizeChecks', () => {
  it.each([
    [checks, '1 FAILED, 1 check passed, 1 warning, 1 skipped'],
    [[...checks.slice(0, 1), ...checks.slice(0, 1)], '2 checks passed'],
    [[], '0 checks passed'],
  ])('counts how they ended', (list, expected) => {
    expect(summarizeChecks(list)).toBe(expected);
  });
});
