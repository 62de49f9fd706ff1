import { isJsonObject, type JsonObject } from '../../json/json.ts';
import { isLoopbackHost } from '../../protocol/redirect-uri.ts';
import { type CheckResult, checkResult } from '../check-result.ts';
import { listed, quoted } from '../shown-value.ts';

/** Checks that every endpoint and `jwks_uri` is an absolute https URL without fragment; http on loopback is only remarked (OIDC Discovery §3, RFC 6749 §3.1). */
export function checkMetadataUrls(metadata: JsonObject): CheckResult {
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
