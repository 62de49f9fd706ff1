import type { JsonObject, JsonValue } from '../json/json.ts';
import { claimRows, formatJsonMember, shortenToken } from './claim-rows.ts';
import type { LoginDocument } from './documents.ts';
import { type Row, renderHeading, renderHeadline, renderRows } from './layout.ts';
import { isSecretMember } from './redact.ts';
import { renderChecks } from './render-checks.ts';
import { accessTokenLabel, idTokenLabel, renderJwt, userinfoLabel } from './render-jwt.ts';
import { formatMomentAndDistance } from './time.ts';
import { createStyle, type Style, type View } from './view.ts';

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
  const style = createStyle(view);
  const { decoded, userinfo, checks } = document;
  const lines = [
    ...renderHeadline(loginHeadline(document), checks, view, style),
    ...renderHeading('Tokens', undefined, view, style),
    ...renderRows(tokenRows(document, view, style), view, style),
    ...(decoded.id_token === null
      ? []
      : renderJwt('ID token', decoded.id_token, idTokenLabel(decoded.id_token, checks), view)),
    ...(decoded.access_token === null
      ? []
      : renderJwt('Access token', decoded.access_token, accessTokenLabel, view)),
    ...(userinfo === null ? [] : renderUserinfo(userinfo)),
    ...renderChecks(checks, view),
  ];
  return `${lines.join('\n')}\n`;

  function renderUserinfo(claims: JsonObject): string[] {
    return [
      ...renderHeading('UserInfo', userinfoLabel(checks), view, style),
      ...renderRows(claimRows(claims, view), view, style),
    ];
  }
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
  const verified = checks.some((check) => check.id === 'id-token-signature' && check.outcome === 'pass');
  const text = `Signed in${person === undefined ? '' : ` as ${person}`} ${where}`;
  return verified
    ? { mark: 'pass' as const, text }
    : { mark: 'unverified' as const, text: `${text} (NOT VERIFIED)` };
}

function personOf(claims: JsonObject | null): string | undefined {
  return ['preferred_username', 'email', 'name', 'sub']
    .map((name) => claims?.[name])
    .find((value): value is string => typeof value === 'string' && value !== '');
}

function tokenRows(document: LoginDocument, view: View, style: Style): Row[] {
  const { tokens, decoded, checks, token_response } = document;
  const show = (token: string) => (view.showSecrets ? token : shortenToken(token, style.ellipsis));
  const scopeWarns = checks.some((check) => check.id === 'granted-scope' && check.outcome !== 'pass');
  const opaque = tokens.access_token !== null && decoded.access_token === null;
  return [
    tokens.access_token === null
      ? { name: 'Access token', value: 'none', tone: 'warn' }
      : {
          name: 'Access token',
          value: show(tokens.access_token),
          ...(opaque ? { note: 'opaque: for the API alone' } : {}),
        },
    { name: 'Type', value: tokens.token_type ?? 'not given', ...(tokens.token_type === null ? warned : {}) },
    {
      name: 'Granted scope',
      value: tokens.scope.length === 0 ? 'none' : tokens.scope.join(' '),
      ...(scopeWarns ? warned : {}),
    },
    expiryRow(tokens.expires_at, view),
    optionalToken('Refresh token', tokens.refresh_token),
    optionalToken(
      'ID token',
      tokens.id_token,
      tokens.scope.includes('openid') ? undefined : 'it comes only with the scope openid',
    ),
    ...otherMembers(token_response, view, show),
  ];

  function optionalToken(name: string, token: string | undefined, note?: string): Row {
    return token === undefined
      ? { name, value: 'none', tone: 'dim', ...(note === undefined ? {} : { note }) }
      : { name, value: show(token) };
  }
}

const warned = { tone: 'warn' } as const;

function expiryRow(expiresAt: string | null, view: View): Row {
  if (expiresAt === null) return { name: 'Expires', value: 'not said by the server', tone: 'dim' };
  const at = new Date(expiresAt);
  const past = at.getTime() <= view.now.getTime();
  return {
    name: 'Expires',
    value: formatMomentAndDistance(at, view),
    ...(past ? ({ tone: 'bad' } as const) : {}),
  };
}

function otherMembers(response: JsonObject, view: View, show: (token: string) => string): Row[] {
  return Object.entries(response)
    .filter(([name]) => !shownMembers.has(name))
    .map(([name, value]) => ({ name, value: formatMember(name, value) }));

  function formatMember(name: string, value: JsonValue): string {
    if (!isSecretMember(name)) return formatJsonMember(response, name, view);
    return show(typeof value === 'string' ? value : JSON.stringify(value));
  }
}
