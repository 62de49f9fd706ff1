import type { CheckResult } from '../checks/check-result.ts';
import { type ClaimsOf, type Expectation, judgeExpectation } from '../checks/expectation.ts';
import { FindingsError } from '../errors.ts';
import type { JsonObject } from '../json/json.ts';
import type { LoginDocument } from '../output/documents.ts';
import type { ObtainedToken } from '../sessions/saved-token.ts';
import type { Invocation } from './command.ts';
import { buildTokenDocument } from './login/login-document.ts';

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
  const hint =
    'The result shows every claim without --expect; a claim that is absent may need a scope or resource.';
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
export function requireMet(results: readonly CheckResult[], hint: string): void {
  const [first, ...others] = results.filter(({ outcome }) => outcome === 'fail');
  if (first === undefined) return;
  const more =
    others.length === 0 ? '' : ` ${others.length} more ${others.length === 1 ? 'is' : 'are'} not met.`;
  const detail = first.detail.replace(/^There /, 'there ');
  throw new FindingsError('expectation_failed', `Expected ${first.expected}, but ${detail}${more}`, {
    step: 'expectation',
    check: first.id,
    hint,
  });
}

/** The same for a token that was obtained: what its access token says, then its ID token. */
export function requireExpectedToken(
  expectations: readonly Expectation[],
  token: ObtainedToken,
  invocation: Invocation,
): readonly CheckResult[] {
  const document = buildTokenDocument(token);
  return requireExpected(
    expectations,
    [...accessTokenPlaces(document), ...idTokenPlaces(document)],
    invocation,
  );
}

/** Where the claims of an access token are: in itself when it is a JWT, and in what the server said with it. */
function accessTokenPlaces({
  tokens,
  decoded,
}: Pick<LoginDocument, 'tokens' | 'decoded'>): readonly ClaimsOf[] {
  const { expires_at, scope, token_type } = tokens;
  const said: JsonObject = {
    scope: scope.join(' '),
    ...(token_type === null ? {} : { token_type }),
    ...(expires_at === null ? {} : { exp: Math.floor(Date.parse(expires_at) / 1000) }),
  };
  const claims = decoded.access_token?.claims ?? null;
  return [
    ...(claims === null ? [] : [{ source: 'access_token', claims } as const]),
    { source: 'access_token', claims: said, label: 'token_response' },
  ];
}

/** Where the claims of an ID token are. */
function idTokenPlaces({ decoded }: Pick<LoginDocument, 'decoded'>): readonly ClaimsOf[] {
  const claims = decoded.id_token?.claims ?? null;
  return claims === null ? [] : [{ source: 'id_token', claims }];
}

/** The claims of a login: those about the user first, those about access last. */
export function loginPlaces(document: LoginDocument): readonly ClaimsOf[] {
  const { userinfo } = document;
  return [
    ...idTokenPlaces(document),
    ...(userinfo === null ? [] : [{ source: 'userinfo', claims: userinfo } as const]),
    ...accessTokenPlaces(document),
  ];
}
