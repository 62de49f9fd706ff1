import { decodeJwt } from '../jose/jwt.ts';
import type { JsonObject, JsonValue } from '../json/json.ts';
import { own, say } from '../say.ts';
import { type CheckResult, fail, pass, skip, underId, type Verdict, warn } from './check-result.ts';
import { canonical } from './metadata.ts';
import { listed, shownValue } from './shown-value.ts';
import { tryKeys } from './signed-jwt/try-keys.ts';

/** An issuer that is trusted, with its keys. */
interface TrustedIssuer {
  readonly issuer: string | null;
  readonly keys: readonly JsonObject[];
}

/**
 * Judges the metadata of a resource or server that is signed too: whether it says the same as the plain one, and whether
 * its issuer signed it, where the keys of that issuer are at hand (RFC 9728 §2.2, §3.3, RFC 8414 §2.1).
 */
export async function checkSignedMetadata(
  document: JsonObject,
  trusted?: TrustedIssuer,
): Promise<readonly CheckResult[]> {
  const { signed_metadata: signed } = document;
  return signed === undefined ? [] : [underId('signed-metadata', await judge(document, signed, trusted))];
}

async function judge(
  document: JsonObject,
  signed: JsonValue,
  trusted: TrustedIssuer | undefined,
): Promise<Verdict> {
  const jwt = decodeJwt(String(signed));
  if (jwt.type !== 'jws') return fail('signed_metadata is not a signed JWT.');
  const { claims } = jwt;
  if (typeof claims.iss !== 'string') return fail('signed_metadata has no iss, which says who signs it.');
  if (claims.signed_metadata !== undefined)
    return fail('signed_metadata has a claim of that name, for which clients reject it.');
  const { iss } = claims;
  const differing = Object.keys(claims).filter(
    (name) => Object.hasOwn(document, name) && canonical(document[name]) !== canonical(claims[name]),
  );
  const values =
    differing.length === 0
      ? own('The signed metadata agrees with the plain one.')
      : say`The signed metadata differs from the plain one in ${listed(differing, 10)}: clients that support it use the signed values.`;
  const [agreed, known] = differing.length === 0 ? [pass, skip] : [warn, warn];
  // An address that a document names for its own signature proves nothing: it is not asked for keys (RFC 9728 §3.3).
  if (trusted?.issuer !== iss)
    return known(
      say`${values} It was not verified: the keys of ${iss} are not at hand here${own(trusted === undefined ? '' : ', and nothing else says that it may be trusted')}.`,
    );
  const trials = await tryKeys(jwt, trusted.keys, undefined);
  if (trials.some(({ outcome }) => outcome === 'verified'))
    return agreed(say`${values} A key of ${iss} verifies its signature.`);
  const { alg } = jwt.header;
  return trials.length === 0 && alg !== 'none'
    ? known(say`${values} It was not verified: no key of ${iss} is for ${shownValue(alg)}.`)
    : fail(say`No fitting key of ${iss} verifies the signature of signed_metadata.`);
}
