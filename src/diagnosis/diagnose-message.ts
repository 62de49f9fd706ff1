import type { Judged } from '../checks/judge-message.ts';
import { durationText, shownValue } from '../checks/shown-value.ts';
import { headerValue, isUrl, withoutQuery } from '../http-message.ts';
import { claimsOf, decodeJwt } from '../jose/jwt.ts';
import { isJsonObject, type JsonObject } from '../json/json.ts';
import { readChallenge } from '../protocol/challenge.ts';
import { endpointUrls } from '../protocol/metadata.ts';
import { parameterValue } from '../protocol/parameters.ts';
import { isConcealed } from '../protocol/placeholder.ts';
import type { Conversation, Message, MessageOf } from '../recording/conversation.ts';
import { textOrNull } from '../recording/recording.ts';
import { isAt, isSameOrigin } from '../recording/url-input.ts';
import { own, recall, say } from '../say.ts';
import { refusalCauses } from './client-refusals.ts';
import { codeEvidence } from './code-evidence.ts';
import { errorCandidates } from './diagnose.ts';
import {
  type Candidate,
  type Cause,
  contradiction,
  type Diagnosed,
  proven,
  rank,
  ruledOut,
} from './diagnosis.ts';
import { formEvidence } from './request-evidence.ts';
import {
  type AskedEndpoint,
  gatherSituation,
  type Situation,
  serverSeconds,
  timeBeside,
} from './situation.ts';
import { tokenCauses } from './token-causes.ts';
import { differentIssuer, tokenEvidence } from './token-evidence.ts';
import { transportCauses } from './transport-failures.ts';

/** The likely causes of what is wrong with a message, and those that are ruled out; empty when nothing is. */
export function diagnoseMessage(message: Message, judged: Judged, conversation: Conversation): Diagnosed {
  return rank(candidatesOf(message, judged, conversation), 'debug');
}

function candidatesOf(message: Message, judged: Judged, conversation: Conversation): readonly Candidate[] {
  const response = 'response' in message ? message.response : null;
  const situation = (endpoint: AskedEndpoint): Situation => {
    const { values, challenge = judged.visible_error } = judged;
    const error = textOrNull(values.error) ?? challenge?.error ?? null;
    const description = textOrNull(values.error_description) ?? challenge?.error_description ?? null;
    const answer = { endpoint, error, description, status: response?.status ?? null, response };
    return gatherSituation(answer, conversation, 'debug', message);
  };
  switch (message.kind) {
    case 'token_response': {
      const known = situation(isTokenRequest(message.sent, conversation.metadata) ? 'token' : 'other');
      const causes = errorCandidates(known);
      // A finding says so too; beside a cause it explains nothing.
      if (message.response.body === null)
        return causes.some((one) => one && !one.excludedBy) ? causes : [...causes, bodyNotSaved];
      return judged.outcome === 'tokens' ? tokenEvidence(message, known) : causes;
    }
    case 'token_request': {
      const known = situation('token');
      return proven([...codeEvidence(known), ...formEvidence(known)]);
    }
    case 'callback':
      return diagnoseCallback(message, judged, situation('authorization'));
    case 'authorization_request':
      return response === null || judged.outcome !== 'error'
        ? []
        : errorCandidates(situation(message.pushedBy === undefined ? 'authorization' : 'par'));
    case 'userinfo':
    case 'challenge':
      if (judged.outcome !== 'error') return [];
      return isOfServer(message, textOrNull(judged.values.error))
        ? errorCandidates(situation('other'))
        : [
            ...proven(sentTokenEvidence(message, conversation)),
            ...soundToken(message, conversation, situation('resource')),
            ...errorCandidates(situation('resource')),
          ];
    case 'metadata':
      return diagnoseMetadata(message, judged, situation('discovery'));
    case 'device_response':
    case 'backchannel_response':
    case 'registration':
      if (judged.outcome !== 'error') return [];
      return errorCandidates(situation(message.kind === 'registration' ? message.kind : 'other'));
    case 'client_refusal':
      return proven(refusalCauses(message.text));
    case 'failure':
      return [transportCauses[message.failure]];
    case 'jwt':
      return diagnoseJwt(judged);
  }
}

