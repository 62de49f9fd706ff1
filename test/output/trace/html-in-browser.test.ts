import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redactTrace } from '../../../src/output/trace/redact-trace.ts';
import { renderTraceHtml } from '../../../src/output/trace/trace-html.ts';
import type { Recording } from '../../../src/recording/recording.ts';
import { exampleTrace, exchange, knownSecrets } from './example-trace.ts';

const executablePath = '/usr/bin/chromium';
const attack = `"><script>document.title='pwned'</script><img src="http://127.0.0.1:9/x" onerror="document.title='pwned'"><style>*{display:none}</style>`;

describe.skipIf(!existsSync(executablePath))('a report in a real browser', () => {
  let browser: Browser;
  let folder = '';
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
    folder = await mkdtemp(join(tmpdir(), 'oauth-code-html-'));
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(trace: Recording, width = 1000) {
    const file = join(folder, 'run.html');
    await writeFile(file, renderTraceHtml(trace));
    const page = await browser.newPage({ viewport: { width, height: 800 } });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(file).href);
    return { page, complaints, requests };
  }

  it('loads nothing, breaks no policy of its own, and has its style', async () => {
    const { page, complaints, requests } = await open(redactTrace(exampleTrace(), knownSecrets));
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
    expect(await page.evaluate('getComputedStyle(document.querySelector("details")).borderRadius')).toBe(
      '8px',
    );
    await page.close();
  });

  it('unfolds the message that an arrow of the diagram leads to', async () => {
    const { page } = await open(redactTrace(exampleTrace(), knownSecrets));
    const token = page.locator('details', { has: page.locator('#leg-5') });
    expect(await token.getAttribute('open')).toBeNull();
    await page.locator('a[href="#leg-5"]').first().click();
    expect(await token.getAttribute('open')).not.toBeNull();
    expect(await token.textContent()).toContain('grant_type');
    await page.close();
  });

  const long = 'averylongnamewithoutanybreak'.repeat(12);
  const longTrace = exampleTrace({
    command: long,
    outcome: {
      status: 'failed',
      error: {
        code: 'token_error',
        step: 'token',
        message: long,
        hint: null,
        exit_code: 3,
        oauth: { error: long, error_description: long, error_uri: null, status: 400 },
      },
    },
    events: [1, 2, 3, 4, 5].map((number) =>
      exchange({
        step: `${long}${number}`,
        request: {
          method: 'GET',
          url: `https://${number}.${long}.example/${long}?${long}=${long}`,
          headers: [[long, long]],
        },
      }),
    ),
  });

  it.each([
    ['a usual run', redactTrace(exampleTrace(), knownSecrets), 390],
    ['names without an end', longTrace, 390],
    ['names without an end, on a desk', longTrace, 1200],
  ])('is as wide as the window and no wider: %s', async (_, trace, width) => {
    const { page } = await open(trace, width);
    await page.evaluate('document.querySelectorAll("details").forEach((one) => { one.open = true; })');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.close();
  });

  it('keeps the names of the parties inside their boxes', async () => {
    const { page } = await open(longTrace, 1200);
    const overhang = await page.evaluate(`Math.max(...[...document.querySelectorAll('.head')].map((head) =>
      head.querySelector('text').getBBox().width - head.querySelector('rect').getBBox().width))`);
    expect(overhang).toBeLessThan(0);
    await page.close();
  });

  it('says in the title how a run failed in a few words', async () => {
    const brief = exampleTrace({
      events: [],
      outcome: {
        status: 'failed',
        error: {
          code: 'validation_failed',
          step: 'id_token',
          check: 'id-token-iat',
          message: 'It is early.',
          hint: null,
          exit_code: 6,
        },
      },
    });
    const { page } = await open(brief);
    expect(await page.title()).toBe('"login" failed (id_token): id-token-iat · oauth-code');
    await page.close();
  });

  it('unfolds a message by the keyboard', async () => {
    const { page } = await open(redactTrace(exampleTrace(), knownSecrets));
    await page.locator('summary', { hasText: 'Discovery' }).first().focus();
    await page.keyboard.press('Enter');
    expect(await page.locator('#leg-1').isVisible()).toBe(true);
    await page.close();
  });

  it('runs and loads nothing that a server has put into it', async () => {
    const hostile = exchange({
      step: attack,
      request: {
        method: attack,
        url: `https://${attack}/${attack}`,
        headers: [[attack, attack]],
        body: attack,
      },
      response: { status: 500, headers: [[attack, attack]], body: attack },
    });
    const { page, complaints, requests } = await open(
      exampleTrace({ command: attack, recorded_by: attack, events: [hostile] }),
    );
    expect(await page.title()).not.toBe('pwned');
    expect(complaints).toEqual([]);
    expect(requests).toHaveLength(1);
    expect(await page.locator('script, img').count()).toBe(0);
    expect(await page.locator('h1').isVisible()).toBe(true);
    await page.close();
  });

  it('unfolds everything on paper', async () => {
    const { page } = await open(redactTrace(exampleTrace(), knownSecrets));
    await page.emulateMedia({ media: 'print' });
    expect(await page.getByText('TLS_AES_256_GCM_SHA384').first().isVisible()).toBe(true);
    await page.close();
  });
});
