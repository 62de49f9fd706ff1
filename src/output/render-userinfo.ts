import { claimRows } from './claim-rows.ts';
import type { UserinfoDocument } from './endpoint-documents.ts';
import { renderHeadline } from './headline.ts';
import { renderChecks } from './render-checks.ts';
import { renderRows } from './rows.ts';
import { renderHeading } from './section.ts';
import { createStyle } from './style.ts';
import { userinfoLabel } from './trust.ts';
import type { View } from './view.ts';

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
