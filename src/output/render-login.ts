import { type CheckResult, isVerified } from '../checks/check-result.ts';
import { type JsonObject, textOf } from '../json/json.ts';
import { formatJsonMember, shortenToken } from './claim-rows.ts';
import type { LoginDocument } from './documents.ts';
import { createLayout, joinLines, type Layout, type Row, type RowEntry, rowsOf } from './layout.ts';
import { isSecretMember } from './redact.ts';
import { renderListedChecks, summarizeChecks, worstOutcome } from './render-checks.ts';
import { accessTokenLabel, idTokenLabel, renderClaims, renderJwt, userinfoLabel } from './render-jwt.ts';
import { formatMomentAndDistance } from './time.ts';
import type { View } from './view.ts';
import { wrapNotice } from './width.ts';

/** Members of a token response that have a row of their own (RFC 6749 §5.1, OIDC Core §3.1.3.3). */
const shownMembers = new Set([
  'access_token',
  'token_type',
  'expires_in',
  'refresh_token',
  'scope',
  'id_token',
]);

/**
 * The result of a login as text ending in a line feed: the decoded tokens and UserInfo, the checks to look at, and last
 * what fits on one screen: who, where, the tokens, how the checks ended and the next command.
 */
export function renderLogin(document: LoginDocument, view: View, next?: string): string {
  const layout = createLayout(view);
  const { decoded, userinfo, checks } = document;
  const { mark, text } = loginHeadline(document);
  const { id_token: idToken, access_token: accessToken } = decoded;
  const said = idToken?.claims ?? {};
  const others = otherMemberRows(document, layout);
  const listed = renderListedChecks(checks, layout);
  const lines = [
    ...(idToken === null ? [] : renderJwt('ID token', idToken, idTokenLabel(idToken, checks), layout)),
    ...(accessToken === null ? [] : renderJwt('Access token', accessToken, accessTokenLabel, layout, said)),
    ...(userinfo === null
      ? []
      : [...layout.heading('UserInfo', userinfoLabel(checks)), ...renderClaims(userinfo, layout, 2, said)]),
    ...(others.length === 0 ? [] : layout.section('Also received', others)),
    ...(listed.length === 0 ? [] : [...layout.heading('Checks'), ...listed]),
    '',
    ...layout.headline(mark, text),
    ...layout.rows(tokenRows(document, layout)),
    ...(next === undefined ? [] : layout.paragraph(`next: ${next}`, { wrap: wrapNotice })),
  ];
  return joinLines(lines.slice(1));
}

/** What a login has come to, and how far that can be trusted. */
export function loginHeadline({ tokens, decoded, userinfo, issuer, client_id, checks }: LoginDocument) {
  const where = issuer === null ? `as client ${client_id}` : `at ${issuer}`;
  if (checks.some((check) => check.outcome === 'fail')) {
    return { mark: 'fail' as const, text: `Tokens received ${where} and NOT to be trusted` };
  }
  if (tokens.id_token === undefined) {
    const what = tokens.access_token === null ? 'No access token' : 'Access token';
    return { mark: 'pass' as const, text: `${what} received ${where}` };
  }
  const person = personOf(decoded.id_token?.claims ?? null) ?? personOf(userinfo);
  const text = `Signed in${person === undefined ? '' : ` as ${person}`} ${where}`;
  return isVerified('id-token', checks)
    ? { mark: 'pass' as const, text }
    : { mark: 'unverified' as const, text: `${text} (NOT VERIFIED)` };
}

function personOf(claims: JsonObject | null): string | undefined {
  return ['preferred_username', 'email', 'name', 'sub']
    .map((name) => claims?.[name])
    .find((value): value is string => typeof value === 'string' && value !== '');
}

function shownToken(token: string, { view, ellipsis }: Layout<View>): string {
  return view.showSecrets ? token : shortenToken(token, ellipsis);
}

function otherMemberRows({ token_response: response }: LoginDocument, layout: Layout<View>): Row[] {
  const others = Object.entries(response).filter(([name]) => !shownMembers.has(name));
  return rowsOf(
    ...others.map(([name, value]): RowEntry => {
      if (!isSecretMember(name)) return [name, formatJsonMember(response, name, layout.view)];
      return [name, shownToken(textOf(value), layout)];
    }),
  );
}

function tokenRows(document: LoginDocument, layout: Layout<View>): Row[] {
  const { tokens, decoded, checks } = document;
  const { access_token, token_type, scope, expires_at } = tokens;
  const { view } = layout;
  const optional = (name: string, token: string | undefined, look: Pick<Row, 'note'> = {}) =>
    token === undefined
      ? ([name, 'none', { ...look, tone: 'dim' }] as const)
      : ([name, shownToken(token, layout)] as const);
  const scopeWarns = checks.some((check) => check.id === 'granted-scope' && check.outcome !== 'pass');
  const opaque = decoded.access_token === null ? { note: 'opaque: for the API only' } : {};
  const onlyWithOpenid = scope.includes('openid') ? {} : { note: 'it comes only with the scope openid' };
  const exp = decoded.id_token?.claims?.exp;
  return rowsOf(
    access_token === null
      ? ['Access token', 'none', warned]
      : ['Access token', shownToken(access_token, layout), opaque],
    ['  type', token_type ?? 'not given', token_type === null ? warned : {}],
    expiryRow(expires_at === null ? undefined : new Date(expires_at), view),
    ['  scope', scope.length === 0 ? 'none' : scope.join(' '), scopeWarns ? warned : {}],
    optional('Refresh token', tokens.refresh_token),
    optional('ID token', tokens.id_token, onlyWithOpenid),
    ...(typeof exp === 'number' ? [expiryRow(new Date(exp * 1000), view)] : []),
    ['Checks', checks.length === 0 ? undefined : summarizeChecks(checks), checksLook(checks, view)],
  );
}

const warned = { tone: 'warn' } as const;

function checksLook(checks: readonly CheckResult[], { allChecks }: View): Pick<Row, 'note' | 'tone'> {
  const worst = worstOutcome(checks);
  return {
    ...(worst === 'pass' ? {} : { tone: worst === 'fail' ? 'bad' : 'warn' }),
    ...(allChecks === true ? {} : { note: '--checks lists them' }),
  };
}

function expiryRow(at: Date | undefined, view: View): RowEntry {
  if (at === undefined) return ['  expires', 'not given by the server', { tone: 'dim' }];
  const isPast = at.getTime() <= view.now.getTime();
  return ['  expires', formatMomentAndDistance(at, view.now), isPast ? { tone: 'bad' } : {}];
}
