import { createPublicKey } from 'node:crypto';
import { clientDocumentUrlProblem } from '../checks/client-document.ts';
import { loginGrant, refreshType } from '../client/grants.ts';
import { attempt } from '../errors/attempt.ts';
import { ConfigError, UsageError } from '../errors.ts';
import type { LoginSettings } from '../flows/login-settings.ts';
import { type SigningKey, waysToSign } from '../jose/jws.ts';
import { isJsonObject, type JsonObject, parsePlainJson, textListMember } from '../json/json.ts';
import { readRedirectUri } from '../protocol/redirect-uri.ts';
import { own, say } from '../say.ts';
import type { SessionKeepingSettings } from '../sessions/token-settings.ts';
import type { OptionReader, Settled } from './option-reader.ts';
import { defaultRedirectUri } from './options.ts';
import { settleOutput } from './output-settings.ts';
import { readNamedFile } from './read-named-file.ts';
import { clientSecretOptions } from './setting-layers.ts';
import { type Settling, settleSigningKey } from './settle-client.ts';
import type { FindingThreshold } from './settle-inspection.ts';
import { settleSave } from './settle-profile.ts';
import {
  settleAlgorithm,
  settleConnection,
  settleScope,
  settleServer,
  settleUrl,
  settleWaived,
} from './settle-server.ts';
import { readSecretToken } from './settle-token.ts';

const initialTokens = ['initial-access-token-file', 'initial-access-token-env'];

/** Settles `register`. @throws UsageError, ConfigError */
export async function settleRegister(options: OptionReader, run: Settling) {
  const output = settleOutput(options);
  const given = (['read', 'update', 'delete'] as const).filter((name) => options.isOn(name));
  const [action = 'create' as const, other] = given;
  if (other !== undefined) throw new UsageError(`--${action} and --${other} exclude each other.`);
  const store = storeOf(options);
  if (action === 'create' && store === 'none' && !output.json && !output.showSecrets)
    throw new UsageError('With --store none the secrets of the client are kept nowhere.', {
      hint: 'Add --json or --show-secrets, so that they are at least printed whole.',
    });
  const server = settleServer(options);
  const { issuer, metadataUrl, given: endpoints } = server;
  if (action === 'create' && (issuer ?? metadataUrl ?? endpoints.registration_endpoint) === undefined)
    throw new UsageError('No authorization server was given.', {
      hint: 'Add --issuer URL, or --registration-endpoint URL for a server without metadata.',
    });
  // A profile says how its logins use the client, not how the client is to change.
  const source = action === 'create' ? options : options.flagsOnly();
  const asked = await settleMetadata(source, run, await settleSigningKey(source, run.context));
  if (action === 'update' && Object.keys(asked).length === 0)
    throw new UsageError('--update was given nothing to change.', {
      hint: own(
        `Name what changes, such as --client-name "My tool" or --metadata '{"contacts":["a@example.com"]}'.`,
      ),
    });
  return {
    /** The settings file, when the user names one. */
    config: options.text('config'),
    action,
    server,
    waived: settleWaived(options),
    connection: () => settleConnection(options, run.context),
    /** What is asked for; in an update, the members that change, of which null removes one. */
    metadata: action === 'create' ? withDefaults(asked) : asked,
    initialAccessToken:
      action === 'create' ? await readSecretToken(options, 'initial-access-token', run) : undefined,
    /** The address of a client that is not kept here, and the token that opens it. */
    uri: options.text('registration-client-uri'),
    token: await readSecretToken(options, 'registration-access-token', run),
    clientId: options.text('client-id'),
    store,
    /** The name of the profile that is written once the client is there. */
    save: options.text('save'),
    /** The settings of that profile, with those of the client. */
    profile: (client: Readonly<Record<string, string>> = {}) => {
      const source = 'the registered client';
      const above = Object.entries(client).map(([name, value]) => ({ name, values: [value], source }));
      // The token that let the client be registered is used up.
      const spent = initialTokens.map((name) => ({ name, values: [], source }));
      return settleSave(options.with({ above: [...above, ...spent] }), run);
    },
  };
}

/** What `register` is to do. */
export type RegisterSettings = Settled<typeof settleRegister>;

