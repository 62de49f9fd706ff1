import type { CheckResult } from '../../checks/check-result.ts';
import { durationText, momentText, shownValue } from '../../checks/shown-value.ts';
import { undiagnosed } from '../../diagnosis/diagnosis.ts';
import {
  ErrorResponseError,
  InvalidResponseError,
  type NamedError,
  NetworkError,
  UsageError,
  ValidationError,
} from '../../errors.ts';
import { demandsDpop } from '../../flows/aim-at-resource.ts';
import { isStream, type McpAnswer, toolNames } from '../../flows/call-mcp.ts';
import { redirectTarget } from '../../flows/call-resource.ts';
import type { LoginResult } from '../../flows/complete-login.ts';
import type { DiscoveredResource } from '../../flows/discover-resource.ts';
import type { LoginSettings } from '../../flows/login-settings.ts';
import { type HttpExchange, type HttpResponse, headerValue, withoutQuery } from '../../http-message.ts';
import { claimsOf } from '../../jose/jwt.ts';
import { isJsonObject, textListMember } from '../../json/json.ts';
import type { McpBreak, McpDocument, McpFault, McpPhase } from '../../output/documents.ts';
import { errorOf, explainChallenge } from '../../output/explain-challenge.ts';
import { buildErrorDocument } from '../../output/render-error.ts';
import { challengeParameter, readChallenges, tokenChallenge } from '../../protocol/challenge.ts';
import { splitScope } from '../../protocol/parameters.ts';
import { readResponseBody, topLevelObject } from '../../protocol/response-body.ts';
import { readAnswerPage } from '../../recording/answer-page.ts';
import { joined, own, recall, remember, type Said, say, type Text } from '../../say.ts';
import type { Invocation } from '../command.ts';
import { diagnoseFailure } from '../diagnose-failure.ts';
import { checksOfRun, type Journal } from '../journal.ts';
import { foundBy } from '../login/client-ladder.ts';

/** How far a run came; what is absent was not reached. */
export interface McpRun {
  readonly url: string;
  found?: DiscoveredResource;
  /** The login as the resource wants it, after a step-up as the call wants it. */
  aimed?: LoginSettings;
  result?: LoginResult;
  answer?: McpAnswer;
  /** How often the user was sent to the authorization server. */
  authorizations: number;
  /** With what it ended before the call was answered. */
  error?: NamedError;
  /** Whether it ended where a user would be needed, as was asked. */
  isStopped?: true;
  /** Where it ended without a verdict. */
  endedIn?: McpPhase;
}

/** Whether a resource does what it is for without a token, and names no place to get one. */
export function isOpen({ answer, metadata }: DiscoveredResource): boolean {
  return metadata === null && answer.status < 300 && !isPage(answer);
}

/** Who has to act where nothing more is known, and the section that a phase follows; in the order of the phases. */
const phases: Readonly<Record<McpPhase, readonly [fault: McpFault, spec: string]>> = {
  reach: ['server', 'RFC 9110 §15'],
  challenge: ['server', 'RFC 9728 §5.1'],
  resource_metadata: ['server', 'RFC 9728 §3'],
  authorization_server: ['authorization_server', 'RFC 8414 §3'],
  client: ['authorization_server', 'RFC 7591 §3'],
  authorization: ['authorization_server', 'RFC 6749 §4.1'],
  token: ['authorization_server', 'RFC 8707 §2'],
  call: ['server', 'RFC 6750 §3'],
};
const order = Object.keys(phases) as McpPhase[];

/** The phase of a step of the conversation; a check of another phase is in the second table. */
const phaseOfStep: Readonly<Record<string, McpPhase | undefined>> = {
  resource: 'reach',
  discovery: 'authorization_server',
  registration: 'client',
  par: 'authorization',
  device_authorization: 'authorization',
  backchannel_authentication: 'authorization',
  authorization: 'authorization',
  token: 'token',
  keys: 'token',
  id_token: 'token',
  userinfo: 'token',
  request: 'call',
};
const phaseOfCheck: Readonly<Record<string, McpPhase | undefined>> = {
  'resource-challenge': 'challenge',
  'resource-metadata': 'resource_metadata',
  'resource-identifier': 'resource_metadata',
  'resource-authorization-servers': 'resource_metadata',
  'resource-private-address': 'resource_metadata',
  'resource-bearer-methods': 'resource_metadata',
  'signed-metadata': 'resource_metadata',
  'token-type-missing': 'token',
  'access-token-aud': 'token',
};

