import type { CheckResult } from '../checks/check-result.ts';
import type { OAuthErrorContext } from '../output/explain-oauth-error.ts';
import type { Secret } from '../output/redact.ts';

/** What a run has found and must keep quiet about so far; an error report needs both. */
export interface Journal {
  readonly checks: CheckResult[];
  /** In the order they became known. */
  readonly secrets: Secret[];
  /** What is known of the request that a server may answer with an error. */
  situation: Omit<OAuthErrorContext, 'endpoint'>;
}

/** An empty journal. */
export function createJournal(): Journal {
  return { checks: [], secrets: [], situation: {} };
}
