import { describe, expect, it } from 'vitest';
import { type Reply, type SeenRequest, text } from '../../src/idp/misbehaviours/reply.ts';

import { errorPages } from '../fixtures/error-pages.ts';
import { failureOf, loginAgainst, resultOf, type ScriptedLoginOptions } from './scripted-login.ts';

/** The browser stays where it is: at a page of the server. */
const stays = async () => {};

/** A login that ends with the time, against a server whose authorization endpoint answers so. */
async function stuckLogin(
  authorize: (request: SeenRequest) => Reply,
  { args = [], ...options }: ScriptedLoginOptions = {},
) {
  const login = await loginAgainst(
    { authorize },
    { visit: stays, args: ['--browser-timeout', '1', '--timeout', '2', ...args], ...options },
  );
  const probed = login.server.requests.filter(({ endpoint }) => !/^(?:discovery|keys)$/.test(endpoint));
  return { ...login, probed };
}

const page = (body: string, status = 400) =>
  text(status, 'text/html', `<!doctype html><title>Hello</title><body>${body}`);
const redirect = (location: string) => text(302, 'text/html', '', { location });

// Each waits for its time-out, a second or more.
describe.concurrent('a login that is stuck at a page of the server', () => {
  it.each(errorPages)('ends with what the page of $name says', async ({ status, headers, body, ...read }) => {
    const login = await stuckLogin(() => text(status, 'text/html', body, Object.fromEntries(headers ?? [])));
    const { error, diagnosis } = failureOf(login);
    expect(error).toMatchObject({ code: 'timeout', step: 'authorization', exit_code: 5 });
    expect(error.message).toContain('the server shows an error in the browser');
    expect(diagnosis?.[0]).toMatchObject({ cause: read.cause, confidence: 'medium' });
    expect(login.probed).toHaveLength(1);
    expect(login.probed[0]?.headers).not.toHaveProperty('cookie');
  });

  it('is told so at the terminal, in the words of the server', async () => {
    const login = await stuckLogin(() => page('<p>Invalid parameter: redirect_uri</p>'), { json: false });
    expect(login.stderr).toMatch(
      /^! Page +The server refuses the request \(status 400\) and says: "Invalid parameter: redirect_uri"\.$/m,
    );
    expect(login.stderr).toMatch(/likely causes:\n {2}1\. The redirect URI is not registered/);
    expect(login.stderr).toMatch(/received +http:\/\/127\.0\.0\.1:\d+\/callback/);
    expect(login.stderr).not.toContain('Look at the browser.');
    expect(login.stderr).not.toContain('Press Enter');
  });

  it.each<[string, (request: SeenRequest) => Reply, RegExp, number, ...args: string[]]>([
    ['a login page', () => page('<input name="user">', 200), /shows a page \("Hello"\) without an error/, 1],
    [
      'a login page that misses its cookie behind a redirect',
      ({ url }) =>
        url.searchParams.has('client_id')
          ? redirect('/authorize?x=1')
          : page('Error: your session cookie was not found'),
      /a page that needs its cookies/,
      2,
    ],
    [
      'an error behind a redirect that sets a cookie',
      ({ url }) =>
        url.searchParams.has('client_id')
          ? text(302, 'text/html', '', { location: '/authorize?x=1', 'set-cookie': 'login=1' })
          : page('<p>invalid_request</p><p>This sign-in is over.</p><p>The client was not told.</p>'),
      /a page that needs its cookies/,
      2,
    ],
    [
      'a page that a script makes',
      () => page('<script>go()</script>', 200),
      /\(status 200\) has no readable text/,
      1,
    ],
    ['an empty answer', () => text(200, 'text/html', ''), /\(status 200\) has no readable text/, 1],
    [
      'an empty refusal',
      () => text(400, 'text/html', ''),
      /refuses the request \(status 400\), and its page gives no readable reason/,
      1,
    ],
    ['binary', () => text(200, 'image/png', Buffer.from([0x89, 0x50, 0, 1, 2])), /has no readable text/, 1],
    ['a circle', () => redirect('/authorize'), /redirects in a loop/, 6],
    [
      'another origin',
      () => redirect('https://evil.example/x?a=b'),
      /sends the browser on to https:\/\/evil\.example\/x,/,
      1,
    ],
    [
      'another scheme',
      () => redirect('file:///etc/passwd'),
      /sends the browser on to file:\/\/\/etc\/passwd,/,
      1,
    ],
    [
      'no answer',
      () => 'silence',
      /could not be fetched: .*did not answer|could not be fetched: .*within/,
      1,
    ],
    ['the end of the connection', () => 'hang-up', /could not be fetched: /, 2],
    [
      'more than can be read',
      () => text(200, 'text/html', 'x'.repeat(11_000_000)),
      /could not be fetched: .*larger than 10 MiB/,
      1,
      // A busy machine takes its time for so much.
      '--timeout',
      '60',
    ],
  ])('tells of %s what it is', async (_, authorize, told, requests, ...args) => {
    const login = await stuckLogin(authorize, { json: false, args });
    expect(login.status).toBe(5);
    expect(login.stderr).toMatch(told);
    expect(login.probed.length).toBeLessThanOrEqual(requests);
  });

  it.each<[string, (request: SeenRequest, code: string) => Reply]>([
    [
      'in a redirect to the redirect URI',
      ({ url }, code) =>
        redirect(
          `${url.searchParams.get('redirect_uri')}?code=${code}&state=${url.searchParams.get('state')}`,
        ),
    ],
    [
      'in a fragment',
      ({ url }, code) => redirect(`${url.searchParams.get('redirect_uri')}#id_token=${code}&state=x`),
    ],
    [
      'in a form that posts itself',
      ({ url }, code) =>
        page(
          `<form method="post" action="${url.searchParams.get('redirect_uri')}"><input type="hidden" name="code" value="${code}"/></form>`,
          200,
        ),
    ],
    [
      'in a redirect within the origin',
      ({ url }, code) => redirect(`/relay?code=${code}&state=${url.searchParams.get('state')}`),
    ],
  ])('discards a code %s, and shows it nowhere', async (_, authorize) => {
    const code = 'SplxlOBeZQQYbYS6WxSbIA0123';
    const login = await stuckLogin((request) => authorize(request, code), { json: false, args: ['-vv'] });
    expect(login.status).toBe(5);
    expect(login.seen).not.toContain('token');
    expect(login.probed).toHaveLength(1);
    expect(login.stderr).toContain('answers with a code at once, which was discarded');
    expect(login.stderr).not.toContain(code);
  });

  it('hides secrets that a page quotes', async () => {
    const secret = 'S3cret-of-the-client-0815';
    const login = await stuckLogin(() => page(`<p>invalid client_secret ${secret} for client_id</p>`), {
      json: false,
      args: ['--client-secret-env', 'THE_SECRET'],
      surroundings: { env: { THE_SECRET: secret } },
    });
    expect(login.stderr).toContain('invalid client_secret ‹client_secret› for client_id');
    expect(login.stderr).not.toContain(secret);
  });

  it.each<[string, readonly string[]]>([
    ['--no-probe', ['--no-probe']],
    ['a request_uri', ['--param', 'request_uri=urn:ietf:params:oauth:request_uri:x']],
    ['a request object', ['--param', 'request=a.b.c']],
    ['a login hint', ['--login-hint', 'alice']],
    ['an ID token as a hint', ['--param', 'id_token_hint=a.b.c']],
    ['prompt=none', ['--prompt', 'none']],
    ['prompt=none among others', ['--param', 'prompt=login none']],
  ])('is not asked for its page with %s', async (_, args) => {
    const login = await stuckLogin(() => page('Invalid parameter: redirect_uri'), { args });
    expect(failureOf(login).error.hint).toContain('Look at the browser.');
    expect(login.probed).toEqual([]);
  });

  it('finishes all the same when the answer comes while the page is fetched', async () => {
    let asked: (url: URL) => void = () => {};
    const arrived = new Promise<URL>((resolve) => {
      asked = resolve;
    });
    const login = await stuckLogin(
      ({ url }) => {
        asked(url);
        return 'silence';
      },
      {
        args: ['--timeout', '30'],
        visit: async () => {
          const { searchParams } = await arrived;
          const state = searchParams.get('state');
          await fetch(`${searchParams.get('redirect_uri')}?error=access_denied&state=${state}`);
        },
      },
    );
    expect(failureOf(login).error).toMatchObject({
      code: 'authorization_error',
      oauth: { error: 'access_denied' },
    });
  });

  it('fetches nothing when it succeeds', async () => {
    const login = await loginAgainst({}, {});
    expect(resultOf(login).version).toBe(1);
    expect(login.seen.filter((endpoint) => endpoint === 'authorize')).toHaveLength(1);
  });
});
