import { isJsonObject, type JsonObject, type JsonValue, ownMember } from '../json/json.ts';
import type { MetadataDocumentReading, MetadataReading } from '../protocol/metadata.ts';
import { isLoopbackHost } from '../protocol/redirect-uri.ts';
import type { CheckId } from './catalogue.ts';
import { type CheckResult, checkResult, type Finding, finding, foundOf, listChecks } from './check-result.ts';
import { issuerDifference } from './issuer-difference.ts';
import { findRepresentationDeviations } from './representation.ts';
import { listed, namesText, quoted, shownValue } from './shown-value.ts';

/** What discovery found. */
export interface DiscoveryEvidence {
  /** The issuer that was asked for; null when only the address of a document is known. */
  readonly issuer: string | null;
  readonly documents: readonly MetadataDocument[];
}

/**
 * Makes the checks of an issuer and its metadata documents. A check that every document passes is listed once;
 * otherwise each document that does not pass is listed, named by its specification (OIDC Discovery §4.3, RFC 8414 §3.3).
 */
export function checkDiscovery({ issuer, documents }: DiscoveryEvidence): CheckResult[] {
  const [first, second] = documents;
  return [
    ...(issuer === null ? [] : [checkIssuerUrl(issuer)]),
    ...forEach(documents, ({ metadata }) => checkMetadataIssuer(metadata, issuer)),
    ...forEach(documents, checkMetadataRequired),
    ...forEach(documents, ({ metadata }) => checkMetadataTypes(metadata)),
    ...forEach(documents, ({ metadata }) => checkMetadataUrls(metadata)),
    ...(first === undefined || second === undefined
      ? []
      : [checkMetadataAgreement(first.metadata, second.metadata)]),
    ...forEach(documents, ({ metadata }) => checkPkceAdvertised(metadata)),
  ];
}

function forEach(
  documents: readonly MetadataDocument[],
  check: (document: MetadataDocument) => CheckResult,
): CheckResult[] {
  const results = documents.map((document) => ({ document, result: check(document) }));
  const objections = results.filter(({ result }) => result.outcome === 'fail' || result.outcome === 'warn');
  if (objections.length === 0) return results.slice(0, 1).map(({ result }) => result);
  return objections.map(({ document, result }) =>
    documents.length === 1 ? result : { ...result, detail: `${document.specification}: ${result.detail}` },
  );
}

const aboutTheDocument: readonly CheckId[] = [
  'bom-present',
  'json-wrapped',
  'content-type-wrong',
  'token-auth-methods-not-advertised',
];

/** Lists what is out of order in the form of a document; what its members say has checks of its own. */
export function checkMetadataDocument(reading: MetadataDocumentReading): CheckResult[] {
  return listChecks(findMetadataDeviations(reading).filter(({ id }) => aboutTheDocument.includes(id)));
}

/** Which rules a metadata document goes by; `given` stands for one at an address that a person gave. */
export type MetadataSpecification = 'OIDC Discovery' | 'RFC 8414' | 'given';

/** A metadata document as it was found. */
export interface MetadataDocument {
  readonly specification: MetadataSpecification;
  readonly metadata: JsonObject;
}

/** Checks that an issuer is an https URL without query and fragment; http is accepted on loopback (OIDC Discovery §3, RFC 8414 §2). */
export function checkIssuerUrl(issuer: string): CheckResult {
  const received = shownValue(issuer);
  const warn = (detail: string) =>
    checkResult('issuer-url', 'warn', detail, {
      expected: 'an https URL without query and fragment',
      received,
    });
  if (!URL.canParse(issuer)) return warn('The issuer is no absolute URL.');
  const url = new URL(issuer);
  if (issuer.includes('?')) return warn('The issuer has a query.');
  if (issuer.includes('#')) return warn('The issuer has a fragment.');
  if (url.username !== '' || url.password !== '') return warn('The issuer holds a user name or password.');
  if (url.protocol === 'https:')
    return checkResult('issuer-url', 'pass', 'The issuer is an https URL.', { received });
  return url.protocol === 'http:' && isLoopbackHost(url.hostname)
    ? checkResult('issuer-url', 'pass', 'The issuer is on this machine, where http does.', { received })
    : warn('The issuer is not an https URL: who is on the way can pose as the server.');
}

