import { catalogue } from '../checks/catalogue.ts';
import type { CheckResult } from '../checks/check-result.ts';
import { FindingsError } from '../errors.ts';
import { own, say } from '../say.ts';
import type { DiscoverSettings } from '../settings/settle-tools.ts';

/** @throws FindingsError when a check is at or above the threshold */
export function requireNothingFound(
  threshold: DiscoverSettings['failOn'],
  checks: readonly CheckResult[],
): void {
  if (threshold === 'none') return;
  const found = checks.filter(({ id, outcome }) => {
    const counts = outcome === 'fail' || outcome === 'warn';
    return counts && (threshold === 'note' || catalogue[id].severity === 'violation');
  });
  const [first] = found;
  if (first === undefined) return;
  const more = found.length === 1 ? '' : ` and ${found.length - 1} more`;
  throw new FindingsError('findings', say`Found: ${first.title.toLowerCase()} (${own(first.id)})${more}.`, {
    step: 'discovery',
    hint: 'The result above shows the checks. To exit with status 0 anyway: --fail-on none.',
  });
}
