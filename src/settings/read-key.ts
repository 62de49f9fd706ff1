import { createPrivateKey } from 'node:crypto';
import type { Context, TlsIdentity } from '../context.ts';
import { attempt } from '../errors/attempt.ts';
import { ConfigError, UsageError } from '../errors.ts';
import type { DpopSettings } from '../flows/conversation.ts';
import { type SigningKey, waysToSign } from '../jose/jws.ts';
import { isPkcs12, type KeyFile, readKeyFile, readSigningKey } from '../jose/key-file.ts';
import type { JsonObject } from '../json/json.ts';
import { inUtf8 } from '../protocol/text-input.ts';
import { own, say } from '../say.ts';
import { canAsk } from './output-settings.ts';
import { once, readNamedFile, warnOfOpenFile } from './read-named-file.ts';
import { readSecret } from './read-secret.ts';
import type { GivenSetting } from './setting-layers.ts';

/** A file that an option names, what is wanted in it, and what may open it. */
export interface KeyPlace {
  readonly option: string;
  /** The name of the option in a message. */
  readonly source: string;
  readonly path: string;
  readonly wants: string;
  readonly passphrases: readonly GivenSetting[];
  readonly quiet: boolean;
  readonly noInput: boolean;
}

/**
 * Reads a key file. One that is encrypted with a passphrase comes back as plain PEM (RFC 7468 §11, RFC 1421 §4.6.1).
 * @throws UsageError without its passphrase, ConfigError for a wrong one or a file that cannot be read
 */
export async function readKey(place: KeyPlace, context: Context): Promise<Uint8Array> {
  return decrypted(place, await readOctets(place, context), context);
}

async function decrypted(place: KeyPlace, octets: Uint8Array, context: Context): Promise<Uint8Array> {
  const text = Buffer.from(inUtf8(octets)).toString('latin1');
  if (!/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type:.*ENCRYPTED/m.test(text)) return octets;
  return opened(place, context, (passphrase) =>
    attempt(() =>
      Buffer.from(createPrivateKey({ key: text, passphrase }).export({ type: 'pkcs8', format: 'pem' })),
    ),
  );
}

async function readOctets(place: KeyPlace, context: Context): Promise<Uint8Array> {
  const { path, quiet } = place;
  const { readOctets: readFile, workingDirectory } = context;
  const octets = await readNamedFile(path, place, { readFile, workingDirectory });
  // Certificates and public keys are not secret.
  const isSecret =
    isPkcs12(octets) || /PRIVATE KEY-----|"[dk]"\s*:/.test(Buffer.from(octets).toString('latin1'));
  if (isSecret) await warnOfOpenFile(path, quiet, context);
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
export async function readNamedKey(place: KeyPlace, context: Context): Promise<NamedKeyFile> {
  const { option, path: name, wants } = place;
  const octets = await readKey(place, context);
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
  { source, path, noInput, passphrases, quiet }: KeyPlace,
  context: Context,
  open: (passphrase: string) => T | undefined,
): Promise<T> {
  const given = await readPassphrases(passphrases, quiet, context);
  for (const { passphrase } of given) {
    const value = open(passphrase);
    if (value !== undefined) return value;
  }
  if (given.length > 0) {
    throw new ConfigError(
      say`The passphrase of ${own(given.map(({ source }) => source).join(' or '))} does not open ${path}.`,
      { hint: say`${own(source)} names the file. It may also be damaged.` },
    );
  }
  if (canAsk({ noInput }, context)) {
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
export async function readIdentity(
  place: KeyPlace,
  key: KeyPlace | undefined,
  context: Context,
): Promise<TlsIdentity> {
  const octets = await readOctets(place, context);
  if (isPkcs12(octets)) return openPkcs12(place, octets, context);
  const cert = Buffer.from(inUtf8(octets)).toString('utf8');
  const isBoth = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----/.test(cert);
  if (key === undefined && !isBoth) throw halfGiven(place.source, 'key');
  const opened =
    key === undefined || key.path === place.path
      ? await decrypted(place, octets, context)
      : await readKey(key, context);
  return { cert, key: Buffer.from(inUtf8(opened)).toString('utf8') };
}

/** Of a certificate and its key, one is missing. */
export function halfGiven(source: string, missing: string): UsageError {
  return new UsageError(say`${source} needs --${own(missing)} too.`, {
    hint: 'A PEM file with the certificate and its key, or a .p12 file, is given as --cert alone.',
  });
}

async function openPkcs12(place: KeyPlace, pfx: Uint8Array, context: Context): Promise<TlsIdentity> {
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
            : say`${own(place.source)} names it.`,
        },
      );
    }
  };
  return open('') ?? opened(place, context, open);
}

