import type { Invocation } from '../commands/command.ts';
import { tellStep } from '../commands/tell-step.ts';
import { recordEvenNothing, recordTrace } from '../commands/trace/record-trace.ts';
import { UsageError } from '../errors.ts';
import { startConversation } from '../flows/conversation.ts';
import { revokeToken } from '../flows/manage-token.ts';
import { renderJson } from '../output/render-json.ts';
import { buildEndSessionUrl } from '../protocol/authorization-request.ts';
import type { ManagedToken } from '../protocol/token-request.ts';
import { hasConsent, settleConsent } from '../settings/consent.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { settleOutput } from '../settings/output-settings.ts';
import { settleConnection } from '../settings/settle-connection.ts';
import type { WantedSession } from '../storage/find-session.ts';
import { isSameOwner } from '../storage/session-file.ts';
import {
  listSessions,
  openSession,
  readSession,
  type Session,
  sessionPath,
} from '../storage/session-store.ts';
import { narrateRenewal } from './narrate-renewal.ts';
import { findUsable } from './obtain-token.ts';
import { waivedChecks } from './renewal.ts';
import { lockSession } from './session-lock.ts';
import { settleRenewalClient } from './settle-renewal.ts';
import { ownerName, settleWantedSession } from './settle-session.ts';

/** A session that is about to be forgotten. */
interface Leaving {
  readonly name: string;
  readonly session: Session;
}

/** What `logout` prints as JSON. */
interface LogoutDocument {
  readonly version: 1;
  readonly removed: readonly {
    readonly issuer: string | null;
    readonly client_id: string;
    readonly account: string | null;
  }[];
  readonly revoked: boolean;
  /** Where the session at the server ends; holds the ID token when the session has one. */
  readonly end_session_url: string | null;
}

const lockTimeoutMs = 40_000;

/**
 * Forgets sessions, after the server has revoked their tokens when that is wanted; a session whose tokens could not be
 * revoked is kept. That there is none is no failure.
 * @throws UsageError when the server offers no such endpoint; what revoking throws
 */
export async function runLogout(options: OptionReader, invocation: Invocation): Promise<void> {
  const { context } = invocation;
  await recordEvenNothing(settleOutput(options), invocation, 'logout');
  const wanted = await settleWantedSession(options, context);
  const leaving = options.isOn('all') ? await allOf(wanted, invocation) : await oneOf(wanted, invocation);
  if (options.isOn('all') && leaving.length > 1) {
    const about = `${leaving.length} sessions of ${ownerName(wanted.owner)}`;
    const consent = { question: `Forget ${about}?`, loss: `This forgets ${about}.` };
    if (!(await hasConsent(settleConsent(options), context, consent))) return;
  }
  for (const each of leaving) await leave(each, options, invocation);
  const endSessionUrl = options.isOn('end-session')
    ? await endSession(leaving[0], options, invocation)
    : null;

  const document: LogoutDocument = {
    version: 1,
    removed: leaving.map(({ session: { issuer, client_id, account } }) => ({
      issuer,
      client_id,
      account: account?.name ?? account?.sub ?? null,
    })),
    revoked: options.isOn('revoke') && leaving.length > 0,
    end_session_url: endSessionUrl,
  };
  const { stdout } = context.terminal;
  if (settleOutput(options).json) {
    stdout.write(renderJson(document, { pretty: stdout.isTTY, color: stdout.color }));
  } else if (leaving.length === 0) {
    tell(options, invocation, 'skipped', `There is no session of ${ownerName(wanted.owner)}.`);
  }
}

async function oneOf(wanted: WantedSession, invocation: Invocation): Promise<readonly Leaving[]> {
  const usable = await findUsable(wanted, invocation);
  return usable === undefined ? [] : [usable];
}

async function allOf({ owner }: WantedSession, { context }: Invocation): Promise<readonly Leaving[]> {
  const leaving: Leaving[] = [];
  for (const name of await listSessions(context)) {
    const found = await readSession(context, name);
    if (found.type !== 'session' || !isSameOwner(found.saved.owner, owner)) continue;
    leaving.push({ name, session: await openSession(context, found.saved) });
  }
  return leaving;
}

