import type { JsonObject } from '../json/json.ts';
import { isLoopbackUrl } from '../protocol/redirect-uri.ts';
import { own } from '../say.ts';
import { type CheckResult, checkResult } from './check-result.ts';
import { shownValue } from './shown-value.ts';

/**
 * Why a URL cannot be the client_id that a metadata document describes, as the end of a sentence; undefined where it
 * can (Client ID Metadata Document §3). Over http it is accepted on loopback, where one is tried before it is hosted.
 */
export function clientDocumentUrlProblem(url: string): string | undefined {
  const [, scheme, authority, path = ''] = /^(https?):\/\/([^/?#]+)([^?#]*)/i.exec(url) ?? [];
  if (scheme === undefined || authority === undefined || /[\s\\\p{Cc}]/u.test(url) || !URL.canParse(url))
    return 'is not an https URL';
  if (/^http$/i.test(scheme) && !isLoopbackUrl(new URL(url))) return 'is not an https URL';
  if (authority.includes('@')) return 'holds a user name or password';
  if (url.includes('#')) return 'has a fragment';
  if (path === '') return 'has no path';
  return path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment))
    ? 'has a dot segment in its path'
    : undefined;
}

/** Judges whether a server takes a client whose metadata document is at its client_id (Client ID Metadata Document §5). */
export function checkDocumentSupport({
  client_id_metadata_document_supported: supported,
}: JsonObject): CheckResult {
  const compared = { expected: own('true'), received: shownValue(supported) };
  return supported === true
    ? checkResult('client-id-document', 'pass', 'The server takes client-id metadata documents.', compared)
    : checkResult(
        'client-id-document',
        'warn',
        'The server does not advertise that it takes client-id metadata documents.',
        compared,
      );
}