/**
 * Checks that the document names the issuer it was asked for, octet by octet (OIDC Discovery §4.3, RFC 8414 §3.3).
 *
 * @param issuer null when only the address of the document is known.
 */
function checkMetadataIssuer(metadata: JsonObject, issuer: string | null): CheckResult {
  const id = 'metadata-issuer';
  const received = shownValue(metadata.issuer);
  const compared = { ...(issuer === null ? {} : { expected: issuer }), received };
  if (metadata.issuer === undefined)
    return checkResult(id, 'fail', 'The document names no issuer.', compared);
  if (typeof metadata.issuer !== 'string') return checkResult(id, 'fail', 'issuer is no string.', compared);
  if (issuer === null) return checkResult(id, 'skipped', 'No issuer was asked for.', compared);
  return metadata.issuer === issuer
    ? checkResult(id, 'pass', 'The document is about the issuer that was asked for.', compared)
    : checkResult(
        id,
        'fail',
        `The document is about another issuer. ${issuerDifference(issuer, metadata.issuer)}`,
        compared,
      );
}

const requiredByOidc = [
  'issuer',
  'authorization_endpoint',
  'jwks_uri',
  'response_types_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
];

/** Checks that the members are there which the specification of the document requires (OIDC Discovery §3, RFC 8414 §2). */
function checkMetadataRequired({ metadata, specification }: MetadataDocument): CheckResult {
  const required = specification === 'OIDC Discovery' ? oidcMembers(metadata) : oauthMembers(metadata);
  const missing = required.filter((name) => metadata[name] === undefined || metadata[name] === null);
  return missing.length === 0
    ? checkResult('metadata-required', 'pass', 'All required members are there.')
    : checkResult('metadata-required', 'warn', `Missing: ${missing.join(', ')}.`, {
        expected: required.join(', '),
      });
}

function oidcMembers(metadata: JsonObject): string[] {
  return responseTypes(metadata).some((type) => type.split(' ').includes('code'))
    ? [...requiredByOidc, 'token_endpoint']
    : requiredByOidc;
}

