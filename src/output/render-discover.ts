import type { KeyDescription } from '../jose/jwk-description.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json.ts';
import { formatJsonValue } from './claim-rows.ts';
import type { DiscoverDocument } from './documents.ts';
import { createLayout, joinLines, type Layout, type Row, type RowEntry, rowsOf } from './layout.ts';
import { renderChecks, worstOutcome } from './render-checks.ts';
import type { Looks } from './view.ts';

/** An authorization server as text ending in a line feed: endpoints, capabilities, keys, checks. */
export function renderDiscover(document: DiscoverDocument, looks: Looks): string {
  const layout = createLayout(looks);
  const { issuer, metadata, checks, keys } = document;
  const endpoints = endpointRows(metadata);
  return joinLines([
    ...layout.headline(worstOutcome(checks), document.resource?.url ?? issuer),
    ...resourceRows(document, layout),
    ...(document.documents.length === 0 && document.attempts.length === 0
      ? []
      : [...layout.heading('Metadata'), ...layout.urlRows(documentRows(document))]),
    ...(endpoints.length === 0 ? [] : [...layout.heading('Endpoints'), ...layout.urlRows(endpoints)]),
    // A resource may lead to no server.
    ...(issuer === ''
      ? []
      : [
          ...capabilityGroups(metadata).flatMap(([title, rows]) =>
            rows.length === 0 ? [] : layout.section(title, rows),
          ),
          ...renderKeys(keys, metadata.jwks_uri !== undefined, layout),
        ]),
    ...renderChecks(checks, layout),
  ]);
}

/** What a protected resource answered without a token, and where it leads. */
function resourceRows({ resource, checks }: DiscoverDocument, layout: Layout<Looks>): string[] {
  if (resource === undefined) return [];
  const { status, challenge, places, metadata_url, metadata, authorization_servers, scope } = resource;
  const signed = checks.find(({ id }) => id === 'signed-metadata');
  const schemes = challenge.map(({ scheme }) => scheme).join(', ');
  return [
    ...layout.heading('Resource'),
    ...layout.urlRows(
      rowsOf(
        ['Without a token', `${status}${schemes === '' ? '' : `, ${schemes}`}`],
        ...places.map(
          ({ url, result }): RowEntry =>
            url === metadata_url ? ['Metadata', url] : ['tried', url, { note: result, tone: 'dim' }],
        ),
        ['Identifier', typeof metadata?.resource === 'string' ? metadata.resource : null],
        [
          'Takes tokens in',
          metadata?.bearer_methods_supported === undefined
            ? null
            : formatMember(metadata.bearer_methods_supported),
        ],
        ['Bound tokens (DPoP)', metadata?.dpop_bound_access_tokens_required === true ? 'required' : null],
        ['Signed metadata', metadata?.signed_metadata === undefined ? null : (signed?.detail ?? null)],
        ['Scope to ask for', scope.length === 0 ? null : scope.join(' ')],
        ...authorization_servers.map((server): RowEntry => ['Authorization server', server]),
      ),
    ),
  ];
}

function documentRows({ documents, attempts }: DiscoverDocument): Row[] {
  const found = new Set(documents.map(({ url }) => url));
  return rowsOf(
    ...documents.map(({ specification, url }): RowEntry => [specification, url]),
    ...attempts
      .filter(({ url }) => !found.has(url))
      .map(({ url, result }): RowEntry => ['tried', url, { note: result, tone: 'dim' }]),
  );
}

type Capability = readonly [label: string, member: string, whenMissing?: string];

/** Members of the metadata, with what a missing one means where that is known (OIDC Discovery §3, RFC 8414 §2). */
const capabilities: Readonly<Record<string, readonly Capability[]>> = {
  Requests: [
    ['Response types', 'response_types_supported'],
    ['Response modes', 'response_modes_supported', 'query, fragment (by default)'],
    ['Grant types', 'grant_types_supported', 'authorization_code, implicit (by default)'],
    ['Scopes', 'scopes_supported'],
    ['Prompts', 'prompt_values_supported'],
    ['ACR values', 'acr_values_supported'],
    ['Languages', 'ui_locales_supported'],
  ],
  'Client authentication': [
    ['Token endpoint', 'token_endpoint_auth_methods_supported', 'client_secret_basic (by default)'],
    ['Signed with', 'token_endpoint_auth_signing_alg_values_supported'],
    ['Introspection', 'introspection_endpoint_auth_methods_supported'],
    ['Revocation', 'revocation_endpoint_auth_methods_supported'],
    ['Bound to TLS', 'tls_client_certificate_bound_access_tokens'],
  ],
  Security: [
    ['PKCE', 'code_challenge_methods_supported', 'not advertised'],
    ['DPoP', 'dpop_signing_alg_values_supported', 'not advertised'],
    ['iss in responses', 'authorization_response_iss_parameter_supported', 'not advertised'],
    ['Request objects', 'request_parameter_supported'],
    ['  required', 'require_signed_request_object'],
    ['  signed with', 'request_object_signing_alg_values_supported'],
    ['  encrypted with', 'request_object_encryption_alg_values_supported'],
    ['Request URIs', 'request_uri_parameter_supported'],
    ['Responses as a JWT', 'authorization_signing_alg_values_supported'],
    ['  encrypted with', 'authorization_encryption_alg_values_supported'],
  ],
  'ID token and UserInfo': [
    ['ID token signed', 'id_token_signing_alg_values_supported'],
    ['ID token encrypted', 'id_token_encryption_alg_values_supported'],
    ['UserInfo signed', 'userinfo_signing_alg_values_supported'],
    ['Subject types', 'subject_types_supported'],
    ['Claims', 'claims_supported'],
    ['Claims parameter', 'claims_parameter_supported'],
  ],
};

