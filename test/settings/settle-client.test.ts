import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createJournal } from '../../src/commands/journal.ts';
import { ConfigError, UsageError } from '../../src/errors.ts';
import { settleClient } from '../../src/settings/settle-client.ts';
import { createTestContext, type TestContextOptions } from '../fakes/context.ts';
import { readOptions } from './read-options.ts';

const pem = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const issuer = ['--issuer', 'https://a.example', '--client-id', 'app'];

function settle(argv: readonly string[], options: TestContextOptions = {}) {
  const journal = createJournal();
  const { context, stderr } = createTestContext(options);
  const settled = settleClient(readOptions([...issuer, ...argv], options.env), { context, journal });
  return { settled, journal, stderr };
}

describe('the client secret', () => {
  const files = { secret: 's€cret\n', padded: '\uFEFF two words \r\n', lines: 'one\n\n' };

  it.each<[string, string[], TestContextOptions, string]>([
    ['a file, without its last line end', ['--client-secret-file', 'secret'], { files }, 's€cret'],
    ['a file of Windows, its spaces kept', ['--client-secret-file', 'padded'], { files }, ' two words '],
    ['a file with one line end too many', ['--client-secret-file', 'lines'], { files }, 'one\n'],
    ['stdin', ['--client-secret-file', '-'], { stdin: 'piped\n' }, 'piped'],
    [
      'a variable that is named',
      ['--client-secret-env', 'MINE'],
      { env: { MINE: 'from-mine' } },
      'from-mine',
    ],
    ['its own variable', [], { env: { OAUTH_CODE_CLIENT_SECRET: 'own' } }, 'own'],
    [
      'a file, which the command line says before any variable',
      ['--client-secret-file', 'secret'],
      { files, env: { OAUTH_CODE_CLIENT_SECRET_ENV: 'MINE', MINE: 'x', OAUTH_CODE_CLIENT_SECRET: 'y' } },
      's€cret',
    ],
  ])('comes from %s', async (_, argv, options, clientSecret) => {
    const { settled, journal } = settle(argv, options);
    expect(await settled).toEqual({ credentials: { clientId: 'app', hasCertificate: false, clientSecret } });
    expect(journal.secrets).toEqual([{ kind: 'client_secret', value: clientSecret }]);
  });

  it.each([
    [
      'own',
      [],
      /^! Client +the secret has fewer than 8 characters: it is hidden as a value, but not within a/,
    ],
    ['own', ['--quiet'], /^$/],
    ['eight-ch', [], /^$/],
  ] as const)(
    'of %s is warned of when it is too short to be hidden everywhere %j',
    async (secret, argv, told) => {
      const { settled, stderr } = settle(argv, { env: { OAUTH_CODE_CLIENT_SECRET: secret } });
      await settled;
      expect(stderr()).toMatch(told);
      expect(stderr()).not.toContain(secret);
    },
  );

  it.each([['--client-secret', 'literal-7f'], ['--client-secret=literal-7f']])(
    'is never taken from the command line: %j',
    async (...argv) => {
      const { settled } = settle(argv, { env: { OAUTH_CODE_CLIENT_SECRET: 'own' } });
      const error = await settled.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(UsageError);
      expect(error).toMatchObject({
        message: 'A client secret on the command line can be read by every user of this machine.',
        hint: expect.stringMatching(/--client-secret-file.*--client-secret-env.*OAUTH_CODE_CLIENT_SECRET/),
      });
      expect(JSON.stringify(error) + String(error)).not.toContain('literal-7f');
    },
  );

  it.each<[string, string[], TestContextOptions, RegExp]>([
    [
      'given twice',
      ['--client-secret-file', 'secret', '--client-secret-env', 'MINE'],
      { files, env: { MINE: 'x' } },
      /given twice, by --client-secret-file and --client-secret-env/,
    ],
    [
      'in a variable that is not set',
      ['--client-secret-env', 'MINE'],
      {},
      /^--client-secret-env names MINE, which is not set\.$/,
    ],
    [
      'given in place of the name of its variable',
      ['--client-secret-env', 's3cr3t-VALUE~x'],
      {},
      /^--client-secret-env does not name a variable\.$/,
    ],
    [
      'in a variable that is empty',
      ['--client-secret-env', 'MINE'],
      { env: { MINE: '' } },
      /MINE, which is empty\.$/,
    ],
    ['on the terminal', ['--client-secret-file', '-'], { stdinIsTTY: true }, /stdin, which is the terminal/],
  ])('is refused when it is %s', async (_, argv, options, message) => {
    const { settled } = settle(argv, options);
    await expect(settled).rejects.toThrow(message);
    await expect(settled).rejects.toBeInstanceOf(UsageError);
  });

  it.each<[string, string[], TestContextOptions, RegExp]>([
    ['nowhere', ['--client-secret-file', 'no-such-file'], {}, /no-such-file/],
    [
      'empty in a file',
      ['--client-secret-file', 'empty'],
      { files: { empty: '\n' } },
      /^The client secret in empty is empty\.$/,
    ],
    ['empty on stdin', ['--client-secret-file', '-'], { stdin: '' }, /in stdin is empty/],
  ])('cannot be used when it is %s', async (_, argv, options, message) => {
    const { settled } = settle(argv, options);
    await expect(settled).rejects.toThrow(message);
    await expect(settled).rejects.toBeInstanceOf(ConfigError);
  });
});

