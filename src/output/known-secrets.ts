import { callbackErrorCodes, tokenErrorCodes } from '../protocol/error-members.ts';
import { metadataMembers } from '../protocol/metadata.ts';
import { parameterMeaning } from '../protocol/parameter-meanings.ts';
import { placeholderOf, placeholders } from '../protocol/placeholder.ts';
import { comparableCodes, type Decoded, decodings } from './text-decodings.ts';

/** Words that the specifications register besides parameters and error codes, in lower case. */
const words = new Set(
  (
    'issued_token_type subject_token subject_token_type actor_token actor_token_type requested_token_type ' +
    'access_token token_type id_token verification_uri verification_uri_complete interval auth_req_id ' +
    'binding_message active post_logout_redirect_uri logout_hint logout_token registration_access_token ' +
    'registration_client_uri client_name redirect_uris grant_types response_types jwks jwks_uri issuer ' +
    'authorization_code implicit client_credentials query fragment form_post none login consent select_account ' +
    'page popup touch wap plain s256 bearer basic dpop openid profile email address phone offline_access ' +
    'client_secret_basic client_secret_post client_secret_jwt private_key_jwt tls_client_auth ' +
    'self_signed_tls_client_auth sub aud exp iat nbf jti azp auth_time acr amr at_hash c_hash s_hash sid name ' +
    'given_name family_name nickname preferred_username email_verified locale zoneinfo updated_at phone_number alg ' +
    'kid typ cty enc zip jwk jku x5c x5t x5u crit jwt at+jwt eddsa true false null realm authorization location ' +
    'www-authenticate cookie http https localhost rs256 rs384 rs512 ps256 ps384 ps512 es256 es384 es512 hs256 hs384 ' +
    'hs512'
  ).split(' '),
);

/** Behind `urn:ietf:params:oauth:` (IANA OAuth URI). A list, since what only looks like a URN may hold a secret. */
const urns = new Set(
  (
    'grant-type:device_code grant-type:jwt-bearer grant-type:saml2-bearer grant-type:token-exchange ' +
    'token-type:access_token token-type:refresh_token token-type:id_token token-type:jwt token-type:saml1 ' +
    'token-type:saml2 client-assertion-type:jwt-bearer client-assertion-type:saml2-bearer'
  ).split(' '),
);

/**
 * Tells whether a word is a registered name or value, in any letter case. Messages hold such words
 * with any secrets: one that is also a secret would be given away by hiding it.
 */
function isRegisteredWord(word: string): boolean {
  const name = word.toLowerCase();
  return (
    words.has(name) ||
    tokenErrorCodes.has(name) ||
    callbackErrorCodes.has(name) ||
    parameterMeaning(name, '') !== undefined ||
    Object.hasOwn(metadataMembers, name) ||
    urns.has(name.replace(/^urn:ietf:params:oauth:/, ''))
  );
}

/** One spelling of a secret as it is searched for: without white space, in lower case, in one base64 alphabet. */
interface Form {
  readonly codes: ArrayLike<number>;
  /** So many characters in a row give the secret away. */
  readonly window: number;
  readonly placeholder: string;
  /** In base64: what stands around it belongs to the same credential, as the client id in HTTP Basic does. */
  readonly isBase64: boolean;
  /** For a secret of which only the beginning is searched for: how far it is hidden behind that. */
  readonly rest?: 'run' | 'text';
}

interface Interval {
  start: number;
  end: number;
  isBase64: boolean;
  /** How many windows of each placeholder are in it. */
  readonly weights: Map<string, number>;
}

