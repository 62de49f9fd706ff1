import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyIdpConfig } from '../../src/idp/idp-config.ts';
import { json } from '../../src/idp/misbehaviours/reply.ts';
import type { Script } from '../../src/idp/misbehaviours/scripted-server.ts';
import { type RunningIdp, startIdp } from '../../src/idp/start-idp.ts';
import { decryptJwe } from '../../src/jose/decrypt-jwe.ts';
import { decodeJwt } from '../../src/jose/jwt.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { loginAsPerson } from './person-login.ts';
import { failureOf, follow, loginAgainst, objectionsIn, resultOf } from './scripted-login.ts';

const folder = mkdtempSync(join(tmpdir(), 'oauth-code-object-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string) => join(folder, name);

function keyFile(name: string, pair: { privateKey: KeyObject; publicKey: KeyObject }) {
  writeFileSync(path(name), pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { file: path(name), publicKey: pair.publicKey, jwk: pair.publicKey.export({ format: 'jwk' }) };
}
const rsa = keyFile('rsa.pem', generateKeyPairSync('rsa', { modulusLength: 2048 }));
const ec = keyFile('ec.pem', generateKeyPairSync('ec', { namedCurve: 'P-256' }));

const signing: Script = {
  client: { clientId: 'client-1', method: 'private_key_jwt', publicKey: rsa.publicKey },
};
const withKey = ['--signing-key', rsa.file];

function headerAndClaims(object: string) {
  const decoded = decodeJwt(object);
  if (decoded.type !== 'jws') throw new Error(`It is ${decoded.type}.`);
  return decoded;
}

describe('a request object', () => {
  it('stands for the parameters in the URL, each of its own type', async () => {
    const args = [
      ...withKey,
      '--request-object',
      '--max-age',
      '60',
      '--claims',
      '{"id_token":{"email":null}}',
    ];
    const login = await loginAgainst(signing, {
      args: [
        ...args,
        '--resource',
        'https://a.example/',
        '--resource',
        'https://b.example/',
        '--no-verify',
        'id-token-auth-time',
      ],
    });
    resultOf(login);
    expect(login.complaints).toEqual([]);
    const { searchParams } = new URL(login.opened[0]?.url ?? '');
    expect([...searchParams.keys()]).toEqual(['client_id', 'response_type', 'scope', 'request']);
    const { header, claims } = headerAndClaims(searchParams.get('request') ?? '');
    expect(header).toEqual({ alg: 'RS256', typ: 'oauth-authz-req+jwt' });
    expect(claims).toMatchObject({
      iss: 'client-1',
      aud: login.server.issuer,
      max_age: 60,
      claims: { id_token: { email: null } },
      resource: ['https://a.example/', 'https://b.example/'],
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{22,}$/),
      nonce: expect.any(String),
      jti: expect.any(String),
    });
  });

  it('is signed with an algorithm that the server takes', async () => {
    const metadata: Script['metadata'] = (sound) => ({
      ...sound,
      request_object_signing_alg_values_supported: ['ES256'],
    });
    const login = await loginAgainst({ ...signing, metadata }, { args: [...withKey, '--request-object'] });
    expect(failureOf(login).error).toMatchObject({
      exit_code: 2,
      message: expect.stringContaining('a request object has to be signed with ES256'),
    });
  });

  it('is pushed with --par, the client beside it', async () => {
    const login = await loginAgainst(
      { ...signing, par: (sound) => sound },
      { args: [...withKey, '--request-object', '--par'] },
    );
    resultOf(login);
    expect(login.complaints).toEqual([]);
    const [par] = login.server.requests.filter(({ endpoint }) => endpoint === 'par');
    expect([...new URLSearchParams(par?.body).keys()]).toEqual([
      'client_id',
      'request',
      'client_assertion_type',
      'client_assertion',
    ]);
    expect([...new URL(login.opened[0]?.url ?? '').searchParams.keys()]).toEqual([
      'client_id',
      'request_uri',
    ]);
  });

  it('is encrypted alone to the key of the server, its claims as they are', async () => {
    const server = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const jwk = { ...server.publicKey.export({ format: 'jwk' }), kid: 'e', use: 'enc' };
    const secret = { ...server.privateKey.export({ format: 'jwk' }), use: 'enc' } as JsonObject;
    const keys: Script['keys'] = (sound) =>
      typeof sound === 'string' ? sound : json(200, { keys: [...JSON.parse(String(sound.body)).keys, jwk] });
    const login = await loginAgainst(
      { keys },
      {
        args: ['--request-object-encryption', 'RSA-OAEP-256/A256GCM'],
        // The server decrypts it.
        async visit(opened) {
          const place = new URL(opened);
          const object = place.searchParams.get('request') ?? '';
          const { header } = decodeJwt(object) as { header: JsonObject };
          expect(header).toEqual({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'e' });
          const { plaintext } = await decryptJwe(object, header, {
            type: 'keys',
            form: 'JWK',
            keys: [secret],
          });
          const { iss, aud, jti, iat, nbf, exp, ...parameters } = JSON.parse(
            Buffer.from(plaintext ?? []).toString('utf8'),
          );
          await follow(`${place.origin}${place.pathname}?${new URLSearchParams(parameters)}`);
        },
      },
    );
    resultOf(login);
    expect(login.complaints).toEqual([]);
  });

  it('is put into a file for the URL that the user hosts', async () => {
    const url = 'https://client.example/request.jwt';
    const login = await loginAgainst(signing, {
      args: [...withKey, '--request-uri', url, '--request-object-file', path('request.jwt')],
      // The server fetches what is hosted.
      async visit(opened) {
        const place = new URL(opened);
        expect(place.searchParams.get('request_uri')).toBe(url);
        place.searchParams.delete('request_uri');
        place.searchParams.set('request', readFileSync(path('request.jwt'), 'utf8'));
        await follow(place.href);
      },
    });
    resultOf(login);
    expect(login.complaints).toEqual([]);
  });

  it('is made by itself where the server demands it and there is a key', async () => {
    const metadata: Script['metadata'] = (sound) => ({ ...sound, require_signed_request_object: true });
    const login = await loginAgainst({ ...signing, metadata }, { args: withKey });
    expect(objectionsIn(resultOf(login).checks)).toEqual([]);
    expect(new URL(login.opened[0]?.url ?? '').searchParams.has('request')).toBe(true);
    const plain = await loginAgainst({ metadata });
    expect(objectionsIn(resultOf(plain).checks)).toEqual(['metadata-demands']);
  });

  it.each<[string[], string]>([
    [['--request-object'], 'A request object is signed, and there is no key.'],
    [[...withKey, '--request-uri', 'https://c.example/r'], '--request-uri needs --request-object-file too.'],
    [[...withKey, '--request-object-file', 'r.jwt'], '--request-object-file needs --request-uri too.'],
    [
      [...withKey, '--par', '--request-uri', 'https://c.example/r', '--request-object-file', 'r.jwt'],
      '--par and --request-uri exclude each other.',
    ],
    [
      [...withKey, '--request-object', '--param', 'request=x'],
      '--param sets request, which is the object itself.',
    ],
    [
      [...withKey, '--request-uri', 'https://c.example/r', '--request-object-file', rsa.file],
      `${rsa.file} exists already and is not a request object.`,
    ],
    [['--request-object-encryption', 'RSA1_5'], '--request-object-encryption is "RSA1_5".'],
    [
      ['--request-object-encryption', 'auto'],
      'The server publishes no key that a request object can be encrypted to.',
    ],
  ])('of %j is refused with the reason, and nothing is opened', async (args, message) => {
    const login = await loginAgainst({}, { args, afterKeys: false });
    expect(failureOf(login).error).toMatchObject({ exit_code: 2, message });
    expect(login.browserOpened).toBe(false);
  });
});

describe('against oidc-provider', () => {
  let idp: RunningIdp;
  beforeAll(async () => {
    const client = {
      client_id: 'signer',
      token_endpoint_auth_method: 'private_key_jwt',
      redirect_uris: ['http://127.0.0.1:8378/callback'],
      jwks: {
        keys: [
          { ...rsa.jwk, kid: 'r' },
          { ...ec.jwk, kid: 'e' },
        ],
      },
    };
    idp = await startIdp({ port: 0, config: { ...emptyIdpConfig, clients: [client] } });
  });
  afterAll(() => idp.close());

  const signer = ['--client-id', 'signer', '--json'];

  it.each<[string, string[]]>([
    ['signed with RSA', ['--signing-key', rsa.file, '--request-object']],
    ['signed with an elliptic curve', ['--signing-key', ec.file, '--request-object']],
    ['signed and pushed', ['--signing-key', rsa.file, '--request-object', '--par']],
    [
      'signed and encrypted',
      ['--signing-key', rsa.file, '--request-object', '--request-object-encryption', 'auto'],
    ],
    [
      'signed, encrypted and pushed',
      [
        '--signing-key',
        ec.file,
        '--request-object',
        '--par',
        '--request-object-encryption',
        'ECDH-ES/A128CBC-HS256',
      ],
    ],
  ])('one that is %s ends in a login of the person', async (_, args) => {
    const { status, stdout, stderr, url } = await loginAsPerson(idp, [...signer, ...args]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(JSON.parse(stdout).userinfo).toMatchObject({ sub: 'alice' });
    expect(url.searchParams.has('state')).toBe(false);
  });

  it('one that is signed with the client secret does too', async () => {
    const args = [
      '--client-id',
      'demo-confidential',
      '--client-secret-env',
      'S',
      '--request-object',
      '--json',
    ];
    const { status, stderr } = await loginAsPerson(idp, args, { env: { S: 'demo-secret' } });
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});
