import type { ClientSettings } from '../client/client.ts';
import { isRepeatable } from '../client/grants.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { AuthorizationSettings } from '../flows/authorization-code.ts';
import type { LoginFlow, LoginSettings, RedirectSettings } from '../flows/login-settings.ts';
import { isUrl } from '../http-message.ts';
import type { PkceMethod } from '../protocol/authorization-request.ts';
import { isLoopbackHost, portOf, readRedirectUri, withPort } from '../protocol/redirect-uri.ts';
import { decodeText } from '../protocol/text-input.ts';
import { own, say } from '../say.ts';
import type { LoginKeepingSettings } from '../sessions/save-session.ts';
import type { OptionReader, Settled } from './option-reader.ts';
import { defaultRedirectUri } from './options.ts';
import { canAsk, isCi, settleExpectations, settleOutput } from './output-settings.ts';
import { refuseSecretsInQuery } from './refuse-secrets.ts';
import { requireClientId, type Settling, settleClient, settleDpop, settleKeeping } from './settle-client.ts';
import {
  keyPlace,
  settleClockTolerance,
  settleConnection,
  settleDecryptionKey,
  settleIdTokenRules,
  settleOverrides,
  settleResourceUrl,
  settleScope,
  settleServer,
  settleWaived,
} from './settle-server.ts';

/** Settles `login`. @throws UsageError, ConfigError naming the option or file that is wrong */
export async function settleLoginCommand(options: OptionReader, run: Settling) {
  const grantType = options.text('grant-type');
  if (options.text('flow') === undefined && isRepeatable(grantType))
    throw new UsageError(
      say`${options.source('grant-type')} is ${grantType ?? ''}: its tokens need no login.`,
      {
        hint: 'Fetch one with "oauth-code token". To log in all the same, add --flow code.',
      },
    );
  const name = options.text('save');
  const saved = name === undefined ? undefined : await import('./settle-profile.ts');
  return {
    run: await settleLoginRun(options, run),
    /** The profile that the settings are saved as, once the login has succeeded. */
    save: name && saved ? { name, settings: saved.settleSave(options, run) } : undefined,
    keeping: settleLoginKeeping(options, run),
    /** Whether the user said how the URL is opened. */
    namesBrowser: options.isOn('no-browser') || options.text('browser') !== undefined,
  };
}

/** What `login` is to do. */
export type LoginCommandSettings = Settled<typeof settleLoginCommand>;

/** Settles how a login is run. @throws UsageError, ConfigError */
export async function settleLoginRun(options: OptionReader, run: Settling) {
  const output = settleOutput(options);
  const isOffered = canAsk(output, run.context) && !output.quiet && !isCi(run.context.env);
  const offered = isOffered ? ('offered' as const) : ('at-end' as const);
  return {
    login: await settleLogin(options, run),
    /** The API or MCP server that names the authorization server. */
    resource: settleResource(options),
    /** When the page of an error is fetched: also when the person asks for it, at the end of the wait alone, or never. */
    probe: options.isOn('no-probe') ? ('off' as const) : offered,
    connection: () => settleConnection(options, run.context),
    expectations: await settleExpectations(options),
  };
}

function settleResource(options: OptionReader) {
  const url = settleResourceUrl(options);
  return url === undefined ? undefined : { url, allowsPrivate: options.isOn('allow-private') };
}

/** How a login is run and shown. */
export type LoginRunSettings = Settled<typeof settleLoginRun>;

/** Settles how the session of a login is kept. */
function settleLoginKeeping(options: OptionReader, { context }: Settling): LoginKeepingSettings {
  const saved = options.text('save');
  const keeping = settleKeeping(options, context);
  return {
    ...keeping,
    isPlain: saved !== undefined || keeping.isPlain,
    profile: saved ?? options.profile,
    loginOptions: saved === undefined ? flowOptions(options) : [],
  };
}

/** The options given for this run that name the API or a flow other than the code flow; of CIBA also the user. */
function flowOptions(options: OptionReader): readonly (readonly string[])[] {
  const names = [
    'flow',
    'response-type',
    'resource-url',
    ...(options.text('flow') === 'ciba' ? ['login-hint'] : []),
  ];
  return names.flatMap((name) => {
    const isOfRun = /^(?:flag|variable)$/.test(options.place(name) ?? '');
    return isOfRun ? [[name, options.text(name) ?? '']] : [];
  });
}

