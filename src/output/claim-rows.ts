import { momentText } from '../checks/shown-value.ts';
import { timeClaims } from '../jose/jwt.ts';
import { mapStrings, numberText, stringifyExactly } from '../json/exact-number.ts';
import { type JsonObject, type JsonValue, ownMember } from '../json/json.ts';
import { looksLikeJwt } from './jwt-text.ts';
import type { Row } from './layout.ts';
import { inertText } from './terminal-text.ts';
import type { View } from './view.ts';
import { displayWidth } from './width.ts';

/** JSON on one line up to this width, on several beyond. */
const longestInline = 44;

/** In the year 5138: what is larger was not meant as seconds. */
const largestSeconds = 1e11;

/** The claims of a JWT or of UserInfo as rows, explained where they are registered, times as moments. */
export function claimRows(claims: JsonObject, view: View): Row[] {
  return Object.entries(claims).map(([name, value]) => {
    const row = rowOf(claims, name, claimNames, view);
    if (!timeClaims.has(name) || typeof value !== 'number') return row;
    const isTime = Math.abs(value) <= largestSeconds;
    return {
      ...row,
      value: isTime ? momentText(value, view.now) : `${row.value}, as seconds beyond any calendar`,
    };
  });
}

/** The JOSE header of a JWT as rows. */
export function headerRows(header: JsonObject, view: View): Row[] {
  return Object.keys(header).map((name) => rowOf(header, name, headerNames, view));
}

function rowOf(object: JsonObject, name: string, names: Readonly<Record<string, string>>, view: View): Row {
  const note = ownMember(names, name);
  return { name, value: formatJsonMember(object, name, view), ...(note === undefined ? {} : { note }) };
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
  const ellipsis = view.unicode === false ? '...' : '…';
  const shorten = (text: string) => (looksLikeJwt(text) ? shortenToken(text, ellipsis) : text);
  const shown = view.showSecrets ? value : mapStrings(value, shorten);
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

/** Registered claims (RFC 7519 §4.1, OIDC Core §2 and §5.1, RFC 9068, RFC 8693, RFC 7800 and others), in about three words. */
const claimNames: Readonly<Record<string, string>> = {
  // JWT
  iss: 'issuer',
  sub: 'subject',
  aud: 'audience',
  exp: 'expires',
  nbf: 'valid from',
  iat: 'issued',
  jti: 'token ID',
  // ID token
  auth_time: 'signed in',
  nonce: 'binds the request',
  acr: 'assurance level',
  amr: 'methods used',
  azp: 'authorized party',
  at_hash: 'access token hash',
  c_hash: 'code hash',
  s_hash: 'state hash',
  sid: 'session ID',
  sub_jwk: 'self-issued key',
  events: 'security events',
  // Profile
  name: 'full name',
  given_name: 'first name',
  family_name: 'last name',
  middle_name: 'middle name',
  nickname: 'casual name',
  preferred_username: 'chosen user name',
  profile: 'profile page',
  picture: 'profile picture',
  website: 'web page',
  email: 'email address',
  email_verified: 'email was checked',
  gender: 'gender',
  birthdate: 'date of birth',
  zoneinfo: 'time zone',
  locale: 'language and region',
  phone_number: 'telephone number',
  phone_number_verified: 'number was checked',
  address: 'postal address',
  updated_at: 'profile changed',
  _claim_names: 'claims held elsewhere',
  _claim_sources: 'where claims are',
  // Access token
  client_id: 'client',
  scope: 'granted scope',
  cnf: 'bound to key',
  act: 'acting party',
  may_act: 'may act for',
  authorization_details: 'detailed rights',
  groups: 'groups',
  roles: 'roles',
  entitlements: 'entitlements',
  active: 'token is active',
  token_type: 'type of token',
  username: 'user name',
};

/** Header parameters (RFC 7515 §4.1, RFC 7516 §4.1). */
const headerNames: Readonly<Record<string, string>> = {
  alg: 'algorithm',
  enc: 'content encryption',
  zip: 'compression',
  kid: 'key ID',
  typ: 'media type',
  cty: 'content type',
  crit: 'must be understood',
  jwk: 'embedded key',
  jku: 'key set URL',
  x5u: 'certificate URL',
  x5c: 'certificate chain',
  x5t: 'certificate thumbprint',
  'x5t#S256': 'certificate thumbprint',
  epk: 'ephemeral key',
  apu: 'producer info',
  apv: 'recipient info',
};

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
