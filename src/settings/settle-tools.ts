import { isRepeatable, loginGrant } from '../client/grants.ts';
import type { Context } from '../context.ts';
import { UsageError } from '../errors.ts';
import type { LogoutChannel } from '../flows/receive-logout.ts';
import { isJsonObject, parsePlainJson } from '../json/json.ts';
import { cibaType, deviceCodeType } from '../protocol/grant-types.ts';
import { readRedirectUri, withPort } from '../protocol/redirect-uri.ts';
import { say } from '../say.ts';
import type { OptionReader, OptionTable, Settled } from './option-reader.ts';
import {
  accessOptions,
  clientOptions,
  defaultRedirectUri,
  requestOptions,
  serverOptions,
} from './options.ts';
import { isCi } from './output-settings.ts';
import { readNamedFile } from './read-named-file.ts';
import { readClientSecret, requireClientId, type Settling } from './settle-client.ts';
import type { FindingThreshold } from './settle-inspection.ts';
import { settleSave } from './settle-profile.ts';
import {
  settleClockTolerance,
  settleConnection,
  settleProxy,
  settleResourceUrl,
  settleScope,
  settleServer,
  settleWaived,
} from './settle-server.ts';
import { settleAccess } from './settle-token.ts';

/** Settles `discover`. @throws UsageError, also when no issuer is given */
export function settleDiscover(options: OptionReader, { context }: Pick<Settling, 'context'>) {
  const server = settleServer(options);
  const resourceUrl = settleResourceUrl(options);
  if (server.issuer === undefined && server.metadataUrl === undefined && resourceUrl === undefined) {
    throw new UsageError('No issuer was given.', {
      hint: 'For example: oauth-code discover https://login.example.com',
    });
  }
  return {
    server,
    resourceUrl,
    allowsPrivate: options.isOn('allow-private'),
    failOn: (options.text('fail-on') ?? 'violation') as FindingThreshold,
    /** @throws UsageError, ConfigError */
    connection: () => settleConnection(options, context),
  };
}

/** Settings of `discover`. */
export type DiscoverSettings = Settled<typeof settleDiscover>;

/** Settles `mcp`. @throws UsageError, ConfigError */
export async function settleMcp(given: OptionReader, run: Settling, argument?: string) {
  const above =
    argument === undefined ? [] : [{ name: 'resource-url', values: [argument], source: 'The URL' }];
  const options = given.with({ above });
  const url = settleResourceUrl(options);
  if (url === undefined)
    throw new UsageError('No URL was given.', {
      hint: 'For example: oauth-code mcp https://mcp.example.com/mcp',
    });
  const { context } = run;
  const name = options.text('call');
  const text = options.text('args');
  const args = text === undefined ? {} : parsePlainJson(text);
  if (name === undefined && text !== undefined)
    throw new UsageError(say`${options.source('args')} is of no use without --call TOOL.`);
  if (!isJsonObject(args)) {
    throw new UsageError(say`${options.source('args')} is not a JSON object.`, {
      hint: `For example: --args '{"query":"x"}'`,
    });
  }
  return {
    url,
    allowsPrivate: options.isOn('allow-private'),
    server: settleServer(options),
    waived: settleWaived(options),
    call: name === undefined ? undefined : { name, args },
    mostStepUps: options.number('max-step-up', { min: 0, max: 10 }) ?? 2,
    connection: () => settleConnection(options, context),
    /** undefined where none is to be run. */
    login: options.isOn('no-login')
      ? undefined
      : await (await import('./settle-login.ts')).settleLoginCommand(options, run),
  };
}

/** Settings of `mcp`. */
export type McpSettings = Settled<typeof settleMcp>;

/** The grants of the flows that are not for a code (RFC 6749 §4.2.1). */
const flowGrants: Readonly<Record<string, string>> = {
  device: deviceCodeType,
  ciba: cibaType,
  implicit: 'implicit',
};

