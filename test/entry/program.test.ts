import { describe, expect, it } from 'vitest';
import { version } from '../../package.json';
import { commands } from '../../src/commands/command-table.ts';
import { run } from '../../src/entry/program.ts';
import type { ErrorDocument } from '../../src/output/documents.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';

async function runProgram(argv: readonly string[], options: TestContextOptions = {}) {
  const test = createTestContext(options);
  const status = await run(argv, test.context);
  return { status, stdout: test.stdout(), stderr: test.stderr() };
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? '';
const errorOf = (stderr: string) => (JSON.parse(lastLine(stderr)) as ErrorDocument).error;
const shown = commands.map(({ name }) => name);

describe('the program', () => {
  it.each([['--version'], ['-V']])('prints its version: %s', async (flag) => {
    expect(await runProgram([flag])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each([[['--help']], [['-h']], [['help']], [['help', 'help']]])(
    'prints its help on stdout: %j',
    async (argv) => {
      const { status, stdout, stderr } = await runProgram(argv);
      expect([status, stderr]).toEqual([0, '']);
      for (const name of shown) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
      expect(stdout).toContain('$ oauth-code demo');
      expect(stdout).not.toContain('__');
    },
  );

  it.each([['login'], ['session', 'list']])(
    'prints the help of a command named behind the flag: %s',
    async (...words) => {
      for (const flag of ['-h', '--help'])
        expect(await runProgram([flag, ...words])).toEqual(await runProgram([...words, flag]));
    },
  );

  it.each([[], ['session'], ['profile']])(
    'prints the short help where a command is missing: %j',
    async (...argv) => {
      const bare = await runProgram(argv);
      expect([bare.status, bare.stderr]).toEqual([0, '']);
      expect(bare).toEqual(await runProgram([...argv, '-h']));
    },
  );

  it.each(shown)('prints the help of %s, whole and short, in every width', async (name) => {
    const whole = await runProgram([name, '--help']);
    expect([whole.status, whole.stderr]).toEqual([0, '']);
    expect(whole.stdout).toMatch(new RegExp(`^Usage: oauth-code ${name}`));
    expect(await runProgram(['help', name])).toEqual(whole);
    for (const columns of [40, 60, 80, 120]) {
      for (const flag of ['-h', '--help']) {
        const { stdout } = await runProgram([name, flag], { stdout: { columns } });
        // A word, a JSON text and a command are not broken.
        const tooLong = stdout
          .split('\n')
          .filter((line) => line.length > columns && !/^ {2}\$|['"]| \S+$/.test(line));
        expect(tooLong).toEqual([]);
      }
    }
  });

  it.each(shown)('shows in the short help of %s a dozen options and where the rest is', async (name) => {
    const optionsOf = (text: string) => text.match(/^ {2}-.*?(?= {2}|$)/gm) ?? [];
    const whole = (await runProgram([name, '--help'])).stdout;
    const short = (await runProgram([name, '-h'])).stdout;
    expect(optionsOf(short).length).toBeLessThanOrEqual(18);
    expect(optionsOf(whole)).toEqual(expect.arrayContaining(optionsOf(short)));
    expect(short.match(/^ {2}\$ /gm)?.length ?? 0).toBeLessThanOrEqual(2);
    expect(short.split('\n').length).toBeLessThan(56);
    expect(short.trimEnd()).toMatch(/"oauth-code .* (?:--help" shows|COMMAND -h" tells)[^"]*$/);
  });

  it('explains its exit statuses', async () => {
    const { status, stdout } = await runProgram(['help', 'exit-codes']);
    expect(status).toBe(0);
    for (const number of [0, 1, 2, 3, 4, 5, 6, 7, 129, 130, 143])
      expect(stdout).toMatch(new RegExp(`\\b${number}\\b`));
  });

  it('does not show what is only there to be refused', async () => {
    expect((await runProgram(['login', '--help'])).stdout).not.toMatch(/--client-secret </);
  });
});

describe('a command line that is wrong', () => {
  it.each<[string[], RegExp, RegExp]>([
    [['logn'], /^Unknown command 'logn'\.$/, /^Did you mean "oauth-code login"\?$/],
    [
      ['help', 'discver'],
      /^There is no help about discver\.$/,
      /^Did you mean "oauth-code help discover"\? /,
    ],
    [['frobnicate'], /^Unknown command 'frobnicate'\.$/, /oauth-code help/],
    [['signin'], /^Unknown/, /"oauth-code login"/],
    [['whoami'], /^Unknown/, /"oauth-code userinfo"/],
    [['session', 'rm', 'x'], /^Unknown/, /"oauth-code session remove"/],
    [['https://a.example'], /^Unknown/, /oauth-code login --issuer https:\/\/a\.example --client-id ID$/],
    [['eyJhbGciOiJub25lIn0.e30.'], /^A token is not a command\.$/, /oauth-code decode TOKEN$/],
    [['run.har'], /^Unknown/, /oauth-code debug run\.har$/],
    [['--isuer'], /^Unknown option '--isuer'\.$/, /oauth-code help/],
    [['--issuer', 'https://a.example'], /^Unknown/, /^Name a command first: oauth-code login --issuer …$/],
    [['-p', 'work', 'token'], /^Unknown/, /after the command: oauth-code token -p$/],
    [['login', '--isuer', 'x'], /^Unknown option '--isuer'\.$/, /^Did you mean --issuer\?$/],
    [['login', '--idp-port', '1'], /^Unknown option '--idp-port'\.$/, /^Did you mean --port\?$/],
    [['login', '--secret', 'x'], /^Unknown/, /^Did you mean --client-secret-env\?$/],
    [['login', '--client_id', 'x'], /^Unknown/, /^Did you mean --client-id\?$/],
    [['login', '--clientId=x'], /^Unknown/, /^Did you mean --client-id\?$/],
    [['login', '--scopes', 'x'], /^Unknown/, /^Did you mean --scope\?$/],
    [['login', '-s', 'x'], /^Unknown/, /^Did you mean --scope\?$/],
    [['login', '--redirect-url', 'x'], /^Unknown/, /^Did you mean --redirect-uri\?$/],
    [['login', '--insecure'], /^Unknown/, /--ca-file FILE/],
    [['login', '--no-pkce'], /^Unknown/, /^Write --pkce off\.$/],
    [['login', '--json=true'], /^--json takes no value\.$/, /^Write --json alone/],
    [['login', '--authorisationendpoints'], /^Unknown/, /^Did you mean --authorization-endpoint\?$/],
    [['login', '--endpoint', 'x'], /^Unknown/, /^"oauth-code login --help" shows all options\.$/],
    [['profile', 'list', '--nope'], /^Unknown/, /^"oauth-code profile list --help" shows all options\.$/],
    [['debug', '--file', 'x'], /^Unknown/, /without an option/],
    [['exec', '-x'], /^Unknown/, /oauth-code exec -- PROGRAM/],
    [['exec', 'curl', '-H', 'x'], /^"--" is missing before curl/, /^Write: oauth-code exec … -- curl …$/],
    [['exec', 'tool', '--verbose'], /^"--" is missing before tool/, /exec … -- tool …$/],
    [['exec', '--header'], /^<command> is missing\.$/, /^Write: oauth-code exec .*-- COMMAND/],
    [['session', 'show'], /^<name> is missing\.$/, /^Write: oauth-code session show <name>$/],
    [
      ['completion'],
      /^<shell> is missing\.$/,
      /oauth-code completion <shell> \(bash, zsh, fish or powershell\)$/,
    ],
    [['version'], /^Unknown command/, /^Write: oauth-code --version$/],
    [['tokens'], /^Unknown command/, /"oauth-code token"/],
    [['ls'], /^Unknown command/, /session list, or oauth-code profile list$/],
    [['request', '-X', 'POST', 'https://a.example'], /^Unknown/, /oauth-code request POST URL$/],
    [['request', 'https://a.example', 'POST'], /^The method goes/, /request POST https:\/\/a\.example$/],
    [['login', '-x'], /^Unknown option '-x'\.$/, /"oauth-code login --help"/],
    [['login', '--issuer'], /^--issuer has no value\.$/, /^Write --issuer <url>, or leave it out\.$/],
    [['token', '--expect'], /^--expect has no value\.$/, /^Write --expect <claim=value>, or/],
    [['token', '-p'], /^--profile has no value\.$/, /^Write --profile <name>, or/],
    [['login', '--issuer', '--client-id', 'x'], /^--issuer has no value/, /^Write --issuer <url>\.$/],
    [
      ['login', 'http://a.example'],
      /takes options only\.$/,
      /oauth-code login --issuer http:\/\/a\.example$/,
    ],
    [['login', 'a.example'], /takes options only\.$/, /oauth-code login --issuer https:\/\/a\.example$/],
    [['login', 'google'], /options only\.$/, /login --issuer https:\/\/accounts\.google\.com$/],
    [['login', 'github'], /options only\.$/, /--authorization-endpoint https:\S+ --token-endpoint https:/],
    [['login', '--issuer', 'google'], /not an http or https URL/, /oauth-code init NAME$/],
    [['discover', 'google'], /^"google" is a name/, /--issuer https:\/\/accounts\.google\.com.*Keycloak/],
    [['init', 'work'], /^"work" is not a provider/, /URL of the issuer/],
    [['discover', 'nobody'], /^"nobody" is a name/, /Google, GitHub/],
    [['login', '--scope', 'openid', 'profile'], /options only\.$/, /--scope "openid profile"$/],
    [['login', '--port', '8378', '8379'], /options only\.$/, /^Write --port 8378,8379\.$/],
    [['login', 'issuer=https://a.example'], /options only\.$/, /^Write --issuer https:\/\/a\.example\.$/],
    [['login', 'OAUTH_CODE_ISSUER=x'], /options only\.$/, /OAUTH_CODE_ISSUER=… oauth-code login$/],
    [['login', '\\'], /options only\.$/, /stray backslash/],
    [['login', '# later'], /options only\.$/, /comments/],
    [['userinfo', 'work'], /options only\.$/, /oauth-code userinfo -p NAME$/],
    [['token', 'work'], /needs -o git-credential/, /oauth-code token -p NAME$/],
    [
      ['token', 'https://a.example'],
      /needs -o git-credential/,
      /oauth-code token --issuer https:\/\/a\.example$/,
    ],
    [['token', '-p=work'], /without "="/, /^Write -p work\.$/],
    [['token', '-profile', 'work'], /^-profile does not begin with two hyphens\.$/, /^Write --profile\.$/],
    [['login', '-client_id', 'x'], /^-client_id does not begin/, /^Write --client-id\.$/],
    [['login', '–issuer', 'https://a.example'], /^–issuer does not begin/, /^Write --issuer\.$/],
    [['decode', '—json'], /^—json does not begin/, /^Write --json\.$/],
    [['login', '--issuer\u00a0https://a.example'], /typographic quote or space/, /a plain space/],
    [['login', '--client-id', '“app”'], /typographic quote or space/, /"…"/],
    [['audit', 'https://a.example'], /^The command audit is not in this version\.$/, /oauth-code discover/],
    [
      ['token', '--grant-type', 'urn:ietf:params:oauth:grant-type:device_code'],
      /device_code", an unknown value\.$/,
      /^Use one of: authorization_code.*oauth-code login --flow device/,
    ],
    [
      ['login', '--client-id', '', '--issuer', 'https://a.example'],
      /^--client-id is empty\.$/,
      /leave it out/,
    ],
  ])('%j is told what is wrong and what to do', async (argv, message, hint) => {
    const text = await runProgram(argv);
    expect([text.status, text.stdout]).toEqual([2, '']);
    expect(text.stderr.startsWith('error: ')).toBe(true);
    const asJson = await runProgram(argv, { env: { OAUTH_CODE_JSON: '1' } });
    expect([asJson.status, asJson.stdout, asJson.stderr.split('\n').length]).toEqual([2, '', 2]);
    expect(errorOf(asJson.stderr)).toMatchObject({
      code: 'usage',
      exit_code: 2,
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it('names the command for a report when a format of one is asked for', async () => {
    for (const command of ['report', 'debug']) {
      const { status, stderr } = await runProgram([command, 'last', '-o', 'html']);
      expect(status).toBe(2);
      expect(stderr.replace(/\s+/g, ' ')).toContain('report last --format html');
    }
  });

  it('has its error as JSON when the same line asks for JSON', async () => {
    for (const argv of [
      ['login', '--json', '--nonsense'],
      ['login', '--nonsense', '-o', 'json'],
      ['--json', 'login'],
    ]) {
      expect(errorOf((await runProgram(argv)).stderr).code).toBe('usage');
    }
  });

  it.each([
    [['login', '--client-secret', 'literal-7f']],
    [['login', '--client-secret=literal-7f', '--debug']],
    [['login', '--client_secret=literal-7f', '--debug']],
    [['login', '--client_secret=literal\n-7f', '--debug', '--json']],
    [['discover', '--token=literal-7f', '--debug']],
    [['login', 'client_secret=literal-7f']],
    [['login', 'literal-7f']],
    [['login', '--client-secret-env', 'NAME', 'literal-7f']],
    [['token', '-s', 'literal-7f', '--nonsense']],
    [['login', 'https://b.example/?sig=literal-7f']],
    [['login', 'https://b.example/#access_token=literal-7f']],
    [['https://user:literal-7f@b.example/']],
    [['https://b.example/cb?code=literal-7f', '--json']],
    [['profile', 'show', 'https://b.example/?key=literal-7f']],
    [['login', '--nonsense=https://b.example/?key=literal-7f']],
  ])('does not repeat what may be a secret: %j', async (argv) => {
    const { status, stdout, stderr } = await runProgram([
      ...argv,
      '--issuer',
      'https://a.example',
      '--client-id',
      'x',
    ]);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).not.toMatch(/literal|-7f/);
  });
});

describe('every command', () => {
  const forAll = ['--json', '-o, --output', '-q, --quiet', '--color', '--debug'];
  const forConversations = ['-v, --verbose', '--no-input', '--trace'];

  it.each<[name: string, short: string, options: readonly string[]]>([
    ...['login', 'discover', 'demo', 'token'].map((name): [string, string, string[]] => [
      name,
      '-qv',
      [...forAll, ...forConversations],
    ]),
    ['idp', '-q', forAll],
  ])('%s takes --debug, %s, --color and -o', async (name, short, options) => {
    const argv = [name, '--debug', short, '--color', 'never', '--nonsense-7f'];
    const { status, stderr } = await runProgram(argv);
    expect(status).toBe(2);
    expect(stderr).toContain("Unknown option '--nonsense-7f'.");
    const { stdout } = await runProgram([name, '--help']);
    for (const option of [...forAll, ...forConversations]) {
      expect(stdout.includes(option), option).toBe(options.includes(option));
    }
  });
});

describe('a login in CI', () => {
  const argv = [
    'login',
    '--issuer',
    'https://a.invalid',
    '--client-id',
    'x',
    '--json',
    '--redirect-uri',
    'app:/cb',
  ];

  it.each<[string, string[], TestContextOptions]>([
    ['CI=true', [], { env: { CI: 'true' } }],
    ['CI=1', [], { env: { CI: '1' } }],
    ['an empty BROWSER', [], { env: { CI: '1', BROWSER: '' } }],
  ])('needs somebody’s decision with %s', async (_, more, options) => {
    const words = argv.filter((word) => word !== '--redirect-uri' && word !== 'app:/cb');
    const { status, stdout, stderr } = await runProgram([...words, ...more], options);
    expect([status, stdout]).toEqual([4, '']);
    expect(errorOf(stderr)).toMatchObject({
      code: 'login_required',
      hint: expect.stringMatching(/--no-browser.*--browser COMMAND/),
    });
  });

  it.each<[string, string[], TestContextOptions]>([
    ['--no-browser', ['--no-browser'], { env: { CI: '1' } }],
    ['--browser', ['--browser', 'x'], { env: { CI: '1' } }],
    ['BROWSER', [], { env: { CI: '1', BROWSER: 'x' } }],
    ['OAUTH_CODE_NO_BROWSER', [], { env: { CI: '1', OAUTH_CODE_NO_BROWSER: '1' } }],
    ['CI=false', [], { env: { CI: 'false' } }],
    ['a terminal', [], { env: { CI: '1' }, stdinIsTTY: true }],
  ])('goes on with %s', async (_, more, options) => {
    const words = argv.map((word) => (word === 'app:/cb' ? 'http://127.0.0.1:0/cb' : word));
    const { status, stderr } = await runProgram([...words, ...more, '--timeout', '0.1'], options);
    expect(errorOf(stderr).code).not.toBe('login_required');
    expect(status).toBe(5);
  });
});

describe('what nobody has named', () => {
  it('is a bug, with its stack when that is asked for', async () => {
    const test = createTestContext();
    const context = {
      ...test.context,
      connect: async () => {
        throw new TypeError('x is undefined');
      },
    };
    const argv = ['discover', 'https://a.example', '--json', '--debug'];
    expect(await run(argv, context)).toBe(1);
    expect(test.stdout()).toBe('');
    expect(test.stderr()).toContain('TypeError: x is undefined\n    at ');
    expect(errorOf(test.stderr())).toMatchObject({ code: 'bug', exit_code: 1 });
  });
});
