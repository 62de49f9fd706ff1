import { type HttpResponse, headerValue, isUrl, mediaType } from '../http-message.ts';
import { isJsonObject, type JsonObject, parsePlainJson, textListMember } from '../json/json.ts';
import { isLoopbackUrl, readRedirectUri } from '../protocol/redirect-uri.ts';
import { own, say } from '../say.ts';
import {
  type CheckResult,
  checkOf,
  comparedWith,
  fail,
  pass,
  underId,
  type Verdict,
  warn,
} from './check-result.ts';
import { listed, shownValue } from './shown-value.ts';

/**
 * Why a URL cannot be the client_id that a metadata document describes, as the end of a sentence; undefined where it
 * can (Client ID Metadata Document §3). Over http it is accepted on loopback, where one is tried before it is hosted.
 */
export function clientDocumentUrlProblem(url: string): string | undefined {
  const [, scheme, authority, path = ''] = /^(https?):\/\/([^/?#]+)([^?#]*)/i.exec(url) ?? [];
  if (scheme === undefined || authority === undefined || /[\s\\\p{Cc}]/u.test(url) || !isUrl(url))
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
export const checkDocumentSupport = checkOf('client-id-document', (metadata: JsonObject) => {
  const { client_id_metadata_document_supported: supported } = metadata;
  const compared = comparedWith(own('true'), supported);
  return supported === true
    ? pass('The server takes client-id metadata documents.', compared)
    : warn('The server does not advertise that it takes client-id metadata documents.', compared);
});

/**
 * Judges a client-id metadata document as a server would that fetches it, and whether clients can use it on this machine
 * (Client ID Metadata Document §4).
 * @param url where it is hosted; undefined where it is to be where its client_id says
 * @param response how it came; undefined for a file
 */
export function judgeClientDocument(
  text: string,
  url: string | undefined,
  response: Pick<HttpResponse, 'status' | 'headers'> | undefined,
): readonly CheckResult[] {
  const value = parsePlainJson(text);
  const document = isJsonObject(value) ? value : undefined;
  const answer = underId('client-document-response', judgeAnswer(text, document, response));
  if (document === undefined) return [answer];
  return [
    answer,
    underId('client-document-client-id', judgeClientId(document, url)),
    underId('client-document-members', judgeMembers(document)),
    underId('client-document-secret', judgeSecret(document)),
    underId('client-document-ports', judgePorts(document)),
  ];
}

function judgeAnswer(
  text: string,
  document: JsonObject | undefined,
  response: Pick<HttpResponse, 'status' | 'headers'> | undefined,
): Verdict {
  if (response !== undefined && response.status !== 200) {
    const location = headerValue(response.headers, 'location');
    const compared = { expected: own('200'), received: String(response.status) };
    return location === undefined
      ? fail(say`The status is ${response.status}.`, compared)
      : fail(say`It redirects to ${location}, and servers do not follow.`, compared);
  }
  if (document === undefined) return fail('It is not a JSON object.');
  const type = response && mediaType(response.headers);
  if (type !== undefined && !/^application\/(?:[\w.-]+\+)?json$/.test(type ?? ''))
    return fail('The content type is not that of JSON.', comparedWith(own('application/json'), type));
  const octets = Buffer.byteLength(text);
  return octets > 5120
    ? fail(say`It has ${octets} octets; servers read 5 kB.`)
    : pass('It is a JSON object that servers read.');
}

function judgeClientId({ client_id: clientId }: JsonObject, url: string | undefined): Verdict {
  if (typeof clientId !== 'string') return fail('client_id is missing, or is not a text.');
  const compared = comparedWith(url ?? null, clientId);
  const problem = clientDocumentUrlProblem(clientId);
  if (problem !== undefined) return fail(say`client_id ${own(problem)}.`, compared);
  return url === undefined || clientId === url
    ? pass('client_id is the URL of the document.', compared)
    : fail('client_id is not the URL of the document, octet by octet.', compared);
}

function judgeMembers(document: JsonObject): Verdict {
  const uris = textListMember(document, 'redirect_uris') ?? [];
  const wrong = uris.filter((uri) => readRedirectUri(uri) === undefined);
  const missing = [
    ...(typeof document.client_name === 'string' && document.client_name !== '' ? [] : ['client_name']),
    ...(uris.length === 0 ? ['redirect_uris'] : []),
  ];
  if (missing.length > 0) return fail(say`Missing: ${own(missing.join(', '))}.`);
  return wrong.length > 0
    ? fail(say`Not an absolute URI without a fragment: ${listed(wrong)}.`)
    : pass('client_name and redirect_uris are there.');
}

function judgeSecret(document: JsonObject): Verdict {
  const secrets = Object.keys(document).filter((name) => name.startsWith('client_secret'));
  if (secrets.length > 0) return fail(say`Everybody can read ${listed(secrets)} in it.`);
  const { token_endpoint_auth_method: method = 'client_secret_basic', jwks, jwks_uri: keys } = document;
  const compared = comparedWith(own('none or private_key_jwt'), document.token_endpoint_auth_method);
  if (/^client_secret/.test(String(method)))
    return fail('The client would authenticate with a secret, and there is none to share.', compared);
  return method === 'private_key_jwt' && (jwks ?? keys) === undefined
    ? fail('The client signs, and the document has neither jwks nor jwks_uri.', compared)
    : pass(say`The client authenticates by ${shownValue(method)}.`, compared);
}

/** Some servers free the port of a loopback address, some compare texts: both forms are worth to be there. */
function judgePorts(document: JsonObject): Verdict {
  const uris = (textListMember(document, 'redirect_uris') ?? []).filter(
    (uri) => readRedirectUri(uri)?.loopback,
  );
  const without = (uri: string) => uri.replace(/^(http:\/\/(?:\[[^\]]*\]|[^/?#:]*)):\d+/i, '$1');
  const fixed = uris.filter((uri) => without(uri) !== uri);
  const alone = fixed.filter((uri) => !uris.includes(without(uri)));
  const free = uris.filter((uri) => !fixed.some((one) => one === uri || without(one) === uri));
  if (alone.length > 0)
    return warn(say`Registered with one port alone: ${listed(alone)}. Add the same without a port.`);
  return free.length > 0
    ? warn(
        say`Registered without a port alone: ${listed(free)}. A server that compares texts wants one with it.`,
      )
    : pass('Redirect URIs on loopback are there with a port and without.');
}
