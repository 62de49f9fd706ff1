import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { codeChallenge } from '../../src/protocol/authorization-request.ts';
import { type RecordedEvent, savedExchange } from '../../src/recording/recording.ts';
import { now, seen, verifier } from './saved-messages.ts';
import { type Answer, type Asking, mistakes, type Server, servers } from './server-answers.ts';

const date = now.toUTCString();
const callbackUri = 'https://app.example/callback';

function urlOf({ issuer, paths }: Server, at: NonNullable<Asking['at']>): string {
  return /^https:/.test(paths[at]) ? paths[at] : `${issuer}${paths[at]}`;
}

const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT whose times are given as seconds from now. */
function jwt(claims: Readonly<Record<string, unknown>>): string {
  const moved = Object.entries(claims).map(([name, value]) => [
    name,
    ['iat', 'nbf', 'exp'].includes(name) ? now.getTime() / 1000 + Number(value) : value,
  ]);
  return `${encoded({ alg: 'ES256', kid: 'k1' })}.${encoded(Object.fromEntries(moved))}.c2lnbmF0dXJl`;
}

function metadataOf(server: Server): RecordedEvent {
  const { issuer, methods } = server;
  const body = {
    issuer,
    authorization_endpoint: urlOf(server, 'authorize'),
    token_endpoint: urlOf(server, 'token'),
    introspection_endpoint: urlOf(server, 'introspect'),
    revocation_endpoint: urlOf(server, 'revoke'),
    pushed_authorization_request_endpoint: urlOf(server, 'par'),
    userinfo_endpoint: urlOf(server, 'userinfo'),
    ...(methods && { token_endpoint_auth_methods_supported: methods }),
  };
  return savedExchange({
    source: 'test',
    step: 'discovery',
    request: {
      method: 'GET',
      url: `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
      headers: [],
      body: null,
    },
    response: { status: 200, headers: [], body: JSON.stringify(body) },
  });
}

function authorizationUrl(server: Server, hasPkce: boolean): string {
  const parameters = new URLSearchParams({
    response_type: 'code',
    client_id: 'app',
    redirect_uri: callbackUri,
    scope: 'openid nope',
    state: 'st',
    ...(hasPkce && { code_challenge: codeChallenge(verifier, 'S256'), code_challenge_method: 'S256' }),
  });
  return `${urlOf(server, 'authorize')}?${parameters}`;
}

/** The parameters of the request, with the credentials that go into the body. */
function bodyOf(
  server: Server,
  { at = 'token', grant, client = 'basic', claims, token }: Asking,
): URLSearchParams {
  const granted = {
    client_credentials: { scope: 'nope' },
    authorization_code: { code: 'abcdef', redirect_uri: callbackUri, code_verifier: verifier },
    refresh_token: { refresh_token: 'r3fr3sh' },
    'jwt-bearer': {
      assertion: jwt({ iss: 'app', sub: 'user', aud: urlOf(server, 'token'), iat: 0, exp: 120, ...claims }),
    },
  }[grant ?? 'client_credentials'];
  const name =
    grant === 'jwt-bearer' ? 'urn:ietf:params:oauth:grant-type:jwt-bearer' : (grant ?? 'client_credentials');
  const asked =
    at === 'token'
      ? { grant_type: name, ...granted }
      : at === 'par'
        ? { response_type: 'code', redirect_uri: callbackUri, scope: 'openid' }
        : { token: 't0k3n' };
  const credentials = {
    basic: {},
    post: { client_id: 'app', client_secret: 'a-secret-of-32-characters-or-so-x' },
    none: { client_id: 'app' },
    assertion: {
      client_id: 'app',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: jwt({
        iss: 'app',
        sub: 'app',
        aud: urlOf(server, 'token'),
        jti: 'j1',
        iat: 0,
        exp: 120,
        ...claims,
      }),
    },
  }[grant === 'jwt-bearer' && client === 'none' ? 'basic' : client];
  const sent = Object.entries({ ...asked, ...credentials, ...token }).filter(([, value]) => value !== '');
  return new URLSearchParams(sent);
}

/** The exchange in which the server answers, or the redirect in which it does. */
function answered(server: Server, { asking, answer: [status, body] }: Answer): readonly RecordedEvent[] {
  const { at = 'token', client = 'basic' } = asking;
  const isText = typeof body === 'string';
  if (at === 'authorize') {
    const url = authorizationUrl(server, asking.token?.pkce !== 'off');
    const location = isText
      ? ''
      : `${asking.to ?? callbackUri}?${new URLSearchParams({ ...body, state: 'st' } as Record<string, string>)}`;
    const headers: [string, string][] = isText ? [['Content-Type', 'text/html']] : [['Location', location]];
    return [
      savedExchange({
        source: 'test',
        request: { method: 'GET', url, headers: [], body: null },
        response: { status, headers, body: isText ? body : '' },
      }),
    ];
  }
  if (at === 'userinfo') {
    const token = jwt({ iss: 'https://elsewhere.example', sub: 'user', aud: 'app', iat: 0, exp: 300 });
    return [
      savedExchange({
        source: 'test',
        step: 'userinfo',
        request: {
          method: 'GET',
          url: urlOf(server, at),
          headers: [['Authorization', `Bearer ${token}`]],
          body: null,
        },
        response: {
          status,
          headers: [
            ['WWW-Authenticate', String(body)],
            ['Date', date],
          ],
          body: '',
        },
      }),
    ];
  }
  const basic = `Basic ${Buffer.from('app:a-secret-of-32-characters-or-so-x').toString('base64')}`;
  return [
    savedExchange({
      source: 'test',
      ...(at === 'token' && { step: 'token' }),
      request: {
        method: 'POST',
        url: urlOf(server, at),
        headers: [
          ['Content-Type', 'application/x-www-form-urlencoded'],
          ...(client === 'basic' ? [['Authorization', basic] as const] : []),
        ],
        body: bodyOf(server, asking).toString(),
      },
      response: {
        status,
        headers: [
          ['Content-Type', 'application/json'],
          ['Date', date],
        ],
        body: isText ? body : JSON.stringify(body),
      },
    }),
  ];
}

/** What was recorded: all of it, the exchange alone, or the answer alone. */
const views: Readonly<Record<string, (server: Server, answer: Answer) => readonly RecordedEvent[]>> = {
  'the whole run': (server, answer) => [
    metadataOf(server),
    ...(answer.asking.grant === 'authorization_code'
      ? ([
          { type: 'authorization_request', url: authorizationUrl(server, true), redirect_uri: callbackUri },
          {
            type: 'callback',
            method: 'GET',
            url: `${callbackUri}?code=abcdef&state=st`,
            body: '',
            fragment: '',
          },
        ] as unknown as RecordedEvent[])
      : []),
    ...answered(server, answer),
  ],
  'the exchange': answered,
  'the answer': (server, answer) =>
    answered(server, answer).map((event) =>
      event.type === 'exchange' && answer.asking.at !== 'authorize' ? { ...event, request: null } : event,
    ),
};

const rows = servers.flatMap((server) => server.answers.map((answer) => ({ server, answer })));

interface Outcome {
  readonly row: string;
  readonly isTrue: boolean;
  readonly falselyCertain: readonly string[];
  readonly found: readonly Diagnosis[];
}

function outcomeOf(view: string, { server, answer }: (typeof rows)[number]): Outcome {
  const found = seen(...(views[view]?.(server, answer) ?? [])).diagnosis;
  const meant = mistakes[answer.mistake];
  const [first] = found;
  const may = [meant, ...answer.like.map((other) => mistakes[other])];
  return {
    row: `${server.name}, ${answer.mistake} (${JSON.stringify(answer.answer[1]).slice(0, 120)})`,
    // Where the server says the same of two mistakes, both have to be named.
    isTrue: may.some((one) => one.test(first?.cause ?? '')) && found.some(({ cause }) => meant.test(cause)),
    falselyCertain: found
      .filter(({ confidence, cause }) => confidence === 'high' && !meant.test(cause))
      .map(({ cause }) => cause),
    found,
  };
}

const shown = ({ row, found }: Outcome) =>
  `${row}\n${found.map(({ confidence, cause }) => `    ${confidence} ${cause}`).join('\n')}`;

describe('what servers really answer', () => {
  it.each(Object.keys(views))('is never told as something else with certainty (%s)', (view) => {
    const wrong = rows
      .map((one) => outcomeOf(view, one))
      .filter(({ falselyCertain }) => falselyCertain.length > 0);
    expect(wrong.map(shown)).toEqual([]);
  });

  it.each(['the whole run', 'the exchange'])('is told by its true cause first (%s)', (view) => {
    const outcomes = rows.map((one) => outcomeOf(view, one));
    const wrong = outcomes.filter(({ isTrue }) => !isTrue);
    const score = `${outcomes.length - wrong.length} of ${outcomes.length} first causes are true (${view})`;
    process.stdout.write(`${score}\n${wrong.map(shown).join('\n')}\n`);
    expect(wrong.length).toBeLessThanOrEqual(outcomes.length / 20);
  });
});
