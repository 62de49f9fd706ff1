import type { DecodedJws } from '../../jose/jwt.ts';
import { type HashAlgorithm, tokenHash, tokenHashSlip } from '../../jose/token-hash.ts';
import type { JsonObject, JsonValue } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { issuerDifference } from '../issuer-difference.ts';
import { listed, shownValue } from '../shown-value.ts';
import type { SignatureEvidence } from '../signed-jwt/judge-header.ts';

/** All that is known for judging an ID token. */
export interface IdTokenEvidence extends SignatureEvidence {
  readonly idToken: string;
  /** The issuer that was configured or discovered; null when none is known. */
  readonly issuer: string | null;
  /** null when it is not known, so that audiences cannot be compared with it. */
  readonly clientId: string | null;
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

/** What every comparison of times needs. */
export type TimeEvidence = Pick<IdTokenEvidence, 'now' | 'clockToleranceSeconds' | 'clockSkewSeconds'>;

/**
 * Says that the ID token is a signed JWT, and remarks on a `typ` of another kind of token and on names given twice
 * (RFC 7519 §4, §7.2; RFC 8725 §3.11).
 */
export function checkIdTokenType({
  header,
  claimsJson,
}: Pick<DecodedJws, 'header' | 'claimsJson'>): CheckResult {
  const { typ } = header;
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  if (type !== undefined && type !== 'jwt') {
    return checkResult('id-token', 'warn', 'The typ of the header says that this is another kind of token.', {
      expected: 'JWT',
      received: shownValue(typ),
    });
  }
  const { duplicates } = claimsJson;
  return duplicates.length === 0
    ? checkResult('id-token', 'pass', 'The ID token is a signed JWT.')
    : checkResult('id-token', 'warn', 'Claims are given twice; of each the last value is read.', {
        received: listed(duplicates.map(shownValue)),
      });
}

/** Checks that `iss` is the issuer, octet by octet (OIDC Core §3.1.3.7 2). */
export function checkIdTokenIss(
  { iss }: JsonObject,
  { issuer }: Pick<IdTokenEvidence, 'issuer'>,
): CheckResult {
  const id = 'id-token-iss';
  const received = shownValue(iss);
  if (typeof iss !== 'string') {
    return checkResult(id, 'fail', iss === undefined ? 'iss is missing.' : 'iss is no string.', {
      ...(issuer === null ? {} : { expected: issuer }),
      received,
    });
  }
  if (issuer === null)
    return checkResult(id, 'skipped', 'No issuer is known to compare iss with.', { received });
  return iss === issuer
    ? checkResult(id, 'pass', 'iss is the issuer.', { expected: issuer, received })
    : checkResult(id, 'fail', `iss is not the issuer. ${issuerDifference(issuer, iss)}`, {
        expected: issuer,
        received,
      });
}

/**
 * Checks that `aud` names the client; further audiences are remarked unless `azp` says that the token is the
 * client's (OIDC Core §3.1.3.7 3, 4).
 */
export function checkIdTokenAud(
  { aud, azp }: JsonObject,
  { clientId }: Pick<IdTokenEvidence, 'clientId'>,
): CheckResult {
  const compared = { ...(clientId === null ? {} : { expected: clientId }), received: shownValue(aud) };
  const fail = (detail: string) => checkResult('id-token-aud', 'fail', detail, compared);
  if (aud === undefined) return fail('aud is missing.');
  const audiences = readAudiences(aud);
  if (audiences === undefined) return fail('aud is neither a string nor an array of strings.');
  if (audiences.length === 0) return fail('aud is empty.');
  if (clientId === null)
    return checkResult('id-token-aud', 'skipped', 'No client is known to compare aud with.', compared);
  if (!audiences.includes(clientId))
    return fail('aud does not name this client: the token was issued for another one.');
  const others = audiences.filter((audience) => audience !== clientId).map(shownValue);
  if (others.length === 0) return checkResult('id-token-aud', 'pass', 'aud is this client.', compared);
  return azp === clientId
    ? checkResult(
        'id-token-aud',
        'pass',
        `aud also names ${listed(others)}, and azp is this client.`,
        compared,
      )
    : checkResult(
        'id-token-aud',
        'warn',
        `aud also names ${listed(others)}; only trust the token if you trust those.`,
        compared,
      );
}

/** The audiences of an `aud` claim; undefined when it is neither a string nor an array of strings (RFC 7519 §4.1.3). */
export function readAudiences(aud: JsonValue | undefined): string[] | undefined {
  if (typeof aud === 'string') return [aud];
  if (!Array.isArray(aud)) return undefined;
  const audiences = aud.filter((audience) => typeof audience === 'string');
  return audiences.length === aud.length ? audiences : undefined;
}

/** Checks that `azp` is the client when it is there, and that it is there beside several audiences (OIDC Core §3.1.3.7 4, 5). */
export function checkIdTokenAzp(
  { aud, azp }: JsonObject,
  { clientId }: Pick<IdTokenEvidence, 'clientId'>,
): CheckResult {
  if (azp === undefined) {
    const several = (readAudiences(aud)?.length ?? 0) > 1;
    return several
      ? checkResult(
          'id-token-azp',
          'warn',
          'There are several audiences and no azp says for whom the token is.',
          { ...(clientId === null ? {} : { expected: clientId }), received: shownValue(azp) },
        )
      : checkResult('id-token-azp', 'skipped', 'There is no azp, and with one audience none is needed.');
  }
  const compared = { ...(clientId === null ? {} : { expected: clientId }), received: shownValue(azp) };
  if (typeof azp !== 'string') return checkResult('id-token-azp', 'fail', 'azp is no string.', compared);
  if (clientId === null)
    return checkResult('id-token-azp', 'skipped', 'No client is known to compare azp with.', compared);
  return azp === clientId
    ? checkResult('id-token-azp', 'pass', 'azp is this client.', compared)
    : checkResult(
        'id-token-azp',
        'fail',
        'azp is another client: the token was issued to that one.',
        compared,
      );
}

/** Checks that `sub` is a string of 1 to 255 ASCII characters (OIDC Core §2). */
export function checkIdTokenSub({ sub }: JsonObject): CheckResult {
  const fail = (detail: string) =>
    checkResult('id-token-sub', 'fail', detail, {
      expected: '1 to 255 ASCII characters',
      received: shownValue(sub),
    });
  if (sub === undefined) return fail('sub is missing.');
  if (typeof sub !== 'string') return fail('sub is no string.');
  if (sub === '') return fail('sub is empty.');
  if ([...sub].some((character) => (character.codePointAt(0) ?? 0) > 0x7f)) return fail('sub is not ASCII.');
  if (sub.length > 255) return fail(`sub has ${sub.length} characters; 255 are the most.`);
  return checkResult('id-token-sub', 'pass', 'sub names the user.', { received: sub });
}

/** Checks that `nonce` is the one that was sent, and absent when none was (OIDC Core §3.1.3.7 11). */
export function checkIdTokenNonce(
  claims: JsonObject,
  { nonce }: Pick<IdTokenEvidence, 'nonce'>,
): CheckResult {
  const id = 'id-token-nonce';
  const compared = { expected: shownValue(nonce), received: shownValue(claims.nonce) };
  if (nonce === undefined) {
    return claims.nonce === undefined
      ? checkResult(id, 'skipped', 'No nonce was sent.')
      : checkResult(
          id,
          'fail',
          'No nonce was sent, yet there is one: the token was issued for another request.',
          compared,
        );
  }
  if (claims.nonce === undefined)
    return checkResult(id, 'fail', 'The nonce that was sent is missing.', compared);
  return claims.nonce === nonce
    ? checkResult(id, 'pass', 'nonce is the one that was sent.', compared)
    : checkResult(
        id,
        'fail',
        'nonce is not the one that was sent: the token was issued for another request.',
        compared,
      );
}

/** Remarks when `acr` is none of the values that were asked for, which the server need not meet (OIDC Core §3.1.3.7 12). */
export function checkIdTokenAcr(
  { acr }: JsonObject,
  { acrValues }: Pick<IdTokenEvidence, 'acrValues'>,
): CheckResult {
  const id = 'id-token-acr';
  if (acrValues === undefined || acrValues.length === 0) {
    return checkResult(
      id,
      'skipped',
      'No acr_values were asked for.',
      acr === undefined ? {} : { received: shownValue(acr) },
    );
  }
  const compared = { expected: shownValue(acrValues.join(' or ')), received: shownValue(acr) };
  if (acr === undefined)
    return checkResult(id, 'warn', 'acr_values were asked for, and there is no acr.', compared);
  return typeof acr === 'string' && acrValues.includes(acr)
    ? checkResult(id, 'pass', 'acr is among the values that were asked for.', compared)
    : checkResult(id, 'warn', 'acr is none of the values that were asked for.', compared);
}

/** Checks that `at_hash` is the hash of the access token; required unless it came from the token endpoint (OIDC Core §3.1.3.8, §3.2.2.9). */
export function checkIdTokenAtHash(
  claims: JsonObject,
  { accessToken, fromTokenEndpoint }: Pick<IdTokenEvidence, 'accessToken' | 'fromTokenEndpoint'>,
  hash: HashAlgorithm | undefined,
): CheckResult {
  const id = 'id-token-at-hash';
  if (accessToken === undefined)
    return checkResult(id, 'skipped', 'There is no access token to compare at_hash with.');
  if (claims.at_hash === undefined && fromTokenEndpoint) {
    return checkResult(id, 'skipped', 'There is no at_hash; from the token endpoint it is optional.');
  }
  return compareTokenHash(
    id,
    { name: 'at_hash', claim: claims.at_hash, of: 'the access token', value: accessToken },
    hash,
  );
}

/** Checks that `c_hash` is the hash of the code; required unless it came from the token endpoint (OIDC Core §3.3.2.10, §3.3.2.11). */
export function checkIdTokenCHash(
  claims: JsonObject,
  { code, fromTokenEndpoint }: Pick<IdTokenEvidence, 'code' | 'fromTokenEndpoint'>,
  hash: HashAlgorithm | undefined,
): CheckResult {
  const id = 'id-token-c-hash';
  if (code === undefined) return checkResult(id, 'skipped', 'There is no code to compare c_hash with.');
  if (claims.c_hash === undefined && fromTokenEndpoint) {
    return checkResult(id, 'skipped', 'There is no c_hash; from the token endpoint it is optional.');
  }
  return compareTokenHash(
    id,
    { name: 'c_hash', claim: claims.c_hash, of: 'the authorization code', value: code },
    hash,
  );
}

interface HashedSubject {
  readonly name: 'at_hash' | 'c_hash';
  readonly claim: JsonValue | undefined;
  /** In words, for the detail. */
  readonly of: string;
  readonly value: string;
}

/** Compares a hash claim with the hash of what it stands for; a required claim that is missing fails (OIDC Core §3.1.3.6). */
function compareTokenHash(
  id: 'id-token-at-hash' | 'id-token-c-hash',
  { name, claim, of, value }: HashedSubject,
  hash: HashAlgorithm | undefined,
): CheckResult {
  if (hash === undefined) {
    return checkResult(
      id,
      'skipped',
      `The algorithm of the token is refused, so the hash of ${of} is not defined.`,
    );
  }
  const expected = tokenHash(value, hash);
  const compared = { expected, received: shownValue(claim) };
  if (claim === undefined) return checkResult(id, 'fail', `${name} is missing.`, compared);
  if (typeof claim !== 'string') return checkResult(id, 'fail', `${name} is no string.`, compared);
  if (claim === expected) return checkResult(id, 'pass', `${name} is the hash of ${of}.`, compared);
  const slip = tokenHashSlip(value, claim, hash);
  const detail = `${name} is not the hash of ${of}.`;
  return checkResult(id, 'fail', slip === undefined ? detail : `${detail} ${slip}`, compared);
}
