import { listed, shownValue } from '../checks/shown-value.ts';
import { headerValue } from '../http-message.ts';
import { deviceCodeType, exchangeType, jwtBearerType } from '../protocol/grant-types.ts';
import { endpointUrls } from '../protocol/metadata.ts';
import { parameterValue, urlWithoutValues } from '../protocol/parameters.ts';
import { isConcealed } from '../protocol/placeholder.ts';
import { readAnswerPage } from '../recording/answer-page.ts';
import { isAt } from '../recording/url-input.ts';
import { own, say } from '../say.ts';
import { type Candidate, type Cause, contradiction, proven, ruledOut } from './diagnosis.ts';
import { unknownClientId, unregisteredRedirectUri } from './error-table.ts';
import {
  asksForAuthorization,
  authenticatesClient,
  metadataFor,
  type Situation,
  showsCredentials,
  tokenValue,
} from './situation.ts';

/** What is wrong with the form of a request, or with where it went (RFC 6749 §3.1, §3.2, §4.1.3). */
export function requestEvidence(situation: Situation): readonly Candidate[] {
  return [
    unsavedBody(situation),
    ...proven(formEvidence(situation)),
    ...placeEvidence(situation),
    unknownScope(situation),
    ...proven([unofferedGrant(situation)]),
    ...proven([repeatedRefresh(situation)]),
  ];
}

/** Whether only the head of the request was saved: then any cause that its body might have is a guess. */
export function isBodyUnsaved(situation: Situation): boolean {
  const { token, error, voice } = situation;
  return (
    voice === 'debug' &&
    authenticatesClient(situation) &&
    token?.method === 'POST' &&
    token.place === 'unknown' &&
    token.parameters.length === 0 &&
    error !== null
  );
}

function unsavedBody(situation: Situation): Candidate {
  return (
    isBodyUnsaved(situation) && {
      cause: 'The body of the request was not saved, so its parameters are unknown.',
      why: showsCredentials(situation)
        ? 'Only its head is here.'
        : 'Only its head is here; the credentials of the client may be in the body.',
      try: 'Record it with its body: curl --trace-ascii - in place of -v, or "HAR with content" in a browser; or give the command.',
    }
  );
}

/** The parameters without which a grant asks for nothing (RFC 6749 §4.1.3, §4.3.2, §6; RFC 8628 §3.4; RFC 7521 §4.1). */
const neededBy: Readonly<Record<string, readonly string[]>> = {
  authorization_code: ['code'],
  password: ['username', 'password'],
  refresh_token: ['refresh_token'],
  [deviceCodeType]: ['device_code'],
  [jwtBearerType]: ['assertion'],
  [exchangeType]: ['subject_token', 'subject_token_type'],
};