const bodyNotSaved: Cause = {
  cause: 'The body of the response was not saved.',
  why: 'Only its head was saved; the words of the server are in the body.',
  try: 'Save it again: curl -v writes the head to stderr and the body to stdout (add 2>&1), and a browser saves bodies with "HAR with content".',
};

/** How the paths of endpoints usually end that begin a sign-in, and of those for what a login has brought. */
const usualPaths = {
  begin: 'device\\w*|device/\\w+|bc-authorize|par|par/request',
  manage: 'introspect\\w*|revo(?:ke|cation)\\w*|regist(?:er|ration)|userinfo',
};

function isUsualPath(url: string, ...which: readonly (keyof typeof usualPaths)[]): boolean {
  const ends = which.map((one) => usualPaths[one]).join('|');
  return isUrl(url) && new RegExp(`/(?:${ends})/?$`, 'i').test(new URL(url).pathname);
}

/** Introspection, revocation and other endpoints answer with the same errors, to requests without grant_type. */
function isTokenRequest(
  sent: MessageOf<'token_response'>['sent'],
  metadata: Conversation['metadata'],
): boolean {
  const has = (name: string) => parameterValue(sent?.parameters ?? [], name) !== undefined;
  if (sent === null || has('grant_type') || has('code')) return true;
  const known = endpointUrls(metadata, 'token_endpoint');
  return known.some((url) => isSameOrigin(sent.url, url))
    ? isAt(sent.url, known)
    : !(has('token') || has('response_type') || isUsualPath(sent.url, 'begin', 'manage'));
}

/** Whether an authorization server answered and no API: by the place that was asked, or by a code of it alone. */
function isOfServer({ request }: MessageOf<'userinfo' | 'challenge'>, error: string | null): boolean {
  return (
    isUsualPath(request?.url ?? '', 'begin') ||
    /^(?:authorization_pending|slow_down|expired_token|invalid_request_uri|invalid_grant)$/.test(error ?? '')
  );
}

function diagnoseCallback(
  { received, refusedBy, asked }: MessageOf<'callback'>,
  { outcome, findings, values }: Judged,
  situation: Situation,
): readonly Candidate[] {
  const has = (id: string) => findings.some((finding) => finding.id === id);
  const sent = situation.conversation.messages.filter(({ kind }) => kind === 'authorization_request');
  const state = textOrNull(values.state) ?? undefined;
  // Certain beside one saved login; an error has causes of its own, which a certain one would hide.
  const isCertain =
    sent.length === 1 &&
    outcome !== 'error' &&
    !has('callback-parameter-repeated') &&
    ![state, asked.state].some((one) => one !== undefined && isConcealed(one));
  const isEmpty = outcome === 'error' && values.error === null && values.error_description === null;
  return [
    has('state-mismatch') && {
      cause: 'The answer belongs to another login than the one whose state is compared.',
      why: 'The state that came is not the one that was sent.',
      try: 'Look for two logins at once in one browser, a session that was lost (SameSite cookies, another host name, several servers without a shared session), or a forged answer. Never redeem this code.',
      ...(isCertain ? contradiction(shownValue(asked.state), shownValue(state)) : {}),
      source: 'RFC 6749 §10.12',
    },
    has('state-missing') && {
      cause: 'The server, or something on the way, drops the state.',
      why: 'state was sent and did not come back.',
      try: 'Look for a proxy or a rewrite of the redirect URI that drops parameters, and for a server that does not follow the specification.',
      source: 'RFC 6749 §4.1.2',
    },
    has('callback-query-malformed') && {
      cause: 'The redirect URI has a query of its own, and the server appended a second "?".',
      why: 'Two literal "?" stand in the URL.',
      try: 'Register a redirect URI without a query, and put what it carried into state.',
      ...contradiction(own('one "?"'), own('two')),
      source: 'RFC 6749 §3.1.2',
    },
    isEmpty &&
      received.method !== 'POST' && {
        cause:
          'The parameters did not arrive: they may have come behind "#", in a POST, or were dropped by a redirect.',
        why: 'There is neither a code nor an error.',
        try: 'Look at the full URL in the browser, at response_mode, and at redirects between the server and the callback.',
      },
    ...(outcome === 'error' && !isEmpty ? errorCandidates(situation) : []),
    outcome !== 'error' && refusedBy !== null && refusedCallback(refusedBy),
  ];
}

