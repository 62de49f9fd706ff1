import { decodeJwt } from '../jose/jwt.ts';
import type { JsonObject } from '../json/json.ts';
import type { IntrospectionAnswer } from '../protocol/introspection-response.ts';
import { own, say } from '../say.ts';
import {
  type CheckResult,
  comparedWith,
  fail,
  pass,
  skip,
  underId,
  type Verdict,
  warn,
} from './check-result.ts';
import { issuerDifference } from './difference.ts';
import { readAudiences } from './id-token/token-claims.ts';
import { momentText } from './shown-value.ts';
import type { SignatureEvidence } from './signed-jwt/judge-header.ts';
import { decisiveVerdict, judgeSignedJwt } from './signed-jwt/judge-signed-jwt.ts';

/** All that is known for judging an introspection response. */
export interface IntrospectionEvidence extends SignatureEvidence {
  readonly reading: IntrospectionAnswer;
  /** What was asked about. */
  readonly token: { readonly token: string };
  readonly issuer: string | null;
  readonly clientId: string;
  readonly now: Date;
  readonly clockToleranceSeconds: number;
}

/** Makes every check of an introspection response (RFC 7662 §2.2), and of the JWT it came in (RFC 9701 §5). */
export async function validateIntrospection(evidence: IntrospectionEvidence): Promise<CheckResult[]> {
  const { active, activeIsText } = evidence.reading;
  return [
    underId(
      'introspection-response',
      activeIsText
        ? warn('active is a string; it has to be true or false.')
        : active
          ? pass('The token is active.')
          : (judgeInactive(evidence) ?? pass('The token is not active.')),
    ),
    ...(await checkJwt(evidence)),
    ...(active
      ? [
          underId('introspection-exp', judgeValidity(evidence)),
          underId('introspection-client', judgeClient(evidence)),
        ]
      : []),
  ];
}

/** What a JWT says itself of why it is not active; undefined where nothing speaks for anything. */
function judgeInactive({ token, issuer, clientId, now }: IntrospectionEvidence): Verdict | undefined {
  const decoded = decodeJwt(token.token);
  if (decoded.type !== 'jws') return undefined;
  const { exp, iss, aud } = decoded.claims;
  if (typeof exp === 'number' && exp * 1000 <= now.getTime())
    return pass(say`The token is not active: it expired at ${momentText(exp, now)}.`);
  if (issuer !== null && typeof iss === 'string' && iss !== issuer)
    return pass(
      say`The token is not active here: it comes from another issuer, ${iss}.`,
      comparedWith(issuer, iss),
    );
  const audiences = readAudiences(aud);
  return audiences !== undefined && !audiences.includes(clientId)
    ? pass(
        'The token is not active, perhaps because its aud does not name this client: Keycloak and others answer so. Add the client to the audience (an audience mapper), or ask as a client that is in it.',
        comparedWith(clientId, aud),
      )
    : undefined;
}

async function checkJwt(evidence: IntrospectionEvidence): Promise<CheckResult[]> {
  const { issuer, clientId } = evidence;
  const { jwt } = evidence.reading;
  if (jwt === null) {
    return [underId('introspection-signature', skip('The response is not signed; TLS says whose it is.'))];
  }
  return [
    underId('introspection-signature', decisiveVerdict(await judgeSignedJwt(jwt, evidence))),
    underId('introspection-iss', judgeIssuer(jwt.claims, issuer)),
    underId('introspection-aud', judgeAudience(jwt.claims, clientId)),
  ];
}

function judgeIssuer({ iss }: JsonObject, issuer: string | null): Verdict {
  const compared = comparedWith(issuer, iss);
  if (issuer === null) return skip('No issuer is known to compare iss with.', compared);
  if (iss === issuer) return pass('iss is the issuer.', compared);
  const difference = typeof iss === 'string' ? say` ${issuerDifference(issuer, iss)}` : '';
  return fail(say`iss is not the issuer.${difference}`, compared);
}

function judgeAudience({ aud }: JsonObject, clientId: string): Verdict {
  const compared = comparedWith(clientId, aud);
  return readAudiences(aud)?.includes(clientId) === true
    ? pass('aud names this client.', compared)
    : fail('aud does not name this client: the answer is for another one.', compared);
}

/** An active token should not have expired, nor begin later. */
function judgeValidity({ reading, now, clockToleranceSeconds }: IntrospectionEvidence): Verdict {
  const { exp, nbf } = reading.members;
  const seconds = now.getTime() / 1000;
  if (typeof nbf === 'number' && nbf > seconds + clockToleranceSeconds)
    return warn(say`The token is called active but holds from ${momentText(nbf, now)} only.`);
  if (exp === undefined) return skip('The server does not say when the token expires.');
  if (typeof exp !== 'number')
    return warn('exp is not a number.', comparedWith(own('seconds since 1970'), exp));
  return exp > seconds - clockToleranceSeconds
    ? pass(say`It expires at ${momentText(exp, now)}.`)
    : warn(say`The token is called active but expired at ${momentText(exp, now)}.`);
}

function judgeClient({ reading, clientId }: IntrospectionEvidence): Verdict {
  const { client_id } = reading.members;
  const compared = comparedWith(clientId, client_id);
  if (client_id === undefined) return skip('The server does not say which client the token belongs to.');
  return client_id === clientId
    ? pass('The token belongs to this client.', compared)
    : skip('The token belongs to another client, which is right for an API that asks.', compared);
}