/** What is wrong with the form of a token request, as far as it was saved (RFC 6749 §3.2). */
export function formEvidence({ endpoint, token, error }: Situation): readonly Candidate[] {
  if (endpoint !== 'token' || token === null) return [];
  const grant = tokenValue({ token }, 'grant_type');
  const names = token.parameters.map(([name]) => name);
  // Resources and audiences may be several (RFC 8707 §2; RFC 8693 §2.1).
  const repeated = [...new Set(names)].filter(
    (name) => !['resource', 'audience'].includes(name) && names.indexOf(name) !== names.lastIndexOf(name),
  );
  // A server that refuses the client, the code or the scope has read the form as it is.
  const isUnread = [null, 'invalid_request', 'unsupported_grant_type'].includes(error);
  const perhaps = isUnread ? {} : { confidence: 'low' as const };
  const isCut = token.place === 'unknown' && token.parameters.length > 0;
  const isMultipart = token.mediaType === 'multipart/form-data';
  // In a form that it cannot read a server finds no client either.
  const isPerhapsUnread = isUnread || error === 'invalid_client';
  const declaresJson = token.mediaType === 'application/json';
  const isForm = error !== null && isUnread && token.place === 'form';
  const found: readonly Candidate[] = [
    ruledOut(
      'The token request is JSON, or multipart/form-data.',
      isForm &&
        token.mediaType === 'application/x-www-form-urlencoded' &&
        own('Its body is name=value pairs, and its Content-Type application/x-www-form-urlencoded.'),
    ),
    ruledOut(
      'grant_type is missing from the token request.',
      isForm && !!grant && say`grant_type is ${shownValue(grant)}.`,
    ),
    (token.place === 'json' || (declaresJson && token.place !== 'unknown')) && {
      cause: 'The token request is JSON.',
      why:
        token.place === 'json'
          ? 'Its body is a JSON object; the token endpoint takes application/x-www-form-urlencoded.'
          : 'Its Content-Type says JSON, so the server does not read the form data in it.',
      try: 'Send name=value pairs joined by "&" with Content-Type: application/x-www-form-urlencoded.',
    },
    isMultipart && {
      cause: 'The token request is multipart/form-data.',
      why: 'The token endpoint takes application/x-www-form-urlencoded.',
      try: 'Send name=value pairs joined by "&", with curl by --data-urlencode in place of -F.',
      ...contradiction(own('application/x-www-form-urlencoded'), own('multipart/form-data')),
      ...(isPerhapsUnread ? {} : perhaps),
    },
    token.method === 'GET' && {
      cause: 'The token request is a GET.',
      why: 'The token endpoint takes POST only.',
      try: 'Send a POST with the parameters in its body.',
    },
    token.method === 'POST' &&
      token.place === 'query' && {
        cause: 'The parameters of the token request are in the URL.',
        why: 'The body is empty; servers look for them there.',
        try: 'Send the parameters in the body: secrets and codes in a URL also end up in logs.',
      },
    (token.place === 'form' || token.place === 'json') &&
      !isMultipart &&
      grant === undefined && {
        cause: 'grant_type is missing from the token request.',
        why: 'No parameter of that name is in the body.',
        try: 'Send grant_type=authorization_code, or that of another grant.',
        ...contradiction(own('grant_type'), shownValue(undefined)),
      },
    ...(token.place === 'form' || isCut ? (neededBy[grant ?? ''] ?? []) : []).map(
      (name): Candidate =>
        tokenValue({ token }, name) === undefined && {
          cause:
            name === 'code'
              ? 'The code is missing from the token request.'
              : say`${own(name)} is missing from the token request.`,
          why: say`grant_type is ${grant ?? ''} and there is no parameter "${own(name)}".`,
          try: name === 'code' ? 'Send the code of the callback.' : say`Send ${own(name)}.`,
          ...contradiction(name, shownValue(undefined)),
          // The lines that were broken off may have it.
          ...(isCut && { confidence: 'medium' as const }),
        },
    ),
    ...repeated.map(
      (name): Candidate => ({
        cause: say`${name} is in the token request more than once.`,
        why: 'No parameter may be sent twice.',
        try: say`Send ${name} once.`,
        ...contradiction(own('once'), own('more than once')),
        ...perhaps,
      }),
    ),
  ];
  return found.map((one) => one && { ...one, source: 'RFC 6749 §3.2, §4.1.3' });
}

const cloudflareChallenge: Cause = {
  cause: 'Cloudflare answered with a challenge for browsers, in front of the server.',
  why: 'The answer has cf-mitigated: challenge. The request never reached the server, so neither its URL nor a secret is wrong.',
  try: 'Have the owner of the server exempt this endpoint from bot protection (a WAF rule), or ask from another network.',
  ...contradiction(own('an answer of the server'), own('cf-mitigated: challenge')),
  source: 'developers.cloudflare.com/cloudflare-challenges/challenge-types/challenge-pages/detect-response',
};