function oauthMembers(metadata: JsonObject): string[] {
  const { grant_types_supported: grants } = metadata;
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

function responseTypes({ response_types_supported: types }: JsonObject): string[] {
  return Array.isArray(types) ? types.filter((type) => typeof type === 'string') : [];
}

const strings = [
  'issuer',
  'jwks_uri',
  'service_documentation',
  'op_policy_uri',
  'op_tos_uri',
  'signed_metadata',
];

const booleans = [
  'claims_parameter_supported',
  'request_parameter_supported',
  'request_uri_parameter_supported',
  'require_request_uri_registration',
  'require_pushed_authorization_requests',
  'require_signed_request_object',
  'tls_client_certificate_bound_access_tokens',
  'authorization_response_iss_parameter_supported',
  'frontchannel_logout_supported',
  'frontchannel_logout_session_supported',
  'backchannel_logout_supported',
  'backchannel_logout_session_supported',
  'backchannel_user_code_parameter_supported',
];

const lists = [
  'scopes_supported',
  'response_types_supported',
  'response_modes_supported',
  'grant_types_supported',
  'acr_values_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
  'id_token_encryption_alg_values_supported',
  'id_token_encryption_enc_values_supported',
  'userinfo_signing_alg_values_supported',
  'userinfo_encryption_alg_values_supported',
  'userinfo_encryption_enc_values_supported',
  'request_object_signing_alg_values_supported',
  'request_object_encryption_alg_values_supported',
  'request_object_encryption_enc_values_supported',
  'authorization_signing_alg_values_supported',
  'token_endpoint_auth_methods_supported',
  'token_endpoint_auth_signing_alg_values_supported',
  'revocation_endpoint_auth_methods_supported',
  'introspection_endpoint_auth_methods_supported',
  'code_challenge_methods_supported',
  'dpop_signing_alg_values_supported',
  'display_values_supported',
  'claim_types_supported',
  'claims_supported',
  'claims_locales_supported',
  'ui_locales_supported',
  'prompt_values_supported',
  'authorization_details_types_supported',
  'backchannel_token_delivery_modes_supported',
];

/** Checks the JSON types of the members that the specifications define (OIDC Discovery §3, RFC 8414 §2 and its registry). */
function checkMetadataTypes(metadata: JsonObject): CheckResult {
  const endpoints = Object.keys(metadata).filter((name) => name.endsWith('_endpoint'));
  const problems = [
    ...wrong(metadata, [...strings, ...endpoints], 'a string', (value) => typeof value === 'string'),
    ...wrong(metadata, booleans, 'a boolean', (value) => typeof value === 'boolean'),
    ...wrong(metadata, lists, 'an array of strings', isStringList),
    ...wrong(metadata, ['mtls_endpoint_aliases'], 'an object', isJsonObject),
    // Zero elements MUST be omitted (RFC 8414 §3.2).
    ...lists.filter((name) => isEmptyList(metadata[name])).map((name) => `${name} is empty`),
  ];
  return problems.length === 0
    ? checkResult('metadata-types', 'pass', 'The known members have the right types.')
    : checkResult('metadata-types', 'warn', `${listed(problems, 10)}.`);
}

function wrong(
  metadata: JsonObject,
  names: readonly string[],
  type: string,
  fits: (value: JsonValue) => boolean,
): string[] {
  return names.flatMap((name) => {
    const value = metadata[name];
    return value === undefined || fits(value) ? [] : [`${name} is not ${type}`];
  });
}

function isStringList(value: JsonValue): boolean {
  return Array.isArray(value) && value.every((element) => typeof element === 'string');
}

function isEmptyList(value: JsonValue | undefined): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** Checks that every endpoint and `jwks_uri` is an absolute https URL without fragment; http on loopback is only remarked (OIDC Discovery §3, RFC 6749 §3.1). */
function checkMetadataUrls(metadata: JsonObject): CheckResult {
  const aliases = isJsonObject(metadata.mtls_endpoint_aliases) ? metadata.mtls_endpoint_aliases : {};
  const members = [...urlMembers(metadata), ...urlMembers(aliases)];
  const problems = members.flatMap(([name, url]) => {
    const problem = urlProblem(url);
    return problem === undefined ? [] : [`${name} ${problem}: ${quoted(url)}`];
  });
  if (problems.length > 0) {
    return checkResult('metadata-urls', 'warn', `${listed(problems)}.`, { expected: 'absolute https URLs' });
  }
  const unencrypted = members.filter(([, url]) => url.startsWith('http:')).map(([name]) => name);
  return unencrypted.length === 0
    ? checkResult('metadata-urls', 'pass', 'All endpoints are absolute https URLs.')
    : checkResult(
        'metadata-urls',
        'pass',
        `Over http, which does on this machine only: ${listed(unencrypted)}.`,
      );
}

function urlMembers(object: JsonObject): (readonly [string, string])[] {
  return Object.entries(object).flatMap(([name, value]) =>
    (name.endsWith('_endpoint') || name === 'jwks_uri') && typeof value === 'string'
      ? [[name, value] as const]
      : [],
  );
}

function urlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'is no absolute URL';
  const url = new URL(text);
  if (text.includes('#')) return 'has a fragment';
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackHost(url.hostname)))
    return undefined;
  return 'is not https';
}

/** Checks that members which two documents of one server have in common say the same; the order of a list does not matter (RFC 8414 §5). */
function checkMetadataAgreement(one: JsonObject, other: JsonObject): CheckResult {
  const common = Object.keys(one).filter((name) => Object.hasOwn(other, name));
  const differing = common.filter((name) => canonical(one[name]) !== canonical(other[name]));
  return differing.length === 0
    ? checkResult(
        'metadata-agreement',
        'pass',
        `The ${common.length} members that both documents have are the same.`,
      )
    : checkResult('metadata-agreement', 'warn', `The documents differ in ${listed(differing, 10)}.`);
}

/** Deeper values than these are taken for equal: no member of metadata nests further. */
const deepest = 20;

function canonical(value: JsonValue | undefined, depth = 0): string {
  if (depth > deepest) return '';
  if (Array.isArray(value)) {
    const elements = value.map((element) => canonical(element, depth + 1));
    return `[${elements.sort().join(',')}]`;
  }
  if (!isJsonObject(value)) return JSON.stringify(value) ?? '';
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name], depth + 1)}`).join(',')}}`;
}

