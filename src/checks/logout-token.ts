import { isJsonObject, type JsonObject, ownMember } from '../json/json.ts';
import { own, say } from '../say.ts';
import { type CheckResult, comparedWith, fail, pass, underId, type Verdict, warn } from './check-result.ts';
import { judgeRequiredClaims } from './jwt.ts';
import { headerType } from './signed-jwt/judge-header.ts';

const requiredClaims = ['iss', 'aud', 'iat', 'exp', 'jti', 'events'];
const logoutEvent = 'http://schemas.openid.net/event/backchannel-logout';

/** Makes the checks that only a logout token undergoes (OIDC Back-Channel Logout §2.4, §2.6). */
export function checkLogoutToken(header: JsonObject, claims: JsonObject): CheckResult[] {
  return [
    underId('logout-token-typ', judgeType(header)),
    underId('logout-token-claims', judgeRequiredClaims(claims, requiredClaims)),
    underId('logout-token-events', judgeEvents(claims)),
    underId('logout-token-sub', judgeSession(claims)),
    underId('logout-token-nonce', judgeNonce(claims)),
  ];
}

function judgeType(header: JsonObject): Verdict {
  const compared = comparedWith(own('logout+jwt'), header.typ);
  const type = headerType(header);
  if (type === 'logout+jwt') return pass('typ says logout token.', compared);
  return type === undefined || type === 'jwt'
    ? warn('typ does not say that it is a logout token; it should.', compared)
    : fail('The typ of the header is that of another token.', compared);
}

function judgeEvents({ events }: JsonObject): Verdict {
  const compared = comparedWith(say`{"${own(logoutEvent)}": {}}`, events);
  if (!isJsonObject(events)) return fail('events is not a JSON object.', compared);
  const event = ownMember(events, logoutEvent);
  if (event === undefined) return fail('events does not name the logout event.', compared);
  if (!isJsonObject(event)) return fail('The logout event is not a JSON object.', compared);
  return Object.keys(event).length === 0
    ? pass('events names the logout event.', compared)
    : warn('The logout event should be an empty object.', compared);
}

function judgeSession({ sub, sid }: JsonObject): Verdict {
  const present = Object.entries({ sub, sid }).filter(([, value]) => value !== undefined);
  const [wrong] = present.find(([, value]) => typeof value !== 'string' || value === '') ?? [];
  if (wrong !== undefined) return fail(say`${wrong} is not a string, or is empty.`);
  return present.length === 0
    ? fail('sub and sid are both missing: the client cannot tell which session ends.', {
        expected: own('sub, sid or both'),
      })
    : pass(say`The session is named by ${present.map(([name]) => name).join(' and ')}.`);
}

/** With a nonce it could be passed off as an ID token. */
function judgeNonce({ nonce }: JsonObject): Verdict {
  return nonce === undefined
    ? pass('There is no nonce, as it must be.')
    : fail('There is a nonce: the token could pass for an ID token.', comparedWith(own('(absent)'), nonce));
}
