import { asksForJwt, type ResponseJwt } from '../protocol/authorization-response.ts';
import { own, say } from '../say.ts';
import { type CheckResult, fail, pass, skip, underId, warn } from './check-result.ts';
import { judgeAud, judgeIss, type TimeEvidence } from './id-token/token-claims.ts';
import { judgeExp } from './id-token/token-times.ts';
import type { SignatureEvidence } from './signed-jwt/judge-header.ts';
import { decisiveVerdict, judgeSignedJwt } from './signed-jwt/judge-signed-jwt.ts';

/** The JWT of an authorization response and what it is judged by. */
export interface ResponseJwtEvidence extends SignatureEvidence, TimeEvidence {
  /** Undefined for plain parameters. */
  readonly jwt: ResponseJwt | undefined;
  /** The response mode that was asked for; undefined for none. */
  readonly responseMode: string | undefined;
  /** null when it is not known. */
  readonly issuer: string | null;
  readonly clientId: string;
}

/**
 * Makes every check of the JWT that holds an authorization response: that it came where it was asked for, decryption,
 * signature, issuer, audience and expiry (JARM §2.4). Nothing to list where neither came nor was asked for.
 */
export async function judgeResponseJwt(evidence: ResponseJwtEvidence): Promise<CheckResult[]> {
  const { jwt, responseMode = '', issuer } = evidence;
  if (jwt === undefined) {
    const detail = say`response_mode ${responseMode} asks for a JWT, and plain parameters came: nothing shows who made them.`;
    const compared = { expected: own('response'), received: own('plain parameters') };
    return asksForJwt(responseMode) ? [underId('jarm-response', fail(detail, compared))] : [];
  }
  const came = asksForJwt(responseMode)
    ? pass('The response came in a JWT, as was asked.')
    : warn('The response came in a JWT, which was not asked for.');
  const { signed, encryption } = jwt;
  const decryption = {
    none: skip('The JWT is not encrypted.'),
    locked: fail('It is encrypted, and no key at hand decrypts it.'),
    opened: pass('The JWT was decrypted.'),
  }[encryption];
  const opened = [underId('jarm-response', came), underId('jarm-decryption', decryption)];
  if (signed === null) {
    const unsigned = fail('What was encrypted is not a signed JWT: nothing shows who made it.');
    return encryption === 'opened' ? [...opened, underId('jarm-signature', unsigned)] : opened;
  }
  return [
    ...opened,
    underId('jarm-signature', decisiveVerdict(await judgeSignedJwt(signed, evidence))),
    underId('jarm-iss', judgeIss(signed.claims, issuer)),
    underId('jarm-aud', judgeAud(signed.claims, evidence)),
    underId('jarm-exp', judgeExp(signed.claims, evidence)),
  ];
}
