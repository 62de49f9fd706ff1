import { checkRefreshedIdToken } from '../checks/id-token/refreshed-id-token.ts';
import { recordTrace } from '../commands/trace/record-trace.ts';
import type { PreparedWrite } from '../context.ts';
import {
  ConfigError,
  ErrorResponseError,
  InvalidResponseError,
  LoginRequiredError,
  NetworkError,
} from '../errors.ts';
import { type Conversation, startConversation } from '../flows/conversation.ts';
import { askForTokens, type IssuedTokens, judgeTokens } from '../flows/request-tokens.ts';
import { refreshTokenGrant } from '../protocol/token-request.ts';
import { settleOutput } from '../settings/output-settings.ts';
import { settleConnection } from '../settings/settle-connection.ts';
import { settleOverrides } from '../settings/settle-overrides.ts';
import {
  currentSettings,
  openSession,
  prepareSession,
  readSession,
  type Session,
  sessionText,
} from '../storage/session-store.ts';
import { addNarrowedToken, renewSession } from './build-session.ts';
import { narrateRenewal } from './narrate-renewal.ts';
import {
  narrowedRequest,
  narrowedTokenOf,
  type ObtainedToken,
  tokenOf,
  type UsableSession,
} from './obtain-token.ts';
import { isFrugal, type Renewal, waivedChecks } from './renewal.ts';
import { settleRenewalClient } from './settle-renewal.ts';
import { isQuick, loginCommand, ownerName } from './settle-session.ts';

/** New tokens may be longer than the old ones. */
const spareOctets = 16 * 1024;
/** Once a refresh is sent only its answer tells the new refresh token: a cancelled run still waits this long for it. */
const lastWaitMs = 3000;

/**
 * Refreshes a session with one request. The room on the disk is taken first, the answer is on the disk before anything
 * else is done with it, and a refused refresh token takes its session along, which is said.
 * @throws LoginRequiredError or, for a `refresh` by name, ErrorResponseError when the server refused the token
 */
export async function refreshSession(
  renewal: Renewal & { readonly usable: UsableSession },
): Promise<ObtainedToken> {
  const { options, invocation, manner, usable, wanted, lock } = renewal;
  const { context } = invocation;
  const { session } = usable;
  const narrate = narrateRenewal(settleOutput(options), invocation, { loud: manner.loud === true });
  const emit = await recordTrace(settleOutput(options), invocation, 'refresh', narrate);
  for (const [kind, value] of Object.entries(session.tokens)) {
    if (typeof value === 'string' && kind !== 'token_type') emit({ type: 'secret', kind, value });
  }
  const client = await settleRenewalClient(options, session, invocation);
  const part = usable.fit === 'part' ? narrowedRequest(wanted, session) : undefined;
  const connection = { ...(await settleConnection(options, context)), frugal: isFrugal(options) };
  const prepared = await prepareSession(context, usable.name, usable.octets + spareOctets);
  const patient = patientSignal(context.signal);
  const http = await context.connect(connection);
  try {
    const conversation = startConversation({
      http,
      signal: patient.signal,
      emit,
      waived: waivedChecks(options),
    });
    const settled = {
      settings: await currentSettings(context),
      quick: isQuick(options, session.server, session.secret_from),
    };
    const sentAt = context.now();
    lock.noteSending(sentAt);
    const issued = await askForTokens(conversation, {
      tokenEndpoint: session.server.token_endpoint,
      grant: refreshTokenGrant({
        refreshToken: session.tokens.refresh_token ?? '',
        scope: part?.scope ?? [],
        resources: part?.resource ?? session.requested.resource,
      }),
      client,
      advertised: session.server.auth_methods_supported,
      overrides: settleOverrides(options, 'token-param'),
      requestedScope: part?.scope ?? session.requested.scope,
      now: sentAt,
      afterFailure: 'The session was kept: try again.',
    }).catch(async (error: unknown) => {
      if (isRefusedGrant(error)) throw await dropped(error, renewal);
      if (mayHaveArrived(error))
        await keep(prepared, { ...session, refresh_interrupted_at: sentAt.toISOString() }, renewal);
      throw error;
    });
    judgeIdToken(conversation, issued, session);
    const renewed =
      part === undefined
        ? { session: renewSession(session, issued, settled), narrowed: undefined }
        : addNarrowedToken(session, issued, part);
    const kept = await keep(prepared, renewed.session, renewal).catch((error: unknown) => {
      throw error instanceof ConfigError ? notKept(error) : error;
    });
    lock.release();
    context.signal.throwIfAborted();
    if (issued.reading.accessToken === null) {
      throw new InvalidResponseError('The answer to the refresh holds no access token.', { step: 'token' });
    }
    judgeTokens(conversation, issued, part?.scope ?? session.requested.scope);
    const checks = [...conversation.checks];
    return renewed.narrowed === undefined
      ? tokenOf(kept, checks, true)
      : narrowedTokenOf(kept, renewed.narrowed, checks, true);
  } finally {
    patient.release();
    await prepared.discard();
    await http.close();
  }
}

