import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { createSettingsPlace, type SettingsPlace } from './settings-place.ts';

let place: SettingsPlace;
beforeEach(() => {
  place = createSettingsPlace();
});
afterEach(() => place.remove());

const values = ['{"a":1}', '"x"', 'null'];
const names = ['__proto__', 'constructor', 'toString'];
const login = ['login', '-p', 'a', '--issuer', 'https://127.0.0.1:1', '--client-id', 'c', '--no-browser'];

/** Where a settings file has names, and whether each is one of ours. */
const places: readonly (readonly [where: string, isOurs: boolean, text: (member: string) => string])[] = [
  ['the top', true, (member) => `{"version":1,${member}}`],
  ['a profile', true, (member) => `{"version":1,"profiles":{"a":{${member}}}}`],
  ['a secret', true, (member) => `{"version":1,"profiles":{"a":{"client_secret":{"env":"S",${member}}}}}`],
  ['profiles', false, (member) => `{"version":1,"profiles":{${member},"a":{}}}`],
  ['params', false, (member) => `{"version":1,"profiles":{"a":{"params":{${member}}}}}`],
  ['claims', false, (member) => `{"version":1,"profiles":{"a":{"claims":{"userinfo":{${member}}}}}}`],
];

describe.each(['user', 'project'])('a settings file of the %s', (whose) => {
  it.each(places)('with a name of the prototype in %s is told of it', async (_, isOurs, text) => {
    for (const name of names) {
      for (const value of values) {
        const file = text(`"${name}": ${value}`);
        if (whose === 'user') place.saveConfig(file);
        else place.saveProject(file);
        for (const argv of [['profile', 'list'], login]) {
          const { status, said } = await place.run(argv);
          expect([1, 'bug'], `${argv[0]} ${file} ${said}`).not.toContain(status);
          if (!isOurs && name !== '__proto__') continue;
          expect({ file, status, said }).toMatchObject({
            status: 2,
            said: expect.stringContaining(`"${name}" is not a setting`),
          });
        }
      }
    }
  });
});

const { jwk } = testKey('RS256', 'key-1');
const token = signedToken(
  { alg: 'RS256', kid: 'key-1' },
  { iss: 'https://a.example', aud: 'c' },
  testKey('RS256', 'key-1'),
);
const keys = { keys: [jwk] };

/** JSON that a user gives, by file `F` or as text, and a sound one. */
const inputs: readonly (readonly [string, object, (file: string, text: string) => readonly string[]])[] = [
  ['claims', { userinfo: { email: null } }, (_, text) => [...login, '--claims', text]],
  ['authorization details', { type: 'a' }, (_, text) => [...login, '--authorization-details', `[${text}]`]],
  [
    'a body',
    { a: { b: 1 } },
    (_, text) => ['request', 'https://127.0.0.1:1', '--data-json', text, '--access-token-env', 'T'],
  ],
  ['a key set', keys, (file) => ['decode', token, '--jwks', file]],
  ['a key', jwk, (file) => ['decode', token, '--key', file]],
  ['a signing key', jwk, (file) => [...login, '--signing-key', file]],
  ['a key to decrypt with', jwk, (file) => ['decode', token, '--decryption-key', file]],
  [
    'settings of idp',
    { clients: [{ client_id: 'x' }], users: [{ sub: 'u' }] },
    (file) => ['idp', '--config', file, '--port', '99999'],
  ],
  [
    'what debug reads',
    { endpoint: 'token', request: {}, response: { status: 200, headers: {}, body: {} } },
    (file) => ['debug', file],
  ],
  ['a key set for debug', keys, (file) => ['debug', file]],
  [
    'a profile to import',
    { issuer: 'https://a.example', client_id: 'c' },
    (file) => ['profile', 'import', file, '--no-input'],
  ],
];

/** Every JSON that is `value` with one member more in one of its objects. */
function* withMember(value: unknown, name: string, added: string): Generator<string> {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries())
      for (const text of withMember(item, name, added))
        yield `[${value.map((other, index) => (index === at ? text : JSON.stringify(other))).join(',')}]`;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const members = Object.entries(value).map(([key, member]) => [JSON.stringify(key), JSON.stringify(member)]);
  yield `{${[...members, [JSON.stringify(name), added]].map((pair) => pair.join(':')).join(',')}}`;
  // As a value, which may be looked up in a table.
  for (const [key] of Object.entries(value)) yield JSON.stringify({ ...value, [key]: name });
  for (const [at, [, member]] of Object.entries(value).entries())
    for (const text of withMember(member, name, added))
      yield `{${members.map(([key, other], index) => `${key}:${index === at ? text : other}`).join(',')}}`;
}

describe('JSON of the user with a name of the prototype', () => {
  it.each(inputs)('is not a bug in %s', async (_, sound, argv) => {
    for (const name of names) {
      for (const text of withMember(sound, name, '{"a":1}')) {
        const { status, said } = await place.run(argv('/given.json', text), {
          files: { '/given.json': text },
          env: { T: 'token-0123456789' },
        });
        expect(status, `${text}\n${said}`).not.toBe(1);
      }
    }
  });
});