/** What to change where a check failed, for the owner of what was checked. */
const mends: Readonly<Record<string, string | undefined>> = {
  'resource-metadata':
    'Serve the metadata at the first of these places, and name it as resource_metadata in the challenge. To log in without it: --issuer URL.',
  'resource-identifier':
    'If the metadata names another URL of the same server, give that one. Else have resource in the metadata be the URL that clients use, octet by octet.',
  'registration-redirect-uri': 'Register the redirect URIs that a client asks for, or refuse to register it.',
  'resource-authorization-servers': 'List the issuer of the authorization server in authorization_servers.',
  'resource-private-address':
    'Name an address that clients can reach. To follow it all the same: --allow-private.',
  'metadata-issuer':
    'Have issuer in the metadata of the authorization server and authorization_servers of the resource be the same text.',
  'pkce-advertised':
    'Add "code_challenge_methods_supported": ["S256"] to the metadata of the authorization server.',
  'dpop-binding': 'Leave --dpop out, or have the authorization server bind its tokens to the key.',
  'access-token-aud':
    'Have the authorization server issue tokens for the resource that the request names. To send it all the same: --send-anyway.',
};

const mendsOfError: Readonly<Record<string, string | undefined>> = {
  invalid_target:
    'Have the authorization server know the resource, or send none: --param resource --token-param resource.',
};

/** Checks of two values of which one has to be wrong; others compare with what was typed, or may be of another server. */
const proven: ReadonlySet<string> = new Set([
  'metadata-issuer',
  'pkce-advertised',
  'access-token-aud',
  'registration-redirect-uri',
]);

/** Errors that tell what the user did, or would have to do. */
const aboutUser = /^(?:access_denied|expired_token|(?:login|interaction|consent)_required)$/;
/** Errors about the client: its fault where the user named it. */
const aboutClient = /^(?:invalid_client|unauthorized_client|invalid_redirect_uri|redirect_uri_mismatch)$/;
/** Failures of a connection that are of this machine, by their codes in Node. */
const ofThisMachine =
  /^(?:ENOTFOUND|EAI_AGAIN|ENETUNREACH|ENETDOWN|UNABLE_TO_|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|EPROXY)/;

/** The client that the last login was made with, and how it was found. */
export function clientOf({ events }: Journal) {
  const event = events.findLast(({ type }) => type === 'client');
  return event?.type === 'client' ? event : undefined;
}

/** A phase as it is broken, before its words are made plain. */
interface Broken {
  readonly phase: McpPhase;
  readonly fault: McpFault;
  /** Whether two values that contradict each other are shown. */
  readonly isProven?: boolean;
  readonly statement: Text;
  readonly evidence: readonly (Said | false)[];
  readonly ruledOut?: readonly (readonly [cause: Said, evidence: Said] | false)[];
  readonly fix: Text | undefined;
  /** The section that is not kept, where it is not that of the phase. */
  readonly spec?: string;
  readonly error?: NamedError;
}

/** Whether a verdict is possible on a run that ended with an error: one of a server, or of what it was asked. */
export function mayJudge(error: NamedError, { page }: Journal): boolean {
  if (phaseOfStep[error.step ?? ''] === undefined) return false;
  // The user did not sign in: without the page that the server showed, nothing says that something is broken.
  if (error instanceof NetworkError && error.step === 'authorization') return page !== undefined;
  return [ErrorResponseError, InvalidResponseError, NetworkError, UsageError, ValidationError].some(
    (type) => error instanceof type,
  );
}

/** The phase in which a run ended that cannot be judged; one that was cancelled ended where an answer was awaited. */
export function endOf({ step }: NamedError, { events }: Journal): McpPhase {
  const at = events.findLast(
    (event) => event.type === 'awaiting' && event.step !== 'keys' && event.step in phaseOfStep,
  );
  const phase = phaseOfStep[step ?? (at?.type === 'awaiting' ? at.step : '')] ?? 'reach';
  // A user who signs in elsewhere is awaited at the token endpoint.
  return step === undefined && phase === 'token' ? 'authorization' : phase;
}

