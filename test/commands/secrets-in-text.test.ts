import { describe, expect, it } from 'vitest';
import { secretsInText } from '../../src/commands/debug/secrets-in-text.ts';

const S = 'S3cr3tVal123xyz';
const pem =
  'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgevZzL1gdAFr88hb2\nOF/2NxApJCzGCEDdfSp6VQO30hyhRANCAAQRWz+jn65B';
const d = 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI';

/** A text, and the secret in it where it is not `S`. Each is read as it stands and as JSON quotes it. */
const rows: [text: string, secret?: string][] = [
  [`Cookie: theme=dark; JSESSIONID=${S}; Path=/`],
  [`WARN Set-Cookie: KEYCLOAK_SESSION=${S}; HttpOnly`],
  [`{"headers":{"Cookie":["sid=${S}"]}}`],
  [`headers: {'cookie': 'sid=${S}; theme=dark'}`],
  [`curl -b "sid=${S}" https://x.example/token`],
  [`curl --cookie sid=${S} https://x.example/token`],
  [`calling https://${S}@git.example/token`],
  [`calling https://x-access-token:${S}@git.example/token`],
  [`curl -umy-app:${S} https://x.example/token`],
  [`curl --user=my-app:${S} https://x.example/token`],
  [`curl --user "my-app:${S}" https://x.example/token`],
  [`curl -sSu my-app:${S} -x http://p:1 https://x.example/token`],
  [`curl -U proxy:${S} https://x.example/token`],
  [`curl -H "X-Api-Key: ${S}" https://x.example/token`],
  [`X-Auth-Token: ${S}`],
  [`X-Vault-Token: s.${S}`, `s.${S}`],
  [`Ocp-Apim-Subscription-Key: ${S}`],
  [`x-amz-security-token: ${S}`],
  [`Proxy-Authorization: Negotiate YIIJ${S}`, `YIIJ${S}`],
  [
    'Authorization: Digest username="u", response="6629fae49393a05397450978507c4ef1"',
    '6629fae49393a05397450978507c4ef1',
  ],
  [`Authorization: token ${S}`],
  [`Authorization: ${S}`],
  [`"Authorization", "Bearer ${S}"`],
  [`-----BEGIN PRIVATE KEY-----\n${pem}\n-----END PRIVATE KEY-----`, pem],
  [`-----BEGIN RSA PRIVATE KEY-----\n${pem}`, pem.slice(0, pem.lastIndexOf('\n'))],
  [`-----BEGIN RSA PRIVATE KEY-----\nDEK-Info: AES-128-CBC,3F17\n\n${pem}\n-----END`, pem],
  [`signing with {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8T","d":"${d}"}`, d],
  [`signing with {"kty":"oct","k":"${d}"}`, d],
  [`jwk = {kty: RSA, d: ${d}}`, d],
  ['it sent ghp_16C7e42F292c6912E7710c838347Ae178B4a', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a'],
  ['it sent github_pat_11ABCDEFG0aBcDeFgHiJkL_mNo', 'github_pat_11ABCDEFG0aBcDeFgHiJkL_mNo'],
  ['it sent glpat-16C7e42F292c6912E771', 'glpat-16C7e42F292c6912E771'],
  ['it sent xoxb-123456789012-AbCdEfGhIjKl', 'xoxb-123456789012-AbCdEfGhIjKl'],
  ['it sent GOCSPX-4eC39HqLyjWDarjtT1zdp7dc', 'GOCSPX-4eC39HqLyjWDarjtT1zdp7dc'],
  ['it sent ya29.a0AfH6SMBx_abcdefgh1', 'ya29.a0AfH6SMBx_abcdefgh1'],
  ['it sent kZ58Q~uP2mNq7rStUvWxYzAbCdEfGhIjKlMnOpQr', 'kZ58Q~uP2mNq7rStUvWxYzAbCdEfGhIjKlMnOpQr'],
  [`aws_secret_access_key=${S}`],
  [`AccountKey=${S}==;EndpointSuffix=core`, `${S}==`],
  [`private_key: ${S}`],
  [`<add key="ClientSecret" value="${S}" />`],
  [`{"name":"client_secret","value":"${S}"}`],
  [`code_verifier -> ${S}`],
  [`verifier=${S} nonce=abc`],
  [`client_secret%3D${S}%26x`],
  [`client_secret%253D${S}%2526x`],
  [`body: {"client_secret":"${S}","error":"invalid_client"}`],
  [`client_secret: |\n  ${S}`],
  [
    'AWS4-HMAC-SHA256 Credential=AKID/2020/us, Signature=fe5f80f77d5fa3beca038a248ff027d0445342fe',
    'fe5f80f77d5fa3beca038a248ff027d0445342fe',
  ],
  [`https://b.example/x?sv=2020&sig=${S}Abc`, `${S}Abc`],
  [`export NPM_TOKEN="${S}"`],
  [`bearer_token: ${S}9`, `${S}9`],
  [`PHPSESSID=${S}`],
  [`using the secret key ${S}`],
  [`code_verifier&#61;${S}`],
  [`Refresh token ${S} was not found`],
  [`SAMLResponse=${S}${S}`, S + S],
  [`amqp://guest:${S}@mq.example/v`],
];

const blank = /\s/g;

describe('secrets in a text', () => {
  it.each(rows)('are found in %s', (text, secret = S) => {
    for (const written of [text, JSON.stringify({ text }), JSON.stringify(JSON.stringify({ text }))]) {
      const found = secretsInText(written).map(({ value }) => value.replace(blank, ''));
      expect(found).toContain(secret.replace(blank, ''));
    }
  });

  it.each([
    [`login failed client_secret=${S}`, 'client_secret'],
    [`a wrong secret ${S}`, 'secret'],
    [`the client secret ${S}`, 'clientsecret'],
    [`the access token ${S}`, 'accesstoken'],
    [`it was given secret=2026-11-30`, 'secret'],
  ])('have the name of the secret, without the word before it: %s', (text, name) => {
    expect(secretsInText(text).map(({ kind }) => kind)).toEqual([name]);
  });

  it.each([
    'Cookie "AUTH_SESSION_ID" was not found; Set-Cookie: Path=/; Max-Age=123456; SameSite=None',
    'cookies=disabled2024 are not the reason',
    'during authorization: AADSTS50011: the redirect URI; Authorization header: missing',
    'Bearer realm="realm12345", error="invalid_token"',
    'No signing key 2026-10-signing was found, private_key_jwt expected; use an access key ID',
    '{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8T","kid":"2026-10-signing-key-of-ours"}',
    'https://login.example.com/users/bob1@example.com and mailto:bob1@example.com',
    'the code verifier must have 43 characters, the verifier: expected 128chars',
    '-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----',
    'invalid_token: AADSTS5001100000abc, expired_token: since 2026-01-01T00:00:00z',
    'Client assertion is not within its time. Current time: 2026-11-30T09:00:00Z, assertion 2026-11-30T08:00:00Z.',
    'expiry of secret: 2026-11-30T08:10:00.000+01:00, of the client secret 20261130T081000Z',
    'about a client secret https://docs.example/v1/secrets2, AADSTS7000215; assertion RFC-75230',
    'session token: expired, csrf token: missing, private key: required',
  ])('are not seen in %s', (text) => {
    expect(secretsInText(text)).toEqual([]);
  });
});
