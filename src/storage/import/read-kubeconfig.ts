import { ConfigError, UsageError } from '../../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue, parsePlainJson } from '../../json/json.ts';
import { say } from '../../say.ts';
import type { Imported } from './other-command-line.ts';
import { readKubelogin } from './read-kubelogin.ts';
import { readYaml } from './read-yaml.ts';

/**
 * Reads the exec entry of a kubeconfig, in YAML or JSON: that of the user that is named, else the only one.
 * @throws ConfigError for a file without a kubelogin entry; UsageError when it is to be said which of several
 */
export function readKubeconfig(text: string, file: string, user: string | undefined): Imported {
  // JSON is YAML too, but read much faster as itself.
  const config = parsePlainJson(text) ?? readYaml(text, file);
  const users = isJsonObject(config) && Array.isArray(config.users) ? config.users.filter(isJsonObject) : [];
  const found = users.flatMap((entry) => {
    const imported = importedFrom(entry);
    return imported === undefined ? [] : [{ name: textOf(entry.name), imported }];
  });
  const names = found.map(({ name }) => name).join(', ');
  const matching = user === undefined ? found : found.filter(({ name }) => name === user);
  const [first, second] = matching;
  if (first === undefined && user !== undefined && found.length > 0) {
    throw new UsageError(say`${file} has no kubelogin entry for the user ${user}.`, {
      hint: say`There is: ${names}.`,
    });
  }
  if (first === undefined) {
    if (users.some(isAzure)) {
      throw new ConfigError(say`${file} has an entry of Azure kubelogin alone, which is another program.`, {
        hint: 'It signs in to Microsoft Entra by its own means (--server-id). Supported: kubectl oidc-login, and auth-provider oidc.',
      });
    }
    throw new ConfigError(say`${file} is not a kubeconfig with a kubelogin entry.`, {
      hint: 'Supported: users with exec, whose arguments are get-token and --oidc-issuer-url (kubectl oidc-login), or with auth-provider oidc.',
    });
  }
  if (second !== undefined) {
    throw new UsageError(say`${file} has several kubelogin entries.`, {
      hint: say`Add --user NAME: ${names}.`,
    });
  }
  return { ...first.imported, suggestedName: first.name };
}

/** An entry of github.com/Azure/kubelogin. */
function isAzure(entry: JsonObject): boolean {
  const args = execOf(entry)?.args;
  return Array.isArray(args) && args.includes('--server-id');
}

/** The program that an entry starts. */
function execOf({ user }: JsonObject): JsonObject | undefined {
  const exec = isJsonObject(user) ? user.exec : undefined;
  return isJsonObject(exec) ? exec : undefined;
}

/** The settings of the auth-provider that kubectl had until 1.26, by the option that takes each over. */
const providerOptions: Readonly<Record<string, string>> = {
  'idp-issuer-url': 'issuer',
  'client-id': 'client-id',
  'idp-certificate-authority': 'ca-file',
};

function fromAuthProvider(value: JsonValue | undefined): Imported | undefined {
  if (!isJsonObject(value) || value.name !== 'oidc' || !isJsonObject(value.config)) return undefined;
  const { config } = value;
  const member = (name: string) => textOf(config[name]);
  const scopes = member('extra-scopes')
    .split(',')
    .map((scope) => scope.trim());
  const taken = Object.entries(providerOptions).flatMap(([name, option]): [string, string[]][] =>
    member(name) === '' ? [] : [[option, [member(name)]]],
  );
  const reasons = {
    'refresh-token': 'a secret itself; log in to get one',
    'id-token': 'log in to get one',
    'idp-certificate-authority-data': 'write the certificate into a file and use --ca-file FILE',
  };
  return {
    from: 'an auth-provider oidc entry',
    settings: new Map([
      ...taken,
      ['scope', [['openid', ...scopes].join(' ').trim()]],
      ['token', ['id_token']],
    ]),
    leftOut: Object.entries(reasons).flatMap(([name, why]) =>
      member(name) === '' ? [] : [`${name}: ${why}`],
    ),
    ...(member('client-secret') === '' ? {} : { secret: member('client-secret') }),
  };
}

function importedFrom(entry: JsonObject): Imported | undefined {
  const { user } = entry;
  const provider = isJsonObject(user) ? fromAuthProvider(user['auth-provider']) : undefined;
  if (provider !== undefined) return provider;
  const exec = execOf(entry);
  if (exec === undefined) return undefined;
  const { command, args, env } = exec;
  const imported = readKubelogin(textOf(command), Array.isArray(args) ? args.map(textOf) : []);
  const hasEnv = Array.isArray(env) && env.length > 0;
  if (imported === undefined || !hasEnv) return imported;
  return { ...imported, leftOut: [...imported.leftOut, 'the environment variables of the entry'] };
}

/** In JSON a word may be a number; a list or an object counts as an empty word. */
function textOf(value: JsonValue | undefined): string {
  return typeof value === 'object' || value === undefined ? '' : String(value);
}
