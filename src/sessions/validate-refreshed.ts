import { applyWaivers, isVerified } from '../checks/check-result.ts';
import { checkRefreshedIdToken } from '../checks/id-token/refreshed-id-token.ts';
import { validateIdToken } from '../checks/id-token/validate-id-token.ts';
import type { Conversation } from '../flows/conversation.ts';
import { fetchKeys, judgeKeys, keysEvidence } from '../flows/fetch-keys.ts';
import { claimsOf } from '../jose/jwt.ts';
import { textMember } from '../json/json.ts';
import type { Session } from '../storage/session-store.ts';
import { firstIdToken } from './renew-session.ts';
import type { RenewalSettings } from './token-settings.ts';

/** An ID token of a token request, and what it is judged by besides its session. */
export interface RefreshedIdToken {
  readonly idToken: string;
  /** It came with the first tokens of a grant that needs no person: there is no login that it has to be about. */
  readonly isFirst?: boolean;
  /** Issued together with it. */
  readonly accessToken: string;
  /** The settings of this run; the session has those of the login. */
  readonly renewal: Pick<RenewalSettings, 'server' | 'idToken' | 'clockToleranceSeconds'>;
  readonly clientSecret: string | undefined;
  readonly now: Date;
  readonly clockSkewSeconds: number;
}

/** Their claims were compared with the session's already: with that refusal waived they need no waiver of their own. */
const comparedBefore: ReadonlySet<string> = new Set(['id-token-iss', 'id-token-aud', 'id-token-azp']);

/**
 * Validates a refreshed ID token like the first one, and as one that is about the same login (OIDC Core §12.2).
 * Tells whether everything in it was verified.
 * @throws ValidationError
 */
export async function validateRefreshedIdToken(
  conversation: Conversation,
  session: Session,
  { renewal, isFirst = false, ...evidence }: RefreshedIdToken,
): Promise<boolean> {
  const { issuer, client_id: clientId, account, server, id_token_rules } = session;
  const { idToken, now } = evidence;
  const { idToken: rules, clockToleranceSeconds } = renewal;
  const first = isFirst ? undefined : firstIdToken(session);
  const nonce = textMember(claimsOf(idToken), 'nonce');
  const sameLogin = isFirst
    ? []
    : [checkRefreshedIdToken({ idToken, issuer, clientId, sub: account?.sub, first })];
  conversation.requireChecks('id_token', sameLogin);
  const fetched = await fetchKeys(conversation, renewal.server.given.jwks_uri ?? server.jwks_uri);
  conversation.requireChecks('keys', judgeKeys(fetched, now));
  const results = await validateIdToken({
    ...evidence,
    ...rules,
    clockToleranceSeconds,
    ...keysEvidence(fetched),
    trustedAudiences: [...(rules.trustedAudiences ?? []), ...(id_token_rules?.trusted_audiences ?? [])],
    registeredAlgorithm: rules.registeredAlgorithm ?? id_token_rules?.alg,
    issuer,
    clientId,
    // It need not come again.
    nonce: nonce === undefined || first === undefined ? nonce : textMember(first, 'nonce'),
    allowedAlgorithms: server.id_token_algs,
    fromTokenEndpoint: true,
  });
  const isSameLogin = sameLogin.every(({ outcome }) => outcome === 'pass');
  conversation.requireChecks('id_token', isSameLogin ? results : applyWaivers(results, comparedBefore));
  return isSameLogin && isVerified('id-token', results);
}
