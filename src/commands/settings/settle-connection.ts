import type { ConnectionSettings, Context } from '../../context.ts';
import { UsageError } from '../../errors.ts';
import type { OptionReader } from './option-reader.ts';

/** Reads how to connect. @throws UsageError, ConfigError for unreadable files. */
export async function settleConnection(options: OptionReader, context: Context): Promise<ConnectionSettings> {
  const file = async (name: string) => {
    const path = options.text(name);
    return path === undefined ? undefined : context.readFile(path);
  };
  const [ca, cert, key, proxy] = [
    await file('ca-file'),
    await file('cert'),
    await file('key'),
    options.text('proxy'),
  ];
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError(
      `--${cert === undefined ? 'key' : 'cert'} needs --${cert === undefined ? 'cert' : 'key'} too.`,
    );
  }
  return {
    timeoutSeconds: options.number('timeout', { min: 0.1, max: 86_400, integer: false }) ?? 30,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { clientCertificate: { cert, key } }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}
