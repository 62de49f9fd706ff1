import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { createThrowAwayCertificate } from '../adapters/throw-away-certificate.ts';
import type { JsonObject } from '../json/json.ts';
import type { IdpConfig } from './idp-config.ts';
import { readyRedirectUris } from './ready-setup.ts';
import type { IdpOptions } from './start-idp.ts';

/** A client of a demo, with what was made for it to authenticate with. */
export interface DemoClient {
  /** The options of the server that knows it. */
  readonly idp: IdpOptions;
  /** Options of `login`, by their names. */
  readonly settings: Readonly<Record<string, string>>;
  /** The texts of the files that these options name: they are nowhere else. */
  readonly files: ReadonlyMap<string, string>;
}

/**
 * Makes a client that signs with a key of its own, or that shows a certificate of its own, which its tokens are bound
 * to, and adds its public half to the server (RFC 7523 §2.2; RFC 8705 §2.2, §3).
 */
export function makeDemoClient(by: 'key' | 'certificate', idp: IdpOptions, config: IdpConfig): DemoClient {
  return by === 'key' ? signingClient(idp, config) : certifiedClient(idp, config);
}

function signingClient(idp: IdpOptions, config: IdpConfig): DemoClient {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const client = clientOf('key', 'private_key_jwt', publicKey.export({ format: 'jwk' }) as JsonObject);
  return {
    idp: { ...idp, config: { ...config, clients: [client, ...config.clients] } },
    settings: { 'client-id': 'demo-key', 'signing-key': 'demo-key.pem' },
    files: new Map([['demo-key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()]]),
  };
}

function certifiedClient(idp: IdpOptions, config: IdpConfig): DemoClient {
  const server = createThrowAwayCertificate([], new Date());
  const own = createThrowAwayCertificate([], new Date());
  const shown = new X509Certificate(own.cert);
  const method = 'self_signed_tls_client_auth';
  const jwk = {
    ...(shown.publicKey.export({ format: 'jwk' }) as JsonObject),
    x5c: [shown.raw.toString('base64')],
  };
  const client = clientOf('certificate', method, jwk);
  const mTLS = { enabled: true, certificateBoundAccessTokens: true, selfSignedTlsClientAuth: true };
  const provider = {
    ...config.provider,
    clientAuthMethods: ['none', 'client_secret_basic', 'client_secret_post', method],
    features: { ...(config.provider.features as JsonObject | undefined), mTLS },
  };
  return {
    idp: { ...idp, tls: server, config: { ...config, clients: [client, ...config.clients], provider } },
    settings: {
      'client-id': 'demo-certificate',
      'auth-method': method,
      'ca-file': 'demo-server.pem',
      cert: 'demo-certificate.pem',
    },
    files: new Map([
      ['demo-server.pem', server.cert],
      ['demo-certificate.pem', `${own.cert}${own.key}`],
    ]),
  };
}

function clientOf(by: string, method: string, jwk: JsonObject): JsonObject {
  return {
    client_id: `demo-${by}`,
    client_name: `Demo app (${by})`,
    token_endpoint_auth_method: method,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    redirect_uris: [...readyRedirectUris],
    id_token_signed_response_alg: 'ES256',
    authorization_signed_response_alg: 'ES256',
    tls_client_certificate_bound_access_tokens: by === 'certificate',
    jwks: { keys: [jwk] },
  };
}
