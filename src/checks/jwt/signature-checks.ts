import { type CheckResult, checkResult } from '../check-result.ts';
import type { SignedJwtVerdicts } from '../signed-jwt/judge-signed-jwt.ts';

const ids = {
  jwt: ['jwt-alg', 'jwt-crit', 'jwt-header-keys', 'jwt-key', 'jwt-signature'],
  'id-token': ['id-token-alg', 'id-token-crit', 'id-token-header-key', 'id-token-key', 'id-token-signature'],
} as const;

/** The verdicts on header, key and signature under the ids of a kind of token. */
export function signatureChecks(kind: keyof typeof ids, verdicts: SignedJwtVerdicts): CheckResult[] {
  const { algorithm, critical, headerKeys, key, signature } = verdicts;
  const [alg, crit, header, chosen, verified] = ids[kind];
  return (
    [
      [alg, algorithm],
      [crit, critical],
      [header, headerKeys],
      [chosen, key],
      [verified, signature],
    ] as const
  ).map(([id, { outcome, detail, ...compared }]) => checkResult(id, outcome, detail, compared));
}
