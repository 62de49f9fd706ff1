import type { ClientSettings } from '../client/client.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { DeliverySettings } from '../flows/login-settings.ts';
import { encryptionKeyTypes } from '../jose/jwk.ts';
import { readParameterOverride } from '../protocol/parameters.ts';
import { own, say } from '../say.ts';
import { absolutePath } from '../storage/places.ts';
import type { OptionReader } from './option-reader.ts';

const encodings = /^A(?:128|192|256)(?:GCM|CBC-HS(?:256|384|512))$/;

/**
 * Settles whether the request goes in an object, and how (RFC 9101).
 * @throws UsageError for options that cannot work together, or without a key
 */
export async function settleRequestObject(
  options: OptionReader,
  context: Context,
  { credentials }: ClientSettings,
  { pushed }: DeliverySettings,
): Promise<Pick<DeliverySettings, 'object'>> {
  const url = options.text('request-uri');
  const file = options.text('request-object-file');
  const encryption = settleEncryption(options);
  // What is hosted or put into a file is signed unless it is to be encrypted alone.
  const signed = options.isOn('request-object') || (encryption === undefined && url !== undefined);
  if (url === undefined && file !== undefined) throw alone(options, 'request-object-file', 'request-uri');
  if (url !== undefined && file === undefined) throw alone(options, 'request-uri', 'request-object-file');
  if (!signed && encryption === undefined) return {};
  if (url !== undefined && pushed === true) {
    throw new UsageError(
      say`${options.source('par')} and ${options.source('request-uri')} exclude each other.`,
      {
        hint: 'A pushed request must not name a request_uri (RFC 9126 §2.1). --request-object with --par pushes the object itself.',
      },
    );
  }
  const override = options
    .list('param')
    .map(readParameterOverride)
    .find((one) => one?.name === 'request' || one?.name === 'request_uri');
  if (override !== undefined) {
    throw new UsageError(say`${options.source('param')} sets ${override.name}, which is the object itself.`, {
      hint: 'Leave one of them out: the object is made of all other parameters.',
    });
  }
  if (signed && (credentials.signingKey ?? credentials.clientSecret) === undefined) {
    throw new UsageError('A request object is signed, and there is no key.', {
      hint: 'Add --signing-key FILE, whose public half the server knows, or the client secret.',
    });
  }
  if (url === undefined || file === undefined) return { object: { signed, ...encryption } };
  const path = absolutePath(file, context.workingDirectory(), context);
  await requireOwnObject(path, options.source('request-object-file'), context);
  const store = (object: string) => context.files.write(path, object);
  return { object: { signed, ...encryption, hosted: { url, store } } };
}

/** Nothing but an earlier object, or an empty file, is replaced. @throws UsageError */
async function requireOwnObject(path: string, source: string, { files, readFile }: Context): Promise<void> {
  if (!(await files.exists(path))) return;
  if (/^(?:[\w-]+(?:\.[\w-]*){2,4})?\s*$/.test(await readFile(path))) return;
  throw new UsageError(say`${path} exists already and is not a request object.`, {
    hint: say`Remove it, or give ${source} another name. Nothing was sent.`,
  });
}

function settleEncryption(options: OptionReader) {
  const text = options.text('request-object-encryption');
  if (text === undefined) return undefined;
  if (text === 'auto') return { encryption: {} };
  const [alg = '', enc, ...more] = text.split('/');
  const isKnown = /^(?:RSA-OAEP|ECDH-ES)/.test(alg) && encryptionKeyTypes(alg) !== undefined;
  if (isKnown && more.length === 0 && (enc === undefined || encodings.test(enc)))
    return { encryption: { alg, enc } };
  throw new UsageError(say`${options.source('request-object-encryption')} is "${text}".`, {
    hint: 'Use auto, or an algorithm for a public key, such as RSA-OAEP-256, ECDH-ES or RSA-OAEP-256/A256GCM.',
  });
}

function alone(options: OptionReader, given: string, missing: string): UsageError {
  return new UsageError(say`${options.source(given)} needs --${own(missing)} too.`, {
    hint: 'The object is put into that file, and the server fetches it from that URL: host the one at the other.',
  });
}
