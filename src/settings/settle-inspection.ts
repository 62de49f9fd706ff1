import { type TokenProfile, tokenProfiles } from '../checks/jwt.ts';
import type { ConnectionSettings, Context } from '../context.ts';
import { ConfigError, UsageError } from '../errors.ts';
import type { ServerSettings } from '../flows/login-settings.ts';
import { traceFormatOf, traceFormats } from '../output/trace/trace-formats.ts';
import type { InputKind } from '../recording/recognise-input.ts';
import { say } from '../say.ts';
import {
  type OptionGroups,
  type OptionReader,
  type OptionTable,
  pickOptions,
  repeatable,
  type Settled,
  usual,
} from './option-reader.ts';
import {
  checkedOutputOptions,
  connectionOptions,
  expectOptions,
  idTokenOptions,
  passphraseOptions,
  settingsOptions,
} from './options.ts';
import { asksForJson, settleExpectations } from './output-settings.ts';
import type { NamedKeyFile } from './read-key.ts';
import { readNamedFile } from './read-named-file.ts';
import type { Settling } from './settle-client.ts';
import {
  keyPlaceAt,
  settleClockTolerance,
  settleConnection,
  settleDecryptionKey,
  settleIdTokenRules,
  settleServer,
} from './settle-server.ts';

/** The token of a CI job, which is explained and compared with what a server trusts. */
const ciIdentity = 'ci-identity';

const keyOptions: OptionTable = {
  '--issuer <url>': usual('fetch the keys of this issuer and verify with them'),
  '--metadata-url <url>': 'its metadata, when that is not at a well-known place',
  '--jwks <file>': usual('verify with the keys in this JWK Set; a file or a URL'),
  '--key <file>': usual('verify with this key: PEM, DER, JWK, certificate, or the secret of an HMAC'),
  '--decryption-key <file>': usual('decrypt with this private key or secret: PEM, DER, JWK or JWK Set'),
  ...passphraseOptions,
  '--offline': 'fetch nothing; with --issuer iss is compared all the same',
};

const ruleOptions: OptionTable = {
  '--as <kind>': usual({
    description: 'check it by the rules of that kind',
    choices: [...tokenProfiles, ciIdentity],
  }),
  '--trust <condition>': repeatable(
    'with --as ci-identity: exit 7 unless it holds: sub=repo:org/*, or the JSON file of AWS, Entra or Google; repeatable',
  ),
  '--audience <value>': usual('aud must name this'),
  '--client-id <id>': usual('aud, azp or client_id must be this client'),
  ...idTokenOptions,
  '--nonce <value>': 'nonce must be this',
  '--max-age <seconds>': 'longest time since the user signed in, for an ID token',
  '--clock-tolerance <seconds>': 'for every check of a time; default 5',
  ...expectOptions,
};

/** TLS client certificates are left out: `--key` is the key that verifies. */
const fetchOptions = pickOptions(connectionOptions, /^--(?!(?:cert|key|clock-tolerance) )/);

/** Options of `decode` under their headings. */
export const decodeOptionGroups: OptionGroups = [
  ['Keys:', keyOptions],
  ['Rules:', ruleOptions],
  ['Settings:', settingsOptions],
  ['Connection:', fetchOptions],
  ['Output:', checkedOutputOptions],
];

/** Where the keys come from that a signature is verified with. */
export type KeySource =
  | { readonly type: 'none' }
  | { readonly type: 'file'; readonly key: NamedKeyFile }
  | PublishedKeys;

/** Keys that are fetched: of an issuer, or those behind a URL. */
export interface PublishedKeys {
  readonly type: 'url' | 'issuer';
  /** Of the keys themselves. */
  readonly url: string | undefined;
  /** The issuer, and how to connect to it. @throws UsageError, ConfigError */
  readonly server: () => ServerSettings;
  readonly connection: () => Promise<ConnectionSettings>;
}

/** A profile counts only when it is named: decoding a token asks no server because a default profile exists. */
export function namesProfile(options: OptionReader): boolean {
  return options.text('profile') !== undefined;
}

/** Settles `decode`. @throws UsageError */
export function settleDecode(options: OptionReader, { context }: { readonly context: Context }) {
  return {
    /** @throws UsageError for one that cannot be read */
    expectations: () => settleExpectations(options),
    /** Reads the key files as well. @throws UsageError, ConfigError */
    rules: () => settleRules(options, context),
  };
}

/** Settings of `decode`; what may be wrong with them is a result of the run, and so settled in it. */
export type DecodeSettings = Settled<typeof settleDecode>;

