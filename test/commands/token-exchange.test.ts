import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { createTestHome, type TestHome } from '../fakes/saved-sessions.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:token-exchange';
const subjects = { SUBJECT: 'subject-of-alice-7f3a', OTHER: 'subject-of-bob-91c2' };
let server: ApiServer;
let home: TestHome;
let refuses: boolean;

beforeEach(async () => {
  refuses = false;
  server = await startApiServer(({ body }) => {
    const form = new URLSearchParams(body.toString());
    return refuses
      ? json(400, { error: 'invalid_request', error_description: `No ${form.get('subject_token')}.` })
      : json(200, {
          access_token: `exchanged-${server.requests.length}`,
          issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
          token_type: 'Bearer',
          expires_in: 300,
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
      env: { ...home.env, ...subjects, CLIENT_SECRET: 's3cret' },
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

  it('keeps the subject token out of everything that is shown', async () => {
    refuses = true;
    const run = await exchange('--subject-token-env', 'SUBJECT', '-v', '--json');
    expect(errorOf(run)).toMatchObject({ code: 'token_error', exit_code: 3 });
    expect(run.stderr + run.stdout).not.toContain(subjects.SUBJECT);
  });

  it.each([
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
  ])('is refused before anything is sent: $message', async ({ args, message, hint }) => {
    const run = await exchange(...args, '--json');
    expect(errorOf(run)).toMatchObject({ exit_code: 2, message, hint });
    expect(server.requests).toEqual([]);
  });

  it('takes no token from the command line itself', async () => {
    const run = await exchange('--subject-token', subjects.SUBJECT, '--json');
    expect(errorOf(run)).toMatchObject({ code: 'usage', exit_code: 2 });
    expect(run.stderr).not.toContain(subjects.SUBJECT);
  });
});