function judgeIdToken(conversation: Conversation, { reading }: IssuedTokens, session: Session): void {
  if (reading.idToken === null) return;
  const { issuer, client_id, account } = session;
  const evidence = { idToken: reading.idToken, issuer, clientId: client_id, sub: account?.sub };
  conversation.requireChecks('id_token', [checkRefreshedIdToken(evidence)]);
}

/**
 * Writes the session, unless the lock was lost meanwhile and somebody else has renewed it: then theirs counts.
 * @throws ConfigError
 */
async function keep(
  prepared: PreparedWrite,
  session: Session,
  { lock, invocation: { context }, usable }: Renewal & { readonly usable: UsableSession },
): Promise<Session> {
  if (!lock.isMine()) {
    const found = await readSession(context, usable.name);
    const current = found.type === 'session' ? await openSession(context, found.saved) : undefined;
    if (current?.tokens.refresh_token !== usable.session.tokens.refresh_token) return current ?? session;
  }
  await prepared.commit(await sessionText(context, session, usable.keeping));
  return session;
}

function notKept({ message, cause }: ConfigError): ConfigError {
  return new ConfigError(`The server has issued new tokens, but they could not be kept. ${message}`, {
    step: 'token',
    hint: 'The refresh token that is still in the file may have been replaced by them: when it is refused next time, log in again.',
    cause,
  });
}

/** Drops the session whose refresh token was refused, if it is still the one in the file. */
async function dropped(
  error: ErrorResponseError,
  {
    invocation: { context },
    usable,
    path,
    interrupted,
    manner,
    wanted,
  }: Renewal & { readonly usable: UsableSession },
): Promise<Error> {
  const found = await readSession(context, usable.name);
  const current = found.type === 'session' ? await openSession(context, found.saved) : undefined;
  if (current?.tokens.refresh_token === usable.session.tokens.refresh_token) await context.files.remove(path);
  const at = interrupted?.sentAt.toISOString() ?? usable.session.refresh_interrupted_at;
  const why =
    at === undefined
      ? ''
      : ` A refresh at ${at} was interrupted: most likely the server replaced the token then, and its answer was lost.`;
  const hint = `Log in again: ${loginCommand(wanted.owner)}`;
  if (manner.loud === true) {
    Object.assign(error, { hint: `The session was dropped.${why} ${hint}` });
    return error;
  }
  const { error_description: description } = error.oauth;
  const said = description === null ? 'invalid_grant' : `invalid_grant (${description})`;
  return new LoginRequiredError(
    `The server no longer takes the refresh token of ${ownerName(usable.session.owner)}: ${said}. The session was dropped.${why}`,
    { hint, step: 'token', cause: error },
  );
}

/** Tells whether an error says that a refresh token is of no use any more (RFC 6749 §5.2). */
function isRefusedGrant(error: unknown): error is ErrorResponseError {
  return error instanceof ErrorResponseError && error.oauth.error === 'invalid_grant';
}

/** Errors of a connection that never came about: nothing was sent. */
const neverSent = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH)$/;

/** Tells whether the server may have answered although no usable answer came. */
function mayHaveArrived(error: unknown): boolean {
  if (error instanceof InvalidResponseError) return true;
  if (!(error instanceof NetworkError)) return false;
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if ('code' in cause && neverSent.test(String(cause.code))) return false;
  }
  return error.code !== 'tls';
}

/** A signal that aborts a little later than the one it follows. */
function patientSignal(signal: AbortSignal): { readonly signal: AbortSignal; release(): void } {
  const later = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => later.abort(signal.reason), lastWaitMs);
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: later.signal,
    release() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
