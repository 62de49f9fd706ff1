import type { IntrospectionAnswer } from '../protocol/introspection-response.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { readAudiences } from './id-token/token-claims.ts';
import { issuerDifference } from './issuer-difference.ts';
import { momentText, shownValue } from './shown-value.ts';
import type { SignatureEvidence } from './signed-jwt/judge-header.ts';
import { decisiveVerdict, judgeSignedJwt } from './signed-jwt/judge-signed-jwt.ts';

/** All that is known for judging what a server says of a token. */
export interface IntrospectionEvidence extends SignatureEvidence {
  readonly reading: IntrospectionAnswer;
  readonly issuer: string | null;
  readonly clientId: string;
  readonly now: Date;
  readonly clockToleranceSeconds: number;
}

/** Makes every check of an introspection response (RFC 7662 §2.2), and of the JWT it came in (RFC 9701 §5). */
export async function validateIntrospection(evidence: IntrospectionEvidence): Promise<CheckResult[]> {
  const { reading } = evidence;
  const shape = reading.activeIsText
    ? checkResult('introspection-response', 'warn', 'active is a text; it has to be true or false.')
    : checkResult('introspection-response', 'pass', `The token is ${reading.active ? '' : 'not '}active.`);
  return [
    shape,
    ...(await checkJwt(evidence)),
    ...(reading.active ? [checkExp(evidence), checkClient(evidence)] : []),
  ];
}

async function checkJwt(evidence: IntrospectionEvidence): Promise<CheckResult[]> {
  const { reading, issuer, clientId } = evidence;
  const { jwt } = reading;
  if (jwt === null) {
    return [
      checkResult('introspection-signature', 'skipped', 'The response is not signed; TLS says whose it is.'),
    ];
  }
  const { outcome, detail, ...compared } = decisiveVerdict(await judgeSignedJwt(jwt, evidence));
  const { iss, aud } = jwt.claims;
  const isIssuer = typeof iss === 'string' && iss === issuer;
  const isForUs = readAudiences(aud)?.includes(clientId) === true;
  return [
    checkResult('introspection-signature', outcome, detail, compared),
    checkResult(
      'introspection-iss',
      isIssuer ? 'pass' : issuer === null ? 'skipped' : 'fail',
      isIssuer
        ? 'iss is the issuer.'
        : issuer === null
          ? 'No issuer is known to compare iss with.'
          : `iss is not the issuer. ${typeof iss === 'string' ? issuerDifference(issuer, iss) : ''}`.trim(),
      { ...(issuer === null ? {} : { expected: issuer }), received: shownValue(iss) },
    ),
    checkResult(
      'introspection-aud',
      isForUs ? 'pass' : 'fail',
      isForUs ? 'aud names this client.' : 'aud does not name this client: the answer is for another one.',
      { expected: clientId, received: shownValue(aud) },
    ),
  ];
}

/** What is active should not have expired, nor begin later. */
function checkExp({ reading, now, clockToleranceSeconds }: IntrospectionEvidence): CheckResult {
  const id = 'introspection-exp';
  const { exp, nbf } = reading.members;
  const seconds = now.getTime() / 1000;
  if (typeof nbf === 'number' && nbf > seconds + clockToleranceSeconds) {
    return checkResult(id, 'warn', `The token is called active but holds from ${momentText(nbf, now)} only.`);
  }
  if (exp === undefined) return checkResult(id, 'skipped', 'The server does not say when the token expires.');
  if (typeof exp !== 'number') {
    return checkResult(id, 'warn', 'exp is no number.', {
      expected: 'seconds since 1970',
      received: shownValue(exp),
    });
  }
  return exp > seconds - clockToleranceSeconds
    ? checkResult(id, 'pass', `It expires at ${momentText(exp, now)}.`)
    : checkResult(id, 'warn', `The token is called active but expired at ${momentText(exp, now)}.`);
}

function checkClient({ reading, clientId }: IntrospectionEvidence): CheckResult {
  const id = 'introspection-client';
  const { client_id } = reading.members;
  const compared = { expected: clientId, received: shownValue(client_id) };
  if (client_id === undefined) {
    return checkResult(id, 'skipped', 'The server does not say which client the token is of.');
  }
  return client_id === clientId
    ? checkResult(id, 'pass', 'The token is of this client.', compared)
    : checkResult(
        id,
        'skipped',
        'The token is of another client, which is right for an API that asks.',
        compared,
      );
}
