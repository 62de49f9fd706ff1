import { momentText, shownValue } from '../../checks/shown-value.ts';
import { letThrough, refusedInFront, waitFor } from '../../diagnosis/in-front.ts';
import type { NamedError } from '../../errors.ts';
import { type McpAnswer, versions } from '../../flows/call-mcp.ts';
import { redirectTarget } from '../../flows/call-resource.ts';
import type { LoginResult } from '../../flows/complete-login.ts';
import type { DiscoveredResource } from '../../flows/discover-resource.ts';
import type { LoginSettings } from '../../flows/login-settings.ts';
import { type HttpExchange, type HttpResponse, headerValue, withoutQuery } from '../../http-message.ts';
import { claimsOf } from '../../jose/jwt.ts';
import { isJsonObject, textListMember } from '../../json/json.ts';
import type { McpFault, McpPhase } from '../../output/documents.ts';
import { errorOf, explainChallenge } from '../../output/explain-challenge.ts';
import { challengeParameter, readChallenges, tokenChallenge } from '../../protocol/challenge.ts';
import { overrideParameters, splitScope } from '../../protocol/parameters.ts';
import { isPage } from '../../protocol/response-body.ts';
import { readAnswerPage } from '../../recording/answer-page.ts';
import { joined, own, recall, type Said, say } from '../../say.ts';

/** A phase as it is broken, before its words are made plain. */
export interface Broken {
  readonly phase: McpPhase;
  readonly fault: McpFault;
  /** Whether two values that contradict each other are shown. */
  readonly isProven?: boolean;
  readonly statement: Said;
  readonly evidence: readonly (Said | false)[];
  readonly ruledOut?: readonly (readonly [cause: Said, evidence: Said] | false)[];
  readonly fix: Said | undefined;
  /** The section that is not kept, where it is not that of the phase. */
  readonly spec?: string;
  readonly error?: NamedError;
}

const challengeWanted = own('Answer 401 with a WWW-Authenticate challenge (RFC 9728 §5.1).');

/** What is wrong with a server that does not ask for a token, and whether no login changes that. */
export function unaskedFor(answer: HttpResponse, url: string): Broken & { readonly isFinal: boolean } {
  const { status } = answer;
  const target = redirectTarget({ response: answer }, url);
  const reach = {
    phase: 'reach',
    fault: 'server',
    statement: say`The server answered ${status} to a request without a token.`,
    evidence: [say`Without a token it answered ${status}.`],
    isFinal: true,
  } as const;
  if (target !== undefined) return { ...reach, ...redirected(target, new URL(url)) };
  const front = refusedInFront(own('request'), answer);
  if (front !== undefined) return { ...reach, ...front };
  const wait = waitFor(answer);
  if (wait !== undefined) return { ...reach, fix: wait };
  if (status >= 500) return { ...reach, fix: own('Look into the log of the server.') };
  const isThere = status >= 400 && ![404, 405, 410].includes(status);
  if (isThere) return { ...reach, phase: 'challenge', fix: challengeWanted, isFinal: false };
  const isWeb = isPage(answer);
  return {
    ...reach,
    phase: 'challenge',
    fault: 'client',
    statement: isWeb
      ? say`${url} is the address of a web page, not of an MCP server.`
      : say`No MCP server is at ${url}.`,
    fix: own('Compare the URL with what the server documents: its path is often /mcp.'),
    isFinal: status < 400 ? isWeb : status !== 405,
  };
}

/** A server that has moved, or a page to sign in at: on the same host it is of the server, else of what is in front. */
function redirected(target: URL, { host, pathname, href }: URL): Pick<Broken, 'fault' | 'statement' | 'fix'> {
  if (target.href === href)
    return { fault: 'server', statement: own('It redirects to itself.'), fix: challengeWanted };
  // The query of a login may be a secret.
  const statement = say`It redirects to ${withoutQuery(target.href)}.`;
  const isThere = target.host === host;
  const isLogin = /(?:log|sign)[-_]?(?:in|on)|\b(?:auth|oauth2?|sso|saml2?)\b/i.test(
    `${target.host}${target.pathname}`,
  );
  if (!isLogin && (isThere || target.pathname === pathname))
    return { fault: 'client', statement, fix: say`Give that URL: oauth-code mcp ${target.href}` };
  return isThere
    ? { fault: 'server', statement, fix: challengeWanted }
    : { fault: 'in_front', statement, fix: letThrough };
}

