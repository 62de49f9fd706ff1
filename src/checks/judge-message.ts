import type { HttpResponse } from '../http-message.ts';
import { claimsOf } from '../jose/jwt.ts';
import { readJose } from '../jose/read-token.ts';
import type { JsonObject } from '../json/json.ts';
import { readAuthorizationResponse } from '../protocol/authorization-response.ts';
import { type Challenge, readChallenge } from '../protocol/challenge.ts';
import { readBackchannelResponse, readDeviceResponse } from '../protocol/device-authorization.ts';
import { type ErrorMembers, readErrorMembers } from '../protocol/error-members.ts';
import { readMetadata } from '../protocol/metadata.ts';
import { parameterValue } from '../protocol/parameters.ts';
import { isConcealed } from '../protocol/placeholder.ts';
import { readPushedResponse } from '../protocol/pushed-request.ts';
import { actionOf, readRegistrationResponse, registrationActions } from '../protocol/registration.ts';
import { readResponseBody } from '../protocol/response-body.ts';
import { readTokenResponse, type TokensReading } from '../protocol/token-response.ts';
import { readUserinfoResponse } from '../protocol/userinfo-response.ts';
import type { AnswerKind, Message, MessageOf } from '../recording/conversation.ts';
import { errorInDamagedJson, type VisibleError } from '../recording/error-in-text.ts';
import type { RecordedResponse } from '../recording/recording.ts';
import type { SentTokenRequest } from '../recording/sent-request.ts';
import { recall, say } from '../say.ts';
import { findAuthorizationRequestProblems } from './authorization-request.ts';
import { judgeAuthorizationResponse } from './authorization-response.ts';
import type { CheckId } from './catalogue.ts';
import { type Finding, finding, findingsOf, type Judgement, listFindings } from './check-result.ts';
import { judgeBackchannelResponse, judgeDeviceResponse } from './device-response.ts';
import { findProofProblems, isDpopProof } from './dpop-proof.ts';
import { judgeErrorResponse } from './error-response.ts';
import { findJwtProblems } from './jwt.ts';
import { findMetadataDeviations } from './metadata.ts';
import { judgePushedResponse } from './pushed-response.ts';
import { judgeRegistration } from './registration.ts';
import { checkGrantedAccess } from './requested-access.ts';
import { judgeTokenResponse } from './token-response.ts';
import { judgeUserinfoResponse } from './userinfo.ts';

/** The kinds of results that messages bring. */
export type Outcome = 'tokens' | 'error' | 'code' | 'client' | 'claims' | 'metadata' | 'jwt' | 'request';

/** The reading of one message: its outcome, its values under their wire names, and its deviations. */
export interface Judged {
  readonly outcome: Outcome;
  readonly values: JsonObject;
  readonly findings: readonly Finding[];
  /** The challenge in the head of a refusal; absent where there is none. */
  readonly challenge?: Challenge;
  /** What shows in a body that is damaged JSON, of which nothing is taken. */
  readonly visible_error?: VisibleError;
}

/** Reads a message and finds what deviates in it. `now` is what times are compared with. */
export function judgeMessage(message: Message, now: Date): Judged {
  const judged = withProof(judgeKind(message, now), message);
  return message.quoted === undefined ? judged : { ...judged, findings: [] };
}

/** The DPoP proof of the request is read and judged with the answer (RFC 9449 §4.3). */
function withProof(judged: Judged, { proof, at }: Message): Judged {
  if (proof === undefined || isConcealed(proof.compact)) return judged;
  const { compact, ...sent } = proof;
  return {
    ...judged,
    values: { ...judged.values, dpop_proof: claimsOf(compact) },
    findings: [...judged.findings, ...findProofProblems({ compact, sent: { ...sent, at } })],
  };
}