/**
 * Settles what `login` is to do from its options and the environment.
 * @throws UsageError, ConfigError naming the option or file that is wrong.
 */
export async function settleLogin(options: OptionReader, run: Settling): Promise<LoginSettings> {
  const fapi = options.text('fapi') as LoginSettings['fapi'];
  if (fapi === undefined) return settlePlainLogin(options, run);
  const { fapiDefaults, requireFapi } = await import('./settle-fapi.ts');
  return requireFapi(await settlePlainLogin(options.with({ below: fapiDefaults(fapi) }), run), fapi);
}

async function settlePlainLogin(options: OptionReader, run: Settling): Promise<LoginSettings> {
  const { context, journal } = run;
  const server = settleServer(options);
  const flow = (options.text('flow') ?? 'code') as LoginFlow | 'code';
  const isOfBrowser = flow !== 'device' && flow !== 'ciba';
  const resourceUrl = options.text('resource-url');
  const isNamed = [server.issuer, server.metadataUrl, resourceUrl].some((url) => url !== undefined);
  if (!isNamed) requireEndpoints(server.given, flow);
  const redirect = isOfBrowser
    ? await settleRedirect(options, context)
    : { uri: defaultRedirectUri, ports: [] };
  const registers =
    options.isOn('register') && options.strongest(['register', 'client-id'])[0]?.name === 'register';
  const registration =
    registers || (resourceUrl ?? options.text('client-metadata-url')) !== undefined
      ? await import('./settle-registration.ts')
      : undefined;
  const { client, ...register } =
    registration !== undefined && (registers || registration.looksForClient(options))
      ? await registration.settleLoginRegistration(options, run)
      : { client: await settleClient(options, run) };
  const acceptsPaste = context.terminal.stdinIsTTY && !options.isOn('no-input');
  const [browserSetting] = options.strongest(['browser', 'no-browser']);
  const browserIsOff = browserSetting?.name === 'no-browser' && options.isOn('no-browser');
  const browser = browserIsOff ? 'off' : options.text('browser');
  return {
    ...(isOfBrowser ? {} : { opensAtOnce: browser !== undefined && browser !== 'off' }),
    server,
    client,
    ...register,
    redirect,
    ...(await settleRequestValues(options, journal)),
    delivery: await settleDelivery(options, context, client),
    bindingMessage: options.text('binding-message'),
    notification: flow === 'ciba' ? settleNotification(options) : undefined,
    tokenOverrides: settleOverrides(options, 'token-param', journal),
    browser,
    browserTimeoutSeconds:
      options.number('browser-timeout', { min: 1, max: 86_400 }) ?? (isOfBrowser ? 300 : 86_400),
    acceptsPaste,
    unattended: options.isOn('no-input') ? 'nothing may be asked (--no-input)' : undefined,
    unconfirmedSeconds: options.isOn('no-input') || isCi(context.env) ? 10 : undefined,
    userinfo: !options.isOn('no-userinfo'),
    decryptionKey: await settleDecryptionKey(options, context),
    dpop: await settleDpop(options, run),
    clockToleranceSeconds: settleClockTolerance(options),
    idToken: settleIdTokenRules(options),
    waived: settleWaived(options),
  };
}

/** Settles how the authorization request gets to the server. */
async function settleDelivery(
  options: OptionReader,
  context: Context,
  client: ClientSettings,
): Promise<LoginSettings['delivery']> {
  const [asked] = options.strongest(['par', 'no-par']);
  const push =
    asked === undefined
      ? {}
      : { pushed: asked.name === 'par' ? options.isOn('par') : !options.isOn('no-par') };
  const named = ['request-object', 'request-object-encryption', 'request-object-file', 'request-uri'];
  if (named.every((name) => options.place(name) === undefined)) return push;
  const { settleRequestObject } = await import('./settle-authorization.ts');
  return { ...push, ...(await settleRequestObject(options, context, client, push)) };
}

