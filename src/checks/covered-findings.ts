import { type CheckId, catalogue } from './catalogue.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import type { Finding } from './finding.ts';

const oddBody: readonly CheckId[] = [
  'body-plain-text',
  'json-malformed',
  'html-error-page',
  'empty-body',
  'body-form-encoded',
  'body-xml',
  'json-wrapped',
  'bom-present',
  'content-type-wrong',
  'number-exceeds-safe-integer',
];

/**
 * For each check, the findings that say more exactly what is out of order in its subject. Where a failing check
 * stops the flow and the finding would only warn (`userinfo-sub`, `sub-missing`), both are listed.
 */
const coveringFindings: Readonly<Partial<Record<CheckId, readonly CheckId[]>>> = {
  metadata: oddBody,
  'metadata-issuer': ['issuer-mismatch'],
  'metadata-required': ['metadata-required-missing'],
  'metadata-urls': ['metadata-url-invalid'],
  'pkce-advertised': ['pkce-not-advertised'],
  'authorization-response': [
    'callback-fragment-present',
    'callback-query-malformed',
    'callback-parameter-repeated',
    'parameter-renamed',
    'parameter-empty-string',
  ],
  state: ['state-missing', 'state-mismatch'],
  'token-response': [
    ...oddBody,
    'success-status-not-200',
    'access-token-missing',
    'parameter-renamed',
    'parameter-null',
    'parameter-wrong-type',
    'parameter-empty-string',
    'tokens-nested',
    'additional-tokens',
    'status-envelope',
  ],
  'token-type': ['token-type-missing', 'token-type-unregistered'],
  'expires-in': [
    'expires-in-missing',
    'expires-in-string',
    'expires-in-zero',
    'expires-in-over-int32',
    'expires-at-instead-of-expires-in',
  ],
  'cache-control': ['cache-control-missing'],
  'userinfo-response': [...oddBody, 'www-authenticate-missing', 'claim-wrong-type', 'claims-nested'],
};

/** Lists findings as checks: those that stop have failed, all others are warnings. */
export function checksFromFindings(findings: readonly Finding[]): CheckResult[] {
  return findings.map(({ id, detail, evidence }) =>
    checkResult(
      id,
      catalogue[id].stops ? 'fail' : 'warn',
      detail,
      evidence === '' ? {} : { received: evidence },
    ),
  );
}

/** Tells whether a finding says more exactly what a check would say, so that the check need not be listed. */
export function isCovered(id: CheckId, findings: readonly Pick<Finding, 'id'>[]): boolean {
  const covering = coveringFindings[id] ?? [];
  return findings.some((finding) => covering.includes(finding.id));
}

/** Lists the checks and findings of one message together, without the checks that a finding covers. */
export function combineWithFindings(
  checks: readonly CheckResult[],
  findings: readonly Finding[],
): CheckResult[] {
  return [...checks.filter(({ id }) => !isCovered(id, findings)), ...checksFromFindings(findings)];
}