describe('the client', () => {
  it('needs an identifier', async () => {
    const invocation = { context: createTestContext().context, journal: createJournal() };
    await expect(settleClient(readOptions([]), invocation)).rejects.toMatchObject({
      message: 'No client identifier was given.',
      hint: expect.stringContaining('OAUTH_CODE_CLIENT_ID'),
    });
  });

  it('may have a signing key and a certificate', async () => {
    const argv = ['--signing-key', 'key.pem', '--cert', 'c.pem', '--key', 'k.pem'];
    const { credentials } = await settle(argv, { files: { 'key.pem': pem } }).settled;
    expect(credentials).toMatchObject({ hasCertificate: true, signingKey: { algorithm: { name: 'EdDSA' } } });
  });

  it('hears why its signing key cannot be used, without a word of the key', async () => {
    const secret = 'Zm9yIG5vYm9keQ';
    const files = { 'key.pem': `-----BEGIN PRIVATE KEY-----\n${secret}\n` };
    const error = await settle(['--signing-key', 'key.pem'], { files }).settled.catch((thrown) => thrown);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toMatch(/^key\.pem cannot be used as --signing-key\. It is not a private key/);
    expect(error.message).not.toContain(secret);
  });

  it.each([
    ['none', [], {}],
    ['client_secret_basic', [], { env: { OAUTH_CODE_CLIENT_SECRET: 's' } }],
    ['client_secret_post', [], { env: { OAUTH_CODE_CLIENT_SECRET: 's' } }],
    ['client_secret_jwt', [], { env: { OAUTH_CODE_CLIENT_SECRET: 's' } }],
    ['private_key_jwt', ['--signing-key', 'key.pem'], { files: { 'key.pem': pem } }],
    ['tls_client_auth', ['--cert', 'c.pem'], {}],
    ['self_signed_tls_client_auth', ['--cert', 'c.pem'], {}],
  ])('may ask for %s with what that needs, and with nothing less', async (method, argv, options) => {
    const wanted = ['--auth-method', method];
    expect((await settle([...wanted, ...argv], options).settled).method).toBe(method);
    if (method === 'none') return;
    const refused = settle(wanted).settled;
    await expect(refused).rejects.toBeInstanceOf(UsageError);
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(new RegExp(`^--auth-method ${method} needs a`)),
      hint: expect.stringMatching(/^Add --.*\.$/),
    });
  });

  it('may not ask for a method nobody knows', () => {
    expect(() => settle(['--auth-method', 'magic'])).toThrow(/--auth-method is "magic", an unknown value/);
  });
});

