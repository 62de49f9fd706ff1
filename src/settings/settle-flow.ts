import { UsageError } from '../errors.ts';
import type { LoginFlow, LoginSettings } from '../flows/login-settings.ts';
import { own, say } from '../say.ts';
import type { OptionReader } from './option-reader.ts';

/** Options of the authorization request that goes through the browser to a redirect URI. */
const ofBrowser = [
  ...['redirect-uri', 'port', 'listen', 'tls-cert', 'tls-key', 'pkce', 'state', 'nonce', 'response-mode'],
  ...['prompt', 'max-age', 'ui-locales', 'claims', 'fapi', 'par', 'no-par', 'response-type'],
  ...['request-object', 'request-object-encryption', 'request-object-file', 'request-uri'],
];

/** Options about the user that the server asks. */
const ofUser = ['login-hint', 'acr-values', 'binding-message', 'notification-uri'];

/** Options that a flow has no use for, and why. */
const unused: Readonly<Record<LoginFlow | 'code', readonly [names: readonly string[], why: string]>> = {
  code: [
    ['response-type'],
    'The code flow asks for a code alone; other response types need --flow hybrid or implicit.',
  ],
  device: [
    [...ofBrowser, ...ofUser],
    'In the device flow no answer comes back through a browser (RFC 8628 §3). A parameter of the first request is set with --param NAME=VALUE.',
  ],
  ciba: [
    // The ping of the server may come in through a proxy.
    [...ofBrowser.filter((name) => name !== 'listen'), 'browser'],
    'In this flow the server asks the user by itself: no browser takes part here (CIBA Core §5).',
  ],
  implicit: [
    ['pkce', 'dpop', 'dpop-key', 'token-param', 'fapi', 'binding-message'],
    'The implicit flow has no code and no token request (RFC 6749 §4.2).',
  ],
  hybrid: [['fapi'], 'FAPI 2.0 permits the response type code alone (FAPI 2.0 Security Profile §5.3.2.2).'],
};

/** Refuses options that the flow would leave unused, unless a weaker place than that of the flow gives them. @throws UsageError */
export function requireFlowOptions(flow: LoginFlow | 'code', options: OptionReader): void {
  const [names, why] = unused[flow];
  for (const name of names) {
    if (options.place(name) === undefined) continue;
    if (!options.strongest(['flow', name]).some((given) => given.name === name)) continue;
    const chosen =
      options.place('flow') === undefined
        ? own('the code flow')
        : say`${options.source('flow')} ${own(flow)}`;
    throw new UsageError(say`${options.source(name)} and ${chosen} exclude each other.`, { hint: own(why) });
  }
}

type RequestValues = Pick<LoginSettings, 'request' | 'nonce' | 'pkce'>;

/** The response types of each flow (OIDC Core §3.2.2.1, §3.3.2.1; RFC 6749 §4.2.1), the default first. */
const responseTypes = {
  implicit: ['id_token token', 'id_token', 'token'],
  hybrid: ['code id_token', 'code token', 'code id_token token'],
} as const;

/** The values of the request of an implicit or hybrid login. @throws UsageError for those that contradict each other */
export function withResponseType<Values extends RequestValues>(
  flow: keyof typeof responseTypes,
  values: Values,
  options: OptionReader,
): Values {
  const { request, nonce } = values;
  const given = options.text('response-type');
  const [usual, ...others] = responseTypes[flow];
  const source = options.source('response-type');
  if (given !== undefined && given !== usual && !others.some((one) => one === given))
    throw new UsageError(say`${source} ${given} is not for --flow ${own(flow)}.`, {
      hint: own(`The ${flow} flow has: ${[usual, ...others].join(', ')}.`),
    });
  // Without a scope the server decides whether this is OpenID Connect.
  const responseType = given ?? (flow === 'hybrid' ? usual : undefined);
  const bringsIdToken = /id_token/.test(responseType ?? '');
  const scope = request.scope.length === 0 && bringsIdToken ? ['openid'] : request.scope;
  const asksOpenid = scope.includes('openid');
  if (/^query/.test(request.responseMode ?? ''))
    throw new UsageError(
      say`${options.source('response-mode')} ${request.responseMode ?? ''} would put tokens into a URL.`,
      {
        hint: 'Choose fragment, the default, or form_post (OAuth Multiple Response Types §3).',
      },
    );
  if (asksOpenid ? responseType === 'token' : bringsIdToken)
    throw new UsageError(
      say`${source} ${responseType ?? ''} ${own(asksOpenid ? 'brings no ID token, and the scope has openid' : 'needs the scope openid')}.`,
      {
        hint: own(
          asksOpenid ? `Use --response-type "${usual}", or leave openid out.` : 'Add --scope openid.',
        ),
      },
    );
  if (nonce === 'off' && (bringsIdToken || (responseType === undefined && asksOpenid)))
    throw new UsageError(
      say`${options.source('nonce')} off: an ID token that comes through the browser needs a nonce.`,
      {
        hint: 'OIDC Core §3.2.2.1 demands it; --param nonce leaves it out to see what the server does.',
      },
    );
  return {
    ...values,
    flow,
    request: { ...request, scope, responseType },
    ...(flow === 'implicit' ? { pkce: 'off' } : {}),
  };
}