/** Whether the call did what it is for: a tool can report an error of its own. */
export function isAnswered({ result, method, exchange: { response } }: McpAnswer): boolean {
  const isDone =
    method === 'tools/list' ? Array.isArray(result?.tools) : result !== null && result.isError !== true;
  return (isDone || (method === 'GET' && !isPage(response))) && response.status < 300;
}

/** The words that a tool answers with. */
export function wordsOf({ result }: McpAnswer): string {
  const parts = Array.isArray(result?.content) ? result.content : [];
  const words = parts.flatMap((part) =>
    isJsonObject(part) && typeof part.text === 'string' ? [part.text] : [],
  );
  return shortened(words.join(' '));
}

/** Words of a server, as many as a line or two hold. */
function shortened(words: string): string {
  return words.length > 200 ? `${words.slice(0, 200)}…` : words;
}

/** The answer to a call, and the login that it was made after; none where the server is open. */
export interface AnsweredCall {
  readonly answer: McpAnswer;
  readonly found: DiscoveredResource;
  readonly result: LoginResult | undefined;
  /** The login that was made last. */
  readonly aimed: LoginSettings | undefined;
  /** How often the user was sent to the authorization server. */
  readonly authorizations: number;
}

/** What is wrong with the answer to the call; undefined where nothing is. */
export function brokenCall(call: AnsweredCall, now: Date): Broken | undefined {
  const { answer, result } = call;
  const { exchange, error } = answer;
  const { response } = exchange;
  if (isAnswered(answer)) return undefined;
  const challenge = tokenChallenge(readChallenges(response.headers));
  const said = (name: string) => {
    const value = challenge && challengeParameter(challenge, name);
    return value != null && say`${own(name)}: ${value}`;
  };
  const page = readAnswerPage(response);
  const words = page.words ?? page.error;
  const evidence = [
    answered(exchange),
    said('error'),
    said('error_description'),
    error !== null && say`JSON-RPC error ${shownValue(error.code)}: ${shownValue(error.message)}`,
    response.status >= 400 &&
      error === null &&
      said('error_description') === false &&
      words !== null &&
      words !== (challenge && challengeParameter(challenge, 'error')) &&
      say`It says: ${shortened(words)}`,
  ];
  const base = { phase: 'call', evidence } as const;
  const front = challenge === undefined ? refusedInFront(own('call'), response, true) : undefined;
  if (front !== undefined) return { ...base, ...front, evidence: [...evidence, ...front.evidence] };
  if (/protocol.?version/i.test(shownValue(error?.message)))
    return {
      ...{ ...base, fault: 'server', statement: own('The server takes no version of MCP that was tried.') },
      fix: own(`Have the server speak MCP ${versions.current} or ${versions.older}.`),
    };
  if (response.status < 400) return { ...base, ...answeredWrongly(answer, result !== undefined) };
  if (result === undefined) {
    const statement = say`The server answered the call without a token with status ${response.status}.`;
    const fix = own('Have the server name the metadata of the resource in its challenge (RFC 9728 §5.1).');
    return { ...base, fault: 'server', statement, fix };
  }
  const refused = refusedToken({ ...call, result }, now);
  return { ...base, ...refused, evidence: [...evidence, ...refused.evidence] };
}

