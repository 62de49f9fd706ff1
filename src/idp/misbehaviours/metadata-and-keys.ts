import type { JsonObject } from '../../json/json.ts';
import { signedToken, testKey } from './forged-token.ts';
import { failing, faultsOf } from './misbehaviour.ts';
import { json, type Reply, text, without } from './reply.ts';
import type { Script } from './scripted-server.ts';

const retyped = (reply: Reply, type: string): Reply =>
  typeof reply === 'string' ? reply : { ...reply, headers: { ...reply.headers, 'content-type': type } };
const prefixed = (reply: Reply, prefix: string): Reply =>
  typeof reply === 'string' ? reply : { ...reply, body: `${prefix}${reply.body}` };
const keySet = (...keys: readonly JsonObject[]) => json(200, { keys });
const key1 = () => testKey('RS256', 'key-1');
const shortKey = () => testKey('RS256', 'key-1', 512);

const members = (change: JsonObject): Script => ({ metadata: (sound) => ({ ...sound, ...change }) });
const lacking = (name: string): Script => ({ metadata: without(name) });
const published = (change: JsonObject): Script => ({ keys: () => keySet({ ...key1().jwk, ...change }) });
const answered = (status: number, type: string, body: string | Buffer): Script => ({
  keys: () => text(status, type, body),
});

/** Metadata of another issuer than the one that was asked for (RFC 8414 §3.3). */
export const refusedMetadata = faultsOf({ prefix: 'metadata', noun: 'metadata', reaction: 'refuse' }, [
  ...failing('metadata-issuer', [
    ['another-issuer', 'of another issuer', members({ issuer: 'https://evil.example' })],
    [
      'issuer-slash-more',
      'whose issuer has a slash more',
      { metadata: (sound) => ({ ...sound, issuer: `${sound.issuer}/` }) },
    ],
    [
      'issuer-other-letters',
      'whose issuer has other letters',
      { metadata: (sound) => ({ ...sound, issuer: String(sound.issuer).replace('http', 'HTTP') }) },
    ],
    ['without-issuer', 'without issuer', lacking('issuer')],
    ['issuer-number', 'whose issuer is a number', members({ issuer: 7 })],
  ]),
]);

/** Metadata that does for a login (OIDC Discovery §3, RFC 8414 §2). */
export const oddMetadata = faultsOf({ prefix: 'metadata', noun: 'metadata', reaction: 'report' }, [
  [
    'without-required-member',
    'without a member that is required',
    lacking('subject_types_supported'),
    ['metadata-required'],
  ],
  ...failing('metadata-types', [
    ['wrong-member-type', 'with a member of another type', members({ scopes_supported: 'openid' })],
    ['wrong-list', 'with a list of other things', members({ response_types_supported: ['code', 7] })],
  ]),
  ['without-pkce', 'without PKCE', lacking('code_challenge_methods_supported'), ['pkce-advertised']],
  ...failing('metadata-demands', [
    [
      'demands-par',
      'that demands pushed authorization requests',
      members({ require_pushed_authorization_requests: true }),
    ],
    [
      'demands-request-object',
      'that demands signed request objects',
      members({ require_signed_request_object: true }),
    ],
    [
      'without-code-response',
      'without the response type code',
      members({ response_types_supported: ['id_token'] }),
    ],
  ]),
  [
    'endpoint-over-http',
    'with an endpoint over http',
    members({ revocation_endpoint: 'http://as.example/revoke' }),
    ['metadata-urls'],
  ],
  [
    'without-authentication-methods',
    'without authentication methods',
    lacking('token_endpoint_auth_methods_supported'),
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
]);

/** Key sets that cannot be read (RFC 7517 §5). */
export const unreadableKeySets = faultsOf(
  { prefix: 'keys', noun: 'a key set that is none:', reaction: 'refuse' },
  [
    ...failing('id-token-key', [
      ['html-page', 'an HTML page', answered(200, 'text/html', '<!doctype html><html></html>')],
      ['no-key-set', 'no key set', { keys: () => json(200, []) }],
      ['malformed', 'malformed', answered(200, 'application/json', '{"keys":[')],
      ['not-found', 'not found', answered(404, 'text/plain', 'Not found')],
      ['failure', 'a failure', answered(500, 'text/plain', 'Oops')],
      ['redirect', 'a redirect', { keys: () => text(302, 'text/html', '', { location: '/other-keys' }) }],
      ['too-large', 'too large', answered(200, 'application/json', Buffer.alloc(11 * 1024 * 1024, 0x20))],
    ]),
  ],
);

/** Keys with which no signature can be verified (RFC 7517 §4). */
export const unfitKeys = faultsOf({ prefix: 'key', noun: 'a key', reaction: 'refuse' }, [
  ...failing('id-token-key', [
    ['for-encryption', 'for encryption', published({ use: 'enc' })],
    ['for-another-algorithm', 'for another algorithm', published({ alg: 'RS512' })],
    ['another-type', 'of another type', { keys: () => keySet(testKey('ES256').jwk) }],
    ['for-other-operations', 'for other operations', published({ key_ops: ['encrypt'] })],
    ['exponent-1', 'with the exponent 1', published({ e: 'AAAB' })],
    ['even-exponent', 'with an even exponent', published({ e: 'AQAA' })],
    [
      'too-short',
      'of 512 bits',
      {
        keys: () => keySet(shortKey().jwk),
        idToken: ({ header, claims }) => signedToken(header, claims, shortKey()),
      },
    ],
    ['without-modulus', 'without modulus', { keys: () => keySet(without('n')(key1().jwk)) }],
  ]),
]);