function judgeKind(message: Message, now: Date): Judged {
  switch (message.kind) {
    case 'token_response':
      return judgeTokenMessage(message);
    case 'callback':
      return judgeCallback(message, now);
    case 'userinfo':
      return judgeUserinfo(message);
    case 'metadata':
      return judgeMetadata(message);
    case 'device_response':
    case 'backchannel_response':
    case 'registration':
      return judgeAnswer(message, now);
    case 'challenge': {
      const { error, error_description, scope } = readChallenge(message.response.headers ?? []);
      const said = readErrorMembers(readResponseBody(message.response.body ?? ''));
      const values = {
        error: error ?? said.error,
        error_description: error_description ?? said.errorDescription,
        scope,
      };
      return { outcome: 'error', values, findings: [] };
    }
    case 'client_refusal':
    case 'failure':
      return { outcome: 'error', values: { reason: message.text }, findings: [] };
    case 'authorization_request':
      return judgeAuthorizationRequest(message);
    case 'token_request':
      return {
        outcome: 'request',
        values: { endpoint: message.sent.url, parameters: parameterObject(message.sent.parameters) },
        findings: judgeSentRequest(message),
      };
    case 'jwt': {
      const read = readJose(message.text);
      const payload = read?.type === 'jws' ? read.payload : null;
      const values = {
        header: read?.header ?? null,
        claims: payload?.type === 'claims' ? payload.claims : null,
        // A text that was cut off can be read up to there.
        ...(payload?.type === 'text' && payload.text !== '' ? { payload: payload.text } : {}),
      };
      const findings =
        read !== undefined && isDpopProof(read.header)
          ? findProofProblems({ compact: message.text })
          : findJwtProblems(message.text, now);
      return { outcome: 'jwt', values, findings };
    }
  }
}

/** A request that was answered with an error page was refused (RFC 6749 §4.1.2.1). */
function judgeAuthorizationRequest(message: MessageOf<'authorization_request'>): Judged {
  const { sent, response } = message;
  const { endpoint, parameters } = sent;
  const pushed =
    message.pushedBy === undefined || response === null || response.body === null
      ? undefined
      : readPushedResponse(complete(response, 201));
  const given =
    pushed?.type === 'pushed'
      ? { request_uri: pushed.requestUri ?? null, expires_in: pushed.expiresIn ?? null }
      : {};
  const values = { endpoint, parameters: parameterObject(parameters), ...given };
  const findings = [
    ...findAuthorizationRequestProblems(sent),
    ...(pushed === undefined || response === null ? [] : judgeable(judgePushedResponse(pushed), response)),
  ];
  if (pushed?.type === 'error')
    return { outcome: 'error', values: { ...values, ...errorValues(pushed) }, findings };
  if (response === null || (response.status ?? 0) < 400) return { outcome: 'request', values, findings };
  const said = errorValues(readErrorMembers(readResponseBody(response.body ?? '')));
  return { outcome: 'error', values: { ...values, ...said }, findings };
}

function errorValues({ error, errorDescription }: Omit<ErrorMembers, 'errorUri'>): JsonObject {
  return { error, error_description: errorDescription };
}

