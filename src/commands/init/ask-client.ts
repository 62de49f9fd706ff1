import type { Context, PromptChoice } from '../../context.ts';
import type { DiscoveredServer } from '../../flows/discover-metadata.ts';
import { type JsonObject, textListMember } from '../../json/json.ts';
import {
  type ClientAuthenticationMethod,
  clientAuthenticationMethods,
} from '../../protocol/client-authentication.ts';
import { splitScope } from '../../protocol/parameters.ts';
import { complaintOf, type FoundServer, type Known, notEmpty, tell, type Wizard } from './ask-server.ts';

const methodNames: Readonly<Record<ClientAuthenticationMethod, string>> = {
  none: 'None: a public client, protected by PKCE',
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

const secretOptions = ['client-secret-file', 'client-secret-env', 'client-secret', 'signing-key'] as const;

/** The methods of the server that this tool knows: advertised, else known of the provider, else the usual ones. */
function offeredMethods(metadata: JsonObject, known: Known): readonly ClientAuthenticationMethod[] {
  const advertised = textListMember(metadata, 'token_endpoint_auth_methods_supported');
  const hinted: readonly string[] = known?.authentication ?? [];
  const usual = hinted.length > 0 ? hinted : ['none', 'client_secret_basic', 'client_secret_post'];
  const supported =
    advertised === undefined ? usual : [...advertised, ...hinted.filter((name) => name === 'none')];
  return clientAuthenticationMethods.filter((method) => supported.includes(method));
}

/** Asks for the client id and how the client authenticates; variables that are not set are added to `env`. */
export async function askClient(
  wizard: Wizard,
  metadata: JsonObject,
  known: Known,
  env: Map<string, string>,
): Promise<void> {
  const { settings, answers, invocation } = wizard;
  const { given } = settings;
  if (given.has('register')) return;
  const { prompt } = invocation.context;
  if (!given.has('client-id')) {
    answers.set('client-id', [await prompt.line('Client ID', { validate: notEmpty })]);
  }
  if (secretOptions.some((name) => given.has(name))) return;
  const method = await askMethod(wizard, offeredMethods(metadata, known));
  if (method.startsWith('client_secret_')) await askSecret(wizard, env);
  const path = async (option: 'signing-key' | 'cert' | 'key', message: string) => {
    if (given.has(option)) return;
    answers.set(option, [await prompt.line(message, { validate: readable(invocation.context) })]);
  };
  if (method === 'private_key_jwt') await path('signing-key', 'File with the private key (PEM, JWK or JWKS)');
  if (method.includes('tls_client_auth')) {
    await path('cert', 'File with the certificate (PEM)');
    await path('key', 'File with its key (PEM)');
  }
}

async function askMethod(wizard: Wizard, offered: readonly ClientAuthenticationMethod[]): Promise<string> {
  const { settings, answers, invocation } = wizard;
  if (settings.authMethod !== undefined) return settings.authMethod;
  const methods = offered.length === 0 ? clientAuthenticationMethods : offered;
  const [only, ...others] = methods;
  const choices = methods.map((value) => ({ value, name: methodNames[value] }));
  if (only !== undefined && others.length === 0) {
    tell(wizard, `Client authentication: the server takes ${only} only.`);
    answers.set('auth-method', [only]);
    return only;
  }
  const method = await invocation.context.prompt.choose('How does the client authenticate?', choices);
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
  switch (await prompt.choose('Where is the client secret kept?', secretPlaces)) {
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
  return async (path) => (path === '' || path === '-' ? 'Name a file.' : complaintOf(() => readFile(path)));
}

const usualScopes = new Set(['openid', 'profile', 'email']);

/** Asks for the scopes, and whether a refresh token is wanted; both in the way that server wants it. */
export async function askAccess(wizard: Wizard, { discovered, known }: FoundServer): Promise<void> {
  const { settings, answers } = wizard;
  if (settings.given.has('scope')) return;
  const refresh = refreshBy(discovered, known);
  const scopes = known?.separator === 'none' ? [] : await askScopes(wizard, discovered, refresh?.scope);
  const wanted = refresh !== undefined && (await wantsRefresh(wizard));
  const all = [...new Set([...scopes, ...(wanted && refresh.scope !== undefined ? [refresh.scope] : [])])];
  const params = [
    ...settings.params,
    ...(wanted ? (refresh.params ?? []) : []),
    ...(known?.separator === 'comma' && all.length > 1 ? [`scope=${all.join(',')}`] : []),
  ];
  if (all.length > 0) answers.set('scope', [all.join(' ')]);
  if (params.length > 0) answers.set('param', params);
}

/** What yields a refresh token: as is known, else offline_access where it is supported (OIDC Core §11). */
function refreshBy(
  { metadata }: DiscoveredServer,
  known: Known,
): { readonly scope?: string; readonly params?: readonly string[] } | undefined {
  if (known?.refresh !== undefined) return known.refresh.type === 'ask' ? known.refresh : undefined;
  const supported = textListMember(metadata, 'scopes_supported')?.includes('offline_access');
  return supported ? { scope: 'offline_access' } : undefined;
}

async function askScopes(
  { invocation }: Wizard,
  { metadata, openid }: DiscoveredServer,
  refreshScope: string | undefined,
): Promise<readonly string[]> {
  const { prompt } = invocation.context;
  const supported = textListMember(metadata, 'scopes_supported')?.filter((scope) => scope !== refreshScope);
  if (supported !== undefined && supported.length > 0) {
    return prompt.chooseMany(
      'Scopes',
      supported.map((scope) => ({ value: scope, name: scope, checked: openid && usualScopes.has(scope) })),
    );
  }
  return splitScope(
    await prompt.line('Scopes, separated by spaces', openid ? { preset: 'openid profile email' } : {}),
  );
}

async function wantsRefresh({ invocation }: Wizard): Promise<boolean> {
  const answer = await invocation.context.prompt.choose('Renew the token later without a login?', [
    { value: 'yes', name: 'Yes, ask for a refresh token' },
    { value: 'no', name: 'No' },
  ]);
  return answer === 'yes';
}
