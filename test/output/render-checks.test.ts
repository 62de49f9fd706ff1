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
  it('counts them and lists those to look at, failures first', () => {
    expect(
      renderChecks(checks, createLayout({ columns: 80, color: false })).map((line) => line.trim()),
    ).toEqual([
      '',
      'Checks  4 checks: 1 FAILED, 1 warning, 1 passed, 1 not applicable',
      expect.stringMatching(/^✗ Issuer of the authorization response /),
      'Another issuer.',
      'expected  https://a',
      'received  https://b',
      expect.stringMatching(/^! Response is not cached /),
      'No Cache-Control.',
    ]);
  });

  it('lists all on request: failures first, then warnings, skipped and passed, each with its section', () => {
    expect(
      renderChecks(checks, createLayout({ columns: 80, color: false, allChecks: true })).join('\n'),
    ).toMatchInlineSnapshot(`
      "
      Checks  4 checks: 1 FAILED, 1 warning, 1 passed, 1 not applicable
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
    [checks, '4 checks: 1 FAILED, 1 warning, 1 passed, 1 not applicable'],
    [[...checks.slice(0, 1), ...checks.slice(0, 1)], '2 checks passed'],
    [checks.slice(1, 2), '1 check: 1 not applicable'],
  ])('counts how they ended', (list, expected) => {
    expect(summarizeChecks(list)).toBe(expected);
  });
});
