import type { JsonObject } from '../../json/json.ts';
import { quoted, shownValue } from '../shown-value.ts';
import type { Verdict } from './evidence.ts';

/**
 * Judges `crit`, of which nothing but a `b64` of true is understood, and refuses the unencoded payload that no JWT
 * may have (RFC 7515 §4.1.11, RFC 7797 §6, §7).
 */
export function judgeCritical(header: JsonObject): Verdict {
  const { crit, b64 } = header;
  if (b64 === false) {
    return {
      outcome: 'fail',
      detail: 'The header says b64 false; a JWT may not have an unencoded payload.',
      received: 'b64: false',
    };
  }
  if (crit === undefined) return { outcome: 'pass', detail: 'The header has no crit.' };
  const received = shownValue(crit);
  if (!Array.isArray(crit) || crit.length === 0 || crit.some((name) => typeof name !== 'string')) {
    return { outcome: 'fail', detail: 'crit is no list of names.', received };
  }
  const unknown = crit.filter((name) => name !== 'b64' || b64 !== true);
  return unknown.length === 0
    ? { outcome: 'pass', detail: 'crit names only b64, which is true.', received }
    : { outcome: 'fail', detail: `crit names what is not understood here: ${quoted(unknown)}.`, received };
}
