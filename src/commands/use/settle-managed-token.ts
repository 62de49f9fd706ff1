import { UsageError } from '../../errors.ts';
import { textListMember } from '../../json/json.ts';
import { chooseAuthenticationMethod } from '../../protocol/client-authentication.ts';
import type { ManagedToken, TokenRequestClient } from '../../protocol/token-request.ts';
import { findUsable, loginRequired, type UsableSession } from '../../sessions/obtain-token.ts';
import { settleRenewalClient } from '../../sessions/settle-renewal.ts';
import { settleWantedSession } from '../../sessions/settle-session.ts';
import { readGivenToken } from '../../sessions/token-in-hand.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { settleClient } from '../../settings/settle-client.ts';
import type { Session } from '../../storage/session-store.ts';
import type { Invocation } from '../command.ts';
import type { FoundEndpoint } from './find-endpoint.ts';

/** The token that `introspect` or `revoke` is about, and the saved session it is of, if it is of one. */
export interface SettledToken extends ManagedToken {
  readonly usable: UsableSession | undefined;
}

/**
 * Settles which token is meant: the argument, stdin, what an option names, else one of the saved session; it is not
 * refreshed, since it is this very token that is meant.
 * @throws UsageError, ConfigError; LoginRequiredError when there is no session
 */
export async function settleManagedToken(
  argument: string | undefined,
  options: OptionReader,
  invocation: Invocation,
  preferred: 'access_token' | 'refresh_token',
): Promise<SettledToken> {
  const { context, journal } = invocation;
  const hint = options.text('token-type-hint');
  const given =
    argument === undefined
      ? await readGivenToken(options, invocation)
      : await readArgument(argument, invocation);
  if (given !== undefined) {
    journal.secrets.push({ kind: 'token', value: given });
    return { token: given, tokenTypeHint: hint, usable: undefined };
  }
  const wanted = await settleWantedSession(options, context);
  const usable = await findUsable(wanted, invocation);
  if (usable === undefined) throw await loginRequired(wanted, invocation);
  const { tokens } = usable.session;
  const kind = hint ?? (tokens.refresh_token === undefined ? 'access_token' : preferred);
  const token =
    kind === 'refresh_token'
      ? tokens.refresh_token
      : kind === 'access_token'
        ? tokens.access_token
        : undefined;
  if (token === undefined) {
    throw new UsageError(`The saved session has no ${kind.replaceAll('_', ' ')}.`, {
      hint: 'Leave out --token-type-hint, or give the token itself on stdin with "-".',
    });
  }
  journal.secrets.push({ kind, value: token });
  return { token, tokenTypeHint: kind, usable };
}

async function readArgument(argument: string, { context: { terminal } }: Invocation): Promise<string> {
  if (argument !== '-') return argument;
  if (terminal.stdinIsTTY) {
    throw new UsageError('"-" reads the token from stdin, which is the terminal.', { hint: 'Pipe it in.' });
  }
  const token = (await terminal.readStdin()).replace(/^\uFEFF/, '').trim();
  if (token !== '') return token;
  throw new UsageError('"-" reads the token from stdin, which is empty.');
}

/** How the client proves itself at an endpoint: as the session remembers it, else as the options say. */
export async function settleEndpointClient(
  member: 'introspection' | 'revocation',
  { metadata, issuer, url }: FoundEndpoint,
  session: Session | undefined,
  options: OptionReader,
  invocation: Invocation,
): Promise<TokenRequestClient> {
  if (session !== undefined) return settleRenewalClient(options, session, invocation);
  const { credentials, method } = await settleClient(options, invocation);
  const advertised =
    textListMember(metadata, `${member}_endpoint_auth_methods_supported`) ??
    textListMember(metadata, 'token_endpoint_auth_methods_supported');
  return {
    credentials,
    method: method ?? chooseAuthenticationMethod(credentials, advertised),
    audience: issuer ?? url,
  };
}
