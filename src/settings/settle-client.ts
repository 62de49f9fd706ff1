import type { ClientSettings } from '../client/client.ts';
import type { Context } from '../context.ts';
import { ConfigError, UsageError } from '../errors.ts';
import type { DpopSettings } from '../flows/conversation.ts';
import type { SigningKey } from '../jose/jws.ts';
import { renderSecretWarning } from '../output/render-step.ts';
import type { ClientAuthenticationMethod } from '../protocol/client-authentication.ts';
import { readParameterOverride } from '../protocol/parameters.ts';
import { own, say } from '../say.ts';
import type { SessionKeepingSettings } from '../sessions/token-settings.ts';
import { absolutePath } from '../storage/places.ts';
import type { SavedSession } from '../storage/session-file.ts';
import type { OptionReader } from './option-reader.ts';
import { givenOnce, readSecret, requireSecretText } from './read-secret.ts';
import type { TokenSource } from './read-source.ts';
import { clientSecretOptions, type GivenSetting } from './setting-layers.ts';
import { keyPlace, settleAlgorithm } from './settle-server.ts';

/** The doors for reading settings; secrets are noted as they are read, so that they are never shown. */
export interface Settling {
  readonly context: Context;
  readonly journal: {
    readonly secrets: { kind: string; value: string }[];
    readonly open: string[];
    /** Settings that may be the cause of a failure, and what gave each. */
    given: Readonly<Record<string, string>>;
  };
}

/** The identifier of the client. @throws UsageError when there is none */
export function requireClientId(options: OptionReader): string {
  const clientId = options.text('client-id');
  if (clientId === undefined) {
    throw new UsageError('No client identifier was given.', {
      hint: 'Add --client-id ID, as registered at the authorization server (or set OAUTH_CODE_CLIENT_ID).',
    });
  }
  return clientId;
}

/**
 * Reads the client options and its secret, which is told to the journal at once.
 * @throws UsageError when there is no client id, or a method lacks what it needs.
 */
export async function settleClient(
  options: OptionReader,
  { context, journal }: Settling,
): Promise<ClientSettings> {
  journal.given = givenSettings(options);
  const clientId = requireClientId(options);
  journal.open.push(clientId);
  const clientSecret = await readClientSecret(options, context);
  if (clientSecret !== undefined) {
    journal.secrets.push({ kind: 'client_secret', value: clientSecret });
    if (!options.isOn('quiet'))
      context.terminal.stderr.write(renderSecretWarning(clientSecret, context.terminal.stderr));
  }
  const signingAlg = settleAlgorithm(options, 'signing-alg');
  const signingKey = await settleSigningKey(options, context);
  requireUse(options, signingKey !== undefined, clientSecret !== undefined);
  const source = tokenSource(options, 'assertion-from', 'assertion');
  const assertion = source && (await (await import('./read-source.ts')).readAssertion(source, context));
  if (assertion !== undefined && signingKey !== undefined) {
    throw new UsageError('--assertion-from and --signing-key both prove the client in the same way.', {
      hint: 'Leave one of them out.',
    });
  }
  const { clientAssertion, assertionService } = assertion ?? {};
  if (clientAssertion !== undefined)
    journal.secrets.push({ kind: 'client_assertion', value: clientAssertion });
  const hasCertificate = options.text('cert') !== undefined;
  const credentials = { clientId, hasCertificate, clientSecret, signingKey, signingAlg, clientAssertion };
  const assertionAudience = options.text('assertion-audience');
  if (
    assertionAudience !== undefined &&
    !/^(?:issuer|token-endpoint|[a-z][\w+.-]*:\S+)$/i.test(assertionAudience)
  ) {
    throw new UsageError(say`${options.source('assertion-audience')} is "${assertionAudience}".`, {
      hint: 'Use issuer, token-endpoint, or a URI such as https://login.example.com.',
    });
  }
  const method = options.text('auth-method') as ClientAuthenticationMethod | undefined;
  const settings = { credentials, assertionAudience, assertionService, method };
  if (method !== undefined) requireCredentials(method, settings);
  return settings;
}

const wantsKey = 'a private key, in PEM or as a JWK';

