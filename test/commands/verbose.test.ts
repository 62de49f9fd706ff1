import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { loginAgainst } from '../end-to-end/scripted-login.ts';
import { createTestContext } from '../fakes/context.ts';

describe('-v and -vv', () => {
  it.each([
    [['-v'], false],
    [['-vv'], true],
    [['-v', '--verbose'], true],
    [['--wire'], true],
  ])('%j shows requests and responses; the connection too: %s', async (args, wire) => {
    const { stderr, server } = await loginAgainst({}, { args, json: false });
    expect(stderr).toMatch(/^ {2}> POST .*\/token$/m);
    expect(stderr).toMatch(/^ {2}< 200$/m);
    expect(/^ {2}\* (?:new|kept-alive) connection to 127\.0\.0\.1:\d+$/m.test(stderr)).toBe(wire);
    expect(/^ {2}\* (?:sent after|TCP) .* ms, .*first byte after \d+ ms$/m.test(stderr)).toBe(wire);
    expect(/^ {2}> content-length: \d+$/m.test(stderr)).toBe(wire);
    for (const [, secret] of server.secrets) expect(stderr).not.toContain(secret);
  });

  it.each<[string, Script, string]>([
    ['a success', {}, 'expires_in'],
    ['a failure', { token: () => json(400, { error: 'invalid_grant' }) }, 'invalid_grant'],
  ])('opens the redacted report of %s when the run is done', async (_, script, words) => {
    const home = await mkdtemp(join(tmpdir(), 'oauth-code-report-'));
    onTestFinished(() => rm(home, { recursive: true, force: true }));
    const { stderr, server, opened } = await loginAgainst(script, {
      args: ['--open-report', '--browser', 'firefox'],
      json: false,
      surroundings: { env: { OAUTH_CODE_HOME: home } },
    });
    const path = join(home, 'last.html');
    expect(stderr.replace(/\s+/g, ' ')).toContain(`Report opened: ${path}`);
    expect(opened.at(-1)).toEqual({ url: pathToFileURL(path).href, command: 'firefox' });
    const page = await readFile(path, 'utf8');
    expect(page).toContain(words);
    for (const [, secret] of server.secrets) expect(page).not.toContain(secret);
  });

  it('shows no secret that a server repeats, also where no person is needed', async () => {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        const basic = Buffer.from((request.headers.authorization ?? '').slice(6), 'base64').toString();
        response.writeHead(401, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ error: 'invalid_client', error_description: `no: ${basic} ${body}` }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
      const test = createTestContext({ env: { CI_SECRET: 'top-secret-99' } });
      const args = ['--grant-type', 'client_credentials', '--token-endpoint', endpoint, '--client-id', 'app'];
      const status = await run(['token', ...args, '--client-secret-env', 'CI_SECRET', '-v'], test.context);
      expect(status).toBe(3);
      expect(test.stderr()).toMatch(/^ {2}< .*no: app:‹client_secret›/m);
      expect(test.stderr()).not.toContain('top-secret-99');
    } finally {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    }
  });

  it('shows a request that is never answered, and why', async () => {
    const { stderr, server } = await loginAgainst({ token: () => 'hang-up' }, { args: ['-v'], json: false });
    expect(stderr).toMatch(/^ {2}> POST .*\/token$/m);
    expect(stderr).toMatch(/^ {2}> grant_type=authorization_code\n {2}> &code=‹code›/m);
    expect(stderr).toMatch(/^ {2}\* no answer: 127\.0\.0\.1:\d+ closed the connection without an answer\.$/m);
    for (const [, secret] of server.secrets) expect(stderr).not.toContain(secret);
    const quiet = await loginAgainst({ token: () => 'hang-up' }, { json: false });
    expect(quiet.stderr).not.toContain('no answer:');
  });

  it.each([
    [['-v'], 'what -v shows'],
    [['-vv'], 'what -v shows'],
    [['-qv'], 'what -v shows'],
    [['-v', '--trace', 'run.json', '--trace', 'run.md'], /^\S+run\.json, \S+run\.md and what -v shows$/],
    [['--trace', 'run.json'], /^\S+run\.json$/],
  ])('warns once, before anything is sent, that %j with --show-secrets shows them', async (args, places) => {
    const folder = await mkdtemp(join(tmpdir(), 'oauth-code-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const words = args.map((word) => (word.startsWith('run.') ? join(folder, word) : word));
    const { status, stdout, stderr } = await loginAgainst({}, { args: ['--show-secrets', ...words] });
    expect([status, Object.keys(JSON.parse(stdout))]).toEqual([0, expect.arrayContaining(['tokens'])]);
    const warnings = [...stderr.matchAll(/--show-secrets: tokens and other secrets will stand in (.*)$/gm)];
    expect(warnings.map(([, text]) => text)).toEqual([
      typeof places === 'string' ? places : expect.stringMatching(places),
    ]);
    expect(stderr.indexOf('! ')).toBe(0);
  });

  it('does not warn of secrets that nothing shows', async () => {
    const { stderr } = await loginAgainst({}, { args: ['--show-secrets'] });
    expect(stderr).not.toContain('secrets will stand');
  });
});
