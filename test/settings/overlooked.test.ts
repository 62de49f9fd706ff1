import { describe, expect, it } from 'vitest';
import { run } from '../../src/entry/program.ts';
import { createTestContext } from '../fakes/context.ts';

const asked = ['token', '--grant-type', 'client_credentials', '--store', 'none', '--timeout', '1'];
const server = ['--issuer', 'http://127.0.0.1:9'];

async function tell(argv: readonly string[], env: Record<string, string> = {}) {
  const test = createTestContext({ env });
  const status = await run([...asked, ...argv], test.context);
  return { status, stderr: test.stderr().replace(/\s+/g, ' ') };
}

describe('what is given and does not count', () => {
  it('is told of an option with one value', async () => {
    const { stderr } = await tell([...server, '--client-id', 'a', '--client-id', 'b']);
    expect(stderr).toContain('--client-id was given more than once; the last one counts');
    expect(stderr).not.toContain('--issuer was given');
  });

  it.each([
    ['the same value', ['--client-id', 'a', '--client-id', 'a']],
    ['a repeatable option', ['--client-id', 'a', '--scope', 'a', '--scope', 'b']],
    ['a quiet run', ['--client-id', 'a', '--client-id', 'b', '-q']],
  ])('is not told of %s', async (_, words) => {
    const { stderr } = await tell([...server, ...words]);
    expect(stderr).not.toContain('more than once');
  });

  it('is told of a switch and its opposite', async () => {
    const test = createTestContext();
    await run(['login', '--client-id', 'a', ...server, '--port', '0', '--par', '--no-par'], test.context);
    expect(test.stderr()).toContain('--par and --no-par were both given; the last one counts');
  });

  it.each([
    ['api:read,api:write', true],
    ['read, write', false],
    ['read write', false],
    [',', false],
  ])('is told of scopes with commas: %s', async (scope, told) => {
    const { stderr } = await tell([...server, '--client-id', 'a', '--scope', scope]);
    expect(stderr.includes('--scope "api:read api:write"')).toBe(told);
    expect(stderr.includes('commas')).toBe(told);
  });

  it.each([
    ['OAUTH_CODE_CLIENTID', 'OAUTH_CODE_CLIENT_ID'],
    ['OAUTH_CODE_SCOPES', 'OAUTH_CODE_SCOPE'],
    ['OAUTH_CODE_CLIENT_SECRT', 'OAUTH_CODE_CLIENT_SECRET'],
    ['OAUTH_CODE_CLIENT_ID', undefined],
    ['OAUTH_CODE_CLIENT_SECRET', undefined],
    // Of other commands: one that is near --timeout, one of a subcommand.
    ['OAUTH_CODE_OUT', undefined],
    ['OAUTH_CODE_SOURCES', undefined],
    ['OAUTH_CODE_SOMETHING_ELSE', undefined],
  ])('is told of a mistyped variable: %s', async (name, meant) => {
    const { stderr } = await tell([...server, '--client-id', 'a'], { [name]: 'x' });
    expect(stderr.includes(`${name} is not a setting`)).toBe(meant !== undefined);
    expect(stderr.includes(`did you mean ${meant}?`)).toBe(meant !== undefined);
    const quiet = await tell([...server, '--client-id', 'a', '-q'], { [name]: 'x' });
    expect(quiet.stderr).not.toContain('is not a setting');
  });

  it('is told of white space around the issuer', async () => {
    const { stderr } = await tell(['--issuer', 'http://127.0.0.1:9\r', '--client-id', 'a']);
    expect(stderr).toContain('--issuer has white space around it, which does not count');
  });

  it('is told of an empty secret', async () => {
    const words = [...server, '--client-id', 'a'];
    const empty = { OAUTH_CODE_CLIENT_SECRET: '' };
    expect((await tell(words, empty)).stderr).toContain('OAUTH_CODE_CLIENT_SECRET is empty');
    expect((await tell(words)).stderr).not.toContain('is empty');
    const other = await tell([...words, '--client-secret-env', 'S'], { ...empty, S: 's3cret' });
    expect(other.stderr).not.toContain('is empty');
  });
});

describe('white space around an identifier', () => {
  it.each<[string, readonly string[], Record<string, string>, string]>([
    ['client', [...server, '--client-id', 'svc\r'], {}, '--client-id has a line end around it: "svc\\r"'],
    ['variable', server, { OAUTH_CODE_CLIENT_ID: 'svc ' }, 'OAUTH_CODE_CLIENT_ID has white space around it'],
  ])('is refused: %s', async (_, words, env, message) => {
    const { status, stderr } = await tell(words, env);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
  });
});
