import { createPrivateKey } from 'node:crypto';
import type { Context, TlsIdentity } from '../context.ts';
import { ConfigError, UsageError } from '../errors.ts';
import { attempt } from '../jose/jwk.ts';
import { isPkcs12, type KeyFile, readKeyFile } from '../jose/key-file.ts';
import { inUtf8 } from '../protocol/text-input.ts';
import { own, say } from '../say.ts';
import type { OptionReader } from './option-reader.ts';
import { canAsk } from './output-settings.ts';
import { once, readNamedFile, warnOfOpenFile } from './read-named-file.ts';
import { readSecret } from './read-secret.ts';

/** A file that an option names, and what is wanted in it. */
interface KeyPlace {
  readonly option: string;
  readonly path: string;
  readonly wants: string;
}

/**
 * Reads a key file. One that is encrypted with a passphrase comes back as plain PEM (RFC 7468 §11, RFC 1421 §4.6.1).
 * @throws UsageError without its passphrase, ConfigError for a wrong one or a file that cannot be read
 */
export async function readKey(place: KeyPlace, options: OptionReader, context: Context): Promise<Uint8Array> {
  return decrypted(place, await readOctets(place, options, context), options, context);
}

async function decrypted(
  place: KeyPlace,
  octets: Uint8Array,
  options: OptionReader,
  context: Context,
): Promise<Uint8Array> {
  const text = Buffer.from(inUtf8(octets)).toString('latin1');
  if (!/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type:.*ENCRYPTED/m.test(text)) return octets;
  return opened(place, options, context, (passphrase) =>
    attempt(() =>
      Buffer.from(createPrivateKey({ key: text, passphrase }).export({ type: 'pkcs8', format: 'pem' })),
    ),
  );
}

async function readOctets(
  { option, path, wants }: KeyPlace,
  options: OptionReader,
  context: Context,
): Promise<Uint8Array> {
  const { readOctets: readFile, workingDirectory } = context;
  const octets = await readNamedFile(
    path,
    { source: options.source(option), wants },
    { readFile, workingDirectory },
  );
  // Certificates and public keys are not secret.
  const isSecret =
    isPkcs12(octets) || /PRIVATE KEY-----|"[dk]"\s*:/.test(Buffer.from(octets).toString('latin1'));
  if (isSecret) await warnOfOpenFile(path, options.isOn('quiet'), context);
  return octets;
}

/** A key file that was read, and what to call it. */
export interface NamedKeyFile {
  readonly name: string;
  readonly file: KeyFile;
  readonly octets: Uint8Array;
}

/**
 * Reads the keys or the secret of a file, whatever its form.
 * @throws UsageError, ConfigError naming the option and what is wanted
 */
export async function readNamedKey(
  place: KeyPlace,
  options: OptionReader,
  context: Context,
): Promise<NamedKeyFile> {
  const { option, path: name, wants } = place;
  const octets = await readKey(place, options, context);
  try {
    const text = inUtf8(octets);
    const file = readKeyFile(text);
    if (file.type === 'secret' && text !== octets) throw new Error('It is text in UTF-16.');
    return { name, file, octets };
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new ConfigError(say`${name} cannot be used as --${own(option)}. ${reason}`, {
      hint: say`It has to be ${own(wants)}.`,
    });
  }
}

/**
 * What a passphrase opens: one that the options name, else the one that a person enters.
 * @throws UsageError, ConfigError naming the option that is missing or wrong
 */
