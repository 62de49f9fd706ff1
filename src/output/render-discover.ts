import type { JsonObject, JsonValue } from '../json/json.ts';
import { formatJsonValue } from './claim-rows.ts';
import type { DiscoverDocument, KeyDocument } from './documents.ts';
import { type Row, renderHeading, renderHeadline, renderRows, renderUrlRows } from './layout.ts';
import { renderChecks } from './render-checks.ts';
import { inertText } from './terminal-text.ts';
import { createStyle, type Looks, layoutColumns, type Style } from './view.ts';
import { displayWidth, padEnd, wrapText } from './width.ts';

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

/** What a missing member means, where the specification gives it a default (OIDC Discovery §3, RFC 8414 §2). */
type Missing = { readonly default: string } | { readonly note: string };

interface Capability {
  readonly label: string;
  readonly member: string;
  readonly missing?: Missing;
}

const groups: readonly { readonly title: string; readonly capabilities: readonly Capability[] }[] = [
  {
    title: 'Requests',
    capabilities: [
      capability('Response types', 'response_types_supported'),
      capability('Response modes', 'response_modes_supported', { default: 'query, fragment' }),
      capability('Grant types', 'grant_types_supported', { default: 'authorization_code, implicit' }),
      capability('Scopes', 'scopes_supported'),
      capability('Prompts', 'prompt_values_supported'),
      capability('ACR values', 'acr_values_supported'),
      capability('Languages', 'ui_locales_supported'),
    ],
  },
  {
    title: 'Client authentication',
    capabilities: [
      capability('Token endpoint', 'token_endpoint_auth_methods_supported', {
        default: 'client_secret_basic',
      }),
      capability('Signed with', 'token_endpoint_auth_signing_alg_values_supported'),
      capability('Introspection', 'introspection_endpoint_auth_methods_supported'),
      capability('Revocation', 'revocation_endpoint_auth_methods_supported'),
      capability('Bound to TLS', 'tls_client_certificate_bound_access_tokens'),
    ],
  },
  {
    title: 'Security',
    capabilities: [
      capability('PKCE', 'code_challenge_methods_supported', { note: 'not advertised' }),
      capability('DPoP', 'dpop_signing_alg_values_supported', { note: 'not advertised' }),
      capability('iss in responses', 'authorization_response_iss_parameter_supported', {
        note: 'not advertised',
      }),
      capability('Request objects', 'request_parameter_supported'),
      capability('  required', 'require_signed_request_object'),
      capability('  signed with', 'request_object_signing_alg_values_supported'),
      capability('Request URIs', 'request_uri_parameter_supported'),
    ],
  },
  {
    title: 'ID token and UserInfo',
    capabilities: [
      capability('ID token signed', 'id_token_signing_alg_values_supported'),
      capability('ID token encrypted', 'id_token_encryption_alg_values_supported'),
      capability('UserInfo signed', 'userinfo_signing_alg_values_supported'),
      capability('Subject types', 'subject_types_supported'),
      capability('Claims', 'claims_supported'),
      capability('Claims parameter', 'claims_parameter_supported'),
    ],
  },
];

function capability(label: string, member: string, missing?: Missing): Capability {
  return { label, member, ...(missing === undefined ? {} : { missing }) };
}

/** What a server says it can do, in groups of rows; a group about which it says nothing is left out. */
function capabilityGroups(
  metadata: JsonObject,
): readonly { readonly title: string; readonly rows: readonly Row[] }[] {
  const known = new Set(groups.flatMap((group) => group.capabilities.map(({ member }) => member)));
  const rest = Object.entries(metadata)
    .filter(([name]) => !known.has(name) && !isEndpoint(name) && name !== 'issuer' && name !== parRequired)
    .map(([name, value]) => ({ name, value: formatMember(value) }));
  const shown = groups.map(({ title, capabilities }) => ({
    title,
    rows: [
      ...capabilities.flatMap((item) => capabilityRow(item, metadata)),
      ...(title === 'Security' ? [pushedRequests(metadata)] : []),
    ],
  }));
  return [...shown, { title: 'Also in the metadata', rows: rest }].filter(({ rows }) => rows.length > 0);
}

/** The URLs a server gives, each with its name in words. */
function endpointRows(metadata: JsonObject): Row[] {
  return Object.entries(metadata)
    .filter(([name]) => isEndpoint(name))
    .map(([name, value]) => ({ name: endpointName(name), value: formatMember(value) }));
}

const parRequired = 'require_pushed_authorization_requests';

