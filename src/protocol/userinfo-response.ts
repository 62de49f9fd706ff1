import { type HttpResponse, isSuccessStatus } from '../http-message.ts';
import { type DecodedJws, decodeJwt } from '../jose/jwt.ts';
import { type ExactJson, objectsByLevel, pathOf } from '../json/exact-json.ts';
import { decimalDigits, numberText } from '../json/exact-number.ts';
import { type JsonObject, ownMember } from '../json/json.ts';
import { type ErrorMembers, readErrorMembers } from './error-members.ts';
import { jsonType, type WrongType } from './parameter-names.ts';
import { type BodyReading, isStructured, readResponseBody, topLevelObject } from './response-body.ts';
import { hasError } from './token-response.ts';

interface UserinfoFacts {
  readonly response: HttpResponse;
  readonly body: BodyReading;
  /** Whether the `openid` scope was requested; without it the endpoint is not an OpenID Connect one. */
  readonly openidRequested: boolean;
}

/** Claims about the user, signed or not (OIDC Core §5.3.2). */
export interface ClaimsReading extends UserinfoFacts {
  readonly type: 'claims';
  /** Digits when it came as a number; null when it is absent or of another type. */
  readonly sub: string | null;
  /** The object the claims were read from. */
  readonly claims: JsonObject;
  /** Path of that object; empty for the top level. */
  readonly path: string;
  /** Whether any object of the response has a `sub`. */
  readonly hasSub: boolean;
  /** Standard claims whose JSON type is not theirs (OIDC Core §5.1). */
  readonly wrongTypes: readonly WrongType[];
  /** Whether the response is a JWT; its signature was not looked at. */
  readonly signed: boolean;
  /** The JWT and its compact text; null when the response is not signed. */
  readonly jwt: { readonly decoded: DecodedJws; readonly compact: string } | null;
  readonly json: ExactJson;
}

/** An encrypted response: its claims can be read only with the client's key. */
export interface EncryptedReading extends UserinfoFacts {
  readonly type: 'encrypted';
  readonly header: JsonObject;
  readonly compact: string;
}

/** Anything else; all three members are null when nothing usable is in the body. */
export interface UserinfoErrorReading extends UserinfoFacts, ErrorMembers {
  readonly type: 'error';
}

/** A UserInfo response as it can be used, with its deviations. */
export type UserinfoReading = ClaimsReading | EncryptedReading | UserinfoErrorReading;

/** Reads the answer of a UserInfo endpoint: JSON, or a compact JWT (OIDC Core §5.3.2, §5.3.3). Nothing is verified. */
export function readUserinfoResponse(
  response: HttpResponse,
  { openidRequested }: { readonly openidRequested: boolean },
): UserinfoReading {
  const body = readResponseBody(response.body);
  const facts = { response, body, openidRequested };
  const failed: UserinfoReading = { ...facts, type: 'error', ...readErrorMembers(body) };
  if (!isSuccessStatus(response.status)) return failed;
  if (isStructured(body)) {
    const judgesTypes = body.type === 'json' || body.type === 'wrapped_json';
    const reading = readClaims(body.document, judgesTypes);
    const isError = hasError(topLevelObject(body)) && !hasStandardClaim(reading.claims);
    return isError ? failed : { ...facts, type: 'claims', ...reading, signed: false, jwt: null };
  }
  const decoded = body.type === 'plain_text' ? decodeJwt(body.text) : undefined;
  if (decoded?.type === 'jws') {
    const reading = readClaims(decoded.claimsJson, true);
    return { ...facts, type: 'claims', ...reading, signed: true, jwt: { decoded, compact: body.text } };
  }
  return decoded?.type === 'jwe'
    ? { ...facts, type: 'encrypted', header: decoded.header, compact: body.text }
    : failed;
}

/** The standard claims (OIDC Core §5.1). */
const standardClaims = (
  'sub name given_name family_name middle_name nickname preferred_username profile picture website email ' +
  'email_verified gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at'
).split(' ');

/** JSON types of those that are no strings. */
const otherTypes: Readonly<Record<string, WrongType['type']>> = {
  email_verified: 'boolean',
  phone_number_verified: 'boolean',
  address: 'object',
  updated_at: 'number',
};

/** Levels below the top that are searched for claims. */
const deepestSearch = 3;

function readClaims(
  json: ExactJson,
  judgesTypes: boolean,
): Pick<ClaimsReading, 'sub' | 'claims' | 'path' | 'hasSub' | 'wrongTypes' | 'json'> {
  const places = [...objectsByLevel(json, deepestSearch)];
  const place =
    places.find(({ object }) => hasStandardClaim(object)) ?? places.find(({ depth }) => depth === 0);
  const claims = place?.object ?? {};
  return {
    sub: subText(claims),
    claims,
    path: place === undefined ? '' : pathOf(place),
    hasSub: places.some(({ object }) => (ownMember(object, 'sub') ?? null) !== null),
    wrongTypes: judgesTypes ? findWrongTypes(claims) : [],
    json,
  };
}

function subText(claims: JsonObject): string | null {
  const sub = ownMember(claims, 'sub');
  if (typeof sub === 'number') return decimalDigits(numberText(claims, 'sub'));
  return typeof sub === 'string' ? sub : null;
}

function findWrongTypes(claims: JsonObject): readonly WrongType[] {
  return standardClaims.flatMap((name) => {
    const value = ownMember(claims, name) ?? null;
    const isRight = value === null || jsonType(value) === (otherTypes[name] ?? 'string');
    return isRight ? [] : [{ name, type: jsonType(value) }];
  });
}

function hasStandardClaim(object: JsonObject): boolean {
  return standardClaims.some((name) => (ownMember(object, name) ?? null) !== null);
}