/** Settles `doctor`. @throws UsageError for a setting that is written wrong */
export async function settleDoctor(options: OptionReader, run: Settling) {
  const { context } = run;
  const flow = options.text('flow');
  const grantType = flow === undefined ? options.text('grant-type') : (flowGrants[flow] ?? loginGrant.type);
  const usesBrowser = !(isRepeatable(grantType) || flow === 'device' || flow === 'ciba');
  if (options.isOn('probe') && !usesBrowser)
    throw new UsageError(
      say`${options.source('probe')} and ${options.source(flow === undefined ? 'grant-type' : 'flow')} ${flow ?? grantType ?? ''} exclude each other.`,
      { hint: 'There is no authorization request to try. To try one all the same, add --flow code.' },
    );
  const redirect = await unlessMalformed(
    usesBrowser
      ? (await import('./settle-login.ts')).settleRedirect(options, context)
      : Promise.resolve({ uri: defaultRedirectUri, ports: [] }),
  );
  const connection = await unlessMalformed(settleConnection(options, context));
  return {
    /** The settings file, when the user names one. */
    config: options.text('config'),
    /** Whether the user names a profile. */
    namesProfile: options.text('profile') !== undefined,
    /** The user's profile that counts. */
    profile: options.profile,
    proxy: settleProxy(options),
    server: settleServer(options),
    /** The grant that the server has to offer; undefined where none is named. */
    grantType,
    /** Whether a user signs in with a browser that comes back to this machine. */
    usesBrowser,
    /** These two throw ConfigError. */
    redirect,
    connection,
    /** Certificates and keys of the connection. */
    connectionFiles: () => ['ca-file', 'cert', 'key'].flatMap((name) => options.text(name) ?? []),
    clockToleranceSeconds: settleClockTolerance(options),
    /** The authorization request to try; undefined where none is to be. */
    probe: options.isOn('probe')
      ? async () => (await import('./settle-login.ts')).settleAuthorizationRequest(options, run)
      : undefined,
  };
}

/** What was settled, or why a file cannot be used, for the check that tells it. @throws UsageError */
async function unlessMalformed<Settings>(settling: Promise<Settings>): Promise<() => Promise<Settings>> {
  try {
    const settings = await settling;
    return async () => settings;
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return () => Promise.reject(error);
  }
}

/** Settings of `doctor`; a file that cannot be used is a result of its checks. */
export type DoctorSettings = Settled<typeof settleDoctor>;

/** Options that `init` asks for when they are not given. */
const askedOptions = [
  'issuer',
  'metadata-url',
  'token-endpoint',
  'redirect-uri',
  'client-id',
  'register',
  'client-secret-file',
  'client-secret-env',
  'client-secret',
  'signing-key',
  'cert',
  'key',
  'scope',
  'par',
  'request-object',
] as const;

/** Answers by option, as if they had been given with it. */
export type Answers = ReadonlyMap<string, readonly string[]>;

/** Settles `init`. @throws UsageError */
export function settleInit(options: OptionReader, run: Settling) {
  const { context } = run;
  return {
    given: new Set(
      askedOptions.filter((name) =>
        name === 'scope' ? options.list(name).length > 0 : options.place(name) !== undefined,
      ),
    ),
    flow: options.text('flow'),
    authMethod: options.text('auth-method'),
    params: options.list('param'),
    /** The name of the profile. */
    save: options.text('save'),
    /** @throws UsageError, ConfigError */
    connection: () => settleConnection(options, context),
    /** The options together with the answers, which go before them; each function throws UsageError, ConfigError. */
    answered(answers: Answers) {
      const above = [...answers].map(([name, values]) => ({ name, values, source: `your answer (${name})` }));
      const all = options.with({ above });
      return {
        /** The issuer or an endpoint. */
        serverUrl: all.text('issuer') ?? all.text('authorization-endpoint'),
        server: () => settleServer(all),
        /** Every redirect URI that the login may use; for any free port it stays as the user wrote it. */
        async redirectUris() {
          const { settleRedirect } = await import('./settle-login.ts');
          const { ports } = await settleRedirect(all, context);
          const named = all.text('redirect-uri') ?? defaultRedirectUri;
          if (all.text('port') === undefined || readRedirectUri(named)?.loopback !== true) return [named];
          return [...new Set(ports.map((port) => (port === 0 ? named : withPort(named, port))))];
        },
        save: () => settleSave(all, run),
        login: async (own: Settling) => (await import('./settle-login.ts')).settleLoginCommand(all, own),
      };
    },
  };
}

/** Settings of `init`. */
export type InitSettings = Settled<typeof settleInit>;

