import { isUtf8 } from 'node:buffer';
import type { ExactJson } from '../json/exact-json.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { parseJsonExactly } from '../json/parse-json-exactly.ts';

/** A signed JWT taken apart (RFC 7515 §7.1); its signature was not looked at. */
export interface DecodedJws {
  readonly type: 'jws';
  readonly header: JsonObject;
  readonly claims: JsonObject;
  /** The claims with their number texts. */
  readonly claimsJson: ExactJson;
  readonly signature: Uint8Array;
  /** The ASCII text that was signed: header, dot, payload. */
  readonly signingInput: string;
}

/** An encrypted JWT (RFC 7516 §7.1), of which only the header can be read. */
export interface DecodedJwe {
  readonly type: 'jwe';
  readonly header: JsonObject;
}

/** The first thing that keeps a text from being a compact JWT. */
export interface InvalidJwt {
  readonly type: 'invalid';
  readonly part: 'parts' | 'payload' | 'signature' | (typeof jweParts)[number];
  readonly problem:
    | 'count'
    | 'cut'
    | 'padding'
    | 'standard alphabet'
    | 'base64url'
    | 'utf-8'
    | 'json'
    | 'no object';
  /** One sentence for the user; quotes nothing of the text. */
  readonly reason: string;
}

/** A compact JWT taken apart. Decoding says nothing about trust. */
export type DecodedJwt = DecodedJws | DecodedJwe | InvalidJwt;

type Part = InvalidJwt['part'];

const jweParts = [
  'header',
  'encrypted key',
  'initialization vector',
  'ciphertext',
  'authentication tag',
] as const;

/** What people and logs write where a part of a token was taken out. */
const cutMark =
  /(?<!\.)\.{3}(?!\.)|\.{4}$|\u2026|\*{3,}|[<[](?:redacted|masked|removed|hidden|snip|cut)[^>\]]{0,40}[>\]]/i;

/** Says in which part a token was cut off or masked; undefined when nothing shows that it was. */
function cutPart(text: string): InvalidJwt | undefined {
  const cut = cutMark.exec(text);
  if (cut === null) return undefined;
  const before = text.slice(0, cut.index).split('.', 4).length - 1;
  // Between two dots a whole part was taken out.
  const index = cut[0].startsWith('.') && cut.index + cut[0].length < text.length ? before + 1 : before;
  const part = (['header', 'payload'] as const)[index] ?? 'signature';
  return invalid(part, 'cut', `The token was cut off or masked in its ${part}: copy the whole token.`);
}

/** Claims that are moments, in seconds since 1970 (RFC 7519 §4.1, OIDC Core §2, §5.1, RFC 7662 §2.2). */
export const timeClaims = new Set(['exp', 'nbf', 'iat', 'auth_time', 'updated_at']);

/** Decodes a compact JWS or JWE whose payload is a JWT claims set (RFC 7519 §7.2, steps 1 to 8 and 10). */
export function decodeJwt(text: string): DecodedJwt {
  // Never into more than six parts: the text may be anything.
  const parts = text.split('.', 6);
  const [header = '', payload = '', signature = ''] = parts;
  const cut = text.length > 1 ? cutPart(text.slice(0, 200_000)) : undefined;
  if (cut !== undefined) return cut;
  if (parts.length !== 3 && parts.length !== 5) {
    const count = parts.length > 5 ? 'more than five' : String(parts.length);
    return invalid(
      'parts',
      'count',
      `A compact JWT has three parts, or five when encrypted; this has ${count}${parts.length < 5 ? ': it was probably cut off.' : '.'}`,
    );
  }
  const decodedHeader = decodeObject('header', header);
  if (isInvalid(decodedHeader)) return decodedHeader;
  if (parts.length === 5 && typeof decodedHeader.object.enc !== 'string') {
    return invalid('parts', 'count', 'It has five parts and no enc in its header: a signed JWT has three.');
  }
  if (parts.length === 5) {
    const problem = jweParts.map((part, index) => decodeOctets(part, parts[index] ?? '')).find(isInvalid);
    return problem ?? { type: 'jwe', header: decodedHeader.object };
  }
  const decodedPayload = decodeObject('payload', payload);
  if (isInvalid(decodedPayload)) return decodedPayload;
  const octets = decodeOctets('signature', signature);
  return isInvalid(octets)
    ? octets
    : {
        type: 'jws',
        header: decodedHeader.object,
        claims: decodedPayload.object,
        claimsJson: decodedPayload.json,
        signature: octets,
        signingInput: `${header}.${payload}`,
      };
}

/** The claims of a JWT that is not encrypted; none of anything else. */
export function claimsOf(text: string): JsonObject {
  const jwt = decodeJwt(text);
  return jwt.type === 'jws' ? jwt.claims : {};
}

/** What a token is bound to, by its claims or by what is said of it; empty when by nothing (RFC 7800 §3.1). */
export function confirmationOf({ cnf }: JsonObject): JsonObject {
  return isJsonObject(cnf) ? cnf : {};
}

/** Names that the header of a JWT has more than once; the last value is read (RFC 7515 §4, RFC 7516 §4). */
export function repeatedHeaderMembers(compact: string): readonly string[] {
  const [header = ''] = compact.split('.', 1);
  const parsed = parseJsonExactly(Buffer.from(header, 'base64url').toString('utf8'));
  return parsed.type === 'malformed' ? [] : parsed.json.duplicates;
}

function decodeObject(part: Part, encoded: string): { object: JsonObject; json: ExactJson } | InvalidJwt {
  const octets = decodeOctets(part, encoded);
  if (isInvalid(octets)) return octets;
  const text = decodeUtf8(octets);
  if (text === undefined) return invalid(part, 'utf-8', `The ${part} is not UTF-8 text.`);
  const parsed = parseJsonExactly(text);
  if (parsed.type === 'malformed') {
    return invalid(part, 'json', `The ${part} is not JSON: it ${parsed.reason} (offset ${parsed.offset}).`);
  }
  const { json } = parsed;
  return isJsonObject(json.value)
    ? { object: json.value, json }
    : invalid(part, 'no object', `The ${part} is JSON but not an object.`);
}

/** Decodes base64url strictly: no padding, no other alphabet (RFC 7515 §2). */
function decodeOctets(part: Part, encoded: string): Uint8Array | InvalidJwt {
  if (/^[\w-]*$/.test(encoded)) {
    return encoded.length % 4 === 1
      ? invalid(
          part,
          'base64url',
          `The ${part} has a length that base64url never has: it was probably cut off.`,
        )
      : new Uint8Array(Buffer.from(encoded, 'base64url'));
  }
  if (/^[\w-]*=/.test(encoded)) {
    return invalid(part, 'padding', `The ${part} is padded with "=", which a JWT never is.`);
  }
  if (/^[\w+/=-]*$/.test(encoded)) {
    return invalid(part, 'standard alphabet', `The ${part} is base64 with "+" or "/", not base64url.`);
  }
  return invalid(part, 'base64url', `The ${part} has characters that base64url does not have.`);
}

/** The text of octets that are UTF-8; undefined for others. */
export function decodeUtf8(octets: Uint8Array): string | undefined {
  return isUtf8(octets)
    ? Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('utf8')
    : undefined;
}

function isInvalid(value: object): value is InvalidJwt {
  return 'type' in value && value.type === 'invalid';
}

function invalid(part: Part, problem: InvalidJwt['problem'], reason: string): InvalidJwt {
  return { type: 'invalid', part, problem, reason };
}