/** Judges each phase of a run, and finds the first that is broken and whose fault it is. */
export function judgeRun(
  run: McpRun,
  checks: readonly CheckResult[],
  invocation: Invocation,
): Pick<McpDocument, 'verdict' | 'phases'> {
  const { error, found } = run;
  const unasked = found?.metadata && unaskedFor(found.answer, found.url);
  const broken =
    error !== undefined
      ? brokenBy(error, run, invocation.journal)
      : unasked?.isFinal === true
        ? unasked
        : brokenCall(run, invocation);
  const isStopped = run.isStopped === true && broken === undefined;
  const open = found !== undefined && isOpen(found);
  const last = open ? 'challenge' : (run.endedIn ?? (isStopped ? 'client' : undefined));
  const rest = open ? 'not needed' : isStopped ? 'not looked at (--no-login)' : 'not reached';
  const brokenAt = broken === undefined ? order.length : order.indexOf(broken.phase);
  return {
    verdict: {
      outcome: broken !== undefined ? 'broken' : open ? 'open' : isStopped ? 'incomplete' : 'works',
      first_broken: broken === undefined ? null : inWords(broken),
    },
    phases: order.map((phase, at) => {
      const [, spec] = phases[phase];
      const isCalled = phase === 'call' && run.answer !== undefined;
      const isReached = at < brokenAt && (last === undefined || at < order.indexOf(last) || isCalled);
      if (at === brokenAt && broken !== undefined) {
        const { error } = broken;
        const document = error && { error: buildErrorDocument(error, checks).error };
        const text = remember(asSaid(broken.statement));
        return { phase, outcome: 'fail', text, spec: broken.spec ?? spec, ...document };
      }
      if (!isReached)
        return { phase, outcome: 'skipped', text: phase === run.endedIn ? 'not finished' : rest, spec };
      if (phase === 'reach' && open && found.tools === null && run.answer === undefined) {
        const text = remember(say`Status ${found.answer.status} without a token; no MCP server was seen.`);
        return { phase, outcome: 'warn', text, spec };
      }
      const warning = checks.find(
        ({ id, outcome }) => /^(?:warn|fail)$/.test(outcome) && phaseOfCheck[id] === phase,
      );
      return {
        phase,
        outcome: warning === undefined ? 'pass' : 'warn',
        text: warning?.detail ?? remember(seen(phase, run, invocation.journal)),
        spec: warning?.spec ?? spec,
      };
    }),
  };
}

function inWords({
  phase,
  fault,
  isProven = false,
  statement,
  evidence,
  ruledOut = [],
  fix,
}: Broken): McpBreak {
  return {
    phase,
    fault,
    confidence: isProven ? 'high' : 'medium',
    statement: remember(asSaid(statement)),
    evidence: evidence.flatMap((one) => (one === false ? [] : [remember(one)])),
    ruled_out: ruledOut.flatMap((one) =>
      one === false ? [] : [{ cause: remember(one[0]), evidence: remember(one[1]) }],
    ),
    try: remember(asSaid(fix ?? own('Show the lines above to the owner of that server.'))),
  };
}

/** A message that is plain data by now. */
function asSaid(text: Text): Said {
  return typeof text === 'string' ? recall(text) : text;
}

/** What was seen in a phase that went well. */
function seen(
  phase: McpPhase,
  { found, aimed, result, answer, authorizations }: McpRun,
  journal: Journal,
): Said {
  const client = clientOf(journal);
  const scope = (words: readonly string[]) =>
    words.length === 0 ? own('no scope') : say`scope ${words.join(' ')}`;
  switch (phase) {
    case 'reach':
      return found?.tools
        ? say`It lists ${listed(found.tools)} without a token.`
        : say`Status ${found?.answer.status ?? 0} to a request without a token.`;
    case 'challenge': {
      const schemes = found?.challenges.map(({ scheme }) => scheme).join(', ') ?? '';
      return schemes === ''
        ? own('None; the metadata was found all the same.')
        : say`${schemes}, which names the metadata of the resource.`;
    }
    case 'resource_metadata':
      return say`${found?.metadataUrl ?? ''}`;
    case 'authorization_server':
      return say`${result?.issuer ?? aimed?.server.issuer ?? found?.authorizationServers[0] ?? ''}`;
    case 'client':
      return client === undefined
        ? say`${result?.clientId ?? ''}`
        : say`${client.client_id}, ${own(foundBy[client.rung])}${
            client.passed.length === 0
              ? own('')
              : say` (${joined(
                  client.passed.map(({ why }) => recall(why)),
                  '; ',
                )})`
          }.`;
    case 'authorization':
      return authorizations > 1 ? say`Granted after ${authorizations} logins.` : own('Granted.');
    case 'token': {
      const reading = result?.tokens.reading;
      const seconds = reading?.expiresInSeconds;
      const lifetime = seconds == null ? own('no lifetime') : say`valid for ${own(durationText(seconds))}`;
      return say`${reading?.tokenType ?? ''}, ${scope(reading?.scope ?? result?.requestedScope ?? [])}, ${lifetime}.`;
    }
    case 'call': {
      if (answer === undefined) return own('');
      if (answer.method === 'GET' && isStream(answer.exchange.response.headers))
        return own('GET opened a stream, as of the older transport (HTTP with SSE): no tools are listed.');
      const names = toolNames(answer);
      const words = wordsOf(answer);
      return names !== null
        ? say`${own(answer.method)}: ${listed(names)}.`
        : words !== ''
          ? say`${own(answer.method)}: ${words}`
          : say`${own(answer.method)} answered with status ${answer.exchange.response.status}.`;
    }
  }
}

