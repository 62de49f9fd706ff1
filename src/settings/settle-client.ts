import type { Invocation } from '../commands/command.ts';
import { ConfigError, UsageError } from '../errors.ts';
import type { ClientSettings } from '../flows/login-settings.ts';
import { readSigningKey } from '../jose/signing-key.ts';
import type { ClientAuthenticationMethod, ClientCredentials } from '../protocol/client-authentication.ts';
import { readClientAssertion } from './client-assertion-source.ts';
import { readClientSecret } from './client-secret.ts';
import { givenSettings } from './given-settings.ts';
import type { OptionReader } from './option-reader.ts';
import { readNamedFile } from './read-named-file.ts';

/**
 * Reads the client options and its secret, which is told to the journal at once.
 * @throws UsageError when there is no client id, or a method lacks what it needs.
 */
export async function settleClient(
  options: OptionReader,
  { context, journal }: Invocation,
): Promise<ClientSettings> {
  journal.given = givenSettings(options);
  const clientId = options.text('client-id');
  if (clientId === undefined) {
    throw new UsageError('No client identifier was given.', {
      hint: 'Add --client-id ID, as registered at the authorization server (or set OAUTH_CODE_CLIENT_ID).',
    });
  }
  const clientSecret = await readClientSecret(options, context);
  if (clientSecret !== undefined) journal.secrets.push({ kind: 'client_secret', value: clientSecret });
  const keyFile = options.text('signing-key');
  const signingKey =
    keyFile === undefined
      ? undefined
      : signingKeyFrom(
          keyFile,
          await readNamedFile(
            keyFile,
            { source: options.source('signing-key'), wants: 'a private key, in PEM or as a JWK' },
            context,
          ),
        );
  const clientAssertion = await readClientAssertion(options, { context, journal });
  if (clientAssertion !== undefined && signingKey !== undefined) {
    throw new UsageError('--assertion-from and --signing-key both prove the client in the same way.', {
      hint: 'Leave one of them out.',
    });
  }
  const credentials: ClientCredentials = {
    clientId,
    hasCertificate: options.text('cert') !== undefined,
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(signingKey === undefined ? {} : { signingKey }),
    ...(clientAssertion === undefined ? {} : { clientAssertion }),
  };
  const method = options.text('auth-method') as ClientAuthenticationMethod | undefined;
  if (method === undefined) return { credentials };
  requireCredentials(method, credentials);
  return { credentials, method };
}

function requireCredentials(method: ClientAuthenticationMethod, credentials: ClientCredentials): void {
  const needs = {
    client_secret_basic: [
      credentials.clientSecret,
      'a client secret',
      '--client-secret-file FILE or --client-secret-env NAME',
    ],
    client_secret_post: [
      credentials.clientSecret,
      'a client secret',
      '--client-secret-file FILE or --client-secret-env NAME',
    ],
    client_secret_jwt: [
      credentials.clientSecret,
      'a client secret',
      '--client-secret-file FILE or --client-secret-env NAME',
    ],
    private_key_jwt: [
      credentials.signingKey ?? credentials.clientAssertion,
      'a private key or an assertion',
      '--signing-key FILE or --assertion-from SOURCE',
    ],
    tls_client_auth: [
      credentials.hasCertificate || undefined,
      'a TLS client certificate',
      '--cert FILE --key FILE',
    ],
    self_signed_tls_client_auth: [
      credentials.hasCertificate || undefined,
      'a TLS client certificate',
      '--cert FILE --key FILE',
    ],
    none: [true, '', ''],
  } as const;
  const [value, what, flags] = needs[method];
  if (value === undefined)
    throw new UsageError(`--auth-method ${method} needs ${what}.`, { hint: `Add ${flags}.` });
}

function signingKeyFrom(file: string, text: string) {
  try {
    return readSigningKey(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new ConfigError(`${file} cannot be used as --signing-key. ${reason}`, {
      hint: 'Make one, for example, with: openssl genpkey -algorithm RSA -out key.pem',
    });
  }
}
