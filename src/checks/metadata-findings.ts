import type { JsonObject, JsonValue } from '../json/json.ts';
import { ownMember } from '../json/own-member.ts';
import type { MetadataDocumentReading, MetadataReading } from '../protocol/metadata.ts';
import { isLoopbackHost } from '../protocol/redirect-uri.ts';
import { type Finding, finding, foundOf, namesText } from './finding.ts';
import { issuerDifference } from './issuer-difference.ts';
import { findRepresentationDeviations } from './representation-findings.ts';
import { quoted } from './shown-value.ts';

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
  const isTrial = isLoopbackUrl(member(document, 'issuer') ?? null);
  return Object.keys(document).filter((name) => {
    const value = name.endsWith('_endpoint') || name === 'jwks_uri' ? member(document, name) : undefined;
    return value !== undefined && !isHttpsUrl(value) && !(isTrial && isLoopbackUrl(value));
  });
}

/** A server that is tried out on this machine needs no TLS: nothing leaves it. */
function isLoopbackUrl(value: JsonValue): boolean {
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
