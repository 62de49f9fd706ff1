import { chooseSecret, isKeyTextAttack } from '../../checks/signed-jwt/choose-secret.ts';
import type { SignedJwt } from '../../checks/signed-jwt/judge-signature.ts';
import type { JsonObject } from '../../protocol/json.ts';
import { jwsAlgorithm } from '../../protocol/jws-algorithm.ts';
import type { NamedKeyFile } from './decoding-settings.ts';
import type { Verification } from './token-rules.ts';

/** What verifies a token with the keys of a file: its public keys, or for a MAC the secret in it. */
export function verificationWithFile(
  { name, file, octets }: NamedKeyFile,
  jwt: SignedJwt,
  now: Date,
): Verification {
  const isMac = jwsAlgorithm(jwt.header.alg)?.scheme === 'hmac';
  const secret = file.type === 'secret' ? file.octets : isMac ? secretAmong(file.keys, jwt) : undefined;
  if (secret !== undefined) {
    const { octets: chosen, change } =
      file.type === 'secret' ? chooseSecret(jwt, secret) : { octets: secret, change: undefined };
    const given = { name, isNameless: true };
    return {
      verification: isMac
        ? { keys: { type: 'jwk-set', keys: [], problems: [] }, clientSecret: chosen, given }
        : { keys: { type: 'jwk-set', keys: [], problems: [] }, given },
      remarks: isMac
        ? change === undefined
          ? []
          : [`The secret in ${name} was used ${change}.`]
        : [
            `${name} is no PEM, DER, JWK or certificate, so it was taken for a secret, which verifies HS256 and the like.`,
          ],
      source: name,
    };
  }
  const keys = file.type === 'keys' ? file.keys : [];
  const [only] = keys;
  const isNameless = keys.length === 1 && only?.kid === undefined;
  return {
    verification: { keys: { type: 'jwk-set', keys, problems: [] }, given: { name, isNameless } },
    remarks: [...expiryRemark({ name, file, octets }, now), ...attackRemark(name, octets, jwt)],
    source: name,
  };
}

/** The symmetric key that the token names, else the first. */
function secretAmong(keys: readonly JsonObject[], { header }: SignedJwt): Uint8Array | undefined {
  const secrets = keys.filter(({ kty, k }) => kty === 'oct' && typeof k === 'string' && k !== '');
  const chosen = secrets.find(({ kid }) => kid !== undefined && kid === header.kid) ?? secrets[0];
  return typeof chosen?.k === 'string' ? Buffer.from(chosen.k, 'base64url') : undefined;
}

function expiryRemark({ name, file }: NamedKeyFile, now: Date): readonly string[] {
  if (file.type !== 'keys' || file.validTo === undefined || file.validTo.getTime() >= now.getTime())
    return [];
  return [
    `The certificate in ${name} expired at ${file.validTo.toISOString()}; its key was used all the same.`,
  ];
}

function attackRemark(name: string, octets: Uint8Array, jwt: SignedJwt): readonly string[] {
  return isKeyTextAttack(jwt, octets)
    ? [
        `The token is a forgery: its MAC was made with the text of the public key in ${name} as the secret, which fools a verifier that lets the token choose the algorithm (RFC 8725 §2.1).`,
      ]
    : [];
}
