import type { Context } from '../context.ts';
import type { IdpOptions } from '../idp/start-idp.ts';
import type { OptionReader, OptionSpec } from './option-reader.ts';
import { readNamedFile } from './settle-server.ts';

/** Options of the embedded authorization server. */
export const idpOptions: readonly OptionSpec[] = [
  { flags: '--idp-port <port>', description: 'port of the authorization server; default 9400, 0 = any' },
  { flags: '--idp-options <file>', description: 'JSON file with clients, users and settings of the server' },
];

/** Settles how the embedded server is to run. @throws UsageError, ConfigError */
export async function settleIdp(
  options: OptionReader,
  { context }: { readonly context: Context },
): Promise<IdpOptions> {
  const port = options.number('idp-port', { min: 0, max: 65_535 });
  const file = options.text('idp-options');
  if (file === undefined) return port === undefined ? {} : { port };
  const { readIdpConfig } = await import('../idp/idp-config.ts');
  return {
    ...(port === undefined ? {} : { port }),
    config: readIdpConfig(
      await readNamedFile(file, { source: '--idp-options', wants: 'one JSON object' }, context),
      file,
    ),
  };
}
