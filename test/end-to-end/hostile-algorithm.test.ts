import { createPublicKey } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import type { Script, UnsignedIdToken } from '../../src/idp/misbehaviours/scripted-server.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { loginAgainst, outcomesOf, refusalOf, resultOf } from './scripted-login.ts';

const toTheToken = ['discovery', 'keys', 'authorize', 'token'];
const key1 = () => testKey('RS256', 'key-1');
const advertising =
  (...algorithms: readonly string[]) =>
  (sound: JsonObject) => ({ ...sound, id_token_signing_alg_values_supported: [...algorithms] });

it('refuses an algorithm that the server does not advertise, unless that is waived', async () => {
  const metadata = advertising('ES256');
  expect(refusalOf(await loginAgainst({ metadata }))).toMatchObject({
    status: 6,
    check: 'id-token-alg',
    failed: ['id-token-alg'],
    seen: toTheToken,
  });
  const waived = await loginAgainst({ metadata }, { args: ['--no-verify', 'id-token-alg'] });
  expect(outcomesOf(resultOf(waived).checks, 'id-token-alg')).toEqual(['warn']);
  expect(outcomesOf(resultOf(waived).checks, 'id-token-signature')).toEqual(['pass']);
});

describe('HS256', () => {
  const clientSecret = 'a-client-secret-of-more-than-32-octets';
  const client = { clientId: 'client-1', method: 'client_secret_post', clientSecret } as const;
  const asConfidential = { args: ['--client-secret-env', 'S'], surroundings: { env: { S: clientSecret } } };
  const macWith =
    (secret: string) =>
    ({ claims }: UnsignedIdToken) =>
      signedToken({ alg: 'HS256' }, claims, secret);

  it('with the client secret is verified where it is advertised', async () => {
    const script = { client, metadata: advertising('HS256'), idToken: macWith(clientSecret) };
    const login = await loginAgainst(script, asConfidential);
    expect(outcomesOf(resultOf(login).checks, 'id-token-signature')).toEqual(['pass']);
  });

  it('with another secret is refused', async () => {
    const script = {
      client,
      metadata: advertising('HS256'),
      idToken: macWith('another-secret-of-more-than-32-octets'),
    };
    const login = await loginAgainst(script, asConfidential);
    expect(refusalOf(login)).toMatchObject({ status: 6, failed: ['id-token-signature'], seen: toTheToken });
  });

  it('with the client secret is refused where it is not advertised', async () => {
    const login = await loginAgainst({ client, idToken: macWith(clientSecret) }, asConfidential);
    expect(refusalOf(login)).toMatchObject({ status: 6, failed: ['id-token-alg'], seen: toTheToken });
  });

  it('with the public key is refused even where HS256 is advertised', async () => {
    const pem = createPublicKey(key1().privateKey).export({ type: 'spki', format: 'pem' });
    const script: Script = {
      client,
      metadata: advertising('RS256', 'HS256'),
      idToken: macWith(String(pem)),
    };
    const login = await loginAgainst(script, asConfidential);
    expect(refusalOf(login)).toMatchObject({ status: 6, failed: ['id-token-signature'], seen: toTheToken });
  });
});
