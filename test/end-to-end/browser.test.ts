import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import type { LoginDocument } from '../../src/output/documents.ts';
import { authorizationUrl, type CliOptions, startCli } from './cli.ts';
import { browserArguments, browserRequired, findBrowser } from './find-browser.ts';
import { lastLineAsJson } from './person-login.ts';

const executablePath = findBrowser();

/**
 * How long a run may take to be gone once its result is there, whatever the browser holds open: enough on a busy
 * machine, and less than the minutes for which a browser keeps a connection.
 */
const goneWithinMs = 20_000;

describe.skipIf(executablePath === undefined && !browserRequired)('a login in a real browser', () => {
  let idp: RunningIdp;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    if (executablePath === undefined) throw new Error('No Chromium is in PATH, and one is required.');
    idp = await startIdp({ port: 0 });
    browser = await chromium.launch({ executablePath, args: browserArguments });
  });

  afterAll(async () => {
    await browser?.close();
    await idp?.close();
  });

  beforeEach(async () => {
    context = await browser.newContext({ ignoreHTTPSErrors: true });
    page = await context.newPage();
    complaints = [];
    // What the browser has against the server's own answers, such as a status of 400, is not about this tool.
    page.on('console', (message) => {
      if (!message.location().url.startsWith(idp.issuer)) complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
  });

  afterEach(() => context.close());

  /** The text of the page as it is laid out; what is hidden is not in it. */
  // biome-ignore lint/performance/useDomNodeTextContent: the layout is what a person sees
  const readAsPerson = () => page.locator('body').innerText();

  /** Runs a login and clicks through its pages up to the last one, whose text is returned as a person reads it. */
  async function logIn(args: readonly string[], decision: 'Allow' | 'Deny' | 'Cancel', options?: CliOptions) {
    const cli = startCli(
      ['login', '--issuer', idp.issuer, '--client-id', 'demo-public', '--port', '0', ...args],
      options,
    );
    const ended = new Promise<number>((resolve) => cli.child.once('exit', () => resolve(performance.now())));
    const url = new URL(await authorizationUrl(cli));
    await page.goto(url.href);
    await page.getByLabel('User').fill('alice');
    await page.getByLabel('Password').fill('any password');
    if (decision === 'Cancel') {
      await page.getByRole('button', { name: 'Cancel' }).click();
    } else {
      await page.getByRole('button', { name: 'Sign in', exact: true }).click();
      await page.getByRole('button', { name: decision }).click();
    }
    await page.waitForURL(`${url.searchParams.get('redirect_uri')}*`);
    await page
      .getByRole('heading', { name: decision === 'Allow' ? 'Signed in' : 'The login failed' })
      .waitFor();
    const shownMs = performance.now();
    const run = await cli.finished;
    return { ...run, url, goneMs: (await ended) - shownMs, text: await readAsPerson() };
  }

  it('takes a public client to verified tokens, shown in text', async () => {
    const { status, stdout, goneMs, text } = await logIn(['--scope', 'openid profile email'], 'Allow');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^✓ Signed in as alice at /m);
    expect(stdout).toMatch(/^ID token {2}✓ verified$/m);
    expect(goneMs).toBeLessThan(goneWithinMs);
    expect(text.split('\n').filter((line) => line.trim() !== '')).toEqual([
      'Signed in',
      'oauth-code has received the tokens. You can close this window and go back to the terminal.',
      ...[
        'Result',
        `Signed in as alice at ${idp.issuer}`,
        'Name',
        'Alice Adams',
        'Email',
        'alice@example.com',
      ],
      ...['Subject', 'alice', 'Client', 'demo-public', 'Scope', 'openid profile email'],
      ...['Access token', expect.stringMatching(/^expires .*\(in .*\)$/)],
      ...['ID token', expect.stringMatching(/^expires .*\(in .*\)$/)],
      ...['Refresh token', 'none'],
      ...['Checks', expect.stringMatching(/^\d+ checks: \d+ passed/)],
      'This page comes from oauth-code in your terminal, not from the authorization server.',
    ]);
    expect(await page.content()).not.toMatch(/ey[\w-]{20,}/);
    expect(complaints).toEqual([]);
  });

  it.each([
    { method: 'client_secret_basic', client: 'demo-confidential' },
    { method: 'client_secret_post', client: 'demo-confidential-post' },
  ])('takes a confidential client with $method to one JSON document', async ({ method, client }) => {
    const { status, stdout, text } = await logIn(
      ['--client-id', client, '--auth-method', method, '--scope', 'openid offline_access', '--json'],
      'Allow',
      { env: { OAUTH_CODE_CLIENT_SECRET: 'demo-secret' } },
    );
    expect(status).toBe(0);
    const { tokens, checks }: LoginDocument = JSON.parse(stdout);
    expect(checks.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(tokens.refresh_token).toEqual(expect.any(String));
    const html = await page.content();
    for (const secret of [tokens.access_token, tokens.refresh_token, tokens.id_token, 'demo-secret']) {
      expect(html).not.toContain(secret);
    }
    expect(text).toContain(client);
  });

  it.each([
    { decision: 'Deny', args: ['--json'] },
    { decision: 'Cancel', args: ['--json', '--response-mode', 'form_post'] },
  ] as const)('shows what $decision led to in both places', async ({ decision, args }) => {
    const run = await logIn(args, decision);
    expect(run).toMatchObject({ status: 3, stdout: '' });
    const { error } = lastLineAsJson(run) as {
      error: { oauth: { error: string; error_description: string } };
    };
    expect(error.oauth.error).toBe('access_denied');
    expect(run.goneMs).toBeLessThan(goneWithinMs);
    expect(run.text).toContain('The authorization server refused: access_denied.');
    expect(run.text).toContain(error.oauth.error_description);
    expect(run.text).toContain('The terminal says more.');
    expect(complaints).toEqual([]);
  });

  it.each(['http://127.0.0.1:0/callback', 'https://localhost:0/callback'])(
    'brings an answer in the fragment over to %s, and leaves none of it in the address bar',
    async (redirectUri) => {
      const { status, stdout, text, url } = await logIn(
        ['--response-mode', 'fragment', '--redirect-uri', redirectUri, '--json'],
        'Allow',
      );
      expect(status).toBe(0);
      expect((JSON.parse(stdout) as LoginDocument).userinfo).toEqual({ sub: 'alice' });
      expect(text).toContain('Signed in');
      expect(page.url()).toBe(url.searchParams.get('redirect_uri'));
      expect(complaints).toEqual([]);
    },
  );

  it('takes an answer in the body, posted from a page of the server', async () => {
    const { status, text } = await logIn(['--response-mode', 'form_post'], 'Allow');
    expect(status).toBe(0);
    expect(text).toContain('Signed in');
  });

  it('is not kept waiting by a browser that holds connections open', async () => {
    const cli = startCli(['login', '--issuer', idp.issuer, '--client-id', 'demo-public', '--port', '0']);
    const redirectUri = new URL(await authorizationUrl(cli)).searchParams.get('redirect_uri') ?? '';
    const other = await context.newPage();
    await other.goto(redirectUri);
    await other.evaluate(
      `for (let i = 0; i < 4; i += 1) fetch(location.href + '?wait', { method: 'POST' }).catch(() => {})`,
    );
    const visit = page.goto(await authorizationUrl(cli));
    await visit;
    await page.getByLabel('User').fill('bob');
    await page.getByLabel('Password').fill('any password');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.getByRole('heading', { name: 'Signed in' }).waitFor();
    const shownMs = performance.now();
    expect((await cli.finished).status).toBe(0);
    expect(performance.now() - shownMs).toBeLessThan(goneWithinMs);
  });
});
