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
    throw new ConfigError(say`${file} is no kubeconfig with a kubelogin entry.`, {
      hint: 'What is read: users with exec, whose arguments are get-token and --oidc-issuer-url (kubectl oidc-login).',
    });
  }
  if (second !== undefined) {
    throw new UsageError(say`${file} has several kubelogin entries.`, {
      hint: say`Add --user NAME: ${names}.`,
    });
  }
  return { ...first.imported, suggestedName: first.name };
}

function importedFrom({ user }: JsonObject): Imported | undefined {
  const exec = isJsonObject(user ?? null) ? (user as JsonObject).exec : undefined;
  if (exec === undefined || !isJsonObject(exec)) return undefined;
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
