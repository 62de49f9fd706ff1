import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenerPages, renderOutcomePage } from '../../src/output/callback-page.ts';
import { fragmentMediaType } from '../../src/protocol/redirect-uri.ts';
import { startListener } from './running-listener.ts';

const executablePath = '/usr/bin/chromium';
const success = renderOutcomePage({ outcome: 'success', title: 'Signed in', lines: ['All is well.'] });
const never = () => new AbortController().signal;

describe.skipIf(!existsSync(executablePath))('in a real browser', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  }, 60_000);

  afterAll(() => browser.close());

  /** A page whose complaints, such as those about a violated policy, are collected. */
  async function openPage() {
    const page = await browser.newPage({ ignoreHTTPSErrors: true, colorScheme: 'dark' });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    return { page, complaints };
  }

  const styleOf = (page: Awaited<ReturnType<typeof openPage>>['page']) =>
    page.evaluate('getComputedStyle(document.body).backgroundColor');

  it.each([
    'http://127.0.0.1:0/callback',
    'http://localhost:0/callback?tenant=a',
    'http://[::1]:0/',
    'https://localhost:0/callback',
  ])('hands the fragment to %s over and shows the final outcome in its own style', async (redirectUri) => {
    const listener = await startListener({ redirectUri, pages: listenerPages() });
    const { page, complaints } = await openPage();
    await page.goto(`${listener.redirectUri}#access_token=good&state=a%20b&x=%C3%BC`);
    const accepted = await listener.accepted(never());
    expect(accepted.callback).toEqual({
      type: 'fragment',
      url: listener.redirectUri,
      fragment: 'access_token=good&state=a%20b&x=%C3%BC',
    });
    await page.getByText('Handing the answer over').waitFor();
    await accepted.respond(success);
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    expect(await page.title()).toBe('Signed in · oauth-code');
    expect(page.url()).toBe(listener.redirectUri);
    expect(await styleOf(page)).toBe('rgb(15, 18, 23)');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('shows the final outcome of an answer in the query, in its own style', async () => {
    const listener = await startListener({ pages: listenerPages() });
    const { page, complaints } = await openPage();
    const shown = page.goto(`${listener.redirectUri}?code=good`);
    const accepted = await listener.accepted(never());
    await accepted.respond(success);
    await listener.close();
    await shown;
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    expect(await styleOf(page)).toBe('rgb(15, 18, 23)');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('says that nothing arrived where nothing stands behind #', async () => {
    const listener = await startListener({ pages: listenerPages() });
    const { page } = await openPage();
    await page.goto(listener.redirectUri);
    await page.getByRole('heading', { name: 'No answer arrived' }).waitFor();
    expect(listener.judged).toEqual([]);
    await page.close();
  });

  it('shows the page of an ignored fragment, and keeps the address when the listener is gone', async () => {
    const listener = await startListener({ pages: listenerPages() });
    const { page } = await openPage();
    await page.goto(`${listener.redirectUri}#state=foreign`);
    await page.getByText('foreign').waitFor();
    await page.goto('about:blank');
    const gone = `${listener.redirectUri}#access_token=good`;
    await page.route('**', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await page.goto(gone);
    await page.getByRole('heading', { name: 'could not be handed over' }).waitFor();
    expect(page.url()).toBe(gone);
    await page.close();
  });

  it('takes a form_post from another origin, and never a fragment', async () => {
    const listener = await startListener({ pages: listenerPages() });
    const form = `<form method="post" action="${listener.redirectUri}"><input name="code" value="good"></form>`;
    const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end(form));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { page } = await openPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    for (const mode of ['cors', 'no-cors']) {
      const headers = { 'Content-Type': fragmentMediaType };
      const request = JSON.stringify({ method: 'POST', mode, headers, body: 'good' });
      await page.evaluate(`fetch('${listener.redirectUri}', ${request}).catch(() => {})`);
    }
    expect(listener.judged).toEqual([]);
    await page.evaluate('setTimeout(() => document.forms[0].submit())');
    const accepted = await listener.accepted(never());
    expect(accepted.callback).toEqual({ type: 'form_post', url: listener.redirectUri, body: 'code=good' });
    await accepted.respond(success);
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    await page.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
