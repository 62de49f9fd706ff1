import { claimsOf, confirmationOf } from '../jose/jwt.ts';
import type { JsonObject } from '../json/json.ts';
import type { TokensReading } from '../protocol/token-response.ts';
import { own, say } from '../say.ts';
import {
  type CheckResult,
  checkOf,
  comparedWith,
  fail,
  pass,
  underId,
  type Verdict,
  warn,
} from './check-result.ts';

/**
 * Judges whether a token that was asked for with a proof is bound to the key that was proven: by its type, and where it
 * is a JWT by the thumbprint in it (RFC 9449 §5, §6.1).
 */
export const checkDpopBinding = checkOf(
  'dpop-binding',
  ({ tokenType, accessToken }: Pick<TokensReading, 'tokenType' | 'accessToken'>, jkt: string) => {
    const compared = comparedWith(own('DPoP'), tokenType ?? undefined);
    if (tokenType !== 'DPoP')
      return fail('The server ignored the proof: its token is not bound to the key.', compared);
    const claims = claimsOf(accessToken ?? '');
    return Object.keys(claims).length === 0
      ? pass('The access token is bound to the key of the client.', compared)
      : judgeConfirmation(claims, jkt, 'access token');
  },
);

/** Judges whether introspection says that a token is bound to the key of the client (RFC 9449 §6.2). */
export function checkIntrospectedKey(members: JsonObject, jkt: string): CheckResult {
  return underId('dpop-binding', judgeConfirmation(members, jkt, 'introspection response'));
}

/** Compares the thumbprint that a token or its introspection holds with that of the key (RFC 9449 §6). */
function judgeConfirmation(
  claims: JsonObject,
  jkt: string,
  what: 'access token' | 'introspection response',
): Verdict {
  const named = confirmationOf(claims).jkt;
  const compared = comparedWith(jkt, named);
  if (named === jkt) return pass(say`The ${own(what)} names the key of the client (cnf.jkt).`, compared);
  return named === undefined
    ? warn(say`The ${own(what)} does not name the key it is bound to (cnf.jkt is missing).`, compared)
    : fail(say`The ${own(what)} is bound to another key than the one of the client (cnf.jkt).`, compared);
}
