import { isJsonObject, type JsonObject } from '../../json/json.ts';
import type { FoundToken } from './found-token.ts';

/**
 * The compact forms of a JWS or JWE in a JSON serialization, one for each signature or recipient; empty for anything
 * else (RFC 7515 §7.2, RFC 7516 §7.2). What is in an unprotected header is left out: nobody vouches for it.
 */
export function compactFromJson(value: JsonObject): readonly FoundToken[] {
  const { payload, signatures, ciphertext, recipients } = value;
  if (typeof payload === 'string') {
    return partsOf(signatures, value).flatMap((part, index) =>
      typeof part.signature === 'string' && typeof part.protected === 'string'
        ? [named(`${part.protected}.${payload}.${part.signature}`, signatures, 'signatures', index)]
        : [],
    );
  }
  if (typeof ciphertext !== 'string' || typeof value.protected !== 'string' || value.aad !== undefined)
    return [];
  const { protected: header, iv = '', tag = '' } = value;
  return partsOf(recipients, value).flatMap(({ encrypted_key: key = '' }, index) =>
    [key, iv, tag].every((part) => typeof part === 'string')
      ? [named(`${header}.${key}.${iv}.${ciphertext}.${tag}`, recipients, 'recipients', index)]
      : [],
  );
}

function partsOf(list: unknown, whole: JsonObject): readonly JsonObject[] {
  return Array.isArray(list) ? list.filter(isJsonObject) : [whole];
}

function named(text: string, list: unknown, name: string, index: number): FoundToken {
  return { text, name: Array.isArray(list) ? `${name}[${index}]` : null };
}
