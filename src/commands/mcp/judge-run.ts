import type { CheckResult } from '../../checks/check-result.ts';
import { durationText } from '../../checks/shown-value.ts';
import { undiagnosed } from '../../diagnosis/diagnosis.ts';
import { refusedInFront, waitFor } from '../../diagnosis/in-front.ts';
import { causeCode } from '../../errors/system-failure.ts';
import {
  ErrorResponseError,
  InvalidResponseError,
  type NamedError,
  NetworkError,
  UsageError,
  ValidationError,
} from '../../errors.ts';
import { demandsDpop } from '../../flows/aim-at-resource.ts';
import { type McpAnswer, toolNames } from '../../flows/call-mcp.ts';
import type { LoginResult } from '../../flows/complete-login.ts';
import type { DiscoveredResource } from '../../flows/discover-resource.ts';
import type { LoginSettings } from '../../flows/login-settings.ts';
import type { HttpExchange } from '../../http-message.ts';
import type { McpBreak, McpDocument, McpFault, McpPhase } from '../../output/documents.ts';
import { buildErrorDocument } from '../../output/render-error.ts';
import { isPage } from '../../protocol/response-body.ts';
import { mayBeOfFront, tellsOfClient } from '../../recording/answer-page.ts';
import { own, recall, remember, type Said, say } from '../../say.ts';
import type { SessionOwner } from '../../storage/session-file.ts';
import type { Invocation } from '../command.ts';
import { diagnoseFailure } from '../diagnose-failure.ts';
import { checksOfRun, type Journal } from '../journal.ts';
import { clientText } from '../login/client-ladder.ts';
import { answered, type Broken, brokenCall, unaskedFor, wordsOf } from './judge-answer.ts';

