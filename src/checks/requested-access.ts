import { claimsOf } from '../jose/jwt.ts';
import { isJsonObject, type JsonObject, type JsonValue, parsePlainJson } from '../json/json.ts';
import { say } from '../say.ts';
import { type CheckResult, comparedWith, pass, skip, underId, type Verdict, warn } from './check-result.ts';
import { canonical } from './metadata.ts';
import { listed, shownValue } from './shown-value.ts';

/** What was asked for beside the scope, as it was sent. */
export interface RequestedAccess {
  readonly authorizationDetails?: string | undefined;
  readonly resources?: readonly string[];
  /** Set for an exchange: the type of token, empty where none was asked for. */
  readonly tokenType?: string | undefined;
  /** Whether the token has to be bound to the certificate of the client. */
  readonly isBound?: boolean;
}

/** Compares what was granted with what was asked for beside the scope; no check where nothing was (RFC 9396 §7, RFC 8707 §2, RFC 8693 §2.2.1). */
export function checkGrantedAccess(
  { authorizationDetails, resources = [], tokenType }: RequestedAccess,
  members: JsonObject,
  accessToken: string | null,
): CheckResult[] {
  return [
    ...(authorizationDetails === undefined
      ? []
      : [
          underId('authorization-details', judgeDetails(authorizationDetails, members.authorization_details)),
        ]),
    ...(resources.length > 0
      ? [underId('granted-resource', judgeResource(resources, accessToken ?? ''))]
      : []),
    ...(tokenType === undefined
      ? []
      : [underId('issued-token-type', judgeIssuedType(tokenType, members.issued_token_type))]),
  ];
}

/** The token of an exchange has a type, which is a URI (RFC 8693 §2.2.1). */
function judgeIssuedType(asked: string, issued: JsonValue | undefined): Verdict {
  const wanted = shownValue(asked);
  const compared = comparedWith(wanted || null, issued);
  if (issued === undefined)
    return warn('issued_token_type is missing, which an exchange must have.', compared);
  if (typeof issued !== 'string' || !/^[a-z][\w+.-]*:\S+$/i.test(issued))
    return warn('issued_token_type is not a URI.', compared);
  return asked === '' || asked === issued
    ? pass('The response says what type of token was issued.', compared)
    : warn('Another type of token was issued than was asked for.', compared);
}

type Detail = JsonObject & { readonly type: string };

function detailsIn(value: unknown): readonly Detail[] | undefined {
  const isDetail = (one: unknown): one is Detail => isJsonObject(one) && typeof one.type === 'string';
  return Array.isArray(value) && value.every(isDetail) ? value : undefined;
}

/** Names types and members, never their values: those may be accounts and amounts. */
function judgeDetails(sent: string, granted: JsonValue | undefined): Verdict {
  const asked = detailsIn(parsePlainJson(sent));
  if (asked === undefined) return skip('What was sent is not a list of objects with a type.');
  const typesOf = (details: readonly Detail[]) =>
    listed(
      details.map(({ type }) => shownValue(type)),
      10,
    );
  if (granted === undefined) {
    return warn('The response does not say which authorization details were granted.', {
      expected: typesOf(asked),
    });
  }
  const given = detailsIn(granted);
  if (given === undefined) return warn('authorization_details is not a list of objects with a type.');
  const compared = { expected: typesOf(asked), received: typesOf(given) };
  const missing = asked.filter(({ type }) => !given.some((one) => one.type === type));
  const extra = given.filter(({ type }) => !asked.some((one) => one.type === type));
  const differing = given.flatMap((one) => {
    const differences = asked
      .filter(({ type }) => type === one.type)
      .map((other) => differencesOf(other, one));
    const [least] = differences.sort((a, b) => a.length - b.length);
    return least === undefined || least.length === 0 ? [] : [`${shownValue(one.type)}: ${listed(least, 5)}`];
  });
  const parts = [
    ...(missing.length > 0 ? [`not granted: ${typesOf(missing)}`] : []),
    ...(extra.length > 0 ? [`granted without being asked for: ${typesOf(extra)}`] : []),
    ...differing,
  ];
  return parts.length === 0
    ? pass('The authorization details that were asked for were granted.', compared)
    : warn(say`What was granted differs from what was asked for; ${parts.join('; ')}.`, compared);
}

/** A server may add members to what was asked for (RFC 9396 §7.1). */
function differencesOf(asked: Detail, granted: Detail): string[] {
  return Object.entries(asked).flatMap(([name, wanted]) => {
    const got = granted[name];
    if (got === undefined) return [`${name} is missing`];
    if (!Array.isArray(wanted) || !Array.isArray(got)) return isSame(wanted, got) ? [] : [`${name} differs`];
    const has = (list: readonly JsonValue[], value: JsonValue) => list.some((one) => isSame(one, value));
    return [
      ...(got.some((value) => !has(wanted, value)) ? [`more in ${name}`] : []),
      ...(wanted.some((value) => !has(got, value)) ? [`less in ${name}`] : []),
    ];
  });
}

function isSame(one: JsonValue, other: JsonValue): boolean {
  return canonical(one) === canonical(other);
}

function judgeResource(resources: readonly string[], accessToken: string): Verdict {
  const { aud } = claimsOf(accessToken);
  const compared = comparedWith(shownValue(resources.join(' ')), aud);
  if (aud === undefined) return skip('The access token does not show which API it is for.', compared);
  const missing = resources.filter((one) => ![aud].flat().includes(one)).map(shownValue);
  return missing.length === 0
    ? pass('The access token is for what was asked for.', compared)
    : warn(say`aud of the access token does not name ${listed(missing, 10)}.`, compared);
}

/**
 * Checks whether the claims that were asked for as essential, or with a value, came where they were asked for (OIDC Core
 * §5.5.1). A place that is null was not received.
 */
export function checkRequestedClaims(
  sent: string,
  came: Readonly<Record<'id_token' | 'userinfo', JsonObject | null>>,
): CheckResult {
  const asked = parsePlainJson(sent);
  const problems = (['id_token', 'userinfo'] as const).flatMap((place) => {
    const wanted = isJsonObject(asked) ? asked[place] : undefined;
    const claims = came[place];
    if (!isJsonObject(wanted) || claims === null) return [];
    return Object.entries(wanted).flatMap(([name, how]) => {
      const problem = isJsonObject(how) ? problemWith(claims[name], how) : undefined;
      return problem === undefined ? [] : [`${shownValue(name)} ${problem} (${place})`];
    });
  });
  return underId(
    'requested-claims',
    problems.length === 0
      ? pass('The essential claims that were asked for came.')
      : warn(say`Not as it was asked for: ${listed(problems, 10)}.`),
  );
}

function problemWith(value: JsonValue | undefined, { essential, value: one, values }: JsonObject) {
  if (value === undefined) return essential === true ? 'is missing' : undefined;
  const allowed = Array.isArray(values) ? values : one === undefined ? undefined : [one];
  const isAllowed = allowed?.some((each) => [value].flat().some((got) => isSame(got, each)));
  return isAllowed === false ? 'has another value' : undefined;
}
