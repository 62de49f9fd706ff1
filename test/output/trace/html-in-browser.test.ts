import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { redactTrace } from '../../../src/output/trace/redact-trace.ts';
import { renderTraceHtml } from '../../../src/output/trace/trace-html.ts';
import type { Trace } from '../../../src/protocol/trace.ts';
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

  async function open(trace: Trace, width = 1000) {
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

  it('is as wide as the window and no wider', async () => {
    const { page } = await open(redactTrace(exampleTrace(), knownSecrets), 400);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
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
