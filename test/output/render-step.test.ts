import { describe, expect, it } from 'vitest';
import { renderStep, type Step } from '../../src/output/render-step.ts';
import { displayWidth } from '../../src/output/width.ts';

const url = 'https://issuer.example.com/tenants/east/.well-known/openid-configuration';
const discovery: Step = { mark: 'pass', name: 'Discovery', text: url, result: 200, durationMs: 34.2 };

describe('renderStep', () => {
  it.each([
    [120, `✓ Discovery     ${url}  200  34 ms`],
    [80, '✓ Discovery     https://issuer.example.com/tena…openid-configuration  200  34 ms'],
    [40, '✓ Discovery  https://i…ation  200  34 ms'],
  ])('shortens only the URL to fit %i columns', (columns, expected) => {
    const line = renderStep(discovery, { columns, color: false });
    expect(line).toBe(expected);
    expect(displayWidth(line)).toBeLessThanOrEqual(columns);
  });

  it('leaves other text whole', () => {
    const text = 'listening on 127.0.0.1:8378 and [::1]:8378 for the answer';
    expect(renderStep({ mark: 'pass', name: 'Listener', text }, { columns: 40, color: false })).toBe(
      `✓ Listener  ${text}`,
    );
  });

  it.each([
    [
      80,
      [
        '! Answer        That is not a redirect URL, query string or code. Paste the',
        '                whole address of the page.',
      ],
    ],
    [
      40,
      [
        '! Answer  That is not a redirect URL,',
        '  query string or code. Paste the whole',
        '  address of the page.',
      ],
    ],
  ])('breaks a sentence between words on a terminal of %i columns', (columns, lines) => {
    const text = 'That is not a redirect URL, query string or code. Paste the whole address of the page.';
    const step: Step = { mark: 'warn', name: 'Answer', text };
    expect(renderStep(step, { columns, color: false, isTTY: true })).toBe(lines.join('\n'));
    expect(renderStep(step, { columns, color: false, isTTY: false })).not.toContain('\n');
  });

  it.each([
    [45, '✓ Answer  a pasted code, without state  1.3 s'],
    [40, '✓ Answer  a pasted code, without state\n  1.3 s'],
    [30, '✓ Answer  a pasted code,\n  without state  1.3 s'],
  ])('puts the time behind the sentence where it fits in %i columns', (columns, expected) => {
    const text = 'a pasted code, without state';
    const step: Step = { mark: 'pass', name: 'Answer', text, durationMs: 1300 };
    expect(renderStep(step, { columns, color: false, isTTY: true })).toBe(expected);
  });

  it.each([
    ['pass', '✓ Token'],
    ['fail', '✗ Token'],
    ['warn', '! Token'],
    ['skipped', '– Token'],
  ] as const)('marks %s', (mark, expected) => {
    expect(renderStep({ mark, name: 'Token' }, { columns: 80, color: false })).toBe(expected);
  });

  it('makes server text inert', () => {
    const step: Step = { mark: 'fail', name: 'Token', text: 'x\u001b[2J', result: 'invalid\ngrant' };
    expect(renderStep(step, { columns: 80, color: false })).toBe(
      '✗ Token         x\\u{1b}[2J  invalid\\ngrant',
    );
  });
});