function placeEvidence(situation: Situation): readonly Candidate[] {
  const { endpoint, response, token, error, conversation } = situation;
  const status = situation.status ?? 0;
  const header = (name: string) => headerValue(response?.headers ?? [], name);
  const isChallenge = header('cf-mitigated') === 'challenge' && cloudflareChallenge;
  if (endpoint === 'other') return [isChallenge];
  const isHtml = /^<(?:!doctype|html)/i.test(response?.body?.trim() ?? '');
  const isElsewhere = status === 404 || status === 405;
  const location = header('location');
  const retryAfter = header('retry-after') ?? '';
  const what = {
    authorization: 'authorization endpoint',
    par: 'endpoint for pushed requests',
    token: 'token endpoint',
    resource: 'API',
    discovery: 'metadata document',
    registration: 'registration endpoint',
  }[endpoint];
  const known = endpoint === 'token' ? endpointUrls(conversation.metadata, 'token_endpoint') : [];
  const [wanted] = known;
  const isCompared = wanted !== undefined && token !== null && !isAt(token.url, known);
  const elsewhere: Candidate = isElsewhere && {
    cause: say`The URL is not that of the ${own(what)}.`,
    why: say`The status is ${status}${own(error === null ? ' and no OAuth error came with it' : '')}.`,
    try: 'Compare the URL with the metadata: oauth-code discover ISSUER shows it.',
    ...(isCompared ? contradiction(shownValue(wanted), shownValue(token.url)) : {}),
  };
  if (asksForAuthorization(situation)) return [isChallenge, error === null && elsewhere];
  return [
    status >= 300 &&
      status < 400 && {
        cause: say`The ${own(what)} answered with a redirect.`,
        why: say`It points to ${location === undefined ? own('nowhere') : shownValue(urlWithoutValues(location))}: perhaps http instead of https, a missing or additional slash, another query, or a login page.`,
        try: 'Use the URL it points to, if that is the endpoint; credentials are never sent along a redirect.',
        ...contradiction(own('a status of 200, or of an error'), String(status)),
      },
    elsewhere,
    isChallenge,
    isHtml &&
      !isChallenge &&
      !isElsewhere &&
      status < 500 && {
        cause: say`A web page answered instead of the ${own(what)}.`,
        why: 'The body is HTML: a proxy, a firewall, a login page, or the wrong path.',
        try: 'Read the page with -v or in a browser, and compare the URL with the metadata.',
        confidence: error === null ? 'medium' : 'low',
      },
    status === 429 && {
      cause: 'The server limits how often it is asked.',
      why: 'The status is 429.',
      try: say`Wait${/^\d{1,6}$/.test(retryAfter) ? say` ${retryAfter} seconds (Retry-After)` : ''} and ask less often; keep tokens until they expire.`,
      source: 'RFC 6585 §4',
    },
    status >= 500 && {
      cause: 'The server failed.',
      why: say`The status is ${status}.`,
      try: 'Try again, then look into the log of the server at this time. A code that was sent may be spent.',
      source: 'RFC 9110 §15.6',
    },
  ];
}

function unknownScope(situation: Situation): Candidate {
  const supported = metadataFor(situation)?.scopes_supported;
  const { scope, error } = situation;
  if (error !== 'invalid_scope' || supported === undefined || scope === null) return false;
  const unknown = scope.filter((one) => !supported.includes(one));
  if (unknown.length === 0)
    return ruledOut(
      'A scope is not listed by the server.',
      scope.length > 0 && say`scopes_supported has ${shownValue(scope.join(' '))}.`,
    );
  return {
    cause: say`A scope is not listed by the server: ${listed(unknown.map((one) => one.slice(0, 60)))}.`,
    why: 'It is not among scopes_supported, although a server need not list all it has.',
    try: 'Leave it out, correct its spelling, or have it made and allowed for this client.',
    source: 'RFC 6749 §3.3',
    expected: shownValue(supported.join(' ')),
    received: shownValue(scope.join(' ')),
  };
}

