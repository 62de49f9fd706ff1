import { decodeJwt } from '../../jose/jwt.ts';
import type { JsonObject } from '../../json/json.ts';
import { own, say } from '../../say.ts';
import { type CheckResult, checkResult } from '../check-result.ts';

// In a file of its own, so that a refresh loads none of the other checks of an ID token.

/** The ID token of a refresh, with the user, client and issuer of the session. */
export interface RefreshedIdTokenEvidence {
  /** null when the response had none. */
  readonly idToken: string | null;
  readonly issuer: string | null;
  readonly clientId: string;
  /** The subject of the login; undefined when it named none. */
  readonly sub: string | undefined;
  /** Claims of the ID token of the login. */
  readonly first?: JsonObject | undefined;
}

/** Checks that a refreshed ID token is about the same login, from the same issuer, for the same client (OIDC Core §12.2). */
export function checkRefreshedIdToken(evidence: RefreshedIdTokenEvidence): CheckResult {
  const id = 'refreshed-id-token';
  const { idToken, issuer, clientId, sub, first } = evidence;
  if (idToken === null) return checkResult(id, 'skipped', 'The refresh brought no ID token.');
  const jwt = decodeJwt(idToken);
  if (jwt.type === 'invalid')
    return checkResult(id, 'fail', say`The ID token is not a JWT. ${own(jwt.reason)}`);
  if (jwt.type === 'jwe') return checkResult(id, 'skipped', 'The ID token is encrypted.');
  const { claims } = jwt;
  const differing = [
    sub !== undefined && claims.sub !== sub && 'sub differs: it is about another person',
    issuer !== null && claims.iss !== issuer && 'iss differs: it comes from another server',
    !audienceOf(claims).includes(clientId) && 'aud does not name this client',
    first?.aud !== undefined &&
      audienceOf(first).some((audience) => !audienceOf(claims).includes(audience)) &&
      'aud lacks a value that the first ID token had',
    first?.azp !== undefined && (claims.azp ?? null) !== first.azp && 'azp is not that of the first ID token',
    first?.auth_time !== undefined &&
      claims.auth_time !== undefined &&
      claims.auth_time !== first.auth_time &&
      'auth_time differs: it is about another login',
  ].find((problem) => problem !== false);
  return differing === undefined
    ? checkResult(id, 'pass', 'It is about the same person, for the same client.')
    : checkResult(id, 'fail', own(`Its ${differing}.`));
}

function audienceOf({ aud }: JsonObject): readonly unknown[] {
  return Array.isArray(aud) ? aud : [aud];
}
