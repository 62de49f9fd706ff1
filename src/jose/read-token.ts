import type { ExactJson } from '../json/exact-json.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { parseJsonExactly } from '../json/parse-json-exactly.ts';
import { decodeJwt, decodeUtf8, type InvalidJwt } from './jwt.ts';

/** The payload of a JWS or JWE: claims, or any other octets (RFC 7515 §3). */
export type TokenPayload =
  | { readonly type: 'claims'; readonly claims: JsonObject; readonly json: ExactJson }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'octets'; readonly octets: Uint8Array };

/** A signed token as far as it can be read; nothing in it is trusted yet. */
export interface ReadJws {
  readonly type: 'jws';
  readonly compact: string;
  readonly header: JsonObject;
  /** null when that part is missing. */
  readonly payload: TokenPayload | null;
  /** null when that part is missing. */
  readonly signature: Uint8Array | null;
  /** Header, dot, payload as received. */
  readonly signingInput: string;
  /** Why a reader that follows the specification refuses it; undefined when it does not. */
  readonly defect: InvalidJwt | undefined;
}

/** An encrypted token; its octets are counted, not kept. */
export interface ReadJwe {
  readonly type: 'jwe';
  readonly compact: string;
  readonly header: JsonObject;
  readonly octets: {
    readonly encryptedKey: number;
    readonly initializationVector: number;
    readonly ciphertext: number;
    readonly authenticationTag: number;
  };
  readonly defect: InvalidJwt | undefined;
}

/**
 * Reads a compact JWS or JWE as far as it goes: base64 with padding or of the other alphabet, a payload that is no
 * JSON, and parts that were cut off are read all the same and named as a defect. undefined when the first part is no
 * header.
 */
export function readJose(compact: string): ReadJws | ReadJwe | undefined {
  const strict = decodeJwt(compact);
  if (strict.type === 'jws') {
    const { header, claims, claimsJson, signature, signingInput } = strict;
    const payload: TokenPayload = { type: 'claims', claims, json: claimsJson };
    return { type: 'jws', compact, header, payload, signature, signingInput, defect: undefined };
  }
  const defect = strict.type === 'invalid' ? strict : undefined;
  // The text before the mark of a cut can be read.
  const known = defect?.problem === 'cut' ? compact.replace(/(?:\.{2,}|\u2026).*$/s, '') : compact;
  const parts = known.split('.', 6);
  const [first = '', second, third] = parts;
  const read = readPayload(decodeLeniently(first));
  const header = strict.type === 'jwe' ? strict.header : read.type === 'claims' ? read.claims : undefined;
  if (header === undefined) return undefined;
  if (parts.length > 3 && typeof header.enc === 'string') {
    const [, key = 0, iv = 0, ciphertext = 0, tag = 0] = parts.map((part) => decodeLeniently(part).length);
    const octets = { encryptedKey: key, initializationVector: iv, ciphertext, authenticationTag: tag };
    return { type: 'jwe', compact, header, octets, defect };
  }
  const payload = second === undefined ? null : readPayload(decodeLeniently(second));
  // Other formats begin with base64url of JSON as well.
  if (!Object.hasOwn(header, 'alg') && payload?.type !== 'claims') return undefined;
  return {
    type: 'jws',
    compact,
    header,
    payload,
    signature: third === undefined ? null : decodeLeniently(third),
    signingInput: `${first}.${second ?? ''}`,
    defect,
  };
}

/** Reads what was signed or encrypted by looking at it. */
export function readPayload(octets: Uint8Array): TokenPayload {
  const text = decodeUtf8(octets);
  if (text === undefined) return { type: 'octets', octets };
  const parsed = /^\s*\{/.test(text) ? parseJsonExactly(text) : undefined;
  return parsed?.type === 'parsed' && isJsonObject(parsed.json.value)
    ? { type: 'claims', claims: parsed.json.value, json: parsed.json }
    : { type: 'text', text };
}

/** Both alphabets, padded or not; characters of neither are passed over. */
function decodeLeniently(encoded: string): Uint8Array {
  return new Uint8Array(Buffer.from(encoded, 'base64url'));
}
