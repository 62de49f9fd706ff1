import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/errors.ts';
import { settleOutput } from '../../src/settings/output-settings.ts';
import { readOptions } from './read-options.ts';

describe('an option with a value', () => {
  it.each<[string[], Record<string, string>, string | undefined, string]>([
    [[], {}, undefined, '--client-id'],
    [['--client-id', 'a'], {}, 'a', '--client-id'],
    [['--client-id=a=b'], {}, 'a=b', '--client-id'],
    [['--client-id', 'a', '--client-id', 'b'], {}, 'b', '--client-id'],
    [['--client-id', '--odd'], {}, '--odd', '--client-id'],
    [[], { OAUTH_CODE_CLIENT_ID: 'v' }, 'v', 'OAUTH_CODE_CLIENT_ID'],
    [[], { OAUTH_CODE_CLIENT_ID: '' }, undefined, '--client-id'],
    [['--client-id', 'a'], { OAUTH_CODE_CLIENT_ID: 'v' }, 'a', '--client-id'],
  ])('%j with %o: %s, given by %s', (argv, env, value, source) => {
    const options = readOptions(argv, env);
    expect(options.text('client-id')).toBe(value);
    expect(options.source('client-id')).toBe(source);
  });

  it.each([['--client-id', ''], ['--client-id=']])('is refused when it is empty: %j', (...argv) => {
    expect(() => readOptions(argv).text('client-id')).toThrow(UsageError);
    expect(() => readOptions(argv).text('client-id')).toThrow('--client-id is empty.');
  });

  it.each<[string[], Record<string, string>, RegExp]>([
    [['--pkce', 's256'], {}, /^--pkce is "s256", an unknown value\.$/],
    [[], { OAUTH_CODE_PKCE: 'none' }, /^OAUTH_CODE_PKCE is "none", an unknown value\.$/],
    [['--color', 'sometimes'], {}, /^--color is "sometimes", an unknown value\.$/],
    [['--output', 'yaml'], {}, /^--output is "yaml", an unknown value\.$/],
  ])('is refused at once when it is not one of the choices: %j with %o', (argv, env, message) => {
    let error: unknown;
    try {
      readOptions(argv, env);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({
      message: expect.stringMatching(message),
      exitCode: 2,
      hint: expect.stringMatching(/^Use one of: \w+, /),
    });
  });
});

describe('an option that may be given several times', () => {
  it.each<[string[], Record<string, string>, string[], string]>([
    [[], {}, [], '--scope'],
    [['--scope', 'a b', '--scope', 'c'], {}, ['a b', 'c'], '--scope'],
    [['--scope', ''], {}, [''], '--scope'],
    [[], { OAUTH_CODE_SCOPE: 'a b' }, ['a b'], 'OAUTH_CODE_SCOPE'],
    [[], { OAUTH_CODE_SCOPE: 'a\n  b  \r\n\n' }, ['a', 'b'], 'OAUTH_CODE_SCOPE'],
    [['--scope', 'c'], { OAUTH_CODE_SCOPE: 'a' }, ['c'], '--scope'],
  ])('%j with %o: %j, given by %s', (argv, env, values, source) => {
    const options = readOptions(argv, env);
    expect(options.list('scope')).toEqual(values);
    expect(options.source('scope')).toBe(source);
  });

  it.each<[string[], Record<string, string>, string[]]>([
    [[], {}, []],
    [['--no-verify', 'iss', '--no-verify', 'state'], {}, ['iss', 'state']],
    [[], { OAUTH_CODE_NO_VERIFY: 'iss\nstate' }, ['iss', 'state']],
    [['--no-verify', 'nonce'], { OAUTH_CODE_NO_VERIFY: 'iss' }, ['nonce']],
  ])('may begin with no-: %j with %o: %j', (argv, env, values) => {
    expect(readOptions(argv, env).list('no-verify')).toEqual(values);
  });
});

describe('a switch', () => {
  it.each<[string, string[], Record<string, string>, boolean]>([
    ['json', [], {}, false],
    ['json', ['--json'], {}, true],
    ['json', ['--json', '--json'], {}, true],
    ['json', [], { OAUTH_CODE_JSON: '1' }, true],
    ['json', [], { OAUTH_CODE_JSON: 'TRUE' }, true],
    ['json', [], { OAUTH_CODE_JSON: '0' }, false],
    ['json', [], { OAUTH_CODE_JSON: 'off' }, false],
    ['json', [], { OAUTH_CODE_JSON: '' }, false],
    ['quiet', ['-q'], {}, true],
    ['verbose', ['-qv'], {}, true],
    ['no-input', [], {}, false],
    ['no-input', ['--no-input'], {}, true],
    ['no-input', [], { OAUTH_CODE_NO_INPUT: '1' }, true],
    ['no-input', [], { OAUTH_CODE_NO_INPUT: 'no' }, false],
    ['no-input', ['--no-input'], { OAUTH_CODE_NO_INPUT: '0' }, true],
    ['no-userinfo', ['--no-userinfo'], {}, true],
    ['no-userinfo', [], { OAUTH_CODE_NO_USERINFO: 'yes' }, true],
    ['no-browser', ['--no-browser'], {}, true],
    ['no-browser', ['--browser', 'firefox'], {}, false],
    ['no-browser', ['--browser', 'firefox', '--no-browser'], {}, true],
    ['no-browser', ['--no-browser', '--browser', 'firefox'], {}, false],
    ['no-browser', ['--browser', 'firefox'], { OAUTH_CODE_NO_BROWSER: '1' }, false],
    ['no-browser', [], { OAUTH_CODE_NO_BROWSER: '1' }, true],
    ['no-browser', [], { OAUTH_CODE_BROWSER: 'firefox' }, false],
  ])('%s with %j and %o: %s', (name, argv, env, on) => {
    expect(readOptions(argv, env).isOn(name)).toBe(on);
  });

  it('is refused when its variable says neither yes nor no', () => {
    expect(() => readOptions([], { OAUTH_CODE_JSON: 'maybe' }).isOn('json')).toThrow(
      'OAUTH_CODE_JSON is "maybe".',
    );
  });
});

describe('a number', () => {
  it.each<[string, string, object, number]>([
    ['max-age', '0', { min: 0 }, 0],
    ['max-age', '0060', { min: 0 }, 60],
    ['timeout', '0.5', { min: 0.1, integer: false }, 0.5],
    ['timeout', '30', { min: 1, max: 30 }, 30],
  ])('--%s %s', (name, text, limits, value) => {
    expect(readOptions([`--${name}`, text]).number(name, { min: 0, ...limits })).toBe(value);
    expect(readOptions([]).number(name, { min: 0, ...limits })).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ['-1', { min: 0 }, 'Give a whole number of at least 0.'],
    ['1.5', { min: 0 }, 'Give a whole number of at least 0.'],
    ['1e3', { min: 0 }, 'Give a whole number of at least 0.'],
    ['0x10', { min: 0 }, 'Give a whole number of at least 0.'],
    ['Infinity', { min: 0 }, 'Give a whole number of at least 0.'],
    ['99999999999999999999', { min: 0 }, 'Give a whole number of at least 0.'],
    [' 5', { min: 0 }, 'Give a whole number of at least 0.'],
    ['5s', { min: 0 }, 'Give a whole number of at least 0.'],
    ['0', { min: 1, max: 10 }, 'Give a whole number from 1 to 10.'],
    ['11', { min: 1, max: 10 }, 'Give a whole number from 1 to 10.'],
    ['.5', { min: 0, max: 1, integer: false }, 'Give a number from 0 to 1.'],
  ])('is refused when it is %j within %o', (text, limits, hint) => {
    const read = () => readOptions(['--max-age', text]).number('max-age', { min: 0, ...limits });
    expect(read).toThrow(`--max-age is "${text}".`);
    expect(() =>
      readOptions([], { OAUTH_CODE_MAX_AGE: text }).number('max-age', { min: 0, ...limits }),
    ).toThrow(`OAUTH_CODE_MAX_AGE is "${text}".`);
    try {
      read();
    } catch (error) {
      expect(error).toMatchObject({ hint });
    }
  });
});

describe('the wish for JSON', () => {
  it.each<[string[], Record<string, string>, boolean]>([
    [[], {}, false],
    [['--json'], {}, true],
    [['-o', 'json'], {}, true],
    [['-ojson'], {}, true],
    [['--output', 'json'], {}, true],
    [['--output=json'], {}, true],
    [['-qo', 'json'], {}, true],
    [['-o', 'text'], {}, false],
    [['-o', 'json', '-o', 'text'], {}, false],
    [[], { OAUTH_CODE_JSON: '1' }, true],
    [[], { OAUTH_CODE_JSON: '0' }, false],
    [[], { OAUTH_CODE_OUTPUT: 'json' }, true],
    [['-o', 'text'], { OAUTH_CODE_JSON: '1' }, false],
    [['-o', 'text'], { OAUTH_CODE_OUTPUT: 'json' }, false],
    [['--json'], { OAUTH_CODE_OUTPUT: 'text' }, true],
  ])('%j with %o: %s', (argv, env, expected) => {
    expect(settleOutput(readOptions(argv, env)).json).toBe(expected);
  });
});
