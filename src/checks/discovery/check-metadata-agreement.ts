import type { JsonObject, JsonValue } from '../../json/json.ts';
import { isJsonObject } from '../../json/json.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { listed } from '../shown-value.ts';

/** Checks that members which two documents of one server have in common say the same; the order of a list does not matter (RFC 8414 §5). */
export function checkMetadataAgreement(one: JsonObject, other: JsonObject): CheckResult {
  const common = Object.keys(one).filter((name) => Object.hasOwn(other, name));
  const differing = common.filter((name) => canonical(one[name]) !== canonical(other[name]));
  return differing.length === 0
    ? checkResult(
        'metadata-agreement',
        'pass',
        `The ${common.length} members that both documents have are the same.`,
      )
    : checkResult('metadata-agreement', 'warn', `The documents differ in ${listed(differing, 10)}.`);
}

/** Deeper values than these are taken for equal: no member of metadata nests further. */
const deepest = 20;

function canonical(value: JsonValue | undefined, depth = 0): string {
  if (depth > deepest) return '';
  if (Array.isArray(value)) {
    const elements = value.map((element) => canonical(element, depth + 1));
    return `[${elements.sort().join(',')}]`;
  }
  if (!isJsonObject(value)) return JSON.stringify(value) ?? '';
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name], depth + 1)}`).join(',')}}`;
}
