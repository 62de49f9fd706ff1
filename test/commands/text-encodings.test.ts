import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import { type ApiServer, startApiServer } from '../fakes/api-server.ts';
import { createSettingsPlace, type SettingsPlace } from './settings-place.ts';

const utf16le = (text: string) => Buffer.from(text, 'utf16le');
const utf16be = (text: string) => utf16le(text).swap16();

/** What Windows writes, by PowerShell, Notepad and others. */
const utf16: readonly (readonly [string, (text: string) => Uint8Array])[] = [
  ['UTF-16LE with a mark', (text) => utf16le(`\uFEFF${text}`)],
  ['UTF-16BE with a mark', (text) => utf16be(`\uFEFF${text}`)],
  ['UTF-16LE', utf16le],
  ['UTF-16BE', utf16be],
];
const readable = [...utf16, ['UTF-8 with a mark', (text: string) => Buffer.from(`\uFEFF${text}`)] as const];
const garbled = [...utf16, ['Latin-1', (text: string) => Buffer.from(`${text}é`, 'latin1')] as const];

let place: SettingsPlace;
let server: ApiServer;

beforeEach(async () => {
  place = createSettingsPlace();
  server = await startApiServer(() =>
    json(200, { access_token: 'at-1', token_type: 'Bearer', active: true }),
  );
});
afterEach(async () => {
  place.remove();
  await server.close();
});

const secret = 'secret-0123456789abcdef';
const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJyZXBvIn0.c2ln';
const token = (...args: readonly string[]) => [
  ...['token', '--token-endpoint', `${server.origin}/token`, '--client-id', 'c', ...args],
];
const grant = ['--grant-type', 'client_credentials'];
const exchange = ['--grant-type', 'urn:ietf:params:oauth:grant-type:token-exchange', '--auth-method', 'none'];
const introspect = () => ['introspect', '--introspection-endpoint', `${server.origin}/i`, '--client-id', 'c'];

/** Every way in which a secret is read from a file, from stdin (`-`) or, in a profile, from a file that it names. */
const secretPlaces: readonly (readonly [string, string, () => readonly string[]])[] = [
  ['the client secret', secret, () => token(...grant, '--client-secret-file', '/secret')],
  ['the client secret', secret, () => token(...grant, '--client-secret-file', '-')],
  ['the client secret of a profile', secret, () => ['token', '-p', 'work']],
  ['an assertion', jwt, () => token(...grant, '--assertion-from', 'file:/secret')],
  ['a subject token', secret, () => token(...exchange, '--subject-token-file', '/secret')],
  ['a subject token', secret, () => token(...exchange, '--subject-token-file', '-')],
  ['an access token', secret, () => ['request', server.origin, '--access-token-file', '/secret']],
  ['an access token', secret, () => ['request', server.origin, '--access-token-file', '-']],
  ['a token to be asked about', secret, () => [...introspect(), '-']],
  ['a token to be asked about', secret, () => [...introspect(), '--access-token-file', '/secret']],
];

describe.each(secretPlaces)('%s: %s', (_name, text, argv) => {
  const run = (octets: Uint8Array) => {
    const client_secret = { file: '/secret' };
    const work = {
      token_endpoint: `${server.origin}/token`,
      client_id: 'c',
      grant_type: 'client_credentials',
    };
    place.saveConfig({ profiles: { work: { ...work, client_secret } } });
    return place.run(argv(), { files: { '/secret': octets }, stdin: octets });
  };
  const sent = () =>
    server.requests.map(({ headers, body }) => decodeURIComponent(`${headers.authorization} ${body}`));

  it.each(garbled)('is refused in %s and never sent', async (_encoding, encode) => {
    const { status, stdout, said } = await run(encode(`${text}\n`));
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(said).toMatch(/secret in (?:\/secret|stdin) is not text in UTF-8/);
    expect(server.requests).toEqual([]);
  });

  it.each([
    ['UTF-8', text],
    ['UTF-8 with a mark', `\uFEFF${text}\r\n`],
  ])('is sent as it is in %s', async (_encoding, written) => {
    expect((await run(Buffer.from(written))).status).toBe(0);
    const [all = ''] = sent();
    const basic = /^Basic (\S+)/.exec(all)?.[1];
    expect(basic === undefined ? all : Buffer.from(basic, 'base64').toString()).toMatch(
      new RegExp(`${text}(?:$|&| )`),
    );
  });
});

