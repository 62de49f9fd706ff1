import { isJsonObject, type JsonObject, parsePlainJson } from '../json/json.ts';

/** The keys of an authorization server as received; nothing says yet that they are of use (RFC 7517 §5). */
export interface JwkSet {
  readonly type: 'jwk-set';
  readonly keys: readonly JsonObject[];
  /** What was odd about the set itself, each one sentence. */
  readonly problems: readonly string[];
}

/** A key set, or why the text is none. */
export type JwkSetReading = JwkSet | { readonly type: 'invalid'; readonly reason: string };

/** What to do with a key set that was given in the place of a token or a message. */
export const whatKeySetsAreFor = 'A key set verifies tokens: oauth-code decode TOKEN --jwks FILE';

/** More characters than any honest key set has. */
const longestText = 4 * 1024 * 1024;
/** Keys beyond these are not read. */
const mostKeys = 1000;

/** Reads a JWK Set from the body of a response or the text of a file, keeping what can be kept (RFC 7517 §5). */
export function readJwkSet(text: string): JwkSetReading {
  if (text.length > longestText) {
    return invalid(`The key set has ${text.length} characters; more than ${longestText} are not read.`);
  }
  const problems: string[] = [];
  if (text.startsWith('\uFEFF')) problems.push('The JSON text is preceded by a byte order mark.');
  const stripped = text.replace(/^\uFEFF/, '').trim();
  const value = parsePlainJson(stripped);
  if (value === undefined) return invalid(describeNonJson(stripped));
  if (!isJsonObject(value)) return invalid('The document is JSON but not an object.');
  const { keys } = value;
  if (!Array.isArray(keys)) return invalid(describeKeylessObject(value));
  return readKeys(keys, problems);
}

function readKeys(members: readonly unknown[], problems: string[]): JwkSet {
  if (members.length === 0) problems.push('The set is empty.');
  if (members.length > mostKeys) {
    problems.push(`The set has ${members.length} keys; only the first ${mostKeys} are read.`);
  }
  const read = members.slice(0, mostKeys);
  const keys = read.filter(isJsonObject);
  const others = read.length - keys.length;
  if (others > 0)
    problems.push(
      `${others} of the ${read.length} members of keys ${others === 1 ? 'is not an object' : 'are not objects'}.`,
    );
  return { type: 'jwk-set', keys, problems };
}

function describeNonJson(text: string): string {
  if (text === '') return 'The document is empty.';
  if (text.startsWith('<')) return 'The document is HTML or XML, not JSON.';
  if (text.startsWith('-----BEGIN')) return 'The document is PEM, not a JWK Set.';
  return 'The document is not JSON.';
}

function describeKeylessObject(value: JsonObject): string {
  if (value.keys !== undefined) return 'The member keys is not an array.';
  if (typeof value.kty === 'string')
    return 'The document is a single key; a set has it in an array called keys.';
  if (typeof value.jwks_uri === 'string')
    return 'The document is server metadata; its jwks_uri says where the keys are.';
  const certificates = Object.values(value).some(
    (member) => typeof member === 'string' && member.startsWith('-----BEGIN CERTIFICATE'),
  );
  return certificates
    ? 'The document is a map of PEM certificates, not a JWK Set.'
    : 'The document has no array called keys.';
}

function invalid(reason: string): JwkSetReading {
  return { type: 'invalid', reason };
}
