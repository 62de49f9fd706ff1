import { jwsAlgorithm } from '../../jose/jws-algorithm.ts';
import type { JsonObject } from '../../json/json.ts';
import { shownValue } from '../shown-value.ts';
import type { Verdict } from './evidence.ts';
import { describeRefusal } from './judge-algorithm.ts';
import { judgeCritical } from './judge-critical.ts';
import { judgeHeaderKeys } from './judge-header-keys.ts';
import type { SignedJwtVerdicts } from './judge-signed-jwt.ts';

/** Judges the header of a JWS when nobody asked for its signature to be verified (RFC 7515 §5.2, RFC 8725 §3). */
export function judgeUnverifiedJwt(header: JsonObject, reason: string): SignedJwtVerdicts {
  const { alg } = header;
  const algorithm = jwsAlgorithm(alg);
  const skipped: Verdict = { outcome: 'skipped', detail: reason };
  return {
    algorithm:
      algorithm === undefined
        ? { outcome: 'fail', detail: describeRefusal(alg), received: shownValue(alg) }
        : { outcome: 'pass', detail: `${algorithm.name}, which can be verified here.` },
    critical: judgeCritical(header),
    headerKeys: judgeHeaderKeys(header),
    key: skipped,
    signature: skipped,
  };
}
