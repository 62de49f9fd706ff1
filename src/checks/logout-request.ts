import type { JsonObject } from '../json/json.ts';
import { type Parameters, parameterValue } from '../protocol/parameters.ts';
import { own, say } from '../say.ts';
import {
  type CheckResult,
  checkOf,
  comparedWith,
  fail,
  pass,
  skip,
  underId,
  type Verdict,
  warn,
} from './check-result.ts';
import { shownValue } from './shown-value.ts';

/** The user of a saved session, as its ID token names it. */
export interface KnownSession {
  readonly sub: unknown;
  readonly sid: unknown;
}

/** Judges that a logout token was not received before (OIDC Back-Channel Logout §2.6 8). */
export const checkReplay = checkOf('logout-token-jti', ({ jti }: JsonObject, seen: ReadonlySet<unknown>) => {
  const shown = { received: shownValue(String(jti)) };
  if (jti === undefined) return skip('jti is missing.');
  return seen.has(jti)
    ? fail('A logout token with this jti was received before: it is replayed.', shown)
    : pass('No logout token with this jti was received before.', shown);
});

/** Judges whether a logout is of a saved session: which one it is does not make it invalid. */
export const checkLoggedOut = checkOf('logout-session', judgeSession);

function judgeSession({ sub, sid }: JsonObject, sessions: readonly KnownSession[]): Verdict {
  const named = Object.entries({ sub, sid }).filter(([, value]) => value !== undefined);
  const shared = (session: KnownSession) =>
    named.filter(([name]) => session[name as keyof KnownSession] !== undefined);
  const comparable = sessions.filter((session) => shared(session).length > 0);
  if (comparable.length === 0)
    return skip('No session with an ID token is saved, so there is nothing to compare with.');
  const known = comparable.map((session) =>
    textOf(shared({ ...session }).map(([name]) => [name, session[name as keyof KnownSession]])),
  );
  const isSame = (session: KnownSession) =>
    shared(session).every(([name, value]) => session[name as keyof KnownSession] === value);
  const compared = comparedWith(known.join('; '), textOf(named));
  return comparable.some(isSame)
    ? pass('It ends a saved session.', compared)
    : warn('It ends none of the saved sessions.', compared);
}

function textOf(members: readonly (readonly [string, unknown])[]): string {
  return members.map(([name, value]) => `${name} ${value}`).join(', ');
}

/**
 * Judges what the browser brought to the front-channel logout URI: `iss` and `sid`, both or neither (OIDC Front-Channel
 * Logout §2).
 */
export function checkFrontchannelLogout(
  query: Parameters,
  issuer: string | null,
  sessions: readonly KnownSession[],
): CheckResult[] {
  const [iss, sid] = ['iss', 'sid'].map((name) => parameterValue(query, name));
  return [
    underId('frontchannel-logout', judgeRequest(iss, sid, query, issuer)),
    checkLoggedOut(sid === undefined ? {} : { sid }, sid === undefined ? [] : sessions),
  ];
}

function judgeRequest(
  iss: string | undefined,
  sid: string | undefined,
  query: Parameters,
  issuer: string | null,
): Verdict {
  const compared = comparedWith(issuer, iss);
  const repeated = ['iss', 'sid'].find((name) => query.filter(([one]) => one === name).length > 1);
  if (repeated !== undefined) return fail(say`${own(repeated)} is there more than once.`);
  if (iss === undefined && sid === undefined)
    return warn(
      'Neither iss nor sid came: any page can make such a request. Register frontchannel_logout_session_required: true.',
    );
  if (iss === undefined) return fail('sid came without iss.', compared);
  if (!sid) return fail(sid === undefined ? 'iss came without sid.' : 'sid is empty.');
  return iss === issuer
    ? pass('iss is the issuer, and sid names the session.', compared)
    : fail('iss is not the issuer: the request is from another server, or forged.', compared);
}
