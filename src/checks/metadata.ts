import { isUrl } from '../http-message.ts';
import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../json/json.ts';
import {
  type MetadataDocumentReading,
  type MetadataReading,
  metadataMembers,
  readMetadataMembers,
} from '../protocol/metadata.ts';
import { isLoopbackUrl } from '../protocol/redirect-uri.ts';
import { own, recall, remember, say } from '../say.ts';
import type { CheckId } from './catalogue.ts';
import {
  type CheckResult,
  checkOf,
  comparedWith,
  type Finding,
  fail,
  findingsOf,
  listChecks,
  pass,
  skip,
  underId,
  type Verdict,
  warn,
} from './check-result.ts';
import { issuerDifference } from './difference.ts';
import { findRepresentationDeviations } from './representation.ts';
import { listed, namesText, quoted, shownValue } from './shown-value.ts';

/** The documents that discovery found. */
export interface DiscoveryEvidence {
  /** The issuer that was asked for; null when only the address of a document is known. */
  readonly issuer: string | null;
  readonly documents: readonly MetadataDocument[];
  /** Whether a client may not go on without it (MCP, Authorization). */
  readonly demandsPkce?: boolean | undefined;
}

/** Which rules a metadata document goes by; `given` stands for one at an address that the user gave. */
export type MetadataSpecification = 'OIDC Discovery' | 'RFC 8414' | 'given';

/** A metadata document as it was found. */
export interface MetadataDocument {
  readonly specification: MetadataSpecification;
  readonly metadata: JsonObject;
}

/**
 * Makes the checks of an issuer and its metadata documents. A check that every document passes is listed once;
 * otherwise each document that does not pass is listed, named by its specification (OIDC Discovery §4.3, RFC 8414 §3.3).
 */
export function checkDiscovery({ issuer, documents, demandsPkce }: DiscoveryEvidence): CheckResult[] {
  const [first, second] = documents;
  const ofEach = (id: CheckId, judge: (document: MetadataDocument) => Verdict) =>
    judgeEach(documents, judge).map((verdict) => underId(id, verdict));
  return [
    ...(issuer === null ? [] : [checkIssuerUrl(issuer)]),
    ...ofEach('metadata-issuer', ({ metadata }) => judgeIssuer(metadata, issuer)),
    ...ofEach('metadata-required', judgeRequired),
    ...ofEach('metadata-types', ({ metadata }) => judgeTypes(metadata)),
    ...ofEach('metadata-urls', ({ metadata }) => judgeUrls(metadata)),
    ...(first === undefined || second === undefined
      ? []
      : [underId('metadata-agreement', judgeAgreement(first.metadata, second.metadata))]),
    ...ofEach('pkce-advertised', ({ metadata }) => judgePkce(metadata, demandsPkce === true ? fail : warn)),
  ];
}

function judgeEach(
  documents: readonly MetadataDocument[],
  judge: (document: MetadataDocument) => Verdict,
): Verdict[] {
  const verdicts = documents.map((document) => ({ document, verdict: judge(document) }));
  const objections = verdicts.filter(
    ({ verdict }) => verdict.outcome === 'fail' || verdict.outcome === 'warn',
  );
  if (objections.length === 0) return verdicts.slice(0, 1).map(({ verdict }) => verdict);
  return objections.map(({ document, verdict }) =>
    documents.length === 1
      ? verdict
      : { ...verdict, detail: remember(say`${own(document.specification)}: ${recall(verdict.detail)}`) },
  );
}

/** Checks that an issuer is an https URL without query and fragment; http is accepted on loopback (OIDC Discovery §3, RFC 8414 §2). */
export const checkIssuerUrl = checkOf('issuer-url', (issuer: string) => {
  const received = { received: shownValue(issuer) };
  const compared = { expected: own('an https URL without query and fragment'), ...received };
  if (!isUrl(issuer)) return warn('The issuer is not an absolute URL.', compared);
  const url = new URL(issuer);
  if (issuer.includes('?')) return warn('The issuer has a query.', compared);
  if (issuer.includes('#')) return warn('The issuer has a fragment.', compared);
  if (url.username !== '' || url.password !== '')
    return warn('The issuer holds a user name or password.', compared);
  if (url.protocol === 'https:') return pass('The issuer is an https URL.', received);
  return isLoopbackUrl(url)
    ? pass('The issuer is on this machine, where http is allowed.', received)
    : warn('The issuer is not an https URL: anyone on the network path can pose as the server.', compared);
});

