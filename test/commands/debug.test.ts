import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import type { DebugDocument } from '../../src/output/documents.ts';
import { redactTrace } from '../../src/output/trace/redact-trace.ts';
import { renderTrace } from '../../src/output/trace/render-trace.ts';
import { everyCase } from '../every-case.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';
import { exampleTrace } from '../output/trace/example-trace.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-debug-'));
afterAll(() => rmSync(folder, { recursive: true }));

const now = new Date('2026-11-20T12:00:00Z');
const verifier = 'v'.repeat(43);
const challenge = createHash('sha256').update(verifier).digest('base64url');
const redirectUri = 'https://app.example/cb';
const authorization = `https://as.example/authorize?response_type=code&client_id=app&redirect_uri=${encodeURIComponent(redirectUri)}&scope=openid&state=st4te&nonce=n0nce&code_challenge=${challenge}&code_challenge_method=S256`;

async function debug(args: readonly string[], options: TestContextOptions = {}) {
  const test = createTestContext({ now, ...options });
  const status = await run(['debug', ...args], test.context);
  return { status, stdout: test.stdout(), stderr: test.stderr() };
}

async function messages(
  args: readonly string[],
  options: TestContextOptions = {},
): Promise<DebugDocument['messages']> {
  const { stdout, stderr } = await debug(['--json', '--fail-on', 'none', ...args], options);
  expect(stderr).toBe('');
  return JSON.parse(stdout).messages;
}

function file(name: string, text: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const fields = (headers: Record<string, string>) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }));

function entry(
  at: number,
  method: string,
  url: string,
  {
    headers = {},
    body,
    status = 200,
    answer = '',
    base64 = false,
    received = {},
  }: {
    headers?: Record<string, string>;
    body?: string;
    status?: number;
    answer?: string;
    base64?: boolean;
    received?: Record<string, string>;
  } = {},
) {
  return {
    startedDateTime: new Date(Date.UTC(2026, 10, 20, 10, 0, at)).toISOString(),
    time: 5,
    request: {
      method,
      url,
      headers: [{ name: ':authority', value: 'as.example' }, ...fields(headers)],
      ...(body === undefined
        ? {}
        : { postData: { mimeType: 'application/x-www-form-urlencoded', text: body } }),
    },
    response: {
      status,
      headers: fields(received),
      redirectURL: received.location ?? '',
      content: base64
        ? { size: answer.length, text: Buffer.from(answer).toString('base64'), encoding: 'base64' }
        : { size: answer.length, text: answer },
    },
  };
}

const metadata = JSON.stringify({
  issuer: 'https://as.example',
  authorization_endpoint: 'https://as.example/authorize',
  token_endpoint: 'https://as.example/x',
  userinfo_endpoint: 'https://as.example/u',
});
const tokenBody = (over: Record<string, string> = {}) =>
  new URLSearchParams({
    grant_type: 'authorization_code',
    code: 'SplxlOBeZQQYbYS6WxSbIA',
    redirect_uri: redirectUri,
    client_id: 'app',
    code_verifier: verifier,
    ...over,
  }).toString();
const callbackUrl = `${redirectUri}?code=SplxlOBeZQQYbYS6WxSbIA&state=st4te`;

function har(token: Parameters<typeof entry>[3] = {}, more: readonly object[] = []) {
  const noise = Array.from({ length: 30 }, (_, index) =>
    entry(0, 'GET', `https://cdn.example/${index}.js?code=${index}`, { answer: 'var token = 1;' }),
  );
  return JSON.stringify({
    log: {
      version: '1.2',
      entries: [
        ...noise.slice(0, 10),
        // As proxies do: in the order of the answers.
        entry(5, 'POST', 'https://as.example/x', {
          body: tokenBody(),
          status: 400,
          answer: '{"error":"invalid_grant"}',
          base64: true,
          ...token,
        }),
        ...noise.slice(10, 20),
        entry(1, 'GET', 'https://as.example/.well-known/openid-configuration', { answer: metadata }),
        entry(2, 'GET', authorization, { status: 302, received: { location: 'https://as.example/login' } }),
        entry(3, 'POST', 'https://as.example/login', {
          body: 'user=a&password=b',
          status: 302,
          received: { location: callbackUrl },
        }),
        entry(4, 'GET', callbackUrl, { answer: '<p>app' }),
        entry(4, 'OPTIONS', 'https://as.example/x', { status: 204 }),
        ...more,
        ...noise.slice(20),
      ],
    },
  });
}

describe('an answer that comes otherwise than it was asked for', () => {
  const request =
    'https://as.example/authorize?response_type=code&client_id=c&redirect_uri=https://app.example/cb&state=s';
  it.each([
    ['by another response mode', `${request}&response_mode=form_post`, '', 'response-mode'],
    ['with a token', request, '&id_token=e30.e30.', 'callback-tokens-unasked'],
  ])('%s is a violation, once the request is known', async (_, sent, further, id) => {
    const location = `https://app.example/cb?code=abcdefgh&state=s${further}`;
    const entries = [entry(1, 'GET', sent, { status: 302, received: { location } })];
    const stdin = JSON.stringify({ log: { version: '1.2', entries } });
    const callback = (await messages([], { stdin })).find(({ kind }) => kind === 'callback');
    expect(callback?.findings.map((finding) => finding.id)).toContain(id);
  });
});

