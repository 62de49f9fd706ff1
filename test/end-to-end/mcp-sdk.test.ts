import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { type SdkResource, startSdkResource } from '../fakes/sdk-resource.ts';
import { runCli, startCli } from './cli.ts';
import { playPerson } from './person-login.ts';

const tools = ['time', 'weather'];
const home = mkdtempSync(join(tmpdir(), 'oauth-code-mcp-sdk-'));
const env = { OAUTH_CODE_HOME: home, OAUTH_CODE_STORE: 'file' };
let idp: RunningIdp;
let resource: SdkResource;
beforeAll(async () => {
  idp = await startIdp({ port: 0 });
  resource = await startSdkResource(idp.issuer, { scopes: ['api:read'], tools });
});
afterAll(async () => {
  await Promise.all([idp.close(), resource.close()]);
  rmSync(home, { recursive: true });
});

describe('a server of the official MCP SDK', () => {
  it('is discovered without an objection', async () => {
    const { status, stdout, stderr } = await runCli(['discover', resource.url, '--json', '-q']);
    expect(status, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      issuer: idp.issuer,
      resource: { metadata: { resource: resource.url }, scope: ['api:read'] },
    });
  });

  it('takes the token of a client that is registered for the login, and lists its tools', async () => {
    const args = ['login', '--resource-url', resource.url, '--register', '--port', '0', '--json'];
    const cli = startCli([...args, '--save', 'sdk', '-y'], { env });
    const [visit, login] = await Promise.all([playPerson(idp, cli), cli.finished]);
    expect(login.status, login.stderr).toBe(0);
    expect(visit.url.searchParams.get('resource')).toBe(resource.url);
    const call = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
    const called = await runCli(
      [
        ...['request', resource.url, '-p', 'sdk', '--data', JSON.stringify(call)],
        ...['-H', 'Content-Type: application/json', '-H', 'Accept: application/json, text/event-stream'],
      ],
      { env },
    );
    expect(called.status, called.stderr).toBe(0);
    for (const tool of tools) expect(called.stdout).toContain(`"name":"${tool}"`);
  });

  it('is followed by mcp to an answered call, with the names of its tools', async () => {
    const cli = startCli(['mcp', resource.url, '--port', '0', '--json', '--store', 'none'], { env });
    const [, run] = await Promise.all([playPerson(idp, cli), cli.finished]);
    expect(run.status, run.stderr).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      verdict: { outcome: 'works', first_broken: null },
      authorizations: 1,
      answer: { status: 200, tools },
    });
  });

  it('refuses a token for another resource', async () => {
    const other = `${idp.issuer}/mcp`;
    const cli = startCli(['login', '--resource-url', other, '--register', '--port', '0', '--json'], { env });
    const [, login] = await Promise.all([playPerson(idp, cli), cli.finished]);
    const token: string = JSON.parse(login.stdout).token_response.access_token;
    expect(token.split('.')).toHaveLength(3);
    const answer = await fetch(resource.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  });
});
