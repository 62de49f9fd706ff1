import type { JsonObject } from '../json/json.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { checkAudience, checkRequiredClaims, type JwtEvidence } from './jwt.ts';
import { shownValue } from './shown-value.ts';

const requiredClaims = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'];

/** Makes the checks that only an access token in the JWT profile undergoes (RFC 9068 §2, §4). */
export function checkAccessToken(
  header: JsonObject,
  claims: JsonObject,
  { audience, clientId }: Pick<JwtEvidence, 'audience' | 'clientId'>,
): CheckResult[] {
  return [
    checkAccessTokenType(header),
    checkRequiredClaims('access-token-claims', claims, requiredClaims),
    checkAudience('access-token-aud', claims, audience),
    checkClient(claims, clientId),
    checkScope(claims),
  ];
}

/** Without its own `typ` an access token can be taken for an ID token (RFC 9068 §2.1, §5). */
function checkAccessTokenType({ typ }: JsonObject): CheckResult {
  const compared = { expected: 'at+jwt', received: shownValue(typ) };
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined;
  if (type === 'at+jwt') return checkResult('access-token-typ', 'pass', 'typ says access token.', compared);
  return typ === undefined
    ? checkResult('access-token-typ', 'fail', 'The header has no typ.', compared)
    : checkResult(
        'access-token-typ',
        'fail',
        'The typ of the header is not that of an access token.',
        compared,
      );
}

function checkClient({ client_id: received }: JsonObject, clientId: string | null): CheckResult {
  const id = 'access-token-client-id';
  const compared = { ...(clientId === null ? {} : { expected: clientId }), received: shownValue(received) };
  if (clientId === null)
    return checkResult(id, 'skipped', 'No client is known to compare client_id with.', compared);
  return received === clientId
    ? checkResult(id, 'pass', 'client_id is this client.', compared)
    : checkResult(id, 'fail', 'client_id is another client: the token was issued to that one.', compared);
}

function checkScope({ scope }: JsonObject): CheckResult {
  const id = 'access-token-scope';
  if (scope === undefined) return checkResult(id, 'skipped', 'There is no scope.');
  const isList = typeof scope === 'string' && !scope.includes(',');
  return isList
    ? checkResult(id, 'pass', 'scope is a list separated by spaces.', { received: shownValue(scope) })
    : checkResult(id, 'warn', 'scope is no text with spaces between the scopes.', {
        expected: 'a string, such as "read write"',
        received: shownValue(scope),
      });
}
