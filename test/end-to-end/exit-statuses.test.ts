import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import type { ErrorDocument } from '../../src/output/documents.ts';
import { LoopbackServers } from '../fakes/loopback-servers.ts';
import { issueCertificate } from '../fakes/test-certificates.ts';
import { type FinishedRun, runCli } from './cli.ts';
import { lastLineAsJson, loginAsPerson } from './person-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-statuses-'));
const servers = new LoopbackServers();

let idp: RunningIdp;

beforeAll(async () => {
  idp = await startIdp({ port: 0 });
});

afterAll(async () => {
  await idp.close();
  rmSync(folder, { recursive: true });
});
afterEach(() => servers.closeAll());

/** What a run that fails must say: its status, the error code, and words of cause and cure. */
interface Row {
  readonly what: string;
  readonly status: number;
  readonly code: ErrorDocument['error']['code'];
  readonly run: () => Promise<FinishedRun>;
  readonly message: RegExp;
  readonly hint: RegExp;
}

const login = (...args: readonly string[]) =>
  runCli(['login', '--client-id', 'demo-public', '--port', '0', '--json', ...args]);

const secretFile = (text: string) => {
  const file = join(folder, 'secret');
  writeFileSync(file, text);
  return file;
};

/** A server whose every answer is the same. */
async function answering(status: number, body: string, contentType = 'application/json') {
  const { port } = await servers.http((_, response) =>
    response.writeHead(status, { 'content-type': contentType }).end(body),
  );
  return `http://127.0.0.1:${port}`;
}

const rows: readonly Row[] = [
  {
    what: 'no server is named',
    status: 2,
    code: 'usage',
    run: () => login(),
    message: /No authorization server was given/,
    hint: /--issuer URL/,
  },
  {
    what: 'no client is named',
    status: 2,
    code: 'usage',
    run: () => runCli(['login', '--issuer', idp.issuer, '--json']),
    message: /No client identifier/,
    hint: /--client-id ID/,
  },
  {
    what: 'an option is mistyped',
    status: 2,
    code: 'usage',
    run: () => login('--isuer', idp.issuer),
    message: /Unknown option '--isuer'/,
    hint: /Did you mean --issuer/,
  },
  {
    what: 'a value is none of its choices',
    status: 2,
    code: 'usage',
    run: () => login('--issuer', idp.issuer, '--pkce', 'S512'),
    message: /--pkce is "S512"/,
    hint: /S256, plain, off/,
  },
  {
    what: 'a method lacks its secret',
    status: 2,
    code: 'usage',
    run: () => login('--issuer', idp.issuer, '--auth-method', 'client_secret_post'),
    message: /client_secret_post needs a client secret/,
    hint: /--client-secret-file/,
  },
  {
    what: 'a file is not there',
    status: 2,
    code: 'config',
    run: () => login('--issuer', idp.issuer, '--client-secret-file', join(folder, 'nosuch')),
    message: /nosuch: (?:there is no such file|.*no such file)/,
    hint: /^--client-secret-file names this file; it has to hold the client secret, and nothing else\.$/,
  },
  {
    what: 'a secret file is empty',
    status: 2,
    code: 'config',
    run: () => login('--issuer', idp.issuer, '--client-secret-file', secretFile('\n')),
    message: /secret.* is empty/,
    hint: /^--client-secret-file names this file; put the secret into it\.$/,
  },
  {
    what: 'the person says no',
    status: 3,
    code: 'authorization_error',
    run: () => loginAsPerson(idp, ['--json'], { decision: 'deny' }),
    message: /refused: access_denied/,
    hint: /declined/,
  },
  {
    what: 'the token endpoint refuses the client',
    status: 3,
    code: 'token_error',
    run: () =>
      loginAsPerson(idp, [
        ...['--client-id', 'demo-confidential', '--json'],
        ...['--client-secret-file', secretFile('not-the-secret-of-this-client')],
      ]),
    message: /invalid_client\. Client authentication was client_secret_basic, which the server advertises\./,
    hint: /Compare the secret/,
  },
  {
    what: 'a person is needed in a CI job',
    status: 4,
    code: 'login_required',
    run: () =>
      runCli(['login', '--issuer', idp.issuer, '--client-id', 'x', '--port', '0', '--json'], {
        env: { CI: 'true' },
      }),
    message: /needs a person/,
    hint: /--no-browser/,
  },
  {
    what: 'nobody listens at the issuer',
    status: 5,
    code: 'network',
    run: async () => {
      const { port, close } = await servers.http(() => {});
      await close();
      return login('--issuer', `http://127.0.0.1:${port}`);
    },
    message: /127\.0\.0\.1:\d+.*refused/i,
    hint: /\S/,
  },
  {
    what: 'the name of the issuer does not exist',
    status: 5,
    code: 'network',
    run: () => login('--issuer', 'https://nosuch.invalid'),
    message: /nosuch\.invalid/,
    hint: /\S/,
  },
  {
    what: 'the certificate of the issuer is not trusted',
    status: 5,
    code: 'tls',
    run: async () => {
      const { cert, key } = issueCertificate({ name: 'nobody knows me', altNames: ['127.0.0.1'] });
      const { port } = await servers.https({ cert, key }, (_, response) => response.end());
      return login('--issuer', `https://127.0.0.1:${port}`);
    },
    message: /certificate/i,
    hint: /--ca-file/,
  },
  {
    what: 'the server is silent',
    status: 5,
    code: 'timeout',
    run: async () => {
      const { port } = await servers.raw(() => {});
      return login('--issuer', `http://127.0.0.1:${port}`, '--timeout', '0.5');
    },
    message: /0\.5 s/,
    hint: /--timeout/,
  },
  {
    what: 'no answer comes from the browser',
    status: 5,
    code: 'timeout',
    run: () => login('--issuer', idp.issuer, '--browser-timeout', '1'),
    message: /No answer came to the redirect URI within 1 s/,
    hint: /client_id.*registered.*--browser-timeout/,
  },
  {
    what: 'the metadata is a page',
    status: 6,
    code: 'invalid_response',
    run: async () => login('--issuer', await answering(200, '<h1>Welcome</h1>', 'text/html')),
    message: /No metadata was found/,
    hint: /--metadata-url|--authorization-endpoint/,
  },
  {
    what: 'the answer is not HTTP',
    status: 6,
    code: 'invalid_response',
    run: async () => {
      const { port } = await servers.answering('SSH-2.0-OpenSSH_9.2\r\n');
      return login('--issuer', `http://127.0.0.1:${port}`);
    },
    message: /HTTP/,
    hint: /\S/,
  },
  {
    what: 'the metadata is about another issuer',
    status: 6,
    code: 'validation_failed',
    run: async () =>
      login(
        '--issuer',
        await answering(
          200,
          JSON.stringify({
            issuer: 'https://other.example',
            authorization_endpoint: 'https://other.example/auth',
            token_endpoint: 'https://other.example/token',
          }),
        ),
      ),
    message: /issuer/i,
    hint: /--no-verify metadata-issuer/,
  },
];