/** A name that is given more than once has all its values, in a list. */
function parameterObject(parameters: readonly (readonly [string, string])[]): JsonObject {
  const names = [...new Set(parameters.map(([name]) => name))];
  return Object.fromEntries(
    names.map((name) => {
      const values = parameters.filter(([candidate]) => candidate === name).map(([, value]) => value);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}

function judgeTokenMessage({ sent, response, asked, details }: MessageOf<'token_response'>): Judged {
  const exposed = [
    ...(sent === null ? [] : secretInUrl(sent)),
    ...findingsOf({
      'response-body-not-saved':
        response.body === null &&
        'The words of the server are in it. Add 2>&1 to curl -v; save a HAR with content.',
    }),
  ];
  const first = readTokenResponse(complete(response, 200), asked);
  // Without a status, a response without tokens is read as an error.
  const reading =
    first.type === 'error' && response.status === null
      ? readTokenResponse(complete(response, 400), asked)
      : first;
  if (reading.type === 'error') {
    const visible = errorInDamagedJson(response.body);
    return {
      outcome: 'error',
      values: errorValues(reading),
      ...(visible && { visible_error: visible }),
      findings: [...exposed, ...judgeable(judgeErrorResponse(reading), response)],
    };
  }
  return {
    outcome: 'tokens',
    values: tokenValues(reading),
    findings: [
      ...exposed,
      ...judgeable(judgeTokenResponse(reading), response),
      ...otherDetails(reading, details),
    ],
  };
}

/** What was granted differently from what the browser asked for (RFC 9396 §7). */
function otherDetails({ tokenMembers }: TokensReading, details: string | undefined): readonly Finding[] {
  if (details === undefined || isConcealed(details)) return [];
  return checkGrantedAccess({ authorizationDetails: details }, tokenMembers, null).flatMap(
    ({ id, outcome, detail, received = '' }) =>
      outcome === 'warn' ? [finding(id, recall(detail), received)] : [],
  );
}

function tokenValues(reading: TokensReading): JsonObject {
  return {
    access_token: reading.accessToken,
    refresh_token: reading.refreshToken,
    id_token_present: reading.idToken !== null,
    token_type: reading.tokenType,
    expires_in_seconds: reading.expiresInSeconds,
    scope: reading.scope === null ? null : [...(reading.scopeArray ?? reading.scope)],
  };
}

function judgeCallback({ received, asked, requested }: MessageOf<'callback'>, now: Date): Judged {
  const reading = readAuthorizationResponse(received, { state: asked.state });
  const { jwt } = reading;
  if (jwt?.encryption === 'locked' && reading.type === 'neither') {
    const values = { header: readJose(jwt.compact)?.header ?? null, claims: null };
    return { outcome: 'jwt', values, findings: [] };
  }
  const idToken = parameterValue(reading.parameters, 'id_token') ?? '';
  const findings = [
    ...listFindings(
      judgeAuthorizationResponse({
        reading,
        issuer: null,
        issRequired: false,
        ...(requested && { sent: requested }),
      }),
    ),
    ...(jwt?.signed == null ? [] : findJwtProblems(jwt.compact, now)),
    // Here no TLS with the server stands for a signature (OIDC Core §3.2.2.11).
    ...findJwtProblems(idToken, now).filter(({ id }) => id === 'jwt-unsigned'),
  ];
  if (reading.type === 'code') {
    return { outcome: 'code', values: { code: reading.code, state: reading.state }, findings };
  }
  if (reading.type === 'tokens') {
    const values = { ...implicitValues(reading.parameters), state: reading.state };
    return { outcome: 'tokens', values, findings };
  }
  return { outcome: 'error', values: errorValues({ error: null, ...reading }), findings };
}

/** Tokens that came through the browser (RFC 6749 §4.2.2). */
function implicitValues(parameters: readonly (readonly [string, string])[]): JsonObject {
  const value = (name: string) => parameterValue(parameters, name) || null;
  const seconds = value('expires_in');
  return {
    access_token: value('access_token'),
    refresh_token: value('refresh_token'),
    id_token_present: value('id_token') !== null,
    token_type: value('token_type'),
    expires_in_seconds: seconds !== null && /^\d+$/.test(seconds) ? Number(seconds) : null,
    scope: value('scope')?.split(/\s+/) ?? null,
  };
}

function judgeUserinfo({ response, asked, request }: MessageOf<'userinfo'>): Judged {
  // A UserInfo request without a known scope belongs to OpenID Connect.
  const openidRequested = asked.scope?.includes('openid') ?? request !== null;
  const reading = readUserinfoResponse(complete(response, 200), { openidRequested });
  const findings = judgeable(judgeUserinfoResponse(reading), response);
  switch (reading.type) {
    case 'error': {
      const challenge = readChallenge(response.headers ?? []);
      return {
        outcome: 'error',
        values: errorValues(reading),
        findings,
        ...(challenge.scheme === null ? {} : { challenge }),
      };
    }
    case 'claims':
      return { outcome: 'claims', values: { sub: reading.sub }, findings };
    case 'encrypted':
      return { outcome: 'claims', values: { sub: null }, findings };
  }
}

function judgeAnswer(message: MessageOf<AnswerKind>, now: Date): Judged {
  const [reading, judgements] = readAnswer(message, now);
  const findings = judgeable(judgements, message.response);
  if (reading.type === 'error') return { outcome: 'error', values: errorValues(reading), findings };
  const { device_code: _, ...values } = reading.members;
  return { outcome: message.kind === 'registration' ? 'client' : 'code', values, findings };
}

function readAnswer({ kind, request, response }: MessageOf<AnswerKind>, now: Date) {
  const judged = <Reading>(reading: Reading, judge: (reading: Reading) => readonly Judgement[]) =>
    [reading, judge(reading)] as const;
  switch (kind) {
    case 'device_response':
      return judged(readDeviceResponse(complete(response, 200)), judgeDeviceResponse);
    case 'backchannel_response':
      return judged(readBackchannelResponse(complete(response, 200)), judgeBackchannelResponse);
    case 'registration': {
      const { status } = registrationActions[actionOf(request?.method)];
      const reading = readRegistrationResponse(complete(response, status));
      const judged = judgeRegistration(request, reading, now);
      // A difference from the request is a result of the login that registers; here it is a finding.
      const differences = judged.map((one) =>
        'outcome' in one && /warn|fail/.test(one.outcome)
          ? finding(one.id, recall(one.detail), one.received)
          : one,
      );
      return [reading, differences] as const;
    }
  }
}

function judgeMetadata({ response, asked, request }: MessageOf<'metadata'>): Judged {
  const read = readMetadata(complete(response, 200), asked);
  const named = issuerOfUrl(request?.url);
  const issuer = read.type === 'metadata' ? read.issuer : null;
  // The place of a document is the same for an issuer with a slash at its end and without (RFC 8414 §3.1).
  const reading = {
    ...read,
    askedIssuer: read.askedIssuer ?? (issuer === `${named}/` ? issuer : (named ?? null)),
  };
  const isOauth = /\/\.well-known\/oauth-/.test(request?.url ?? '');
  const findings = judgeable(findMetadataDeviations(reading, isOauth), response);
  if (reading.type === 'metadata')
    return { outcome: 'metadata', values: { issuer: reading.issuer }, findings };
  return { outcome: 'error', values: errorValues(readErrorMembers(reading.body)), findings };
}

/** The issuer a well-known URL was made from (OIDC Discovery §4; RFC 8414 §3.1). */
function issuerOfUrl(url: string | undefined): string | undefined {
  const [, origin = '', before = '', , after = ''] =
    /^(https?:\/\/[^/?#]+)([^?#]*?)\/\.well-known\/(openid-configuration|oauth-authorization-server)(\/[^?#]*)?$/i.exec(
      url ?? '',
    ) ?? [];
  return origin === '' ? undefined : origin + before + after;
}

function judgeSentRequest({ sent }: MessageOf<'token_request'>): Finding[] {
  const problems = [
    ...(sent.place === 'json' ? ['the parameters are JSON'] : []),
    ...(sent.place === 'query' ? ['the parameters are in the URL'] : []),
    ...(sent.method === 'GET' ? ['the method is GET'] : []),
  ];
  const malformed = say`Form data in the body of a POST is required; here ${problems.join(' and ')}.`;
  return [
    ...findingsOf({ 'token-request-malformed': problems.length > 0 && malformed }),
    ...secretInUrl(sent),
  ];
}

/** URLs stand in logs (RFC 6749 §2.3.1). */
function secretInUrl({ place, parameters }: SentTokenRequest): Finding[] {
  const isExposed = place === 'query' && Boolean(parameterValue(parameters, 'client_secret'));
  return findingsOf({
    'client-secret-in-url': isExposed && 'The URL carries client_secret, and every log that has the URL.',
  });
}

function complete({ status, headers, body }: RecordedResponse, assumedStatus: number): HttpResponse {
  return { status: status ?? assumedStatus, headers: headers ?? [], body: body ?? '' };
}

const needStatus: readonly CheckId[] = [
  'success-status-not-200',
  'par-response',
  'registration-response',
  'error-with-status-200',
  'error-status-unexpected',
  'status-429-or-5xx',
  'www-authenticate-missing',
];
const needHeaders: readonly CheckId[] = [
  'cache-control-missing',
  'pragma-missing',
  'content-type-wrong',
  'www-authenticate-missing',
];

const needBody: readonly CheckId[] = ['empty-body', 'content-type-wrong', 'error-status-unexpected'];

/** Leaves out findings about parts of the response that were not saved. */
function judgeable(judgements: readonly Judgement[], { status, headers, body }: RecordedResponse): Finding[] {
  return listFindings(judgements).filter(
    ({ id }) =>
      !(status === null && needStatus.includes(id)) &&
      !(headers === null && needHeaders.includes(id)) &&
      !(body === null && needBody.includes(id)),
  );
}
