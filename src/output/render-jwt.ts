import { claimRows, headerRows } from './claim-rows.ts';
import type { DecodedDocument } from './documents.ts';
import { renderRows } from './rows.ts';
import { type HeadingLabel, renderHeading } from './section.ts';
import { createStyle } from './style.ts';
import type { View } from './view.ts';

/** A decoded JWT as lines: a heading that says how far to trust it, its header, its claims. */
export function renderJwt(title: string, jwt: DecodedDocument, label: HeadingLabel, view: View): string[] {
  const style = createStyle(view);
  const { header, claims } = jwt;
  return [
    ...renderHeading(title, label, view, style),
    `  ${style.dim('Header')}`,
    ...renderRows(headerRows(header, view), view, style, 4),
    ...(claims === null
      ? []
      : [`  ${style.dim('Claims')}`, ...renderRows(claimRows(claims, view), view, style, 4)]),
  ];
}