describe('a report of ours', () => {
  const own = redactTrace(exampleTrace());
  it.each([
    ['Markdown', renderTrace(own, 'markdown')],
    ['Markdown', renderTrace(own, 'markdown').replaceAll('\n', '\r\n')],
    ['Markdown', renderTrace({ ...own, recorded_by: '', command: '' }, 'markdown')],
    ['HTML', renderTrace(own, 'html')],
    ['Mermaid', renderTrace(own, 'mermaid')],
    ['curl', renderTrace(own, 'curl')],
    ['text', renderTrace(own, 'ascii')],
  ])('in %s is refused, and the recording asked for', async (format, stdin) => {
    for (const command of ['debug', 'report']) {
      const test = createTestContext({ stdin });
      expect(await run([command, '-'], test.context)).toBe(2);
      expect(test.stdout()).toBe('');
      expect(test.stderr()).toContain(`stdin is a report (${format}) for people, not a recording.`);
      expect(test.stderr()).toContain('.json');
    }
  });

  it.each(['json', 'har'] as const)('in %s is read', async (format) => {
    const found = await messages([], { stdin: renderTrace(own, format) });
    expect(found.map(({ kind }) => kind)).toContain('token_response');
  });
});

describe('what is not read', () => {
  it('is told, and is in the JSON', async () => {
    const command = 'curl https://as.example/token \\\n-d grant_type=password\n-d password=x';
    const { stdout, stderr } = await debug([], { stdin: command });
    expect(stderr).toContain('not read: stdin, from line 3, because the line before it does not end in "\\"');
    expect(stdout).toContain('username is missing from the token request.  (likely)');
    expect(stdout).not.toContain('(certain)');
    const { stdout: json } = await debug(['--json'], { stdin: command });
    expect(JSON.parse(json).unread).toEqual([
      { source: 'stdin, from line 3', reason: expect.stringContaining('not a part of the command') },
    ]);
  });

  it('is not an export of Insomnia in YAML', async () => {
    const yaml =
      'type: collection.insomnia.rest/5.0\nname: x\ncollection:\n  - url: https://as.example/token\n    method: POST\n    body:\n      mimeType: application/x-www-form-urlencoded\n      params:\n        - name: grant_type\n          value: refresh_token\n';
    const { stdout } = await debug([], { stdin: yaml });
    expect(stdout).toContain('refresh_token is missing from the token request.');
  });

  it('names a parameter that what was broken off would send again', async () => {
    const command = 'curl https://as.example/token \\\n-d grant_type=password -d username=a\n-d username=x';
    const { stderr } = await debug([], { stdin: command });
    expect(stderr).toContain('with it username would be sent twice.');
  });

  it('is not a token in a head without an answer', async () => {
    const alb = [
      { alg: 'ES256', kid: 'k', signer: 'arn:aws:elasticloadbalancing:eu-central-1:1:x' },
      { sub: 'u' },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64'))
      .join('.');
    const { stdout } = await debug([], {
      stdin: `GET /user HTTP/1.1\nHost: app.internal\nx-amzn-oidc-data: ${alb}.c2ln\n\n`,
    });
    expect(stdout).toContain('JWT: decoded, NOT verified');
    expect(stdout.replace(/\s+/g, ' ')).toContain('An AWS load balancer wrote the token');
  });
});

it.each(['', '[]', '{"ok":true}'])('does not speak of an error that did not come: %j', async (body) => {
  const { stdout } = await debug([], {
    stdin: `curl -i https://as.example/token -d grant_type=client_credentials\nHTTP/1.1 200 OK\nContent-Type: application/json\n\n${body}`,
  });
  expect(stdout).toContain('The status is 200, but neither tokens nor an error came.');
  expect(stdout).not.toMatch(/error came with|Error with/);
});

describe('a HAR', () => {
  const saved = (request: object, response: object) =>
    JSON.stringify({
      log: {
        entries: [
          {
            startedDateTime: now.toISOString(),
            request: { method: 'POST', url: 'https://as.example/token', headers: [], ...request },
            response: { headers: [], content: { text: '' }, ...response },
          },
        ],
      },
    });

  it.each([{ text: '' }, { mimeType: 'application/x-www-form-urlencoded', text: '' }])(
    'tells a refused token request whose bodies were not saved: %j',
    async (postData) => {
      const found = await messages([], { stdin: saved({ postData }, { status: 400 }) });
      expect(found).toMatchObject([{ kind: 'token_response', outcome: 'error', exchange: { status: 400 } }]);
    },
  );

  it.each([
    ['net::ERR_FAILED', 'The browser hid the answer from the page (CORS).'],
    ['net::ERR_CONNECTION_RESET', 'The connection was closed before the answer came.'],
    ['net::ERR_NAME_NOT_RESOLVED', 'The host name is not known.'],
  ])('tells a token request that failed: %s', async (_error, cause) => {
    const postData = { text: tokenBody() };
    const found = await messages([], { stdin: saved({ postData }, { status: 0, _error }) });
    expect(found).toMatchObject([{ kind: 'failure', outcome: 'error', diagnosis: [{ cause }] }]);
  });

  it('is told in order, without what is not OAuth', async () => {
    const found = await messages([], { stdin: har() });
    expect(found.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ['metadata', 'metadata'],
      ['authorization_request', 'request'],
      ['callback', 'code'],
      ['token_response', 'error'],
    ]);
    expect(found[3]).toMatchObject({ values: { error: 'invalid_grant' }, source: 'stdin, entry 11' });
  });

  describe('that begins after the authorization request', () => {
    const text = (...entries: readonly object[]) => JSON.stringify({ log: { version: '1.2', entries } });
    const page = (url: string) => entry(1, 'GET', url, { answer: '<p>page' });
    const other = page('https://shop.example/?code=SAVE20&state=NY');
    const redeemed = entry(4, 'POST', 'https://as.example/x', {
      body: tokenBody(),
      status: 400,
      answer: '{"error":"invalid_grant"}',
    });
    const jwks = entry(0, 'GET', 'https://as.example/jwks', { answer: '{"keys":[]}' });
    it.each<[string, readonly object[], readonly string[]]>([
      ['not a page with a code and a state', [other, page('https://shop.example/x')], []],
      ['not such a page beside other messages', [other, redeemed], ['token_response']],
      [
        'not a redirect within a site',
        [
          entry(1, 'GET', 'https://shop.example/a', {
            status: 302,
            received: { location: '/b?code=SAVE20&state=NY' },
          }),
          jwks,
        ],
        [],
      ],
      [
        'the one whose code is redeemed',
        [page(callbackUrl), other, redeemed],
        ['callback', 'token_response'],
      ],
      [
        'one before a token request without its body',
        [
          page(callbackUrl),
          entry(4, 'POST', 'https://as.example/token', {
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            answer: '{"access_token":"x"}',
          }),
        ],
        ['callback', 'token_response'],
      ],
      [
        'the one a redirect from elsewhere led to',
        [
          entry(1, 'POST', 'https://as.example/login', { status: 302, received: { location: callbackUrl } }),
          page(callbackUrl),
        ],
        ['callback'],
      ],
      [
        'one that names its issuer',
        [page(`${callbackUrl}&iss=https%3A%2F%2Fas.example`), jwks],
        ['callback'],
      ],
      [
        'one with a registered error',
        [page(`${redirectUri}?error=access_denied&state=x`), jwks],
        ['callback'],
      ],
      ['the only entry', [page(callbackUrl)], ['callback']],
    ])('has as callback %s', async (_name, entries, kinds) => {
      const { stdout } = await debug(['--json', '--fail-on', 'none'], { stdin: text(...entries) });
      const found: DebugDocument['messages'] = stdout === '' ? [] : JSON.parse(stdout).messages;
      expect(found.map(({ kind }) => kind)).toEqual(kinds);
    });
  });

  describe.each([
    ['before', (one: readonly object[], filling: readonly object[]) => [...filling, ...one]],
    ['after', (one: readonly object[], filling: readonly object[]) => [...one, ...filling]],
  ] as const)('of more than 10 MB, with what is not OAuth %s it,', (_where, join) => {
    const bearer = { headers: { authorization: 'Bearer x' } };
    const discovery = entry(1, 'GET', 'https://as.example/.well-known/openid-configuration', {
      answer: metadata,
    });
    const asked = entry(2, 'GET', authorization, { status: 302, received: { location: callbackUrl } });
    const rows: readonly [string, readonly object[]][] = [
      [
        'UserInfo at an address of its own',
        [discovery, asked, entry(5, 'GET', 'https://as.example/u', { answer: '{"sub":"alice"}', ...bearer })],
      ],
      [
        'UserInfo before the metadata',
        [entry(5, 'GET', 'https://as.example/u', { answer: '{"sub":"alice"}' }), discovery],
      ],
      [
        'UserInfo that answers with a page',
        [discovery, entry(5, 'GET', 'https://as.example/u', { status: 500, answer: '<p>no' })],
      ],
      [
        'a token endpoint that answers with a page',
        [discovery, entry(5, 'POST', 'https://as.example/x', { status: 502, answer: '<p>no' })],
      ],
      [
        'a refusal of which only the error is told',
        [
          discovery,
          entry(5, 'POST', 'https://other.example/t', { status: 400, answer: '{"error":"invalid_grant"}' }),
        ],
      ],
      [
        'a form without its body',
        [
          entry(5, 'POST', 'https://as.example/oauth/token', {
            headers: { 'content-type': 'application/x-www-form-urlencoded' },
            status: 500,
            answer: '<p>no',
          }),
        ],
      ],
      [
        'a key set without keys',
        [discovery, asked, entry(4, 'GET', 'https://as.example/k', { answer: '{"keys":[]}' })],
      ],
      [
        'an answer that is a data: URL',
        [discovery, entry(4, 'GET', 'data:text/json,x', { answer: '{"access_token":"x"}' })],
      ],
    ];
    const tried = rows.slice(0, everyCase ? undefined : 1);
    it.each(tried)('is the same as it is small: %s', async (_name, entries) => {
      const text = (all: readonly object[]) => JSON.stringify({ log: { version: '1.2', entries: all } });
      const filling = Array.from({ length: 110 }, (_, index) =>
        entry(3, 'GET', `https://cdn.example/${index}`, { answer: 'x'.repeat(100_000) }),
      );
      const large = text(join(entries, filling));
      expect(large.length).toBeGreaterThan(10_000_000);
      const plain = (found: Awaited<ReturnType<typeof messages>>) =>
        found.map(({ source, ...message }) => message);
      const small = text(join(entries, [entry(3, 'GET', 'https://cdn.example/x', { answer: 'x' })]));
      expect(plain(await messages([], { stdin: large }))).toEqual(
        plain(await messages([], { stdin: small })),
      );
    });
  });

  it('of more than 10 MB is the same', async () => {
    const filling = entry(0, 'GET', 'https://cdn.example/x', { answer: 'x'.repeat(100_000) });
    const large = har(
      {},
      Array.from({ length: 110 }, () => filling),
    );
    expect(large.length).toBeGreaterThan(10_000_000);
    const small = await messages([], { stdin: har() });
    const found = await messages([], { stdin: large });
    expect(found.map(({ source, ...message }) => message)).toEqual(
      small.map(({ source, ...message }) => message),
    );
  });

  it('that was cut off is read as far as it goes', async () => {
    const text = har();
    const { stdout, stderr, status } = await debug(['--json', '--fail-on', 'none'], {
      stdin: text.slice(0, text.indexOf('"password') - 40),
    });
    expect(status).toBe(0);
    expect(stderr).toBe('stdin ends early: it may have been cut off while it was saved.\n');
    expect(JSON.parse(stdout).messages.length).toBeGreaterThan(1);
  });

  it('without a body for the token response says so', async () => {
    const text = har({ answer: '' }).replace(
      '"content":{"size":0,"text":"","encoding":"base64"}',
      '"content":{"size":25}',
    );
    const found = await messages([], { stdin: text });
    expect(found.at(-1)?.diagnosis[0]?.cause).toBe('The body of the response was not saved.');
  });

  it.each<[string, Parameters<typeof entry>[3], string]>([
    [
      'a wrong verifier',
      { body: tokenBody({ code_verifier: 'w'.repeat(43) }) },
      'The code_verifier does not fit the code_challenge.',
    ],
    [
      'a verifier that fits, whatever the server says',
      { answer: '{"error":"invalid_grant","error_description":"PKCE verification failed"}' },
      'The code had expired when it was redeemed.',
    ],
    [
      'equal redirect URIs, whatever the server says',
      { answer: '{"error":"invalid_grant","error_description":"redirect_uri mismatch"}' },
      'The code had expired when it was redeemed.',
    ],
    [
      'no verifier',
      { body: tokenBody({ code_verifier: '' }) },
      'The code_verifier is missing from the token request.',
    ],
    [
      'another redirect URI',
      { body: tokenBody({ redirect_uri: `${redirectUri}/` }) },
      'The redirect_uri of the token request is not that of the authorization request.',
    ],
    [
      'another client',
      { body: tokenBody({ client_id: 'other' }) },
      'The code was asked for by one client and redeemed by another.',
    ],
    [
      'a code that was encoded twice',
      { body: tokenBody({ code: 'SplxlOBeZQQYbYS6WxSbIA%20' }) },
      'The code that was redeemed is not the code that came back.',
    ],
    [
      'a JSON body',
      {
        body: JSON.stringify(Object.fromEntries(new URLSearchParams(tokenBody()))),
        answer: '{"error":"invalid_request"}',
      },
      'The token request is JSON.',
    ],
    [
      'the code of a server',
      {
        answer:
          '{"error":"invalid_client","error_description":"AADSTS7000222: The provided client secret keys are expired."}',
      },
      'The client secret has expired.',
    ],
    [
      'a page',
      { answer: '<html>Sign in', received: { 'content-type': 'text/html' }, status: 200 },
      'A web page answered instead of the token endpoint.',
    ],
    [
      'a redirect',
      { answer: '', status: 301, received: { location: 'https://as.example/x/' } },
      'The token endpoint answered with a redirect.',
    ],
    ['a wrong path', { answer: 'Not found', status: 404 }, 'The URL is not that of the token endpoint.'],
    ['a failure', { answer: '', status: 503 }, 'The server failed.'],
    [
      'a rate limit',
      { answer: '', status: 429, received: { 'retry-after': '60' } },
      'The server limits how often it is asked.',
    ],
  ])('with %s has that as its first cause', async (_, token, cause) => {
    const found = await messages([], { stdin: har(token) });
    expect(found.at(-1)?.diagnosis[0]).toMatchObject({ cause });
  });

  it('in which the same code is sent twice blames that, and says how soon after', async () => {
    const again = entry(9, 'POST', 'https://as.example/x', {
      body: tokenBody(),
      status: 400,
      answer: '{"error":"invalid_grant"}',
    });
    const found = await messages([], {
      stdin: har({ status: 200, answer: '{"access_token":"x"}' }, [again]),
    });
    expect(found.at(-1)?.diagnosis).toHaveLength(1);
    expect(found.at(-1)?.diagnosis[0]?.cause).toBe('The code was redeemed before: each code works once.');
    expect(found.at(-1)?.diagnosis[0]?.why).toContain(', 4.0 s before, which was answered with status 200.');
  });

  it('that ends in a failure does not tell what else might have come', async () => {
    const wishes = (found: DebugDocument['messages']) =>
      found.flatMap(({ diagnosis }) => diagnosis.flatMap(({ missing }) => missing ?? []));
    const tokens = { status: 200, answer: '{"access_token":"x","token_type":"Bearer"}' };
    expect(wishes(await messages([], { stdin: har(tokens) }))).toContain('refresh_token');
    const refused = entry(9, 'GET', 'https://as.example/u', {
      headers: { authorization: 'Bearer x' },
      status: 401,
      received: { 'www-authenticate': 'Bearer error="invalid_token"' },
    });
    expect(wishes(await messages([], { stdin: har(tokens, [refused]) }))).toEqual([]);
  });

  it('says of each answer which request it belongs to', async () => {
    const found = await messages([], { stdin: har({ status: 400, answer: '{"error":"invalid_grant"}' }) });
    expect(found.at(-1)?.exchange).toEqual({ method: 'POST', url: 'https://as.example/x', status: 400 });
  });

  it('of a request that was refused with a page shows it as failed, with what the page says', async () => {
    const page = '<html><style>p{color:red}</style><h1>Error</h1><p>invalid_redirect_uri &amp; more</p>';
    const refused = JSON.stringify({
      log: {
        version: '1.2',
        entries: [entry(0, 'GET', authorization, { status: 400, answer: page })],
      },
    });
    const [found] = await messages([], { stdin: refused });
    expect(found).toMatchObject({
      kind: 'authorization_request',
      outcome: 'error',
      exchange: { status: 400 },
      diagnosis: [
        {
          cause: 'The redirect URI is not registered for this client.',
          why: expect.stringMatching(/^The server says: "invalid_redirect_uri & more"\./),
        },
      ],
    });
    const { stdout } = await debug(['--fail-on', 'none'], { stdin: refused });
    expect(stdout).toMatch(/^✗ Authorization request: refused with an error page\n {2}answered with 400\n/);
  });

  it('in which the code lies around blames that', async () => {
    const late = har().replace('2026-11-20T10:00:05.000Z', '2026-11-20T10:12:00.000Z');
    const [first] = (await messages([], { stdin: late })).at(-1)?.diagnosis ?? [];
    expect(first).toMatchObject({
      cause: 'The code had expired when it was redeemed.',
      why: expect.stringContaining('11 min 57 s'),
      confidence: 'medium',
    });
  });

  it('in which tokens came says what fits not together', async () => {
    const claims = {
      iss: 'https://as.example/',
      aud: 'app',
      nonce: 'n0nce',
      iat: Date.UTC(2026, 10, 20, 10, 0, 5) / 1000,
    };
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const idToken = `${part({ alg: 'RS256', kid: 'old' })}.${part(claims)}.c2ln`;
    const answer = JSON.stringify({
      access_token: 'at',
      token_type: 'Bearer',
      expires_in: 5,
      id_token: idToken,
    });
    const keys = entry(1, 'GET', 'https://as.example/keys.jwks', {
      answer: '{"keys":[{"kty":"RSA","kid":"new"}]}',
    });
    const found = await messages([], {
      stdin: har({ status: 200, answer, base64: true, received: { date: 'Fri, 20 Nov 2026 10:00:05 GMT' } }, [
        keys,
      ]),
    });
    expect(
      found
        .at(-1)
        ?.diagnosis.map(({ cause }) => cause)
        .slice(0, 2),
    ).toEqual([
      'The ID token names another issuer than the one that was configured.',
      'The key that signed the ID token is not in the key set that was fetched.',
    ]);
    expect(found.at(-1)?.diagnosis[0]).toMatchObject({
      expected: 'https://as.example',
      received: 'https://as.example/',
      why: expect.stringContaining('trailing slash'),
    });
  });
});

