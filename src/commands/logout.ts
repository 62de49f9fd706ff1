import type { CheckResult } from '../checks/check-result.ts';
import type { Context, MessageServer } from '../context.ts';
import { ErrorResponseError, InvalidResponseError, LoginRequiredError, UsageError } from '../errors.ts';
import { revokeToken } from '../flows/manage-token.ts';
import { withoutQuery } from '../http-message.ts';
import { renderJson } from '../output/render-json.ts';
import { createUnguessableValue, endpointProblem } from '../protocol/authorization-request.ts';
import { buildEndSessionUrl } from '../protocol/end-session.ts';
import { portOf, readRedirectUri } from '../protocol/redirect-uri.ts';
import { own, say } from '../say.ts';
import { accessTokensOf, forgetSession, type StrikeTokens } from '../sessions/forget-session.ts';
import { findOpenSession } from '../sessions/saved-token.ts';
import { ownerName } from '../sessions/token-settings.ts';
import { type OptionTable, usual } from '../settings/option-reader.ts';
import { outputOptions } from '../settings/options.ts';
import { hasConsent } from '../settings/output-settings.ts';
import { sessionOptionGroups } from '../settings/session-options.ts';
import { type LogoutSettings, settleLogout } from '../settings/settle-session.ts';
import type { WantedSession } from '../storage/find-session.ts';
import { isSameOwner } from '../storage/session-file.ts';
import { openSession, type Session, savedSessions } from '../storage/session-store.ts';
import { defineCommand, type Invocation } from './command.ts';
import { clientOfSession, withConversation } from './conversation.ts';
import { sessionRun } from './session/session-run.ts';
import { tellStep } from './tell.ts';
import { recordEvenNothing } from './trace/record-trace.ts';

const logoutOptions: OptionTable = {
  '--revoke': usual('have the server revoke the tokens first (RFC 7009)'),
  '--end-session': usual('end the person’s session at the server too, in the browser'),
  '--all': usual('all sessions of this profile or client, those of other accounts too'),
  '-y, --yes': 'with --all: do it without asking',
  '--end-session-endpoint <url>': 'use it instead of the discovered one',
  '--post-logout-redirect-uri <uri>':
    'where the server sends the browser afterwards; on loopback that is awaited; port 0 = any',
};

const browserOptions: OptionTable = {
  '--browser <command>': 'open the URL with this command (%s = URL); default: BROWSER',
  '--no-browser': 'open nothing; print the URL on stdout',
  '--browser-timeout <seconds>': 'how long the browser is awaited; default 300',
};

const examples = `
Examples:
  Forget a session on this machine; the tokens stay valid at the server:
  $ oauth-code logout -p work

  Have them revoked, and end the session in the browser too:
  $ oauth-code logout -p work --revoke --end-session

  And wait until the browser comes back from there:
  $ oauth-code logout -p work --end-session --post-logout-redirect-uri http://127.0.0.1:8378/callback

A session that could not be revoked is kept, so that it can be tried again.`;

/** Gives `logout` its options and action. */
export const define = defineCommand({
  description: 'Forget a saved session; revoke its tokens and end the session at the server when asked to.',
  usage: '[-p NAME | --issuer URL --client-id ID] [options]',
  groups: [
    ['Logout:', logoutOptions],
    ['Browser:', browserOptions],
    ...sessionOptionGroups,
    ['Output:', outputOptions],
  ],
  notes: examples,
  async action({ settle }) {
    await runLogout(...(await settle(settleLogout)));
  },
});

/** A session that is about to be forgotten. */
interface OpenedSession {
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
  /** Where the browser came back to; only where that was waited for. */
  readonly post_logout_redirect_uri?: string;
  /** Of the browser's return. */
  readonly checks?: readonly CheckResult[];
}

/**
 * Forgets sessions, after the server has revoked their tokens when that is wanted; a session whose tokens could not be
 * revoked is kept. That there is none is not a failure.
 * @throws UsageError when the server offers no such endpoint; what revoking throws
 */