/** Shorter secrets are hidden where they are a whole value only: as parts of words they would mangle any text. */
const shortestAnywhere = 8;
/** So many characters of a longer secret, or half of a shorter one, are hidden as if they were all of it. */
const longestWindow = 12;
/** The beginning of a longer secret is searched for; what follows is hidden as far as the secret may reach. */
const longestSearched = 16_384;
const searchedOfLonger = 2048;
/** None of them is in what tokens, codes and assertions are made of, however they are encoded. */
const endOfRun = /[\s"'<>&]/g;
/** Texts are searched in parts, so that the memory that takes is bounded; the parts overlap by more than any window. */
const partLength = 65_536;
const overlap = 4096;

/** Tells whether a secret is too short to be hidden within a sentence. */
export function isShortSecret(value: string): boolean {
  return comparableCodes(value.slice(0, searchedOfLonger)).length < shortestAnywhere;
}

/**
 * Makes an empty index of secrets, which replaces them in text that came from outside. The time of `replace` grows with
 * the text alone, not with the number of the secrets.
 */
export function createKnownSecrets() {
  const known = new Map<string, string>();
  const counts = new Map<string, number>();
  const tables = new Map<number, SampleTable>();
  const open = new Set<string>();
  const shortValues: { readonly value: string; readonly pattern: RegExp; readonly placeholder: string }[] =
    [];
  // The forms of a secret are made when a text is there to be searched, which a run that goes well may never have.
  const waiting: { readonly value: string; readonly placeholder: string }[] = [];

  return { register, allow, replace };

  /** Makes a secret known; the same one has the same placeholder every time. */
  function register(value: string, kind: string): string {
    const before = known.get(value);
    if (before !== undefined) return before;
    const count = (counts.get(kind) ?? 0) + 1;
    const placeholder = placeholderOf(kind, count);
    if (value === '') return placeholder;
    counts.set(kind, count);
    known.set(value, placeholder);
    if (isRegisteredWord(value)) return placeholder;
    if (isShortSecret(value)) shortValues.push({ value, pattern: wholeValue(value), placeholder });
    else waiting.push({ value, placeholder });
    return placeholder;
  }

  /** Takes what was sent openly out of the search: a client id, an issuer, an endpoint. */
  function allow(values: readonly string[]): void {
    for (const value of values) if (value !== '') open.add(value);
  }

  /** Puts placeholders in the place of secrets and of parts of them. */
  function replace(text: string): string {
    for (const { value, placeholder } of waiting.splice(0)) {
      for (const form of formsOf(value, placeholder)) {
        const size = sampleLength(form);
        const table = tables.get(size) ?? createSampleTable(size);
        tables.set(size, table);
        table.add(form);
      }
    }
    let replaced = '';
    let from = 0;
    for (const { start, end, weights } of search(text)) {
      const [likeliest] = [...weights].reduce((most, next) => (next[1] > most[1] ? next : most));
      // Tokens of one server have much in common.
      replaced += text.slice(from, start) + (known.get(text.slice(start, end)) ?? likeliest);
      from = end;
    }
    replaced += text.slice(from);
    return shortValues.reduce(
      (result, { value, pattern, placeholder }) =>
        result.replace(pattern, (found) => (open.has(found) || open.has(value) ? found : placeholder)),
      replaced,
    );
  }

  function search(text: string): readonly Interval[] {
    if (tables.size === 0) return [];
    const found: Interval[] = [];
    let last: Interval | undefined;
    const note = (form: Form, start: number, end: number, isTail: boolean) => {
      const { placeholder, isBase64 } = form;
      // Most windows lie one character behind the one before.
      const isBehind =
        last?.weights.has(placeholder) &&
        last.isBase64 === isBase64 &&
        start >= last.start &&
        start < last.end;
      if (last === undefined || !isBehind) {
        last = { start, end: start, isBase64, weights: new Map() };
        found.push(last);
      }
      last.weights.set(placeholder, (last.weights.get(placeholder) ?? 0) + 1);
      if (end > last.end) last.end = isTail ? endOfRest(text, end, form) : end;
    };
    for (let at = 0; at === 0 || at + overlap < text.length; at += partLength) {
      for (const decoded of decodings(text.slice(at, at + partLength + overlap))) {
        for (const table of tables.values()) {
          table.search(decoded, (form, first, end, isTail) => {
            note(form, at + decoded.startOf(first), at + decoded.endOf(end - 1), isTail);
          });
        }
      }
    }
    const visible = visibleParts(text, open);
    const hidden = merge(found).filter((one) => !isWithin(one, visible) && !isRegisteredIn(text, one));
    // One run of base64 may have thousands of finds in it, and is looked through once.
    let run: Interval | undefined;
    return merge(
      hidden.map((one) => {
        if (!one.isBase64) return withJwtHeader(text, one);
        if (run !== undefined && isWithin(one, [run]) && !/\s/.test(text.slice(one.start, one.end)))
          return one;
        run = wholeRun(text, one);
        return run;
      }),
    );
  }
}

/** Samples of one length of all forms: where one is found, the text around it is compared. */
interface SampleTable {
  add(form: Form): void;
  /** Calls `found` with the bounds of each part of a form that is long enough, and whether the form ends there. */
  search(text: Decoded, found: (form: Form, first: number, end: number, isTail: boolean) => void): void;
}

/** As long as a sample is; a part of a form that gives the secret away has a whole one in it. */
function sampleLength({ window }: Form): number {
  return Math.min(longestSample, window);
}

const longestSample = 8;
const hashBase = 0x01000193;
const bucketMask = 0xffff;
/** Of a text that repeats itself so many samples are enough. */
const mostAlike = 16;

/** Plain numbers throughout: a login makes some thousand samples, and many small objects would take it long. */
function createSampleTable(size: number): SampleTable {
  const forms: Form[] = [];
  /** For each bucket the number of its newest entry, counted from one. */
  const buckets = new Int32Array(bucketMask + 1);
  /** Of each entry: the entry before it in its bucket, its hash, its form, and where it is in that. */
  const entries: number[] = [];
  let outgoing = 1;
  for (let index = 0; index < size; index += 1) outgoing = Math.imul(outgoing, hashBase);

  return {
    add(form) {
      const { codes, window } = form;
      forms.push(form);
      for (let at = 0; at + size <= codes.length; at += window - size + 1) {
        let hash = 0;
        for (let index = at; index < at + size; index += 1)
          hash = (Math.imul(hash, hashBase) + (codes[index] ?? 0)) | 0;
        addEntry(hash, at);
      }
    },
    search({ codes, length }, found) {
      let hash = 0;
      for (let index = 0; index < length; index += 1) {
        hash = (Math.imul(hash, hashBase) + (codes[index] ?? 0)) | 0;
        if (index >= size) hash = (hash - Math.imul(codes[index - size] ?? 0, outgoing)) | 0;
        let entry = buckets[bucketOf(hash)] ?? 0;
        for (; entry > 0; entry = entries[entry * 4 - 4] ?? 0) {
          const form = forms[entries[entry * 4 - 2] ?? 0];
          if (entries[entry * 4 - 3] !== hash || form === undefined || index + 1 < size) continue;
          compare(form, entries[entry * 4 - 1] ?? 0, index + 1 - size);
        }
      }

      /** A match further away than the next samples is found with these. */
      function compare(form: Form, where: number, at: number): void {
        const { codes: wanted, window, rest } = form;
        const isEqual = (offset: number) =>
          at + offset >= 0 &&
          at + offset < length &&
          where + offset >= 0 &&
          where + offset < wanted.length &&
          codes[at + offset] === wanted[where + offset];
        let [before, behind] = [0, 0];
        while (behind < window && isEqual(behind)) behind += 1;
        while (before < window - size && isEqual(-before - 1)) before += 1;
        const isTail = rest !== undefined && where + behind === wanted.length;
        if (behind >= size && before + behind >= window) found(form, at - before, at + behind, isTail);
      }
    },
  };

  function addEntry(hash: number, at: number): void {
    const bucket = bucketOf(hash);
    const form = forms.length - 1;
    const newest = buckets[bucket] ?? 0;
    let alike = 0;
    for (let entry = newest; entry > 0 && alike < mostAlike; entry = entries[entry * 4 - 4] ?? 0) {
      if (entries[entry * 4 - 3] !== hash || entries[entry * 4 - 2] !== form) break;
      alike += 1;
    }
    if (alike === mostAlike) entries[newest * 4 - 1] = at;
    else buckets[bucket] = entries.push(newest, hash, form, at) / 4;
  }
}

function bucketOf(hash: number): number {
  return (hash ^ (hash >>> 16)) & bucketMask;
}

/** The spellings of a secret that no decoding of a text undoes: hexadecimal and base64, and forms with `+` for a space. */
function formsOf(secret: string, placeholder: string): readonly Form[] {
  const isWhole = secret.length <= longestSearched;
  const text = isWhole ? secret : secret.slice(0, searchedOfLonger);
  const rest = isWhole ? {} : ({ rest: secret.search(endOfRun) === -1 ? 'run' : 'text' } as const);
  // The header of a JWT is not a secret, and the same in many tokens.
  const bare = text.replace(/^eyJ[\w-]*\.(?=[\w-])/, '');
  // A lone surrogate has no UTF-8 form; encoders put U+FFFD in its place.
  const wellFormed = bare.replace(/\p{Cs}/gu, '\ufffd');
  const length = comparableCodes(bare).length;
  const window = windowOf(bare, Math.min(longestWindow, Math.ceil(length / 2)));
  const form = (spelling: string | ArrayLike<number>, factor: number, isBase64 = false): Form[] => {
    const codes = typeof spelling === 'string' ? comparableCodes(spelling) : spelling;
    const size = Math.min(codes.length, Math.ceil(window * factor));
    return size === 0 ? [] : [{ codes, window: size, placeholder, isBase64, ...rest }];
  };
  // Text of the secret itself that looks like an escape is decoded too when the secret was escaped in another way.
  const unescaped = decodings(bare)
    .slice(1)
    .map(({ codes, length: size }) => codes.subarray(0, size))
    .filter((codes) => codes.length >= window);
  const encoded = isPlain(bare) ? [bare] : [bare, ...percentEncoded(wellFormed)];
  return [
    ...[comparableCodes(bare), ...unescaped].flatMap((codes) => form(codes, 1)),
    ...(/\s/.test(bare) ? form(bare.replaceAll(/\s/g, '+'), 1) : []),
    ...form(Buffer.from(wellFormed, 'utf8').toString('hex'), 2),
    // Many servers read the octets of HTTP Basic as Latin-1.
    ...(/^[ -~]*$/.test(bare) ? [] : form(Buffer.from(wellFormed, 'utf8').toString('latin1'), 1)),
    ...encoded.flatMap(base64Cores).flatMap((core) => form(core, 4 / 3, true)),
  ];
}

/** Blanks count as characters of a part, although the search passes over them; so the part is shorter for it. */
function windowOf(secret: string, most: number): number {
  if (!/\s/.test(secret)) return most;
  const counts = Array.from(
    { length: secret.length - most },
    (_, at) => secret.slice(at, at + most).replaceAll(/\s/g, '').length,
  );
  return Math.min(most, Math.max(shortestAnywhere, Math.min(...counts)));
}

/** Tells whether a secret is spelled alike in URLs, forms and JSON. */
function isPlain(secret: string): boolean {
  return /^[\w.-]*$/.test(secret);
}

/** RFC 3986 §2.1 as encodeURIComponent, forms and strict encoders write it. */
function percentEncoded(text: string): string[] {
  const component = encodeURIComponent(text);
  const strict = component.replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return [component, strict, new URLSearchParams([['', text]]).toString().slice(1)];
}

/**
 * The base64 characters that stand for the secret alone, at each of its three positions in the stream (RFC 4648 §4):
 * so `id:secret` of HTTP Basic is found without knowing the id.
 */
function base64Cores(text: string): string[] {
  const octets = Buffer.from(text, 'utf8');
  return [0, 1, 2].map((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), octets]).toString('base64');
    return shifted.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + octets.length) * 8) / 6));
  });
}