async function settleRequestValues(
  options: OptionReader,
  journal: Settling['journal'],
): Promise<Omit<AuthorizationSettings, 'client'>> {
  const values = {
    request: await settleRequest(options, journal),
    state: options.text('state'),
    nonce: options.text('nonce'),
    pkce: (options.text('pkce') as PkceMethod | undefined) ?? 'S256',
  };
  const flow = (options.text('flow') ?? 'code') as LoginFlow | 'code';
  // Few logins give an option that the code flow does not use: the table that says why is loaded for them alone.
  const rare = ['response-type', 'binding-message', 'notification-uri', 'allow-private', 'send-anyway'];
  if (flow === 'code' && rare.every((name) => options.place(name) === undefined)) return values;
  const { requireFlowOptions, withResponseType } = await import('./settle-authorization.ts');
  requireFlowOptions(flow, options);
  return flow === 'implicit' || flow === 'hybrid'
    ? withResponseType(flow, values, options)
    : { ...values, ...(flow === 'code' ? {} : { flow }) };
}

/** Settles the authorization request alone, without any credentials. @throws UsageError */
export async function settleAuthorizationRequest(
  options: OptionReader,
  { journal }: Pick<Settling, 'journal'>,
): Promise<AuthorizationSettings> {
  const clientId = requireClientId(options);
  return { client: { credentials: { clientId } }, ...(await settleRequestValues(options, journal)) };
}

/** The endpoints that each flow cannot do without. */
const neededEndpoints: Readonly<Record<LoginFlow | 'code', readonly string[]>> = {
  code: ['authorization', 'token'],
  hybrid: ['authorization', 'token'],
  implicit: ['authorization'],
  device: ['device-authorization', 'token'],
  ciba: ['backchannel-authentication', 'token'],
};

function requireEndpoints(given: Readonly<Record<string, string>>, flow: LoginFlow | 'code'): void {
  const needed = neededEndpoints[flow];
  const missing = needed.filter((name) => given[`${name.replace('-', '_')}_endpoint`] === undefined);
  if (missing.length === 0) return;
  const options = missing.map((name) => `--${name}-endpoint URL`).join(' and ');
  throw new UsageError('No authorization server was given.', {
    hint: own(
      missing.length === needed.length
        ? `Add --issuer URL and --client-id ID. A server without metadata needs ${options}. To see a login without any server: oauth-code demo`
        : `Without --issuer both endpoints are needed; ${options} is missing.`,
    ),
  });
}

async function settleRequest(
  options: OptionReader,
  journal: Settling['journal'],
): Promise<LoginSettings['request']> {
  const maxAgeSeconds = options.number('max-age', { min: 0 });
  const texts = {
    responseMode: options.text('response-mode'),
    prompt: options.text('prompt'),
    loginHint: options.text('login-hint'),
    acrValues: options.text('acr-values'),
    uiLocales: options.text('ui-locales'),
    claims: await json(options, 'claims'),
    authorizationDetails: await json(options, 'authorization-details'),
    audience: options.text('audience'),
  };
  const present = Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
  return {
    scope: settleScope(options),
    resources: options.list('resource').map((resource) => absoluteUri(resource, options.source('resource'))),
    overrides: settleOverrides(options, 'param', journal),
    ...(present as Partial<Record<keyof typeof texts, string>>),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
  };
}

function absoluteUri(resource: string, source: string): string {
  refuseSecretsInQuery(source, resource);
  if (isUrl(resource) && !resource.includes('#')) return resource;
  throw new UsageError(say`${source} is not an absolute URI without a fragment: ${resource}`, {
    hint: 'RFC 8707 §2 wants one, such as https://api.example.com/.',
  });
}

async function json(options: OptionReader, name: 'claims' | 'authorization-details') {
  if (options.text(name) === undefined) return undefined;
  return (await import('./settle-authorization.ts')).readJsonOption(options, name);
}

/**
 * Settles the redirect URI and where to listen for it.
 * @throws UsageError when nothing here could receive the answer.
 */
