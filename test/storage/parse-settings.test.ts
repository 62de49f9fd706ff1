import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, NamedError } from '../../src/errors.ts';
import { profileKeys } from '../../src/settings/profile-keys.ts';
import { parseSettings } from '../../src/storage/parse-settings.ts';
import { inputs } from '../every-case.ts';

const read = (text: string) => parseSettings(text, '/c.json', profileKeys);
const refusal = (text: string): ConfigError => {
  try {
    read(text);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
};
const profile = (members: string) =>
  `{\n  "version": 1,\n  "profiles": {\n    "a": {\n      ${members}\n    }\n  }\n}`;

describe('a sound settings file', () => {
  it('is read with comments and trailing commas', () => {
    const settings = read(
      '{ "$schema": "x", // where\n "version": 1, "default_profile": "a", /* all */ "profiles": { "a": { "client_id": "c", }, }, }',
    );
    expect(settings.defaultProfile).toBe('a');
    expect([...settings.profiles].map(([name, held]) => [name, [...held]])).toEqual([
      ['a', [['client_id', 'c']]],
    ]);
  });

  it.each(['', ' \n', '// only a comment\n'])('holds nothing when it is %j', (text) => {
    expect(read(text)).toEqual({ profiles: new Map() });
  });

  it.each([
    ['"scope": "a b"'],
    ['"scope": ["a", "b"]'],
    ['"timeout": 2.5'],
    ['"no_userinfo": true'],
    ['"claims": {"id_token": {"email": null}}'],
    ['"authorization_details": [{"type": "payment"}]'],
    ['"params": {"access_type": "offline", "nonce": null}'],
    ['"client_secret": {"env": "S"}'],
    ['"client_secret": {"file": "~/s"}'],
    ['"client_secret": {"keychain": true}'],
    ['"client_secret": "literal"'],
    ['"grant_type": "client_credentials"'],
    ['"pkce": "off"'],
  ])('may hold %s', (members) => {
    expect(read(profile(members)).profiles.get('a')?.size).toBe(1);
  });

  it.each(['a', 'arn:aws:eks:eu-west-1:1:cluster/x', 'me@example.com', 'constructor', 'a'.repeat(100)])(
    'may have a profile called %s',
    (name) => {
      expect([...read(`{"version":1,"profiles":{"${name}":{}}}`).profiles.keys()]).toEqual([name]);
    },
  );
});

describe('a settings file that is refused', () => {
  it.each([
    ['{"version": 1,,}', '/c.json:1:15 is not JSON: a name in double quotes is expected.'],
    ['{\n  "version": 1\n', '/c.json:3:1 is not JSON: a closing } is expected.'],
    ['{\n  "version": 1\n  "profiles": {}\n}', '/c.json:3:3 is not JSON: a comma is expected.'],
    ['{"version": 1, "version": 1}', '/c.json:1:16 is not JSON: a name occurs twice.'],
    ['version: 1', '/c.json:1:1 is not JSON: a word that is not a JSON value.'],
    ['{"version": 1} []', '/c.json:1:16 is not JSON: there is something behind the end.'],
    ['{"a": "', '/c.json:1:7 is not JSON: a text is not closed.'],
    ['/* ', '/c.json:1:1 is not JSON: a comment is not closed.'],
    ['[]', '/c.json does not hold a JSON object.'],
    ['{}', '/c.json:1:1: "version" has to be 1.'],
    ['{\n "version": "1"}', '/c.json:2:13: "version" has to be 1.'],
    ['{"version": 2}', '/c.json has version 2, which is newer than this oauth-code can read (1).'],
    ['{"version": 1, "profiles": []}', '/c.json:1:28: "profiles" has to be a JSON object.'],
    ['{"version": 1, "profiles": {"a": 1}}', '/c.json:1:34: "a" has to be a JSON object.'],
    ['{"version": 1, "default_profile": 1}', '/c.json:1:35: "default_profile" has to be a text.'],
    [
      '{"version": 1, "profiles": {"-a": {}}}',
      '/c.json:1:29: the name of a profile starts with a letter or digit and holds letters, digits and ._:@/+- only.',
    ],
  ])('%j', (text, message) => {
    expect(refusal(text)).toMatchObject({ message, exitCode: 2 });
  });

  it('says what a newer file asks for', () => {
    expect(refusal('{"version": 3, "strange": 1}').hint).toMatch(/^Update oauth-code/);
  });

  it.each([
    ['"scop": "x"', '"scop" is not a setting', 'Did you mean "scope"?'],
    ['"client-id": "x"', '"client-id" is not a setting', 'Did you mean "client_id"?'],
    ['"param": {}', '"param" is not a setting', 'Did you mean "params"?'],
    ['"__proto__": {}', '"__proto__" is not a setting', expect.stringContaining('profile save --help')],
    ['"show_secrets": true', '"show_secrets" is not a setting', expect.any(String)],
    ['"client_secret_file": "x"', '"client_secret_file" is not a setting', 'Did you mean "client_secret"?'],
    ['"issuer": "login.example.com"', '"issuer" has to be an absolute http or https URL', undefined],
    ['"issuer": 1', '"issuer" has to be an absolute http or https URL', undefined],
    ['"client_id": ""', '"client_id" has to be a text that is not empty', undefined],
    ['"timeout": "30"', '"timeout" has to be a number that is not negative', undefined],
    ['"no_browser": "yes"', '"no_browser" has to be true or false', undefined],
    ['"scope": [1]', '"scope" has to be a text or a list of texts', undefined],
    ['"params": ["a=b"]', '"params" has to be an object of texts; null removes a parameter', undefined],
    ['"params": {"a": 1}', '"params" has to be an object of texts; null removes a parameter', undefined],
    ['"claims": "{}"', '"claims" has to be a JSON object or list', undefined],
    ['"pkce": "S384"', '"pkce" has to be one of S256, plain, off', undefined],
    [
      '"client_secret": {"envv": "X"}',
      '"client_secret" has to be {"env": NAME}, {"file": PATH} or {"keychain": true}',
      undefined,
    ],
    [
      '"client_secret": {"keychain": false}',
      '"client_secret" has to be {"env": NAME}, {"file": PATH} or {"keychain": true}',
      undefined,
    ],
  ])('for the setting %s', (members, what, hint) => {
    const at = what.includes('has to be') ? 7 + members.indexOf(':') + 2 : 7;
    const nested = members.startsWith('"params": {"a"') || members === '"scope": [1]';
    const thrown = refusal(profile(members));
    if (!nested) expect(thrown.message).toBe(`/c.json:5:${at}: ${what}.`);
    else expect(thrown.message).toMatch(new RegExp(`^/c\\.json:5:\\d+: ${what}\\.$`));
    expect(thrown.hint).toEqual(hint);
  });

  it('names the first of several problems in the order of the file', () => {
    const thrown = refusal(profile('"timeout": "x",\n      "scop": "y",\n      "issuer": 3'));
    expect(thrown.message).toBe(
      '/c.json:5:18: "timeout" has to be a number that is not negative (2 more after it).',
    );
  });

  it('never shows a value, wherever it stands', () => {
    const secret = 'hunter2-hunter2';
    for (const key of profileKeys) {
      for (const value of [`["${secret}", 1]`, `{"${'x'}": ["${secret}"]}`, '1e999']) {
        try {
          read(profile(`"${key.name}": ${value}`));
        } catch (error) {
          expect(error).toBeInstanceOf(NamedError);
          expect(`${(error as NamedError).message} ${(error as NamedError).hint}`).not.toContain('hunter2');
        }
      }
    }
  });

  it('is refused and not crashed on when it is nested without end', () => {
    expect(refusal(`{"version": 1, "profiles": ${'['.repeat(200_000)}`).message).toMatch(/no JSON|deeply/);
  });

  it('is read or refused by name, whatever it is', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"version"',
      '1',
      '"profiles"',
      '"a"',
      '//\n',
      '/*',
      '"',
      '\u0000',
      'null',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join('')),
        ),
        (text) => {
          try {
            read(text);
          } catch (error) {
            expect(error).toBeInstanceOf(ConfigError);
          }
        },
      ),
      { numRuns: inputs(500) },
    );
  });
});