describe('several inputs', () => {
  it('are one conversation', async () => {
    const request = {
      endpoint: 'token',
      request: {
        method: 'POST',
        url: 'https://as.example/token',
        body: tokenBody({ code_verifier: 'w'.repeat(43) }),
      },
      response: { status: 400, headers: {}, body: '{"error":"invalid_grant"}' },
    };
    const found = await messages([file('url.txt', authorization), '-', callbackUrl], {
      stdin: JSON.stringify(request),
    });
    expect(found.map(({ kind, source }) => [kind, source])).toEqual([
      ['authorization_request', 'url.txt'],
      ['token_response', 'stdin'],
      ['callback', 'argument 3'],
    ]);
    expect(found[1]?.diagnosis[0]?.cause).toBe('The code_verifier does not fit the code_challenge.');
  });

  it('compare the state of a callback with the one that was sent', async () => {
    const found = await messages([authorization, callbackUrl.replace('st4te', 'other')]);
    expect(found[1]?.findings.map(({ id }) => id)).toEqual(['state-mismatch']);
    expect(found[1]?.diagnosis[0]?.cause).toMatch(/belongs to another login/);
  });

  it('may be a token request alone beside its authorization URL', async () => {
    const found = await messages([authorization, tokenBody({ redirect_uri: 'https://app.example/CB' })]);
    expect(found[1]).toMatchObject({ kind: 'token_request', outcome: 'request' });
    expect(found[1]?.diagnosis[0]?.why).toMatch(/^Only the letter case differs\./);
  });
});

