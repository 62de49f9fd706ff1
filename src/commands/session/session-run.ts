import { durationText } from '../../checks/shown-value.ts';
import type { DpopSettings } from '../../flows/conversation.ts';
import { obtainToken } from '../../sessions/obtain-token.ts';
import { heldKey } from '../../sessions/renew-session.ts';
import type { ObtainedToken } from '../../sessions/saved-token.ts';
import type { SessionRun, TokenSettings } from '../../sessions/token-settings.ts';
import type { AccessTokenSettings } from '../../settings/settle-request.ts';
import type { Session } from '../../storage/session-store.ts';
import type { Invocation } from '../command.ts';
import { narrateRequests } from '../narrate.ts';
import { tellLine, tellStep } from '../tell.ts';
import { recordTrace } from '../trace/record-trace.ts';
import { loginCommand } from './owner-commands.ts';

/** The doors of a run for sessions; steps are told on stderr when `loud` or with --verbose. */
export function sessionRun(
  invocation: Invocation,
  { loud = false }: { readonly loud?: boolean } = {},
): SessionRun {
  const { context } = invocation;
  const told = new Set<string>();
  return {
    context,
    loginCommand,
    begin: () => recordTrace(invocation, narrateRequests(invocation, { loud })),
    tell(text) {
      // A renewal looks at its session more than once.
      if (!told.has(text)) tellLine(context.terminal.stderr, text);
      told.add(text);
    },
  };
}

/**
 * Obtains a token and keeps it out of everything that is shown; says so when it is not valid for as long as was
 * asked, because tokens of its session never are.
 * @throws as `obtainToken`
 */
export async function obtainForRun(settings: TokenSettings, invocation: Invocation): Promise<ObtainedToken> {
  const { context, journal, output } = invocation;
  const token = await obtainToken(settings, sessionRun(invocation));
  journal.secrets.push({ kind: 'access_token', value: token.accessToken });
  if (output.quiet) return token;
  const warn = (text: string) => {
    journal.told = true;
    tellStep(context.terminal.stderr, { mark: 'warn', name: 'Token', text });
  };
  // One that was just fetched has checks.
  const differences = token.checks.length > 0 ? [] : settings.differing(token.session);
  if (differences.length > 0) warn(`saved; it was issued ${differences.join(' and ')}`);
  const { minValiditySeconds } = settings.freshness;
  if (token.expiresAt === null || minValiditySeconds === undefined) return token;
  const leftSeconds = (token.expiresAt.getTime() - context.now().getTime()) / 1000;
  if (leftSeconds >= minValiditySeconds) return token;
  const left = durationText(Math.max(0, Math.floor(leftSeconds)));
  warn(
    `--min-validity ${minValiditySeconds} cannot be met: this token is valid for ${left}, and a new one would not live that long either.`,
  );
  return token;
}

/** An access token to be used, and the session it is of, if it is of one. */
export interface AccessToken
  extends Pick<ObtainedToken, 'accessToken' | 'tokenType' | 'expiresAt' | 'checks'> {
  /** As granted; null when nothing says so. */
  readonly scope: readonly string[] | null;
  readonly saved: { readonly session: Session; readonly settings: TokenSettings } | undefined;
  /** The key it is bound to. */
  readonly dpop: DpopSettings | undefined;
}

/** The access token that was given, else a valid one of the saved session. @throws as `obtainToken` */
export async function takeAccessToken(
  token: AccessTokenSettings,
  invocation: Invocation,
): Promise<AccessToken> {
  if (token.type === 'session') {
    return accessTokenOf(await obtainForRun(token.settings, invocation), token.settings);
  }
  const { dpop } = token;
  const tokenType = dpop === undefined ? null : 'DPoP';
  const unknown = { scope: null, expiresAt: null, checks: [] };
  return { accessToken: token.token, tokenType, ...unknown, saved: undefined, dpop };
}

/** A token that was obtained, to be used. */
export function accessTokenOf(
  { session, narrowed: _narrowed, ...token }: ObtainedToken,
  settings: TokenSettings,
): AccessToken {
  return { ...token, saved: { session, settings }, dpop: heldKey(session) };
}
