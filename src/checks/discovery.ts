import type { CheckResult } from './check-result.ts';
import { checkIssuerUrl } from './discovery/check-issuer-url.ts';
import { checkMetadataAgreement } from './discovery/check-metadata-agreement.ts';
import { checkMetadataIssuer } from './discovery/check-metadata-issuer.ts';
import { checkMetadataRequired } from './discovery/check-metadata-required.ts';
import { checkMetadataTypes } from './discovery/check-metadata-types.ts';
import { checkMetadataUrls } from './discovery/check-metadata-urls.ts';
import { checkPkceAdvertised } from './discovery/check-pkce-advertised.ts';
import type { MetadataDocument } from './discovery/metadata-document.ts';

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
