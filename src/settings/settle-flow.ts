import { UsageError } from '../errors.ts';
import type { LoginFlow } from '../flows/login-settings.ts';
import { own, say } from '../say.ts';
import type { OptionReader } from './option-reader.ts';

/** Options of the authorization request that goes through the browser to a redirect URI. */
const ofBrowser = [
  ...['redirect-uri', 'port', 'listen', 'tls-cert', 'tls-key', 'pkce', 'state', 'nonce', 'response-mode'],
  ...['prompt', 'max-age', 'ui-locales', 'claims', 'fapi', 'par', 'no-par'],
  ...['request-object', 'request-object-encryption', 'request-object-file', 'request-uri'],
];

/** Options about the user whom the server asks. */
const ofUser = ['login-hint', 'acr-values', 'binding-message'];

/** Options that a flow has no use for, and why. */
const unused: Readonly<Record<LoginFlow, readonly [names: readonly string[], why: string]>> = {
  device: [
    [...ofBrowser, ...ofUser],
    'In the device flow no answer comes back through a browser (RFC 8628 §3).',
  ],
  ciba: [
    [...ofBrowser, 'browser'],
    'In this flow the server asks the user by itself: no browser takes part here (CIBA Core §5).',
  ],
};

/** Refuses options that the flow would leave unused, unless a weaker place than that of the flow gives them. @throws UsageError */
export function requireFlowOptions(flow: LoginFlow, options: OptionReader): void {
  const [names, why] = unused[flow];
  for (const name of names) {
    if (options.place(name) === undefined) continue;
    if (!options.strongest(['flow', name]).some((given) => given.name === name)) continue;
    throw new UsageError(
      say`${options.source(name)} and ${options.source('flow')} ${own(flow)} exclude each other.`,
      { hint: own(`${why} A parameter of the first request is set with --param NAME=VALUE.`) },
    );
  }
}
