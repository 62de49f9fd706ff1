import type { ConnectionSettings, Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { RedirectSettings, ServerSettings } from '../flows/login-settings.ts';
import type { OptionReader } from './option-reader.ts';
import { type OutputSettings, settleOutput } from './output-settings.ts';
import { settleConnection, settleServer } from './settle-server.ts';

/** Settings of `discover`. */
export interface DiscoverSettings {
  readonly output: OutputSettings;
  readonly server: ServerSettings;
  readonly failOn: 'violation' | 'note' | 'none';
  /** @throws UsageError, ConfigError */
  readonly connection: () => Promise<ConnectionSettings>;
}

/** Settles `discover`. @throws UsageError, also when no issuer is given */
export function settleDiscover(
  options: OptionReader,
  { context }: { readonly context: Context },
): DiscoverSettings {
  const server = settleServer(options);
  if (server.issuer === undefined && server.metadataUrl === undefined) {
    throw new UsageError('No issuer was given.', {
      hint: 'For example: oauth-code discover https://login.example.com',
    });
  }
  return {
    output: settleOutput(options),
    server,
    failOn: (options.text('fail-on') ?? 'violation') as DiscoverSettings['failOn'],
    connection: () => settleConnection(options, context),
  };
}

/** Settings of `doctor`; a broken one is a result of its checks, and so settled by the check that needs it. */
export interface DoctorSettings {
  readonly output: OutputSettings;
  /** The settings file, when the user names one. */
  readonly config: string | undefined;
  /** Whether the user names a profile. */
  readonly namesProfile: boolean;
  /** The user's profile that counts. */
  readonly profile: string | undefined;
  readonly proxy: string | undefined;
  /** These throw UsageError and ConfigError. */
  readonly server: () => ServerSettings;
  readonly redirect: () => Promise<RedirectSettings>;
  readonly connection: () => Promise<ConnectionSettings>;
  /** Certificates and keys of the connection. */
  readonly connectionFiles: () => readonly string[];
  readonly clockToleranceSeconds: () => number;
}

/** Settles `doctor`. @throws UsageError */
export function settleDoctor(
  options: OptionReader,
  { context }: { readonly context: Context },
): DoctorSettings {
  return {
    output: settleOutput(options),
    config: options.text('config'),
    namesProfile: options.text('profile') !== undefined,
    profile: options.profile,
    proxy: options.text('proxy'),
    server: () => settleServer(options),
    redirect: async () => (await import('./settle-login.ts')).settleRedirect(options, context),
    connection: () => settleConnection(options, context),
    connectionFiles: () => ['ca-file', 'cert', 'key'].flatMap((name) => options.text(name) ?? []),
    clockToleranceSeconds: () => options.number('clock-tolerance', { min: 0 }) ?? 5,
  };
}
