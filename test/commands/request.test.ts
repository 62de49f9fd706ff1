import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, type Reply, text } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiRequest, type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { type RotatingServer, startRotatingServer } from '../fakes/rotating-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { createTestHome, sessionWith, type TestHome, withoutRefreshToken } from '../fakes/saved-sessions.ts';

let server: RotatingServer;
let home: TestHome;
let api: ApiServer;
let answer: (request: ApiRequest) => Reply | undefined;
const named = () => ['--issuer', server.origin, '--client-id', 'client-1'];
const request = (...args: readonly string[]) => runHere(['request', ...args, ...named()], { env: home.env });
const challenge = (field: string, status = 401): Reply =>
  json(status, { message: 'no' }, { 'www-authenticate': field });

beforeEach(async () => {
  answer = () => undefined;
  server = await startRotatingServer();
  api = await startApiServer((seen) => answer(seen));
  home = createTestHome();
  home.save(sessionWith(server));
});

afterEach(async () => {
  await Promise.all([server.close(), api.close()]);
  home.remove();
});

describe('a request to an API', () => {
  it('carries the saved token, and prints the body on stdout, status and time on stderr', async () => {
    const { status, stdout, stderr } = await request(`${api.origin}/items`, '--query', 'a=b c&d');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ method: 'GET', path: '/items?a=b+c%26d' });
    expect(stderr).toMatch(/^✓ Request {7}http:\/\/\S+ {2}200 {2}\d+ ms\n\n?$/);
    expect(api.requests[0]?.headers.authorization).toBe(`Bearer ${server.last.accessToken}`);
    expect(stderr + stdout).not.toContain(server.last.accessToken);
  });

  it('refreshes a token that has expired before it is sent', async () => {
    home.save(sessionWith(server, { validForSeconds: -5 }));
    expect((await request(api.origin, '-q')).status).toBe(0);
    expect(server.requests).toHaveLength(1);
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${server.last.accessToken}`,
    ]);
  });

  it.each([
    ['form data', ['-d', 'a=1', '-d', 'b=2'], 'POST', 'application/x-www-form-urlencoded', 'a=1&b=2'],
    ['JSON', ['PUT', '--data-json', '{"x":1}'], 'PUT', 'application/json', '{"x":1}'],
    ['another type', ['-d', '<x/>', '-H', 'Content-Type: text/xml'], 'POST', 'text/xml', '<x/>'],
  ])('sends %s', async (_, args, method, contentType, body) => {
    const [first = '', ...rest] = args;
    const words = first === 'PUT' ? [first, api.origin, ...rest] : [api.origin, ...args];
    expect((await request(...words, '-q')).status).toBe(0);
    expect(api.requests[0]).toMatchObject({ method, headers: { 'content-type': contentType } });
    expect(api.requests[0]?.body.toString()).toBe(body);
  });

  it('sends and prints octets that are not text as they are', async () => {
    const octets = Buffer.from([0, 255, 128, 10, 13, 200]);
    const folder = mkdtempSync(join(tmpdir(), 'oauth-code-file-'));
    try {
      writeFileSync(join(folder, 'x.bin'), octets);
      answer = ({ body }) => text(200, 'image/png', body);
      const { stdout } = await request('PUT', api.origin, '--file', join(folder, 'x.bin'), '-q');
      expect(api.requests[0]?.body.equals(octets)).toBe(true);
      expect(Buffer.from(stdout, 'latin1').equals(octets)).toBe(true);
      const document = JSON.parse(
        (await request('PUT', api.origin, '--file', join(folder, 'x.bin'), '--json')).stdout,
      );
      expect(document.response).toMatchObject({
        status: 200,
        body: null,
        body_base64: octets.toString('base64'),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('reads the body from stdin', async () => {
    const argv = ['request', api.origin, '-d', '@-', ...named(), '-q'];
    expect((await runHere(argv, { env: home.env, stdin: 'x=1' })).status).toBe(0);
    expect(api.requests[0]?.body.toString()).toBe('x=1');
  });

  it('prints status and headers when asked, with HEAD alone', async () => {
    const { stdout } = await request(api.origin, '--head', '-q');
    expect(api.requests[0]?.method).toBe('HEAD');
    expect(stdout).toMatch(/^HTTP\/1\.1 200\r\ncontent-type: application\/json\r\n[\s\S]*\r\n\r\n$/);
  });

  it('shows a body on a terminal and lets nothing in it act', async () => {
    answer = () => text(200, 'text/plain', 'a\tb \u001b[31mred\u202e');
    const argv = ['request', api.origin, ...named(), '-q'];
    const { stdout } = await runHere(argv, { env: home.env, stdout: { isTTY: true } });
    expect(stdout).toBe('a\tb \\u{1b}[31mred\\u{202e}\n');
  });

  it('uses a token of its own when one is named, without any session', async () => {
    const argv = ['request', api.origin, '--access-token-env', 'T', '-q'];
    expect((await runHere(argv, { env: { T: 'other-token' } })).status).toBe(0);
    expect(api.requests[0]?.headers.authorization).toBe('Bearer other-token');
  });

  it('names a key that the token is bound to, and that was not given, as the cause', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const T = `${part({ alg: 'ES256' })}.${part({ cnf: { jkt: 'x'.repeat(43) } })}.c2ln`;
    answer = () => challenge('DPoP error="invalid_token", algs="ES256"');
    const run = await runHere(['request', api.origin, '--access-token-env', 'T', '--json'], { env: { T } });
    expect(JSON.parse(run.stderr.trimEnd().split('\n').at(-1) ?? '').diagnosis[0]).toMatchObject({
      cause:
        'The token is bound to a key (DPoP), and was sent as a Bearer token without a proof of that key.',
      try: 'Give that key with --dpop-key FILE.',
    });
  });

  it('takes whatever the API answers as a result, and fails for it only when asked', async () => {
    answer = () => json(404, { message: 'none' });
    expect(await request(api.origin)).toMatchObject({ status: 0, stdout: '{"message":"none"}' });
    const failed = await request(api.origin, '--fail', '--json');
    expect(errorOf(failed)).toMatchObject({
      code: 'endpoint_error',
      exit_code: 3,
      step: 'request',
      message: 'The API answered with status 404.',
    });
  });
});

describe('a redirect', () => {
  it('is shown and not followed', async () => {
    answer = ({ path }) => (path === '/a' ? text(302, 'text/plain', '', { location: '/b' }) : undefined);
    const { status, stderr } = await request(`${api.origin}/a`);
    expect(status).toBe(0);
    expect(stderr).toContain(`redirects to ${api.origin}/b; --follow`);
    expect(api.requests).toHaveLength(1);
  });

  it('is followed within the origin when asked, up to five times', async () => {
    answer = ({ path }) => {
      const left = Number(path.slice(1));
      return left > 0 ? text(307, 'text/plain', '', { location: `/${left - 1}` }) : undefined;
    };
    expect((await request(`${api.origin}/5`, '--follow', '-q')).stdout).toContain('"path":"/0"');
    const tooMany = await request(`${api.origin}/6`, '--follow');
    expect(tooMany.stderr).toContain('five were followed');
    expect((await request(`${api.origin}/6`, '--follow', '--fail', '-q')).status).toBe(3);
  });

  it.each(['localhost', 'another port'])('never takes the token to another origin: %s', async (where) => {
    const other = await startApiServer();
    try {
      const target = where === 'localhost' ? api.origin.replace('127.0.0.1', 'localhost') : other.origin;
      answer = () => text(301, 'text/plain', '', { location: `${target}/x` });
      const { status, stderr } = await request(api.origin, '--follow');
      expect(status).toBe(0);
      expect(stderr).toContain('another origin, which must not see the token');
      expect([api.requests.length, other.requests.length]).toEqual([1, 0]);
    } finally {
      await other.close();
    }
  });

  it('of a POST is not sent again', async () => {
    answer = () => text(307, 'text/plain', '', { location: '/b' });
    const { stderr } = await request('POST', api.origin, '--follow');
    expect(stderr).toContain('only GET and HEAD are sent again');
    expect(api.requests).toHaveLength(1);
  });
});

describe('an API that refuses the token', () => {
  it('is asked once more with a new token when it called the old one invalid', async () => {
    const old = server.last.accessToken;
    answer = ({ headers }) =>
      headers.authorization === `Bearer ${old}` ? challenge('Bearer error="invalid_token"') : undefined;
    const { status, stderr } = await request(api.origin);
    expect(status).toBe(0);
    expect(stderr).toContain('asking again with a new one');
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${old}`,
      `Bearer ${server.last.accessToken}`,
    ]);
  });

  it('is asked once only where a second request could do harm, or no new token can be had', async () => {
    answer = () => challenge('Bearer error="invalid_token"');
    expect((await request('POST', api.origin)).status).toBe(3);
    home.save(withoutRefreshToken(sessionWith(server)));
    expect((await request(api.origin)).status).toBe(3);
    expect([api.requests.length, server.requests.length]).toEqual([2, 0]);
  });

  it('is put down to the resource that the login asked for, where that is elsewhere', async () => {
    answer = () => challenge('Bearer error="invalid_token"');
    const causeFor = async (resource: string) => {
      const session = sessionWith(server);
      home.save({ ...session, requested: { ...session.requested, resource: [resource] } });
      const { stderr } = await request(api.origin, '--json');
      return JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '').diagnosis[0];
    };
    expect(await causeFor('https://other.example/mcp')).toMatchObject({
      cause: 'The token is for another API.',
      why: 'The login asked for one for https://other.example/mcp.',
      try: expect.stringContaining('--resource-url URL'),
    });
    for (const here of [`${api.origin}/mcp`, 'urn:example:api', 'api://5c7a'])
      expect((await causeFor(here)).why).not.toContain('asked for');
  });

  it.each(['constructor', '__proto__', 'toString'])(
    'is told by its name whatever that is: %s',
    async (name) => {
      answer = () => challenge(`Bearer error="${name}"`);
      expect(errorOf(await request(api.origin, '--json'))).toMatchObject({
        code: 'endpoint_error',
        oauth: { error: name },
      });
    },
  );

  it('ends the run with what it says and nothing on stdout: exit 3', async () => {
    answer = () => challenge('Bearer realm="x", error="invalid_token", error_description="It is too old"');
    const run = await request(api.origin, '--json');
    expect(run.status).toBe(3);
    expect(errorOf(run)).toMatchObject({
      code: 'endpoint_error',
      step: 'request',
      message: 'The API refused the token: invalid_token.',
      oauth: { error: 'invalid_token', error_description: 'It is too old', error_uri: null, status: 401 },
    });
    expect(api.requests).toHaveLength(2);
    expect(errorOf(run).hint).toContain('Compare its "aud" with what this API wants');
    expect(JSON.parse(run.stderr.trimEnd().split('\n').at(-1) ?? '').diagnosis).toMatchObject([
      { confidence: 'medium', why: expect.stringContaining('refused again right after a refresh') },
      { confidence: 'low' },
    ]);
  });

  it.each([
    [
      'Bearer error="insufficient_scope", scope="read admin"',
      403,
      'The token lacks the scope admin.',
      '--scope "read write admin"',
    ],
    [
      'Bearer error="insufficient_scope", scope="read"',
      403,
      'wants read, which the token has',
      'a right beyond the scope. (likely)',
    ],
    ['Bearer error="insufficient_scope"', 403, 'does not say what is missing', 'The token has: read write.'],
    [
      'Bearer error="insufficient_user_authentication", acr_values="phr", max_age="60"',
      401,
      '(step-up)',
      '--acr-values "phr" --max-age 60',
    ],
    ['Bearer', 401, 'did not see the token', '1 more cause'],
    ['DPoP algs="ES256"', 401, 'bound to a key (DPoP). (likely)', 'sent as a Bearer token'],
    ['Basic realm="x"', 401, 'asks for Basic', 'other credentials'],
    ['Bearer resource_metadata="https://api/meta"', 401, '2 more causes: run it again with -v'],
    ['Bearer error=insufficient_scope error_description=a b', 403, '1 more cause'],
  ])('is explained: %s', async (field, status, ...parts) => {
    answer = () => challenge(field, status);
    const run = await request(api.origin);
    expect(run.status).toBe(3);
    expect(run.stdout).toBe('');
    const words = run.stderr.replace(/\s+/g, ' ');
    for (const part of parts) expect(words).toContain(part);
  });

  it.each([
    ['scope', 'Bearer error="insufficient_scope", scope="a\\"; rm -rf ~; \\""', 'with --scope.'],
    ['acr_values', 'Bearer error="insufficient_user_authentication", acr_values="$(x)"', 'with --acr-values'],
  ])('puts nothing into a command that a shell would not take literally: %s', async (_, field, part) => {
    answer = () => challenge(field, 403);
    const { stderr } = await request(api.origin);
    expect(stderr.replace(/\s+/g, ' ')).toContain(part);
    expect(stderr).not.toMatch(/oauth-code login[^\n]*(rm -rf|\$\()/);
  });

  it('shows its body on stderr, without secrets and without anything that acts', async () => {
    answer = ({ headers }) => text(401, 'text/plain', `\u001b[1mno: ${headers.authorization?.slice(7)}`);
    const { stderr } = await request(api.origin);
    expect(stderr).toContain('  \\u{1b}[1mno: ‹access_token›');
    expect(stderr).not.toContain(server.last.accessToken);
  });
});

