import type { JsonObject } from '../../json/json.ts';
import type { Verdict } from './evidence.ts';

/** Remarks on keys and addresses of keys in the header, which are never used (RFC 8725 §3.10, RFC 7515 §4.1.2 to §4.1.6). */
export function judgeHeaderKeys(header: JsonObject): Verdict {
  const present = ['jwk', 'jku', 'x5u', 'x5c'].filter((name) => header[name] !== undefined);
  if (present.length === 0) return { outcome: 'pass', detail: 'The header brings no key of its own.' };
  const names = present.join(', ');
  return {
    outcome: 'warn',
    detail: `The header brings ${names}: ignored, since whoever forges a token brings a fitting key.`,
    received: names,
  };
}
