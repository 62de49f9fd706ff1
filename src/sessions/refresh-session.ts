import { refreshTokenGrant } from '../client/grants.ts';
import type { Middleware } from '../client/middleware.ts';
import type { Context, PreparedWrite } from '../context.ts';
import {
  ConfigError,
  ErrorResponseError,
  InvalidResponseError,
  LoginRequiredError,
  NetworkError,
} from '../errors.ts';
import { withAssertion } from '../flows/client-assertion.ts';
import { startConversation } from '../flows/conversation.ts';
import { askForTokens, type GrantedTokens, judgeTokens, withAccessToken } from '../flows/request-tokens.ts';
import { saysRefreshTokenIsDead } from '../protocol/refresh-refusal.ts';
import { own, recall, remember, say } from '../say.ts';
import type { SessionOwner } from '../storage/session-file.ts';
import {
  currentSettings,
  openSession,
  prepareSession,
  readSession,
  type Session,
  sessionPath,
  sessionText,
} from '../storage/session-store.ts';
import {
  addNarrowedToken,
  canRenewItself,
  provingKey,
  rememberedClient,
  renewSession,
  rotateSession,
} from './build-session.ts';
import { narrowedRequest, type ObtainedToken, type OpenedSession, tokenOf } from './saved-token.ts';
import type { HeldSession } from './session-lock.ts';
import { ownerName, type RenewalMode, type SessionRun, type TokenSettings } from './token-settings.ts';

/** New tokens may be longer than the old ones. */
const spareOctets = 16 * 1024;
/** Once a refresh is sent only its answer tells the new refresh token: a cancelled run still waits this long for it. */
const lastWaitMs = 3000;

/** A refresh under way: its session is locked, and room for the answer is on the disk. */
interface Refresh extends HeldSession {
  readonly found: OpenedSession;
  readonly prepared: PreparedWrite;
  readonly run: SessionRun;
}

/**
 * Refreshes a session, whose lock is held. The room on the disk is taken first, the answer is on the
 * disk before anything else is done with it, and a refused refresh token takes its session along, which is said.
 * @throws LoginRequiredError or, when the refusal is to be shown, ErrorResponseError when the server refused the token
 */
export async function refreshSession(
  found: OpenedSession,
  { wanted, renewal }: Pick<TokenSettings, 'wanted' | 'renewal'>,
  run: SessionRun,
  held: HeldSession,
  mode: RenewalMode = {},
): Promise<ObtainedToken> {
  const { context } = run;
  const { session } = found;
  const { lock } = held;
  const emit = await run.begin('refresh');
  for (const [kind, value] of Object.entries(session.tokens)) {
    if (typeof value === 'string' && value !== '' && kind !== 'token_type')
      emit({ type: 'secret', kind, value });
  }
  const connection = await renewal.connection();
  const told = { emit, waived: renewal.waived };
  const settings = await withAssertion(await renewal.client(session), connection, context, told);
  const overrides = renewal.tokenOverrides();
  const part = found.fit === 'part' ? narrowedRequest(wanted, session) : undefined;
  const requestedScope = part?.scope ?? session.requested.scope;
  const prepared = await prepareSession(context, found.name, found.octets + spareOctets);
  const refresh: Refresh = { ...held, found, prepared, run };
  const patient = patientSignal(context.signal);
  const http = await context.connect({ ...connection, frugal: renewal.frugal });
  let answered = '';
  const remember: Middleware = (next) => async (outgoing) => {
    const exchange = await next(outgoing);
    answered = exchange.response.body;
    return exchange;
  };
  try {
    const { signal } = patient;
    const conversation = startConversation({
      http,
      signal,
      ...told,
      middleware: [...(await provingKey(session.tokens.dpop_key, context.now, emit)), remember],
    });
    const settled = {
      settings: await currentSettings(context),
      quick: canRenewItself(renewal.keeping, session.server.auth_method, session.secret_from),
    };
    const sentAt = context.now();
    if (!lock.noteSending(sentAt)) {
      const text = 'Another process took this session over while this one stood still; nothing was sent.';
      throw new NetworkError('timeout', text, { hint: 'Try again.' });
    }
    const issued = await askForTokens(conversation, {
      tokenEndpoint: session.server.token_endpoint,
      grant: refreshTokenGrant(session.tokens.refresh_token ?? '', {
        scope: part?.scope ?? [],
        resource: part?.resource ?? session.requested.resource,
      }),
      client: rememberedClient(settings, session),
      advertised: session.server.auth_methods_supported,
      overrides,
      requestedScope,
      now: sentAt,
      afterFailure: 'The session was kept: try again.',
    }).catch(async (error: unknown) => {
      const isDropped = error instanceof ErrorResponseError && error.oauth.error === 'invalid_grant';
      if (isDropped || isDead(error, answered))
        throw await refused(error, isDropped, sentAt, refresh, wanted.owner, mode);
      if (mayHaveArrived(error))
        await keep({ ...session, refresh_interrupted_at: sentAt.toISOString() }, refresh);
      throw error;
    });
    const renew = (tokens: GrantedTokens) =>
      part === undefined
        ? { session: renewSession(session, tokens, settled), narrowed: undefined }
        : addNarrowedToken(session, tokens, part);
    const { idToken } = issued.reading;
    const sound = idToken === null ? withAccessToken(issued) : undefined;
    // Whatever becomes of the other tokens, the refresh token that was sent is spent.
    const safe = sound === undefined ? rotateSession(session, issued) : renew(sound).session;
    let kept = await keep(safe, refresh).catch((error: unknown) => {
      throw error instanceof ConfigError ? notKept(error) : error;
    });
    const granted = judgeTokens(conversation, issued, requestedScope);
    const renewed = renew(granted);
    if (idToken !== null) {
      const { validateRefreshedIdToken } = await import('./validate-refreshed.ts');
      const isVerified = await validateRefreshedIdToken(conversation, session, {
        idToken,
        accessToken: granted.reading.accessToken,
        rules: renewal.idToken,
        clientSecret: settings.credentials.clientSecret,
        now: context.now(),
        clockToleranceSeconds: renewal.clockToleranceSeconds,
        clockSkewSeconds: renewed.session.clock_skew_seconds,
      });
      const judged = isVerified && part === undefined ? markVerified(renewed.session) : renewed.session;
      const write = await prepareSession(context, found.name, 0);
      kept = await keep(judged, { ...refresh, found: { ...found, session: safe }, prepared: write });
    }
    lock.release();
    context.signal.throwIfAborted();
    return tokenOf(kept, renewed.narrowed, conversation.checks);
  } finally {
    patient.release();
    await prepared.discard();
    await http.close();
  }
}

