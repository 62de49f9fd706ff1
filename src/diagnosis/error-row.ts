import { listed, shownValue } from '../checks/shown-value.ts';
import { parameterValue } from '../protocol/parameters.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Situation } from './situation.ts';

/** What an error code of a specification means: its causes, the likelier first. */
export type ErrorRow = (situation: Situation) => readonly (Diagnosis | false)[];

/** A table of error codes. */
export type ErrorTable = Readonly<Record<string, ErrorRow>>;

/** Says a thing in the terms of who has to act: somebody who runs `login`, or somebody with another client. */
export function inTermsOf({ voice }: Situation, login: string, debug: string): string {
  return voice === 'login' ? login : debug;
}

/** A parameter of the authorization request. */
export function sentValue({ authorization }: Situation, name: string): string | undefined {
  return parameterValue(authorization?.parameters ?? [], name) || undefined;
}

/** ` (asked for: …)`, where that is known. */
export function askedScope({ scope }: Situation): string {
  return scope === null || scope.length === 0
    ? ''
    : ` (asked for: ${listed(
        scope.map((one) => one.slice(0, 60)),
        12,
      )})`;
}

/** The redirect URI is not registered, as each server calls it by another code. */
export function unregisteredRedirectUri(
  situation: Situation,
  confidence: Diagnosis['confidence'],
  source: string,
  page?: string,
): Diagnosis {
  const sent = sentValue(situation, 'redirect_uri');
  return {
    cause: 'The redirect URI is not registered for this client.',
    why: `${quotedPage(page)}Servers compare it character by character with those that are registered: ${endsWithSlash(sent) ? 'this one ends with a slash; http or https, localhost or 127.0.0.1, and the port matter too' : 'a slash at the end, http or https, localhost or 127.0.0.1, and the port all matter'}.`,
    try: inTermsOf(
      situation,
      `Register ${sent === undefined ? 'it' : shownValue(sent)} for this client, or give the registered one with --redirect-uri.`,
      'Have exactly this URI registered for the client at the server, or send the one that is registered.',
    ),
    confidence,
    source,
    ...(sent === undefined ? {} : { received: shownValue(sent) }),
  };
}

function endsWithSlash(uri: string | undefined): boolean {
  return uri !== undefined && URL.canParse(uri) && /.\/$/.test(new URL(uri).pathname);
}

/** What the server itself says of it, for a person to judge. */
function quotedPage(page: string | undefined): string {
  return page === undefined ? '' : `The server says: "${page.replaceAll('"', "'")}". `;
}

/** The client is not known at this server. */
export function unknownClientId(
  situation: Situation,
  confidence: Diagnosis['confidence'],
  source: string,
  page?: string,
): Diagnosis {
  const clientId = sentValue(situation, 'client_id') ?? situation.token?.authentication.clientId ?? undefined;
  return {
    cause: 'The server does not know this client.',
    why: `${quotedPage(page)}${clientId === undefined ? 'It refuses the client_id.' : `client_id is ${shownValue(clientId)}.`}`,
    try: inTermsOf(
      situation,
      'Compare --client-id with the registration, and check that it is registered at this server, tenant or environment.',
      'Compare client_id with the registration, and check that it is registered at this server, tenant or environment.',
    ),
    confidence,
    source,
  };
}

/** The server itself failed. */
export const serverFailed: ErrorRow = () => [
  {
    cause: 'The server failed.',
    why: 'It says so itself; the request may be in order.',
    try: 'Try again, then look into the log of the server at this time.',
    confidence: 'medium',
    source: 'RFC 6749 §4.1.2.1',
  },
];