describe('a run that fails', () => {
  it.each(rows)('ends with $status, $code, when $what', async ({ status, code, run, message, hint }) => {
    const finished = await run();
    expect({ status: finished.status, stdout: finished.stdout }).toEqual({ status, stdout: '' });
    const { version, error, checks } = lastLineAsJson(finished) as ErrorDocument;
    expect({ version, code: error.code, exit_code: error.exit_code }).toEqual({
      version: 1,
      code,
      exit_code: status,
    });
    expect(error.message).toMatch(message);
    expect(error.hint ?? '').toMatch(hint);
    expect(Array.isArray(checks)).toBe(true);
  });
});

describe('a run that is done', () => {
  it('ends with 0', async () => {
    expect((await loginAsPerson(idp)).status).toBe(0);
  });
});

describe('a defect', () => {
  it('ends with 1, says so, and shows its stack only with --debug', async () => {
    const preload = join(folder, 'broken.cjs');
    writeFileSync(
      preload,
      `const own = Date.prototype.toISOString;
      let isPlanted = true;
      Date.prototype.toISOString = function () {
        if (!isPlanted) return own.call(this);
        isPlanted = false;
        throw new Error('a planted defect');
      };`,
    );
    const env = { NODE_OPTIONS: `--require=${preload}` };
    const { status, stderr, stdout } = await runCli(['demo', '--headless', '--port', '0'], { env });
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('a planted defect');
    expect(stderr).toContain('This is a bug of oauth-code');
    expect(stderr).not.toMatch(/^ {4}at /m);
    const debugged = await runCli(['demo', '--headless', '--port', '0', '--debug'], { env });
    expect(debugged.status).toBe(1);
    expect(debugged.stderr).toMatch(/^ {4}at /m);
  });
});