/** The key that signs assertions. @throws UsageError, ConfigError */
export async function settleSigningKey(
  options: OptionReader,
  context: Context,
): Promise<SigningKey | undefined> {
  const place = keyPlace(options, 'signing-key', wantsKey);
  const named = { kid: options.text('signing-kid'), source: options.source('signing-kid') };
  return place && (await import('./read-key.ts')).readAssertionKey(place, named, context);
}

/** The source of tokens that an option names. */
export function tokenSource(options: OptionReader, option: string, what: string): TokenSource | undefined {
  const from = options.text(option);
  const type = options.text(option.replace(/-from$/, '-type'));
  return from === undefined
    ? undefined
    : {
        from,
        source: options.source(option),
        what,
        ...(/^(?:subject|actor)-token-/.test(option)
          ? { sessionType: type?.replace(/^.*:/, '') ?? 'access_token' }
          : {}),
        audience: options.text('issuer') ?? options.text('token-endpoint'),
        quiet: options.isOn('quiet'),
      };
}

/** What says how to use a key does nothing without one. @throws UsageError */
function requireUse(options: OptionReader, hasKey: boolean, hasSecret: boolean): void {
  const isFlag = (name: string) => options.place(name) === 'flag';
  const keys = ['signing-key', 'decryption-key', 'dpop-key', 'cert', 'key', 'tls-key'];
  const unused = [
    ...(hasKey ? [] : ['signing-kid']),
    ...(hasKey || hasSecret ? [] : ['signing-alg']),
    // A variable may be there for other runs.
    ...['key-passphrase-file', 'key-passphrase-env'].filter(isFlag),
  ].find((name) => options.place(name) !== undefined);
  if (unused === undefined) return;
  const isPassphrase = unused.startsWith('key-');
  if (isPassphrase && keys.some((name) => options.place(name) !== undefined)) return;
  throw new UsageError(say`${options.source(unused)} needs a key.`, {
    hint: isPassphrase
      ? 'Add the key file that it opens, such as --signing-key FILE, or leave it out.'
      : 'Add --signing-key FILE, or leave it out.',
  });
}

function requireCredentials(
  method: ClientAuthenticationMethod,
  { credentials, assertionService }: ClientSettings,
): void {
  const secret = {
    has: credentials.clientSecret !== undefined,
    what: 'a client secret',
    flags: '--client-secret-file FILE or --client-secret-env NAME',
  };
  const certificate = {
    has: credentials.hasCertificate,
    what: 'a TLS client certificate',
    flags: '--cert FILE --key FILE',
  };
  const needs = {
    client_secret_basic: secret,
    client_secret_post: secret,
    client_secret_jwt: secret,
    private_key_jwt: {
      has: (credentials.signingKey ?? credentials.clientAssertion ?? assertionService) !== undefined,
      what: 'a private key or an assertion',
      flags: '--signing-key FILE or --assertion-from SOURCE',
    },
    tls_client_auth: certificate,
    self_signed_tls_client_auth: certificate,
    none: { has: true, what: '', flags: '' },
  };
  const { has, what, flags } = needs[method];
  if (!has)
    throw new UsageError(say`--auth-method ${own(method)} needs ${what}.`, { hint: say`Add ${flags}.` });
}

/**
 * The key that tokens are to be bound to: that of a file, else a new one; undefined for Bearer tokens.
 * @throws UsageError, ConfigError for a file that has no private key
 */
export async function settleDpop(options: OptionReader, run: Settling): Promise<DpopSettings | undefined> {
  const place = keyPlace(options, 'dpop-key', wantsKey);
  if (place === undefined) return wantsDpop(options) ? {} : undefined;
  return (await import('./read-key.ts')).readDpopKey(place, run);
}

/** Whether tokens are to be bound to a key; FAPI 2.0 binds them where no certificate does and no setting says. */
export function wantsDpop(options: OptionReader): boolean {
  if (options.text('dpop-key') !== undefined) return true;
  if (options.place('dpop') !== undefined) return options.isOn('dpop');
  return options.text('fapi') !== undefined && options.text('cert') === undefined;
}

