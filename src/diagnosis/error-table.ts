import { listed, shownValue } from '../checks/shown-value.ts';
import { parseUrl } from '../http-message.ts';
import { parameterValue } from '../protocol/parameters.ts';
import { own, type Said, say } from '../say.ts';
import type { Candidate, Cause } from './diagnosis.ts';
import { nonceCauses, proofCauses } from './dpop-evidence.ts';
import { type Situation, sentValue } from './situation.ts';

/** What an error code of a specification means: its causes, the likelier first. */
type Meaning = Cause | ((situation: Situation) => Cause | readonly Candidate[]);

/** Error codes by the section that registers them, which is the source of a cause that names no other. */
export type ErrorTable = Readonly<Record<string, Readonly<Record<string, Meaning>>>>;

/** The causes of an error code; undefined when the table lacks it. */
export function causesIn(table: ErrorTable, situation: Situation): readonly Candidate[] | undefined {
  const { error } = situation;
  const group = Object.entries(table).find(
    ([, meanings]) => error !== null && Object.hasOwn(meanings, error),
  );
  const meaning = group?.[1][error ?? ''];
  if (group === undefined || meaning === undefined) return undefined;
  const causes = typeof meaning === 'function' ? meaning(situation) : meaning;
  return [causes].flat().map((one) => one && { source: group[0], ...one });
}

/** ` (asked for: …)`, where that is known. */
export function askedScope({ scope }: Situation): Said {
  return scope === null || scope.length === 0
    ? own('')
    : say` (asked for: ${listed(
        scope.map((one) => one.slice(0, 60)),
        12,
      )})`;
}

/** Grants whose token request names no scope, as an earlier request did that (RFC 6749 §4.1.3, §6). */
const begunEarlier = /^(?:authorization_code|refresh_token)$|:(?:device_code|ciba)$/;

/** A scope is refused: as `cause` says, or, where none was asked for, because the server has none by default (RFC 6749 §3.3). */
export function refusedScope({ endpoint, authorization, token, grant }: Situation, cause: Cause): Cause {
  const ofToken = begunEarlier.test(grant ?? '') ? null : token;
  const asking = endpoint === 'authorization' || grant === 'authorization_code' ? authorization : ofToken;
  const sent = asking?.parameters ?? [];
  const isAsked = ['scope', 'request', 'request_uri'].some((name) => parameterValue(sent, name));
  if (sent.length === 0 || isAsked) return cause;
  return {
    cause: 'No scope was asked for, and the server takes none by default.',
    why: 'A server that has no default scope refuses such a request.',
    try: {
      login: 'Name one with --scope: "oauth-code discover" shows scopes_supported.',
      debug: 'Send scope: scopes_supported of the metadata lists what there is.',
    },
    source: 'RFC 6749 §3.3',
  };
}

/** The redirect URI is not registered, as each server calls it by another code; `page` is what the server itself says. */
export function unregisteredRedirectUri(
  situation: Situation,
  confidence: 'medium' | 'low',
  page?: string,
): Cause {
  const sent = sentValue(situation, 'redirect_uri');
  const shown = sent === undefined ? undefined : shownValue(sent);
  const endsWithSlash = /.\/$/.test(parseUrl(sent ?? '')?.pathname ?? '');
  return {
    cause: 'The redirect URI is not registered for this client.',
    why: say`${quotedPage(page)}Servers compare it character by character with those that are registered: ${own(endsWithSlash ? 'this one ends with a slash; http or https, localhost or 127.0.0.1, and the port matter too' : 'a slash at the end, http or https, localhost or 127.0.0.1, and the port all matter')}.`,
    try: {
      login: say`Register ${shown ?? own('it')} for this client, or give the registered one with --redirect-uri.`,
      debug:
        'Have exactly this URI registered for the client at the server, or send the one that is registered.',
    },
    confidence,
    received: shown,
  };
}

/** The client is not known at this server; `page` is what the server itself says. */
export function unknownClientId(situation: Situation, confidence: 'medium' | 'low', page?: string): Cause {
  const clientId = sentValue(situation, 'client_id') ?? situation.token?.authentication.clientId ?? undefined;
  const rest =
    'with the registration, and check that it is registered at this server, tenant or environment.';
  return {
    cause: 'The server does not know this client.',
    why: say`${quotedPage(page)}${clientId === undefined ? own('It refuses the client_id.') : say`client_id is ${shownValue(clientId)}.`}`,
    try: { login: own(`Compare --client-id ${rest}`), debug: own(`Compare client_id ${rest}`) },
    confidence,
  };
}

function quotedPage(page: string | undefined): Said {
  return page === undefined ? own('') : say`The server says: "${page.replaceAll('"', "'")}". `;
}

/** A pushed request is used up, or is not there. */
export const spentRequestUri = {
  cause: 'The request URI was used before, has expired, or belongs to another client.',
  try: {
    login: 'Run the login again.',
    debug: 'Push the request again for each login, and go there at once.',
  },
  source: 'RFC 9126 §2.2, §4',
} as const;

/** The device flow took too long. */
export const deviceCodeExpired = {
  cause: 'The device code has expired before the person finished.',
  try: 'Start again and show the new user code.',
  source: 'RFC 8628 §3.5',
} as const;

/** Errors of DPoP at an endpoint of the authorization server, by the sections that register them there. */
export function dpopErrors(ofProof: string, ofNonce: string): ErrorTable {
  return {
    [ofProof]: { invalid_dpop_proof: proofCauses },
    [ofNonce]: { use_dpop_nonce: nonceCauses },
  };
}