/** Base64 around a secret is part of the same credential, such as the client_id in HTTP Basic: hide all of it. */
function wholeRun(text: string, found: Interval): Interval {
  const isBase64 = (at: number) => /[\w+/-]/.test(text.charAt(at));
  let { start, end } = found;
  while (start > 0 && isBase64(start - 1)) start -= 1;
  while (end < text.length && isBase64(end)) end += 1;
  while (text.charAt(end) === '=') end += 1;
  // In base64 that is broken into lines, the last line may be so short that it is of the secret in part.
  const isBroken = /\s/.test(text.slice(found.start, found.end));
  const lastLine = isBroken
    ? /^\s{1,4}(?:[\w+/-]{1,4}={0,2}|=)(?![\w+/-])/.exec(text.slice(end, end + 12))
    : null;
  return { ...found, start, end: end + (lastLine?.[0].length ?? 0) };
}

function endOfRest(text: string, end: number, { rest }: Form): number {
  if (rest === undefined) return end;
  if (rest === 'text') return text.length;
  endOfRun.lastIndex = end;
  return endOfRun.exec(text)?.index ?? text.length;
}

/** A token is hidden with its header, which stands before what was found. */
function withJwtHeader(text: string, found: Interval): Interval {
  let start = found.start;
  if (text.charAt(start - 1) !== '.') return found;
  start -= 1;
  while (start > 0 && /[\w-]/.test(text.charAt(start - 1))) start -= 1;
  return text.startsWith('eyJ', start) ? { ...found, start } : found;
}