async function leave({ name }: Leaving, options: OptionReader, invocation: Invocation): Promise<void> {
  const { context } = invocation;
  const path = sessionPath(context, name);
  const outcome = await lockSession(context, path, lockTimeoutMs, async () => undefined);
  if (outcome.type === 'spared') return;
  try {
    // A refresh may have replaced the tokens while the lock was waited for.
    const found = await readSession(context, name);
    if (found.type !== 'session') return;
    const session = await openSession(context, found.saved);
    if (options.isOn('revoke')) await revoke(session, options, invocation);
    await context.files.remove(path);
    const who = session.account === null ? '' : ` of ${session.account.name ?? session.account.sub}`;
    tell(options, invocation, 'pass', `forgot the session${who} (${ownerName(session.owner)})`);
  } finally {
    outcome.lock.release();
  }
}

async function revoke(session: Session, options: OptionReader, invocation: Invocation): Promise<void> {
  const { context } = invocation;
  const endpoint = options.text('revocation-endpoint') ?? session.server.revocation_endpoint;
  if (endpoint === undefined) {
    throw new UsageError(
      'The server has named no revocation endpoint, so its tokens cannot be revoked here.',
      {
        hint: 'Without --revoke the session is forgotten on this machine. Or give the place: --revocation-endpoint URL.',
      },
    );
  }
  const { access_token, refresh_token, narrowed = [] } = session.tokens;
  const accessTokens = [access_token, ...narrowed.map((token) => token.access_token)];
  const tokens: readonly ManagedToken[] = [
    ...(refresh_token === undefined ? [] : [{ token: refresh_token, tokenTypeHint: 'refresh_token' }]),
    ...accessTokens.map((token) => ({ token, tokenTypeHint: 'access_token' })),
  ];
  const narrate = narrateRenewal(settleOutput(options), invocation, { loud: true });
  const emit = await recordTrace(settleOutput(options), invocation, 'logout', narrate);
  const client = await settleRenewalClient(options, session, invocation);
  const http = await context.connect(await settleConnection(options, context));
  try {
    const waived = waivedChecks(options);
    const conversation = startConversation({ http, signal: context.signal, emit, waived });
    for (const token of tokens) {
      await revokeToken(conversation, { endpoint, token, client, now: context.now() });
    }
  } finally {
    await http.close();
  }
}

/** Opens the page where the session at the server ends, or prints its URL, which is then the result. */
async function endSession(
  leaving: Leaving | undefined,
  options: OptionReader,
  invocation: Invocation,
): Promise<string | null> {
  const { context } = invocation;
  const endpoint = options.text('end-session-endpoint') ?? leaving?.session.server.end_session_endpoint;
  if (leaving === undefined) return null;
  if (endpoint === undefined) {
    throw new UsageError('The server has named no place where its session could be ended.', {
      hint: 'The session was forgotten on this machine. If you know the place: --end-session-endpoint URL.',
    });
  }
  const { client_id, tokens } = leaving.session;
  const url = buildEndSessionUrl(endpoint, {
    clientId: client_id,
    idTokenHint: tokens.id_token,
    postLogoutRedirectUri: options.text('post-logout-redirect-uri'),
  });
  if (settleOutput(options).json) return url;
  const launch = options.isOn('no-browser')
    ? undefined
    : await context.openBrowser(url, options.text('browser'));
  if (launch?.type === 'opened') {
    tell(options, invocation, 'pass', `opened ${launch.command}: the session at the server ends there`);
  } else {
    tell(
      options,
      invocation,
      'waiting',
      'open this address to end the session at the server; it is a secret:',
    );
    context.terminal.stdout.write(`${url}\n`);
  }
  return url;
}

function tell(
  options: OptionReader,
  { context: { terminal }, journal }: Invocation,
  mark: 'pass' | 'skipped' | 'waiting',
  text: string,
): void {
  if (options.isOn('quiet')) return;
  journal.told = true;
  tellStep(terminal.stderr, { mark, name: 'Logout', text });
}
