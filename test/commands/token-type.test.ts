import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ChildProgram } from '../../src/context.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { errorOf, runHere } from '../fakes/run-here.ts';
import { createTestHome, sessionWith, type TestHome } from '../fakes/saved-sessions.ts';

const last = { accessToken: 'at-0123456789abcdef', refreshToken: 'rt-0123456789abcdef' };
let server: ApiServer;
let home: TestHome;
let programs: ChildProgram[];

beforeEach(async () => {
  server = await startApiServer(() => json(200, { sub: 'user-1' }));
  home = createTestHome();
  programs = [];
});
afterEach(async () => {
  await server.close();
  home.remove();
});

function save(tokenType: string | null): void {
  const { origin } = server;
  const session = sessionWith({ origin, tokenEndpoint: `${origin}/token`, last });
  home.save({
    ...session,
    account: { sub: 'user-1', name: null },
    server: { ...session.server, userinfo_endpoint: `${origin}/userinfo` },
    tokens: { ...session.tokens, token_type: tokenType },
  });
}

async function run(args: readonly string[], ...further: readonly string[]) {
  const options = ['--issuer', server.origin, '--client-id', 'client-1', ...further];
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const words = args.toSpliced(end, 0, ...options);
  return runHere(words, {
    env: home.env,
    stdin: `protocol=https\nhost=git.example.com\n\n`,
    runProgram: async (program) => {
      programs.push(program);
      return { type: 'ended', status: 0 };
    },
  });
}

/** Everything that puts the access token where it would be sent as a Bearer token. */
const senders: readonly (readonly string[])[] = [
  ['userinfo'],
  ['request', 'API'],
  ['exec', '--header', '--', 'tool'],
  ['token', '-o', 'header'],
  ['token', '-o', 'curl-config'],
  ['token', '-o', 'exec-credential'],
  ['token', '-o', 'git-credential', '--git-host', 'git.example.com', 'get'],
];
const argsOf = (words: readonly string[]) =>
  words.map((word) => (word === 'API' ? `${server.origin}/api` : word));

/** Whether the token went out: in a request, on stdout, or into the environment of a program. */
const wentOut = (stdout: string) =>
  [
    stdout,
    JSON.stringify(programs),
    ...server.requests.map(({ headers }) => `${headers.authorization}`),
  ].some((text) => text.includes(last.accessToken) || text.includes('user-1'));

describe.each(senders.map((words) => [words.join(' '), words] as const))('%s', (_name, words) => {
  it.each(['mac', 'N_A', 'Bearer2', 'bot', 'urn:example:type', ''])(
    'sends no token of the type %s',
    async (type) => {
      save(type);
      const refused = await run(argsOf(words));
      expect(refused.status).toBe(6);
      expect(refused.stderr).toContain('token-type');
      expect(wentOut(refused.stdout)).toBe(false);
      expect(server.requests).toEqual([]);
    },
  );

  it('sends it as a Bearer token with --no-verify token-type', async () => {
    save('mac');
    const sent = await run(argsOf(words), '--no-verify', 'token-type');
    expect(sent.status).toBe(0);
    expect(wentOut(sent.stdout)).toBe(true);
  });

  it.each(['Bearer', 'BEARER', null])('sends one of the type %s', async (type) => {
    save(type);
    const sent = await run(argsOf(words));
    expect(sent.status).toBe(0);
    expect(wentOut(sent.stdout)).toBe(true);
  });

  it('sends none that is bound to a key, waiver or not', async () => {
    save('DPoP');
    const refused = await run(argsOf(words), '--no-verify', 'token-type');
    expect(refused.status).toBe(2);
    expect(wentOut(refused.stdout)).toBe(false);
  });
});

it('names the check in the error, which can be waived', async () => {
  save('mac');
  expect(errorOf(await run(['request', `${server.origin}/api`], '--json'))).toMatchObject({
    code: 'validation_failed',
    exit_code: 6,
    check: 'token-type',
    hint: expect.stringContaining('--no-verify token-type'),
  });
});

it.each([
  [['token'], `${last.accessToken}\n`],
  [['token', '--json'], '"token_type":"mac"'],
])('%j still prints the token of an unknown type', async (words, text) => {
  save('mac');
  const { status, stdout } = await run(words);
  expect(status).toBe(0);
  expect(stdout.replaceAll(' ', '')).toContain(text);
});
