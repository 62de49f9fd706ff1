import { createHash } from 'node:crypto';
import type { JsonObject } from '../json/json.ts';
import { publicMembers } from './jwk-members.ts';

/**
 * The SHA-256 thumbprint of a public key, base64url (RFC 7638 §3); null for a symmetric key, whose thumbprint
 * could give it away (RFC 7638 §7), and for a key that lacks a member.
 */
export function jwkThumbprint(key: JsonObject): string | null {
  const members = publicMembers(key);
  if (members === undefined) return null;
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