/** Checks whether the server advertises PKCE with S256; it may support it all the same (RFC 8414 §2, RFC 9700 §2.1.1). */
function checkPkceAdvertised({ code_challenge_methods_supported: methods }: JsonObject): CheckResult {
  const compared = { expected: 'S256', received: shownValue(methods) };
  if (Array.isArray(methods) && methods.includes('S256')) {
    return checkResult('pkce-advertised', 'pass', 'The server advertises PKCE with S256.', compared);
  }
  return methods === undefined
    ? checkResult('pkce-advertised', 'warn', 'The server does not say whether it supports PKCE.', compared)
    : checkResult('pkce-advertised', 'warn', 'The server does not advertise PKCE with S256.', compared);
}

/** Finds what deviates in a metadata document (OIDC Discovery §3, §4.3; RFC 8414 §2, §3.3). */
export function findMetadataDeviations(reading: MetadataReading): Finding[] {
  const representation = findRepresentationDeviations(reading);
  return reading.type === 'unreadable'
    ? representation
    : [...representation, ...findMemberDeviations(reading)];
}

function findMemberDeviations(reading: MetadataDocumentReading): Finding[] {
  const { document, askedIssuer, issuer } = reading;
  const missing = missingMembers(document);
  const invalid = invalidUrls(document);
  const challengeMethods = member(document, 'code_challenge_methods_supported');
  return foundOf([
    askedIssuer !== null && issuer !== askedIssuer && issuerFinding(askedIssuer, issuer),
    missing.length > 0 &&
      finding(
        'metadata-required-missing',
        `Required members are absent: ${missing.join(', ')}.`,
        missing.join(', '),
      ),
    invalid.length > 0 &&
      finding('metadata-url-invalid', `No absolute https URL: ${namesText(invalid)}.`, namesText(invalid)),
    !(Array.isArray(challengeMethods) && challengeMethods.includes('S256')) &&
      finding(
        'pkce-not-advertised',
        'The document does not say that PKCE with S256 is supported, nor that it is not.',
        challengeMethods === undefined ? '' : quoted(challengeMethods),
      ),
    member(document, 'token_endpoint_auth_methods_supported') === undefined &&
      finding(
        'token-auth-methods-not-advertised',
        'The document does not say how clients authenticate; the default is client_secret_basic.',
      ),
  ]);
}

function issuerFinding(asked: string, issuer: string | null): Finding {
  return issuer === null
    ? finding('issuer-mismatch', `The document names no issuer; it was asked for ${quoted(asked)}.`)
    : finding(
        'issuer-mismatch',
        `The document is of ${quoted(issuer)}, not of ${quoted(asked)}. ${issuerDifference(asked, issuer)}`,
        quoted(issuer),
      );
}

const requiredMembers = [
  'issuer',
  'authorization_endpoint',
  'jwks_uri',
  'response_types_supported',
  'subject_types_supported',
  'id_token_signing_alg_values_supported',
];

function missingMembers(document: JsonObject): readonly string[] {
  const responseTypes = member(document, 'response_types_supported');
  const hasCode =
    Array.isArray(responseTypes) &&
    responseTypes.some((type) => typeof type === 'string' && type.split(' ').includes('code'));
  return [...requiredMembers, ...(hasCode ? ['token_endpoint'] : [])].filter(
    (name) => member(document, name) === undefined,
  );
}

function invalidUrls(document: JsonObject): readonly string[] {
  const isTrial = isPlainLoopbackUrl(member(document, 'issuer') ?? null);
  return Object.keys(document).filter((name) => {
    const value = name.endsWith('_endpoint') || name === 'jwks_uri' ? member(document, name) : undefined;
    return value !== undefined && !isHttpsUrl(value) && !(isTrial && isPlainLoopbackUrl(value));
  });
}

/** A server that is tried out on this machine needs no TLS: nothing leaves it. */
function isPlainLoopbackUrl(value: JsonValue): boolean {
  return (
    typeof value === 'string' &&
    /^http:\/\//i.test(value) &&
    URL.canParse(value) &&
    isLoopbackHost(new URL(value).hostname)
  );
}

function isHttpsUrl(value: JsonValue): boolean {
  return (
    typeof value === 'string' &&
    /^https:\/\/[^\s/?#]/i.test(value) &&
    !/\s/.test(value) &&
    URL.canParse(value)
  );
}

/** A member that is null counts as absent. */
function member(document: JsonObject, name: string): JsonValue | undefined {
  return ownMember(document, name) ?? undefined;
}