it.each(['OAUTH_CODE_CLIENT_SECRET', 'S'])(
  'a client secret in %s whose octets were not UTF-8 is not sent',
  async (name) => {
    const from = name === 'S' ? ['--client-secret-env', 'S'] : [];
    const { status, said } = await place.run(token(...grant, ...from), { env: { [name]: 'secret-\uFFFD' } });
    expect({ status, said }).toMatchObject({
      status: 2,
      said: expect.stringContaining('is not text in UTF-8'),
    });
    expect(server.requests).toEqual([]);
  },
);

const key = testKey('RS256', 'key-1');
const signed = signedToken({ alg: 'RS256', kid: 'key-1' }, { iss: 'https://a.example', sub: 'ü' }, key);
const keySet = JSON.stringify({ keys: [key.jwk] });
const kubeconfig = {
  users: [
    {
      name: 'me',
      user: {
        exec: {
          command: 'kubelogin',
          args: ['get-token', '--oidc-issuer-url', 'https://a.example', '--oidc-client-id', 'c'],
        },
      },
    },
  ],
};
const settings = '{"version": 1, // mine\n "profiles": {"work": {"issuer": "https://a.example"}}}';

/** JSON and other text that the user gives, as a file `/given` and as stdin. */
const inputs: readonly (readonly [string, string, readonly string[]])[] = [
  ['a key set', keySet, ['decode', signed, '--jwks', '/given', '--json']],
  ['a key', JSON.stringify(key.jwk), ['decode', signed, '--key', '/given', '--json']],
  ['a token', signed, ['decode', '/given', '--json']],
  ['a token', signed, ['decode', '-', '--json']],
  [
    'what debug reads',
    '{"error":"invalid_grant","error_description":"ü"}',
    ['debug', '-', '--json', '--fail-on', 'none'],
  ],
  ['a kubeconfig', JSON.stringify(kubeconfig), ['profile', 'import', '/given', '--json', '--yes']],
  ['settings', settings, ['profile', 'show', 'work', '--json', '--config', 'CONFIG']],
];

describe.each(inputs)('%s (%#)', (_name, text, argv) => {
  const now = new Date('2026-11-20T12:00:00Z');
  const run = async (octets: Uint8Array) => {
    const config = join(place.home, 'given.json');
    writeFileSync(config, octets, { mode: 0o600 });
    const words = argv.map((word) => (word === 'CONFIG' ? config : word));
    const { status, stdout } = await place.run(words, { files: { '/given': octets }, stdin: octets, now });
    return { status, stdout };
  };
  it.each(utf16)('is read in %s as in UTF-8', async (_encoding, encode) => {
    const plain = await run(Buffer.from(text));
    expect(plain.status).toBe(0);
    expect(await run(encode(text))).toEqual(plain);
  });
});

it.each(utf16)('a JSON body in %s goes out in UTF-8', async (_encoding, encode) => {
  const files = { '/body': encode('{"name":"ü"}') };
  const argv = ['request', server.origin, '--data-json', '@/body', '--access-token-env', 'T'];
  expect((await place.run(argv, { files, env: { T: secret } })).status).toBe(0);
  expect(server.requests[0]?.body.toString()).toBe('{"name":"ü"}');
});

it.each(utf16)('a secret for HMAC in %s verifies nothing', async (_encoding, encode) => {
  const { status, said } = await place.run(['decode', signed, '--key', '/given'], {
    files: { '/given': encode('a secret') },
  });
  expect({ status, said }).toMatchObject({
    status: 2,
    said: expect.stringContaining('It is text in UTF-16.'),
  });
});

it.each(readable)('settings in %s are edited and written in UTF-8', async (_encoding, encode) => {
  writeFileSync(place.configFile, encode(settings), { mode: 0o600 });
  expect((await place.run(['profile', 'edit', 'work', '--set', 'client_id=ü'])).status).toBe(0);
  expect(place.config()).toContain('// mine');
  expect(JSON.parse((await place.run(['profile', 'show', 'work', '--json'])).stdout).settings.client_id).toBe(
    'ü',
  );
});
