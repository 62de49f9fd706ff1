import type { Context, PromptChoice } from '../../context.ts';
import { NamedError } from '../../errors.ts';
import { type JsonObject, textListMember } from '../../json/json.ts';
import {
  type ClientAuthenticationMethod,
  clientAuthenticationMethods,
} from '../../protocol/client-authentication.ts';
import { type Known, notEmpty, tell, type Wizard } from './wizard.ts';

const methodNames: Readonly<Record<ClientAuthenticationMethod, string>> = {
  none: 'Not at all: a public client, protected by PKCE',
  client_secret_basic: 'Client secret in a header (client_secret_basic)',
  client_secret_post: 'Client secret in the body (client_secret_post)',
  client_secret_jwt: 'JWT made with the client secret (client_secret_jwt)',
  private_key_jwt: 'JWT signed with a private key (private_key_jwt)',
  tls_client_auth: 'TLS certificate from an authority (tls_client_auth)',
  self_signed_tls_client_auth: 'TLS certificate of its own (self_signed_tls_client_auth)',
};

const secretPlaces: readonly PromptChoice[] = [
  { value: 'env', name: 'In an environment variable' },
  { value: 'file', name: 'In a file of yours' },
  { value: 'keychain', name: 'In the keychain of this system; you type it now' },
  { value: 'none', name: 'Nowhere: you type it now, for this login only' },
];

const secretOptions = ['client-secret-file', 'client-secret-env', 'client-secret', 'signing-key'];

/** The methods a server supports of those spoken here: what it says, else what is known, else the usual ones. */
function offeredMethods(metadata: JsonObject, known: Known): readonly ClientAuthenticationMethod[] {
  const advertised = textListMember(metadata, 'token_endpoint_auth_methods_supported');
  const hinted: readonly string[] = known?.authentication ?? [];
  const usual = hinted.length > 0 ? hinted : ['none', 'client_secret_basic', 'client_secret_post'];
  const supported =
    advertised === undefined ? usual : [...advertised, ...hinted.filter((name) => name === 'none')];
  return clientAuthenticationMethods.filter((method) => supported.includes(method));
}

/** Asks for the client id and how the client proves itself; variables that are not set are added to `env`. */
export async function askClient(
  wizard: Wizard,
  metadata: JsonObject,
  known: Known,
  env: Map<string, string>,
): Promise<void> {
  const { given, answers, invocation } = wizard;
  const { prompt } = invocation.context;
  if (given.text('client-id') === undefined) {
    answers.set('client-id', [await prompt.line('Client id', { validate: notEmpty })]);
  }
  if (secretOptions.some((name) => given.place(name) !== undefined)) return;
  const method = await askMethod(wizard, offeredMethods(metadata, known));
  if (method.startsWith('client_secret_')) await askSecret(wizard, env);
  const path = async (option: string, message: string) => {
    if (given.text(option) !== undefined) return;
    answers.set(option, [await prompt.line(message, { validate: readable(invocation.context) })]);
  };
  if (method === 'private_key_jwt') await path('signing-key', 'File with the private key (PEM, JWK or JWKS)');
  if (method.includes('tls_client_auth')) {
    await path('cert', 'File with the certificate (PEM)');
    await path('key', 'File with its key (PEM)');
  }
}

async function askMethod(wizard: Wizard, offered: readonly ClientAuthenticationMethod[]): Promise<string> {
  const { given, answers, invocation } = wizard;
  const named = given.text('auth-method');
  if (named !== undefined) return named;
  const methods = offered.length === 0 ? clientAuthenticationMethods : offered;
  const [only, ...others] = methods;
  const choices = methods.map((value) => ({ value, name: methodNames[value] }));
  if (only !== undefined && others.length === 0) {
    tell(wizard, `Client authentication: the server takes ${only} only.`);
    answers.set('auth-method', [only]);
    return only;
  }
  const method = await invocation.context.prompt.choose('How does the client prove itself?', choices);
  answers.set('auth-method', [method]);
  return method;
}

async function askSecret({ answers, invocation }: Wizard, env: Map<string, string>): Promise<void> {
  const { context, journal } = invocation;
  const { prompt } = context;
  const typed = async (message: string): Promise<string> => {
    const value = await prompt.secret(message, { validate: notEmpty });
    journal.secrets.push({ kind: 'client_secret', value });
    return value;
  };
  switch (await prompt.choose('Where is the client secret to be?', secretPlaces)) {
    case 'env': {
      const name = await prompt.line('Name of the variable', {
        validate: (text) =>
          /^[A-Za-z_]\w*$/.test(text) || 'Letters, digits and _ only; the name, not the secret.',
      });
      answers.set('client-secret-env', [name]);
      if (!context.env[name])
        env.set(name, await typed(`${name} is not set here; the secret for this login`));
      return;
    }
    case 'file':
      answers.set('client-secret-file', [
        await prompt.line('Path of the file', { validate: readable(context) }),
      ]);
      return;
    case 'keychain':
      answers.set('client-secret', [await typed('Client secret')]);
      answers.set('store', ['keychain']);
      return;
    default:
      answers.set('client-secret', [await typed('Client secret')]);
  }
}

function readable({ readFile }: Context): (path: string) => Promise<true | string> {
  return async (path) => {
    if (path === '' || path === '-') return 'Name a file.';
    try {
      await readFile(path);
      return true;
    } catch (error) {
      if (error instanceof NamedError) return error.message;
      throw error;
    }
  };
}
