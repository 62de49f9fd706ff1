import { describeKey } from '../../jose/jwk-description.ts';
import type { JsonObject } from '../../json/json.ts';
import type { KeyReport } from '../../output/decode-document.ts';

/** How one key fared, of a signature or a decryption. */
interface Trial {
  readonly jwk: JsonObject;
  readonly outcome: KeyReport['tried'][number]['outcome'];
  readonly reason: string;
}

/** Describes the keys that were tried, without their material. */
export function keyReport(
  { source, isPublished }: { readonly source: string; readonly isPublished: boolean },
  trials: readonly Trial[],
  now: Date,
): KeyReport {
  const tried = trials.map(({ jwk, outcome, reason }) => ({
    ...describeKey(jwk, now, isPublished),
    outcome,
    reason,
  }));
  const worked = tried.find(({ outcome }) => outcome === 'verified' || outcome === 'decrypted');
  if (worked === undefined) return { source, used: null, tried };
  const { outcome: _, reason: __, ...used } = worked;
  return { source, used, tried };
}
