import type { HttpRequest } from '../../../src/http-message.ts';
import type { RecordedExchange, Recording } from '../../../src/recording/recording.ts';
import { jwt } from '../example-login.ts';

/** Every secret of the example, by what it is. */
export const exampleSecrets = {
  client_secret: 'hunter2-is-no-secret/+=',
  code: 'SplxlOBeZQQYbYS6WxSbIA',
  code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  access_token: 'SlAV32hkKG-opaque-access-token',
  refresh_token: '8xLOxBtZp8-refresh-token',
  id_token: jwt(
    { sub: 'alice', iss: 'https://idp.example', exp: 1795209372 },
    { alg: 'RS256', kid: 'key-1' },
  ),
  cookie: 'c2Vzc2lvbi1jb29raWUtdmFsdWU',
} as const;

const { client_secret, code, code_verifier, access_token, refresh_token, id_token, cookie } = exampleSecrets;
const basic = Buffer.from(`client-1:${encodeURIComponent(client_secret)}`).toString('base64');

/** An exchange whose request was recorded. */
export type WholeExchange = RecordedExchange & { readonly request: HttpRequest };

/** One exchange of the example. */
export function exchange(changes: Partial<WholeExchange> = {}): WholeExchange {
  return {
    type: 'exchange',
    at_ms: 200,
    step: 'token',
    started_at: '2026-11-20T20:00:00.200Z',
    duration_ms: 80,
    request: {
      method: 'POST',
      url: 'https://idp.example/token',
      headers: [
        ['host', 'idp.example'],
        ['Content-Type', 'application/x-www-form-urlencoded'],
        ['Authorization', `Basic ${basic}`],
      ],
      body: `grant_type=authorization_code&code=${code}&code_verifier=${code_verifier}`,
    },
    response: {
      status: 200,
      headers: [
        ['Content-Type', 'application/json'],
        ['Set-Cookie', `sid=${cookie}; HttpOnly`],
      ],
      body: JSON.stringify({ access_token, refresh_token, id_token, token_type: 'Bearer', expires_in: 3600 }),
    },
    wire: {
      reused: false,
      remote_address: '192.0.2.1:443',
      dns_ms: 4,
      connect_ms: 10,
      tls_ms: 16,
      sent_after_ms: 31,
      first_byte_after_ms: 75,
      tls: {
        protocol: 'TLSv1.3',
        cipher: 'TLS_AES_256_GCM_SHA384',
        certificate: {
          subject: 'CN=idp.example',
          issuer: 'CN=Example CA',
          names: 'DNS:idp.example',
          valid_from: '2026-01-01T00:00:00.000Z',
          valid_to: '2027-01-01T00:00:00.000Z',
          fingerprint: '00:11:22',
        },
      },
    },
    ...changes,
  };
}

/** A login that went through, nothing redacted. */
export function exampleTrace(changes: Partial<Recording> = {}): Recording {
  return {
    version: 1,
    kind: 'trace',
    recorded_by: 'oauth-code 1.2.3',
    command: 'login',
    started_at: '2026-11-20T20:00:00.000Z',
    duration_ms: 400,
    secrets: 'shown',
    outcome: { status: 'done' },
    events: [
      {
        type: 'listening',
        at_ms: 1,
        redirect_uri: 'http://127.0.0.1:8378/callback',
        addresses: ['127.0.0.1:8378'],
      },
      exchange({
        at_ms: 5,
        step: 'discovery',
        duration_ms: 20,
        request: {
          method: 'GET',
          url: 'https://idp.example/.well-known/openid-configuration',
          headers: [['accept', 'application/json']],
        },
        response: {
          status: 200,
          headers: [['Content-Type', 'application/json']],
          body: '{"issuer":"https://idp.example"}',
        },
      }),
      {
        type: 'authorization_request',
        at_ms: 30,
        url: 'https://idp.example/authorize?response_type=code&client_id=client-1&scope=openid%20email&state=st4te',
        redirect_uri: 'http://127.0.0.1:8378/callback',
      },
      { type: 'browser', at_ms: 31, text: 'opened with xdg-open' },
      { type: 'callback_ignored', at_ms: 90, reason: 'Its state is not the one that was sent.' },
      {
        type: 'callback',
        at_ms: 150,
        method: 'GET',
        url: `http://127.0.0.1:8378/callback?code=${code}&state=st4te`,
        waited_ms: 120,
      },
      {
        type: 'client_authentication',
        at_ms: 190,
        method: 'client_secret_basic',
        advertised: ['client_secret_basic'],
      },
      exchange(),
      {
        type: 'checks',
        at_ms: 290,
        step: 'id_token',
        checks: [
          {
            id: 'id-token-iss',
            outcome: 'pass',
            title: 'Issuer',
            detail: 'iss is the issuer.',
            spec: 'OIDC Core §3.1.3.7 2',
          },
          {
            id: 'pragma-missing',
            outcome: 'warn',
            title: 'Pragma missing',
            detail: 'There is no Pragma: no-cache.',
            spec: 'RFC 6749 §5.1',
            expected: 'no-cache',
            received: '(absent)',
          },
        ],
      },
      { type: 'remark', at_ms: 300, step: 'userinfo', text: 'The key set was fetched again.' },
      exchange({
        at_ms: 310,
        step: 'userinfo',
        request: {
          method: 'GET',
          url: 'https://api.example/me',
          headers: [['authorization', `Bearer ${access_token}`]],
        },
        response: { status: 200, headers: [['Content-Type', 'application/json']], body: '{"sub":"alice"}' },
      }),
      { type: 'page', at_ms: 390, outcome: 'success' },
    ],
    tokens: [],
    ...changes,
  };
}

/** The secrets as the journal of the run knows them. */
export const knownSecrets = Object.entries(exampleSecrets)
  .filter(([kind]) => kind !== 'cookie')
  .map(([kind, value]) => ({ kind, value }));
