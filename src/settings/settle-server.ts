import { isAbsolute } from 'node:path';
import { type CheckId, catalogue, isCheckId } from '../checks/catalogue.ts';
import type { IdTokenRules } from '../checks/id-token/token-claims.ts';
import { closestName } from '../closest-name.ts';
import type { ConnectionSettings, Context } from '../context.ts';
import { ConfigError, UsageError } from '../errors.ts';
import type { ServerSettings } from '../flows/login-settings.ts';
import { jwsAlgorithm } from '../jose/jws.ts';
import { isSecretParameter, type Secret } from '../output/redact.ts';
import { type ParameterOverride, readParameterOverride, splitScope } from '../protocol/parameters.ts';
import { isLoopbackHost } from '../protocol/redirect-uri.ts';
import { own, recall, say } from '../say.ts';
import type { OptionReader } from './option-reader.ts';
import { endpointMembers } from './options.ts';
import { refuseSecretParameters, refuseSecretsInQuery, settleProxy } from './refuse-secrets.ts';

/**
 * Reads the server options. The address of a metadata document given as issuer is taken for what it is: the issuer
 * then comes from the document, final slash and all.
 * @throws UsageError for what is not a URL.
 */
export function settleServer(options: OptionReader): ServerSettings {
  const named = url(options, 'issuer');
  const isDocument = named !== undefined && /\/\.well-known\//.test(named);
  const metadataUrl = url(options, 'metadata-url') ?? (isDocument ? named : undefined);
  const issuer = isDocument ? undefined : named;
  const given = Object.fromEntries(
    endpointMembers.flatMap((member) => {
      const value = url(options, member.replaceAll('_', '-'));
      return value === undefined ? [] : [[member, value]];
    }),
  );
  return {
    ...(issuer === undefined ? {} : { issuer }),
    ...(metadataUrl === undefined ? {} : { metadataUrl }),
    given,
  };
}

function url(options: OptionReader, name: string): string | undefined {
  const value = options.text(name)?.trim();
  if (value === undefined) return undefined;
  if (URL.canParse(value) && /^https?:\/\/[^\s\\]+$/i.test(value)) {
    refuseSecretsInQuery(options.source(name), value);
    return value;
  }
  const guess = guessUrl(value);
  throw new UsageError(say`${options.source(name)} is not an http or https URL: ${value}`, {
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
  const [certPath, keyPath] = [options.text('cert'), options.text('key')];
  if ((certPath === undefined) !== (keyPath === undefined)) {
    const [given, missing] = certPath === undefined ? ['key', 'cert'] : ['cert', 'key'];
    throw new UsageError(say`${options.source(given)} needs --${missing} too.`, {
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
    settleProxy(options),
  ];
  return {
    timeoutSeconds: options.number('timeout', { min: 0.1, max: 86_400, integer: false }) ?? 30,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined || key === undefined ? {} : { clientCertificate: { cert, key } }),
    ...(proxy === undefined ? {} : { proxy }),
  };
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
    throw new UsageError(say`${options.source(name)} names no parameter.`, {
      hint: say`Write --${own(name)} name=value.`,
    });
  });
  refuseSecretParameters(options, name, overrides);
  for (const override of overrides) {
    if (override.type === 'set' && override.value !== '' && isSecretParameter(override.name))
      journal.secrets.push({ kind: override.name, value: override.value });
  }
  return overrides;
}

/** What the user says about the ID tokens of the client. @throws UsageError for an algorithm that nothing verifies */
export function settleIdTokenRules(options: OptionReader): IdTokenRules {
  const alg = options.text('id-token-alg');
  if (alg !== undefined && jwsAlgorithm(alg) === undefined) {
    throw new UsageError(say`${options.source('id-token-alg')} is "${alg}", which cannot be verified.`, {
      hint: 'For example: RS256, PS256, ES256, EdDSA or HS256.',
    });
  }
  return {
    trustedAudiences: options.list('trust-audience'),
    ...(alg === undefined ? {} : { registeredAlgorithm: alg }),
  };
}

/** Ids of checks; a variable that holds several may separate them by commas or spaces. */
export function settleWaived(options: OptionReader): ReadonlySet<CheckId> {
  const texts = options.list('no-verify').flatMap((text) => text.trim().split(/[\s,]+/));
  return new Set(texts.map((text) => checkId(text, options.source('no-verify'))));
}

function checkId(text: string, source: string): CheckId {
  const id = text.replaceAll('_', '-');
  if (isCheckId(id)) return id;
  const close = closestName(id, Object.keys(catalogue));
  throw new UsageError(say`${source} names no check: ${text}`, {
    hint:
      close === undefined
        ? 'The checks of a run stand in its result, with their ids in --json.'
        : say`Did you mean ${close}?`,
  });
}

/** The URL that was probably meant by what is none: http for this machine, else https. */
export function guessUrl(text: string): string | undefined {
  const rest = text.replace(/^(?:[a-z][a-z0-9+.-]*:)?[\\/]+/i, '');
  if (/[\s\\]/.test(rest) || !URL.canParse(`https://${rest}`)) return undefined;
  const isHere = isLoopbackHost(new URL(`https://${rest}`).hostname);
  return `${isHere ? 'http' : 'https'}://${rest}`;
}

/** The option that names a file, and the content it should have, as part of a sentence. */
export interface NamedFile {
  /** Such as `--ca-file`. */
  readonly source: string;
  readonly wants: string;
}

/** Reads a file as text, or as whatever `readFile` makes of it. */
export interface FileDoors<T> extends Pick<Context, 'workingDirectory'> {
  readFile(path: string): Promise<T>;
}

/** Tells whether a text that should name a file or a variable may be the secret itself: a key, a token, random letters. */
export function mayBeSecret(name: string): boolean {
  if (/[\r\n]|-----BEGIN |^\s*[[{"]|^eyJ/.test(name)) return true;
  return /^(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[^\s/\\]{20,}$/.test(name) && !/\.[a-z]{1,5}\d?$/i.test(name);
}

/**
 * Reads a file that an option or setting names.
 * @throws ConfigError that says who named it and what is wanted there
 */
export async function readNamedFile<T = string>(
  path: string,
  { source, wants }: NamedFile,
  { readFile, workingDirectory }: FileDoors<T>,
): Promise<T> {
  try {
    return await readFile(path);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (mayBeSecret(path)) {
      throw new UsageError(say`${own(source)} does not name a file that can be read.`, {
        hint: say`It wants the name of a file with ${own(wants)}. What was given may be a secret itself and is not shown.`,
      });
    }
    const place = isAbsolute(path) ? '' : say` A relative path counts from ${workingDirectory()}.`;
    throw new ConfigError(recall(error.message), {
      hint: say`${own(source)} names it, and wants ${own(wants)}.${place}`,
      cause: error.cause,
    });
  }
}
