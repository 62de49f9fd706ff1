import { describe, expect, it } from 'vitest';
import { checkResult } from '../../src/checks/check-result.ts';
import { createJournal, type Journal } from '../../src/commands/journal.ts';
import { reportError } from '../../src/commands/report-error.ts';
import {
  CancelledError,
  ConfigError,
  ErrorResponseError,
  FindingsError,
  InvalidResponseError,
  LoginRequiredError,
  NetworkError,
  UsageError,
  ValidationError,
} from '../../src/errors.ts';
import { say } from '../../src/say.ts';
import { createTestContext } from '../fakes/context.ts';

function report(
  error: unknown,
  argv: readonly string[] = [],
  { env = {}, journal = {} }: { env?: Record<string, string>; journal?: Partial<Journal> } = {},
) {
  const test = createTestContext({ env });
  const status = reportError(error, argv, test.context, { ...createJournal(), ...journal });
  expect(test.stdout()).toBe('');
  return { status, stderr: test.stderr() };
}

const lastLine = (text: string) => text.trimEnd().split('\n').at(-1) ?? '';
const oauth = { error: 'invalid_grant', error_description: 'Code <expired>', error_uri: null, status: 400 };

describe('the report of a failed run', () => {
  it.each<[unknown, number, string]>([
    [new TypeError('x is undefined'), 1, 'bug'],
    ['a string', 1, 'bug'],
    [new UsageError('No.'), 2, 'usage'],
    [new ConfigError('No.'), 2, 'config'],
    [new ErrorResponseError('authorization_error', 'No.', oauth), 3, 'authorization_error'],
    [new ErrorResponseError('token_error', 'No.', oauth), 3, 'token_error'],
    [new ErrorResponseError('endpoint_error', 'No.', oauth), 3, 'endpoint_error'],
    [new LoginRequiredError('No.'), 4, 'login_required'],
    [new NetworkError('network', 'No.'), 5, 'network'],
    [new NetworkError('tls', 'No.'), 5, 'tls'],
    [new NetworkError('timeout', 'No.'), 5, 'timeout'],
    [new InvalidResponseError('No.'), 6, 'invalid_response'],
    [new ValidationError('state', 'No.'), 6, 'validation_failed'],
    [new FindingsError('findings', 'No.'), 7, 'findings'],
    [new CancelledError('SIGINT'), 130, 'cancelled'],
    [new CancelledError('SIGTERM'), 143, 'cancelled'],
  ])('of %o has status %i and code %s', (error, status, code) => {
    expect(report(error).status).toBe(status);
    const asJson = report(error, ['--json']);
    expect(asJson.status).toBe(status);
    expect(JSON.parse(asJson.stderr)).toMatchObject({ version: 1, error: { code, exit_code: status } });
  });

  it.each(['wrong', 'secret', 'code', 'token', 'token_error', 'state', 'As sent.', 'invalid_grant'])(
    'keeps its own words, whatever the secret is (%s)',
    (value) => {
      const checks = [checkResult('state', 'pass', 'The state is not wrong: the secret code is a token.')];
      const error = new ErrorResponseError('token_error', 'A wrong code: no token, no secret.', oauth, {
        step: 'token',
        hint: 'Is the secret wrong? Get another code with oauth-code token.',
      });
      const journal: Partial<Journal> = { events: [{ type: 'checks', step: 'token', checks }] };
      const without = report(error, ['login', '--json'], { journal });
      const secrets = [{ kind: 'client_secret', value }];
      expect(report(error, ['login', '--json'], { journal: { ...journal, secrets } })).toEqual(without);
      expect(report(error, ['login'], { journal: { ...journal, secrets } })).toEqual(
        report(error, ['login'], { journal }),
      );
    },
  );

  it('shows what was sent openly, whatever the secret is', () => {
    const request = {
      method: 'POST',
      url: 'https://web-app-1.example.com/token',
      headers: [['content-type', 'application/x-www-form-urlencoded']],
      body: 'client_id=web-app-1&scope=web-app-1.read&client_secret=web-app-1',
    } as const;
    const response = { status: 400, headers: [], body: '' };
    const journal: Partial<Journal> = {
      events: [
        {
          type: 'exchange',
          step: 'token',
          exchange: { request, response, durationMs: 1, startedAt: new Date(0) },
        },
      ],
      secrets: [{ kind: 'client_secret', value: 'web-app-1' }],
    };
    const message = 'https://web-app-1.example.com/token refused web-app-1 for web-app-1.read.';
    const hint = 'It said: web-app-1-is-secret.';
    const { stderr } = report(new InvalidResponseError(message, { hint }), ['--json'], { journal });
    expect(JSON.parse(stderr).error).toMatchObject({ message });
  });

  it('is in JSON one line with everything that is known', () => {
    const checks = [checkResult('state', 'pass', 'state came back as it was sent.')];
    const error = new ErrorResponseError('token_error', 'Refused: invalid_grant.', oauth, {
      step: 'token',
      hint: 'Again.',
    });
    const { stderr } = report(error, ['login', '--json'], {
      journal: { events: [{ type: 'checks', step: 'token', checks }] },
    });
    expect(stderr.split('\n')).toHaveLength(2);
    expect(JSON.parse(stderr)).toMatchObject({
      version: 1,
      error: {
        code: 'token_error',
        step: 'token',
        message: 'Refused: invalid_grant.',
        hint: 'Again.',
        exit_code: 3,
        oauth,
      },
      diagnosis: expect.arrayContaining([
        expect.objectContaining({ cause: 'The code has expired or was used before.' }),
      ]),
      checks,
    });
    expect(JSON.parse(report(new ValidationError('iss', 'No.'), ['--json']).stderr).error.check).toBe('iss');
  });

  it('tells the likely causes of an OAuth error, in JSON as its hint', () => {
    const error = new ErrorResponseError('authorization_error', 'Refused.', {
      ...oauth,
      error: 'invalid_scope',
    });
    const url = 'https://login.example.com/authorize?client_id=app&scope=openid%20nonsense';
    const journal: Partial<Journal> = {
      events: [{ type: 'authorization-url', url, redirectUri: '', listening: false }],
    };
    expect(report(error, [], { journal }).stderr).toMatch(/likely causes:/);
    const document = JSON.parse(report(error, ['--json'], { journal }).stderr);
    expect(document.error.hint).toMatch(/scope/i);
    expect(document.diagnosis[0]).toMatchObject({ why: expect.stringContaining('openid, nonsense') });
  });

  it('says of a cancelled run nothing but that', () => {
    expect(report(new CancelledError('SIGINT')).stderr).toMatch(/^(error: )?Cancelled\.\n$/);
  });

  it.each<[string[], Record<string, string>, boolean]>([
    [[], {}, false],
    [['login', '--json'], {}, true],
    [['login', '-o', 'json'], {}, true],
    [['login', '-ojson'], {}, true],
    [['login', '-qo', 'json'], {}, true],
    [['login', '--output', 'json'], {}, true],
    [['login', '--output=json'], {}, true],
    [['login', '-o', 'text'], {}, false],
    [['login', '-o', 'json', '-o', 'text'], {}, false],
    [['login', '-o'], {}, false],
    [['exec', '--', 'tool', '--json'], {}, false],
    [[], { OAUTH_CODE_JSON: '1' }, true],
    [[], { OAUTH_CODE_JSON: 'no' }, false],
    [[], { OAUTH_CODE_OUTPUT: 'json' }, true],
    [['-o', 'text'], { OAUTH_CODE_JSON: '1' }, false],
    [['--json'], { OAUTH_CODE_OUTPUT: 'text' }, true],
  ])('is JSON when %j and %o ask for it: %s', (argv, env, expected) => {
    expect(report(new UsageError('No.'), argv, { env }).stderr.startsWith('{')).toBe(expected);
  });
});

