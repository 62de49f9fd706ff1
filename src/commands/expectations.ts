import { type CheckResult, doubtOf } from '../checks/check-result.ts';
import { isReadableOnTheWay } from '../checks/encryption.ts';
import { type ClaimsOf, type Expectation, findClaim, judgeExpectation } from '../checks/expectation.ts';
import { loginGrant } from '../client/grants.ts';
import { FindingsError } from '../errors.ts';
import type { LoginResult } from '../flows/complete-login.ts';
import type { Conversation } from '../flows/conversation.ts';
import { type JsonObject, textMember } from '../json/json.ts';
import type { LoginDocument } from '../output/documents.ts';
import { own, recall, remember, type Said, say } from '../say.ts';
import type { ObtainedToken } from '../sessions/saved-token.ts';
import type { TokenSettings } from '../sessions/token-settings.ts';
import type { Invocation } from './command.ts';
import { buildLoginDocument, buildTokenDocument } from './login/login-document.ts';
import { sessionRun } from './session/session-run.ts';

/**
 * Makes sure that every expectation is met; each goes into the journal as a check.
 * @throws FindingsError `expectation_failed` naming the first that is not
 */
export function requireExpected(
  expectations: readonly Expectation[],
  places: readonly ClaimsOf[],
  invocation: Invocation,
): readonly CheckResult[] {
  const results = judgeExpectations(expectations, places, invocation);
  const hint = own(
    'Leave out --expect to see every claim. A claim that is absent may need a scope or resource.',
  );
  requireMet(results, hint);
  return results;
}

/** Judges expectations; each goes into the journal as a check. */
export function judgeExpectations(
  expectations: readonly Expectation[],
  places: readonly ClaimsOf[],
  { context, journal }: Invocation,
): readonly CheckResult[] {
  const now = context.now();
  const results = expectations.map((expectation) => judgeExpectation(expectation, places, now));
  journal.events.push({ type: 'checks', step: 'expectation', checks: results });
  return results;
}

/** Ends the run unless all were met. @throws FindingsError `expectation_failed` naming the first that is not */
export function requireMet(results: readonly CheckResult[], hint: Said): void {
  const [first, ...others] = results.filter(({ outcome }) => outcome === 'fail');
  if (first === undefined) return;
  const more =
    others.length === 0 ? '' : ` ${others.length} more ${others.length === 1 ? 'is' : 'are'} not met.`;
  const detail = recall(first.detail);
  throw new FindingsError(
    'expectation_failed',
    say`Expected ${first.expected ?? ''}, but ${detail.spelt(detail.text.replace(/^(?:A|The|There) /, (word) => word.toLowerCase()))}${own(more)}`,
    { step: 'expectation', check: first.id, hint },
  );
}

/** The same for a token that was obtained: what its access token says, then its ID token. */
export async function requireExpectedToken(
  expectations: readonly Expectation[],
  token: ObtainedToken,
  settings: TokenSettings,
  invocation: Invocation,
): Promise<readonly CheckResult[]> {
  const { server, requested, grant_type, verified = [] } = token.session;
  const document = buildTokenDocument(token);
  const idTokenDoubt = verified.includes('id_token')
    ? undefined
    : remember('The session does not say that it was verified: log in again.');
  const isLogin = grant_type === loginGrant.type && requested.scope.includes('openid');
  const places = [
    ...(await accessTokenPlaces(expectations, document, async () => {
      const { doubtAccessToken } = await import('../sessions/doubt-access-token.ts');
      return doubtAccessToken(token, settings, sessionRun(invocation));
    })),
    responsePlace(document, server.token_endpoint, isLogin ? idTokenDoubt : undefined),
    ...idTokenPlaces(document, idTokenDoubt),
  ];
  return requireExpected(expectations, places, invocation);
}

/** The same for a login: the claims about the user first, those about access last. */
export async function requireExpectedLogin(
  expectations: readonly Expectation[],
  result: LoginResult,
  conversation: Conversation,
  invocation: Invocation,
): Promise<readonly CheckResult[]> {
  const { checks, metadata } = result;
  const document = buildLoginDocument(result, checks);
  const { tokens, userinfo } = document;
  const idTokenDoubt = doubtOf('id-token', checks);
  const userinfoDoubt =
    doubtOf('userinfo', checks) ?? transportDoubt(textMember(metadata, 'userinfo_endpoint'));
  const places = [
    ...idTokenPlaces(document, idTokenDoubt),
    ...(userinfo === null ? [] : [{ source: 'userinfo', claims: userinfo, doubt: userinfoDoubt } as const]),
    ...(await accessTokenPlaces(expectations, document, async () => {
      const { verifyAccessToken } = await import('../flows/verify-access-token.ts');
      const { fetchKeys } = await import('../flows/fetch-keys.ts');
      const fetch = () => fetchKeys(conversation, textMember(metadata, 'jwks_uri'));
      return (await verifyAccessToken(tokens.access_token ?? '', undefined, fetch)).doubt;
    })),
    responsePlace(
      document,
      textMember(metadata, 'token_endpoint'),
      result.requestedScope.includes('openid') ? idTokenDoubt : undefined,
    ),
  ];
  return requireExpected(expectations, places, invocation);
}

/** Says why the answer of an endpoint proves nothing; undefined when TLS or this machine vouches for it. */
export function transportDoubt(endpoint: string | undefined): string | undefined {
  return endpoint !== undefined && isReadableOnTheWay(endpoint)
    ? remember('It came over plain http.')
    : undefined;
}

/** The claims of an access token that is a JWT. Its signature is judged only when an expectation looks at one of them. */
async function accessTokenPlaces(
  expectations: readonly Expectation[],
  { decoded }: Pick<LoginDocument, 'decoded'>,
  judge: () => Promise<string | undefined>,
): Promise<readonly ClaimsOf[]> {
  const claims = decoded.access_token?.claims ?? null;
  if (claims === null) return [];
  const isLookedAt = expectations.some(
    ({ source = 'access_token', claim, test }) =>
      source === 'access_token' && (test.type === 'absent' || findClaim(claims, claim) !== undefined),
  );
  return [{ source: 'access_token', claims, doubt: isLookedAt ? await judge() : undefined }];
}

/** What the server said with the access token. A JWT says itself what it grants and how long. */
function responsePlace(
  { tokens, decoded }: Pick<LoginDocument, 'tokens' | 'decoded'>,
  endpoint: string | undefined,
  doubt: string | undefined,
): ClaimsOf {
  const { expires_at, scope, token_type } = tokens;
  const isJwt = decoded.access_token?.claims != null;
  const claims: JsonObject = {
    ...(isJwt ? {} : { scope: scope.join(' ') }),
    ...(token_type === null ? {} : { token_type }),
    ...(isJwt || expires_at === null ? {} : { exp: Math.floor(Date.parse(expires_at) / 1000) }),
  };
  const label = 'token_response';
  return { source: 'access_token', claims, label, doubt: transportDoubt(endpoint) ?? doubt };
}

/** The claims of an ID token that can be read. */
function idTokenPlaces(
  { decoded }: Pick<LoginDocument, 'decoded'>,
  doubt: string | undefined,
): readonly ClaimsOf[] {
  const claims = decoded.id_token?.claims ?? null;
  return claims === null ? [] : [{ source: 'id_token', claims, doubt }];
}
