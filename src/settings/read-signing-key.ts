import type { Context } from '../context.ts';
import { ConfigError, UsageError } from '../errors.ts';
import type { DpopSettings } from '../flows/conversation.ts';
import { type SigningKey, waysToSign } from '../jose/jws.ts';
import { readSigningKey } from '../jose/key-file.ts';
import type { JsonObject } from '../json/json.ts';
import { inUtf8 } from '../protocol/text-input.ts';
import { own, say } from '../say.ts';
import { type KeyPlace, readKey } from './read-key.ts';

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
