import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { splitCommandLine } from '../../src/adapters/child-program.ts';
import { misbehaviours } from '../../src/idp/misbehaviours.ts';
import { freePort } from '../fakes/free-port.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';
import { authorizationUrl, type RunningCli, runCli, startCli } from './cli.ts';
import { lastLineAsJson, playPerson } from './person-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-idp-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** What a running server has printed on stdout, once that matches. */
async function stdoutOf({ child }: RunningCli, pattern: RegExp): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    if (pattern.test(text)) return text;
  }
  throw new Error(`The server ended without ${pattern}: ${text}`);
}

async function startServer(...args: readonly string[]) {
  const cli = startCli(['idp', '--idp-port', '0', '--json', ...args]);
  const description = JSON.parse(await stdoutOf(cli, /\n/)) as {
    issuer: string;
    clients: { client_id: string }[];
    users: string[];
  };
  return { cli, ...description };
}

describe('idp', () => {
  it('describes itself with --json as one document', async () => {
    const { cli, ...description } = await startServer();
    const redirect_uris = expect.arrayContaining(['http://127.0.0.1:8378/callback']);
    const confidential = { client_secret: 'demo-secret', redirect_uris };
    expect(description).toEqual({
      version: 1,
      issuer: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      mcp_url: `${description.issuer}/mcp`,
      clients: [
        { client_id: 'demo-public', token_endpoint_auth_method: 'none', redirect_uris },
        {
          client_id: 'demo-confidential',
          token_endpoint_auth_method: 'client_secret_basic',
          ...confidential,
        },
        {
          client_id: 'demo-confidential-post',
          token_endpoint_auth_method: 'client_secret_post',
          ...confidential,
        },
      ],
      users: ['alice', 'bob'],
    });
    cli.child.kill('SIGTERM');
    const run = await cli.finished;
    expect(run.status).toBe(143);
    expect(lastLineAsJson(run)).toMatchObject({ error: { code: 'cancelled', exit_code: 143 } });
  });

  it('prints commands that work when they are copied, and each request it answers', async () => {
    const server = startCli(['idp', '--idp-port', '0']);
    const text = await stdoutOf(server, /Ctrl-C ends the server/);
    const issuer = /^Issuer +(\S+)$/m.exec(text)?.[1] ?? '';
    expect(text).toMatch(/^Users +alice, bob \(any password\)$/m);
    expect(text).toContain('demo-public');
    expect(text).toContain(`\n  oauth-code mcp ${issuer}/mcp\n`);
    expect(text).toMatch(
      /The secret is accepted in the header and in the body, unless\s+"clientAuthMethods"/,
    );
    const commands = text
      .replaceAll(/\\\n +/g, '')
      .split('\n')
      .filter((line) => /^ .*oauth-code login/.test(line))
      .map((line) => line.trim());
    expect(commands).toHaveLength(2);
    for (const command of commands) {
      const words = [...splitCommandLine(command)];
      const env = Object.fromEntries(
        words.splice(0, words.indexOf('oauth-code')).map((word) => word.split('=') as [string, string]),
      );
      const cli = startCli([...words.slice(1), '--port', '0'], { env });
      const [, run] = await Promise.all([playPerson({ issuer }, cli), cli.finished]);
      expect({ command, status: run.status }).toEqual({ command, status: 0 });
    }
    server.child.kill('SIGINT');
    const { stderr, stdout } = await server.finished;
    expect(stderr).toMatch(/^GET {3}\/\.well-known\/openid-configuration +200 +\d+ ms$/m);
    expect(stderr).toMatch(/^POST {2}\/token +200 +\d+ ms$/m);
    expect(stderr).not.toMatch(/code=|demo-secret|oidc-provider|WARNING/);
    expect(stdout).toBe(text);
  });

  it('ends with Ctrl-C at once, its port free again', async () => {
    const port = await freePort();
    const { cli, issuer } = await startServer('--idp-port', String(port));
    const kept = await fetch(`${issuer}/jwks`);
    expect(kept.status).toBe(200);
    cli.child.kill('SIGINT');
    expect((await cli.finished).status).toBe(130);
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it('takes clients and users from an options file', async () => {
    const file = join(folder, 'options.json');
    writeFileSync(
      file,
      '{ "users": [{ "sub": "carol" }], "clients": [{ "client_id": "mine", "token_endpoint_auth_method": "none", "redirect_uris": ["http://127.0.0.1/cb"] }] }',
    );
    const { cli, users, clients } = await startServer('--idp-options', file);
    cli.child.kill('SIGINT');
    expect(users).toEqual(['alice', 'bob', 'carol']);
    expect(clients.map(({ client_id }) => client_id)).toContain('mine');
    await cli.finished;
  });

  it.each([
    { what: 'no JSON', text: '{ "users": [', says: /line 1, column 13/ },
    { what: 'an unknown member', text: '{ "user": [] }', says: /unknown member "user".*"users"/s },
    {
      what: 'an impossible client',
      text: '{ "clients": [{ "client_id": "x" }] }',
      says: /client "x" is refused/,
    },
  ])('refuses an options file with $what, naming the place', async ({ text, says }) => {
    const file = join(folder, 'wrong.json');
    writeFileSync(file, text);
    const { status, stdout, stderr } = await runCli(['idp', '--idp-port', '0', '--idp-options', file]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(file);
    expect(stderr.replaceAll(/\n {2}/g, ' ')).toMatch(says);
  });

  it('names a taken port and the way out', async () => {
    const servers = new LoopbackServers();
    const { port } = await servers.http((_, response) => response.end());
    const { status, stdout, stderr } = await runCli(['idp', '--idp-port', String(port)]);
    await servers.closeAll();
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(`Port ${port} on 127.0.0.1 is taken`);
    expect(stderr).toContain('--idp-port 0');
  });
});

describe('idp --misbehave', () => {
  it('lists every misbehaviour with what a correct client does', async () => {
    const { status, stdout } = await runCli(['idp', '--list-misbehaviours', '--json']);
    expect(status).toBe(0);
    const { misbehaviours: listed } = JSON.parse(stdout) as { misbehaviours: { id: string }[] };
    expect(listed.map(({ id }) => id)).toEqual(misbehaviours.map(({ id }) => id));
    expect(new Set(listed.map(({ id }) => id)).size).toBe(listed.length);
    expect(listed).toContainEqual({
      id: 'id-token-expired',
      wrong: 'an ID token that has expired',
      correct_client: 'refuses the login before the next request',
      section: expect.stringContaining('OIDC Core §3.1.3.7'),
      checks: ['id-token-exp'],
      options: [],
    });
    const inText = await runCli(['idp', '--list-misbehaviours']);
    expect(inText.stdout).toMatch(/^id-token-expired\n {2}an ID token that has expired \(OIDC Core/m);
  });

  it('serves one of them', async () => {
    const cli = startCli(['idp', '--idp-port', '0', '--misbehave', 'id-token-expired']);
    const text = await stdoutOf(cli, /Ctrl-C/);
    const [, issuer = ''] = /^Issuer +(\S+)$/m.exec(text) ?? [];
    const login = startCli(['login', '--issuer', issuer, '--client-id', 'client-1', '--port', '0', '--json']);
    await fetch(await authorizationUrl(login));
    const run = await login.finished;
    cli.child.kill('SIGTERM');
    expect((await cli.finished).stderr).toMatch(/^POST {2}\/token {2}200/m);
    expect(lastLineAsJson(run)).toMatchObject({ error: { check: 'id-token-exp', exit_code: 6 } });
  });

  it('serves an MCP server with a fault, and says how to try it', async () => {
    const cli = startCli(['idp', '--idp-port', '0', '--misbehave', 'mcp-servers-empty']);
    const text = await stdoutOf(cli, /Ctrl-C/);
    const [, url = ''] = /^ {2}oauth-code mcp (\S+)$/m.exec(text) ?? [];
    const run = await runCli(['mcp', url, '--no-login', '--json']);
    cli.child.kill('SIGTERM');
    await cli.finished;
    expect(run.status, run.stderr).toBe(7);
    expect(JSON.parse(run.stdout)).toMatchObject({
      verdict: { first_broken: { phase: 'resource_metadata', fault: 'server' } },
    });
  });

  it('names the one that was meant', async () => {
    const { status, stderr } = await runCli(['idp', '--misbehave', 'id-tokn-expired']);
    expect(status).toBe(2);
    expect(stderr).toContain('Did you mean id-token-expired?');
  });
});
