import { UsageError } from '../errors.ts';
import type { LogoutChannel } from '../flows/receive-logout.ts';
import { say } from '../say.ts';
import type { OptionReader, Settled } from './option-reader.ts';
import { settleOutput } from './output-settings.ts';
import { readClientSecret, requireClientId, type Settling } from './settle-client.ts';
import { settleClockTolerance } from './settle-server.ts';
import { settleAccess } from './settle-token.ts';

/** Beside those that logins use. */
const defaultPort = 8390;

const kinds: Readonly<Record<string, LogoutChannel | undefined>> = {
  'backchannel-logout': 'backchannel',
  'frontchannel-logout': 'frontchannel',
};

/** Settles `listen`. @throws UsageError, ConfigError */
export async function settleListen(kind: string, options: OptionReader, run: Settling) {
  const channel = kinds[kind];
  if (channel === undefined) {
    throw new UsageError(say`"${kind}" is not a kind of message.`, {
      hint: 'Write: oauth-code listen backchannel-logout, or oauth-code listen frontchannel-logout',
    });
  }
  const { portList, settleBind } = await import('./settle-login.ts');
  const access = settleAccess(options, run);
  const { issuer, metadataUrl } = access.server;
  if (issuer === undefined && metadataUrl === undefined) {
    throw new UsageError('No issuer was given.', {
      hint: 'Name the server and the client: -p NAME, or --issuer URL and --client-id ID.',
    });
  }
  const clientId = requireClientId(options);
  run.journal.open.push(clientId);
  const clientSecret = await readClientSecret(options, run.context);
  if (clientSecret !== undefined) run.journal.secrets.push({ kind: 'client_secret', value: clientSecret });
  const path = options.text('path') ?? `/${channel}-logout`;
  if (!/^\/[\w./~%-]*$/.test(path)) {
    throw new UsageError(say`${options.source('path')} is "${path}".`, {
      hint: 'Write a path without a query, such as /backchannel-logout.',
    });
  }
  const ports = options.text('port');
  const tried = ports === undefined ? [defaultPort] : portList(ports, options.source('port'));
  const bind = settleBind(options);
  return {
    output: settleOutput(options),
    access,
    expected: {
      channel,
      server: access.server,
      clientId,
      clientSecret,
      idToken: access.idToken,
      clockToleranceSeconds: settleClockTolerance(options),
      /** undefined: until the run is ended. */
      count: options.isOn('once') ? 1 : options.number('count', { min: 1 }),
    },
    place: {
      uri: `http://127.0.0.1:${bind?.port ?? tried[0]}${path}`,
      ports: tried,
      bind,
      option: '--port PORT',
    },
  };
}

/** What `listen` waits for, and where. */
export type ListenSettings = Settled<typeof settleListen>;
