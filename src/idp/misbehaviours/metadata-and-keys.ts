import type { JsonObject } from '../../json/json.ts';
import { signedToken, testKey } from './forged-token.ts';
import { misbehavioursOf } from './misbehaviour.ts';
import { json, type Reply, text, without } from './reply.ts';

const retyped = (reply: Reply, type: string): Reply =>
  typeof reply === 'string' ? reply : { ...reply, headers: { ...reply.headers, 'content-type': type } };
const prefixed = (reply: Reply, prefix: string): Reply =>
  typeof reply === 'string' ? reply : { ...reply, body: `${prefix}${reply.body}` };
const keySet = (...keys: readonly JsonObject[]) => json(200, { keys });
const key1 = () => testKey('RS256', 'key-1');
const shortKey = () => testKey('RS256', 'key-1', 512);

/** Metadata of another issuer than the one that was asked for (RFC 8414 §3.3). */
export const refusedMetadata = misbehavioursOf(
  { prefix: 'metadata', noun: 'metadata', reaction: 'refuse', section: 'RFC 8414 §3.3' },
  [
    [
      'another-issuer',
      'of another issuer',
      { metadata: (sound) => ({ ...sound, issuer: 'https://evil.example' }) },
      ['metadata-issuer'],
    ],
    [
      'issuer-slash-more',
      'whose issuer has a slash more',
      { metadata: (sound) => ({ ...sound, issuer: `${sound.issuer}/` }) },
      ['metadata-issuer'],
    ],
    [
      'issuer-other-letters',
      'whose issuer has other letters',
      { metadata: (sound) => ({ ...sound, issuer: String(sound.issuer).replace('http', 'HTTP') }) },
      ['metadata-issuer'],
    ],
    ['without-issuer', 'without issuer', { metadata: without('issuer') }, ['metadata-issuer']],
    [
      'issuer-number',
      'whose issuer is a number',
      { metadata: (sound) => ({ ...sound, issuer: 7 }) },
      ['metadata-issuer'],
    ],
  ],
);

/** Metadata that does for a login (OIDC Discovery §3, RFC 8414 §2). */
export const oddMetadata = misbehavioursOf(
  { prefix: 'metadata', noun: 'metadata', reaction: 'report', section: 'RFC 8414 §2' },
  [
    [
      'without-required-member',
      'without a member that is required',
      { metadata: without('subject_types_supported') },
      ['metadata-required'],
    ],
    [
      'wrong-member-type',
      'with a member of another type',
      { metadata: (sound) => ({ ...sound, scopes_supported: 'openid' }) },
      ['metadata-types'],
    ],
    [
      'wrong-list',
      'with a list of other things',
      { metadata: (sound) => ({ ...sound, response_types_supported: ['code', 7] }) },
      ['metadata-types'],
    ],
    [
      'without-pkce',
      'without PKCE',
      { metadata: without('code_challenge_methods_supported') },
      ['pkce-advertised'],
    ],
    [
      'demands-par',
      'that demands pushed authorization requests',
      { metadata: (sound) => ({ ...sound, require_pushed_authorization_requests: true }) },
      ['metadata-demands'],
    ],
    [
      'demands-request-object',
      'that demands signed request objects',
      { metadata: (sound) => ({ ...sound, require_signed_request_object: true }) },
      ['metadata-demands'],
    ],
    [
      'without-code-response',
      'without the response type code',
      { metadata: (sound) => ({ ...sound, response_types_supported: ['id_token'] }) },
      ['metadata-demands'],
    ],
    [
      'endpoint-over-http',
      'with an endpoint over http',
      { metadata: (sound) => ({ ...sound, revocation_endpoint: 'http://as.example/revoke' }) },
      ['metadata-urls'],
    ],
    [
      'without-authentication-methods',
      'without authentication methods',
      { metadata: without('token_endpoint_auth_methods_supported') },
      ['token-auth-methods-not-advertised'],
    ],
    [
      'json-as-text',
      'JSON as text',
      { discovery: (sound) => retyped(sound, 'text/plain') },
      ['content-type-wrong'],
    ],
    [
      'behind-byte-order-mark',
      'behind a byte order mark',
      { discovery: (sound) => prefixed(sound, '\ufeff') },
      ['bom-present'],
    ],
    ['behind-guard', 'behind a guard', { discovery: (sound) => prefixed(sound, ")]}'") }, ['json-wrapped']],
  ],
);

/** Key sets that cannot be read (RFC 7517 §5). */
export const unreadableKeySets = misbehavioursOf(
  { prefix: 'keys', noun: 'a key set that is none:', reaction: 'refuse', section: 'RFC 7517 §5' },
  [
    [
      'html-page',
      'an HTML page',
      { keys: () => text(200, 'text/html', '<!doctype html><html></html>') },
      ['id-token-key'],
    ],
    ['no-key-set', 'no key set', { keys: () => json(200, []) }, ['id-token-key']],
    ['malformed', 'malformed', { keys: () => text(200, 'application/json', '{"keys":[') }, ['id-token-key']],
    ['not-found', 'not found', { keys: () => text(404, 'text/plain', 'Not found') }, ['id-token-key']],
    ['failure', 'a failure', { keys: () => text(500, 'text/plain', 'Oops') }, ['id-token-key']],
    [
      'redirect',
      'a redirect',
      { keys: () => text(302, 'text/html', '', { location: '/other-keys' }) },
      ['id-token-key'],
    ],
    [
      'too-large',
      'too large',
      { keys: () => text(200, 'application/json', Buffer.alloc(11 * 1024 * 1024, 0x20)) },
      ['id-token-key'],
    ],
  ],
);

/** Keys with which no signature can be verified (RFC 7517 §4). */
export const unfitKeys = misbehavioursOf(
  { prefix: 'key', noun: 'a key', reaction: 'refuse', section: 'RFC 7517 §4' },
  [
    [
      'for-encryption',
      'for encryption',
      { keys: () => keySet({ ...key1().jwk, use: 'enc' }) },
      ['id-token-key'],
    ],
    [
      'for-another-algorithm',
      'for another algorithm',
      { keys: () => keySet({ ...key1().jwk, alg: 'RS512' }) },
      ['id-token-key'],
    ],
    [
      'another-type',
      'of another type',
      {
        keys: () =>
          keySet(((jwk) => ({ ...testKey('ES256', 'key-1').jwk, kid: String(jwk.kid) }))(key1().jwk)),
      },
      ['id-token-key'],
    ],
    [
      'for-other-operations',
      'for other operations',
      { keys: () => keySet({ ...key1().jwk, key_ops: ['encrypt'] }) },
      ['id-token-key'],
    ],
    [
      'exponent-1',
      'with the exponent 1',
      { keys: () => keySet({ ...key1().jwk, e: 'AAAB' }) },
      ['id-token-key'],
    ],
    [
      'even-exponent',
      'with an even exponent',
      { keys: () => keySet({ ...key1().jwk, e: 'AQAA' }) },
      ['id-token-key'],
    ],
    [
      'too-short',
      'of 512 bits',
      {
        keys: () => keySet(shortKey().jwk),
        idToken: ({ header, claims }) => signedToken(header, claims, shortKey()),
      },
      ['id-token-key'],
    ],
    [
      'without-modulus',
      'without modulus',
      { keys: () => keySet((({ n: _, ...jwk }) => jwk)(key1().jwk)) },
      ['id-token-key'],
    ],
  ],
);