function pushedRequests(metadata: JsonObject): Row {
  const offered = metadata.pushed_authorization_request_endpoint !== undefined;
  const words = offered ? 'offered' : 'not advertised';
  const value = metadata[parRequired] === true ? 'required' : words;
  return { name: 'Pushed requests', value, ...(value === 'not advertised' ? { tone: 'dim' } : {}) };
}

function capabilityRow({ label, member, missing }: Capability, metadata: JsonObject): Row[] {
  const value = metadata[member];
  if (value !== undefined) return [{ name: label, value: formatMember(value) }];
  if (missing === undefined) return [];
  return 'default' in missing
    ? [{ name: label, value: `${missing.default} (by default)`, tone: 'dim' }]
    : [{ name: label, value: missing.note, tone: 'dim' }];
}

function isEndpoint(name: string): boolean {
  return /_endpoint$|^jwks_uri$|^check_session_iframe$/.test(name);
}

function endpointName(name: string): string {
  if (name === 'jwks_uri') return 'Keys';
  const words = name.replace(/_endpoint$/, '').replaceAll('_', ' ');
  return words === 'userinfo' ? 'UserInfo' : words.charAt(0).toUpperCase() + words.slice(1);
}

function formatMember(value: JsonValue): string {
  if (value === true) return 'yes';
  if (value === false) return 'no';
  if (Array.isArray(value) && value.length === 0) return 'none';
  const isPlainList =
    Array.isArray(value) && value.every((item) => typeof item === 'string' && /^[^\s,][^,]*$/.test(item));
  if (isPlainList) return value.join(', ');
  return formatJsonValue(value, { showSecrets: true });
}

const columnNames = ['key ID', 'type', 'alg', 'use', 'size'] as const;

/** The keys of a server as lines: a table where it fits, else one key under the other; problems below their key. */
function renderKeys(keys: readonly KeyDocument[] | null, looks: Looks): string[] {
  const style = createStyle(looks);
  if (keys === null) {
    return renderHeading('Keys', { mark: 'warn', text: 'none could be read' }, looks, style);
  }
  const sick = keys.filter((key) => key.problems.length > 0).length;
  const count = `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`;
  const heading = renderHeading(
    'Keys',
    sick === 0 ? { text: count } : { mark: 'warn', text: `${count}, ${sick} with problems` },
    looks,
    style,
  );
  if (keys.length === 0) return heading;
  const cells = keys.map((key) => keyCells(key));
  const widths = columnNames.map((name, column) =>
    Math.max(name.length, ...cells.map((row) => displayWidth(row[column] ?? ''))),
  );
  const total = 4 + widths.reduce((sum, width) => sum + width + 2, -2);
  const lines =
    total <= layoutColumns(looks)
      ? [`    ${style.dim(tableLine(columnNames, widths))}`, ...rows((row) => [tableLine(row, widths)])]
      : rows((row) => wrapText(stackedLine(row), layoutColumns(looks) - 4));
  return [...heading, ...lines];

  function rows(layout: (row: readonly string[]) => string[]): string[] {
    return keys?.flatMap((key, index) => keyLines(key, layout(cells[index] ?? []), looks, style)) ?? [];
  }
}

function keyLines(key: KeyDocument, lines: readonly string[], looks: Looks, style: Style): string[] {
  const mark = style.mark(key.problems.length === 0 ? 'pass' : 'warn');
  const problems = key.problems.flatMap((problem) => wrapText(inertText(problem), layoutColumns(looks) - 6));
  return [
    ...lines.map((line, index) => (index === 0 ? `  ${mark} ${line}` : `    ${line}`)),
    ...problems.map((line) => `      ${style.warn(line)}`),
  ];
}

function keyCells(key: KeyDocument): string[] {
  return [
    inertText(key.kid ?? '(none)'),
    inertText([key.kty, key.crv].filter((part) => part !== null).join(' ') || 'none'),
    inertText(key.alg ?? 'any'),
    inertText(key.use ?? 'any'),
    key.size === null ? '' : `${key.size} bits`,
  ];
}

function tableLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => padEnd(cell, widths[column] ?? 0))
    .join('  ')
    .trimEnd();
}

function stackedLine([kid = '', type = '', algorithm = '', use = '', size = '']: readonly string[]): string {
  return `${kid}\n  ${[type, size, algorithm === 'any' ? '' : algorithm, use === 'any' ? '' : use].filter((cell) => cell !== '').join(', ')}`;
}