describe('an input', () => {
  it('may be UTF-16, as PowerShell writes it', async () => {
    const text = '\uFEFF{"error":"invalid_grant"}';
    const [message] = await messages([file('utf16.json', Buffer.from(text, 'utf16le'))]);
    expect(message?.values).toEqual({ error: 'invalid_grant', error_description: null });
  });

  it('is asked for on a terminal', async () => {
    const { stderr } = await debug([], { stdin: '{"error":"x"}', stdinIsTTY: true });
    expect(stderr).toMatch(
      /^Paste the response, URL, token or recording here, then press Enter and Ctrl-D\.\n/,
    );
  });

  it('of one message needs no source, as the contract has it', async () => {
    const [message] = await messages([], { stdin: '{"error":"x"}' });
    expect(Object.keys(message ?? {})).toEqual([
      'kind',
      'outcome',
      'values',
      'findings',
      'diagnosis',
      'ruled_out',
    ]);
  });
});

describe('a refusal', () => {
  it.each<[string, readonly string[], TestContextOptions, string]>([
    ['nothing on stdin', [], {}, 'stdin is not recognised: it is empty.'],
    ['something unknown', [], { stdin: 'hello' }, 'stdin is not recognised: it is text of 5 characters.'],
    [
      'an unknown argument',
      ['https://x.example/?a=1'],
      {},
      'The argument is not recognised: it is a URL with the parameters a: neither an authorization request nor a callback.',
    ],
    ['stdin twice', ['-', '-'], {}, 'stdin was named twice, but it can be read only once.'],
    ['no input on a terminal', ['--no-input'], { stdinIsTTY: true }, 'No input was given.'],
    ['a kind that is none', ['--as', 'saml'], {}, '--as is "saml", an unknown value.'],
    [
      'a threshold that is none',
      ['--fail-on', 'all'],
      { stdin: '{}' },
      '--fail-on is "all", an unknown value.',
    ],
    [
      'a recording without OAuth',
      [],
      { stdin: JSON.stringify({ log: { entries: [entry(0, 'GET', 'https://x.example/')] } }) },
      'No OAuth message was found in the input.',
    ],
    [
      'what --as har says it is',
      ['--as', 'har'],
      { stdin: '{"error":"x"}' },
      'stdin is not recognised: it is not a har.',
    ],
  ])('of %s has status 2 and says what is known', async (_, args, options, message) => {
    const { status, stdout, stderr } = await debug(args, options);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.replace(/\s+/g, ' ')).toContain(`error: ${message}`);
    expect(stderr).toMatch(/^next: /m);
  });

  it('of a file that is not there names it', async () => {
    const { status, stderr } = await debug(['no-such-file.json']);
    expect(status).toBe(2);
    expect(stderr).toContain('no-such-file.json: there is no such file.');
  });

  it('of something large that is not a recording is quick', async () => {
    const { status, stderr } = await debug([], { stdin: 'x'.repeat(11_000_000) });
    expect(status).toBe(2);
    expect(stderr).toContain('has more than 10 MB and is not a recording');
  });
});

