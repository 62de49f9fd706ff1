import { checkCertificateBinding, checkClientCertificate } from '../../src/checks/certificate.ts';
import { judgeMessage } from '../../src/checks/judge-message.ts';
import { diagnoseMessage } from '../../src/diagnosis/diagnose-message.ts';
import type { Diagnosed } from '../../src/diagnosis/diagnosis.ts';
import { codeChallenge } from '../../src/protocol/authorization-request.ts';
import { sortConversation } from '../../src/recording/conversation.ts';
import { type RecordedEvent, savedExchange } from '../../src/recording/recording.ts';

export const server = 'https://as.example';
export const uri = 'https://app.example/cb';
export const now = new Date('2026-01-01T00:00:00Z');
export const seconds = now.getTime() / 1000;
export const verifier = 'v'.repeat(43);
export const challenge = codeChallenge(verifier, 'S256');

/** What is found of the last message. */
export function seen(...events: readonly RecordedEvent[]): Diagnosed {
  const conversation = sortConversation(events);
  const message = conversation.messages.at(-1);
  if (message === undefined) throw new Error('no message');
  return diagnoseMessage(message, judgeMessage(message, now), conversation);
}

const part = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
export const jwt = (claims: object, header: object = {}) =>
  `${part({ alg: 'ES256', ...header })}.${part(claims)}.c2ln`;
export const basic = (pair: string) =>
  ['Authorization', `Basic ${Buffer.from(pair).toString('base64')}`] as const;
/** Parameters over those that are usual; an empty one is left out. */
const form = (usual: Record<string, string>, other: Record<string, string>) =>
  new URLSearchParams(Object.entries({ ...usual, ...other }).filter(([, value]) => value !== '')).toString();

type Headers = readonly (readonly [string, string])[];

export const metadata = (members: object = {}): RecordedEvent =>
  savedExchange({
    source: 'test',
    step: 'discovery',
    request: { method: 'GET', url: `${server}/.well-known/openid-configuration`, headers: [], body: null },
    response: {
      status: 200,
      headers: [],
      body: JSON.stringify({
        issuer: server,
        authorization_endpoint: `${server}/authorize`,
        token_endpoint: `${server}/token`,
        userinfo_endpoint: `${server}/userinfo`,
        ...members,
      }),
    },
  });

export const keys = (url: string, ...kids: string[]): RecordedEvent =>
  savedExchange({
    source: 'test',
    request: { method: 'GET', url, headers: [], body: null },
    response: {
      status: 200,
      headers: [],
      body: JSON.stringify({ keys: kids.map((kid) => ({ kty: 'EC', kid })) }),
    },
  });

export const authorize = (parameters: Record<string, string> = {}): RecordedEvent => ({
  type: 'authorization_request',
  at_ms: 0,
  redirect_uri: parameters.redirect_uri ?? uri,
  url: `${server}/authorize?${form({ response_type: 'code', client_id: 'app', redirect_uri: uri, scope: 'openid', state: 's1' }, parameters)}`,
});

export const came = (query: string): RecordedEvent => ({
  type: 'callback',
  at_ms: 0,
  waited_ms: 0,
  method: 'GET',
  url: query.startsWith('http') ? query : `${uri}?${query}`,
});

interface Sent {
  readonly url?: string;
  readonly method?: string;
  readonly headers?: Headers;
  readonly answered?: Headers;
  readonly status?: number;
  readonly type?: string;
}

export const mtls = { mtls_endpoint_aliases: { token_endpoint: `${server}/mtls/token` } };

/** A client certificate that is in force until then. */
export const shown = (notAfter: string): RecordedEvent => ({
  type: 'checks',
  at_ms: 0,
  step: 'token',
  checks: [checkClientCertificate({ ...certificate, notAfter: new Date(notAfter) })],
});
const certificate = {
  thumbprint: 'x',
  notBefore: new Date('2025-01-01'),
  notAfter: new Date('2027-01-01'),
  readAt: now,
};

/** A token that is bound to the certificate x, and what the client shows. */
export const binding = (thumbprint: string | undefined): RecordedEvent => ({
  type: 'checks',
  at_ms: 0,
  step: 'userinfo',
  checks: [
    checkCertificateBinding(
      { cnf: { 'x5t#S256': 'x' } },
      thumbprint === undefined ? undefined : { ...certificate, thumbprint },
    ),
  ],
});

/** A token request and its answer. */
export function token(
  parameters: Record<string, string> | string,
  answer: object | string,
  sent: Sent = {},
): RecordedEvent {
  const {
    url = `${server}/token`,
    method = 'POST',
    headers = [],
    answered = [],
    status = 400,
    type = 'application/x-www-form-urlencoded',
  } = sent;
  const usual = { grant_type: 'authorization_code', code: 'abc', redirect_uri: uri, client_id: 'app' };
  return savedExchange({
    source: 'test',
    step: 'token',
    request: {
      method,
      url,
      headers: [['Content-Type', type], ...headers],
      body: typeof parameters === 'string' ? parameters : form(usual, parameters),
    },
    response: {
      status,
      headers: [['Date', now.toUTCString()], ...answered],
      body: typeof answer === 'string' ? answer : JSON.stringify(answer),
    },
  });
}

export const error = (name: string, error_description?: string) => ({ error: name, error_description });
export const grant = error('invalid_grant');
export const client = error('invalid_client');
export const tokens = (claims: object, header: object = {}) => ({
  access_token: 'at',
  token_type: 'Bearer',
  expires_in: 60,
  id_token: jwt({ iss: server, aud: 'app', sub: 'u', iat: seconds, exp: seconds + 60, ...claims }, header),
});
export const issued = (claims: object, header: object = {}) =>
  token({}, tokens(claims, header), { status: 200 });
export const accepted = (pair: string) =>
  token({ grant_type: 'client_credentials' }, tokens({}), { headers: [basic(pair)], status: 200 });
export const refreshed = (answer: object, status = 400, refresh_token = 'r1') =>
  token({ grant_type: 'refresh_token', refresh_token, code: '', redirect_uri: '' }, answer, { status });

export const assertion = (claims: object, parameters: Record<string, string> = {}, answer: object = client) =>
  token(
    {
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt({
        iss: 'app',
        sub: 'app',
        aud: server,
        iat: seconds,
        exp: seconds + 60,
        ...claims,
      }),
      ...parameters,
    },
    answer,
    { status: 401 },
  );

export const api = (authorization: string, www: string, status = 401, step = ''): RecordedEvent =>
  savedExchange({
    source: 'test',
    step,
    request: {
      method: 'GET',
      url: `${server}/userinfo`,
      headers: [['Authorization', authorization]],
      body: null,
    },
    response: {
      status,
      headers: [
        ['WWW-Authenticate', www],
        ['Date', now.toUTCString()],
      ],
      body: '',
    },
  });
