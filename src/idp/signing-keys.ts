import { generateKeyPair, type JsonWebKey, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const generate = promisify(generateKeyPair);

/** A private key as JWK (RFC 7517 §4). */
export interface PrivateJwk extends JsonWebKey {
  readonly kid: string;
  readonly use: 'sig';
}

const privateJwk = (key: { export(options: { format: 'jwk' }): JsonWebKey }, kid: string): PrivateJwk => ({
  ...key.export({ format: 'jwk' }),
  kid,
  use: 'sig',
});

/**
 * Makes one fresh private key each for RS256 and PS256 (RSA, 2048 bit), ES256 and EdDSA, the RSA key first. Key ids
 * differ from run to run, so that a client which kept old keys notices.
 */
export async function createSigningKeys(): Promise<readonly PrivateJwk[]> {
  const [rsa, ec, ed25519] = await Promise.all([
    generate('rsa', { modulusLength: 2048 }),
    generate('ec', { namedCurve: 'P-256' }),
    generate('ed25519', {}),
  ]);
  const run = randomBytes(4).toString('hex');
  return [
    privateJwk(rsa.privateKey, `rsa-${run}`),
    privateJwk(ec.privateKey, `ec-${run}`),
    privateJwk(ed25519.privateKey, `ed25519-${run}`),
  ];
}
