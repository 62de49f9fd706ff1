import type { TokenProfile } from '../../checks/jwt.ts';
import type { Context } from '../../context.ts';
import { ConfigError, UsageError } from '../../errors.ts';
import type { KeyFile } from '../../jose/key-file.ts';
import type { OptionReader } from '../../settings/option-reader.ts';
import { readNamedFile } from '../../settings/settle-server.ts';

/** A key file that was read, and what to call it. */
export interface NamedKeyFile {
  readonly name: string;
  readonly file: KeyFile;
  readonly octets: Uint8Array;
}

/** Where the keys come from that a signature is verified with. */
export type KeySource =
  | { readonly type: 'none' }
  | { readonly type: 'file'; readonly key: NamedKeyFile }
  | { readonly type: 'url'; readonly url: string }
  | { readonly type: 'issuer' };

/** What the options of `decode` ask for. */
export interface DecodingSettings {
  readonly keys: KeySource;
  readonly decryptionKey: NamedKeyFile | undefined;
  /** What `iss` has to be, wherever the keys come from; null when it is not known. */
  readonly issuer: string | null;
  readonly profile: TokenProfile | undefined;
  readonly audience: string | null;
  readonly clientId: string | null;
  readonly nonce: string | undefined;
  readonly maxAgeSeconds: number | undefined;
  readonly clockToleranceSeconds: number;
}

/** Reads the options and the key files they name. @throws UsageError, ConfigError */
export async function settleDecoding(options: OptionReader, context: Context): Promise<DecodingSettings> {
  const profile = options.text('as') as TokenProfile | undefined;
  const maxAgeSeconds = options.number('max-age', { min: 0 });
  if (maxAgeSeconds !== undefined && profile !== 'id-token') {
    throw new UsageError('--max-age is a rule for ID tokens.', { hint: 'Add --as id-token.' });
  }
  const decryption = options.text('decryption-key');
  return {
    keys: await settleKeySource(options, context),
    decryptionKey:
      decryption === undefined ? undefined : await readKey(decryption, 'decryption-key', context),
    profile,
    issuer: options.text('issuer') ?? null,
    audience: options.text('audience') ?? null,
    clientId: options.text('client-id') ?? null,
    nonce: options.text('nonce'),
    maxAgeSeconds,
    clockToleranceSeconds: options.number('clock-tolerance', { min: 0, integer: false }) ?? 5,
  };
}

async function settleKeySource(options: OptionReader, context: Context): Promise<KeySource> {
  // As a variable or in a profile, `key` is the key of the TLS client certificate.
  const key = options.strongest(['key']).find(({ place }) => place === 'flag')?.values[0];
  const jwks = options.text('jwks');
  if (key !== undefined && jwks !== undefined) {
    throw new UsageError('The keys were given twice, by --key and --jwks.', {
      hint: 'Leave one of them out.',
    });
  }
  if (key !== undefined) return { type: 'file', key: await readKey(key, 'key', context) };
  const isOffline = options.isOn('offline');
  if (jwks !== undefined && !/^https?:\/\//i.test(jwks)) {
    const named = await readKey(jwks, 'jwks', context);
    if (named.file.type === 'keys') return { type: 'file', key: named };
    throw new ConfigError(`${jwks} is no JWK Set.`, { hint: 'A secret is given with --key.' });
  }
  if (isOffline) return { type: 'none' };
  if (jwks !== undefined) return { type: 'url', url: jwks };
  const server = options.text('issuer') ?? options.text('metadata-url');
  return server === undefined ? { type: 'none' } : { type: 'issuer' };
}

const wantedKeys = {
  jwks: 'a JWK Set, or its URL',
  key: 'a key or certificate in PEM, DER or JWK form, or the secret of an HMAC',
  'decryption-key': 'a private key in PEM or JWK form',
} as const;

async function readKey(
  name: string,
  option: keyof typeof wantedKeys,
  context: Context,
): Promise<NamedKeyFile> {
  const { readKeyFile } = await import('../../jose/key-file.ts');
  const octets = await readNamedFile(
    name,
    { source: `--${option}`, wants: wantedKeys[option] },
    { readFile: context.readOctets, workingDirectory: context.workingDirectory },
  );
  try {
    return { name, file: readKeyFile(octets), octets };
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new ConfigError(`${name} cannot be used as --${option}. ${reason}`, {
      hint: `It has to be ${wantedKeys[option]}.`,
    });
  }
}
