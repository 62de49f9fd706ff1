import { createPublicKey } from 'node:crypto';
import { readCertificates } from '../../src/adapters/tls-trust.ts';
import { checkDpopProof } from '../../src/checks/dpop-proof.ts';
import { findJwtProblems } from '../../src/checks/jwt.ts';
import { buildDpopProof } from '../../src/client/dpop.ts';
import { decodeToken, noVerification, type TokenRules } from '../../src/commands/decode/decode-token.ts';
import { verificationWithFile } from '../../src/commands/decode/verification-keys.ts';
import { ConfigError } from '../../src/errors.ts';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { decryptJwe } from '../../src/jose/decrypt-jwe.ts';
import { describeKeys } from '../../src/jose/jwk-description.ts';
import { readKeyFile, readSigningKey } from '../../src/jose/key-file.ts';
import { renderDecode } from '../../src/output/render-decode.ts';
import { findTokens } from '../../src/recording/find-tokens.ts';
import { readToken } from '../../src/recording/opaque-token.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';
import * as vectors from '../jose/token-vectors.ts';
import { fuzzParsers } from './fuzz-parsers.ts';
import { bodiesFrom } from './provider-messages.ts';

const now = new Date('2026-11-20T12:00:00Z');
const call = { method: 'GET', url: 'https://a.example/', accessToken: 'at', now };
const view = { columns: 80, color: false, unicode: true, now, showSecrets: true };
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

const signed = [vectors.hs256, vectors.rs256, vectors.es256, vectors.es512].map(({ token }) => token);
const encrypted = [vectors.rsaOaep, vectors.rsa15, vectors.aesKeyWrap];
const selective = [vectors.sdJwtIssued, vectors.sdJwtPresentation];
const tokens = [
  ...signed,
  vectors.unsecured,
  ...encrypted.map(({ token }) => token),
  ...selective,
  signedToken(vectors.rfc9068.header, vectors.rfc9068.claims, 'secret'),
  `${base64url({ alg: 'none', crit: ['x'], jwk: {}, x5c: ['a'] })}.${base64url({ exp: 'x', iat: 1e300, aud: [] })}.`,
];
const texts = [
  ...tokens,
  `Authorization: Bearer ${signed[1]}`,
  `"${signed[0]}",`,
  encodeURIComponent(`https://a.example/?id_token=${signed[2]}&state=x`),
  `https://a.example/cb#access_token=2YotnFZFEjr1zCsicMWpAA&id_token=${signed[2]}`,
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{"access_token":"gho_0123456789abcdef"}',
  ...bodiesFrom('token').slice(0, 20),
  JSON.stringify({ payload: 'e30', protected: 'e30', signature: 'AA', signatures: [{ protected: 'e30' }] }),
];

const pair = testKey('RS256');
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const certificate = issueCertificate({ name: 'as.example', altNames: ['as.example'] }).cert;
const latin1 = (octets: Uint8Array) => Buffer.from(octets).toString('latin1');
const publicKey = createPublicKey(pair.privateKey);
const elliptic = testKey('ES256').privateKey;
const keyFiles = [
  String(pair.privateKey.export(pkcs8)),
  String(elliptic.export({ type: 'sec1', format: 'pem' })),
  String(publicKey.export({ type: 'spki', format: 'pem' })),
  certificate,
  JSON.stringify(elliptic.export({ format: 'jwk' })),
  JSON.stringify({ keys: [pair.privateKey.export({ format: 'jwk' }), testKey('EdDSA').jwk] }),
  latin1(publicKey.export({ type: 'spki', format: 'der' })),
  latin1(pair.privateKey.export({ type: 'pkcs1', format: 'der' })),
  latin1(Buffer.from(certificate.replace(/-----[^-]+-----|\s/g, ''), 'base64')),
  'a secret of some length',
];
const keyFragments = [
  ...['-----BEGIN CERTIFICATE-----\n', '-----END CERTIFICATE-----\n', '-----BEGIN PRIVATE KEY-----\n', 'MII'],
  ...['-----BEGIN X509 CRL-----', 'Proc-Type: 4,ENCRYPTED', '\x30\x82', '\x02\x01', '\xff', '"kty":', '"d":'],
];
const octetsOf = (text: string) => Buffer.from(text, 'latin1');

