import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { mayStandInProject } from '../../src/storage/project-rules.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const subjects = { SUBJECT: 'subject-of-alice-7f3a', OTHER: 'subject-of-bob-91c2' };
let server: ApiServer;
let home: TestHome;
let refuses: boolean;
let refusal: string;
let answer: object;
const last = { accessToken: 'at-0123456789abcdef', refreshToken: 'rt-0123456789abcdef' };
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvOm8vciJ9.c2ln';

beforeEach(async () => {
  refuses = false;
  refusal = 'invalid_request';
  answer = {};
  server = await startApiServer(({ body, path }) => {
    if (path.startsWith('/runner')) return json(200, { value: jwt });
    const form = new URLSearchParams(body.toString());
    return refuses
      ? json(400, { error: refusal, error_description: `No ${form.get('subject_token')}.` })
      : json(200, {
          access_token: `exchanged-${server.requests.length}`,
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          token_type: 'Bearer',
          expires_in: 300,
          ...answer,
        });
  });
  home = createTestHome();
});

afterEach(async () => {
  await server.close();
  home.remove();
});

const exchange = (...args: readonly string[]) =>
  runHere(
    [
      ...['token', '--token-endpoint', `${server.origin}/token`, '--client-id', 'gateway'],
      ...['--grant-type', grantType, ...args],
    ],
    {
      env: {
        ...home.env,
        ...subjects,
        CLIENT_SECRET: 's3cret',
        ACTIONS_ID_TOKEN_REQUEST_URL: `${server.origin}/runner`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token-of-the-runner',
      },
      files: { '/run/subject.jwt': 'subject-in-a-file-5d\n' },
    },
  );
const forms = () =>
  server.requests.map(({ body }) => Object.fromEntries(new URLSearchParams(body.toString())));

