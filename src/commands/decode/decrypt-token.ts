import { type CheckResult, checkResult } from '../../checks/check-result.ts';
import { shownValue } from '../../checks/shown-value.ts';
import type { DecryptionTrial } from '../../jose/decrypt-jwe.ts';
import type { ReadJwe } from '../../jose/token-text/read-token.ts';
import type { KeyReport } from '../../output/decode-document.ts';
import type { NamedKeyFile } from './decoding-settings.ts';
import { keyReport } from './key-report.ts';

/** What the decryption of one token came to. */
export interface TokenDecryption {
  readonly plaintext: Uint8Array | undefined;
  readonly key: KeyReport;
  readonly check: CheckResult;
}

/** Decrypts a token; never throws. */
export type Decrypt = (token: ReadJwe) => Promise<TokenDecryption>;

/** Decrypts with the keys of a file. */
export function createDecrypt({ name, file }: NamedKeyFile, now: Date): Decrypt {
  return async ({ compact, header }) => {
    const { decryptJwe } = await import('../../jose/decrypt-jwe.ts');
    const { plaintext, trials, change } = await decryptJwe(compact, header, file);
    const how = `alg ${shownValue(header.alg)}, enc ${shownValue(header.enc)}`;
    return {
      plaintext,
      key: keyReport({ source: name, isPublished: false }, trials.map(withSecretOf(file)), now),
      check:
        plaintext === undefined
          ? checkResult('jwe-decryption', 'fail', `${reasonOf(trials, name)} (${how}).`)
          : checkResult(
              'jwe-decryption',
              'pass',
              `Decrypted with ${name}${change === undefined ? '' : `, ${change}`} (${how}).`,
            ),
    };
  };
}

/** Bare octets are described as the symmetric key that they are. */
function withSecretOf(file: NamedKeyFile['file']): (trial: DecryptionTrial) => DecryptionTrial {
  if (file.type === 'keys') return (trial) => trial;
  const jwk = { kty: 'oct', k: Buffer.from(file.octets).toString('base64url') };
  return (trial) => ({ ...trial, jwk });
}

/** A key that fits and fails says more than those that do not fit. */
function reasonOf(trials: readonly { outcome: string; reason: string }[], name: string): string {
  const telling = trials.find(({ outcome }) => outcome === 'failed') ?? trials[0];
  const others = trials.length > 1 ? ` (${trials.length} keys were looked at)` : '';
  return `${name} did not decrypt it: ${telling?.reason ?? 'there is no key in it'}${others}`;
}
