import { describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { type Script, startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { createTestContext } from '../fakes/context.ts';
import { freePort } from '../fakes/free-port.ts';
import { follow } from './scripted-login.ts';

/** What `mcp` registers at a server with this metadata. */
async function registeredAt(metadata: JsonObject, client?: Script['client']): Promise<JsonObject> {
  const server = await startScriptedServer({
    hasResource: true,
    metadata: (sound) => ({ ...sound, ...metadata }),
    ...(client && { client }),
  });
  const test = createTestContext({ visit: follow });
  try {
    const status = await run(['mcp', `${server.issuer}/mcp`, '--port', '0', '--json'], test.context);
    expect(status, test.stderr()).toBe(0);
    return JSON.parse(server.requests.find(({ endpoint }) => endpoint === 'register')?.body ?? '');
  } finally {
    await server.close();
  }
}

describe('the client that is registered for an MCP server', () => {
  it.each([
    [['api:read', 'openid'], 'api:read'],
    [['api:write', 'openid', 'api:read'], 'api:read api:write'],
    [['api:write'], undefined],
    [['openid'], undefined],
    [undefined, 'api:read api:write'],
  ])('has the scope of the resource that the server lists (%j)', async (listed, scope) => {
    const registered = await registeredAt(listed === undefined ? {} : { scopes_supported: listed });
    expect(registered.scope).toBe(scope);
  });

  it('is another than one that was registered without a scope, once a scope is to be registered', async () => {
    const port = String(await freePort());
    let listed: string[] | undefined = ['openid'];
    const server = await startScriptedServer({
      hasResource: true,
      metadata: (sound) => ({ ...sound, ...(listed && { scopes_supported: listed }) }),
    });
    const test = createTestContext({ visit: follow });
    const args = [
      'login',
      '--resource-url',
      `${server.issuer}/mcp`,
      '--register',
      '--port',
      port,
      '--store',
      'file',
    ];
    try {
      expect(await run(args, test.context), test.stderr()).toBe(0);
      listed = undefined;
      expect(await run(args, test.context), test.stderr()).toBe(0);
    } finally {
      await server.close();
    }
    const made = server.requests.filter(({ endpoint }) => endpoint === 'register');
    expect(made.map(({ body }) => JSON.parse(body).scope)).toEqual([undefined, 'api:read api:write']);
  });

  it.each(['client_secret_post', 'client_secret_basic'] as const)(
    'authenticates by %s where the server lists that first',
    async (method) => {
      const others = ['client_secret_basic', 'client_secret_post'].filter((one) => one !== method);
      const registered = await registeredAt(
        { token_endpoint_auth_methods_supported: [method, ...others] },
        { clientId: 'client-1', method, clientSecret: 'a-secret' },
      );
      expect(registered.token_endpoint_auth_method).toBe(method);
    },
  );
});
