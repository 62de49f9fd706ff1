import type { DecodedJwt } from '../jose/jwt.ts';
import type { JsonObject, JsonValue } from '../json/json.ts';
import { ownMember } from '../json/own-member.ts';
import { type Finding, finding, foundOf, namesText } from './finding.ts';
import { momentText } from './time-text.ts';

/** Finds what can be said of a JWT without its key and without knowing what it is for (RFC 7519; RFC 8725). */
export function findJwtProblems(decoded: DecodedJwt, now: Date): Finding[] {
  if (decoded.type === 'invalid') {
    return [finding('jwt-malformed', decoded.reason, `the ${decoded.part}`)];
  }
  const { header } = decoded;
  const claims = decoded.type === 'jws' ? decoded.claims : {};
  const keyNames = ['jwk', 'jku', 'x5u', 'x5c'].filter((name) => Object.hasOwn(header, name));
  return foundOf([
    decoded.type === 'jws' &&
      typeof header.alg === 'string' &&
      header.alg.toLowerCase() === 'none' &&
      finding('jwt-unsigned', 'The algorithm is none: anybody can have written this.', 'alg: none'),
    keyNames.length > 0 &&
      finding(
        'jwt-header-key',
        `The header brings a key or says where one is (${namesText(keyNames)}): never trust it for that.`,
        namesText(keyNames),
      ),
    ...findTimeProblems(claims, now),
    ...findTypeProblems(claims),
  ]);
}

function findTimeProblems(claims: JsonObject, now: Date): (Finding | false)[] {
  const seconds = now.getTime() / 1000;
  const { exp, nbf, iat } = claims;
  const starts = [nbf, iat].filter((value) => typeof value === 'number' && value > seconds + 5);
  const start = starts.length === 0 ? undefined : Math.max(...starts.map(Number));
  return [
    typeof exp === 'number' &&
      exp <= seconds &&
      finding('jwt-expired', `It expired at ${momentText(exp, now)}.`, `exp: ${exp}`),
    start !== undefined &&
      finding(
        'jwt-not-yet-valid',
        `It begins to be valid at ${momentText(start, now)}: a clock is wrong, or it is too early.`,
        String(start),
      ),
  ];
}

const claimTypes: Readonly<Record<string, readonly string[]>> = {
  iss: ['string'],
  sub: ['string'],
  aud: ['string', 'array'],
  exp: ['number'],
  nbf: ['number'],
  iat: ['number'],
  jti: ['string'],
};

function findTypeProblems(claims: JsonObject): (Finding | false)[] {
  const wrong = Object.entries(claimTypes).flatMap(([name, types]) => {
    const value = ownMember(claims, name);
    return value === undefined || types.includes(typeOf(value)) ? [] : [`${name}: ${typeOf(value)}`];
  });
  return [
    wrong.length > 0 &&
      finding(
        'jwt-claim-type',
        `Registered claims have a JSON type that is not theirs: ${wrong.join(', ')}.`,
        wrong.join(', '),
      ),
  ];
}

function typeOf(value: JsonValue): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}
