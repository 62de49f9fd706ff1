import { generateKeyPair, type JsonWebKey, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { JsonObject } from '../json/json.ts';
import { cibaType, deviceCodeType, exchangeType, jwtBearerType } from '../protocol/grant-types.ts';

/** The redirect URIs of every ready client; on loopback the port and the scheme are free. */
export const readyRedirectUris: readonly string[] = [
  'http://127.0.0.1:8378/callback',
  'http://localhost:8378/callback',
  'http://[::1]:8378/callback',
];

/** The secret of every ready confidential client: no secret at all, since it is printed and published. */
const readyClientSecret = 'demo-secret';

/** All that the library takes: it refuses `token` alone where it is configured. */
export const readyResponseTypes: readonly string[] = [
  'code',
  'id_token',
  'id_token token',
  'code id_token',
  'code token',
  'code id_token token',
];

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
    response_types: [...readyResponseTypes],
    grant_types: [
      'authorization_code',
      'refresh_token',
      deviceCodeType,
      'implicit',
      ...(isPublic ? [] : ['client_credentials', exchangeType, jwtBearerType, cibaType]),
    ],
    ...(isPublic ? {} : { backchannel_token_delivery_mode: 'poll' }),
    redirect_uris: [...readyRedirectUris],
    post_logout_redirect_uris: [...readyRedirectUris],
    // Where "oauth-code listen backchannel-logout" listens; where nothing does, the logout goes on.
    backchannel_logout_uri: 'http://127.0.0.1:8390/backchannel-logout',
  };
}

/** The users that are there without an options file: their claims (OpenID Connect Core 1.0 §5.1), `sub` the user name. */
export const readyUsers: readonly JsonObject[] = [
  {
    sub: 'alice',
    name: 'Alice Adams',
    given_name: 'Alice',
    family_name: 'Adams',
    nickname: 'Al',
    preferred_username: 'alice',
    gender: 'female',
    birthdate: '1990-04-12',
    zoneinfo: 'Europe/Prague',
    locale: 'en',
    updated_at: 1_760_000_000,
    email: 'alice@example.com',
    email_verified: true,
    phone_number: '+420 601 000 001',
    phone_number_verified: true,
    address: {
      formatted: 'Loopback Lane 1\n110 00 Prague\nCzechia',
      street_address: 'Loopback Lane 1',
      locality: 'Prague',
      postal_code: '110 00',
      country: 'Czechia',
    },
  },
  {
    sub: 'bob',
    name: 'Bob Brown',
    given_name: 'Bob',
    family_name: 'Brown',
    preferred_username: 'bob',
    zoneinfo: 'America/New_York',
    locale: 'en-US',
    updated_at: 1_760_000_000,
    email: 'bob@example.org',
    email_verified: false,
    phone_number: '+1 212 555 0100',
    phone_number_verified: false,
    address: { street_address: '1 Localhost Street', locality: 'New York', region: 'NY', country: 'USA' },
  },
];

/** The claims each scope value asks for (OpenID Connect Core 1.0 §5.4). */
export const scopeClaims: JsonObject = {
  address: ['address'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  profile: (
    'birthdate family_name gender given_name locale middle_name name nickname picture preferred_username ' +
    'profile updated_at website zoneinfo'
  ).split(' '),
};

const generate = promisify(generateKeyPair);

/**
 * Makes one fresh private key each for RS256 and PS256 (RSA, 2048 bit), ES256 and EdDSA, the RSA key first, and one to
 * encrypt to. Key ids differ from run to run, so that a client which kept old keys notices.
 */
export async function createServerKeys(): Promise<readonly JsonWebKey[]> {
  const pairs = await Promise.all([
    generate('rsa', { modulusLength: 2048 }),
    generate('ec', { namedCurve: 'P-256' }),
    generate('ed25519', {}),
    generate('ec', { namedCurve: 'P-256' }),
  ]);
  const run = randomBytes(4).toString('hex');
  return pairs.map(({ privateKey }, index) => {
    const use = index === 3 ? 'enc' : 'sig';
    const kind = use === 'enc' ? 'enc' : privateKey.asymmetricKeyType;
    return { ...privateKey.export({ format: 'jwk' }), kid: `${kind}-${run}`, use };
  });
}
