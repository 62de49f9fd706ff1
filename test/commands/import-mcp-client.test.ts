// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the placeholders of these files
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSettingsPlace, type SettingsPlace } from './settings-place.ts';

let place: SettingsPlace;
beforeEach(() => {
  place = createSettingsPlace();
});
afterEach(() => place.remove());

const secret = 'sesame-of-more-than-a-few-letters';
const url = 'https://mcp.example.com/mcp';

/** Imports a file that holds this, as the text it is or as JSON. */
async function imported(content: unknown, ...args: readonly string[]) {
  const file = join(place.home, 'mcp.json');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2), {
    mode: 0o600,
  });
  const run = await place.run(['profile', 'import', '--json', ...args, file]);
  expect(run.said).not.toContain(secret);
  const { name, settings, left_out: leftOut } = run.status === 0 ? JSON.parse(run.stdout) : {};
  return { status: run.status, said: run.said, name, settings, leftOut };
}

describe('profile import of the configuration of an MCP client', () => {
  it('reads Claude Code, with the client of the user and local servers beside', async () => {
    const done = await imported({
      mcpServers: {
        crm: {
          type: 'http',
          url,
          headers: { Authorization: `Bearer ${secret}`, 'X-Team': secret, 'User-Agent': 'claude-code/2.1' },
          oauth: { clientId: 'app', callbackPort: 8080 },
        },
        files: {
          command: 'npx',
          args: ['-y', '@modelcontextprotocol/server-filesystem', '/tmp'],
          env: { KEY: secret },
        },
      },
    });
    expect(done).toMatchObject({
      status: 0,
      name: 'crm',
      settings: {
        resource_url: url,
        client_id: 'app',
        redirect_uri: 'http://localhost:8080/callback',
        user_agent: 'claude-code/2.1',
      },
      leftOut: [
        'Authorization: a token; a login gets one',
        'X-Team: a value that a profile does not hold; request -H sends one',
        'files: started by a command, and needs no login',
      ],
    });
    expect(place.config()).not.toContain(secret);
  });

  it('reads VS Code, comments, inputs and all', async () => {
    const done = await imported(`{
      // asked for once
      "inputs": [{ "type": "promptString", "id": "api-key", "password": true }],
      "servers": {
        "Git Hub": {
          "type": "http", /* streamable */
          "url": "${url}",
          "headers": { "Authorization": "Bearer \${input:api-key}" },
        },
      },
    }`);
    expect(done).toMatchObject({
      name: 'Git-Hub',
      settings: { resource_url: url },
      leftOut: ['Authorization: a token from ${input:api-key}; a login gets one'],
    });
  });

  it.each<[string, unknown]>([
    ['the settings of VS Code', { mcp: { servers: { one: { url } } } }],
    ['the MCP Inspector', { mcpServers: { one: { type: 'streamable-http', url } } }],
    ['Windsurf', { mcpServers: { one: { serverUrl: url } } }],
    ['Gemini', { mcpServers: { one: { httpUrl: url } } }],
    ['Zed', { theme: 'x', context_servers: { one: { url } } }],
    ['a project of Claude Code', { projects: { '/src': { mcpServers: { one: { type: 'http', url } } } } }],
    [
      'Claude Desktop by mcp-remote',
      { mcpServers: { one: { command: 'npx', args: ['-y', 'mcp-remote@latest', url] } } },
    ],
  ])('reads %s', async (_, content) => {
    expect(await imported(content)).toMatchObject({
      name: 'one',
      settings: { resource_url: url },
      leftOut: [],
    });
  });

  it('reads Cursor, whose client is in variables', async () => {
    const auth = { CLIENT_ID: 'app', CLIENT_SECRET: '${env:MCP_CLIENT_SECRET}', scopes: ['read', 'write'] };
    expect((await imported({ mcpServers: { one: { url, auth } } })).settings).toEqual({
      resource_url: url,
      client_id: 'app',
      client_secret: { env: 'MCP_CLIENT_SECRET' },
      scope: 'read write',
    });
  });

  it('reads what mcp-remote is told', async () => {
    const args = [
      ...['mcp-remote', url, '9696', '--header', 'Authorization:${AUTH_HEADER}', '--transport', 'http-only'],
      ...[
        '--static-oauth-client-info',
        '{"client_id":"app"}',
        '--static-oauth-client-metadata',
        '{"scope":"a b"}',
      ],
    ];
    expect(await imported({ mcpServers: { one: { command: 'npx', args } } })).toMatchObject({
      settings: {
        resource_url: url,
        client_id: 'app',
        scope: 'a b',
        redirect_uri: 'http://localhost:9696/oauth/callback',
      },
      leftOut: ['Authorization: a token from ${AUTH_HEADER}; a login gets one'],
    });
  });

  it('names what the client of the file fills in, without a default that may be a secret', async () => {
    const done = await imported({
      mcpServers: {
        one: {
          url,
          headers: { Authorization: `Bearer \${TOKEN:-${secret}}` },
          oauth: { clientId: '${env:CLIENT}', clientSecret: '${input:secret}', flow: 'x' },
        },
      },
    });
    expect(done.leftOut).toEqual([
      'Authorization: a token from ${TOKEN}; a login gets one',
      'clientId: filled in from ${env:CLIENT}; give --client-id',
      'clientSecret: asked for as ${input:secret}; give --client-secret-env',
      'flow: not known here',
    ]);
  });

  it('takes no secret into the file', async () => {
    const content = { mcpServers: { one: { url, oauth: { clientId: 'app', clientSecret: secret } } } };
    expect(await imported(content)).toMatchObject({
      status: 2,
      said: expect.stringContaining('A client secret is in'),
    });
    expect((await imported(content, '--store', 'keychain')).settings.client_secret).toEqual({
      keychain: true,
    });
    expect((await imported(content, '-y', '--client-secret-env', 'S')).settings.client_secret).toEqual({
      env: 'S',
    });
    const inUrl = await imported({ mcpServers: { two: { url: `${url}?api_key=${secret}` } } });
    expect(inUrl.settings).toEqual({});
    expect(place.config()).not.toContain(secret);
  });

  it('asks which of several servers is meant', async () => {
    const content = { mcpServers: { one: { url }, two: { url: `${url}2` }, local: { command: 'x' } } };
    expect(await imported(content)).toMatchObject({
      status: 2,
      said: expect.stringContaining('--server NAME: one, two.'),
    });
    expect((await imported(content, '--server', 'two')).settings).toEqual({ resource_url: `${url}2` });
    expect(await imported(content, '--server', 'local')).toMatchObject({
      status: 2,
      said: expect.stringContaining('There is: one, two.'),
    });
  });

  it('says that local servers need no login', async () => {
    const done = await imported({ mcpServers: { files: { command: 'npx', args: ['server-filesystem'] } } });
    expect(done).toMatchObject({ status: 2, said: expect.stringContaining('no server with a URL: files.') });
  });

  it.each([
    ['which has its URL', url, 'mcp -p one'],
    ['which still needs a URL', '${env:MCP_URL}', 'mcp URL -p one'],
  ])('names the next command, %s', async (_, address, command) => {
    const file = join(place.home, 'mcp.json');
    writeFileSync(file, JSON.stringify({ mcpServers: { one: { url: address } } }), { mode: 0o600 });
    expect((await place.run(['profile', 'import', file])).stderr).toContain(
      `Try it: oauth-code ${command}\n`,
    );
  });

  it.each([
    ['an empty list', '{"mcpServers": {}}', /mcp\.json names no MCP server\./],
    [
      'a comma that is missing',
      `{"mcpServers": {\n"a": {"url": "${url}" "headers": {}}}}`,
      /mcp\.json:2:\d+ .*a comma is expected/,
    ],
  ])('says what is wrong with %s', async (_, content, said) => {
    const done = await imported(content);
    expect(done).toMatchObject({ status: 2, said: expect.stringMatching(said) });
    expect(done.said).not.toMatch(/kube|YAML/);
  });

  it('takes the first of several servers of one name, and says so', async () => {
    const content = {
      mcpServers: { one: { url } },
      projects: { '/p': { mcpServers: { one: { url: `${url}2` } } } },
    };
    expect(await imported(content, '--server', 'one')).toMatchObject({
      settings: { resource_url: url },
      leftOut: ['one: another server of this name, further down'],
    });
  });
});
