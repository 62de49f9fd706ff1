import { type ReadJwe, type ReadJws, readJose } from '../jose/read-token.ts';
import { type ReadSdJwt, readSdJwt } from '../jose/sd-jwt.ts';
import { isJsonObject } from '../json/json.ts';
import { parseJsonExactly } from '../json/parse-json-exactly.ts';
import { isPlaceholder } from '../protocol/placeholder.ts';

/** A token that only its issuer can read: what can be seen from outside. */
export interface OpaqueToken {
  readonly type: 'opaque';
  readonly text: string;
  /** Each one sentence about its form; none says what is in it. */
  readonly looksLike: readonly string[];
}

/** The form of a longer token is not looked at: servers issue none. */
const longest = 64 * 1024;

/** Describes a token that is not a JWT by its length, characters and shape; no issuer is recognised by it. */
export function describeOpaqueToken(text: string): OpaqueToken {
  if (text.length > longest)
    return looking(text, `It has ${text.length} characters, more than any usual token.`);
  if (isPlaceholder(text)) {
    return looking(
      text,
      'It is a placeholder: the recording hides its secrets. The claims of its JWTs are in "oauth-code report" of it, and --show-secrets while recording keeps them.',
    );
  }
  const shapes = [uuidShape, pasetoShape, brokenJwtShape, jsonShape, prefixShape, hexShape];
  const seen = shapes.map((shape) => shape(text)).filter((shape) => shape !== undefined);
  return looking(text, `It has ${text.length} characters: ${charset(text)}.`, ...seen);
}

function looking(text: string, ...looksLike: readonly string[]): OpaqueToken {
  return { type: 'opaque', text, looksLike };
}

const charsets = [
  [/^\d+$/, 'digits'],
  [/^[\da-f]+$|^[\dA-F]+$/, 'hexadecimal digits'],
  [/^[A-Za-z]+$/, 'letters'],
  [/^[A-Za-z\d]+$/, 'letters and digits'],
  [/^[\w-]+=*$/, 'those of base64url'],
  [/^[A-Za-z\d+/]+=*$/, 'those of base64'],
  [/^[\w.~+/-]+=*$/, 'those a Bearer token may have (RFC 6750 §2.1)'],
  [/^/, 'more than a Bearer token may have (RFC 6750 §2.1)'],
] as const;

function charset(text: string): string | undefined {
  return charsets.find(([pattern]) => pattern.test(text))?.[1];
}

function uuidShape(text: string): string | undefined {
  const [, version] = /^[\da-f]{8}-[\da-f]{4}-([\da-f])[\da-f]{3}-[\da-f]{4}-[\da-f]{12}$/i.exec(text) ?? [];
  if (version === undefined) return undefined;
  return version === '4'
    ? 'It is a UUID of version 4: a random key into the records of its issuer.'
    : `It is a UUID of version ${version}; such a one may be guessable (RFC 9562 §8).`;
}

function pasetoShape(text: string): string | undefined {
  const [, purpose] = /^v[1-4]\.(local|public)\./.exec(text) ?? [];
  if (purpose === undefined) return undefined;
  return purpose === 'public'
    ? 'It is a PASETO that is signed, not encrypted: another format than JWT, which is not decoded here.'
    : 'It is an encrypted PASETO; reading it takes the key.';
}

function brokenJwtShape(text: string): string | undefined {
  if (!/^e[wy][\w-]{4}/.test(text)) return undefined;
  const start = Buffer.from(text.slice(0, 400).split('.')[0] ?? '', 'base64url').toString('utf8');
  return /^\s*\{\s*"/.test(start)
    ? 'It begins like a JWT, but the header is cut off or damaged: was the whole token copied?'
    : undefined;
}

function jsonShape(text: string): string | undefined {
  const [, encoded] = /^([\w+/-]{12,})(?:=*$|\.)/.exec(text) ?? [];
  if (encoded === undefined) return undefined;
  const parsed = parseJsonExactly(Buffer.from(encoded, 'base64url').toString('utf8'));
  if (parsed.type === 'malformed' || !isJsonObject(parsed.json.value)) return undefined;
  const names = Object.keys(parsed.json.value).slice(0, 8);
  return `${encoded.length < text.replace(/=+$/, '').length ? 'It begins with' : 'It is'} the base64 of a JSON object with the members ${names.map((name) => JSON.stringify(name)).join(', ') || '(none)'}.`;
}

/** `abc_…`, `xyz-1-…`, `a0.…`: said as it is, because who uses which prefix changes. */
function prefixShape(text: string): string | undefined {
  const [, prefix] =
    /^([A-Za-z][A-Za-z\d]{1,9}(?:[_-][a-z]{2,8}){0,2}[_.-])[\w.~+/-]{16,}=*$/.exec(text) ?? [];
  if (prefix === undefined || /^e[wy]/.test(prefix) || uuidShape(text) !== undefined) return undefined;
  if (pasetoShape(text) !== undefined) return undefined;
  return `It begins with ${prefix}, a prefix by which its issuer and secret scanners can tell what it is.`;
}

function hexShape(text: string): string | undefined {
  if (!/^[\da-f]+$/i.test(text) || text.length % 2 === 1 || text.length < 16) return undefined;
  return `As hexadecimal it stands for ${text.length / 2} octets: a random value or a hash.`;
}

/** A token by its form. Reading says nothing about trust. */
export type TokenReading = ReadJws | ReadJwe | ReadSdJwt | OpaqueToken;

/** Reads a token whatever it is; what is nothing else is opaque. */
export function readToken(text: string): TokenReading {
  const sdJwt = text.includes('~') ? readSdJwt(text) : undefined;
  return sdJwt ?? readJose(text) ?? describeOpaqueToken(text);
}