describe('a signing key with a passphrase', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'open sesame' };
  const files = {
    'key.pem': privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString(),
    'old.pem': privateKey.export({ type: 'sec1', format: 'pem', ...cipher }).toString(),
    right: 'open sesame\n',
    wrong: 'open barley',
  };
  const env = { MINE: 'open sesame', OTHER: 'open barley' };
  const signingKey = ['--signing-key', 'key.pem'];

  it.each<[string, string[], TestContextOptions]>([
    ['a file', [...signingKey, '--key-passphrase-file', 'right'], {}],
    ['stdin', [...signingKey, '--key-passphrase-file', '-'], { stdin: 'open sesame\n' }],
    ['a variable', [...signingKey, '--key-passphrase-env', 'MINE'], {}],
    ['one of several', [...signingKey, '--key-passphrase-env', 'OTHER', '--key-passphrase-env', 'MINE'], {}],
    ['a variable, for the older form', ['--signing-key', 'old.pem', '--key-passphrase-env', 'MINE'], {}],
  ])('is opened with that of %s', async (_, argv, options) => {
    const { credentials } = await settle(argv, { files, env, ...options }).settled;
    expect(credentials.signingKey?.key.equals(privateKey)).toBe(true);
  });

  it('is opened with what the person enters, who is asked until it fits', async () => {
    const asked: unknown[] = [];
    const person = (question: { complaint?: string }) => {
      asked.push(question);
      return question.complaint === undefined ? 'open barley' : 'open sesame';
    };
    const terminal = { stdinIsTTY: true, stderr: { isTTY: true } };
    const { credentials } = await settle(signingKey, { files, person, ...terminal }).settled;
    expect(credentials.signingKey?.key.equals(privateKey)).toBe(true);
    expect(asked).toMatchObject([
      { type: 'secret', message: 'Passphrase of key.pem' },
      { complaint: 'It does not open the file.' },
    ]);
  });

  it.each<[string, string[], TestContextOptions]>([
    ['a passphrase on stdin', ['--key-passphrase-file', '-'], { stdin: 'open sesame\n' }],
    [
      'a passphrase that is typed',
      [],
      { stdinIsTTY: true, stderr: { isTTY: true }, person: () => 'open sesame' },
    ],
  ])('opens other files and the same again with %s', async (_, argv, given) => {
    const { context } = createTestContext({ files, ...given });
    for (const path of ['key.pem', 'old.pem', 'key.pem']) {
      const options = readOptions([...issuer, ...argv, '--signing-key', path]);
      const { credentials } = await settleClient(options, { context, journal: createJournal() });
      expect(credentials.signingKey?.key.equals(privateKey)).toBe(true);
    }
  });

  it('is opened by a second try when the first passphrase was wrong', async () => {
    const variables: Record<string, string> = { MINE: 'open barley' };
    const context = { ...createTestContext({ files }).context, env: variables };
    const options = readOptions([...issuer, ...signingKey, '--key-passphrase-env', 'MINE']);
    const again = () => settleClient(options, { context, journal: createJournal() });
    await expect(again()).rejects.toBeInstanceOf(ConfigError);
    variables.MINE = 'open sesame';
    await expect(again()).resolves.toMatchObject({ credentials: { signingKey: {} } });
  });

  it.each<[string, string[], TestContextOptions, typeof UsageError | typeof ConfigError, RegExp]>([
    ['without', [], {}, UsageError, /^key\.pem is encrypted, and its passphrase was not given\.$/],
    [
      'on a terminal that may not ask',
      ['--no-input'],
      { stdinIsTTY: true, stderr: { isTTY: true } },
      UsageError,
      /not given/,
    ],
    [
      'with a wrong one',
      ['--key-passphrase-file', 'wrong'],
      {},
      ConfigError,
      /^The passphrase of --key-passphrase-file does not open key\.pem\.$/,
    ],
    [
      'with a variable that is not set',
      ['--key-passphrase-env', 'NONE'],
      {},
      UsageError,
      /--key-passphrase-env names NONE, which is not set/,
    ],
  ])('is refused %s, and named', async (_, argv, options, type, message) => {
    const error = await settle([...signingKey, ...argv], { files, env, ...options }).settled.catch(
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(type);
    expect(error.message).toMatch(message);
    expect(`${error.message} ${error.hint}`).toMatch(/--(?:key-passphrase|signing-key)/);
    expect(`${error.message} ${error.hint}`).not.toMatch(/open (?:sesame|barley)/);
  });
});

describe('the kid of a signing key', () => {
  const pair = (kid: string, namedCurve: string) => ({
    ...generateKeyPairSync('ec', { namedCurve }).privateKey.export({ format: 'jwk' }),
    kid,
  });
  const files = { set: JSON.stringify({ keys: [pair('a', 'P-256'), pair('b', 'P-384')] }), 'key.pem': pem };

  it.each([
    ['chooses in a set', 'set', 'b', { kid: 'b', algorithm: { name: 'ES384' } }],
    ['names a key in PEM', 'key.pem', 'mine', { kid: 'mine', algorithm: { name: 'EdDSA' } }],
  ])('%s', async (_, file, kid, expected) => {
    const argv = ['--signing-key', file, '--signing-kid', kid];
    expect((await settle(argv, { files }).settled).credentials.signingKey).toMatchObject(expected);
  });

  it('has to be in the set', async () => {
    const { settled } = settle(['--signing-key', 'set', '--signing-kid', 'c'], { files });
    await expect(settled).rejects.toMatchObject({
      message: 'set has no key with the kid c that can sign.',
      hint: '--signing-kid names it. The file has: a, b.',
    });
  });
});

describe('an option that is about a key', () => {
  const env = { MINE: 'x', OAUTH_CODE_KEY_PASSPHRASE_ENV: 'MINE' };
  it.each([
    ['--signing-alg', 'ES256'],
    ['--signing-kid', 'a'],
    ['--key-passphrase-env', 'MINE'],
    ['--key-passphrase-file', 'file'],
  ])('%s is refused without any key', async (...argv) => {
    const { settled } = settle(argv, { env: { MINE: 'x' } });
    await expect(settled).rejects.toBeInstanceOf(UsageError);
    await expect(settled).rejects.toThrow(`${argv[0]} needs a key.`);
  });

  it.each<[string, string[], Record<string, string>]>([
    ['an algorithm for the secret', ['--signing-alg', 'HS512'], { OAUTH_CODE_CLIENT_SECRET: 'long enough' }],
    ['a passphrase in a variable', [], env],
    ['a passphrase of another key', ['--key-passphrase-env', 'MINE', '--decryption-key', 'k.pem'], env],
  ])('%s is taken', async (_, argv, given) => {
    await expect(settle(argv, { env: given }).settled).resolves.toMatchObject({
      credentials: { clientId: 'app' },
    });
  });
});