/** The server has done its part: what failed is behind the redirect URI. */
function refusedCallback(status: number): Cause {
  return status === 404 || status === 405
    ? {
        cause: 'The client has nothing at its redirect URI.',
        why: say`It answered its callback with status ${status}.`,
        try: 'Compare the path of the redirect URI with the one that the client, or the proxy in front of it, serves.',
        source: 'RFC 6749 §3.1.2',
      }
    : {
        cause: 'The client failed when it took the answer.',
        why: say`It answered its callback with status ${status}; the server had sent what it was asked for.`,
        try: 'Look into the log of the client at this moment: its session (state), the token request or the ID token. A code that was sent may be spent.',
        source: 'RFC 6749 §4.1.2, §4.1.3',
      };
}

/** The token that was refused, when it is a JWT that was sent in the request. */
function sentTokenEvidence(
  { request, response, kind }: MessageOf<'userinfo' | 'challenge'>,
  { metadata }: Conversation,
): readonly Candidate[] {
  if (request === null) return [];
  const header = headerValue(request.headers, 'authorization');
  const source = 'RFC 6750 §2.1, §3';
  const { scheme } = readChallenge(response.headers ?? []);
  if (header === undefined) {
    return [
      // A line of a log has no fields at all.
      response.status === 401 &&
        request.headers.length > 0 && {
          cause: 'No access token was sent.',
          why: 'The recorded request has no Authorization header; browsers leave it out of a HAR unless it is saved with sensitive data.',
          try: 'Send "Authorization: Bearer" and the access token. A redirect to another host drops the header.',
          source,
        },
    ];
  }
  const [, usedScheme = '', given = ''] = /^(\S+)\s+(\S.*)$/s.exec(header.trim()) ?? [];
  const token = /\s/.test(given) && !isConcealed(given) ? '' : given;
  const claims = claimsOf(token);
  const issuer = kind === 'userinfo' ? metadata?.issuer : undefined;
  const now = serverSeconds(response.headers);
  const late = typeof claims.exp === 'number' && now !== undefined ? now - claims.exp : 0;
  return [
    token === '' && {
      cause: 'The Authorization header is malformed.',
      why: 'It is not a scheme, a space and a token.',
      try: 'Send "Authorization: Bearer" and the access token, without quotes or line feeds.',
      ...contradiction(
        own('a scheme, a space and a token'),
        say`${header.length} characters of another form`,
      ),
      source,
    },
    late > 0 && {
      cause: 'The access token has expired.',
      why: say`By the Date of the answer it had expired ${durationText(late)} before.`,
      try: 'Refresh it before it expires.',
      ...contradiction(own('exp after the Date of the answer'), say`exp ${timeBeside(claims.exp, now)}`),
      source: 'RFC 7519 §4.1.4',
    },
    ...(typeof claims.iss === 'string' && issuer !== undefined && claims.iss !== issuer
      ? otherIssuer(claims, issuer)
      : []),
    (claims.nonce !== undefined || claims.at_hash !== undefined) && {
      cause: 'An ID token was sent instead of the access token.',
      why: 'The token has claims that only an ID token has.',
      try: 'Send the value of access_token.',
      source,
    },
    scheme?.toLowerCase() === 'dpop' &&
      usedScheme.toLowerCase() === 'bearer' && {
        cause: 'The token is bound to a key, and was sent as a bearer token.',
        why: 'The challenge wants DPoP.',
        try: 'Send "Authorization: DPoP" with a DPoP proof.',
        ...contradiction(own('DPoP'), usedScheme),
        source: 'RFC 9449 §7.1',
      },
  ];
}