function markVerified(session: Session): Session {
  return { ...session, verified: [...(session.verified ?? []), 'id_token'] };
}

/**
 * Writes the session, unless the lock was lost meanwhile and another process has renewed it: then that one counts.
 * @throws ConfigError
 */
async function keep(session: Session, { lock, found, prepared, run }: Refresh): Promise<Session> {
  const { context } = run;
  if (!lock.isMine()) {
    const current = await sessionNow(found.name, context);
    if (current?.tokens.refresh_token !== found.session.tokens.refresh_token) return current ?? session;
  }
  await prepared.commit(await sessionText(context, session, found.keeping));
  return session;
}

async function sessionNow(name: string, context: Context): Promise<Session | undefined> {
  const stored = await readSession(context, name);
  return stored.type === 'session' ? openSession(context, stored.saved) : undefined;
}

function notKept({ message, cause }: ConfigError): ConfigError {
  return new ConfigError(
    say`The server has issued new tokens, but they could not be kept. ${recall(message)}`,
    {
      step: 'token',
      hint: 'The refresh token that is still in the file may have been replaced by them: when it is refused next time, log in again.',
      cause,
    },
  );
}

/**
 * The error for a refresh token that was refused. With `invalid_grant` its session is dropped, if it is still the one in
 * the file (RFC 6749 §5.2). Words alone may be read wrongly: the session is kept then, and the token not sent again.
 */
async function refused(
  error: Error,
  isDropped: boolean,
  sentAt: Date,
  refresh: Refresh,
  owner: SessionOwner,
  { showsRefusal = false }: RenewalMode,
): Promise<Error> {
  const { found, interrupted, run } = refresh;
  const { name, session } = found;
  const { context, loginCommand } = run;
  if (!isDropped) {
    await keep({ ...session, refreshable: false, refresh_refused_at: sentAt.toISOString() }, refresh);
  } else if ((await sessionNow(name, context))?.tokens.refresh_token === session.tokens.refresh_token) {
    await context.files.remove(sessionPath(context, name));
  }
  const at = interrupted?.sentAt.toISOString() ?? session.refresh_interrupted_at;
  const became = own(
    isDropped ? 'The session was dropped.' : 'The session was kept, but its refresh token is not sent again.',
  );
  const why =
    at === undefined
      ? became
      : say`${became} A refresh at ${at} was interrupted: most likely the server replaced the token then, and its answer was lost.`;
  const hint = say`Log in again: ${loginCommand(owner)}`;
  if (showsRefusal) return Object.assign(error, { hint: remember(say`${why} ${hint}`) });
  return new LoginRequiredError(
    say`The server no longer takes the refresh token of ${ownerName(session.owner)}${said(error)}. ${why}`,
    { hint, step: 'token', cause: error },
  );
}

function said(error: Error): string {
  if (!(error instanceof ErrorResponseError)) return '';
  const { error: code, error_description: description } = error.oauth;
  return description === null ? `: ${code}` : `: ${code} (${description})`;
}

/** Tells whether an answer with another code, or with none, says in words that the refresh token is dead. */
function isDead(error: unknown, body: string): error is Error {
  if (error instanceof InvalidResponseError) {
    return saysRefreshTokenIsDead({ error: null, errorDescription: null, errorUri: null }, body);
  }
  if (!(error instanceof ErrorResponseError)) return false;
  const { error_description, error_uri, ...rest } = error.oauth;
  return saysRefreshTokenIsDead({ ...rest, errorDescription: error_description, errorUri: error_uri }, body);
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