async function settleRules(options: OptionReader, context: Context) {
  const kind = options.text('as');
  const isIdentity = kind === ciIdentity;
  const profile = isIdentity ? undefined : (kind as TokenProfile | undefined);
  if (!isIdentity && options.list('trust').length > 0) {
    throw new UsageError('--trust is about the token of a CI job.', { hint: 'Add --as ci-identity.' });
  }
  const maxAgeSeconds = options.number('max-age', { min: 0 });
  if (maxAgeSeconds !== undefined && profile !== 'id-token') {
    throw new UsageError('--max-age is a rule for ID tokens.', { hint: 'Add --as id-token.' });
  }
  return {
    keys: await settleKeySource(options, context),
    decryptionKey: await settleDecryptionKey(options, context),
    profile,
    /** What a server trusts, where the token is of a CI job. */
    trust: isIdentity ? await readTrustConditions(options, context) : undefined,
    /** What `iss` has to be, wherever the keys come from; null when it is not known. */
    issuer: options.text('issuer') ?? null,
    audience: options.text('audience') ?? null,
    clientId: options.text('client-id') ?? null,
    idToken: settleIdTokenRules(options),
    nonce: options.text('nonce'),
    maxAgeSeconds,
    clockToleranceSeconds: settleClockTolerance(options),
  };
}

/** The conditions, each to be met by itself. @throws UsageError, ConfigError for a condition that cannot be read */
async function readTrustConditions(options: OptionReader, context: Context) {
  const { readTrust } = await import('../checks/ci-identity.ts');
  return Promise.all(
    options.list('trust').map(async (given) => {
      const isFile = /\.json$/i.test(given);
      const named = { source: '--trust', wants: 'the condition of a server, as JSON' };
      const text = isFile ? await readNamedFile(given, named, context) : given;
      return readTrust(text, `--trust ${given}`, isFile);
    }),
  );
}

/** By which keys and rules tokens are judged. */
export type DecodingRules = Settled<typeof settleRules>;

async function settleKeySource(options: OptionReader, context: Context): Promise<KeySource> {
  // As a variable or in a profile, `key` is the key of the TLS client certificate.
  const key = options.strongest(['key']).find(({ place }) => place === 'flag')?.values[0];
  const jwks = options.text('jwks');
  if (key !== undefined && jwks !== undefined) {
    throw new UsageError('The keys were given twice, by --key and --jwks.', {
      hint: 'Leave one of them out.',
    });
  }
  if (key !== undefined) return { type: 'file', key: await readKey(key, 'key', options, context) };
  const isOffline = options.isOn('offline');
  if (jwks !== undefined && !/^https?:\/\//i.test(jwks)) {
    const named = await readKey(jwks, 'jwks', options, context);
    if (named.file.type === 'keys') return { type: 'file', key: named };
    throw new ConfigError(say`${jwks} is not a JWK Set.`, { hint: 'A secret is given with --key.' });
  }
  if (isOffline) return { type: 'none' };
  const server = options.text('issuer') ?? options.text('metadata-url');
  if (jwks === undefined && server === undefined) return { type: 'none' };
  return {
    type: jwks === undefined ? 'issuer' : 'url',
    url: jwks,
    server: () => settleServer(withoutCertificate(options)),
    connection: () => settleConnection(withoutCertificate(options), context),
  };
}

const wantedKeys = {
  jwks: 'a JWK Set, or its URL',
  key: 'a key or certificate in PEM, DER or JWK form, or the secret of an HMAC',
} as const;

async function readKey(
  path: string,
  option: keyof typeof wantedKeys,
  options: OptionReader,
  context: Context,
): Promise<NamedKeyFile> {
  const { readNamedKey } = await import('./read-key.ts');
  return readNamedKey(keyPlaceAt(path, options, option, wantedKeys[option]), context);
}

/** `--key` is the key that verifies; as a TLS client this command presents no certificate. */
function withoutCertificate(options: OptionReader): OptionReader {
  return { ...options, text: (name) => (name === 'cert' || name === 'key' ? undefined : options.text(name)) };
}

/** From which severity on a finding makes `debug` fail. */
export type FindingThreshold = 'violation' | 'note' | 'none';

/** Settles `debug`. @throws UsageError, ConfigError for a key that cannot be used */
export async function settleDebug(options: OptionReader, { context }: Pick<Settling, 'context'>) {
  return {
    /** What the inputs are; undefined where that is to be found out. */
    kind: options.text('as') as InputKind | undefined,
    failOn: (options.text('fail-on') ?? 'violation') as FindingThreshold,
    /** What opens encrypted tokens. */
    decryptionKey: await settleDecryptionKey(options, context),
  };
}

/** How `debug` reads its inputs, and when it fails. */
export type DebugSettings = Settled<typeof settleDebug>;

/** Settles `report`: what it writes, and the file, if it is not stdout. @throws UsageError for an ending of no format */
export function settleReport(options: OptionReader) {
  const out = options.text('out');
  const named = traceFormats.find((format) => format === options.text('format'));
  const format = named ?? (asksForJson(options) ? 'json' : out === undefined ? 'ascii' : traceFormatOf(out));
  if (format !== undefined) return { format, out };
  throw new UsageError(say`--out ${out ?? ''} does not end in a known format.`, {
    hint: 'Add --format FORMAT, or use .html, .har, .mmd, .md, .txt, .sh or .json.',
  });
}

/** What `report` writes, and where. */
export type ReportSettings = Settled<typeof settleReport>;

/** Settles `diff`. */
export function settleDiff(options: OptionReader) {
  return {
    /** Show what differs in every run too. */
    all: options.isOn('all'),
    /** Fail when something differs. */
    exitCode: options.isOn('exit-code'),
  };
}

/** What `diff` shows, and whether it fails. */
export type DiffSettings = Settled<typeof settleDiff>;