/** What a refused access token suggests, and its own claims exclude. */
function soundToken(
  { request, response, kind }: MessageOf<'userinfo' | 'challenge'>,
  { metadata }: Conversation,
  { error, status }: Situation,
): readonly Candidate[] {
  const token = decodeJwt(headerValue(request?.headers ?? [], 'authorization')?.split(/\s+/)[1] ?? '');
  if (token.type !== 'jws' || !(error === 'invalid_token' || (error === null && status === 401))) return [];
  const { exp, iss, aud } = token.claims;
  const { typ } = token.header;
  const now = serverSeconds(response.headers);
  const called = [aud].flat().find((one) => typeof one === 'string' && isWithin(request?.url ?? '', one));
  return [
    ruledOut(
      'The access token has expired.',
      typeof exp === 'number' &&
        now !== undefined &&
        exp > now &&
        say`Its exp is ${timeBeside(exp, now)}, by the Date of the answer.`,
    ),
    ruledOut(
      'An ID token was sent instead of the access token.',
      typeof typ === 'string' &&
        /^(?:application\/)?at\+jwt$/i.test(typ) &&
        say`Its typ is ${typ}, that of an access token.`,
    ),
    ruledOut(
      'The access token is from another issuer.',
      kind === 'userinfo' &&
        iss !== undefined &&
        iss === metadata?.issuer &&
        say`Its iss is ${shownValue(iss)}, the issuer of the metadata.`,
    ),
    ruledOut(
      'The access token is for another API.',
      called !== undefined && say`Its aud names the URL that was asked, ${shownValue(called)}.`,
    ),
  ];
}

/** Whether a URL is below the identifier of a resource, or is it (RFC 8707 §2). */
function isWithin(url: string, resource: string): boolean {
  const [base] = resource.split(/\/?$/);
  return (
    /^https?:\/\/[^/]/.test(resource) &&
    (url === base || ['/', '?', '#'].some((next) => url.startsWith(`${base}${next}`)))
  );
}

/** Some servers issue tokens under several names, and take them all. */
function otherIssuer(claims: JsonObject, issuer: string): readonly Candidate[] {
  const known = tokenCauses({ header: {}, claims }, ['access-token-iss']);
  return known.length > 0 ? known : [differentIssuer(issuer, String(claims.iss), 'The access token')];
}

function diagnoseMetadata(
  { asked, request }: MessageOf<'metadata'>,
  { outcome, values }: Judged,
  situation: Situation,
): readonly Candidate[] {
  if (outcome === 'error') {
    return [
      ...errorCandidates(situation),
      {
        cause: 'There is no metadata document at this URL.',
        why: say`The answer is not a metadata document${situation.status === null ? '' : say` (status ${situation.status})`}.`,
        try: 'Append /.well-known/openid-configuration to the issuer, tenant or realm included, and compare its spelling.',
        source: 'OIDC Discovery §4; RFC 8414 §3.1',
        received: request === null ? undefined : shownValue(withoutQuery(request.url)),
      },
    ];
  }
  const issuer = textOrNull(values.issuer);
  return issuer === null || asked.issuer === undefined
    ? []
    : proven([differentIssuer(asked.issuer, issuer, 'The metadata document')]);
}

function diagnoseJwt({ findings, values }: Judged): readonly Candidate[] {
  const found = (id: string) => findings.find((finding) => finding.id === id);
  const expired = found('jwt-expired');
  const early = found('jwt-not-yet-valid');
  const { header, claims } = values;
  const token = { header: isJsonObject(header) ? header : {}, claims: isJsonObject(claims) ? claims : null };
  return [
    ...(found('jwt-malformed') === undefined ? [] : tokenCauses(token, ['jwt'])),
    early !== undefined && {
      cause: 'A clock is wrong, or the token is used too early.',
      why: recall(early.detail),
      try: 'Compare the clocks of the server that issued it and of the one that checks it.',
      source: 'RFC 7519 §4.1.5',
    },
    expired !== undefined && {
      cause: 'The token has expired.',
      why: recall(expired.detail),
      try: 'Get a new one; if it was just issued, compare the clocks.',
      source: 'RFC 7519 §4.1.4',
    },
  ];
}