const idpPort = 'port of the authorization server; default 9400, 0 = any';
const idpFile: OptionTable = {
  '--idp-options <file>': 'JSON file with clients, users and settings of the server',
};

/** Options of the embedded authorization server. */
export const idpOptions: OptionTable = {
  '--idp-port <port>': idpPort,
  ...idpFile,
};

/** Options of `idp` alone, which has one port only. */
export const idpOwnOptions: OptionTable = {
  '--port <port>': idpPort,
  '--idp-port <port>': 'the same',
  ...idpFile,
  '--misbehave <id>': 'misbehave in this one way, to test a client',
  '--list-misbehaviours': 'list the misbehaviours and exit',
};

/** Settles `idp`. @throws UsageError, ConfigError */
export async function settleIdpRun(options: OptionReader, settling: Pick<Settling, 'context'>) {
  const idp = await settleIdp(options, settling);
  return {
    ...idp,
    // The variable is about the redirect URI of a login.
    port: portOf(options.flagsOnly(), 'port') ?? idp.port,
    /** The id of a misbehaviour. */
    misbehave: options.text('misbehave'),
    listsMisbehaviours: options.isOn('list-misbehaviours'),
  };
}

/** Settings of `idp`. */
export type IdpRunSettings = Settled<typeof settleIdpRun>;

/** Settles the embedded server. @throws UsageError, ConfigError */
async function settleIdp(options: OptionReader, { context }: Pick<Settling, 'context'>) {
  const name = options.text('idp-options');
  const naming = { source: '--idp-options', wants: 'one JSON object' };
  return {
    port: portOf(options, 'idp-port'),
    /** The options file of the server. */
    file: name === undefined ? undefined : { name, text: await readNamedFile(name, naming, context) },
  };
}

/** Settings of the embedded server. */
export type IdpSettings = Settled<typeof settleIdp>;

function portOf(options: OptionReader, name: string): number | undefined {
  return options.number(name, { min: 0, max: 65_535 });
}

/** The scope that the demo asks for by default, so that everything there is can be seen. */
const demoScope = ['openid', 'profile', 'email', 'offline_access'];

type DemoServer = {
  readonly issuer: string;
  readonly clients: readonly { readonly client_id: string; readonly client_secret?: string }[];
  readonly users: readonly string[];
};
/** Options of `login` that the demo made, and the files that they name. */
type MadeSettings = {
  readonly settings: Readonly<Record<string, string>>;
  readonly files: ReadonlyMap<string, string>;
};

/** Settles `demo`. @throws UsageError, ConfigError */
export async function settleDemo(options: OptionReader, run: Settling) {
  const denies = options.isOn('deny');
  // Variables of these are about the user's own server.
  const notByVariable = { ...serverOptions, ...clientOptions, ...accessOptions, ...requestOptions };
  const login = options.with({ notByVariable });
  const scope = settleScope(login);
  const type = login.text('response-type') ?? (scope.length > 0 && !scope.includes('openid') ? 'token' : '');
  if (options.text('flow') === 'implicit' && type.trim() === 'token')
    throw new UsageError('The built-in server does not have the response type token.', {
      hint: 'Use --response-type id_token, or "id_token token"; both need the scope openid.',
    });
  // A public client cannot have the server ask a user (CIBA Core §7.1).
  const isCiba = login.text('flow') === 'ciba';
  if (isCiba && denies)
    throw new UsageError('--deny and --flow ciba exclude each other: there the user agrees at once.');
  return {
    ...(await settleIdp(options, run)),
    /** Whether the program plays the user even where a browser is at hand. */
    playsUser: options.isOn('headless') || denies || isCi(run.context.env),
    denies,
    /** What the demo has to make for a client that authenticates with it. */
    makes: demoMakes(options.flagsOnly()),
    /** The login to a server that runs, by the first of its clients that can unless another is given or made. */
    async login({ issuer, clients, users }: DemoServer, made?: MadeSettings) {
      const setting = (name: string, values: readonly string[]) => ({ name, values, source: `--${name}` });
      const { client_id: id, client_secret: secret } =
        clients.find((one) => !isCiba || one.client_secret) ?? {};
      const isOwn = login.text('client-id') === undefined;
      const secretFile = new Map(isCiba && isOwn && secret ? [['demo-secret.txt', secret]] : []);
      const own = login.with({
        above: [setting('issuer', [issuer])],
        below: [
          ...(id === undefined ? [] : [setting('client-id', [id])]),
          ...(secretFile.size > 0 ? [setting('client-secret-file', [...secretFile.keys()])] : []),
          ...(isCiba ? [setting('login-hint', users.slice(0, 1))] : []),
          ...Object.entries(made?.settings ?? {}).map(([name, value]) => setting(name, [value])),
          setting('scope', demoScope),
          // The embedded server takes any port, so that one which is taken need not stop the demo.
          ...(options.text('redirect-uri') === undefined ? [setting('port', ['8378,0'])] : []),
        ],
      });
      const { settleLoginRun } = await import('./settle-login.ts');
      return settleLoginRun(own, { ...run, context: withFiles(run.context, made?.files ?? secretFile) });
    },
  };
}

