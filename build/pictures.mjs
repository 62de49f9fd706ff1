// `npm run pictures`: makes docs/images from the build. One login against the embedded server, its user in Chromium, gives
// all three: the terminal as it was printed, the page that ends the login, and the report of its trace.
import { execFileSync, spawn } from 'node:child_process';
import { accessSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';
import { terminalPicture } from './terminal-picture.mjs';

const bin = 'bin/oauth-code.js';
const images = 'docs/images';
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-pictures-'));
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  OAUTH_CODE_HOME: folder,
  OAUTH_CODE_STORE: 'file',
  OAUTH_CODE_PORT: '0',
};

/** Starts the command; `saw` waits for a text in what it prints, which may be coloured. */
function start(...args) {
  const child = spawn(process.execPath, [bin, ...args], { env });
  const printed = { text: '' };
  const waiting = new Set();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      printed.text += text;
      for (const look of waiting) look();
    });
  }
  const ended = new Promise((resolve) => child.once('close', resolve));
  const saw = (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(printed.text);
        if (match !== null) resolve(match[1]);
      };
      waiting.add(look);
      look();
      ended.then(() => reject(new Error(`ended without ${pattern}:\n${printed.text}`)));
    });
  return { child, printed, ended, saw };
}

const browserFile = (process.env.PATH ?? '')
  .split(delimiter)
  .flatMap((path) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(path, name)))
  .find((file) => {
    try {
      accessSync(file);
      return true;
    } catch {
      return false;
    }
  });
if (browserFile === undefined) throw new Error('There is no Chromium in PATH.');

const browser = await chromium.launch({ executablePath: browserFile, args: ['--no-sandbox'] });
const idp = start('idp', '--idp-port', '0');
const running = [idp];
try {
  const issuer = await idp.saw(/(http:\/\/127\.0\.0\.1:\d+)/);
  const words = ['login', '--issuer', issuer, '--client-id', 'demo-public', '--scope', 'openid profile'];
  const trace = join(folder, 'run.json');
  const login = start(...words, '--no-browser', '--color', 'always', '--trace', trace);
  running.push(login);
  const url = await login.saw(/^(http\S+response_type=code\S*)$/m);
  const page = await browser.newPage({ viewport: { width: 760, height: 480 } });
  await page.goto(url);
  const redirectUri = new URL(url).searchParams.get('redirect_uri');
  for (let step = 0; step < 5 && !page.url().startsWith(redirectUri); step += 1) {
    for (const field of await page.locator('input:visible').all()) await field.fill('alice');
    await Promise.all([
      page.waitForNavigation(),
      page
        .getByRole('button', { name: /sign in|allow|alice/i })
        .first()
        .click(),
    ]);
  }
  await login.ended;
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(images, 'callback.png'), fullPage: true });

  // The usual ports in place of free ones, so that the picture changes with the program alone as far as it can.
  const usual = (text) =>
    text.replaceAll(issuer, 'http://127.0.0.1:9400').replaceAll(new URL(redirectUri).port, '8378');
  const command = `oauth-code login --issuer ${issuer} --client-id demo-public \\\n    --scope "openid profile"`;
  const output = login.printed.text.replace(/.*Trace.* written to .*\n/, '');
  const picture = terminalPicture(usual(command), usual(output));
  writeFileSync(join(images, 'login.svg'), picture);

  const report = join(folder, 'run.html');
  execFileSync(process.execPath, [bin, 'report', trace, '--out', report], { env });
  await page.setViewportSize({ width: 1000, height: 760 });
  await page.goto(`file://${report}`);
  await page.screenshot({ path: join(images, 'report.png') });
} finally {
  for (const { child } of running) child.kill('SIGTERM');
  await Promise.all([...running.map(({ ended }) => ended), browser.close()]);
  rmSync(folder, { recursive: true });
}