/** Options that name or prove a client that exists already. */
const clientOptions = ['client-id', ...clientSecretOptions, 'assertion-from'];

/** Whether a login for a resource, or with the metadata document of a client, has to find a client: no option gives one. */
export function looksForClient(options: OptionReader): boolean {
  const flow = options.text('flow') ?? 'code';
  const given = options.strongest([...clientOptions, 'client-metadata-url']);
  return (flow === 'code' || flow === 'device') && given.every(({ name }) => name === 'client-metadata-url');
}

/**
 * Settles the client of a login that a document describes or that is registered for it: public, unless a method or key
 * is given.
 * @throws UsageError for a client that is there already, or a URL that cannot name one; ConfigError
 */
export async function settleLoginRegistration(
  options: OptionReader,
  run: Settling,
): Promise<Pick<LoginSettings, 'client'> & Required<Pick<LoginSettings, 'register'>>> {
  const [other] = options.strongest(['register', ...clientOptions]).filter(({ name }) => name !== 'register');
  if (options.isOn('register') && other !== undefined)
    throw new UsageError(say`${options.source('register')} and ${other.source} exclude each other.`, {
      hint: 'The client that is registered gets its identifier and secret from the server.',
    });
  const flow = options.text('flow') ?? 'code';
  if (flow !== 'code' && flow !== 'device')
    throw new UsageError(say`${options.source('register')} is not for --flow ${flow}.`, {
      hint: own('Register the client yourself: oauth-code register --metadata JSON --save NAME'),
    });
  // Servers refuse scopes that they do not know, and those of a resource are asked for in time.
  const signingKey = await settleSigningKey(options, run.context);
  const { scope, ...asked } = await settleMetadata(options, run, signingKey);
  const signingAlg = settleAlgorithm(options, 'signing-alg');
  const credentials = {
    clientId: '',
    hasCertificate: options.text('cert') !== undefined,
    ...(signingKey && { signingKey }),
    ...(signingAlg && { signingAlg }),
  };
  return {
    client: { credentials },
    register: {
      metadata: {
        client_name: 'oauth-code',
        ...asked,
        ...(options.isOn('register') && scope ? { scope } : {}),
      },
      documentUrl: settleDocumentUrl(options),
      initialAccessToken: await readSecretToken(options, 'initial-access-token', run),
      store: storeOf(options),
    },
  };
}

/** The URL of a metadata document that describes the client. @throws UsageError */
function settleDocumentUrl(
  options: OptionReader,
  name = 'client-metadata-url',
  argument?: string,
): string | undefined {
  const url = argument ?? options.text(name);
  const problem = url === undefined ? undefined : clientDocumentUrlProblem(url);
  if (url === undefined || problem === undefined) return url;
  const source = argument === undefined ? options.source(name) : own('URL');
  throw new UsageError(say`${source} ${own(problem)}: ${url}`, {
    hint: 'A server takes such a URL for a client_id: https, with a path, without dot segments, fragment and user name.',
  });
}

/** Settles `client-document create`. @throws UsageError */
export function settleClientDocument(options: OptionReader, argument: string | undefined) {
  if (argument !== undefined && options.text('url') !== undefined)
    throw new UsageError('The URL was given twice, as an argument and with --url.');
  const url = settleDocumentUrl(options, 'url', argument);
  if (url === undefined)
    throw new UsageError('Nothing says where the document will be.', {
      hint: 'Give its URL, such as https://client.example.com/oauth/client.json. It will be the client_id.',
    });
  const keys = settleUrl(options, 'jwks-uri');
  const uris = redirectUrisOf(options);
  return {
    client_id: url,
    client_name: options.text('client-name') ?? 'oauth-code',
    application_type: 'native',
    redirect_uris: uris.length > 0 ? uris : documentRedirectUris,
    grant_types: [loginGrant.type, refreshType],
    response_types: ['code'],
    ...(keys === undefined
      ? { token_endpoint_auth_method: 'none' }
      : { token_endpoint_auth_method: 'private_key_jwt', jwks_uri: keys }),
  };
}

/** Of each loopback host the default redirect URI, and the same without its port. */
const documentRedirectUris = ['127.0.0.1', '[::1]', 'localhost'].flatMap((host) =>
  ['', ':8378'].map((port) => `http://${host}${port}/callback`),
);