/** Words of a server, as many as a line or two hold. */
function shortened(words: string): string {
  return words.length > 200 ? `${words.slice(0, 200)}…` : words;
}

function listed(names: readonly string[]): Said {
  const shown = names.slice(0, 8);
  const more = names.length > shown.length ? `, and ${names.length - shown.length} more` : '';
  return say`${names.length} ${own(names.length === 1 ? 'tool' : 'tools')}${own(names.length === 0 ? '' : ': ')}${shown.join(', ')}${own(more)}`;
}

/** What an error says of the phases. */
function brokenBy(error: NamedError, run: McpRun, journal: Journal): Broken {
  const { step = '' } = error;
  const check = 'check' in error && typeof error.check === 'string' ? error.check : '';
  const result = checksOfRun(journal).findLast(({ id, outcome }) => id === check && outcome === 'fail');
  if (check === 'resource-metadata' && run.found !== undefined && run.found.answer.status !== 401)
    return { ...unaskedFor(run.found.answer, run.url), error };
  const exchange = lastExchange(journal, step);
  const { diagnosis, ruled_out } =
    error instanceof NetworkError && step !== 'authorization' ? undiagnosed : diagnoseFailure(error, journal);
  const oauth = error instanceof ErrorResponseError ? error.oauth : undefined;
  // What became of a sign-in elsewhere is told by the token endpoint (RFC 8628 §3.5).
  const isOfUser = run.aimed?.flow !== undefined && aboutUser.test(oauth?.error ?? '');
  const phase = isOfUser ? 'authorization' : (phaseOfCheck[check] ?? phaseOfStep[step] ?? 'reach');
  const lacksMetadata = phase === 'authorization_server' && error.message.startsWith('No metadata was found');
  const isUnlisted = check === 'resource-authorization-servers' && result?.received !== undefined;
  const refusedScope =
    oauth?.error === 'invalid_scope' ? scopeBeyond(run.aimed?.request.scope ?? [], run) : [];
  const client = clientOf(journal);
  const isOwnClient = client?.rung === 'registered' || client?.rung === 'cached';
  const isInFront =
    exchange !== undefined &&
    (check === 'resource-metadata'
      ? comesFromInFront(exchange.response) || asksForOtherLogin(exchange.response)
      : !(error instanceof ValidationError) && comesFromInFront(exchange.response));
  return {
    phase,
    isProven: proven.has(check),
    fault: fault(),
    statement: error.message,
    evidence: [
      oauth?.error != null && say`error: ${oauth.error}`,
      oauth?.error_description != null && say`error_description: ${oauth.error_description}`,
      step === 'authorization' &&
        !!journal.page?.words &&
        say`The page says: ${shortened(journal.page.words)}`,
      result?.expected !== undefined && say`expected: ${recall(result.expected)}`,
      result?.received !== undefined && say`received: ${recall(result.received)}`,
      exchange !== undefined && (isInFront || !(error instanceof ValidationError)) && answered(exchange),
      isInFront && frontOf(exchange.response),
    ],
    ruledOut: ruled_out.map(({ cause, evidence }) => [recall(cause), recall(evidence)]),
    fix: fix(),
    spec: result?.spec ?? specOf(error, phase),
    error,
  };

  function fault(): McpFault {
    if (isInFront) return 'in_front';
    const isUnwanted = check === 'dpop-binding' && (run.found === undefined || !demandsDpop(run.found));
    return isUnlisted || isUnwanted
      ? 'client'
      : faultOf(error, phase, run, journal, exchange?.response.status);
  }

  function fix(): Text | undefined {
    const byHand = 'Or register a client by hand, and give --client-id ID.';
    if (isInFront) return wayPast(exchange.response.status);
    if (lacksMetadata)
      return 'Serve the metadata at one of these places, or correct authorization_servers of the resource.';
    if (isUnlisted) return 'Leave --issuer out, or give one that the resource lists.';
    if (isOwnClient && phase !== 'client' && oauth?.error === 'invalid_client')
      return own(`The server registered this client itself: have its log looked into. ${byHand}`);
    if (refusedScope.length > 0)
      return say`Have the authorization server grant ${refusedScope.join(' ')}: the call needs it.`;
    const mend = mends[check] ?? mendsOfError[oauth?.error ?? ''];
    if (mend !== undefined) return own(mend);
    if (result !== undefined)
      return say`Have it keep to ${own(result.spec)}. To go on all the same: --no-verify ${own(check)}.`;
    if (exchange?.response.status === 429) return waitFor(exchange.response);
    const advice = diagnosis[0]?.try ?? error.hint;
    return phase === 'client' && oauth !== undefined ? say`${asSaid(advice ?? '')} ${own(byHand)}` : advice;
  }
}

