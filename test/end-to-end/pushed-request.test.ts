import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oddPushedResponses, refusedPushedResponses } from '../../src/idp/misbehaviours/pushed-response.ts';
import { json, type Reply } from '../../src/idp/misbehaviours/reply.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { loginAsPerson } from './person-login.ts';
import {
  failureOf,
  follow,
  loginAgainst,
  objectionsIn,
  outcomesOf,
  refusalOf,
  resultOf,
} from './scripted-login.ts';
import { findSecrets } from './secret-search.ts';

const demanding: Script['metadata'] = (sound) => ({ ...sound, require_pushed_authorization_requests: true });
const sound = (reply: Reply) => reply;
const pushed = ['discovery', 'keys', 'par', 'authorize', 'token', 'userinfo'];

describe('a pushed authorization request', () => {
  it('stands in for the parameters in the URL of the browser, and all else is as without it', async () => {
    const login = await loginAgainst({ par: sound }, { args: ['--par', '--prompt', 'login'] });
    const { checks } = resultOf(login);
    expect(login.complaints).toEqual([]);
    expect([...login.seen].sort()).toEqual([...pushed].sort());
    const [par] = login.server.requests.filter(({ endpoint }) => endpoint === 'par');
    expect(Object.fromEntries(new URLSearchParams(par?.body))).toMatchObject({
      response_type: 'code',
      client_id: 'client-1',
      prompt: 'login',
      code_challenge_method: 'S256',
    });
    const url = new URL(login.opened[0]?.url ?? '');
    expect([...url.searchParams.keys()]).toEqual(['client_id', 'request_uri']);
    for (const id of ['par-response', 'par-request-uri', 'par-expires-in', 'state', 'pkce', 'id-token-nonce'])
      expect(outcomesOf(checks, id), id).toEqual(['pass']);
  });

  it('is made by itself where the server demands it', async () => {
    const login = await loginAgainst({ metadata: demanding, par: sound });
    expect(objectionsIn(resultOf(login).checks)).toEqual([]);
    expect(login.seen).toContain('par');
  });

  it('is left out with --no-par, with a warning where the server demands it', async () => {
    const login = await loginAgainst({ metadata: demanding, par: sound }, { args: ['--no-par'] });
    expect(objectionsIn(resultOf(login).checks)).toEqual(['metadata-demands']);
    expect(login.seen).not.toContain('par');
  });

  it('needs an endpoint for it', async () => {
    const login = await loginAgainst({}, { args: ['--par'], afterKeys: false });
    expect(failureOf(login).error).toMatchObject({
      exit_code: 2,
      message: expect.stringContaining('no pushed_authorization_request_endpoint'),
      hint: expect.stringContaining('--pushed-authorization-request-endpoint URL'),
    });
  });

  it('authenticates the client as its token request does', async () => {
    const clientSecret = 'a-secret-of-the-client';
    const client = { clientId: 'client-1', method: 'client_secret_basic', clientSecret } as const;
    const args = ['--par', '--client-secret-env', 'THE_SECRET'];
    const surroundings = { env: { THE_SECRET: clientSecret } };
    const login = await loginAgainst({ client, par: sound }, { args, surroundings });
    resultOf(login);
    expect(login.complaints).toEqual([]);
  });

  it('keeps the secrets of the client and of the answer off the terminal', async () => {
    const clientSecret = 'S3cr&t/with+odd?characters';
    const client = { clientId: 'client-1', method: 'client_secret_post', clientSecret } as const;
    const login = await loginAgainst(
      { client, par: sound },
      {
        args: [
          '--par',
          '-v',
          '--client-secret-env',
          'S',
          '--auth-method',
          'client_secret_post',
          '--response-mode',
          'jwt',
        ],
        surroundings: { env: { S: clientSecret } },
      },
    );
    resultOf(login);
    const secrets = new Map([...login.server.secrets, ['client_secret', clientSecret] as const]);
    expect([...secrets.keys()]).toContain('response');
    expect(login.stderr).toMatch(/POST \S*\/par/);
    expect(findSecrets(login.stderr, secrets)).toEqual([]);
  });

  it.each(oddPushedResponses)('goes on with $wrong', async ({ script, options, checks }) => {
    const login = await loginAgainst(script, { args: options });
    expect(objectionsIn(resultOf(login).checks)).toEqual(checks);
  });

  it.each(refusedPushedResponses)('stops at $wrong', async ({ script, options, checks }) => {
    const login = await loginAgainst(script, { args: options, afterKeys: false });
    const failure = failureOf(login);
    expect(failure.error).toMatchObject({ exit_code: 6, step: 'par' });
    expect(objectionsIn(failure.checks)).toEqual(checks);
    expect(login.browserOpened).toBe(false);
    expect(login.seen).not.toContain('authorize');
  });

  it('that is refused ends the login with the error and its causes', async () => {
    const par = () => json(400, { error: 'invalid_redirect_uri', error_description: 'not registered' });
    const login = await loginAgainst({ par }, { args: ['--par'] });
    const { error } = failureOf(login);
    const { stderr } = await loginAgainst({ par }, { args: ['--par'], json: false });
    expect(error).toMatchObject({
      exit_code: 3,
      code: 'endpoint_error',
      step: 'par',
      oauth: { error: 'invalid_redirect_uri', status: 400 },
    });
    expect(stderr).toContain('The redirect URI is not registered for this client.');
  });
});

