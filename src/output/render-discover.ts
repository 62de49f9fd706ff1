import { capabilityGroups, endpointRows } from './capabilities.ts';
import type { DiscoverDocument } from './documents.ts';
import { renderHeadline } from './headline.ts';
import { renderChecks } from './render-checks.ts';
import { renderKeys } from './render-keys.ts';
import { type Row, renderRows, renderUrlRows } from './rows.ts';
import { renderHeading } from './section.ts';
import { createStyle } from './style.ts';
import type { Looks } from './view.ts';

/** What is known of an authorization server as text ending in a line feed: endpoints, capabilities, keys, checks. */
export function renderDiscover(document: DiscoverDocument, looks: Looks): string {
  const style = createStyle(looks);
  const { issuer, metadata, checks } = document;
  const failed = checks.some((check) => check.outcome === 'fail');
  const warned = checks.some((check) => check.outcome === 'warn');
  const mark = failed ? 'fail' : warned ? 'warn' : 'pass';
  const endpoints = endpointRows(metadata);
  const lines = [
    ...renderHeadline({ mark, text: issuer }, checks, looks, style),
    ...renderHeading('Metadata', undefined, looks, style),
    ...renderUrlRows(documentRows(document), looks, style),
    ...(endpoints.length === 0 ? [] : renderHeading('Endpoints', undefined, looks, style)),
    ...renderUrlRows(endpoints, looks, style),
    ...capabilityGroups(metadata).flatMap(({ title, rows }) => [
      ...renderHeading(title, undefined, looks, style),
      ...renderRows(rows, looks, style),
    ]),
    ...renderKeys(document.keys, looks),
    ...renderChecks(checks, looks),
  ];
  return `${lines.join('\n')}\n`;
}

function documentRows({ documents, attempts }: DiscoverDocument): Row[] {
  const found = new Set(documents.map(({ url }) => url));
  return [
    ...documents.map(({ specification, url }) => ({ name: specification, value: url })),
    ...attempts
      .filter(({ url }) => !found.has(url))
      .map(({ url, result }) => ({ name: 'tried', value: url, note: result, tone: 'dim' as const })),
  ];
}
