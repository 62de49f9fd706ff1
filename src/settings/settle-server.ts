import { type CheckId, catalogue, isCheckId } from '../checks/catalogue.ts';
import type { IdTokenRules } from '../checks/id-token/token-claims.ts';
import { closestName } from '../closest-name.ts';
import type { ConnectionSettings, Context, TlsIdentity } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { ServerSettings } from '../flows/login-settings.ts';
import { isUrl } from '../http-message.ts';
import type { DecryptionKey } from '../jose/decrypt-jwe.ts';
import { jwsAlgorithm } from '../jose/jws.ts';
import { isSecretParameter, type Secret } from '../output/redact.ts';
import { endpointProblem } from '../protocol/authorization-request.ts';
import { type ParameterOverride, readParameterOverride, splitScope } from '../protocol/parameters.ts';
import { isLoopbackHost } from '../protocol/redirect-uri.ts';
import { own, say } from '../say.ts';
import type { OptionReader } from './option-reader.ts';
import { endpointMembers } from './options.ts';
import type { KeyPlace } from './read-key.ts';
import { readNamedFile } from './read-named-file.ts';
import { secretOptions } from './read-secret.ts';
import { refuseSecretParameters, refuseSecretsInQuery } from './refuse-secrets.ts';

/**
 * Reads the server options. The address of a metadata document given as issuer is taken for what it is: the issuer
 * then comes from the document, final slash and all.
 * @throws UsageError for what is not a URL.
 */
export function settleServer(options: OptionReader): ServerSettings {
  const named = settleUrl(options, 'issuer');
  const isDocument = named !== undefined && /\/\.well-known\//.test(named);
  const metadataUrl = settleUrl(options, 'metadata-url') ?? (isDocument ? named : undefined);
  const issuer = isDocument ? undefined : named;
  const given = Object.fromEntries(
    endpointMembers.flatMap((member) => {
      const value = settleUrl(options, member.replaceAll('_', '-'));
      return value === undefined ? [] : [[member, value]];
    }),
  );
  return {
    ...(issuer === undefined ? {} : { issuer }),
    ...(metadataUrl === undefined ? {} : { metadataUrl }),
    ...(options.text('cert') === undefined ? {} : { presentsCertificate: true }),
    given,
  };
}

/** The URL of an API or MCP server that a login or discovery starts from. @throws UsageError for what is not a URL */
export function settleResourceUrl(options: OptionReader): string | undefined {
  // The key of an API, such as api_key, has its place there: it is sent, and hidden.
  const isRefused = (name: string) => isSecretParameter(name) && !/key$/i.test(name);
  const resource = settleUrl(options, 'resource-url', isRefused);
  if (resource === undefined || !resource.includes('#')) return resource;
  throw new UsageError(
    say`${options.source('resource-url')} has a fragment, which no server sees: ${resource}`,
  );
}

/** The http or https URL of an option. @throws UsageError for one that is none, or holds a secret */
export function settleUrl(
  options: OptionReader,
  name: string,
  isRefused?: (parameter: string) => boolean,
): string | undefined {
  const value = options.text(name)?.trim();
  if (value === undefined) return undefined;
  if (isUrl(value) && /^https?:\/\/[^\s\\]+$/i.test(value)) {
    refuseSecretsInQuery(options.source(name), value, isRefused);
    const problem = endpointProblem(value);
    if (problem === undefined) return value;
    throw new UsageError(say`${options.source(name)} ${own(problem)}.`, {
      hint: 'Remove the part before @ from the URL.',
    });
  }
  const shown = value.replace(/\/\/[^/]*@/, '//');
  const guess = guessUrl(shown);
  throw new UsageError(say`${options.source(name)} is not an http or https URL: ${shown}`, {
    hint:
      name === 'issuer' && /^[\w ]+$/.test(value) && value !== 'localhost'
        ? 'For a server that is known by its name: oauth-code init NAME'
        : guess === undefined
          ? 'Give an absolute URL, such as https://login.example.com.'
          : say`Did you mean ${guess}?`,
  });
}

/** Reads scopes, merged in the order given, each once. */
export function settleScope(options: OptionReader): readonly string[] {
  return [...new Set(options.list('scope').flatMap(splitScope))];
}

/** Reads how to connect. @throws UsageError, ConfigError for unreadable files. */
export async function settleConnection(options: OptionReader, context: Context): Promise<ConnectionSettings> {
  const caPath = options.text('ca-file');
  const wants = 'the certificates to trust, in PEM';
  const ca =
    caPath === undefined
      ? undefined
      : await readNamedFile(caPath, { source: options.source('ca-file'), wants }, context);
  return {
    ca,
    clientCertificate: await settleIdentity(options, context),
    proxy: settleProxy(options),
    userAgent: options.text('user-agent'),
    timeoutSeconds: options.number('timeout', { min: 0.1, max: 86_400, integer: false }) ?? 30,
  };
}

async function settleIdentity(options: OptionReader, context: Context): Promise<TlsIdentity | undefined> {
  const cert = keyPlace(options, 'cert', 'a TLS client certificate, in PEM or PKCS #12');
  const key = keyPlace(options, 'key', 'the private key of that certificate, in PEM');
  if (cert === undefined && key === undefined) return undefined;
  const { halfGiven, readIdentity } = await import('./read-key.ts');
  if (cert === undefined) throw halfGiven(options.source('key'), 'cert');
  return readIdentity(cert, key, context);
}