/** How far a run came; what is absent was not reached. */
export interface McpRun {
  readonly url: string;
  found?: DiscoveredResource;
  /** The login as the resource wants it, after a step-up as the call wants it. */
  aimed?: LoginSettings;
  result?: LoginResult;
  /** Whose session was kept of it. */
  owner?: SessionOwner | undefined;
  /** Whether it speaks the transport before Streamable HTTP alone. */
  isOldTransport?: boolean;
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

/** A phase: who has to act where nothing more is known, the section that it follows, and the steps and checks it has. */
type Phase = readonly [fault: McpFault, spec: string, has: RegExp];

/** In their order. */
const phases: Readonly<Record<McpPhase, Phase>> = {
  reach: ['server', 'RFC 9110 §15', /^resource$/],
  challenge: ['server', 'RFC 9728 §5.1', /^resource-challenge$/],
  resource_metadata: [
    'server',
    'RFC 9728 §3',
    /^(?:resource-(?:metadata|identifier|authorization-servers|private-address|bearer-methods)|signed-metadata)$/,
  ],
  authorization_server: ['authorization_server', 'RFC 8414 §3', /^discovery$/],
  client: ['authorization_server', 'RFC 7591 §3', /^registration$/],
  authorization: [
    'authorization_server',
    'RFC 6749 §4.1',
    /^(?:par|authorization|device_authorization|backchannel_authentication)$/,
  ],
  token: [
    'authorization_server',
    'RFC 8707 §2',
    /^(?:token|keys|id_token|userinfo|token-type-missing|access-token-aud|tokens-nested|parameter-renamed|body-.+|json-.+)$/,
  ],
  call: ['server', 'RFC 6750 §3', /^request$/],
};
const order = Object.keys(phases) as McpPhase[];

/** The phase of a step or check; a check that it does not find is of the phase of its step. */
function phaseOf(name = ''): McpPhase | undefined {
  return order.find((phase) => phases[phase][2].test(name));
}

/** A server that cannot be asked for its tools, and is not broken. */
const oldTransport = {
  statement: own(
    'GET opens a stream and POST is not taken, as of the old transport (HTTP with SSE, MCP 2024-11-05).',
  ),
  fix: own('Give the URL of its Streamable HTTP: the path is often /mcp.'),
  spec: 'MCP, Transports',
} as const;

/** What to change where a check failed, for the owner of what was checked. */
const mends: Readonly<Record<string, string | undefined>> = {
  'resource-metadata':
    'Serve the metadata at the first of these places, and name it as resource_metadata in the challenge. To log in without it: --issuer URL.',
  'resource-identifier':
    'If the metadata names another URL of the same server, give that one. Else have resource in the metadata be the URL that clients use, octet by octet.',
  'registration-response': 'Have its answer keep to RFC 7591 §3.2.1.',
  'registration-redirect-uri': 'Register the redirect URIs that a client asks for, or refuse to register it.',
  'resource-authorization-servers': 'List the issuer of the authorization server in authorization_servers.',
  'resource-private-address':
    'Name an address that clients can reach. To follow it all the same: --allow-private.',
  'metadata-private-address':
    'Have the metadata name addresses that clients can reach. To follow it all the same: --allow-private.',
  'insecure-endpoint': 'Have each endpoint use https in the metadata of the authorization server.',
  'metadata-issuer':
    'Have issuer in the metadata of the authorization server and authorization_servers of the resource be the same text.',
  'pkce-advertised':
    'Add "code_challenge_methods_supported": ["S256"] to the metadata of the authorization server.',
  'id-token-key':
    'Have jwks_uri of the authorization server lead to the keys that sign its ID tokens. To go on all the same: --no-verify id-token-key.',
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

/** The client that the last login was made with, and how it was found at first: a further login finds it again. */
export function clientOf({ events }: Journal) {
  const clients = events.filter((event) => event.type === 'client');
  return clients.find(({ client_id }) => client_id === clients.at(-1)?.client_id);
}

/** Whether a verdict is possible on a run that ended with an error: one of a server, or of what it was asked. */
export function mayJudge(error: NamedError, { stuckAt }: Journal): boolean {
  if (phaseOf(error.step) === undefined) return false;
  // The user did not sign in: only what the browser shows can say that something is broken.
  if (error instanceof NetworkError && error.step === 'authorization') return stuckAt !== undefined;
  return [ErrorResponseError, InvalidResponseError, NetworkError, UsageError, ValidationError].some(
    (type) => error instanceof type,
  );
}

/** The phase in which a run ended that cannot be judged; one that was cancelled ended where an answer was awaited. */
export function endOf({ step }: NamedError, { events }: Journal): McpPhase {
  const at = events.findLast(
    (event) => event.type === 'awaiting' && event.step !== 'keys' && phaseOf(event.step) !== undefined,
  );
  const phase = phaseOf(step ?? (at?.type === 'awaiting' ? at.step : undefined)) ?? 'reach';
  // A user who signs in elsewhere is awaited at the token endpoint.
  return step === undefined && phase === 'token' ? 'authorization' : phase;
}

/** Judges each phase of a run, and finds the first that is broken and whose fault it is. */
export function judgeRun(
  run: McpRun,
  checks: readonly CheckResult[],
  { journal, context }: Invocation,
): Pick<McpDocument, 'verdict' | 'phases'> {
  const { error, found, aimed, answer, result, authorizations } = run;
  const unasked = found?.metadata && unaskedFor(found.answer, found.url);
  const broken =
    error !== undefined
      ? brokenBy(error, run, journal)
      : unasked?.isFinal === true
        ? unasked
        : answer !== undefined && answer.method !== 'GET' && run.isOldTransport === true
          ? ({
              ...oldTransport,
              phase: 'call',
              fault: 'client',
              evidence: [answered(answer.exchange)],
            } as const)
          : found && answer && brokenCall({ answer, found, aimed, result, authorizations }, context.now());
  const isStopped = run.isStopped === true && broken === undefined;
  const open = found !== undefined && isOpen(found);
  // The phase from which on nothing was seen; the call to an open server is seen all the same.
  const end = open ? 'challenge' : (broken?.phase ?? run.endedIn ?? (isStopped ? 'client' : undefined));
  const isSeen = (phase: McpPhase) =>
    end === undefined ||
    order.indexOf(phase) < order.indexOf(end) ||
    (open && phase === 'call' && answer !== undefined);
  const rest = open ? 'not needed' : isStopped ? 'not looked at (--no-login)' : 'not reached';
  return {
    verdict: {
      outcome: broken !== undefined ? 'broken' : open ? 'open' : isStopped ? 'incomplete' : 'works',
      first_broken: broken === undefined ? null : inWords(broken),
    },
    phases: order.map((phase) => {
      const [, spec] = phases[phase];
      if (phase === broken?.phase) {
        const document = broken.error && { error: buildErrorDocument(broken.error, checks).error };
        const text = remember(broken.statement);
        return { phase, outcome: 'fail', text, spec: broken.spec ?? spec, ...document };
      }
      if (!isSeen(phase))
        return { phase, outcome: 'skipped', text: phase === run.endedIn ? 'not finished' : rest, spec };
      if (phase === (open ? 'reach' : 'call') && run.isOldTransport === true) {
        const text = remember(say`${oldTransport.statement} ${oldTransport.fix}`);
        return { phase, outcome: 'warn', text, spec: oldTransport.spec };
      }
      if (phase === 'reach' && open && found.tools === null && answer === undefined) {
        const text = remember(say`Status ${found.answer.status} without a token; no MCP server was seen.`);
        return { phase, outcome: 'warn', text, spec };
      }
      const warning = checks.find(
        ({ id, outcome }) => /^(?:warn|fail)$/.test(outcome) && phaseOf(id) === phase,
      );
      return {
        phase,
        outcome: warning === undefined ? 'pass' : 'warn',
        text: warning?.detail ?? remember(seen(phase, run, journal)),
        spec: warning?.spec ?? spec,
      };
    }),
  };
}

function inWords({ phase, fault, isProven, statement, evidence, ruledOut = [], fix }: Broken): McpBreak {
  return {
    phase,
    fault,
    confidence: isProven === true ? 'high' : 'medium',
    statement: remember(statement),
    evidence: evidence.filter((one) => one !== false).map((one) => remember(one)),
    ruled_out: ruledOut
      .filter((one) => one !== false)
      .map(([cause, why]) => ({ cause: remember(cause), evidence: remember(why) })),
    try: remember(fix ?? own('Show the lines above to the owner of that server.')),
  };
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
      return client === undefined ? say`${result?.clientId ?? ''}` : say`${clientText(client)}.`;
    case 'authorization':
      // Elsewhere it is the token endpoint that tells of the grant.
      if (result === undefined && /device|ciba/.test(aimed?.flow ?? '')) return own('Begun.');
      return authorizations > 1 ? say`Granted after ${authorizations} logins.` : own('Granted.');
    case 'token': {
      const reading = result?.tokens.reading;
      const seconds = reading?.expiresInSeconds;
      const lifetime = seconds == null ? own('no lifetime') : say`valid for ${own(durationText(seconds))}`;
      return say`${reading?.tokenType ?? ''}, ${scope(reading?.scope ?? result?.requestedScope ?? [])}, ${lifetime}.`;
    }
    case 'call': {
      if (answer === undefined) return own('');
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

function listed(names: readonly string[]): Said {
  const shown = names.slice(0, 8);
  const more = names.length > shown.length ? `, and ${names.length - shown.length} more` : '';
  return say`${names.length} ${own(names.length === 1 ? 'tool' : 'tools')}${own(names.length === 0 ? '' : ': ')}${shown.join(', ')}${own(more)}`;
}

/** What an error says of the phases. */
function brokenBy(error: NamedError, run: McpRun, journal: Journal): Broken {
  const { step = '' } = error;
  const { found, aimed, result: granted } = run;
  const check = 'check' in error && typeof error.check === 'string' ? error.check : '';
  if (check === 'resource-metadata' && found !== undefined && found.answer.status !== 401)
    return { ...unaskedFor(found.answer, run.url), error };
  const failed = checksOfRun(journal).findLast(({ id, outcome }) => id === check && outcome === 'fail');
  const isOffline = error instanceof NetworkError && step !== 'authorization';
  const { diagnosis, ruled_out } = isOffline ? undiagnosed : diagnoseFailure(error, journal);
  const { page, stuckAt } = step === 'authorization' && error instanceof NetworkError ? journal : {};
  const leadsNowhere = stuckAt !== undefined && page === undefined;
  const exchange = isOffline ? undefined : lastExchange(journal, step);
  const unanswered = isOffline ? judgeUnanswered(error, run, journal) : {};
  const status = exchange?.response.status;
  const isShown = check === 'resource-metadata' || !(error instanceof ValidationError);
  const response = page === undefined ? exchange?.response : mayBeOfFront(page) ? page.response : undefined;
  const front =
    isShown && response && refusedInFront(own('request'), response, check === 'resource-metadata');
  const oauth = error instanceof ErrorResponseError ? error.oauth : undefined;
  const code = oauth?.error ?? '';
  // A user was asked in the browser, or elsewhere, where the token endpoint tells what came of it (RFC 8628 §3.5).
  const isOfUser =
    aboutUser.test(code) && (step === 'authorization' || (step === 'token' && aimed?.flow !== undefined));
  const phase = isOfUser ? 'authorization' : (phaseOf(check) ?? phaseOf(step) ?? 'reach');
  const isUnlisted = check === 'resource-authorization-servers' && failed?.received !== undefined;
  const [usual, spec] = phases[phase];
  const client = clientOf(journal);
  const had = granted && (granted.tokens.reading.scope ?? granted.requestedScope);
  const refusedScope =
    code === 'invalid_scope' && had !== undefined && aimed !== undefined
      ? aimed.request.scope.filter((one) => !had.includes(one))
      : [];
  return {
    phase,
    isProven: proven.has(check),
    fault: fault(),
    statement: leadsNowhere ? own('No browser gets past the authorization endpoint.') : recall(error.message),
    evidence: [
      stuckAt !== undefined && recall(stuckAt),
      unanswered.evidence ?? false,
      oauth?.error != null && say`error: ${oauth.error}`,
      oauth?.error_description != null && say`error_description: ${oauth.error_description}`,
      failed?.expected !== undefined && say`expected: ${recall(failed.expected)}`,
      failed?.received !== undefined && say`received: ${recall(failed.received)}`,
      exchange !== undefined && (front || !(error instanceof ValidationError)) && answered(exchange),
      ...(front ? front.evidence : []),
    ],
    ruledOut: [
      ...ruled_out.map(({ cause, evidence }) => [recall(cause), recall(evidence)] as const),
      unanswered.ruledOut ?? false,
    ],
    fix: fix(),
    spec:
      failed?.spec ??
      (isOffline && phase === 'reach'
        ? 'RFC 9110 §4.2'
        : phase === 'token' && !isOffline
          ? 'RFC 6749 §5.2'
          : spec),
    error,
  };

  function fault(): McpFault {
    if (front) return front.fault;
    if (unanswered.fault !== undefined) return unanswered.fault;
    if (isOffline)
      return ofThisMachine.test(causeCode(error)) || /proxy/i.test(error.message) ? 'this_machine' : usual;
    const isGiven = client?.rung === 'given';
    const isOfClient =
      isOfUser ||
      isUnlisted ||
      (check === 'dpop-binding' && (found === undefined || !demandsDpop(found))) ||
      (isGiven && aboutClient.test(code)) ||
      (isGiven && page !== undefined && tellsOfClient(page)) ||
      // Only some may register, with a token that the owner of the server gives.
      (phase === 'client' && (error instanceof UsageError || status === 401 || status === 403)) ||
      // A scope that the server asks for and its authorization server does not list is a contradiction of theirs.
      (code === 'invalid_scope' &&
        granted === undefined &&
        aimed?.request.scope.every((one) => found?.scope.includes(one)) !== true);
    return isOfClient ? 'client' : usual;
  }

  function fix(): Said | undefined {
    const byHand = own('Or register a client by hand, and give --client-id ID.');
    if (front) return front.fix;
    if (leadsNowhere)
      return own('Correct authorization_endpoint in the metadata, or start what should answer there.');
    if (unanswered.fix !== undefined) return unanswered.fix;
    const wait = isShown && exchange ? waitFor(exchange.response) : undefined;
    if (wait !== undefined) return wait;
    if (phase === 'authorization_server' && error.message.startsWith('No metadata was found'))
      return own(
        'Serve the metadata at one of these places, or correct authorization_servers of the resource.',
      );
    if (isUnlisted) return own('Leave --issuer out, or give one that the resource lists.');
    if (code === 'invalid_client' && phase !== 'client' && /^(?:registered|cached)$/.test(client?.rung ?? ''))
      return say`The server registered this client itself: have its log looked into. ${byHand}`;
    if (refusedScope.length > 0)
      return say`Have the authorization server grant ${refusedScope.join(' ')}: the call needs it.`;
    const mend = mends[check] ?? mendsOfError[code];
    if (mend !== undefined) return own(mend);
    if (failed !== undefined)
      return say`Have it keep to ${own(failed.spec)}. To go on all the same: --no-verify ${own(check)}.`;
    const advice = diagnosis[0]?.try ?? error.hint;
    if (phase === 'client' && oauth !== undefined) return say`${recall(advice ?? '')} ${byHand}`;
    return advice === undefined ? undefined : recall(advice);
  }
}

/** What is to be said of a request to which no answer came, by who named its address, and what answered before. */
function judgeUnanswered(error: NetworkError, { found, aimed }: McpRun, { events }: Journal) {
  const failed = events.findLast((event) => event.type === 'request-failed');
  if (failed?.type !== 'request-failed') return {};
  const { step, request } = failed;
  const { origin } = new URL(request.url);
  const answers = events.flatMap((event) => (event.type === 'exchange' ? event.exchange : []));
  const same = answers.find((one) => new URL(one.request.url).origin === origin);
  const before = same ?? answers[0];
  const cause = own(same === undefined ? 'This machine reaches no server.' : 'The server cannot be reached.');
  const isGiven =
    /^(?:resource|request)$/.test(step) ||
    Object.values(aimed?.server.given ?? {}).includes(request.url) ||
    (step === 'discovery' &&
      found?.authorizationServers.every((one) => new URL(one).origin !== origin) !== false);
  const code = /proxy/i.test(error.message) ? '' : causeCode(error);
  const isNowhere = !isGiven && /^(?:ENOTFOUND|ECONNREFUSED)$/.test(code);
  const named =
    step === 'discovery'
      ? own('authorization_servers of the resource')
      : say`${request.url} in the metadata of the authorization server`;
  return {
    evidence: say`${request.method} ${request.url} got no answer.`,
    ruledOut: before && ([cause, answered(before)] as const),
    /** Who has to act, where it is neither this machine nor the server that was asked. */
    fault:
      isNowhere && code === 'ENOTFOUND'
        ? step === 'discovery'
          ? 'server'
          : 'authorization_server'
        : undefined,
    fix: isNowhere
      ? say`Correct ${named}, or start what should answer there.`
      : same !== undefined && error.code === 'network'
        ? own('Look into the log of the server: it answered other requests.')
        : undefined,
  } as const;
}

function lastExchange({ events }: Journal, step: string): HttpExchange | undefined {
  const event = events.findLast((one) => one.type === 'exchange' && one.step === step);
  return event?.type === 'exchange' ? event.exchange : undefined;
}
