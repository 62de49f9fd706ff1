import type { JsonObject } from '../json/json.ts';

/** The redirect URIs of every ready client; on loopback the port and the scheme are free. */
const readyRedirectUris: readonly string[] = [
  'http://127.0.0.1:8378/callback',
  'http://localhost:8378/callback',
  'http://[::1]:8378/callback',
];

/** The secret of every ready confidential client: no secret at all, since it is printed and published. */
const readyClientSecret = 'demo-secret';

const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code';

/** The clients that are there without an options file, as client metadata (RFC 7591 §2). */
export const readyClients: readonly JsonObject[] = [
  readyClient('demo-public', 'Demo app (public)', 'none'),
  readyClient('demo-confidential', 'Demo app (confidential)', 'client_secret_basic'),
  readyClient('demo-confidential-post', 'Demo app (confidential, post)', 'client_secret_post'),
];

function readyClient(clientId: string, name: string, authMethod: string): JsonObject {
  const isPublic = authMethod === 'none';
  return {
    client_id: clientId,
    client_name: name,
    ...(isPublic ? {} : { client_secret: readyClientSecret }),
    token_endpoint_auth_method: authMethod,
    response_types: ['code'],
    grant_types: [
      'authorization_code',
      'refresh_token',
      deviceCode,
      ...(isPublic ? [] : ['client_credentials']),
    ],
    redirect_uris: [...readyRedirectUris],
    post_logout_redirect_uris: [...readyRedirectUris],
  };
}
