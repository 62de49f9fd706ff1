import { claimRows } from './claim-rows.ts';
import type { IntrospectionDocument, RevocationDocument, UserinfoDocument } from './documents.ts';
import { renderHeading, renderHeadline, renderRows } from './layout.ts';
import { renderChecks } from './render-checks.ts';
import { userinfoLabel } from './render-jwt.ts';
import { createStyle, layoutColumns, type View } from './view.ts';
import { wrapText } from './width.ts';

/** The claims of UserInfo as text ending in a line feed, with every check. */
export function renderUserinfo({ userinfo, issuer, checks }: UserinfoDocument, view: View): string {
  const style = createStyle(view);
  const failed = checks.some(({ outcome }) => outcome === 'fail');
  const { preferred_username, email, name, sub } = userinfo;
  const person =
    [preferred_username, email, name, sub].find((value) => typeof value === 'string') ?? 'somebody';
  const where = issuer === null ? '' : ` at ${issuer}`;
  return `${[
    ...renderHeadline({ mark: failed ? 'fail' : 'pass', text: `${person}${where}` }, checks, view, style),
    ...renderHeading('UserInfo', userinfoLabel(checks), view, style),
    ...renderRows(claimRows(userinfo, view), view, style),
    ...renderChecks(checks, view),
  ].join('\n')}\n`;
}

/** What a server says of a token as text ending in a line feed, with every check. */
export function renderIntrospection(document: IntrospectionDocument, view: View): string {
  const style = createStyle(view);
  const { active, introspection, issuer, checks } = document;
  const where = issuer === null ? '' : ` at ${issuer}`;
  const headline = {
    mark: active ? 'pass' : 'fail',
    text: `The token is ${active ? '' : 'NOT '}active${where}`,
  } as const;
  const note = active
    ? []
    : paragraph(
        'It expired, was revoked, never was one, or this client may not ask about it: the server does not say which (RFC 7662 §2.2).',
        view,
      );
  return `${[
    ...renderHeadline(headline, checks, view, style),
    ...note,
    ...renderHeading('What the server says', undefined, view, style),
    ...renderRows(claimRows(introspection, view), view, style),
    ...renderChecks(checks, view),
  ].join('\n')}\n`;
}

/** A revocation as text ending in a line feed. */
export function renderRevocation(document: RevocationDocument, view: View): string {
  const style = createStyle(view);
  const { token_type_hint, session, checks } = document;
  const what = token_type_hint === null ? 'token' : token_type_hint.replaceAll('_', ' ');
  return `${[
    ...renderHeadline({ mark: 'pass', text: `The ${what} is of no use any more` }, checks, view, style),
    ...paragraph(
      'The server says the same for a token it never knew (RFC 7009 §2.2), and other tokens of the same grant may live on until they expire.',
      view,
    ),
    ...(session === 'removed' ? paragraph('The saved session was removed with it.', view) : []),
    ...(session === 'kept'
      ? paragraph('The saved session is kept: it gets another access token.', view)
      : []),
    ...renderChecks(checks, view),
  ].join('\n')}\n`;
}

function paragraph(text: string, view: View): string[] {
  return wrapText(text, layoutColumns(view) - 2).map((line) => `  ${line}`);
}