/** What a step-up asks for beyond what was granted before. */
function scopeBeyond(asked: readonly string[], { result }: McpRun): readonly string[] {
  const granted = result && (result.tokens.reading.scope ?? result.requestedScope);
  return granted === undefined ? [] : asked.filter((one) => !granted.includes(one));
}

/** The section that an error of a phase is about. */
function specOf(error: NamedError, phase: McpPhase): string {
  const [, usual] = phases[phase];
  if (error instanceof NetworkError) return phase === 'reach' ? 'RFC 9110 §4.2' : usual;
  return phase === 'token' ? 'RFC 6749 §5.2' : usual;
}

function faultOf(
  error: NamedError,
  phase: McpPhase,
  { found, aimed, authorizations }: McpRun,
  journal: Journal,
  status: number | undefined,
): McpFault {
  const [usual] = phases[phase];
  const isGiven = clientOf(journal)?.rung === 'given';
  if (error instanceof NetworkError && error.step === 'authorization')
    return isGiven && /client/i.test(journal.page?.words ?? '') ? 'client' : usual;
  if (error instanceof NetworkError)
    return ofThisMachine.test(codeOf(error)) || /proxy/i.test(error.message) ? 'this_machine' : usual;
  const code = (error instanceof ErrorResponseError && error.oauth.error) || '';
  // A user was asked in the browser, or elsewhere, which the token endpoint tells; no other step knows the answer.
  const isAnswerOfUser = phase === 'authorization' && /^(?:authorization|token)$/.test(error.step ?? '');
  const isOfClient =
    (isAnswerOfUser && aboutUser.test(code)) ||
    (isGiven && aboutClient.test(code)) ||
    // Only some may register, with a token that the owner of the server gives.
    (phase === 'client' && (error instanceof UsageError || status === 401 || status === 403)) ||
    // A scope that the server asks for and its authorization server does not list is a contradiction of theirs.
    (code === 'invalid_scope' &&
      authorizations < 2 &&
      aimed?.request.scope.every((one) => found?.scope.includes(one)) !== true);
  return isOfClient ? 'client' : usual;
}

/** The code of Node for a failed connection, however deep. */
function codeOf({ cause }: Error): string {
  if (!(cause instanceof Error)) return '';
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : codeOf(cause);
}

const challengeWanted = 'Answer 401 with a WWW-Authenticate challenge (RFC 9728 §5.1).';
const letThrough = 'Have the owner of the server let clients through that sign in with OAuth.';

/** What is wrong with a server that does not ask for a token, and whether no login changes that. */
export function unaskedFor(answer: HttpResponse, url: string): Broken & { readonly isFinal: boolean } {
  const { status } = answer;
  const target = redirectTarget({ response: answer }, url);
  const isNone = status < 400 || [404, 405, 410].includes(status);
  const asked = {
    phase: 'challenge',
    fault: isNone ? 'client' : 'server',
    statement: say`The server answered ${status} to a request without a token.`,
    evidence: [say`Without a token it answered ${status}.`],
    isFinal: [404, 410].includes(status) || (status < 400 && isPage(answer)),
  } as const;
  const reach = { ...asked, phase: 'reach', isFinal: true } as const;
  if (target?.href === new URL(url).href)
    return {
      ...reach,
      fault: 'server',
      statement: own('It redirects to itself.'),
      fix: own(challengeWanted),
    };
  if (target !== undefined) {
    const { host, pathname } = new URL(url);
    const isLogin = /(?:log|sign)[-_]?(?:in|on)|\b(?:auth|oauth2?|sso|saml2?)\b/i.test(
      `${target.host}${target.pathname}`,
    );
    const isThere = target.host === host;
    const isMoved = !isLogin && (isThere || target.pathname === pathname);
    return {
      ...reach,
      fault: isMoved ? 'client' : isThere ? 'server' : 'in_front',
      // The query of a login may be a secret.
      statement: say`It redirects to ${withoutQuery(target.href)}.`,
      fix: isMoved
        ? say`Give that URL: oauth-code mcp ${target.href}`
        : own(isThere ? challengeWanted : letThrough),
    };
  }
  if (comesFromInFront(answer))
    return { ...reach, ...refusedInFront(own('request'), answer), evidence: [frontOf(answer)] };
  if (status === 429 || headerValue(answer.headers, 'retry-after') !== undefined)
    return { ...reach, fix: waitFor(answer) };
  if (status >= 500) return { ...reach, fix: 'Look into the log of the server.' };
  if (!isNone) return { ...asked, fix: own(challengeWanted) };
  return {
    ...asked,
    statement: isPage(answer)
      ? say`${url} is the address of a web page, not of an MCP server.`
      : say`No MCP server is at ${url}.`,
    fix: own('Compare the URL with what the server documents: its path is often /mcp or /sse.'),
  };
}