/** Where the settings came from that may be the cause of a failure, by option. */
function givenSettings(options: OptionReader): Settling['journal']['given'] {
  const simple = ['jwks-uri', 'auth-method'].flatMap((name) =>
    options.place(name) === undefined ? [] : [[name, options.source(name)] as const],
  );
  const [secret] = options.strongest(clientSecretOptions);
  const parameters = ['param', 'token-param'].flatMap((name) =>
    options.list(name).flatMap((text) => {
      const parameter = readParameterOverride(text)?.name;
      return parameter === undefined ? [] : [[`${name} ${parameter}`, options.source(name)] as const];
    }),
  );
  return Object.fromEntries([
    ...simple,
    ...(secret === undefined ? [] : [['client-secret', secret.source] as const]),
    ...parameters,
  ]);
}

/**
 * Reads the client secret from where the most important place says it is; undefined when nothing says so.
 * @throws UsageError for one on the command line, one that is not there or was given twice; ConfigError
 */
export async function readClientSecret(options: OptionReader, context: Context): Promise<string | undefined> {
  const setting = clientSecretSetting(options);
  if (setting === undefined) return undefined;
  return requireSecretText(await secretAt(setting, options, context), setting.source);
}

async function secretAt(setting: GivenSetting, options: OptionReader, context: Context): Promise<string> {
  const [value = ''] = setting.values;
  const place = { name: value, source: setting.source, what: 'client secret' };
  const quiet = options.isOn('quiet');
  switch (setting.name) {
    case 'client-secret-file':
      return (await readSecret({ kind: 'file', ...place }, quiet, context)).replace(/\r?\n$/, '');
    case 'client-secret-env':
      return readSecret({ kind: 'env', ...place }, quiet, context);
    case 'client-secret-keychain':
      return readSecretInKeychain(setting, value, context);
    default:
      return value;
  }
}

/**
 * Which option, variable or setting says where the client secret is.
 * @throws UsageError for a secret on the command line, or when two of the same place say so
 */
export function clientSecretSetting(options: OptionReader): GivenSetting | undefined {
  const [first] = options.strongest(clientSecretOptions);
  if (first?.source === '--client-secret') {
    throw new UsageError('A client secret on the command line can be read by every user of this machine.', {
      hint: 'Use --client-secret-file FILE (- for stdin), --client-secret-env NAME or OAUTH_CODE_CLIENT_SECRET.',
    });
  }
  return givenOnce(options.strongest(clientSecretOptions), 'client secret');
}

async function readSecretInKeychain(
  { source }: GivenSetting,
  account: string,
  { keychain }: Context,
): Promise<string> {
  const secret = await keychain.get(account);
  if (secret !== undefined) return secret;
  throw new ConfigError(say`The ${source} should be in the keychain, but the keychain does not have it.`, {
    hint: 'Put it there: oauth-code profile edit NAME --client-secret-file - --store keychain',
  });
}

/** Settles how a new session is kept. */
export function settleKeeping(options: OptionReader, context: Context): SessionKeepingSettings {
  const given = (names: readonly string[], places: RegExp) =>
    names.some((name) => places.test(options.place(name) ?? ''));
  return {
    store: options.text('store') as SessionKeepingSettings['store'],
    isPlain: !given(accessNames, /^(flag|variable)$/) && options.place('token') === undefined,
    isSelfContained: !given(renewalNames, /^(profile|project)$/),
    secretFrom: () => secretFrom(options, context),
  };
}

/** Settings that say what a session is asked for. */
const accessNames =
  'issuer metadata-url token-endpoint client-id scope resource audience dpop dpop-key'.split(' ');

/** Settings of a profile that a renewal needs and a session does not hold. */
const renewalNames = (
  'ca-file cert key proxy timeout clock-tolerance signing-key signing-alg decryption-key assertion-from ' +
  'assertion-audience token-param trust-audience id-token-alg no-verify keep-last'
).split(' ');

/** Where the client secret is to be found again: the variable or file that this run was told of. @throws UsageError */
export function secretFrom(options: OptionReader, context: Context): SavedSession['secret_from'] {
  const setting = clientSecretSetting(options);
  if (setting === undefined) return undefined;
  const [value = ''] = setting.values;
  if (setting.name === 'client-secret-env') return { env: value };
  if (setting.name === 'client-secret' && setting.place === 'variable') return { env: setting.source };
  if (setting.name !== 'client-secret-file' || value === '-') return undefined;
  return { file: absolutePath(value, context.workingDirectory(), context) };
}
