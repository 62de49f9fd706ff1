import { carryNumberTexts, numberText, stringifyExactly } from '../json/exact-number.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { looksLikeJwt } from './jwt-text.ts';
import type { Row } from './layout.ts';
import { inertText } from './terminal-text.ts';
import { formatNumericDate } from './time.ts';
import type { View } from './view.ts';
import { displayWidth } from './width.ts';

/** JSON on one line up to this width, on several beyond. */
const longestInline = 44;

/** In the year 5138: what is larger was not meant as seconds. */
const largestSeconds = 1e11;

/** The claims of a JWT or of UserInfo as rows, explained where they are registered, times in local time. */
export function claimRows(claims: JsonObject, view: View): Row[] {
  return Object.keys(claims).map((name) => describe(claims, name, claimName(name), view));
}

/** The JOSE header of a JWT as rows. */
export function headerRows(header: JsonObject, view: View): Row[] {
  return Object.keys(header).map((name) => describe(header, name, headerName(name), view));
}

function describe(object: JsonObject, name: string, known: ClaimName | undefined, view: View): Row {
  const value = object[name];
  const shown =
    known?.isTime === true && typeof value === 'number'
      ? Math.abs(value) > largestSeconds
        ? `${numberText(object, name)}, as seconds beyond any calendar`
        : formatNumericDate(value, view)
      : formatJsonMember(object, name, view);
  return { name, value: shown, ...(known === undefined ? {} : { note: known.meaning }) };
}

/** A member of an object for reading, see `formatJsonValue`; a number as it was received. */
export function formatJsonMember(
  object: Readonly<JsonObject>,
  name: string,
  view: Pick<View, 'showSecrets' | 'unicode'>,
): string {
  const value = object[name] ?? null;
  return typeof value === 'number' ? numberText(object, name) : formatJsonValue(value, view);
}

/**
 * A JSON value for reading: strings bare unless that would make them look like another type, small arrays and
 * objects on one line, others on several. A JWT inside is shortened unless secrets are to be shown.
 */
export function formatJsonValue(value: JsonValue, view: Pick<View, 'showSecrets' | 'unicode'>): string {
  const shown = view.showSecrets ? value : shortenJwts(value, view.unicode === false ? '...' : '…');
  if (typeof shown === 'string') return needsQuotes(shown) ? JSON.stringify(shown) : inertText(shown);
  const inline = inlineJson(shown);
  return displayWidth(inline) <= longestInline ? inline : stringifyExactly(shown, 2);
}