/** Judges whether the document names the issuer it was asked for, octet by octet (OIDC Discovery §4.3, RFC 8414 §3.3). */
function judgeIssuer({ issuer: named }: JsonObject, issuer: string | null): Verdict {
  const compared = comparedWith(issuer, named);
  if (named === undefined) return fail('issuer is missing.', compared);
  if (typeof named !== 'string') return fail('issuer is not a string.', compared);
  if (issuer === null) return skip('No issuer was asked for.', compared);
  return named === issuer
    ? pass('The document is about the issuer that was asked for.', compared)
    : fail(say`The document is about another issuer. ${issuerDifference(issuer, named)}`, compared);
}

/** Judges whether the members are there which the specification of the document requires (OIDC Discovery §3, RFC 8414 §2). */
function judgeRequired({ metadata, specification }: MetadataDocument): Verdict {
  const required = specification === 'OIDC Discovery' ? requiredByOidc(metadata) : requiredByOauth(metadata);
  const missing = required.filter((name) => member(metadata, name) === undefined);
  return missing.length === 0
    ? pass('All required members are there.')
    : warn(say`Missing: ${missing.join(', ')}.`, { expected: own(required.join(', ')) });
}

function requiredByOidc(metadata: JsonObject): string[] {
  const types = member(metadata, 'response_types_supported');
  const hasCode =
    Array.isArray(types) &&
    types.some((type) => typeof type === 'string' && type.split(' ').includes('code'));
  return [
    'issuer',
    'authorization_endpoint',
    'jwks_uri',
    'response_types_supported',
    'subject_types_supported',
    'id_token_signing_alg_values_supported',
    ...(hasCode ? ['token_endpoint'] : []),
  ];
}

function requiredByOauth({ grant_types_supported: grants }: JsonObject): string[] {
  // Without the member the default is authorization_code and implicit (RFC 8414 §2).
  const granted = Array.isArray(grants) ? grants : ['authorization_code', 'implicit'];
  const authorization = granted.includes('authorization_code') || granted.includes('implicit');
  const onlyImplicit = granted.every((grant) => grant === 'implicit');
  return [
    'issuer',
    'response_types_supported',
    ...(authorization ? ['authorization_endpoint'] : []),
    ...(onlyImplicit ? [] : ['token_endpoint']),
  ];
}

/** Judges the JSON types of the members that the specifications define (OIDC Discovery §3, RFC 8414 §2 and its registry). */
function judgeTypes(metadata: JsonObject): Verdict {
  const further = Object.keys(metadata).filter(
    (name) => name.endsWith('_endpoint') && !Object.hasOwn(metadataMembers, name),
  );
  const problems = [
    ...readMetadataMembers(metadata).wrongTypes.map(
      ({ name, expected }) => `${name} is not ${/^[ao]/.test(expected) ? 'an' : 'a'} ${expected}`,
    ),
    ...further.filter((name) => typeof metadata[name] !== 'string').map((name) => `${name} is not a string`),
    ...Object.entries(isJsonObject(metadata.mtls_endpoint_aliases) ? metadata.mtls_endpoint_aliases : {})
      .filter(([, value]) => typeof value !== 'string')
      .map(([name]) => `mtls_endpoint_aliases.${name} is not a string`),
    // Zero elements MUST be omitted (RFC 8414 §3.2).
    ...Object.entries(metadataMembers).flatMap(([name, type]) => {
      const value = type === 'array of strings' ? metadata[name] : undefined;
      return Array.isArray(value) && value.length === 0 ? [`${name} is empty`] : [];
    }),
  ];
  return problems.length === 0
    ? pass('The known members have the right types.')
    : warn(say`${listed(problems, 10)}.`);
}

/** Judges whether every endpoint and `jwks_uri` is an absolute https URL without fragment; http on loopback is only remarked (OIDC Discovery §3, RFC 6749 §3.1). */
function judgeUrls(metadata: JsonObject): Verdict {
  const urls = metadataUrls(metadata);
  const problems = urls.flatMap(([name, url]) => {
    const problem = urlProblem(url);
    return problem === undefined ? [] : [`${name} ${problem}: ${quoted(url)}`];
  });
  if (problems.length > 0) return warn(say`${listed(problems)}.`, { expected: own('absolute https URLs') });
  const unencrypted = urls.filter(([, url]) => url.startsWith('http:')).map(([name]) => name);
  return unencrypted.length === 0
    ? pass('All endpoints are absolute https URLs.')
    : pass(say`Over http, which is allowed on this machine only: ${listed(unencrypted)}.`);
}