function demoMakes(flags: OptionReader): 'key' | 'certificate' | undefined {
  if (['client-id', 'signing-key', 'cert'].some((name) => flags.text(name) !== undefined)) return undefined;
  const method = flags.text('auth-method');
  if (method === 'self_signed_tls_client_auth') return 'certificate';
  const signs = method === undefined ? flags.text('fapi') !== undefined : method === 'private_key_jwt';
  return signs ? 'key' : undefined;
}

/** The context where some more files can be read by their names. */
function withFiles(context: Context, made: ReadonlyMap<string, string>): Context {
  return {
    ...context,
    readFile: async (path, decode) => made.get(path) ?? context.readFile(path, decode),
    readOctets: async (path) => {
      const text = made.get(path);
      return text === undefined ? context.readOctets(path) : Buffer.from(text);
    },
  };
}

/** Settings of `demo`. */
export type DemoSettings = Settled<typeof settleDemo>;

/** Beside those that logins use. */
const defaultListenPort = 8390;

const logoutChannels: Readonly<Record<string, LogoutChannel | undefined>> = {
  'backchannel-logout': 'backchannel',
  'frontchannel-logout': 'frontchannel',
};

/** Settles `listen`. @throws UsageError, ConfigError */
export async function settleListen(kind: string, options: OptionReader, run: Settling) {
  const channel = logoutChannels[kind];
  if (channel === undefined) {
    throw new UsageError(say`"${kind}" is not a kind of message.`, {
      hint: 'Write: oauth-code listen backchannel-logout, or oauth-code listen frontchannel-logout',
    });
  }
  const { portList, settleBind } = await import('./settle-login.ts');
  const access = settleAccess(options, run);
  const { issuer, metadataUrl } = access.server;
  if (issuer === undefined && metadataUrl === undefined) {
    throw new UsageError('No issuer was given.', {
      hint: 'Name the server and the client: -p NAME, or --issuer URL and --client-id ID.',
    });
  }
  const clientId = requireClientId(options);
  run.journal.open.push(clientId);
  const clientSecret = await readClientSecret(options, run.context);
  if (clientSecret !== undefined) run.journal.secrets.push({ kind: 'client_secret', value: clientSecret });
  const path = options.text('path') ?? `/${channel}-logout`;
  if (!/^\/[\w./~%-]*$/.test(path)) {
    throw new UsageError(say`${options.source('path')} is "${path}".`, {
      hint: 'Write a path without a query, such as /backchannel-logout.',
    });
  }
  if (options.isOn('once') && options.text('count') !== undefined)
    throw new UsageError(say`${options.source('once')} and ${options.source('count')} exclude each other.`);
  const ports = options.text('port');
  const tried = ports === undefined ? [defaultListenPort] : portList(ports, options.source('port'));
  const bind = settleBind(options);
  return {
    access,
    expected: {
      channel,
      server: access.server,
      clientId,
      clientSecret,
      idToken: access.idToken,
      clockToleranceSeconds: settleClockTolerance(options),
      /** undefined: until the run is ended. */
      count: options.isOn('once') ? 1 : options.number('count', { min: 1 }),
    },
    place: {
      uri: `http://127.0.0.1:${bind?.port ?? tried[0]}${path}`,
      ports: tried,
      bind,
      option: '--port PORT',
    },
  };
}

/** What `listen` waits for, and where. */
export type ListenSettings = Settled<typeof settleListen>;
