import { parameterValue } from '../../protocol/parameters.ts';
import { listed, shownValue } from '../shown-value.ts';
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
): Diagnosis {
  const sent = sentValue(situation, 'redirect_uri');
  return {
    cause: 'The redirect URI is not registered for this client.',
    why:
      sent === undefined
        ? 'Servers compare it octet by octet with those that are registered: a slash at the end, http or https, localhost or 127.0.0.1, and the port count.'
        : `${sent.length > 120 ? 'The one that was sent' : shownValue(sent)} is compared octet by octet with those that are registered: a slash at the end, http or https, localhost or 127.0.0.1, and the port count.`,
    try: inTermsOf(
      situation,
      `Register ${sent === undefined ? 'it' : shownValue(sent)} for this client, or give the registered one with --redirect-uri.`,
      'Register exactly this URI, or send the one that is registered.',
    ),
    confidence,
    source,
    ...(sent === undefined ? {} : { received: shownValue(sent) }),
  };
}

/** The client is not known at this server. */
export function unknownClientId(
  situation: Situation,
  confidence: Diagnosis['confidence'],
  source: string,
): Diagnosis {
  const clientId = sentValue(situation, 'client_id') ?? situation.token?.authentication.clientId ?? undefined;
  return {
    cause: 'The server does not know this client.',
    why: clientId === undefined ? 'It refuses the client_id.' : `client_id is ${shownValue(clientId)}.`,
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
