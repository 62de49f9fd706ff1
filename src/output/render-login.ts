import { isVerified } from '../checks/check-result.ts';
import type { JsonObject } from '../json/json.ts';
import { claimRows, formatJsonMember, shortenToken } from './claim-rows.ts';
import type { LoginDocument } from './documents.ts';
import { createLayout, joinLines, type Layout, type Row, type RowEntry, rowsOf } from './layout.ts';
import { isSecretMember } from './redact.ts';
import { renderChecks, renderVerdict } from './render-checks.ts';
import { accessTokenLabel, idTokenLabel, renderJwt, userinfoLabel } from './render-jwt.ts';
import { formatMomentAndDistance } from './time.ts';
import type { View } from './view.ts';

/** Members of a token response that have a row of their own (RFC 6749 §5.1, OIDC Core §3.1.3.3). */
const shownMembers = new Set([
  'access_token',
  'token_type',
  'expires_in',
  'refresh_token',
  'scope',
  'id_token',
]);

/** The result of a login as text ending in a line feed: verdict, tokens, claims, UserInfo, every check. */
export function renderLogin(document: LoginDocument, view: View): string {
  const layout = createLayout(view);
  const { decoded, userinfo, checks } = document;
  const { mark, text } = loginHeadline(document);
  const { id_token: idToken, access_token: accessToken } = decoded;
  return joinLines([
    ...renderVerdict(mark, text, checks, layout),
    ...layout.section('Tokens', tokenRows(document, layout)),
    ...(idToken === null ? [] : renderJwt('ID token', idToken, idTokenLabel(idToken, checks), layout)),
    ...(accessToken === null ? [] : renderJwt('Access token', accessToken, accessTokenLabel, layout)),
    ...(userinfo === null
      ? []
      : layout.section('UserInfo', claimRows(userinfo, view), userinfoLabel(checks))),
    ...renderChecks(checks, layout),
  ]);
}

function loginHeadline({ tokens, decoded, userinfo, issuer, client_id, checks }: LoginDocument) {
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

function tokenRows(document: LoginDocument, { view, ellipsis }: Layout<View>): Row[] {
  const { tokens, decoded, checks, token_response: response } = document;
  const { access_token, token_type, scope, expires_at } = tokens;
  const show = (token: string) => (view.showSecrets ? token : shortenToken(token, ellipsis));
  const optional = (name: string, token: string | undefined, look: Pick<Row, 'note'> = {}) =>
    token === undefined
      ? ([name, 'none', { ...look, tone: 'dim' }] as const)
      : ([name, show(token)] as const);
  const others = Object.entries(response)
    .filter(([name]) => !shownMembers.has(name))
    .map(([name, value]) => {
      if (!isSecretMember(name)) return [name, formatJsonMember(response, name, view)] as const;
      return [name, show(typeof value === 'string' ? value : JSON.stringify(value))] as const;
    });
  const scopeWarns = checks.some((check) => check.id === 'granted-scope' && check.outcome !== 'pass');
  const opaque = decoded.access_token === null ? { note: 'opaque: for the API alone' } : {};
  const onlyWithOpenid = scope.includes('openid') ? {} : { note: 'it comes only with the scope openid' };
  return rowsOf(
    access_token === null ? ['Access token', 'none', warned] : ['Access token', show(access_token), opaque],
    ['Type', token_type ?? 'not given', token_type === null ? warned : {}],
    ['Granted scope', scope.length === 0 ? 'none' : scope.join(' '), scopeWarns ? warned : {}],
    expiryRow(expires_at, view),
    optional('Refresh token', tokens.refresh_token),
    optional('ID token', tokens.id_token, onlyWithOpenid),
    ...others,
  );
}

const warned = { tone: 'warn' } as const;

function expiryRow(expiresAt: string | null, view: View): RowEntry {
  if (expiresAt === null) return ['Expires', 'not said by the server', { tone: 'dim' }];
  const at = new Date(expiresAt);
  const isPast = at.getTime() <= view.now.getTime();
  return ['Expires', formatMomentAndDistance(at, view), isPast ? { tone: 'bad' } : {}];
}