/** Endpoints and `jwks_uri`, with those for clients with a certificate, each with its name. */
export function metadataUrls(metadata: JsonObject): readonly (readonly [name: string, url: string])[] {
  const aliases = isJsonObject(metadata.mtls_endpoint_aliases) ? metadata.mtls_endpoint_aliases : {};
  return Object.entries({ '': metadata, 'mtls_endpoint_aliases.': aliases }).flatMap(([place, object]) =>
    urlNames(object).flatMap((name) => {
      const value = object[name];
      return typeof value === 'string' ? [[`${place}${name}`, value] as const] : [];
    }),
  );
}

function urlNames(object: JsonObject): string[] {
  return Object.keys(object).filter((name) => name.endsWith('_endpoint') || name === 'jwks_uri');
}

function urlProblem(text: string): string | undefined {
  if (!isUrl(text)) return 'is not an absolute URL';
  const url = new URL(text);
  if (text.includes('#')) return 'has a fragment';
  return url.protocol === 'https:' || isLoopbackUrl(url) ? undefined : 'is not https';
}

/** Judges whether members that two documents of one server have in common say the same; the order of a list does not matter (RFC 8414 §5). */
function judgeAgreement(one: JsonObject, other: JsonObject): Verdict {
  const common = Object.keys(one).filter((name) => Object.hasOwn(other, name));
  const differing = common.filter((name) => canonical(one[name]) !== canonical(other[name]));
  return differing.length === 0
    ? pass(say`The ${common.length} members that both documents have are the same.`)
    : warn(say`The documents differ in ${listed(differing, 10)}.`);
}

/** Deeper values than these are taken for equal: no member of metadata nests further. */
const deepest = 20;

/** A value as text to compare it by: neither the order of members nor that of elements matters. */
export function canonical(value: JsonValue | undefined, depth = 0): string {
  if (depth > deepest) return '';
  if (Array.isArray(value)) {
    const elements = value.map((element) => canonical(element, depth + 1));
    return `[${elements.sort().join(',')}]`;
  }
  if (!isJsonObject(value)) return JSON.stringify(value) ?? '';
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name], depth + 1)}`).join(',')}}`;
}

/** Judges whether the server advertises PKCE with S256; it may support it all the same (RFC 8414 §2, RFC 9700 §2.1.1). */
function judgePkce(metadata: JsonObject, object: typeof fail): Verdict {
  const { code_challenge_methods_supported: methods } = metadata;
  const isText = typeof methods === 'string';
  const compared = isText
    ? { expected: own('S256'), received: say`"${methods}"` }
    : comparedWith(own('S256'), methods);
  if (advertisesS256(metadata)) return pass('The server advertises PKCE with S256.', compared);
  if (isText) return object('code_challenge_methods_supported is not a list.', compared);
  return methods === undefined
    ? object('The server does not say whether it supports PKCE.', compared)
    : object('The server does not advertise PKCE with S256.', compared);
}

/**
 * Says which demands of the metadata the authorization request does not meet, before the user signs in for nothing
 * (RFC 9126 §5; RFC 9101 §10.5; RFC 8414 §2).
 */
export function checkDemands(
  metadata: JsonObject,
  sent: ReadonlyMap<string, string>,
): readonly CheckResult[] {
  const lacks = (name: string, value: string) => {
    const values = member(metadata, name);
    return (
      Array.isArray(values) && values.length > 0 && !values.some((one) => inOrder(one) === inOrder(value))
    );
  };
  const isByReference = sent.has('request_uri');
  const type = sent.get('response_type') ?? '';
  const mode = sent.get('response_mode') ?? '';
  const method = sent.get('code_challenge_method');
  const unmet = [
    member(metadata, 'require_pushed_authorization_requests') === true &&
      !isByReference &&
      say`It demands pushed authorization requests (require_pushed_authorization_requests), and this one goes through the browser.`,
    member(metadata, 'require_signed_request_object') === true &&
      !isByReference &&
      !sent.has('request') &&
      say`It demands a signed request object (require_signed_request_object), and this request has none.`,
    member(metadata, 'request_parameter_supported') === false &&
      sent.has('request') &&
      own('It does not take request objects in the URL (request_parameter_supported).'),
    method !== undefined &&
      lacks('code_challenge_methods_supported', method) &&
      say`It does not list the code_challenge_method ${method} (code_challenge_methods_supported).`,
    member(metadata, 'request_uri_parameter_supported') === false &&
      /^https?:/i.test(sent.get('request_uri') ?? '') &&
      own('It does not fetch request objects (request_uri_parameter_supported).'),
    mode !== '' &&
      lacks('response_modes_supported', mode) &&
      say`It does not list the response_mode ${mode} (response_modes_supported).`,
    type !== '' &&
      lacks('response_types_supported', type) &&
      say`It does not list the response_type ${type} (response_types_supported).`,
  ].filter((one) => one !== false);
  return unmet.map((detail) => underId('metadata-demands', warn(detail)));
}

