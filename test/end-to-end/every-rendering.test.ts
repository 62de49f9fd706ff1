import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { signedToken } from '../../src/idp/misbehaviours/forged-token.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import type { ScriptedClient } from '../../src/idp/misbehaviours/scripted-authorizations.ts';
import { type Script, startScriptedServer } from '../../src/idp/misbehaviours/scripted-server.ts';
import { traceFormats } from '../../src/output/trace/trace-formats.ts';
import { everyCase } from '../every-case.ts';
import { createTestContext } from '../fakes/context.ts';
import { runHere } from '../fakes/run-here.ts';
import { clientSecret, clients, courses, pem, privateKey, timeoutOf } from './quoting-courses.ts';
import { activeCharacters } from './scripted-login.ts';
import { findSecrets } from './secret-search.ts';

const folder = mkdtempSync(join(realpathSync(tmpdir()), 'oauth-code-renderings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const endings = ['json', 'har', 'html', 'mmd', 'md'];
/** Everything a run can tell besides its result. */
const talkative = ['-vv', '--explain', '--step'];

/** A login of somebody at a terminal who looks at all there is, with all that was shown and recorded. */
async function login(script: Script, method: ScriptedClient['method'], args: readonly string[]) {
  const [, credentials = () => ({}), proofs = []] = clients.find(([name]) => name === method) ?? [];
  const server = await startScriptedServer({
    ...script,
    client: { clientId: 'client-1', method, ...credentials() },
  });
  const pages: string[] = [];
  const test = createTestContext({
    env: { THE_SECRET: clientSecret },
    files: { '/secret': `${clientSecret}\n`, '/key.pem': pem() },
    stdin: clientSecret,
    // A secret that is read from stdin leaves nobody there who could be asked.
    stdinIsTTY: args.includes('--step'),
    stderr: { isTTY: true },
    visit: async (url) => void pages.push(await (await fetch(url)).text()),
  });
  const { stderr } = test.context.terminal;
  const answering = {
    ...stderr,
    write(text: string) {
      stderr.write(text);
      // Return goes on.
      if (text.endsWith('step> ')) test.type('');
    },
  };
  const context = { ...test.context, terminal: { ...test.context.terminal, stderr: answering } };
  try {
    const own = [
      '--issuer',
      server.issuer,
      '--client-id',
      'client-1',
      '--port',
      '0',
      '--timeout',
      timeoutOf(script),
    ];
    const status = await run(['login', ...own, ...proofs, ...args], context);
    await test.visited().catch(() => {});
    const secrets = new Map(server.secrets);
    secrets.set('client_secret', clientSecret);
    secrets.set('private_key', String(privateKey().export({ format: 'jwk' }).d));
    return { status, stdout: test.stdout(), stderr: test.stderr(), pages: pages.join('\n'), secrets };
  } finally {
    await server.close();
  }
}

const traces = (name: string) => endings.flatMap((ending) => ['--trace', join(folder, `${name}.${ending}`)]);
const recorded = (name: string) =>
  endings.map((ending) => readFileSync(join(folder, `${name}.${ending}`), 'utf8')).join('\n');

const confidential = [
  'client_secret_basic',
  'client_secret_post',
  'client_secret_jwt',
  'private_key_jwt',
] as const;

describe.each(confidential)('a client with %s', (method) => {
  // One client in all courses, each in those that quote what it sent.
  const isAll = everyCase || method === 'client_secret_post';
  const some = courses.filter(([course]) => isAll || /succeeds|quote/.test(course));
  it.each(some)('shows and records no secret in a login %s', async (_, script, status) => {
    const told = method === 'client_secret_jwt' ? ['-vv', '--explain'] : talkative;
    const done = await login(script, method, [...told, ...traces('run')]);
    expect(done.status).toBe(status);
    expect(findSecrets(done.stderr + done.pages + recorded('run'), done.secrets)).toEqual([]);
  });
});

describe('what was recorded with its secrets', () => {
  it('does hold them', async () => {
    const { secrets } = await login({}, 'client_secret_post', ['--show-secrets', ...traces('shown'), '-q']);
    const shown = new Set(findSecrets(recorded('shown'), secrets).map(({ secret }) => secret));
    expect([...shown]).toEqual(expect.arrayContaining(['client_secret', 'code', 'access_token']));
  });

  it.each(courses)('is reported, compared and explained without them, of a login %s', async (_, script) => {
    const shown = [
      '--show-secrets',
      '--trace',
      join(folder, 'a.json'),
      '--trace',
      join(folder, 'a.har'),
      '-q',
    ];
    const { secrets } = await login(script, 'client_secret_post', shown);
    const other = await login(script, 'client_secret_basic', [
      '--show-secrets',
      '--trace',
      join(folder, 'b.json'),
      '-q',
    ]);
    const all = new Map([
      ...secrets,
      ...[...other.secrets].map(([name, value]) => [`other ${name}`, value] as const),
    ]);
    const [a, har, b] = [join(folder, 'a.json'), join(folder, 'a.har'), join(folder, 'b.json')];
    const commands = [
      ...[a, har].flatMap((file) => traceFormats.map((format) => ['report', file, '--format', format])),
      ...[har, b].flatMap((file) => [
        ['diff', a, file, '--all'],
        ['diff', a, file, '--all', '--json'],
      ]),
      ...[a, har].map((file) => ['debug', file, '--fail-on', 'none']),
    ];
    for (const words of commands) {
      const { status, stdout, stderr } = await runHere(words);
      expect([words, status]).toEqual([words, 0]);
      expect(stdout).not.toBe('');
      expect([words, findSecrets(stdout + stderr, all)]).toEqual([words, []]);
    }
  });
});

const active = fc.constantFrom(
  '\u001b[2J',
  '\u202e',
  '\u2066',
  '\u0007',
  '\r',
  '\u009b',
  '\u0000',
  '<img src=x>',
  '`',
  'x',
  '‹',
  '%%',
);
const hostile = fc.array(active, { minLength: 1, maxLength: 6 }).map((parts) => parts.join(''));

/** Servers with such a text in whatever they say. */
const servers: readonly [string, (text: string) => Script][] = [
  [
    'its metadata',
    (text) => ({
      metadata: (sound) => ({
        ...sound,
        [text]: text,
        service_documentation: text,
        scopes_supported: [text],
      }),
    }),
  ],
  [
    'its refusal of the person',
    (text) => ({
      answer: ({ state = '' }) => ({ error: text, error_description: text, error_uri: text, state }),
    }),
  ],
  [
    'its refusal of the code',
    (text) => ({ token: () => json(400, { error: text, error_description: text, [text]: text }) }),
  ],
  [
    'its tokens',
    (text) => ({
      token: (members) => json(200, { ...members, token_type: text, scope: text, [text]: text }),
    }),
  ],
  [
    'its ID token',
    (text) => ({
      idToken: ({ header, claims, key }) => signedToken(header, { ...claims, [text]: text, name: text }, key),
    }),
  ],
  ['its UserInfo', (text) => ({ userinfo: (claims) => json(200, { ...claims, [text]: text, name: text }) })],
  [
    'a field of the head',
    (text) => ({
      userinfo: (claims) => json(200, claims, { 'x-odd': text.replace(/[^\x20-\x7e\x80-\xff]/g, '') }),
    }),
  ],
];

describe('a hostile server', () => {
  it.each(servers)('makes nothing active by %s', async (_, serverOf) => {
    await fc.assert(
      fc.asyncProperty(hostile, fc.boolean(), async (text, isJson) => {
        const done = await login(serverOf(text), 'none', [
          ...talkative,
          ...traces('hostile'),
          ...(isJson ? ['--json'] : []),
        ]);
        expect(done.status).not.toBe(1);
        expect(done.stdout + done.stderr).not.toMatch(activeCharacters);
        expect(recorded('hostile')).not.toMatch(/(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
        expect(done.pages).not.toMatch(/<img|(?![\n\t])\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u);
      }),
      { numRuns: everyCase ? 50 : 3 },
    );
  });
});
