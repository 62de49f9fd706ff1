import type { JsonObject } from '../json/json.ts';
import { own } from '../say.ts';
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
import { type JwtEvidence, judgeAudience, judgeRequiredClaims } from './jwt.ts';
import { shownValue } from './shown-value.ts';
import { headerType } from './signed-jwt/judge-header.ts';

const requiredClaims = ['iss', 'exp', 'aud', 'sub', 'client_id', 'iat', 'jti'];

/** Makes the checks that only an access token in the JWT profile undergoes (RFC 9068 §2, §4). */
export function checkAccessToken(
  header: JsonObject,
  claims: JsonObject,
  { audience, clientId }: Pick<JwtEvidence, 'audience' | 'clientId'>,
): CheckResult[] {
  return [
    underId('access-token-typ', judgeType(header)),
    underId('access-token-claims', judgeRequiredClaims(claims, requiredClaims)),
    underId('access-token-aud', judgeAudience(claims, audience)),
    underId('access-token-client-id', judgeClient(claims, clientId)),
    underId('access-token-scope', judgeScope(claims)),
  ];
}

/** Without its own `typ` an access token can be taken for an ID token (RFC 9068 §2.1, §5). */
function judgeType(header: JsonObject): Verdict {
  const compared = comparedWith(own('at+jwt'), header.typ);
  if (headerType(header) === 'at+jwt') return pass('typ says access token.', compared);
  return header.typ === undefined
    ? fail('The header has no typ.', compared)
    : fail('The typ of the header is not that of an access token.', compared);
}

function judgeClient({ client_id: received }: JsonObject, clientId: string | null): Verdict {
  const compared = comparedWith(clientId, received);
  if (clientId === null) return skip('No client is known to compare client_id with.', compared);
  return received === clientId
    ? pass('client_id is this client.', compared)
    : fail('client_id is another client: the token was issued to that one.', compared);
}

function judgeScope({ scope }: JsonObject): Verdict {
  if (scope === undefined) return skip('There is no scope.');
  const received = shownValue(scope);
  return typeof scope === 'string' && !scope.includes(',')
    ? pass('scope is a list separated by spaces.', { received })
    : warn('scope is not text with spaces between the scopes.', {
        expected: own('a string, such as "read write"'),
        received,
      });
}
