import type { Context } from '../../context.ts';
import type { LoginResult } from '../../flows/complete-login.ts';
import { summarizeChecks } from '../../output/render-checks.ts';
import { loginHeadline } from '../../output/render-login.ts';
import { formatMomentAndDistance } from '../../output/time.ts';
import { buildLoginDocument } from './login-document.ts';

type Fact = readonly [name: string, value: string];

/** What a login brought, for the page in the browser: who, where, which access and until when; never a token. */
export function successFacts(result: LoginResult, { now }: Pick<Context, 'now'>): readonly Fact[] {
  const document = buildLoginDocument(result, result.checks);
  const { tokens, decoded, userinfo, checks } = document;
  const claims = { ...decoded.id_token?.claims, ...userinfo };
  const fact = (name: string, value: unknown): Fact[] =>
    typeof value === 'string' && value !== '' ? [[name, value]] : [];
  const until = (at: Date) => formatMomentAndDistance(at, now());
  const { exp } = decoded.id_token?.claims ?? {};
  const warned = checks.filter(({ outcome }) => outcome === 'warn' || outcome === 'fail');
  return [
    ['Result', loginHeadline(document).text],
    ...fact('Name', claims.name),
    ...fact('Email', claims.email),
    ...fact('Subject', claims.sub),
    ['Client', document.client_id],
    ['Scope', tokens.scope.join(' ') || 'none'],
    [
      'Access token',
      tokens.expires_at === null ? 'expiry unknown' : `expires ${until(new Date(tokens.expires_at))}`,
    ],
    ...(typeof exp === 'number' ? fact('ID token', `expires ${until(new Date(exp * 1000))}`) : []),
    ['Refresh token', tokens.refresh_token === undefined ? 'none' : 'received'],
    ['Checks', summarizeChecks(checks)],
    ...warned.map(({ title, detail }): Fact => [title, detail]),
  ];
}
