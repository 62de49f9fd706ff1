import { applyWaivers, type CheckResult, checkResult } from '../checks/check-result.ts';
import { judgeToken } from '../checks/judge-token.ts';
import {
  checkFrontchannelLogout,
  checkLoggedOut,
  checkReplay,
  type KnownSession,
} from '../checks/logout-request.ts';
import { needsFreshKeys } from '../checks/signed-jwt/judge-signature.ts';
import type { Context, MessageServer, ReceivedMessage } from '../context.ts';
import { type JsonObject, textListMember, textMember } from '../json/json.ts';
import { parseForm } from '../protocol/parameters.ts';
import { readToken } from '../recording/opaque-token.ts';
import { own, say } from '../say.ts';
import { type Conversation, tellRemark } from './conversation.ts';
import { type DiscoveredServer, discoverServer } from './discover-metadata.ts';
import { fetchKeys, keysEvidence } from './fetch-keys.ts';
import type { LoginSettings } from './login-settings.ts';
import { openEncrypted } from './open-encrypted.ts';

/** How an authorization server says that a session has ended: by itself, or through the browser. */
export type LogoutChannel = 'backchannel' | 'frontchannel';

/** What the messages are judged by. */
export interface LogoutExpectations
  extends Pick<LoginSettings, 'server' | 'idToken' | 'clockToleranceSeconds'> {
  readonly channel: LogoutChannel;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** The sessions of the client that are saved now. */
  sessions(): Promise<readonly KnownSession[]>;
}

/** A logout message and its judgement. */
export interface ReceivedLogout {
  readonly receivedAt: Date;
  readonly issuer: string | null;
  /** The header of a logout token; null for another message. */
  readonly header: JsonObject | null;
  /** The claims of a logout token, or the parameters of a front-channel request; null where neither can be read. */
  readonly claims: JsonObject | null;
  readonly checks: readonly CheckResult[];
  readonly isValid: boolean;
}

/** A judged message and what it says. */
type Judged = Pick<ReceivedLogout, 'header' | 'claims' | 'checks'>;

/**
 * Receives logout messages until enough have come, each judged, shown and then answered (OIDC Back-Channel Logout §2.6,
 * §2.8; OIDC Front-Channel Logout §3).
 * @param show is told of each message before its answer goes out
 * @throws what discovery throws; the reason of the signal
 */
export async function receiveLogouts(
  { signal, now }: Pick<Context, 'signal' | 'now'>,
  conversation: Conversation,
  listener: MessageServer,
  expected: LogoutExpectations & { readonly count: number | undefined },
  show: (logout: ReceivedLogout) => void,
): Promise<void> {
  const { channel } = expected;
  const server = await discoverServer(conversation, expected.server, 'first');
  conversation.requireChecks('discovery', server.checks);
  const member = `${channel}_logout_supported`;
  if (server.metadata[member] !== true) {
    const text = say`The metadata does not say ${own(member)}: true. The server may never send a message.`;
    tellRemark(conversation, 'discovery', text);
  }
  const judge =
    channel === 'backchannel'
      ? createTokenJudge(conversation, server, expected, now)
      : async ({ query }: ReceivedMessage): Promise<Judged> => {
          const parameters = parseForm(query.slice(1));
          const checks = checkFrontchannelLogout(parameters, server.issuer, await expected.sessions());
          return { header: null, claims: Object.fromEntries(parameters), checks };
        };
  const method = channel === 'backchannel' ? 'POST' : 'GET';
  for (let received = 0; received !== expected.count; ) {
    const message = await listener.next(signal);
    if (message.method !== method) {
      await message.respond(405, '', { Allow: method });
      continue;
    }
    const judged = await judge(message);
    const checks = applyWaivers(judged.checks, conversation.waived);
    const isValid = checks.every((check) => check.outcome !== 'fail');
    show({ ...judged, receivedAt: now(), issuer: server.issuer, checks, isValid });
    received += 1;
    await answer(message, channel, isValid);
  }
}

/** The reason is not part of the answer: it would tell a forger what to mend. */
function answer(message: ReceivedMessage, channel: LogoutChannel, isValid: boolean): Promise<void> {
  const status = isValid ? 200 : 400;
  if (channel === 'frontchannel') {
    const text = isValid ? 'Logged out.' : 'This logout request was refused.';
    return message.respond(status, `<!doctype html><title>${text}</title><p>${text}</p>\n`, {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Security-Policy': "default-src 'none'",
    });
  }
  const body = JSON.stringify({
    error: 'invalid_request',
    error_description: 'The logout token is not valid.',
  });
  return isValid
    ? message.respond(status, '', {})
    : message.respond(status, `${body}\n`, { 'Content-Type': 'application/json' });
}

/** Keys are fetched anew at most so often. */
const pauseMs = 30_000;

function createTokenJudge(
  conversation: Conversation,
  server: DiscoveredServer,
  expected: LogoutExpectations,
  now: Context['now'],
): (message: ReceivedMessage) => Promise<Judged> {
  const { metadata, issuer } = server;
  const { clientSecret, clientId } = expected;
  const seen = new Set<unknown>();
  const fetchAgain = async () =>
    keysEvidence(await fetchKeys(conversation, textMember(metadata, 'jwks_uri')));
  let keys: Awaited<ReturnType<typeof fetchAgain>> | undefined;
  let refetchedAtMs = Number.NEGATIVE_INFINITY;
  return async ({ type, body }) => {
    const nothing = { header: null, claims: null };
    const isForm = type === 'application/x-www-form-urlencoded' && body !== undefined;
    const tokens = isForm ? parseForm(body).filter(([name]) => name === 'logout_token') : [];
    const [[, sent] = []] = tokens;
    if (sent === undefined || tokens.length > 1) {
      const detail = 'The request is not a form with one logout_token.';
      return { ...nothing, checks: [checkResult('logout-token-request', 'fail', detail)] };
    }
    const request = checkResult('logout-token-request', 'pass', 'The form has a logout_token.');
    const text = await openEncrypted(conversation, 'end_session', sent, clientSecret).catch(() => undefined);
    const jws = readToken(text ?? sent);
    if (jws.type !== 'jws') {
      const detail = own(jws.type === 'jwe' ? 'It is encrypted, and no key opens it.' : 'It is not a JWT.');
      return { ...nothing, checks: [request, checkResult('jwt', 'fail', detail)] };
    }
    // Servers change their keys while a client listens; a forger must not have them fetched all the time.
    const at = now().getTime();
    if (keys === undefined) keys = await fetchAgain();
    else if (
      at - refetchedAtMs >= pauseMs &&
      (keys.keys === undefined || needsFreshKeys(jws.compact, { keys: keys.keys }))
    ) {
      refetchedAtMs = at;
      keys = await fetchAgain();
    }
    const { checks } = await judgeToken(
      {
        jws,
        verification: {
          ...keys,
          clientSecret,
          allowedAlgorithms: textListMember(metadata, 'id_token_signing_alg_values_supported'),
        },
        ...expected.idToken,
        issuer,
        clientId,
        audience: null,
        now: now(),
        clockToleranceSeconds: expected.clockToleranceSeconds,
      },
      'logout-token',
    );
    const claims = jws.payload?.type === 'claims' ? jws.payload.claims : null;
    const further =
      claims === null ? [] : [checkReplay(claims, seen), checkLoggedOut(claims, await expected.sessions())];
    const all = [request, ...checks, ...further];
    // A forged token must not use up the jti of a true one.
    if (claims?.jti !== undefined && all.every(({ outcome }) => outcome !== 'fail')) seen.add(claims.jti);
    return { header: jws.header, claims, checks: all };
  };
}