describe('the exchange of a token', () => {
  it.each([
    ['a variable', ['--subject-token-env', 'SUBJECT'], subjects.SUBJECT],
    ['a file', ['--subject-token-file', '/run/subject.jwt'], 'subject-in-a-file-5d'],
  ])('asks for another with the one in %s (RFC 8693 §2.1)', async (_, args, subject) => {
    const wants = ['--audience', 'backend', '--resource', 'https://api.example.com/', '--scope', 'read'];
    const { status, stdout, stderr } = await exchange(...args, ...wants);
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'exchanged-1\n', stderr: '' });
    expect(forms()).toEqual([
      {
        grant_type: grantType,
        subject_token: subject,
        subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
        scope: 'read',
        resource: 'https://api.example.com/',
        audience: 'backend',
        client_id: 'gateway',
      },
    ]);
  });

  it('authenticates a client, and says of what type the subject token is when it is told', async () => {
    const type = 'subject_token_type=urn:ietf:params:oauth:token-type:id_token';
    const secret = ['--client-secret-env', 'CLIENT_SECRET'];
    expect((await exchange('--subject-token-env', 'SUBJECT', ...secret, '--token-param', type)).status).toBe(
      0,
    );
    const [request] = server.requests;
    expect(request?.headers.authorization).toBe(`Basic ${btoa('gateway:s3cret')}`);
    expect(forms()[0]).toMatchObject({ subject_token_type: 'urn:ietf:params:oauth:token-type:id_token' });
  });

  it('keeps what it brought, for the same subject token alone', async () => {
    const ask = async (...args: readonly string[]) => (await exchange(...args)).stdout;
    expect(await ask('--subject-token-env', 'SUBJECT')).toBe('exchanged-1\n');
    expect(await ask('--subject-token-env', 'SUBJECT')).toBe('exchanged-1\n');
    expect(await ask('--subject-token-env', 'OTHER')).toBe('exchanged-2\n');
    expect(await ask('--subject-token-env', 'SUBJECT')).toBe('exchanged-1\n');
    const kept = home.files().map((name) => JSON.stringify(name));
    expect(kept.join()).not.toContain('subject-of');
  });

  it.each([
    [grantType, 'subject token', {}],
    [grantType, 'subject token', { OAUTH_CODE_SUBJECT_TOKEN: subjects.SUBJECT }],
    ['urn:ietf:params:oauth:grant-type:jwt-bearer', 'assertion', {}],
    ['password', 'user name', {}],
  ])('answers with no saved token where what %s hands in is missing: the %s', async (type, name, env) => {
    const owner = { type: 'client', issuer: `${server.origin}/token`, clientId: 'gateway' } as const;
    const session = sessionWith({ origin: server.origin, tokenEndpoint: `${server.origin}/token`, last });
    home.save({ ...session, issuer: null, client_id: 'gateway', owner, grant_type: type });
    const client = ['--token-endpoint', `${server.origin}/token`, '--client-id', 'gateway', '--json'];
    const run = async (...words: readonly string[]) =>
      runHere([...words.slice(0, 1), ...client, ...words.slice(1)], { env: { ...home.env, ...env } });
    for (const words of [['token'], ['exec', '--', 'true']]) {
      const [command = '', ...rest] = words;
      const ended = await run(command, '--grant-type', type, ...rest);
      expect(errorOf(ended)).toMatchObject({
        exit_code: 2,
        message: expect.stringMatching(new RegExp(`^--grant-type ${type} needs an? ${name}\\.$`)),
      });
    }
    expect(await run('token')).toMatchObject({ status: 0 });
  });

  it('keeps the subject token out of everything that is shown', async () => {
    refuses = true;
    const run = await exchange('--subject-token-env', 'SUBJECT', '-v', '--json');
    expect(errorOf(run)).toMatchObject({ code: 'token_error', exit_code: 3 });
    expect(run.stderr + run.stdout).not.toContain(subjects.SUBJECT);
  });

  it('says what the tokens are and which is wanted, by short names and URIs (RFC 8693 §2.1, §3)', async () => {
    const urn = 'urn:ietf:params:oauth:token-type:';
    const types = ['--subject-token-type', 'id_token', '--requested-token-type', `${urn}jwt`];
    const actor = ['--actor-token-file', '/run/subject.jwt', '--actor-token-type', 'saml2'];
    const { status } = await exchange('--subject-token-env', 'SUBJECT', ...types, ...actor);
    expect(status).toBe(0);
    expect(forms()[0]).toMatchObject({
      subject_token_type: `${urn}id_token`,
      requested_token_type: `${urn}jwt`,
      actor_token: 'subject-in-a-file-5d',
      actor_token_type: `${urn}saml2`,
    });
  });

  it('is made anew for another type, actor or source', async () => {
    const subject = ['--subject-token-env', 'SUBJECT'];
    for (const args of [
      subject,
      [...subject, '--requested-token-type', 'jwt'],
      [...subject, '--actor-token-env', 'OTHER'],
      ['--subject-token-from', 'file:/run/subject.jwt'],
      ['--subject-token-from', 'github:backend'],
    ]) {
      await exchange(...args);
      await exchange(...args);
    }
    expect(server.requests.filter(({ path }) => path === '/token')).toHaveLength(5);
    expect(forms().some(({ subject_token }) => subject_token === jwt)).toBe(true);
  });

  it.each([
    ['access_token', 'at-0123456789abcdef'],
    ['refresh_token', 'rt-0123456789abcdef'],
  ])('takes the %s of a saved session', async (type, subject_token) => {
    const owner = { type: 'profile', name: 'alice' } as const;
    const session = sessionWith({ origin: server.origin, tokenEndpoint: `${server.origin}/token`, last });
    home.save({ ...session, owner });
    const run = await exchange('--subject-token-from', 'session:alice', '--subject-token-type', type);
    expect(run).toMatchObject({ status: 0, stderr: '' });
    expect(forms()[0]).toMatchObject({ subject_token });
  });

  it.each([
    ['issued_token_type is missing, which an exchange must have.', undefined],
    ['issued_token_type is not a URI.', 'access_token'],
    ['Another type of token was issued than was asked for.', 'urn:ietf:params:oauth:token-type:access_token'],
  ])('warns: %s', async (detail, issued_token_type) => {
    answer = { issued_token_type };
    const args = ['--subject-token-env', 'SUBJECT', '--requested-token-type', 'jwt', '--json'];
    const { status, stdout } = await exchange(...args);
    const { checks } = JSON.parse(stdout) as { checks: { id: string }[] };
    expect(status).toBe(0);
    expect(checks.find(({ id }) => id === 'issued-token-type')).toMatchObject({ outcome: 'warn', detail });
  });

  it('knows that a token that is not an access token has no type of use', async () => {
    answer = { issued_token_type: 'urn:ietf:params:oauth:token-type:jwt', token_type: 'N_A' };
    const { stdout } = await exchange('--subject-token-env', 'SUBJECT', '--json');
    const { checks } = JSON.parse(stdout) as { checks: { id: string; outcome: string }[] };
    for (const id of ['issued-token-type', 'token-type'])
      expect(checks.find((check) => check.id === id)).toMatchObject({ outcome: 'pass' });
    const header = await exchange('--subject-token-env', 'SUBJECT', '-o', 'header', '--json');
    expect(errorOf(header)).toMatchObject({ exit_code: 2 });
  });

  it.each([
    ['invalid_request', 'The subject or actor token is refused'],
    ['invalid_grant', 'The subject or actor token is refused'],
    ['unauthorized_client', 'The client may not use this grant.'],
    ['invalid_target', 'The resource or audience is unknown'],
  ])('explains %s', async (error, cause) => {
    refuses = true;
    refusal = error;
    const { status, stderr } = await exchange('--subject-token-env', 'SUBJECT');
    expect(status).toBe(3);
    expect(stderr).toContain(cause);
  });

  it('takes its settings from a profile, never from a project', async () => {
    const settings = {
      token_endpoint: `${server.origin}/token`,
      client_id: 'gateway',
      grant_type: grantType,
      subject_token_env: 'SUBJECT',
      subject_token_type: 'jwt',
    };
    const run = (env: object) =>
      runHere(['token', '-p', 'gw'], { env: { ...home.env, ...subjects, ...env } });
    writeFileSync(
      join(home.folder, 'config.json'),
      JSON.stringify({ version: 1, profiles: { gw: settings } }),
    );
    expect((await run({})).stdout).toBe('exchanged-1\n');
    expect((await run({})).stdout).toBe('exchanged-1\n');
    expect((await run({ SUBJECT: 'another-subject' })).stdout).toBe('exchanged-2\n');
    expect(forms()[1]).toMatchObject({ subject_token: 'another-subject' });
    for (const key of ['subject_token_from', 'actor_token_from', 'assertion_grant_from', 'assertion_from'])
      expect(mayStandInProject(key)).toBe(false);
  });

  it.each([
    {
      args: ['--subject-token-env', 'SUBJECT', '--subject-token-type', 'bearer'],
      message: '--subject-token-type is "bearer".',
      hint: 'Use access_token, refresh_token, id_token, saml1, saml2, jwt or a URI.',
    },
    {
      args: ['--subject-token-from', 'session:nobody'],
      message: '--subject-token-from names the profile nobody, which has no saved session.',
      hint: 'Get one first: oauth-code login -p nobody, or without a user oauth-code token -p nobody',
      exit_code: 4,
    },
    ...(['subject', 'actor'] as const).map((one) => ({
      args: ['--subject-token-env', 'SUBJECT', `--${one}-token-from`, 's3cr3t'].slice(
        one === 'actor' ? 0 : 2,
      ),
      message: `--${one}-token-from does not name where the ${one} token comes from.`,
      hint: 'Use session:PROFILE, github[:AUDIENCE], gitlab[:VARIABLE], kubernetes[:FILE], env:NAME, file:PATH or command:COMMAND.',
    })),
    {
      args: ['--grant-type', 'client_credentials', '--subject-token-env', 'SUBJECT'],
      message: '--subject-token-env is not for --grant-type client_credentials.',
      hint: `Add --grant-type ${grantType}, or leave it out.`,
    },
    {
      args: ['--subject-token-env', 'SUBJECT', '--actor-token-type', 'jwt'],
      message: '--actor-token-type means nothing without --actor-token-file or --actor-token-env.',
      hint: null,
    },
    {
      args: [
        ...['--grant-type', 'urn:ietf:params:oauth:grant-type:jwt-bearer', '--assertion-env', 'SUBJECT'],
        ...['--assertion-subject', 'bob'],
      ],
      message: '--assertion-subject and --assertion-env exclude each other.',
      hint: null,
    },
    {
      args: ['--subject-token-env', 'SUBJECT', '--subject-token-from', 'env:OTHER'],
      message: 'The subject token was given twice, by --subject-token-env and --subject-token-from.',
      hint: 'Leave one of them out.',
    },
    {
      args: [],
      message: `--grant-type ${grantType} needs a subject token.`,
      hint: 'Add --subject-token-file FILE or --subject-token-env NAME.',
    },
    {
      args: ['--subject-token-env', 'MISSING'],
      message: '--subject-token-env names MISSING, which is not set.',
      hint: 'Set it, for example with: export MISSING=…',
    },
    {
      args: ['--subject-token-env', 'SUBJECT', '--subject-token-file', '/run/subject.jwt'],
      message: 'The subject token was given twice, by --subject-token-file and --subject-token-env.',
      hint: 'Leave one of them out.',
    },
  ])('is refused before anything is sent: $message', async ({ args, message, hint, exit_code = 2 }) => {
    const run = await exchange(...args, '--json');
    expect(errorOf(run)).toMatchObject({ exit_code, message, hint });
    expect(server.requests).toEqual([]);
  });

  it('takes no token from the command line itself', async () => {
    const run = await exchange('--subject-token', subjects.SUBJECT, '--json');
    expect(errorOf(run)).toMatchObject({ code: 'usage', exit_code: 2 });
    expect(run.stderr).not.toContain(subjects.SUBJECT);
  });
});