function needsQuotes(text: string): boolean {
  return /^$|^\s|\s$|^(?:true|false|null|[[{"].*|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)$/s.test(text);
}

function inlineJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const items = Object.entries(value).map(
    ([name, member]) =>
      [name, typeof member === 'number' ? numberText(value, name) : inlineJson(member)] as const,
  );
  if (Array.isArray(value)) return `[${items.map(([, item]) => item).join(', ')}]`;
  const members = items.map(([name, member]) => `${JSON.stringify(name)}: ${member}`);
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`;
}

function shortenJwts(value: JsonValue, ellipsis: string): JsonValue {
  if (typeof value === 'string') return looksLikeJwt(value) ? shortenToken(value, ellipsis) : value;
  if (Array.isArray(value)) {
    const items = value.map((item) => shortenJwts(item, ellipsis));
    return carryNumberTexts(value, items);
  }
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).map(([name, item]) => [name, shortenJwts(item, ellipsis)]);
  return carryNumberTexts(value, Object.fromEntries(entries));
}

/** A registered claim or header parameter in about three words. */
interface ClaimName {
  readonly meaning: string;
  /** The value is a NumericDate: seconds since 1970 (RFC 7519 §2). */
  readonly isTime?: true;
}

const times = (meaning: string): ClaimName => ({ meaning, isTime: true });
const named = (meaning: string): ClaimName => ({ meaning });

/** Registered claims (RFC 7519 §4.1, OIDC Core §2 and §5.1, RFC 9068, RFC 8693, RFC 7800 and others). */
const claimNames: ReadonlyMap<string, ClaimName> = new Map([
  // JWT
  ['iss', named('issuer')],
  ['sub', named('subject')],
  ['aud', named('audience')],
  ['exp', times('expires')],
  ['nbf', times('valid from')],
  ['iat', times('issued')],
  ['jti', named('token ID')],
  // ID token
  ['auth_time', times('signed in')],
  ['nonce', named('binds the request')],
  ['acr', named('assurance level')],
  ['amr', named('methods used')],
  ['azp', named('authorized party')],
  ['at_hash', named('access token hash')],
  ['c_hash', named('code hash')],
  ['s_hash', named('state hash')],
  ['sid', named('session ID')],
  ['sub_jwk', named('self-issued key')],
  ['events', named('security events')],
  // Profile
  ['name', named('full name')],
  ['given_name', named('first name')],
  ['family_name', named('last name')],
  ['middle_name', named('middle name')],
  ['nickname', named('casual name')],
  ['preferred_username', named('chosen user name')],
  ['profile', named('profile page')],
  ['picture', named('profile picture')],
  ['website', named('web page')],
  ['email', named('email address')],
  ['email_verified', named('email was checked')],
  ['gender', named('gender')],
  ['birthdate', named('date of birth')],
  ['zoneinfo', named('time zone')],
  ['locale', named('language and region')],
  ['phone_number', named('telephone number')],
  ['phone_number_verified', named('number was checked')],
  ['address', named('postal address')],
  ['updated_at', times('profile changed')],
  ['_claim_names', named('claims held elsewhere')],
  ['_claim_sources', named('where claims are')],
  // Access token
  ['client_id', named('client')],
  ['scope', named('granted scope')],
  ['cnf', named('bound to key')],
  ['act', named('acting party')],
  ['may_act', named('may act for')],
  ['authorization_details', named('detailed rights')],
  ['groups', named('groups')],
  ['roles', named('roles')],
  ['entitlements', named('entitlements')],
  ['active', named('token is active')],
  ['token_type', named('type of token')],
  ['username', named('user name')],
]);

/** Header parameters (RFC 7515 §4.1, RFC 7516 §4.1). */
const headerNames: ReadonlyMap<string, ClaimName> = new Map([
  ['alg', named('algorithm')],
  ['enc', named('content encryption')],
  ['zip', named('compression')],
  ['kid', named('key ID')],
  ['typ', named('media type')],
  ['cty', named('content type')],
  ['crit', named('must be understood')],
  ['jwk', named('embedded key')],
  ['jku', named('key set URL')],
  ['x5u', named('certificate URL')],
  ['x5c', named('certificate chain')],
  ['x5t', named('certificate thumbprint')],
  ['x5t#S256', named('certificate thumbprint')],
  ['epk', named('ephemeral key')],
  ['apu', named('producer info')],
  ['apv', named('recipient info')],
]);

/** The meaning of a registered claim. */
function claimName(name: string): ClaimName | undefined {
  return claimNames.get(name);
}

/** The meaning of a registered JOSE header parameter. */
function headerName(name: string): ClaimName | undefined {
  return headerNames.get(name);
}

/** At least this many characters of a shortened value stay hidden. */
const hiddenCharacters = 24;

/**
 * A token shortened for the eye, such as `eyJhbGciOi…9fQ (823 characters)`: enough to tell two apart, too little to
 * use one. A short token shows nothing but its length.
 */
export function shortenToken(token: string, ellipsis: string): string {
  const characters = Array.from(token);
  const length = `(${characters.length} ${characters.length === 1 ? 'character' : 'characters'})`;
  if (characters.length < hiddenCharacters + 13) return `${ellipsis} ${length}`;
  return `${characters.slice(0, 10).join('')}${ellipsis}${characters.slice(-3).join('')} ${length}`;
}