/** Where nothing is hidden: placeholders, and what was sent openly. */
function visibleParts(text: string, open: ReadonlySet<string>): readonly Interval[] {
  const parts = Array.from(text.matchAll(placeholders), ({ 0: { length }, index }) => [
    index,
    index + length,
  ]);
  for (const value of open) {
    for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + value.length)) {
      parts.push([at, at + value.length]);
    }
  }
  const weights = new Map<string, number>();
  return merge(parts.map(([start = 0, end = 0]) => ({ start, end, isBase64: false, weights })));
}

function isWithin({ start, end }: Interval, parts: readonly Interval[]): boolean {
  let [low, high] = [0, parts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((parts[middle]?.end ?? 0) < end) low = middle + 1;
    else high = middle;
  }
  return (parts[low]?.start ?? Number.POSITIVE_INFINITY) <= start;
}

/** Tells whether what was found is part of a registered word, such as `secret` in `client_secret`. */
function isRegisteredIn(text: string, { start, end }: Interval): boolean {
  if (end - start > longestRegistered) return false;
  return [/[\w-]/, /[\w.:+/-]/].some((letters) => {
    let [first, last] = [start, end];
    while (first > 0 && end - first <= longestRegistered && letters.test(text.charAt(first - 1))) first -= 1;
    while (last < text.length && last - first <= longestRegistered && letters.test(text.charAt(last)))
      last += 1;
    return isRegisteredWord(text.slice(first, last));
  });
}