async function runLogout(settings: LogoutSettings, invocation: Invocation): Promise<void> {
  const { all } = settings;
  const { context, output } = invocation;
  await recordEvenNothing(invocation);
  const wanted = await settings.wanted();
  const leaving = all ? await allOf(wanted, context) : await oneOf(wanted, invocation);
  if (all && leaving.length > 1) {
    const about = say`${leaving.length} sessions of ${ownerName(wanted.owner)}`;
    const loss = { question: `Forget ${about}?`, loss: say`This forgets ${about}.` };
    if (!(await hasConsent(settings.yes, invocation, loss))) return;
  }
  const endpoint = settings.endSessionEndpoint ?? leaving[0]?.session.server.end_session_endpoint;
  if (settings.endSession && leaving.length > 0 && endpoint !== undefined) {
    requireOpenable(endpoint, settings);
    // The ID token goes there in the URL: judged before anything is forgotten.
    const { connection, waived } = settings.access();
    await withConversation({ connection, waived }, invocation, async (conversation) =>
      conversation.requireEncryption('end_session', [endpoint]),
    );
  }
  // Bound first: a port that is taken ends the run before anything is forgotten.
  const listener =
    settings.endSession && leaving.length > 0 ? await bindReturn(settings, context) : undefined;
  let ended: Ended = { url: null };
  try {
    for (const { name } of leaving) await leave(name, settings, invocation);
    const { dropUnusedClients } = await import('./register/withdraw.ts');
    await dropUnusedClients(
      leaving.map(({ session }) => session),
      settings.access(),
      invocation,
    );
    if (settings.endSession) ended = await endSession(leaving[0], endpoint, listener, settings, invocation);
  } finally {
    await listener?.close();
  }

  const document: LogoutDocument = {
    version: 1,
    removed: leaving.map(({ session: { issuer, client_id, account } }) => ({
      issuer,
      client_id,
      account: account?.name ?? account?.sub ?? null,
    })),
    revoked: settings.revoke && leaving.length > 0,
    end_session_url: ended.url,
    ...ended.returned,
  };
  const { stdout } = context.terminal;
  if (output.json) {
    stdout.write(renderJson(document, { pretty: stdout.isTTY, color: stdout.color }));
  } else if (leaving.length === 0) {
    tell(invocation, 'skipped', `There is no session of ${ownerName(wanted.owner)}.`);
  }
}

/** @throws UsageError, InvalidResponseError for an address that no browser is given */
function requireOpenable(endpoint: string, { endSessionEndpoint }: LogoutSettings): void {
  const problem = endpointProblem(endpoint);
  if (problem === undefined) return;
  const hint = own('Give the address with --end-session-endpoint URL, or leave out --end-session.');
  if (endSessionEndpoint !== undefined)
    throw new UsageError(say`The end_session_endpoint that was given ${own(problem)}.`, { hint });
  throw new InvalidResponseError(say`The end_session_endpoint of the server ${own(problem)}.`, {
    step: 'end_session',
    hint,
  });
}

async function oneOf(wanted: WantedSession, invocation: Invocation): Promise<readonly OpenedSession[]> {
  const found = await findOpenSession(wanted, sessionRun(invocation));
  return found === undefined ? [] : [found];
}

async function allOf({ owner }: WantedSession, context: Context): Promise<readonly OpenedSession[]> {
  const leaving: OpenedSession[] = [];
  for (const { name, saved } of await savedSessions(context)) {
    if (isSameOwner(saved.owner, owner)) leaving.push({ name, session: await openSession(context, saved) });
  }
  return leaving;
}

async function leave(name: string, settings: LogoutSettings, invocation: Invocation): Promise<void> {
  // A refresh may have replaced the tokens while the lock was waited for.
  const session = await forgetSession(name, invocation.context, async (now, strike) => {
    if (settings.revoke) await revoke(now, strike, settings, invocation);
  });
  if (session === undefined) return;
  const who = session.account === null ? '' : ` of ${session.account.name ?? session.account.sub}`;
  tell(invocation, 'pass', `forgot the session${who} (${ownerName(session.owner)})`);
}

/** Revokes access tokens first: once the refresh token is revoked, none of them may be handed out again. */
async function revoke(
  session: Session,
  strike: StrikeTokens,
  settings: LogoutSettings,
  invocation: Invocation,
): Promise<void> {
  const endpoint = settings.revocationEndpoint ?? session.server.revocation_endpoint;
  if (endpoint === undefined) {
    throw new UsageError(
      'The server does not advertise a revocation endpoint, so the tokens cannot be revoked.',
      {
        hint: 'Leave out --revoke to forget the session on this machine only, or give the endpoint: --revocation-endpoint URL.',
      },
    );
  }
  const { refresh_token } = session.tokens;
  const access = settings.access();
  const { connection, waived } = access;
  const client = await clientOfSession(access, session, invocation);
  await withConversation({ connection, waived }, invocation, async (conversation) => {
    const send = (token: string, tokenTypeHint: string) =>
      revokeToken(conversation, {
        endpoint,
        token: { token, tokenTypeHint },
        client,
        now: invocation.context.now(),
      });
    for (const token of accessTokensOf(session.tokens)) {
      await send(token, 'access_token').catch((error: unknown) => {
        if (refresh_token === undefined || !isUnsupported(error)) throw error;
        tell(invocation, 'skipped', 'this server revokes no access tokens (RFC 7009 §2.2.1)');
      });
      await strike([token]);
    }
    if (refresh_token !== undefined) await send(refresh_token, 'refresh_token');
  });
}