/** Whether the call did what it is for: a tool can report an error of its own. */
export function isAnswered({ result, method, exchange: { response } }: McpAnswer): boolean {
  const isDone =
    method === 'tools/list' ? Array.isArray(result?.tools) : result !== null && result.isError !== true;
  return (isDone || (method === 'GET' && !isPage(response))) && response.status < 300;
}

/** The words that a tool answers with. */
function wordsOf({ result }: McpAnswer): string {
  const parts = Array.isArray(result?.content) ? result.content : [];
  const words = parts.flatMap((part) =>
    isJsonObject(part) && typeof part.text === 'string' ? [part.text] : [],
  );
  return shortened(words.join(' '));
}

/** What is wrong with the answer to the call; undefined where nothing is. */
function brokenCall(run: McpRun, { context }: Invocation): Broken | undefined {
  const { answer, result, found } = run;
  if (answer === undefined || found === undefined) return undefined;
  const { exchange, error } = answer;
  const { status, headers } = exchange.response;
  if (isAnswered(answer)) return undefined;
  const challenges = readChallenges(headers);
  const challenge = tokenChallenge(challenges);
  const said = (name: string) => (challenge === undefined ? null : challengeParameter(challenge, name));
  const page = readAnswerPage(exchange.response);
  const words = page.words ?? page.error;
  const evidence = [
    answered(exchange),
    said('error') !== null && say`error: ${said('error') ?? ''}`,
    said('error_description') !== null && say`error_description: ${said('error_description') ?? ''}`,
    error !== null && say`JSON-RPC error ${shownValue(error.code)}: ${shownValue(error.message)}`,
    status >= 400 &&
      error === null &&
      said('error_description') === null &&
      words !== null &&
      say`It says: ${shortened(words)}`,
  ];
  const base = { phase: 'call', evidence } as const;
  if (
    challenge === undefined &&
    (comesFromInFront(exchange.response) || asksForOtherLogin(exchange.response))
  ) {
    const front = frontOf(exchange.response);
    return { ...base, ...refusedInFront(own('call'), exchange.response), evidence: [...evidence, front] };
  }
  if (status < 400) return { ...base, ...answeredWrongly(answer, result !== undefined) };
  if (result === undefined) {
    const statement = say`The server answered the call without a token with status ${status}.`;
    const fix = 'Have the server name the metadata of the resource in its challenge (RFC 9728 §5.1).';
    return { ...base, fault: 'server', statement, fix };
  }
  const refused = refusedToken({ ...run, answer, result, found }, context.now());
  return { ...base, ...refused, evidence: [...evidence, ...refused.evidence] };
}

