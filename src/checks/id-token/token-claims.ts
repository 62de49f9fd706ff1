import type { DecodedJws } from '../../jose/jwt.ts';
import { type HashAlgorithm, tokenHash, tokenHashSlip } from '../../jose/token-hash.ts';
import type { JsonObject, JsonValue } from '../../json/json.ts';
import { joined, own, say } from '../../say.ts';
import { comparedWith, fail, pass, skip, type Verdict, warn } from '../check-result.ts';
import { issuerDifference } from '../difference.ts';
import { listed, shownValue } from '../shown-value.ts';
import { headerType, type SignatureEvidence } from '../signed-jwt/judge-header.ts';

/** All that is known for judging an ID token. */
export interface IdTokenEvidence extends SignatureEvidence {
  readonly idToken: string;
  /** The issuer that was configured or discovered; null when none is known. */
  readonly issuer: string | null;
  /** null when it is not known, so that audiences cannot be compared with it. */
  readonly clientId: string | null;
  /** Audiences besides the client that the user trusts. */
  readonly trustedAudiences?: readonly string[] | undefined;
  /** As sent in the authorization request; absent when none was sent. */
  readonly nonce?: string | undefined;
  /** As sent in the authorization request (`max_age`). */
  readonly maxAgeSeconds?: number | undefined;
  /** As sent in the authorization request (`acr_values`). */
  readonly acrValues?: readonly string[] | undefined;
  /** Issued together with the ID token. */
  readonly accessToken?: string | undefined;
  /** The authorization code that the ID token came for, or with. */
  readonly code?: string | undefined;
  readonly now: Date;
  /** How far the clocks may be apart. */
  readonly clockToleranceSeconds: number;
  /** The server's clock minus the local one, when it was measured. */
  readonly clockSkewSeconds?: number | undefined;
  /** False for a token that came through the browser: its hashes are then required. */
  readonly fromTokenEndpoint: boolean;
}

/** What the user says about the ID tokens of a client. */
export type IdTokenRules = Pick<IdTokenEvidence, 'trustedAudiences' | 'registeredAlgorithm'>;

/** The clocks that every comparison of times needs. */
export type TimeEvidence = Pick<IdTokenEvidence, 'now' | 'clockToleranceSeconds' | 'clockSkewSeconds'>;

/**
 * Says that the ID token is a signed JWT, and remarks on a `typ` of another kind of token and on names given twice
 * (RFC 7519 §4, §7.2; RFC 8725 §3.11).
 */
export function judgeJwtType({ header, claimsJson }: Pick<DecodedJws, 'header' | 'claimsJson'>): Verdict {
  const type = header.typ === undefined ? 'jwt' : headerType(header);
  if (type !== 'jwt') {
    const compared = { expected: own('JWT'), received: shownValue(header.typ) };
    return warn('The typ of the header says that this is another kind of token.', compared);
  }
  const { duplicates } = claimsJson;
  return duplicates.length === 0
    ? pass('The ID token is a signed JWT.')
    : warn('Claims are given twice; of each the last value is read.', {
        received: String(listed(duplicates.map(shownValue))),
      });
}

/** Judges whether `iss` is the issuer, octet by octet (OIDC Core §3.1.3.7 2). */
export function judgeIss({ iss }: JsonObject, issuer: string | null): Verdict {
  const compared = comparedWith(issuer, iss);
  if (iss === undefined) return fail('iss is missing.', compared);
  if (typeof iss !== 'string') return fail('iss is not a string.', compared);
  if (issuer === null) return skip('No issuer is known to compare iss with.', compared);
  return iss === issuer
    ? pass('iss is the issuer.', compared)
    : fail(say`iss is not the issuer. ${issuerDifference(issuer, iss)}`, compared);
}

/**
 * Judges whether `aud` names the client and, besides, only audiences that the user trusts, whatever `azp` is (OIDC
 * Core §3.1.3.7 3, 4).
 */
export function judgeAud(
  { aud }: JsonObject,
  { clientId, trustedAudiences = [] }: Pick<IdTokenEvidence, 'clientId' | 'trustedAudiences'>,
): Verdict {
  const compared = comparedWith(clientId, aud);
  if (aud === undefined) return fail('aud is missing.', compared);
  const audiences = readAudiences(aud);
  if (audiences === undefined) return fail('aud is neither a string nor an array of strings.', compared);
  if (audiences.length === 0) return fail('aud is empty.', compared);
  if (clientId === null) return skip('No client is known to compare aud with.', compared);
  if (!audiences.includes(clientId))
    return fail('aud does not name this client: the token was issued for another one.', compared);
  const others = [...new Set(audiences)].filter((audience) => audience !== clientId);
  const untrusted = others.filter((audience) => !trustedAudiences.includes(audience));
  const named = (names: readonly string[]) =>
    say`aud also names ${listed(names.map(shownValue))}, which ${own(names.length === 1 ? 'is' : 'are')}`;
  if (others.length === 0) return pass('aud is this client.', compared);
  if (untrusted.length === 0) return pass(say`${named(others)} trusted.`, compared);
  const flags = joined(
    others.map((audience) => say`--trust-audience ${quotedWord(audience)}`),
    ' ',
  );
  return fail(say`${named(untrusted)} not trusted. To trust every audience of the token: ${flags}`, compared);
}

/** A word for a POSIX shell. */
function quotedWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** The audiences of an `aud` claim; undefined when it is neither a string nor an array of strings (RFC 7519 §4.1.3). */
export function readAudiences(aud: JsonValue | undefined): string[] | undefined {
  if (typeof aud === 'string') return [aud];
  if (!Array.isArray(aud)) return undefined;
  const audiences = aud.filter((audience) => typeof audience === 'string');
  return audiences.length === aud.length ? audiences : undefined;
}

