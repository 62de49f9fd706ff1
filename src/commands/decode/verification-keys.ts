import { momentText } from '../../checks/shown-value.ts';
import type { SignedJwt } from '../../checks/signed-jwt/judge-signature.ts';
import { chooseSecret, isKeyTextAttack } from '../../checks/signed-jwt/try-keys.ts';
import { jwsAlgorithm, verifyWithSecret } from '../../jose/jws.ts';
import type { JsonObject } from '../../json/json.ts';
import type { NamedKeyFile } from '../../settings/read-key.ts';
import type { Verification } from './decode-token.ts';

/** What verifies a token with the keys of a file: its public keys, or for a MAC the secret in it. */
export function verificationWithFile(
  { name, file, octets }: NamedKeyFile,
  jwt: SignedJwt,
  now: Date,
): Verification {
  const isMac = jwsAlgorithm(jwt.header.alg)?.scheme === 'hmac';
  if (file.type === 'secret') {
    const { octets: chosen, change } = chooseSecret(jwt, file.octets);
    const jwk = { kty: 'oct', k: Buffer.from(chosen).toString('base64url') };
    const keys = { type: 'jwk-set', keys: [jwk], problems: [] } as const;
    const given = { name, isNameless: true };
    const used = change === undefined ? [] : [`The secret in ${name} was used ${change}.`];
    const taken = `${name} is not PEM, DER, JWK or certificate, so it was used as a secret, which verifies HS256 and similar.`;
    return {
      verification: isMac ? { keys, clientSecret: chosen, given } : { keys, given },
      remarks: isMac ? used : [taken],
      source: name,
    };
  }
  const { keys, validTo } = file;
  const clientSecret = isMac ? secretAmong(keys, jwt) : undefined;
  const isNameless = keys.length === 1 && keys[0]?.kid === undefined;
  const isForged = isKeyTextAttack(jwt, octets);
  const expired = validTo !== undefined && validTo.getTime() < now.getTime();
  return {
    verification: {
      keys: { type: 'jwk-set', keys, problems: [] },
      ...(clientSecret === undefined ? {} : { clientSecret }),
      given: { name, isNameless },
    },
    remarks: [
      expired &&
        `The certificate in ${name} expired at ${momentText(validTo.getTime() / 1000, now)}; its key was used all the same.`,
      isForged &&
        `The token is a forgery: its MAC was made with the text of the public key in ${name} as the secret, which fools a verifier that lets the token choose the algorithm (RFC 8725 §2.1).`,
    ].filter((remark) => remark !== false),
    source: name,
  };
}

/** The symmetric key that verifies, else the one that the token names, else the first. */
function secretAmong(keys: readonly JsonObject[], jwt: SignedJwt): Uint8Array | undefined {
  const { header } = jwt;
  const algorithm = jwsAlgorithm(header.alg);
  const secrets = keys.filter(({ kty, k }) => kty === 'oct' && typeof k === 'string' && k !== '');
  const octets = secrets.map(({ kid, k }) => ({ kid, octets: Buffer.from(String(k), 'base64url') }));
  const chosen =
    octets.find((one) => algorithm !== undefined && verifyWithSecret(jwt, algorithm, one.octets)) ??
    octets.find(({ kid }) => kid !== undefined && kid === header.kid) ??
    octets[0];
  return chosen?.octets;
}