describe('a trace', () => {
  const trace = (outcome: object) =>
    JSON.stringify({
      version: 1,
      kind: 'trace',
      command: 'login',
      started_at: '2026-11-20T10:00:00Z',
      outcome,
      events: [
        { type: 'authorization_request', at_ms: 1, url: authorization, redirect_uri: redirectUri },
        {
          type: 'exchange',
          at_ms: 2,
          step: 'token',
          started_at: '2026-11-20T10:00:01Z',
          duration_ms: 3,
          request: {
            method: 'POST',
            url: 'https://as.example/x',
            headers: [['content-type', 'application/x-www-form-urlencoded']],
            body: tokenBody({ code_verifier: '‹code_verifier›' }),
          },
          response: {
            status: 400,
            headers: [['content-type', 'application/json']],
            body: '{"error":"invalid_grant"}',
          },
        },
      ],
    });
  const diagnosis = [
    {
      cause: 'The code_verifier does not fit.',
      why: 'It was computed.',
      try: 'Mend it.',
      confidence: 'high',
      proven: true,
    },
  ];
  const error = {
    code: 'token_error',
    step: 'token',
    message: 'It was refused.',
    hint: 'Look.',
    exit_code: 3,
  };

  it('tells first how the run failed, with the cause that the run knew', async () => {
    const { stdout } = await debug(['--fail-on', 'none'], {
      stdin: trace({ status: 'failed', error, diagnosis }),
    });
    expect(stdout).toMatch(/^✗ The recorded "login" failed: It was refused\.\n/);
    expect(stdout.match(/The code_verifier does not fit\./g)).toHaveLength(1);
    expect(stdout).not.toContain('expired');
    const { status } = await debug([], { stdin: trace({ status: 'failed', error, diagnosis }) });
    expect(status).toBe(7);
  });

  it('gives the cause that the run knew to the answer that was refused', async () => {
    const { stdout } = await debug(['--json', '--fail-on', 'none'], {
      stdin: trace({ status: 'failed', error, diagnosis }),
    });
    const document: DebugDocument = JSON.parse(stdout);
    const { exit_code, ...told } = error;
    expect(exit_code).toBe(3);
    expect(document.runs).toEqual([
      {
        source: 'stdin',
        command: 'login',
        started_at: '2026-11-20T10:00:00.000Z',
        status: 'failed',
        error: told,
        diagnosis,
        ruled_out: [],
      },
    ]);
    expect(document.messages.at(-1)?.diagnosis).toEqual(diagnosis);
  });

  it('gives the causes that the run ruled out, in text with -v alone', async () => {
    const ruled_out = [{ cause: 'The code belongs to another client.', evidence: 'Both are app.' }];
    const stdin = trace({ status: 'failed', error, diagnosis, ruled_out });
    const { stdout } = await debug(['--json', '--fail-on', 'none'], { stdin });
    const document: DebugDocument = JSON.parse(stdout);
    expect(document.runs?.[0]?.ruled_out).toEqual(ruled_out);
    expect(document.messages.at(-1)?.ruled_out).toEqual(ruled_out);
    const told = '\nRuled out\n  – The code belongs to another client.\n    Both are app.\n';
    const short = await debug(['--fail-on', 'none'], { stdin });
    const long = await debug(['--fail-on', 'none', '-v'], { stdin });
    expect(short.stdout).not.toContain('Ruled out');
    expect(long.stdout.split(told)).toHaveLength(2);
  });

  it.each(['validation_failed', 'invalid_response', 'network', 'bug'])(
    'keeps the cause of a run that ended with %s from an answer that did not end it',
    async (code) => {
      const { stdout } = await debug(['--json', '--fail-on', 'none'], {
        stdin: trace({ status: 'failed', error: { ...error, code }, diagnosis }),
      });
      const document: DebugDocument = JSON.parse(stdout);
      expect(document.runs?.[0]?.diagnosis).toEqual(diagnosis);
      expect(document.messages.at(-1)?.outcome).toBe('error');
      expect(document.messages.at(-1)?.diagnosis).not.toContainEqual(diagnosis[0]);
    },
  );

  it.each([
    ['validation_failed', 7],
    ['invalid_response', 7],
    ['token_error', 0],
  ])('of a run that ended with %s ends with status %i', async (code, expected) => {
    const { status, stderr } = await debug([], {
      stdin: trace({ status: 'failed', error: { ...error, code } }),
    });
    expect(status).toBe(expected);
    expect(stderr).toContain(expected === 7 ? 'error: Found: It was refused.' : 'Exit 0');
  });

  it.each([
    ['of a run that was cancelled', { status: 'cancelled' }, /^! The recorded "login" was cancelled\n/],
    [
      'without a cause says what to do next',
      { status: 'failed', error },
      /failed: It was refused\.\n {2}stdin, .*\n {2}Look\.\n/,
    ],
    [
      'of a run that went well says which one it was, and when',
      { status: 'done' },
      /^✓ The recorded "login" succeeded\n {2}stdin, \d{4}-\d\d-\d\d [\d:]{8} UTC \(.*\)\n\n✓ 1\. /,
    ],
  ])('%s', async (_, outcome, start) => {
    const { stdout } = await debug(['--fail-on', 'none'], { stdin: trace(outcome) });
    expect(stdout).toMatch(start);
  });
});

