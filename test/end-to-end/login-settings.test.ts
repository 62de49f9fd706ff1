import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { runCli, startCli } from './cli.ts';
import { playPerson } from './person-login.ts';
import { type RecordingFront, startRecordingFront } from './recording-front.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-settings-'));

let idp: RunningIdp;
let front: RecordingFront;

beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});

beforeEach(async () => {
  front = await startRecordingFront(idp.issuer);
  return () => front.close();
});

afterAll(async () => {
  await idp.close();
  rmSync(folder, { recursive: true });
});

describe('the client secret', () => {
  const basic = (secret: string) => `Basic ${Buffer.from(`demo-confidential:${secret}`).toString('base64')}`;
  const confidential = ['--client-id', 'demo-confidential', '--json'];

  async function authorizationOf(args: readonly string[], options: Parameters<typeof startCli>[1]) {
    const cli = startCli(
      [
        'login',
        '--issuer',
        idp.issuer,
        '--token-endpoint',
        `${front.origin}/token`,
        '--port',
        '0',
        ...confidential,
        ...args,
      ],
      options,
    );
    const [, { status }] = await Promise.all([playPerson(idp, cli), cli.finished]);
    return { status, authorization: front.passed[0]?.authorization };
  }

  it.each([
    { ending: 'a line feed', text: 'demo-secret\n' },
    { ending: 'a carriage return and a line feed', text: 'demo-secret\r\n' },
    { ending: 'nothing', text: 'demo-secret' },
    { ending: 'a byte order mark before it', text: '\ufeffdemo-secret' },
  ])('is read from a file that ends in $ending', async ({ text }) => {
    const file = join(folder, 'secret');
    writeFileSync(file, text);
    expect(await authorizationOf(['--client-secret-file', file], {})).toEqual({
      status: 0,
      authorization: basic('demo-secret'),
    });
  });

  it('keeps the white space that is part of it', async () => {
    const file = join(folder, 'secret');
    writeFileSync(file, ' demo-secret \n');
    const { status, authorization } = await authorizationOf(['--client-secret-file', file], {});
    expect({ status, authorization }).toEqual({ status: 3, authorization: basic('+demo-secret+') });
  });

  it('is read from stdin', async () => {
    const run = await authorizationOf(['--client-secret-file', '-'], { input: 'demo-secret\n' });
    expect(run).toEqual({ status: 0, authorization: basic('demo-secret') });
  });

  it('is read from a named variable, and from OAUTH_CODE_CLIENT_SECRET', async () => {
    const named = await authorizationOf(['--client-secret-env', 'MY_SECRET'], {
      env: { MY_SECRET: 'demo-secret' },
    });
    expect(named).toEqual({ status: 0, authorization: basic('demo-secret') });
    const own = await authorizationOf([], { env: { OAUTH_CODE_CLIENT_SECRET: 'other' } });
    expect(own).toMatchObject({ status: 3 });
  });

  it.each([
    ['--client-secret', 'demo-secret'],
    ['--client-secret=demo-secret'],
    ['--json', '--client-secret=demo-secret'],
  ])('is never taken from the command line: %s', async (...args) => {
    const { status, stdout, stderr } = await runCli([
      ...['login', '--issuer', idp.issuer, '--client-id', 'demo-confidential'],
      ...args,
    ]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/--client-secret-file/);
    expect(stderr).not.toContain('demo-secret');
  });

  it('is not repeated when its option is mistyped', async () => {
    const { status, stderr } = await runCli(['login', '--client-secret-value=demo-secret']);
    expect(status).toBe(2);
    expect(stderr).toMatch(/unknown option '--client-secret-value'/i);
    expect(stderr).not.toContain('demo-secret');
  });
});

describe('OAUTH_CODE_ variables', () => {
  it('stand for every option, which a flag goes before', async () => {
    const env = {
      OAUTH_CODE_ISSUER: 'http://127.0.0.1:1',
      OAUTH_CODE_CLIENT_ID: 'demo-public',
      OAUTH_CODE_SCOPE: 'openid\nprofile email',
      OAUTH_CODE_PORT: '0',
      OAUTH_CODE_PARAM: 'a=1\nb=2',
      OAUTH_CODE_MAX_AGE: '600',
      OAUTH_CODE_NO_USERINFO: '1',
      OAUTH_CODE_JSON: 'true',
      OAUTH_CODE_NO_BROWSER: 'yes',
    };
    const cli = startCli(['login', '--issuer', idp.issuer, '--max-age', '900'], { env });
    const [{ url }, { status, stdout }] = await Promise.all([playPerson(idp, cli), cli.finished]);
    expect(status).toBe(0);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'demo-public',
      scope: 'openid profile email',
      a: '1',
      b: '2',
      max_age: '900',
    });
    expect(JSON.parse(stdout)).toMatchObject({ issuer: idp.issuer, userinfo: null });
  });

  it.each([
    { env: { OAUTH_CODE_PKCE: 's256' }, named: 'OAUTH_CODE_PKCE' },
    { env: { OAUTH_CODE_BROWSER_TIMEOUT: 'soon' }, named: 'OAUTH_CODE_BROWSER_TIMEOUT' },
    { env: { OAUTH_CODE_NO_USERINFO: 'perhaps' }, named: 'OAUTH_CODE_NO_USERINFO' },
    { env: { OAUTH_CODE_ISSUER: 'login.example.com' }, named: 'OAUTH_CODE_ISSUER' },
    { env: { OAUTH_CODE_PORT: 'http' }, named: 'OAUTH_CODE_PORT' },
    { env: { OAUTH_CODE_PARAM: '=x' }, named: 'OAUTH_CODE_PARAM' },
    { env: { OAUTH_CODE_LISTEN: 'nowhere' }, named: 'OAUTH_CODE_LISTEN' },
    { env: { OAUTH_CODE_CLAIMS: '{' }, named: 'OAUTH_CODE_CLAIMS' },
    { env: { OAUTH_CODE_RESOURCE: 'api' }, named: 'OAUTH_CODE_RESOURCE' },
    { env: { OAUTH_CODE_NO_VERIFY: 'stat' }, named: 'OAUTH_CODE_NO_VERIFY' },
  ])('are named when they are what is wrong: $named', async ({ env, named }) => {
    const { status, stdout, stderr } = await runCli(
      [
        'login',
        '--client-id',
        'demo-public',
        '--authorization-endpoint',
        'http://127.0.0.1:1',
        '--token-endpoint',
        'http://127.0.0.1:1',
      ],
      { env },
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(named);
    expect(stderr).toMatch(/^next: /m);
  });
});
