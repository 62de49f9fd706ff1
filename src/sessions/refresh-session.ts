import { refreshTokenGrant } from '../client/grants.ts';
import type { Middleware } from '../client/middleware.ts';
import type { Context, PreparedWrite } from '../context.ts';
import { CancelledError, ConfigError, NetworkError } from '../errors.ts';
import { createProver, startConversation } from '../flows/conversation.ts';
import { askForTokens, type GrantedTokens, judgeTokens, withAccessToken } from '../flows/request-tokens.ts';
import type { TokensReading } from '../protocol/token-response.ts';
import { recall, say } from '../say.ts';
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
  heldKey,
  rememberedClient,
  renewSession,
  rotateSession,
} from './renew-session.ts';
import { narrowedRequest, type ObtainedToken, type OpenedSession, tokenOf } from './saved-token.ts';
import type { HeldSession } from './session-lock.ts';
import type { RenewalMode, SessionRun, TokenSettings } from './token-settings.ts';

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
 * Refreshes a session, whose lock is held. The room on the disk is taken first, and the answer is on the disk before
 * anything else is done with it. A refused refresh token takes its session along, which is said.
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
  const emit = await run.begin();
  for (const [kind, value] of Object.entries(session.tokens)) {
    if (typeof value === 'string' && value !== '' && kind !== 'token_type')
      emit({ type: 'secret', kind, value });
  }
  const connection = await renewal.connection();
  const told = { emit, waived: renewal.waived };
  const known = await renewal.client(session);
  const settings =
    known.assertionService === undefined
      ? known
      : await (await import('../flows/client-assertion.ts')).withAssertion(known, connection, context, told);
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
      decryptionKey: await renewal.decryptionKey?.(),
      dpop: await createProver(heldKey(session), context.now, emit),
      middleware: [remember],
    });
    const settled = {
      settings: await currentSettings(context),
      quick: canRenewItself(renewal.keeping, session.server.auth_method, session.secret_from),
    };
    const sentAt = context.now();
    if (!lock.noteSending(sentAt)) {
      const text = 'Another process took over this session while this one was paused; nothing was sent.';
      throw new NetworkError('timeout', text, { hint: 'Try again.' });
    }
    const issued = await askForTokens(conversation, {
      tokenEndpoint: session.server.token_endpoint,
      grant: refreshTokenGrant(session.tokens.refresh_token ?? '', {
        scope: part?.scope ?? [],
        resource: part?.resource ?? session.requested.resource,
      }),
      client: rememberedClient(settings, session),
      overrides,
      requestedScope,
      now: sentAt,
      afterFailure: 'The session was kept: try again.',
    }).catch(async (error: unknown) => {
      const { meaningOf, refusalOf } = await import('./refused-refresh.ts');
      const meaning = meaningOf(error, answered, context.signal.aborted);
      const at = sentAt.toISOString();
      if (meaning === 'dropped') await drop(refresh);
      if (meaning === 'refused') {
        await keep({ ...session, refreshable: false, refresh_refused_at: at }, refresh);
      }
      if (meaning === 'interrupted') await keep({ ...session, refresh_interrupted_at: at }, refresh);
      if (meaning === undefined || meaning === 'interrupted') throw error;
      const before = held.interrupted?.sentAt.toISOString() ?? session.refresh_interrupted_at;
      throw refusalOf(error, meaning, session, before, wanted.owner, run, mode);
    });
    const renew = (tokens: GrantedTokens) =>
      part === undefined
        ? { session: renewSession(session, tokens, settled), narrowed: undefined }
        : addNarrowedToken(session, tokens, part);
    const idToken = presentIdToken(issued.reading);
    // Tokens that have to be judged first are kept once they were.
    const isJudged =
      idToken !== null || conversation.dpop !== undefined || conversation.certificate !== undefined;
    const sound = isJudged ? undefined : withAccessToken(issued);
    const early = sound === undefined ? undefined : renew(sound);
    // The refresh token that was sent is spent, whatever becomes of the other tokens.
    const safe = early?.session ?? rotateSession(session, issued);
    let kept = await keep(safe, refresh).catch((error: unknown) => {
      throw error instanceof ConfigError ? notKept(error) : error;
    });
    const before = session.tokens.token_response.authorization_details;
    const isToldAgain =
      before !== undefined && issued.reading.tokenMembers.authorization_details !== undefined;
    const granted = await judgeTokens(conversation, issued, requestedScope, {
      authorizationDetails: isToldAgain ? JSON.stringify(before) : undefined,
    });
    const renewed = early ?? renew(granted);
    if (isJudged) {
      const isVerified =
        idToken !== null &&
        (await (
          await import('./validate-refreshed.ts')
        ).validateRefreshedIdToken(conversation, session, {
          idToken: presentIdToken(granted.reading) ?? '',
          accessToken: granted.reading.accessToken,
          renewal,
          clientSecret: settings.credentials.clientSecret,
          now: context.now(),
          clockSkewSeconds: renewed.session.clock_skew_seconds,
        }));
      const verified = [...(renewed.session.verified ?? []), 'id_token' as const];
      const judged = isVerified && part === undefined ? { ...renewed.session, verified } : renewed.session;
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

/** The ID token of an answer; empty for one that is not text, which is judged as what it is. */
function presentIdToken({ idToken, tokenMembers, emptyParameters }: TokensReading): string | null {
  const value = tokenMembers.id_token ?? null;
  return idToken ?? (value !== null || emptyParameters.includes('id_token') ? '' : null);
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

/** Removes the session whose refresh token was refused, if it is still the one in the file. */
async function drop({ found: { name, session }, run: { context } }: Refresh): Promise<void> {
  const current = await sessionNow(name, context);
  if (current?.tokens.refresh_token !== session.tokens.refresh_token) return;
  await context.files.remove(sessionPath(context, name));
}

/** A signal that aborts a little later than the one it follows. */
function patientSignal(signal: AbortSignal): { readonly signal: AbortSignal; release(): void } {
  const later = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const hold = (isHeld: boolean) => {
    if (signal.reason instanceof CancelledError) signal.reason.isHeld = isHeld;
  };
  const onAbort = () => {
    hold(true);
    timer = setTimeout(() => later.abort(signal.reason), lastWaitMs);
  };
  signal.throwIfAborted();
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: later.signal,
    release() {
      hold(false);
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