/** The words of a response type in one order: they may come in any (OAuth Multiple Response Types §3). */
const inOrder = (words: JsonValue) => String(words).split(' ').sort().join(' ');

function advertisesS256(metadata: JsonObject): boolean {
  const methods = member(metadata, 'code_challenge_methods_supported');
  return Array.isArray(methods) && methods.includes('S256');
}

/** A member that is null counts as absent. */
function member(document: JsonObject, name: string): JsonValue | undefined {
  return ownMember(document, name) ?? undefined;
}

const aboutTheDocument: readonly CheckId[] = [
  'bom-present',
  'json-wrapped',
  'content-type-wrong',
  'token-auth-methods-not-advertised',
];

/** Lists the deviations in the form of a document; its members have checks of their own. */
export function checkMetadataDocument(reading: MetadataDocumentReading): CheckResult[] {
  return listChecks(findMetadataDeviations(reading).filter(({ id }) => aboutTheDocument.includes(id)));
}

/** Finds what deviates in a metadata document, of OAuth alone or of OpenID Connect (OIDC Discovery §3, §4.3; RFC 8414 §2, §3.3). */
export function findMetadataDeviations(reading: MetadataReading, isOauth = false): Finding[] {
  const representation = findRepresentationDeviations(reading);
  return reading.type === 'unreadable'
    ? representation
    : [...representation, ...findMemberDeviations(reading, isOauth)];
}

function findMemberDeviations(
  { document, askedIssuer, issuer }: MetadataDocumentReading,
  isOauth: boolean,
): Finding[] {
  const required = isOauth ? requiredByOauth(document) : requiredByOidc(document);
  const missing = required.filter((name) => member(document, name) === undefined);
  const invalid = invalidUrls(document);
  const methods = member(document, 'code_challenge_methods_supported');
  return findingsOf({
    'issuer-mismatch':
      askedIssuer !== null &&
      issuer !== askedIssuer &&
      (issuer === null
        ? say`issuer is missing; the document was asked for ${quoted(askedIssuer)}.`
        : [
            say`The document is of ${quoted(issuer)}, not of ${quoted(askedIssuer)}. ${issuerDifference(askedIssuer, issuer)}`,
            quoted(issuer),
          ]),
    'metadata-required-missing': missing.length > 0 && [
      say`Required members are absent: ${missing.join(', ')}.`,
      missing.join(', '),
    ],
    'metadata-url-invalid': invalid.length > 0 && [
      say`No absolute https URL: ${namesText(invalid)}.`,
      namesText(invalid),
    ],
    'pkce-not-advertised': !advertisesS256(document) && [
      'The document does not say whether PKCE with S256 is supported.',
      methods === undefined ? '' : quoted(methods),
    ],
    'token-auth-methods-not-advertised':
      member(document, 'token_endpoint_auth_methods_supported') === undefined &&
      'The document does not say how clients authenticate; the default is client_secret_basic.',
  });
}

function invalidUrls(document: JsonObject): readonly string[] {
  const isTrial = isHttpLoopback(member(document, 'issuer'));
  return urlNames(document).filter((name) => {
    const value = member(document, name);
    return value !== undefined && !isHttpsUrl(value) && !(isTrial && isHttpLoopback(value));
  });
}

/** A server that is tried out on this machine needs no TLS: nothing leaves it. */
function isHttpLoopback(value: JsonValue | undefined): boolean {
  return (
    typeof value === 'string' && /^http:\/\//i.test(value) && isUrl(value) && isLoopbackUrl(new URL(value))
  );
}

function isHttpsUrl(value: JsonValue): boolean {
  return typeof value === 'string' && /^https:\/\/[^\s/?#]/i.test(value) && !/\s/.test(value) && isUrl(value);
}