/** The words of servers that report a wrong call as an error of the tool. */
const ofTheCall =
  /-3260[12]\b|validation error|(?:unknown|no such|invalid) tool|tool [^.\n]{0,80}not found|(?:invalid|validating) ["']?(?:arguments|params|input)/i;

/** Judges an answer to the call that refuses nothing and yet is not the one that was wanted. */
function answeredWrongly(answer: McpAnswer, hasToken: boolean): Pick<Broken, 'fault' | 'statement' | 'fix'> {
  const { error, result, exchange } = answer;
  const isWeb = isPage(exchange.response);
  if (isWeb || (error === null && result === null)) {
    return {
      fault: isWeb ? 'in_front' : 'server',
      statement: own(
        isWeb ? 'A web page came in place of an answer.' : 'The answer is no JSON-RPC response.',
      ),
      fix: own(
        isWeb
          ? 'Look for a proxy that answers in place of the server.'
          : 'Have the server answer with a JSON-RPC response, as JSON or as an event of a stream.',
      ),
    };
  }
  const isCall = answer.method === 'tools/call';
  // JSON-RPC 2.0 §5.1: the method is unknown, the parameters are wrong.
  const words = wordsOf(answer);
  const isOurs =
    isCall &&
    (error?.code === -32601 || error?.code === -32602 || (result !== null && ofTheCall.test(words)));
  const how = own(hasToken ? 'took the token, and ' : '');
  return {
    fault: isOurs ? 'client' : 'server',
    statement:
      result !== null && !isCall
        ? say`The answer to ${own(answer.method)} has no list of tools.`
        : result !== null
          ? say`The tool reports an error: ${words || 'it says no more'}`
          : say`The server ${how}answered with an error: ${shortened(shownValue(error?.message))}`,
    fix: own(
      isOurs
        ? 'Compare the tool and its arguments with what the server lists: without --call.'
        : isCall
          ? 'Look into the log of the server. Or compare the arguments with what the server lists: without --call.'
          : 'Look into the log of the server.',
    ),
  };
}

type Called = McpRun & Required<Pick<McpRun, 'answer' | 'result' | 'found'>>;

/** Why a call with a token was refused, as far as the token and the challenge tell (RFC 6750 §3.1). */
function refusedToken(
  { answer, result, found, url, authorizations }: Called,
  now: Date,
): Omit<Broken, 'phase'> {
  const { response } = answer.exchange;
  const { status, headers } = response;
  const challenges = readChallenges(headers);
  const challenge = tokenChallenge(challenges);
  const isToken = status === 401 || challenge !== undefined;
  const error = challenge && challengeParameter(challenge, 'error');
  const { accessToken, expiresInSeconds, scope: granted } = result.tokens.reading;
  const { aud, iss, exp, nbf, ...claims } = claimsOf(accessToken);
  const inToken = typeof claims.scope === 'string' ? splitScope(claims.scope) : null;
  // A JWT that names no scope may have none, whatever was asked for.
  const asked = result.requestedScope;
  const scope = inToken ?? granted ?? (iss === undefined ? asked : []);
  const needed = splitScope((challenge && challengeParameter(challenge, 'scope')) ?? '');
  const missing = needed.filter((word) => !scope.includes(word));
  // The clock of the server counts, where it tells it.
  const clock = new Date(headerValue(headers, 'date') ?? now);
  const isPast = isToken && typeof exp === 'number' && exp * 1000 < clock.getTime();
  const isEarly = isToken && typeof nbf === 'number' && nbf * 1000 > clock.getTime();
  const isForeign = isToken && result.issuer !== null && typeof iss === 'string' && iss !== result.issuer;
  const resource = found.metadata?.resource ?? url;
  const isMeant = [aud].flat().some((one) => one === resource);
  const isElsewhere = isToken && aud !== undefined && !isMeant;
  const isScope = challenge !== undefined && errorOf(challenge, status) === 'insufficient_scope';
  const isStepped = authorizations > 1;
  const isOfProof = /^dpop$/i.test(challenge?.scheme ?? '');
  const { diagnosis } = isToken
    ? explainChallenge(
        challenges,
        status,
        { scope, expiresAt: null, loginCommand: undefined, isFresh: true, isStepped },
        now,
      )
    : undiagnosed;
  const age = Math.round((now.getTime() - result.receivedAt.getTime()) / 1000);
  const lists = textListMember(found.metadata ?? {}, 'authorization_servers') ?? [];
  return {
    evidence: [
      isElsewhere && say`aud of the token: ${shownValue(aud)}; the resource: ${shownValue(resource)}`,
      isPast &&
        say`exp of the token: ${momentText(Number(exp), clock)}; it is ${momentText(clock.getTime() / 1000, clock)}`,
      isEarly &&
        say`nbf of the token: ${momentText(Number(nbf), clock)}; it is ${momentText(clock.getTime() / 1000, clock)}`,
      isForeign &&
        say`iss of the token: ${shownValue(iss)}; the authorization server: ${result.issuer ?? ''}`,
    ],
    statement:
      isStepped && isScope
        ? say`The server wants more after ${authorizations} logins: ${joined(missing.length > 0 ? missing : needed, ' ')}.`
        : isToken
          ? say`The server refused the token: ${(challenge && errorOf(challenge, status)) ?? `status ${status}`}.`
          : say`The server answered the call with status ${status}.`,
    ruledOut: isToken ? ruledOut() : [],
    ...remedy(),
  };

  function ruledOut(): NonNullable<Broken['ruledOut']> {
    return [
      expiresInSeconds !== null &&
        expiresInSeconds > age &&
        !isPast && [
          own('The token has expired.'),
          say`It came ${age} s before, and is valid for ${expiresInSeconds} s.`,
        ],
      isMeant && [own('The token is for another resource.'), say`Its aud is ${shownValue(aud)}.`],
      needed.length > 0 &&
        missing.length === 0 &&
        (inToken ?? granted) !== null && [
          own('The token lacks a scope.'),
          say`The server names ${needed.join(' ')}, and ${scope.join(' ')} was granted.`,
        ],
      !isForeign &&
        lists.includes(result.issuer ?? '') && [
          own('The token is of an authorization server that the resource does not name.'),
          say`Its metadata lists ${result.issuer ?? ''}.`,
        ],
    ];
  }

  /** Who has to act, and how; what the challenge asks for goes before what the token says. */
  function remedy(): Pick<Broken, 'fault' | 'fix' | 'isProven'> {
    if (isOfProof && result.dpopKey === undefined)
      return { fault: 'client', fix: own('Bind the token to a key: --dpop.') };
    if (challenge !== undefined && !isOfProof && result.dpopKey !== undefined)
      return { fault: 'client', fix: own('The server asks for a Bearer token: leave --dpop out.') };
    const wait = status === 429 ? waitFor(response) : undefined;
    if (isScope && missing.length > 0 && (isStepped || missing.every((word) => asked.includes(word)))) {
      const fix = say`Have the authorization server grant ${missing.join(' ')}: it was asked for, and not granted.`;
      return { fault: 'authorization_server', fix: wait ?? fix };
    }
    if (isScope && missing.length > 0)
      return {
        fault: 'client',
        fix: wait ?? say`Ask for it: --scope "${[...scope, ...missing].join(' ')}".`,
      };
    const log = 'Look into the log of the server: it had a token of the authorization server that it names.';
    return {
      isProven: isElsewhere || isPast || isEarly,
      fault: isElsewhere || isPast || isEarly || isForeign ? 'authorization_server' : 'server',
      fix:
        wait ??
        (isPast || isEarly || isForeign
          ? say`Have the authorization server issue tokens with ${own(isPast ? 'an exp that is to come' : isEarly ? 'an nbf in the past' : 'its issuer as iss')}.`
          : undefined) ??
        // An audience that cannot be read is not to be compared.
        (isMeant || (aud === undefined && error === 'invalid_token') ? undefined : diagnosis[0]?.try) ??
        own(log),
    };
  }
}

const fronts =
  /cloudflare|akamai|cloudfront|awselb|sucuri|imperva|incapsula|ddos-guard|big-?ip|fastly|varnish/i;
/** The header field by which the API gateway of AWS names its own errors. */
const gatewayError = 'x-amzn-errortype';

function isPage({ body }: HttpResponse): boolean {
  return readResponseBody(body).type === 'html';
}

/** Whether an answer is not that of the application: a page of a gateway, proxy or firewall. */
function comesFromInFront(response: HttpResponse): boolean {
  const { status, headers } = response;
  if (status === 407 || headerValue(headers, 'cf-mitigated') !== undefined) return true;
  if (![403, 429, 502, 503, 504].includes(status) && !(status >= 520 && status < 531)) return false;
  if (isPage(response) || headerValue(headers, gatewayError) !== undefined) return true;
  // JSON is of the application, whose answers bear the name of what is in front of it too.
  if (topLevelObject(readResponseBody(response.body)) !== undefined) return false;
  return status === 502 || status === 504 || fronts.test(headerValue(headers, 'server') ?? '');
}

/** Whether a 401 asks for credentials that are not a token, as a proxy with a password does. */
function asksForOtherLogin({ status, headers }: HttpResponse): boolean {
  const challenges = readChallenges(headers);
  return status === 401 && challenges.length > 0 && tokenChallenge(challenges) === undefined;
}

function refusedInFront(what: Said, { status }: HttpResponse) {
  return {
    fault: 'in_front' as const,
    statement: say`Something in front of the server refused the ${what} with status ${status}.`,
    fix: wayPast(status),
  };
}

function waitFor({ headers }: HttpResponse): Said {
  const seconds = headerValue(headers, 'retry-after');
  return seconds === undefined
    ? own('Wait, and try it again.')
    : say`Wait, and try it again: Retry-After is ${seconds}.`;
}

/** What to do about an answer of something in front: a name that it refuses is another matter than a server that is down. */
function wayPast(status: number): Text {
  if (status === 401) return own(letThrough);
  if (status === 407)
    return own('It is a proxy that wants a password: --proxy http://USER:PASSWORD@HOST:PORT.');
  return status >= 500
    ? 'Try it again later. What is in front of the server gets no answer of it.'
    : own(
        'Try it under the name of another client: --user-agent "Mozilla/5.0". Or have its owner let such clients through.',
      );
}

function frontOf(response: HttpResponse): Said {
  const server = headerValue(response.headers, 'server');
  const gateway = headerValue(response.headers, gatewayError);
  if (gateway !== undefined) return say`It is of a gateway: ${own(gatewayError)} is ${gateway}.`;
  const page = own(isPage(response) ? 'a web page' : 'no JSON');
  return server === undefined ? say`The answer is ${page}.` : say`The answer is ${page}, of "${server}".`;
}

function answered({ request, response }: HttpExchange): Said {
  return say`${request.method} ${request.url} answered with status ${response.status}.`;
}

function lastExchange({ events }: Journal, step: string): HttpExchange | undefined {
  const event = events.findLast((one) => one.type === 'exchange' && one.step === step);
  return event?.type === 'exchange' ? event.exchange : undefined;
}