const noRules: TokenRules = {
  areAsked: false,
  profile: undefined,
  verificationFor: async () => noVerification,
  issuer: null,
  clientId: null,
  audience: null,
  nonce: undefined,
  maxAgeSeconds: undefined,
  accessToken: undefined,
  clockToleranceSeconds: 5,
  decryptionKey: undefined,
  now,
};

/** Everything `decode` does with a text: plainly, then verified and judged. */
async function decode(text: string): Promise<void> {
  const search = findTokens(text);
  if (search.type === 'nothing') return;
  const octets = Buffer.from(
    JSON.stringify({ keys: [vectors.rs256.key, vectors.hs256.key, vectors.es256.key] }),
  );
  const key = { name: 'keys.json', file: readKeyFile(octets), octets };
  const profile = ([undefined, 'id-token', 'access-token', 'logout-token', 'userinfo'] as const)[
    text.length % 5
  ];
  const asked: TokenRules = {
    ...noRules,
    areAsked: true,
    profile,
    issuer: 'https://as.example',
    clientId: 'app',
    nonce: 'n',
    maxAgeSeconds: 60,
    accessToken: 'at',
    verificationFor: async (jwt) => verificationWithFile(key, jwt, now),
  };
  for (const rules of [noRules, asked]) {
    const shown = [];
    for (const token of search.tokens) shown.push(await decodeToken(token, rules));
    const rendered = renderDecode({ version: 1, tokens: shown }, view);
    JSON.stringify(shown);
    if (/[^\n\P{Cc}]|[\u200b\u2028\u202a-\u202e\u2066-\u2069]/u.test(rendered))
      throw new Error('an active character is shown');
  }
}

async function decrypt(text: string): Promise<void> {
  const reading = readToken(text);
  if (reading.type !== 'jwe') return;
  const keys = encrypted.map(({ key }) => ({ ...key }));
  await decryptJwe(reading.compact, reading.header, { type: 'keys', form: 'JWK Set', keys });
  await decryptJwe(reading.compact, reading.header, { type: 'secret', octets: Buffer.alloc(32) });
}

fuzzParsers([
  {
    name: 'whatever holds a token, decoded, verified and shown',
    seeds: texts,
    fragments: ['eyJhbGciOiJub25lIn0', 'Bearer ', '~', 'id_token=', 'e30'],
    share: 0.5,
    parse: decode,
  },
  {
    name: 'a JWT',
    seeds: tokens,
    parse: (text) => findJwtProblems(text, now),
  },
  {
    name: 'a DPoP proof',
    seeds: [buildDpopProof(testKey('ES256').privateKey.export({ format: 'jwk' }) as never, call)],
    parse: (compact) => checkDpopProof({ compact, sent: { ...call, isRepeated: false, at: now } }),
  },
  {
    name: 'an encrypted token and its keys',
    seeds: encrypted.map(({ token }) => token),
    fragments: ['"p2c":', '"zip":"DEF"', 'eyJhbGciOiJkaXIifQ'],
    share: 0.2,
    parse: decrypt,
  },
  {
    name: 'a key file',
    seeds: keyFiles,
    fragments: keyFragments,
    refusesWith: [Error],
    parse(text) {
      const file = readKeyFile(octetsOf(text));
      if (file.type === 'keys') describeKeys(file.keys, now);
    },
  },
  {
    name: 'a signing key',
    seeds: keyFiles,
    fragments: keyFragments,
    refusesWith: [Error],
    parse: readSigningKey,
  },
  {
    name: 'a file of trusted certificates',
    seeds: [certificate, `# CA\n${certificate}${certificate}`],
    fragments: keyFragments,
    refusesWith: [ConfigError],
    parse: readCertificates,
  },
]);
