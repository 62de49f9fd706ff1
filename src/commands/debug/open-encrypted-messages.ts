import { decryptWith } from '../../flows/open-encrypted.ts';
import type { DecryptionKey } from '../../jose/decrypt-jwe.ts';
import { mapStrings } from '../../json/exact-number.ts';
import type { RecordedEvent } from '../../recording/recording.ts';

/** A compact JWE, which has five parts (RFC 7516 §3.1). */
const compactJwe = /\beyJ[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+/g;

/**
 * Puts what is inside in the place of each encrypted token that the key opens, wherever in the messages it stands; others
 * stay as they are. What is inside a token that was signed before it was encrypted is then judged.
 */
export async function openEncryptedMessages(
  events: readonly RecordedEvent[],
  key: DecryptionKey,
): Promise<readonly RecordedEvent[]> {
  const found = new Set<string>();
  mapStrings(events, (text) => {
    for (const [compact] of text.matchAll(compactJwe)) found.add(compact);
    return text;
  });
  const opened = new Map<string, string>();
  for (const compact of found) {
    const inside = (await decryptWith(key, undefined, compact))?.text;
    // Only a token can stand where a token stood.
    if (inside !== undefined && /^[\w-]+\.[\w-]+\.[\w-]*$/.test(inside)) opened.set(compact, inside);
  }
  return opened.size === 0
    ? events
    : mapStrings(events, (text) => text.replace(compactJwe, (compact) => opened.get(compact) ?? compact));
}