const parRequired = 'require_pushed_authorization_requests';

/** Members that are told elsewhere than among the rest. */
const knownMembers = new Set([
  'issuer',
  parRequired,
  'mtls_endpoint_aliases',
  ...Object.values(capabilities).flatMap((group) => group.map(([, member]) => member)),
]);

/** The capabilities of a server, in groups of rows. */
function capabilityGroups(metadata: JsonObject): readonly (readonly [title: string, rows: Row[]])[] {
  const rest = Object.entries(metadata)
    .filter(([name]) => !knownMembers.has(name) && !isEndpoint(name))
    .map(([name, value]): RowEntry => [name, formatMember(value)]);
  const groups = Object.entries(capabilities).map(([title, members]) => {
    const entries = members.map(([label, member, whenMissing]): RowEntry => {
      const value = metadata[member];
      return value === undefined ? [label, whenMissing, { tone: 'dim' }] : [label, formatMember(value)];
    });
    return [title, rowsOf(...entries, ...(title === 'Security' ? [pushedRequests(metadata)] : []))] as const;
  });
  return [...groups, ['Also in the metadata', rowsOf(...rest)]];
}

/** The URLs a server gives, each with its name in words. */
function endpointRows(metadata: JsonObject): Row[] {
  const aliases = isJsonObject(metadata.mtls_endpoint_aliases) ? metadata.mtls_endpoint_aliases : {};
  const rows = (members: JsonObject, note = '') =>
    Object.entries(members).map(
      ([name, value]): RowEntry => [`${endpointName(name)}${note}`, formatMember(value)],
    );
  const own = Object.fromEntries(Object.entries(metadata).filter(([name]) => isEndpoint(name))) as JsonObject;
  return rowsOf(...rows(own), ...rows(aliases, ' (mTLS)'));
}

function pushedRequests(metadata: JsonObject): RowEntry {
  if (metadata[parRequired] === true) return ['Pushed requests', 'required'];
  return metadata.pushed_authorization_request_endpoint === undefined
    ? ['Pushed requests', 'not advertised', { tone: 'dim' }]
    : ['Pushed requests', 'offered'];
}

function isEndpoint(name: string): boolean {
  return /_endpoint$|^jwks_uri$|^check_session_iframe$/.test(name);
}

function endpointName(name: string): string {
  if (name === 'jwks_uri') return 'Keys';
  const words = name.replace(/(?:_request)?_endpoint$/, '').replaceAll('_', ' ');
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
function renderKeys(keys: readonly KeyDescription[] | null, isNamed: boolean, layout: Layout): string[] {
  if (keys === null)
    return layout.heading(
      'Keys',
      isNamed ? { mark: 'warn', text: 'none could be read' } : { text: 'none: the metadata has no jwks_uri' },
    );
  const bad = keys.filter((key) => key.problems.length > 0).length;
  const count = `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`;
  const heading = layout.heading(
    'Keys',
    bad === 0 ? { text: count } : { mark: 'warn', text: `${count}, ${bad} with problems` },
  );
  if (keys.length === 0) return heading;
  const rows = keys.map((key) => ({
    cells: keyCells(key),
    lead: layout.mark(key.problems.length === 0 ? 'pass' : 'warn'),
    below: key.problems.flatMap((problem) => layout.paragraph(problem, { indent: 6, paint: layout.warn })),
  }));
  return [...heading, ...layout.table(columnNames, rows)];
}

function keyCells({ kid, kty, crv, alg, use, size }: KeyDescription): string[] {
  const type = [kty, crv].filter((part) => part !== null).join(' ') || 'none';
  return [...[kid ?? '(none)', type, alg ?? 'any', use ?? 'any'], size === null ? '' : `${size} bits`];
}
