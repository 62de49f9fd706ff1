import { UsageError } from '../errors.ts';
import { isSecretMember, isSecretParameter } from '../output/redact.ts';
import { type ParameterOverride, type Parameters, parseForm } from '../protocol/parameters.ts';
import { own, say } from '../say.ts';

/** Tokens that belong into the URL of an authorization request (OIDC Core §3.1.2.1). */
const urlTokens = new Set(['id_token_hint', 'login_hint_token']);

/** The options that give a credential, by the parameter that carries it. */
const ways: Readonly<Record<string, string>> = {
  client_secret: '--client-secret-file FILE (- for stdin) or --client-secret-env NAME',
  client_assertion: '--assertion-from env:NAME or file:PATH, or --signing-key FILE',
  subject_token: '--subject-token-file FILE or --subject-token-env NAME',
  access_token: '--access-token-file FILE or --access-token-env NAME',
  code_verifier: 'only the token request, for which it is made and sent',
};

/**
 * Refuses credentials that a changed request would have in its URL, which is printed and kept by the browser, or that
 * were written on the command line.
 * @throws UsageError that names the parameter, never its value
 */
export function refuseSecretParameters(
  overrides: readonly ParameterOverride[],
  {
    source,
    isInUrl,
    isFlag,
  }: { readonly source: string; readonly isInUrl: boolean; readonly isFlag: boolean },
): void {
  const set = overrides.flatMap((one): Parameters => (one.type === 'set' ? [[one.name, one.value]] : []));
  if (isInUrl) refuseSecretsInUrl(source, set);
  if (isInUrl || !isFlag) return;
  const [found] = set.find(([parameter, value]) => value !== '' && isSecretParameter(parameter)) ?? [];
  if (found === undefined) return;
  const way = ways[found];
  throw new UsageError(say`The ${found} on the command line can be read by every user of this machine.`, {
    hint: own(
      `${way === undefined ? 'Use' : `Use ${way}; or`} the variable OAUTH_CODE_TOKEN_PARAM, which holds all token parameters, one a line.`,
    ),
  });
}

/** Refuses a URL with credentials in its query. @throws UsageError that names the parameter, never its value */
export function refuseSecretsInQuery(source: string, url: string, isSecret = isSecretMember): void {
  const query = /\?([^#]*)/.exec(url)?.[1];
  if (query !== undefined) refuseSecretsInUrl(source, parseForm(query), isSecret);
}

function refuseSecretsInUrl(source: string, parameters: Parameters, isSecret = isSecretMember): void {
  const [found] =
    parameters.find(
      ([name, value]) => value !== '' && isSecret(name) && !urlTokens.has(name.toLowerCase()),
    ) ?? [];
  if (found === undefined) return;
  const way = ways[found];
  throw new UsageError(
    say`${source} gives the ${found}, which a URL would show on the screen, in the browser and in logs.`,
    { hint: way === undefined ? 'Leave it out.' : own(`Leave it out. Its place is ${way}.`) },
  );
}