describe('what a report keeps quiet about', () => {
  const secret: string = 'gX1fBat3bV-is-secret';
  const journal = {
    secrets: [{ kind: 'client_secret', value: secret }],
    events: [
      {
        type: 'checks' as const,
        step: 'token' as const,
        checks: [checkResult('token-type', 'warn', say`It is ${secret}.`)],
      },
    ],
  };
  const error = new ErrorResponseError(
    'token_error',
    say`Refused ${secret}.`,
    { ...oauth, error_description: `Wrong: ${encodeURIComponent(secret)}` },
    { hint: say`Not ${secret}.`, cause: new Error(`inside ${secret}`) },
  );

  it.each([[[]], [['--json']], [['--debug']], [['--json', '--debug']]])(
    'are the secrets of the run: %j',
    (argv) => {
      const { stderr } = report(error, argv, { journal });
      expect(stderr).not.toContain(secret);
      expect(stderr).toContain('‹client_secret›');
    },
  );

  it.each<[string[], Record<string, string>]>([
    [['--show-secrets'], {}],
    [[], { OAUTH_CODE_SHOW_SECRETS: '1' }],
  ])('is nothing with %j and %o', (argv, env) => {
    expect(report(error, argv, { journal, env }).stderr).toContain(secret);
  });

  it('stays quiet when the variable says no', () => {
    expect(report(error, [], { journal, env: { OAUTH_CODE_SHOW_SECRETS: '0' } }).stderr).not.toContain(
      secret,
    );
  });
});

describe('where an error arose', () => {
  it.each<[string[], Record<string, string>, boolean]>([
    [['--debug'], {}, true],
    [['exec', '--', '--debug'], {}, false],
    [[], { OAUTH_CODE_DEBUG: '1' }, true],
    [[], { OAUTH_CODE_DEBUG: '0' }, false],
    [[], {}, false],
  ])('is told with %j and %o: %s', (argv, env, told) => {
    const { stderr } = report(new TypeError('x is undefined'), argv, { env });
    expect(stderr.includes('TypeError: x is undefined\n    at ')).toBe(told);
  });

  it('stands before the report, whose JSON stays the last line', () => {
    const { stderr } = report(new TypeError('x is undefined'), ['--json', '--debug']);
    expect(JSON.parse(lastLine(stderr)).error).toMatchObject({
      code: 'bug',
      hint: expect.stringContaining('--debug'),
    });
  });

  it('is the cause when there is one', () => {
    const error = new NetworkError('network', 'No way.', { cause: new Error('ECONNREFUSED inside') });
    expect(report(error, ['--debug']).stderr).toContain('Error: ECONNREFUSED inside\n    at ');
  });
});
