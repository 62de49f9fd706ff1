import type { CheckResult } from '../checks/check-result.ts';
import { claimRows } from './claim-rows.ts';
import type {
  IntrospectionDocument,
  LogoutDocument,
  RevocationDocument,
  UserinfoDocument,
} from './documents.ts';
import { createLayout, joinLines, type Layout } from './layout.ts';
import { renderChecks } from './render-checks.ts';
import { userinfoLabel } from './render-jwt.ts';
import type { MarkName, View } from './view.ts';

/** The claims of UserInfo as text ending in a line feed, with every check. */
export function renderUserinfo({ userinfo, issuer, checks }: UserinfoDocument, view: View): string {
  const failed = checks.some(({ outcome }) => outcome === 'fail');
  const { preferred_username, email, name, sub } = userinfo;
  const person =
    [preferred_username, email, name, sub].find((value) => typeof value === 'string') ??
    'a user without a name';
  return renderAnswer(failed ? 'fail' : 'pass', `${person}${atIssuer(issuer)}`, checks, view, (layout) =>
    layout.section('UserInfo', claimRows(userinfo, view), userinfoLabel(checks)),
  );
}

/** An introspection as text ending in a line feed, with every check. */
export function renderIntrospection(document: IntrospectionDocument, view: View): string {
  const { active, introspection, issuer, checks } = document;
  const title = `The token is ${active ? '' : 'NOT '}active${atIssuer(issuer)}`;
  return renderAnswer(
    active ? 'pass' : 'warn',
    title,
    checks,
    view,
    (layout) => layout.section('What the server says', claimRows(introspection, view)),
    active
      ? []
      : [
          'It expired, was revoked, never was one, or this client may not ask about it: the server does not say which (RFC 7662 §2.2).',
        ],
  );
}

const sessionEndings = {
  removed: 'The saved session was removed with it.',
  kept: 'The saved session is kept. Whether its refresh token still works is up to the server (RFC 7009 §2.1).',
} as const;

/** A revocation as text ending in a line feed. */
export function renderRevocation(document: RevocationDocument, view: View): string {
  const { token_type_hint, session, checks } = document;
  const what = token_type_hint === null ? 'token' : token_type_hint.replaceAll('_', ' ');
  return renderAnswer('pass', `The ${what} is no longer valid`, checks, view, () => [], [
    'The server says the same for a token it never knew (RFC 7009 §2.2), and other tokens of the same grant may live on until they expire.',
    ...(session === null ? [] : [sessionEndings[session]]),
  ]);
}

/** A logout message as text ending in a line feed. */
export function renderLogout({ event, issuer, valid, claims, checks }: LogoutDocument, view: View): string {
  const what = event === 'logout_token' ? 'logout token' : 'logout request';
  return renderAnswer(
    valid ? 'pass' : 'fail',
    valid
      ? `The ${what} is valid${atIssuer(issuer)}`
      : `The ${what} is NOT valid, and was refused with status 400`,
    checks,
    view,
    (layout) => (claims === null ? [] : layout.section('Logout', claimRows(claims, view))),
  );
}

/** The content and the checks, and last what a person wants to know: the verdict and what to know of it. */
export function renderAnswer(
  mark: MarkName,
  title: string,
  checks: readonly CheckResult[],
  view: View,
  content: (layout: Layout) => string[],
  remarks: readonly string[] = [],
): string {
  const layout = createLayout(view);
  const lines = [
    ...content(layout),
    ...renderChecks(checks, layout),
    '',
    ...layout.headline(mark, title),
    ...remarks.flatMap((remark) => layout.paragraph(remark)),
  ];
  return joinLines(lines.slice(lines[0] === '' ? 1 : 0));
}

function atIssuer(issuer: string | null): string {
  return issuer === null ? '' : ` at ${issuer}`;
}
