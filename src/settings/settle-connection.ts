import type { ConnectionSettings, Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { OptionReader } from './option-reader.ts';
import { readNamedFile } from './read-named-file.ts';

/** Reads how to connect. @throws UsageError, ConfigError for unreadable files. */
export async function settleConnection(options: OptionReader, context: Context): Promise<ConnectionSettings> {
  const [certPath, keyPath] = [options.text('cert'), options.text('key')];
  if ((certPath === undefined) !== (keyPath === undefined)) {
    const [given, missing] = certPath === undefined ? ['key', 'cert'] : ['cert', 'key'];
    throw new UsageError(`${options.source(given)} needs --${missing} too.`, {
      hint: 'When one PEM file holds the certificate and its key, name it for both.',
    });
  }
  const file = async (name: string, wants: string) => {
    const path = options.text(name);
    return path === undefined
      ? undefined
      : readNamedFile(path, { source: options.source(name), wants }, context);
  };
  const [ca, cert, key, proxy] = [
    await file('ca-file', 'the certificates to trust, in PEM'),
    await file('cert', 'a TLS client certificate, in PEM'),
    await file('key', 'the private key of that certificate, in PEM'),
    options.text('proxy'),
  ];
  return {
    timeoutSeconds: options.number('timeout', { min: 0.1, max: 86_400, integer: false }) ?? 30,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { clientCertificate: { cert, key } }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}