function isUnsupported(error: unknown): boolean {
  return error instanceof ErrorResponseError && error.oauth.error === 'unsupported_token_type';
}

/** The URL where the session at the server ends, and the check of the browser's return where that was awaited. */
interface Ended {
  readonly url: string | null;
  readonly returned?: Pick<LogoutDocument, 'post_logout_redirect_uri' | 'checks'>;
}

/** Listens where the server is to send the browser afterwards, where that is on this machine. */
async function bindReturn(
  { postLogoutRedirectUri: uri }: LogoutSettings,
  context: Context,
): Promise<MessageServer | undefined> {
  if (uri === undefined || readRedirectUri(uri)?.loopback !== true) return undefined;
  return context.receive({ uri, ports: [portOf(new URL(uri))], option: '--post-logout-redirect-uri URI' });
}

/**
 * Opens the page where the session at the server ends, or prints its URL, which is then the result; waits for the
 * browser to come back where it can.
 * @throws as `awaitReturn`
 */
async function endSession(
  leaving: OpenedSession | undefined,
  endpoint: string | undefined,
  listener: MessageServer | undefined,
  settings: LogoutSettings,
  invocation: Invocation,
): Promise<Ended> {
  const { context, output } = invocation;
  const { browser } = settings;
  const { stdout } = context.terminal;
  if (leaving === undefined) return { url: null };
  if (endpoint === undefined) {
    throw new UsageError(
      'The server does not advertise an end_session_endpoint, so its session was not ended.',
      {
        hint: 'The session was forgotten on this machine. If you know the endpoint: --end-session-endpoint URL.',
      },
    );
  }
  const { client_id, tokens } = leaving.session;
  const state = listener === undefined ? undefined : createUnguessableValue();
  const url = buildEndSessionUrl(endpoint, {
    clientId: client_id,
    idTokenHint: tokens.id_token,
    postLogoutRedirectUri: listener?.uri ?? settings.postLogoutRedirectUri,
    state,
  });
  if (output.json && listener === undefined) return { url };
  const launch = browser === 'off' ? undefined : await context.openBrowser(url, browser);
  const page = withoutQuery(endpoint);
  if (launch?.type === 'opened') {
    tell(invocation, 'pass', `opened ${page} with ${launch.command}: the session at the server ends there`);
  } else if (output.json) {
    stdout.write(renderJson({ version: 1, event: 'end_session_url', url }, { pretty: false }));
  } else {
    const text = `open this address of ${page} to end the session at the server; it is a secret:`;
    tell(invocation, 'waiting', text);
    stdout.write(`${url}\n`);
  }
  if (listener === undefined || state === undefined) return { url };
  if (settings.isUnattended && browser !== 'off' && launch?.type !== 'opened')
    throw new LoginRequiredError('No browser was opened to end the session at the server.', {
      step: 'end_session',
      hint: 'The session was forgotten on this machine. Open the printed address; --no-browser waits until it is opened.',
    });
  const { awaitReturn } = await import('../flows/end-session.ts');
  const { renderIgnoredPage, renderOutcomePage } = await import('../output/callback-page.ts');
  tell(invocation, 'waiting', `waits for the browser to come back to ${listener.uri}`);
  const check = await awaitReturn(context, listener, {
    state,
    timeoutSeconds: settings.browserTimeoutSeconds,
    waived: settings.access().waived,
    ignored: ({ detail }) => tell(invocation, 'warn', `ignored a request. ${detail}`),
    page: ({ outcome, detail }) =>
      outcome === 'fail'
        ? renderIgnoredPage(detail)
        : renderOutcomePage({
            outcome: 'success',
            title: 'Signed out',
            lines: ['You can close this window.'],
          }),
  });
  tell(invocation, check.outcome === 'pass' ? 'pass' : 'warn', `the browser came back. ${check.detail}`);
  return { url, returned: { post_logout_redirect_uri: listener.uri, checks: [check] } };
}

function tell(
  { context: { terminal }, journal, output }: Invocation,
  mark: 'pass' | 'skipped' | 'waiting' | 'warn',
  text: string,
): void {
  if (output.quiet) return;
  journal.told = true;
  tellStep(terminal.stderr, { mark, name: 'Logout', text });
}