/** The passphrases that settings name, each with the setting. @throws UsageError, ConfigError */
async function readPassphrases(settings: KeyPlace['passphrases'], quiet: boolean, context: Context) {
  const places = settings.flatMap(({ name, values, source }) =>
    values.map((value) => ({
      kind: name.endsWith('env') ? ('env' as const) : ('file' as const),
      name: value,
      source,
    })),
  );
  return Promise.all(
    places.map(async (place) => {
      const text = await readSecret({ ...place, what: 'passphrase' }, quiet, context);
      return { passphrase: place.kind === 'file' ? text.replace(/\r?\n$/, '') : text, source: place.source };
    }),
  );
}

/** What is signed with the key of an option, and how one is made. */
const assertionUse = { signed: 'A client assertion', made: 'RSA' };
const proofUse = { signed: 'A DPoP proof', made: 'EC -pkeyopt ec_paramgen_curve:P-256' };

async function readSigningKeyAt(
  place: KeyPlace,
  { signed, made }: typeof assertionUse,
  context: Context,
): Promise<SigningKey> {
  const octets = await readKey(place, context);
  try {
    return readSigningKey(inUtf8(octets));
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new ConfigError(say`${place.path} cannot be used as --${own(place.option)}. ${reason}`, {
      hint: own(
        `${signed} is signed with a private key. Make one, for example, with: openssl genpkey -algorithm ${made} -out key.pem`,
      ),
    });
  }
}

/** The key of `--signing-key`, as `--signing-kid` names it. @throws UsageError, ConfigError */
export async function readAssertionKey(
  place: KeyPlace,
  { kid, source }: { readonly kid: string | undefined; readonly source: string },
  context: Context,
): Promise<SigningKey> {
  const read = await readSigningKeyAt(place, assertionUse, context);
  if (kid === undefined) return read;
  const all = waysToSign(read);
  // PEM has no kid: there the option says what the server calls the key.
  const named = all.some((key) => key.kid !== undefined) ? all.filter((key) => key.kid === kid) : all;
  const [chosen, ...further] = named.map((key) => ({ ...key, kid }));
  if (chosen !== undefined) return { ...chosen, others: further };
  const kids = [...new Set(all.flatMap((key) => key.kid ?? []))];
  throw new UsageError(say`${place.path} has no key with the kid ${kid} that can sign.`, {
    hint: say`${source} names it. The file has: ${kids.join(', ')}.`,
  });
}

/** The doors for reading keys; secrets are noted as they are read. */
interface ReadingKeys {
  readonly context: Context;
  readonly journal: { readonly secrets: { kind: string; value: string }[] };
}

/** The key of `--dpop-key`, to which tokens are to be bound. @throws UsageError, ConfigError */
export async function readDpopKey(place: KeyPlace, { context, journal }: ReadingKeys): Promise<DpopSettings> {
  const { key, algorithm, others = [] } = await readSigningKeyAt(place, proofUse, context);
  if (key.asymmetricKeyType === 'rsa-pss') {
    throw new ConfigError(say`${place.path} is an RSA-PSS key, which has no form as a JWK.`, {
      hint: 'Use a key for ES256, or an RSA key without the restriction to PSS.',
    });
  }
  const jwk = key.export({ format: 'jwk' }) as JsonObject;
  journal.secrets.push({ kind: 'private_key', value: String(jwk.d) });
  // A key that can sign in one way alone says so.
  const isFixed = !others.some((other) => other.key === key);
  return { key: isFixed ? { ...jwk, alg: algorithm.name } : jwk };
}
