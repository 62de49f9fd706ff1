import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import * as jose from 'jose';
import { describe, expect, it } from 'vitest';
import { signedToken, testKey } from '../../src/idp/misbehaviours/forged-token.ts';
import { importPublicKey } from '../../src/jose/jwk.ts';
import {
  type JwsAlgorithm,
  jwsAlgorithm,
  type SignedInput,
  verifyWithPublicKey,
  verifyWithSecret,
} from '../../src/jose/jws.ts';
import type { JsonObject } from '../../src/json/json.ts';
import { soundClaims } from '../checks/token-maker.ts';

function takeApart(token: string): SignedInput {
  const end = token.lastIndexOf('.');
  return { signingInput: token.slice(0, end), signature: Buffer.from(token.slice(end + 1), 'base64url') };
}

function algorithmOf(name: string): JwsAlgorithm {
  const algorithm = jwsAlgorithm(name);
  if (algorithm === undefined) throw new Error(`${name} is unknown`);
  return algorithm;
}

async function verifies(token: string, alg: string, jwk: JsonObject): Promise<boolean> {
  const key = importPublicKey(jwk);
  if (key === undefined) throw new Error('The key cannot be imported.');
  return verifyWithPublicKey(takeApart(token), algorithmOf(alg), key);
}

const joeClaims =
  'eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ';

const vectors = [
  {
    name: 'RFC 7515 A.2 (RS256)',
    alg: 'RS256',
    token: `eyJhbGciOiJSUzI1NiJ9.${joeClaims}.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw`,
    jwk: {
      kty: 'RSA',
      n: 'ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ',
      e: 'AQAB',
    },
  },
  {
    name: 'RFC 7515 A.3 (ES256)',
    alg: 'ES256',
    token: `eyJhbGciOiJFUzI1NiJ9.${joeClaims}.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q`,
    jwk: {
      kty: 'EC',
      crv: 'P-256',
      x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
      y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
    },
  },
  {
    name: 'RFC 8037 A.4 (Ed25519)',
    alg: 'EdDSA',
    token:
      'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg',
    jwk: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
  },
];

const asymmetric = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'ES256K', 'EdDSA', 'Ed25519', 'Ed448'],
];

describe('the signature of a JWS', () => {
  it.each(vectors)('verifies as in $name', async ({ alg, token, jwk }) => {
    expect(await verifies(token, alg, jwk)).toBe(true);
    expect(await verifies(token.replace('.', 'A.'), alg, jwk)).toBe(false);
  });

  it.each(asymmetric)('verifies with %s, and not once an octet differs', async (alg) => {
    const key = testKey(alg);
    const token = signedToken({ alg }, soundClaims, key);
    expect(await verifies(token, alg, key.jwk)).toBe(true);
    expect(await verifies(token, alg, testKey(alg, 'key-2').jwk)).toBe(false);
    const { signingInput, signature } = takeApart(token);
    const altered = Buffer.from(signature);
    altered[5] = (altered[5] ?? 0) ^ 1;
    expect(await verifies(`${signingInput}.${altered.toString('base64url')}`, alg, key.jwk)).toBe(false);
  });

  it.each([
    'RS256',
    'RS384',
    'RS512',
    'PS256',
    'PS384',
    'PS512',
    'ES256',
    'ES384',
    'ES512',
    'EdDSA',
    'Ed25519',
  ])('agrees with jose on %s', async (alg) => {
    const { publicKey, privateKey } = await jose.generateKeyPair(alg, { extractable: true });
    const token = await new jose.SignJWT({ sub: 'user-1' }).setProtectedHeader({ alg }).sign(privateKey);
    const jwk = (await jose.exportJWK(publicKey)) as JsonObject;
    expect(await verifies(token, alg, jwk)).toBe(true);
  });

  it.each(['HS256', 'HS384', 'HS512'])('verifies %s with the UTF-8 octets of the secret', (alg) => {
    const jws = takeApart(signedToken({ alg }, soundClaims, 'sécret'));
    expect(verifyWithSecret(jws, algorithmOf(alg), 'sécret')).toBe(true);
    expect(verifyWithSecret(jws, algorithmOf(alg), 'secret')).toBe(false);
    expect(verifyWithSecret({ ...jws, signature: new Uint8Array() }, algorithmOf(alg), 'sécret')).toBe(false);
  });

  it('never takes a public key for the secret of an HMAC, nor an asymmetric algorithm for one', async () => {
    const { jwk } = testKey('RS256');
    const key = importPublicKey(jwk);
    if (key === undefined) throw new Error('The key cannot be imported.');
    const pem = key.export({ type: 'spki', format: 'pem' });
    const signingInput = 'e30.e30';
    const jws = { signingInput, signature: createHmac('sha256', pem).update(signingInput).digest() };
    expect(await verifyWithPublicKey(jws, algorithmOf('HS256'), key)).toBe(false);
    expect(verifyWithSecret(jws, algorithmOf('RS256'), String(pem))).toBe(false);
  });

  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('calls an arbitrary signature false with %s', async (alg) => {
    const key = importPublicKey(testKey(alg).jwk);
    if (key === undefined) throw new Error('The key cannot be imported.');
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.uint8Array({ maxLength: 600 }), async (signingInput, signature) => {
        expect(await verifyWithPublicKey({ signingInput, signature }, algorithmOf(alg), key)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it.each(['none', 'None', 'RS1', 'HS1', '__proto__', 'constructor', '', undefined, 5, null])(
    'knows no algorithm called %j',
    (name) => {
      expect(jwsAlgorithm(name)).toBeUndefined();
    },
  );
});