describe('a pushed request that is no longer known', () => {
  const shortLived = (reply: Reply) => withMembers(reply, { expires_in: 2 });

  it('is pushed once more when the browser was not opened before it expired', async () => {
    const surroundings = { launch: { type: 'not-launched', obstacle: 'no-display' } as const };
    const login = await loginAgainst(
      { par: shortLived },
      { args: ['--par', '--browser-timeout', '4'], surroundings, afterKeys: false },
    );
    expect(login.status).toBe(5);
    const urls = login.stderr.match(/^http\S+request_uri=\S+$/gm) ?? [];
    expect(login.seen.filter((endpoint) => endpoint === 'par')).toHaveLength(2);
    expect(new Set(urls).size).toBe(2);
  });

  it('is left alone when the browser was opened', async () => {
    const visit = async (url: string) => {
      await new Promise((resolve) => setTimeout(resolve, 2500));
      await follow(url);
    };
    const login = await loginAgainst({ par: shortLived }, { args: ['--par'], visit });
    resultOf(login);
    expect(login.seen.filter((endpoint) => endpoint === 'par')).toHaveLength(1);
  });

  it('is pushed once more when the server says so, and the browser is sent on', async () => {
    let asked = 0;
    const answer: Script['answer'] = (sound) => {
      asked += 1;
      return asked === 1 ? { error: 'invalid_request_uri', state: sound.state ?? '' } : sound;
    };
    const login = await loginAgainst({ par: sound, answer }, { args: ['--par'] });
    resultOf(login);
    expect(login.complaints).toEqual([]);
    expect(login.seen.filter((endpoint) => endpoint === 'par')).toHaveLength(2);
    expect(login.seen.filter((endpoint) => endpoint === 'authorize')).toHaveLength(2);
  });

  it('is not pushed a third time', async () => {
    const answer: Script['answer'] = ({ state = '' }) => ({ error: 'invalid_request_uri', state });
    const login = await loginAgainst({ par: sound, answer }, { args: ['--par'] });
    expect(refusalOf(login)).toMatchObject({ status: 3, code: 'authorization_error' });
    expect(login.seen.filter((endpoint) => endpoint === 'par')).toHaveLength(2);
  });
});

function withMembers(reply: Reply, members: object): Reply {
  if (typeof reply === 'string') return reply;
  return json(reply.status, { ...JSON.parse(String(reply.body)), ...members });
}

describe('against oidc-provider', () => {
  let idp: RunningIdp;
  beforeAll(async () => {
    idp = await startIdp({ port: 0 });
  });
  afterAll(() => idp.close());

  it('a pushed request ends in a login of the person', async () => {
    const { status, url, stderr, stdout } = await loginAsPerson(idp, ['--par', '--json']);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect([...url.searchParams.keys()]).toEqual(['client_id', 'request_uri']);
    expect(JSON.parse(stdout).userinfo).toMatchObject({ sub: 'alice' });
  });
});