/** Judges whether `azp` is the client when it is there (OIDC Core §3.1.3.7 4, 5). */
export function judgeAzp({ azp }: JsonObject, { clientId }: Pick<IdTokenEvidence, 'clientId'>): Verdict {
  const compared = comparedWith(clientId, azp);
  if (azp === undefined) return skip('There is no azp, which is optional.');
  if (typeof azp !== 'string') return fail('azp is not a string.', compared);
  if (clientId === null) return skip('No client is known to compare azp with.', compared);
  return azp === clientId
    ? pass('azp is this client.', compared)
    : fail('azp is another client: the token was issued to that one.', compared);
}

/** Judges whether `sub` is a string of 1 to 255 ASCII characters (OIDC Core §2). */
export function judgeSub({ sub }: JsonObject): Verdict {
  const compared = comparedWith(own('1 to 255 ASCII characters'), sub);
  if (sub === undefined) return fail('sub is missing.', compared);
  if (typeof sub !== 'string') return fail('sub is not a string.', compared);
  if (sub === '') return fail('sub is empty.', compared);
  if ([...sub].some((character) => (character.codePointAt(0) ?? 0) > 0x7f))
    return fail('sub is not ASCII.', compared);
  if (sub.length > 255) return fail(say`sub has ${sub.length} characters; the maximum is 255.`, compared);
  return pass('sub names the user.', { received: sub });
}

/** Judges whether `nonce` is the one that was sent, and absent when none was (OIDC Core §3.1.3.7 11). */
export function judgeNonce(
  { nonce: received }: JsonObject,
  { nonce, fromTokenEndpoint = true }: Partial<Pick<IdTokenEvidence, 'nonce' | 'fromTokenEndpoint'>>,
): Verdict {
  const compared = comparedWith(shownValue(nonce), received);
  if (nonce === undefined) {
    if (received === undefined)
      return fromTokenEndpoint
        ? skip('No nonce was sent.')
        : fail('No nonce was sent: the token could be of any request.');
    return fail('No nonce was sent, yet there is one: the token was issued for another request.', compared);
  }
  if (received === undefined) return fail('The nonce that was sent is missing.', compared);
  return received === nonce
    ? pass('nonce is the one that was sent.', compared)
    : fail('nonce is not the one that was sent: the token was issued for another request.', compared);
}

/** Remarks when `acr` is none of the values that were asked for, which the server need not meet (OIDC Core §3.1.3.7 12). */
export function judgeAcr(
  { acr }: JsonObject,
  { acrValues = [] }: Pick<IdTokenEvidence, 'acrValues'>,
): Verdict {
  if (acrValues.length === 0)
    return skip('No acr_values were asked for.', acr === undefined ? {} : { received: shownValue(acr) });
  const compared = comparedWith(shownValue(acrValues.join(' or ')), acr);
  if (acr === undefined) return warn('acr_values were asked for, and there is no acr.', compared);
  return typeof acr === 'string' && acrValues.includes(acr)
    ? pass('acr is among the values that were asked for.', compared)
    : warn('acr is not among the values that were asked for.', compared);
}

/** Judges whether `at_hash` is the hash of the access token; required unless it came from the token endpoint (OIDC Core §3.1.3.8, §3.2.2.9). */
export function judgeAtHash(
  claims: JsonObject,
  { accessToken, fromTokenEndpoint }: Pick<IdTokenEvidence, 'accessToken' | 'fromTokenEndpoint'>,
  hash: HashAlgorithm | undefined,
): Verdict {
  if (accessToken === undefined) return skip('There is no access token to compare at_hash with.');
  return compareTokenHash('at_hash', claims, ['the access token', accessToken], hash, fromTokenEndpoint);
}

/** Judges whether `c_hash` is the hash of the code; required unless it came from the token endpoint (OIDC Core §3.3.2.10, §3.3.2.11). */
export function judgeCHash(
  claims: JsonObject,
  { code, fromTokenEndpoint }: Pick<IdTokenEvidence, 'code' | 'fromTokenEndpoint'>,
  hash: HashAlgorithm | undefined,
): Verdict {
  if (code === undefined) return skip('There is no code to compare c_hash with.');
  return compareTokenHash('c_hash', claims, ['the authorization code', code], hash, fromTokenEndpoint);
}

/** Compares a hash claim with the hash of its token or code (OIDC Core §3.1.3.6). */
function compareTokenHash(
  name: 'at_hash' | 'c_hash',
  { [name]: claim }: JsonObject,
  [of, value]: readonly [of: string, value: string],
  hash: HashAlgorithm | undefined,
  isOptional: boolean,
): Verdict {
  if (claim === undefined && isOptional)
    return skip(`There is no ${name}; from the token endpoint it is optional.`);
  if (hash === undefined)
    return skip(say`The algorithm of the token is refused, so the hash of ${of} is not defined.`);
  const expected = tokenHash(value, hash);
  const compared = comparedWith(expected, claim);
  if (claim === undefined) return fail(`${name} is missing.`, compared);
  if (typeof claim !== 'string') return fail(`${name} is not a string.`, compared);
  if (claim === expected) return pass(say`${own(name)} is the hash of ${of}.`, compared);
  const slip = tokenHashSlip(value, claim, hash);
  return fail(say`${own(name)} is not the hash of ${of}.${slip === undefined ? '' : ` ${slip}`}`, compared);
}
