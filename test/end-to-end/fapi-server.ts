import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { json, type Reply, type SeenRequest, text } from '../../src/idp/misbehaviours/reply.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { unusualAnswers } from '../../src/idp/misbehaviours/unusual-answers.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';

/** What the client test plans of FAPI 2.0 vary. */
export interface FapiVariant {
  readonly auth: 'private_key_jwt' | 'mtls';
  readonly sender: 'dpop' | 'mtls';
  readonly type: 'oidc' | 'plain_oauth';
  readonly jarm: boolean;
}

/** Files of the client in a folder of their own. */
export function fapiClient() {
  const folder = mkdtempSync(join(tmpdir(), 'oauth-code-modules-'));
  const write = (name: string, content: string | Buffer) => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
    return join(folder, name);
  };
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = issueCertificate({ name: 'server', altNames: ['127.0.0.1'], isCa: true });
  const client = issueCertificate({ name: 'client' });
  const signingKey = write('key.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const certificate = ['--cert', write('client.pem', `${client.cert}${client.key}`)];
  const trust = ['--ca-file', write('ca.pem', server.cert)];

  /** The options of `login`. */
  const args = ({ auth, sender, type, jarm }: FapiVariant): readonly string[] => [
    ...['--fapi', jarm ? '2-message-signing' : '2'],
    ...['--scope', type === 'oidc' ? 'openid' : 'accounts'],
    ...(auth === 'private_key_jwt' || jarm ? ['--signing-key', signingKey] : []),
    ...(auth === 'mtls' || sender === 'mtls' ? [...certificate, ...trust] : []),
    ...(auth === 'mtls' ? ['--auth-method', 'tls_client_auth'] : []),
    ...(sender === 'dpop' ? ['--dpop'] : []),
  ];

  /** The sound server of a plan: it demands nonces, publishes decoy keys, and names its second door. */
  const script = ({ auth, sender, jarm, type }: FapiVariant): Script => ({
    algorithm: 'ES256',
    client: {
      clientId: 'client-1',
      method: auth === 'mtls' ? 'tls_client_auth' : 'private_key_jwt',
      publicKey,
    },
    tlsDoor: server,
    par: (sound) => sound,
    before: (request) =>
      (type === 'plain_oauth' && request.url.pathname.endsWith('/openid-configuration')
        ? text(404, 'text/plain', 'Not found')
        : undefined) ?? (sender === 'dpop' ? demandNonce(request) : undefined),
    keys: (sound, asked) =>
      unusualAnswers.find(({ id }) => id === 'unusual-decoy-keys')?.script.keys?.(sound, asked) ?? sound,
    metadata: (sound) => ({
      ...sound,
      ...(sender === 'dpop'
        ? {
            dpop_signing_alg_values_supported: ['PS256', 'ES256', 'EdDSA'],
            tls_client_certificate_bound_access_tokens: false,
          }
        : {}),
      ...(jarm
        ? {
            request_object_signing_alg_values_supported: ['PS256', 'ES256', 'EdDSA'],
            authorization_signing_alg_values_supported: ['ES256'],
            response_modes_supported: ['jwt'],
          }
        : {}),
      ...(type === 'plain_oauth' ? withoutOpenId(jarm, sound) : {}),
    }),
  });
  return { args, script, remove: () => rmSync(folder, { recursive: true }) };
}

/** A server of plain OAuth has no UserInfo, and keys only to sign its authorization responses. */
function withoutOpenId(jarm: boolean, { jwks_uri, mtls_endpoint_aliases }: JsonObject): object {
  const { userinfo_endpoint: _, ...aliases } = mtls_endpoint_aliases as JsonObject;
  return {
    mtls_endpoint_aliases: aliases,
    userinfo_endpoint: undefined,
    id_token_signing_alg_values_supported: undefined,
    jwks_uri: jarm ? jwks_uri : undefined,
  };
}

/** Refuses each proof that has no nonce (RFC 9449 §8, §9). */
function demandNonce({ endpoint, headers }: SeenRequest): Reply | undefined {
  if (headers.dpop === undefined) return undefined;
  const isResource = endpoint === 'userinfo';
  const wanted = isResource ? 'nonce-of-api' : 'nonce-of-server';
  if (decodeJwt(headers.dpop).nonce === wanted) return undefined;
  const fields = { 'dpop-nonce': wanted };
  return isResource
    ? text(401, 'text/plain', '', { ...fields, 'www-authenticate': 'DPoP error="use_dpop_nonce"' })
    : json(400, { error: 'use_dpop_nonce' }, fields);
}