function unofferedGrant(situation: Situation): Candidate {
  const supported = metadataFor(situation)?.grant_types_supported;
  const { grant, error } = situation;
  if (error !== 'unsupported_grant_type' || grant === null || supported === undefined) return false;
  return (
    !supported.includes(grant) && {
      cause: 'The server does not offer this grant.',
      why: 'It is not among grant_types_supported.',
      try: 'Use a grant that is, or have this one switched on at the server.',
      ...contradiction(shownValue(supported.join(' ')), shownValue(grant)),
      source: 'RFC 8414 §2',
    }
  );
}

function repeatedRefresh(situation: Situation): Candidate {
  const refresh = tokenValue(situation, 'refresh_token');
  const { grant, error } = situation;
  const isAboutToken = error !== null && !/client|scope|target|dpop|grant_type/.test(error);
  if (grant !== 'refresh_token' || refresh === undefined || isConcealed(refresh) || !isAboutToken)
    return false;
  const before = situation.earlier.find(
    ({ sent }) => parameterValue(sent?.parameters ?? [], 'refresh_token') === refresh,
  );
  const newest = situation.earlier.findLast(({ response }) => /"refresh_?token"/i.test(response.body ?? ''));
  if (before === undefined && newest?.response.body?.includes(JSON.stringify(refresh)))
    return ruledOut(
      'The refresh token was used before and has been replaced.',
      say`It is that of the newest answer (${newest.source}), and no earlier request used it.`,
    );
  return (
    /"refresh_?token"/i.test(before?.response.body ?? '') &&
    !before?.response.body?.includes(JSON.stringify(refresh)) && {
      cause: 'The refresh token was used before and has been replaced.',
      why: say`An earlier request used the same one (${before?.source ?? ''}), and its answer brought a new one.`,
      try: 'Store the new refresh token each time, and let one process at a time refresh.',
      ...contradiction(own('the refresh token of the newest answer'), say`that of ${before?.source ?? ''}`),
      source: 'RFC 9700 §4.14.2',
    }
  );
}

/**
 * What a page says that the server shows instead of sending the person back: it does that when it cannot trust the
 * redirect URI or does not know the client (RFC 6749 §4.1.2.1).
 */
export function pageEvidence(situation: Situation, isExplained: boolean): readonly Candidate[] {
  const { endpoint, status, response, description, error } = situation;
  const isRefused = (status ?? 0) >= 400 || description !== null;
  if (endpoint !== 'authorization' || response === null || !isRefused) return [];
  const words = description ?? readAnswerPage(response).words ?? '';
  const page = words === '' ? undefined : words.replace(/\.$/, '');
  const speaksOfRedirect = /(?:\b|_)redirect[\s_-]?ur[il]s?\b|callback\s?url/i.test(words);
  const speaksOfClient =
    /\binvalid_client\b|\bclient (?:is invalid|not found|is unknown|does not exist)|(?:unknown|invalid|unregistered) client|client_id/i.test(
      `${error}: ${words}`,
    );
  const speaks = speaksOfClient || speaksOfRedirect;
  const hasFailed = (status ?? 0) >= 500;
  if (isExplained && !speaks) return [];
  const redirect = unregisteredRedirectUri(situation, speaks ? 'medium' : 'low', page);
  const client = unknownClientId(situation, speaks ? 'medium' : 'low', page);
  const found: readonly Candidate[] = speaks
    ? [speaksOfClient && client, speaksOfRedirect && redirect]
    : [
        error === null &&
          page !== undefined && {
            cause: hasFailed
              ? 'The authorization endpoint failed.'
              : 'The server refuses the authorization request.',
            why: say`The server says: "${page.replaceAll('"', "'")}".`,
            try: hasFailed
              ? 'Try again, then look into the log of the server at this time.'
              : 'Compare client_id, redirect_uri and the other parameters with the registration of the client.',
          },
        !hasFailed && redirect,
        !hasFailed && client,
      ];
  return found.map((one) => one && { ...one, source: 'RFC 6749 §4.1.2.1' });
}
