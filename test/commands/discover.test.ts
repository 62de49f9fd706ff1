import { afterEach, describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json, text } from '../../src/idp/misbehaviours/reply.ts';
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../src/idp/misbehaviours/scripted-server.ts';
import { misbehaviours } from '../../src/idp/misbehaviours.ts';
import type { JsonObject, JsonValue } from '../../src/json/json.ts';
import type { DiscoverDocument, ErrorDocument } from '../../src/output/documents.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';

const running: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function start(script: Script = {}): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  running.push(server);
  return server;
}

async function discover(argv: readonly string[], options: TestContextOptions = {}) {
  const test = createTestContext(options);
  const status = await run(['discover', ...argv], test.context);
  return { status, stdout: test.stdout(), stderr: test.stderr() };
}

const document = (stdout: string) => JSON.parse(stdout) as DiscoverDocument;
const error = (stderr: string) =>
  (JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '') as ErrorDocument).error;

describe('discover', () => {
  it('prints what the server publishes, its keys and every check, and how it asked on stderr', async () => {
    const server = await start();
    const { status, stdout, stderr } = await discover([server.issuer, '--json']);
    expect(status).toBe(0);
    const found = document(stdout);
    expect(found).toMatchObject({
      version: 1,
      issuer: server.issuer,
      metadata: { issuer: server.issuer, token_endpoint: `${server.issuer}/token` },
      keys: [{ kid: 'key-1', kty: 'RSA', alg: 'RS256', use: 'sig', size: 2048, problems: [] }],
    });
    expect(found.documents.map(({ specification }) => specification)).toEqual(['OIDC Discovery', 'RFC 8414']);
    expect(found.attempts.map(({ result }) => result)).toEqual(['found', 'found']);
    expect(found.checks.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
    expect(stderr.trimEnd().split('\n')).toHaveLength(3);
    expect(server.seen()).toEqual(['discovery', 'discovery', 'keys']);
  });

  it('prints the same for a person', async () => {
    const server = await start();
    const { status, stdout } = await discover([server.issuer]);
    expect(status).toBe(0);
    for (const part of [server.issuer, `${server.issuer}/authorize`, 'key-1', 'RS256'])
      expect(stdout).toContain(part);
  });

  it.each<[string, (issuer: string) => string[], (issuer: string) => Record<string, string>]>([
    ['as an argument', (issuer) => [issuer], () => ({})],
    ['as an option', (issuer) => ['--issuer', issuer], () => ({})],
    ['as a variable', () => [], (issuer) => ({ OAUTH_CODE_ISSUER: issuer })],
    [
      'as an argument, before any variable',
      (issuer) => [issuer],
      () => ({ OAUTH_CODE_ISSUER: 'https://other.example' }),
    ],
    [
      'as the address of its metadata',
      (issuer) => [`${issuer}/.well-known/openid-configuration`],
      () => ({}),
    ],
    [
      'by the address of a document',
      (issuer) => ['--metadata-url', `${issuer}/.well-known/openid-configuration`],
      () => ({}),
    ],
  ])('takes the issuer %s', async (_, argv, env) => {
    const { issuer } = await start();
    const { status, stdout } = await discover([...argv(issuer), '--json', '-q'], { env: env(issuer) });
    expect([status, document(stdout).issuer]).toEqual([0, issuer]);
  });

  it.each([
    [undefined, 'pass', 'verifies its signature'],
    ['https://other.example', 'skipped', 'the keys of https://other.example are not at hand'],
  ])(
    'verifies signed metadata of the server, and of a resource that it vouches for (%s)',
    async (other, outcome, said) => {
      const signed = (members: JsonObject, iss: JsonValue = null) => ({
        ...members,
        signed_metadata: signedToken({ alg: 'RS256', kid: 'key-1' }, { ...members, iss }, testKey('RS256')),
      });
      const server = await start({
        hasResource: true,
        metadata: (sound) => signed(sound, sound.issuer),
        instead: (sound, { endpoint, url }) =>
          endpoint === 'resource metadata' && typeof sound === 'object'
            ? json(200, signed(JSON.parse(String(sound.body)), other ?? url.origin))
            : undefined,
      });
      const args = ['--resource-url', `${server.issuer}/mcp`, '--fail-on', 'none'];
      const { checks } = document((await discover([...args, '--json'])).stdout);
      const judged = checks.filter(({ id }) => id === 'signed-metadata');
      expect(judged.map((check) => check.outcome)).toEqual([outcome, 'pass', 'pass']);
      expect((await discover(args)).stdout.replace(/\s+/g, ' ')).toContain(said);
    },
  );

  it.each([
    ['', ' is used instead.'],
    ['/first', 'It names '],
    ['/other', 'is not among the authorization servers'],
  ])(
    'shows the first authorization server of a resource that can be used, else the one that is given (%s)',
    async (given, said) => {
      const row = misbehaviours.find(({ id }) => id === 'mcp-first-server-issuer');
      const server = await start(row?.script);
      const args = ['--resource-url', `${server.issuer}/mcp`, '--fail-on', 'none'];
      const named = given === '' ? [] : ['--issuer', `${server.issuer}${given}`];
      const { stdout } = await discover([...args, ...named, '--json']);
      const { issuer, checks } = document(stdout);
      expect(issuer).toBe(`${server.issuer}${given}`);
      const told = checks.filter(({ id }) => id === 'resource-authorization-servers').at(-1);
      expect(told?.detail).toContain(said);
      expect(checks.some(({ id, outcome }) => id === 'metadata-issuer' && outcome === 'fail')).toBe(
        given !== '',
      );
    },
  );

  it('is silent on stderr when told to be', async () => {
    const { issuer } = await start();
    expect((await discover([issuer, '-q'])).stderr).toBe('');
  });

  it('shows requests and responses when asked', async () => {
    const { issuer } = await start();
    const { stderr } = await discover([issuer, '-v']);
    expect(stderr).toContain(`> GET ${issuer}/.well-known/openid-configuration`);
    expect(stderr).toMatch(/^ {2}< content-type: application\/json$/im);
  });

  it('uses given endpoints instead of discovered ones', async () => {
    const { issuer } = await start();
    const { stdout } = await discover([issuer, '--json', '-q', '--token-endpoint', 'https://b.example/t']);
    expect(document(stdout).metadata.token_endpoint).toBe('https://b.example/t');
  });
});

describe('discover, when something is wrong with what it found,', () => {
  it('prints it all the same and ends with status 7', async () => {
    const { issuer } = await start({ metadata: (sound) => ({ ...sound, issuer: 'https://other.example' }) });
    const { status, stdout, stderr } = await discover([issuer, '--json', '-q']);
    expect(status).toBe(7);
    expect(document(stdout).checks).toContainEqual(
      expect.objectContaining({ id: 'metadata-issuer', outcome: 'fail', expected: issuer }),
    );
    expect(error(stderr)).toMatchObject({
      code: 'findings',
      exit_code: 7,
      message: expect.stringContaining('(metadata-issuer)'),
      hint: expect.stringContaining('--fail-on none'),
    });
  });

  it.each<[string, Script, Record<string, number>]>([
    [
      'a violation',
      { metadata: (sound) => ({ ...sound, issuer: 'https://other.example' }) },
      { violation: 7, note: 7, none: 0 },
    ],
    [
      'a note',
      { metadata: ({ code_challenge_methods_supported: _, ...sound }) => sound },
      { violation: 0, note: 7, none: 0 },
    ],
  ])('ends as --fail-on says for %s', async (_, script, statuses) => {
    const { issuer } = await start(script);
    for (const [threshold, status] of Object.entries(statuses)) {
      expect([threshold, (await discover([issuer, '-q', '--fail-on', threshold])).status]).toEqual([
        threshold,
        status,
      ]);
    }
    expect((await discover([issuer, '-q'])).status).toBe(statuses.violation);
  });

  it('tells why there are no keys', async () => {
    const { issuer } = await start({ keys: () => text(503, 'text/plain', 'later') });
    const { stdout } = await discover([issuer, '--json', '-q']);
    expect(document(stdout).keys).toBeNull();
    expect(document(stdout).checks).toContainEqual(
      expect.objectContaining({ id: 'jwks', detail: expect.stringContaining('503') }),
    );
  });

  it('holds no control characters of the server', async () => {
    const { issuer } = await start({
      metadata: (sound) => ({
        ...sound,
        service_documentation: 'https://a.example/\u001b[2J',
        'x\u202ey': '\u0007',
      }),
      keys: () => json(200, { keys: [{ kty: 'RSA', kid: '\u001b]0;title\u0007' }] }),
    });
    for (const argv of [[], ['--json'], ['-v']]) {
      const { stdout, stderr } = await discover([issuer, ...argv]);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    }
  });
});

describe('discover, when there is nothing to be found,', () => {
  it('says where it looked', async () => {
    const { issuer } = await start({ discovery: () => text(404, 'text/plain', 'no') });
    const { status, stdout, stderr } = await discover([issuer, '--json']);
    expect([status, stdout]).toEqual([6, '']);
    expect(error(stderr)).toMatchObject({
      code: 'invalid_response',
      step: 'discovery',
      message: expect.stringContaining(`${issuer}/.well-known/openid-configuration (status 404)`),
    });
  });

  it('says that nobody answers', async () => {
    const { issuer, close } = await start();
    await close();
    const { status, stdout, stderr } = await discover([issuer, '--json']);
    expect([status, stdout]).toEqual([5, '']);
    expect(error(stderr)).toMatchObject({ code: 'network', step: 'discovery' });
  });

  it.each<[string, string[], Record<string, string>, RegExp]>([
    ['no issuer', [], {}, /^No issuer was given\.$/],
    [
      'two issuers',
      ['https://a.example', '--issuer', 'https://b.example'],
      {},
      /^The issuer was given twice/,
    ],
    ['two arguments', ['https://a.example', 'https://b.example'], {}, /^Too many arguments/],
    ['no URL', ['a.example'], {}, /^--issuer is not an http or https URL: a\.example$/],
    [
      'an unknown threshold',
      ['https://a.example', '--fail-on', 'everything'],
      {},
      /^--fail-on is "everything"/,
    ],
    ['an odd time', ['https://a.example', '--timeout', 'long'], {}, /^--timeout is "long"/],
    ['an unknown format', ['https://a.example', '-o', 'yaml'], {}, /^--output is "yaml"/],
    ['an unknown colour', ['https://a.example'], { OAUTH_CODE_COLOR: 'red' }, /^OAUTH_CODE_COLOR is "red"/],
  ])('is told before anything is sent: %s', async (_, argv, env, message) => {
    const { status, stdout, stderr } = await discover(['--json', ...argv], { env });
    expect([status, stdout]).toEqual([2, '']);
    expect(error(stderr)).toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
  });
});