describe('metadata of a server on loopback', () => {
  const of = (issuer: string, endpoint: string) =>
    JSON.stringify({ issuer, authorization_endpoint: endpoint, token_endpoint: endpoint });
  it.each([
    ['may do without TLS', of('http://127.0.0.1:9400', 'http://127.0.0.1:9400/x'), false],
    ['may not name other hosts without TLS', of('http://127.0.0.1:9400', 'http://as.example/x'), true],
  ])('%s', async (_, stdin, found) => {
    const [message] = await messages(['--as', 'metadata'], { stdin });
    expect(message?.findings.some(({ id }) => id === 'metadata-url-invalid')).toBe(found);
  });

  it('of another issuer is no reason to leave TLS away', async () => {
    const stdin = of('https://as.example', 'http://127.0.0.1:9400/x');
    const [message] = await messages(['--as', 'metadata'], { stdin });
    expect(message?.findings.map(({ id }) => id)).toContain('metadata-url-invalid');
  });
});

describe('--fail-on', () => {
  const note = '{"access_token":"x","token_type":"Bearer"}';
  const violation = '{"access_token":"x"}';
  it.each([
    [violation, [], 7],
    [violation, ['--fail-on', 'violation'], 7],
    [violation, ['--fail-on', 'note'], 7],
    [violation, ['--fail-on', 'none'], 0],
    [note, [], 0],
    [note, ['--fail-on', 'note'], 7],
    [note, ['--fail-on', 'none'], 0],
  ])('of %s with %j ends with status %i', async (stdin, args, expected) => {
    const { status, stdout, stderr } = await debug(args, { stdin });
    expect(status).toBe(expected);
    expect(stdout).not.toBe('');
    expect(stderr.includes('error: Found: ')).toBe(expected === 7);
  });

  const refused = '{"error":"invalid_grant"}';
  const heads = { 'content-type': 'application/json', 'cache-control': 'no-store' };
  const answered = (body: string) =>
    JSON.stringify({
      endpoint: 'token',
      request: { method: 'POST', url: 'https://as.example/x', body },
      response: { status: 400, headers: heads, body: refused },
    });
  const alone = answered(tokenBody());
  const proof = [authorization, answered(tokenBody({ redirect_uri: `${redirectUri}/` }))];

  it.each<[string, readonly string[], readonly string[], number]>([
    ['an error that the server answered as it should', [alone], [], 0],
    ['such an error', [alone], ['--fail-on', 'note'], 7],
    ['such an error', [alone], ['--fail-on', 'none'], 0],
    ['a mistake that the messages prove', proof, [], 7],
    ['such a mistake', proof, ['--fail-on', 'note'], 7],
    ['such a mistake', proof, ['--fail-on', 'none'], 0],
    [
      'such a mistake in a request that was never answered',
      [authorization, tokenBody({ code_verifier: 'w'.repeat(43) })],
      [],
      7,
    ],
  ])('of %s (%#) ends with the right status', async (_, inputs, args, expected) => {
    const { status } = await debug([...inputs, ...args]);
    expect(status).toBe(expected);
  });

  it('names the proven mistake before any violation', async () => {
    const { stderr } = await debug([...proof, '--json']);
    const { error } = JSON.parse(stderr);
    expect(error.message).toBe(
      'Found: The redirect_uri of the token request is not that of the authorization request.',
    );
    const [first] = (await messages(proof)).at(-1)?.diagnosis ?? [];
    expect(first).toMatchObject({ confidence: 'high', proven: true });
  });

  it.each([
    [
      [alone],
      '– Exit 0        an error answer by itself breaks no rule of the protocol; --fail-on note counts it\n',
    ],
    [[note], '– Exit 0        nothing reaches --fail-on violation\n'],
    [[violation, '--fail-on', 'none'], '– Exit 0        --fail-on none, whatever was found\n'],
    [[violation, '--fail-on', 'none', '-q'], ''],
    [[violation, '--fail-on', 'none', '--json'], ''],
    [[authorization], ''],
  ])('says why the status is 0 although something was found (%#)', async (args, expected) => {
    const { status, stderr } = await debug(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expected });
  });
});

