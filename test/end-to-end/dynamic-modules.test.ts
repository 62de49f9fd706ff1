import { createPublicKey } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { json, type SeenRequest } from '../../src/idp/misbehaviours/reply.ts';
import {
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../../src/idp/misbehaviours/scripted-server.ts';
import { misbehaviours } from '../../src/idp/misbehaviours.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { follow, loginAgainst, objectionsIn, refusalOf, resultOf } from './scripted-login.ts';

/**
 * The modules of the client test plans of the OpenID Foundation `oidcc-client-dynamic-certification-test-plan` and
 * `oidcc-client-config-certification-test-plan`, in their order and without the `oidcc-client-test-` before each name:
 * the row of the scripted server, or what the server does, and the check that stops the login, or null where it has to
 * go on. Each client is registered first, with the metadata that the module asks for.
 */
interface Module {
  readonly row: string | null;
  readonly stops: string | null;
  /** What the client registers. */
  readonly metadata?: JsonObject;
  readonly args?: readonly string[];
}

const requestUri = 'https://client.example/request.jwt';
const modules: Readonly<Record<string, Module>> = {
  'discovery-openid-config': { row: null, stops: null },
  'discovery-jwks-uri-keys': { row: null, stops: null },
  'discovery-issuer-mismatch': { row: 'metadata-another-issuer', stops: 'metadata-issuer' },
  'request-uri-signed-rs256': {
    row: null,
    stops: null,
    metadata: { request_uris: [requestUri], request_object_signing_alg: 'RS256' },
    args: ['--request-uri', requestUri, '--request-object-file', 'FILE', '--signing-key', 'KEY'],
  },
  // For clients that asked for tokens without a signature; this one registers for RS256, and takes no others.
  'idtoken-sig-none': { row: 'id-token-not-signed', stops: 'id-token-alg' },
  'signing-key-rotation-just-before-signing': { row: 'new key before signing', stops: null },
  'userinfo-signed': {
    row: 'signed userinfo',
    stops: null,
    metadata: { userinfo_signed_response_alg: 'RS256' },
  },
};

/**
 * Not done here, and why:
 * - `discovery-webfinger-acct`, `discovery-webfinger-url`: the issuer is given; no account is asked for its issuer
 *   (OIDC Discovery §2).
 * - `request-uri-signed-none`: a request object is signed or encrypted; one that anybody could have made is not offered.
 */
const folder = mkdtempSync(join(tmpdir(), 'oauth-code-dynamic-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const clientKey = testKey('RS256', 'key of the client');
const files = { KEY: join(folder, 'key.pem'), FILE: join(folder, 'request.jwt') };
writeFileSync(files.KEY, clientKey.privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });

const newKey = testKey('RS256', 'key-2');
const signedAnew: NonNullable<Script['idToken']> = ({ header, claims }) =>
  signedToken({ ...header, kid: 'key-2' }, claims, newKey);
const scripts: Readonly<Record<string, () => Script>> = {
  'new key before signing': () => ({
    idToken: signedAnew,
    keys: (sound, asked) => (asked === 1 ? sound : json(200, { keys: [newKey.jwk] })),
  }),
  'signed userinfo': () => ({
    userinfo: (claims, { url }) => ({
      status: 200,
      headers: { 'content-type': 'application/jwt' },
      body: signedToken(
        { alg: 'RS256', kid: 'key-1' },
        { ...claims, iss: url.origin, aud: 'client-1' },
        testKey('RS256', 'key-1'),
      ),
    }),
  }),
};

const secret = 'a-secret-of-32-characters-or-more';

/** A server at which the client is registered that the script knows. */
function withRegistration(script: Script): Script {
  const { metadata = (sound) => sound, before } = script;
  return {
    ...script,
    client: {
      clientId: 'client-1',
      method: 'client_secret_basic',
      clientSecret: secret,
      publicKey: createPublicKey(clientKey.privateKey),
    },
    metadata: (sound) => metadata({ ...sound, registration_endpoint: `${sound.issuer}/register` }),
    before: (request) =>
      request.endpoint === 'register'
        ? json(201, {
            ...JSON.parse(request.body),
            ...{ client_id: 'client-1', client_secret: secret, client_secret_expires_at: 0 },
          })
        : before?.(request),
  };
}

const registered = ({ requests }: ScriptedServer): JsonObject[] =>
  requests.filter(({ endpoint }) => endpoint === 'register').map(({ body }) => JSON.parse(body));

describe.concurrent('a client of the dynamic plan', () => {
  const withSecret = ['--client-secret-env', 'SECRET'];
  const surroundings = { env: { SECRET: secret } };
  const hosted = async (url: string) => {
    const place = new URL(url);
    // The server fetches what is hosted.
    if (place.searchParams.get('request_uri') === requestUri) {
      place.searchParams.delete('request_uri');
      place.searchParams.set('request', readFileSync(files.FILE, 'utf8'));
    }
    await follow(place.href);
  };

  it.each(Object.entries(modules))('%s', async (_, { row, stops, metadata = {}, args = [] }) => {
    const found =
      row === null ? {} : (scripts[row]?.() ?? misbehaviours.find(({ id }) => id === row)?.script);
    if (found === undefined) throw new Error(`There is no row ${row}.`);
    const script = withRegistration(found);
    const server = await startScriptedServer(script);
    try {
      const asked = { token_endpoint_auth_method: 'client_secret_basic', ...metadata };
      const named = await loginAgainst(script, {
        ...{ server, command: ['register'], args: ['--metadata', JSON.stringify(asked)] },
      });
      if (stops === 'metadata-issuer') {
        expect(refusalOf(named)).toMatchObject({ status: 6, check: stops, seen: ['discovery'] });
      } else {
        expect(named.status, named.stderr).toBe(0);
        expect(registered(server)).toEqual([expect.objectContaining(asked)]);
      }
      const login = await loginAgainst(script, {
        ...{ server, surroundings, visit: hosted },
        args: [...withSecret, ...args.map((arg) => files[arg as keyof typeof files] ?? arg)],
      });
      expect(login.complaints).toEqual([]);
      if (stops !== null) {
        expect(refusalOf(login)).toMatchObject({ status: 6, check: stops });
        expect(login.seen).not.toContain(stops === 'metadata-issuer' ? 'authorize' : 'userinfo');
        return;
      }
      expect(objectionsIn(resultOf(login).checks)).toEqual([]);
      expect(login.seen).toEqual(expect.arrayContaining(['discovery', 'keys', 'token', 'userinfo']));
    } finally {
      await server.close();
    }
  });

  it('dynamic-registration', async () => {
    const login = await loginAgainst(withRegistration({}), {
      args: ['--register', '--auth-method', 'client_secret_basic'],
    });
    expect(resultOf(login).client_id).toBe('client-1');
    expect(login.complaints).toEqual([]);
    expect(registered(login.server)).toMatchObject([
      { application_type: 'native', response_types: ['code'], redirect_uris: [expect.any(String)] },
    ]);
  });

  it('signing-key-rotation', async () => {
    let logins = 0;
    const isOfSecond = () => logins > 1;
    const script = withRegistration({
      before: ({ endpoint }: SeenRequest) => {
        if (endpoint === 'authorize') logins += 1;
        return undefined;
      },
      idToken: (sound) =>
        isOfSecond() ? signedAnew(sound) : signedToken(sound.header, sound.claims, sound.key),
      keys: (sound) => (isOfSecond() ? json(200, { keys: [newKey.jwk] }) : sound),
    });
    const server = await startScriptedServer(script);
    try {
      for (const keys of [1, 2]) {
        const login = await loginAgainst(script, { server, surroundings, args: withSecret });
        expect(objectionsIn(resultOf(login).checks)).toEqual([]);
        expect(login.seen.filter((endpoint) => endpoint === 'keys').length).toBeGreaterThanOrEqual(keys);
      }
    } finally {
      await server.close();
    }
  });
});
