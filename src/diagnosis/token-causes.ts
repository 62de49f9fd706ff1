import type { CheckResult } from '../checks/check-result.ts';
import type { JsonObject } from '../json/json.ts';
import { providers } from '../providers/find-provider.ts';
import type { TokenFact } from '../providers/provider.ts';
import { type Cause, type Diagnosed, rank } from './diagnosis.ts';

const topics: Readonly<Record<TokenFact['failed'], RegExp>> = {
  form: /^(?:jwt|id-token|access-token-jwt|logout-token|userinfo-jwt)$/,
  signature: /-signature$/,
  key: /(?<!header)-key$/,
  issuer: /-iss$/,
};

/** Why a token did not pass the checks of these ids, where its header and claims show a provider that is known for it. */
export function tokenCauses(
  { header, claims }: { readonly header: JsonObject; readonly claims: JsonObject | null },
  failed: readonly string[],
): readonly Cause[] {
  const fits = (members: JsonObject | null, wanted: TokenFact['claims'] = {}) =>
    Object.entries(wanted).every(([name, pattern]) => {
      const value = members?.[name];
      return typeof value === 'string' && pattern.test(value);
    });
  return providers
    .flatMap(({ tokens = {} }) =>
      Object.entries(tokens).flatMap(([source, facts]) => facts.map((fact) => ({ ...fact, source }))),
    )
    .filter((fact) => failed.some((id) => topics[fact.failed].test(id)))
    .filter((fact) => fits(header, fact.header) && fits(claims, fact.claims))
    .map(({ cause, why, try: remedy, source }) => ({ cause, why, try: remedy, source }));
}

/** The same in order, for the user of `decode`. */
export function diagnoseToken(
  token: Parameters<typeof tokenCauses>[0],
  checks: readonly CheckResult[],
): Diagnosed {
  return rank(tokenCauses(token, failedIds(checks)), 'debug');
}

/** The ids of the checks that failed. */
export function failedIds(checks: readonly CheckResult[]): readonly string[] {
  return checks.filter(({ outcome }) => outcome === 'fail').map(({ id }) => id);
}