describe('a request that is refused before anything is sent', () => {
  it.each([
    ['127.0.0.1:8080/x', 'Did you mean http://127.0.0.1:8080/x?'],
    ['localhost:8080', 'Did you mean http://localhost:8080?'],
    ['[::1]:8080/x', 'Did you mean http://[::1]:8080/x?'],
    ['api.example.com/x', 'Did you mean https://api.example.com/x?'],
    ['/x', 'Give an absolute URL, such as https://api.example.com/me.'],
    ['x', 'Give an absolute URL, such as https://api.example.com/me.'],
  ])('for want of a scheme, in %s, is told what was meant', async (url, hint) => {
    const { stderr } = await request(url, '--json');
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '').error.hint).toBe(hint);
  });

  it.each([
    [['api.example.com/x'], '"api.example.com/x" is not an http or https URL.'],
    [['ftp://x/'], '"ftp://x/" is not an http or https URL.'],
    [['G T', 'URL'], '"G T" is not an HTTP method.'],
    [['URL', '-H', 'Authorization: x'], 'The Authorization header carries the access token of this command.'],
    [['URL', '-H', 'DPoP:'], 'The DPoP header carries the proof of this command.'],
    [['URL', '-H', 'nonsense'], '--header has no header name.'],
    [['URL', '--query', 'x'], '--query has no parameter name.'],
    [['URL', '--data-json', '{x'], '--data-json is not JSON.'],
    [['URL', '-d', 'x', '--file', 'y'], 'The body was given twice, by --data and --file.'],
    [['POST', 'URL', '--head'], '--head asks with HEAD, without another method.'],
  ])('%j: exit 2', async (args, message) => {
    const run = await request(...args.map((word) => (word === 'URL' ? api.origin : word)), '--json');
    expect(run.status).toBe(2);
    expect(errorOf(run).message).toBe(message);
    expect(api.requests).toEqual([]);
  });

  it('without a session names the login: exit 4', async () => {
    const run = await runHere(['request', api.origin, ...named(), '--json'], {
      env: { OAUTH_CODE_HOME: '/nonexistent', OAUTH_CODE_STORE: 'file' },
    });
    expect(run.status).toBe(4);
    expect(errorOf(run).hint).toContain('oauth-code login --issuer');
    expect(api.requests).toEqual([]);
  });

  it('names the variable that holds no token: exit 2', async () => {
    const run = await runHere(['request', api.origin, '--access-token-env', 'NONE', '--json']);
    expect(errorOf(run)).toMatchObject({
      exit_code: 2,
      message: '--access-token-env names NONE, which is not set.',
    });
  });
});