const longestRegistered = 80;

/** Overlapping finds become one, so that no part of any of them is left. */
function merge(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const { start, end, isBase64, weights } of intervals.toSorted(
    (a, b) => a.start - b.start || b.end - a.end,
  )) {
    const last = merged.at(-1);
    if (last === undefined || start >= last.end) {
      merged.push({ start, end, isBase64, weights: new Map(weights) });
      continue;
    }
    last.end = Math.max(last.end, end);
    last.isBase64 ||= isBase64;
    for (const [name, weight] of weights) last.weights.set(name, (last.weights.get(name) ?? 0) + weight);
  }
  return merged;
}

/**
 * Matches a short secret between delimiters: a JSON string, a parameter, a word of its own behind `=` or `:`; never
 * the name of a member.
 */
function wholeValue(value: string): RegExp {
  const json = JSON.stringify(value).slice(1, -1);
  const octets = Buffer.from(value);
  const encoded = (['hex', 'base64', 'base64url'] as const).map((encoding) => octets.toString(encoding));
  const percents = percentEncoded(value.replace(/\p{Cs}/gu, '\ufffd'));
  const spellings = [...new Set([value, json, ...percents, ...encoded])].map((text) =>
    text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'),
  );
  // Of all that stands in JSON without quotes only a number may be a secret.
  const before = /^\d+$/.test(value) ? '^|["\'=]|[:[,]\\s{0,8}' : '^|[=:"\'[{]';
  return new RegExp(`(?<=${before})(?:${spellings.join('|')})(?=$|[&',;<@\\]}\\s]|"(?!\\s*:))`, 'gi');
}