export async function settleRedirect(options: OptionReader, context: Context): Promise<RedirectSettings> {
  const uri = options.text('redirect-uri') ?? defaultRedirectUri;
  const source = options.source('redirect-uri');
  refuseSecretsInQuery(source, uri);
  const read = readRedirectUri(uri);
  if (read === undefined) {
    throw new UsageError(say`${source} is not an absolute URI without a fragment: ${uri}`, {
      hint: `For example: ${defaultRedirectUri}`,
    });
  }
  const bind = settleBind(options);
  const listening = read.loopback || (bind !== undefined && /^https?$/.test(read.scheme));
  if (!listening && bind !== undefined) {
    throw new UsageError(say`--listen cannot serve ${uri}, which is not an http or https URL.`);
  }
  if (!listening && !(context.terminal.stdinIsTTY && !options.isOn('no-input'))) {
    throw new UsageError(
      say`${uri} does not lead to this machine, and there is no terminal to paste the answer into.`,
      { hint: 'Use a loopback redirect URI, or --listen ADDRESS:PORT where a proxy forwards that URI to.' },
    );
  }
  const ports = options.text('port');
  const wanted = ports === undefined ? [portOf(new URL(uri))] : portList(ports, options.source('port'));
  const tried = listening ? wanted : [];
  const [first] = tried;
  return {
    uri: ports === undefined || first === undefined || !read.loopback ? uri : withPort(uri, first),
    ports: tried,
    ...(ports === undefined && options.text('redirect-uri') === undefined && bind === undefined
      ? { further: () => floatingPorts(options) }
      : {}),
    bind,
    tls: await settleTls(options, context),
  };
}

/** Further ports for the default redirect URI, where the server is known to compare it without its port (RFC 8252 §7.3). */
async function floatingPorts(options: OptionReader): Promise<readonly number[]> {
  const url =
    options.text('issuer') ?? options.text('metadata-url') ?? options.text('authorization-endpoint') ?? '';
  const { findProvider } = await import('../providers/find-provider.ts');
  const { port, host } = findProvider(url)?.loopback ?? {};
  const isKnown = port === 'any' && host !== 'localhost';
  if (!isUrl(url)) return [];
  const server = new URL(url);
  // The server of "oauth-code idp" at its usual place takes any port.
  return isKnown || (server.port === '9400' && isLoopbackHost(server.hostname)) ? [8379, 8380] : [];
}

/** The ports of an option. @throws UsageError */
export function portList(text: string, source: string): readonly number[] {
  const ports = text.split(',').map((part) => part.trim());
  if (ports.every((port) => /^\d{1,5}$/.test(port) && Number(port) <= 65_535)) return ports.map(Number);
  throw new UsageError(say`${source} is "${text}".`, {
    hint: 'Give ports from 0 to 65535, such as --port 8378,8379.',
  });
}

/** Where the ping of the server comes in (CIBA Core §10.2). @throws UsageError where nothing here could receive it */
function settleNotification(options: OptionReader): LoginSettings['notification'] {
  const uri = options.text('notification-uri');
  if (uri === undefined) return undefined;
  const read = readRedirectUri(uri);
  const bind = settleBind(options);
  if (read === undefined || !/^https?$/.test(read.scheme) || !(read.loopback || bind !== undefined)) {
    throw new UsageError(say`${options.source('notification-uri')} cannot be listened on: ${uri}`, {
      hint: 'Give a loopback URI, such as http://127.0.0.1:8391/ciba, or --listen ADDRESS:PORT where a proxy forwards it to.',
    });
  }
  return { uri, ports: [portOf(new URL(uri))], bind };
}

/** Where to bind instead of where the redirect URI points. @throws UsageError */
export function settleBind(options: OptionReader): RedirectSettings['bind'] {
  const text = options.text('listen');
  if (text === undefined) return undefined;
  const match = /^(\[[0-9a-f:.]+\]|[^:]+):(\d{1,5})$/i.exec(text);
  if (match === null || Number(match[2]) > 65_535) {
    throw new UsageError(say`${options.source('listen')} is "${text}".`, {
      hint: 'Write ADDRESS:PORT, such as 0.0.0.0:8378 or [::]:8378.',
    });
  }
  return { address: (match[1] ?? '').replace(/^\[|\]$/g, ''), port: Number(match[2]) };
}

async function settleTls(options: OptionReader, context: Context): Promise<RedirectSettings['tls']> {
  const cert = keyPlace(options, 'tls-cert', 'the certificate of the listener, in PEM');
  const key = keyPlace(options, 'tls-key', 'the private key of that certificate, in PEM');
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new UsageError(
      say`${options.source(cert === undefined ? 'tls-key' : 'tls-cert')} needs --tls-${own(cert === undefined ? 'cert' : 'key')} too.`,
      { hint: 'Without both, an https redirect URI gets a throw-away certificate.' },
    );
  }
  const { readKey } = await import('./read-key.ts');
  return {
    cert: decodeText(await readKey(cert, context)),
    key: decodeText(await readKey(key, context)),
  };
}