async function opened<T>(
  { option, path }: KeyPlace,
  options: OptionReader,
  context: Context,
  open: (passphrase: string) => T | undefined,
): Promise<T> {
  const given = await passphrases(options, context);
  for (const { passphrase } of given) {
    const value = open(passphrase);
    if (value !== undefined) return value;
  }
  if (given.length > 0) {
    throw new ConfigError(
      say`The passphrase of ${own(given.map(({ source }) => source).join(' or '))} does not open ${path}.`,
      { hint: say`${own(options.source(option))} names the file. It may also be damaged.` },
    );
  }
  if (canAsk({ noInput: options.isOn('no-input') }, context)) {
    const validate = (text: string) => open(text) !== undefined || 'It does not open the file.';
    const question = `Passphrase of ${path}`;
    const value = open(
      await once(context.terminal, question, () => context.prompt.secret(question, { validate })),
    );
    if (value !== undefined) return value;
  }
  throw new UsageError(say`${path} is encrypted, and its passphrase was not given.`, {
    hint: 'Add --key-passphrase-file FILE (- for stdin) or --key-passphrase-env NAME.',
  });
}

/**
 * Reads the TLS client certificate and its key: PEM files, one that holds both, or PKCS #12.
 * @throws UsageError, ConfigError naming the option that is missing or wrong
 */
export async function readIdentity(options: OptionReader, context: Context): Promise<TlsIdentity> {
  const [path, keyPath] = [options.text('cert'), options.text('key')];
  if (path === undefined) throw halfGiven(options, 'key', 'cert');
  const place = { option: 'cert', path, wants: 'a TLS client certificate, in PEM or PKCS #12' };
  const octets = await readOctets(place, options, context);
  if (isPkcs12(octets)) return openPkcs12(place, octets, options, context);
  const cert = Buffer.from(inUtf8(octets)).toString('utf8');
  const isBoth = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(cert);
  if (keyPath === undefined && !isBoth) throw halfGiven(options, 'cert', 'key');
  const wants = 'the private key of that certificate, in PEM';
  const key =
    keyPath === undefined || keyPath === path
      ? await decrypted(place, octets, options, context)
      : await readKey({ option: 'key', path: keyPath, wants }, options, context);
  return { cert, key: Buffer.from(inUtf8(key)).toString('utf8') };
}

function halfGiven(options: OptionReader, given: string, missing: string): UsageError {
  return new UsageError(say`${options.source(given)} needs --${own(missing)} too.`, {
    hint: 'A PEM file with the certificate and its key, or a .p12 file, is given as --cert alone.',
  });
}

async function openPkcs12(
  place: KeyPlace,
  pfx: Uint8Array,
  options: OptionReader,
  context: Context,
): Promise<TlsIdentity> {
  const { createSecureContext } = await import('node:tls');
  const open = (passphrase: string): TlsIdentity | undefined => {
    try {
      createSecureContext({ pfx: Buffer.from(pfx), passphrase });
      return { pfx, passphrase };
    } catch (error) {
      const { message } = error as Error;
      if (/mac verify/i.test(message)) return undefined;
      const isOld = /unsupported/i.test(message);
      throw new ConfigError(
        isOld
          ? say`${place.path} is encrypted in an old way (RC2) that this Node does not open.`
          : say`${place.path} is PKCS #12, but it does not hold a usable certificate with its key.`,
        {
          hint: isOld
            ? say`Convert it: openssl pkcs12 -legacy -in ${place.path} -nodes -out client.pem, then give --cert client.pem.`
            : say`${own(options.source('cert'))} names it.`,
        },
      );
    }
  };
  return open('') ?? opened(place, options, context, open);
}

/** The passphrases that the options name, each with the option. @throws UsageError, ConfigError */
async function passphrases(options: OptionReader, context: Context) {
  const settings = options.strongest(['key-passphrase-file', 'key-passphrase-env']);
  const places = settings.flatMap(({ name, values, source }) =>
    values.map((value) => ({
      kind: name.endsWith('env') ? ('env' as const) : ('file' as const),
      name: value,
      source,
    })),
  );
  return Promise.all(
    places.map(async (place) => {
      const text = await readSecret({ ...place, what: 'passphrase' }, options.isOn('quiet'), context);
      return { passphrase: place.kind === 'file' ? text.replace(/\r?\n$/, '') : text, source: place.source };
    }),
  );
}
