import { createPublicKey } from 'node:crypto';
import { ConfigError, UsageError } from '../errors.ts';
import { attempt } from '../jose/jwk.ts';
import { type SigningKey, waysToSign } from '../jose/jws.ts';
import { isJsonObject, type JsonObject, parsePlainJson, textListMember } from '../json/json.ts';
import { readRedirectUri } from '../protocol/redirect-uri.ts';
import type { RegistrationAction } from '../protocol/registration.ts';
import { own, say } from '../say.ts';
import type { SessionKeepingSettings } from '../sessions/token-settings.ts';
import type { OptionReader, Settled } from './option-reader.ts';
import { defaultRedirectUri } from './options.ts';
import { settleOutput } from './output-settings.ts';
import { readNamedFile } from './read-named-file.ts';
import { refuseSecretsInQuery } from './refuse-secrets.ts';
import { readGivenSecret } from './read-secret.ts';
import { readAssertionKey, type Settling } from './settle-client.ts';
import { settleSave } from './settle-profile.ts';
import { settleConnection, settleScope, settleServer, settleWaived } from './settle-server.ts';

/** Settles `register`. @throws UsageError, ConfigError */
export async function settleRegister(options: OptionReader, run: Settling) {
  const { context, journal } = run;
  const output = settleOutput(options);
  const given = (['read', 'update', 'delete'] as const).filter((name) => options.isOn(name));
  const [action = 'create', other] = given;
  if (other !== undefined) throw new UsageError(`--${action} and --${other} exclude each other.`);
  const read = async (option: string, what: string) => {
    const value = await readGivenSecret(options, option, what, context);
    if (value !== undefined) journal.secrets.push({ kind: option.replaceAll('-', '_'), value });
    return value;
  };
  const store = options.text('store') as SessionKeepingSettings['store'];
  if (action === 'create' && store === 'none' && !output.json && !output.showSecrets) {
    throw new UsageError('With --store none the secrets of the client are kept nowhere.', {
      hint: 'Add --json or --show-secrets, so that they are at least printed whole.',
    });
  }
  const server = settleServer(options);
  const uri = options.text('registration-client-uri');
  if (
    uri === undefined &&
    action === 'create' &&
    server.issuer === undefined &&
    server.metadataUrl === undefined
  )
    requireEndpoint(server.given);
  const save = options.text('save');
  return {
    output,
    /** The settings file, when the user names one. */
    config: options.text('config'),
    action: action as RegistrationAction,
    server,
    waived: settleWaived(options),
    connection: () => settleConnection(options, context),
    metadata: await settleMetadata(options, run, action),
    initialAccessToken: await read('initial-access-token', 'initial access token'),
    /** The address of a client that is not kept here, and the token that opens it. */
    client: { uri, token: await read('registration-access-token', 'registration access token') },
    clientId: options.text('client-id'),
    store,
    /** The profile that is written once the client is there. */
    save:
      save === undefined
        ? undefined
        : {
            name: save,
            settings: (above: Readonly<Record<string, string>>) =>
              settleSave(
                options.with({
                  above: Object.entries(above).map(([name, value]) => ({
                    name,
                    values: [value],
                    source: 'the registered client',
                  })),
                }),
                run,
              ),
          },
  };
}

/** What `register` is to do. */
export type RegisterSettings = Settled<typeof settleRegister>;

function requireEndpoint({ registration_endpoint: endpoint }: Readonly<Record<string, string>>): void {
  if (endpoint !== undefined) return;
  throw new UsageError('No authorization server was given.', {
    hint: 'Add --issuer URL, or --registration-endpoint URL for a server without metadata.',
  });
}

/** The metadata that is asked for; in an update, the members that change, of which null removes one. */
async function settleMetadata(options: OptionReader, run: Settling, action: string): Promise<JsonObject> {
  const keyFile = options.text('signing-key');
  const key = keyFile === undefined ? undefined : await readAssertionKey(keyFile, options, run.context);
  const statement = await readGivenSecret(options, 'software-statement', 'software statement', run.context);
  const scope = settleScope(options);
  const uris = options.list('redirect-uri').map((uri) => {
    refuseSecretsInQuery(options.source('redirect-uri'), uri);
    if (readRedirectUri(uri) !== undefined) return uri;
    throw new UsageError(
      say`${options.source('redirect-uri')} is not an absolute URI without a fragment: ${uri}`,
    );
  });
  const texts = {
    client_name: options.text('client-name'),
    application_type: options.text('application-type'),
    token_endpoint_auth_method: options.text('auth-method') ?? (key && 'private_key_jwt'),
    scope: scope.length === 0 ? undefined : scope.join(' '),
    software_statement: statement,
    token_endpoint_auth_signing_alg: options.text('signing-alg'),
  };
  const given: JsonObject = {
    ...(await readMetadata(options, run)),
    ...(uris.length === 0 ? {} : { redirect_uris: uris }),
    ...(key === undefined ? {} : { jwks: { keys: publicKeys(key) } }),
    ...Object.fromEntries(
      Object.entries(texts).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  };
  return action === 'create' ? withDefaults(given) : given;
}

/** A client for logins on this machine, where nothing else is said. */
function withDefaults(given: JsonObject): JsonObject {
  const grants = textListMember(given, 'grant_types');
  const needsUri =
    grants === undefined || grants.some((grant) => /^(?:authorization_code|implicit)$/.test(grant));
  const all: JsonObject = { ...(needsUri ? { redirect_uris: [defaultRedirectUri] } : {}), ...given };
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
  const isJson = text.trim().startsWith('{');
  const wants = 'a JSON object of client metadata';
  const value = parsePlainJson(isJson ? text : await readNamedFile(text, { source, wants }, context));
  if (isJsonObject(value)) return value;
  throw new UsageError(say`${source} is not a JSON object.`, {
    hint: own(`For example: --metadata '{"grant_types":["client_credentials"],"redirect_uris":null}'`),
  });
}

/** The public halves of the keys, as the server is to know them (RFC 7591 §2, RFC 7517 §4). */
function publicKeys(key: SigningKey): JsonObject[] {
  const keys = new Map(waysToSign(key).map((way) => [way.key, way]));
  return [...keys.values()].map(({ key: one, kid }) => {
    const jwk = attempt(() => createPublicKey(one).export({ format: 'jwk' }) as JsonObject);
    if (jwk === undefined)
      throw new ConfigError('The key of --signing-key has no form as a JWK.', {
        hint: 'Use a key for ES256, or an RSA key without the restriction to PSS.',
      });
    return { ...jwk, use: 'sig', ...(kid === undefined ? {} : { kid }) };
  });
}
