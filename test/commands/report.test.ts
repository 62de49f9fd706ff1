import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { redactTrace, revealTrace } from '../../src/output/trace/redact-trace.ts';
import { renderTrace } from '../../src/output/trace/render-trace.ts';
import type { RecordedExchange, Recording } from '../../src/recording/recording.ts';
import { everyCase } from '../every-case.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';
import { exampleSecrets, exampleTrace, exchange, knownSecrets } from '../output/trace/example-trace.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oauth-code-report-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const redacted = renderTrace(redactTrace(exampleTrace(), knownSecrets), 'json');
const shown = renderTrace(revealTrace(exampleTrace(), knownSecrets), 'json');

async function report(args: readonly string[], options: TestContextOptions = {}) {
  const test = createTestContext({ files: { 'run.json': redacted, 'shown.json': shown }, ...options });
  const status = await run(['report', ...args], test.context);
  return { status, stdout: test.stdout(), stderr: test.stderr() };
}

describe('report', () => {
  it('draws the conversation in the terminal', async () => {
    const { status, stdout, stderr } = await report(['run.json']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('✓ "login" at idp.example, api.example went through');
    expect(stdout).toContain('POST /token  grant_type=authorization_code');
  });

  it.each([20, 40, 60, 80, 100])('keeps within %i columns', async (columns) => {
    const { stdout } = await report(['run.json'], { stdout: { columns, isTTY: true } });
    const widest = Math.max(...stdout.split('\n').map((line) => [...line].length));
    expect(widest).toBeLessThanOrEqual(columns);
  });

  it('uses ASCII alone where nothing else can be shown', async () => {
    const { stdout } = await report(['run.json'], { stdout: { unicode: false } });
    expect(stdout).toMatch(/^[ -~\n]*$/);
  });

  it.each([
    ['html', /^<!doctype html>/],
    ['har', /^\{\n {2}"log"/],
    ['mermaid', /^sequenceDiagram$/m],
    ['markdown', /^# "login"/],
    ['ascii', /^✓ "login"/],
    ['curl', /^#!\/bin\/sh\n/],
    ['json', /^\{\n {2}"version": 1,\n {2}"kind": "trace"/],
  ])('prints %s', async (format, start) => {
    const { status, stdout } = await report(['run.json', '--format', format]);
    expect(status).toBe(0);
    expect(stdout).toMatch(start);
  });

  it('prints the trace itself as the one JSON document', async () => {
    const { stdout } = await report(['run.json', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ version: 1, kind: 'trace', secrets: 'redacted' });
  });

  it.each(['html', 'har', 'mmd', 'md', 'txt', 'sh', 'json'])(
    'writes a .%s file for its owner',
    async (ending) => {
      const out = join(folder, `run.${ending}`);
      const { status, stdout, stderr } = await report(['run.json', '--out', out]);
      expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
      expect(stderr).toContain(`written to ${out}`);
      expect((await readFile(out, 'utf8')).length).toBeGreaterThan(100);
      if (process.platform !== 'win32') expect((await stat(out)).mode & 0o777).toBe(0o600);
    },
  );

  describe('into a file that is there', () => {
    const endings = ['html', 'har', 'mmd', 'md', 'txt', 'sh', 'json'];
    const recorded: readonly (readonly [what: string, name: string])[] = [
      ['a trace of ours', 'run.json'],
      ['a trace with secrets', 'shown.json'],
      ['a recording of a browser', 'browser.har'],
      ['output of curl', 'curl.txt'],
    ];
    const files = {
      'run.json': redacted,
      'shown.json': shown,
      'browser.har': renderTrace(exampleTrace(), 'har').replaceAll('oauth-code', 'Firefox'),
      'curl.txt': 'HTTP/1.1 400 Bad Request\ncontent-type: application/json\n\n{"error":"invalid_grant"}',
    };
    const cases = recorded.flatMap(([what, name]) => endings.map((ending) => [ending, what, name] as const));

    it.each(cases)('replaces a .%s report of %s', async (ending, _, name) => {
      const out = join(folder, `out.${ending}`);
      await writeFile(out, '');
      for (const attempt of [1, 2]) {
        const { status, stderr } = await report([name, '--out', out, '--show-secrets'], { files });
        expect(status, `attempt ${attempt}: ${stderr}`).toBe(0);
      }
    });

    it.each(endings)('keeps what somebody else wrote (.%s)', async (ending) => {
      const out = join(folder, `out.${ending}`);
      for (const text of [
        '# My notes\n\n- a list\n',
        '#!/bin/sh\necho\n',
        '{"log":{}}',
        'Dear diary,\n  today\n',
      ]) {
        await writeFile(out, text);
        const { status, stdout, stderr } = await report(['run.json', '--out', out]);
        expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
        expect(stderr.replace(/\s+/g, ' ')).toContain('is not a report.');
        expect(stderr).toContain('next: Remove it, or give --out another name.');
        expect(await readFile(out, 'utf8')).toBe(text);
      }
    });
  });

  it('makes no folders', async () => {
    const out = join(folder, 'mistyped', 'run.html');
    const { status, stderr } = await report(['run.json', '--out', out]);
    expect(status).toBe(2);
    expect(stderr.replace(/\s+/g, ' ')).toContain(`there is no folder ${join(folder, 'mistyped')}.`);
    await expect(stat(join(folder, 'mistyped'))).rejects.toThrow();
  });

  it('redacts a trace that holds secrets, unless it is asked not to', async () => {
    const hidden = await report(['shown.json', '--format', 'html']);
    for (const secret of Object.values(exampleSecrets)) expect(hidden.stdout).not.toContain(secret);
    const open = await report(['shown.json', '--format', 'html', '--show-secrets']);
    expect(open.stdout).toContain(exampleSecrets.access_token);
    expect(open.stdout).toContain('Do not pass it on');
    expect(open.stderr).toContain('the report holds tokens and other secrets');
  });

  it('says that redacted secrets cannot be shown', async () => {
    const { stderr } = await report(['run.json', '--show-secrets']);
    expect(stderr).toContain('they were redacted when the run was recorded');
  });

  it('reads a trace from stdin', async () => {
    expect(await report(['-'], { stdin: redacted })).toMatchObject({ status: 0 });
  });

  describe('of a recording of another client', () => {
    const code = 'SplxlOBeZQQYbYS6WxSbIA';
    const refused = (url: string, body: string | undefined, status: number, answer: string) => ({
      startedDateTime: '2026-11-20T10:00:00.000Z',
      time: 5,
      request: {
        method: body === undefined ? 'GET' : 'POST',
        url,
        headers: [{ name: 'host', value: 'as.example' }],
        ...(body === undefined
          ? {}
          : { postData: { mimeType: 'application/x-www-form-urlencoded', text: body } }),
      },
      response: { status, headers: [], content: { size: answer.length, text: answer } },
    });
    const har = (...entries: readonly object[]) => JSON.stringify({ log: { version: '1.2', entries } });
    const tokenRefusal = har(
      refused(
        'https://as.example/token',
        `grant_type=authorization_code&code=${code}&redirect_uri=https%3A%2F%2Fapp.example%2Fcb&client_id=app`,
        400,
        `{"error":"invalid_grant","error_description":"${code} is unknown"}`,
      ),
    );

    it('says what was refused and why, and calls the client no other than it is', async () => {
      const { status, stdout } = await report(['-'], { stdin: tokenRefusal });
      expect(status).toBe(0);
      expect(stdout).toMatch(/^✗ A run at as\.example failed \(token\): invalid_grant\n/);
      expect(stdout).toContain('Failed: The token endpoint answered with invalid_grant.');
      expect(stdout).toContain('1. The code has expired or was used before.');
      expect(stdout).toMatch(/^ +Client +as\.example$/m);
      expect(stdout).not.toContain('oauth-code');
    });

    it.each([
      ['ascii', 0],
      ['markdown', 3],
      ['html', 3],
      ['json', 3],
    ])('shows no code in %s', async (format, least) => {
      const { stdout } = await report(['-', '--format', format], { stdin: tokenRefusal });
      expect(stdout).not.toContain(code);
      expect(stdout.split('‹code›').length).toBeGreaterThanOrEqual(least);
    });

    it.each([
      ['ascii', 'client_secret=short-one'],
      ['markdown', 'client_secret=short-one'],
      ['html', 'client_secret=short-one'],
      ['har', 'client_secret=short-one'],
      ['mermaid', 'client_secret=short-one'],
      ['curl', 'client_secret=short-one'],
      ['json', 'client_secret=short-one'],
      ['json', 'username=a&password=short-one'],
    ])('shows no short secret in %s that the server repeats (%s)', async (format, credentials) => {
      const answer = '{"error":"invalid_client","error_description":"short-one is wrong"}';
      const body = `grant_type=authorization_code&code=${code}&client_id=app&${credentials}`;
      const stdin = har(refused('https://as.example/token', body, 401, answer));
      const { stdout } = await report(['-', '--format', format], { stdin });
      expect(stdout).not.toContain('short-one');
    });

    it('lists in Markdown the ids of checks that were skipped, as of those that passed', async () => {
      const skipped = ['c-hash', 'at-hash'].map((id) => ({
        id,
        outcome: 'skipped' as const,
        title: 'Hash',
        detail: 'There is no key binding JWT.',
        spec: 'OIDC Core §3.3.2.11',
      }));
      const events = exampleTrace().events.map((event) =>
        event.type === 'checks' ? { ...event, checks: [...event.checks, ...skipped] } : event,
      );
      const stdin = renderTrace(redactTrace(exampleTrace({ events }), knownSecrets), 'json');
      const { stdout } = await report(['-', '--format', 'markdown'], { stdin });
      expect(stdout).toMatch(/^- ✓ passed: `id-token-iss`.*\n- – not applicable: `c-hash`, `at-hash`/m);
    });

    it('tells a page in Markdown by what it shows', async () => {
      const page = '<!doctype html><style>p{color:red}</style><p>invalid_client: no &lt;such&gt; client</p>';
      const url =
        'https://as.example/authorize?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example%2Fcb';
      const stdin = har(refused(url, undefined, 400, page));
      const { stdout } = await report(['-', '--format', 'markdown'], { stdin });
      expect(stdout).toContain('invalid_client: no <such> client');
      expect(stdout).not.toContain('color:red');
      expect(stdout).toMatch(/^# A run at as\.example failed \(authorization\)/);
    });

    it('that only succeeded says so', async () => {
      const stdin = har(
        refused('https://as.example/token', 'grant_type=client_credentials', 200, '{"access_token":"x"}'),
      );
      expect((await report(['-'], { stdin })).stdout).toMatch(/^✓ A run at as\.example went through\n/);
    });
  });

  it('names a step as the trace does, whatever that is', async () => {
    const odd = JSON.stringify(exampleTrace({ events: [exchange({ step: 'constructor' })] }));
    const { status, stdout } = await report(['-'], { stdin: odd });
    expect(status).toBe(0);
    expect(stdout).toContain('Constructor');
  });

  it.each(everyCase ? (['har', 'json'] as const) : (['har'] as const))(
    'reads %s of more than 10 MB as it reads a small one',
    async (format) => {
      const asset = exchange({
        step: 'x',
        request: { method: 'GET', url: 'https://cdn.example/x', headers: [] },
        response: { status: 200, headers: [], body: 'x'.repeat(1_000_000) },
      });
      const tokenExchange = async (count: number) => {
        const trace = exampleTrace();
        const assets = Array.from({ length: count }, () => asset);
        const text = renderTrace(redactTrace({ ...trace, events: [...trace.events, ...assets] }), format);
        expect(text.length > 10_000_000).toBe(count > 0);
        const { stdout } = await report(['-', '--json'], { stdin: text });
        const events: readonly RecordedExchange[] = JSON.parse(stdout).events;
        const found = events.find(({ request }) => request?.url.endsWith('/token'));
        return { request: found?.request, response: found?.response };
      };
      const ofLarge = await tokenExchange(11);
      expect(ofLarge).toEqual(await tokenExchange(0));
      expect(ofLarge.response?.status).toBe(200);
    },
  );

  describe('of what was recorded in part', () => {
    const response =
      'HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n{"error":"invalid_grant"}';
    const verbose = `> POST /token HTTP/1.1
> Host: as.example
> Content-Length: 52
> Content-Type: application/x-www-form-urlencoded
>
< HTTP/1.1 400 Bad Request
< Content-Type: application/json
<
{"error":"invalid_grant"}`;
    const alone = '{"access_token":"aaaaaaaaaaaaaaaaaaaaaaaa","token_type":"Bearer"}';
    it.each(
      [response, verbose, alone].flatMap((stdin) =>
        (['mermaid', 'markdown', 'ascii', 'curl'] as const).map((format) => [format, stdin] as const),
      ),
    )('invents in %s no time, request or status', async (format, stdin) => {
      const { status, stdout } = await report(['-', '--format', format], { stdin });
      expect(status).toBe(0);
      expect(stdout).not.toContain('1970');
      expect(stdout).not.toMatch(/\b0 ms/);
      expect(stdout).not.toMatch(/1\. +\//);
      expect(stdout.includes('400')).toBe(stdin !== alone);
      expect(stdout).not.toMatch(/\b200\b/);
    });

    it.each([
      [response, 'Token. Not recorded: the request, the time.'],
      [verbose, 'Token. Not recorded: the body of the request, the time.'],
      [alone, 'Token. Not recorded: the request, the status, the time.'],
    ])('says in a HAR what its neutral values stand for', async (stdin, comment) => {
      const { stdout } = await report(['-', '--format', 'har'], { stdin });
      expect(JSON.parse(stdout).log.entries[0]).toMatchObject({ comment, time: 0 });
    });

    it('asks in curl for a body that was not recorded', async () => {
      const { stdout } = await report(['-', '--format', 'curl'], { stdin: verbose });
      expect(stdout).toContain('# The body was not recorded: the script asks for it.');
      expect(stdout).toContain('--data-raw "$secret_body"');
      expect(stdout).toContain('{secret_body:?set it to the body as it goes over the wire}');
    });

    it('compares what both recorded', async () => {
      const test = createTestContext({ files: { 'a.txt': response, 'b.txt': verbose } });
      expect(await run(['diff', 'a.txt', 'b.txt'], test.context)).toBe(0);
      expect(test.stdout()).toContain('Nothing differs that matters.');
    });
  });

  it('says once that a run was cancelled', async () => {
    const cancelled = exampleTrace({
      outcome: {
        status: 'cancelled',
        error: { code: 'cancelled', step: null, message: 'Cancelled.', hint: null, exit_code: 130 },
      },
    });
    const { stdout } = await report(['-'], { stdin: renderTrace(redactTrace(cancelled), 'json') });
    expect(stdout.match(/Cancelled/g)).toHaveLength(1);
  });

  describe.each([
    ['small', 10],
    ['of more than 10 MB', 110_000],
  ])('of a HAR that is %s', (_size, length) => {
    const asset = (index: number) => ({
      startedDateTime: '2026-11-20T20:00:00.000Z',
      time: 1,
      request: { method: 'GET', url: `https://cdn.example/${index}.js`, headers: [] },
      response: { status: 200, headers: [], content: { size: length, text: 'x'.repeat(length) } },
    });
    const recording = (count: number) => {
      const har = JSON.parse(renderTrace(exampleTrace(), 'har'));
      const assets = Array.from({ length: count }, (_, index) => asset(index));
      har.log.entries = [...assets.slice(0, 50), ...har.log.entries, ...assets.slice(50)];
      return JSON.stringify(har);
    };

    it('draws the conversation and counts the rest', async () => {
      const { stdout, stderr } = await report(['-', '--json'], { stdin: recording(100) });
      expect(stdout).not.toContain('cdn.example');
      const alone = await report(['-', '--json'], { stdin: recording(0) });
      expect(JSON.parse(stdout).events).toEqual(JSON.parse(alone.stdout).events);
      expect(stderr).toBe('stdin: 100 other entries were left out: not part of an OAuth conversation.\n');
      expect(alone.stderr).toBe('');
    });

    it('tells nothing of the rest with --quiet', async () => {
      expect((await report(['-', '--quiet'], { stdin: recording(1) })).stderr).toBe('');
    });
  });

  it('reads what others have saved: a HAR', async () => {
    const har = renderTrace(exampleTrace(), 'har');
    const { status, stdout } = await report(['browser.har'], { files: { 'browser.har': har } });
    expect(status).toBe(0);
    expect(stdout).toContain('POST /token');
  });

  it.each([
    [['--no-input'], 2, 'No input was given.'],
    [['run.json', '--format', 'pdf'], 2, '--format is "pdf"'],
    [['run.json', '--out', 'run.pdf'], 2, 'does not end in a known format'],
    [['run.json', '--out', './run.json'], 2, 'would replace the trace itself'],
    [['missing.json'], 2, 'missing.json'],
    [['other.json'], 2, 'other.json is not a recorded run.'],
    [['cut.json'], 2, 'cut.json is a trace that cannot be read.'],
    [['-', '--no-input'], 2, 'No input was given.'],
  ])('refuses %j with status %i', async (args, expected, message) => {
    const files = { 'run.json': redacted, 'other.json': '{"a":1}', 'cut.json': redacted.slice(0, 500) };
    const { status, stdout, stderr } = await report(args, { files, stdinIsTTY: true });
    expect({ status, stdout }).toEqual({ status: expected, stdout: '' });
    expect(stderr).toContain(message);
  });
});

/** A request as it arrived. */
interface Arrived {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: readonly string[];
  readonly body: string;
}

/** Has a shell run the curl commands of a trace against a server that remembers what arrived. */
async function repeat(
  trace: (origin: string) => Recording,
  env: Readonly<Record<string, string>> = {},
  shell = 'sh',
) {
  const arrived: Arrived[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    arrived.push({
      method: request.method,
      url: request.url,
      headers: request.rawHeaders,
      body: Buffer.concat(chunks).toString('utf8'),
    });
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const script = join(folder, 'run.sh');
    await writeFile(script, renderTrace(trace(origin), 'curl'));
    const { execFile } = await import('node:child_process');
    await new Promise<void>((resolve, reject) => {
      const child = execFile(
        shell,
        ['-eu', script],
        { cwd: folder, env: { PATH: process.env.PATH ?? '', HOME: folder, ...env } },
        (error, _, stderr) => (error === null ? resolve() : reject(new Error(`${error.message}\n${stderr}`))),
      );
      child.stdin?.end();
    });
    return { arrived, origin };
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

function isThere(program: string, args: readonly string[]): boolean {
  return spawnSync(program, args).status === 0;
}

const curlIsThere = isThere('curl', ['--version']);
const shells = ['sh', 'bash', 'dash', 'zsh'].filter((shell) => isThere(shell, ['-c', 'true']));

describe.skipIf(!curlIsThere || process.platform === 'win32')('report --format curl', () => {
  const request = (origin: string) => ({
    method: 'POST',
    url: `${origin}/token?a[b]={1,2}&q=it's`,
    headers: [
      ['accept', 'application/json'],
      ['Content-Type', 'application/x-www-form-urlencoded'],
      ['X-Odd', `"$(touch ${folder}/pwned)" \`id\` 'x' \\ ; é`],
      ['X-Empty', ''],
      ['user-agent', 'oauth-code/1'],
      ['content-length', '1'],
    ] as const,
    body: `grant_type=authorization_code&x=$(touch ${folder}/pwned)'"\`id\`\\n@file\n&y=é`,
  });
  it('says how it is run, where, and what no header field tells', () => {
    const method = {
      type: 'client_authentication',
      at_ms: 1,
      method: 'tls_client_auth',
      advertised: null,
    } as const;
    const trace = redactTrace(exampleTrace(), knownSecrets);
    const plain = renderTrace(trace, 'curl');
    expect(plain).toMatch(/^# Run it as: (?:secret_\w+=\.\.\. )+sh FILE$/m);
    expect(plain).toContain('on Windows: Git Bash or WSL');
    expect(plain).not.toContain('--cert');
    expect(renderTrace({ ...trace, events: [method, ...trace.events] }, 'curl')).toContain(
      'add --cert FILE --key FILE',
    );
  });

  const single = (origin: string, changes = {}) =>
    exampleTrace({ events: [exchange({ request: { ...request(origin), ...changes } })] });

  it.each(shells)('sends in %s what was sent, whatever is in it, and runs nothing else', async (shell) => {
    const { arrived, origin } = await repeat((at) => single(at), {}, shell);
    const sent = request(origin);
    expect(arrived).toHaveLength(1);
    expect(arrived[0]).toMatchObject({ method: 'POST', url: "/token?a[b]={1,2}&q=it's", body: sent.body });
    const headers = arrived[0]?.headers ?? [];
    for (const [name, value] of sent.headers.slice(0, 5)) {
      expect(Buffer.from(headers[headers.indexOf(name) + 1] ?? '', 'latin1').toString('utf8')).toBe(value);
    }
    await expect(stat(join(folder, 'pwned'))).rejects.toThrow();
  });

  it('adds no field of its own', async () => {
    const { arrived } = await repeat((origin) =>
      single(origin, { headers: [['x-only', '1']], body: undefined, method: 'GET' }),
    );
    const names = (arrived[0]?.headers ?? []).filter((_, index) => index % 2 === 0);
    expect(names.map((name) => name.toLowerCase()).sort()).toEqual(['host', 'x-only']);
  });

  it('asks for the secrets as variables and puts them in their places', async () => {
    const trace = (origin: string) =>
      redactTrace(
        exampleTrace({
          events: [
            exchange({
              request: {
                ...request(origin),
                headers: [['Authorization', `Bearer ${exampleSecrets.access_token}`]],
                body: `code=${exampleSecrets.code}`,
              },
            }),
          ],
        }),
        knownSecrets,
      );
    const env = { secret_access_token: "t$(id)'", secret_code: 'c"`id`' };
    const { arrived } = await repeat(trace, env);
    expect(arrived[0]?.body).toBe('code=c"`id`');
    expect(arrived[0]?.headers).toContain("Bearer t$(id)'");
    await expect(repeat(trace)).rejects.toThrow(
      /set it to the (?:code|access_token) as it goes over the wire/,
    );
  });

  it('leaves out what is not an HTTP request', async () => {
    const { arrived } = await repeat(() =>
      exampleTrace({
        events: [exchange({ request: { method: 'GET', url: 'file:///etc/passwd', headers: [] } })],
      }),
    );
    expect(arrived).toEqual([]);
  });

  it('reads no file that a header field names', async () => {
    const { arrived } = await repeat((origin) =>
      single(origin, {
        headers: [
          ['@/etc/passwd', 'x'],
          ['x', '@/etc/passwd'],
        ],
      }),
    );
    expect(JSON.stringify(arrived)).not.toContain('root:');
  });
});
