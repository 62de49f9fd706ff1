import type { CheckResult } from '../checks/check-result.ts';
import { judgeDecryption } from '../checks/decryption.ts';
import type { FlowStep } from '../client/middleware.ts';
import { type DecryptionKey, decryptJwe } from '../jose/decrypt-jwe.ts';
import { decodeJwt } from '../jose/jwt.ts';
import type { Conversation } from './conversation.ts';

/**
 * Opens an encrypted answer with the decryption key of the conversation, or with the client secret where the algorithm
 * is a symmetric one (OIDC Core §10.2); undefined where there is neither, and for what is not encrypted.
 * @throws ValidationError when the key does not open it
 */
export async function openEncrypted(
  conversation: Conversation,
  step: FlowStep,
  compact: string,
  clientSecret: string | undefined,
): Promise<string | undefined> {
  const decrypted = await decryptWith(conversation.decryptionKey, clientSecret, compact);
  if (decrypted === undefined) return undefined;
  conversation.requireChecks(step, [decrypted.check]);
  return decrypted.text;
}

/** The same without a conversation: what is inside, where a key opens it, and the check of that. */
export async function decryptWith(
  decryptionKey: DecryptionKey | undefined,
  clientSecret: string | undefined,
  compact: string,
): Promise<{ readonly text: string | undefined; readonly check: CheckResult } | undefined> {
  const jwe = decodeJwt(compact);
  if (jwe.type !== 'jwe') return undefined;
  const isSymmetric = /^(?:dir|A\d+(?:GCM)?KW)$/.test(String(jwe.header.alg));
  const bySecret =
    isSymmetric && clientSecret !== undefined
      ? { name: 'the client secret', file: { type: 'secret' as const, octets: Buffer.from(clientSecret) } }
      : undefined;
  const key = decryptionKey ?? bySecret;
  if (key === undefined) return undefined;
  const decryption = await decryptJwe(compact, jwe.header, key.file);
  const { plaintext } = decryption;
  return {
    text: plaintext === undefined ? undefined : Buffer.from(plaintext).toString('utf8').trim(),
    check: judgeDecryption(decryption, jwe.header, key.name),
  };
}
