import { describe, expect, it } from 'vitest';
import { aimAtResource } from '../../src/flows/aim-at-resource.ts';
import { discoverServer } from '../../src/flows/discover-metadata.ts';
import { discoverResource } from '../../src/flows/discover-resource.ts';
import { fakeConversation } from './fake-conversation.ts';

const url = 'https://api.example/mcp';
const metadataUrl = 'http://192.168.1.2/metadata';
const privateServers = ['http://192.168.1.2/as', 'http://10.0.0.1/as'];

/** What comes of a public resource that leads into private networks. */
async function discover(
  allowsPrivate?: (target: URL) => Promise<boolean>,
  servers: readonly string[] = [...privateServers, 'https://login.example'],
) {
  const challenge = `Bearer resource_metadata="${metadataUrl}"`;
  const { conversation, asked } = fakeConversation({
    [url]: { status: 401, headers: [['WWW-Authenticate', challenge]] },
    [metadataUrl]: { json: { resource: url, authorization_servers: servers } },
    'https://api.example/.well-known/oauth-protected-resource/mcp': {
      json: { resource: url, authorization_servers: servers },
    },
  });
  const found = await discoverResource(conversation, url, allowsPrivate && { allowsPrivate });
  const refused = found.checks.filter(({ id }) => id === 'resource-private-address');
  const outcomes = refused.map(({ outcome }) => outcome);
  return { servers: found.authorizationServers, refused: refused.length, outcomes, asked: asked() };
}

describe('metadata of an authorization server that a resource leads to', () => {
  it.each(['jwks_uri', 'token_endpoint', 'registration_endpoint'])(
    'does not lead on to a link-local %s, also from this machine',
    async (name) => {
      const resource = 'http://127.0.0.1:9/mcp';
      const issuer = 'http://127.0.0.1:8';
      const server = { issuer, [name]: 'http://169.254.169.254/latest' };
      const metadata = { resource, authorization_servers: [issuer] };
      const { conversation, asked } = fakeConversation({
        [resource]: { status: 401 },
        'http://127.0.0.1:9/.well-known/oauth-protected-resource/mcp': { json: metadata },
        [`${issuer}/.well-known/openid-configuration`]: { json: server },
      });
      const found = await discoverResource(conversation, resource, {});
      const login = { request: { scope: [], resources: [], overrides: [] }, server: { given: {} } };
      const aimed = await aimAtResource(conversation, found, { ...login, dpop: undefined });
      const { checks } = await discoverServer(conversation, aimed.server, 'first');
      expect(checks.filter(({ id }) => id === 'metadata-private-address')).toMatchObject([
        { outcome: 'fail' },
      ]);
      const given = { ...aimed.server, given: { [name]: 'http://127.0.0.1:8/x' } };
      const again = await discoverServer(conversation, given, 'first');
      expect(again.checks.filter(({ id }) => id === 'metadata-private-address')).toEqual([]);
      expect(asked().filter((url) => url.includes('169.254'))).toEqual([]);
    },
  );
});

describe('a public resource that leads to private addresses', () => {
  it('is not followed there, where nothing allows it', async () => {
    const { servers: followed, refused, asked } = await discover();
    expect(followed).toEqual(['https://login.example']);
    expect(refused).toBe(3);
    expect(asked).not.toContain(metadataUrl);
  });

  it('is warned of for a server where another is left, and fails where none is', async () => {
    expect((await discover()).outcomes).toEqual(['fail', 'warn', 'warn']);
    expect((await discover(undefined, privateServers)).outcomes).toEqual(['fail', 'fail', 'fail']);
  });

  it('is followed to the hosts that the user allows, who is asked once for each', async () => {
    const hosts: string[] = [];
    const {
      servers: followed,
      refused,
      asked,
    } = await discover(async ({ host }) => {
      hosts.push(host);
      return host === '192.168.1.2';
    });
    expect(hosts).toEqual(['192.168.1.2', '10.0.0.1']);
    expect(followed).toEqual(['http://192.168.1.2/as', 'https://login.example']);
    expect(refused).toBe(1);
    expect(asked).toContain(metadataUrl);
  });
});