/** The file of a key or certificate that an option names, and what may open it. */
export function keyPlace(options: OptionReader, option: string, wants: string): KeyPlace | undefined {
  const path = options.text(option);
  return path === undefined ? undefined : keyPlaceAt(path, options, option, wants);
}

/** The same where the path of the file is known already. */
export function keyPlaceAt(path: string, options: OptionReader, option: string, wants: string): KeyPlace {
  return {
    option,
    source: options.source(option),
    path,
    wants,
    passphrases: options.strongest(secretOptions('key-passphrase')),
    quiet: options.isOn('quiet'),
    noInput: options.isOn('no-input'),
  };
}

/** A proxy; its password is not taken from the command line. @throws UsageError */
export function settleProxy(options: OptionReader): string | undefined {
  const proxy = options.text('proxy');
  if (options.place('proxy') !== 'flag' || !/^(?:[^/@]*:\/\/)?[^/@]*:[^/@]+@/.test(proxy ?? '')) return proxy;
  throw new UsageError(
    'The password of a proxy on the command line can be read by every user of this machine.',
    { hint: 'Put the URL with it into the variable OAUTH_CODE_PROXY or HTTPS_PROXY.' },
  );
}

/** What opens encrypted answers; undefined where no option names it. @throws UsageError, ConfigError */
export async function settleDecryptionKey(
  options: OptionReader,
  context: Context,
): Promise<DecryptionKey | undefined> {
  const place = keyPlace(options, 'decryption-key', 'a private key in PEM or JWK form');
  return place && (await import('./read-key.ts')).readNamedKey(place, context);
}

/** How far clocks may differ in every check of a time. @throws UsageError */
export function settleClockTolerance(options: OptionReader): number {
  return options.number('clock-tolerance', { min: 0, max: 86_400, integer: false }) ?? 5;
}

/**
 * The changes to a request that `--param` or `--token-param` asks for; what is secret in them is told to the journal.
 * @throws UsageError, also for a credential that belongs elsewhere
 */
export function settleOverrides(
  options: OptionReader,
  name: 'param' | 'token-param',
  journal: { readonly secrets: Secret[] },
): readonly ParameterOverride[] {
  const overrides = options.list(name).map((text) => {
    const override = readParameterOverride(text);
    if (override !== undefined) return override;
    // The value is left out: it may be a secret.
    throw new UsageError(say`${options.source(name)} has no parameter name.`, {
      hint: say`Write --${own(name)} name=value.`,
    });
  });
  const [source, isInUrl] = [options.source(name), name === 'param'];
  refuseSecretParameters(overrides, { source, isInUrl, isFlag: options.place(name) === 'flag' });
  for (const override of overrides) {
    if (override.type === 'set' && override.value !== '' && isSecretParameter(override.name))
      journal.secrets.push({ kind: override.name, value: override.value });
  }
  return overrides;
}

/** What the user says about the ID tokens of the client. @throws UsageError for an algorithm that nothing verifies */
export function settleIdTokenRules(options: OptionReader): IdTokenRules {
  const alg = settleAlgorithm(options, 'id-token-alg');
  return {
    trustedAudiences: options.list('trust-audience'),
    ...(alg === undefined ? {} : { registeredAlgorithm: alg }),
  };
}

/** The signature algorithm that an option names. @throws UsageError for one that is not known here */
export function settleAlgorithm(options: OptionReader, name: string): string | undefined {
  const alg = options.text(name);
  if (alg === undefined || jwsAlgorithm(alg) !== undefined) return alg;
  throw new UsageError(
    say`${options.source(name)} is "${alg}", which is not a signature algorithm known here.`,
    { hint: 'For example: RS256, PS256, ES256, EdDSA or HS256.' },
  );
}

/** Ids of checks; a variable that holds several may separate them by commas or spaces. */
export function settleWaived(options: OptionReader): ReadonlySet<CheckId> {
  const texts = options.list('no-verify').flatMap((text) => text.trim().split(/[\s,]+/));
  const sent: readonly CheckId[] = options.isOn('send-anyway') ? ['access-token-aud'] : [];
  return new Set([...sent, ...texts.map((text) => checkId(text, options.source('no-verify')))]);
}

function checkId(text: string, source: string): CheckId {
  const id = text.replaceAll('_', '-');
  if (isCheckId(id)) return id;
  const close = closestName(id, Object.keys(catalogue));
  throw new UsageError(say`Unknown check in ${source}: ${text}`, {
    hint:
      close === undefined
        ? 'docs/checks.md lists the ids of all checks: oauth-code help checks'
        : say`Did you mean ${close}?`,
  });
}

/** The URL that was probably meant by what is none: http for this machine, else https. */
export function guessUrl(text: string): string | undefined {
  const rest = text.replace(/^(?:[a-z][a-z0-9+.-]*:)?[\\/]+/i, '');
  if (/[\s\\]/.test(rest) || !isUrl(`https://${rest}`)) return undefined;
  const isHere = isLoopbackHost(new URL(`https://${rest}`).hostname);
  return `${isHere ? 'http' : 'https'}://${rest}`;
}
