import { isJsonObject, type JsonObject } from '../json/json.ts';
import { ownMember } from '../json/own-member.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { checkRequiredClaims } from './jwt.ts';
import { shownValue } from './shown-value.ts';

const requiredClaims = ['iss', 'aud', 'iat', 'exp', 'jti', 'events'];
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/** Makes the checks that only a logout token undergoes (OIDC Back-Channel Logout §2.4, §2.6). */
export function checkLogoutToken(header: JsonObject, claims: JsonObject): CheckResult[] {
  return [
    checkType(header),
    checkRequiredClaims('logout-token-claims', claims, requiredClaims),
    checkEvents(claims),
    checkSession(claims),
    checkNoNonce(claims),
  ];
}

function checkType({ typ }: JsonObject): CheckResult {
  const compared = { expected: 'logout+jwt', received: shownValue(typ) };
  const type = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : undefined;
  if (type === 'logout+jwt')
    return checkResult('logout-token-typ', 'pass', 'typ says logout token.', compared);
  return type === undefined || type === 'jwt'
    ? checkResult(
        'logout-token-typ',
        'warn',
        'typ does not say that it is a logout token; it should.',
        compared,
      )
    : checkResult('logout-token-typ', 'fail', 'The typ of the header is that of another token.', compared);
}

function checkEvents({ events }: JsonObject): CheckResult {
  const id = 'logout-token-events';
  const compared = { expected: `{"${logoutEvent}": {}}`, received: shownValue(events) };
  if (!isJsonObject(events)) return checkResult(id, 'fail', 'events is no JSON object.', compared);
  const event = ownMember(events, logoutEvent);
  if (event === undefined) return checkResult(id, 'fail', 'events does not name the logout event.', compared);
  if (!isJsonObject(event)) return checkResult(id, 'fail', 'The logout event is no JSON object.', compared);
  return Object.keys(event).length === 0
    ? checkResult(id, 'pass', 'events names the logout event.', compared)
    : checkResult(id, 'warn', 'The logout event should be an empty object.', compared);
}

function checkSession({ sub, sid }: JsonObject): CheckResult {
  const id = 'logout-token-sub';
  const wrong = [
    ['sub', sub],
    ['sid', sid],
  ].find(([, value]) => value !== undefined && typeof value !== 'string');
  if (wrong !== undefined) return checkResult(id, 'fail', `${String(wrong[0])} is no string.`);
  const present = [sub === undefined ? '' : 'sub', sid === undefined ? '' : 'sid'].filter(
    (name) => name !== '',
  );
  return present.length === 0
    ? checkResult(id, 'fail', 'There is neither sub nor sid: nobody can tell which session ends.', {
        expected: 'sub, sid or both',
      })
    : checkResult(id, 'pass', `The session is named by ${present.join(' and ')}.`);
}

/** With a nonce it could be passed off as an ID token. */
function checkNoNonce({ nonce }: JsonObject): CheckResult {
  return nonce === undefined
    ? checkResult('logout-token-nonce', 'pass', 'There is no nonce, as it must be.')
    : checkResult('logout-token-nonce', 'fail', 'There is a nonce: the token could pass for an ID token.', {
        expected: '(absent)',
        received: shownValue(nonce),
      });
}
