import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listenerPages, renderIgnoredPage, renderOutcomePage } from '../../src/output/callback-page.ts';

const sha256 = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const between = (page: string, tag: string) => new RegExp(`<${tag}>([^]*?)</${tag}>`).exec(page)?.[1] ?? '';
const policyOf = (page: string) =>
  /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)?.[1]?.split('; ');
const textOf = (page: string) =>
  between(page, 'body')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

const success = renderOutcomePage({
  outcome: 'success',
  title: 'Signed in',
  lines: ['You can close this window.'],
  facts: [['Issuer', 'https://login.example.com']],
});
const failure = renderOutcomePage({
  outcome: 'failure',
  title: 'access_denied',
  lines: ['The user said no.'],
  hint: 'Start again.',
});
const pages = { success, failure, ignored: renderIgnoredPage('Its state is foreign.'), ...listenerPages() };

describe.each(Object.entries(pages))('the %s page', (name, page) => {
  it('is one self-contained document', () => {
    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
    expect(page).toContain('<meta name="referrer" content="no-referrer">');
    expect(page).toContain('<meta name="color-scheme" content="light dark">');
    expect(page).toMatch(/<title>[^<]+ · oauth-code<\/title>/);
    expect(page).not.toMatch(/\bsrc=|\bhref=|\bstyle=|\bon\w+=|@import|url\(/i);
  });

  it('allows its own style and script by hash, and nothing else', () => {
    const relay = name === 'relay';
    expect(policyOf(page)).toEqual([
      "default-src 'none'",
      `style-src ${sha256(between(page, 'style'))}`,
      ...(relay ? [`script-src ${sha256(between(page, 'script'))}`, "connect-src 'self'"] : []),
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(page.match(/<script/g) ?? []).toHaveLength(relay ? 1 : 0);
  });

  it('declares its policy before anything it governs', () => {
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<title>'));
    expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('<style>'));
  });
});

describe('the outcome', () => {
  it('tells success with its facts', () => {
    expect(textOf(success)).toContain(
      'Signed in You can close this window. Issuer https://login.example.com',
    );
    expect(success).toContain('aria-label="Success"');
    expect(success).not.toContain('What to do');
  });

  it('tells failure with what to do', () => {
    expect(textOf(failure)).toContain('access_denied The user said no. What to do Start again.');
    expect(failure).toContain('aria-label="Failed"');
  });

  it('shows foreign text as text, wherever it stands', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const page = renderOutcomePage({
          outcome: 'failure',
          title: text,
          lines: [text],
          facts: [[text, text]],
          hint: text,
        });
        const tags = (html: string) => html.match(/<[^>]*>/g)?.filter((tag) => !tag.startsWith('<style'));
        const plain = renderOutcomePage({
          outcome: 'failure',
          title: 'x',
          lines: ['x'],
          facts: [['x', 'x']],
          hint: 'x',
        });
        expect(tags(page)).toEqual(tags(plain));
        expect(page).not.toMatch(/\p{Bidi_Control}/u);
      }),
    );
  });

  it('cuts a text that is too long and says by how much, never within a character', () => {
    const page = renderOutcomePage({ outcome: 'failure', title: 'x', lines: ['😀'.repeat(1200)] });
    expect(page).toContain(`<p dir="auto">${'😀'.repeat(1000)}… (200 more characters)</p>`);
  });
});

describe('the other pages', () => {
  it('say that the wait goes on and give the reason', () => {
    expect(textOf(pages.ignored)).toContain(
      'Its state is foreign. oauth-code has ignored it and is still waiting',
    );
    for (const name of ['relay', 'notFound', 'refused'] as const)
      expect(textOf(pages[name])).toMatch(/is (?:still )?waiting/);
  });

  it('keep the relay usable without a script', () => {
    const visible = pages.relay.match(/<main[^>]*>/g)?.filter((tag) => !tag.includes('hidden'));
    expect(visible).toEqual(['<main class="notice" id="nothing">']);
    expect(pages.relay).toContain('paste it into the terminal');
  });
});