/** Settles `client-document check`. @throws UsageError */
export function settleDocumentCheck(options: OptionReader, { context }: Pick<Settling, 'context'>) {
  return {
    url: options.text('url'),
    failOn: (options.text('fail-on') ?? 'violation') as FindingThreshold,
    connection: () => settleConnection(options, context),
  };
}

function redirectUrisOf(options: OptionReader): readonly string[] {
  const uris = options.list('redirect-uri');
  const bad = uris.find((uri) => readRedirectUri(uri) === undefined);
  if (bad === undefined) return uris;
  throw new UsageError(
    say`${options.source('redirect-uri')} is not an absolute URI without a fragment: ${bad}`,
  );
}

function storeOf(options: OptionReader): SessionKeepingSettings['store'] {
  return options.text('store') as SessionKeepingSettings['store'];
}

/** The metadata that options give. */
async function settleMetadata(
  options: OptionReader,
  run: Settling,
  key: SigningKey | undefined,
): Promise<JsonObject> {
  const uris = redirectUrisOf(options);
  const given = {
    redirect_uris: uris.length === 0 ? undefined : [...uris],
    jwks: key && { keys: publicKeys(key) },
    client_name: options.text('client-name'),
    application_type: options.text('application-type'),
    token_endpoint_auth_method: options.text('auth-method') ?? (key && 'private_key_jwt'),
    scope: settleScope(options).join(' ') || undefined,
    software_statement: await readSecretToken(options, 'software-statement', run),
    token_endpoint_auth_signing_alg: settleAlgorithm(options, 'signing-alg'),
    id_token_signed_response_alg: options.text('id-token-alg'),
  };
  const present = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...(await readMetadata(options, run)), ...(Object.fromEntries(present) as JsonObject) };
}

/** A client for logins on this machine, where nothing else is said. */
function withDefaults(given: JsonObject): JsonObject {
  const grants = textListMember(given, 'grant_types')?.join(' ') ?? loginGrant.type;
  const needsUri = /\b(?:authorization_code|implicit)\b/.test(grants);
  // Without it the server would give no refresh token for the scope that asks for one (RFC 7591 §2).
  const isOffline = /(?:^| )offline_access(?: |$)/.test(String(given.scope));
  const all: JsonObject = {
    ...(needsUri ? { redirect_uris: [defaultRedirectUri] } : {}),
    ...(isOffline ? { grant_types: [loginGrant.type, refreshType] } : {}),
    ...given,
  };
  const uris = textListMember(all, 'redirect_uris') ?? [];
  const isNative = uris.length > 0 && uris.every((uri) => !uri.startsWith('https:'));
  return withoutNulls({ ...(isNative ? { application_type: 'native' } : {}), ...all });
}

/** Members that are null count as left out (RFC 7591 §2). */
export function withoutNulls(metadata: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(metadata).filter(([, value]) => value !== null));
}

/** Client metadata from a JSON text, or from a file of it. */
async function readMetadata(options: OptionReader, { context }: Settling): Promise<JsonObject> {
  const text = options.text('metadata');
  if (text === undefined) return {};
  const source = options.source('metadata');
  const named = { source, wants: 'a JSON object of client metadata' };
  const value = parsePlainJson(/^\s*\{/.test(text) ? text : await readNamedFile(text, named, context));
  if (isJsonObject(value)) return value;
  throw new UsageError(say`${source} is not a JSON object.`, {
    hint: own(`For example: --metadata '{"grant_types":["client_credentials"],"redirect_uris":null}'`),
  });
}

/** The public halves of the keys, as the server is to know them (RFC 7591 §2, RFC 7517 §4). */
function publicKeys(key: SigningKey): JsonObject[] {
  const keys = new Map(waysToSign(key).map((way) => [way.key, way.kid]));
  return [...keys].map(([one, kid]) => {
    const jwk = attempt(() => createPublicKey(one).export({ format: 'jwk' }) as JsonObject);
    if (jwk === undefined)
      throw new ConfigError('The key of --signing-key has no form as a JWK.', {
        hint: 'Use a key for ES256, or an RSA key without the restriction to PSS.',
      });
    return { ...jwk, use: 'sig', ...(kid === undefined ? {} : { kid }) };
  });
}