/** The words of servers that report a wrong call as an error of the tool. */
const ofTheCall =
  /-3260[12]\b|validation error|(?:unknown|no such|invalid) tool|tool [^.\n]{0,80}not found|(?:invalid|validating) ["']?(?:arguments|params|input)/i;

/** Judges an answer to the call that refuses nothing and yet is not the one that was wanted. */
function answeredWrongly(answer: McpAnswer, hasToken: boolean): Pick<Broken, 'fault' | 'statement' | 'fix'> {
  const { error, result, method, exchange } = answer;
  const { url } = exchange.request;
  const target = redirectTarget(exchange, url);
  if (target !== undefined) return redirected(target, new URL(url));
  if (isPage(exchange.response))
    return {
      fault: 'in_front',
      statement: own('A web page came in place of an answer.'),
      fix: own('Look for a proxy that answers in place of the server.'),
    };
  if (error === null && result === null)
    return {
      fault: 'server',
      statement: own('The answer is no JSON-RPC response.'),
      fix: own('Have the server answer with a JSON-RPC response, as JSON or as an event of a stream.'),
    };
  const isCall = method === 'tools/call';
  const words = wordsOf(answer);
  // JSON-RPC 2.0 §5.1: the method is unknown, the parameters are wrong.
  const isOurs = isCall && (error?.code === -32601 || error?.code === -32602 || ofTheCall.test(words));
  const how = own(hasToken ? 'took the token, and ' : '');
  return {
    fault: isOurs ? 'client' : 'server',
    statement:
      result === null
        ? say`The server ${how}answered with an error: ${shortened(shownValue(error?.message))}`
        : isCall
          ? say`The tool reports an error: ${words || 'it says no more'}`
          : say`The answer to ${own(method)} has no list of tools.`,
    fix: own(
      isOurs
        ? 'Compare the tool and its arguments with what the server lists: without --call.'
        : isCall
          ? 'Look into the log of the server. Or compare the arguments with what the server lists: without --call.'
          : 'Look into the log of the server.',
    ),
  };
}

/** Why a call with a token was refused, as far as the token and the challenge tell (RFC 6750 §3.1). */
function refusedToken(
  { answer, result, found, aimed, authorizations }: AnsweredCall & { readonly result: LoginResult },
  now: Date,
): Omit<Broken, 'phase'> {
  const { response } = answer.exchange;
  const { status, headers } = response;
  const challenges = readChallenges(headers);
  const challenge = tokenChallenge(challenges);
  // RFC 6585 §5: the token is the longest of the fields.
  const isTooLong = status === 431;
  const isToken = status === 401 || challenge !== undefined || isTooLong;
  const error = challenge && errorOf(challenge, status);
  const { accessToken, expiresInSeconds, scope: granted } = result.tokens.reading;
  const { aud, iss, exp, nbf, ...claims } = claimsOf(accessToken);
  const words = [claims.scope ?? claims.scp].flat().filter((one) => typeof one === 'string');
  // A JWT that names no scope may have none, whatever was asked for and granted.
  const known = words.length > 0 ? splitScope(words.join(' ')) : iss === undefined ? granted : null;
  const scope = known ?? (iss === undefined ? result.requestedScope : []);
  const needed = splitScope((challenge && challengeParameter(challenge, 'scope')) ?? '');
  const missing = needed.filter((word) => !scope.includes(word));
  const lacksScope = error === 'insufficient_scope' && missing.length > 0;
  // The clock of the server counts, where it tells it.
  const clock = new Date(headerValue(headers, 'date') ?? now);
  const time = (seconds: number) => momentText(seconds, clock);
  const itIs = say`it is ${time(clock.getTime() / 1000)}`;
  const resource = found.metadata?.resource ?? found.url;
  const isMeant = [aud].flat().some((one) => one === resource);
  const isElsewhere = aud !== undefined && !isMeant;
  const isPast = typeof exp === 'number' && exp * 1000 < clock.getTime();
  const isEarly = typeof nbf === 'number' && nbf * 1000 > clock.getTime();
  const isForeign = result.issuer !== null && typeof iss === 'string' && iss !== result.issuer;
  const odd = [...new Set(accessToken.replace(/[\w.~+/=-]/g, ''))].join(' ');
  /** What the token itself says against it, and with what others are to be issued. */
  const claimed: readonly (readonly [says: Said, wanted?: string] | false)[] = [
    odd !== '' && [
      say`The access token has characters that RFC 6750 §2.1 does not allow: ${odd}`,
      'the characters of RFC 6750 §2.1 alone',
    ],
    isTooLong && [say`The access token has ${accessToken.length} characters.`, 'fewer characters'],
    accessToken === result.tokens.reading.idToken && [
      own('The access token is the ID token.'),
      'the resource as aud, and not the ID token',
    ],
    isElsewhere && [
      say`aud of the token: ${shownValue(aud)}; the resource: ${shownValue(resource)}`,
      'the resource as aud',
    ],
    isPast && [say`exp of the token: ${time(exp)}; ${itIs}`, 'an exp that is to come'],
    isEarly && [say`nbf of the token: ${time(nbf)}; ${itIs}`, 'an nbf in the past'],
    isForeign && [
      say`iss of the token: ${shownValue(iss)}; the authorization server: ${result.issuer ?? ''}`,
      'its issuer as iss',
    ],
    aud === undefined &&
      iss !== undefined &&
      error !== 'insufficient_scope' && [
        own('The token is a JWT that names no audience.'),
        'the resource as aud',
      ],
  ];
  const isAimed =
    aimed === undefined ||
    [aimed.request.overrides, aimed.tokenOverrides].every((overrides) =>
      overrideParameters(
        aimed.request.resources.map((one) => ['resource', one] as const),
        overrides,
      ).some(([name, value]) => name === 'resource' && value === resource),
    );
  const against = isToken ? claimed.filter((one) => one !== false) : [];
  const isStepped = authorizations > 1;
  const age = Math.round((now.getTime() - result.receivedAt.getTime()) / 1000);
  const lists = textListMember(found.metadata ?? {}, 'authorization_servers') ?? [];
  return {
    evidence: [
      isToken && !isAimed && say`The login did not ask for the resource, ${shownValue(resource)}.`,
      ...against.map(([says]) => says),
    ],
    statement:
      isStepped && error === 'insufficient_scope'
        ? say`The server wants more after ${authorizations} logins: ${joined(missing.length > 0 ? missing : needed, ' ')}.`
        : isToken
          ? say`The server refused the token: ${error ?? `status ${status}`}.`
          : say`The server answered the call with status ${status}.`,
    ruledOut: isToken
      ? [
          expiresInSeconds !== null &&
            expiresInSeconds > age &&
            !isPast && [
              own('The token has expired.'),
              say`It came ${age} s before, and is valid for ${expiresInSeconds} s.`,
            ],
          isMeant && [own('The token is for another resource.'), say`Its aud is ${shownValue(aud)}.`],
          needed.length > 0 &&
            missing.length === 0 &&
            known !== null && [
              own('The token lacks a scope.'),
              say`The server names ${needed.join(' ')}, and ${scope.join(' ')} was granted.`,
            ],
          !isForeign &&
            lists.includes(result.issuer ?? '') && [
              own('The token is of an authorization server that the resource does not name.'),
              say`Its metadata lists ${result.issuer ?? ''}.`,
            ],
        ]
      : [],
    ...remedy(),
  };

  /** Who has to act, and how; what the challenge asks for goes before what the token says. */
  function remedy(): Pick<Broken, 'fault' | 'fix' | 'isProven'> {
    const wantsProof = challenge && /^dpop$/i.test(challenge.scheme);
    if (wantsProof === true && result.dpopKey === undefined)
      return { fault: 'client', fix: own('Bind the token to a key: --dpop.') };
    if (wantsProof === false && result.dpopKey !== undefined)
      return { fault: 'client', fix: own('The server asks for a Bearer token: leave --dpop out.') };
    const wait = waitFor(response);
    if (lacksScope && (isStepped || missing.every((word) => result.requestedScope.includes(word)))) {
      const isGranted = missing.every((word) => granted?.includes(word));
      const fix = isGranted
        ? say`Have the authorization server put ${missing.join(' ')} into its tokens: it was granted, and this one does not name it.`
        : say`Have the authorization server grant ${missing.join(' ')}: it was asked for, and not granted.`;
      return { fault: 'authorization_server', fix: wait ?? fix };
    }
    if (lacksScope)
      return {
        fault: 'client',
        fix: wait ?? say`Ask for it: --scope "${[...scope, ...missing].join(' ')}".`,
      };
    if (isToken && !isAimed) {
      const fix =
        'Log in for the resource: leave --resource out, and resource out of --param and --token-param.';
      return { fault: 'client', fix: wait ?? own(fix) };
    }
    const [wanted] = against.flatMap(([, one]) => one ?? []);
    const token = { scope, expiresAt: null, loginCommand: undefined, isFresh: true, isStepped };
    // An audience that cannot be read is not to be compared; a server that tells why has seen the token.
    const isUnread = aud === undefined && (error === 'invalid_token' || answer.error !== null);
    const isSilent = !isToken || isMeant || isUnread;
    const [cause] = isSilent ? [] : explainChallenge(challenges, status, token, now).diagnosis;
    const log = own(
      'Look into the log of the server: it had a token of the authorization server that it names.',
    );
    return {
      isProven: isToken && (isElsewhere || isPast || isEarly),
      fault: against.length > 0 ? 'authorization_server' : 'server',
      fix:
        wait ??
        (wanted !== undefined
          ? say`Have the authorization server issue tokens with ${own(wanted)}.`
          : cause === undefined
            ? log
            : recall(cause.try)),
    };
  }
}

/** A request and the status of its answer. */
export function answered({ request, response }: HttpExchange): Said {
  return say`${request.method} ${request.url} answered with status ${response.status}.`;
}