describe('the text', () => {
  it('tells a refused code with its cause', async () => {
    const { stdout } = await debug([authorization, tokenBody({ redirect_uri: `${redirectUri}/` })]);
    expect(stdout).toMatchInlineSnapshot(`
      "✓ 1. Authorization request: nothing wrong was found
        argument 1
        sent to                https://as.example/authorize
        response_type          code    an authorization code
        client_id              app     which client asks
        redirect_uri           https://app.example/cb  where the answer goes
        scope                  openid  what access is asked for
        state                  st4te   binds the answer to this browser
        nonce                  n0nce   binds the ID token to this request
        code_challenge         7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM
                               (PKCE: hash of the verifier)
        code_challenge_method  S256    PKCE: SHA-256

      ✓ 2. Token request: without its response
        argument 2
        grant_type     authorization_code       how access is asked for
        code           ‹code›                   authorization code
        redirect_uri   https://app.example/cb/  where the answer goes
        client_id      app                      which client asks
        code_verifier  ‹code_verifier›          PKCE: proves who asked

      Likely causes
        1. The redirect_uri of the token request is not that of the authorization
           request.  (certain)
           Only a trailing slash differs. They have to be equal character by
           character.
           expected  https://app.example/cb
           received  https://app.example/cb/
           Fix: Take both from one setting. Behind a proxy, do not build it from the
           Host header or the scheme the server sees.
           RFC 6749 §4.1.3
      "
    `);
  });

  it('fits into 40 columns but for what is copied as a whole', async () => {
    const { stdout } = await debug([], { stdin: har(), stdout: { columns: 40 } });
    const long = stdout.split('\n').filter((line) => line.length > 40 && /\s\S+\s/.test(line.trim()));
    expect(long).toEqual([]);
  });

  const secret = fc.string({
    minLength: 16,
    maxLength: 60,
    unit: fc.constantFrom(...'abcdefghijkABCDEFGH0123456789_-'.split('')),
  });

  it('shows no secret, wherever it stands', async () => {
    await fc.assert(
      fc.asyncProperty(secret, fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 7, 8, 9), async (value, which) => {
        const inputs = [
          JSON.stringify({ access_token: value, error_hint: value }),
          JSON.stringify({
            data: { accessToken: 'other-token-0123456789', refresh_token: value },
            id_token: value,
          }),
          JSON.stringify({
            error: 'invalid_grant',
            error_description: `The code ${value} is no good`,
            refresh_token: value,
          }),
          `https://app.example/cb?code=${value}&state=x`,
          `https://app.example/cb#access_token=${value}&id_token=${value}`,
          `access_token=${value}&token_type=bearer&expires_in=x`,
          tokenBody({ code: value, code_verifier: value, client_secret: value }),
          har({
            body: tokenBody({ client_secret: value, code: value }),
            headers: { authorization: `Basic ${Buffer.from(`app:${value}`).toString('base64')}` },
            answer: JSON.stringify({ error: 'invalid_client', error_description: value }),
          }),
          `<r><access_token>${value}</access_token></r>`,
          `GET /me HTTP/1.1\nHost: a\nAuthorization: Bearer ${value}\n\nHTTP/1.1 401\nwww-authenticate: Bearer error="invalid_token", error_description="${value} expired"\n\n`,
        ];
        const { stdout, stderr } = await debug([], { stdin: inputs[which] ?? '' });
        expect(stdout).not.toBe('');
        expect(stdout + stderr).not.toContain(value);
        expect(stdout + stderr).not.toContain(Buffer.from(`app:${value}`).toString('base64'));
      }),
      { numRuns: 60 },
    );
  });

  const quoting = [
    'ERROR token exchange failed: client_secret=S3cr3tVal123 refresh_token=refreshAAA1234567890 -> {"error":"invalid_grant"}',
    'java.net.ConnectException: Connection refused calling https://bob:p4ssw0rd@login.example.com/token?client_secret=S3cr3tVal123',
    'connect ECONNREFUSED https://bob:hunter2@login.example.com/token',
    'x509: certificate signed by unknown authority client_secret=S3cr3tVal123',
    'curl: (60) SSL certificate problem: self signed certificate; cmd: curl -u my-app:S3cr3tVal123 -d refresh_token=refreshAAA1234567890 https://x/token',
    "Access to fetch at 'https://x.example/token?client_secret=S3cr3tVal123' from origin 'https://app.example' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present.",
    'AADSTS7000215: Invalid client secret provided. client_secret=S3cr3tVal123 password: p4ssw0rd!',
    'Error: invalid_grant (PKCE verification failed) code_verifier=refreshAAA1234567890 code=S3cr3tVal123',
    'ERROR refresh token rejected; body={"client_secret":"S3cr3tVal123","refresh_token":"refreshAAA1234567890","password":"p4ssw0rd!"} error=invalid_grant',
    '{"error":"invalid_grant","error_description":"refresh_token refreshAAA1234567890 is expired, client_secret=S3cr3tVal123"}',
    'https://app.example/cb?error=access_denied&error_description=client_secret%3DS3cr3tVal123+is+no+good',
    "connection refused: OIDC_CLIENT_SECRET => 'S3cr3tVal123', --client-secret refreshAAA1234567890",
    'connection refused: {client_secret=[S3cr3tVal123], password=[p4ssw0rd]}',
    'invalid_client: client secret "S3cr3tVal123" is wrong',
    'connection refused: Authorization: Basic bXktYXBwOlMzY3IzdFZhbDEyMw==',
    'connection refused: {\\"Authorization\\":\\"Bearer refreshAAA1234567890\\",\\"clientSecret\\":\\"S3cr3tVal123\\"}',
  ];

  it.each(quoting)('hides what stands beside the name of a secret in %s', async (stdin) => {
    for (const args of [[], ['--json']]) {
      const { stdout, stderr } = await debug([...args, '--fail-on', 'none'], { stdin });
      expect(stdout).toContain('‹');
      expect(stdout.replace(/\s+/g, '') + stderr).not.toMatch(
        /S3cr3t|Val123|refreshAAA|4567890|p4ssw|hunter2|bXktYX|OlMzY3I/,
      );
    }
    const { stdout } = await debug(['--json', '--show-secrets', '--fail-on', 'none'], { stdin });
    expect(stdout).not.toContain('‹');
  });

  it.each([
    'password: required, code: 400, client_secret is required, refresh_token expired',
    'the code invalid_grant2 of AADSTS7000215, code=AADSTS7000215, code: ECONNREFUSED',
    'client secret provided is wrong, Bearer realm="x1", token: https://as.example/oauth2/token',
    'client_secret=missing password="must be set 2 times" Basic authentication failed',
  ])('leaves ordinary words readable: %s', async (words) => {
    const stdin = JSON.stringify({ error: 'invalid_grant', error_description: words });
    const { stdout } = await debug(['--json', '--fail-on', 'none'], { stdin });
    expect(JSON.parse(stdout).messages[0].values.error_description).toBe(words);
  });

  it('shows tokens whole when asked to', async () => {
    const { stdout } = await debug(['--show-secrets'], {
      stdin: '{"access_token":"abcdefghijklmnopqrstuvwxyz0123456789"}',
    });
    expect(stdout).toContain('abcdefghijklmnopqrstuvwxyz0123456789');
  });

  it('lets nothing of the input act on the terminal', async () => {
    const active = fc.constantFrom(
      '\u001b[31m',
      '\u0007',
      '\u0000',
      '\u202e',
      '\u2028',
      '\u200b',
      '\r',
      '\u009b',
      'x',
      '"',
      '<b>',
    );
    const hostile = fc.array(active, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(hostile, fc.constantFrom(0, 1, 2, 3, 4), async (value, which) => {
        const inputs = [
          JSON.stringify({ error: value || 'x', error_description: value, [value]: 1 }),
          `https://as.example/a?client_id=${encodeURIComponent(value)}&response_type=${encodeURIComponent(value)}&${encodeURIComponent(value)}=1`,
          JSON.stringify({ issuer: value, token_endpoint: value, [`${value}_endpoint`]: value }),
          `WWW-Authenticate: Bearer error="${value.replace(/["\r]/g, '')}"`,
          har({ answer: JSON.stringify({ error: `x${value}` }) }).replaceAll(
            'client_id=app',
            `client_id=${encodeURIComponent(value)}`,
          ),
        ];
        const { stdout, stderr } = await debug([], { stdin: inputs[which] ?? '', stdout: { color: false } });
        expect(stdout + stderr).not.toMatch(/[^\n\P{Cc}]|[\u200b\u2028\u202e]/u);
      }),
      { numRuns: 60 },
    );
  });
});
