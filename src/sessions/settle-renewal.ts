import type { Invocation } from '../commands/command.ts';
import { UsageError } from '../errors.ts';
import type { TokenRequestClient } from '../protocol/token-request.ts';
import { clientSecretSetting } from '../settings/client-secret.ts';
import type { OptionReader } from '../settings/option-reader.ts';
import { settleClient } from '../settings/settle-client.ts';
import type { Session } from '../storage/session-store.ts';

/** What a session remembers of its client. */
export type RememberedClient = Pick<Session, 'client_id' | 'server' | 'secret_from'>;

/**
 * Settles how the client of a session proves itself: with the method of the session, and the secret that is given
 * now, else the one from where it came when the session was made.
 * @throws UsageError when the method needs something that nobody gives
 */
export async function settleRenewalClient(
  options: OptionReader,
  session: RememberedClient,
  invocation: Invocation,
): Promise<TokenRequestClient> {
  const { auth_method: method, assertion_audience: audience } = session.server;
  const own = withSession(options, session);
  if (method.startsWith('client_secret')) requireSecret(own, session, invocation.context.env);
  const client = await settleClient(own, invocation);
  return { method: client.method ?? 'none', credentials: client.credentials, audience };
}

/** The options with what the session says of its client. */
function withSession(
  options: OptionReader,
  { client_id, server, secret_from }: RememberedClient,
): OptionReader {
  const [kind = '', value = ''] = Object.entries(secret_from ?? {})[0] ?? [];
  const source = 'place of the client secret at login';
  return options.with({
    above: [
      { name: 'client-id', values: [client_id], source },
      { name: 'auth-method', values: [server.auth_method], source },
    ],
    below: kind === '' ? [] : [{ name: `client-secret-${kind}`, values: [value], source }],
  });
}

function requireSecret(
  options: OptionReader,
  { client_id }: RememberedClient,
  env: Readonly<Record<string, string | undefined>>,
): void {
  const setting = clientSecretSetting(options);
  const hint =
    'Give it with --client-secret-file FILE, --client-secret-env NAME or OAUTH_CODE_CLIENT_SECRET.';
  if (setting === undefined) {
    throw new UsageError(`To get a new token the client ${client_id} needs its client secret.`, { hint });
  }
  const [variable = ''] = setting.values;
  if (/^(profile|default)$/.test(setting.place) && setting.name === 'client-secret-env' && !env[variable]) {
    throw new UsageError(
      `To get a new token the client ${client_id} needs its client secret, which ${variable} does not hold.`,
      { hint },
    );
  }
}
