import { describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import type { JsonObject } from '../../src/json/json.ts';
import type { TraceComparison } from '../../src/output/trace/compare-traces.ts';
import { redactTrace, revealTrace } from '../../src/output/trace/redact-trace.ts';
import { renderTrace } from '../../src/output/trace/render-trace.ts';
import type { RecordedEvent, Recording } from '../../src/recording/recording.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';
import {
  exampleSecrets,
  exampleTrace,
  knownSecrets,
  type WholeExchange,
} from '../output/trace/example-trace.ts';

async function diff(a: string, b: string, args: readonly string[] = [], options: TestContextOptions = {}) {
  const test = createTestContext({ files: { 'a.json': a, 'b.json': b }, ...options });
  const status = await run(['diff', 'a.json', 'b.json', ...args], test.context);
  return { status, stdout: test.stdout(), stderr: test.stderr() };
}

const file = (trace: Recording) => renderTrace(redactTrace(trace, knownSecrets), 'json');
const openFile = (trace: Recording) => renderTrace(revealTrace(trace, knownSecrets), 'json');

async function compared(a: string, b: string): Promise<TraceComparison> {
  return JSON.parse((await diff(a, b, ['--json'])).stdout);
}

/** The example with its token request changed. */
function withToken(
  change: (token: WholeExchange) => RecordedEvent,
  rest: Partial<Recording> = {},
): Recording {
  const { events } = exampleTrace();
  return exampleTrace({
    ...rest,
    events: events.map((event) =>
      event.type === 'exchange' && event.step === 'token' ? change(event as WholeExchange) : event,
    ),
  });
}

/** The token request refused, and everything after it not done. */
function refused(change: (token: WholeExchange) => WholeExchange): Recording {
  const trace = withToken((token) => ({
    ...change(token),
    response: { status: 400, headers: [], body: '{"error":"invalid_grant","error_description":"no"}' },
  }));
  const at = trace.events.findIndex((event) => event.type === 'exchange' && event.step === 'token');
  return {
    ...trace,
    events: trace.events.slice(0, at + 1),
    outcome: {
      status: 'failed',
      error: {
        code: 'token_error',
        step: 'token',
        message: 'The token endpoint refused the request.',
        hint: null,
        exit_code: 3,
        oauth: { error: 'invalid_grant', error_description: 'no', error_uri: null, status: 400 },
      },
    },
  };
}

const body = (token: WholeExchange, text: string) => ({
  ...token,
  request: { ...token.request, body: text },
});
const causes = ({ differences }: TraceComparison) =>
  differences
    .filter(({ weight }) => weight === 'cause')
    .map(({ title, name, a, b, remark }) => ({ title, name, a, b, remark }));

describe('diff', () => {
  it('finds nothing between a run and itself', async () => {
    const { status, stdout } = await diff(file(exampleTrace()), file(exampleTrace()));
    expect(status).toBe(0);
    expect(stdout).toContain('Nothing differs that matters.');
  });

  it('names where two runs part, and what was sent differently up to there', async () => {
    const good = withToken((token) =>
      body(token, 'grant_type=authorization_code&redirect_uri=https%3A%2F%2Fapp%2Fcb'),
    );
    const bad = refused((token) =>
      body(token, 'grant_type=authorization_code&redirect_uri=https%3A%2F%2Fapp%2Fcb%2F'),
    );
    const comparison = await compared(file(good), file(bad));
    expect(comparison).toMatchObject({
      version: 1,
      a: { name: 'a.json', succeeded: true, ending: 'went through' },
      b: { name: 'b.json', succeeded: false, ending: 'failed (token): invalid_grant' },
      diverges_at: 'Token',
    });
    expect(causes(comparison)).toEqual([
      {
        title: 'Token',
        name: 'redirect_uri',
        a: 'https://app/cb',
        b: 'https://app/cb/',
        remark: 'only a slash at the end',
      },
    ]);
  });

  it('shows the same to a person, the likely cause first', async () => {
    const bad = refused((token) => body(token, 'grant_type=refresh_token'));
    const { stdout } = await diff(file(exampleTrace()), file(bad));
    expect(stdout).toContain('✓ A  a.json went through\n✗ B  b.json failed (token): invalid_grant\n');
    expect(stdout).toContain('The runs diverge at: Token.');
    expect(stdout.indexOf('grant_type')).toBeGreaterThan(
      stdout.indexOf('What was sent differently, up to there'),
    );
    expect(stdout.indexOf('grant_type')).toBeLessThan(stdout.indexOf('What else differs'));
  });

  it('tells a value of "none" from one that is not there', async () => {
    const good = withToken((token) => body(token, 'grant_type=authorization_code'));
    const bad = refused((token) => body(token, 'grant_type=authorization_code&prompt=none'));
    const { stdout } = await diff(file(good), file(bad));
    expect(stdout).toMatch(/prompt +A {2}not there\n +B {2}none\n/);
  });

  it('does not blame what came after, nor what is new in every run', async () => {
    const later = exampleTrace().events.map((event) =>
      event.type === 'authorization_request' ? { ...event, url: event.url.replace('st4te', 'other') } : event,
    );
    const comparison = await compared(file(exampleTrace({ events: later })), file(refused((token) => token)));
    expect(causes(comparison)).toEqual([]);
    expect(comparison.differences).toContainEqual(
      expect.objectContaining({ name: 'state', weight: 'expected', remark: 'made anew for each run' }),
    );
  });

  it('says of secrets that are redacted in both that they were not compared', async () => {
    const { stdout } = await diff(file(exampleTrace()), file(refused((token) => token)));
    expect(stdout).toContain('Redacted in both, so not compared: client_secret');
    const har = (trace: Recording) => renderTrace(redactTrace(trace, knownSecrets), 'har');
    const saved = await diff(har(exampleTrace()), har(refused((token) => token)));
    expect(saved.stdout).toContain('Redacted in both, so not compared: client_secret');
  });

  it.each([
    ['A', file, openFile],
    ['B', openFile, file],
  ] as const)('says which one is redacted when only %s is', async (letter, writeA, writeB) => {
    const other = Buffer.from('client-1:another-secret-altogether').toString('base64');
    const bad = refused((token) => ({
      ...token,
      request: { ...token.request, headers: [['Authorization', `Basic ${other}`]] },
    }));
    const { stdout } = await diff(writeA(exampleTrace()), writeB(bad), ['--all']);
    expect(stdout).toContain(`redacted in ${letter}`);
    expect(stdout).not.toContain('edacted in both');
    expect(stdout).not.toContain(other);
  });

  it('blames a redirect URI that is not that of the authorization request, if only by its port', async () => {
    const uri = (port: number) => `redirect_uri=${encodeURIComponent(`http://127.0.0.1:${port}/cb`)}`;
    const ask = (trace: Recording, port: number): Recording => ({
      ...trace,
      events: trace.events.map((event) =>
        event.type === 'authorization_request'
          ? { ...event, url: `https://op.example/authorize?client_id=c&${uri(port)}` }
          : event,
      ),
    });
    const good = ask(
      withToken((token) => body(token, `grant_type=authorization_code&${uri(1111)}`)),
      1111,
    );
    const same = ask(
      refused((token) => body(token, `grant_type=authorization_code&${uri(2222)}`)),
      2222,
    );
    expect(causes(await compared(file(good), file(same)))).toEqual([]);
    const other = ask(
      refused((token) => body(token, `grant_type=authorization_code&${uri(3333)}`)),
      2222,
    );
    expect(causes(await compared(file(good), file(other)))).toEqual([
      {
        title: 'Token',
        name: 'redirect_uri',
        a: 'http://127.0.0.1:1111/cb',
        b: 'http://127.0.0.1:3333/cb',
        remark: 'in B not that of the authorization request',
      },
    ]);
  });

  it('says of lists what only one of them has', async () => {
    const listed = (scopes: readonly string[]) =>
      JSON.stringify({ issuer: 'https://as.example', token_endpoint: 'https://as.example/t', scopes });
    const { stdout } = await diff(listed(['openid', 'email', 'phone']), listed(['openid', 'groups']));
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'scopes A openid email phone B openid groups (only in A: email, phone; only in B: groups)',
    );
  });

  it('compares two tokens claim by claim', async () => {
    const jwt = (claims: JsonObject) =>
      [{ alg: 'RS256' }, claims]
        .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
        .join('.');
    const [a, b] = [
      jwt({ iss: 'https://as.example', aud: 'api', exp: 1 }),
      jwt({ iss: 'https://as.example/', aud: 'api', exp: 2 }),
    ];
    const { status, stdout } = await diff(`${a}.c2ln`, `Bearer ${b}.c2lo`);
    expect(status).toBe(0);
    expect(stdout).toContain('✓ A  a.json holds a token, which is not verified\n');
    expect(stdout).toContain('iss  A  https://as.example  only a slash at the end\n');
    expect(stdout).toContain('1 more value differs in every run, such as exp');
  });

  it('compares the tokens of two runs that were recorded with their secrets', async () => {
    const jwt = (claims: JsonObject) =>
      `${[{ alg: 'RS256' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.c2ln`;
    const answering = (aud: string) =>
      withToken((token) => ({
        ...token,
        response: {
          status: 200,
          headers: [],
          body: JSON.stringify({ access_token: jwt({ aud, jti: aud }) }),
        },
      }));
    const { differences } = await compared(openFile(answering('api-1')), openFile(answering('api-2')));
    expect(differences).toContainEqual(
      expect.objectContaining({ title: 'Inside access_token', name: 'aud', a: 'api-1', b: 'api-2' }),
    );
  });

  it('names the messages of a HAR as those of a trace', async () => {
    const har = renderTrace(exampleTrace(), 'har');
    const { differences } = await compared(file(exampleTrace()), har);
    const missing = differences.filter(({ title }) => title === 'Only in one of them');
    expect(missing.map(({ name }) => name)).not.toContain('Discovery');
    expect(missing.map(({ name }) => name)).not.toContain('Openid configuration');
  });

  describe.each([
    ['redacted', (trace: Recording) => redactTrace(trace, knownSecrets)],
    ['open', (trace: Recording) => revealTrace(trace, knownSecrets)],
  ] as const)('between a trace and a HAR, both %s,', (_name, prepare) => {
    const json = (trace: Recording) => renderTrace(prepare(trace), 'json');
    const har = (trace: Recording) => renderTrace(prepare(trace), 'har');
    const unanswered = (): Recording => ({
      ...withToken((token) => ({
        ...token,
        response: null,
        error: { code: 'network_error', message: 'Nothing listens there.' },
      })),
      outcome: { status: 'failed' },
    });
    const pasted = (): Recording => ({
      ...exampleTrace(),
      events: exampleTrace().events.map((event) =>
        event.type === 'callback' ? { ...event, method: 'PASTE' as const } : event,
      ),
    });
    it.each([
      ['that went through', exampleTrace],
      ['that was refused', () => refused((token) => token)],
      ['that had no answer', unanswered],
      ['with a pasted answer', pasted],
    ])('finds nothing in one run %s', async (_which, trace) => {
      const [there, back] = [
        await compared(json(trace()), har(trace())),
        await compared(har(trace()), json(trace())),
      ];
      for (const { differences } of [there, back]) {
        expect(differences.filter(({ weight }) => weight !== 'expected')).toEqual([]);
      }
    });

    it('names where two runs part', async () => {
      const bad = () =>
        refused((token) => body(token, 'grant_type=authorization_code&redirect_uri=https%3A%2F%2Fapp'));
      const good = () =>
        withToken((token) => body(token, 'grant_type=authorization_code&redirect_uri=https%3A%2F%2Fapp%2F'));
      for (const found of [
        await compared(json(good()), har(bad())),
        await compared(har(good()), json(bad())),
      ]) {
        expect(found.diverges_at).toBe('Token');
        expect(causes(found).map(({ name }) => name)).toEqual(['redirect_uri']);
      }
    });
  });

  it('compares secrets where both are recorded, and still shows none', async () => {
    const other = Buffer.from('client-1:another-secret-altogether').toString('base64');
    const bad = refused((token) => ({
      ...token,
      request: { ...token.request, headers: [['Authorization', `Basic ${other}`]] },
    }));
    const { stdout } = await diff(openFile(exampleTrace()), openFile(bad), ['--json']);
    expect(causes(JSON.parse(stdout))).toContainEqual(
      expect.objectContaining({
        name: 'authorization',
        a: 'Basic ‹client_secret›',
        b: 'Basic ‹credentials›',
      }),
    );
    for (const secret of [...Object.values(exampleSecrets), other]) expect(stdout).not.toContain(secret);
  });

  it('compares two saved responses, whatever they are for', async () => {
    const response = (status: number, text: string) =>
      `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\nDate: ${text}\r\n\r\n${text}`;
    const { differences } = await compared(
      response(200, '{"access_token":"aaaaaaaaaaaaaaaaaaaaaa","expires_in":3600,"scope":"a b"}'),
      response(200, '{"access_token":"bbbbbbbbbbbbbbbbbbbbbb","expires_in":"3600","scope":"b a"}'),
    );
    expect(differences.map(({ name, weight, remark }) => [name, weight, remark])).toEqual([
      ['expires_in', 'notable', 'only the type'],
      ['scope', 'notable', 'only the order'],
      ['date', 'expected', 'made anew for each run'],
      ['access_token', 'expected', 'made anew for each run'],
    ]);
  });

  it('tells a server by its place, not by its name', async () => {
    const elsewhere = JSON.parse(file(exampleTrace()).replaceAll('idp.example', 'idp.test'));
    const { differences } = await compared(file(exampleTrace()), JSON.stringify(elsewhere));
    expect(differences.map(({ title, name, a, b }) => ({ title, name, a, b }))).toEqual([
      { title: 'Server', name: 'host', a: 'idp.example', b: 'idp.test' },
    ]);
  });

  it('ends with status 7 for --exit-code when something differs', async () => {
    const same = await diff(file(exampleTrace()), file(exampleTrace()), ['--exit-code']);
    expect(same.status).toBe(0);
    const other = await diff(file(exampleTrace()), file(refused((token) => token)), ['--exit-code']);
    expect(other.status).toBe(7);
    expect(other.stdout).not.toBe('');
  });

  it.each([
    [[], 'Nothing was given to compare.'],
    [['a.json'], 'Only one recording was given to compare.'],
    [['-', '-'], 'Only one of the two can come from stdin.'],
    [['a.json', 'missing.json'], 'missing.json'],
  ])('refuses %j', async (args, message) => {
    const test = createTestContext({ files: { 'a.json': file(exampleTrace()) } });
    expect(await run(['diff', ...args], test.context)).toBe(2);
    expect(test.stdout()).toBe('');
    expect(test.stderr()).toContain(message);
  });

  it.each([40, 80])('keeps within %i columns', async (columns) => {
    const { stdout } = await diff(file(exampleTrace()), file(refused((token) => body(token, 'a=b'))), [], {
      stdout: { columns, isTTY: true },
    });
    expect(Math.max(...stdout.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(columns);
  });
});
